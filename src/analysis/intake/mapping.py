"""`mapping.csv`: what each column of an export file becomes, row by row, and who accepted it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# What a column can become besides an item (`less_trust`), a box (`policy_aspects.culture`) or all
# boxes of an item in one cell (`policy_aspects`).
ROLES = {
    "respondent": "the number or code that tells answer sheets apart",
    "municipality": "the name or the statistical code of a municipality",
    "group": "professionals or officials",
    "team_type": "youth, social or integrated",
    "started": "when the answer sheet was opened",
    "finished": "when it was sent in",
    "simulated": "marks answers that nobody gave",
    "personal": "identifies people: dropped",
    "open": "an answer in the respondent's own words: dropped",
    "not_used": "dropped",
}
DROPPED = ("personal", "open", "not_used")


@dataclass(frozen=True)
class MappedColumn:
    """One row of `mapping.csv`.

    `file` is the name of the export in the round's folder `answers`, `column` its heading,
    `label` the question as the export tells it. `becomes` is a role of `ROLES`, an item or a box;
    empty while nobody has decided. `codes` says what each text in the column stands for: an
    answer (`1` to `5`, `dont_know`, `missing`, `selected`, `not_selected`), a group, a team type,
    a municipality's id or an option's id. A `reversed` item is turned round (1 becomes 5). `why`
    tells how the row was proposed.
    """

    file: str
    column: str
    label: str = ""
    becomes: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    reversed: bool = False
    accepted: bool = False
    why: str = ""

    @property
    def dropped(self) -> bool:
        """Whether nothing of the column is kept."""
        return self.becomes in DROPPED
