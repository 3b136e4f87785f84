"""Opening an export: what kind of file it is, told by its content, and the reader for it.

The name counts only where the content is text, or nothing known. A file that holds no answers, or
holds them in a form that is not read, is refused with what to export instead.
"""

from __future__ import annotations

import codecs
from collections.abc import Collection
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from analysis.intake.formats.export import Export
from analysis.intake.formats.limesurvey import is_limesurvey, read_limesurvey
from analysis.intake.formats.plain import read_plain
from analysis.intake.formats.qualtrics import is_qualtrics, read_qualtrics
from analysis.intake.formats.spss import MAGIC, read_spss
from analysis.intake.formats.text import open_text
from analysis.project import DataError, Problem
from analysis.raw.settings import Reading

SPSS, EXCEL, TEXT = "SPSS data", "an Excel workbook", "text"
CONTENT = {"spss": SPSS, "excel": EXCEL, "csv": TEXT, "limesurvey": TEXT, "qualtrics": TEXT}
# What a name promises.
PROMISED = {
    **dict.fromkeys((".sav", ".zsav"), SPSS),
    **dict.fromkeys((".xlsx", ".xlsm", ".xls"), EXCEL),
    **dict.fromkeys((".csv", ".tsv", ".tab", ".txt"), TEXT),
}
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
# First bytes of files of older Office programs, and of newer ones with a password.
COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # text in which every other byte can be NUL
LOOKED_AT = 4096

# Headings that only Qualtrics writes together.
OF_QUALTRICS = {"StartDate", "Finished", "RecordedDate", "ResponseId", "DistributionChannel"}

AS_ANSWERS = "export the answers from the survey program as SPSS (.sav), Excel (.xlsx) or CSV"
FROM_LIMESURVEY = "in LimeSurvey, export the responses as CSV"
FROM_QUALTRICS = "in Qualtrics, export the data (Data & Analysis) as CSV"
AS_SAV = "open it in SPSS and save the data as .sav"
AS_WORKBOOK = "open it and save it as .xlsx or CSV"
UNPACK = "unpack it, and put the file with the answers in its place"
GIVE_FORMAT = "correct or leave out its `format:` under `files:` in round.yml"
TELL_FORMAT = "export it again, or give its `format:` under `files:` in round.yml"

Other = tuple[str, str]  # what a file is, and what to do instead
DOCUMENT: Other = ("a document", AS_ANSWERS)
# By the bytes that a file starts with.
STARTS: dict[bytes, Other] = {
    b"%PDF": ("a PDF file", AS_ANSWERS),
    rb"{\rtf": DOCUMENT,
    b"<stata_dta>": ("Stata data (.dta)", "in Stata, save it with `export delimited`"),
    b"\x1c\0\0\0\0\0\0\0ENCRYPTED": ("locked with a password", "save it without one in SPSS"),
    b"HEADER RECORD*******LIB": ("SAS data", "in SAS, export it as CSV"),
    b"RDX3\n": ("data of R", "in R, save it with `write.csv` or `haven::write_sav`"),
    b"\x1f\x8b": ("a compressed file", UNPACK),
    b"BZh91AY": ("a compressed file", UNPACK),
    b"\xfd7zXZ": ("a compressed file", UNPACK),
    b"7z\xbc\xaf": ("a compressed file", UNPACK),
    b"Rar!": ("a compressed file", UNPACK),
}
# By the word that a text starts with, in lower case.
MARKUP: dict[bytes, Other] = {
    b"<!doctype html": ("a web page", AS_ANSWERS),
    b"<html": ("a web page", AS_ANSWERS),
    b"<?xml": ("an XML file", AS_ANSWERS),
    b'{"': ("a JSON file", AS_ANSWERS),
    b"[{": ("a JSON file", AS_ANSWERS),
}
# By a text near the beginning.
HOLDS: dict[bytes, Other] = {
    b"SPSSPORT": ("an SPSS portable file (.por)", AS_SAV),
    b"<LimeSurveyDocType>": ("a file of LimeSurvey without answers", FROM_LIMESURVEY),
    b'"SurveyEntry"': ("a questionnaire of Qualtrics (.qsf), without answers", FROM_QUALTRICS),
}
# By how the name of a file in a zip starts or ends.
INSIDE: dict[str, Other] = {
    "word/": ("a Word document", AS_ANSWERS),
    "ppt/": ("a PowerPoint presentation", AS_ANSWERS),
    "content.xml": ("a file of LibreOffice", AS_WORKBOOK),
    "Index/Document.iwa": ("a spreadsheet of Numbers", AS_WORKBOOK),
    "outputViewer": ("output of SPSS (.spv), without answers", AS_SAV),
    ".lss": ("a survey of LimeSurvey with all that belongs to it (.lsa)", FROM_LIMESURVEY),
    "": ("a zip file", UNPACK),
}
# By the name of the file, where nothing is said of its format in round.yml.
NAMED: dict[str, Other] = {
    ".rdata": STARTS[b"RDX3\n"],
    ".rda": STARTS[b"RDX3\n"],
    ".rds": STARTS[b"RDX3\n"],
    ".dta": STARTS[b"<stata_dta>"],
    ".sas7bdat": ("SAS data", "in SAS, export it as CSV"),
    ".por": HOLDS[b"SPSSPORT"],
    ".sps": ("SPSS syntax, without answers", "run it in SPSS and save the data as .sav"),
    ".dat": (
        "data without headings, that go with SPSS syntax (.sps)",
        "run the syntax in SPSS and save the data as .sav, or export as CSV",
    ),
    ".lss": HOLDS[b"<LimeSurveyDocType>"],
    ".qsf": HOLDS[b'"SurveyEntry"'],
}


