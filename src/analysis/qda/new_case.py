"""A new case: its row in cases.csv, its folder, and an empty spreadsheet of codings."""

from __future__ import annotations

import csv
import io
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from analysis.intake.municipalities import fold, names_of
from analysis.intake.saved_table import write_saved
from analysis.project import CallError, Project
from analysis.qda.folder import NAME, interviews
from analysis.qda.sheet import CODES_SHEET, PLAIN, SHEET
from analysis.qda.workbook import code_rows, write_workbook
from analysis.raw.cases import BASIS, PROFILES, PROFILES_FILE
from analysis.raw.coding import CodingFrame, read_coding_frame
from analysis.raw.municipalities import read_register
from analysis.raw.sources import read_source, seal
from analysis.raw.tables import read_table, rows

FIRST_DAY = date(2016, 1, 1)  # from here on the register of municipalities knows
# The one thing that is known of a case when it is made; the researchers add the rest. A report
# tells it from the first fragments on.
RESTS_ON = {
    "fact": BASIS,
    "unit": "text",
    "value_nl": "gesprekken met betrokkenen in de gemeente",
    "value_en": "interviews with those involved in the municipality",
}


def new_case(project: Project, name: str, label: str, year: str) -> list[str]:
    """Make the case `name` for the municipality called `label`; gives what to tell about it.

    Adds a row to cases.csv and accepts it, and makes the folder of the case with `codings.csv` and
    `codings.xlsx` to fill in. Raises CallError for a name that cannot be one, a municipality that
    did not exist in `year`, and a case that is there already for
    that year or under another id.
    """
    frame = read_coding_frame(project)
    path = project.raw / PROFILES_FILE
    read_source(project, path)
    profiles = read_table(path, PROFILES, name=project.relative(path))
    if not NAME.fullmatch(name):
        allowed = "small letters, figures and -, such as zwolle"
        raise CallError(f"--case {name!r} (make: CASE=…): cannot be a name; allowed: {allowed}")
    if name in frame.collections:
        raise CallError(f"--case {name} (make: CASE=…): is a collection of the coding frame")
    if not (year.isascii() and year.isdigit() and 1900 <= int(year[:5]) <= 2100):
        raise CallError(f"--year {year!r} (make: YEAR=…): must be a year, such as 2027")
    there = {(row.case, int(row.year)) for row in rows(profiles)}
    if (name, int(year)) in there:
        raise CallError(f"case {name} of {year} is there already, in {project.relative(path)}")
    code = _code(project, label, int(year))
    for row in rows(profiles):
        same = code in str(row.municipality_code).split()
        if row.case == name and row.name and not same and fold(row.name) != fold(label):
            raise CallError(f"case {name} is {row.name}, not {label}: give another CASE")
        if row.case != name and same:
            mend = f"make new-case CASE={row.case} NAME={label!r} YEAR={year}"
            raise CallError(f"{label} is case {row.case} already: {mend}")
    folder = interviews(project, name)
    made = _templates(folder, frame)
    added = dict.fromkeys(PROFILES, "") | RESTS_ON
    added |= {
        "case": name, "name": label, "municipality_code": code, "year": str(int(year)),
        "source": name,
    }  # fmt: skip
    _append(path, added)
    seal(project, path)
    place = project.relative(folder)
    return [
        f"{project.relative(path)}: a row for {label} ({code}) in {year}; add what else is known",
        f"{place}: {', '.join(made) or 'was there already'}",
        f"next: fill in {place}/codings.xlsx, then make codings CASE={name};",
        f"or:   make codings CASE={name} FILE=export.qdpx",
    ]


def _code(project: Project, label: str, year: int) -> str:
    """The statistical code of the municipality that is called `label` in `year`."""
    register = read_register(project)
    day = max(date(year, 1, 1), FIRST_DAY)
    codes = names_of(register).get(fold(label), [])
    alive = [
        row.code
        for row in rows(register.codes)
        if row.code in codes and not _ended(row.until, day) and not _later(row.since, day)
    ]
    if len(alive) != 1:
        told = "several municipalities are called so" if alive else "is no municipality"
        there = [r.name for r in rows(register.codes)
                 if not _ended(r.until, day) and not _later(r.since, day)]  # fmt: skip
        spelt = {fold(name): name for name in there}
        near = [spelt[key] for key in get_close_matches(fold(label), spelt, n=2, cutoff=0.7)]
        guess = f"; did you mean {' or '.join(near)}?" if near and not alive else ""
        raise CallError(f"--name {label!r} (make: NAME=…): {told} on 1 January {day.year}{guess}")
    return str(alive[0])


def _ended(until: object, day: date) -> bool:
    return bool(str(until)[:4].isdigit()) and str(until)[:10] <= day.isoformat()


def _later(since: object, day: date) -> bool:
    return bool(str(since)[:4].isdigit()) and str(since)[:10] > day.isoformat()


def _templates(folder: Path, frame: CodingFrame) -> list[str]:
    """The empty spreadsheets, where they are not there; gives the names of those made."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    table, book = folder / f"{SHEET}.csv", folder / f"{SHEET}.xlsx"
    if not table.exists():
        write_saved(table, PLAIN, [])
        made.append(table.name)
    if not book.exists():
        write_workbook(book, {SHEET: [PLAIN], CODES_SHEET: code_rows(frame)})
        made.append(book.name)
    return made


def _append(path: Path, row: dict[str, str]) -> None:
    """Add a row to a table, and leave all that was there as it was."""
    text = path.read_text(encoding="utf-8")
    heading = next(csv.reader([text.splitlines()[0].removeprefix("\ufeff")]))
    line = io.StringIO()
    csv.DictWriter(line, heading, lineterminator="\n").writerow(row)
    between = "" if text.endswith("\n") else "\n"
    path.write_text(text + between + line.getvalue(), encoding="utf-8", newline="\n")
