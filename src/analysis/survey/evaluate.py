"""Counts of any printed statistic, from answers: what the report would have printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.answers import ANSWERS, POSITION_OF
from analysis.raw.settings import Instrument, Thresholds
from analysis.survey.positions import answer_codes, count_answers, municipality_positions
from analysis.survey.statistics import POSITIONS, Condition, parse_statistic

FINE = {"5": "strongly_agree", "1": "strongly_disagree"}
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Evaluated:
    """A recomputed statistic: `count` units out of `base`."""

    count: int
    base: int

    @property
    def share(self) -> float:
        """The count as a percentage of the base. Raises ZeroDivisionError without a base."""
        return 100 * self.count / self.base


class Answers:
    """Answers of a round, ready to be asked for any statistic of the grammar.

    `answers` are `answers_by_respondent` (see `analysis.answers`). Municipality positions follow
    `thresholds`. Nothing is kept per respondent but the frame itself: a statistic is counted with
    masks over its columns, so that a million respondents are no trouble.
    """

    def __init__(
        self, answers: pd.DataFrame, instrument: Instrument, thresholds: Thresholds
    ) -> None:
        self.instrument = instrument
        self.cube = count_answers(answers)
        self.by_municipality = municipality_positions(self.cube, thresholds)
        self._answers = answers
        self._place, names = pd.factorize(answers["municipality"].astype("str"), sort=True)
        self._names = [str(name) for name in names]
        self._group, self._team_type = (
            pd.Categorical(answers[name].astype("str")) for name in ("group", "team_type")
        )
        self._positions = self._by_place(names)
        self._masks: dict[tuple[str, str], Mask] = {}

    def municipalities(self, group: str) -> list[str]:
        """The municipalities with a respondent of `group`, sorted."""
        return [str(name) for name in self.sizes_by_municipality(group).index]

    def sizes_by_municipality(self, group: str) -> pd.Series:
        """How many respondents of `group` each municipality has that has any, by its name."""
        counted = np.bincount(self._place[self._members(group)], minlength=len(self._names))
        sizes = pd.Series(counted, index=pd.Index(self._names, dtype="str"))
        return sizes[sizes > 0]

    def people_at(self, item: str, group: str, position: str) -> int:
        """How many respondents of `group` the municipalities at `position` on `item` have.

        `no_answer` are the municipalities without any position.
        """
        sizes = self.sizes_by_municipality(group)
        found = self.by_municipality
        own = found[(found["group"] == group) & (found["item"] == item)]
        taken = own.set_index("municipality")["position"].reindex(sizes.index)
        at = taken == position if position != "no_answer" else ~taken.isin(POSITIONS)
        return int(sizes[at.to_numpy()].sum())

    def size(self, group: str, team_type: str = "all") -> int:
        """How many respondents there are in `group` (and team type)."""
        return int(np.count_nonzero(self._members(group, team_type)))

    def count(  # the parts of a statistic
        self, subject: str, group: str, team_type: str, base: str, statistic: str
    ) -> Evaluated:
        """Count and base of a statistic. Raises ValueError when it cannot be formed.

        A condition on the group itself is about a respondent's own answer; one on another group
        about the position of the respondent's municipality.
        """
        parsed = parse_statistic(statistic, subject, group)
        own: str | None = None if base == "municipalities" else group
        units = self._present(group) if own is None else self._members(group, team_type)
        if base == "routed":
            units = units & self._asked(parsed.conditions[0], own)
        hits = [self._holds(condition, own) & units for condition in parsed.conditions]
        size = int(np.count_nonzero(units))
        if parsed.kind == "difference":
            first, second = (int(np.count_nonzero(side)) for side in hits)
            return Evaluated(first - second, size)
        return Evaluated(int(np.count_nonzero(np.logical_and.reduce(hits))), size)

    # Masks: over respondents, or over municipalities where `own` is None

    def _members(self, group: str, team_type: str = "all") -> Mask:
        if (group, team_type) not in self._masks:
            members = _equal(self._group, group)
            if team_type != "all":
                members = members & _equal(self._team_type, team_type)
            self._masks[group, team_type] = members
        return self._masks[group, team_type]

    def _present(self, group: str) -> Mask:
        return np.bincount(self._place[self._members(group)], minlength=len(self._names)) > 0

    def _asked(self, condition: Condition, own: str | None) -> Mask:
        gate = self.instrument.item(condition.item.partition(".")[0]).asked_if
        if gate is None:
            return np.ones(len(self._names if own is None else self._place), dtype=bool)
        return self._holds(Condition(condition.group, gate.item, tuple(gate.positions)), own)

    def _holds(self, condition: Condition, own: str | None) -> Mask:
        if condition.positions == ("asked",):
            return self._asked(condition, own)
        if own == condition.group:
            return self._answered(condition)
        nowhere = np.full(len(self._names), None, dtype=object)
        taken = self._positions.get((condition.group, condition.item), nowhere)
        there = np.isin(taken, np.array(condition.positions, dtype=object))
        return there if own is None else there[self._place]

    def _answered(self, condition: Condition) -> Mask:
        """Whose own answer is one of the positions; who was not asked took none."""
        wanted = [
            POSITION_OF[answer] in condition.positions or FINE.get(answer) in condition.positions
            for answer in ANSWERS
        ]
        return np.array([*wanted, False])[answer_codes(self._answers, condition.item)]

    def _by_place(self, names: pd.Index) -> dict[tuple[str, str], npt.NDArray[np.object_]]:
        """The position of each municipality by group and item, None where nobody was asked."""
        found = {}
        for (group, item), part in self.by_municipality.groupby(["group", "item"], observed=True):
            taken = np.full(len(names), None, dtype=object)
            taken[names.get_indexer(pd.Index(part["municipality"]))] = part["position"]
            found[str(group), str(item)] = taken
        return found


def _equal(values: Any, wanted: str) -> Mask:
    if wanted not in values.categories:
        return np.zeros(len(values), dtype=bool)
    return np.asarray(values.codes == values.categories.get_loc(wanted))
