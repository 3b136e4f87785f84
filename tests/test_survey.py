"""The survey: from answers to positions to facts, and what printed totals leave open."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.answers import by_respondent
from analysis.facts import COLUMNS, fact_frame, fact_key, fact_row
from analysis.raw.settings import Instrument, Round, Thresholds
from analysis.survey.determine import Bounds, contested, determine
from analysis.survey.evaluate import Answers, Evaluated
from analysis.survey.positions import (
    CUBE_KEYS,
    count_answers,
    cut_off_room,
    municipality_positions,
)
from analysis.survey.reconstruct import Conflict, Reconstruction
from analysis.survey.results import SurveyData, facts_of, survey_facts
from analysis.survey.statistics import Condition, parse_statistic
from analysis.survey.totals import Total
from helpers import real_study

USUAL = Thresholds()


def people(*given_: tuple[str, str], item: str = "x", group: str = "professionals") -> pd.DataFrame:
    """Answers to one item: (municipality, answers separated by spaces)."""
    rows = [
        (1000 + 10 * place + number, municipality, group, "youth", item, answer)
        for place, (municipality, answers) in enumerate(given_)
        for number, answer in enumerate(answers.split())
    ]
    columns = ["respondent", "municipality", "group", "team_type", "item", "answer"]
    return pd.DataFrame(rows, columns=columns)


def placed(answers: pd.DataFrame, thresholds: Thresholds = USUAL) -> pd.DataFrame:
    return municipality_positions(count_answers(by_respondent(answers)), thresholds)


def positions(answers: pd.DataFrame, thresholds: Thresholds = USUAL) -> dict[str, str]:
    frame = placed(answers, thresholds)
    return dict(zip(frame["municipality"], frame["position"], strict=True))


def position(answers: str, thresholds: Thresholds = USUAL) -> str:
    """The position of a municipality whose respondents gave `answers`."""
    return positions(people(("a", answers)), thresholds)["a"]


# --- Answers to counts


def test_answers_are_counted_per_municipality_group_team_type_item_and_answer():
    cube = count_answers(by_respondent(people(("a", "4 4 2"), ("b", "4"))))
    assert list(cube.columns) == [*CUBE_KEYS, "n"]
    found = cube[["municipality", "answer", "n"]].to_numpy().tolist()
    assert found == [["a", "2", 1], ["a", "4", 2], ["b", "4", 1]]
    assert set(cube["group"] + cube["team_type"] + cube["item"]) == {"professionalsyouthx"}


# --- Counts to the position of a municipality


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ("5 4", "agree"),
        ("4 3", "agree"),  # 3.5, exactly the cut-off
        ("4 3 3", "neutral"),  # 3.33
        ("3", "neutral"),
        ("2 3 3", "neutral"),  # 2.67
        ("2 3", "disagree"),  # 2.5, exactly the cut-off
        ("1 2", "disagree"),
    ],
)
def test_the_mean_of_the_respondents_decides_and_the_cut_off_belongs_to_the_position(
    answers: str, found: str
):
    assert position(answers) == found


def test_a_cut_off_that_is_no_binary_fraction_is_reached_by_the_mean_that_equals_it():
    # (4 + 4 + 4 + 3 + 3) / 5 = 3.6 and (2 + 2 + 2 + 3 + 3) / 5 = 2.4
    assert position("4 4 4 3 3", Thresholds(agree_from=3.6)) == "agree"
    assert position("2 2 2 3 3", Thresholds(disagree_to=2.4)) == "disagree"


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ("5 dont_know", "dont_know"),  # exactly half
        ("5 5 dont_know", "agree"),
        ("5 dont_know missing", "dont_know"),  # half of those who answered
        ("dont_know", "dont_know"),
        ("missing missing", "missing"),
        ("4 missing missing", "agree"),
    ],
)
def test_half_of_the_answers_unsure_is_not_knowing_and_missing_answers_do_not_count(
    answers: str, found: str
):
    assert position(answers) == found


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ("selected not_selected", "selected"),
        ("selected not_selected not_selected", "not_selected"),
        ("not_selected", "not_selected"),
    ],
)
def test_a_box_is_ticked_for_a_municipality_when_half_of_its_respondents_ticked_it(
    answers: str, found: str
):
    assert position(answers) == found


def test_a_municipality_comes_with_its_mean_its_respondents_and_its_share_of_dont_knows():
    frame = placed(people(("a", "5 4 dont_know missing")))
    row = frame.iloc[0]
    assert (row["respondents"], row["mean"]) == (4, 4.5)
    assert row["dont_know_share"] == pytest.approx(1 / 3)


# Three municipalities whose teams do not agree among themselves.
TEAMS = (("a", "5 4 2"), ("b", "4 3 3"), ("c", "1 3 dont_know"))
VARIED = people(*TEAMS)


@pytest.mark.parametrize(
    ("cut_offs", "found"),
    [
        ({}, ["agree", "neutral", "disagree"]),  # means 3.67, 3.33 and 2
        ({"agree_from": 3.7}, ["neutral", "neutral", "disagree"]),
        ({"agree_from": 3.3}, ["agree", "agree", "disagree"]),
        ({"disagree_to": 1.9}, ["agree", "neutral", "neutral"]),
        ({"dont_know_from": 0.3}, ["agree", "neutral", "dont_know"]),
    ],
)
def test_other_cut_offs_give_other_positions_where_answers_vary(
    cut_offs: dict[str, float], found: list[str]
):
    assert list(positions(VARIED, Thresholds(**cut_offs)).values()) == found


def test_the_room_of_a_cut_off_reaches_from_the_nearest_mean_below_to_the_nearest_above():
    frame = placed(VARIED)
    room = cut_off_room(frame)
    assert room["agree_from"] == pytest.approx((10 / 3, 11 / 3))
    assert room["disagree_to"] == pytest.approx((2.0, 10 / 3))
    low, high = room["agree_from"]
    assert positions(VARIED, Thresholds(agree_from=high)) == positions(VARIED)
    assert positions(VARIED, Thresholds(agree_from=low + 0.001)) == positions(VARIED)
    assert positions(VARIED, Thresholds(agree_from=low)) != positions(VARIED)


def test_a_municipality_that_does_not_know_leaves_the_room_as_it_is():
    frame = placed(people(*TEAMS, ("d", "3 dont_know")))
    assert cut_off_room(frame)["agree_from"] == pytest.approx((10 / 3, 11 / 3))


answer = st.sampled_from(["1", "2", "3", "4", "5", "dont_know", "missing"])


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), answer), min_size=1), st.randoms())
def test_the_order_of_the_respondents_does_not_matter(rows: list[tuple[str, str]], random: Any):
    shuffled = list(rows)
    random.shuffle(shuffled)
    one, other = (placed(people(*order)) for order in (rows, shuffled))
    pd.testing.assert_frame_equal(one, other)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), answer), min_size=1), st.integers(2, 5))
def test_respondents_who_each_count_twice_change_no_position(
    rows: list[tuple[str, str]], times: int
):
    assert positions(people(*rows)) == positions(people(*rows * times))


# --- Statistics


@pytest.mark.parametrize(
    ("text", "kind", "conditions"),
    [
        ("count.agree", "count", [("officials", "a", ("agree",))]),
        ("share.neutral|disagree", "share", [("officials", "a", ("neutral", "disagree"))]),
        (
            "count.agree & b.disagree",
            "count",
            [("officials", "a", ("agree",)), ("officials", "b", ("disagree",))],
        ),
        (
            "count.agree & professionals:b.x.selected",
            "count",
            [("officials", "a", ("agree",)), ("professionals", "b.x", ("selected",))],
        ),
        (
            "difference.agree.disagree",
            "difference",
            [("officials", "a", ("agree",)), ("officials", "a", ("disagree",))],
        ),
    ],
)
def test_a_statistic_is_read_by_its_grammar(text: str, kind: str, conditions: list[Any]):
    found = parse_statistic(text, "a", "officials")
    assert found.kind == kind
    assert found.conditions == tuple(Condition(*condition) for condition in conditions)


@pytest.mark.parametrize("text", ["agree", "mean.agree", "count", "count.", "count.agree & b", ""])
def test_what_does_not_follow_the_grammar_is_an_error_that_quotes_it(text: str):
    with pytest.raises(ValueError, match=r"is not a statistic|names no item"):
        parse_statistic(text, "a", "officials")


# --- A small round with answers of its own


def item(name: str, publish: dict[str, str], **more: Any) -> dict[str, Any]:
    texts = {"nl": "N.", "en": "N.", "short_nl": "n", "short_en": "n"}
    return {"id": name, "theme": "t", "publish": publish, "line": 1, **texts} | more


INSTRUMENT = Instrument.model_validate(
    {
        "scale": {"strongly_disagree": 1, "strongly_agree": 5},
        "team_types": ["youth", "social", "integrated"],
        "themes": [{"id": "t", "nl": "T", "en": "T"}],
        "items": [
            item("x", {"professionals": "municipalities", "officials": "respondents"}),
            item("y", {"officials": "respondents"}),
            item(
                "boxes",
                {"officials": "respondents"},
                kind="multiple",
                options=[{"id": name, "nl": "N", "en": "N"} for name in ("one", "two")],
                asked_if={"item": "x", "positions": ["agree"]},
            ),
        ],
    }
)
ROUND = Round.model_validate(
    {
        "round": "2030",
        "title": {"nl": "R", "en": "R"},
        "fieldwork": {"year": 2030},
        "frame": "municipalities.csv",
        "instrument": "instrument.yml",
        "selection_above_percent": 12,
        "differences": ["x"],
        "source": {"kind": "published", "totals": "t.csv", "claims": "c.csv"},
    }
)
FRAME = pd.DataFrame({"municipality": list("abcde")})


def official(number: int, place: str, team_type: str, **answers: str) -> list[tuple[Any, ...]]:
    return [
        (number, place, "officials", team_type, name.replace("__", "."), answer)
        for name, answer in answers.items()
    ]


OFFICIALS = [
    *official(1, "a", "youth", x="5", y="2", boxes__one="selected", boxes__two="not_selected"),
    *official(2, "b", "social", x="4", y="2", boxes__one="selected", boxes__two="selected"),
    *official(3, "b", "youth", x="2", y="1"),
    *official(4, "d", "integrated", x="dont_know", y="missing"),
]
SMALL = pd.concat([VARIED, pd.DataFrame(OFFICIALS, columns=VARIED.columns)], ignore_index=True)


def survey(
    determined: Any = None, thresholds: Thresholds = USUAL, provenance: str = ""
) -> SurveyData:
    answers = Answers(by_respondent(SMALL), INSTRUMENT, thresholds)
    provenance = provenance or ("reconstructed" if determined else "measured")
    return SurveyData(ROUND, INSTRUMENT, FRAME, answers, determined, "answers", provenance)


@pytest.fixture(scope="module")
def facts() -> pd.DataFrame:
    return survey_facts(survey())


def fact(facts: pd.DataFrame, subject: str, group: str, base: str, statistic: str,
         team_type: str = "all") -> dict[str, Any]:  # fmt: skip
    return dict(facts.loc[fact_key("survey", subject, group, team_type, base, statistic)])


@pytest.mark.parametrize(
    ("place", "statistic", "found"),
    [
        (("x", "professionals", "all", "municipalities"), "count.agree", (1, 3)),
        (("x", "professionals", "all", "respondents"), "count.agree", (3, 9)),
        (("x", "professionals", "all", "respondents"), "count.strongly_agree", (1, 9)),
        (("x", "officials", "all", "municipalities"), "count.neutral", (1, 3)),
        (("x", "officials", "all", "respondents"), "count.agree|dont_know", (3, 4)),
        (("x", "officials", "all", "respondents"), "difference.agree.disagree", (1, 4)),
        (("x", "officials", "all", "respondents"), "count.agree & y.disagree", (2, 4)),
        (("x", "officials", "youth", "respondents"), "count.agree", (1, 2)),
        (("x", "officials", "all", "municipalities"),
         "count.agree & professionals:x.agree", (1, 3)),
        (("boxes", "officials", "all", "routed"), "count.asked", (2, 2)),
        (("boxes.two", "officials", "all", "routed"), "count.selected", (1, 2)),
        (("boxes.one", "officials", "youth", "routed"), "count.selected", (1, 1)),
    ],
)  # fmt: skip
def test_a_statistic_is_counted_on_its_own_base(
    place: tuple[str, str, str, str], statistic: str, found: tuple[int, int]
):
    assert survey().answers.count(*place, statistic) == Evaluated(*found)


def test_a_share_is_the_percentage_of_the_base():
    assert Evaluated(3, 4).share == 75.0


def test_facts_have_the_agreed_columns_and_unique_keys(facts: pd.DataFrame):
    assert list(facts.columns) == COLUMNS
    assert facts["fact"].is_unique


def test_the_same_fact_twice_is_an_error():
    row = fact_row(
        domain="d", subject="s", statistic="count.agree", value=1, unit="count",
        provenance="measured", source="f",
    )  # fmt: skip
    with pytest.raises(ValueError, match=r"facts given twice: d/s/-/-/-/count\.agree"):
        fact_frame([row, row])


@pytest.mark.parametrize("provenance", ["measured", "simulated"])
def test_in_a_round_with_answers_everything_is_exact_and_says_where_it_comes_from(provenance: str):
    facts = survey_facts(survey(provenance=provenance))
    assert set(facts["provenance"]) == {provenance}
    assert set(facts["known"]) == {"exact"}
    assert not facts["statistic"].str.contains("not_printed").any()


def test_in_a_round_with_answers_those_without_an_answer_are_counted(facts: pd.DataFrame):
    silent = fact(facts, "y", "officials", "respondents", "count.no_answer")
    assert (silent["value"], silent["denominator"]) == (1, 4)
    assert fact(facts, "x", "officials", "respondents", "count.no_answer")["value"] == 0


def test_the_response_is_told_against_the_municipalities_that_were_asked(facts: pd.DataFrame):
    assert fact(facts, "frame", "", "municipalities", "count.asked")["value"] == 5
    teams = fact(facts, "response", "professionals", "municipalities", "count.complete")
    assert (teams["value"], teams["denominator"]) == (3, 5)
    share = fact(facts, "response", "officials", "municipalities", "share.complete")
    assert share["value"] == 60.0
    either = fact(facts, "response", "all", "municipalities", "count.complete")
    both = fact(facts, "response.both", "all", "municipalities", "count.complete")
    assert (either["value"], both["value"]) == (4, 2)
    double = fact(facts, "response.two_officials", "officials", "municipalities", "count.complete")
    assert double["value"] == 1


def test_a_position_has_a_count_and_a_share(facts: pd.DataFrame):
    count = fact(facts, "x", "professionals", "municipalities", "count.agree")
    share = fact(facts, "x", "professionals", "municipalities", "share.agree")
    assert (count["value"], count["numerator"], count["denominator"]) == (1, 1, 3)
    assert share["value"] == pytest.approx(100 / 3)


def test_an_interval_is_given_per_municipality_and_its_population_is_those_asked(
    facts: pd.DataFrame,
):
    # Wilson for 1 of 3 by hand: .42691 -/+ .36542.
    plain = fact(facts, "x", "professionals", "municipalities", "wilson.agree")
    assert (plain["low"], plain["high"]) == pytest.approx((6.149, 79.233), abs=2e-3)
    # Three of five asked count as 3 / (1 - 3/5) = 7.5: .38979 -/+ .28010, which is 11 to 67; but
    # one of the five certainly agrees, and at most the two that did not answer may too.
    within = fact(facts, "x", "professionals", "municipalities", "wilson_fpc.agree")
    assert (within["low"], within["high"]) == pytest.approx((20.0, 60.0))
    assert facts_of(facts, statistic="wilson.agree", group="officials").empty


def test_a_box_is_counted_per_team_type_with_its_share_when_answers_are_real(facts: pd.DataFrame):
    one = fact(facts, "boxes.one", "officials", "routed", "share.selected", "youth")
    assert (one["value"], one["denominator"]) == (100.0, 1)
    two = fact(facts, "boxes.two", "officials", "routed", "count.selected")
    assert (two["value"], two["denominator"]) == (1, 2)


def test_the_two_groups_are_compared_in_percentage_points(facts: pd.DataFrame):
    difference = fact(facts, "x", "all", "groups", "difference.agree")
    assert difference["value"] == pytest.approx(50 - 100 / 3)
    assert facts_of(facts, subject="y", base="groups").empty


def test_facts_are_found_by_their_columns(facts: pd.DataFrame):
    found = facts_of(facts, subject="x", group="officials", statistic="count.agree")
    assert found["value"].tolist() == [2]


def test_cut_offs_change_the_facts():
    strict = survey_facts(survey(thresholds=Thresholds(agree_from=3.7)))
    assert fact(strict, "x", "professionals", "municipalities", "count.agree")["value"] == 0


# --- What printed totals determine


def total(statistic: str, low: int, high: int | None = None, **more: Any) -> Total:
    given_ = {
        "name": more.pop("name", statistic),
        "subject": more.pop("subject", "x"),
        "group": more.pop("group", "officials"),
        "team_type": "all",
        "base": "respondents",
        "denominator": 4,
        "target": low,
        "wording": "exact",
        "phrase": "",
        "weight": 1000,
    } | more
    parsed = parse_statistic(statistic, given_["subject"], given_["group"])
    return Total(statistic=parsed, low=low, high=low if high is None else high, **given_)


def bounds(*met: Total, conflicts: list[Conflict] | None = None) -> dict[str, tuple[int, int]]:
    """Lowest and highest count per position of x, for the officials."""
    result = Reconstruction(pd.DataFrame(), list(met), conflicts or [])
    return {
        place[3]: (found.low, found.high)
        for place, found in determine(result, INSTRUMENT).items()
        if place[:3] == ("officials", "all", "x")
    }


def test_a_printed_count_fixes_its_position_and_a_phrase_leaves_a_range():
    found = bounds(total("count.agree", 2), total("share.neutral", 1, 2))
    assert found == {"agree": (2, 2), "neutral": (1, 2)}


def test_two_totals_on_one_position_leave_what_both_allow():
    assert bounds(total("share.agree", 1, 3), total("share.agree", 2, 4, name="other")) == {
        "agree": (2, 3)
    }


def test_counts_that_add_up_to_the_base_leave_nothing_for_the_other_positions():
    found = bounds(total("count.agree", 3), total("count.disagree", 1))
    assert found == {"agree": (3, 3), "disagree": (1, 1), "neutral": (0, 0), "dont_know": (0, 0)}


def test_counts_that_do_not_add_up_leave_the_other_positions_open():
    assert bounds(total("count.agree", 3)) == {"agree": (3, 3)}


def test_the_others_are_what_the_base_leaves_over():
    rest = total("count.dont_know", 4, phrase="remainder")
    assert bounds(total("count.agree", 1), rest) == {"agree": (1, 1), "dont_know": (3, 3)}


def test_the_others_stay_open_beside_a_range():
    rest = total("count.dont_know", 4, phrase="remainder")
    assert bounds(total("share.agree", 1, 2), rest) == {"agree": (1, 2)}


@pytest.mark.parametrize(
    "told",
    [
        total("share.neutral|disagree", 2),
        total("count.agree & y.disagree", 2),
        total("difference.agree.disagree", 2),
        total("count.agree", 2, base="municipalities"),
    ],
    ids=lambda told: f"{told.statistic.kind}-{told.base}",
)
def test_a_total_on_more_than_one_position_or_on_another_base_fixes_none(told: Total):
    assert bounds(told) == {}


def test_a_total_that_holds_only_because_an_equal_one_was_broken_fixes_nothing():
    kept, broken = total("count.agree", 3), total("count.disagree", 3)
    equal = Reconstruction(pd.DataFrame(), [kept], [Conflict(broken, (kept,))])
    assert contested(equal) == {"count.agree"}
    assert bounds(kept, conflicts=equal.conflicts) == {}


def test_a_total_that_outweighs_the_broken_one_stands():
    kept, broken = total("count.agree", 3), total("share.disagree", 3, weight=1)
    assert bounds(kept, conflicts=[Conflict(broken, (kept,))]) == {"agree": (3, 3)}


def test_bounds_are_exact_when_one_count_is_left():
    assert Bounds(2, 2).exact
    assert not Bounds(2, 3).exact


def test_a_reconstructed_round_has_facts_only_on_what_is_determined():
    place = ("professionals", "all", "x")
    data = survey({(*place, "agree"): Bounds(1, 1), (*place, "neutral"): Bounds(1, 2)})
    facts = facts_of(survey_facts(data), subject="x")
    counts = facts[facts["unit"] == "count"]
    assert counts[["statistic", "known", "low", "high"]].fillna(0).to_numpy().tolist() == [
        ["count.agree", "exact", 0, 0],
        ["count.neutral", "range", 1, 2],
        ["count.not_printed", "range", 0, 1],
        ["count.not_printed", "exact", 0, 0],
    ]
    shares = facts_of(facts, statistic="share.neutral").iloc[0]
    assert (shares["low"], shares["high"]) == pytest.approx((100 / 3, 200 / 3))
    assert set(facts["provenance"]) == {"reconstructed"}
    # An interval needs an exact count, a comparison one of both groups.
    assert facts["statistic"].str.startswith("wilson").sum() == 2
    assert not facts["statistic"].str.startswith("difference").any()


def test_how_many_units_the_totals_leave_without_a_position_is_a_fact():
    place = ("professionals", "all", "x")
    facts = survey_facts(survey({(*place, "agree"): Bounds(1, 1)}))
    silent = fact(facts, "x", "professionals", "municipalities", "count.not_printed")
    assert (silent["value"], silent["denominator"]) == (2, 3)


# --- The real round


def test_the_real_facts_have_unique_keys():
    facts = real_study().survey_facts
    assert list(facts.columns) == COLUMNS
    assert facts.index.is_unique


@pytest.mark.parametrize(
    ("item", "group"),
    [("referral_problems", "professionals"), ("network_cooperation", "officials")],
)
def test_there_is_no_fact_on_the_positions_of_an_item_that_is_open(item: str, group: str):
    facts = facts_of(real_study().survey_facts, subject=item, group=group)
    assert facts["statistic"].tolist() == ["count.not_printed"]
    assert facts["value"].tolist() == facts["denominator"].tolist()


def test_a_range_holds_its_value_and_an_exact_fact_has_no_range():
    facts = real_study().survey_facts
    plain = facts["statistic"].str.match(r"(count|share)\.(?!not_printed)")
    ranges = facts[plain & (facts["known"] == "range")]
    assert len(ranges) == 24
    assert ((ranges["low"] <= ranges["value"]) & (ranges["value"] <= ranges["high"])).all()
    exact = facts[plain & (facts["known"] == "exact")]
    assert exact["low"].isna().all()


def test_shares_of_a_team_type_are_not_given_where_nobody_printed_how_many_were_asked():
    facts = real_study().survey_facts
    boxes = facts[facts["subject"].str.startswith("policy_aspects.")]
    of_type = boxes[boxes["team_type"] != "all"]
    assert set(of_type["statistic"]) == {"count.selected"}
    assert of_type["denominator"].isna().all()
    assert "share.selected" in set(boxes.loc[boxes["team_type"] == "all", "statistic"])


@pytest.mark.parametrize(
    ("place", "statistic", "value"),
    [
        # Printed in lines 788, 799 (31 - 16 - 5), 853 to 856 (147 - 50 - 56) and 983 to 985.
        (("specific_attention", "professionals", "municipalities"), "count.agree", 26),
        (("caseload_reflects", "professionals", "municipalities"), "count.dont_know", 10),
        (("new_method_fits", "professionals", "respondents"), "count.neutral", 41),
        (("monitoring", "officials", "respondents"), "count.disagree", 22),
        # 12 + 7 + 8 = 27 (lines 936 to 937), so nobody does not know.
        (("specific_policy", "officials", "respondents"), "count.dont_know", 0),
    ],
)
def test_what_the_printed_totals_fix_is_an_exact_fact(
    place: tuple[str, str, str], statistic: str, value: int
):
    found = fact(real_study().survey_facts, *place, statistic)
    assert (found["value"], found["known"]) == (value, "exact")
    assert found["provenance"] == "reconstructed"


def test_the_contested_middle_of_specific_policy_is_no_fact():
    # Lines 819 to 821: over half, a third and 7 of 31 cannot all be; only the 7 is printed.
    facts = facts_of(real_study().survey_facts, subject="specific_policy", group="professionals")
    counted = facts[facts["statistic"].str.startswith("count.")]
    assert counted["statistic"].tolist() == ["count.agree", "count.not_printed"]
    assert counted["value"].tolist() == [7, 24]
