"""Every fault that is planted in an export is named by its place, and nothing else is named."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from analysis.raw.sources import sidecar_of
from analysis.simulate.plan import Plan
from planting import FORMATS, TEXTS, ExcelTable, Planting, Spoilt, TextTable
from rounds import simulated_round

# A place: the rule that is broken, the row, the column; None for a whole file or column.
Named = tuple[str, str, str]
Plant = Callable[[Planting], set[Named]]
PLAN = Plan(municipalities=4, respondents=60, officials=12)
LEFT_OUT = {"limesurvey": {"incomplete"}, "qualtrics": {"incomplete", "preview"}}


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Spoilt]:
    """A round in each format in which nothing is wrong. No cell is smaller than two: the
    officials are all of one municipality, and dates outside the fieldwork are not allowed."""
    found = {}
    for format in FORMATS:
        root = tmp_path_factory.mktemp(format)
        made = simulated_round(root, format, PLAN, {"minimum_cell": 2})
        for day, told in (("first_day", "2027-05-10"), ("last_day", "2027-06-11")):
            made.edit("round.yml", f"  # {day}: ", f"  {day}: {told} # ")
        found[format] = Spoilt(root, made.export, format)
        planting = found[format].planting
        officials = planting.sheets("officials")
        place = planting.meaning(officials[0], "municipality")
        for row in officials:
            planting.put(row, "municipality", place)
        planting.save()
    return found


@pytest.fixture
def spoilt(originals: dict[str, Spoilt], format: str, tmp_path: Path) -> Spoilt:
    """A copy of the round in `format`, to be spoilt."""
    original = originals[format]
    root = tmp_path / "project"
    shutil.copytree(original.root, root)
    return Spoilt(root, root / original.export.relative_to(original.root), format)


def named(path: Path) -> list[Named]:
    """The findings in a CSV of `check`, without the sheets that programs mark as no answers."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        told = list(csv.DictReader(stream, delimiter=";"))
    kept = [row for row in told if row["rule"] not in ("incomplete", "preview")]
    return [(row["rule"], row["row"], row["column"]) for row in kept]


# The faults. Each plants one, and gives what should be named.


def unknown_code(p: Planting) -> set[Named]:
    row = p.sheet("professionals")
    p.put(row, "less_trust", "geen idee")
    return {("unknown_code", str(row), p.column("less_trust"))}


def unknown_code_that_leads_to_boxes(p: Planting) -> set[Named]:
    row = p.sheet("officials", lambda row: p.meaning(row, "criteria") in ("4", "5"))
    p.put(row, "criteria", "geen idee")
    return {("unknown_code", str(row), p.column("criteria"))}


def number_beyond_the_scale(p: Planting) -> set[Named]:
    row = p.sheet("professionals")
    p.put(row, "less_known", "12")
    # Where answers are words or codes with letters there is no scale of numbers.
    rule = "unknown_code" if p.format in ("limesurvey", "excel") else "out_of_range"
    return {(rule, str(row), p.column("less_known"))}


def respondent_twice(p: Planting) -> set[Named]:
    first, second = p.sheet("professionals"), p.sheet("professionals")
    p.put(second, "respondent", p.table.read(first, p.column("respondent")))
    return {("duplicate_respondent", str(second), p.column("respondent"))}


def no_respondent(p: Planting) -> set[Named]:
    row = p.sheet("professionals")
    p.put(row, "respondent", "")
    return {("no_respondent", str(row), p.column("respondent"))}


def no_municipality(p: Planting) -> set[Named]:
    row = p.sheet("professionals")
    p.put(row, "municipality", "")
    return {("no_municipality", str(row), p.column("municipality"))}


def misspelt_municipality(p: Planting) -> set[Named]:
    row = p.sheet("professionals")
    known = p.meaning(row, "municipality")
    wrong = {"spss": "9344", "csv": "GM9344"}.get(p.format, known[:-1] + known[-1] * 2)
    p.put(row, "municipality", wrong)
    return {("unknown_municipality", str(row), p.column("municipality"))}


