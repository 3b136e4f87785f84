"""Reconstruction: answers that give back the printed totals, and a finding where they cannot."""

from __future__ import annotations

import csv
import hashlib
import math
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.project import DataError
from analysis.raw.settings import Instrument, Round, Thresholds, read_instrument, read_round
from analysis.raw.survey import read_frame, read_totals
from analysis.survey import load
from analysis.survey.evaluate import Answers, Evaluated
from analysis.survey.programme import Ask, Programme, Unit
from analysis.survey.reconstruct import (
    Reconstruction,
    constraints_of,
    lay_out_respondents,
    list_asks,
    reconstruct,
)
from analysis.survey.statistics import Condition, parse_statistic
from analysis.survey.totals import Total, count_bounds, counts_for_percent
from helpers import PUBLISHED, ROOT, ROUND, copy_raw, edit, real_project, real_study

with (ROOT / "data" / "raw" / PUBLISHED).open(encoding="utf-8", newline="") as file:
    PRINTED = list(csv.DictReader(file))

# What the totals of 2016 say that cannot all be true. Per total that was left out (subject,
# group, statistic, printed as) the totals with which it cannot hold, and why:
CONFLICTS = {
    # lines 1066-1067: 13/27 = 48 %, 14/27 = 52 %; 3/27 = 11 %, 4/27 = 15 %
    ("reach_improved", "officials", "share.neutral", "50"): set(),
    ("reach_improved", "officials", "share.strongly_disagree", "12"): set(),
    # lines 809-811: a majority of 31 is 16, printed are 13
    ("less_trust", "professionals", "share.disagree", "majority"): {("count.disagree", "13")},
    # lines 819-821: more than half, at least .27 and 7 of 31 are 16 + 9 + 7 = 32
    ("specific_policy", "professionals", "share.disagree", "third"): {
        ("share.neutral", "small_majority"),
        ("count.agree", "7"),
    },
    # line 969: 3 + 5 + 7 = 15, not 12
    ("policy_aspects.composition", "officials", "count.selected", "7"): {
        ("count.selected", "12"),
        ("count.selected", "3"),
        ("count.selected", "5"),
    },
    # lines 1103 and 835: a third of 31 is at least 9, printed is six or so
    ("equipped", "professionals", "share.agree", "third"): {("count.agree", "6")},
    # lines 1146 and 831-835: 18 and at least five are 23, two thirds are at most 22
    ("equipped", "professionals", "share.neutral|disagree", "two_thirds"): {
        ("count.neutral", "18"),
        ("count.disagree", "6"),
    },
    # lines 101, 1972 and 878: 58 % is no two thirds
    ("support_needed", "professionals", "share.agree", "two_thirds"): {("share.agree", "58")},
    # lines 1125 and 917: 27 - 14 = 13 is no majority
    ("composition_important", "officials", "share.neutral|disagree", "majority"): {
        ("count.agree", "14")
    },
    # lines 1132-1134, 983 and 1045: of five that monitor two have no criteria, so three have both
    ("criteria", "officials", "share.agree & monitoring.agree", "fifth"): {
        ("count.agree", "5"),
        ("count.agree & criteria.disagree & monitoring.agree", "2"),
    },
}
RESPONSE = [row for row in PRINTED if row["subject"].startswith("response")]
ON_ANSWERS = [row for row in PRINTED if not row["subject"].startswith("response")]
EXACT = [row for row in ON_ANSWERS if row["wording"] == "exact"]


def printed_as(row: dict[str, str]) -> tuple[str, str, str, str]:
    return row["subject"], row["group"], row["statistic"], row["value"] or row["phrase"]


KEPT = [row for row in EXACT if printed_as(row) not in CONFLICTS]


def named(totals: Any) -> set[tuple[str, str, str, str]]:
    by_name = {row["total"]: row for row in PRINTED}
    return {printed_as(by_name[total.name]) for total in totals}


def clashes(found: Reconstruction) -> list[tuple[str, ...]]:
    """Every conflict by name: what was left out, then what it cannot hold with."""
    return [(c.total.name, *(other.name for other in c.others)) for c in found.conflicts]


