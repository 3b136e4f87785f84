"""Counting answers: masks over columns give what asking everybody in turn would give."""

from __future__ import annotations

from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.answers import ANSWER_TYPE, POSITION_OF
from analysis.raw.settings import Instrument, Thresholds
from analysis.survey.evaluate import Answers, Evaluated

GROUPS = ("professionals", "officials")
TEAMS = ("youth", "social", "integrated", "unknown")
SCALE = ("1", "2", "3", "4", "5", "dont_know", "missing")


def naive(
    frame: pd.DataFrame, questions: Instrument, statistic: tuple[str, str, str, str, str]
) -> Evaluated:
    """A statistic counted respondent by respondent, as the grammar says it."""
    subject, group, team_type, base, text = statistic
    people = [dict(row) for _, row in frame.iterrows()]
    members = [p for p in people if p["group"] == group]
    gate = questions.item(subject.partition(".")[0]).asked_if

    def of(person: dict[str, Any], item: str) -> str | None:
        answer = person[item]
        return None if pd.isna(answer) else POSITION_OF[answer]

    def of_place(place: str, group: str, item: str) -> str | None:
        here = [p for p in people if p["municipality"] == place and p["group"] == group]
        given_ = [p[item] for p in here if not pd.isna(p[item])]
        boxes = [a for a in given_ if a in ("selected", "not_selected")]
        if boxes:
            return "selected" if 2 * boxes.count("selected") >= len(boxes) else "not_selected"
        scores = [int(a) for a in given_ if a in "12345"]
        unsure = given_.count("dont_know")
        if not given_:
            return None
        if not scores and not unsure:
            return "missing"
        if 2 * unsure >= len(scores) + unsure:
            return "dont_know"
        mean = sum(scores) / len(scores)
        return "agree" if mean >= 3.5 else "disagree" if mean <= 2.5 else "neutral"

    first, *others = text.partition(".")[2].split(" & ")
    conditions = [(group, subject, first)]
    for other in others:
        where, _, position = other.rpartition(".")
        whose, _, item = where.rpartition(":")
        conditions.append((whose or group, item, position))
    if base == "municipalities":
        units = sorted({p["municipality"] for p in members})
        hits = [all(of_place(u, g, i) in pos.split("|") for g, i, pos in conditions) for u in units]
        return Evaluated(sum(hits), len(units))
    units = [p for p in members if team_type in ("all", p["team_type"])]
    if base == "routed" and gate:
        units = [p for p in units if of(p, gate.item) in gate.positions]

    def holds(person: dict[str, Any], whose: str, item: str, positions: str) -> bool:
        own = whose == group
        found = of(person, item) if own else of_place(person["municipality"], whose, item)
        return found in positions.split("|")

    return Evaluated(sum(all(holds(p, *c) for c in conditions) for p in units), len(units))


def asked_item(name: str, **more: Any) -> dict[str, Any]:
    texts = {"nl": "N.", "en": "N.", "short_nl": "n", "short_en": "n"}
    everybody = {"professionals": "municipalities", "officials": "respondents"}
    return {"id": name, "theme": "t", "publish": everybody} | texts | more


TWO = Instrument.model_validate(
    {
        "scale": {"strongly_disagree": 1, "strongly_agree": 5},
        "team_types": list(TEAMS[:3]),
        "themes": [{"id": "t", "nl": "T", "en": "T"}],
        "items": [
            asked_item("x"),
            asked_item("y"),
            asked_item("b", kind="multiple", options=[{"id": "one", "nl": "N", "en": "N"}],
                       asked_if={"item": "x", "positions": ["agree", "neutral"]}),
        ],
    }
)  # fmt: skip
PERSON = st.tuples(
    st.sampled_from("abc"), st.sampled_from(GROUPS), st.sampled_from(TEAMS),
    st.sampled_from(SCALE), st.sampled_from((*SCALE, None)),
    st.sampled_from(("selected", "not_selected")),
)  # fmt: skip
STATISTIC = st.tuples(
    st.sampled_from(("x", "y")),
    st.sampled_from(GROUPS),
    st.sampled_from(("all", *TEAMS)),
    st.sampled_from(("municipalities", "respondents")),
    st.sampled_from(
        (
            "count.agree", "count.neutral|disagree", "count.dont_know", "count.missing",
            "count.agree & y.agree", "count.disagree & officials:x.agree",
            "count.agree|neutral & professionals:y.disagree",
        )
    ),
)  # fmt: skip
BOX = st.tuples(
    st.just("b.one"), st.sampled_from(GROUPS), st.sampled_from(("all", "youth")),
    st.sampled_from(("routed", "respondents")), st.just("count.selected"),
)  # fmt: skip


