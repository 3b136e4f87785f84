"""What is counted from coded fragments, and what follows from it, on evidence made by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analysis.evidence.counts import evidence_facts
from analysis.evidence.points import points_by_evidence, recurring_points
from analysis.evidence.policy import (
    policy_facts,
    policy_positions,
    rounds_side_by_side,
    statements_on,
)
from analysis.evidence.register import recommendation_register
from analysis.evidence.synthesis import item_evidence, synthesis_by_point, synthesis_facts
from analysis.evidence.units import uneven_sections, unit_facts, units_by_document
from analysis.facts import fact_frame, fact_key, fact_row
from analysis.raw.settings import Instrument
from evidence_samples import ADDED, coding_frame, evidence, value

# Counts


def test_what_a_document_repeats_counts_once():
    data = evidence({"id": "one"}, {"id": "two", "same_as": "one"}, {})
    facts = evidence_facts(data)
    assert value(facts, "fragments", "fragments") == 2
    assert value(facts, "theme.access", "fragments.case.joint") == 2


def test_a_fragment_of_two_speakers_counts_for_both():
    facts = evidence_facts(evidence({"actor": "team municipality"}, {"actor": "team"}))
    assert value(facts, "fragments", "fragments") == 2
    assert value(facts, "actor.team", "fragments") == 2
    assert value(facts, "actor.municipality", "fragments") == 1
    assert value(facts, "theme.access", "fragments.actor.municipality") == 1


def test_combinations_that_do_not_occur_are_nought():
    facts = evidence_facts(evidence({"case": "ede"}))
    assert value(facts, "theme.method", "fragments.case.ede") == 0
    assert value(facts, "theme.access", "bullets.bottleneck") == 0
    assert value(facts, "case.zwolle", "fragments") == 0


def test_a_stance_both_counts_for_each_side():
    facts = evidence_facts(evidence({"point": "trust", "stance": "both"}, {"point": "trust"}))
    assert value(facts, "point.trust", "fragments") == 2
    assert value(facts, "point.trust", "fragments.supports") == 2
    assert value(facts, "point.trust", "fragments.contradicts") == 1


def test_only_what_rests_on_an_added_file_is_measured():
    facts = evidence_facts(evidence({"case": "ede"}, {"case": "zwolle", "file": ADDED}))
    told = facts.set_index("subject").loc[["case.ede", "case.zwolle", "theme.method"]]
    told = told[told["statistic"] == "fragments"]
    assert list(told["provenance"]) == ["published", "measured", "published"]
    assert told["source"]["case.zwolle"] == ADDED


def test_municipalities_and_documents_behind_a_theme_are_counted_once_each():
    facts = evidence_facts(
        evidence({"case": "ede"}, {"case": "ede", "source": "b.txt"}, {"case": "joint"})
    )
    assert value(facts, "theme.access", "municipalities") == 1
    assert value(facts, "theme.access", "documents") == 2


# Points

SPOKEN = [
    ("agreed", [("team", "supports"), ("municipality", "supports")]),
    ("disputed", [("team", "supports"), ("municipality", "contradicts")]),
    ("disputed", [("team", "both")]),
    ("single", [("team", "supports"), ("team", "supports")]),
    ("single", [("team", "supports"), ("researcher", "supports")]),
    ("agreed", [("team municipality", "supports")]),
    ("denied", [("team", "contradicts")]),
    ("silent", []),
]


@pytest.mark.parametrize(("verdict", "spoken"), SPOKEN)
def test_the_verdict_on_a_point_follows_from_who_supports_it(verdict, spoken):
    told = [{"point": "trust", "actor": actor, "stance": stance} for actor, stance in spoken]
    points = points_by_evidence(evidence(*told)).set_index("point")
    assert points.loc["trust", "verdict"] == verdict
    assert points.loc["skill", "verdict"] == "silent"


def test_findings_from_the_literature_are_nobodys_voice():
    told = [{"point": "trust"}, {"point": "trust", "case": "literature", "actor": "municipality"}]
    points = points_by_evidence(evidence(*told)).set_index("point")
    assert (points.loc["trust", "fragments"], points.loc["trust", "verdict"]) == (1, "single")


def test_a_repeat_makes_no_second_supporter():
    told = [
        {"point": "trust", "id": "one"},
        {"point": "trust", "actor": "municipality", "same_as": "one"},
    ]
    assert points_by_evidence(evidence(*told)).set_index("point").loc["trust", "verdict"] == (
        "single"
    )


def test_a_point_recurs_when_studies_of_two_years_raise_it():
    told = [{"point": "trust", "year": 2014.0}, {"point": "trust"}, {"point": "skill"}]
    recurring = recurring_points(evidence(*told))
    assert list(recurring["point"]) == ["trust"]
    assert list(recurring["years"]) == [(2014, 2016)]


def test_themes_meet_in_fragments_with_further_points():
    data = evidence({"also": "skill"}, {"also": "known trust"}, {"theme": "method"})
    facts = evidence_facts(data)
    assert value(facts, "theme.access", "fragments.with.method") == 1
    assert value(facts, "theme.method", "fragments.with.access") == 1
    assert value(facts, "theme.access", "fragments.with.process") == 0


# Policy


def coded(policy: str, **more: Any) -> dict[str, Any]:
    return {"case": "ede", "policy": policy, **more}


@pytest.mark.parametrize(
    ("told", "position"),
    [
        ([], "not_stated"),
        (["present"], "present"),
        (["absent", "absent"], "absent"),
        (["present", "absent"], "partly"),
        (["partly", "absent"], "partly"),
    ],
)
def test_the_position_on_an_aspect_follows_from_all_statements(told, position):
    data = evidence(*(coded(policy) for policy in told), coded("present", theme="method"))
    found = policy_positions(data).set_index("aspect")
    assert found.loc["reach", "position"] == position
    assert found.loc["reach", "statements"] == len(told)


def test_only_municipalities_with_statements_of_a_year_stand_in_its_matrix():
    found = policy_positions(evidence(coded("present", year=2014.0), {"case": "zwolle"}))
    assert set(zip(found["case"], found["year"], strict=True)) == {("ede", 2014)}


def test_rounds_are_set_side_by_side_where_there_are_two():
    data = evidence(coded("absent", year=2014.0), coded("partly"), coded("partly", case="zwolle"))
    both = rounds_side_by_side(policy_positions(data))
    assert list(both["case"].unique()) == ["ede"]
    assert list(both.loc[both["aspect"] == "reach", "position"]) == ["absent", "partly"]


def test_positions_are_counted_by_aspect_and_by_municipality():
    data = evidence(coded("present"), coded("partly", case="zwolle"), coded("absent", id="f",
                    theme="method"))  # fmt: skip
    facts = policy_facts(data)
    assert value(facts, "policy.reach", "some.2016") == 2
    assert value(facts, "policy.reach", "present.2016") == 1
    assert value(facts, "policy.work", "some.2016") == 0
    assert value(facts, "policy.work", "not_stated.2016") == 1
    assert value(facts, "case.ede", "policy.some.2016") == 1
    assert value(facts, "case.ede", "policy.absent.2016") == 1
    assert value(facts, "policy", "municipalities.2016") == 2
    assert value(facts, "policy", "municipalities.both") == 0


def test_statements_are_found_with_and_without_a_code_in_the_order_of_the_document():
    told = [{"case": "ede", "line": 9.0}, coded("partly", line=3.0), coded("", theme="process")]
    data = evidence(*told)
    assert [row.id for row in statements_on(data, "ede", 2016, "reach")] == ["f-2", "f-1"]
    assert [row.id for row in statements_on(data, "ede", 2016)] == ["f-3"]


def test_without_policy_there_is_no_matrix():
    data = evidence({"case": "ede"})
    assert policy_positions(data).empty
    assert value(policy_facts(data), "policy", "municipalities.both") == 0


# The register of recommendations


def test_a_recommendation_knows_what_speaks_for_and_against_it():
    frame = coding_frame(trust={"less_trust": "supports"}, skill={"equipped": "contradicts"})
    told = [
        {"id": "asks", "kind": "recommendation", "point": "trust", "also": "skill",
         "addressee": "team"},
        {"id": "again", "kind": "recommendation", "same_as": "asks"},
        {"id": "for", "kind": "bottleneck", "point": "trust"},
        {"id": "against", "theme": "method", "point": "skill", "stance": "contradicts"},
        {"id": "both", "theme": "method", "point": "skill", "stance": "both"},
        {"id": "other", "point": "known"},
        {"id": "asked-too", "kind": "advice", "point": "trust"},
    ]  # fmt: skip
    register = recommendation_register(evidence(*told, frame=frame)).set_index("id")
    assert list(register.index) == ["asks", "asked-too"]
    row = register.loc["asks"]
    assert row["points"] == ("trust", "skill")
    assert (row["supporting"], row["contradicting"]) == (("for", "both"), ("against", "both"))
    assert row["items"] == ("less_trust", "equipped")
    assert (row["repeated"], row["addressees"]) == (("again",), ("team",))


def test_an_empty_register_has_its_columns():
    assert "supporting" in recommendation_register(evidence({})).columns


# Synthesis


def instrument(item: str) -> Instrument:
    words = dict.fromkeys(("nl", "en", "short_nl", "short_en"), "Words")
    return Instrument.model_validate(
        {
            "scale": {"disagree": 1, "agree": 5}, "team_types": [],
            "themes": [{"id": "access", "nl": "Bereik", "en": "Access"}],
            "items": [{"id": item, "theme": "access",
                       "publish": {"professionals": "municipalities"}, **words}],
        }
    )  # fmt: skip


def answers(provenance: str = "published", **counts: float | tuple[float, float]) -> pd.DataFrame:
    """Counts of one item out of 30; a pair is a range."""
    made = []
    for position, told in counts.items():
        low, high = told if isinstance(told, tuple) else (None, None)
        made.append(
            fact_row(
                domain="survey", subject="asked", group="professionals", team_type="all",
                base="municipalities", statistic=f"count.{position}", denominator=30, unit="count",
                value=told if low is None else low, low=low, high=high,  # type: ignore[arg-type]
                known="exact" if low is None else "range", provenance=provenance, source="s",
            )
        )  # fmt: skip
    return fact_frame(made)


COUNTS = [
    ({"agree": 16, "disagree": 14}, "supports"),
    ({"agree": 15, "disagree": 15}, "divided"),
    ({"agree": 10, "disagree": 5, "dont_know": 9}, "supports"),
    ({"agree": 10, "disagree": 5, "dont_know": 10}, "divided"),
    ({"agree": 10, "disagree": 6, "dont_know": 9}, "divided"),
    ({"agree": 9, "disagree": 2}, "divided"),
    ({"agree": 2, "disagree": 12}, "contradicts"),
    ({"agree": (15, 18), "disagree": 9}, "divided"),
    ({"agree": (16, 18), "disagree": 9}, "supports"),
    ({"agree": (12, 14), "disagree": (4, 6)}, "supports"),
    ({"agree": (12, 14), "disagree": (4, 7)}, "divided"),
    ({"agree": 16}, "supports"),
    ({"disagree": 16}, "contradicts"),
    ({"agree": 12}, None),
    ({"dont_know": 20}, None),
    ({}, None),
]


@pytest.mark.parametrize(("counts", "position"), COUNTS)
def test_the_survey_speaks_only_when_one_side_clearly_leads(counts, position):
    frame = coding_frame(trust={"asked": "supports"})
    found = list(item_evidence(frame.points["trust"], instrument("asked"), answers(**counts)))
    assert [item.position for item in found] == ([position] if position else [])


def test_agreeing_with_the_opposite_contradicts_the_point():
    frame = coding_frame(trust={"asked": "contradicts"})
    facts = answers(agree=20, disagree=2)
    (found,) = item_evidence(frame.points["trust"], instrument("asked"), facts)
    assert found.position == "contradicts"
    assert found.agree == fact_key(
        "survey", "asked", "professionals", "all", "municipalities", "count.agree"
    )


def test_an_item_that_this_round_does_not_ask_says_nothing():
    frame = coding_frame(trust={"dropped": "supports"})
    facts = answers(agree=20)
    assert not list(item_evidence(frame.points["trust"], instrument("asked"), facts))


FOR, AGAINST = {"point": "trust"}, {"point": "trust", "stance": "contradicts"}
READ = {"point": "trust", "case": "literature"}
VERDICTS = [
    ([FOR, READ], {}, "agree"),
    ([FOR], {"agree": 20}, "agree"),
    ([FOR], {"disagree": 20}, "clash"),
    ([FOR, READ | {"stance": "contradicts"}], {"agree": 20}, "clash"),
    ([FOR, AGAINST], {"agree": 20}, "undecided"),
    ([FOR, AGAINST], {"agree": 15, "disagree": 15}, "undecided"),
    ([FOR, READ], {"agree": 15, "disagree": 15}, "undecided"),
    ([FOR, READ | {"stance": "contradicts"}], {"agree": 15, "disagree": 15}, "clash"),
    ([FOR, READ], {"agree": 20}, "agree"),
    ([FOR, FOR, FOR, AGAINST], {}, "one_source"),
    ([FOR, AGAINST], {}, "one_source"),
    ([], {"agree": 20}, "one_source"),
]


@pytest.mark.parametrize(("told", "counts", "verdict"), VERDICTS)
def test_the_verdict_over_sources(told, counts, verdict):
    data = evidence(*told, frame=coding_frame(trust={"asked": "supports"}))
    found = synthesis_by_point(data, instrument("asked"), answers(**counts))
    assert list(found["verdict"]) == [verdict]


@pytest.mark.parametrize(("against", "position"), [(1, "supports"), (2, "divided")])
def test_a_source_is_divided_where_a_third_goes_against_the_rest(against, position):
    told = [FOR] * 3 + [AGAINST] * against
    found = synthesis_by_point(evidence(*told), instrument("asked"), answers())
    assert list(found["cases"]) == [position]


def test_conclusions_of_a_whole_study_are_no_further_source():
    data = evidence({"point": "trust", "case": "study", "actor": "researcher"})
    assert synthesis_by_point(data, instrument("asked"), answers()).empty


@pytest.mark.parametrize("provenance", ["published", "measured", "reconstructed", "simulated"])
def test_a_verdict_that_rests_on_answers_says_where_they_come_from(provenance):
    data = evidence(FOR, {"point": "known"}, frame=coding_frame(trust={"asked": "supports"}))
    found = synthesis_by_point(data, instrument("asked"), answers(provenance, agree=20))
    assert dict(zip(found["point"], found["provenance"], strict=True)) == {
        "known": "published", "trust": provenance,
    }  # fmt: skip
    facts = synthesis_facts(found, data)
    key = fact_key("synthesis", "theme.access", "", "", "", "points.agree")
    assert (facts.loc[key, "value"], facts.loc[key, "provenance"]) == (1, provenance)


# Units counted and coded


def test_units_counted_are_set_beside_units_coded():
    sections = ({"section": "s-1", "bullets": 2.0, "quotations": 1.0}, {"section": "s-2"})
    told = [
        {"section": "s-1", "form": "bullet", "id": "one"},
        {"section": "s-1", "form": "bullet", "same_as": "one"},
        {"section": "s-2", "form": "quotation"},
        {"source": "b.txt", "form": "bullet", "file": ADDED},
    ]
    data = evidence(*told, sections=sections)
    units = units_by_document(data).set_index("document")
    assert units.loc["a.txt"].to_dict() == {
        "sections": 2, "fragments": 3, "repeated": 1, "bullets": 2, "bullets_coded": 2,
        "quotations": 1, "quotations_coded": 1,
    }  # fmt: skip
    assert units.loc["b.txt", "sections"] == 0
    assert pd.isna(units.loc["b.txt", "bullets"])
    assert list(uneven_sections(data)["section"]) == ["s-1", "s-2"]
    facts = unit_facts(data)
    assert value(facts, "documents", "units.bullets_coded") == 2
    assert value(facts, "documents", "units.fragments") == 4
    assert value(facts, "documents", "uneven") == 2
    assert not facts["value"].isna().any()