def count(answers: Answers, row: Any) -> Evaluated:
    return answers.count(
        row["subject"], row["group"], row["team_type"], row["base"], row["statistic"]
    )


def comes_back(row: dict[str, str], found: Evaluated, answers: Answers) -> bool:
    """Whether a recomputed statistic would be printed as it was."""
    if row["phrase"] == "all":
        return found.count == found.base
    if row["phrase"] == "remainder":
        positions = ("agree", "neutral", "disagree", "dont_know")
        told = [count(answers, row | {"statistic": f"count.{p}"}).count for p in positions]
        return sum(told) == found.base and found.count > 0
    if row["unit"] == "percent":
        return abs(found.share - float(row["value"])) <= 0.5
    return found.count == float(row["value"])


@pytest.fixture(scope="module")
def real() -> Any:
    return real_study().survey


@pytest.fixture(scope="module")
def result(real: Any) -> Reconstruction:
    return real.reconstruction


@pytest.fixture(scope="module")
def inputs() -> tuple[Round, Instrument, pd.DataFrame]:
    project = real_project()
    totals = read_totals(project, "2016", "published.csv", "claims.csv")
    return read_round(project, "2016"), read_instrument(project), totals


# --- The round of 2016: who


def test_there_are_147_professionals_in_31_municipalities_and_27_officials_in_25(
    result: Reconstruction,
):
    people = result.answers.drop_duplicates(["group", "respondent"])
    counted = people.groupby("group").agg({"respondent": "count", "municipality": "nunique"})
    assert counted.loc["professionals"].tolist() == [147, 31]
    assert counted.loc["officials"].tolist() == [27, 25]


def test_17_municipalities_have_both_groups(result: Reconstruction):
    places = result.answers.groupby("group")["municipality"].unique()
    assert len(set(places["professionals"]) & set(places["officials"])) == 17


def test_officials_answer_for_7_youth_5_social_and_15_integrated_teams(result: Reconstruction):
    officials = result.answers[result.answers["group"] == "officials"]
    people = officials.drop_duplicates("respondent")
    assert people["team_type"].value_counts().to_dict() == {
        "integrated": 15,
        "youth": 7,
        "social": 5,
    }


def test_two_municipalities_have_two_officials_for_youth_and_social_teams(result: Reconstruction):
    officials = result.answers[result.answers["group"] == "officials"]
    people = officials.drop_duplicates("respondent").groupby("municipality")["team_type"]
    assert sorted(map(sorted, people.agg(list)[people.count() == 2])) == [["social", "youth"]] * 2


def test_nothing_links_a_reconstructed_municipality_with_a_name(result: Reconstruction):
    answers = result.answers
    assert list(answers.columns) == [
        "respondent", "municipality", "group", "team_type", "item", "answer",
    ]  # fmt: skip
    assert answers["municipality"].map(lambda name: bool(re.fullmatch(r"g\d\d", name))).all()
    frame = read_frame(real_project())
    names = {*frame["municipality"], *frame["name"], *frame["printed_name"], *frame["name_2026"]}
    codes = {code for codes in frame["code_2016"] for code in codes.split()}
    cells = set(answers.drop(columns="respondent").to_numpy().ravel())
    assert cells & (names | codes) == set()


# --- The round of 2016: what


@pytest.mark.parametrize("row", RESPONSE, ids=lambda row: row["total"])
def test_every_printed_number_of_respondents_comes_back(row: dict[str, str], real: Any):
    groups = ("professionals", "officials") if row["group"] == "all" else (row["group"],)
    answers = real.data.answers
    if row["subject"] == "response.two_officials":
        places = [place for _, place in answers.respondents("officials")]
        found = sum(places.count(place) == 2 for place in set(places))
    elif row["base"] == "municipalities":
        found = len(answers.municipalities(row["group"]))
    else:
        found = sum(len(answers.respondents(group, row["team_type"])) for group in groups)
    assert found == int(row["value"])


@pytest.mark.parametrize("row", KEPT, ids=lambda row: row["total"])
def test_every_exact_total_without_a_conflict_comes_back_through_the_aggregation(
    row: dict[str, str], real: Any
):
    answers = real.data.answers
    assert comes_back(row, count(answers, row), answers)


