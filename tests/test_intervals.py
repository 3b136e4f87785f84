"""Wilson intervals of proportions, with and without the finite population correction."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.survey.intervals import wilson_interval


def by_hand(share: float, n: float, z: float = 1.959963985) -> tuple[float, float]:
    """Wilson's interval written out (Wilson, 1927); `z` from a table of the normal law."""
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return middle - half, middle + half


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
    found = wilson_interval(count, base)
    assert found == pytest.approx((low, high), abs=5e-5)


def test_a_share_of_nothing_starts_at_nothing_and_a_whole_ends_at_the_whole():
    assert wilson_interval(0, 20)[0] == 0.0
    assert wilson_interval(20, 20)[1] == 1.0


@pytest.mark.parametrize(("confidence", "z"), [(0.9, 1.644854), (0.99, 2.575829)])
def test_the_confidence_sets_the_quantile(confidence: float, z: float):
    found = wilson_interval(26, 31, confidence=confidence)
    assert found == pytest.approx(by_hand(26 / 31, 31, z), abs=1e-6)


def test_a_sample_of_31_of_49_counts_as_31_over_one_minus_31_of_49():
    # methods.md, section 2: the correction factor of 31 out of 49 is .6061, so the effective
    # number is 31 / .6061^2 = 84.39.
    assert math.sqrt(1 - 31 / 49) == pytest.approx(0.6061, abs=5e-5)
    effective = 31 / 0.6061**2
    expected = by_hand(16 / 31, effective)
    assert wilson_interval(16, 31, population=49) == pytest.approx(expected, abs=1e-4)


def test_what_was_counted_of_a_population_is_never_outside_the_interval():
    # 1 of 31 counted: at least 1 of 49. 26 of 31: at most the 18 others too, 44 of 49.
    assert wilson_interval(1, 31, population=49)[0] == pytest.approx(1 / 49)
    assert wilson_interval(26, 31, population=49)[1] == pytest.approx(44 / 49)


def test_the_correction_narrows_the_usual_half_width_by_its_factor():
    # In the middle of the scale and at a large base the half width is z * sqrt(p q / n), times
    # sqrt(1 - n/N): 1.96 * sqrt(.25 / 31000) * .6061 = .003374.
    low, high = wilson_interval(15500, 31000, population=49000)
    assert (high - low) / 2 == pytest.approx(0.003374, abs=1e-6)


def test_a_base_that_is_the_whole_population_has_no_sampling_error():
    assert wilson_interval(26, 31, population=31) == (26 / 31, 26 / 31)


@pytest.mark.parametrize(("base", "population"), [(0, None), (-1, None), (31, 30), (0, 49)])
def test_a_base_that_cannot_be_is_an_error(base: int, population: int | None):
    with pytest.raises(ValueError, match=f"no interval for a base of {base} out of {population}"):
        wilson_interval(0, base, population=population)


@settings(deadline=None)
@given(st.data())
def test_the_interval_holds_the_share_and_is_narrower_within_a_population(data: st.DataObject):
    base = data.draw(st.integers(1, 200))
    count = data.draw(st.integers(0, base))
    population = data.draw(st.integers(base + 1, 400))
    low, high = wilson_interval(count, base)
    within = wilson_interval(count, base, population=population)
    slack = 1e-12
    assert 0 <= low <= within[0] + slack <= count / base + 2 * slack
    assert count / base - 2 * slack <= within[1] - slack <= high <= 1
    assert (low, high) == pytest.approx(by_hand(count / base, base), abs=1e-8)
