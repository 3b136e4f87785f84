"""What published means tell of the counts behind them, as inequalities for the attack.

Who agrees scores 4 or 5, who is neutral 3, who disagrees 1 or 2; a municipality is at a position
because its mean lies between two cut-offs. So a mean bounds counts, and so does its interval, which
gives away the sum of squares. The first is the sum of a score times its count; see
docs/methods.md for an example.

Of a statement counted by respondent the mean over municipalities is published. Where P
municipalities have n respondents with a score, each further respondent (n - P) moves the sum of
scores by 1 to 5 beyond the sum of means; and at most 2 (n - P) respondents share a municipality.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil, floor, isnan
from typing import Any

import pandas as pd
from scipy.stats import binom, t

from analysis.answers import POSITION_OF
from analysis.disclosure.cells import Relation, adds_up, at_most
from analysis.facts import fact_key
from analysis.raw.settings import Item
from analysis.raw.tables import rows
from analysis.survey.positions import SCORES
from analysis.survey.results import GROUPS, SurveyData

# Estimates are published with so many decimals, in every file.
DECIMALS = 2
HALF = 0.5 / 10**DECIMALS
LOWEST, HIGHEST = min(SCORES.values()), max(SCORES.values())
# Inequalities have whole coefficients: thousandths, rounded so that the inequality still holds.
THOUSAND = 1000
_P_VALUE = re.compile(r"\.(?:p|p_\w+|error_\w+)$")
_LEVEL = re.compile(r"/level\.mean\.[^/]*\.now$")
Weights = Mapping[str, float]


def as_published(facts: pd.DataFrame) -> pd.DataFrame:
    """The facts with estimates in the decimals that are printed, so that no file tells more.

    From all its decimals one could read how many respondents are behind a probability or a mean.
    """
    ratios = (facts["unit"] == "ratio") & ~facts["statistic"].str.contains(_P_VALUE)
    estimates = ratios | (facts["unit"] == "score")
    columns = ["value", "low", "high"]
    rounded = facts.copy()
    rounded.loc[estimates, columns] = facts.loc[estimates, columns].round(DECIMALS)
    return rounded


def mean_relations(published: pd.DataFrame, data: SurveyData) -> list[Relation]:
    """What the means among `published` facts tell of the counts on the same statement.

    Over the cells of `counts_of` and further cells that nobody prints: how many gave each score
    and how many municipalities have a score.
    """
    facts = {str(row.fact): row._asdict() for row in rows(published) if not isnan(row.value)}
    found: list[Relation] = []
    for item in data.instrument.items:
        for group in item.publish if item.kind == "scale" else ():
            seen = _Seen(data, item, group, facts)
            if seen.means or seen.median or seen.pooled:
                found += [*seen.known(), *seen.inequalities()]
    return found


def _below(weights: Weights, limit: float) -> Relation:
    """The weighted counts are at most `limit`; counts are not negative."""
    whole = {name: floor(THOUSAND * weight + 1e-6) for name, weight in weights.items()}
    return Relation(whole, ceil(THOUSAND * limit - 1e-6), at_most=True)


@dataclass(frozen=True)
class _Mean:
    """A mean over municipalities from `low` to `high`, of `places` where that is told.

    `half` is half of its interval, NaN without one.
    """

    low: float
    high: float
    places: int | None
    half: float = float("nan")


class _Seen:
    """What is printed of the scores on one statement of one group."""

    def __init__(self, data: SurveyData, item: Item, group: str, facts: Mapping[str, Any]) -> None:
        self.data, self.item, self.group, self.facts = data, item, group, facts
        self.persons = item.base(group) == "respondents"
        self.means = list(self._means())
        self.median = self._fact(group, "municipalities", "median.score")
        self.pooled = self._fact(group, "respondents", "pooled_mean.score")
        self.places = self._cell("places")
        self.counted = self._counted()
        self.low, self.high = self._edges()

    def _fact(self, group: str, base: str, statistic: str) -> Any:
        return self.facts.get(fact_key("survey", self.item.id, group, "all", base, statistic))

    def _means(self) -> Iterator[_Mean]:
        if whole := self._fact(self.group, "municipalities", "mean.score"):
            half = (float(whole["high"]) - float(whole["low"])) / 2
            value = float(whole["value"])
            yield _Mean(value - HALF, value + HALF, _whole(whole["denominator"]), half)
        if pairs := self._fact("all", "pairs", f"paired.level_{self.group}"):
            value = float(pairs["value"])
            yield _Mean(value - HALF, value + HALF, _whole(pairs["denominator"]))
        elif gap := self._fact("all", "pairs", "paired.mean"):
            yield from self._beside(gap)
        place = fact_key("survey", self.item.id, self.group, "all", "", "").removesuffix("-/")
        for key, level in self.facts.items():  # beside another round
            if key.startswith(place) and _LEVEL.search(key):
                value = float(level["value"])
                yield _Mean(value - HALF, value + HALF, int(level["denominator"]))

    def _beside(self, gap: Any) -> Iterator[_Mean]:
        """The mean in pairs from the difference in pairs and the mean of the other group."""
        other = next(group for group in GROUPS if group != self.group)
        whole = self._fact(other, "municipalities", "mean.score")
        places = None if whole is None else _whole(whole["denominator"])
        if places is None:
            return
        pairs, rest = int(gap["denominator"]), places - int(gap["denominator"])
        ahead = float(gap["value"]) * (1 if self.group == "officials" else -1)
        low, high = (
            (places * (float(whole["value"]) + way * HALF) - rest * beyond) / pairs
            + ahead + way * HALF
            for way, beyond in ((-1, HIGHEST), (1, LOWEST))
        )  # fmt: skip
        yield _Mean(max(low, LOWEST), min(high, HIGHEST), pairs)

    def _cell(self, statistic: str) -> str:
        base = self.item.base(self.group)
        return fact_key("survey", self.item.id, self.group, "all", base, statistic)

    def _counted(self) -> range:
        """How many municipalities can have a score."""
        everywhere = len(self.data.answers.municipalities(self.group))
        whole = self._fact(self.group, "municipalities", "mean.score")
        if whole is None:
            return range(1, everywhere + 1)
        if (told := _whole(whole["denominator"])) is not None:
            return range(told, told + 1)
        # Left out because fewer respondents than the smallest cell have no score.
        return range(max(everywhere - self.data.settings.minimum_cell + 1, 1), everywhere)

    def _edges(self) -> tuple[Weights, Weights]:
        """The cells of those who have a score, with the lowest and the highest it can be."""
        if self.persons:
            scores = {self._cell(f"score.{name}"): float(s) for name, s in SCORES.items()}
            return scores, scores
        cut = self.data.settings.thresholds
        edges = {
            "count.agree": (cut.agree_from, HIGHEST),
            "count.neutral": (cut.disagree_to, cut.agree_from),
            "count.disagree": (LOWEST, cut.disagree_to),
            "score.dont_know": (LOWEST, HIGHEST),
        }
        return tuple({self._cell(n): float(e[i]) for n, e in edges.items()} for i in (0, 1))  # type: ignore[return-value]

    def known(self) -> Iterator[Relation]:
        """How scores, positions and municipalities hang together."""
        yield Relation({self.places: 1}, self.counted[-1], at_most=True)
        yield Relation({self.places: -1}, -self.counted[0], at_most=True)
        if not self.persons:
            yield adds_up(self.low, self.places)
            unsure = self._cell("score.dont_know"), self._cell("count.dont_know")
            yield at_most(*unsure)
            return
        yield Relation({self.places: 1} | dict.fromkeys(self.low, -1), 0, at_most=True)
        for position in dict.fromkeys(POSITION_OF[name] for name in SCORES):
            own = [self._cell(f"score.{n}") for n in SCORES if POSITION_OF[n] == position]
            yield adds_up(own, self._cell(f"count.{position}"))

    def inequalities(self) -> Iterator[Relation]:
        """What every printed mean, interval and median says of the cells."""
        for mean in self.means:
            yield from self._sums(mean)
            if not isnan(mean.half):
                yield from self._squares(mean)
        if self.median:
            yield from self._middle()
        if self.pooled and self.persons:
            value = float(self.pooled["value"])
            yield _below({c: s - value - HALF for c, s in self.low.items()}, 0)
            yield _below({c: value - HALF - s for c, s in self.low.items()}, 0)

    def _sums(self, mean: _Mean) -> Iterator[Relation]:
        """The sum of scores: that of the municipalities in the mean, and 1 to 5 for all others."""
        above, under = mean.high - HIGHEST, LOWEST - mean.low
        others = self.low if self.persons else {self.places: 1.0}
        for edges, sign, end, beyond in (
            (self.low, 1, HIGHEST, above),
            (self.high, -1, LOWEST, under),
        ):
            # sign * (sum of scores - end * everybody) <= places * beyond
            weights = {cell: sign * score for cell, score in edges.items()}
            for cell in others:
                weights[cell] = weights.get(cell, 0.0) - sign * end
            limit = 0.0
            if mean.places is None:
                weights[self.places] = weights.get(self.places, 0.0) - beyond
            else:
                limit = mean.places * beyond
            yield _below(weights, limit)

    def _squares(self, mean: _Mean) -> Iterator[Relation]:
        """The sum of squared distances from the mean, which the interval gives away."""
        least, most = self._spread(mean)
        near, far = {}, {}
        for cell in self.low:
            # From the score farthest below the mean, and farthest above it.
            below, above = mean.high - self.low[cell], self.high[cell] - mean.low
            nearest = max(mean.low - self.high[cell], self.low[cell] - mean.high, 0.0)
            near[cell], far[cell] = nearest**2, max(below, above) ** 2
        # Of those who share a municipality nothing is known but that they are on the scale.
        room = max(far.values()) if self.persons else 0.0
        weights = {cell: value - 2 * room for cell, value in near.items()}
        yield _below({**weights, self.places: 2 * room}, most)
        weights = {cell: -value - room for cell, value in far.items()}
        yield _below({**weights, self.places: room}, -least)

    def _spread(self, mean: _Mean) -> tuple[float, float]:
        """The smallest and largest sum of squares that gives the printed interval."""
        found = []
        for places in self.counted:
            if places > 1:
                factor = float(t.ppf((1 + self.data.settings.confidence) / 2, places - 1))
                for half in (max(mean.half - HALF, 0.0), mean.half + HALF):
                    found.append((half / factor) ** 2 * places * (places - 1))
        return min(found), max(found)

    def _middle(self) -> Iterator[Relation]:
        """At least half of the means lie on each side of the median, and so on for its limits.

        Each such municipality has somebody on that side.
        """
        fact, confidence = self.median, self.data.settings.confidence
        value = float(fact["value"])
        yield self._side(value, 1, 0.5, 0.0)
        yield self._side(value, -1, 0.5, 0.0)
        if pd.isna(fact["low"]):
            return
        depths = [_depth(places, confidence) for places in self.counted]
        for edge, sign in ((float(fact["low"]), 1), (float(fact["high"]), -1)):
            yield self._side(edge, sign, 1.0, 1.0 - max(depths))
            yield self._side(edge, -sign, 0.0, float(min(depths)))

    def _side(self, edge: float, sign: int, share: float, more: float) -> Relation:
        """At least `share` of the places and `more` lie above `edge` (`sign` 1) or below it."""
        if sign > 0:
            cells = [cell for cell, score in self.high.items() if score >= edge - HALF]
        else:
            cells = [cell for cell, score in self.low.items() if score <= edge + HALF]
        return _below({self.places: share} | dict.fromkeys(cells, -1.0), -more)


def _whole(told: Any) -> int | None:
    return None if pd.isna(told) else int(told)


def _depth(places: int, confidence: float) -> int:
    """The rank of the lower limit of the median (see `stats.means.median_of_municipalities`)."""
    ranks = range(places // 2)
    return sum(bool(2 * binom.cdf(k, places, 0.5) <= 1 - confidence + 1e-12) for k in ranks)
