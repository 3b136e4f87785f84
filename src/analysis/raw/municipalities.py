"""The municipalities since 2016: their codes, what became of them, and their other names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analysis.project import DataError, Problem, Project
from analysis.raw.sources import read_source
from analysis.raw.tables import Column, read_table, rows

CODES_FILE = "survey/municipality_codes.csv"
MERGERS_FILE = "survey/mergers.csv"
NAMES_FILE = "survey/municipality_names.csv"
FILES = (CODES_FILE, MERGERS_FILE, NAMES_FILE)
CODE = re.compile(r"GM[0-9]{4}")

CODES = {
    "code": Column(unique=True),
    "name": Column(),
    "from": Column(required=False),
    "until": Column(required=False),
}
MERGERS = {
    "code": Column(),
    "name": Column(),
    "date": Column(),
    "into_code": Column(),
    "into_name": Column(),
    "source": Column(),
}
NAMES = {
    "code": Column(),
    "name": Column(),
    "variant": Column(),
    "source": Column(),
}


@dataclass(frozen=True)
class Register:
    """What is known of the municipalities since 1 January 2016.

    `codes` has one row per municipality: `code, name, since, until`; `since` is missing where it
    existed on that day, `until` (the first day without it) where it still exists. `mergers` has
    one row for each part of a municipality that ended: `code, name, date, into_code, into_name,
    source`. `names` has other names: `code, name, variant, source`. Codes are as in `GM0344`.
    """

    codes: pd.DataFrame
    mergers: pd.DataFrame
    names: pd.DataFrame


def read_register(project: Project) -> Register:
    """The three tables of municipalities in `data/raw/survey/`, held against each other.

    Raises DataError with every fault: a changed file, a wrong cell, a code that is in no list, a
    name or a day that differs between the tables, an ended municipality that went nowhere.
    """
    codes = _read(project, CODES_FILE, CODES)
    mergers = _read(project, MERGERS_FILE, MERGERS)
    names = _read(project, NAMES_FILE, NAMES)
    places = {key: project.relative(project.raw / key) for key in FILES}
    problems = [
        *_wrong_days(codes, places[CODES_FILE], "from", "until"),
        *_wrong_days(mergers, places[MERGERS_FILE], "date"),
        *_wrong_codes(codes, places[CODES_FILE]),
    ]
    if not problems:
        known = {row["code"]: row for row in codes.to_dict("records")}
        problems = [
            *_wrong_lives(codes, mergers, places[CODES_FILE]),
            *_wrong_mergers(mergers, known, places[MERGERS_FILE]),
            *_wrong_names(names, known, places[NAMES_FILE]),
        ]
    if problems:
        raise DataError(problems)
    codes = codes.rename(columns={"from": "since"})
    for frame, column in ((codes, "since"), (codes, "until"), (mergers, "date")):
        frame[column] = pd.to_datetime(frame[column].where(frame[column] != ""))
    return Register(codes, mergers, names)


class History:
    """What a register says of each code: its name, when it existed and what became of it."""

    def __init__(self, register: Register) -> None:
        codes = register.codes
        self._names = dict(zip(codes["code"], codes["name"], strict=True))
        self._since = _days(codes, "since")
        self._until = _days(codes, "until")
        self._parts: defaultdict[str, list[str]] = defaultdict(list)
        for row in rows(register.mergers):
            self._parts[row.code].append(row.into_code)

    def __contains__(self, code: str) -> bool:
        return code in self._names

    def name(self, code: str) -> str:
        """What a municipality is called; its code where the register does not know it."""
        return self._names.get(code, code)

    def since(self, code: str) -> date | None:
        """The first day of a municipality, None where it existed before 2016."""
        return self._since.get(code)

    def on(self, code: str, day: date) -> list[str]:
        """What a municipality is on `day`: itself, what it went up in or its parts.

        Empty when it does not exist yet.
        """
        if self._since.get(code, date.min) > day:
            return []
        if self._until.get(code, date.max) > day:
            return [code]
        return once(after for part in self._parts[code] for after in self.on(part, day))

    def before(self, code: str, day: date) -> list[str]:
        """The municipalities of `day` of which `code` was made later."""
        start = self._since.get(code, date.min)
        here = (other for other in self._names if self.on(other, day) == [other])
        return [other for other in here if code in self.on(other, start)]

    def told(self, code: str, day: date) -> str:
        """What befell a municipality until `day`, in words; empty where it still exists."""
        steps = []
        line = [code]
        while line:
            here = line.pop(0)
            if self._until.get(here, date.max) <= day:
                parts = self._parts[here]
                line += parts
                how = "went up in" if len(parts) == 1 else "was divided over"
                into = listed(map(self.name, parts), "and")
                steps.append(f"{self.name(here)} {how} {into} on {self._until[here]}")
        return "; ".join(once(steps))


def _read(project: Project, file: str, columns: dict[str, Column]) -> pd.DataFrame:
    path = project.raw / file
    read_source(project, path)
    return read_table(path, columns, name=project.relative(path))


def _wrong_days(frame: pd.DataFrame, file: str, *columns: str) -> Iterator[Problem]:
    for column in columns:
        for line, cell in enumerate(frame[column], start=2):
            if cell and not _is_day(cell):
                allowed = "a day such as 2019-01-01"
                yield Problem(file, "wrong value", line, column, found=cell, allowed=allowed)


def _is_day(cell: str) -> bool:
    try:
        return date.fromisoformat(cell).isoformat() == cell
    except ValueError:
        return False


def _wrong_codes(codes: pd.DataFrame, file: str) -> Iterator[Problem]:
    for line, code in enumerate(codes["code"], start=2):
        if not CODE.fullmatch(code):
            allowed = "GM and four digits, such as GM0344"
            yield Problem(file, "wrong value", line, "code", found=code, allowed=allowed)


def _wrong_lives(codes: pd.DataFrame, mergers: pd.DataFrame, file: str) -> Iterator[Problem]:
    """Municipalities that end before they begin, or that went nowhere."""
    went = set(mergers["code"])
    for line, row in enumerate(codes.to_dict("records"), start=2):
        if row["until"] and row["until"] <= row["from"]:
            message, allowed = "ends before it begins", f"a day after {row['from']}"
            yield Problem(file, message, line, "until", found=row["until"], allowed=allowed)
        if row["until"] and row["code"] not in went:
            message = f"{row['name']} ended, but mergers.csv does not say where it went"
            mend = "add a row to mergers.csv for each part of it"
            yield Problem(file, message, line, "until", found=row["until"], mend=mend)


def _wrong_mergers(
    mergers: pd.DataFrame, known: dict[str, dict[Any, Any]], file: str
) -> Iterator[Problem]:
    """Mergers of or into a municipality that is not known, or not on that day."""
    for line, row in enumerate(rows(mergers), start=2):
        yield from _misnamed(file, line, known, ("code", row.code), ("name", row.name))
        yield from _misnamed(
            file, line, known, ("into_code", row.into_code), ("into_name", row.into_name)
        )
        if row.code in known and known[row.code]["until"] != row.date:
            message = "is not the day on which municipality_codes.csv lets it end"
            allowed = known[row.code]["until"] or "no row: it still exists"
            yield Problem(file, message, line, "date", found=row.date, allowed=allowed)
        into = known.get(row.into_code)
        if into and (row.date < into["from"] or (into["until"] and into["until"] <= row.date)):
            message = f"{into['name']} does not exist on {row.date}"
            yield Problem(file, message, line, "into_code", found=row.into_code)
    yield from _twice(mergers, ["code", "into_code"], file)


def _wrong_names(
    names: pd.DataFrame, known: dict[str, dict[Any, Any]], file: str
) -> Iterator[Problem]:
    for line, row in enumerate(rows(names), start=2):
        yield from _misnamed(file, line, known, ("code", row.code), ("name", row.name))
    yield from _twice(names, ["code", "variant"], file)


def _misnamed(
    file: str,
    line: int,
    known: dict[str, dict[Any, Any]],
    code: tuple[str, str],
    name: tuple[str, str],
) -> Iterator[Problem]:
    """A code that is in no list, or a name that is not that code's; each as (column, cell)."""
    if code[1] not in known:
        message = "no municipality in municipality_codes.csv has this code"
        yield Problem(file, message, line, code[0], found=code[1])
    elif known[code[1]]["name"] != name[1]:
        message = f"is not what municipality_codes.csv calls {code[1]}"
        allowed = known[code[1]]["name"]
        yield Problem(file, message, line, name[0], found=name[1], allowed=allowed)


def _twice(frame: pd.DataFrame, columns: list[str], file: str) -> Iterator[Problem]:
    again = frame.duplicated(columns).tolist()
    for line, (row, double) in enumerate(zip(rows(frame), again, strict=True), start=2):
        if double:
            found = getattr(row, columns[-1])
            message = f"stands there twice for {row.code}"
            yield Problem(file, message, line, columns[-1], found=found, allowed="once")


def once(codes: Iterable[str]) -> list[str]:
    """Each text once, in the order in which it first comes."""
    return list(dict.fromkeys(codes))


def listed(names: Iterable[str], word: str) -> str:
    """Names as a sentence lists them, with `word` before the last."""
    *most, last = list(names) or [""]
    return f"{', '.join(most)} {word} {last}" if most else last


def _days(codes: pd.DataFrame, column: str) -> dict[str, date]:
    known = codes[codes[column].notna()]
    return {str(code): day.date() for code, day in zip(known["code"], known[column], strict=True)}
