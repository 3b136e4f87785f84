"""Agreement within teams: known answers, small cases, and what cannot be known."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.formula.api import ols

from analysis.stats.agreement import (
    ALL_ALIKE,
    NO_VARIATION,
    ONE_MEMBER,
    TOO_FEW,
    icc1,
    icc2,
    mean_rwg,
    rwg,
)

# Six subjects judged by four raters (Shrout & Fleiss, 1979, table 2).
RATINGS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
)
SUBJECTS = np.repeat(range(6), 4)

# Teams of one to five members with five-point scores.
teams = st.lists(st.lists(st.integers(1, 5), min_size=1, max_size=5), min_size=2, max_size=8)


def spread(groups: list[list[int]]) -> tuple[list[int], list[int]]:
    """Scores and the number of the group of each."""
    scores = [score for group in groups for score in group]
    return scores, [number for number, group in enumerate(groups) for _ in group]


# --- Within teams: intraclass correlation


@pytest.mark.parametrize(
    ("correlation", "value", "low", "high"),
    # R: psych::ICC of these ratings, rows Single and Average raters absolute.
    [(icc1, 0.1657, -0.133, 0.72), (icc2, 0.4428, -0.884, 0.91)],
)
def test_the_intraclass_correlations_are_those_of_shrout_and_fleiss(correlation, value, low, high):
    found = correlation(RATINGS.ravel(), SUBJECTS, confidence=0.95)
    assert found.estimate.value == pytest.approx(value, abs=5e-5)
    assert found.estimate.low == pytest.approx(low, abs=5e-4)
    assert found.estimate.high == pytest.approx(high, abs=5e-3)
    assert (found.groups, found.members, found.size, found.reason) == (6, 24, 4.0, "")


def test_the_shuffle_of_members_agrees_with_the_f_test():
    # R: psych::ICC: F = 1.8 on 5 and 18 degrees of freedom, p = .16477.
    found = icc1(RATINGS.ravel(), SUBJECTS, confidence=0.95, draws=9_999)
    assert found.p_value == pytest.approx(0.16477, abs=0.02)


def test_shuffles_in_which_groups_differ_just_as_much_count():
    # Whoever scores 2, one group of three has a mean of 4/3 and the other of 1.
    found = icc1([1, 1, 2, 1, 1, 1], list("aaabbb"), confidence=0.95, fewest_within=1)
    assert found.p_value == 1


def test_groups_of_unequal_size_have_the_size_n0():
    # By hand: means 1.5, 3 and 5, in all 17/6. Between 2 (4/3)² + 3 (1/6)² + (13/6)² = 25/3, over
    # 2 is 25/6; within 1/2, over 3 is 1/6. n0 = (6 - (4 + 9 + 1) / 6) / 2 = 11/6.
    scores, groups = [1, 2, 3, 3, 3, 5], list("aabbbc")
    single = icc1(scores, groups, confidence=0.95, fewest_within=1)
    assert single.size == pytest.approx(11 / 6)
    assert single.estimate.value == pytest.approx((25 / 6 - 1 / 6) / (25 / 6 + 5 / 6 * 1 / 6))
    mean = icc2(scores, groups, confidence=0.95, fewest_within=1)
    assert mean.estimate.value == pytest.approx(1 - 1 / 25)


@settings(max_examples=25)
@given(teams)
def test_the_mean_squares_are_those_of_an_analysis_of_variance(groups):
    scores, numbers = spread(groups)
    found = icc2(scores, numbers, confidence=0.9, draws=9, fewest_within=1)
    if found.reason:
        return
    frame = pd.DataFrame({"score": scores, "team": numbers})
    ratio = ols("score ~ C(team)", frame).fit().fvalue
    assert found.estimate.value == pytest.approx(1 - 1 / ratio)


@settings(max_examples=25)
@given(teams, st.randoms())
def test_the_order_of_the_members_and_the_names_of_the_groups_do_not_matter(groups, random):
    scores, numbers = spread(groups)
    mixed = list(zip(scores, numbers, strict=True))
    random.shuffle(mixed)
    first = icc1(scores, numbers, confidence=0.9, draws=9, fewest_within=1)
    other = icc1(
        [score for score, _ in mixed],
        [f"place {number}" for _, number in mixed],
        confidence=0.9, draws=9, fewest_within=1,
    )  # fmt: skip
    assert (first.reason, first.groups) == (other.reason, other.groups)
    assert first.estimate.value == pytest.approx(other.estimate.value, nan_ok=True)


def test_a_member_without_a_score_is_left_out():
    found = icc1([*RATINGS.ravel(), math.nan], [*SUBJECTS, 99], confidence=0.95)
    assert found == icc1(RATINGS.ravel(), SUBJECTS, confidence=0.95)


def test_the_correlation_is_negative_where_members_differ_more_than_strangers():
    found = icc1([1, 5] * 12, np.repeat(range(12), 2), confidence=0.95)
    assert found.estimate.value == pytest.approx(-1.0)
    assert found.p_value == 1.0
    # Equal means say nothing of how reliable they are.
    mean = icc2([1, 5] * 12, np.repeat(range(12), 2), confidence=0.95)
    assert (math.isnan(mean.estimate.value), mean.reason) == (True, NO_VARIATION)


def test_groups_that_differ_as_much_as_they_can_have_the_smallest_p_value():
    found = icc1([1] * 20 + [5] * 20, np.repeat(range(8), 5), confidence=0.95, draws=99)
    assert found.estimate.value == 1.0
    assert not found.estimate.known
    assert (found.p_value, found.reason) == (0.01, ALL_ALIKE)


def test_the_shuffles_follow_the_seed():
    first, again, other = (
        icc1(RATINGS.ravel(), SUBJECTS, confidence=0.95, draws=199, seed=seed) for seed in (1, 1, 2)
    )
    assert first == again
    assert first.p_value != other.p_value


@pytest.mark.parametrize(
    ("scores", "groups", "reason"),
    [
        ([], [], TOO_FEW),
        ([1, 2, 3] * 5, ["a"] * 15, TOO_FEW),
        # 25 municipalities with one official, two of them with a second.
        ([1, 2, 3] * 9, [*range(25), 0, 1], ONE_MEMBER),
        ([4] * 30, np.repeat(range(10), 3), NO_VARIATION),
    ],
)
def test_what_the_groups_cannot_tell_has_a_reason_and_no_number(scores, groups, reason):
    for correlation in (icc1, icc2):
        found = correlation(scores, groups, confidence=0.95)
        assert found.reason == reason
        assert math.isnan(found.estimate.value)
        assert math.isnan(found.p_value)


def test_scores_without_a_group_are_refused():
    with pytest.raises(ValueError, match="no group"):
        icc1([1, 2], ["a", None], confidence=0.95)
    with pytest.raises(ValueError, match="2 scores but 1 groups"):
        icc1([1, 2], ["a"], confidence=0.95)


# --- Within teams: rwg


def test_rwg_compares_the_variance_with_that_of_even_answers():
    # By hand (James, Demaree & Wolf, 1984): variance .6667 of 2, the variance of 1 to 5.
    assert rwg([3, 4, 4, 5]) == pytest.approx(2 / 3)
    # Of seven points it is 4.
    assert rwg([3, 4, 4, 5], points=7) == pytest.approx(1 - 1 / 6)
    assert rwg([2, 2, 2]) == 1


def test_less_agreement_than_even_answers_is_none():
    assert rwg([1, 5, 1, 5]) == 0


def test_two_members_have_no_rwg():
    assert math.isnan(rwg([3, 3]))
    assert math.isnan(rwg([3, 3, math.nan]))
    assert rwg([3, 3, 3]) == 1


def test_a_rating_outside_the_scale_is_refused():
    for ratings in ([0, 1, 2], [4, 5, 6]):
        with pytest.raises(ValueError, match="outside 1 to 5"):
            rwg(ratings)


@given(teams)
def test_the_mean_of_rwg_counts_every_group_of_three_once(groups):
    found = mean_rwg(*spread(groups))
    large = [rwg(group) for group in groups if len(group) >= 3]
    assert (found.groups, found.left_out) == (len(large), len(groups) - len(large))
    if large:
        assert found.value == pytest.approx(sum(large) / len(large))
    else:
        assert (math.isnan(found.value), found.reason) == (True, ONE_MEMBER)
