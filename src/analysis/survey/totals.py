"""Printed totals as constraints on answers: which counts a printed figure allows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.raw.settings import Phrase
from analysis.raw.tables import rows
from analysis.survey.statistics import Statistic, parse_statistic

# A total that is printed with figures outweighs any number of vague phrases.
WEIGHT_EXACT = 1000
WEIGHT_FIGURE = 100  # a figure printed with "about"
WEIGHT_VAGUE = 1


@dataclass(frozen=True)
class Total:
    """One printed total and the counts that would be printed so.

    `low` to `high` are the counts allowed (empty, low > high, when no count on this base gives
    the printed percentage), `target` the count aimed at within them, `weight` what breaking it
    costs, `printed` the figure as it stands in the report (NaN for a phrase).
    """

    name: str
    subject: str
    group: str
    team_type: str
    base: str
    statistic: Statistic
    denominator: int
    low: int
    high: int
    target: int
    wording: str
    phrase: str
    weight: int
    claims: tuple[str, ...] = ()
    printed: float = math.nan

    @property
    def possible(self) -> bool:
        """Whether any count on the base gives the printed figure."""
        return self.low <= min(self.high, self.denominator)

    @property
    def remainder(self) -> bool:
        """Whether the report says that all others were at this position."""
        return self.phrase == "remainder"


def counts_for_percent(percent: float, base: int, decimals: int = 0) -> list[int]:
    """The counts k for which 100 k / base is printed as `percent` (Brown & Heathers, 2017).

    Halves may have been rounded either way, so both are allowed. An empty list means that the
    percentage is impossible on this base.
    """
    half = 0.5 * 10**-decimals
    return [k for k in range(base + 1) if abs(100 * k / base - percent) <= half + 1e-9]


def count_bounds(
    value: float, unit: str, phrase: str, base: int, phrases: Mapping[str, Phrase]
) -> tuple[int, int, int]:
    """Lowest, highest and aimed-at count that a printed figure or phrase allows on `base`.

    `value` is NaN where only a phrase was printed. Lowest above highest: none is allowed.
    """
    rule = phrases.get(phrase)
    if phrase in ("remainder", "all"):
        return base, base, base
    if rule is None:
        return _exact_bounds(value, unit, base)
    if rule.counts is not None:
        return int(value) - rule.counts, int(value) + rule.counts, int(value)
    low, high, target = _shares(rule, value / 100 if unit == "percent" else math.nan)
    first, last = math.ceil(low * base - 1e-9), math.floor(high * base + 1e-9)
    return first, last, min(max(round(target * base), first), last)


def _exact_bounds(value: float, unit: str, base: int) -> tuple[int, int, int]:
    if math.isnan(value):
        return 0, base, 0
    if unit == "count":
        return int(value), int(value), int(value)
    allowed = counts_for_percent(value, base)
    return (allowed[0], allowed[-1], allowed[0]) if allowed else (1, 0, 0)


def _shares(rule: Phrase, value: float) -> tuple[float, float, float]:
    if rule.points is not None:
        return value - rule.points / 100, value + rule.points / 100, value
    if rule.points_below is not None:
        return value - rule.points_below / 100, value - 0.005, value - 0.01
    low = 0.0 if rule.low is None else rule.low
    high = 1.0 if rule.high is None else rule.high
    return low, high, rule.target if rule.target is not None else (low + high) / 2


def read_constraints(
    totals: pd.DataFrame, sizes: Mapping[tuple[str, str, str], int], phrases: Mapping[str, Phrase]
) -> list[Total]:
    """The totals on items as constraints.

    `totals` as read from `published.csv`; `sizes` gives the number of units per (group,
    team type, base). Totals on the response itself are not constraints on answers and are
    left out.
    """
    found = []
    for row in rows(totals[~totals["subject"].str.startswith("response")]):
        base = sizes[(row.group, row.team_type, row.base)]
        if not pd.isna(row.denominator):
            base = int(row.denominator)
        low, high, target = count_bounds(row.value, row.unit, row.phrase, base, phrases)
        claims = tuple(row.claims.split())
        weight = _weight(row.wording, row.value)
        found.append(
            Total(
                name=row.total,
                subject=row.subject,
                group=row.group,
                team_type=row.team_type,
                base=row.base,
                statistic=parse_statistic(row.statistic, row.subject, row.group),
                denominator=base,
                low=low,
                high=high,
                target=target,
                wording=row.wording,
                phrase=row.phrase,
                weight=weight * len(claims),
                claims=claims,
                printed=row.value,
            )
        )
    return found


def _weight(wording: str, value: float) -> int:
    if wording == "exact":
        return WEIGHT_EXACT
    return WEIGHT_VAGUE if math.isnan(value) else WEIGHT_FIGURE
