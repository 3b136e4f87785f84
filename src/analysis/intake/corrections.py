"""`corrections.csv`: what is put right in an export, which itself is never edited."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.intake.findings import Finding
from analysis.intake.formats.export import Export
from analysis.intake.saved_table import read_saved
from analysis.project import DataError, Problem

CORRECTIONS = "corrections.csv"
DROP = "drop"
COLUMNS = ("file", "row", "column", "found", "becomes", "why")


@dataclass(frozen=True)
class Correction:
    """One row of `corrections.csv`: in `file`, at `row` and `column`, `found` is `becomes`."""

    line: int
    file: str
    row: int
    column: str
    found: str
    becomes: str

    @property
    def drops(self) -> bool:
        """Whether the whole answer sheet is left out."""
        return not self.column and self.becomes == DROP


def read_corrections(path: Path, name: str) -> list[Correction]:
    """The corrections at `path`, as a spreadsheet program saves them; none without such a file.

    Raises DataError for a row without a file, a row number or a reason.
    """
    if not path.is_file():
        return []
    found = read_saved(path, COLUMNS, name)
    problems = []
    for line, cells in found:
        for column in ("file", "row", "why"):
            if not cells[column]:
                problems.append(Problem(name, "wrong value", line, column, "", "a value"))
        if cells["row"] and not (cells["row"].isdigit() and int(cells["row"])):
            whole = "a whole number from 1"
            problems.append(Problem(name, "wrong value", line, "row", cells["row"], whole))
        if not cells["column"] and cells["becomes"] != DROP:
            mend = f"name the column, or write {DROP} under becomes to leave the whole sheet out"
            problems.append(Problem(name, "no column", line, "column", mend=mend))
    if problems:
        raise DataError(problems)
    texts = ("column", "found", "becomes")
    return [
        Correction(line, cells["file"], int(cells["row"]), *(cells[t] for t in texts))
        for line, cells in found
    ]


def correct(
    export: Export, corrections: Sequence[Correction], name: str, secret: Collection[str] = ()
) -> tuple[Export, list[Finding]]:
    """`export` with the corrections of its file made, and what is wrong with any of them.

    `name` is how messages call `corrections.csv`; what stands in the columns `secret` is not
    repeated. Each correction that was made is a finding too (rule `corrected`), so that the report
    can say how many there are; what the reader told of the cell or sheet is settled by it.
    """
    own = [c for c in corrections if c.file == Path(export.file).name]
    cells = dict(export.cells)
    keep = np.ones(len(export.rows), dtype=bool)
    findings, settled = [], []
    for correction in own:
        place = np.flatnonzero(export.rows == correction.row)
        told = _told(export, correction)
        problem = _fault(export, correction, place, told)
        if problem is not None:
            if correction.column in secret:
                problem = replace(problem, found=None, allowed=None)
            findings.append(replace(problem, file=name, row=correction.line))
            continue
        settled += told
        rule = "dropped" if correction.drops else "corrected"
        made = Finding(rule, export.file, correction.row, correction.column or None)
        findings.append(replace(made, message=f"{rule}, as corrections.csv says"))
        if correction.drops:
            keep[place] = False
        else:
            cells[correction.column] = _with(cells[correction.column], place, correction.becomes)
    if not keep.all():
        cells = {column: values[keep] for column, values in cells.items()}
    left = [finding for finding in export.findings if finding not in settled]
    return replace(export, cells=cells, rows=export.rows[keep], findings=left), findings


def _told(export: Export, correction: Correction) -> list[Finding]:
    """What the reader told of the cell that is corrected, or of the sheet that is left out."""
    return [
        finding
        for finding in export.findings
        if finding.row == correction.row
        and (correction.drops or finding.column == correction.column)
    ]


def _fault(
    export: Export, correction: Correction, place: np.ndarray, told: Sequence[Finding]
) -> Finding | None:
    """Why a correction cannot be made, or None where it can."""
    wrong = Finding("wrong_correction", "", column="row", found=str(correction.row))
    if not place.size and not (correction.drops and told):
        return replace(wrong, message=f"{export.file} has no answer sheet in that row")
    if correction.drops:
        return None
    if correction.column not in export.cells:
        message = f"{export.file} has no column of that name that is used"
        return replace(wrong, column="column", found=correction.column, message=message)
    values = export.cells[correction.column]
    code = values.codes[place[0]]
    there = "" if code < 0 else str(values.categories[code])
    # A cell that could not be read is empty; `found` may be what was said to stand there.
    if correction.found in (there, *(finding.found for finding in told)):
        return None
    message = "something else stands in the export"
    return replace(wrong, column="found", found=correction.found, allowed=there, message=message)


def _with(values: Any, place: np.ndarray, text: str) -> Any:
    """`values` with `text` at `place`; an empty text makes the cell empty."""
    codes = np.array(values.codes, dtype=np.int64)
    categories = [str(known) for known in values.categories]
    if text and text not in categories:
        categories.append(text)
    codes[place] = categories.index(text) if text else -1
    return pd.Categorical.from_codes(codes, categories=pd.Index(categories))
