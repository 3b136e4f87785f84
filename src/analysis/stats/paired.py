"""Two groups in the same municipalities: how far one scores above the other.

Everything here takes the differences, one per municipality (officials minus professionals); NaN is
a municipality without one of the groups and left out. Too few differences, or differences that
do not vary, are outcomes and not errors: numbers that do not exist are NaN, with a `reason`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import rankdata, ttest_1samp

from analysis.stats.interval import NO_VARIATION, NOTHING, TOO_FEW, Interval, check_confidence

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Numbers = Sequence[float] | Sequence[Fraction] | npt.NDArray[Any] | pd.Series

NO_PAIRS = "no_pairs"

DRAWS = 99_999
# Sums of the same scores in another order differ beyond this digit, different means before it.
DIGITS = 9
# So many different sums per half take an exact test about a tenth of a second.
MOST_SUMS = 2**17
# The difference between the means of two groups is a fraction whose denominator is at most the
# product of their sizes.
LARGEST_DENOMINATOR = 1000
FINEST_GRID = 10**9
BLOCK = 10_000


@dataclass(frozen=True)
class MeanDifference:
    """The mean difference with its t interval; `reason` says why there is no interval."""

    estimate: Interval
    count: int
    statistic: float
    p_value: float
    reason: str = ""


@dataclass(frozen=True)
class PseudoMedian:
    """The Hodges-Lehmann estimate; `confidence` is what its interval has, at least."""

    estimate: Interval
    count: int
    confidence: float
    reason: str = ""


@dataclass(frozen=True)
class SignTest:
    """A two-sided test over all ways to give the differences a sign.

    `count` differences, of which `zeros` are zero. `exact` says whether all ways were counted;
    if not, `error` is the standard error that drawing some of them gives the p-value, else 0.
    """

    statistic: float
    p_value: float
    count: int
    zeros: int
    exact: bool
    error: float


def paired_difference(differences: Numbers, *, confidence: float) -> MeanDifference:
    """The mean of the differences with Student's t interval and test (n - 1 degrees).

    Without a difference all is NaN (`no_pairs`); of one difference (`too_few`), or of several that
    are all the same (`no_variation`), only the mean is known. Raises ValueError when the
    confidence is not between 0 and 1.
    """
    check_confidence(confidence)
    values = _values(differences)
    mean = float(values.mean()) if len(values) else math.nan
    reason = ""
    if len(values) < 2:
        reason = TOO_FEW if len(values) else NO_PAIRS
    elif np.ptp(values) == 0:
        reason = NO_VARIATION
    if reason:
        nothing = Interval(mean, math.nan, math.nan)
        return MeanDifference(nothing, len(values), math.nan, math.nan, reason)
    test = ttest_1samp(values, 0.0)
    limits = test.confidence_interval(confidence)
    estimate = Interval(mean, float(limits.low), float(limits.high))
    return MeanDifference(estimate, len(values), float(test.statistic), float(test.pvalue))


def hodges_lehmann(differences: Numbers, *, confidence: float) -> PseudoMedian:
    """The pseudo-median: the median of the means of all pairs of differences, with its interval.

    The estimate of Hodges and Lehmann (1963); each difference is also paired with itself. The
    interval runs between two of the ordered means, found with the exact distribution of the
    signed-rank statistic (Hollander & Wolfe, 1973). With ties or zeros its confidence is at least
    what is told, because the limits belong to it. There is no interval of so few differences
    that even the widest does not reach the confidence (`too_few`: below 6 at 95 %), nor of
    differences that are all the same (`no_variation`). Raises ValueError when the confidence is not
    between 0 and 1.
    """
    check_confidence(confidence)
    values = _values(differences)
    if not len(values):
        return PseudoMedian(NOTHING, 0, math.nan, NO_PAIRS)
    first, second = np.triu_indices(len(values))
    means = np.sort((values[first] + values[second]) / 2)
    middle = float(np.median(means))
    below = _signed_rank_distribution(len(values))
    outside = int(np.searchsorted(below, (1 - confidence) / 2, side="right"))
    if outside == 0 or np.ptp(values) == 0:
        nothing = Interval(middle, math.nan, math.nan)
        reason = TOO_FEW if outside == 0 else NO_VARIATION
        return PseudoMedian(nothing, len(values), math.nan, reason)
    estimate = Interval(middle, float(means[outside - 1]), float(means[-outside]))
    return PseudoMedian(estimate, len(values), float(1 - 2 * below[outside - 1]))


def sign_flip(differences: Numbers, *, draws: int = DRAWS, seed: int = 0) -> SignTest:
    """Fisher's permutation test of paired differences: could each as well have the other sign?

    The p-value is the share of all sign patterns whose mean lies at least as far from zero
    (Fisher, 1935). It is exact whenever the sums that can occur are few enough: the patterns of
    either half of the differences are added up on the grid of the scores (Streitberg & Röhmel,
    1986) and the halves then combined, which covers 34 differences on any grid. Beyond that it
    comes from `draws` random patterns with `seed`, the observed one among them (Phipson & Smyth,
    2010), and `error` is not 0. Differences that are all zero, and one difference, have a p-value
    of 1. `statistic` is the mean difference, 0 without any.
    """
    values = _values(differences)
    whole, slack = _on_a_grid(values)
    statistic = float(values.mean()) if len(values) else 0.0
    return _test(whole, slack, statistic, draws, seed)


def signed_rank(differences: Numbers, *, draws: int = DRAWS, seed: int = 0) -> SignTest:
    """Wilcoxon's (1945) signed-rank test, exact also with ties and zeros.

    Equal distances share their mean rank; zeros are ranked with the others but have no sign
    (Pratt, 1959). The p-value counts the sign patterns of these very ranks, or draws them, as
    `sign_flip` does. `statistic` is the sum of the ranks of the positive differences.
    """
    values = _values(differences)
    # Twice the rank is a whole number also when two distances share one.
    ranks = np.rint(2 * rankdata(np.abs(values))).astype(np.int64)
    statistic = float(ranks[values > 0].sum()) / 2
    return _test(ranks * np.sign(values).astype(np.int64), 0, statistic, draws, seed)


def matched_rank_biserial(differences: Numbers) -> float:
    """The matched-pairs rank-biserial correlation, from -1 to 1 (Kerby, 2014).

    The sum of the ranks of positive differences minus that of negative ones, as a share of both;
    zeros are left out before ranking. 0 when all differences are zero, NaN without any.
    """
    values = _values(differences)
    if not len(values):
        return math.nan
    told = values[values != 0]
    if not len(told):
        return 0.0
    ranks = rankdata(np.abs(told))
    return float((ranks * np.sign(told)).sum() / ranks.sum())


def probability_higher(differences: Numbers) -> float:
    """The share of positive differences, a zero counting half (0 to 1); NaN without any.

    The probability of superiority for paired data (Grissom & Kim, 2012).
    """
    values = _values(differences)
    return float(np.mean((np.sign(values) + 1) / 2)) if len(values) else math.nan


def _values(differences: Numbers) -> Floats:
    values = np.asarray(differences, dtype=float)
    # Adding 0 turns -0 into 0.
    return np.round(values[~np.isnan(values)], DIGITS) + 0.0


def _on_a_grid(values: Floats) -> tuple[Whole, int]:
    """The differences as whole numbers, and how far apart two sums of them may be but equal."""
    told = [Fraction(d).limit_denominator(LARGEST_DENOMINATOR) for d in values.tolist()]
    scale = math.lcm(*(d.denominator for d in told))
    near = all(abs(d - v) < 10**-DIGITS for d, v in zip(told, values.tolist(), strict=True))
    if near and scale <= FINEST_GRID:
        return np.array([int(d * scale) for d in told], dtype=np.int64), 0
    return np.rint(values * 10**DIGITS).astype(np.int64), len(values)


def _test(whole: Whole, slack: int, statistic: float, draws: int, seed: int) -> SignTest:
    """The test of a sum of `whole` numbers; sums within `slack` of the observed one reach it."""
    sizes = np.abs(whole[whole != 0])
    bar = abs(int(whole.sum())) - slack
    zeros = len(whole) - len(sizes)
    exact = _exact(sizes, bar)
    if exact is not None:
        return SignTest(statistic, exact, len(whole), zeros, exact=True, error=0.0)
    drawn = _drawn(sizes, bar, draws, seed)
    error = math.sqrt(drawn * (1 - drawn) / draws)
    return SignTest(statistic, drawn, len(whole), zeros, exact=False, error=error)


def _exact(sizes: Whole, bar: int) -> float | None:
    """The chance that the sum reaches `bar` either way; None when the sums are too many."""
    halves = [_sums(sizes[start::2]) for start in (0, 1)]
    if halves[0] is None or halves[1] is None:
        return None
    (some, chances), (others, other_chances) = halves[0], halves[1]
    at_least = np.append(np.cumsum(other_chances[::-1])[::-1], 0.0)
    reached = at_least[np.searchsorted(others, bar - some, side="left")]
    return min(1.0, 2 * float(chances @ reached))


def _sums(sizes: Whole) -> tuple[Whole, Floats] | None:
    """Every sum that `sizes` with any signs can have, in order, and its chance."""
    sums: Whole = np.zeros(1, dtype=np.int64)
    chances: Floats = np.ones(1)
    for size in sizes:
        both = np.concatenate((sums - size, sums + size))
        sums, place = np.unique(both, return_inverse=True)
        chances = np.bincount(place, weights=np.tile(chances / 2, 2)).astype(float)
        if len(sums) > MOST_SUMS:
            return None
    return sums, chances


def _drawn(sizes: Whole, bar: int, draws: int, seed: int) -> float:
    generator = np.random.default_rng(seed)
    reached = 0
    for start in range(0, draws, BLOCK):
        shape = (min(BLOCK, draws - start), len(sizes))
        signs = 2.0 * generator.integers(0, 2, size=shape) - 1
        reached += int((np.abs(signs @ sizes) >= bar).sum())
    return (1 + reached) / (1 + draws)


@lru_cache(maxsize=64)
def _signed_rank_distribution(count: int) -> Floats:
    """The chance of a signed-rank statistic of at most 0, 1, 2, … for `count` differences."""
    chances = np.ones(1)
    for rank in range(1, count + 1):
        longer = np.zeros(len(chances) + rank)
        longer[: len(chances)] += chances / 2
        longer[rank:] += chances / 2
        chances = longer
    return np.cumsum(chances)
