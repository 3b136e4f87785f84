"""The qualitative evidence: profile facts of cases, and coded fragments of every document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.project import DataError, Problem, Project
from analysis.raw.coding import STANCES, CodingFrame, frame_problems, read_coding_frame
from analysis.raw.sources import SUFFIX, read_source
from analysis.raw.tables import Column, read_table, rows

FOLDER = "cases"
PROFILES_FILE, FRAGMENTS_FILE, SECTIONS_FILE = (
    f"{FOLDER}/{name}" for name in ("cases.csv", "fragments.csv", "sections.csv")
)
# Cases that were added to the study: a file each, with the columns of fragments.csv.
ADDED = f"{FOLDER}/fragments"
BASIS = "basis"  # what a case rests on; `make new-case` writes it, before anything is coded
LINE = Column("count", required=False, low=1, high=1_000_000)
YEAR = Column("count", low=1900, high=2100)
OPTIONAL = Column(required=False)
PROFILES = {
    "case": Column(),
    "name": OPTIONAL,
    "municipality_code": OPTIONAL,
    "year": YEAR,
    "fact": Column(),
    "value": Column("number", required=False),
    "unit": Column(allowed=("count", "percent", "year", "age", "text")),
    "qualifier": Column(required=False, allowed=("exact", "almost", "over", "several_thousand")),
    "value_nl": OPTIONAL,
    "value_en": OPTIONAL,
    "source": Column(),
    "line": LINE,
}
FRAGMENTS = {
    "id": Column(unique=True),
    "case": Column(),
    "year": YEAR,
    "theme": Column(),
    "point": OPTIONAL,
    "stance": Column(required=False, allowed=STANCES),
    "also": OPTIONAL,
    "kind": Column(),
    "actor": Column(),
    "form": Column(),
    "policy": OPTIONAL,
    "section": OPTIONAL,
    "number": Column("count", required=False, low=1, high=999),
    "addressee": OPTIONAL,
    "same_as": OPTIONAL,
    "summary_nl": Column(),
    "summary_en": Column(),
    "source": Column(),
    "line": LINE,
    "key_words": OPTIONAL,
}
SECTIONS = {
    "section": Column(unique=True),
    "source": Column(),
    "first_line": Column("count", low=1, high=1_000_000),
    "last_line": Column("count", low=1, high=1_000_000),
    "label_nl": Column(),
    "label_en": Column(),
    "themes": OPTIONAL,
    "bullets": Column("count", low=0, high=10_000),
    "quotations": Column("count", low=0, high=10_000),
    "year": YEAR,
}
# Kinds of fragment that ask somebody to do something.
DIRECTED = ("recommendation", "advice", "improvement")


@dataclass(frozen=True)
class CaseData:
    """Profile facts, fragments, the sections of the documents, and the coding frame.

    `files` are the raw files that the fragments stand in, by name from `data/raw`; the column
    `file` of `fragments` says in which of them each stands.
    """

    profiles: pd.DataFrame
    fragments: pd.DataFrame
    sections: pd.DataFrame
    frame: CodingFrame
    files: tuple[str, ...]

    @cached_property
    def counted(self) -> pd.DataFrame:
        """The fragments that count: what a document says twice counts once."""
        return self.fragments[self.fragments["same_as"] == ""]

    @cached_property
    def municipalities(self) -> dict[str, str]:
        """The municipalities that were studied and their names, in the order of cases.csv."""
        found = {row.case: row.name for row in rows(self.profiles) if row.name}
        told = dict.fromkeys(self.profiles["case"])
        return {c: found.get(c, c) for c in told if c not in self.frame.collections}

    @property
    def cases(self) -> list[str]:
        """Municipalities, then collections, in the order in which they are shown."""
        return [*self.municipalities, *self.frame.collections]

    def case_label(self, case: str, language: str) -> str:
        """What a case is called in one language."""
        if case in self.frame.collections:
            return self.frame.collections[case].label(language)
        return self.municipalities[case]


def codes(cell: str) -> list[str]:
    """The codes in a cell that may hold several, separated by spaces."""
    return cell.split()


def read_cases(project: Project) -> CaseData:
    """All qualitative data. Raises DataError naming every wrong row, CallError for the frame."""
    frame = read_coding_frame(project)
    profiles = _read(project, PROFILES_FILE, PROFILES)
    sections = _read(project, SECTIONS_FILE, SECTIONS)
    names = [FRAGMENTS_FILE, *_added(project)]
    read = {name: _read(project, name, FRAGMENTS) for name in names}
    fragments = pd.concat(
        [table.assign(file=name) for name, table in read.items()], ignore_index=True
    )
    data = CaseData(_begun(profiles, fragments), fragments, sections, frame, tuple(names))
    problems = [
        problem
        for name, table in read.items()
        for problem in fragment_problems(table, data, project.relative(project.raw / name))
    ]
    problems += _twice(read)
    problems += _digits(project, PROFILES_FILE, profiles, ("name", "value_nl", "value_en"))
    problems += _digits(project, SECTIONS_FILE, sections, ("label_nl", "label_en"))
    problems += _section_problems(project, data)
    problems += _told_twice(project, profiles)
    problems += frame_problems(frame, _carried(fragments))
    if problems:
        raise DataError(problems)
    return data


def _begun(profiles: pd.DataFrame, fragments: pd.DataFrame) -> pd.DataFrame:
    """The profiles without what a case rests on (`basis`) where nothing of it is coded yet."""
    coded = set(zip(fragments["case"], fragments["year"], strict=True))
    told = zip(profiles["case"], profiles["year"], profiles["fact"], strict=True)
    return profiles[[fact != BASIS or (case, year) in coded for case, year, fact in told]]


def _added(project: Project) -> list[str]:
    folder = project.raw / ADDED
    return [
        f"{ADDED}/{path.name}" for path in sorted(folder.glob("*.csv")) if SUFFIX not in path.name
    ]


def _read(project: Project, name: str, columns: dict[str, Column]) -> pd.DataFrame:
    path = project.raw / name
    read_source(project, path)
    return read_table(path, columns, name=project.relative(path))


def fragment_problems(fragments: pd.DataFrame, data: CaseData, name: str) -> Iterator[Problem]:
    """What is wrong in a table of fragments, measured against the coding frame and the cases.

    `fragments` has the columns of `FRAGMENTS`, `name` is how messages call its file; `same_as`
    may name any fragment of `data`.
    """
    originals = set(data.fragments.loc[data.fragments["same_as"] == "", "id"])
    known = set(data.sections["section"])
    for number, row in enumerate(rows(fragments), start=2):

        def problem(
            column: str, message: str, allowed: str, row: Any = row, number: int = number
        ) -> Problem:
            return Problem(name, message, number, column, str(getattr(row, column)), allowed)

        yield from _code_problems(row, data, problem)
        yield from _point_problems(row, data.frame, problem)
        if row.section and row.section not in known:
            yield problem("section", "not in sections.csv", "a section, or empty")
        if row.same_as and row.same_as not in originals - {row.id}:
            message = "is no other fragment that stands by itself"
            yield problem("same_as", message, "the id of a fragment without same_as, or empty")
        for column in ("summary_nl", "summary_en"):
            if any(map(str.isdigit, getattr(row, column))):
                yield problem(column, "a digit in a text", "no digits: write the number in words")


Make = Callable[[str, str, str], Problem]


def _code_problems(row: Any, data: CaseData, problem: Make) -> Iterator[Problem]:
    """Codes that the frame does not have, and codes where they do not belong."""
    frame = data.frame
    single = {
        "case": data.cases, "theme": frame.themes, "kind": frame.kinds, "form": frame.forms,
        "policy": frame.policy,
    }  # fmt: skip
    for column, known in single.items():
        cell = getattr(row, column)
        if cell not in known and not (column == "policy" and cell == ""):
            yield problem(column, "not in the coding frame", ", ".join(known))
    for column, group in {"actor": "actors", "addressee": "addressees", "also": "points"}.items():
        allowed = frame.group(group)
        if unknown := [code for code in codes(getattr(row, column)) if code not in allowed]:
            message = f"not in the coding frame: {', '.join(unknown)}"
            yield problem(column, message, ", ".join(allowed))
    if bool(row.addressee) != (row.kind in DIRECTED):
        wanted = "an addressee" if row.kind in DIRECTED else "empty"
        yield problem("addressee", f"does not go with kind {row.kind}", wanted)
    if row.policy and row.case in frame.collections:
        yield problem("policy", "the case is no municipality", "empty")
    if row.policy and row.theme in frame.themes and row.theme not in frame.aspect_of:
        yield problem("policy", f"theme {row.theme} belongs to no aspect", "empty")


def _point_problems(row: Any, frame: CodingFrame, problem: Make) -> Iterator[Problem]:
    if row.point and row.point not in frame.points_of(row.theme):
        allowed = ", ".join(frame.points_of(row.theme)) or "empty"
        yield problem("point", f"not a point of theme {row.theme}", allowed)
    if bool(row.point) != bool(row.stance):
        allowed = ", ".join(STANCES) if row.point else "empty, as there is no point"
        yield problem("stance", "does not go with the point", allowed)
    if row.point and row.point in codes(row.also):
        yield problem("also", f"names the point {row.point} again", "other points")


def _twice(read: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Ids that stand in more files than one; within a file the table's reader finds them."""
    seen: dict[str, str] = {}
    for name, table in read.items():
        for number, fragment in enumerate(table["id"], start=2):
            if (first := seen.setdefault(fragment, name)) != name:
                message = f"stands in data/raw/{first} too"
                yield Problem(f"data/raw/{name}", message, number, "id", fragment, "each id once")


