"""Reading an Excel workbook: which sheet holds the answers, which row the headings, and its cells.

Nothing is guessed: where sheet or heading cannot be told, the message says what to put under
`files:` in round.yml. No message repeats a cell, for it may be one that identifies a person.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812

import numpy as np
import numpy.typing as npt
import openpyxl  # type: ignore[import-untyped]
import pandas as pd
from openpyxl.utils import (  # type: ignore[import-untyped]
    column_index_from_string,
    get_column_letter,
    range_boundaries,
)

from analysis.intake.findings import Finding
from analysis.intake.formats.export import Export, Heading
from analysis.project import DataError, Problem
from analysis.raw.settings import Reading

NO_VALUE = object()  # stands where a formula has no stored value
# What Excel stores for a formula that fails; newer errors are stored as one of these.
ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"}
AS_XLSX = "open it in Excel or LibreOffice and save it as .xlsx"
GIVE_SHEET = "put `sheet:` under `files:` in round.yml"
GIVE_ROW = "put `header_row:` under `files:` in round.yml, or mend the headings"
COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")  # first bytes of .xls and of encrypted workbooks
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# openpyxl's reader tells neither merged cells nor, among cells without a value, those with a
# formula; both are looked up in the sheet's XML. Its elements may bear a prefix (`<x:c>`).
FORMULA_WITHOUT_VALUE = re.compile(
    rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f(?:\s[^>]*?)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*(?:/>|>\s*</(?:\w+:)?v>)\s*)?</(?:\w+:)?c>"
)
PLACE = re.compile(rb'\br="([A-Z]+)([0-9]+)"')
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?\bref="([A-Z0-9:]+)"')

Row = Sequence[Any]


@dataclass(frozen=True)
class _Sheet:
    """The rows of one sheet that are not empty, by number, and where cells are merged."""

    file: str
    name: str
    rows: dict[int, Row]
    merged: list[str]


def read_excel(
    path: Path, file: str, reading: Reading, wanted: Collection[str] | None = None
) -> Export:
    """The answers in the workbook at `path`; `file` is how messages call it.

    Without `reading.sheet` it must hold one sheet with a table. Without `reading.header_row` the
    headings stand in the first row that fills half of the columns, so titles and remarks above are
    skipped; each column needs one, and no two alike. `wanted` are the columns to keep cells of;
    None is all. Numbers are written as short as they can, dates as ISO, truth values as `TRUE` and
    `FALSE`. Empty rows between others are left out as `empty`. A cell with an error, or with a
    formula that was never computed, is a finding and left empty. Raises DataError where it is no
    workbook, or sheet or headings cannot be told.
    """
    _refuse_other_files(path, file)
    with _mended(file), path.open("rb") as stream:
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        sheet = _read_sheet(_chosen(book, file, reading.sheet), file)
    number = reading.header_row or _header_row(sheet)
    headings = _headings(sheet, number)
    body = {row: cells for row, cells in sheet.rows.items() if row > number}
    rows = np.fromiter(body, np.int64, len(body))
    columns: dict[str, pd.Categorical] = {}
    findings: list[Finding] = []
    for place, name in headings.items():
        if wanted is None or name in wanted:
            cells = [row[place] if place < len(row) else None for row in body.values()]
            columns[name], faults = _column(cells, rows, Finding("unreadable", file, column=name))
            findings += faults
    empty = int(rows[-1]) - number - len(rows)
    left_out = {"empty": empty} if empty else {}
    findings.sort(key=lambda fault: fault.row or 0)
    told = [Heading(name) for name in headings.values()]
    return Export(file, "excel", told, columns, rows, left_out, findings=findings)


def _refuse_other_files(path: Path, file: str) -> None:
    """Raise DataError, saying what to do, where `path` is no workbook of today's Excel."""
    with path.open("rb") as stream:
        start = stream.read(8)
    if start == COMPOUND:
        if ENCRYPTED in path.read_bytes():
            message, mend = "is locked with a password", "save it in Excel without a password"
        else:
            message, mend = "is a workbook of old Excel (.xls)", AS_XLSX
        raise DataError([Problem(file, message, mend=mend)])
    if not start.startswith(b"PK"):
        mend = f"{AS_XLSX}; if it is text, put `format: csv` under `files:` in round.yml"
        raise DataError([Problem(file, "is not an Excel workbook", mend=mend)])
    with _mended(file), ZipFile(path) as package:
        inside = set(package.namelist())
    if "xl/workbook.bin" in inside:
        raise DataError([Problem(file, "is a binary workbook (.xlsb)", mend=AS_XLSX)])
    if "[Content_Types].xml" not in inside or not any(n.startswith("xl/") for n in inside):
        raise DataError([Problem(file, "is not an Excel workbook", mend=AS_XLSX)])


