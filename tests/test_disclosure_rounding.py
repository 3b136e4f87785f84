"""Rounding counts, and what a rounded count still tells."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.disclosure.attack import Exposed, Range, attack, possible_counts
from analysis.disclosure.cells import Published, adds_up
from analysis.disclosure.rounding import (
    apply_preset,
    existence_range,
    published_as,
    round_to,
    rounded_range,
    youth_care,
    youth_care_range,
)

counts = st.integers(0, 10_000)
bases = st.integers(2, 12)


def test_a_table_is_rounded_as_in_the_handbook():
    # Handbook on Statistical Disclosure Control, section 5.5, population counts by sex and area,
    # conventional rounding to base 5. Its total of area C (32) is left out: printed as 35.
    given_ = [1, 0, 1, 3, 3, 6, 12, 20, 16, 23, 39]
    assert [round_to(count) for count in given_] == [0, 0, 0, 5, 5, 5, 10, 20, 15, 25, 40]


def test_the_half_of_an_even_base_goes_up():
    assert [round_to(count, 10) for count in (4, 5, 15, 25)] == [0, 10, 20, 30]


@pytest.mark.parametrize(("count", "up"), [(3, 0), (4, 1 / 3), (5, 2 / 3), (6, 0)])
def test_unbiased_rounding_goes_up_as_often_as_in_the_handbook(count, up):
    # Section 5.5, random rounding to base 3: of 3 never, of 4 in a third, of 5 in two thirds.
    shown = [round_to(count, 3, key=f"key {number}") for number in range(3000)]
    assert set(shown) <= {3, 6}
    if count in (3, 6):
        assert set(shown) == {count}
    else:
        assert shown.count(6) / 3000 == pytest.approx(up, abs=0.03)


@given(counts, bases, st.text(max_size=8))
def test_the_same_key_rounds_the_same_count_the_same_way(count, base, key):
    assert round_to(count, base, key=key) == round_to(count, base, key=key)
    assert abs(round_to(count, base, key=key) - count) < base


@given(counts, bases, st.none() | st.text(max_size=8))
def test_a_rounded_count_stands_for_all_counts_that_round_to_it_and_no_others(count, base, key):
    shown = round_to(count, base, key=key)
    low, high = rounded_range(shown, base, key=key)
    assert low <= count <= high
    inside = [n for n in range(max(low - base, 0), high + base + 1) if low <= n <= high]
    every = range(max(low - base, 0), high + base + 1)
    assert inside == [n for n in every if round_to(n, base, key=key) == shown]
    assert high - low == base - 1 or low == 0


@pytest.mark.parametrize(("shown", "low", "high"), [(0, 0, 4), (5, 1, 9), (15, 11, 19)])
def test_without_the_key_a_rounded_count_stands_for_more(shown, low, high):
    # Handbook, section 5.5, zero-restricted rounding: 0 to b - 1, else a - b + 1 to a + b - 1.
    assert existence_range(shown) == (low, high)


def test_youth_care_is_shown_in_fives_and_secret_up_to_seven():
    # Statistics Netherlands, notes with the key figures of districts and neighbourhoods: counts
    # in multiples of five, 0 to 7 secret.
    assert [youth_care(count) for count in range(8)] == [None] * 8
    assert [youth_care(count) for count in (8, 10, 12, 13, 17, 18, 102)] == [
        10, 10, 10, 15, 15, 20, 100,
    ]  # fmt: skip


@given(counts)
def test_a_count_lies_in_the_range_of_what_is_shown_of_it(count):
    low, high = youth_care_range(youth_care(count))
    assert low <= count <= high
    assert {youth_care(n) for n in (low, high)} == {youth_care(count)}
    assert youth_care(high + 1) != youth_care(count)


def test_what_is_never_shown_has_no_range():
    for shown in (0, 5):
        with pytest.raises(ValueError, match="never shown"):
            youth_care_range(shown)
    with pytest.raises(ValueError, match="12 is not a multiple of 5"):
        rounded_range(12)


def test_a_frame_is_shown_by_its_preset_and_nothing_else_in_it_changes():
    frame = pd.DataFrame({"name": ["a", "b", "c"], "n": [3, 12, None], "other": [3, 12, 13]})
    shown = apply_preset(frame, ["n"], "youth_care")
    assert shown["n"].tolist() == [pd.NA, 10, pd.NA]
    assert shown["other"].tolist() == [3, 12, 13]
    assert frame["n"].tolist()[:2] == [3, 12]


def test_faults_are_named():
    with pytest.raises(ValueError, match="unknown rounding 'fives'; known: youth_care"):
        apply_preset(pd.DataFrame({"n": [1]}), ["n"], "fives")
    with pytest.raises(ValueError, match="column n: not all counts are whole"):
        apply_preset(pd.DataFrame({"n": [1.5]}), ["n"], "youth_care")
    with pytest.raises(ValueError, match="negative: -1"):
        apply_preset(pd.DataFrame({"n": [-1]}), ["n"], "youth_care")
    with pytest.raises(ValueError, match="base of rounding is 1"):
        round_to(3, 1)


# --- Rounded counts under attack


def test_rounded_details_and_their_total_narrow_each_other():
    # By hand: 8 to 12 and 8 to 12 with a total of 23 to 27 leave 11 to 12 for each, 23 to 24.
    parts = {name: published_as(name, 12, "youth_care") for name in ("a", "b")}
    published = {**parts, "total": published_as("total", 24, "youth_care")}
    assert published["total"] == Published("total", 23, 27)
    found = possible_counts(published, [adds_up(["a", "b"], "total")], {})
    assert found == {"a": Range(11, 12), "b": Range(11, 12), "total": Range(23, 24)}


def test_two_secret_counts_with_an_exact_total_of_fourteen_are_seven_each():
    published = {name: published_as(name, 7, "youth_care") for name in ("a", "b")}
    relations = [adds_up(["a", "b"], 14)]
    found = attack(published, relations, {}, 5, sensitive=["a"])
    assert found == [Exposed("a", 7, 7, 5)]
