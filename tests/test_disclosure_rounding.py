"""Rounding counts, and what a rounded count still tells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.disclosure.attack import Exposed, Range, attack, possible_counts
from analysis.disclosure.cells import Published, adds_up
from analysis.disclosure.rounding import YOUTH_CARE, Rule, round_to, rounded_range, rule_of

counts = st.integers(0, 10_000)
bases = st.integers(2, 12)
rules = st.just(rule_of(YOUTH_CARE, 5)) | st.builds(rule_of, bases, st.integers(1, 9))


def published_as(cell: str, count: int, rule: Rule) -> Published:
    """What an outsider knows of a cell that is shown by a rule: a range."""
    shown = rule.show(count)
    return Published(cell, *((0, rule.least - 1) if shown is None else rule.behind(shown)))


def test_a_table_is_rounded_as_in_the_handbook():
    # Handbook on Statistical Disclosure Control, section 5.5, population counts by sex and area,
    # conventional rounding to base 5. Its total of area C (32) is left out: printed as 35.
    given_ = [1, 0, 1, 3, 3, 6, 12, 20, 16, 23, 39]
    assert [round_to(count, 5) for count in given_] == [0, 0, 0, 5, 5, 5, 10, 20, 15, 25, 40]


def test_the_half_of_an_even_base_goes_up():
    assert [round_to(count, 10) for count in (4, 5, 15, 25)] == [0, 10, 20, 30]


@given(counts, bases)
def test_a_rounded_count_stands_for_all_counts_that_round_to_it_and_no_others(count, base):
    shown = round_to(count, base)
    low, high = rounded_range(shown, base)
    around = range(max(low - base, 0), high + base + 1)
    assert [n for n in around if low <= n <= high] == [
        n for n in around if round_to(n, base) == shown
    ]
    assert high - low == base - 1 or low == 0


def test_youth_care_is_shown_in_fives_and_secret_up_to_seven():
    # Statistics Netherlands, notes with the key figures of districts and neighbourhoods: counts
    # in multiples of five, 0 to 7 secret.
    youth_care = rule_of(YOUTH_CARE, 5).show
    assert [youth_care(count) for count in range(8)] == [None] * 8
    assert [youth_care(count) for count in (8, 10, 12, 13, 17, 18, 102)] == [
        10, 10, 10, 15, 15, 20, 100,
    ]  # fmt: skip


def test_with_a_base_small_counts_are_secret_and_a_printed_zero_is_nobody():
    fives = rule_of(5, 5)
    assert [fives.show(count) for count in range(9)] == [0, None, None, None, None, 5, 5, 5, 10]
    assert fives.behind(0) == (0, 0)
    assert fives.behind(5) == (5, 7)  # not 3 to 7: 3 and 4 would have been secret
    assert [rule_of(20, 5).show(count) for count in (0, 5, 9, 10)] == [0, None, None, 20]


@given(counts, rules)
def test_a_count_lies_in_the_range_of_what_is_shown_of_it(count, rule):
    shown = rule.show(count)
    if shown is None:
        assert 0 < count < rule.least or (count == 0 and not rule.nothing)
        return
    low, high = rule.behind(shown)
    assert low <= count <= high
    assert {rule.show(n) for n in (low, high)} == {shown}
    assert rule.show(high + 1) != shown


def test_what_is_never_shown_has_no_range():
    for shown in (0, 5):
        with pytest.raises(ValueError, match=f"{shown} is never shown: below 8 is secret"):
            rule_of(YOUTH_CARE, 5).behind(shown)
    with pytest.raises(ValueError, match="12 is not a multiple of 5"):
        rounded_range(12, 5)


def test_faults_are_named():
    with pytest.raises(ValueError, match="unknown rounding 'fives'; known: a base, youth_care"):
        rule_of("fives", 5)
    with pytest.raises(ValueError, match="keeps counts up to 7 secret; the smallest cell is 9"):
        rule_of(YOUTH_CARE, 9)
    with pytest.raises(ValueError, match="negative: -1"):
        rule_of(5, 5).show(-1)
    with pytest.raises(ValueError, match="base of rounding is 1"):
        rule_of(1, 5)


# --- Rounded counts under attack


def test_rounded_details_and_their_total_narrow_each_other():
    # By hand: 8 to 12 and 8 to 12 with a total of 23 to 27 leave 11 to 12 for each, 23 to 24.
    fives = rule_of(YOUTH_CARE, 5)
    parts = {name: published_as(name, 12, fives) for name in ("a", "b")}
    published = {**parts, "total": published_as("total", 24, fives)}
    assert published["total"] == Published("total", 23, 27)
    found = possible_counts(published, [adds_up(["a", "b"], "total")], {})
    assert found == {"a": Range(11, 12), "b": Range(11, 12), "total": Range(23, 24)}


def test_rounded_counts_whose_total_leaves_one_way_are_exposed():
    # By hand: 10 stands for 12 at most, so three of them are 36 in one way only.
    fives = rule_of(YOUTH_CARE, 5)
    published = {name: published_as(name, 12, fives) for name in ("a", "b", "c")}
    relations = [adds_up(published, 36)]
    found = attack(published, relations, {}, 5, sensitive=[], rounded=published)
    assert found == [Exposed(name, 12, 12, 1) for name in published]
    assert not attack(published, [adds_up(published, 35)], {}, 5, sensitive=[], rounded=published)


def test_two_secret_counts_with_an_exact_total_of_fourteen_are_seven_each():
    published = {name: published_as(name, 7, rule_of(YOUTH_CARE, 5)) for name in ("a", "b")}
    relations = [adds_up(["a", "b"], 14)]
    found = attack(published, relations, {}, 5, sensitive=["a"])
    assert found == [Exposed("a", 7, 7, 5)]
