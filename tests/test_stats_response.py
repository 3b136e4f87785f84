"""Response, its worst case, who answered, and weights raked to known margins."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats.response import (
    Compared,
    RakingError,
    compare_responders,
    kish_effect,
    rake,
    response_rate,
    worst_case,
)

NAN = float("nan")

# --- Response and worst case


def test_the_response_is_the_share_of_those_asked():
    assert response_rate(31, 49) == pytest.approx(0.6327, abs=5e-5)  # 31/49, by hand
    assert response_rate(0, 49) == 0
    assert response_rate(49, 49) == 1


@pytest.mark.parametrize(("answered", "asked"), [(1, 0), (50, 49), (-1, 49)])
def test_a_response_that_cannot_be_is_an_error(answered: int, asked: int):
    with pytest.raises(ValueError, match=f"no response of {answered} out of {asked}"):
        response_rate(answered, asked)


def test_the_worst_case_lets_nobody_or_everybody_else_have_it():
    # Bounds of Manski (1995, chapter 2), by hand: 16 of 31 is .516; of all 49 it is at least
    # 16/49 = .327 and at most (16 + 18)/49 = .694.
    found = worst_case(16, 31, 49)
    assert found.value == pytest.approx(0.516, abs=5e-4)
    assert (found.low, found.high) == pytest.approx((0.327, 0.694), abs=5e-4)


def test_when_everybody_answered_there_is_no_worst_case():
    found = worst_case(16, 31, 31)
    assert found.low == found.value == found.high


@given(st.data())
def test_whatever_the_silent_have_the_share_lies_within_the_bounds(data: st.DataObject):
    population = data.draw(st.integers(1, 60))
    base = data.draw(st.integers(1, population))
    count = data.draw(st.integers(0, base))
    others = data.draw(st.integers(0, population - base))
    found = worst_case(count, base, population)
    assert found.low <= (count + others) / population <= found.high
    assert found.high - found.low == pytest.approx((population - base) / population)


@pytest.mark.parametrize("numbers", [(0, 0, 49), (2, 1, 49), (1, 50, 49), (-1, 31, 49)])
def test_bounds_that_cannot_be_are_an_error(numbers: tuple[int, int, int]):
    with pytest.raises(ValueError, match="no bounds for"):
        worst_case(*numbers)


# --- Those who answered beside those who did not

HALF = [True, True, True, False, False, False]


def test_numbers_are_compared_by_their_means_in_standard_deviations():
    # By hand: 1 2 3 beside 4 5 6, both with variance 1, so (2 - 5)/1 = -3. Of the 20 ways to
    # divide them two differ as much, so p = .1.
    found = compare_responders(HALF, pd.DataFrame({"size": [1, 2, 3, 4, 5, 6]}))
    assert found == [Compared("size", "", 2.0, 5.0, -3.0, pytest.approx(0.1), True)]


def test_unequal_variances_are_averaged():
    # By hand: 1 2 3 (mean 2, variance 1) beside 2 5 8 (mean 5, variance 9): -3 / sqrt(5).
    (found,) = compare_responders(HALF, pd.DataFrame({"size": [1, 2, 3, 2, 5, 8]}))
    assert found.difference == pytest.approx(-3 / math.sqrt(5))


def test_shares_are_compared_with_fishers_exact_test():
    # Fisher's tea tasting, 3 of 4 beside 1 of 4: one-sided p .242857, two-sided twice that. By
    # hand (.75 - .25) / sqrt(.75 * .25) = 1.1547.
    answered = [True] * 4 + [False] * 4
    milk_first = pd.Series([True, True, True, False, True, False, False, False])
    (found,) = compare_responders(answered, pd.DataFrame({"milk": milk_first}))
    assert (found.column, found.category, found.exact) == ("milk", "", True)
    assert (found.answered, found.silent) == (0.75, 0.25)
    assert found.difference == pytest.approx(1.1547, abs=5e-5)
    assert found.p == pytest.approx(2 * 0.242857, abs=2e-6)


def test_a_column_of_categories_gives_a_row_for_each():
    answered = [True] * 4 + [False] * 4
    province = list("aaab") + list("bbca")
    found = compare_responders(answered, pd.DataFrame({"province": province}))
    assert [(row.category, row.answered, row.silent) for row in found] == [
        ("a", 0.75, 0.25),
        ("b", 0.25, 0.5),
        ("c", 0.0, 0.25),
    ]
    assert found[0].p == pytest.approx(2 * 0.242857, abs=2e-6)


def test_more_divisions_than_draws_are_sampled_and_said_to_be():
    frame = pd.DataFrame({"size": [1, 2, 3, 4, 5, 6]})
    (found,) = compare_responders(HALF, frame, draws=19, seed=3)
    assert not found.exact
    assert compare_responders(HALF, frame, draws=20)[0].exact


def test_a_sampled_p_is_close_to_the_exact_one_and_the_same_at_the_next_run():
    # Exact: 184,756 divisions of 20. In 20,000 draws three standard errors are .011.
    values = np.random.default_rng(1).normal(size=20)
    values[:10] += 0.5
    frame, answered = pd.DataFrame({"size": values}), [True] * 10 + [False] * 10
    (exact,) = compare_responders(answered, frame, draws=200_000)
    sampled = [compare_responders(answered, frame, draws=20_000, seed=5)[0] for _ in range(2)]
    assert exact.exact
    assert not sampled[0].exact
    assert sampled[0].p == pytest.approx(exact.p, abs=0.011)
    assert sampled[0] == sampled[1]


def test_a_row_without_a_value_is_left_out_for_that_column_only():
    frame = pd.DataFrame({"size": [1, 2, 3, 4, 5, 6, NAN], "town": [*"xyzxyz", None]})
    found = compare_responders([*HALF, True], frame)
    assert found[0].p == pytest.approx(0.1)
    assert [(row.answered, row.silent) for row in found[1:]] == [(1 / 3, 1 / 3)] * 3


def test_no_spread_is_no_difference_or_an_endless_one():
    same, apart = pd.DataFrame({"size": [2] * 6}), pd.DataFrame({"size": [1] * 3 + [2] * 3})
    assert compare_responders(HALF, same)[0].difference == 0
    assert compare_responders(HALF, apart)[0].difference == -math.inf


def test_one_municipality_has_no_spread_to_compare_with():
    (found,) = compare_responders([True, False, False], pd.DataFrame({"size": [1, 2, 3]}))
    assert math.isnan(found.difference)
    assert found.p == pytest.approx(
        2 / 3
    )  # 1 and 3 lie 1.5 from the mean of the others, 2 does not


def test_a_side_with_nobody_and_lengths_that_differ_are_errors():
    with pytest.raises(ValueError, match="column size: nobody to compare with"):
        compare_responders(HALF, pd.DataFrame({"size": [1, 2, 3, NAN, NAN, NAN]}))
    with pytest.raises(ValueError, match="6 responses but 2 rows"):
        compare_responders(HALF, pd.DataFrame({"size": [1, 2]}))


# --- Raking


def crossed(*cells: int) -> pd.DataFrame:
    """A row per respondent, from the counts of a 2 x 2 table of size and region."""
    pairs = [("small", "west"), ("small", "east"), ("large", "west"), ("large", "east")]
    rows = [pair for pair, count in zip(pairs, cells, strict=True) for _ in range(count)]
    return pd.DataFrame(rows, columns=["size", "region"])


def evenly(small: float = 0.5, west: float = 0.5) -> dict[str, dict[str, float]]:
    return {
        "size": {"small": small, "large": 1 - small},
        "region": {"west": west, "east": 1 - west},
    }


def share(frame: pd.DataFrame, weights: np.ndarray, **where: str) -> float:
    """The weighted share of the rows that are as `where` says."""
    fits = np.logical_and.reduce([(frame[name] == value) for name, value in where.items()])
    return float(weights[fits].sum() / weights.sum())


def test_raking_gives_the_margins_and_keeps_the_odds_ratio():
    # Raking leaves the odds ratio as it is (Bishop, Fienberg & Holland, 1975). With
    # the table 1 2 / 3 4 it is 4/6; with halves as margins the first cell is then
    # .5 * r / (1 + r), r = sqrt(4/6) = .816497, so .224745, by hand.
    frame = crossed(1, 2, 3, 4)
    found = rake(np.ones(10), evenly(), frame)
    assert share(frame, found.weights, size="small", region="west") == pytest.approx(0.224745)
    assert share(frame, found.weights, size="small", region="east") == pytest.approx(0.275255)
    assert share(frame, found.weights, size="large", region="west") == pytest.approx(0.275255)
    assert found.weights.mean() == pytest.approx(1)
    assert found.effect == kish_effect(found.weights)


def test_one_margin_is_post_stratification():
    # By hand: 3 of 10 are small and must be half, so they weigh (.5 / .3) and the others .5 / .7.
    frame = crossed(1, 2, 3, 4)
    found = rake(np.ones(10), {"size": {"small": 0.5, "large": 0.5}}, frame)
    assert found.weights == pytest.approx([0.5 / 0.3] * 3 + [0.5 / 0.7] * 7)
    assert found.rounds == 1


def test_a_table_of_independent_margins_is_raked_in_one_round():
    # Cells of 6 6 / 3 3: row and column factors alone, as Deming and Stephan (1940) show.
    frame = crossed(6, 6, 3, 3)
    found = rake(np.ones(18), evenly(0.4, 0.3), frame)
    assert found.rounds == 1
    assert share(frame, found.weights, size="small", region="west") == pytest.approx(0.12)


def test_raking_starts_from_the_weights_given_whatever_their_size():
    frame = crossed(1, 1, 1, 1)
    found = rake([100, 200, 300, 400], evenly(), frame)
    assert found.weights / 4 == pytest.approx([0.224745, 0.275255, 0.275255, 0.224745], abs=1e-6)


def test_a_sample_that_fits_already_keeps_its_weights():
    found = rake(np.ones(8), evenly(), crossed(1, 3, 3, 1))
    assert found.weights == pytest.approx(np.ones(8))
    assert found.effect == pytest.approx(1)


@settings(deadline=None)
@given(
    st.lists(st.integers(1, 12), min_size=4, max_size=4),
    st.floats(0.2, 0.8),
    st.floats(0.2, 0.8),
)
def test_raked_weights_meet_every_margin_and_keep_the_odds_ratio(
    cells: list[int], small: float, west: float
):
    frame = crossed(*cells)
    found = rake(np.ones(len(frame)), evenly(small, west), frame)
    assert share(frame, found.weights, size="small") == pytest.approx(small, abs=1e-7)
    assert share(frame, found.weights, region="west") == pytest.approx(west, abs=1e-7)
    table = [
        share(frame, found.weights, size=size, region=region)
        for size in ("small", "large")
        for region in ("west", "east")
    ]
    ratio = table[0] * table[3] / (table[1] * table[2])
    assert ratio == pytest.approx(cells[0] * cells[3] / (cells[1] * cells[2]), rel=1e-5)


def test_a_cap_keeps_every_weight_below_it_and_the_margins_where_they_must_be():
    # Without a cap the one in the small west weighs 2.66 times the mean.
    frame = crossed(1, 4, 4, 9)
    free = rake(np.ones(18), evenly(0.45, 0.45), frame)
    assert free.weights.max() > 2.2
    found = rake(np.ones(18), evenly(0.45, 0.45), frame, cap=2.2)
    assert found.weights.max() <= 2.2 + 1e-6
    assert share(frame, found.weights, size="small") == pytest.approx(0.45, abs=1e-7)
    assert share(frame, found.weights, region="west") == pytest.approx(0.45, abs=1e-7)


def test_a_cap_that_leaves_no_weights_is_an_error():
    # 3 of 10 are small and must be half: they weigh 1.67 on average, whatever is done.
    with pytest.raises(RakingError, match="in 50 rounds with weights of at most 1"):
        rake(np.ones(10), evenly(), crossed(1, 2, 3, 4), cap=1.6, max_iterations=50)


def test_margins_that_no_weights_can_meet_are_an_error():
    # Only the small are in the west, so both margins cannot differ.
    with pytest.raises(RakingError, match=r"not reached in 1000 rounds$"):
        rake(np.ones(3), evenly(0.5, 0.9), crossed(2, 0, 0, 1))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"size": {"small": 0.4, "large": 0.4, "huge": 0.2}}, "size: nobody of huge answered"),
        ({"size": {"small": 1.0}}, "size: no target for large"),
        ({"size": {"small": 0.5, "large": 0.4}}, "the targets add up to 0.9, not to 1"),
        ({"size": {"small": 1.0, "large": 0.0}}, "a target of 0 for large"),
        ({"coast": {"yes": 1.0}}, "no column coast"),
    ],
)
def test_a_target_that_cannot_be_met_is_an_error(
    change: Mapping[str, Mapping[str, float]], message: str
):
    with pytest.raises(RakingError, match=message):
        rake(np.ones(10), evenly() | dict(change), crossed(1, 2, 3, 4))


@pytest.mark.parametrize("weights", [[1] * 9, [0] + [1] * 9, [NAN] + [1] * 9, [-1] + [1] * 9])
def test_impossible_weights_to_start_from_are_an_error(weights: list[float]):
    with pytest.raises(RakingError, match="weight"):
        rake(weights, evenly(), crossed(1, 2, 3, 4))


def test_a_row_without_a_category_no_margins_and_a_cap_below_one_are_told_together():
    frame = crossed(1, 2, 3, 4)
    frame.loc[0, "size"] = None
    with pytest.raises(RakingError) as told:
        rake(np.ones(10), evenly(), frame, cap=0.5)
    assert "size: a row has no category" in str(told.value)
    assert "at most 0.5 times" in str(told.value)
    with pytest.raises(RakingError, match="no margins"):
        rake(np.ones(10), {}, crossed(1, 2, 3, 4))


# --- What weighting costs


def test_the_effect_of_weighting_is_one_plus_the_squared_variation():
    # By hand (Kish, 1965): 1 1 2 4 has n sum(w^2) / sum(w)^2 = 4 * 22 / 64 = 1.375.
    assert kish_effect([1, 1, 2, 4]) == pytest.approx(1.375)
    assert kish_effect([10, 10, 20, 40]) == pytest.approx(1.375)
    assert kish_effect([3, 3, 3]) == pytest.approx(1)
    assert kish_effect([0, 0, 1]) == pytest.approx(3)


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1, 3], [1, NAN]])
def test_weights_that_are_none_have_no_effect(weights: list[float]):
    with pytest.raises(ValueError, match="no weights"):
        kish_effect(weights)
