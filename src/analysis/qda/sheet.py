"""A spreadsheet of codings: a row is a coding, or a whole fragment with the columns of the study.

The plain form has the columns `PLAIN`: a document, a line, one or more codes, a coder, and what
the passage says in both languages. The full form has columns of `fragments.csv`.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from analysis.intake.saved_table import records, shown
from analysis.project import CallError, DataError, Problem
from analysis.qda.archive import MEGABYTE, opened
from analysis.raw.cases import FRAGMENTS

PLAIN = ("source", "line", "codes", "coder", "summary_nl", "summary_en")
PLAIN_NEEDED = ("source", "codes", "summary_nl", "summary_en")
FULL_NEEDED = ("theme", "kind", "actor", "summary_nl", "summary_en", "source")
ALIASES = {"code": "codes"}
SHEET, CODES_SHEET = "codings", "codes"
SUFFIXES = (".csv", ".xlsx")
WHOLE = re.compile(r"-?[0-9]+\.0+")
LONG = "in a file separated by ; write several codes with commas, or in quotation marks"
MOST_ROWS = 100_000
MOST_SHEET = 256 * MEGABYTE


@dataclass(frozen=True)
class Sheet:
    """A spreadsheet as it was read: whether it has the full form, its columns and its rows.

    A row has its number in the file (the heading is row 1) and a text for every known column.
    """

    full: bool
    columns: Sequence[str]
    rows: Sequence[tuple[int, Mapping[str, str]]]


def read_sheet(path: Path, name: str) -> Sheet:
    """The spreadsheet at `path`; `name` is how messages call it.

    A `.csv` may be separated by `,` `;` or tabs. Of a workbook the sheet `codings` is read, or
    else its first. Raises CallError without the file; DataError, listing each, for a column that
    is missing, unknown or there twice, a row that is too long, and for what is no spreadsheet.
    """
    if not path.is_file():
        raise CallError(f"{name}: no such file")
    table = _workbook(path, name) if path.suffix.lower() == ".xlsx" else _text(path, name)
    if not table:
        raise DataError([Problem(name, "is empty", allowed=", ".join(PLAIN))])
    heading = [" ".join(cell.split()).lower() for cell in table[0]]
    heading = [ALIASES.get(cell, cell) for cell in heading]
    while heading and not heading[-1]:
        heading.pop()
    full = "theme" in heading or "kind" in heading
    problems = list(_heading_problems(heading, full, name))
    rows, long = [], []
    for number, cells in enumerate(table[1:], start=2):
        if any(cell.strip() for cell in cells[len(heading) :]):
            long.append(number)
        elif any(cell.strip() for cell in cells):
            told = dict(zip(heading, cells, strict=False))
            wanted = FRAGMENTS if full else PLAIN
            rows.append((number, {c: " ".join(told.get(c, "").split()) for c in wanted}))
    if long:
        message = "row is too long" + (f", and {len(long) - 1} more" if len(long) > 1 else "")
        problems.append(Problem(name, message, long[0], None, None, f"{len(heading)} cells", LONG))
    if problems:
        raise DataError(problems)
    return Sheet(full, heading, rows)


def _heading_problems(heading: Sequence[str], full: bool, name: str) -> Iterator[Problem]:
    known = tuple(FRAGMENTS) if full else PLAIN
    for column in FULL_NEEDED if full else PLAIN_NEEDED:
        if column not in heading:
            yield Problem(name, "column is missing", 1, column, allowed=", ".join(known))
    for column in dict.fromkeys(heading):
        if column not in known:
            # What stands there is not repeated: without a heading it may be an interview.
            place = f"number {list(heading).index(column) + 1}"
            yield Problem(name, "column is not known", 1, place, allowed=", ".join(known))
        elif heading.count(column) > 1:
            yield Problem(name, "column stands twice", 1, column)


def _text(path: Path, name: str) -> list[list[str]]:
    known = (*PLAIN, *FRAGMENTS)
    return [[shown(cell.strip()) for cell in row] for row in records(path, known, name)]


def _workbook(path: Path, name: str) -> list[list[str]]:
    """The rows of a workbook's sheet, as texts."""
    with opened(path, name, MOST_SHEET):
        pass  # an archive that is a trap is refused before it is read
    import openpyxl  # type: ignore[import-untyped]  # noqa: PLC0415  # slow to import

    try:
        with warnings.catch_warnings(), path.open("rb") as stream:
            warnings.simplefilter("ignore", UserWarning)
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
            sheet = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
            sheet.reset_dimensions()
            cells = islice(sheet.iter_rows(values_only=True), MOST_ROWS + 1)
            rows = [[_cell(cell) for cell in row] for row in cells]
    except Exception:  # whatever the file is, it is no workbook that can be read
        mend = "open it in Excel or LibreOffice and save it as .xlsx"
        raise DataError([Problem(name, "is no workbook, or a damaged one", mend=mend)]) from None
    if len(rows) > MOST_ROWS:
        raise DataError([Problem(name, f"has more than {MOST_ROWS} rows")])
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return text.partition(".")[0] if WHOLE.fullmatch(text) else text
