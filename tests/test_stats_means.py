"""Means and medians with municipalities as units."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats.interval import Interval
from analysis.stats.means import cluster_mean, mean_of_municipalities, median_of_municipalities


def limits(interval: Interval) -> tuple[float, float]:
    return interval.low, interval.high


# --- The average municipality

# Student (1908), The probable error of a mean: the extra hours of sleep of ten patients (drug 2
# less drug 1). t.test in R (its help page on `sleep`): mean 1.58, 95 % from .7001142 to 2.4598858.
SLEEP = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]


def test_the_mean_of_municipalities_has_the_t_interval():
    found = mean_of_municipalities(SLEEP, confidence=0.95)
    assert found.value == pytest.approx(1.58)
    assert limits(found) == pytest.approx((0.7001142, 2.4598858), abs=1e-7)


@pytest.mark.parametrize(("confidence", "quantile"), [(0.9, 1.8331), (0.99, 3.2498)])
def test_the_confidence_sets_the_quantile_of_t(confidence: float, quantile: float):
    # Quantiles of t with 9 degrees of freedom from any table; the standard error is .38896.
    found = mean_of_municipalities(SLEEP, confidence=confidence)
    assert found.high - 1.58 == pytest.approx(quantile * 0.38896, abs=1e-4)


@pytest.mark.parametrize(("sample", "factor"), [(31, 0.6061), (25, 0.6999)])
def test_of_a_population_of_49_the_interval_is_narrower_by_the_known_factor(
    sample: int, factor: float
):
    # sqrt(1 - 31/49) = sqrt(18/49) = .6061 and sqrt(24/49) = .6999, by hand.
    scores = np.linspace(1, 5, sample)
    plain = mean_of_municipalities(scores, confidence=0.95)
    within = mean_of_municipalities(scores, confidence=0.95, population=49)
    assert within.value == plain.value
    ratio = (within.high - within.low) / (plain.high - plain.low)
    assert ratio == pytest.approx(factor, abs=5e-5)


def test_when_every_municipality_answered_nothing_is_left_to_chance():
    found = mean_of_municipalities(SLEEP, confidence=0.95, population=10)
    assert limits(found) == (found.value, found.value)
    alone = mean_of_municipalities([3.5], confidence=0.95, population=1)
    assert limits(alone) == (3.5, 3.5)


def test_one_municipality_has_a_mean_but_no_interval():
    for found in (
        mean_of_municipalities([3.5], confidence=0.95, population=49),
        cluster_mean([3, 4], ["a", "a"], confidence=0.95),
    ):
        assert found.value == 3.5
        assert not found.known
        assert math.isnan(found.low)
    assert mean_of_municipalities(SLEEP, confidence=0.95).known


def test_a_municipality_without_a_score_is_left_out():
    found = mean_of_municipalities([*SLEEP, math.nan], confidence=0.95)
    assert found == mean_of_municipalities(SLEEP, confidence=0.95)
    medians = [median_of_municipalities(x, confidence=0.95) for x in (SLEEP, [math.nan, *SLEEP])]
    assert medians[0] == medians[1]


# --- The average respondent

# Scheaffer, Mendenhall & Ott, Elementary survey sampling, chapter 8: incomes in 25 of the 415
# blocks of a city. Residents and total income in thousands of dollars of each block; the book's
# answer is a mean of $8801 with a bound of $1617, twice the standard error, so that is $808.5.
RESIDENTS = [8, 12, 4, 5, 6, 6, 7, 5, 8, 3, 2, 6, 5, 10, 9, 3, 6, 5, 5, 4, 6, 8, 7, 3, 8]
INCOMES = [
    96, 121, 42, 65, 52, 40, 75, 65, 45, 50, 85, 43, 54, 49, 53, 50, 32, 22, 45, 37, 51, 30, 39,
    47, 41,
]  # fmt: skip
T_24 = 2.063899  # the .975 quantile of t with 24 degrees of freedom, from any table


def blocks() -> tuple[np.ndarray, np.ndarray]:
    """One row per resident: the mean income of the block, in dollars, and the block."""
    means = 1000 * np.array(INCOMES) / np.array(RESIDENTS)
    return np.repeat(means, RESIDENTS), np.repeat(np.arange(25), RESIDENTS)


def test_the_mean_over_respondents_takes_municipalities_as_units():
    found = cluster_mean(*blocks(), confidence=0.95, population=415)
    assert found.value == pytest.approx(8801, abs=0.5)
    assert (found.high - found.value) / T_24 == pytest.approx(1617 / 2, abs=0.5)
    assert found.value - found.low == pytest.approx(found.high - found.value)


def test_without_a_population_the_interval_is_wider_by_the_correction():
    within = cluster_mean(*blocks(), confidence=0.95, population=415)
    plain = cluster_mean(*blocks(), confidence=0.95)
    ratio = (within.high - within.low) / (plain.high - plain.low)
    assert ratio == pytest.approx(math.sqrt(390 / 415))


def test_three_clusters_worked_by_hand():
    # Scores 1 2 | 4 | 3 5 3: the mean is 18/6 = 3. Residuals add up to -3, 1 and 2 per cluster, so
    # the standard error is sqrt(3/2 * (9 + 1 + 4)) / 6 = .763763; t with 2 degrees is 4.302653.
    scores, places = [1, 2, 4, 3, 5, 3], list("aabccc")
    found = cluster_mean(scores, places, confidence=0.95)
    assert found.value == 3
    assert limits(found) == pytest.approx((3 - 3.286206, 3 + 3.286206), abs=1e-5)


def test_the_two_means_differ_when_municipalities_differ_in_size():
    scores, places = [1, 1, 1, 5], ["a", "a", "a", "b"]
    assert cluster_mean(scores, places, confidence=0.95).value == 2
    assert mean_of_municipalities([1, 5], confidence=0.95).value == 3


def test_a_respondent_without_a_score_is_left_out():
    scores, places = [1, 2, 4, 3, 5, 3], list("aabccc")
    more = cluster_mean(pd.Series([*scores, np.nan]), [*places, "d"], confidence=0.95)
    assert more == cluster_mean(scores, places, confidence=0.95)


def test_a_score_without_a_municipality_is_an_error():
    with pytest.raises(ValueError, match="has no cluster"):
        cluster_mean([1, 2], ["a", None], confidence=0.95)
    with pytest.raises(ValueError, match="2 scores but 1 clusters"):
        cluster_mean([1, 2], ["a"], confidence=0.95)


@settings(deadline=None)
@given(
    st.lists(st.floats(1, 5), min_size=2, max_size=30),
    st.integers(1, 5),
    st.sampled_from([None, 40]),
)
def test_with_teams_of_one_size_and_mind_both_means_agree(
    means: list[float], size: int, population: int | None
):
    scores, places = np.repeat(means, size), np.repeat(np.arange(len(means)), size)
    found = cluster_mean(scores, places, confidence=0.9, population=population)
    expected = mean_of_municipalities(means, confidence=0.9, population=population)
    assert found.value == pytest.approx(expected.value)
    assert limits(found) == pytest.approx(limits(expected), abs=1e-7)


# --- The median municipality


@pytest.mark.parametrize(
    ("size", "first", "last", "confidence"),
    [
        # A published table of intervals for a median: the ranks, and the confidence in percent
        # (the same as the binomial law written out: [x2, x9] of 10 is 1 - 2 * 11/1024 = .9785).
        (6, 1, 6, 0.969),
        (9, 2, 8, 0.961),
        (10, 2, 9, 0.979),
        (12, 3, 10, 0.961),
        (15, 4, 12, 0.965),
        (16, 4, 13, 0.979),
        (17, 5, 13, 0.951),
        (20, 6, 15, 0.959),
    ],
)
def test_the_median_lies_between_two_of_the_ordered_scores(
    size: int, first: int, last: int, confidence: float
):
    ranks = np.random.default_rng(size).permutation(np.arange(1, size + 1))
    found = median_of_municipalities(ranks, confidence=0.95)
    assert found == Interval((size + 1) / 2, first, last)
    # As wide at the confidence printed for it, and wider beyond it.
    assert median_of_municipalities(ranks, confidence=confidence - 0.0006) == found
    assert median_of_municipalities(ranks, confidence=confidence + 0.0006) != found


def test_five_municipalities_have_a_median_but_no_interval_of_95_percent():
    # The widest, from the lowest to the highest, is 1 - 2/32 = .9375.
    found = median_of_municipalities([1, 2, 3, 4, 5], confidence=0.95)
    assert found.value == 3
    assert not found.known
    assert limits(median_of_municipalities([1, 2, 3, 4, 5], confidence=0.9375)) == (1, 5)


@given(st.lists(st.sampled_from([1.0, 2.5, 3.0, 4.0]), min_size=6, max_size=40))
def test_the_interval_of_a_median_is_made_of_scores_and_holds_it(scores: list[float]):
    found = median_of_municipalities(scores, confidence=0.95)
    assert {found.low, found.high} <= set(scores)
    assert found.low <= found.value <= found.high


# --- What cannot be


def test_no_scores_an_impossible_population_or_confidence_is_an_error():
    with pytest.raises(ValueError, match="no scores"):
        mean_of_municipalities([math.nan], confidence=0.95)
    with pytest.raises(ValueError, match="no scores"):
        cluster_mean([], [], confidence=0.95)
    with pytest.raises(ValueError, match="no scores"):
        median_of_municipalities([], confidence=0.95)
    with pytest.raises(ValueError, match="no sample of 10 out of 9"):
        mean_of_municipalities(SLEEP, confidence=0.95, population=9)
    with pytest.raises(ValueError, match="between 0 and 1"):
        mean_of_municipalities(SLEEP, confidence=95)
    with pytest.raises(ValueError, match="between 0 and 1"):
        median_of_municipalities(SLEEP, confidence=95)
