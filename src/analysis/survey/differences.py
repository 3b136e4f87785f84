"""The difference between two rounds with interval and test: the one place that chooses a method."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.stats import fisher_exact, ttest_ind

from analysis.stats.interval import Interval
from analysis.stats.means import mean_of_municipalities
from analysis.stats.paired import sign_flip
from analysis.stats.proportions import newcombe, wilson


def same_means(now: pd.Series, then: pd.Series, confidence: float) -> Interval:
    """Mean difference of municipalities that are in both rounds: paired t, n - 1 degrees.

    Both hold one mean score per municipality, in the same order (Student, 1908). Without limits
    for one municipality, and where all moved by the same amount: no spread says nothing then.
    """
    moved = now.to_numpy(dtype=float) - then.to_numpy(dtype=float)
    found = mean_of_municipalities(moved, confidence=confidence)
    if found.value and np.ptp(moved) == 0:
        return Interval(found.value, math.nan, math.nan)
    return found


def other_means(now: pd.Series, then: pd.Series, confidence: float) -> Interval:
    """Difference between the means of two sets of municipalities, as if independent (Welch, 1947).

    Without limits where a set holds one municipality, or neither has any spread.
    """
    value = float(now.mean() - then.mean())
    if min(len(now), len(then)) < 2 or not (np.ptp(now) or np.ptp(then)):
        return Interval(value, math.nan, math.nan)
    limits = ttest_ind(now, then, equal_var=False).confidence_interval(confidence)
    return Interval(value, float(limits.low), float(limits.high))


def same_shares(now: pd.Series, then: pd.Series, confidence: float) -> Interval:
    """Difference between the shares that agree among the same municipalities, 0 to 1.

    Both say per municipality whether it agrees, in the same order. Newcombe's interval for paired
    shares (1998, Statistics in Medicine 17: 2635-2650, method 10): from the Wilson intervals of
    both shares and their correlation. A t interval would be too narrow where few change sides: of
    31 municipalities, four that move one way and none the other would be a change.
    """
    first, second = now.to_numpy(dtype=bool), then.to_numpy(dtype=bool)
    size = len(first)
    one, other = (wilson(int(side.sum()), size, confidence=confidence) for side in (first, second))
    tie = _correlation(first, second)
    value = one.value - other.value

    def reach(near: float, far: float) -> float:
        return math.sqrt(max(near * near - 2 * tie * near * far + far * far, 0.0))

    low = value - reach(one.value - one.low, other.high - other.value)
    high = value + reach(one.high - one.value, other.value - other.low)
    return Interval(value, max(low, -1.0), min(high, 1.0))


def _correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Phi of two rows of yes and no; a positive one with Newcombe's correction for continuity."""
    size = len(first)
    both, neither = int((first & second).sum()), int((~first & ~second).sum())
    product = both * neither - int((first & ~second).sum()) * int((~first & second).sum())
    margins = int(first.sum()) * int((~first).sum()) * int(second.sum()) * int((~second).sum())
    if not margins:
        return 0.0
    return (max(product - size / 2, 0.0) if product > 0 else product) / math.sqrt(margins)


def other_shares(now: tuple[int, int], then: tuple[int, int], confidence: float) -> Interval:
    """Difference between two shares, each (count, base), as if independent (Newcombe, 1998)."""
    return newcombe(*now, *then, confidence=confidence)


def same_p(now: pd.Series, then: pd.Series, seed: int) -> float:
    """P-value of no change in the same municipalities: did they move one way more than by chance?

    Both hold one mean score, or one yes or no, per municipality, in the same order. Fisher's
    sign-flip test (1935), which needs no normal differences; of yes and no it is McNemar's exact
    test (1947). Five municipalities or fewer never reach .05. `seed` is for the draws where there
    are too many ways to count.
    """
    moved = now.to_numpy(dtype=float) - then.to_numpy(dtype=float)
    return sign_flip(moved, seed=seed).p_value


def other_p(now: tuple[int, int], then: tuple[int, int]) -> float:
    """P-value of equal shares, each (count, base), as if independent: Fisher's exact test."""
    table = np.array([[count, base - count] for count, base in (now, then)])
    return float(fisher_exact(table).pvalue)
