"""Confidence intervals of proportions of municipalities."""

from __future__ import annotations

import math

from statsmodels.stats.proportion import proportion_confint


def wilson_interval(
    count: float, base: int, *, confidence: float = 0.95, population: int | None = None
) -> tuple[float, float]:
    """Wilson's score interval for `count` of `base`, as two shares (0 to 1) (Wilson, 1927).

    With `population` the base is a sample from that many municipalities: the variance shrinks
    by the finite population correction 1 - n/N, which is the same as a base of n / (1 - n/N)
    (Cochran, 1977). That is right only if the target is exactly these municipalities and those
    that did not answer are like those that did. A base equal to the population has no sampling
    error. Raises ValueError when base is 0 or larger than the population.
    """
    if base <= 0 or (population is not None and population < base):
        raise ValueError(f"no interval for a base of {base} out of {population}")
    share = count / base
    effective = float(base)
    if population is not None:
        if population == base:
            return share, share
        effective = base / (1 - base / population)
    low, high = proportion_confint(share * effective, effective, 1 - confidence, method="wilson")
    least, most = 0.0, 1.0
    if population is not None:  # what was counted is certain, only the others are not
        least, most = count / population, (count + population - base) / population
    return max(least, _clean(low)), min(most, _clean(high))


def _clean(value: float) -> float:
    return 0.0 if math.isclose(value, 0.0, abs_tol=1e-12) else float(value)
