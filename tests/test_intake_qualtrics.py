"""Qualtrics exports, made by hand after its support pages.

"Understanding Your Dataset" (qualtrics.com/support) describes the three rows of headings, the
columns about the response and the values of Status; the example files of ropensci/qualtRics
(tests/testthat/files/sample.csv, sample_legacy.csv) show German texts and the older form.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.intake.formats.export import Export, Heading
from analysis.intake.formats.qualtrics import fixed_column, is_qualtrics, read_qualtrics
from analysis.project import DataError, Problem
from analysis.raw.settings import Reading

FILE = "answers/export.csv"
# A column: name, text of the question, import id.
RESPONSE = ("ResponseId", "Response ID", "_recordId")
STATUS = ("Status", "Response Type", "status")
FINISHED = ("Finished", "Finished", "finished")
CHANNEL = ("DistributionChannel", "Distribution Channel", "distributionChannel")
TRUST = ("Q1", "Residents trust the team.", "QID1")

GERMAN = {
    "StartDate": "Anfangsdatum", "EndDate": "Enddatum", "Status": "Antworttyp",
    "IPAddress": "IP-Adresse", "Progress": "Aktueller Stand",
    "Duration (in seconds)": "Dauer (in Sekunden)", "Finished": "Beendet",
    "RecordedDate": "Erfassungsdatum", "ResponseId": "Antwort-ID",
    "RecipientLastName": "Nachname des Empfängers",
    "RecipientFirstName": "Vorname des Empfängers", "RecipientEmail": "E-Mail des Empfängers",
    "ExternalReference": "Externe Datenreferenz",
    "LocationLatitude": "Breitengrad des Standorts",
    "LocationLongitude": "Längengrad des Standorts", "DistributionChannel": "Verteilungskanal",
    "UserLanguage": "Benutzersprache",
}  # fmt: skip


def import_id(told: str) -> str:
    """A cell of the third row: `QID1`, or `QID1/2` for the second choice of a split question."""
    question, _, choice = told.partition("/")
    return f'{{"ImportId":"{question}"' + (f',"choiceId":"{choice}"' if choice else "") + "}"


def table(columns, answers, *, rows: int = 3) -> list[list[str]]:
    """An export with `rows` rows of headings."""
    names, texts, ids = (list(row) for row in zip(*columns, strict=True))
    return [names, texts, [import_id(cell) for cell in ids]][:rows] + answers


def write(
    tmp_path: Path, records: list[list[str]], separator: str = ",", encoding: str = "utf-8"
) -> Path:
    """`records` as a file in which every cell stands between quotation marks."""
    quoted = ([f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in records)
    path = tmp_path / "export.csv"
    path.write_bytes("\n".join(separator.join(row) for row in quoted).encode(encoding))
    return path


def read(tmp_path: Path, columns, answers, wanted=None, *, rows: int = 3) -> Export:
    path = write(tmp_path, table(columns, answers, rows=rows))
    return read_qualtrics(path, FILE, Reading(), wanted)


def problems_of(path: Path) -> list[Problem]:
    with pytest.raises(DataError) as caught:
        read_qualtrics(path, FILE, Reading())
    return caught.value.problems


def texts(export: Export, name: str) -> list[str]:
    """A column as a list, empty where the cell is."""
    column = export.cells[name]
    return ["" if code < 0 else column.categories[code] for code in column.codes]


# --- Rows of headings

OLD = [
    ["V1", "V7", "V10", "Q1", ""],
    ["ResponseID", "Status", "Finished", "Residents trust the team.", ""],
    ["R_2YPOQ602ER1jkf1", "0", "1", "2", ""],
    ["R_2YPOQ602ER1jkf2", "1", "1", "3", ""],
]


def test_below_three_rows_of_headings_the_first_answer_stands_in_row_4(tmp_path: Path):
    export = read(tmp_path, [RESPONSE, TRUST], [["R_1abcdef", "2"], ["R_2abcdef", "5"]])
    assert (export.file, export.format) == (FILE, "qualtrics")
    assert list(export.rows) == [4, 5]
    assert texts(export, "Q1") == ["2", "5"]


def test_the_first_row_names_a_column_and_the_second_is_its_label(tmp_path: Path):
    columns = [RESPONSE, ("Q2_1", "How far do you agree? -\n We know all groups.", "QID2_1")]
    heading = read(tmp_path, columns, [["R_1abcdef", "2"]]).headings[1]
    assert (heading.name, heading.label) == ("Q2_1", "How far do you agree? - We know all groups.")


def test_older_exports_have_two_rows_and_an_empty_column_at_the_end(tmp_path: Path):
    export = read_qualtrics(write(tmp_path, OLD), FILE, Reading())
    assert [heading.name for heading in export.headings] == ["V1", "V7", "V10", "Q1"]
    assert list(export.rows) == [3]
    assert export.left_out == {"preview": 1}


def test_older_exports_without_v_names_have_two_rows_too(tmp_path: Path):
    columns = [("ResponseID", "ResponseID", ""), ("Finished", "Finished", ""), TRUST]
    export = read(tmp_path, columns, [["R_1abcdef", "1", "4"]], rows=2)
    assert list(export.rows) == [3]
    assert export.headings[2].label == "Residents trust the team."


def test_without_the_lower_headings_the_first_answer_is_not_taken_for_one(tmp_path: Path):
    export = read(tmp_path, [RESPONSE, FINISHED, TRUST], [["R_1abcdef", "1", "4"]], rows=1)
    assert list(export.rows) == [2]
    assert texts(export, "Q1") == ["4"]


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_an_export_is_known_by_its_headings(rows: int):
    records = table([RESPONSE, FINISHED, TRUST], [["R_1abcdef", "1", "2"]] * 3, rows=rows)
    assert is_qualtrics(records[:3])


def test_an_older_export_is_known_by_its_second_row():
    assert is_qualtrics(OLD[:3])


@pytest.mark.parametrize(
    "records",
    [
        [],
        [["id", "q1"], ["1", "2"]],
        # Another survey program's export, and one whose ids are not those of Qualtrics.
        [["Response ID", "Status", "Q1"], ["1", "Complete", "2"], ["2", "Complete", "2"]],
        [["ResponseId", "Status", "Q1"], ["1", "done", "2"], ["2", "done", "2"]],
    ],
)
def test_another_table_is_no_export_of_qualtrics(records: list[list[str]]):
    assert not is_qualtrics(records)


def test_a_file_that_should_be_qualtrics_and_is_not_is_told(tmp_path: Path):
    (problem,) = problems_of(write(tmp_path, [["id", "q1"], ["1", "2"]]))
    assert "not a Qualtrics export" in problem.message


def test_a_name_that_stands_twice_is_told_apart_by_its_import_id(tmp_path: Path):
    columns = [RESPONSE, ("Q1", "First", "QID1"), ("Q1", "Second", "QID7")]
    export = read(tmp_path, columns, [["R_1abcdef", "1", "2"]])
    assert list(export.cells) == ["ResponseId", "Q1 (QID1)", "Q1 (QID7)"]


def test_a_name_that_stands_twice_without_import_ids_is_an_error(tmp_path: Path):
    columns = [RESPONSE, FINISHED, TRUST, TRUST]
    path = write(tmp_path, table(columns, [["R_1abcdef", "1", "1", "2"]], rows=2))
    (problem,) = problems_of(path)
    assert (problem.row, problem.column) == (1, "number 4")


# --- What the file is written in


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_separator_and_encoding_gives_the_same(tmp_path: Path, separator: str, encoding: str):
    records = table([RESPONSE, FINISHED, ("Q1", "Súdwest-Fryslân?", "QID1")],
                    [["R_1abcdef", "1", "één, twee; drie"]])  # fmt: skip
    export = read_qualtrics(write(tmp_path, records, separator, encoding), FILE, Reading())
    assert texts(export, "Q1") == ["één, twee; drie"]
    assert export.headings[2].label == "Súdwest-Fryslân?"


def test_only_wanted_columns_have_cells_and_previews_are_left_out_all_the_same(tmp_path: Path):
    answers = [["R_1abcdef", "0", "2"], ["R_2abcdef", "1", "3"]]
    export = read(tmp_path, [RESPONSE, STATUS, TRUST], answers, wanted=["Q1"])
    assert list(export.cells) == ["Q1"]
    assert texts(export, "Q1") == ["2"]


def test_a_row_that_was_cut_is_a_finding(tmp_path: Path):
    export = read(tmp_path, [RESPONSE, TRUST], [["R_1abcdef", "2"], ["R_2abcdef"]])
    assert [(finding.rule, finding.row) for finding in export.findings] == [("cut_row", 5)]


# --- Previews and unfinished answers


@pytest.mark.parametrize("status", ["1", "2", "9", "17", "Survey Preview", "Survey Test",
                                    "Preview Spam", "Offline Preview"])  # fmt: skip
def test_previews_and_tests_are_counted_and_left_out(tmp_path: Path, status: str):
    answers = [["R_1abcdef", status, "1"], ["R_2abcdef", "0", "2"]]
    export = read(tmp_path, [RESPONSE, STATUS, TRUST], answers)
    assert list(export.rows) == [5]
    assert export.left_out == {"preview": 1}


@pytest.mark.parametrize("status", ["0", "IP Address", "4", "Imported", "8", "Spam", "16",
                                    "Offline", ""])  # fmt: skip
def test_normal_imported_and_offline_answers_and_possible_spam_are_kept(
    tmp_path: Path, status: str
):
    export = read(tmp_path, [RESPONSE, STATUS, TRUST], [["R_1abcdef", status, "1"]])
    assert list(export.rows) == [4]
    assert list(export.findings) == []


def test_the_channel_tells_a_preview_whatever_the_language_of_status(tmp_path: Path):
    answers = [["R_1abcdef", "Umfragevorschau", "preview"], ["R_2abcdef", "IP-Adr.", "anonymous"]]
    export = read(tmp_path, [RESPONSE, STATUS, CHANNEL], answers)
    assert (list(export.rows), export.left_out) == ([5], {"preview": 1})
    assert list(export.findings) == []


def test_a_preview_by_status_counts_as_one_whatever_the_channel(tmp_path: Path):
    export = read(tmp_path, [RESPONSE, STATUS, CHANNEL], [["R_1abcdef", "1", "anonymous"]])
    assert export.left_out == {"preview": 1}


@pytest.mark.parametrize(("column", "found"), [(STATUS, "Umfragevorschau"), (FINISHED, "Wahr")])
def test_a_status_that_is_not_known_is_a_finding_and_not_guessed(
    tmp_path: Path, column: tuple[str, str, str], found: str
):
    answers = [["R_1abcdef", found, "1"], ["R_2abcdef", found, "2"]]
    export = read(tmp_path, [RESPONSE, column, TRUST], answers)
    (finding,) = export.findings
    assert (finding.rule, finding.column) == ("unreadable", column[0])
    assert (finding.found, finding.count) == (found, 2)


@pytest.mark.parametrize("finished", ["0", "False", "FALSE"])
def test_unfinished_answers_are_counted_and_left_out(tmp_path: Path, finished: str):
    answers = [["R_1abcdef", finished, "1"], ["R_2abcdef", "True", "2"], ["R_3abcdef", "1", "3"]]
    export = read(tmp_path, [RESPONSE, FINISHED, TRUST], answers)
    assert list(export.rows) == [5, 6]
    assert export.left_out == {"incomplete": 1}


def test_progress_below_100_is_unfinished_too(tmp_path: Path):
    columns = [RESPONSE, ("Progress", "Progress", "progress")]
    export = read(tmp_path, columns, [["R_1abcdef", "63"], ["R_2abcdef", "100"]])
    assert (list(export.rows), export.left_out) == ([5], {"incomplete": 1})


def test_an_unfinished_preview_is_counted_once_as_a_preview(tmp_path: Path):
    export = read(tmp_path, [RESPONSE, FINISHED, STATUS], [["R_1abcdef", "0", "1"]])
    assert export.left_out == {"preview": 1}


def test_a_question_called_status_leaves_nothing_out(tmp_path: Path):
    columns = [RESPONSE, ("Status", "What is your status?", "QID9")]
    export = read(tmp_path, columns, [["R_1abcdef", "1"]])
    assert (list(export.rows), export.left_out) == ([4], {})
    assert fixed_column(export.headings[1]) is None


# --- Multiple choice


@pytest.mark.parametrize("cell", ["1,3,5", "Culture,Religion, or belief", "-99"])
def test_a_question_in_one_cell_and_a_recode_stay_as_they_are(tmp_path: Path, cell: str):
    export = read(tmp_path, [RESPONSE, ("Q5", "Which?", "QID5")], [["R_1abcdef", cell]])
    assert texts(export, "Q5") == [cell]
    assert export.sets == {}


def test_a_question_that_is_split_over_columns_is_a_set(tmp_path: Path):
    columns = [RESPONSE, ("Q5_1", "Which? - Culture", "QID5/1"),
               ("Q5_2", "Which? - Religion", "QID5/2"),
               ("Q5_2_TEXT", "Which? - Religion - Text", "QID5_2_TEXT")]  # fmt: skip
    export = read(tmp_path, columns, [["R_1abcdef", "1", "1", "x"]])
    assert export.sets == {"Q5": ["Q5_1", "Q5_2"]}


@pytest.mark.parametrize(("first", "second"), [("1", "1"), ("Culture", "Religion")])
def test_without_choice_ids_boxes_are_known_by_their_cells(tmp_path: Path, first: str, second: str):
    columns = [RESPONSE, FINISHED, ("Q5_1", "Which? - Culture", ""),
               ("Q5_2", "Which? - Religion", "")]  # fmt: skip
    answers = [["R_1abcdef", "1", first, ""], ["R_2abcdef", "1", "", second]]
    export = read(tmp_path, columns, answers, rows=2)
    assert export.sets == {"Q5": ["Q5_1", "Q5_2"]}


def test_a_matrix_is_no_set(tmp_path: Path):
    columns = [RESPONSE, FINISHED, ("Q2_1", "Agree? - A", "QID2_1"), ("Q2_2", "Agree? - B",
               "QID2_2")]  # fmt: skip
    answers = [["R_1abcdef", "1", "1", ""], ["R_2abcdef", "1", "4", "1"]]
    assert read(tmp_path, columns, answers).sets == {}


def test_a_matrix_in_which_everybody_took_the_first_column_is_no_set(tmp_path: Path):
    columns = [RESPONSE, ("Q2_1", "Agree? - A", "QID2_1"), ("Q2_2", "Agree? - B", "QID2_2")]
    assert read(tmp_path, columns, [["R_1abcdef", "1", "1"]]).sets == {}


def test_one_column_alone_is_no_set(tmp_path: Path):
    columns = [RESPONSE, ("Q5_1", "Which? - Culture", "QID5/1")]
    assert read(tmp_path, columns, [["R_1abcdef", "1"]]).sets == {}


def test_columns_that_are_not_wanted_are_in_no_set_that_their_cells_would_tell(tmp_path: Path):
    columns = [RESPONSE, ("Q5_1", "Which? - A", "QID5_1"), ("Q5_2", "Which? - B", "QID5_2")]
    answers = [["R_1abcdef", "1", ""]]
    assert read(tmp_path, columns, answers, wanted=["Q5_1"]).sets == {}
    assert read(tmp_path, columns, answers).sets == {"Q5": ["Q5_1", "Q5_2"]}


def test_the_order_in_which_boxes_were_shown_is_no_set(tmp_path: Path):
    columns = [RESPONSE, ("Q5_DO_1", "Order - A", "QID5_DO/1"), ("Q5_DO_2", "Order", "QID5_DO/2")]
    export = read(tmp_path, columns, [["R_1abcdef", "2", "1"]])
    assert export.sets == {}
    assert fixed_column(export.headings[1]) == "not_used"


# --- Qualtrics' own columns

ROLES = {
    "StartDate": "started", "EndDate": "finished", "Status": "not_used",
    "IPAddress": "personal", "Progress": "not_used", "Duration (in seconds)": "not_used",
    "Finished": "not_used", "RecordedDate": "finished", "ResponseId": "respondent",
    "RecipientLastName": "personal", "RecipientFirstName": "personal",
    "RecipientEmail": "personal", "ExternalReference": "personal",
    "ExternalDataReference": "personal", "LocationLatitude": "personal",
    "LocationLongitude": "personal", "DistributionChannel": "not_used",
    "UserLanguage": "not_used",
}  # fmt: skip


@pytest.mark.parametrize(("name", "role"), ROLES.items())
def test_a_column_of_qualtrics_has_a_role_whatever_the_text_below_it(name: str, role: str):
    assert fixed_column(Heading(name)) == role
    assert fixed_column(Heading(name, "Antwoordtype")) == role


@pytest.mark.parametrize(("name", "german"), GERMAN.items())
def test_below_v_names_the_role_is_told_by_the_english_or_german_text(name: str, german: str):
    assert fixed_column(Heading("V3", name)) == ROLES[name]
    assert fixed_column(Heading("V3", german)) == ROLES[name]


def test_a_german_text_below_the_name_of_a_question_tells_nothing():
    assert fixed_column(Heading("Q4", "Beendet")) is None


@pytest.mark.parametrize("name", ["Q1_TEXT", "Q5_6_TEXT"])
def test_a_text_column_holds_open_answers(name: str):
    assert fixed_column(Heading(name)) == "open"


def test_a_text_question_is_open_by_its_import_id_and_so_is_what_is_made_of_it(tmp_path: Path):
    # Both columns stand so in sample.csv of ropensci/qualtRics.
    columns = [
        RESPONSE,
        ("Q2", "This is a free text question.", "QID2_TEXT"),
        ("Q2 - Topics", "Q2 - Topics", "QID2_TEXT_eae5a8d0e7fd4bd183e983e5Topics"),
    ]
    export = read(tmp_path, columns, [["R_1abcdef", "Hello World!", ""]])  # fmt: skip
    assert [fixed_column(heading) for heading in export.headings] == ["respondent", "open", "open"]


@pytest.mark.parametrize("name", ["Q1", "V12", "gemeente", "Q1_1"])
def test_a_question_has_no_role_of_its_own(name: str):
    assert fixed_column(Heading(name, "Residents trust the team.")) is None
