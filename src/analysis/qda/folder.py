"""Where a case stands: its rows in cases.csv, its folder of exports, its fragments."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from analysis.fingerprint import checksum
from analysis.project import CallError, Project
from analysis.raw.cases import ADDED, PROFILES, PROFILES_FILE
from analysis.raw.files import INTERVIEWS
from analysis.raw.sources import read_source, sidecar_of
from analysis.raw.tables import read_table, rows

CODES, SUMMARIES = "codes.csv", "summaries.csv"
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
        found = (p for p in self.folder.glob("*") if p.is_file() and not p.name.startswith("."))
        return sorted(p for p in found if p.suffix.lower() in EXPORTS and p.name not in self.ours)


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
