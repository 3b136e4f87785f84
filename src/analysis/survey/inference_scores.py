"""What every inference is made of: scores by item, group and municipality, and rows of facts."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.facts import fact_row
from analysis.raw.settings import Item
from analysis.stats.interval import Interval
from analysis.survey.positions import SCORES
from analysis.survey.results import GROUPS, SurveyData

Row = dict[str, Any]
Floats = npt.NDArray[np.float64]

# With more respondents the ordinal model and the tests that count permutations take minutes.
LARGE = 20_000
# Of one municipality nothing is told, however many respondents it has.
FEWEST_PLACES = 2
# Why a statistic is left out, besides the reasons that the statistics give themselves.
FEW = "few"
REST = "rest"
TOO_LARGE = "large"


@dataclass(frozen=True, eq=False)
class Scored:
    """Respondents with a score on one item: the score (1 to 5) and the number of their place.

    `names` are the municipalities in the order of their numbers; each has somebody.
    """

    scores: Floats
    places: npt.NDArray[np.int64]
    names: tuple[str, ...]

    @property
    def people(self) -> int:
        """How many respondents."""
        return len(self.scores)

    @cached_property
    def sizes(self) -> npt.NDArray[np.int64]:
        """How many respondents each municipality has."""
        return np.bincount(self.places, minlength=len(self.names))

    @cached_property
    def means(self) -> pd.Series:
        """The mean score of each municipality, by its name."""
        totals = np.bincount(self.places, weights=self.scores, minlength=len(self.names))
        return pd.Series(totals / self.sizes, index=list(self.names), dtype=float)

    @cached_property
    def medians(self) -> pd.Series:
        """The median score of each municipality, by its name."""
        found = pd.Series(self.scores).groupby(self.places).median()
        return pd.Series(found.to_numpy(), index=list(self.names), dtype=float)

    def within(self, names: Iterable[str]) -> Scored:
        """Only the respondents in the municipalities `names`."""
        wanted = set(names)
        kept = [number for number, name in enumerate(self.names) if name in wanted]
        renumbered = np.full(len(self.names), -1, dtype=np.int64)
        renumbered[kept] = np.arange(len(kept))
        places = renumbered[self.places]
        told = tuple(self.names[number] for number in kept)
        return Scored(self.scores[places >= 0], places[places >= 0], told)


class Scores:
    """The scores of a round, by item and group."""

    def __init__(self, data: SurveyData) -> None:
        cube = data.answers.cube
        scored = cube[cube["answer"].isin(SCORES)]
        keys = ["group", "item", "municipality", "answer"]
        counted = scored.groupby(keys, as_index=False, observed=True)["n"].sum()
        self._parts = {
            (str(group), str(item)): part
            for (group, item), part in counted.groupby(["group", "item"], observed=True)
        }
        self.minimum = data.settings.minimum_cell
        self.people = sum(data.answers.size(group) for group in GROUPS)
        self._of = lru_cache(maxsize=None)(self._read)

    @property
    def large(self) -> bool:
        """Whether there are too many respondents for what takes long."""
        return self.people > LARGE

    def of(self, item: str, group: str) -> Scored:
        """Everybody of `group` with a score on `item`."""
        return self._of(item, group)

    def _read(self, item: str, group: str) -> Scored:
        part = self._parts.get((group, item))
        if part is None:
            return Scored(np.empty(0), np.empty(0, dtype=np.int64), ())
        codes, names = pd.factorize(part["municipality"].astype("str"))
        times = part["n"].to_numpy(dtype=np.int64)
        scores = part["answer"].map(SCORES).to_numpy(dtype=float)
        told = tuple(str(name) for name in names)
        return Scored(np.repeat(scores, times), np.repeat(codes.astype(np.int64), times), told)

    def tellable(self, count: int, others: int) -> int | None:
        """`count` where it may be told: nobody is left out, or not too few `others` are."""
        return count if not 0 < others < self.minimum else None

    def enough(self, *sides: Scored) -> bool:
        """Whether each of `sides` has as many respondents and municipalities as may be told."""
        return all(
            side.people >= self.minimum and len(side.names) >= FEWEST_PLACES for side in sides
        )


@dataclass(frozen=True)
class Place:
    """Where a fact belongs; `fact` makes one for the round `data`."""

    data: SurveyData
    subject: str
    group: str
    base: str

    def fact(self, statistic: str, value: float, unit: str, **more: Any) -> Row:
        """A fact about this place; `more` are columns of a fact."""
        return fact_row(
            domain="survey", subject=self.subject, group=self.group, team_type="all",
            base=self.base, statistic=statistic, value=value, unit=unit,
            provenance=self.data.provenance, source=self.data.source, **more,
        )  # fmt: skip

    def estimate(
        self, statistic: str, told: Interval, unit: str, count: int | None, scale: float = 1.0
    ) -> Row:
        """An estimate with its interval, both times `scale`, from `count` units if that is told."""
        value, low, high = (scale * edge for edge in (told.value, told.low, told.high))
        return self.fact(statistic, value, unit, low=low, high=high, denominator=count)

    def absent(self, what: str, reason: str, count: int) -> Row:
        """That a statistic does not exist, why, and how many units there were for it."""
        return self.fact(f"absent.{what}.{reason}", count, "count")


def both_groups(data: SurveyData) -> list[Item]:
    """The statements that both groups were asked."""
    items = data.instrument.items
    return [item for item in items if item.kind == "scale" and set(item.publish) == set(GROUPS)]


def put_to(data: SurveyData, group: str) -> list[Item]:
    """The statements that `group` was asked."""
    return [i for i in data.instrument.items if i.kind == "scale" and group in i.publish]


def exists(value: float) -> bool:
    """Whether a statistic has a value."""
    return not math.isnan(value)
