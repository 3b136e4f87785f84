"""Two groups compared as orders: known answers, sums by hand, and what cannot be fitted."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betainc

from analysis.stats.ordinal import (
    FEW_CLUSTERS,
    NO_VARIATION,
    NOT_FITTED,
    ONE_CATEGORY,
    ONE_GROUP,
    SEPARATION,
    cumulative_logit,
    group_effect,
    probability_of_superiority,
)

# MASS::housing (Venables & Ripley, 2002, section 7.3): 1681 residents of Copenhagen by
# satisfaction (changing fastest), influence, type of housing and contact (changing slowest).
HOUSING = [
    21, 21, 28, 34, 22, 36, 10, 11, 36, 61, 23, 17, 43, 35, 40, 26, 18, 54, 13, 9, 10, 8, 8, 12,
    6, 7, 9, 18, 6, 7, 15, 13, 13, 7, 5, 11, 14, 19, 37, 17, 23, 40, 3, 5, 23, 78, 46, 43, 48, 45,
    86, 15, 25, 62, 20, 23, 20, 10, 22, 24, 7, 10, 21, 57, 23, 13, 31, 21, 13, 5, 6, 13,
]  # fmt: skip
# Pain after surgery with two treatments (Brunner & Munzel, 2000; R: lawstat).
PAIN = [3, 3, 4, 3, 1, 2, 3, 1, 1, 5, 4], [1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1, 1]

Respondents = tuple[list[int], list[bool], list[int]]


def housing() -> tuple[np.ndarray, np.ndarray]:
    """Satisfaction, and dummies for influence, type and contact, by resident."""
    row = np.arange(72)
    influence, kind, contact = row // 3 % 3, row // 9 % 4, row // 36
    told = [influence == 1, influence == 2, kind == 1, kind == 2, kind == 3, contact == 1]
    predictors = np.column_stack(told).astype(float)
    return np.repeat(row % 3, HOUSING), np.repeat(predictors, HOUSING, axis=0)


def towns(seed: int = 1, shift: float = 1.0, places: int = 31) -> Respondents:
    """Five professionals and one official in each of `places`, officials `shift` log odds up."""
    generator = np.random.default_rng(seed)
    own = generator.normal(0, 0.8, places)
    clusters = np.tile(np.arange(places), 6)
    group = np.arange(6 * places) >= 5 * places
    drawn = own[clusters] + shift * group + generator.logistic(size=6 * places)
    scores = 1 + (drawn[:, None] > np.array([-2, -0.7, 0.5, 2])).sum(axis=1)
    return scores.tolist(), group.tolist(), clusters.tolist()


# --- The cumulative logit model


def test_the_cumulative_logit_of_the_housing_data_is_that_of_polr():
    # R: MASS::polr(Sat ~ Infl + Type + Cont, weights = Freq, data = housing).
    satisfaction, predictors = housing()
    found = cumulative_logit(satisfaction, predictors, np.arange(1681))
    assert found is not None
    expected = (0.56639, 1.28882, -0.57235, -0.36619, -1.09101, 0.36028)
    assert found.coefficients == pytest.approx(expected, abs=1e-4)
    assert found.thresholds == pytest.approx((-0.49614, 0.69071), abs=1e-4)
    assert found.deviance == pytest.approx(3479.149, abs=1e-3)


def test_with_two_answers_the_effect_is_the_log_odds_ratio_with_the_variance_between_places():
    # By hand: 12 places, in each four of the one group and two of the other. Of two answers the
    # effect is ln(odds) - ln(odds); a respondent's part of its error is (y - p) / (n p (1 - p)),
    # summed by place, with the factors 12 / 11 and 71 / 70.
    high, high_other = [0, 1, 1, 2, 2, 2, 3, 3, 3, 4, 2, 1], [0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 1, 1]
    scores, group, clusters = [], [], []
    for place in range(12):
        scores += [1] * high[place] + [0] * (4 - high[place])
        scores += [1] * high_other[place] + [0] * (2 - high_other[place])
        group += [False] * 4 + [True] * 2
        clusters += [place] * 6
    share, other = sum(high) / 48, sum(high_other) / 24
    parts = (np.array(high_other) - 2 * other) / (24 * other * (1 - other))
    parts = parts - (np.array(high) - 4 * share) / (48 * share * (1 - share))
    error = math.sqrt(12 / 11 * 71 / 70 * float(parts @ parts))
    found = group_effect(scores, group, clusters, confidence=0.95)
    assert found.estimate.value == pytest.approx(
        math.log(other / (1 - other)) - math.log(share / (1 - share)), abs=1e-4
    )
    # The 97.5 % quantile of t with 11 degrees of freedom, from any table.
    assert found.estimate.high - found.estimate.value == pytest.approx(2.20099 * error, rel=1e-3)
    # Both tails of t beyond that ratio, as an incomplete beta function.
    ratio = found.estimate.value / error
    tails = float(betainc(11 / 2, 1 / 2, 11 / (11 + ratio**2)))
    assert found.p_value == pytest.approx(tails, rel=1e-2)
    assert (found.clusters, found.degrees) == (12, 11)
    assert found.thresholds == pytest.approx((-math.log(share / (1 - share)),), abs=1e-4)


def test_the_effect_is_positive_where_the_group_scores_higher():
    scores, group, clusters = towns(shift=1.5)
    found = group_effect(scores, group, clusters, confidence=0.95)
    assert found.estimate.value > 0
    assert list(found.thresholds) == sorted(found.thresholds)
    turned = group_effect([6 - score for score in scores], group, clusters, confidence=0.95)
    assert turned.estimate.value == pytest.approx(-found.estimate.value, abs=1e-3)
    assert turned.p_value == pytest.approx(found.p_value, abs=1e-3)


def test_the_interval_holds_no_difference_when_the_test_does_not_reject_it():
    for seed in range(6):
        found = group_effect(*towns(seed, shift=0.8), confidence=0.95)
        assert (found.estimate.low <= 0 <= found.estimate.high) == (found.p_value >= 0.05)


def test_the_odds_ratio_is_the_same_on_another_scale():
    found = group_effect(*towns(), confidence=0.95)
    assert math.log(found.odds_ratio.value) == pytest.approx(found.estimate.value)
    assert found.odds_ratio.low < found.odds_ratio.value < found.odds_ratio.high


def test_the_degrees_of_freedom_are_those_of_the_group_in_fewer_municipalities():
    scores, group, clusters = towns()
    # Officials of 12 municipalities only.
    kept = [place for place, mine in enumerate(group) if not mine or clusters[place] < 12]
    found = group_effect(
        *([column[place] for place in kept] for column in (scores, group, clusters)),
        confidence=0.95,
    )
    assert (found.clusters, found.degrees) == (31, 11)


def test_a_respondent_without_a_score_is_left_out():
    scores, group, clusters = towns()
    more = group_effect([*scores, math.nan], [*group, True], [*clusters, 99], confidence=0.95)
    assert more == group_effect(scores, group, clusters, confidence=0.95)


@pytest.mark.parametrize(
    ("scores", "group", "reason"),
    [
        ([], [], ONE_GROUP),
        ([1, 2, 3] * 10, [True] * 30, ONE_GROUP),
        ([3] * 30, [True, False] * 15, ONE_CATEGORY),
        ([4, 2, 5, 1] * 10, [True, False] * 20, SEPARATION),
        # Touching in one category is not enough for a finite ratio.
        ([4, 3, 3, 1] * 10, [True, False] * 20, SEPARATION),
    ],
)
def test_what_cannot_be_estimated_has_a_reason_and_no_warning(scores, group, reason):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = group_effect(scores, group, range(len(scores)), confidence=0.95)
    assert found.reason == reason
    assert math.isnan(found.estimate.value)
    assert math.isnan(found.p_value)
    assert math.isnan(found.odds_ratio.low)


def test_as_many_terms_as_respondents_cannot_be_fitted():
    # One effect and three thresholds of four people leave nothing for an error.
    found = group_effect([1, 2, 3, 4], [False, True, True, False], [0, 0, 1, 1],
                         confidence=0.95, fewest=1)  # fmt: skip
    assert (math.isnan(found.estimate.value), found.reason) == (True, NOT_FITTED)


def test_a_group_in_few_municipalities_has_no_effect_estimated():
    scores, group, clusters = towns(places=9)
    assert group_effect(scores, group, clusters, confidence=0.95).reason == FEW_CLUSTERS
    assert group_effect(scores, group, clusters, confidence=0.95, fewest=9).reason == ""


def test_places_that_are_all_alike_leave_no_error_to_be_estimated():
    scores, group = [1, 2, 3, 1, 2, 3, 3, 3], [True] * 3 + [False] * 5
    columns = scores * 12, group * 12, np.repeat(range(12), 8)
    effect = group_effect(*columns, confidence=0.95)
    assert (effect.estimate.known, effect.reason) == (False, NOT_FITTED)
    probability = probability_of_superiority(*columns, confidence=0.95)
    assert (probability.estimate.known, probability.reason) == (False, NO_VARIATION)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 5), st.booleans(), st.integers(0, 14)), min_size=1, max_size=60
    )
)
def test_any_answers_give_an_effect_or_a_reason_and_never_a_warning(people):
    columns = [list(column) for column in zip(*people, strict=True)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = group_effect(*columns, confidence=0.95, fewest=2)
        other = probability_of_superiority(*columns, confidence=0.95)
    assert found.estimate.known == (found.reason == "")
    assert other.estimate.known == (other.reason == "")


# --- The probability of superiority


def pain() -> Respondents:
    scores = PAIN[0] + PAIN[1]
    return scores, [True] * 11 + [False] * 14, list(range(25))


def test_the_probability_of_superiority_of_the_pain_data_is_that_of_brunner_and_munzel():
    # R: lawstat::brunner.munzel.test: estimate .788961, statistic 3.1374674823029505.
    found = probability_of_superiority(*pain(), confidence=0.95)
    assert found.estimate.value == pytest.approx(0.788961, abs=5e-7)
    # Everybody a cluster, the variance is theirs; on the scale of log odds, with t of 10 degrees.
    value = found.estimate.value
    error = (value - 0.5) / 3.1374674823029505 / (value * (1 - value))
    odds = [math.log(limit / (1 - limit)) for limit in (found.estimate.low, found.estimate.high)]
    assert odds[1] - odds[0] == pytest.approx(2 * 2.228139 * error, abs=1e-5)
    assert found.degrees == 10


def test_the_variance_counts_municipalities_and_not_respondents():
    # By hand. The group scores 3 in a, 2 and 3 in b, 1 in c; the others 1 and 2 in a, 2 in b, 3
    # in c. Of 1 2 2 3 a 3 is above 3.5, a 2 above 2 and a 1 above .5: 9.5 / 16 in all. Of 3 2 3 1
    # a 1 is below 3.5, a 2 below 2.5 and a 3 below 1. All three places have both groups.
    scores = [3, 1, 2, 2, 3, 2, 1, 3]
    group = [True, False, False, True, True, False, True, False]
    found = probability_of_superiority(scores, group, list("aaabbbcc"), confidence=0.95)
    assert found.estimate.value == pytest.approx(9.5 / 16)
    above = np.array([3.5 / 4 - 9.5 / 16, (2 + 3.5) / 4 - 2 * 9.5 / 16, 0.5 / 4 - 9.5 / 16]) / 4
    below = np.array([(3.5 + 2.5) / 4 - 2 * 9.5 / 16, 2.5 / 4 - 9.5 / 16, 1 / 4 - 9.5 / 16]) / 4
    variance = 3 / 2 * float((above + below) @ (above + below))
    error = math.sqrt(variance) / (9.5 / 16 * 6.5 / 16)
    middle = math.log(9.5 / 6.5)
    # The 97.5 % quantile of t with 2 degrees of freedom, from any table.
    high = 1 / (1 + math.exp(-(middle + 4.302653 * error)))
    assert found.estimate.high == pytest.approx(high, abs=1e-6)


def test_respondents_counted_twice_in_their_municipality_add_no_certainty():
    scores, group, clusters = pain()
    once = probability_of_superiority(scores, group, clusters, confidence=0.95).estimate
    twice = probability_of_superiority(scores * 2, group * 2, clusters * 2, confidence=0.95)
    assert (twice.estimate.low, twice.estimate.high) == pytest.approx((once.low, once.high))


@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=12),
    st.lists(st.integers(1, 5), min_size=1, max_size=12),
)
def test_the_probability_counts_all_pairs_and_ties_half(one, other):
    pairs = [(x > y) + (x == y) / 2 for x in one for y in other]
    group = [True] * len(one) + [False] * len(other)
    found = probability_of_superiority(one + other, group, range(len(group)), confidence=0.95)
    assert found.estimate.value == pytest.approx(sum(pairs) / len(pairs))
    turned = probability_of_superiority(
        one + other, [not mine for mine in group], range(len(group)), confidence=0.95
    )
    assert turned.estimate.value == pytest.approx(1 - found.estimate.value)
    if found.estimate.known:
        assert 0 <= found.estimate.low < found.estimate.value < found.estimate.high <= 1


@pytest.mark.parametrize(
    ("scores", "group", "clusters", "value", "reason"),
    [
        ([1, 2], [True, True], [1, 2], math.nan, ONE_GROUP),
        ([3, 1, 2, 1], [True, True, False, False], [1, 1, 2, 3], 0.625, FEW_CLUSTERS),
        ([5, 4, 1, 2], [True, True, False, False], [1, 2, 3, 4], 1.0, SEPARATION),
        ([3, 3, 3, 3], [True, True, False, False], [1, 2, 3, 4], 0.5, NO_VARIATION),
    ],
)
def test_a_probability_without_an_interval_says_why(scores, group, clusters, value, reason):
    found = probability_of_superiority(scores, group, clusters, confidence=0.95)
    assert found.estimate.value == pytest.approx(value, nan_ok=True)
    assert (found.estimate.known, found.reason) == (False, reason)


def test_columns_that_do_not_fit_are_refused():
    for statistic in (group_effect, probability_of_superiority):
        with pytest.raises(ValueError, match="2 scores, 1 groups and 2 clusters"):
            statistic([1, 2], [True], [1, 2], confidence=0.95)
        with pytest.raises(ValueError, match="no cluster"):
            statistic([1, 2], [True, False], [1, None], confidence=0.95)
        with pytest.raises(ValueError, match="confidence"):
            statistic([1, 2], [True, False], [1, 2], confidence=1)