def municipality_outside_the_frame(p: Planting) -> set[Named]:
    row = p.sheet("professionals")
    # Texel has been a municipality all the time, and was never asked.
    p.put(row, "municipality", {"spss": "448", "csv": "GM0448"}.get(p.format, "Texel"))
    return {("outside_frame", str(row), p.column("municipality"))}


def no_group(p: Planting) -> set[Named]:
    row = p.sheet("professionals")
    p.put(row, "group", "")
    return {("no_group", str(row), p.column("group"))}


def unknown_group(p: Planting) -> set[Named]:
    row = p.sheet("professionals")
    p.put(row, "group", {"spss": "7", "qualtrics": "7"}.get(p.format, "stagiair"))
    return {("unknown_code", str(row), p.column("group"))}


def unknown_team_type(p: Planting) -> set[Named]:
    row = p.sheet("professionals")
    p.put(row, "team_type", {"spss": "7", "qualtrics": "7"}.get(p.format, "nachtteam"))
    return {("unknown_code", str(row), p.column("team_type"))}


def answer_of_a_group_that_was_not_asked(p: Planting) -> set[Named]:
    row = p.sheet("professionals")
    p.say(row, "monitoring", "4")
    return {("routing", str(row), p.column("monitoring"))}


def box_ticked_by_somebody_who_was_not_led_there(p: Planting) -> set[Named]:
    row = p.sheet("officials", lambda row: p.meaning(row, "criteria") in ("1", "2", "3"))
    p.say(row, "criteria_aspects.tailored", "selected")
    return {("routing", str(row), p.column("criteria_aspects.tailored"))}


def box_that_does_not_exist(p: Planting) -> set[Named]:
    row = p.sheet("officials", lambda row: p.meaning(row, "criteria") in ("4", "5"))
    p.put(row, "criteria_aspects.culture", "2,9" if p.format == "qualtrics" else "beetje")
    rule = "out_of_range" if p.format == "qualtrics" else "unknown_code"
    return {(rule, str(row), p.column("criteria_aspects.culture"))}


def day_that_does_not_exist(p: Planting) -> set[Named]:
    row = p.sheet("professionals")
    told = "31-02-2027 10:00:00" if p.format == "csv" else "2027-02-31 10:00:00"
    p.put(row, "started", told)
    return {("impossible_date", str(row), p.column("started"))}


def day_after_the_fieldwork(p: Planting) -> set[Named]:
    row = p.sheet("professionals")
    p.put(row, "finished", "12-06-2027 00:00:00" if p.format == "csv" else "2027-06-12 00:00:00")
    return {("impossible_date", str(row), p.column("finished"))}


def finished_before_it_was_started(p: Planting) -> set[Named]:
    row = p.sheet("professionals")
    for role, clock in (("started", "10:00:01"), ("finished", "10:00:00")):
        p.put(row, role, f"12-05-2027 {clock}" if p.format == "csv" else f"2027-05-12 {clock}")
    return {("impossible_date", str(row), p.column("finished"))}


def column_missing(p: Planting) -> set[Named]:
    column = p.column("outreach")
    p.table.take_out(column)
    return {("column_missing", "", column)}


def column_new(p: Planting) -> set[Named]:
    p.table.add("remarks", "tja")
    return {("column_new", "", "remarks")}


def column_not_accepted(p: Planting, becomes: str = "training_structural") -> set[Named]:
    p.map(p.column(becomes), accepted=False)
    return {("not_accepted", "", p.column(becomes))}


def item_that_no_column_answers(p: Planting) -> set[Named]:
    p.map(p.column("extra_effort"), becomes="not_used", codes={})
    return {("item_missing", "", "")}


def row_that_was_cut(p: Planting) -> set[Named]:
    row = p.sheet("professionals")
    cast("TextTable", p.table).cut(row, 3)
    return {("cut_row", str(row), "")}


