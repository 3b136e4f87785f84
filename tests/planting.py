"""Faults planted in export files, by other means than those that wrote or will read them.

A text is edited between its separators, so that not one byte beside the planted cell changes; a
workbook is changed with openpyxl, a file of SPSS with pyreadstat. Rows are counted as a user
counts them: the first line of a text or sheet is 1, and in SPSS the first case.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyreadstat

from analysis.intake.mapping import MappedColumn, read_mapping, write_mapping
from analysis.project import Project
from analysis.raw.settings import Instrument, Item, Round, read_round, round_instrument
from analysis.raw.sources import seal
from conftest import Outcome, Place
from rounds import ROUND

FORMATS = ("spss", "limesurvey", "qualtrics", "excel", "csv")
TEXTS = ("limesurvey", "qualtrics", "csv")
SPSS_ORIGIN = datetime(1582, 10, 14)


class Table(ABC):
    """An export that is open for changes: `columns` in order, and the numbers of its `rows`."""

    columns: list[str]
    rows: list[int]

    @abstractmethod
    def read(self, row: int, column: str) -> str:
        """What stands in a cell, as a mapping would name it; empty for nothing."""

    @abstractmethod
    def put(self, row: int, column: str, text: str) -> None:
        """Write a cell as the program would write `text`."""

    @abstractmethod
    def take_out(self, column: str) -> None:
        """Leave a whole column out."""

    @abstractmethod
    def add(self, column: str, text: str) -> None:
        """A column more, with `text` in every row."""

    @abstractmethod
    def save(self) -> None:
        """Write the file."""


class TextTable(Table):
    """A text: every cell as it stands, with its quotation marks, and what ends it."""

    def __init__(self, path: Path, headings: int) -> None:
        self.path = path
        content = path.read_bytes()
        self.mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
        try:
            self.encoding, text = "utf-8", content.removeprefix(self.mark).decode()
        except UnicodeDecodeError:
            self.encoding, text = "cp1252", content.decode("cp1252")
        first = text.partition("\n")[0]
        self.separator = max(",;\t", key=first.count)
        self.quoted = first.startswith('"')
        self.records = self._split(text)
        assert self._content() == content
        self.columns = [_bare(cell) for cell, _ in self.records[0]]
        self.rows = list(range(headings + 1, len(self.records) + 1))

    def _split(self, text: str) -> list[list[tuple[str, str]]]:
        cell = rf'((?:"(?:[^"]|"")*")|[^{self.separator}\r\n"]*)({self.separator}|\r\n|\n)'
        records: list[list[tuple[str, str]]] = [[]]
        for found in re.finditer(cell, text):
            records[-1].append((found[1], found[2]))
            if found[2] != self.separator:
                records.append([])
        assert not records[-1]
        return records[:-1]

    def _content(self) -> bytes:
        text = "".join(cell + end for record in self.records for cell, end in record)
        return self.mark + text.encode(self.encoding)

    def read(self, row: int, column: str) -> str:
        text = _bare(self.records[row - 1][self.columns.index(column)][0])
        return text.removesuffix(",0")

    def put(self, row: int, column: str, text: str) -> None:
        place = self.columns.index(column)
        record = self.records[row - 1]
        before = _bare(record[place][0])
        if before.endswith(",0") and text.isdigit():
            text += ",0"
        record[place] = (self._written(text), record[place][1])

    def _written(self, text: str) -> str:
        if self.quoted or any(sign in text for sign in (self.separator, '"', "\n")):
            return '"' + text.replace('"', '""') + '"'
        return text

    def take_out(self, column: str) -> None:
        place = self.columns.index(column)
        assert place < len(self.columns) - 1
        self.columns.pop(place)
        for record in self.records:
            record.pop(place)

    def add(self, column: str, text: str) -> None:
        """Last but one, so that no row ends otherwise than it did."""
        self.columns.insert(-1, column)
        for number, record in enumerate(self.records, start=1):
            shown = text if number in self.rows else column
            record.insert(-1, (self._written(shown), self.separator))

    def cut(self, row: int, cells: int) -> None:
        """Leave the last cells of a row out."""
        record = self.records[row - 1]
        self.records[row - 1] = [*record[: -cells - 1], (record[-cells - 1][0], record[-1][1])]

    def save(self) -> None:
        self.path.write_bytes(self._content())


def _bare(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell


class ExcelTable(Table):
    """A workbook: the first sheet, with its headings in row 3."""

    HEADING = 3

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = openpyxl.load_workbook(path)
        self.sheet: Any = self.book.worksheets[0]
        self.columns = [cell.value for cell in self.sheet[self.HEADING]]
        self.rows = list(range(self.HEADING + 1, self.sheet.max_row + 1))

    def _cell(self, row: int, column: str) -> Any:
        return self.sheet.cell(row, self.columns.index(column) + 1)

    def read(self, row: int, column: str) -> str:
        value = self._cell(row, column).value
        return "" if value is None else str(value)

    def put(self, row: int, column: str, text: str) -> None:
        self._cell(row, column).value = int(text) if text.isdigit() else text or None

    def take_out(self, column: str) -> None:
        self.sheet.delete_cols(self.columns.index(column) + 1)
        self.columns.remove(column)

    def add(self, column: str, text: str) -> None:
        self.columns.append(column)
        for row in (self.HEADING, *self.rows):
            self._cell(row, column).value = text if row in self.rows else column

    def fail(self, row: int, column: str) -> None:
        """Put what a failing formula leaves behind."""
        cell = self._cell(row, column)
        cell.value, cell.data_type = "#N/A", "e"

    def save(self) -> None:
        self.book.save(self.path)


class SpssTable(Table):
    """A file of SPSS: values as they are stored, with all that the file tells of them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.frame, self.meta = pyreadstat.read_sav(
            path, user_missing=True, disable_datetime_conversion=True
        )
        self.columns = list(self.frame.columns)
        self.rows = list(range(1, len(self.frame) + 1))
        self.forms = dict(self.meta.original_variable_types)

    def _is_moment(self, column: str) -> bool:
        return self.forms[column].startswith("DATETIME")

    def read(self, row: int, column: str) -> str:
        value = self.frame[column].iloc[row - 1]
        if isinstance(value, str):
            return value
        if pd.isna(value):
            return ""
        if self._is_moment(column):
            return str(SPSS_ORIGIN + timedelta(seconds=value))
        return str(int(value))

    def put(self, row: int, column: str, text: str) -> None:
        """A number or a moment is stored as such; any other text makes the variable one of text,
        as SPSS does when it meets one on import."""
        stored = self._stored(column, text)
        if isinstance(stored, str) and pd.api.types.is_numeric_dtype(self.frame[column]):
            told = [self.read(each, column) for each in self.rows]
            self.frame[column] = pd.Series(told, dtype=object)
            self.forms[column] = "A40"
            self.meta.variable_value_labels.pop(column, None)
            self.meta.missing_ranges.pop(column, None)
        if not pd.api.types.is_numeric_dtype(self.frame[column]):
            stored = text
        self.frame.loc[row - 1, column] = stored

    def _stored(self, column: str, text: str) -> float | str:
        if not text:
            return float("nan")
        if self._is_moment(column):
            try:
                return (datetime.fromisoformat(text) - SPSS_ORIGIN).total_seconds()
            except ValueError:
                return text
        return float(text) if text.replace("-", "").isdigit() else text

    def take_out(self, column: str) -> None:
        self.frame = self.frame.drop(columns=column)
        self.columns.remove(column)

    def add(self, column: str, text: str) -> None:
        self.frame[column] = text
        self.columns.append(column)
        self.forms[column] = "A40"

    def save(self) -> None:
        labels = self.meta.column_names_to_labels
        pyreadstat.write_sav(
            self.frame,
            self.path,
            file_label=self.meta.file_label,
            column_labels={name: labels.get(name) or "" for name in self.columns},
            variable_value_labels=self._of_those_left(self.meta.variable_value_labels),
            missing_ranges=self._of_those_left(self.meta.missing_ranges),
            variable_format={name: self.forms[name] for name in self.columns},
        )

    def _of_those_left(self, told: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in told.items() if name in self.columns}


