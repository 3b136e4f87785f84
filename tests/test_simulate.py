"""Simulated answers: as many as planned, as spread as planned, and true to the questionnaire."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.answers import ANSWER_TYPE, WHO, items_of
from analysis.project import CallError
from analysis.raw.settings import Instrument, read_instrument
from analysis.simulate.draw import draw_round
from analysis.simulate.plan import Plan
from helpers import real_project

BOTH = {"professionals": "municipalities", "officials": "respondents"}


def item(name: str, **more: Any) -> dict[str, Any]:
    words = {"nl": f"{name} is zo.", "en": f"{name} is so.", "short_nl": name, "short_en": name}
    return {"id": name, "theme": "t", "publish": BOTH, **words, **more}


def instrument(*items: dict[str, Any]) -> Instrument:
    return Instrument.model_validate(
        {
            "scale": {"disagree": 1, "agree": 5},
            "team_types": ["youth", "social"],
            "themes": [{"id": "t", "nl": "t", "en": "t"}],
            "items": list(items),
        }
    )


def statements(number: int) -> Instrument:
    return instrument(*(item(f"s{n}") for n in range(number)))


def boxes(name: str, **more: Any) -> dict[str, Any]:
    options = [{"id": letter, "nl": letter, "en": letter} for letter in "abc"]
    return item(name, kind="multiple", options=options, **more)


def frame(size: int) -> pd.DataFrame:
    numbers = range(1, size + 1)
    return pd.DataFrame(
        {
            "municipality": [f"m{n}" for n in numbers],
            "name": [f"M {n}" for n in numbers],
            "code": [f"GM{n:04}" for n in numbers],
        }
    )


def professionals(answers: pd.DataFrame) -> pd.DataFrame:
    return answers[answers["group"] == "professionals"]


def scores(answers: pd.DataFrame, name: str) -> pd.Series:
    return pd.to_numeric(answers[name].astype(object), errors="coerce").dropna()


@pytest.fixture(scope="module")
def large() -> pd.DataFrame:
    """Ten statements among many."""
    return draw_round(statements(10), frame(342), Plan(342, 40_000, 27))


@pytest.fixture(scope="module")
def real() -> pd.DataFrame:
    """The questionnaire of 2016 among many."""
    return draw_round(read_instrument(real_project()), frame(60), Plan(60, 3000, 1500))


# --- How many answer, and who


def test_a_round_has_the_typed_form_of_answers():
    found = draw_round(instrument(item("a"), boxes("b")), frame(40), Plan())
    assert list(found.columns) == [*WHO, "a", "b.a", "b.b", "b.c"]
    assert all(found[name].dtype == ANSWER_TYPE for name in items_of(found))
    for group, size in (("officials", 27), ("professionals", 150)):
        part = found[found["group"] == group]
        assert part["respondent"].tolist() == list(range(1, size + 1))
    assert not found[WHO].isna().to_numpy().any()


@pytest.mark.parametrize(
    ("plan", "size", "taking_part"),
    [
        (Plan(), 60, 31),
        (Plan(), 12, 12),
        (Plan(respondents=5), 60, 5),
        (Plan(municipalities=44), 60, 44),
    ],
)
def test_professionals_come_from_as_many_municipalities_as_planned(plan, size, taking_part):
    found = professionals(draw_round(statements(1), frame(size), plan))
    assert found["municipality"].nunique() == taking_part
    assert len(found) == plan.respondents


def test_a_few_teams_are_large_and_most_are_small():
    sizes = professionals(draw_round(statements(1), frame(200), Plan(200, 10_000)))
    counted = sizes["municipality"].value_counts()
    assert counted.max() > 3 * counted.median()
    assert (counted < counted.mean()).mean() > 0.55


def test_most_municipalities_have_one_official_and_a_few_have_two():
    found = draw_round(statements(1), frame(60), Plan(officials=27))
    officials = found[found["group"] == "officials"]["municipality"].value_counts()
    assert sorted(officials[officials > 0]) == [1] * 21 + [2] * 3


def test_a_round_can_be_without_officials():
    found = draw_round(statements(1), frame(5), Plan(officials=0))
    assert set(found["group"]) == {"professionals"}


def test_every_team_type_occurs_in_both_groups(real):
    kinds = real.groupby("group", observed=True)["team_type"].unique()
    assert all(set(found) == {"youth", "social", "integrated"} for found in kinds)


# --- Who is asked what


def test_an_item_is_answered_by_its_groups_and_by_nobody_else(real):
    for asked in read_instrument(real_project()).items:
        if asked.kind == "scale":
            answered = real[asked.id].notna().groupby(real["group"], observed=True).mean()
            groups = {str(group) for group in asked.publish}
            assert {g: float(s) for g, s in answered.items()} == {
                g: float(g in groups) for g in ("officials", "professionals")
            }


def test_routing_is_respected(real):
    officials = real[real["group"] == "officials"]
    led_on = {
        "policy_aspects.culture": officials["specific_policy"].isin(["3", "4", "5"]),
        "criteria_aspects.tailored": officials["criteria"].isin(["4", "5"]),
    }
    for name, asked in led_on.items():
        assert 0 < asked.sum() < len(asked)
        assert officials[name].notna().equals(asked)


def test_who_is_asked_for_boxes_ticks_one_or_more(real):
    asked = real[real["policy_aspects.culture"].notna()]
    told = asked[[name for name in asked if str(name).startswith("policy_aspects.")]]
    assert set(np.unique(told.astype(str))) == {"selected", "not_selected"}
    ticked = (told == "selected").sum(axis=1)
    assert ticked.min() == 1
    assert ticked.max() == 5


def test_the_item_that_leads_on_can_stand_later_in_the_questionnaire():
    routed = item("a", asked_if={"item": "b", "positions": ["dont_know"]})
    found = draw_round(instrument(routed, item("b")), frame(9), Plan(respondents=500))
    assert found["a"].notna().equals(found["b"] == "dont_know")


def test_items_that_lead_on_to_each_other_are_refused():
    a = item("a", asked_if={"item": "b", "positions": ["agree"]})
    b = item("b", asked_if={"item": "a", "positions": ["agree"]})
    with pytest.raises(CallError, match="circle through a, b"):
        draw_round(instrument(a, b), frame(9), Plan())


# --- How answers are spread


def test_about_one_in_a_hundred_answers_is_left_out(large):
    shares = [(large[name] == "missing").mean() for name in items_of(large)]
    assert shares == pytest.approx([0.01] * 10, abs=0.002)


def test_three_to_twelve_percent_does_not_know_and_that_differs_by_item(large):
    shares = [(large[name] == "dont_know").mean() for name in items_of(large)]
    assert 0.028 < min(shares) < 0.06
    assert 0.08 < max(shares) < 0.122


def test_a_sixth_of_the_spread_lies_between_municipalities(large):
    """The estimator of one-way analysis of variance for groups of unequal size."""
    found = []
    for name in items_of(large):
        score = scores(professionals(large), name)
        by = score.groupby(large["municipality"][score.index], observed=True)
        size, mean = by.size(), by.mean()
        between = (size * (mean - score.mean()) ** 2).sum() / (len(size) - 1)
        within = ((size - 1) * by.var()).sum() / (len(score) - len(size))
        usual = (len(score) - (size**2).sum() / len(score)) / (len(size) - 1)
        found.append((between - within) / (between + (usual - 1) * within))
    assert np.mean(found) == pytest.approx(0.17, abs=0.012)
    assert found == pytest.approx([0.17] * 10, abs=0.05)


def test_means_differ_between_items_and_belong_to_the_item_whatever_the_seed(large):
    other = draw_round(statements(10), frame(342), Plan(342, 40_000, seed=2))
    ours, theirs = (
        [scores(professionals(found), name).mean() for name in items_of(found)]
        for found in (large, other)
    )
    assert ours == pytest.approx(theirs, abs=0.1)
    assert max(ours) - min(ours) > 1


def test_drift_moves_the_mean_of_every_item_by_so_many_points(large):
    moved = draw_round(statements(10), frame(342), Plan(342, 40_000, drift=0.5))
    for name in items_of(large):
        ours, theirs = (scores(professionals(f), name).mean() for f in (large, moved))
        assert theirs - ours == pytest.approx(min(0.5, 4.5 - ours), abs=0.04)


def test_drift_can_be_kept_to_some_items():
    plans = Plan(), Plan(drift=-1, drift_items=("s1",))
    usual, moved = (draw_round(statements(4), frame(40), plan) for plan in plans)
    differ = [name for name in usual if not usual[name].equals(moved[name])]
    assert differ == ["s1"]
    assert scores(moved, "s1").mean() < scores(usual, "s1").mean() - 0.5


def test_a_mean_stays_within_the_scale_however_far_it_drifts():
    found = draw_round(statements(3), frame(100), Plan(100, 5000, drift=4))
    means = [scores(professionals(found), name).mean() for name in items_of(found)]
    assert means == pytest.approx([4.5] * 3, abs=0.1)


# --- Careless sheets


@pytest.mark.parametrize(("number", "alike"), [(4, True), (5, False), (12, False)])
def test_nobody_gives_the_same_score_throughout_five_statements_or_more(number, alike):
    found = draw_round(statements(number), frame(50), Plan(50, 20_000))
    scored = found[items_of(found)].apply(lambda c: pd.to_numeric(c.astype(object), "coerce"))
    assert bool((scored.nunique(axis=1) < 2).any()) is alike


def test_no_sheet_is_empty():
    found = draw_round(statements(1), frame(9), Plan(respondents=3000))
    assert set(found["s0"]) == {"1", "2", "3", "4", "5", "dont_know"}


# --- Chance


def test_the_same_plan_gives_the_same_answers_and_another_seed_gives_others():
    drawn = [draw_round(statements(6), frame(40), Plan(seed=seed)) for seed in (7, 7, 8)]
    assert drawn[0].equals(drawn[1])
    assert not drawn[0].equals(drawn[2])


def test_a_seed_stands_for_the_same_answers_on_every_machine_and_from_now_on():
    found = draw_round(instrument(item("a"), boxes("b")), frame(5), Plan(3, 4, 1))
    told = found[["municipality", "team_type", "a", "b.a", "b.b", "b.c"]].astype(str)
    assert [" ".join(row) for row in told.to_numpy()] == [
        "m4 youth 3 not_selected not_selected selected",
        "m1 social 5 selected selected selected",
        "m3 social 4 selected selected not_selected",
        "m1 youth 3 not_selected selected not_selected",
        "m5 youth 4 not_selected selected not_selected",
    ]


def test_a_new_item_leaves_the_answers_to_the_others_as_they_were():
    before, after = (draw_round(statements(n), frame(40), Plan()) for n in (3, 4))
    assert after[before.columns].equals(before)


# --- Plans that cannot be


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"municipalities": 0}, "municipalities is 0; allowed: 1 or more"),
        ({"respondents": 0}, "respondents is 0; allowed: 1 or more"),
        ({"officials": -1}, "officials is -1; allowed: 0 or more"),
        ({"seed": -5}, "seed is -5; allowed: 0 or more"),
        ({"drift": 4.5}, "drift is 4.5; allowed: -4 to 4"),
        ({"drift": float("nan")}, "drift is nan; allowed: -4 to 4"),
        ({"year": 27}, "year is 27; allowed: 2000 to 2100"),
        ({"municipalities": 9, "respondents": 8}, "municipalities is 9; allowed: at most one"),
        (
            {"first_day": date(2027, 5, 2), "last_day": date(2027, 5, 1)},
            "last_day is 2027-05-01; allowed: 2027-05-02 or later",
        ),
    ],
)
def test_a_wrong_plan_is_refused_and_says_what_is_allowed(wrong, told):
    with pytest.raises(CallError) as caught:
        Plan(**wrong)
    assert told in str(caught.value)
    assert caught.value.exit_code == 2


def test_all_that_is_wrong_with_a_plan_is_told_at_once():
    with pytest.raises(CallError) as caught:
        Plan(officials=-1, seed=-1, drift=9)
    assert len(str(caught.value).splitlines()) == 3


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        (Plan(municipalities=10), "municipalities is 10; allowed: at most 9"),
        (Plan(drift_items=("s0", "x", "b")), "drift_items names x; allowed: s0"),
        (Plan(drift_items=("b",)), "drift_items names b; allowed: s0"),
    ],
)
def test_a_plan_that_does_not_go_with_frame_or_questionnaire_is_refused(plan, told):
    with pytest.raises(CallError) as caught:
        draw_round(instrument(item("s0"), boxes("b")), frame(9), plan)
    assert told in str(caught.value)


def test_the_fieldwork_is_in_the_year_unless_its_days_are_given():
    assert Plan(year=2030).opened.year == Plan(year=2030).closed.year == 2030
    day = date(2027, 2, 3)
    assert Plan(first_day=day).opened == Plan(last_day=day).closed == day
    assert date(2026, 12, 1) < Plan(last_day=day).opened < day
    assert day < Plan(first_day=day).closed < date(2027, 4, 1)
