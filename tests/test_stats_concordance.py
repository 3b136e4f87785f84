"""Agreement between two ratings: known answers, small cases, and what cannot be known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats.concordance import (
    absolute_agreement,
    icc_a1,
    lin_concordance,
    weighted_kappa,
)
from analysis.stats.interval import ALL_ALIKE, NO_VARIATION, TOO_FEW

# Six subjects judged by four raters (Shrout & Fleiss, 1979, table 2).
RATINGS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
)
# Diagnoses of 100 patients by two raters (Fleiss, 1981, chapter 13).
CLASSES = np.array([[75, 1, 4], [5, 4, 1], [0, 0, 10]])


# --- Scores


def test_absolute_agreement_is_that_of_shrout_and_fleiss():
    # ICC(2,1) of the paper, ICC(A,1) of McGraw & Wong (1996).
    assert absolute_agreement(RATINGS) == pytest.approx(0.2898, abs=5e-5)


def test_absolute_agreement_needs_two_subjects_and_two_raters():
    for table in (np.ones((1, 4)), np.ones((4, 1)), np.ones(4)):
        with pytest.raises(ValueError, match="two subjects and two raters"):
            absolute_agreement(table)


def test_a_constant_difference_lowers_agreement_though_not_the_order():
    # By hand, for 1 2 3 and 2 3 4, twice: covariance and variances 2/3, difference of means 1.
    first, second = [1, 2, 3] * 2, [2, 3, 4] * 2
    concordance = lin_concordance(first, second, confidence=0.95)
    assert concordance.estimate.value == pytest.approx((4 / 3) / (4 / 3 + 1))
    # Rows 8/5, nothing left, columns 3: 1.6 / (1.6 + 0 + 2 (3 - 0) / 6).
    agreement = icc_a1(first, second, confidence=0.95)
    assert agreement.estimate.value == pytest.approx(1.6 / 2.6)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=6, max_size=30))
def test_concordance_is_the_correlation_where_means_and_spread_are_the_same(pairs):
    # Every pair also the other way round.
    first = [one for one, _ in pairs] + [other for _, other in pairs]
    second = [other for _, other in pairs] + [one for one, _ in pairs]
    found = lin_concordance(first, second, confidence=0.95).estimate.value
    if len(set(first)) > 1:
        assert found == pytest.approx(np.corrcoef(first, second)[0, 1])
    else:
        assert math.isnan(found)


def test_the_interval_of_agreement_is_a_jackknife_on_the_scale_of_z():
    first, second = [1, 2, 3, 4, 5, 3, 2], [2, 2, 4, 4, 4, 3, 1]
    found = lin_concordance(first, second, confidence=0.95)
    without = [
        lin_concordance(
            first[:left] + first[left + 1 :], second[:left] + second[left + 1 :], confidence=0.95
        ).estimate.value
        for left in range(7)
    ]
    error = math.sqrt(6 / 7 * 7 * np.var(np.arctanh(without)))
    # The 97.5 % quantile of t with 6 degrees of freedom, from any table.
    reach = 2.4469 * error
    middle = math.atanh(found.estimate.value)
    limits = (math.tanh(middle - reach), math.tanh(middle + reach))
    assert (found.estimate.low, found.estimate.high) == pytest.approx(limits, abs=1e-4)
    assert found.count == 7


def test_a_municipality_without_one_of_the_groups_is_left_out():
    first, second = [1, 2, 3, 4, 5, 3, 2], [2, 2, 4, 4, 4, 3, 1]
    for agreement in (icc_a1, lin_concordance):
        more = agreement([*first, math.nan, 3], [*second, 3, math.nan], confidence=0.95)
        assert more == agreement(first, second, confidence=0.95)


@pytest.mark.parametrize("agreement", [icc_a1, lin_concordance])
def test_agreement_between_groups_that_cannot_be_known_has_a_reason(agreement):
    few = agreement([1, 2, 3, 4, 5], [1, 2, 3, 4, 4], confidence=0.95)
    assert (math.isnan(few.estimate.value), few.count, few.reason) == (True, 5, TOO_FEW)
    same = agreement([3] * 8, [3] * 8, confidence=0.95)
    assert (math.isnan(same.estimate.value), same.reason) == (True, NO_VARIATION)


@pytest.mark.parametrize("agreement", [icc_a1, lin_concordance])
def test_perfect_agreement_has_no_interval(agreement):
    scores = [1, 2, 3, 4, 5, 5, 4]
    perfect = agreement(scores, scores, confidence=0.95)
    assert perfect.estimate.value == pytest.approx(1)
    assert (perfect.estimate.known, perfect.reason) == (False, ALL_ALIKE)
    # Nor when it hangs on one municipality.
    nearly = agreement(scores, [2, *scores[1:]], confidence=0.95)
    assert nearly.estimate.value < 1
    assert (nearly.estimate.known, nearly.reason) == (False, ALL_ALIKE)


@pytest.mark.parametrize("agreement", [icc_a1, lin_concordance])
def test_opposite_scores_have_no_interval(agreement):
    scores = [1, 5, 1, 5, 2, 4, 3]
    opposite = agreement(scores, [6 - score for score in scores], confidence=0.95)
    assert opposite.estimate.value < -0.99
    assert (opposite.estimate.known, opposite.reason) == (False, ALL_ALIKE)
    nearly = agreement(scores, [*(6 - score for score in scores[:-1]), 4], confidence=0.95)
    assert (nearly.estimate.known, nearly.reason) == (False, ALL_ALIKE)


def test_columns_of_different_length_are_refused():
    with pytest.raises(ValueError, match="3 scores of one group but 2 of the other"):
        icc_a1([1, 2, 3], [1, 2], confidence=0.95)


# --- Kappa


@pytest.mark.parametrize(
    ("weights", "value"), [(None, 0.676471), ("linear", 0.722222), ("quadratic", 0.755319)]
)
def test_kappa_is_that_of_the_published_table(weights, value):
    # Unweighted .68 in Fleiss (1981); all three computed with R 4.2.
    found = weighted_kappa(CLASSES, weights, confidence=0.95)
    assert found.estimate.value == pytest.approx(value, abs=1e-6)
    assert (found.count, found.reason) == (100, "")


def test_the_interval_of_kappa_has_the_variance_of_fleiss_cohen_and_everitt():
    # By hand from their formula: agreed .7, by chance .5, kappa .4. The sum of
    # pii (1 - (ri + ci)(1 - k))² is .4 (.34)² + .3 (.46)² = .10972, that of
    # pij (rj + ci)² (1 - k)² is .36 (.1 (1.1)² + .2 (.9)²) = .10188, (k - pe (1 - k))² is .01.
    found = weighted_kappa(np.array([[20, 5], [10, 15]]), confidence=0.95)
    error = math.sqrt((0.10972 + 0.10188 - 0.01) / (50 * 0.25))
    assert found.estimate.value == pytest.approx(0.4)
    assert found.estimate.high == pytest.approx(0.4 + 1.959964 * error, abs=1e-5)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (np.zeros((3, 3)), TOO_FEW),
        (np.diag([0, 9, 0]), NO_VARIATION),
        (np.diag([3, 9, 1]), ALL_ALIKE),
    ],
)
def test_a_table_that_says_too_little_for_kappa_has_a_reason(table, reason):
    for weights in (None, "linear", "quadratic"):
        found = weighted_kappa(table, weights, confidence=0.95)
        assert (found.estimate.known, found.reason) == (False, reason)


def test_kappa_wants_a_square_table():
    with pytest.raises(ValueError, match="square"):
        weighted_kappa(np.ones((2, 3)), confidence=0.95)
