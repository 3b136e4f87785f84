"""Intervals of proportions and of their difference, with and without a finite population."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from analysis.stats.interval import Interval
from analysis.stats.proportions import clopper_pearson, newcombe, wilson

UP_TO_HERE = 1e-12


def limits(interval: Interval) -> tuple[float, float]:
    return interval.low, interval.high


def wilson_95(count: int, base: int, population: int | None = None) -> tuple[float, float]:
    return limits(wilson(count, base, confidence=0.95, population=population))


def exact_95(count: int, base: int, population: int | None = None) -> tuple[float, float]:
    return limits(clopper_pearson(count, base, confidence=0.95, population=population))


def by_hand(share: float, n: float, z: float = 1.959963985) -> tuple[float, float]:
    """Wilson's interval written out (Wilson, 1927); `z` from a table of the normal law."""
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return middle - half, middle + half


# --- Wilson


@pytest.mark.parametrize(
    ("count", "base", "low", "high"),
    [
        # Newcombe (1998), Two-sided confidence intervals for the single proportion, table I,
        # method 3 (score).
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_that_of_wilson(count: int, base: int, low: float, high: float):
    assert wilson_95(count, base) == pytest.approx((low, high), abs=5e-5)


def test_the_interval_comes_with_the_share_itself():
    for found in (
        wilson(26, 31, confidence=0.95),
        wilson(26, 31, confidence=0.95, population=31),
        clopper_pearson(26, 31, confidence=0.95, population=49),
    ):
        assert found.value == pytest.approx(26 / 31)


def test_a_share_of_nothing_starts_at_nothing_and_a_whole_ends_at_the_whole():
    assert wilson_95(0, 20)[0] == 0.0
    assert wilson_95(20, 20)[1] == 1.0


@pytest.mark.parametrize(("confidence", "z"), [(0.9, 1.644854), (0.99, 2.575829)])
def test_the_confidence_sets_the_quantile(confidence: float, z: float):
    found = limits(wilson(26, 31, confidence=confidence))
    assert found == pytest.approx(by_hand(26 / 31, 31, z), abs=1e-6)


def test_a_sample_of_31_of_49_counts_as_31_over_one_minus_31_of_49():
    # The correction factor sqrt(1 - n/N) of 31 out of 49 is .6061, by hand, so the effective
    # number is 31 / .6061^2 = 84.39.
    assert math.sqrt(1 - 31 / 49) == pytest.approx(0.6061, abs=5e-5)
    effective = 31 / 0.6061**2
    expected = by_hand(16 / 31, effective)
    assert wilson_95(16, 31, population=49) == pytest.approx(expected, abs=1e-4)


def test_what_was_counted_of_a_population_is_never_outside_the_interval():
    # 1 of 31 counted: at least 1 of 49. 26 of 31: at most the 18 others too, 44 of 49.
    assert wilson_95(1, 31, population=49)[0] == pytest.approx(1 / 49)
    assert wilson_95(26, 31, population=49)[1] == pytest.approx(44 / 49)


def test_the_correction_narrows_the_usual_half_width_by_its_factor():
    # In the middle of the scale and at a large base the half width is z * sqrt(p q / n), times
    # sqrt(1 - n/N): 1.96 * sqrt(.25 / 31000) * .6061 = .003374.
    low, high = wilson_95(15500, 31000, population=49000)
    assert (high - low) / 2 == pytest.approx(0.003374, abs=1e-6)


@pytest.mark.parametrize("interval", [wilson_95, exact_95])
def test_a_base_that_is_the_whole_population_has_no_sampling_error(interval):
    assert interval(26, 31, population=31) == (26 / 31, 26 / 31)


@pytest.mark.parametrize("method", [wilson, clopper_pearson])
@pytest.mark.parametrize(("base", "population"), [(0, None), (-1, None), (31, 30), (0, 49)])
def test_a_base_that_cannot_be_is_an_error(method, base: int, population: int | None):
    with pytest.raises(ValueError, match=f"no interval for a base of {base} out of {population}"):
        method(0, base, confidence=0.95, population=population)


@pytest.mark.parametrize("method", [wilson, clopper_pearson])
@pytest.mark.parametrize("count", [-1, 32])
def test_a_count_outside_its_base_is_an_error(method, count: int):
    with pytest.raises(ValueError, match=f"a count of {count} out of 31"):
        method(count, 31, confidence=0.95)
    with pytest.raises(ValueError, match=f"a count of {count} out of 31"):
        newcombe(1, 2, count, 31, confidence=0.95)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95])
def test_a_confidence_that_is_no_share_is_an_error(confidence: float):
    for method in (wilson, clopper_pearson):
        with pytest.raises(ValueError, match="between 0 and 1"):
            method(1, 2, confidence=confidence)
    with pytest.raises(ValueError, match="between 0 and 1"):
        newcombe(1, 2, 1, 2, confidence=confidence)


