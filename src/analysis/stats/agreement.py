"""Agreement within the teams of municipalities.

Everything takes one score per respondent and the municipality each belongs to; NaN is a
respondent without a score and left out. What cannot be known, because the members of most
municipalities are one, or because nothing varies, is NaN with a `reason`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import f

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

ONE_MEMBER = "one_member"
# Degrees of freedom within groups below which an intraclass correlation says nothing.
FEWEST_WITHIN = 10
# Agreement in a group of two is chance more often than not.
SMALLEST_GROUP = 3
DRAWS = 9_999
BLOCK = 1_000


@dataclass(frozen=True)
class IntraclassCorrelation:
    """An intraclass correlation with its interval, and a p-value from shuffled members.

    `groups` and `members` are how many there were, `size` the group size that the formulas use;
    where all groups are as large as each other it is that size, and the interval exact for
    normal scores. `reason` says why there is no estimate or no interval.
    """

    estimate: Interval
    p_value: float
    groups: int
    members: int
    size: float
    reason: str = ""


@dataclass(frozen=True)
class MeanAgreement:
    """The mean of rwg over `groups`; `left_out` groups were smaller than what is needed."""

    value: float
    groups: int
    left_out: int
    reason: str = ""


@dataclass(frozen=True)
class _Groups:
    """Scores in the order of their groups, and where each group starts."""

    scores: Floats
    sizes: npt.NDArray[np.intp]

    @property
    def starts(self) -> npt.NDArray[np.intp]:
        return np.concatenate(([0], np.cumsum(self.sizes)[:-1]))

    @property
    def between(self) -> int:
        return len(self.sizes) - 1

    @property
    def within(self) -> int:
        return len(self.scores) - len(self.sizes)

    @property
    def size(self) -> float:
        """The size that takes the place of a common one (Donner, 1986)."""
        count = len(self.scores)
        return float((count - (self.sizes**2).sum() / count) / self.between)


def icc1(
    scores: Column,
    groups: Column,
    *,
    confidence: float,
    draws: int = DRAWS,
    seed: int = 0,
    fewest_within: int = FEWEST_WITHIN,
) -> IntraclassCorrelation:
    """ICC(1): which part of the variance of single scores lies between groups.

    (MSB - MSW) / (MSB + (n0 - 1) MSW) from a one-way analysis of variance (Shrout & Fleiss,
    1979; Bliese, 2000), n0 being the size that fits groups of unequal size. It can be negative:
    members then differ more than strangers. The interval follows from the F distribution
    (Shrout & Fleiss, 1979); with unequal sizes it is somewhat too narrow (docs/methods.md says how
    much). The p-value is the share of `draws` shuffles of the members over the groups, drawn with
    `seed`, in which groups differ at least as much, the observed one among them (Phipson & Smyth,
    2010).

    Not estimated: fewer than two groups (`too_few`), fewer than `fewest_within` degrees of
    freedom within groups (`one_member`: most have a single member), all scores the same
    (`no_variation`). Without an interval: no difference within any group (`all_alike`). Raises
    ValueError when the columns differ in length, a score has no group, or the confidence is not
    between 0 and 1.
    """

    def single(ratio: float, size: float) -> float:
        return (ratio - 1) / (ratio + size - 1) if math.isfinite(ratio) else 1.0

    return _intraclass(scores, groups, single, confidence, draws, seed, fewest_within)


def icc2(
    scores: Column,
    groups: Column,
    *,
    confidence: float,
    draws: int = DRAWS,
    seed: int = 0,
    fewest_within: int = FEWEST_WITHIN,
) -> IntraclassCorrelation:
    """ICC(2): how reliable the mean of a group is, (MSB - MSW) / MSB (Bliese, 2000).

    Shrout and Fleiss (1979) call it ICC(1,k). With groups of unequal size it holds for a group of
    the size n0; it is below zero where members differ more than strangers, and NaN where all
    groups have the same mean (`no_variation`). Everything else is as in `icc1`.
    """

    def mean(ratio: float, _size: float) -> float:
        return 1 - 1 / ratio if ratio else math.nan

    return _intraclass(scores, groups, mean, confidence, draws, seed, fewest_within)


def rwg(ratings: Column, *, points: int = 5) -> float:
    """Agreement in one group on one item: 1 - variance / variance of random answers.

    Random answers are spread evenly over `points`, with a variance of (points² - 1) / 12
    (James, Demaree & Wolf, 1984). Below zero it is set to 0, as usual. NaN for a group of fewer
    than three. Raises ValueError when a rating lies outside 1 to `points`.
    """
    values = np.asarray(ratings, dtype=float)
    return mean_rwg(values, np.zeros(len(values)), points=points).value


def mean_rwg(scores: Column, groups: Column, *, points: int = 5) -> MeanAgreement:
    """The mean of `rwg` over the groups of at least three members, each counting once.

    NaN, with the reason `one_member`, when no group is that large. Raises ValueError as `icc1`
    and `rwg` do.
    """
    told = _groups(scores, groups)
    if len(told.scores) and (told.scores.min() < 1 or told.scores.max() > points):
        raise ValueError(f"a rating lies outside 1 to {points}")
    large = told.sizes >= SMALLEST_GROUP
    left_out = int((~large).sum())
    if not large.any():
        return MeanAgreement(math.nan, 0, left_out, ONE_MEMBER)
    means = np.add.reduceat(told.scores, told.starts) / told.sizes
    squares = (told.scores - np.repeat(means, told.sizes)) ** 2
    variances = np.add.reduceat(squares, told.starts)[large] / (told.sizes[large] - 1)
    agreement = np.clip(1 - variances / ((points**2 - 1) / 12), 0, 1)
    return MeanAgreement(float(agreement.mean()), int(large.sum()), left_out)


def _groups(scores: Column, groups: Column) -> _Groups:
    told = np.asarray(scores, dtype=float)
    labels = np.asarray(groups, dtype=object)
    if len(told) != len(labels):
        raise ValueError(f"{len(told)} scores but {len(labels)} groups")
    given = ~np.isnan(told)
    codes, names = pd.factorize(labels[given])
    if (codes < 0).any():
        raise ValueError("a score has no group")
    order = np.argsort(codes, kind="stable")
    return _Groups(told[given][order], np.bincount(codes, minlength=len(names)))


def _intraclass(
    scores: Column,
    groups: Column,
    coefficient: Callable[[float, float], float],
    confidence: float,
    draws: int,
    seed: int,
    fewest_within: int,
) -> IntraclassCorrelation:
    """`coefficient` gives the correlation from the ratio of mean squares and the group size."""
    check_confidence(confidence)
    told = _groups(scores, groups)
    shape = (len(told.sizes), len(told.scores))
    reason = ""
    if told.between < 1:
        reason = TOO_FEW
    elif told.within < max(1, fewest_within):
        reason = ONE_MEMBER
    elif np.ptp(told.scores) == 0:
        reason = NO_VARIATION
    if reason:
        return IntraclassCorrelation(NOTHING, math.nan, *shape, math.nan, reason)
    ratio, p_value = _ratio(told), _shuffled(told, draws, seed)
    value = coefficient(ratio, told.size)
    if math.isinf(ratio) or math.isnan(value):
        reason = NO_VARIATION if math.isnan(value) else ALL_ALIKE
        alone = Interval(value, math.nan, math.nan)
        return IntraclassCorrelation(alone, p_value, *shape, told.size, reason)
    tail = (1 - confidence) / 2
    low = ratio / float(f.ppf(1 - tail, told.between, told.within))
    high = ratio * float(f.ppf(1 - tail, told.within, told.between))
    limits = (coefficient(limit, told.size) for limit in (low, high))
    return IntraclassCorrelation(Interval(value, *limits), p_value, *shape, told.size)


def _ratio(told: _Groups) -> float:
    """The mean square between groups over that within them: 0 or infinite where one is none."""
    centred = told.scores - told.scores.mean()
    between = float((np.add.reduceat(centred, told.starts) ** 2 / told.sizes).sum())
    within = float((centred**2).sum()) - between
    if min(between, within) <= 1e-12 * max(between, within):
        return math.inf if between > within else 0.0
    return (between / told.between) / (within / told.within)


def _shuffled(told: _Groups, draws: int, seed: int) -> float:
    """The chance of groups that differ at least this much when members are shuffled.

    The sum of squares in all is the same in every shuffle, so that between groups tells all.
    """
    generator = np.random.default_rng(seed)
    centred = told.scores - told.scores.mean()

    def between(rows: Floats) -> Floats:
        return (np.add.reduceat(rows, told.starts, axis=1) ** 2 / told.sizes).sum(axis=1)

    bar = between(centred[None, :])[0] * (1 - 1e-9)
    reached = 0
    for start in range(0, draws, BLOCK):
        rows = np.tile(centred, (min(BLOCK, draws - start), 1))
        reached += int((between(generator.permuted(rows, axis=1)) >= bar).sum())
    return (1 + reached) / (1 + draws)
