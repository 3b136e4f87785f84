"""What is wrong, or worth knowing, in a file of answers: one finding per fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analysis.project import Problem

Severity = Literal["error", "warning"]
# Every rule that answers are held against, in the order in which findings are shown. An error
# stops the build; a warning is counted in the report's appendix on method.
RULES: dict[str, Severity] = {
    "unreadable": "error",
    "cut_row": "error",
    "column_missing": "error",
    "column_new": "error",
    "not_accepted": "error",
    "wrong_mapping": "error",
    "item_missing": "error",
    "wrong_correction": "error",
    "no_respondent": "error",
    "duplicate_respondent": "error",
    "no_group": "error",
    "no_municipality": "error",
    "unknown_municipality": "error",
    "outside_frame": "error",
    "unknown_code": "error",
    "out_of_range": "error",
    "routing": "error",
    "impossible_date": "error",
    "straight_lining": "warning",
    "identical_sheets": "warning",
    "merged_municipality": "warning",
    "no_answers": "warning",
    "corrected": "warning",
    "dropped": "warning",
    "incomplete": "warning",
    "preview": "warning",
    "empty": "warning",
    "small_cell": "warning",
}


@dataclass(frozen=True)
class Finding:
    """One fault: the `rule` that it breaks and where. `count` is how many sheets it stands for.

    `row` counts as a spreadsheet does (the heading is row 1; in SPSS the first case is). `found`
    never holds what identifies a person: an identifier or an open answer is not repeated.
    """

    rule: str
    file: str
    row: int | None = None
    column: str | None = None
    item: str | None = None
    found: str | None = None
    allowed: str | None = None
    mend: str | None = None
    message: str = ""
    count: int = 1

    @property
    def severity(self) -> Severity:
        """Whether it stops the build."""
        return RULES[self.rule]

    @property
    def problem(self) -> Problem:
        """The finding as one line for the screen."""
        about = self.message or self.rule.replace("_", " ")
        told = f"{about} (item {self.item})" if self.item else about
        return Problem(self.file, told, self.row, self.column, self.found, self.allowed, self.mend)
