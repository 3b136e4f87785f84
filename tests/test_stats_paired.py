"""Two groups in the same municipalities: known answers, small cases, and brute force."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

from analysis.stats.paired import (
    NO_PAIRS,
    NO_VARIATION,
    TOO_FEW,
    hodges_lehmann,
    matched_rank_biserial,
    paired_difference,
    probability_higher,
    sign_flip,
    signed_rank,
)

# Student's (1908) sleep data, R: sleep. Extra hours with drug 1 minus those with drug 2.
SLEEP = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]) - np.array(
    [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
)
# Depression scores of nine patients, second visit minus first (Hollander & Wolfe, 1973, p. 39).
DEPRESSION = np.array([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]) - np.array(
    [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
)
# 73 pairs with 26 zeros and many ties, from the tests of R's exactRankTests 0.8.
TIED = np.array(
    [0, 87, 0, 0, 0, 0, 8, 0, 16, 0, 64, 0, 0, 37, 200, 0, 0, 32, 5, 0, 0, 14, 0, 0, 4, 0, 0, 50,
     0, 0, 99, 0, 0, 12, 36, 22, 4, 13, 0, 10, 70, 0, 0, 0, 0, 19, 0, 4, 3, 4, 23, 0, 0, 0, 0, 0,
     0, 14, 4, 8, 0, 11, 42, 0, 0, 0, 0, 0, 18, 11, 29, 0, 0]
) - np.array(
    [0, 0, 14, 0, 0, 16, 0, 145, 0, 0, 16, 0, 0, 47, 0, 0, 0, 144, 0, 2, 0, 13, 0, 0, 114, 0, 6,
     0, 0, 4, 9, 0, 0, 17, 0, 0, 42, 0, 0, 0, 0, 0, 0, 0, 25, 0, 1, 178, 0, 0, 0, 6, 0, 7, 76, 252,
     0, 0, 23, 0, 0, 68, 0, 0, 0, 24, 0, 59, 0, 0, 0, 0, 16]
)  # fmt: skip

# Differences of means of five-point scores in municipalities with few respondents.
means = st.tuples(st.integers(-12, 12), st.integers(1, 4)).map(lambda told: told[0] / told[1])
some = st.lists(means, min_size=1, max_size=8)


def p_value_by_hand(amounts: np.ndarray) -> float:
    """The share of all sign patterns whose sum is at least as far from zero."""
    signs = np.array(list(itertools.product((-1, 1), repeat=len(amounts))))
    return float((np.abs(signs @ np.abs(amounts)) >= abs(amounts.sum()) - 1e-9).mean())


# --- The mean difference


def test_the_mean_difference_of_the_sleep_data_has_students_t():
    # R: t.test(extra ~ group, data = sleep, paired = TRUE), and its interval.
    found = paired_difference(SLEEP, confidence=0.95)
    assert found.statistic == pytest.approx(-4.062128, abs=1e-6)
    assert found.p_value == pytest.approx(0.00283289, abs=1e-8)
    assert found.estimate.value == pytest.approx(-1.58)
    assert (found.estimate.low, found.estimate.high) == pytest.approx((-2.4598858, -0.7001142))
    assert (found.count, found.reason) == (10, "")


def test_a_municipality_without_one_of_the_groups_is_left_out():
    found = paired_difference([*SLEEP, math.nan], confidence=0.95)
    assert found == paired_difference(SLEEP, confidence=0.95)


@pytest.mark.parametrize(
    ("differences", "reason"),
    [([], NO_PAIRS), ([math.nan], NO_PAIRS), ([1.0], TOO_FEW), ([0, 0, 0], NO_VARIATION)],
)
def test_too_few_or_equal_differences_have_no_interval_and_no_test(differences, reason):
    found = paired_difference(differences, confidence=0.95)
    assert found.reason == reason
    assert not found.estimate.known
    assert math.isnan(found.p_value)


def test_what_is_known_without_an_interval_is_told():
    assert paired_difference([0.5], confidence=0.95).estimate.value == 0.5
    # 3.1 - 2.9 and 4.1 - 3.9 are the same difference, though not to a computer.
    assert paired_difference([3.1 - 2.9, 4.1 - 3.9], confidence=0.9).reason == NO_VARIATION


def test_a_confidence_that_is_no_share_is_refused():
    for statistic in (paired_difference, hodges_lehmann):
        with pytest.raises(ValueError, match="confidence"):
            statistic(SLEEP, confidence=95)


# --- The pseudo-median


def test_the_pseudo_median_of_the_depression_data_is_that_of_the_book():
    # Hollander & Wolfe, 1973, p. 40 and 53; R: wilcox.exact(y, x, paired = TRUE, conf.int = TRUE).
    found = hodges_lehmann(DEPRESSION, confidence=0.95)
    assert found.estimate.value == pytest.approx(-0.46)
    assert (found.estimate.low, found.estimate.high) == pytest.approx((-0.786, -0.010))
    # 1 - 2 psignrank(5, 9) = 1 - 20/512
    assert found.confidence == pytest.approx(0.9609375)


def test_the_interval_needs_six_differences_at_95_percent():
    # The widest interval of n differences has a confidence of 1 - 2 / 2^n: .9375, .96875.
    five, six = (hodges_lehmann(range(1, n + 1), confidence=0.95) for n in (5, 6))
    assert (five.estimate.value, five.reason) == (3, TOO_FEW)
    assert not five.estimate.known
    assert (six.estimate.low, six.estimate.high, six.confidence) == (1, 6, 0.96875)


def test_differences_that_are_all_the_same_have_no_pseudo_interval():
    found = hodges_lehmann([0.0] * 10, confidence=0.95)
    assert (found.estimate.value, found.reason) == (0, NO_VARIATION)
    assert not found.estimate.known


def test_without_differences_there_is_no_pseudo_median():
    found = hodges_lehmann([], confidence=0.95)
    assert (found.count, found.reason) == (0, NO_PAIRS)
    assert math.isnan(found.estimate.value)


@settings(max_examples=30)
@given(st.lists(st.integers(-12, 12), min_size=6, max_size=10, unique=True))
def test_the_pseudo_interval_holds_the_shifts_that_the_signed_rank_test_does_not_reject(values):
    found = hodges_lehmann(values, confidence=0.95)
    # Shifts at which no two differences are as far away, so that nothing is tied.
    for shift in np.arange(-13, 13, 0.37) + 0.0123:
        inside = found.estimate.low < shift < found.estimate.high
        rejected = signed_rank(np.array(values) - shift).p_value <= 1 - found.confidence + 1e-12
        assert inside != rejected


# --- Permutation tests


def test_the_sign_flip_of_the_sleep_data_is_exact():
    # By hand: nine differences of one sign and a zero, so 2 of 512 patterns.
    found = sign_flip(SLEEP)
    assert found.p_value == 0.00390625
    assert (found.exact, found.error, found.zeros) == (True, 0.0, 1)
    assert found.statistic == pytest.approx(-1.58)


def test_zero_differences_do_not_change_a_sign_flip():
    # R: exactRankTests::perm.test(c(1, 2, 3, 4), c(1, 2, 1, 2), paired = TRUE): p = .5
    assert sign_flip([0, 0, 2, 2]).p_value == 0.5


def test_the_signed_rank_test_is_that_of_the_book():
    # Hollander & Wolfe, 1973: V = 5, two-sided p = .03906 = 20/512; R says the same.
    found = signed_rank(DEPRESSION)
    assert (found.statistic, found.p_value) == (5, 0.0390625)


def test_the_signed_rank_test_is_exact_with_ties():
    # R: exactRankTests::wilcox.exact leaves zeros out first: V = 559, p = .9603.
    found = signed_rank(TIED[TIED != 0])
    assert found.statistic == 559
    assert found.p_value == pytest.approx(0.9603, abs=5e-5)


def test_zeros_take_the_lowest_ranks_of_a_signed_rank_test():
    # By hand. Ranks 1 + 2 + 3 - 4 = 2: of the 16 sign patterns all but two sum to 2 or more.
    assert signed_rank([1, 2, 3, -4]).p_value == 14 / 16
    # A zero ranks first and has no sign (Pratt, 1959): 2 + 3 + 4 - 5 = 4, which 14, 10, 8, 6 and
    # twice 4 reach, on either side.
    found = signed_rank([0, 1, 2, 3, -4])
    assert (found.statistic, found.p_value, found.zeros) == (9, 12 / 16, 1)


@given(some)
def test_a_sign_flip_counts_every_sign_pattern(values):
    assert sign_flip(values).p_value == pytest.approx(p_value_by_hand(np.array(values)))


@given(some)
def test_a_signed_rank_test_counts_every_sign_pattern_of_the_ranks(values):
    distances = np.round(np.abs(values), 9)
    ranks = rankdata(distances) * np.sign(np.round(values, 9))
    assert signed_rank(values).p_value == pytest.approx(p_value_by_hand(ranks))


@given(some)
def test_the_direction_of_the_differences_does_not_change_a_p_value(values):
    turned = [-value for value in values]
    assert sign_flip(values).p_value == sign_flip(turned).p_value
    assert signed_rank(values).p_value == signed_rank(turned).p_value


def test_scores_off_any_grid_are_counted_too():
    values = np.sqrt([2.0, 3.0, 5.0, 7.0]) * [1, 1, -1, 1]
    assert sign_flip(values).p_value == p_value_by_hand(values)
    # Sums that are equal but for rounding reach what was observed.
    values = math.sqrt(5) * np.array([-3, -2, -2, 1, 1, 1])
    assert sign_flip(values).p_value == p_value_by_hand(values)


@pytest.mark.parametrize("values", [[], [0.0, 0.0], [2.5]])
def test_differences_that_say_nothing_have_a_p_value_of_one(values):
    for test in (sign_flip, signed_rank):
        found = test(values)
        assert (found.p_value, found.exact, found.count) == (1.0, True, len(values))


def test_many_differences_off_any_grid_are_drawn_and_the_error_told():
    values = np.random.default_rng(3).normal(0.2, 1, size=60)
    found = sign_flip(values, draws=4_999, seed=1)
    assert not found.exact
    assert found.error == pytest.approx(math.sqrt(found.p_value * (1 - found.p_value) / 4_999))
    # The normal approximation, which is near at this number.
    z = abs(values.sum()) / math.sqrt((values**2).sum())
    assert abs(found.p_value - math.erfc(z / math.sqrt(2))) < 4 * found.error


def test_what_was_observed_counts_as_one_of_the_draws():
    found = sign_flip(np.random.default_rng(3).normal(9, 1, size=60), draws=99)
    assert found.p_value == 1 / 100


def test_the_same_seed_draws_the_same():
    values = np.random.default_rng(3).normal(0.1, 1, size=60)
    first, again, other = (sign_flip(values, draws=999, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.p_value != other.p_value


def test_many_differences_on_a_grid_stay_exact():
    # Means of up to seven scores: all differences are whole numbers of 1 / 420.
    generator = np.random.default_rng(5)
    values = generator.integers(-8, 9, size=100) / generator.integers(1, 8, size=100)
    assert sign_flip(values).exact
    assert signed_rank(values).exact


@pytest.mark.parametrize("count", [1, 5, 34])
def test_up_to_34_differences_are_exact_on_any_grid(count):
    assert sign_flip(np.random.default_rng(4).normal(size=count)).exact


# --- Effect sizes


def test_the_rank_biserial_correlation_is_the_share_of_ranks_for_minus_against():
    # By hand: ranks 1.5 1.5 3 4 5 6 7 8 9 without the zero; 27 are for and 18 against, of 45.
    values = [15, -7, 5, 20, 0, -9, 17, -12, 5, -10]
    assert matched_rank_biserial(values) == pytest.approx(9 / 45)


def test_the_rank_biserial_correlation_runs_from_all_against_to_all_for():
    assert matched_rank_biserial([1, 2, 0]) == 1
    assert matched_rank_biserial([-1, -2, 0]) == -1
    assert matched_rank_biserial([0, 0]) == 0
    assert math.isnan(matched_rank_biserial([]))


def test_equal_scores_count_half_for_the_probability_of_scoring_higher():
    # 5 of 10 higher and 1 equal: 5.5 of 10.
    assert probability_higher([15, -7, 5, 20, 0, -9, 17, -12, 5, -10]) == pytest.approx(0.55)
    assert probability_higher([0, 0]) == 0.5
    assert math.isnan(probability_higher([math.nan]))
