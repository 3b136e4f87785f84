"""From texts to typed answers: codes, reversal, routing, rules over sheets, corrections."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.answers import ANSWERS, by_respondent
from analysis.intake.completeness import only_finished
from analysis.intake.corrections import Correction, correct, read_corrections
from analysis.intake.findings import Finding
from analysis.intake.formats.export import Export, Heading
from analysis.intake.mapping import MappedColumn
from analysis.intake.rules import answered, identical_sheets, small_cells, straight_lining
from analysis.intake.typed import TOLD, Sheets, route, type_items
from analysis.project import DataError
from analysis.raw.settings import Instrument

FIVE = {str(score): str(score) for score in range(1, 6)}
INSTRUMENT = Instrument.model_validate(
    {
        "scale": {"agree": 4},
        "team_types": ["youth"],
        "themes": [{"id": "t", "nl": "T", "en": "T"}],
        "items": [
            {
                "id": name, "theme": "t", "nl": "N.", "en": "N.", "short_nl": "n", "short_en": "n",
            } | more
            for name, more in {
                "both": {
                    "publish": {"professionals": "municipalities", "officials": "respondents"}
                },
                "team": {"publish": {"professionals": "municipalities"}},
                "policy": {"publish": {"officials": "respondents"}},
                "aspects": {
                    "publish": {"officials": "respondents"},
                    "kind": "multiple",
                    "options": [{"id": x, "nl": "N", "en": "N"} for x in ("x", "y")],
                    "asked_if": {"item": "policy", "positions": ["agree"]},
                },
            }.items()
        ],
    }
)  # fmt: skip


def export(**columns: list[str]) -> Export:
    """An export of which the first sheet stands in row 2; an empty text is an empty cell."""
    size = len(next(iter(columns.values())))
    cells = {
        name: pd.Categorical([text or None for text in texts]) for name, texts in columns.items()
    }
    headings = [Heading(name) for name in columns]
    return Export("answers/e.csv", "csv", headings, cells, np.arange(2, size + 2))


def mapped(column: str, becomes: str, codes: Mapping[str, str] = FIVE, **more: Any) -> MappedColumn:
    return MappedColumn("e.csv", column, becomes=becomes, codes=codes, accepted=True, **more)


def texts(sheets: Sheets, name: str) -> list[str]:
    """The answers to an item, empty where it was not asked or not answered."""
    return [ANSWERS[code] if code >= 0 else "" for code in sheets.answers[name]]


def places(sheets: Sheets) -> list[tuple[str, int | None, str | None, str | None]]:
    return [(f.rule, f.row, f.column, f.found) for f in sheets.findings]


# --- Codes


def test_each_text_becomes_what_codes_says():
    codes = {"eens": "4", "oneens": "2", "weet niet": "dont_know", "-": "missing"}
    given = export(q=["eens", "weet niet", "oneens", "-", ""])
    sheets = type_items(given, [mapped("q", "both", codes)], INSTRUMENT)
    assert texts(sheets, "both") == ["4", "dont_know", "2", "missing", ""]
    assert sheets.findings == []


def test_a_reversed_item_is_turned_round_and_its_dont_knows_stay():
    given = export(q=["1", "2", "3", "5", "9"])
    row = mapped("q", "both", {**FIVE, "9": "dont_know"}, reversed=True)
    sheets = type_items(given, [row], INSTRUMENT)
    assert texts(sheets, "both") == ["5", "4", "3", "1", "dont_know"]


def test_a_text_without_a_code_is_told_with_its_row_and_left_empty():
    codes = {"eens": "4", "oneens": "2"}
    sheets = type_items(export(q=["eens", "Eens", "?"]), [mapped("q", "both", codes)], INSTRUMENT)
    assert texts(sheets, "both") == ["4", "", ""]
    assert sorted(places(sheets), key=str) == [
        ("unknown_code", 3, "q", "Eens"),
        ("unknown_code", 4, "q", "?"),
    ]
    assert {f.allowed for f in sheets.findings} == {"eens, oneens"}


@pytest.mark.parametrize(
    ("found", "rule"),
    [
        ("6", "out_of_range"),
        ("0", "out_of_range"),
        ("2,5", "unknown_code"),
        ("x", "unknown_code"),
    ],
)
def test_a_number_beyond_the_scale_is_out_of_range(found: str, rule: str):
    sheets = type_items(export(q=[found]), [mapped("q", "both")], INSTRUMENT)
    assert places(sheets) == [(rule, 2, "q", found)]


def test_many_equal_faults_are_told_up_to_a_thousand_and_then_counted():
    sheets = type_items(export(q=["7"] * (TOLD + 5)), [mapped("q", "both")], INSTRUMENT)
    assert len(sheets.findings) == TOLD + 1
    assert sum(f.count for f in sheets.findings) == TOLD + 5


# --- Boxes


def test_boxes_in_one_cell_are_told_apart():
    codes = {"1": "x", "2": "y"}
    given = export(policy=["5"] * 4, q=["1,2", "2", "", "1; 2"])
    rows = [mapped("policy", "policy"), mapped("q", "aspects", codes)]
    sheets = type_items(given, rows, INSTRUMENT)
    route(sheets, np.array(["officials"] * 4, dtype=object), INSTRUMENT)
    yes, no = "selected", "not_selected"
    assert texts(sheets, "aspects.x") == [yes, no, no, yes]
    assert texts(sheets, "aspects.y") == [yes, yes, no, yes]


def test_an_option_whose_text_holds_a_comma_is_found_whole():
    codes = {"Team": "x", "Team, divers": "y"}
    sheets = type_items(export(q=["Team, divers", "Team,Team, divers"]),
                        [mapped("q", "aspects", codes)], INSTRUMENT)  # fmt: skip
    assert texts(sheets, "aspects.x") == ["not_selected", "selected"]
    assert texts(sheets, "aspects.y") == ["selected", "selected"]


def test_a_box_that_nobody_knows_is_told():
    sheets = type_items(export(q=["1,7"]), [mapped("q", "aspects", {"1": "x"})], INSTRUMENT)
    assert places(sheets) == [("out_of_range", 2, "q", "7")]


# --- Routing


def routed(group: list[str], **columns: list[str]) -> Sheets:
    rows = [mapped(name, name) for name in columns if "." not in name]
    ticks = {"1": "selected", "0": "not_selected"}
    rows += [mapped(name, name, ticks) for name in columns if "." in name]
    sheets = type_items(export(**columns), rows, INSTRUMENT)
    route(sheets, np.array(group, dtype=object), INSTRUMENT)
    return sheets


def test_what_was_asked_and_left_empty_is_missing():
    sheets = routed(["professionals", "officials"], team=["", ""], both=["", "3"])
    assert texts(sheets, "both") == ["missing", "3"]
    assert texts(sheets, "team") == ["missing", ""]
    assert sheets.findings == []


def test_an_answer_of_who_was_not_asked_is_told():
    sheets = routed(["officials"], team=["4"])
    assert places(sheets) == [("routing", 2, "team", "an answer")]
    assert texts(sheets, "team") == [""]


def test_boxes_are_asked_of_who_was_led_to_them():
    options = {"aspects.x": ["1", "1", "0", ""], "aspects.y": ["", "", "", ""]}
    sheets = routed(["officials"] * 4, policy=["4", "2", "2", "5"], **options)
    assert texts(sheets, "aspects.x") == ["selected", "", "", "not_selected"]
    assert places(sheets) == [("routing", 3, "aspects.x", "an answer")]
    assert sheets.findings[0].message == "was asked only after agree on policy"


def test_an_answer_in_a_sheet_without_a_group_is_not_also_a_fault_of_routing():
    assert routed([""], team=["4"]).findings == []


# --- Whole sheets


def test_a_sheet_with_one_answer_everywhere_is_told_from_eight_statements():
    given = {
        f"i{number}": np.array([3, 3 if number < 7 else -1, number % 2], dtype=np.int8)
        for number in range(8)
    }
    sheets = Sheets("e.csv", np.array([2, 3, 4]), given=given)
    straight_lining(sheets)
    assert places(sheets) == [("straight_lining", 2, None, None)]


def test_a_dont_know_everywhere_is_no_straight_line():
    code = np.int8(ANSWERS.index("dont_know"))
    sheets = Sheets("e.csv", np.array([2]), given={f"i{n}": np.array([code]) for n in range(9)})
    straight_lining(sheets)
    assert sheets.findings == []


def test_a_sheet_that_answers_just_as_another_is_told_once():
    scores = [0, 1, 2, 3, 4, 3, 2, 1]
    given = {
        f"i{number}": np.array([score, score, 4 - score, 2, 2], dtype=np.int8)
        for number, score in enumerate(scores)
    }
    sheets = Sheets("e.csv", np.array([2, 3, 4, 5, 6]), given=given)
    identical_sheets(sheets)
    assert places(sheets) == [("identical_sheets", 3, None, None)]


def test_a_sheet_without_an_answer_is_told_and_does_not_count():
    blank, told, ticked = (np.int8(ANSWERS.index(a)) for a in ("missing", "2", "not_selected"))
    sheets = Sheets("e.csv", np.array([2, 3]), given={
        "a": np.array([blank, told]), "b.x": np.array([ticked, ticked])})  # fmt: skip
    assert answered(sheets).tolist() == [False, True]
    assert places(sheets) == [("no_answers", 2, None, None)]


def test_a_municipality_with_too_few_of_a_group_is_told_at_its_first_sheet():
    frame = pd.DataFrame(
        {
            "municipality": ["a", "b", "a", "a", "b"],
            "group": ["officials", "officials", "officials", "professionals", "officials"],
            "_file": "e.csv", "_row": [2, 3, 4, 5, 6], "_column": "gemeente",
        }
    )  # fmt: skip
    found = [(f.row, f.column, f.found) for f in small_cells(frame, 2)]
    assert found == [(5, "gemeente", "a: 1")]


# --- Sheets that were not finished


def finished(codes: Mapping[str, str], *cells: str) -> tuple[list[int], list[Any]]:
    given = export(done=list(cells), q=["1"] * len(cells))
    kept, findings = only_finished(given, [mapped("done", "complete", codes)])
    assert all(len(values) == len(kept.rows) for values in kept.cells.values())
    return kept.rows.tolist(), [(f.rule, f.row, f.found, f.count) for f in findings]


def test_a_sheet_that_a_column_calls_unfinished_is_left_out_and_counted():
    kept, told = finished({"1": "yes", "0": "no"}, "1", "0", "", "1")
    assert (kept, told) == ([2, 5], [("incomplete", None, None, 2)])


def test_without_codes_whatever_stands_there_means_finished():
    kept, told = finished({}, "2027-05-01", "", "2027-05-02")
    assert (kept, told) == ([2, 4], [("incomplete", None, None, 1)])


def test_a_text_that_does_not_say_whether_a_sheet_was_finished_is_told():
    _, told = finished({"1": "yes"}, "1", "maybe")
    assert ("unknown_code", 3, "maybe", 1) in told


def test_a_round_without_such_a_column_keeps_every_sheet():
    given = export(q=["1", "2"])
    assert only_finished(given, [mapped("q", "both")]) == (given, [])


# --- Corrections


def test_a_cell_is_put_right_an_answer_taken_out_and_a_sheet_left_out():
    given = export(q=["6", "7", "3"], r=["1", "2", "3"])
    wanted = [
        Correction(2, "e.csv", 2, "q", "6", "5"),
        Correction(3, "e.csv", 3, "q", "7", ""),
        Correction(4, "e.csv", 4, "", "", "drop"),
        Correction(5, "other.csv", 2, "q", "6", "1"),
    ]
    mended, findings = correct(given, wanted, "corrections.csv")
    assert mended.rows.tolist() == [2, 3]
    assert mended.cells["q"].tolist() == ["5", np.nan]
    assert mended.cells["r"].tolist() == ["1", "2"]
    assert [f.rule for f in findings] == ["corrected", "corrected", "dropped"]


@pytest.mark.parametrize(
    ("correction", "column"),
    [
        (Correction(2, "e.csv", 9, "q", "6", "5"), "row"),
        (Correction(2, "e.csv", 2, "z", "6", "5"), "column"),
        (Correction(2, "e.csv", 2, "q", "4", "5"), "found"),
    ],
)
def test_a_correction_that_does_not_fit_the_export_is_told(correction: Correction, column: str):
    given = export(q=["6"])
    mended, (finding,) = correct(given, [correction], "corrections.csv")
    assert (finding.rule, finding.file, finding.row) == ("wrong_correction", "corrections.csv", 2)
    assert finding.column == column
    assert mended.cells["q"].tolist() == ["6"]


def test_corrections_are_read_as_excel_saves_them(tmp_path: Path):
    path = tmp_path / "corrections.csv"
    text = "file;row;column;found;becomes;why\ne.csv;12;q;6;5;typing error\n;;;;;\n"
    path.write_text(text, encoding="utf-8-sig")
    assert read_corrections(path, "c") == [Correction(2, "e.csv", 12, "q", "6", "5")]
    assert read_corrections(tmp_path / "none.csv", "c") == []


def test_every_fault_in_corrections_is_named(tmp_path: Path):
    path = tmp_path / "corrections.csv"
    path.write_text("file;row;column;found;becomes;why\n;x;;;;\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_corrections(path, "c")
    assert {p.column for p in caught.value.problems} == {"file", "row", "column", "why"}


# --- The typed form


def test_answers_by_respondent_come_from_one_row_per_answer():
    long = pd.DataFrame(
        [
            (2, "m", "officials", "youth", "both", "4"),
            (1, "m", "officials", "youth", "both", "dont_know"),
            (1, "m", "officials", "youth", "aspects.x", "selected"),
        ],
        columns=["respondent", "municipality", "group", "team_type", "item", "answer"],
    )
    wide = by_respondent(long)
    assert wide["respondent"].tolist() == [1, 2]
    assert wide["both"].tolist() == ["dont_know", "4"]
    assert wide["aspects.x"].isna().tolist() == [False, True]


def test_a_finding_is_one_line_with_the_way_to_mend_it():
    finding = Finding("unknown_code", "answers/e.csv", 3, "q", "both", "Z", "1, 2", "do this",
                      message="is not a code")  # fmt: skip
    assert str(finding.problem) == (
        "answers/e.csv, row 3, column q: is not a code (item both); found 'Z'; allowed: 1, 2; "
        "to mend: do this"
    )
