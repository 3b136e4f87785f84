"""Agreement between two ratings of the same things: scores of two groups, or categories.

What cannot be known, because there are few pairs or nothing varies, is NaN with a `reason`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm, t
from statsmodels.stats.inter_rater import cohens_kappa

from analysis.stats.interval import (
    ALL_ALIKE,
    NO_VARIATION,
    NOTHING,
    TOO_FEW,
    Interval,
    check_confidence,
)

Floats = npt.NDArray[np.float64]
Column = Sequence[Any] | npt.NDArray[Any] | pd.Series

# Of fewer pairs each one decides.
FEWEST_PAIRS = 6
# Agreement this near to 1 or -1 is perfect; what is missing is rounding.
ALIKE = 1 - 1e-9


@dataclass(frozen=True)
class Agreement:
    """How far two sets of judgements are the same, with its interval; `count` pairs."""

    estimate: Interval
    count: int
    reason: str = ""


def icc_a1(first: Column, second: Column, *, confidence: float) -> Agreement:
    """ICC(A,1): do two groups give a municipality the same score, not only the same order?

    `first` and `second` have one score per municipality; where one is NaN the municipality is
    left out. Two-way random effects, absolute agreement, single scores (McGraw & Wong, 1996).
    The interval is that of Student's t on the scale of Fisher's (1921) z, with the standard
    error of the jackknife over municipalities (Tukey, 1958). With 17 to 31 municipalities it
    covers the truth about as often as it says; bootstrap intervals are too narrow there.

    Reasons for NaN: fewer than 6 pairs (`too_few`), scores that are all the same
    (`no_variation`). Without an interval: agreement that is perfect or perfectly opposite, or
    would be without one of the municipalities (`all_alike`). Raises ValueError when the columns
    differ in length or the confidence is not between 0 and 1.
    """
    return _of_pairs(first, second, _absolute, confidence)


def lin_concordance(first: Column, second: Column, *, confidence: float) -> Agreement:
    """Lin's (1989) concordance: correlation, lowered by a difference in mean or in spread.

    Twice the covariance over the sum of both variances and the squared difference of the means,
    variances being divided by n. Everything else is as in `icc_a1`.
    """
    return _of_pairs(first, second, _concordance, confidence)


def absolute_agreement(ratings: npt.NDArray[Any]) -> float:
    """ICC(A,1) of `ratings` (subjects x raters, none missing), NaN where nothing varies.

    (MSR - MSE) / (MSR + (k - 1) MSE + k (MSC - MSE) / n), from the mean squares of rows, columns
    and what is left (McGraw & Wong, 1996). Raises ValueError with fewer than two of either.
    """
    table = np.asarray(ratings, dtype=float)
    if table.ndim != 2 or min(table.shape) < 2:
        raise ValueError("agreement needs at least two subjects and two raters")
    return float(_absolute(table))


def weighted_kappa(
    table: npt.NDArray[Any],
    weights: Literal["linear", "quadratic"] | None = None,
    *,
    confidence: float,
) -> Agreement:
    """Cohen's kappa of a square table of counts, with its asymptotic interval.

    Rows are the categories that one side chose, columns those of the other, in their order.
    `weights` says how disagreement grows with distance: not at all (Cohen, 1960), linear or
    quadratic (Cohen, 1968). The interval has the variance of Fleiss, Cohen and Everitt (1969).
    NaN when both sides always chose one and the same category (`no_variation`) or the table is
    empty (`too_few`); without an interval when they never differ (`all_alike`). Raises
    ValueError when the table is not square or the confidence is not between 0 and 1.
    """
    check_confidence(confidence)
    counts = np.asarray(table, dtype=float)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise ValueError("kappa needs a square table")
    count = int(counts.sum())
    if not count:
        return Agreement(NOTHING, 0, TOO_FEW)
    if counts.max() == count and counts.trace() == count:
        return Agreement(NOTHING, count, NO_VARIATION)
    if counts.trace() == count:
        return Agreement(Interval(1.0, math.nan, math.nan), count, ALL_ALIKE)
    found = cohens_kappa(counts, wt=weights)
    reach = float(norm.ppf((1 + confidence) / 2)) * float(found.std_kappa)
    value = float(found.kappa)
    estimate = Interval(value, max(-1.0, value - reach), min(1.0, value + reach))
    return Agreement(estimate, count)


def _of_pairs(
    first: Column, second: Column, measure: Callable[[Floats], Floats], confidence: float
) -> Agreement:
    """`measure` gives the agreement in tables (… x municipalities x two groups)."""
    check_confidence(confidence)
    if len(first) != len(second):
        raise ValueError(f"{len(first)} scores of one group but {len(second)} of the other")
    pairs = np.column_stack((np.asarray(first, dtype=float), np.asarray(second, dtype=float)))
    pairs = pairs[~np.isnan(pairs).any(axis=1)]
    count = len(pairs)
    if count < FEWEST_PAIRS:
        return Agreement(NOTHING, count, TOO_FEW)
    value = float(measure(pairs))
    if math.isnan(value):
        return Agreement(NOTHING, count, NO_VARIATION)
    others = np.arange(count)[None, :].repeat(count, axis=0)[~np.eye(count, dtype=bool)]
    without = measure(pairs[others.reshape(count, count - 1)])
    if np.isnan(without).any() or max(abs(value), np.abs(without).max()) > ALIKE:
        reason = NO_VARIATION if np.isnan(without).any() else ALL_ALIKE
        return Agreement(Interval(value, math.nan, math.nan), count, reason)
    scaled = np.arctanh(without)
    error = math.sqrt((count - 1) / count * float(((scaled - scaled.mean()) ** 2).sum()))
    reach = float(t.ppf((1 + confidence) / 2, count - 1)) * error
    limits = (math.tanh(math.atanh(value) + side * reach) for side in (-1, 1))
    return Agreement(Interval(value, *limits), count)


def _absolute(table: Floats) -> Floats:
    """ICC(A,1) of the last two axes, subjects and raters."""
    subjects, raters = table.shape[-2:]
    centred = table - table.mean(axis=(-2, -1), keepdims=True)
    rows = raters * (centred.mean(axis=-1) ** 2).sum(axis=-1)
    columns = subjects * (centred.mean(axis=-2) ** 2).sum(axis=-1)
    left = (centred**2).sum(axis=(-2, -1)) - rows - columns
    of_rows, of_columns = rows / (subjects - 1), columns / (raters - 1)
    error = left / ((subjects - 1) * (raters - 1))
    whole = of_rows + (raters - 1) * error + raters * (of_columns - error) / subjects
    return _share(of_rows - error, whole)


def _concordance(pairs: Floats) -> Floats:
    means = pairs.mean(axis=-2, keepdims=True)
    centred = pairs - means
    apart = (means[..., 0, 0] - means[..., 0, 1]) ** 2
    spread = (centred**2).mean(axis=-2).sum(axis=-1)
    return _share(2 * centred.prod(axis=-1).mean(axis=-1), spread + apart)


def _share(part: Floats, whole: Floats) -> Floats:
    """`part` of `whole`, NaN where there is nothing to divide."""
    some = np.abs(whole) > 1e-12
    return np.where(some, part / np.where(some, whole, 1.0), np.nan)
