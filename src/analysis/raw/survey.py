"""The survey's raw tables: the frame, the printed totals and the claims of a document."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.project import DataError, Problem, Project
from analysis.raw.settings import CollectedAnswers, Round
from analysis.raw.sources import read_source
from analysis.raw.tables import Column, read_table, rows

GROUPS = ("professionals", "officials", "all", "")
TEAM_TYPES = ("youth", "social", "integrated", "all", "")
WORDINGS = ("exact", "vague")
UNITS = ("count", "percent", "ratio", "year", "age", "text")

CLAIMS = {
    "id": Column(unique=True),
    "source": Column(),
    "line": Column("count", low=1),
    "section": Column(),
    "subject": Column(),
    "group": Column(required=False, allowed=GROUPS),
    "team_type": Column(required=False, allowed=TEAM_TYPES),
    "statistic": Column(),
    "value": Column("number", required=False),
    "unit": Column(allowed=UNITS),
    "numerator": Column("number", required=False),
    "denominator": Column("number", required=False),
    "base": Column(required=False),
    "wording": Column(allowed=WORDINGS),
    "phrase": Column(required=False),
    "note": Column(required=False),
}
TOTALS = {
    "total": Column(unique=True),
    "subject": Column(),
    "group": Column(allowed=GROUPS[:3]),
    "team_type": Column(allowed=TEAM_TYPES[:4]),
    "base": Column(allowed=("municipalities", "respondents", "routed")),
    "statistic": Column(),
    "value": Column("number", required=False, low=0, high=1_000_000),
    "unit": Column(allowed=("count", "percent")),
    "denominator": Column("count", required=False, low=1, high=1_000_000),
    "wording": Column(allowed=WORDINGS),
    "phrase": Column(required=False),
    "claims": Column(),
    "source": Column(),
    "line": Column("count", low=1),
}
# Columns in which a total and the claims that print it agree.
SHARED_COLUMNS = (
    "subject", "group", "team_type", "base", "statistic", "value", "unit", "wording", "phrase",
)  # fmt: skip
FRAME = {
    "number": Column("count", low=1, high=1000, unique=True),
    "municipality": Column(unique=True),
    "name": Column(unique=True),
    "printed_name": Column(),
    "code_2016": Column(unique=True),
    "code_2026": Column(),
    "name_2026": Column(),
    "change": Column(required=False),
    "rounds": Column(),
    "marks_2016": Column(allowed=("both", "one", "none")),
    "source": Column(),
    "line": Column("count", low=1),
}


AUXILIARY = "aux_"
ROUND_FRAME = {
    "municipality": Column(unique=True),
    "name": Column(unique=True),
    "code": Column(unique=True),
}


def read_frame(project: Project, settings: Round) -> pd.DataFrame:
    """The municipalities that were asked in a round, one row each.

    A round with answers has a frame of its own (`municipality, name, code`); one with printed
    totals shares the frame of 2016, with its marks and lines. Raises DataError for a wrong cell,
    or when no municipality was asked.
    """
    path = project.raw / "survey" / settings.frame
    read_source(project, path)
    file = project.relative(path)
    if isinstance(settings.source, CollectedAnswers):
        return _round_frame(path, file)
    frame = read_table(path, FRAME, name=file)
    round = settings.round
    asked = frame["rounds"].str.split().map(lambda names: round in names)
    if asked.any():
        return frame[asked].reset_index(drop=True)
    known = sorted({found for cell in frame["rounds"] for found in cell.split()})
    message = f"no municipality was asked in round {round}"
    mend = (
        f"add {round} to column rounds of the municipalities asked, after a space; "
        f"then make seal FILE={file}"
    )
    allowed = f"{round} in at least one row"
    raise DataError([Problem(file, message, None, "rounds", " ".join(known), allowed, mend)])


def _round_frame(path: Path, file: str) -> pd.DataFrame:
    """A round's own frame. What else is known of a municipality stands in columns `aux_...`:
    numbers where every cell is one, else texts."""
    heading = path.read_text(encoding="utf-8-sig", errors="replace").partition("\n")[0]
    names = [name.strip().strip('"') for name in re.split("[,;\t]", heading)]
    auxiliary = [name for name in names if name.startswith(AUXILIARY)]
    columns = ROUND_FRAME | {name: Column(required=False) for name in auxiliary}
    frame = read_table(path, columns, name=file)
    for name in auxiliary:
        numbers = pd.to_numeric(frame[name].where(frame[name] != ""), errors="coerce")
        if numbers.notna().any() and (numbers.notna() | (frame[name] == "")).all():
            frame[name] = numbers
    return frame


def read_claims(project: Project, relative: str) -> pd.DataFrame:
    """The printed claims in `data/raw/<relative>`, one row per printed figure.

    Raises DataError for a wrong cell, or an exact count that is not its own numerator.
    """
    path = project.raw / relative
    read_source(project, path)
    name = project.relative(path)
    frame = read_table(path, CLAIMS, name=name)
    exact = (frame["wording"] == "exact") & (frame["unit"] == "count")
    differs = exact & frame["numerator"].notna() & (frame["numerator"] != frame["value"])
    problems = [
        Problem(
            name, "an exact count differs from its numerator", int(position) + 2, "value",
            found=f"{value:g}", allowed=f"{numerator:g}",
        )
        for position, value, numerator in frame.loc[differs, ["value", "numerator"]].itertuples()
    ]  # fmt: skip
    if problems:
        raise DataError(problems)
    return frame


def read_totals(project: Project, round_name: str, totals: str, claims: str) -> pd.DataFrame:
    """The printed totals of a round, one row per distinct total.

    Every total is held against the claims that print it: they must agree in `SHARED_COLUMNS`,
    so that a slip in one of the two tables is found. Raises DataError.
    """
    path = project.raw / "survey" / round_name / totals
    read_source(project, path)
    name = project.relative(path)
    frame = read_table(path, TOTALS, name=name)
    printed = read_claims(project, f"survey/{round_name}/{claims}").set_index("id")
    problems = []
    for position, row in enumerate(rows(frame), start=2):
        problems += _disagreements(row, printed, name, position)
    if problems:
        raise DataError(problems)
    return frame


def _disagreements(row: Any, printed: pd.DataFrame, name: str, line: int) -> list[Problem]:
    problems = []
    for claim in row.claims.split():
        if claim not in printed.index:
            problems.append(Problem(name, "no such claim", line, "claims", found=claim))
            continue
        for column in SHARED_COLUMNS:
            here, there = getattr(row, column), printed.at[claim, column]
            if str(here) != str(there):
                message = f"differs from claim {claim}"
                problems.append(
                    Problem(name, message, line, column, found=str(here), allowed=str(there))
                )
    return problems