@contextmanager
def _mended(file: str) -> Iterator[None]:
    """Turn what a damaged workbook raises into one problem, and silence notes on its looks."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            yield
    except (
        BadZipFile, ZlibError, ParseError, EOFError, KeyError, ValueError, TypeError, IndexError,
        AttributeError, NotImplementedError,
    ):  # fmt: skip
        mend = f"export it again, or {AS_XLSX}"
        raise DataError([Problem(file, "is a damaged workbook", mend=mend)]) from None


def _chosen(book: Any, file: str, name: str | None) -> Any:
    """The sheet called `name`, or else the only one with a table."""
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    for sheet in sheets.values():
        # The range that a file says it uses may be a million rows too large.
        sheet.reset_dimensions()
    if name is not None:
        if name not in sheets:
            listed = ", ".join(map(repr, sheets))
            problem = Problem(file, "has no such sheet", None, None, name, listed, GIVE_SHEET)
            raise DataError([problem])
        return sheets[name]
    tables = [title for title, sheet in sheets.items() if _has_table(sheet)]
    if len(tables) == 1:
        return sheets[tables[0]]
    if not tables:
        message = "no sheet has a table of at least two columns, with a row below its headings"
        raise DataError([Problem(file, message, mend="export it again")])
    listed = ", ".join(map(repr, tables))
    raise DataError([Problem(file, "several sheets have a table", None, None, listed, "one",
                             GIVE_SHEET)])  # fmt: skip


def _has_table(sheet: Any) -> bool:
    """Whether two rows fill at least two cells each."""
    wide = 0
    for row in sheet.iter_rows(values_only=True):
        if len(row) - row.count(None) > 1 and len(_filled(row)) > 1:
            wide += 1
        if wide == 2:
            return True
    return False


def _read_sheet(sheet: Any, file: str) -> _Sheet:
    uncomputed, merged = _look_up(sheet)
    rows: dict[int, Row] = {}
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if places := uncomputed.get(number):
            row = _marked(row, places)  # noqa: PLW2901
        if row.count(None) < len(row) and (filled := _filled(row)):
            # Rows may be laid out far beyond what stands in them.
            rows[number] = row if filled[-1] == len(row) - 1 else row[: filled[-1] + 1]
    return _Sheet(file, sheet.title, rows, merged)


def _look_up(sheet: Any) -> tuple[dict[int, list[int]], list[str]]:
    """By row the columns (0 is the first) of formulas without a value; the merged ranges."""
    uncomputed: dict[int, list[int]] = {}
    merged: list[str] = []
    rest = b""
    with sheet._get_source() as source:  # openpyxl has no public name for the sheet's XML
        while True:
            more = source.read(1 << 20)
            text = rest + more
            cut = text.rfind(b"row>") + 4 if more else len(text)
            part, rest = (text[:cut], text[cut:]) if cut > 3 else (b"", text)
            merged += [found.decode() for found in MERGED.findall(part)]
            for attributes in FORMULA_WITHOUT_VALUE.findall(part) if b"f" in part else ():
                # A formula that gives an empty text is stored with this type: it is computed.
                if b't="str"' not in attributes and (place := PLACE.search(attributes)):
                    column = column_index_from_string(place[1].decode()) - 1
                    uncomputed.setdefault(int(place[2]), []).append(column)
            if not more:
                return uncomputed, merged


def _marked(row: Row, places: Sequence[int]) -> Row:
    cells = list(row) + [None] * (max(places) + 1 - len(row))
    for place in places:
        cells[place] = NO_VALUE
    return tuple(cells)


def _is_empty(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _filled(row: Row) -> list[int]:
    return [place for place, cell in enumerate(row) if not _is_empty(cell)]


def _header_row(sheet: _Sheet) -> int:
    """The first row that fills at least half of the columns, and more than one."""
    width = len(_columns(sheet.rows.values()))
    for number, row in sheet.rows.items():
        filled = _filled(row)
        if len(filled) > 1 and len(filled) * 2 >= width:
            if all(isinstance(row[place], str) for place in filled):
                return number
            message = f"sheet {sheet.name!r}: which row holds the headings cannot be told"
            raise DataError([Problem(sheet.file, message, number, mend=GIVE_ROW)])
    message = f"sheet {sheet.name!r} has no row of headings"
    raise DataError([Problem(sheet.file, message, mend=GIVE_ROW)])


def _columns(rows: Collection[Row]) -> list[int]:
    """The columns (0 is the first) in which something stands."""
    width = max(map(len, rows), default=0)
    open_places = set(range(width))
    for row in rows:
        open_places -= {p for p in open_places if p < len(row) and not _is_empty(row[p])}
        if not open_places:
            break
    return [place for place in range(width) if place not in open_places]


def _headings(sheet: _Sheet, number: int) -> dict[int, str]:
    """The headings in row `number` by column (0 is the first), with white space made single.

    Raises DataError for each column without one, and for each that is merged or stands twice.
    """
    body = [row for place, row in sheet.rows.items() if place > number]
    row = sheet.rows.get(number, ())
    if not body or not row:
        told = "has no answers below its headings" if row else "has no headings in this row"
        message = f"sheet {sheet.name!r} {told}"
        raise DataError([Problem(sheet.file, message, number, mend=GIVE_ROW)])
    names: dict[int, str] = {}
    first: dict[str, str] = {}
    problems = _merged_headings(sheet, number)
    merged = bool(problems)
    for place in _columns([row, *body]):
        cell = row[place] if place < len(row) else None
        letter = get_column_letter(place + 1)
        names[place] = "" if cell is NO_VALUE else " ".join(_text(cell).split())
        if not names[place]:
            message = "heading is empty"
        elif (before := first.setdefault(names[place], letter)) != letter:
            message = f"heading stands in column {before} too"
        else:
            continue
        if not merged:  # cells below merged headings are empty for that reason
            problems.append(Problem(sheet.file, message, number, letter, mend=GIVE_ROW))
    if problems:
        raise DataError(problems)
    return names


def _merged_headings(sheet: _Sheet, number: int) -> list[Problem]:
    problems = []
    for cells in sheet.merged:
        column, top, _, bottom = range_boundaries(cells)
        if (top or 1) <= number <= (bottom or number):
            message = f"headings in {cells} are merged"
            letter = get_column_letter(column or 1)
            mend = f"split them; each column needs a heading of its own; or {GIVE_ROW}"
            problems.append(Problem(sheet.file, message, number, letter, mend=mend))
    return problems


def _column(
    cells: Sequence[Any], rows: npt.NDArray[np.int64], fault: Finding
) -> tuple[pd.Categorical, list[Finding]]:
    """The texts of a column, and a copy of `fault` for each cell that cannot be read."""
    codes: dict[tuple[type, Any], int] = {}  # by type too: to Python 1 and True are equal
    found = np.fromiter(
        (codes.setdefault((cell.__class__, cell), len(codes)) for cell in cells),
        np.int32,
        len(cells),
    )
    texts: dict[str, int] = {}
    final = np.full(len(codes), -1, np.int32)
    findings = []
    for (_, cell), code in codes.items():
        if cell is NO_VALUE or cell in ERRORS:
            findings += [_unreadable(fault, int(row), cell) for row in rows[found == code]]
        elif text := _text(cell):
            final[code] = texts.setdefault(text, len(texts))
    return pd.Categorical.from_codes(final[found], pd.Index(list(texts), dtype="str")), findings


def _unreadable(fault: Finding, row: int, cell: Any) -> Finding:
    if cell is NO_VALUE:
        told, mend = "formula was never computed", "open the file in Excel, save it and try again"
        return replace(fault, row=row, message=told, mend=mend)
    mend = "mend the formula, or put what should stand there in corrections.csv"
    return replace(fault, row=row, message="formula failed", found=cell, mend=mend)


def _text(cell: Any) -> str:
    """A cell as text: a number as short as it can, a date as ISO."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):  # 15 digits are as many as Excel itself keeps
        return str(int(cell)) if cell.is_integer() else f"{cell:.15g}"
    if isinstance(cell, datetime):
        whole = (cell + timedelta(milliseconds=500)).replace(microsecond=0)
        return str(whole).removesuffix(" 00:00:00")
    return "" if cell is None else str(cell)