def test_every_phrase_without_a_conflict_holds_as_round_yml_reads_it(
    real: Any, inputs: tuple[Round, Instrument, pd.DataFrame]
):
    phrases = inputs[0].phrases
    vague = [row for row in ON_ANSWERS if row not in EXACT]
    wrong = []
    for row in vague:
        found = count(real.data.answers, row)
        value = float(row["value"] or "nan")
        low, high, _ = count_bounds(value, row["unit"], row["phrase"], found.base, phrases)
        if printed_as(row) not in CONFLICTS and not low <= found.count <= high:
            wrong.append(row["total"])
    assert wrong == []


def test_the_conflicts_are_exactly_the_known_ones(result: Reconstruction):
    assert named(conflict.total for conflict in result.conflicts) == set(CONFLICTS)
    assert len(result.conflicts) == len(CONFLICTS)


@pytest.mark.parametrize("broken", CONFLICTS, ids=lambda key: f"{key[0]}-{key[2]}")
def test_a_conflict_names_the_totals_with_which_it_cannot_hold(
    broken: tuple[str, str, str, str], result: Reconstruction
):
    conflict = next(c for c in result.conflicts if named([c.total]) == {broken})
    assert {other[2:] for other in named(conflict.others)} == CONFLICTS[broken]


def test_the_explanation_of_a_conflict_is_minimal(
    result: Reconstruction, inputs: tuple[Round, Instrument, pd.DataFrame]
):
    settings, instrument, totals = inputs
    constraints = constraints_of(settings, instrument, totals, 17)
    people = lay_out_respondents(totals[totals["subject"].str.startswith("response")], 17)
    asks = {(a.group, a.item): a for a in list_asks(instrument, people, constraints)}
    for conflict in result.conflicts:
        involved = [conflict.total, *conflict.others]
        items = {(c.group, c.item) for t in involved for c in t.statistic.conditions}
        items |= {(asks[i].routed.group, asks[i].routed.item) for i in items if asks[i].routed}
        programme = Programme([asks[i] for i in asks if i in items], involved, seed=1)
        if not conflict.others:
            assert not conflict.total.possible
            continue
        assert not programme.feasible(involved)
        for other in conflict.others:
            assert programme.feasible([t for t in involved if t is not other])


def test_items_without_a_printed_total_are_open(result: Reconstruction):
    # Lines 791 and 1014-1017 give no quantity.
    open_items = [("professionals", "referral_problems"), ("officials", "network_cooperation")]
    assert result.open_items == open_items
    silent = result.answers["item"].isin(["referral_problems"])
    assert set(result.answers.loc[silent, "answer"]) == {"missing"}


@pytest.mark.parametrize(("agree_from", "disagree_to"), [(3.01, 2.0), (4.0, 2.99)])
def test_the_totals_do_not_depend_on_cut_offs_that_nobody_printed(
    agree_from: float, disagree_to: float, real: Any
):
    cut = Thresholds(agree_from=agree_from, disagree_to=disagree_to)
    answers = Answers(real.reconstruction.answers, real.data.instrument, cut)
    for row in ON_ANSWERS:
        assert count(answers, row) == count(real.data.answers, row), row["total"]


# --- The same answers everywhere


def fingerprint(answers: pd.DataFrame) -> str:
    return hashlib.sha256(answers.to_parquet(index=False)).hexdigest()


def test_the_order_of_the_totals_does_not_matter(
    result: Reconstruction, inputs: tuple[Round, Instrument, pd.DataFrame]
):
    shuffled = inputs[2].sample(frac=1, random_state=7)
    assert list(shuffled["total"])[:3] != ["p001", "p002", "p003"]
    again = reconstruct(*inputs[:2], shuffled, 17)
    assert fingerprint(again.answers) == fingerprint(result.answers)
    assert clashes(again) == clashes(result)


