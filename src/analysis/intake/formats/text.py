"""Delimited text: encoding and separator are found, and only the wanted columns are kept.

A row is a record as a spreadsheet counts them: the first is 1, a blank line is one, and a line
break between quotation marks starts none.
"""

from __future__ import annotations

import csv
import re
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TextIO

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.intake.findings import Finding
from analysis.intake.formats.encoding import find_encoding
from analysis.project import DataError, Problem

SEPARATORS = {",": "','", ";": "';'", "\t": "tab", "|": "'|'"}
CHUNK = 200  # rows taken at a time: so few that their cells stay in the processor's cache
LOOKED_AT = 50  # rows below the heading that may tell which separator it is
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
GIVE_SEPARATOR = (
    "give its `separator:` under `files:` in round.yml; or, where a title stands above the "
    "headings, the row of the headings (`header_row:`)"
)
NAME_THEM = (
    "where a title stands above the headings, tell their row (`header_row:` under `files:` in "
    "round.yml); else export it again with a heading for each column"
)
CUT = "cut_row"

Judge = Callable[[str], str]


@dataclass(frozen=True)
class Sheets:
    """The answer sheets of a file: what an `Export` holds of them, under the same names."""

    cells: dict[str, pd.Categorical]
    rows: npt.NDArray[np.int64]
    left_out: dict[str, int]
    findings: list[Finding]


@dataclass(frozen=True)
class Text:
    """A delimited file of which it is known how to read it. Made by `open_text`.

    `start` is the row of its first record (2 below Excel's line `sep=;`), `heading` that of its
    headings.
    """

    path: Path
    file: str
    encoding: str
    separator: str
    start: int = 1
    heading: int = 1

    def headings(self, mend: str = "give each column a heading of its own") -> list[str]:
        """The headings, stripped. Raises DataError as `unique_headings`."""
        above = self.heading - self.start
        records = self.head(above + 1)
        names = records[above] if len(records) > above else []
        return unique_headings(names, self.file, self.heading, mend)

    def head(self, n: int) -> list[list[str]]:
        """The first `n` records, from row `start`, as they stand; fewer in a shorter file.

        Raises DataError for a quotation mark that goes wrong.
        """
        return [record for chunk in self._chunks(self.start, n) for record in chunk]

    def read(
        self,
        first: int,
        width: int,
        wanted: Mapping[int, str],
        leave_out: Mapping[int, Judge] | None = None,
    ) -> Sheets:
        """The answer sheets from row `first` on, each of `width` cells.

        `wanted` names the columns to keep, by position (0 is the first). `leave_out` judges a
        stripped cell of a column: it gives the reason to leave the sheet out, or an empty text;
        the first reason counts. A sheet without any text is left out as `empty`, but blank lines
        at the end are nothing. A sheet of another width is a finding `cut_row`, and is not kept.
        Raises DataError for a quotation mark that goes wrong.
        """
        sieve = _Sieve(self.file, width, wanted, leave_out or {})
        row = first
        for chunk in self._chunks(first):
            sieve.take(row, chunk)
            row += len(chunk)
        return sieve.sheets()

    def _chunks(self, first: int, limit: int | None = None) -> Iterator[list[list[str]]]:
        """Records from row `first` on, at most `limit`, some at a time."""
        left = limit
        with self._open() as stream:
            records = csv.reader(stream, delimiter=self.separator, strict=True)
            try:
                next(islice(records, first - 1, first - 1), None)
                while chunk := list(islice(records, CHUNK if left is None else min(left, CHUNK))):
                    yield chunk
                    left = None if left is None else left - len(chunk)
            except csv.Error as error:
                raise DataError([self._quote_problem(str(error))]) from None

    def _quote_problem(self, error: str) -> Problem:
        """Where and how quotation marks go wrong. The file is read again for the row."""
        row = 1
        with self._open() as stream, suppress(csv.Error):
            for _ in csv.reader(stream, delimiter=self.separator, strict=True):
                row += 1
        inside = "expected after" in error
        told = "is followed by other text than a separator" if inside else "is never closed"
        mend = "export the file again, with quotation marks inside a cell written twice"
        return Problem(self.file, f"a quotation mark of this row {told}", row, mend=mend)

    def _open(self) -> TextIO:
        return self.path.open(encoding=self.encoding, newline="")


def open_text(
    path: Path,
    file: str,
    encoding: str | None = None,
    separator: str | None = None,
    heading: int | None = None,
) -> Text:
    """Find out how the delimited file at `path` is to be read; `file` is how messages call it.

    Text is UTF-8 or UTF-16 by its mark, else UTF-8, else Windows-1252. The separator is the one of
    `SEPARATORS` that divides the heading, which is the first record or stands in row `heading`.
    A given `encoding` or `separator` overrules. Raises DataError, with one problem, where it is no
    such text or where that cannot be told.
    """
    if path.stat().st_size == 0:
        raise DataError([Problem(file, "is empty", mend="export it again")])
    found = find_encoding(path, file, encoding)
    with path.open(encoding=found, newline="") as stream:
        line = SEPARATOR_LINE.fullmatch(stream.readline(20))
    start = 2 if line else 1
    row = max(start, heading or start)
    tried = [Text(path, file, found, mark, start, row) for mark in SEPARATORS]
    return replace(tried[0], separator=_separator(tried, separator, line.group(1) if line else ""))


