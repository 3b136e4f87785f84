"""The coding frame and all fragments, to go on with in other programs."""

from __future__ import annotations

import math
from pathlib import Path

from analysis.intake.saved_table import write_saved
from analysis.project import CallError, Project
from analysis.qda.codebook import write_codebook
from analysis.qda.sheet import CODES_SHEET
from analysis.qda.workbook import code_rows, write_workbook
from analysis.raw.cases import FRAGMENTS, read_cases

FOLDER = "codings"
BOOK, TABLE, WORKBOOK = "coding_frame.qdc", "fragments.csv", "fragments.xlsx"


def export_codings(project: Project, folder: Path | None = None) -> list[str]:
    """Write the code book and the fragments in `folder` (`reports/codings`); gives what to tell.

    The same data give the same bytes. Raises DataError and CallError where the data are wrong,
    CallError for a folder in `data`.
    """
    target = folder or project.reports / FOLDER
    if (project.root / "data").resolve() in (target.resolve(), *target.resolve().parents):
        raise CallError(f"--out {target} (make: OUT=…): not in data, where only raw data stand")
    if target.exists() and not target.is_dir():
        raise CallError(f"--out {target} (make: OUT=…): is no folder")
    data = read_cases(project)
    table = data.fragments[list(FRAGMENTS)]
    told = [[_cell(cell) for cell in row] for row in table.itertuples(index=False)]
    target.mkdir(parents=True, exist_ok=True)
    write_codebook(target / BOOK, data.frame)
    write_saved(target / TABLE, list(FRAGMENTS), told)
    sheets: dict[str, list[list[str]]] = {
        "fragments": [list(FRAGMENTS), *told],
        CODES_SHEET: code_rows(data.frame),
    }
    write_workbook(target / WORKBOOK, sheets)
    place = project.relative(target)
    return [
        f"{place}/{BOOK}: the coding frame, for ATLAS.ti, MAXQDA, NVivo or QualCoder",
        f"{place}/{TABLE}, {WORKBOOK}: {len(told)} fragments",
    ]


def _cell(value: object) -> str:
    """A cell as it stands in the raw file: whole numbers without a decimal part."""
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.0f}"
    return str(value)
