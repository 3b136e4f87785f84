"""Delimited text: encoding and separator are found or asked for, rows counted, faults named."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.intake.formats.plain import read_plain
from analysis.intake.formats.text import open_text, positions, unique_headings
from analysis.project import DataError, Problem
from analysis.raw.settings import Reading

LATIN = "gemeente;antwoord\nCuraçao;één\n"


@pytest.fixture
def write(tmp_path: Path):
    """Writes bytes, or text as UTF-8, to a file; gives its path."""

    def written(content: bytes | str) -> Path:
        path = tmp_path / "answers.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def table(path: Path, **reading) -> dict[str, list[str]]:
    """The cells by heading, empty ones as an empty text."""
    export = read_plain(path, "answers.csv", Reading(**reading))
    return {
        n: ["" if code < 0 else c.categories[code] for code in c.codes]
        for n, c in export.cells.items()
    }


def problem_of(read, *arguments, **named) -> Problem:
    """The only problem that a reading ends in."""
    with pytest.raises(DataError) as caught:
        read(*arguments, **named)
    assert len(caught.value.problems) == 1
    return caught.value.problems[0]


# --- Encoding


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_is_found(write, encoding: str):
    assert table(write(LATIN.encode(encoding))) == {"gemeente": ["Curaçao"], "antwoord": ["één"]}


def test_utf_16_in_the_other_order_is_found_by_its_mark(write):
    big_endian = b"\xfe\xff" + LATIN.encode("utf-16-be")
    assert table(write(big_endian))["gemeente"] == ["Curaçao"]


@pytest.mark.parametrize("encoding", ["cp850", "utf-16-le"])
def test_a_given_encoding_overrules(write, encoding: str):
    assert table(write(LATIN.encode(encoding)), encoding=encoding)["gemeente"] == ["Curaçao"]


@pytest.mark.parametrize(
    ("content", "given"),
    [
        (LATIN.encode("cp1252"), "utf-8"),
        (LATIN.encode("utf-8-sig"), "cp1252"),
        (b"a;b\n1;2\n", "utf-16"),
        (b"a;b\n1;2\n", "klingon"),
        (b"a;b\n1;2\n", "base64"),
    ],
)
def test_a_wrong_or_unknown_given_encoding_is_one_problem_that_names_it(write, content, given):
    problem = problem_of(table, write(content), encoding=given)
    assert problem.found == given
    assert "encoding:" in str(problem.mend)


def test_a_file_that_is_partly_utf_8_is_refused_rather_than_garbled(write):
    problem = problem_of(table, write(LATIN.encode() + b"Cura\xe7ao;nee\n"))
    assert "neither UTF-8 nor Windows-1252" in problem.message


def test_a_byte_that_no_encoding_knows_is_refused(write):
    assert "neither" in problem_of(table, write(b"a;b\n1;\x81\n")).message


def test_nul_signs_are_refused_with_their_row(write):
    problem = problem_of(table, write(b"a;b\n1;2\n3;\x00\n"))
    assert (problem.row, "NUL" in problem.message) == (3, True)


# --- Separator


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_separator_is_found_in_the_heading(write, mark: str):
    assert table(write(f"a{mark}b\n1{mark}2\n")) == {"a": ["1"], "b": ["2"]}


def test_separators_between_quotation_marks_do_not_count(write):
    assert list(table(write('"a, of b";"c, d"\n1;2\n'))) == ["a, of b", "c, d"]


def test_of_two_marks_in_the_heading_the_one_that_divides_all_rows_alike_counts(write):
    assert table(write("naam, voornaam;b\nx;1\ny;2\n")) == {
        "naam, voornaam": ["x", "y"],
        "b": ["1", "2"],
    }


@pytest.mark.parametrize("content", ["a;b,c\n1;2,3\n", "a\n1\n2\n", "a:b\n1:2\n"])
def test_a_separator_that_cannot_be_told_is_asked_for(write, content: str):
    assert "separator:" in str(problem_of(table, write(content)).mend)


def test_a_given_separator_overrules(write):
    assert table(write("a:b\n1:2\n"), separator=":") == {"a": ["1"], "b": ["2"]}
    assert list(table(write("a;b,c\n1;2,3\n"), separator=",")) == ["a;b", "c"]


@pytest.mark.parametrize("given", [",", '"'])
def test_a_given_separator_that_does_not_divide_the_heading_is_one_problem(write, given: str):
    problem = problem_of(table, write("a;b\n1;2\n"), separator=given)
    assert (problem.found, problem.allowed) == (given, "';'")


def test_the_line_that_tells_excel_the_separator_is_honoured_and_is_a_row(write):
    export = read_plain(write("sep=;\na;b,c\n1;2\n"), "answers.csv", Reading())
    assert [h.name for h in export.headings] == ["a", "b,c"]
    assert list(export.rows) == [3]


# --- Rows


def test_rows_count_as_in_a_spreadsheet(write):
    """A line break inside a cell starts no row; a blank line is one, but not at the end."""
    path = write('a;b\n1;"x\ny"\n\n ; \n2;z\n\n\n')
    export = read_plain(path, "answers.csv", Reading())
    assert list(export.rows) == [2, 5]
    assert list(export.cells["b"]) == ["x\ny", "z"]
    assert export.left_out == {"empty": 2}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_in_any_way(write, end: str):
    assert table(write(end.join(["a;b", "1;2", "3;4", ""]))) == {"a": ["1", "3"], "b": ["2", "4"]}


def test_cells_are_stripped_and_an_empty_cell_has_no_code(write):
    cells = read_plain(write("a;b\n1; x \n2;x\n3; \n"), "f", Reading()).cells["b"]
    assert (list(cells.codes), list(cells.categories)) == ([0, 0, -1], ["x"])


def test_only_wanted_columns_are_kept_but_all_are_told(write):
    export = read_plain(write("a;b;c\n1;2;3\n"), "f", Reading(), wanted=["b", "z"])
    assert list(export.cells) == ["b"]
    assert [heading.name for heading in export.headings] == ["a", "b", "c"]


def test_each_row_with_another_number_of_cells_is_a_finding_and_is_not_kept(write):
    export = read_plain(write("a;b\n1\n1;2\n1;2;3\n"), "answers.csv", Reading())
    found = [(f.rule, f.file, f.row, f.found, f.allowed) for f in export.findings]
    assert found == [
        ("cut_row", "answers.csv", 2, "1 cells", "2"),
        ("cut_row", "answers.csv", 4, "3 cells", "2"),
    ]
    assert list(export.rows) == [3]


@pytest.mark.parametrize(("content", "row"), [('a;b\n1;2\n1;"2\n3;4\n', 3), ('a;"b\n1;2\n', 1)])
def test_a_quotation_mark_that_is_never_closed_is_named_with_its_row(write, content, row: int):
    problem = problem_of(table, write(content))
    assert (problem.row, "never closed" in problem.message) == (row, True)


def test_a_quotation_mark_inside_a_cell_that_is_not_doubled_is_named_with_its_row(write):
    problem = problem_of(table, write('a;b\n1;"de "wijk""\n'))
    assert (problem.row, "followed by other text" in problem.message) == (2, True)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_one_problem(write, content: bytes):
    assert problem_of(table, write(content)).message == "is empty"


def test_a_file_with_headings_only_has_no_rows(write):
    assert table(write("a;b\n")) == {"a": [], "b": []}


def test_more_rows_than_are_taken_at_a_time_keep_their_numbers(write):
    path = write("a;b\n" + "".join(f"{n};{n % 3}\n" for n in range(1001)))
    export = read_plain(path, "f", Reading())
    assert list(export.rows) == list(range(2, 1003))
    assert list(export.cells["b"]) == [str(n % 3) for n in range(1001)]


def test_a_reader_leaves_out_sheets_by_reason_and_the_first_reason_counts(write):
    text = open_text(write("x;y;z\n1;;a\n;1;b\n;;c\n1;1;d\n"), "f")
    judges = {0: lambda cell: "first" if cell else "", 1: lambda cell: "second" if cell else ""}
    sheets = text.read(2, 3, {2: "z"}, judges)
    assert sheets.left_out == {"first": 2, "second": 1}
    assert (list(sheets.cells["z"]), list(sheets.rows)) == (["c"], [4])


def test_the_head_is_given_as_it_stands(write):
    assert open_text(write("a;b\n1; 2\n3;4\n"), "f").head(2) == [["a", "b"], ["1", " 2"]]


# --- Headings


def test_empty_and_repeated_headings_are_all_named_with_row_and_column_number():
    with pytest.raises(DataError) as caught:
        unique_headings(["a", " ", "b", " a "], "f", 3)
    found = [(problem.row, problem.column, problem.found) for problem in caught.value.problems]
    assert found == [(3, "number 2", None), (3, "number 4", "a")]


def test_wanted_columns_are_found_by_their_heading():
    assert positions(["a", "b", "c"], ["c", "a"]) == {0: "a", 2: "c"}
    assert positions(["a", "b"], None) == {0: "a", 1: "b"}


def test_headings_stand_in_the_row_that_is_given(write):
    path = write("Export van de vragenlijst, 2027\n\na;b\n1;2\n")
    export = read_plain(path, "f", Reading(header_row=3))
    assert [heading.name for heading in export.headings] == ["a", "b"]
    assert list(export.rows) == [4]


@pytest.mark.parametrize("row", [2, 9])
def test_a_row_without_headings_is_one_problem(write, row: int):
    problem = problem_of(table, write("a;b\n\n1;2\n"), header_row=row, separator=";")
    assert (problem.row, problem.message) == (row, "has no headings in this row")


# --- Numbers


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (["3,0", "3.0", "3,00", "3", ""], ["3", "3", "3", "3", ""]),
        (["2,5", "3,0"], ["2.5", "3"]),
        (["-1,0", "+2"], ["-1", "+2"]),
        (["3,0", "weet niet"], ["3,0", "weet niet"]),  # not all are numbers
        (["1.000", "2,0"], ["1.000", "2,0"]),  # a thousand, or one: not ours to guess
        (["007", "1.10"], ["007", "1.10"]),  # an identifier stays as it is
    ],
)
def test_a_whole_number_loses_its_decimals_where_all_cells_are_numbers(write, cells, read):
    lines = "".join(f"x;{cell}\n" for cell in cells)
    assert table(write(f"a;b\n{lines}"))["b"] == read
