"""LimeSurvey's CSV export: recognised, complete responses read, own columns told apart.

The files here are made by hand after LimeSurvey's public source: CsvWriter.php (every cell between
quotation marks, a mark of UTF-8, CRLF, a blank line at the end), Writer.php (headings as codes,
texts, shortened texts or both), viewHelper::getFieldCode (`q01[SQ003]`, `q01_SQ003`), and its Dutch
and German translations (locale/nl/nl.mo and locale/de/de.mo of version 6.4).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.intake.formats.export import Export
from analysis.intake.formats.limesurvey import FIXED, fixed_column, is_limesurvey, read_limesurvey
from analysis.intake.mapping import ROLES
from analysis.project import DataError
from analysis.raw.settings import Reading

DATE = "2027-03-01 10:15:00"
CODES = ["id", "submitdate", "lastpage", "startlanguage", "seed", "q01[SQ001]", "q01[SQ002]"]
ENGLISH = ["Response ID", "Date submitted", "Last page", "Start language", "Seed"]
DUTCH = ["Respons-ID", "Datum verzonden", "Laatste pagina", "Begin taal", "Plaats"]
GERMAN = ["Antwort ID", "Datum Abgeschickt", "Letzte Seite", "Start-Sprache", "Zufallsstartwert"]
OWN_LABELS = ["Response ID", "Date submitted", "Last page", "Start language", "Seed"]
STATEMENTS = ["In hoeverre bent u het eens? [Er is vertrouwen]", "In hoeverre? [Er is tijd]"]


@pytest.fixture
def export(tmp_path: Path):
    """Reads records as LimeSurvey writes them."""

    def read(*records: list[str], mark: str = ",", encoding: str = "utf-8-sig", **reading):
        path = tmp_path / "results-survey478754.csv"
        lines = [mark.join('"' + c.replace('"', '""') + '"' for c in cells) for cells in records]
        path.write_bytes(("\r\n".join(lines) + "\r\n\r\n").encode(encoding))
        return read_limesurvey(path, "results.csv", Reading(**reading))

    return read


def answers(export: Export, name: str) -> list[str]:
    cells = export.cells[name]
    return ["" if code < 0 else cells.categories[code] for code in cells.codes]


def labels(export: Export) -> list[str]:
    return [heading.label for heading in export.headings]


def sheet(number: int, *cells: str, date: str = DATE) -> list[str]:
    return [str(number), date, "4", "nl", "1234567", *cells]


# --- Recognised by its headings


@pytest.mark.parametrize(
    "heading",
    [
        CODES,
        ["id. Response ID", "submitdate. Date submitted", "q01[SQ001]. Er is vertrouwen"],
        ["id. Identifiant", "submitdate. Date de soumission"],
        [*ENGLISH, *STATEMENTS],
        [*DUTCH, *STATEMENTS],
        [*GERMAN, *STATEMENTS],
        ["Response_ID", "Date_submitted", "Is_er_tijd?"],
        ["Antwort ID", "Datum Abgeschic..", "Letzte Seite"],
    ],
)
def test_an_export_is_recognised_by_its_own_columns(heading: list[str]):
    assert is_limesurvey([heading, ["1", DATE]])


@pytest.mark.parametrize(
    "heading",
    [
        ["id", "gemeente", "q01"],
        ["submitdate", "q01"],
        ["StartDate", "EndDate", "Status", "ResponseId"],  # Qualtrics
        [],
    ],
)
def test_other_files_are_not_recognised(heading: list[str]):
    assert not is_limesurvey([heading])
    assert not is_limesurvey([])


# --- Headings and labels


def test_a_heading_of_codes_tells_no_question_but_names_its_own_columns(export):
    read = export(CODES, sheet(1, "A1", "A2"))
    assert [heading.name for heading in read.headings] == CODES
    assert labels(read) == [*OWN_LABELS, "", ""]
    assert answers(read, "q01[SQ001]") == ["A1"]


@pytest.mark.parametrize("between", [". ", ": ", " - "])
def test_a_heading_of_code_and_question_is_divided_where_the_exporter_chose(export, between: str):
    own = [f"{code}{between}{text}" for code, text in zip(CODES, DUTCH, strict=False)]
    asked = [f"q01[SQ001]{between}Mw. A. zei: ja - of nee [tijd]", f"q01_SQ002{between}Tijd?"]
    read = export([*own, *asked], sheet(1, "A1", "A2"))
    assert labels(read) == [*OWN_LABELS, "Mw. A. zei: ja - of nee [tijd]", "Tijd?"]
    assert answers(read, asked[0]) == ["A1"]


@pytest.mark.parametrize("own", [ENGLISH, GERMAN])
def test_a_heading_of_full_questions_is_its_own_label(export, own: list[str]):
    read = export([*own, *STATEMENTS], sheet(1, "Eens", "Oneens"))
    assert labels(read) == [*OWN_LABELS, *STATEMENTS]


def test_a_renamed_column_among_codes_and_questions_keeps_its_whole_text(export):
    own = ["id. Response ID", "submitdate. Date submitted"]
    read = export([*own, "Uw gemeente. Kies er een"], ["1", DATE, "Almere"])
    assert labels(read)[2] == "Uw gemeente. Kies er een"


def test_a_question_that_looks_like_code_and_text_is_not_divided_among_full_questions(export):
    read = export([*ENGLISH[:2], "gemeente: kies er een"], ["1", DATE, "Almere"])
    assert labels(read)[2] == "gemeente: kies er een"


def test_the_dutch_text_of_seed_may_be_a_question_about_a_place(export):
    read = export([*DUTCH, *STATEMENTS], sheet(1, "Eens", "Oneens"))
    assert labels(read) == [*OWN_LABELS[:4], "Plaats", *STATEMENTS]
    assert fixed_column("Plaats") is None
    assert fixed_column("seed. Plaats") == "not_used"


def test_html_is_taken_out_of_labels_but_not_of_names(export):
    name = "q01. <p>Wijkteam<b>s</b> &amp;<br />gemeenten: leeftijd < 18</p>"
    read = export(["id. Response ID", "submitdate. Date submitted", name], ["1", DATE, "Y"])
    assert read.headings[2].name == name
    assert read.headings[2].label == "Wijkteams & gemeenten: leeftijd < 18"


def test_underscores_for_spaces_are_spaces_in_labels(export):
    read = export(["Response_ID", "Date_submitted", "Is_er_tijd?"], ["1", DATE, "Ja"])
    assert labels(read) == ["Response ID", "Date submitted", "Is er tijd?"]


def test_texts_that_stand_twice_ask_for_question_codes(export):
    with pytest.raises(DataError) as caught:
        export([*ENGLISH, "In hoeverre be..", "In hoeverre be.."], sheet(1, "A1", "A2"))
    (problem,) = caught.value.problems
    assert (problem.row, problem.column) == (1, "number 7")
    assert "question codes" in str(problem.mend)


# --- LimeSurvey's own columns


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("id", "respondent"),
        ("Response ID", "respondent"),
        ("id. Antwort ID", "respondent"),
        ("id Response ID", "respondent"),  # a space chosen between code and text
        ("email adres van uw team", None),
        ("Datum verzonden", "finished"),
        ("Datum Abgeschic..", "finished"),
        ("startdate", "started"),
        ("Startdatum", "started"),
        ("Datum gestartet", "started"),
        ("datestamp. Datum laatste actie", "not_used"),
        ("Letzte Seite", "not_used"),
        ("interviewtime. Total time", "not_used"),
        ("groupTime12", "not_used"),
        ("478754X12X34time", "not_used"),
        ("Fragenzeit: q01", "not_used"),
        ("IP-Adresse", "personal"),
        ("Verwijzer URL", "personal"),
        ("Toegangscode", "personal"),
        ("token. Token", "personal"),
        ("email", "personal"),
        ("Achternaam", "personal"),
        ("attribute_1", None),
        ("attribute_1. Gemeente", None),
        ("q01[SQ001]", None),
        ("q05[other]", None),
        ("q05_comment", None),
        ("Hoe lang werkt u hier..", None),
        ("identiteit. Wie bent u?", None),
    ],
)
def test_own_columns_are_told_in_each_language_and_kind_of_heading(heading: str, role: str | None):
    assert fixed_column(heading) == role


def test_every_own_column_becomes_a_role_of_the_mapping():
    assert {own.role for own in FIXED.values()} <= set(ROLES)


# --- Responses


@pytest.mark.parametrize("heading", [CODES, [*DUTCH, *STATEMENTS], [*GERMAN, *STATEMENTS]])
def test_incomplete_responses_are_counted_and_left_out(export, heading: list[str]):
    read = export(heading, sheet(1, "A1", ""), sheet(2, "A2", "", date=""), sheet(3, "A3", ""))
    assert answers(read, heading[0]) == ["1", "3"]
    assert list(read.rows) == [2, 4]
    assert read.left_out == {"incomplete": 1}
    assert (read.format, read.findings) == ("limesurvey", [])


def test_incomplete_responses_are_left_out_when_the_date_itself_is_not_wanted(tmp_path: Path):
    path = tmp_path / "results.csv"
    path.write_text(f"id,submitdate,q01\n1,,A1\n2,{DATE},A2\n")
    read = read_limesurvey(path, "results.csv", Reading(), wanted=["q01"])
    assert list(read.cells) == ["q01"]
    assert answers(read, "q01") == ["A2"]


@pytest.mark.parametrize("none", ["1980-01-01 00:00:00", "1980-01-01", "1-1-1980 0:00", "01.01.80"])
def test_the_date_of_an_anonymous_survey_is_no_date_but_the_response_is_complete(export, none: str):
    read = export(
        ["id", "submitdate", "startdate", "q01"], ["1", none, none, none], ["2", DATE, DATE, "x"]
    )
    assert answers(read, "id") == ["1", "2"]
    assert answers(read, "submitdate") == answers(read, "startdate") == ["", DATE]
    assert answers(read, "q01") == [none, "x"]


def test_without_the_date_submitted_the_export_is_refused_and_the_message_tells_what_to_do(export):
    with pytest.raises(DataError) as caught:
        export(["id", "lastpage", "q01"], ["1", "4", "A1"])
    (problem,) = caught.value.problems
    assert (problem.file, problem.row) == ("results.csv", 1)
    assert "submitdate" in problem.message
    assert "format: csv" in str(problem.mend)


@pytest.mark.parametrize("texts", [["Y", "N", ""], ["Ja", "Nee", "N/A"], ["Ja", "Nein", "N/A"]])
def test_answers_other_fields_and_comments_stay_as_they_are(export, texts: list[str]):
    heading = ["id", "submitdate", "q05[SQ001]", "q05[other]", "q05[SQ001comment]"]
    records = [[str(n), DATE, t, "-oth-", "een\r\ntweede"] for n, t in enumerate(texts)]
    read = export(heading, *records)
    assert answers(read, "q05[SQ001]") == texts
    assert answers(read, "q05[other]") == ["-oth-"] * 3
    assert list(read.rows) == [2, 3, 4]


def test_a_whole_number_has_no_decimals(export):
    """Older versions write a numerical answer as the database holds it."""
    read = export(["id", "submitdate", "q09"], ["1", DATE, "3.0000000000"], ["2", DATE, "12"])
    assert answers(read, "q09") == ["3", "12"]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp1252", "utf-16"])
def test_any_separator_and_encoding(export, mark: str, encoding: str):
    read = export(
        ["id", "submitdate", "G01Q03"], ["1", DATE, "Súdwest-Fryslân"], mark=mark, encoding=encoding
    )
    assert answers(read, "G01Q03") == ["Súdwest-Fryslân"]


def test_a_cut_row_is_named(export):
    read = export(CODES, sheet(1, "A1", "A2"), sheet(2, "A1"))
    assert [(f.rule, f.row, f.found, f.allowed) for f in read.findings] == [
        ("cut_row", 3, "6 cells", "7")
    ]
    assert answers(read, "id") == ["1"]


def test_an_export_without_responses_is_read(export):
    """LimeSurvey then writes the headings and one record of empty cells."""
    read = export(CODES, [""] * len(CODES))
    assert (len(read.rows), read.left_out) == (0, {"empty": 1})
