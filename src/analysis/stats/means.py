"""Means and medians of scores, with municipalities as units.

Two means answer two questions and are never mixed: what the average municipality thinks
(`mean_of_municipalities`) and what the average respondent thinks (`cluster_mean`). With
`population` the municipalities are a sample of that many, and the standard error is multiplied by
sqrt(1 - n/N) (Cochran, 1977): right only if the target is exactly these
municipalities and those that did not answer are like those that did.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import binom, t

from analysis.stats.interval import Interval, check_confidence, correction

Floats = npt.NDArray[np.float64]
Numbers = Sequence[float] | npt.NDArray[Any] | pd.Series


def mean_of_municipalities(
    means: Numbers, *, confidence: float, population: int | None = None
) -> Interval:
    """The mean over municipalities, each counting once, with its t interval (n - 1 degrees).

    `means` holds one score per municipality; NaN is a municipality without a score and left out.
    One municipality has a mean but no interval, unless it is the whole population. Raises
    ValueError without a score, when the population is smaller than the number of scores, or when
    the confidence is not between 0 and 1.
    """
    values = _scores(means)
    error = math.nan
    if len(values) > 1:
        error = float(np.std(values, ddof=1)) / math.sqrt(len(values))
    return _t_interval(float(values.mean()), error, len(values), confidence, population)


def cluster_mean(
    scores: Numbers,
    clusters: Sequence[Any] | npt.NDArray[Any] | pd.Series,
    *,
    confidence: float,
    population: int | None = None,
) -> Interval:
    """The mean over respondents, who came to us by municipality, with its t interval.

    `scores` and `clusters` (the municipality) have one element per respondent; NaN is a
    respondent without a score and left out. The mean is the ratio of the sum of scores to the
    number of respondents; its standard error is the linearised one with municipalities as units,
    with n - 1 degrees of freedom, n being the number of municipalities (Lohr, 2010). With few
    municipalities of very unequal size the interval is somewhat too narrow. Raises ValueError as
    `mean_of_municipalities` does, and when a score has no cluster or the lengths differ.
    """
    values = np.asarray(scores, dtype=float)
    labels = np.asarray(clusters, dtype=object)
    if values.shape != labels.shape:
        raise ValueError(f"{values.size} scores but {labels.size} clusters")
    given = ~np.isnan(values)
    values = _scores(values)
    codes, names = pd.factorize(labels[given])
    if (codes < 0).any():
        raise ValueError("a score has no cluster")
    mean = float(values.mean())
    places = len(names)
    error = math.nan
    if places > 1:
        residuals = np.bincount(codes, weights=values - mean)
        error = math.sqrt(places / (places - 1) * float(residuals @ residuals)) / len(values)
    return _t_interval(mean, error, places, confidence, population)


def median_of_municipalities(values: Numbers, *, confidence: float) -> Interval:
    """The median over municipalities, with the interval between two of the ordered scores.

    The limits are the k-th lowest and the k-th highest score, with the largest k at which the
    binomial distribution still gives `confidence` (Conover, 1999). Nothing is assumed
    of the distribution, and with equal scores the interval covers rather too often. Fewer than
    six scores have no interval of .95. NaN is a municipality without a score and left out. Raises
    ValueError without a score, or when the confidence is not between 0 and 1.
    """
    check_confidence(confidence)
    ordered = np.sort(_scores(values))
    size = len(ordered)
    # The median is outside when fewer than k scores lie below it, or fewer than k above it.
    outside = 2 * binom.cdf(np.arange(size // 2), size, 0.5)
    depth = int(np.count_nonzero(outside <= 1 - confidence + 1e-12))
    median = float(np.median(ordered))
    if depth == 0:
        return Interval(median, math.nan, math.nan)
    return Interval(median, float(ordered[depth - 1]), float(ordered[-depth]))


def _scores(given: Numbers) -> Floats:
    values = np.asarray(given, dtype=float)
    values = values[~np.isnan(values)]
    if not values.size:
        raise ValueError("no scores")
    return values


def _t_interval(
    mean: float, error: float, places: int, confidence: float, population: int | None
) -> Interval:
    check_confidence(confidence)
    factor = correction(places, population)
    if factor == 0.0:  # everybody was asked, so nothing is left to chance
        return Interval(mean, mean, mean)
    if math.isnan(error):
        return Interval(mean, math.nan, math.nan)
    half = float(t.ppf((1 + confidence) / 2, places - 1)) * error * factor
    return Interval(mean, mean - half, mean + half)