def row_with_a_cell_more(p: Planting) -> set[Named]:
    row = p.sheet("professionals")
    table = cast("TextTable", p.table)
    table.records[row - 1].insert(4, ("", table.separator))
    return {("cut_row", str(row), "")}


def formula_that_failed(p: Planting, becomes: str = "less_trust") -> set[Named]:
    row = p.sheet("professionals")
    cast("ExcelTable", p.table).fail(row, p.column(becomes))
    return {("unreadable", str(row), p.column(becomes))}


def failed_municipality(p: Planting) -> set[Named]:
    return formula_that_failed(p, "municipality")


def failed_group(p: Planting) -> set[Named]:
    return formula_that_failed(p, "group")


def failed_respondent(p: Planting) -> set[Named]:
    return formula_that_failed(p, "respondent")


def failed_answer_that_leads_to_boxes(p: Planting) -> set[Named]:
    row = p.sheet("officials", lambda row: p.meaning(row, "criteria") in ("4", "5"))
    cast("ExcelTable", p.table).fail(row, p.column("criteria"))
    return {("unreadable", str(row), p.column("criteria"))}


# Columns that others lean on. Without them nothing else can be said, so each is planted alone.


def leaning_column_missing(p: Planting, becomes: str) -> set[Named]:
    column = p.column(becomes)
    p.table.take_out(column)
    return {("column_missing", "", column)}


def municipality_missing(p: Planting) -> set[Named]:
    return leaning_column_missing(p, "municipality")


def group_missing(p: Planting) -> set[Named]:
    return leaning_column_missing(p, "group")


def respondent_missing(p: Planting) -> set[Named]:
    return leaning_column_missing(p, "respondent")


def answer_missing_that_leads_to_boxes(p: Planting) -> set[Named]:
    return leaning_column_missing(p, "criteria")


def group_not_accepted(p: Planting) -> set[Named]:
    return column_not_accepted(p, "group")


def municipality_not_accepted(p: Planting) -> set[Named]:
    return column_not_accepted(p, "municipality")


# Warnings: they do not stop a report.


def same_answer_to_everything(p: Planting) -> set[Named]:
    row = p.sheet("professionals")
    for item in p.statements("professionals"):
        p.say(row, item.id, "2")
    return {("straight_lining", str(row), "")}


def sheet_without_an_answer(p: Planting) -> set[Named]:
    row = p.sheet("professionals")
    for item in p.statements("professionals"):
        p.put(row, item.id, "")
    return {("no_answers", str(row), "")}


def only_one_in_a_municipality(p: Planting) -> set[Named]:
    row = p.sheet("professionals")
    here = {p.meaning(row, "municipality") for row in p.sheets("professionals")}
    towns = {"Almelo": "GM0141", "Arnhem": "GM0202", "Breda": "GM0758", "Ede": "GM0228",
             "Zwolle": "GM0193"}  # fmt: skip
    told = {n: {"spss": str(int(c[2:])), "csv": c}.get(p.format, n) for n, c in towns.items()}
    p.put(row, "municipality", next(text for text in told.values() if text not in here))
    return {("small_cell", str(row), p.column("municipality"))}


ERRORS: tuple[Plant, ...] = (
    unknown_code, unknown_code_that_leads_to_boxes, number_beyond_the_scale, respondent_twice,
    no_respondent, no_municipality, misspelt_municipality, municipality_outside_the_frame,
    no_group, unknown_group, unknown_team_type, answer_of_a_group_that_was_not_asked,
    box_ticked_by_somebody_who_was_not_led_there, box_that_does_not_exist,
    day_that_does_not_exist, day_after_the_fieldwork, finished_before_it_was_started,
    column_missing, column_new, column_not_accepted, item_that_no_column_answers,
)  # fmt: skip
OF_TEXTS: tuple[Plant, ...] = (row_that_was_cut, row_with_a_cell_more)
OF_EXCEL: tuple[Plant, ...] = (
    formula_that_failed, failed_municipality, failed_group, failed_respondent,
    failed_answer_that_leads_to_boxes,
)  # fmt: skip
ALONE: tuple[Plant, ...] = (
    municipality_missing, group_missing, respondent_missing, answer_missing_that_leads_to_boxes,
    municipality_not_accepted, group_not_accepted,
)  # fmt: skip
WARNINGS: tuple[Plant, ...] = (
    same_answer_to_everything, sheet_without_an_answer, only_one_in_a_municipality
)  # fmt: skip


