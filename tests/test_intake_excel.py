"""Excel workbooks: sheet and headings are found or asked for, and every cell becomes a text."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference

from analysis.intake.formats.excel import read_excel
from analysis.intake.formats.export import Export
from analysis.project import DataError, Problem
from analysis.raw.settings import Reading

FILE = "answers/team.xlsx"
TABLE = [["id", "municipality", "q1"], ["a", "Utrecht", 1], ["b", "Almere", 5]]


def workbook(tmp_path: Path, sheets: dict[str, list[list]] | list[list], change=None) -> Path:
    """A workbook with `sheets`, after `change` had its way with it."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in (sheets if isinstance(sheets, dict) else {"data": sheets}).items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    if change:
        change(book.worksheets[0])
    path = tmp_path / "team.xlsx"
    book.save(path)
    return path


def edit_xml(path: Path, old: str, new: str) -> Path:
    """Replace text in the XML of the first sheet, for what openpyxl itself does not write."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    name = "xl/worksheets/sheet1.xml"
    assert old.encode() in parts[name]
    parts[name] = parts[name].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w") as package:
        for part, content in parts.items():
            package.writestr(part, content)
    return path


def read(path: Path, wanted=None, **reading) -> Export:
    return read_excel(path, FILE, Reading(**reading), wanted)


def problems_of(path: Path, **reading) -> list[Problem]:
    with pytest.raises(DataError) as caught:
        read(path, **reading)
    assert {problem.file for problem in caught.value.problems} == {FILE}
    return caught.value.problems


def texts(export: Export, name: str) -> list[str]:
    """A column as a list, empty where the cell is."""
    column = export.cells[name]
    return ["" if code < 0 else column.categories[code] for code in column.codes]


def one_column(tmp_path: Path, *cells) -> list[str]:
    """What `cells` become, read from a workbook."""
    rows = [["id", "x", "q1"], *([f"r{number}", "y", cell] for number, cell in enumerate(cells))]
    return texts(read(workbook(tmp_path, rows)), "q1")


# --- Columns and rows


def test_a_table_is_read_with_its_headings_texts_and_row_numbers(tmp_path: Path):
    export = read(workbook(tmp_path, TABLE))
    assert (export.file, export.format) == (FILE, "excel")
    assert [heading.name for heading in export.headings] == ["id", "municipality", "q1"]
    assert texts(export, "municipality") == ["Utrecht", "Almere"]
    assert list(export.rows) == [2, 3]
    assert (export.left_out, list(export.findings)) == ({}, [])


def test_only_wanted_columns_have_cells_but_all_have_a_heading(tmp_path: Path):
    export = read(workbook(tmp_path, TABLE), wanted=["q1"])
    assert list(export.cells) == ["q1"]
    assert len(export.headings) == 3


def test_empty_rows_between_others_are_counted_and_those_at_the_end_are_not(tmp_path: Path):
    rows = [*TABLE[:2], [], [None, "  ", None], TABLE[2], [], [" "]]
    export = read(workbook(tmp_path, rows))
    assert list(export.rows) == [2, 5]
    assert export.left_out == {"empty": 2}


def test_hidden_rows_are_read_like_others(tmp_path: Path):
    def hide(sheet):
        sheet.row_dimensions[2].hidden = True

    assert list(read(workbook(tmp_path, TABLE, hide)).rows) == [2, 3]


def test_a_column_without_heading_and_without_cells_is_nothing(tmp_path: Path):
    rows = [["id", None, "q1"], ["a", None, 1]]
    assert list(read(workbook(tmp_path, rows)).cells) == ["id", "q1"]


def test_a_row_shorter_than_the_headings_ends_in_empty_cells(tmp_path: Path):
    export = read(workbook(tmp_path, [*TABLE, ["c"]]))
    assert texts(export, "q1") == ["1", "5", ""]


def test_a_question_that_nobody_answered_is_an_empty_column(tmp_path: Path):
    export = read(workbook(tmp_path, [["id", "x", "q1"], ["a", "y", None]]))
    assert texts(export, "q1") == [""]


# --- Cells


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (3, "3"),
        (3.0, "3"),
        (-99, "-99"),
        (3.5, "3.5"),
        ("  eens ", "eens"),
        ("3.0", "3.0"),
        (True, "TRUE"),
        (False, "FALSE"),
        (date(2027, 3, 1), "2027-03-01"),
        (datetime(2027, 3, 1, 9, 30, 5), "2027-03-01 09:30:05"),
        ("   ", ""),
        ("Zuidoost-Beemster – ÿ", "Zuidoost-Beemster – ÿ"),
    ],
)
def test_a_cell_becomes_text(tmp_path: Path, cell, text: str):
    assert one_column(tmp_path, cell) == [text]


def test_one_and_true_are_not_the_same(tmp_path: Path):
    assert one_column(tmp_path, 1, True, 0, False) == ["1", "TRUE", "0", "FALSE"]


def test_a_number_has_no_more_digits_than_excel_shows(tmp_path: Path):
    path = workbook(tmp_path, [["id", "q1"], ["a", 7.5]])
    edit_xml(path, "<v>7.5</v>", "<v>0.30000000000000004</v>")
    assert texts(read(path), "q1") == ["0.3"]


def test_a_number_and_the_same_number_as_text_are_one_answer(tmp_path: Path):
    export = read(workbook(tmp_path, [["id", "q1"], ["a", 3], ["b", " 3"], ["c", 3.0]]))
    assert list(export.cells["q1"].categories) == ["3"]


def test_a_formula_counts_with_the_value_that_excel_stored(tmp_path: Path):
    path = workbook(tmp_path, [["id", "q1"], ["a", "=1+3"]])
    edit_xml(path, "<v/></c>" if b"<v/>" in _sheet(path) else "<v></v></c>", "<v>4</v></c>")
    assert texts(read(path), "q1") == ["4"]


def test_a_formula_without_a_stored_value_is_a_finding(tmp_path: Path):
    export = read(workbook(tmp_path, [["id", "q1"], ["a", 1], ["b", "=1+3"]]))
    (finding,) = export.findings
    assert (finding.rule, finding.file, finding.row, finding.column) == (
        "unreadable", FILE, 3, "q1",
    )  # fmt: skip
    assert texts(export, "q1") == ["1", ""]


def test_a_sheet_with_nothing_but_a_formula_without_value_is_not_empty(tmp_path: Path):
    export = read(workbook(tmp_path, [*TABLE, [None, None, "=1"]]))
    assert list(export.rows) == [2, 3, 4]
    assert [finding.row for finding in export.findings] == [4]


def test_a_formula_that_gives_an_empty_text_is_an_empty_cell(tmp_path: Path):
    # Excel and LibreOffice store `=IF(A2="","",A2)` as <c t="str"><f>…</f><v></v></c>.
    path = workbook(tmp_path, [["id", "q1"], ["a", 1], ["b", "=1+3"]])
    edit_xml(path, 'r="B3"', 'r="B3" t="str"')
    export = read(path)
    assert list(export.findings) == []
    assert texts(export, "q1") == ["1", ""]


def _sheet(path: Path) -> bytes:
    with zipfile.ZipFile(path) as package:
        return package.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?"])
def test_a_formula_that_failed_is_a_finding_with_row_and_column(tmp_path: Path, error: str):
    export = read(workbook(tmp_path, [*TABLE, ["c", error, 2]]))
    (finding,) = export.findings
    assert (finding.rule, finding.row, finding.column) == ("unreadable", 4, "municipality")
    assert finding.found == error
    assert texts(export, "municipality") == ["Utrecht", "Almere", ""]


def test_findings_stand_in_the_order_of_rows_and_leave_dropped_columns_alone(tmp_path: Path):
    rows = [["id", "x", "q1"], ["a", "y", "#N/A"], ["b", "#N/A", 1], ["c", "y", "#REF!"]]
    path = workbook(tmp_path, rows)
    assert [finding.row for finding in read(path).findings] == [2, 3, 4]
    assert [finding.row for finding in read(path, wanted=["q1"]).findings] == [2, 4]


# --- Which sheet


def test_the_only_sheet_with_a_table_is_read(tmp_path: Path):
    sheets = {"Toelichting": [["Export of 1 March"], ["by us"]], "data": TABLE, "leeg": []}
    assert len(read(workbook(tmp_path, sheets)).rows) == 2


def test_several_tables_are_listed_and_the_sheet_is_asked_for(tmp_path: Path):
    path = workbook(tmp_path, {"teams": TABLE, "gemeenten": TABLE, "leeg": []})
    (problem,) = problems_of(path)
    assert problem.found == "'teams', 'gemeenten'"
    assert "`sheet:` under `files:` in round.yml" in str(problem)


def test_a_given_sheet_is_read(tmp_path: Path):
    path = workbook(tmp_path, {"teams": TABLE, "gemeenten": TABLE[:2]})
    assert len(read(path, sheet="gemeenten").rows) == 1


def test_a_sheet_that_is_not_there_is_told_with_those_that_are(tmp_path: Path):
    (problem,) = problems_of(workbook(tmp_path, {"teams": TABLE, "b": []}), sheet="team")
    assert (problem.found, problem.allowed) == ("team", "'teams', 'b'")


def test_a_workbook_without_a_table_is_told(tmp_path: Path):
    (problem,) = problems_of(workbook(tmp_path, {"a": [["only", "headings"]], "b": [["x"]]}))
    assert "no sheet has a table" in problem.message


def test_a_chart_that_is_a_sheet_of_its_own_is_passed_over(tmp_path: Path):
    def chart(sheet):
        bars = BarChart()
        bars.add_data(Reference(sheet, min_col=3, min_row=1, max_row=3))
        sheet.parent.create_chartsheet("chart").add_chart(bars)

    assert len(read(workbook(tmp_path, TABLE, chart)).rows) == 2


# --- Which row holds the headings


def test_a_title_and_remarks_above_the_headings_are_skipped(tmp_path: Path):
    rows = [["Answers 2027"], [], ["Made on", "1 March"], [*TABLE[0], "q2", "q3"],
            ["a", "Utrecht", 1, 2, 3]]  # fmt: skip
    export = read(workbook(tmp_path, rows))
    assert next(iter(export.cells)) == "id"
    assert list(export.rows) == [5]


def test_a_title_above_a_table_of_two_columns_is_skipped(tmp_path: Path):
    export = read(workbook(tmp_path, [["Answers 2027"], ["id", "q1"], ["a", 1]]))
    assert list(export.cells) == ["id", "q1"]


def test_a_given_row_of_headings_is_taken(tmp_path: Path):
    rows = [["block one", "block one", "block two"], *TABLE]
    assert list(read(workbook(tmp_path, rows), header_row=2).rows) == [3, 4]


def test_numbers_are_headings_only_where_the_row_is_given(tmp_path: Path):
    path = workbook(tmp_path, [["id", 1, 2], ["a", "eens", "oneens"]])
    (problem,) = problems_of(path)
    assert "header_row:" in str(problem)
    assert list(read(path, header_row=1).cells) == ["id", "1", "2"]


def test_line_breaks_in_a_heading_become_spaces(tmp_path: Path):
    export = read(workbook(tmp_path, [["id", " Trust\n in  teams "], ["a", 1]]))
    assert list(export.cells) == ["id", "Trust in teams"]


def test_every_empty_or_double_heading_is_told_with_its_column(tmp_path: Path):
    path = workbook(tmp_path, [["id", None, "q1", "q1 "], ["a", "x", 1, 2]])
    empty, double = problems_of(path)
    assert (empty.row, empty.column, empty.message) == (1, "B", "heading is empty")
    assert (double.row, double.column) == (1, "D")
    assert double.message == "heading stands in column C too"


def test_merged_headings_are_told_with_their_place(tmp_path: Path):
    path = workbook(
        tmp_path,
        [["id", "trust", None, "q3"], ["a", 1, 2, 3]],
        lambda sheet: sheet.merge_cells("B1:C1"),
    )
    (problem,) = problems_of(path)
    assert (problem.row, problem.column) == (1, "B")
    assert "B1:C1" in problem.message


def test_a_merged_title_above_the_headings_is_no_fault(tmp_path: Path):
    path = workbook(tmp_path, [["Answers 2027"], *TABLE], lambda sheet: sheet.merge_cells("A1:C1"))
    assert list(read(path).rows) == [3, 4]


def test_a_first_row_with_half_of_its_headings_missing_is_not_passed_over(tmp_path: Path):
    # The answers below are distinct texts too, and would pass for headings.
    path = workbook(tmp_path, [["id", None, "q1"], ["a", "Utrecht", "eens"]])
    (problem,) = problems_of(path)
    assert (problem.row, problem.column) == (1, "B")


@pytest.mark.parametrize("row", [3, 9])
def test_a_row_of_headings_without_answers_below_is_told(tmp_path: Path, row: int):
    (problem,) = problems_of(workbook(tmp_path, TABLE), header_row=row)
    assert problem.row == row


def test_no_message_repeats_a_cell(tmp_path: Path):
    marker = "piet@example.org"
    path = workbook(tmp_path, [["id", "mail", "q1"], ["a", marker, marker], [marker, marker, 1]])
    told = [*problems_of(path, header_row=2), *problems_of(path, header_row=3)]
    assert len(told) > 1
    assert not any(marker in str(problem) for problem in told)


# --- Files that are no workbook, and workbooks that are odd


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "old Excel (.xls)"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "locked with a password",
        ),
        (b"PK\x03\x04 and then nothing", "damaged"),
        (b"id;q1\r\na;1\r\n", "not an Excel workbook"),
        (b"", "not an Excel workbook"),
    ],
)
def test_another_file_is_one_line_that_says_what_to_do(tmp_path: Path, content: bytes, told: str):
    path = tmp_path / "team.xlsx"
    path.write_bytes(content)
    (problem,) = problems_of(path)
    assert told in problem.message
    assert "save" in (problem.mend or "")


@pytest.mark.parametrize(
    ("part", "told"), [("content.xml", "not an Excel"), ("xl/workbook.bin", "binary workbook")]
)
def test_other_spreadsheets_in_a_zip_are_named(tmp_path: Path, part: str, told: str):
    path = tmp_path / "team.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(part, "x")
    (problem,) = problems_of(path)
    assert told in problem.message


def test_a_workbook_that_is_cut_or_has_broken_xml_is_damaged(tmp_path: Path):
    path = workbook(tmp_path, TABLE)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert "damaged" in problems_of(path)[0].message
    path.write_bytes(whole)
    edit_xml(path, "</row>", "")
    assert "damaged" in problems_of(path)[0].message


def test_a_used_range_of_a_million_rows_and_all_columns_is_not_believed(tmp_path: Path):
    path = workbook(tmp_path, TABLE)
    edit_xml(path, '<dimension ref="A1:C3"', '<dimension ref="A1:XFD1048576"')
    export = read(path)
    assert list(export.rows) == [2, 3]
    assert export.left_out == {}


def test_a_used_range_that_is_too_small_hides_nothing(tmp_path: Path):
    path = workbook(tmp_path, TABLE)
    edit_xml(path, '<dimension ref="A1:C3"', '<dimension ref="A1:B2"')
    export = read(path)
    assert (len(export.cells), list(export.rows)) == (3, [2, 3])


def test_cells_that_were_only_given_a_look_are_no_columns_and_no_rows(tmp_path: Path):
    def paint(sheet):
        for place in ("Z1", "Z2", "XFD3", "A90"):
            sheet[place].font = openpyxl.styles.Font(bold=True)

    export = read(workbook(tmp_path, TABLE, paint))
    assert (len(export.cells), list(export.rows), export.left_out) == (3, [2, 3], {})


def prefixed(path: Path) -> Path:
    """Give elements of the sheet a prefix (<x:c>), as some programs do."""
    for tag in ("row", "c", "f", "v", "mergeCell"):
        for old in (f"<{tag} ", f"<{tag}>", f"<{tag}/>", f"</{tag}>"):
            if old.encode() in _sheet(path):
                edit_xml(path, old, old.replace(tag, f"x:{tag}"))
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return edit_xml(path, "<worksheet ", f'<worksheet xmlns:x="{space}" ')


def test_a_formula_without_a_value_is_found_whatever_the_prefix(tmp_path: Path):
    path = prefixed(workbook(tmp_path, [["id", "q1"], ["a", 1], ["b", "=1+3"]]))
    assert [finding.row for finding in read(path).findings] == [3]


def test_merged_headings_are_found_whatever_the_prefix(tmp_path: Path):
    path = workbook(tmp_path, [["id", "trust"], ["a", 1]], lambda sheet: sheet.merge_cells("B1:C1"))
    (problem,) = problems_of(prefixed(path))
    assert "B1:C1" in problem.message
