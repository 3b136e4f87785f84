"""P values adjusted for the number of tests."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats.multiplicity import adjust, benjamini_hochberg, holm

NAN = float("nan")
# Benjamini & Hochberg (1995), section 4.1: the 15 p values of a trial, of which Holm's method
# rejects 3 and theirs 4 at .05. The adjusted values are those of p.adjust in R.
TRIAL = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
    0.5719, 0.6528, 0.7590, 1.0,
]  # fmt: skip


def test_holm_rejects_three_of_the_published_fifteen():
    found = holm(TRIAL)
    assert np.count_nonzero(found <= 0.05) == 3
    # By hand: 15 * .0001, 14 * .0004, 13 * .0019, 12 * .0095
    assert found[:4] == pytest.approx([0.0015, 0.0056, 0.0247, 0.114])


def test_benjamini_and_hochberg_reject_four_of_the_published_fifteen():
    found = benjamini_hochberg(TRIAL)
    assert np.count_nonzero(found <= 0.05) == 4
    assert found[:4] == pytest.approx([0.0015, 0.003, 0.0095, 0.0356], abs=5e-5)


def test_an_adjusted_p_is_never_smaller_than_that_of_a_smaller_p():
    # Documentation of padjust in stdlib, also p.adjust in R.
    found = holm([0.319, 0.201, 0.4, 0.374, 0.113])
    assert found == pytest.approx([0.957, 0.804, 0.957, 0.957, 0.565])
    found = benjamini_hochberg([0.008, 0.03, 0.123, 0.6, 0.2])
    assert found == pytest.approx([0.04, 0.075, 0.205, 0.6, 0.25])


@pytest.mark.parametrize("method", [holm, benjamini_hochberg])
def test_what_has_no_p_stays_so_and_is_no_test(method):
    found = method([NAN, *TRIAL[:7], NAN, *TRIAL[7:]])
    assert np.isnan(found[[0, 8]]).all()
    assert found[[*range(1, 8), *range(9, 17)]] == pytest.approx(method(TRIAL))
    assert np.isnan(method([NAN])).all()
    assert method([]).size == 0


@pytest.mark.parametrize("p", [-0.01, 1.01])
def test_a_p_that_is_no_probability_is_an_error(p: float):
    for method in (holm, benjamini_hochberg):
        with pytest.raises(ValueError, match="outside 0 to 1"):
            method([0.5, p])
    with pytest.raises(ValueError, match="outside 0 to 1"):
        adjust(pd.DataFrame({"family": ["trust"], "p": [p]}))


def families() -> pd.DataFrame:
    """Two families, what is exploratory, and tests that could not be done."""
    rows = [
        ("trust", 0.01), ("", 0.008), ("criteria", 0.03), ("trust", 0.04), (None, 0.03),
        ("trust", NAN), ("", 0.123), (NAN, 0.6), ("", 0.2), ("criteria", NAN),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["family", "p"], index=range(100, 110))


def test_holm_inside_a_family_and_benjamini_and_hochberg_over_the_rest():
    found = adjust(families())
    # By hand: trust 2 * .01 and 1 * .04; criteria alone; the five others as above.
    expected = [0.02, 0.04, 0.03, 0.04, 0.075, NAN, 0.205, 0.6, 0.25, NAN]
    assert found["adjusted"].to_numpy() == pytest.approx(expected, nan_ok=True)
    assert list(found.index) == list(range(100, 110))
    outside = found.index[found["method"] == "benjamini_hochberg"]
    assert list(outside) == [101, 104, 106, 107, 108]
    assert set(found["method"]) == {"benjamini_hochberg", "holm"}


def test_every_row_says_for_how_many_tests_it_was_adjusted():
    assert list(adjust(families())["tests"]) == [2, 5, 1, 2, 5, 2, 5, 5, 5, 1]


def test_without_tests_there_is_nothing_to_adjust():
    found = adjust(pd.DataFrame({"family": [], "p": []}))
    assert list(found.columns) == ["adjusted", "method", "tests"]
    assert found.empty


@settings(deadline=None, max_examples=20)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_adjusting_never_lowers_a_p_and_holm_never_trails_its_rival(values: list[float]):
    strict, mild = holm(values), benjamini_hochberg(values)
    assert (strict >= np.array(values) - 1e-12).all()
    assert (mild >= np.array(values) - 1e-12).all()
    assert (strict >= mild - 1e-12).all()
    assert (strict <= 1).all()