def faults_of(format: str) -> tuple[Plant, ...]:
    """The errors that can be planted in a file of this format."""
    more = OF_TEXTS if format in TEXTS else OF_EXCEL if format == "excel" else ()
    return (*ERRORS, *more)


ONE_BY_ONE = [
    pytest.param(format, plant, id=f"{format}-{plant.__name__}")
    for format in FORMATS
    for plant in (*faults_of(format), *ALONE)
]


def test_there_are_sixty_faults_or_more():
    assert len(ONE_BY_ONE) >= 60
    assert all(len(faults_of(format)) >= 12 for format in FORMATS)


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_is_wrong_before_a_fault_is_planted(spoilt: Spoilt, tmp_path: Path):
    outcome = spoilt.check(tmp_path / "findings.csv")
    assert outcome.code == 0, outcome.out
    assert named(tmp_path / "findings.csv") == []
    rules = {line.split(";")[1] for line in (tmp_path / "findings.csv").read_text().splitlines()}
    assert rules == {"rule"} | LEFT_OUT.get(spoilt.format, set())


@pytest.mark.parametrize(("format", "plant"), ONE_BY_ONE)
def test_a_planted_fault_is_named_by_its_place_and_nothing_else_is(
    spoilt: Spoilt, plant: Plant, tmp_path: Path
):
    planting = spoilt.planting
    planted = plant(planting)
    planting.save()
    before = spoilt.everything()
    outcome = spoilt.check(tmp_path / "findings.csv")
    assert sorted(named(tmp_path / "findings.csv")) == sorted(planted)
    assert outcome.code == 1
    assert spoilt.everything() == before
    for rule, row, column in planted:
        assert f"error: {rule.replace('_', ' ')} (1)" in outcome.out
        assert not row or f"row {row} " in outcome.out.replace("\n", " ")
        assert column[:37] in outcome.out


@pytest.mark.parametrize("plant", WARNINGS)
@pytest.mark.parametrize("format", FORMATS)
def test_what_is_only_worth_knowing_is_named_and_stops_nothing(
    spoilt: Spoilt, plant: Plant, tmp_path: Path
):
    planting = spoilt.planting
    planted = plant(planting)
    planting.save()
    before = spoilt.everything()
    outcome = spoilt.check(tmp_path / "findings.csv")
    assert sorted(named(tmp_path / "findings.csv")) == sorted(planted)
    assert outcome.code == 0
    assert spoilt.everything() == before


@pytest.mark.parametrize("format", FORMATS)
def test_all_faults_of_a_file_are_named_at_once_and_none_hides_another(
    spoilt: Spoilt, tmp_path: Path
):
    planting = spoilt.planting
    plants = (*ERRORS, *WARNINGS, *faults_of(spoilt.format)[len(ERRORS) :])  # cut rows come last
    planted = [found for plant in plants for found in plant(planting)]
    planting.save()
    before = spoilt.everything()
    outcome = spoilt.check(tmp_path / "findings.csv", own_process=True)
    assert sorted(named(tmp_path / "findings.csv")) == sorted(planted)
    assert (outcome.code, "Traceback" in outcome.err) == (1, False)
    assert spoilt.everything() == before


