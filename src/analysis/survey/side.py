"""One round's answers on their way to be compared: linkable, so in memory only."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.intake.importing import FOLDER, import_round
from analysis.project import DataError, Project
from analysis.raw.settings import Instrument, Round, Thresholds, round_instrument
from analysis.raw.survey import read_frame
from analysis.survey.compare_guard import Place
from analysis.survey.evaluate import Answers
from analysis.survey.positions import SCORES


@dataclass(frozen=True)
class Side:
    """A round with its answers (`answers_by_respondent`), under the frame's own ids; never kept.

    `hidden` are the groups and items of which its own report does not say how many agree.
    """

    settings: Round
    instrument: Instrument
    frame: pd.DataFrame
    answers: pd.DataFrame
    provenance: str
    hidden: frozenset[Place] = frozenset()

    @property
    def source(self) -> str:
        """The folder that holds the answers."""
        return f"survey/{self.settings.round}/{FOLDER}"


class Values:
    """Per municipality its mean score and whether it agrees, with the respondents behind both."""

    def __init__(self, side: Side, answers: pd.DataFrame, thresholds: Thresholds) -> None:
        self._answers = Answers(answers, side.instrument, thresholds)
        keys = ["group", "item", "municipality"]
        cube = self._answers.cube
        scored = cube[cube["answer"].isin(SCORES)].groupby(keys, observed=True)["n"].sum()
        told = self._answers.by_municipality.join(scored.rename("scored"), on=keys)
        self._items = {
            place: part.set_index("municipality")
            for place, part in told.groupby(["group", "item"], observed=True)
        }
        self._nobody = told.iloc[:0].set_index("municipality")

    def municipalities(self, group: str) -> set[str]:
        """Where somebody of `group` took part."""
        return set(self._answers.municipalities(group))

    def of(self, measure: str, group: str, item: str) -> pd.DataFrame:
        """One row per municipality that counts: `value` and `people`.

        For `mean` those with a score; for `agree` all where `group` took part, as in the share
        that the report prints.
        """
        own = self._items.get((group, item), self._nobody)
        if measure == "mean":
            known = own[own["mean"].notna()]
            return pd.DataFrame({"value": known["mean"], "people": known["scored"]})
        people = self._answers.sizes_by_municipality(group)
        agrees = own["position"].eq("agree").reindex(people.index, fill_value=False)
        return pd.DataFrame({"value": agrees.astype(float), "people": people})


def read_side(project: Project, settings: Round, hidden: frozenset[Place] = frozenset()) -> Side:
    """A round's answers, imported anew. Raises DataError with every error of the import."""
    instrument, frame = round_instrument(project, settings), read_frame(project, settings)
    found = import_round(project, settings, instrument, frame)
    if found.errors:
        raise DataError([finding.problem for finding in found.errors])
    provenance = "simulated" if found.simulated else "measured"
    return Side(settings, instrument, frame, found.answers, provenance, hidden)