def typed(people: list[Any]) -> pd.DataFrame:
    columns = ["municipality", "group", "team_type", "x", "y", "b.one"]
    frame = pd.DataFrame(people, columns=columns)
    led = frame["x"].map(POSITION_OF).isin(("agree", "neutral"))
    frame["b.one"] = frame["b.one"].where(led, None)
    types = dict.fromkeys(("x", "y", "b.one"), ANSWER_TYPE)
    frame = frame.astype(types | dict.fromkeys(("group", "team_type"), "category"))
    return frame.assign(respondent=range(1, len(frame) + 1))


@settings(deadline=None, max_examples=60)
@given(st.lists(PERSON, min_size=1, max_size=14), st.one_of(STATISTIC, BOX))
def test_every_count_is_what_asking_one_respondent_after_another_gives(
    people: list[Any], statistic: tuple[str, str, str, str, str]
):
    frame = typed(people)
    assert Answers(frame, TWO, Thresholds()).count(*statistic) == naive(frame, TWO, statistic)


@settings(deadline=None, max_examples=30)
@given(st.lists(PERSON, min_size=1, max_size=14))
def test_the_cube_holds_every_answer_once(people: list[Any]):
    frame = typed(people)
    answers = Answers(frame, TWO, Thresholds())
    keys = ["municipality", "group", "team_type", "item", "answer"]
    long = frame.melt(keys[:3], ["x", "y", "b.one"], "item", "answer").dropna()
    counted = long.astype(str).groupby(keys).size().to_dict()
    cube = answers.cube
    assert dict(zip(cube[keys].itertuples(index=False, name=None), cube["n"], strict=True)) == (
        counted
    )
    for group in GROUPS:
        sizes = answers.sizes_by_municipality(group)
        there = frame.loc[frame["group"] == group, "municipality"]
        assert sizes.to_dict() == there.value_counts().to_dict()
        assert answers.municipalities(group) == sorted(set(there))
        assert answers.size(group) == len(there)


def test_an_answer_of_ones_own_group_is_never_that_of_the_municipality():
    # The second official was not asked y; that of the first does not count for them.
    people = [
        ("a", "officials", "youth", "4", "5", None),
        ("a", "officials", "youth", "4", None, None),
    ]
    found = Answers(typed(people), TWO, Thresholds()).count(
        "x", "officials", "all", "respondents", "count.agree & y.agree"
    )
    assert found == Evaluated(1, 2)


def test_a_condition_on_the_other_group_is_about_its_position_in_the_municipality():
    # The official disagrees; the professionals of the same place agree, those of b do not.
    people = [
        ("a", "officials", "youth", "2", "2", None),
        ("b", "officials", "youth", "2", "2", None),
        ("a", "professionals", "youth", "5", "5", None),
        ("b", "professionals", "youth", "1", "1", None),
    ]
    answers = Answers(typed(people), TWO, Thresholds())
    place = ("x", "officials", "all")
    both = "count.disagree & professionals:x.agree"
    assert answers.count(*place, "respondents", both) == Evaluated(1, 2)
    assert answers.count(*place, "municipalities", both) == Evaluated(1, 2)
