"""Reconstruction: answers that give back the printed totals, and a finding where they cannot."""

from __future__ import annotations

import csv
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.answers import by_respondent
from analysis.raw.settings import Instrument, Round, Thresholds, read_instrument, read_round
from analysis.raw.survey import read_frame, read_totals
from analysis.survey import load
from analysis.survey.evaluate import Answers, Evaluated
from analysis.survey.programme import Programme
from analysis.survey.reconstruct import (
    Reconstruction,
    constraints_of,
    lay_out_respondents,
    list_asks,
    reconstruct,
)
from analysis.survey.totals import count_bounds
from helpers import PUBLISHED, ROOT, ROUND, copy_raw, count, edit, real_project, real_study

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
    frame = read_frame(real_project(), read_round(real_project(), "2016"))
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
        found = int((answers.sizes_by_municipality("officials") == 2).sum())
    elif row["base"] == "municipalities":
        found = len(answers.municipalities(row["group"]))
    else:
        found = sum(answers.size(group, row["team_type"]) for group in groups)
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
    answers = Answers(by_respondent(real.reconstruction.answers), real.data.instrument, cut)
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
    answers = Answers(by_respondent(again.answers), instrument, round_settings.thresholds)
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
