"""A small table that people edit in a spreadsheet program, read as that program saves it.

Excel in the Netherlands separates columns by `;` and may write Windows-1252; it pads rows with
empty cells and leaves empty rows at the end.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from analysis.intake.formats.encoding import find_encoding
from analysis.project import DataError, Problem

SEPARATORS = ";,\t"
# A cell that begins with one of these would be run as a formula, or changed, when it is opened.
FORMULA = ("=", "+", "-", "@", "'")


def read_saved(path: Path, columns: Sequence[str], name: str) -> list[tuple[int, dict[str, str]]]:
    """The rows of the table at `path` that are not blank: row number (the heading is 1) and cells.

    Cells are stripped, and free of the apostrophe that `write_saved` puts before a sign of a
    formula. `name` is how messages call the file. Raises DataError when it is missing or no
    text, for a heading that is missing, unknown or there twice, and for a row that is too long.
    """
    if not path.is_file():
        raise DataError([Problem(name, "the file is missing")])
    table = records(path, columns, name)
    heading = [cell.strip().lower() for cell in table[0]]
    if problems := _heading_problems(heading, columns, name):
        raise DataError(problems)
    rows, problems = [], []
    for number, record in enumerate(table[1:], start=2):
        cells = [shown(cell.strip()) for cell in record]
        if any(cells[len(heading) :]):
            found, allowed = f"{len(cells)} cells", f"{len(heading)}"
            problems.append(Problem(name, "row is too long", number, None, found, allowed))
        elif any(cells):
            told = dict(zip(heading, cells, strict=False))
            rows.append((number, {column: told.get(column, "") for column in columns}))
    if problems:
        raise DataError(problems)
    return rows


def write_saved(path: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a table that Excel in the Netherlands opens as columns and `read_saved` reads back."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=SEPARATORS[0], lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_harmless(cell) for cell in row] for row in rows)


def records(path: Path, columns: Sequence[str], name: str) -> list[list[str]]:
    """The table as it stands, by the separator that finds most of `columns` in its heading.

    Raises DataError, with one problem, where the file is empty or no such text.
    """
    allowed = ", ".join(columns)
    if not path.stat().st_size:
        raise DataError([Problem(name, "is empty", allowed=allowed)])
    try:
        with path.open(encoding=find_encoding(path, name), newline="") as stream:
            text = stream.read()
    except DataError as error:
        mend = "save it as 'CSV UTF-8'"
        raise DataError([replace(problem, mend=mend) for problem in error.problems]) from None
    separator = max(SEPARATORS, key=lambda mark: _known_in_heading(text, mark, columns))
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        mend = "see whether a quotation mark is missing or one too many"
        raise DataError([Problem(name, "is not a table", allowed=allowed, mend=mend)]) from None


def _known_in_heading(text: str, separator: str, columns: Sequence[str]) -> int:
    heading = next(csv.reader([text.partition("\n")[0].strip("\r")], delimiter=separator), [])
    return len({cell.strip().lower() for cell in heading} & {*columns})


def _heading_problems(heading: list[str], columns: Sequence[str], name: str) -> list[Problem]:
    allowed = ", ".join(columns)
    wrong = [(column, "column is missing") for column in columns if column not in heading]
    wrong += [(c, "column is not known") for c in heading if c and c not in columns]
    wrong += [(c, "column stands twice") for c in columns if heading.count(c) > 1]
    return [Problem(name, message, 1, column, allowed=allowed) for column, message in wrong]


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def shown(cell: str) -> str:
    """A cell without the apostrophe that `write_saved` puts before a sign of a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
