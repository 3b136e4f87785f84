"""Which counts a printed figure or phrase allows."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.raw.settings import read_round
from analysis.survey.totals import count_bounds, counts_for_percent
from helpers import real_project


@pytest.mark.parametrize(
    ("percent", "base", "counts"),
    [
        # By hand: 13/27 = 48.1, 14/27 = 51.9; 3/27 = 11.1, 4/27 = 14.8.
        (50, 27, []),
        (12, 27, []),
        # 50/147 = 34.01, 56/147 = 38.10, 85/147 = 57.82.
        (34, 147, [50]),
        (38, 147, [56]),
        (58, 147, [85]),
        # 13/26 = 50, 3/26 = 11.54.
        (50, 26, [13]),
        (12, 26, [3]),
        # A half may have been rounded either way: 1/8 = 12.5.
        (12, 8, [1]),
        (13, 8, [1]),
        (0, 31, [0]),
        (100, 31, [31]),
    ],
)
def test_the_counts_for_a_percentage_are_those_that_round_to_it(
    percent: float, base: int, counts: list[int]
):
    assert counts_for_percent(percent, base) == counts


@pytest.mark.parametrize(
    ("mean", "n", "possible"),
    [
        # Means of whole numbers, Brown & Heathers (2017) and methods.md: what stands after the
        # decimal point is a proportion of n.
        (7.22, 32, True), (2.68, 28, True), (7.38, 26, True), (5.00, 25, True),
        (4.74, 25, False), (5.23, 29, False), (2.57, 24, False), (6.77, 27, False),
        (5.19, 28, False), (5.18, 28, True),
    ],
)  # fmt: skip
def test_grim_tells_means_that_can_be_from_means_that_cannot(mean: float, n: int, possible: bool):
    hundredths = round(100 * (mean % 1))
    assert bool(counts_for_percent(hundredths, n)) == possible


def test_decimals_make_a_percentage_sharper():
    assert counts_for_percent(10.0, 1000, decimals=0) == list(range(95, 106))
    assert counts_for_percent(10.0, 1000, decimals=1) == [100]


@settings(deadline=None)
@given(st.integers(1, 400), st.data())
def test_a_count_is_among_those_that_its_own_percentage_allows(base: int, data: st.DataObject):
    found = data.draw(st.integers(0, base))
    assert found in counts_for_percent(round(100 * found / base), base)


@pytest.mark.parametrize(
    ("value", "unit", "phrase", "base", "bounds"),
    [
        (7, "count", "", 31, (7, 7)),
        (7, "count", "about_count", 31, (6, 8)),
        (math.nan, "percent", "third", 31, (9, 12)),  # .27 * 31 = 8.4, .40 * 31 = 12.4
        (math.nan, "percent", "small_majority", 31, (16, 18)),  # over half, up to .60 * 31
        (40, "percent", "about", 147, (54, 63)),  # .365 * 147 = 53.7, .435 * 147 = 63.9
        (60, "percent", "nearly", 147, (84, 87)),  # from .57 * 147 = 83.8 to below .595 * 147
        (math.nan, "count", "remainder", 31, (31, 31)),
        (math.nan, "percent", "all", 27, (27, 27)),
    ],
)
def test_a_figure_or_phrase_allows_the_counts_that_round_yml_says(
    value: float, unit: str, phrase: str, base: int, bounds: tuple[int, int]
):
    phrases = read_round(real_project(), "2016").phrases
    low, high, target = count_bounds(value, unit, phrase, base, phrases)
    assert (low, high) == bounds
    assert low <= target <= high
