"""The literature's raw tables: youth care by origin, as printed and from StatLine."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.project import DataError, Problem, Project
from analysis.raw.origins import TOTAL, origin_vocabulary
from analysis.raw.sources import read_source
from analysis.raw.tables import Column, read_table, rows

ORIGINS = {
    "year": Column("count", low=1900, high=2100),
    "origin": Column(),
    "level": Column("count", low=0, high=9),
    "parent": Column(required=False),
    "share_percent": Column("number", low=0, high=100),
    "source": Column(),
    "line": Column("count", low=1, high=1_000_000),
}
ORIGINS_FILE = "literature/youth_care_by_origin.csv"
# Decimals of the percentages in that file.
PRINTED_DECIMALS = 2

# A table of StatLine as `analysis.statline` stores it: one row per year and origin. `value` is
# the measure as it came; without a value, `sign` is what stood in its place.
SNAPSHOT = {
    "year": Column("count", low=1900, high=2100),
    "period": Column(),
    "status": Column(required=False),
    "origin": Column(),
    "code": Column(),
    "title": Column(),
    "level": Column("count", low=0, high=9),
    "parent": Column(required=False),
    "value": Column("number", required=False),
    "divide_by": Column("number", required=False),
    "share_percent": Column("number", required=False, low=0, high=100),
    "decimals": Column("count", required=False, low=0, high=9),
    "sign": Column(required=False),
}
SNAPSHOTS = "literature/statline"


def read_origins(project: Project) -> pd.DataFrame:
    """Share of young people with youth care, one row per year and origin, in the order of files.

    Holds the columns of `youth_care_by_origin.csv`, and `file` (below `data/raw`), `status` (of
    StatLine: `Definitief`, `Voorlopig`), `sign` (what stands where a share is missing),
    `decimals` of a share that was published as one, and `classification` (`old`, `new`; that of
    the year, also for the total).

    Raises DataError for a wrong cell, an origin twice in a year, a parent that is not there, an
    origin of the other classification, a year in two files or without a total, or no figures.
    """
    names = [ORIGINS_FILE, *snapshot_files(project)]
    frames = [_read_file(project, name) for name in names]
    problems = [
        problem for frame in frames for problem in (*_row_problems(frame), *_year_problems(frame))
    ]
    problems += _years_twice(frames)
    if problems:
        raise DataError(problems)
    frame = pd.concat(frames, ignore_index=True)
    if last_year(frame) is None:
        message = "no year has both a total and another origin with a figure"
        raise DataError([Problem(f"data/raw/{ORIGINS_FILE}", message)])
    return frame


def snapshot_files(project: Project) -> list[str]:
    """The stored tables of StatLine, below `data/raw`, in order."""
    found = (project.raw / SNAPSHOTS).glob("*.csv")
    return sorted(p.relative_to(project.raw).as_posix() for p in found if p.name[0] != ".")


def last_year(origins: pd.DataFrame) -> int | None:
    """The last year with a total and at least one other origin that have a figure; else None."""
    known = origins[origins["share_percent"].notna()]
    totals = set(known.loc[known["origin"] == TOTAL, "year"])
    years = totals & set(known.loc[known["origin"] != TOTAL, "year"])
    return int(max(years)) if years else None


def _read_file(project: Project, name: str) -> pd.DataFrame:
    path = project.raw / name
    read_source(project, path)
    printed = name == ORIGINS_FILE
    frame = read_table(path, ORIGINS if printed else SNAPSHOT, name=project.relative(path))
    if printed:
        frame = frame.assign(status="", sign="", decimals=float(PRINTED_DECIMALS))
    else:
        lines = np.arange(len(frame), dtype=float) + 2
        frame = frame.assign(source=f"data/raw/{name}", line=lines)
    vocabulary = origin_vocabulary()
    years = frame["year"].astype(int)
    frame["classification"] = [vocabulary.classification_of(year) for year in years]
    frame["file"] = name
    return frame[[*ORIGINS, "status", "sign", "decimals", "classification", "file"]]


def _row_problems(frame: pd.DataFrame) -> Iterator[Problem]:
    vocabulary = origin_vocabulary()
    for position, row in enumerate(rows(frame), start=2):
        name, year = f"data/raw/{row.file}", int(row.year)
        same = frame[(frame["year"] == row.year) & (frame["origin"] == row.origin)]
        peers = set(frame.loc[frame["year"] == row.year, "origin"])
        if len(same) > 1 and same.index[0] != position - 2:
            yield Problem(name, "origin stands twice in this year", position, "origin", row.origin)
        if row.parent and row.parent not in peers:
            allowed = ", ".join(sorted(peers))
            message = "no such origin in this year"
            yield Problem(name, message, position, "parent", row.parent, allowed)
        if row.origin not in vocabulary.origins or not vocabulary.fits(row.origin, year):
            known = row.origin in vocabulary.origins
            message = f"no origin of the classification of {year}" if known else "unknown origin"
            allowed = ", ".join(vocabulary.usable_in(year))
            yield Problem(name, message, position, "origin", row.origin, allowed)
        if np.isnan(row.share_percent) == (row.sign == ""):
            message = "a share or a sign, and not both"
            yield Problem(name, message, position, "sign", row.sign)


def _year_problems(frame: pd.DataFrame) -> Iterator[Problem]:
    for year, part in frame.groupby("year"):
        name = f"data/raw/{part['file'].iloc[0]}"
        if TOTAL not in set(part["origin"]):
            yield Problem(name, f"year {year:g} has no row with origin total")


def _years_twice(frames: list[pd.DataFrame]) -> list[Problem]:
    first: dict[int, str] = {}
    problems = []
    for frame in frames:
        for year in dict.fromkeys(frame["year"].astype(int)):
            name = str(frame["file"].iloc[0])
            if (other := first.setdefault(year, name)) != name:
                message = f"year {year} stands in data/raw/{other} too"
                mend = "leave it out of one of the two"
                problems.append(Problem(f"data/raw/{name}", message, column="year", mend=mend))
    return problems
