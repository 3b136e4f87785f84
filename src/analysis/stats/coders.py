"""Agreement between coders who put fragments into categories, or gave them numbers.

Everything takes `ratings`, one row per coder and one column per unit (a fragment, say), as an
array or a frame; None and NaN are values that were not given. Only units with two values or more
can tell anything, and the others are left out. Where nothing varies there is nothing to agree
on: alpha is NaN then, though all coders said the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.stats.interval import (
    ALL_ALIKE,
    NO_VARIATION,
    NOTHING,
    TOO_FEW,
    Interval,
    check_confidence,
)

Floats = npt.NDArray[np.float64]
Ratings = npt.NDArray[Any] | pd.DataFrame
Level = Literal["nominal", "interval"]

DRAWS = 9_999
BLOCK = 1_000


@dataclass(frozen=True)
class CoderAgreement:
    """Krippendorff's alpha with its interval, from `units` with `values` values between them.

    `reason` says why there is no alpha, or none with an interval.
    """

    estimate: Interval
    units: int
    values: int
    reason: str = ""


@dataclass(frozen=True)
class _Told:
    """How often each unit was given each value (units x values), and how far values differ."""

    counts: Floats
    distances: Floats

    @property
    def sizes(self) -> Floats:
        """How many values each unit was given."""
        found: Floats = self.counts.sum(axis=1)
        return found

    @property
    def apart(self) -> Floats:
        """How far the values of a unit differ, over all ordered pairs of its coders."""
        found: Floats = ((self.counts @ self.distances) * self.counts).sum(axis=1)
        return found


def krippendorff_alpha(ratings: Ratings, level: Level = "nominal") -> float:
    """Krippendorff's alpha: 1 is full agreement, 0 what chance would give, below 0 is worse.

    1 less the disagreement seen over the disagreement expected when the same values are dealt out
    at random (Krippendorff, 2011). Of level `nominal` two values are the same or not, whatever
    they are; of level `interval` they are numbers, and disagreement grows with the square of
    their distance. NaN where no unit has two values, or all values are the same. Raises
    ValueError when `ratings` is no table of two coders or more, the level is another, or values
    of level `interval` are no numbers.
    """
    told = _told(ratings, level)
    return float(_alphas(told, np.ones((1, len(told.counts))))[0])


def bootstrap_alpha(
    ratings: Ratings,
    level: Level = "nominal",
    *,
    confidence: float,
    draws: int = DRAWS,
    seed: int = 0,
) -> CoderAgreement:
    """`krippendorff_alpha` with the percentile interval of a bootstrap over units.

    `draws` times as many units are drawn with replacement, with `seed`, and alpha computed from
    them; the limits are quantiles of these (Efron & Tibshirani, 1993). Units carry the
    uncertainty here; the coders are those that they are. In simulations for nominal values it
    covers about as often as it says (Zapf, Castell, Morawietz & Karch, 2016), with few units
    rather less. Krippendorff's own bootstrap draws pairs of values instead, as if those of one
    unit had nothing to do with each other.

    Without alpha: no unit with two values (`too_few`), all values the same (`no_variation`).
    Without an interval: coders who never differ (`all_alike`); one unit, or values so rare that
    more samples hold no variation than the interval leaves out at one end (`too_few`). Raises
    ValueError as `krippendorff_alpha` does, and when the confidence is not between 0 and 1.
    """
    check_confidence(confidence)
    told = _told(ratings, level)
    units, values = len(told.counts), int(told.sizes.sum())
    if not units:
        return CoderAgreement(NOTHING, 0, 0, TOO_FEW)
    value = float(_alphas(told, np.ones((1, units)))[0])
    if math.isnan(value):
        return CoderAgreement(NOTHING, units, values, NO_VARIATION)
    alone = Interval(value, math.nan, math.nan)
    if not told.apart.any():
        return CoderAgreement(alone, units, values, ALL_ALIKE)
    drawn = _drawn(told, draws, seed)
    tail = (1 - confidence) / 2
    if units == 1 or np.isnan(drawn).mean() > tail:
        return CoderAgreement(alone, units, values, TOO_FEW)
    low, high = np.nanquantile(drawn, (tail, 1 - tail))
    return CoderAgreement(Interval(value, float(low), float(high)), units, values)


def percent_agreement(ratings: Ratings) -> float:
    """How often two coders of a unit gave it the same value, as a share from 0 to 1.

    Of each unit the share of pairs of coders that agree, and of these the mean over units
    (Fleiss, 1971). Chance is not taken out: coders who nearly always choose the same category
    agree often whatever they read. NaN where no unit has two values. Raises ValueError as
    `krippendorff_alpha` does.
    """
    told = _told(ratings, "nominal")
    if not len(told.counts):
        return math.nan
    return float((1 - told.apart / (told.sizes * (told.sizes - 1))).mean())


def _told(ratings: Ratings, level: Level) -> _Told:
    table = np.asarray(ratings, dtype=object)
    if table.ndim != 2 or len(table) < 2:
        raise ValueError("agreement needs a table with a row per coder, of two coders or more")
    codes, values = pd.factorize(table.ravel())
    told = codes.reshape(table.shape)[:, :, None] == np.arange(len(values))
    counts = told.sum(axis=0).astype(float)
    return _Told(counts[counts.sum(axis=1) > 1], _distances(values, level))


def _distances(values: npt.NDArray[Any], level: Level) -> Floats:
    if level == "nominal":
        return 1 - np.eye(len(values))
    if level != "interval":
        raise ValueError(f"no level {level}: it is nominal or interval")
    try:
        numbers = values.astype(float)
    except (TypeError, ValueError) as error:
        raise ValueError("values of level interval are numbers") from error
    found: Floats = (numbers[:, None] - numbers[None, :]) ** 2
    return found


def _alphas(told: _Told, times: Floats) -> Floats:
    """Alpha of samples (samples x units) that hold each unit so many times; NaN if undefined."""
    apart = times @ (told.apart / (told.sizes - 1))
    totals = times @ told.counts
    expected = ((totals @ told.distances) * totals).sum(axis=1)
    some = expected > 0
    ratio = (totals.sum(axis=1) - 1) * apart / np.where(some, expected, 1.0)
    return np.where(some, 1 - ratio, np.nan)


def _drawn(told: _Told, draws: int, seed: int) -> Floats:
    """Alpha of so many samples of the units, drawn with replacement."""
    generator = np.random.default_rng(seed)
    units = len(told.counts)
    even = np.full(units, 1 / units)
    sizes = [min(BLOCK, draws - start) for start in range(0, draws, BLOCK)]
    blocks = (generator.multinomial(units, even, size).astype(float) for size in sizes)
    return np.concatenate([_alphas(told, block) for block in blocks])