def read_export(
    path: Path, file: str, reading: Reading, wanted: Collection[str] | None = None
) -> Export:
    """The answers in the export at `path`; `file` is how messages call it.

    What it is follows from its content; `reading.format` decides between kinds of text, and must
    fit the content. `wanted` are the columns to keep cells of; None is all. Raises DataError, with
    one problem, where the file is missing, empty, of another kind or contradicts its format or its
    name; and as the readers do.
    """
    try:
        content = _content(path, file, reading)
        if content == SPSS:
            return read_spss(path, file, reading, wanted)
        if content == EXCEL:
            # openpyxl is slow to import
            from analysis.intake.formats.excel import read_excel  # noqa: PLC0415

            export = read_excel(path, file, reading, wanted)
            _refuse_qualtrics_workbook(export, reading)
            return export
        return _read_text(path, file, reading, wanted)
    except OSError as error:
        told = (error.strerror or "for an unknown reason").lower()
        raise DataError([Problem(file, f"cannot be read: {told}")]) from None


def _refuse_qualtrics_workbook(export: Export, reading: Reading) -> None:
    """A workbook from Qualtrics has a second row of headings, and previews among its answers."""
    if not reading.format and {heading.name for heading in export.headings} >= OF_QUALTRICS:
        message = "is an Excel workbook from Qualtrics, with previews and unfinished answers in it"
        mend = "in Qualtrics, export the data as CSV; or give `format: excel` in round.yml"
        raise DataError([Problem(export.file, message, mend=mend)])


def _read_text(path: Path, file: str, reading: Reading, wanted: Collection[str] | None) -> Export:
    """Read a text as the program that wrote it has arranged it: its headings tell which."""
    format = reading.format or _written_by(path, file, reading)
    read = {"qualtrics": read_qualtrics, "limesurvey": read_limesurvey}.get(format, read_plain)
    return read(path, file, reading, wanted)


def _written_by(path: Path, file: str, reading: Reading) -> str:
    """The format of a text by its first records, from the headings on."""
    text = open_text(path, file, reading.encoding, reading.separator, reading.header_row)
    above = text.heading - text.start
    records = text.head(above + 3)[above:]
    if is_qualtrics(records):
        return "qualtrics"
    return "limesurvey" if is_limesurvey(records) else "csv"


def _content(path: Path, file: str, reading: Reading) -> str:
    """`SPSS`, `EXCEL` or `TEXT`; raises DataError for anything else, or what was not expected."""
    if not path.exists():
        raise DataError([Problem(file, "the file is missing")])
    if path.is_dir():
        raise DataError([Problem(file, "is a folder", mend="put the export itself in its place")])
    with path.open("rb") as stream:
        start = stream.read(LOOKED_AT)
    if not start:
        raise DataError([Problem(file, "is empty", mend="export it again")])
    suffix, content = path.suffix.lower(), _told_by(start)
    other = _other(path, start)
    if reading.format is None and content not in (SPSS, EXCEL):
        other = NAMED.get(suffix, other)
    if other:
        told, mend = other
        raise DataError([Problem(file, f"is {told}", mend=mend)])
    expected = content if content in (SPSS, EXCEL) else PROMISED.get(suffix, content)
    if reading.format:
        expected = CONTENT[reading.format]
    # What is wrong with a text, its reader tells better.
    if expected is None or (content or TEXT) != expected:
        raise DataError([_unexpected(file, content, expected, reading.format)])
    return expected


def _unexpected(
    file: str, content: str | None, expected: str | None, format: str | None
) -> Problem:
    """The problem of a file that is not what its name or its format promises."""
    if expected is None:
        return Problem(file, "is none of the kinds of file that can be read", mend=AS_ANSWERS)
    known = f", but {content}" if content else ""
    if format:
        return Problem(file, f"is not {expected}{known}", found=format, mend=GIVE_FORMAT)
    return Problem(file, f"is not {expected}, as its name says{known}", mend=TELL_FORMAT)


def _told_by(start: bytes) -> str | None:
    """What a file is by its first bytes; None where these are of no kind that is read."""
    if start.startswith(MAGIC):
        return SPSS
    if start.startswith((*ZIP, COMPOUND)):
        return EXCEL
    return TEXT if b"\0" not in start or start.startswith(UTF_16) else None


def _other(path: Path, start: bytes) -> Other | None:
    """What a file is that holds no answers, or holds them in a form that is not read."""
    if start.startswith(ZIP):
        return _zipped(path)
    if start.startswith(COMPOUND):
        return DOCUMENT if "WordDocument".encode("utf-16-le") in path.read_bytes() else None
    if start.startswith(MAGIC):
        return None
    text = start.removeprefix(codecs.BOM_UTF8).lstrip()
    tests = (
        *((start.startswith(mark), other) for mark, other in STARTS.items()),
        *((mark in start, other) for mark, other in HOLDS.items()),
        *((text[:20].lower().startswith(mark), other) for mark, other in MARKUP.items()),
    )
    return next((other for holds, other in tests if holds), None)


def _zipped(path: Path) -> Other | None:
    """What a zip is, when it is no workbook."""
    try:
        with ZipFile(path) as package:
            names = package.namelist()
    except BadZipFile:
        return (
            "a zip file or workbook that is damaged or was cut short",
            "copy or export it again",
        )
    if any(name.startswith("xl/") for name in names):
        return None
    tests = (
        (n.startswith(part) or n.endswith(part), o) for part, o in INSIDE.items() for n in names
    )
    return next((other for holds, other in tests if holds), INSIDE[""])
