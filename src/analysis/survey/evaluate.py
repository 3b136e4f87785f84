"""Counts of any printed statistic, from answers: what the report would have printed."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.raw.settings import Instrument, Thresholds
from analysis.raw.tables import rows
from analysis.survey.positions import (
    POSITION_OF,
    count_answers,
    municipality_positions,
    respondent_positions,
)
from analysis.survey.statistics import ANSWERS, Condition, parse_statistic

FINE = {"strongly_agree": "5", "strongly_disagree": "1"}


@dataclass(frozen=True)
class Evaluated:
    """A recomputed statistic: `count` units out of `base`."""

    count: int
    base: int

    @property
    def share(self) -> float:
        """The count as a percentage of the base."""
        return 100 * self.count / self.base


class Answers:
    """Answers of a round, ready to be asked for any statistic of the grammar.

    `answers`: one row per respondent and item asked. Municipality positions follow
    `thresholds`.
    """

    def __init__(
        self, answers: pd.DataFrame, instrument: Instrument, thresholds: Thresholds
    ) -> None:
        self.frame = answers
        self.instrument = instrument
        self.cube = count_answers(answers)
        self.by_municipality = municipality_positions(self.cube, thresholds)
        self.by_respondent = respondent_positions(self.cube)
        self._municipality = {
            (r.group, r.item, r.municipality): r.position for r in rows(self.by_municipality)
        }
        self._respondent = {(r.group, r.item, r.respondent): r.answer for r in rows(answers)}
        people = answers.drop_duplicates(["group", "respondent"])
        self._people = list(rows(people[["group", "respondent", "municipality", "team_type"]]))

    def municipalities(self, group: str) -> list[str]:
        """The municipalities with a respondent of `group`, sorted."""
        return sorted({person.municipality for person in self._people if person.group == group})

    def respondents(self, group: str, team_type: str = "all") -> list[tuple[int, str]]:
        """Respondent and municipality of everyone in `group` (and team type)."""
        return [
            (person.respondent, person.municipality)
            for person in self._people
            if person.group == group and team_type in ("all", person.team_type)
        ]

    def count(  # the parts of a statistic
        self, subject: str, group: str, team_type: str, base: str, statistic: str
    ) -> Evaluated:
        """Count and base of a statistic. Raises ValueError when it cannot be formed."""
        parsed = parse_statistic(statistic, subject, group)
        units: list[tuple[int | None, str]]
        if base == "municipalities":
            units = [(None, name) for name in self.municipalities(group)]
        else:
            units = list(self.respondents(group, team_type))
            if base == "routed":
                units = [unit for unit in units if self._asked(parsed.conditions[0], unit)]
        if parsed.kind == "difference":
            first, second = (self._hits((side,), units) for side in parsed.conditions)
            return Evaluated(first - second, len(units))
        return Evaluated(self._hits(parsed.conditions, units), len(units))

    def _hits(self, conditions: tuple[Condition, ...], units: list[tuple[int | None, str]]) -> int:
        return sum(all(self._holds(c, unit) for c in conditions) for unit in units)

    def _asked(self, condition: Condition, unit: tuple[int | None, str]) -> bool:
        item = self.instrument.item(condition.item.partition(".")[0])
        gate = item.asked_if
        if gate is None:
            return True
        return self._holds(Condition(condition.group, gate.item, tuple(gate.positions)), unit)

    def _holds(self, condition: Condition, unit: tuple[int | None, str]) -> bool:
        respondent, municipality = unit
        wanted = condition.positions
        if wanted == ("asked",):
            return self._asked(condition, unit)
        here = (condition.group, condition.item)
        if respondent is None or (*here, respondent) not in self._respondent:
            return self._municipality.get((*here, municipality)) in wanted
        answer = self._respondent[*here, respondent]
        fine = any(FINE[position] == answer for position in wanted if position in ANSWERS)
        return fine or POSITION_OF[answer] in wanted