@settings(deadline=None)
@given(st.data())
def test_the_interval_holds_the_share_and_is_narrower_within_a_population(data: st.DataObject):
    base = data.draw(st.integers(1, 200))
    count = data.draw(st.integers(0, base))
    population = data.draw(st.integers(base + 1, 400))
    low, high = wilson_95(count, base)
    within = wilson_95(count, base, population=population)
    slack = UP_TO_HERE
    assert 0 <= low <= within[0] + slack <= count / base + 2 * slack
    assert count / base - 2 * slack <= within[1] - slack <= high <= 1
    assert (low, high) == pytest.approx(by_hand(count / base, base), abs=1e-8)


# --- Clopper and Pearson


@pytest.mark.parametrize(
    ("count", "base", "low", "high"),
    [
        # Newcombe (1998), as above, method 5 (exact).
        (81, 263, 0.2527, 0.3676),
        (15, 148, 0.0578, 0.1617),
        (0, 20, 0.0, 0.1684),
        (1, 29, 0.0009, 0.1776),
    ],
)
def test_the_exact_interval_is_that_of_clopper_and_pearson(
    count: int, base: int, low: float, high: float
):
    assert exact_95(count, base) == pytest.approx((low, high), abs=5e-5)


def test_the_exact_interval_within_a_population_worked_by_hand():
    # None of 5 drawn out of 10 has it. With K that have it, none is drawn in C(10-K, 5) of the
    # C(10, 5) = 252 ways: 21/252 = .083 at K = 3, 6/252 = .024 at K = 4, less than .025.
    assert exact_95(0, 5, population=10) == pytest.approx((0, 0.3))
    assert exact_95(5, 5, population=10) == pytest.approx((0.7, 1))


def test_the_exact_interval_ends_just_before_what_r_prints_as_first_excluded():
    # samplingbook::Sprop(m = 3, n = 10, N = 50, level = 0.95) in R gives 4 and 32, the first
    # numbers at which the tail is .025 or less (article "Some remarks on Sprop", section 2).
    assert exact_95(3, 10, population=50) == pytest.approx((5 / 50, 31 / 50))


@pytest.mark.parametrize(
    ("count", "base", "population", "low", "high"),
    [
        # Wang (2015), as printed by WhyperCI_M of R package ExactCIone 1.0.5.
        (10, 50, 2000, 211, 661),
        (30, 500, 100_000, 4151, 8448),
    ],
)
def test_the_exact_interval_holds_the_shortest_exact_one_and_is_little_wider(
    count: int, base: int, population: int, low: int, high: int
):
    found = [limit * population for limit in exact_95(count, base, population)]
    assert found[0] <= low + 1e-6
    assert found[1] >= high - 1e-6
    assert found[1] - found[0] < 1.05 * (high - low)


@pytest.mark.parametrize(("base", "population"), [(31, 49), (25, 49), (7, 20), (5, 5), (1, 12)])
def test_the_exact_interval_never_covers_less_than_its_confidence(base: int, population: int):
    intervals = [exact_95(count, base, population) for count in range(base + 1)]
    for number in range(population + 1):
        drawn = hypergeom(population, number, base)
        share = number / population
        covered = sum(
            drawn.pmf(count)
            for count, (low, high) in enumerate(intervals)
            if low - UP_TO_HERE <= share <= high + UP_TO_HERE
        )
        assert covered >= 0.95 - 1e-9


def test_in_a_large_population_the_correction_vanishes():
    assert exact_95(81, 263, population=1_000_000) == pytest.approx(exact_95(81, 263), abs=1e-4)


@settings(deadline=None)
@given(st.data())
def test_the_exact_interval_of_those_without_is_the_mirror_image(data: st.DataObject):
    base = data.draw(st.integers(1, 60))
    count = data.draw(st.integers(0, base))
    population = data.draw(st.none() | st.integers(base, 120))
    low, high = exact_95(count, base, population)
    assert low - UP_TO_HERE <= count / base <= high + UP_TO_HERE
    mirrored = exact_95(base - count, base, population)
    assert (1 - high, 1 - low) == pytest.approx(mirrored, abs=1e-9)


# --- The difference of two


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        # Newcombe (1998), Interval estimation for the difference between independent proportions,
        # table II, method 10.
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_the_interval_of_a_difference_is_newcombes(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
):
    found = newcombe(*first, *second, confidence=0.95)
    assert found.value == pytest.approx(first[0] / first[1] - second[0] / second[1])
    assert limits(found) == pytest.approx((low, high), abs=5.1e-5)


@settings(deadline=None)
@given(st.data())
def test_a_difference_the_other_way_round_is_its_mirror_image(data: st.DataObject):
    bases = [data.draw(st.integers(1, 60)) for _ in range(2)]
    counts = [data.draw(st.integers(0, base)) for base in bases]
    found = newcombe(counts[0], bases[0], counts[1], bases[1], confidence=0.9)
    mirrored = newcombe(counts[1], bases[1], counts[0], bases[0], confidence=0.9)
    assert -1 <= found.low <= found.value + UP_TO_HERE
    assert found.value - UP_TO_HERE <= found.high <= 1
    assert limits(found) == pytest.approx((-mirrored.high, -mirrored.low), abs=1e-9)
