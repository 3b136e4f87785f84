"""Where a case stands: its rows in cases.csv, its folder of exports, its fragments."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from analysis.fingerprint import checksum
from analysis.project import CallError, Project
from analysis.raw.cases import ADDED, FRAGMENTS, FRAGMENTS_FILE, PROFILES, PROFILES_FILE
from analysis.raw.files import HIDDEN, INTERVIEWS
from analysis.raw.sources import read_source, sidecar_of
from analysis.raw.tables import read_table, rows

CODES, SUMMARIES = "codes.csv", "summaries.csv"
TAKEN = "taken_in.yml"
EXPORTS = (".qdpx", ".csv", ".xlsx")
NAME = re.compile(r"[a-z][a-z0-9_]*(?:-[a-z0-9_]+)*")


@dataclass(frozen=True)
class Case:
    """A municipality that was studied: its id, what it is called, the year of the study."""

    name: str
    label: str
    year: int
    folder: Path
    fragments: Path
    ours: tuple[str, ...] = (CODES, SUMMARIES)

    def exports(self) -> list[Path]:
        """The exports in its folder, by name."""
        return sorted(p for p in self.folder.glob("*") if p.is_file() and self.is_export(p))

    def is_export(self, path: Path) -> bool:
        """Whether a file is one by its name: no table of ours, hidden file or lock of Excel."""
        name = path.name
        return (
            path.suffix.lower() in EXPORTS and name not in self.ours and not name.startswith(HIDDEN)
        )


def interviews(project: Project, name: str) -> Path:
    """The folder with the exports of a case, which stays out of git."""
    return project.raw / INTERVIEWS / name


def open_case(project: Project, name: str) -> Case:
    """The case `name`, with the last year in which it was studied.

    Raises CallError when cases.csv has no municipality of that id.
    """
    path = project.raw / PROFILES_FILE
    read_source(project, path)
    profiles = read_table(path, PROFILES, name=project.relative(path))
    known = {row.case: row.name for row in rows(profiles) if row.name}
    if name not in known or not NAME.fullmatch(name):
        listed = ", ".join(known)
        mend = f"make new-case CASE={name or 'zwolle'} NAME=… YEAR=… makes one"
        raise CallError(f"unknown case {name!r}; known: {listed}; {mend}")
    year = int(profiles.loc[profiles["case"] == name, "year"].max())
    fragments = project.raw / ADDED / f"{name}.csv"
    return Case(name, known[name], year, interviews(project, name), fragments)


def note_taken(case: Case) -> None:
    """Keep the checksums of all that the fragments of a case were made of, in its folder."""
    told = {path.name: checksum(path) for path in _inputs(case)}
    text = yaml.safe_dump(told, allow_unicode=True)
    case.folder.mkdir(parents=True, exist_ok=True)
    (case.folder / TAKEN).write_text(text, encoding="utf-8", newline="\n")


def _inputs(case: Case) -> list[Path]:
    ours = (case.folder / name for name in case.ours)
    return [*case.exports(), *(path for path in ours if path.is_file())]


def changed_cases(project: Project) -> list[str]:
    """What `make codings` still has to take in, a line each: changes since the last time, and
    cases without fragments.

    What was never taken in on this computer is not known to have changed: exports stay out of git.
    Raises DataError where cases.csv cannot be read.
    """
    profiles = read_table(project.raw / PROFILES_FILE, PROFILES, name=PROFILES_FILE)
    files = [project.raw / FRAGMENTS_FILE, *(project.raw / ADDED).glob("*.csv")]
    there = set()
    for path in files:
        there |= set(read_table(path, FRAGMENTS, name=project.relative(path))["case"])
    lines = []
    for name in dict.fromkeys(profiles.loc[profiles["name"] != "", "case"]):
        case = Case(name, name, 0, interviews(project, name), project.raw / ADDED / f"{name}.csv")
        again = f"make codings CASE={name}"
        if name not in there:
            lines.append(f"{name}: stands in cases.csv without fragments; {again} takes them in")
        lines += [f"{project.relative(p)} {told}; {again}" for p, told in _changed(case)]
    return lines


def _changed(case: Case) -> Iterator[tuple[Path, str]]:
    """The files of a case that are no longer as they were taken in."""
    path = case.folder / TAKEN
    if not path.is_file():
        return
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeError):
        told = None
    taken = told if isinstance(told, dict) else {}
    present = {p.name: p for p in _inputs(case)}
    for name in sorted({*taken, *present}, key=str):
        if name not in present:
            yield case.folder / str(name), "is gone since it was taken in"
        elif name not in taken:
            yield present[name], "was not taken in yet"
        elif checksum(present[name]) != taken[name]:
            yield present[name], "changed since it was taken in"


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Write a raw table whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    with new.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    new.replace(path)


def describe(path: Path, title: str, citation: str, note: str) -> None:
    """Write the sidecar of a file that the researchers made; in Dutch, as the report lists it."""
    fields = {
        "title": title,
        "producer": "de onderzoekers van deze gemeente",
        "citation": citation,
        "url": "niet gepubliceerd",
        "published": "niet gepubliceerd",
        "accessed": date.today().isoformat(),
        "licence": "Van de onderzoekers; de gesprekken zelf worden niet gepubliceerd.",
        "sha256": checksum(path),
        "note": note,
    }
    text = yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, width=100)
    sidecar_of(path).write_text(text, encoding="utf-8", newline="\n")