def open_table(path: Path, format: str) -> Table:
    """An export, to be changed."""
    if format == "spss":
        return SpssTable(path)
    if format == "excel":
        return ExcelTable(path)
    return TextTable(path, headings=3 if format == "qualtrics" else 1)


@dataclass
class Planting:
    """A round whose export is being spoilt: `table` is the export, `mapping` what it truly means.

    Each sheet that is asked for is another one, so that no planted fault hides another.
    """

    project: Project
    export: Path
    format: str
    table: Table = field(init=False)
    mapping: list[MappedColumn] = field(init=False)
    instrument: Instrument = field(init=False)
    used: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.table = open_table(self.export, self.format)
        self.instrument = round_instrument(self.project, self.settings)
        self.mapping = read_mapping(self._mapping_file, "mapping.csv", self.instrument)

    @property
    def settings(self) -> Round:
        """The settings of the round."""
        return read_round(self.project, ROUND)

    @property
    def _mapping_file(self) -> Path:
        return self.project.raw / "survey" / ROUND / "mapping.csv"

    def mapped(self, becomes: str) -> MappedColumn:
        """The column of an item, a box or a role; that of the item where boxes share one."""
        names = (becomes, becomes.partition(".")[0])
        return next(c for name in names for c in self.mapping if c.becomes == name)

    def column(self, becomes: str) -> str:
        """How that column is called."""
        return self.mapped(becomes).column

    def text(self, becomes: str, meaning: str) -> str:
        """The text of a column that stands for `meaning`."""
        mapped = self.mapped(becomes)
        if mapped.becomes != becomes:  # boxes that share a cell
            meaning = becomes.partition(".")[2]
        return next(text for text, code in mapped.codes.items() if code == meaning)

    def meaning(self, row: int, becomes: str) -> str:
        """What a cell stands for; the text itself where it is no code, empty for nothing."""
        text = self.table.read(row, self.column(becomes))
        return self.mapped(becomes).codes.get(text, text)

    def put(self, row: int, becomes: str, text: str) -> None:
        """Write a text in a column."""
        self.table.put(row, self.column(becomes), text)

    def say(self, row: int, becomes: str, meaning: str) -> None:
        """Write what stands for `meaning` in a column."""
        self.put(row, becomes, self.text(becomes, meaning) if meaning else "")

    def sheets(self, group: str) -> list[int]:
        """The rows of the sheets of a group that count."""
        return [row for row in self.table.rows if self._counts(row) and self._in(row, group)]

    def _in(self, row: int, group: str) -> bool:
        return self.meaning(row, "group") == group

    def _counts(self, row: int) -> bool:
        if self.format == "limesurvey":
            return bool(self.meaning(row, "finished"))
        if self.format == "qualtrics":
            told = [self.table.read(row, name) for name in ("Finished", "Status")]
            return told == ["1", "0"]
        return True

    def sheet(self, group: str, such: Callable[[int], bool] = lambda row: True) -> int:
        """A sheet of `group` in which nothing was planted yet."""
        row = next(r for r in self.sheets(group) if r not in self.used and such(r))
        self.used.add(row)
        return row

    def statements(self, group: str) -> list[Item]:
        """The statements that are put to a whole group, as far as a column answers them."""
        there = {c.becomes for c in self.mapping if c.column in self.table.columns}
        asked = [i for i in self.instrument.items if group in i.publish and not i.asked_if]
        return [item for item in asked if item.kind == "scale" and item.id in there]

    def map(self, column: str, **changes: Any) -> None:
        """Change the row of a column in mapping.csv."""
        self.mapping = [replace(c, **changes) if c.column == column else c for c in self.mapping]

    def save(self) -> None:
        """Write the export and its mapping, and accept that they changed."""
        self.table.save()
        write_mapping(self._mapping_file, self.mapping)
        seal(self.project, self.export)


@dataclass(frozen=True)
class Spoilt:
    """A round in a project of its own, in which faults can be planted."""

    root: Path
    export: Path
    format: str

    @property
    def planting(self) -> Planting:
        """Its export, open for changes."""
        return Planting(Project(self.root), self.export, self.format)

    def check(self, csv_file: Path, *, own_process: bool = False) -> Outcome:
        """What `check` says, which also writes all findings to `csv_file`."""
        call = Place(self.root).call if own_process else Place(self.root).run
        return call("check", "--round", ROUND, "--csv", str(csv_file))

    def everything(self) -> dict[str, tuple[int, str]]:
        """Every file and folder of the project, with when it was written and its content."""
        return {
            path.relative_to(self.root).as_posix(): (
                path.stat().st_mtime_ns,
                hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
            )
            for path in sorted(self.root.rglob("*"))
        }
