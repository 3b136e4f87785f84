"""What several coders made of the same material; a file that need not be there."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.project import DataError, Problem, Project
from analysis.raw.cases import FOLDER, codes
from analysis.raw.coding import CodingFrame
from analysis.raw.sources import read_source
from analysis.raw.tables import Column, read_table, rows

CODERS_FILE = f"{FOLDER}/coders.csv"
# An empty code is one that the coder did not give.
CODERS = {
    "unit": Column(),
    "coder": Column(),
    "theme": Column(required=False),
    "kind": Column(required=False),
    "actor": Column(required=False),
}


def read_coders(project: Project, frame: CodingFrame) -> pd.DataFrame:
    """A row per unit and coder, with columns `unit, coder, theme, kind, actor`; often none.

    A unit is what the coders had in common: a fragment, or a passage. Without the file the frame
    is empty. Raises DataError naming every wrong row.
    """
    path = project.raw / CODERS_FILE
    if not path.exists():
        return pd.DataFrame(columns=list(CODERS), dtype=str)
    read_source(project, path)
    name = project.relative(path)
    table = read_table(path, CODERS, name=name)
    if problems := list(_problems(table, frame, name)):
        raise DataError(problems)
    return table


def _problems(table: pd.DataFrame, frame: CodingFrame, name: str) -> Iterator[Problem]:
    seen: dict[tuple[str, str], int] = {}
    for number, row in enumerate(rows(table), start=2):
        if first := seen.get((row.unit, row.coder)):
            message = f"coder {row.coder} has this unit in row {first} too"
            yield Problem(name, message, number, "unit", row.unit, "a unit once per coder")
        seen.setdefault((row.unit, row.coder), number)
        for column in ("theme", "kind", "actor"):
            allowed, cell = frame.group(f"{column}s"), getattr(row, column)
            told = codes(cell) if column == "actor" else [cell] * bool(cell)
            if unknown := [code for code in told if code not in allowed]:
                message = f"not in the coding frame: {', '.join(unknown)}"
                yield Problem(name, message, number, column, cell, ", ".join(allowed))
