"""The literature's raw tables: youth care by origin."""

from __future__ import annotations

import pandas as pd

from analysis.project import DataError, Problem, Project
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


def read_origins(project: Project) -> pd.DataFrame:
    """Share of young people with youth care, one row per year and origin, in printed order.

    Raises DataError for a wrong cell, an origin twice in a year, a parent that is not there, or
    a year without a total.
    """
    path = project.raw / ORIGINS_FILE
    read_source(project, path)
    name = project.relative(path)
    frame = read_table(path, ORIGINS, name=name)
    problems = []
    for position, row in enumerate(rows(frame), start=2):
        same = frame[(frame["year"] == row.year) & (frame["origin"] == row.origin)]
        peers = set(frame.loc[frame["year"] == row.year, "origin"])
        if len(same) > 1 and same.index[0] != position - 2:
            problems.append(
                Problem(name, "origin stands twice in this year", position, "origin", row.origin)
            )
        if row.parent and row.parent not in peers:
            allowed = ", ".join(sorted(peers))
            problems.append(
                Problem(
                    name, "no such origin in this year", position, "parent", row.parent, allowed
                )
            )
    for year, part in frame.groupby("year"):
        if "total" not in set(part["origin"]):
            problems.append(Problem(name, f"year {year:g} has no row with origin total"))
    if problems:
        raise DataError(problems)
    return frame
