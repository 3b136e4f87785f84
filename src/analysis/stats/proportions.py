"""Confidence intervals of proportions, and of the difference of two. Shares run from 0 to 1."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right

from scipy.stats import hypergeom
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from analysis.stats.interval import Interval, check_confidence


def wilson(
    count: float, base: int, *, confidence: float, population: int | None = None
) -> Interval:
    """Wilson's score interval for the share `count` of `base` (Wilson, 1927).

    With `population` the base is a sample from that many municipalities: the variance shrinks
    by the finite population correction 1 - n/N, which is the same as a base of n / (1 - n/N)
    (Cochran, 1977). That is right only if the target is exactly these municipalities and those
    that did not answer are like those that did. A base equal to the population has no sampling
    error. Raises ValueError when base is 0 or larger than the population, when the count is not
    between 0 and the base, or the confidence not between 0 and 1.
    """
    _check(count, base, confidence, population)
    share = count / base
    effective = float(base)
    if population is not None:
        if population == base:
            return Interval(share, share, share)
        effective = base / (1 - base / population)
    low, high = proportion_confint(share * effective, effective, 1 - confidence, method="wilson")
    least, most = 0.0, 1.0
    if population is not None:  # what was counted is certain, only the others are not
        least, most = count / population, (count + population - base) / population
    return Interval(share, max(least, _clean(low)), min(most, _clean(high)))


def clopper_pearson(
    count: int, base: int, *, confidence: float, population: int | None = None
) -> Interval:
    """The exact interval for the share `count` of `base`, which never covers too seldom.

    Without `population` that of Clopper and Pearson (1934). With it, the same for drawing without
    replacement: all numbers K of the population under which neither so few nor so many would be
    rarer than (1 - confidence) / 2 by the hypergeometric distribution, divided by its size
    (Konijn, 1973). It holds under the same conditions as the correction in
    `wilson`. Raises ValueError as `wilson` does.
    """
    _check(count, base, confidence, population)
    share = count / base
    if population is None:
        low, high = proportion_confint(count, base, 1 - confidence, method="beta")
        return Interval(share, float(low), float(high))
    rare = (1 - confidence) / 2
    numbers = range(count, population - base + count + 1)
    # The more there are that have it, the likelier so many and the rarer so few.
    first = bisect_right(
        numbers, rare, key=lambda number: hypergeom.sf(count - 1, population, number, base)
    )
    beyond = bisect_left(
        numbers, -rare, key=lambda number: -hypergeom.cdf(count, population, number, base)
    )
    return Interval(share, numbers[first] / population, numbers[beyond - 1] / population)


def newcombe(count1: int, base1: int, count2: int, base2: int, *, confidence: float) -> Interval:
    """The share `count1` of `base1` less the share `count2` of `base2`, with its interval.

    For two independent groups only (Newcombe, 1998, Interval estimation for the difference
    between independent proportions, method 10: from the Wilson intervals of both). Groups of the
    same municipalities are not independent. Raises ValueError as `wilson` does.
    """
    for count, base in ((count1, base1), (count2, base2)):
        _check(count, base, confidence, None)
    low, high = confint_proportions_2indep(
        count1, base1, count2, base2, method="newcomb", alpha=1 - confidence
    )
    difference = count1 / base1 - count2 / base2
    return Interval(difference, _clean(low), _clean(high))


def _check(count: float, base: int, confidence: float, population: int | None) -> None:
    check_confidence(confidence)
    if base <= 0 or (population is not None and population < base):
        raise ValueError(f"no interval for a base of {base} out of {population}")
    if not 0 <= count <= base:
        raise ValueError(f"no interval for a count of {count} out of {base}")


def _clean(value: float) -> float:
    return 0.0 if math.isclose(value, 0.0, abs_tol=1e-12) else float(value)
