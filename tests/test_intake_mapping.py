"""`mapping.csv`: read as people save it, every fault named, nothing counts before it is decided."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.answers import ANSWERS
from analysis.intake.codes import read_codes, write_codes
from analysis.intake.mapping import (
    COLUMNS,
    ROLES,
    SCORED,
    TICKED,
    MappedColumn,
    accept,
    kind_of,
    read_mapping,
    write_mapping,
)
from analysis.project import DataError, Problem, Project
from analysis.raw.settings import read_instrument
from helpers import ROOT

INSTRUMENT = read_instrument(Project(ROOT))
HEADING = ",".join(COLUMNS)
# What a cell of a spreadsheet can hold: everything but control signs and half signs.
CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


def read(path: Path, text: str, encoding: str = "utf-8") -> list[MappedColumn]:
    path.write_bytes(text.encode(encoding))
    return read_mapping(path, "mapping.csv", INSTRUMENT)


def problems(path: Path, *rows: str) -> list[Problem]:
    """What is wrong with these rows, each given as `column;becomes;codes;reversed;accepted`."""
    lines = []
    for row in rows:
        column, becomes, codes, turned, accepted = row.split("|")
        lines.append(f'f.csv,{column},,{becomes},"{codes}",{turned},{accepted},')
    with pytest.raises(DataError) as caught:
        read(path, "\n".join([HEADING, *lines]))
    return caught.value.problems


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mapping.csv"


# --- The file


ROWS = [
    MappedColumn(
        "Oost; West.csv", "Q1", "Vertrouwen zij ons, écht?\nZeg het = eerlijk", "less_trust",
        {"1": "1", "Weet niet; geen mening": "dont_know", "-99": "missing", 'a "b" = c': "?"},
        why="question is like less_trust",
    ),
    MappedColumn("f.csv", "Q2", "", "team_reflects", {"1": "1"}, reversed=True, accepted=True),
    MappedColumn("f.csv", "Q3", "=1+1", "", {}),
]  # fmt: skip


def test_what_is_written_is_read_back(path: Path):
    write_mapping(path, ROWS)
    assert read_mapping(path, "mapping.csv", INSTRUMENT) == ROWS


def test_no_cell_begins_with_a_sign_that_a_spreadsheet_runs_as_a_formula(path: Path):
    """OWASP, CSV injection: a cell that begins with = + - or @ may be run."""
    row = MappedColumn("f.csv", "-Q", "=HYPERLINK()", "less_trust", {"-1": "missing"}, why="@x")
    write_mapping(path, [row])
    with path.open(encoding="utf-8-sig", newline="") as stream:
        cells = [cell for line in csv.reader(stream, delimiter=";") for cell in line]
    assert len(cells) == 16
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []
    assert read_mapping(path, "mapping.csv", INSTRUMENT) == [row]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_file_is_read_as_excel_saves_it(path: Path, separator: str, encoding: str):
    cells = ["f.csv", "Qé", "Vertrouwen", "less_trust", '"1=1; 2=2"', "Nee", "JA", "zo is’t"]
    text = "\r\n".join([separator.join(COLUMNS), separator.join(cells), separator * 7, ""])
    (row,) = read(path, text, encoding)
    assert (row.column, row.why, row.codes) == ("Qé", "zo is’t", {"1": "1", "2": "2"})
    assert (row.accepted, row.reversed) == (True, False)


def test_an_empty_mapping_has_no_rows(path: Path):
    assert read(path, HEADING + "\n") == []


def test_empty_cells_that_excel_adds_at_the_right_are_nothing(path: Path):
    assert len(read(path, f"{HEADING},,\nf.csv,a,,,,no,no,,,\n")) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("file,column\n", "column is missing"),
        (HEADING + ",extra\n", "column is not known"),
        (HEADING + ",why\n", "column stands twice"),
        (HEADING + "\na,b,,,,no,no,,more\n", "row is too long"),
        (HEADING + '\na,"b,,,,no,no,\n', "is not a table"),
    ],
)
def test_a_file_that_is_no_mapping_is_refused(path: Path, text: str, message: str):
    with pytest.raises(DataError, match=message):
        read(path, text)


def test_a_missing_file_is_named(path: Path):
    with pytest.raises(DataError, match=r"mapping.csv: the file is missing"):
        read_mapping(path, "mapping.csv", INSTRUMENT)


# --- The cell `codes`


@given(st.dictionaries(CELL.filter(bool), CELL.filter(bool), max_size=5))
def test_any_texts_can_stand_in_codes(codes: dict[str, str]):
    assert read_codes(write_codes(codes)) == (codes, [])


@given(st.lists(st.tuples(CELL.filter(bool), st.sampled_from(SCORED)), min_size=1, max_size=4))
def test_any_texts_survive_the_file(tmp_path_factory, pairs: list[tuple[str, str]]):
    path = tmp_path_factory.mktemp("m") / "mapping.csv"
    row = MappedColumn("f.csv", "Q1", "", "less_trust", dict(pairs))
    write_mapping(path, [row])
    assert read_mapping(path, "mapping.csv", INSTRUMENT) == [row]


def test_simple_codes_are_written_simply():
    assert write_codes({"1": "1", "Weet niet": "dont_know"}) == "1=1; Weet niet=dont_know"
    assert read_codes(" 1 = 1;2=2 ;; Weet niet=dont_know;")[0] == {
        "1": "1", "2": "2", "Weet niet": "dont_know",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ("1=1; 2", "'2' is not one text"),
        ("a=b=1", "'a=b=1' is not one text"),
        ("1=1; 1=2", "code '1' stands twice"),
        ('""=missing', "has nothing on one side"),
        ("1=", "has nothing on one side"),
        ('1=1; "2=2', "is not one text"),
    ],
)
def test_a_fault_in_codes_is_told_and_the_rest_read(cell: str, fault: str):
    codes, faults = read_codes(cell + "; 5=5")
    assert any(fault in told for told in faults)
    assert codes.get("5") == "5" or '"2' in cell


# --- What a row may say


def test_the_codes_of_scales_and_boxes_are_the_answers_of_a_round():
    assert {*SCORED, *TICKED} == set(ANSWERS)


@pytest.mark.parametrize(
    ("becomes", "kind"),
    [
        ("less_trust", "scale"),
        ("policy_aspects", "multiple"),
        ("policy_aspects.culture", "box"),
        ("group", "group"),
        ("personal", "personal"),
        ("policy_aspects.tailored", None),  # an option of criteria_aspects only
        ("less_trust.culture", None),
        ("trust", None),
        ("", None),
    ],
)
def test_a_column_becomes_an_item_a_box_or_a_role(becomes: str, kind: str | None):
    assert kind_of(becomes, INSTRUMENT) == kind


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("a|less_trusst||no|no", "becomes", "did you mean less_trust?"),
        ("a|policy_aspects.cultur||no|no", "becomes", "did you mean policy_aspects.culture?"),
        ("a|munincipality||no|no", "becomes", "did you mean municipality?"),
        ("a|less_trust|1=7|no|no", "codes", "found '1=7'; allowed: 1, 2, 3, 4, 5, dont_know"),
        ("a|less_trust|x=dontknow|no|no", "codes", "did you mean dont_know?"),
        ("a|less_trust|1=selected|no|no", "codes", "code is not known"),
        ("a|policy_aspects.culture|1=5|no|no", "codes", "selected, not_selected, missing"),
        ("a|policy_aspects|1=tailored|no|no", "codes", "accessibility, culture, method"),
        ("a|group|1=youth|no|no", "codes", "allowed: professionals, officials"),
        ("a|team_type|1=officials|no|no", "codes", "allowed: youth, social, integrated"),
        ("a|respondent|1=1|no|no", "codes", "respondent takes no codes"),
        ("a|less_trust|1=1; 1=2|no|no", "codes", "code '1' stands twice"),
        ("a|group||yes|no", "reversed", "group has no scale to reverse"),
        ("a|policy_aspects.culture||yes|no", "reversed", "no scale to reverse"),
        ("a|less_trust||x|no", "reversed", "found 'x'; allowed: yes or no"),
        ("a|less_trust||no|", "accepted", "found ''; allowed: yes or no"),
        ("a|less_trust|1=?|no|yes", "codes", "decide what '1' stands for"),
        ("a|||no|yes", "becomes", "say what the column becomes"),
        ("|less_trust||no|no", "column", "a value"),
    ],
)
def test_a_fault_of_a_row_is_named_with_its_column(path: Path, row: str, column: str, words: str):
    (problem,) = problems(path, row)
    assert (problem.file, problem.row, problem.column) == ("mapping.csv", 2, column)
    assert words in str(problem)


@pytest.mark.parametrize(
    "row",
    [
        "a|less_trust|1=1; 9=dont_know; 8=missing|yes|yes",
        "a|policy_aspects|1=culture; 9=missing; 8=dont_know|no|yes",
        "a|policy_aspects.culture|1=selected; 0=not_selected|no|yes",
        "a|municipality|Den Haag=s-gravenhage|no|yes",
        "a|group|1=officials|no|yes",
        "a|team_type|1=youth|no|yes",
        "a|less_trust|1=?|no|no",
        "a|||no|no",
    ],
)
def test_what_is_right_is_read(path: Path, row: str):
    column, becomes, codes, turned, accepted = row.split("|")
    (found,) = read(path, f"{HEADING}\nf.csv,{column},,{becomes},{codes},{turned},{accepted},")
    assert (found.becomes, write_codes(found.codes)) == (becomes, codes)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("less_trust", "less_trust"),
        ("municipality", "municipality"),
        ("policy_aspects", "policy_aspects.culture"),
        ("policy_aspects.culture", "policy_aspects"),
        ("policy_aspects.culture", "policy_aspects.culture"),
    ],
)
def test_two_columns_of_a_file_cannot_become_the_same(path: Path, first: str, second: str):
    (problem,) = problems(path, f"a|{first}||no|no", f"b|{second}||no|no")
    assert (problem.row, problem.column, problem.found) == (3, "becomes", second)
    assert "row 2" in problem.message


def test_two_boxes_of_an_item_and_two_dropped_columns_go_together(path: Path):
    rows = ["a,,policy_aspects.culture", "b,,policy_aspects.other", "c,,personal", "d,,personal"]
    lines = [f"f.csv,{row},,no,no," for row in rows] + ["g.csv,a,,policy_aspects.culture,,no,no,"]
    assert len(read(path, "\n".join([HEADING, *lines]))) == 5


def test_a_column_cannot_stand_twice(path: Path):
    (problem,) = problems(path, "a|less_trust||no|no", "a|team_reflects||no|no")
    assert (problem.row, problem.column, problem.found) == (3, "column", "a")


def test_all_faults_are_told_at_once_in_their_order(path: Path):
    found = problems(path, "a|x||no|maybe", "b|group|1=1|no|no", "c|less_trust|1=9; 2|yes|yes")
    assert [problem.row for problem in found] == [2, 2, 3, 4, 4]


def test_what_stands_in_a_dropped_column_is_not_repeated(path: Path):
    (problem,) = problems(path, "a|personal|Fatima=1|no|no")
    assert "Fatima" not in str(problem)


# --- Accepting


def test_accepting_makes_every_decided_row_count():
    rows = [
        MappedColumn("f", "a", "", "less_trust", {"1": "1"}),
        MappedColumn("f", "b", "", "open"),
    ]
    assert [row.accepted for row in accept(rows)] == [True, True]


def test_nothing_is_accepted_while_a_row_is_undecided():
    rows = [
        MappedColumn("f", "a", "", "less_trust", {"1": "1", "9": "?"}),
        MappedColumn("f", "b", "", "open"),
        MappedColumn("f", "c"),
    ]
    with pytest.raises(DataError) as caught:
        accept(rows)
    told = [(p.row, p.column) for p in caught.value.problems]
    assert told == [(2, "codes"), (4, "becomes")]
    assert "f, a: decide what '9' stands for" in str(caught.value)


def test_every_role_can_be_said(path: Path):
    lines = [f"f.csv,{role},,{role},,no,no," for role in ROLES]
    assert len(read(path, "\n".join([HEADING, *lines]))) == len(ROLES)