def unique_headings(names: Sequence[str], file: str, row: int, mend: str = NAME_THEM) -> list[str]:
    """The headings in `row`, stripped. Raises DataError for each that is empty or stands twice."""
    stripped = [name.strip() for name in names]
    if 2 * sum(not name for name in stripped) > len(stripped) > 0 and any(stripped):
        raise DataError([Problem(file, "most headings are empty", row, mend=mend)])
    first: dict[str, int] = {}
    problems = []
    for number, name in enumerate(stripped, start=1):
        place = f"number {number}"
        if not name:
            problems.append(Problem(file, "heading is empty", row, place, mend=mend))
        elif (before := first.setdefault(name, number)) != number:
            message = f"heading stands in column number {before} too"
            problems.append(Problem(file, message, row, place, name, "each once", mend))
    if not any(stripped):
        problems = [Problem(file, "has no headings in this row", row)]
    if problems:
        raise DataError(problems)
    return stripped


def positions(names: Sequence[str], wanted: Collection[str] | None) -> dict[int, str]:
    """Where each wanted heading stands (0 is the first column); None wants all."""
    return {i: name for i, name in enumerate(names) if wanted is None or name in wanted}


@dataclass
class _Sieve:
    """Takes records some at a time, and keeps what is wanted of them."""

    file: str
    width: int
    wanted: Mapping[int, str]
    leave_out: Mapping[int, Judge]
    codes: dict[int, _Codes] = field(init=False)
    cells: dict[int, array[int]] = field(init=False)
    rows: array[int] = field(default_factory=lambda: array("q"))
    counts: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    blank_at_end: int = 0

    def __post_init__(self) -> None:
        self.codes = {position: _Codes() for position in self.wanted}
        self.cells = {position: array("i") for position in self.wanted}

    def take(self, first: int, records: list[list[str]]) -> None:
        """Sift `records`, of which the first stands in row `first`."""
        kept = []
        for row, record in enumerate(records, start=first):
            if reason := self._reason(record):
                self.counts[reason] += 1
                if reason == CUT:
                    self.findings.append(self._cut(row, len(record)))
            else:
                kept.append(record)
                self.rows.append(row)
            self.blank_at_end = 0 if record else self.blank_at_end + 1
        columns = list(zip(*kept, strict=True))
        for position, codes in self.codes.items() if kept else ():
            self.cells[position].extend(map(codes.__getitem__, columns[position]))

    def sheets(self) -> Sheets:
        """All that was kept."""
        cells = {}
        for position, name in self.wanted.items():
            texts = pd.Index(self.codes.pop(position).texts, dtype="str")
            found = np.array(self.cells.pop(position), dtype=np.int32)
            cells[name] = pd.Categorical.from_codes(found, categories=texts)
        self.counts["empty"] -= self.blank_at_end
        left_out = {reason: n for reason, n in self.counts.items() if n and reason != CUT}
        return Sheets(cells, np.array(self.rows, dtype=np.int64), left_out, self.findings)

    def _reason(self, record: list[str]) -> str:
        """Why `record` is not kept; empty when it is."""
        if not record or (not record[0].strip() and not "".join(record).strip()):
            return "empty"
        if len(record) != self.width:
            return CUT
        for position, judge in self.leave_out.items():
            if reason := judge(record[position].strip()):
                return reason
        return ""

    def _cut(self, row: int, cells: int) -> Finding:
        mend = "export the file again, or see whether a quotation mark is missing in this row"
        return Finding(
            CUT, self.file, row, found=f"{cells} cells", allowed=f"{self.width}", mend=mend,
            message="row has another number of cells than the heading",
        )  # fmt: skip


class _Codes(dict[str, int]):
    """The code of each cell of a column, by its text; -1 where it is empty."""

    def __init__(self) -> None:
        super().__init__()
        self._numbers: dict[str, int] = {}

    def __missing__(self, cell: str) -> int:
        text = cell.strip()
        code = self._numbers.setdefault(text, len(self._numbers)) if text else -1
        self[cell] = code
        return code

    @property
    def texts(self) -> list[str]:
        """The text of each code."""
        return list(self._numbers)


def _separator(texts: Sequence[Text], given: str | None, line: str) -> str:
    """The separator: the given one, else that of Excel's line, else the only one that can be.

    That is the one that divides the heading, or of several the one that divides all rows alike.
    """
    file, row = texts[0].file, texts[0].heading
    widths = {text.separator: _widths(text) for text in texts}
    usable = [mark for mark, found in widths.items() if found[:1] > [1]]
    if given is not None and (
        given in '"\r\n' or (given in widths and usable and given not in usable)
    ):
        allowed = " or ".join(SEPARATORS[mark] for mark in usable or widths)
        message = "the separator given does not divide the columns"
        raise DataError([Problem(file, message, row, None, given, allowed, GIVE_SEPARATOR)])
    if given or line:
        return given or line
    if len(usable) > 1:
        usable = [mark for mark in usable if len(set(widths[mark])) == 1]
    if len(usable) == 1:
        return usable[0]
    for text in texts:
        text.head(1)  # tells of a quotation mark in the heading that is never closed
    if not any(widths.values()):
        raise DataError([Problem(file, "is empty", mend="export it again")])
    message = "what separates the columns cannot be told"
    allowed = ", ".join(SEPARATORS.values())
    raise DataError([Problem(file, message, row, allowed=allowed, mend=GIVE_SEPARATOR)])


def _widths(text: Text) -> list[int]:
    """How many cells the first records have that are not blank, as far as they can be read."""
    found = []
    with text.path.open(encoding=text.encoding, newline="") as stream:
        records = csv.reader(stream, delimiter=text.separator, strict=True)
        with suppress(csv.Error):
            for record in islice(records, text.heading - 1, text.heading + LOOKED_AT):
                found.extend([len(record)] if record else [])
    return found
