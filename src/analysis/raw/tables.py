"""Reading CSV tables of `data/raw`: every cell is checked, all problems are listed at once."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.project import DataError, Problem

WHOLE = re.compile(r"-?[0-9]+")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True)
class Column:
    """What a column may hold.

    `kind` is `text`, `count` (whole number) or `number`; `allowed` the only values, `low` and
    `high` the bounds of a number; an empty cell is allowed unless `required`; a `unique` column
    holds no value twice.
    """

    kind: str = "text"
    required: bool = True
    allowed: tuple[str, ...] | None = None
    low: float | None = None
    high: float | None = None
    unique: bool = False

    def fault(self, cell: str) -> str | None:
        """What is allowed where `cell` is not, or None where the cell is right."""
        if cell == "":
            return "a value" if self.required else None
        if self.allowed is not None and cell not in self.allowed:
            return ", ".join(self.allowed)
        if self.kind == "text":
            return None
        return self._number_fault(cell)

    def _number_fault(self, cell: str) -> str | None:
        whole = self.kind == "count"
        if not (WHOLE if whole else NUMBER).fullmatch(cell):
            return "a whole number" if whole else "a number with a decimal point"
        low = -math.inf if self.low is None else self.low
        high = math.inf if self.high is None else self.high
        if low <= float(cell) <= high:
            return None
        if math.isinf(high):
            return f"{low:g} or more"
        return f"a number from {low:g} to {high:g}"


def read_table(path: Path, columns: Mapping[str, Column], *, name: str) -> pd.DataFrame:
    """A CSV file as a frame with exactly `columns`.

    `name` is how messages call the file. Text columns hold strings (empty where the cell is),
    numeric columns floats (NaN where empty). Raises DataError listing every fault by row (the
    heading is row 1) and column.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        problem = Problem(name, f"is not UTF-8 text (byte {error.start})", mend="save it as UTF-8")
        raise DataError([problem]) from None
    lines = list(csv.reader(text.splitlines()))
    if not lines or lines == [[]]:
        raise DataError([Problem(name, "is empty", allowed=",".join(columns))])
    if len(lines[0]) == 1 and (mark := next((m for m in ";\t" if m in lines[0][0]), "")):
        if any(column.kind == "number" for column in columns.values()):
            raise DataError([_separated_by(mark, name)])
        # Without decimals another mark cannot have changed what a cell says.
        lines = list(csv.reader(text.splitlines(), delimiter=mark))
    heading, body = lines[0], lines[1:]
    if problems := _heading_problems(heading, columns, name):
        raise DataError(problems)
    if problems := _row_problems(heading, body, columns, name):
        raise DataError(problems)
    frame = pd.DataFrame(body, columns=heading)[list(columns)].astype("str")
    for label, column in columns.items():
        if column.kind != "text":
            frame[label] = pd.to_numeric(frame[label].where(frame[label] != ""))
    return frame


def rows(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows of a frame as named tuples, for code that reads them by column name."""
    yield from frame.itertuples(index=False)


def _separated_by(mark: str, name: str) -> Problem:
    """The one problem of a table that a program saved with another mark than a comma."""
    seen = "';'" if mark == ";" else "tabs"
    mend = (
        "save it with commas between columns and points in numbers (LibreOffice: Save As, Edit "
        "filter settings, ','; Excel: Options, Advanced, '.' as decimal separator, and ',' as "
        "list separator in the region settings of Windows)"
    )
    return Problem(name, f"columns are separated by {seen}", 1, allowed="','", mend=mend)


def _heading_problems(
    heading: list[str], columns: Mapping[str, Column], name: str
) -> list[Problem]:
    allowed = ", ".join(columns)
    missing = [
        Problem(name, "column is missing", row=1, column=c, allowed=allowed)
        for c in columns
        if c not in heading
    ]
    unknown = [
        Problem(name, "column is not known", row=1, column=c, allowed=allowed)
        for c in heading
        if c not in columns
    ]
    twice = [
        Problem(name, "column stands twice", row=1, column=c)
        for c in columns
        if heading.count(c) > 1
    ]
    return missing + unknown + twice


def _row_problems(
    heading: list[str], body: list[list[str]], columns: Mapping[str, Column], name: str
) -> list[Problem]:
    problems = []
    seen: dict[tuple[str, str], int] = {}
    for number, row in enumerate(body, start=2):
        if not any(row):
            problems.append(Problem(name, "row is empty", row=number, mend="delete it"))
            continue
        if len(row) != len(heading):
            found = f"{len(row)} cells"
            problems.append(
                Problem(name, "row is cut", row=number, found=found, allowed=f"{len(heading)}")
            )
            continue
        for label, cell in zip(heading, row, strict=True):
            column = columns[label]
            if allowed := column.fault(cell):
                problems.append(
                    Problem(name, "wrong value", number, label, found=cell, allowed=allowed)
                )
            elif column.unique and (first := seen.setdefault((label, cell), number)) != number:
                message = f"value stands in row {first} too"
                problems.append(
                    Problem(name, message, number, label, found=cell, allowed="each value once")
                )
    return problems
