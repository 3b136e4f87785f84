"""Opening an export: its content tells what it is; what is no export is told what to do."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from analysis.intake.formats.export import Export
from analysis.intake.formats.opening import read_export
from analysis.project import DataError, Problem
from analysis.raw.settings import Reading

PLAIN = "id,gemeente,v1\n1,Utrecht,3\n2,Marker,5\n"
# https://www.limesurvey.org/manual/Export_responses: headings as question codes
LIMESURVEY = (
    "id,submitdate,lastpage,startlanguage,seed,q01[SQ001]\n1,2027-03-01 10:15:00,3,nl,7,A3\n"
)
# https://www.qualtrics.com/support/survey-platform/data-and-analysis-module/data/download-data/
QUALTRICS = (
    "StartDate,Finished,ResponseId,Q1\n"
    "Start Date,Finished,Response ID,Minder vertrouwen?\n"
    '"{""ImportId"":""startDate""}","{""ImportId"":""finished""}",'
    '"{""ImportId"":""_recordId""}","{""ImportId"":""QID1""}"\n'
    "2027-03-01 10:15:00,1,R_1,3\n"
)
TEXTS = {"csv": PLAIN, "limesurvey": LIMESURVEY, "qualtrics": QUALTRICS}


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def spss(folder: Path, name: str = "answers.sav", **settings: Any) -> Path:
    pyreadstat.write_sav(pd.DataFrame({"id": [1.0], "v1": [3.0]}), folder / name, **settings)
    return folder / name


def excel(folder: Path, name: str = "answers.xlsx") -> Path:
    book = openpyxl.Workbook()
    for row in (["id", "v1"], [1, 3], [2, 5]):
        book.worksheets[0].append(row)
    book.save(folder / name)
    return folder / name


def zipped(folder: Path, name: str, *inside: str) -> Path:
    with zipfile.ZipFile(folder / name, "w") as package:
        for member in inside:
            package.writestr(member, "content")
    return folder / name


def read(path: Path, wanted: list[str] | None = None, **reading: Any) -> Export:
    return read_export(path, f"answers/{path.name}", Reading(**reading), wanted)


def problem_of(path: Path, **reading: Any) -> Problem:
    with pytest.raises(DataError) as caught:
        read(path, **reading)
    assert caught.value.exit_code == 1
    (problem,) = caught.value.problems
    assert problem.file == f"answers/{path.name}"
    assert "Marker" not in str(problem)
    return problem


# --- What is read


def test_spss_files_are_known_by_their_content_whatever_their_name(tmp_path: Path):
    for number, settings in enumerate(({}, {"compress": True}, {"row_compress": True})):
        for name in ("a.sav", "a.zsav", "a.dat", "a.xlsx", "a"):
            path = spss(tmp_path, f"{number}{name}", **settings)
            assert read(path).format == "spss"
            assert read(path, format="spss").format == "spss"


def test_spss_data_about_other_kinds_of_file_are_still_spss_data(tmp_path: Path):
    assert read(spss(tmp_path, file_label="SPSSPORT")).format == "spss"


def test_workbooks_are_known_by_their_content_whatever_their_name(tmp_path: Path):
    for name in ("a.xlsx", "a.xlsm", "a.xls", "a.csv", "a"):
        excel(tmp_path).rename(tmp_path / name)
        assert read(tmp_path / name).format == "excel"
        assert read(tmp_path / name, format="excel").format == "excel"


@pytest.mark.parametrize("name", ["answers.csv", "answers.txt", "answers.tsv", "answers"])
@pytest.mark.parametrize("format", TEXTS)
def test_the_program_that_wrote_a_text_is_known_by_its_headings(
    tmp_path: Path, format: str, name: str
):
    assert read(write(tmp_path, name, TEXTS[format])).format == format


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("format", ["csv", "limesurvey"])
def test_a_text_is_known_in_every_encoding_and_with_every_separator(
    tmp_path: Path, format: str, encoding: str, separator: str
):
    text = TEXTS[format].replace(",", separator)
    assert read(write(tmp_path, "answers.csv", text.encode(encoding))).format == format
    assert read(write(tmp_path, "answers", text.encode(encoding))).format == format


@pytest.mark.parametrize("format", ["limesurvey", "qualtrics"])
def test_a_given_format_overrules_the_headings_of_a_text(tmp_path: Path, format: str):
    assert read(write(tmp_path, "answers.csv", TEXTS[format]), format="csv").format == "csv"


def test_headings_are_looked_for_in_the_given_row(tmp_path: Path):
    path = write(tmp_path, "answers.csv", "Ronde,2027,a,b,c,d\n" * 4 + LIMESURVEY)
    assert read(path, header_row=5).format == "limesurvey"
    assert read(path).format == "csv"


def test_only_wanted_columns_are_kept_in_every_format(tmp_path: Path):
    paths = [spss(tmp_path), excel(tmp_path), write(tmp_path, "answers.csv", PLAIN)]
    assert [list(read(path, ["v1"]).cells) for path in paths] == [["v1"]] * 3


def test_settings_of_a_file_reach_its_reader(tmp_path: Path):
    path = write(tmp_path, "answers.csv", "id|plaats\n1|Şişli\n".encode("windows-1254"))
    export = read(path, encoding="windows-1254", separator="|")
    assert list(export.cells["plaats"]) == ["Şişli"]
    text = LIMESURVEY.replace(",", "^").encode("utf-16-le")  # without a mark
    path = write(tmp_path, "responses.csv", text)
    assert read(path, encoding="utf-16-le", separator="^").format == "limesurvey"


# --- A format that does not fit


@pytest.mark.parametrize("format", ["excel", "csv", "limesurvey", "qualtrics"])
def test_spss_data_are_nothing_else(tmp_path: Path, format: str):
    problem = problem_of(spss(tmp_path), format=format)
    wanted = "an Excel workbook" if format == "excel" else "text"
    assert problem.message == f"is not {wanted}, but SPSS data"
    assert problem.found == format
    assert problem.mend == "correct or leave out its `format:` under `files:` in round.yml"


@pytest.mark.parametrize("format", ["spss", "csv", "limesurvey", "qualtrics"])
def test_a_workbook_is_nothing_else(tmp_path: Path, format: str):
    problem = problem_of(excel(tmp_path), format=format)
    wanted = "SPSS data" if format == "spss" else "text"
    assert problem.message == f"is not {wanted}, but an Excel workbook"


@pytest.mark.parametrize(
    ("format", "what"), [("spss", "SPSS data"), ("excel", "an Excel workbook")]
)
def test_text_is_neither_spss_nor_excel(tmp_path: Path, format: str, what: str):
    problem = problem_of(write(tmp_path, "answers.csv", PLAIN), format=format)
    assert problem.message == f"is not {what}, but text"


@pytest.mark.parametrize(("format", "other"), [("limesurvey", PLAIN), ("qualtrics", LIMESURVEY)])
def test_a_text_of_another_program_is_refused(tmp_path: Path, format: str, other: str):
    assert problem_of(write(tmp_path, "answers.csv", other), format=format).mend


# --- A name that does not fit


@pytest.mark.parametrize(
    ("name", "what"),
    [("a.sav", "SPSS data"), ("a.ZSAV", "SPSS data"), ("a.xlsx", "an Excel workbook"),
     ("a.xls", "an Excel workbook")],
)  # fmt: skip
def test_a_text_with_the_name_of_another_kind_is_read_only_when_told_so(
    tmp_path: Path, name: str, what: str
):
    path = write(tmp_path, name, PLAIN)
    problem = problem_of(path)
    assert problem.message == f"is not {what}, as its name says, but text"
    assert "`format:` under `files:` in round.yml" in str(problem.mend)
    assert read(path, format="csv").format == "csv"


def test_bytes_of_no_known_kind_are_refused(tmp_path: Path):
    unknown = bytes([200, 0, 1, 2]) * 9
    assert problem_of(write(tmp_path, "a.sav", unknown)).message == (
        "is not SPSS data, as its name says"
    )
    assert problem_of(write(tmp_path, "a", unknown)).message == (
        "is none of the kinds of file that can be read"
    )
    assert problem_of(write(tmp_path, "b", unknown), format="excel").message == (
        "is not an Excel workbook"
    )
    assert "NUL" in problem_of(write(tmp_path, "a.csv", unknown)).message


# --- What is no export


STARTS = {
    "report.pdf": (b"%PDF-1.7\n", "a PDF file"),
    "renamed.csv": (b"%PDF-1.7\n", "a PDF file"),
    "letter.rtf": (rb"{\rtf1\ansi Marker}", "a document"),
    "page.html": ("\n<!DOCTYPE HTML><html><body>Marker", "a web page"),
    "table.xls": ("<html><table><tr><td>Marker", "a web page"),
    # LimeSurvey's export for Stata
    "stata.xml": ("\ufeff<?xml version='1.0'?><dta>Marker", "an XML file"),
    "answers.json": ('{"responses": ["Marker"]}', "a JSON file"),
    "survey.lss": (
        "<?xml version='1.0'?>\n<document>\n <LimeSurveyDocType>Survey</LimeSurveyDocType>",
        "a file of LimeSurvey without answers",
    ),
    "survey.qsf": ('{"SurveyEntry":{"SurveyID":"SV_1"}}', "a questionnaire of Qualtrics (.qsf)"),
    # https://www.gnu.org/software/pspp/pspp-dev/html_node/Encrypted-File-Wrappers.html
    "locked.sav": (b"\x1c" + bytes(7) + b"ENCRYPTEDSAV\x15" + bytes(30), "locked with a password"),
    "answers.RData": (gzip.compress(b"RDX3\nX\n"), "data of R"),
    "answers.rds": (gzip.compress(b"X\n"), "data of R"),
    "plain.rda": (b"RDX3\nX\n", "data of R"),
    "answers.csv.gz": (gzip.compress(PLAIN.encode()), "a compressed file"),
    "survey_SPSS_syntax_file.sps": ("GET DATA\n /TYPE=TXT.", "SPSS syntax, without answers"),
    "survey_SPSS_data_file.dat": ("'1','Marker','3'\n", "data without headings"),
    "answers.sas7bdat": (bytes(12) + b"\xc2\xea\x81\x60", "SAS data"),
    "old.dta": (b"\x72\x02\x01\x00" + bytes(30), "Stata data (.dta)"),
}


@pytest.mark.parametrize("name", STARTS)
def test_another_kind_of_file_is_told_what_it_is_and_what_to_do(tmp_path: Path, name: str):
    content, told = STARTS[name]
    problem = problem_of(write(tmp_path, name, content))
    assert problem.message.startswith(f"is {told}")
    assert problem.mend


ZIPPED = {
    "letter.docx": (["[Content_Types].xml", "word/document.xml"], "a Word document"),
    "talk.pptx": (["[Content_Types].xml", "ppt/presentation.xml"], "a PowerPoint presentation"),
    "answers.ods": (["mimetype", "content.xml"], "a file of LibreOffice"),
    "answers.numbers": (["Index/Document.iwa"], "a spreadsheet of Numbers"),
    "output.spv": (["outputViewer0000000000.xml"], "output of SPSS (.spv)"),
    "survey.lsa": (["survey_1.lss", "survey_1_responses.lsr"], "a survey of LimeSurvey"),
    "Wijkteams+2027.zip": (["Wijkteams 2027.csv"], "a zip file"),
    "empty.zip": ([], "a zip file"),
}


@pytest.mark.parametrize("name", ZIPPED)
def test_a_zip_is_known_by_the_files_in_it(tmp_path: Path, name: str):
    inside, told = ZIPPED[name]
    problem = problem_of(zipped(tmp_path, name, *inside))
    assert problem.message.startswith(f"is {told}")
    assert problem.mend


def test_a_zip_as_qualtrics_makes_it_is_to_be_unpacked(tmp_path: Path):
    problem = problem_of(zipped(tmp_path, "a.zip", "Marker.csv"))
    assert problem.mend == "unpack it, and put the file with the answers in its place"


def test_a_workbook_that_was_cut_short_is_one_problem(tmp_path: Path):
    path = excel(tmp_path)
    path.write_bytes(path.read_bytes()[:-100])
    assert "cut short" in problem_of(path).message
    assert "cut short" in problem_of(path, format="excel").message


def test_files_of_spss_portable_and_stata_are_known(tmp_path: Path):
    frame = pd.DataFrame({"id": [1.0]})
    pyreadstat.write_por(frame, tmp_path / "portable.sav")
    pyreadstat.write_dta(frame, tmp_path / "answers", version=15)
    portable = problem_of(tmp_path / "portable.sav")
    assert portable.message == "is an SPSS portable file (.por)"
    assert portable.mend == "open it in SPSS and save the data as .sav"
    assert problem_of(tmp_path / "answers").message == "is Stata data (.dta)"


def test_another_kind_of_file_is_not_read_as_what_round_yml_says(tmp_path: Path):
    for format in ("spss", "excel", "csv", "limesurvey", "qualtrics"):
        path = write(tmp_path, "report.pdf", "%PDF-1.7\n")
        assert problem_of(path, format=format).message == "is a PDF file"


@pytest.mark.parametrize("name", ["data.dat", "data.sps"])
def test_the_name_alone_refuses_nothing_that_round_yml_calls_text(tmp_path: Path, name: str):
    assert read(write(tmp_path, name, PLAIN), format="csv").format == "csv"


OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)


def test_files_of_old_office_are_told_apart(tmp_path: Path):
    word = OLD_OFFICE + "WordDocument".encode("utf-16-le")
    assert problem_of(write(tmp_path, "a.doc", word)).message == "is a document"
    book = OLD_OFFICE + "Workbook".encode("utf-16-le")
    problem = problem_of(write(tmp_path, "a.xls", book))
    assert ".xls" in problem.message
    assert ".xlsx" in str(problem.mend)


def test_an_empty_file_a_folder_and_a_missing_file_are_named(tmp_path: Path):
    assert problem_of(write(tmp_path, "a.csv", b"")).message == "is empty"
    assert problem_of(write(tmp_path, "a.sav", b""), format="spss").message == "is empty"
    (tmp_path / "b.csv").mkdir()
    assert problem_of(tmp_path / "b.csv").message == "is a folder"
    assert problem_of(tmp_path / "c.csv").message == "the file is missing"


def test_a_file_that_may_not_be_read_is_one_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = write(tmp_path, "a.csv", PLAIN)

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert problem_of(path).message == "cannot be read: permission denied"


def test_a_workbook_from_qualtrics_is_refused_with_the_way_out(tmp_path: Path):
    book = openpyxl.Workbook()
    names = ["StartDate", "Status", "Finished", "RecordedDate", "ResponseId", "DistributionChannel"]
    book.active.append([*names, "Q1"])
    book.active.append([*names, "Hoe tevreden bent u?"])
    book.active.append(["2027-05-01", "0", "1", "2027-05-01", "R_1", "anonymous", "4"])
    path = tmp_path / "answers.xlsx"
    book.save(path)
    with pytest.raises(DataError, match=r"workbook from Qualtrics.*export the data as CSV"):
        read_export(path, "answers.xlsx", Reading())
    assert read_export(path, "answers.xlsx", Reading(format="excel")).format == "excel"
