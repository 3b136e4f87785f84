"""Small rounds through the whole reconstruction."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.answers import by_respondent
from analysis.project import DataError
from analysis.raw.settings import Instrument, Round
from analysis.survey.evaluate import Answers, Evaluated
from analysis.survey.reconstruct import (
    Reconstruction,
    lay_out_respondents,
    reconstruct,
)
from helpers import SCALE, count

SMALL = Instrument.model_validate(
    {
        "scale": {"agree": 4},
        "team_types": ["youth", "social", "integrated"],
        "themes": [{"id": "t", "nl": "T", "en": "T"}],
        "items": [
            {
                "id": name, "theme": "t", "nl": "N.", "en": "N.", "short_nl": "n",
                "short_en": "n", "line": 1,
            } | more
            for name, more in {
                "team": {"publish": {"professionals": "municipalities"}},
                "person": {"publish": {"professionals": "respondents"}},
                "a": {"publish": {"officials": "respondents"}},
                "b": {"publish": {"officials": "respondents"}},
                "m": {"publish": {"officials": "municipalities"}},
                "boxes": {
                    "publish": {"officials": "respondents"},
                    "kind": "multiple",
                    "options": [{"id": name, "nl": "N", "en": "N"} for name in ("x", "y")],
                    "asked_if": {"item": "a", "positions": ["agree", "neutral"]},
                },
            }.items()
        ],
    }
)  # fmt: skip
SMALL_ROUND = Round.model_validate(
    {
        "round": "2030", "title": {"nl": "R", "en": "R"}, "fieldwork": {"year": 2030},
        "frame": "f.csv", "instrument": "i.yml",
        "source": {"kind": "published", "totals": "t.csv", "claims": "c.csv"},
    }
)  # fmt: skip


def row(place: tuple[str, str, str, str], statistic: str, value: float, unit: str = "count") -> Any:
    subject, group, team_type, base = place
    return {
        "subject": subject, "group": group, "team_type": team_type, "base": base,
        "statistic": statistic, "value": value, "unit": unit, "denominator": math.nan,
        "wording": "exact", "phrase": "", "claims": "c-1", "source": "s.txt", "line": 1.0,
    }  # fmt: skip


def table(rows: list[Any]) -> pd.DataFrame:
    return pd.DataFrame(rows).assign(total=[f"p{number:03d}" for number in range(len(rows))])


def response(people: int, teams: int, types: tuple[int, int, int], double: int) -> list[Any]:
    """The rows of a response of `people` in `teams`, and of officials of three types."""
    complete = "count.complete"
    officials = sum(types)
    kinds = zip(("youth", "social", "integrated"), types, strict=True)
    return [
        row(("response", "professionals", "all", "respondents"), complete, people),
        row(("response", "professionals", "all", "municipalities"), complete, teams),
        row(("response", "officials", "all", "respondents"), complete, officials),
        row(("response", "officials", "all", "municipalities"), complete, officials - double),
        row(("response.two_officials", "officials", "all", "municipalities"), complete, double),
        *(row(("response", "officials", k, "respondents"), complete, n) for k, n in kinds),
    ]


def small(*rows: Any, shared: int = 2) -> tuple[Reconstruction, Answers]:
    """Five professionals in two municipalities and four officials in three, reconstructed."""
    totals = table([*response(5, 2, (1, 1, 2), double=1), *rows])
    found = reconstruct(SMALL_ROUND, SMALL, totals, shared)
    return found, Answers(by_respondent(found.answers), SMALL, SMALL_ROUND.thresholds)


def test_a_percentage_of_people_comes_back():
    place = ("person", "professionals", "all", "respondents")
    found, answers = small(row(place, "share.agree", 60, "percent"))
    assert found.conflicts == []
    assert answers.count(*place, "share.agree") == Evaluated(3, 5)


def test_a_percentage_that_no_count_gives_is_a_conflict_of_its_own():
    place = ("person", "professionals", "all", "respondents")
    found, _ = small(row(place, "share.agree", 50, "percent"))
    assert [(c.total.subject, c.others) for c in found.conflicts] == [("person", ())]


@pytest.mark.parametrize("value", [6, 600])
def test_a_count_of_more_people_than_there_are_is_a_conflict_of_its_own(value: int):
    place = ("person", "professionals", "all", "respondents")
    found, answers = small(row(place, "count.agree", value), row(place, "count.disagree", 2))
    assert [(c.total.printed, c.others) for c in found.conflicts] == [(value, ())]
    assert answers.count(*place, "count.disagree").count == 2


def test_how_many_were_asked_ties_a_routed_item_to_the_one_that_leads_to_it():
    asked = ("boxes", "officials", "all", "routed")
    found, answers = small(
        row(asked, "count.asked", 3),
        row(("a", "officials", "all", "respondents"), "count.agree", 1),
        row(("boxes.x", *asked[1:]), "count.selected", 2),
    )
    assert found.conflicts == []
    neutral = answers.count("a", "officials", "all", "respondents", "count.neutral")
    assert neutral == Evaluated(2, 4)
    assert answers.count("boxes.x", *asked[1:], "count.selected") == Evaluated(2, 3)
    assert (found.answers["item"] == "boxes.x").sum() == 3


def test_everybody_in_a_municipality_gives_its_answer():
    place = ("team", "professionals", "all", "municipalities")
    found, _ = small(row(place, "count.agree", 1), row(place, "count.disagree", 1))
    answers = found.answers[found.answers["item"] == "team"]
    assert answers.groupby("municipality")["answer"].nunique().tolist() == [1, 1]
    assert sorted(answers["answer"].unique()) == ["2", "4"]


def test_officials_that_fit_neither_each_other_nor_the_municipalities_are_refused():
    rows = response(5, 2, (1, 1, 2), double=1)
    rows[2] = row(("response", "officials", "all", "respondents"), "count.complete", 5)
    with pytest.raises(DataError, match="do not fit"):
        lay_out_respondents(table(rows), 2)


@st.composite
def rounds(draw: st.DrawFn) -> tuple[pd.DataFrame, int]:
    """Totals counted from random positions, so that all of them can hold together."""
    teams = draw(st.integers(1, 5))
    people = draw(st.integers(teams, 12))
    double = draw(st.integers(0, 1))
    types = (*(draw(st.integers(double, 3)) for _ in range(2)), draw(st.integers(1, 3)))
    officials = sum(types)
    shared = draw(st.integers(0, min(teams, officials - double - double)))
    rows = response(people, teams, types, double)
    position = st.sampled_from((*SCALE, ""))
    bases = {
        ("team", "professionals", "municipalities"): teams,
        ("person", "professionals", "respondents"): people,
        ("a", "officials", "respondents"): officials,
        ("b", "officials", "respondents"): officials,
        ("m", "officials", "municipalities"): officials - double,
    }
    drawn = {
        name: draw(st.lists(position, min_size=size, max_size=size)) for name, size in bases.items()
    }
    told = draw(st.lists(st.sampled_from(SCALE), unique=True, max_size=4))
    for (item, group, base), positions in drawn.items():
        place = (item, group, "all", base)
        for name in told:
            if draw(st.booleans()):
                rows.append(row(place, f"count.{name}", positions.count(name)))
            else:
                share = round(100 * positions.count(name) / len(positions))
                rows.append(row(place, f"share.{name}", share, "percent"))
    first, second = (drawn[name, "officials", "respondents"] for name in ("a", "b"))
    pairs = list(zip(first, second, strict=True))
    both = draw(st.sampled_from(SCALE)), draw(st.sampled_from(SCALE))
    place = ("a", "officials", "all", "respondents")
    rows.append(row(place, f"count.{both[0]} & b.{both[1]}", pairs.count(both)))
    asked = sum(one in ("agree", "neutral") for one in first)
    if asked:
        ticked = draw(st.integers(0, asked))
        rows.append(row(("boxes", "officials", "all", "routed"), "count.asked", asked))
        rows.append(row(("boxes.x", "officials", "all", "routed"), "count.selected", ticked))
    return table(rows), shared


@settings(max_examples=25, deadline=None)
@given(rounds())
def test_totals_that_were_counted_from_answers_all_come_back(given_: tuple[pd.DataFrame, int]):
    totals, shared = given_
    found = reconstruct(SMALL_ROUND, SMALL, totals, shared)
    assert found.conflicts == []
    answers = Answers(by_respondent(found.answers), SMALL, SMALL_ROUND.thresholds)
    for line in totals[~totals["subject"].str.startswith("response")].to_dict("records"):
        told = count(answers, line)
        value = told.share if line["unit"] == "percent" else told.count
        slack = 0.5 if line["unit"] == "percent" else 0
        assert abs(value - line["value"]) <= slack + 1e-9, line
