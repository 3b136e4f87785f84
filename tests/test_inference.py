"""Inference on a round: known answers from outside, what is left out, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.answers import by_respondent
from analysis.facts import fact_frame
from analysis.project import CallError
from analysis.raw.settings import Instrument, read_round, round_instrument
from analysis.simulate.draw import draw_round
from analysis.simulate.plan import Plan
from analysis.survey import inference_scores
from analysis.survey.evaluate import Answers
from analysis.survey.inference import inference_facts
from analysis.survey.inference_stability import SHARES
from analysis.survey.results import SurveyData, survey_facts
from answered import draw, instrument, settings_of
from rounds import empty_round

Scores = Mapping[str, Mapping[str, Mapping[str, Sequence[int]]]]
BOTH = {"professionals": "municipalities", "officials": "respondents"}


def questions(*names: str, publish: Mapping[str, str] = BOTH) -> Instrument:
    """Statements with these names, put to the groups in `publish`."""
    texts = {name: f"{name}." for name in ("nl", "en", "short_nl", "short_en")}
    return Instrument.model_validate(
        {
            "scale": {f"s{n}": n for n in range(1, 6)},
            "team_types": ["youth"],
            "themes": [{"id": "t", "nl": "t", "en": "t"}],
            "items": [{"id": n, "theme": "t", "publish": dict(publish), **texts} for n in names],
        }
    )


def frame_of(size: int, **more: Sequence[Any]) -> pd.DataFrame:
    names = [f"p{n}" for n in range(size)]
    return pd.DataFrame({"municipality": names, "name": names, "code": names, **more})


def round_of(
    given_: Scores, *, frame: pd.DataFrame | None = None, asked: Instrument | None = None,
    **more: Any,
) -> SurveyData:  # fmt: skip
    """A round in which each municipality gave the scores told per item and group."""
    places = sorted({p for groups in given_.values() for told in groups.values() for p in told})
    rows = [
        (100 * places.index(place) + number, place, group, "youth", item, str(score))
        for item, groups in given_.items()
        for group, told in groups.items()
        for place, scores in told.items()
        for number, score in enumerate(scores, start=1)
    ]
    columns = ["respondent", "municipality", "group", "team_type", "item", "answer"]
    asked = asked or questions(*given_)
    chosen = settings_of(differences=[], **{"minimum_cell": 2} | more)
    answers = Answers(by_respondent(pd.DataFrame(rows, columns=columns)), asked, chosen.thresholds)
    frame = frame_of(12) if frame is None else frame
    return SurveyData(chosen, asked, frame, answers, None, "survey/2027/answers", "measured")


def facts_of(data: SurveyData, linked: Answers | None = None) -> pd.DataFrame:
    return fact_frame(inference_facts(data, linked))


def fact(facts: pd.DataFrame, item: str, group: str, base: str, statistic: str) -> dict[str, Any]:
    return dict(facts.loc[f"survey/{item}/{group}/all/{base}/{statistic}"])


def value(facts: pd.DataFrame, *place: str) -> float:
    return float(fact(facts, *place)["value"])


def of_item(facts: pd.DataFrame, item: str, part: str) -> set[str]:
    """The statistics of an item that have `part` in their name."""
    own = facts[facts["subject"] == item]
    return {name for name in own["statistic"] if part in name}


# --- Levels


def test_the_average_municipality_has_a_t_interval_with_and_without_correction():
    # Means 2, 3 and 4: mean 3, standard error 1 / sqrt(3), t(.975, 2) = 4.302653 (any t table).
    scores = {"p0": [1, 3], "p1": [3, 3, 3, 3], "p2": [4]}
    facts = facts_of(round_of({"a": {"professionals": scores}}))
    plain = fact(facts, "a", "professionals", "municipalities", "mean.score")
    assert (plain["value"], plain["denominator"]) == (3, 3)
    assert plain["high"] - 3 == pytest.approx(4.302653 / 3**0.5, rel=1e-6)
    corrected = fact(facts, "a", "professionals", "municipalities", "mean_fpc.score")
    assert corrected["high"] - 3 == pytest.approx(4.302653 / 3**0.5 * (1 - 3 / 12) ** 0.5, rel=1e-6)
    # By respondent large teams count for more: 20 / 7.
    pooled = value(facts, "a", "professionals", "respondents", "pooled_mean.score")
    assert pooled == pytest.approx(20 / 7)
    assert value(facts, "a", "professionals", "municipalities", "median.score") == 3


def test_a_share_of_none_has_the_exact_interval_of_clopper_and_pearson():
    # 0 of 20: 0 to .1684 (Newcombe, 1998, Statistics in Medicine 17, table I).
    places = {f"p{n}": [1] for n in range(20)}
    facts = facts_of(round_of({"a": {"professionals": places}}, frame=frame_of(20)))
    exact = fact(facts, "a", "professionals", "municipalities", "clopper.agree")
    assert (exact["low"], exact["high"]) == (0, pytest.approx(16.84, abs=0.005))
    whole = fact(facts, "a", "professionals", "municipalities", "clopper_fpc.agree")
    assert (whole["low"], whole["high"]) == (0, 0)  # everybody who was asked answered


# --- Differences

# Half the differences of Student's sleep data: R, t.test(extra ~ group, paired = TRUE) gives
# t = -4.0621, p = 0.002833, 95 % interval -2.4598858 to -0.7001142, mean -1.58; all 2^10 signs
# give p = 4 / 1024.
SLEEP = (-0.6, -1.2, -0.65, -0.65, 0.0, -0.5, -0.9, -0.4, -2.3, -0.7)


def mean_of(mean: float, size: int = 20) -> list[int]:
    """Whole scores with this mean."""
    low, more = divmod(round(mean * size), size)
    return [low + 1] * more + [low] * (size - more)


def sleep() -> dict[str, dict[str, Sequence[int]]]:
    officials = {f"p{n}": mean_of(4 + gap) for n, gap in enumerate(SLEEP)}
    return {"officials": officials, "professionals": {place: [4, 4] for place in officials}}


def alike() -> dict[str, dict[str, Sequence[int]]]:
    """Both groups score the same everywhere, so that p is 1."""
    places = {f"p{n}": [3 + n % 2] for n in range(10)}
    return {"officials": places, "professionals": places}


def test_officials_are_compared_with_professionals_of_their_own_municipality():
    facts = facts_of(round_of({"a": sleep()}))
    mean = fact(facts, "a", "all", "pairs", "paired.mean")
    assert (mean["value"], mean["denominator"]) == (pytest.approx(-0.79), 10)
    assert mean["low"] == pytest.approx(-2.4598858 / 2, abs=1e-7)
    assert mean["high"] == pytest.approx(-0.7001142 / 2, abs=1e-7)
    assert value(facts, "a", "all", "pairs", "paired.p_t") == pytest.approx(0.00283289, rel=1e-5)
    assert value(facts, "a", "all", "pairs", "paired.p_sign_flip") == 0.00390625
    # One zero, the other nine negative: every way of ranking points one way.
    assert value(facts, "a", "all", "pairs", "paired.rank_biserial") == -1
    assert value(facts, "a", "all", "pairs", "paired.level_professionals") == 4


def test_only_municipalities_with_both_groups_make_a_pair():
    scores = sleep()
    scores["officials"]["p10"] = [1, 1]
    scores["officials"]["p11"] = [1, 1]
    facts = facts_of(round_of({"a": scores}))
    assert fact(facts, "a", "all", "pairs", "paired.mean")["value"] == pytest.approx(-0.79)


def test_a_difference_is_one_only_when_the_adjusted_p_value_says_so():
    assert value(facts_of(round_of({"a": sleep()})), "a", "all", "pairs", "paired.differs") == -1
    # With twenty others the p-value is taken 21 times: .0039 x 21 = .082.
    many = {"a": sleep(), **{f"n{i}": alike() for i in range(20)}}
    facts = facts_of(round_of(many))
    assert value(facts, "a", "all", "pairs", "paired.p_bh") == pytest.approx(21 * 0.00390625)
    assert value(facts, "a", "all", "pairs", "paired.differs") == 0
    counts = fact(facts, "comparison.tests", "all", "pairs", "paired.differing")
    assert (counts["value"], counts["denominator"]) == (0, 21)


def test_a_difference_upwards_is_told_as_one_upwards():
    scores = sleep()
    turned = {"officials": scores["professionals"], "professionals": scores["officials"]}
    assert value(facts_of(round_of({"a": turned})), "a", "all", "pairs", "paired.differs") == 1


def test_items_of_a_declared_family_are_adjusted_for_each_other_alone():
    items = {"a": sleep(), "b": alike(), "c": alike(), "d": alike()}
    facts = facts_of(round_of(items, families={"reach": ["a", "b"]}))
    assert value(facts, "a", "all", "pairs", "paired.p_holm") == pytest.approx(2 * 0.00390625)
    assert of_item(facts, "c", "paired.p_") >= {"paired.p_bh"}
    assert of_item(facts, "a", "paired.p_bh") == set()
    assert fact(facts, "c", "all", "pairs", "paired.p_bh")["denominator"] == 2
    tests = ("comparison.tests", "all", "pairs")
    assert value(facts, *tests, "paired.tests.family.reach") == 2
    assert value(facts, *tests, "paired.tests.rest") == 2


def test_over_all_respondents_the_odds_of_a_higher_score_are_compared():
    facts = facts_of(round_of({"a": sleep()}))
    # Every professional chose 4, so that an official is higher or equal as often as counted here.
    scores = [score for scores in sleep()["officials"].values() for score in scores]
    higher = np.mean([(score > 4) + (score == 4) / 2 for score in scores])
    above = value(facts, "a", "all", "respondents", "superiority.probability")
    assert above == pytest.approx(higher)
    assert of_item(facts, "a", "absent.ordinal") == {"absent.ordinal.separation"}
    facts = facts_of(simulated())
    odds = fact(facts, "equipped", "all", "respondents", "ordinal.log_odds")
    assert odds["low"] < odds["value"] < odds["high"]


def test_a_round_too_large_for_counting_signs_says_so_and_takes_the_t_test(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(inference_scores, "LARGE", 100)
    facts = facts_of(round_of({"a": sleep()}))
    assert of_item(facts, "a", ".large") == {"absent.permutations.large", "absent.ordinal.large"}
    assert of_item(facts, "a", "p_sign_flip") == set()
    assert value(facts, "a", "all", "pairs", "paired.p_bh") == pytest.approx(0.00283289, rel=1e-5)
    assert value(facts, "a", "all", "pairs", "paired.differs") == -1


# --- Agreement


def test_agreement_is_counted_where_three_or_more_answered():
    # By hand: between groups 50 / 5 = 10, within 4 / 12 = 1/3, so ICC(1) = (10 - 1/3) / (10 + 2/3)
    # and ICC(2) = (10 - 1/3) / 10; each variance is 1/3 of a possible 2, so rwg = 5/6.
    teams = {f"p{n}": [1, 1, 2] if n < 3 else [4, 5, 5] for n in range(6)}
    facts = facts_of(round_of({"a": {"professionals": teams | {"p7": [3], "p8": [1, 5]}}}))
    place = ("a", "professionals", "teams")
    assert value(facts, *place, "icc1.score") == pytest.approx(29 / 32)
    assert value(facts, *place, "icc2.score") == pytest.approx(29 / 30)
    assert value(facts, *place, "rwg.mean") == pytest.approx(5 / 6)
    assert fact(facts, *place, "icc1.score")["denominator"] == 6
    assert value(facts, "agreement", "professionals", "municipalities", "count.single") == 1


def test_of_municipalities_with_one_official_there_is_no_agreement_and_a_reason():
    facts = facts_of(simulated())
    own = facts[(facts["group"] == "officials") & (facts["base"] == "teams")]
    assert set(own["statistic"]) == {"absent.teams.one_member"}
    assert value(facts, "agreement", "officials", "municipalities", "count.three_or_more") == 0


def test_two_groups_that_answer_the_same_agree_wholly():
    facts = facts_of(round_of({"a": alike()}))
    assert value(facts, "a", "all", "pairs", "icc_a1.score") == pytest.approx(1)


# --- Those who did not answer


def test_the_share_of_all_municipalities_lies_between_what_the_silent_could_make_of_it():
    places = {f"p{n}": [5] if n < 6 else [1] for n in range(10)}
    facts = facts_of(round_of({"a": {"professionals": places}}))
    bounds = fact(facts, "a", "professionals", "municipalities", "worst_case.agree")
    assert (bounds["value"], bounds["low"]) == (60, 50)  # 6 of 10; 6 of 12
    assert bounds["high"] == pytest.approx(100 * 8 / 12)


REGIONS = ["east"] * 6 + ["west"] * 6
# Four of the east, which agree, and two of the west, which do not.
TOOK_PART = {"p0": [5], "p1": [5], "p2": [5], "p3": [5], "p6": [1], "p7": [1]}


def test_weights_give_those_who_answered_the_make_up_of_the_frame():
    frame = frame_of(12, aux_region=REGIONS)
    facts = facts_of(round_of({"a": {"professionals": TOOK_PART}}, frame=frame))
    place = ("professionals", "municipalities")
    assert value(facts, "a", *place, "raked.agree") == pytest.approx(50)  # 67 without weights
    # Weights .75 and 1.5: 6 (4 x .5625 + 2 x 2.25) / 36.
    assert value(facts, "nonresponse", *place, "raked.kish") == pytest.approx(1.125)
    east = "nonresponse.aux_region.east"
    assert value(facts, east, *place, "compared.answered") == pytest.approx(4 / 6)
    assert value(facts, east, *place, "compared.silent") == pytest.approx(2 / 6)


def test_numbers_of_the_frame_are_compared_too():
    frame = frame_of(12, aux_size=[float(n) for n in range(12)])
    facts = facts_of(round_of({"a": {"professionals": TOOK_PART}}, frame=frame))
    size = ("nonresponse.aux_size", "professionals", "municipalities")
    assert value(facts, *size, "compared.answered") == pytest.approx((0 + 1 + 2 + 3 + 6 + 7) / 6)
    assert value(facts, "nonresponse", *size[1:], "raked.kish") > 1


def test_a_part_of_the_country_that_took_part_wholly_is_not_told():
    frame = frame_of(12, aux_region=["east"] * 4 + ["west"] * 8)
    facts = facts_of(round_of({"a": {"professionals": TOOK_PART}}, frame=frame))
    assert of_item(facts, "nonresponse.aux_region.east", "") == set()
    assert of_item(facts, "nonresponse.aux_region.west", "compared.answered")


@pytest.mark.parametrize(
    ("columns", "names", "minimum", "reason"),
    [
        ({}, TOOK_PART, 2, "no_columns"),
        ({"aux_region": REGIONS}, {"m0001": [1], "m0002": [1]}, 2, "not_linked"),
        ({"aux_region": REGIONS}, {f"p{n}": [1] for n in range(12)}, 2, "everybody"),
        ({"aux_region": REGIONS}, {f"p{n}": [1] for n in range(9)}, 5, "few"),
    ],
)
def test_without_what_it_takes_nothing_is_compared_and_the_reason_told(
    columns: dict[str, Any], names: dict[str, list[int]], minimum: int, reason: str
):
    frame = frame_of(12, **columns)
    data = round_of({"a": {"professionals": names}}, frame=frame, minimum_cell=minimum)
    own = facts_of(data)
    own = own[(own["subject"] == "nonresponse") & (own["group"] == "professionals")]
    assert list(own["statistic"]) == [f"absent.nonresponse.{reason}"]


def test_answers_under_numbers_are_compared_when_they_are_given_under_names_too():
    frame = frame_of(12, aux_region=REGIONS)
    numbered = {f"m{n:04d}": scores for n, scores in enumerate(TOOK_PART.values())}
    kept = round_of({"a": {"professionals": numbered}}, frame=frame)
    linked = round_of({"a": {"professionals": TOOK_PART}}, frame=frame).answers
    facts = facts_of(kept, linked)
    assert value(facts, "a", "professionals", "municipalities", "raked.agree") == pytest.approx(50)


def test_weights_that_cannot_be_made_are_left_out_with_the_reason():
    frame = frame_of(12, aux_region=["east"] * 4 + ["west"] * 6 + ["north"] * 2)
    facts = facts_of(round_of({"a": {"professionals": TOOK_PART}}, frame=frame))
    assert of_item(facts, "nonresponse", "raking") == {"absent.raking.no_weights"}
    assert of_item(facts, "a", "raked") == set()


# --- What holds


def stable(means: Sequence[Sequence[int]]) -> dict[str, float]:
    places = {f"p{n}": scores for n, scores in enumerate(means)}
    facts = facts_of(round_of({"a": {"professionals": places}}))
    names = [f"majority.{way}" for way in SHARES] + ["stable.majority"]
    return {name: value(facts, "a", "professionals", "conclusions", name) for name in names}


def test_a_majority_that_no_way_of_counting_changes_holds():
    assert set(stable([[5, 4], [5], [4, 4], [1]]).values()) == {1}


@pytest.mark.parametrize(
    ("means", "changed"),
    [
        ([[3, 4], [3, 4], [1]], {"stricter", "pooled"}),  # 3.5: agreement, but not from 3.75
        ([[3, 3, 4], [3, 3, 4], [1]], {"looser"}),  # 3.33: agreement from 3.25
        # Mean 3, median 4: only by median, and of all respondents 4 of 7 agree.
        ([[1, 4, 4], [1, 4, 4], [1]], {"median", "pooled"}),
    ],
)
def test_a_majority_that_hangs_on_the_way_of_counting_is_fragile(
    means: Sequence[Sequence[int]], changed: set[str]
):
    found = stable(means)
    assert found["stable.majority"] == 0
    ways = {way for way in SHARES if found[f"majority.{way}"] != found["majority.round"]}
    assert ways == changed


def test_the_statement_that_most_agree_with_holds_or_is_fragile():
    firm = {"a": {"professionals": {"p0": [5], "p1": [5], "p2": [1]}},
            "b": {"professionals": {"p0": [1], "p1": [1], "p2": [1]}}}  # fmt: skip
    place = ("conclusions", "professionals", "conclusions")
    assert value(facts_of(round_of(firm)), *place, "stable.top_agree") == 1
    # b is ahead only while 3.5 is agreement.
    close = {"a": {"professionals": {"p0": [5], "p1": [1, 1], "p2": [1, 1]}},
             "b": {"professionals": {"p0": [1], "p1": [3, 4], "p2": [3, 4]}}}  # fmt: skip
    assert value(facts_of(round_of(close)), *place, "stable.top_agree") == 0


def test_which_group_scores_higher_holds_when_every_measure_says_so():
    low = {f"p{n}": [1, 2] for n in range(4)}
    high = {f"p{n}": [5, 4] for n in range(4)}
    facts = facts_of(round_of({"a": {"officials": high, "professionals": low}}))
    own = facts[(facts["subject"] == "a") & facts["statistic"].str.startswith("direction.")]
    assert set(own["value"]) == {1}
    assert value(facts, "a", "all", "conclusions", "stable.direction") == 1
    # Means differ, medians do not.
    mixed = {f"p{n}": [4, 4, 5] for n in range(4)}
    level = {f"p{n}": [4, 4, 4] for n in range(4)}
    facts = facts_of(round_of({"a": {"officials": mixed, "professionals": level}}))
    assert value(facts, "a", "all", "conclusions", "direction.mean") == 1
    assert value(facts, "a", "all", "conclusions", "direction.median") == 0
    assert value(facts, "a", "all", "conclusions", "stable.direction") == 0


# --- What is not told


def test_nothing_is_inferred_from_respondents_who_were_made():
    data = replace(round_of({"a": sleep()}), provenance="reconstructed")
    assert inference_facts(data) == []


def test_no_row_rests_on_fewer_respondents_than_may_be_told():
    scores = {"p0": [3, 4], "p1": [5, 5]}
    few = facts_of(round_of({"a": {"professionals": scores}}, minimum_cell=5))
    own = few[(few["subject"] == "a") & (few["group"] == "professionals")]
    assert set(own["statistic"]) == {"absent.mean.few", "absent.teams.few"}
    enough = facts_of(round_of({"a": {"professionals": scores}}, minimum_cell=4))
    assert of_item(enough, "a", "mean.score")


def test_one_municipality_alone_is_never_told():
    facts = facts_of(round_of({"a": {"professionals": {"p0": [1, 2, 3, 4, 5]}}}))
    assert of_item(facts, "a", "mean.score") == set()


def test_pairs_are_not_told_when_they_would_tell_the_answers_of_the_rest():
    # The mean of all less that of the pairs leaves the one professional of p10.
    scores = sleep()
    scores["professionals"] = {**scores["professionals"], "p10": [1]}
    facts = facts_of(round_of({"a": scores}))
    assert of_item(facts, "a", "paired") == {"absent.paired.rest"}
    assert of_item(facts, "a", "icc_a1") == {"absent.icc_a1.rest"}
    assert of_item(facts, "a", "direction") == set()


def test_how_many_gave_a_score_is_not_told_when_that_tells_of_the_few_others():
    # All were asked b; only p3, with one respondent, gave no score on a.
    told = {f"p{n}": [3, 4] for n in range(3)}
    everybody = {"b": {"professionals": {**told, "p3": [3]}}}
    facts = facts_of(round_of({"a": {"professionals": told}, **everybody}))
    place = ("professionals", "municipalities", "mean.score")
    assert np.isnan(fact(facts, "a", *place)["denominator"])
    assert fact(facts, "b", *place)["denominator"] == 4
    enough = facts_of(round_of({"a": {"professionals": told}, **everybody}, minimum_cell=1))
    assert fact(enough, "a", *place)["denominator"] == 3


# --- Any round


def simulated(**more: Any) -> SurveyData:
    """A round of the usual size of the real questionnaire."""
    chosen, frame, asked = settings_of(**more), frame_of(49), instrument()
    answers = Answers(draw_round(asked, frame, Plan()), asked, chosen.thresholds)
    return SurveyData(chosen, asked, frame, answers, None, "survey/2027/answers", "simulated")


def test_the_majority_by_the_cut_offs_of_the_round_is_that_of_the_shares_printed():
    data = simulated()
    facts, printed = facts_of(data), survey_facts(data)
    compared = 0
    for item in data.instrument.items:
        key = f"survey/{item.id}/professionals/all/municipalities/share.agree"
        if key in printed.index:
            told = value(facts, item.id, "professionals", "conclusions", "majority.round")
            assert told == (printed.loc[key, "value"] > 50), item.id
            compared += 1
    assert compared > 10


@settings(max_examples=8, deadline=None)
@given(people=st.integers(0, 60), seed=st.integers(0, 2**16), minimum=st.integers(1, 8))
def test_any_round_gives_facts_whatever_the_order_of_its_respondents(
    people: int, seed: int, minimum: int
):
    asked = instrument()
    answers = draw(asked, max(people, 1)).iloc[:people]
    chosen = settings_of(minimum_cell=minimum)

    def facts(rows: pd.DataFrame) -> pd.DataFrame:
        told = Answers(rows, asked, chosen.thresholds)
        return facts_of(
            SurveyData(chosen, asked, frame_of(12), told, None, "survey/2027/answers", "measured")
        )

    found = facts(answers)
    assert np.isfinite(found["value"].to_numpy()).all()
    assert (found["low"].isna() | (found["low"] <= found["high"])).all()
    shuffled = facts(answers.sample(frac=1, random_state=seed))
    pd.testing.assert_frame_equal(found, shuffled, atol=1e-9)


# --- Families in the settings


@pytest.mark.parametrize(
    ("families", "message"),
    [
        ("{reach: [nothing]}", "families.reach names nothing, no item"),
        ("{one: [outreach], two: [outreach]}", "outreach stands twice in families (one and two)"),
    ],
)
def test_a_family_names_items_of_the_round_each_once(families: str, message: str, tmp_path: Path):
    project = empty_round(tmp_path, families=families)
    with pytest.raises(CallError, match=r"round\.yml: ") as raised:
        round_instrument(project, read_round(project, "2027"))
    assert message in str(raised.value)


def test_a_new_round_declares_no_families(tmp_path: Path):
    assert read_round(empty_round(tmp_path), "2027").families == {}