def test_the_answers_are_the_same_bytes_in_another_process_with_another_hash_seed(
    result: Reconstruction, tmp_path: Path
):
    project = copy_raw(tmp_path)
    code = (
        "from pathlib import Path; from analysis.project import Project; "
        "from analysis.survey.load import load_round; "
        f"load_round(Project(Path({str(project.root)!r})), '2016')"
    )
    environment = os.environ | {"PYTHONHASHSEED": "20261122"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    written = (project.processed / "2016" / "answers.parquet").read_bytes()
    assert hashlib.sha256(written).hexdigest() == fingerprint(result.answers)


def test_another_seed_gives_other_answers_and_the_same_totals(
    result: Reconstruction, inputs: tuple[Round, Instrument, pd.DataFrame]
):
    round_settings, instrument, totals = inputs
    other = round_settings.model_copy(update={"seed": 4})
    again = reconstruct(other, instrument, totals, 17)
    assert fingerprint(again.answers) != fingerprint(result.answers)
    assert clashes(again) == clashes(result)
    answers = Answers(again.answers, instrument, round_settings.thresholds)
    assert [row["total"] for row in KEPT if not comes_back(row, count(answers, row), answers)] == []


def test_a_reconstruction_is_kept_until_the_raw_files_change(
    tmp_path: Path, result: Reconstruction, monkeypatch: pytest.MonkeyPatch
):
    project = copy_raw(tmp_path)
    calls = []

    def counted(*arguments: Any) -> Reconstruction:
        calls.append(arguments)
        return result

    monkeypatch.setattr(load, "reconstruct", counted)
    load.load_round(project, "2016")
    kept = load.load_round(project, "2016").reconstruction
    assert len(calls) == 1
    pd.testing.assert_frame_equal(kept.answers, result.answers)
    assert clashes(kept) == clashes(result)
    assert {t.name for t in kept.met} == {t.name for t in result.met}
    assert kept.open_items == result.open_items
    edit(project, ROUND, ("seed: 20160601", "seed: 2"))
    load.load_round(project, "2016")
    assert len(calls) == 2
    # A run was stopped while it wrote.
    (project.processed / "2016" / load.STAMP).write_text('{"stamp": ', encoding="utf-8")
    load.load_round(project, "2016")
    assert len(calls) == 3


# --- Which counts a printed figure allows


@pytest.mark.parametrize(
    ("percent", "base", "counts"),
    [
        # By hand: 13/27 = 48.1, 14/27 = 51.9; 3/27 = 11.1, 4/27 = 14.8.
        (50, 27, []),
        (12, 27, []),
        # 50/147 = 34.01, 56/147 = 38.10, 85/147 = 57.82.
        (34, 147, [50]),
        (38, 147, [56]),
        (58, 147, [85]),
        # 13/26 = 50, 3/26 = 11.54.
        (50, 26, [13]),
        (12, 26, [3]),
        # A half may have been rounded either way: 1/8 = 12.5.
        (12, 8, [1]),
        (13, 8, [1]),
        (0, 31, [0]),
        (100, 31, [31]),
    ],
)
def test_the_counts_for_a_percentage_are_those_that_round_to_it(
    percent: float, base: int, counts: list[int]
):
    assert counts_for_percent(percent, base) == counts


@pytest.mark.parametrize(
    ("mean", "n", "possible"),
    [
        # Means of whole numbers, Brown & Heathers (2017) and methods.md: what stands after the
        # decimal point is a proportion of n.
        (7.22, 32, True), (2.68, 28, True), (7.38, 26, True), (5.00, 25, True),
        (4.74, 25, False), (5.23, 29, False), (2.57, 24, False), (6.77, 27, False),
        (5.19, 28, False), (5.18, 28, True),
    ],
)  # fmt: skip
def test_grim_tells_means_that_can_be_from_means_that_cannot(mean: float, n: int, possible: bool):
    hundredths = round(100 * (mean % 1))
    assert bool(counts_for_percent(hundredths, n)) == possible


def test_decimals_make_a_percentage_sharper():
    assert counts_for_percent(10.0, 1000, decimals=0) == list(range(95, 106))
    assert counts_for_percent(10.0, 1000, decimals=1) == [100]


@settings(deadline=None)
@given(st.integers(1, 400), st.data())
def test_a_count_is_among_those_that_its_own_percentage_allows(base: int, data: st.DataObject):
    found = data.draw(st.integers(0, base))
    assert found in counts_for_percent(round(100 * found / base), base)


@pytest.mark.parametrize(
    ("value", "unit", "phrase", "base", "bounds"),
    [
        (7, "count", "", 31, (7, 7)),
        (7, "count", "about_count", 31, (6, 8)),
        (math.nan, "percent", "third", 31, (9, 12)),  # .27 * 31 = 8.4, .40 * 31 = 12.4
        (math.nan, "percent", "small_majority", 31, (16, 18)),  # over half, up to .60 * 31
        (40, "percent", "about", 147, (54, 63)),  # .365 * 147 = 53.7, .435 * 147 = 63.9
        (60, "percent", "nearly", 147, (84, 87)),  # from .57 * 147 = 83.8 to below .595 * 147
        (math.nan, "count", "remainder", 31, (31, 31)),
        (math.nan, "percent", "all", 27, (27, 27)),
    ],
)
def test_a_figure_or_phrase_allows_the_counts_that_round_yml_says(
    value: float, unit: str, phrase: str, base: int, bounds: tuple[int, int]
):
    phrases = read_round(real_project(), "2016").phrases
    low, high, target = count_bounds(value, unit, phrase, base, phrases)
    assert (low, high) == bounds
    assert low <= target <= high


# --- Tiny programmes with a known optimum

PEOPLE = tuple(Unit(number, f"g{number:02d}", "") for number in range(1, 6))
SCALE = ("agree", "neutral", "disagree", "dont_know")


def ask(item: str, units: tuple[Unit, ...] = PEOPLE, group: str = "officials", **more: Any) -> Ask:
    return Ask(group, item, units, more.pop("positions", SCALE), **more)


def total(statistic: str, low: int, high: int | None = None, **more: Any) -> Total:
    """A total on item "a" of the officials that allows `low` to `high`."""
    given_ = {
        "name": more.pop("name", statistic),
        "subject": more.pop("subject", "a"),
        "group": "officials",
        "team_type": "all",
        "base": "respondents",
        "denominator": 5,
        "target": low,
        "wording": "exact",
        "phrase": "",
        "weight": 1000,
    } | more
    parsed = parse_statistic(statistic, given_["subject"], given_["group"])
    return Total(statistic=parsed, low=low, high=low if high is None else high, **given_)


def solve(asks: list[Ask], *totals: Total) -> tuple[dict[tuple[str, int], str], list[str]]:
    """Which position every unit takes per item, and the totals that were broken."""
    outcome = Programme(asks, totals, seed=3).solve()
    taken = {(item, unit): position for (_, item, unit), position in outcome.taken.items()}
    return taken, [broken.name for broken in outcome.broken]


def tally(taken: dict[tuple[str, int], str], item: str = "a") -> dict[str, int]:
    found = pd.Series([position for (name, _), position in taken.items() if name == item])
    return found.value_counts().to_dict()


def test_totals_that_fit_are_all_met():
    taken, broken = solve([ask("a")], total("count.agree", 2), total("count.disagree", 3))
    assert (tally(taken), broken) == ({"agree": 2, "disagree": 3}, [])


def test_of_two_totals_that_cannot_both_hold_the_lighter_is_broken():
    light, heavy = total("count.agree", 3, weight=1), total("count.disagree", 3)
    for totals in ((light, heavy), (heavy, light)):
        taken, broken = solve([ask("a")], *totals)
        assert broken == ["count.agree"]
        assert tally(taken)["disagree"] == 3


def test_of_two_equal_totals_that_cannot_both_hold_the_later_is_broken():
    first, second = total("count.agree", 3), total("count.disagree", 3)
    assert solve([ask("a")], first, second)[1] == ["count.disagree"]
    assert solve([ask("a")], second, first)[1] == ["count.agree"]


def test_a_broken_total_binds_nothing_however_far_it_is_off():
    nobody, everybody = total("count.agree", 0, name="none", weight=1), total("count.agree", 5)
    taken, broken = solve([ask("a")], nobody, everybody)
    assert (tally(taken), broken) == ({"agree": 5}, ["none"])


def test_two_light_totals_do_not_outweigh_a_heavy_one():
    lights = [total(f"count.{p}", 4, weight=1) for p in ("agree", "disagree")]
    taken, broken = solve([ask("a")], *lights, total("count.neutral", 3, weight=3))
    assert tally(taken)["neutral"] == 3
    assert set(broken) == {"count.agree", "count.disagree"}


def test_silence_stays_silent():
    taken, _ = solve([ask("a")], total("count.agree", 2))
    assert tally(taken) == {"agree": 2}


def test_a_vague_total_comes_as_near_its_target_as_others_allow():
    vague = total("share.agree", 1, 5, target=4, weight=1)
    assert tally(solve([ask("a")], vague)[0])["agree"] == 4
    taken, broken = solve([ask("a")], vague, total("count.disagree", 2))
    assert (tally(taken), broken) == ({"agree": 3, "disagree": 2}, [])


def test_a_remainder_gives_everybody_a_position():
    rest = total("count.dont_know", 5, phrase="remainder")
    taken, broken = solve([ask("a")], total("count.agree", 2), rest)
    assert broken == []
    assert len(taken) == 5


def test_only_those_who_took_the_leading_position_answer_a_routed_item():
    routed = ask("b", positions=("selected",), routed=Condition("officials", "a", ("agree",)))
    agreeing = total("count.agree", 2)
    taken, broken = solve([ask("a"), routed], agreeing, total("count.selected", 2, subject="b"))
    assert broken == []
    assert all(taken["a", unit] == "agree" for item, unit in taken if item == "b")
    more = total("count.selected", 3, subject="b", weight=1)
    assert solve([ask("a"), routed], agreeing, more)[1] == ["count.selected"]


def test_routing_holds_for_an_item_that_stands_before_the_one_that_leads_to_it():
    routed = ask("b", positions=("selected",), routed=Condition("officials", "a", ("agree",)))
    totals = total("count.agree", 2), total("count.selected", 2, subject="b")
    taken, broken = solve([routed, ask("a")], *totals)
    assert broken == []
    assert all(taken["a", unit] == "agree" for item, unit in taken if item == "b")


def test_a_condition_on_another_item_counts_who_meets_both():
    both = total("count.agree & b.disagree", 2)
    taken, broken = solve(
        [ask("a"), ask("b")], total("count.agree", 3), total("count.disagree", 2, subject="b"), both
    )
    assert broken == []
    disagreeing = [unit for (item, unit), p in taken.items() if (item, p) == ("b", "disagree")]
    assert [taken["a", unit] for unit in disagreeing] == ["agree", "agree"]


def test_a_condition_may_be_forbidden_by_others():
    # Three agree on a and three disagree on b: of five people at least one does both.
    totals = [
        total("count.agree", 3),
        total("count.disagree", 3, subject="b", name="b"),
        total("count.agree & b.disagree", 0, name="both", weight=1),
    ]
    assert solve([ask("a"), ask("b")], *totals)[1] == ["both"]


def test_a_condition_on_the_other_group_looks_in_the_same_municipality():
    teams = tuple(Unit(number, f"g{number:02d}", "", people=4) for number in (4, 5, 6))
    asks = [ask("a"), ask("a", teams, group="professionals")]
    crossed = total("count.disagree & professionals:a.agree", 1, base="municipalities")
    outcome = Programme(asks, [total("count.disagree", 1), crossed], seed=3).solve()
    (official,) = [key[2] for key, position in outcome.taken.items() if position == "disagree"]
    assert outcome.taken["professionals", "a", official] == "agree"
    # Only municipalities 4 and 5 have both groups.
    three = total("count.disagree & professionals:a.agree", 3, base="municipalities")
    assert solve(asks, three)[1] == [three.name]


def test_a_difference_counts_one_position_minus_the_other():
    even = total("difference.agree.disagree", 0)
    taken, broken = solve([ask("a")], total("count.agree", 2), even)
    assert (tally(taken), broken) == ({"agree": 2, "disagree": 2}, [])
    more = total("difference.agree.disagree", 2)
    taken, broken = solve([ask("a")], total("count.disagree", 1), more)
    assert tally(taken) == {"agree": 3, "disagree": 1}


def test_a_difference_that_cannot_hold_is_broken_however_far_it_is_off():
    far = total("difference.agree.disagree", 5, weight=1)
    assert solve([ask("a")], total("count.disagree", 5), far)[1] == [far.name]


PAIR = (Unit(1, "g01", "youth"), Unit(2, "g02", "youth"), Unit(3, "g02", "social"))


def test_a_total_of_municipalities_counts_two_officials_of_one_municipality_once():
    municipalities = total("count.agree", 1, name="m", base="municipalities", denominator=2)
    people = total("count.agree", 2, name="p", denominator=3)
    taken, broken = solve([ask("a", PAIR)], municipalities, people)
    assert broken == []
    assert taken == {("a", 2): "agree", ("a", 3): "agree"}
    two = total("count.agree", 2, name="m", base="municipalities", denominator=2, weight=1)
    assert solve([ask("a", PAIR)], two, people)[1] == ["m"]


def test_two_officials_of_one_municipality_who_meet_both_conditions_count_once():
    both = total("count.agree & b.agree", 1, base="municipalities", denominator=2)
    first, second = (total("count.agree", 2, subject=name, name=name) for name in ("a", "b"))
    taken, broken = solve([ask("a", PAIR), ask("b", PAIR)], first, second, both)
    assert broken == []
    assert taken == {(name, unit): "agree" for name in ("a", "b") for unit in (2, 3)}


def test_a_total_of_people_counts_everybody_in_a_municipality():
    teams = (Unit(1, "g01", "", people=2), Unit(2, "g02", "", people=3))
    taken, broken = solve([ask("a", teams)], total("count.agree", 3))
    assert (taken, broken) == ({("a", 2): "agree"}, [])
    assert solve([ask("a", teams)], total("count.agree", 4))[1] == ["count.agree"]


def test_a_total_of_one_team_type_counts_only_its_members():
    youth = total("count.agree", 2, name="youth", team_type="youth")
    social = total("count.disagree", 1, name="social", team_type="social")
    taken, broken = solve([ask("a", PAIR)], youth, social)
    assert broken == []
    assert taken == {("a", 1): "agree", ("a", 2): "agree", ("a", 3): "disagree"}


def test_an_explanation_leaves_out_what_has_nothing_to_do_with_it():
    kept = [
        total("count.agree", 3, name="agree"),
        total("count.neutral", 0, name="neutral"),
        total("count.disagree", 2, subject="b", name="other item"),
    ]
    broken = total("count.disagree", 3, name="broken")
    programme = Programme([ask("a"), ask("b")], [*kept, broken], seed=1)
    assert [other.name for other in programme.conflict(broken, kept)] == ["agree"]


def test_a_total_that_fits_needs_no_explanation():
    kept = [total("count.agree", 2)]
    fits = total("count.disagree", 3)
    assert Programme([ask("a")], [*kept, fits], seed=1).conflict(fits, kept) == []


@pytest.mark.parametrize("kept", [[], [total("count.agree", 2)]], ids=["alone", "beside another"])
def test_a_total_that_cannot_hold_by_itself_blames_no_other(kept: list[Total]):
    # Six of the five that were asked, of whom moreover only those who agree on b answer a.
    routed = ask("a", routed=Condition("officials", "b", ("agree",)))
    none = total("count.agree", 0, subject="b", name="gate")
    too_many = total("count.disagree & b.disagree", 1, name="too many")
    programme = Programme([routed, ask("b")], [*kept, none, too_many], seed=1)
    assert programme.conflict(too_many, kept) == []


def test_a_count_above_its_base_is_impossible():
    assert not total("count.agree", 6).possible
    assert total("count.agree", 5).possible
    assert not total("share.agree", 1, 0).possible


# --- Small rounds through the whole reconstruction

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
    return found, Answers(found.answers, SMALL, SMALL_ROUND.thresholds)


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
    answers = Answers(found.answers, SMALL, SMALL_ROUND.thresholds)
    for line in totals[~totals["subject"].str.startswith("response")].to_dict("records"):
        told = count(answers, line)
        value = told.share if line["unit"] == "percent" else told.count
        slack = 0.5 if line["unit"] == "percent" else 0
        assert abs(value - line["value"]) <= slack + 1e-9, line
