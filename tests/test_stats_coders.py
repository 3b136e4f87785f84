"""Agreement between coders: published answers, small cases, and what cannot be known."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats.coders import bootstrap_alpha, krippendorff_alpha, percent_agreement
from analysis.stats.interval import ALL_ALIKE, NO_VARIATION, TOO_FEW


def table(*coders: str) -> np.ndarray:
    """One text per coder, one character per unit; a dot is a value that was not given."""
    return np.array([[None if c == "." else c for c in coder] for coder in coders], dtype=object)


def numbers(*coders: str) -> pd.DataFrame:
    return pd.DataFrame(table(*coders)).astype(float)


# Three coders and 15 units: the example of the Python package krippendorff (0.9, README and
# sample.py), and of the encyclopedia article it refers to.
PACKAGE = (".....34121133.3", "1.213343.......", "..21344.21133.4")
# Krippendorff (2011), Computing Krippendorff's alpha-reliability: examples A, B and C.
BINARY = ("0100000010", "1110010000")
LETTERS = ("aabbdcccedda", "babbbccceddd")
FOUR = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")

# Two to four coders, one to eight units, and numbers from 1 to 4 or nothing.
codings = st.integers(2, 4).flatmap(
    lambda coders: st.lists(
        st.lists(st.sampled_from([1, 2, 3, 4, None]), min_size=coders, max_size=coders),
        min_size=1,
        max_size=8,
    )
)


@pytest.mark.parametrize(
    ("coders", "nominal", "interval"),
    [(PACKAGE, 0.691358, 0.810845), (FOUR, 0.743421, 0.849107)],
)
def test_alpha_is_that_of_the_published_examples(coders, nominal, interval):
    # .743 and .849 are printed in Krippendorff (2011); the package krippendorff 0.9 gives the
    # further digits of both examples.
    ratings = numbers(*coders)
    assert krippendorff_alpha(ratings) == pytest.approx(nominal, abs=1e-6)
    assert krippendorff_alpha(ratings, "interval") == pytest.approx(interval, abs=1e-6)


def test_alpha_of_two_coders_is_that_of_the_published_examples():
    # .095 and .692 in Krippendorff (2011). By hand for the first: 4 of 10 units differ, with 14
    # noes and 6 yeses 1 - 19 x 8 / (2 x 14 x 6); for the second 3 of 12 units differ.
    assert krippendorff_alpha(table(*BINARY)) == pytest.approx(1 - 19 * 8 / 168)
    assert krippendorff_alpha(table(*BINARY)) == pytest.approx(0.095, abs=5e-4)
    assert krippendorff_alpha(table(*LETTERS)) == pytest.approx(0.692, abs=5e-4)


def test_of_two_coders_alpha_is_scotts_pi_with_a_correction_for_few_units():
    # Scott (1955): both coders' shares are taken together. By hand for the 10 binary units:
    # agreed .6, by chance .7² + .3² = .58, pi = .02 / .42; alpha = pi + (1 - pi) / 20.
    pi = 0.02 / 0.42
    assert krippendorff_alpha(table(*BINARY)) == pytest.approx(pi + (1 - pi) / 20)


def in_fractions(units: list[list[int | None]], interval: bool) -> Fraction | None:
    """Alpha by its definition, pair by pair."""
    told = [[v for v in unit if v is not None] for unit in units]
    told = [unit for unit in told if len(unit) > 1]

    def distance(one: int, other: int) -> int:
        return (one - other) ** 2 if interval else int(one != other)

    values = [value for unit in told for value in unit]
    seen = sum(
        (
            Fraction(sum(distance(*pair) for pair in permutations(unit, 2)), len(unit) - 1)
            for unit in told
        ),
        Fraction(0),
    )
    chance = sum(distance(*pair) for pair in permutations(values, 2))
    return 1 - (len(values) - 1) * seen / chance if chance else None


@settings(max_examples=60)
@given(codings, st.booleans())
def test_alpha_is_what_all_pairs_come_to(units, interval):
    ratings = np.array(units, dtype=object).T
    found = krippendorff_alpha(ratings, "interval" if interval else "nominal")
    expected = in_fractions(units, interval)
    if expected is None:
        assert math.isnan(found)
    else:
        assert found == pytest.approx(float(expected))


@given(codings, st.randoms())
def test_the_names_of_categories_and_the_order_of_coders_and_units_do_not_matter(units, random):
    ratings = np.array(units, dtype=object)
    named = [[f"code {value}" if value else None for value in unit] for unit in units]
    random.shuffle(named)
    mixed = np.array(named, dtype=object).T[::-1]
    assert krippendorff_alpha(mixed) == pytest.approx(krippendorff_alpha(ratings.T), nan_ok=True)


def test_full_agreement_is_1_and_worse_than_chance_is_below_0():
    assert krippendorff_alpha(table("abcab", "abcab")) == 1
    # By hand: all 4 units differ, 4 of each value: 1 - 7 x 8 / (2 x 4 x 4).
    assert krippendorff_alpha(table("abab", "baba")) == pytest.approx(1 - 56 / 32)


def test_without_variation_there_is_no_alpha_though_all_agree():
    ratings = table("aaaa", "aaaa")
    assert math.isnan(krippendorff_alpha(ratings))
    assert percent_agreement(ratings) == 1
    found = bootstrap_alpha(ratings, confidence=0.95)
    assert (math.isnan(found.estimate.value), found.reason) == (True, NO_VARIATION)
    assert (found.units, found.values) == (4, 8)


def test_units_with_one_value_tell_nothing():
    more = bootstrap_alpha(table("0100000010.1", "1110010000..", "............"), confidence=0.9)
    assert more == bootstrap_alpha(table(*BINARY), confidence=0.9)
    alone = table("ab..", "..ab")
    assert math.isnan(krippendorff_alpha(alone))
    assert math.isnan(percent_agreement(alone))
    assert bootstrap_alpha(alone, confidence=0.95).reason == TOO_FEW
    assert math.isnan(krippendorff_alpha(table("...", "...")))


# --- The interval


def test_the_interval_is_that_of_all_samples_of_the_units():
    # All 5⁵ samples of five units, each alpha by its definition; samples without variation, 2 of
    # 3,125, have none.
    units = [["a", "a"], ["a", "b"], ["b", "b"], ["c", "c"], ["c", "c"]]
    codes = {"a": 1, "b": 2, "c": 3}
    told = [[codes[value] for value in unit] for unit in units]
    places = np.stack(np.meshgrid(*[range(5)] * 5), axis=-1).reshape(-1, 5)
    alphas = [in_fractions([told[place] for place in row], False) for row in places]
    known = np.array([float(alpha) for alpha in alphas if alpha is not None])
    found = bootstrap_alpha(np.array(units, dtype=object).T, confidence=0.8, draws=40_000)
    low, high = np.quantile(known, (0.1, 0.9))
    assert found.estimate.low == pytest.approx(low, abs=0.01)
    assert found.estimate.high == pytest.approx(high, abs=0.01)
    assert (found.units, found.values, found.reason) == (5, 10, "")


def test_the_interval_holds_the_estimate_and_narrows_with_more_units():
    few, many = (
        bootstrap_alpha(np.tile(table(*LETTERS), (1, times)), confidence=0.95, draws=999)
        for times in (4, 36)
    )
    for found in (few, many):
        assert found.estimate.low < found.estimate.value < found.estimate.high
    # Nine times as many units, a third of the width.
    width = (few.estimate.high - few.estimate.low) / (many.estimate.high - many.estimate.low)
    assert width == pytest.approx(3, abs=0.3)


def test_the_samples_follow_the_seed():
    first, again, other = (
        bootstrap_alpha(numbers(*FOUR), "interval", confidence=0.95, draws=99, seed=seed)
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first.estimate != other.estimate
    assert first.estimate.value == other.estimate.value


def test_coders_who_never_differ_have_no_interval():
    found = bootstrap_alpha(table("abcab", "abcab"), confidence=0.95)
    assert (found.estimate.value, found.estimate.known, found.reason) == (1, False, ALL_ALIKE)


@pytest.mark.parametrize("coders", [("ab", "bb"), ("a", "b"), ("n" * 30 + "y", "n" * 31)])
def test_a_value_that_many_samples_do_not_hold_has_no_interval(coders):
    # Of 31 units one is marked: a sample misses it with a chance of (30/31)³¹ = .36.
    found = bootstrap_alpha(table(*coders), confidence=0.95)
    assert not math.isnan(found.estimate.value)
    assert (found.estimate.known, found.reason) == (False, TOO_FEW)


# --- Agreement without chance taken out


def test_percent_agreement_is_the_mean_over_units_of_pairs_that_agree():
    assert percent_agreement(table(*BINARY)) == pytest.approx(0.6)
    # Units of 3, 3 and 2 coders: 1 of 3 pairs, all, and none agree.
    assert percent_agreement(table("aba", "ab.", "bbb")) == pytest.approx((1 / 3 + 1 + 0) / 3)


# --- What is refused


@pytest.mark.parametrize("ratings", [np.ones(4), np.ones((1, 4)), np.ones((2, 2, 2))])
def test_agreement_needs_a_row_for_each_of_two_coders(ratings):
    for function in (krippendorff_alpha, percent_agreement):
        with pytest.raises(ValueError, match="two coders or more"):
            function(ratings)


def test_an_unknown_level_and_words_as_numbers_are_refused():
    with pytest.raises(ValueError, match="no level ordinal"):
        krippendorff_alpha(numbers(*FOUR), "ordinal")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="are numbers"):
        krippendorff_alpha(table(*LETTERS), "interval")
    with pytest.raises(ValueError, match="confidence"):
        bootstrap_alpha(table(*LETTERS), confidence=95)
