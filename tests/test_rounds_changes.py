"""When a difference between rounds is called a change: tests, adjusted for their number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from analysis.facts import fact_row
from analysis.raw.settings import Round
from analysis.survey.compare_tests import judged, p_fact
from analysis.survey.differences import other_p, same_p

# Benjamini & Hochberg (1995), section 4.1: of these Holm rejects 3 at .05 and they themselves 4.
TRIAL = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
    0.5719, 0.6528, 0.7590, 1.0,
]  # fmt: skip


def settings_of(**more: Any) -> Round:
    return Round.model_validate(
        {
            "round": "2029", "title": {"nl": "R", "en": "R"}, "fieldwork": {"year": 2029},
            "frame": "f", "instrument": "i", "source": {"kind": "answers"},
        }
        | more
    )  # fmt: skip


def with_p(p_values: list[float], measure: str = "mean", **more: Any) -> list[dict[str, Any]]:
    """A difference for each p-value, item i0, i1, …, with an interval above zero."""
    found = []
    for n, p in enumerate(p_values):
        change = fact_row(
            domain="survey", subject=f"i{n}", team_type="all", base="matched",
            statistic=f"change.{measure}.2027", value=0.5, unit="score", provenance="measured",
            source="s", **({"group": "officials", "low": 0.1, "high": 0.9} | more),
        )  # fmt: skip
        found += [change, p_fact(change, p)]
    return found


def verdicts(facts: list[dict[str, Any]], settings: Round) -> dict[str, float]:
    """Item, group and measure to the verdict."""
    return {
        f"{row['subject']} {row['group']} {row['statistic'].split('.')[1]}": row["value"]
        for row in judged(facts, settings)
        if row["statistic"].endswith(".changed")
    }


def test_of_fifteen_published_tests_four_are_changes_and_not_the_nine_that_pass_alone():
    found = list(verdicts(with_p(TRIAL), settings_of()).values())

    assert sum(p < 0.05 for p in TRIAL) == 9
    assert found == [1] * 4 + [0] * 11


def test_in_a_family_declared_beforehand_holm_leaves_three():
    family = {"all": [f"i{n}" for n in range(15)]}
    facts = list(judged(with_p(TRIAL), settings_of(families=family)))

    changed = [row["value"] for row in facts if row["statistic"].endswith(".changed")]
    assert changed == [1] * 3 + [0] * 12
    adjusted = [row for row in facts if row["statistic"] == "change.mean.2027.p_holm"]
    # By hand: 15 * .0001, 14 * .0004, 13 * .0019.
    assert [row["value"] for row in adjusted[:3]] == pytest.approx([0.0015, 0.0056, 0.0247])
    assert {row["denominator"] for row in adjusted} == {15}


def test_a_family_is_adjusted_apart_from_the_rest():
    # Two in a family: .03 becomes .06 by Holm. Of the rest one alone: .04 stays.
    facts = with_p([0.03, 0.9, 0.04])
    found = verdicts(facts, settings_of(families={"pair": ["i0", "i1"]}))
    assert found == {"i0 officials mean": 0, "i1 officials mean": 0, "i2 officials mean": 1}


def test_both_groups_are_adjusted_together_and_each_measure_by_itself():
    # By itself .04 passes; with .9 of the other group it is .08.
    mean = [*with_p([0.04]), *with_p([0.9], group="professionals")]
    share = with_p([0.04], measure="agree")
    found = verdicts([*mean, *share], settings_of())
    assert found == {
        "i0 officials mean": 0, "i0 professionals mean": 0, "i0 officials agree": 1
    }  # fmt: skip


def test_a_small_p_is_no_change_where_the_interval_holds_zero_or_is_not_there():
    assert verdicts(with_p([0.001], low=-0.1), settings_of()) == {"i0 officials mean": 0}
    nothing = with_p([0.001], low=np.nan, high=np.nan)
    assert verdicts(nothing, settings_of()) == {"i0 officials mean": 0}
    less = with_p([0.001], low=-0.9, high=-0.1)
    assert verdicts(less, settings_of()) == {"i0 officials mean": -1}


def test_the_bar_follows_the_confidence_of_the_round():
    facts = with_p([0.03])
    assert verdicts(facts, settings_of(confidence=0.95)) == {"i0 officials mean": 1}
    assert verdicts(facts, settings_of(confidence=0.99)) == {"i0 officials mean": 0}


# --- P-values, against numbers from elsewhere


def test_the_p_of_paired_shares_is_mcnemars_exact_one():
    # Complete response before and after consolidation (Cavo et al., 2012): 6 one way, 16 the
    # other; exact conditional p .0525 (Fagerland, Lydersen and Laake, 2017, chapter 8).
    now = pd.Series([1] * 59 + [1] * 6 + [0] * 16 + [0] * 80, dtype=float)
    then = pd.Series([1] * 59 + [0] * 6 + [1] * 16 + [0] * 80, dtype=float)

    assert same_p(now, then, 1) == pytest.approx(0.0525, abs=5e-5)
    assert same_p(now, then, 1) == pytest.approx(binomtest(6, 22).pvalue)


def test_the_p_of_paired_means_counts_every_way_to_turn_the_differences():
    # Nine of the ten differences of Student's sleep data have one sign: 2 of the 2 ** 9 ways.
    first = pd.Series([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
    second = pd.Series([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
    assert same_p(first, second, 1) == pytest.approx(2 / 2**9)


def test_where_nothing_moved_p_is_one_and_five_municipalities_are_never_enough():
    scores = pd.Series([2.0, 3.0, 4.0, 2.5, 3.5])
    assert same_p(scores, scores, 1) == 1
    assert same_p(scores + 1, scores, 1) > 0.05


def test_the_p_of_two_shares_is_that_of_the_lady_tasting_tea():
    # Fisher (1935): 3 of 4 against 1 of 4; R: fisher.test(matrix(c(3, 1, 1, 3), 2)): .4857.
    assert other_p((3, 4), (1, 4)) == pytest.approx(34 / 70)
    assert other_p((0, 4), (0, 9)) == 1