def test_of_more_than_a_thousand_faults_of_one_kind_the_rest_is_counted(tmp_path: Path):
    made = simulated_round(tmp_path, "csv", Plan(respondents=1500, officials=0))
    planting = Planting(made.project, made.export, "csv")
    for row in planting.table.rows:
        planting.put(row, "respondent", "17")
        planting.put(row, "started", "12-05-2027 10:00:01")
        planting.put(row, "finished", "12-05-2027 10:00:00")
        planting.put(row, "less_trust", "geen idee")
    planting.save()
    told = made.imported().errors
    for rule, count in (("duplicate_respondent", 1499), ("impossible_date", 1500),
                        ("unknown_code", 1500)):  # fmt: skip
        own = [finding for finding in told if finding.rule == rule]
        assert sum(finding.count for finding in own) == count
        assert sum(finding.row is None for finding in own) == 1
        assert len(own) == 1001


@pytest.mark.parametrize("format", FORMATS)
def test_sheets_that_stand_in_two_files_are_named(spoilt: Spoilt, tmp_path: Path):
    planting = spoilt.planting
    again = spoilt.export.with_name(f"a-first-export{spoilt.export.suffix}")
    shutil.copy(spoilt.export, again)
    shutil.copy(sidecar_of(spoilt.export), sidecar_of(again))
    planting.mapping += [replace(column, file=again.name) for column in planting.mapping]
    later = planting.sheets("officials")[0]
    planting.put(later, "finished", "")
    if spoilt.format == "limesurvey":  # by it LimeSurvey tells which sheets count
        planting.put(later, "finished", "2027-05-20 12:00:00")
    planting.save()
    rows = {*planting.sheets("professionals"), *planting.sheets("officials")} - {later}
    assert spoilt.check(tmp_path / "findings.csv").code == 1
    assert sorted(named(tmp_path / "findings.csv")) == sorted(
        ("duplicate_respondent", str(row), planting.column("respondent")) for row in rows
    )


# Mending: each fault in a cell or a row can be put right in corrections.csv.


def correct(spoilt: Spoilt, *cells: str) -> None:
    """Write a row in corrections.csv: row, column, found, becomes."""
    row = ";".join(f'"{cell}"' for cell in (spoilt.export.name, *cells, "nagevraagd"))
    path = spoilt.export.parent.parent / "corrections.csv"
    path.write_text(f"file;row;column;found;becomes;why\n{row}\n", encoding="utf-8")


@pytest.mark.parametrize("format", ["excel"])
@pytest.mark.parametrize("found", ["#N/A", ""])
def test_a_cell_whose_formula_failed_can_be_put_right(spoilt: Spoilt, found: str, tmp_path: Path):
    planting = spoilt.planting
    ((_, row, column),) = formula_that_failed(planting)
    planting.save()
    correct(spoilt, row, column, found, "Mee eens")
    assert spoilt.check(tmp_path / "findings.csv").code == 0
    assert named(tmp_path / "findings.csv") == [("corrected", row, column)]


@pytest.mark.parametrize("format", TEXTS)
def test_a_row_that_was_cut_can_be_left_out(spoilt: Spoilt, tmp_path: Path):
    planting = spoilt.planting
    ((_, row, _),) = row_that_was_cut(planting)
    planting.save()
    correct(spoilt, row, "", "", "drop")
    assert spoilt.check(tmp_path / "findings.csv").code == 0
    assert named(tmp_path / "findings.csv") == [("dropped", row, "")]


@pytest.mark.parametrize("format", FORMATS)
def test_a_correction_that_does_not_fit_never_repeats_who_the_respondent_is(
    spoilt: Spoilt, tmp_path: Path
):
    planting = spoilt.planting
    row = planting.sheet("professionals")
    marker = "9876501" if spoilt.format == "spss" else "ZZMARK1QX"
    planting.put(row, "respondent", marker)
    planting.save()
    correct(spoilt, str(row), planting.column("respondent"), "ZZMARK2QX", "12")
    outcome = spoilt.check(tmp_path / "findings.csv")
    assert named(tmp_path / "findings.csv") == [("wrong_correction", "2", "found")]
    told = outcome.out + outcome.err + (tmp_path / "findings.csv").read_text(encoding="utf-8-sig")
    assert marker not in told
    assert "ZZMARK2QX" not in told