def _digits(
    project: Project, name: str, table: pd.DataFrame, columns: tuple[str, ...]
) -> Iterator[Problem]:
    """Texts that hold a digit: a number in the report must be a fact."""
    place = project.relative(project.raw / name)
    for number, row in enumerate(rows(table), start=2):
        for column in columns:
            if any(map(str.isdigit, found := str(getattr(row, column)))):
                mend = "write the number in words"
                yield Problem(place, "a digit in a text", number, column, found, "no digits", mend)


def _told_twice(project: Project, profiles: pd.DataFrame) -> Iterator[Problem]:
    """Numbers of a profile that a year gives twice: which of them would be printed?"""
    numbers = profiles[profiles["value"].notna()]
    for position in numbers.index[numbers.duplicated(["case", "year", "fact"])]:
        row = profiles.loc[position]
        place = project.relative(project.raw / PROFILES_FILE)
        message = f"{row['case']} has this number of {row['year']:.0f} already"
        yield Problem(place, message, int(position) + 2, "fact", row["fact"], "each number once")


def _section_problems(project: Project, data: CaseData) -> Iterator[Problem]:
    place = project.relative(project.raw / SECTIONS_FILE)
    for number, row in enumerate(rows(data.sections), start=2):
        unknown = [theme for theme in codes(row.themes) if theme not in data.frame.themes]
        if unknown:
            message = f"not in the coding frame: {', '.join(unknown)}"
            allowed = ", ".join(data.frame.themes)
            yield Problem(place, message, number, "themes", row.themes, allowed)
        if row.last_line < row.first_line:
            allowed = f"{row.first_line:.0f} or more"
            yield Problem(
                place, "ends before it begins", number, "last_line", f"{row.last_line:.0f}", allowed
            )


def _carried(fragments: pd.DataFrame) -> dict[str, set[tuple[str, str]]]:
    """The codes that each fragment carries, as (group, code) pairs of the frame."""
    return {
        row.id: {
            ("collections", row.case), ("themes", row.theme), ("points", row.point),
            ("kinds", row.kind), ("forms", row.form), ("policy", row.policy),
            *(("actors", code) for code in codes(row.actor)),
            *(("addressees", code) for code in codes(row.addressee)),
        }
        for row in rows(fragments)
    }  # fmt: skip
