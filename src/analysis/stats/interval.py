"""An estimate with its interval: what the statistics of this room give back."""

from __future__ import annotations

import math
from dataclasses import dataclass

# Why there is no number, or none with limits.
TOO_FEW = "too_few"
NO_VARIATION = "no_variation"
ALL_ALIKE = "all_alike"


@dataclass(frozen=True)
class Interval:
    """`value` with the limits of its interval, all in one unit.

    `low` and `high` are NaN where there is a value, but too few units for an interval.
    """

    value: float
    low: float
    high: float

    @property
    def known(self) -> bool:
        """Whether there are limits."""
        return not (math.isnan(self.low) or math.isnan(self.high))


NOTHING = Interval(math.nan, math.nan, math.nan)


def check_confidence(confidence: float) -> None:
    """Raises ValueError when `confidence` is not between 0 and 1."""
    if not 0 < confidence < 1:
        raise ValueError(f"no confidence of {confidence}: it lies between 0 and 1")


def correction(sample: int, population: int | None) -> float:
    """What a standard error is multiplied by when `sample` units are drawn from `population`.

    sqrt(1 - n/N), the finite population correction (Cochran, 1977); 1 without a
    population. Raises ValueError when the sample is larger than the population.
    """
    if population is None:
        return 1.0
    if population < sample:
        raise ValueError(f"no sample of {sample} out of {population}")
    return math.sqrt(1 - sample / population)
