"""Rules over whole answer sheets and over the whole round."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.intake.findings import Finding
from analysis.intake.typed import CODE, Sheets
from analysis.raw.tables import rows

# From how many statements on one answer sheet the same answer everywhere is remarkable.
STRAIGHT_FROM = 8
SMALL = ["place", "group", "file", "row", "column", "size"]
SILENT = [CODE["missing"], CODE["not_selected"]]
SCALE = [CODE[str(score)] for score in range(1, 6)]


def answered(sheets: Sheets) -> npt.NDArray[np.bool_]:
    """The sheets that hold an answer. Those that do not are told: they are left out."""
    said = np.zeros(len(sheets.rows), dtype=bool)
    for codes in sheets.given.values():
        said |= (codes >= 0) & ~np.isin(codes, SILENT)
    for unread in sheets.unread.values():
        said |= unread
    message = "left out: it holds no answer"
    sheets.tell(~said, Finding("no_answers", sheets.file, message=message))
    return said


def straight_lining(sheets: Sheets) -> None:
    """Tell the sheets on which every statement, at least eight, got the very same answer.

    Looked at before reversed items are turned round: it is the same column of the questionnaire
    that was ticked all the way down.
    """
    message = "gave every statement the same answer"
    sheets.tell(_spread(sheets)[1], Finding("straight_lining", sheets.file, message=message))


def identical_sheets(sheets: Sheets) -> None:
    """Tell the sheets that answer everything, at least eight statements, just as another does.

    One with a single answer all over is told as such, and not here.
    """
    answered, straight = _spread(sheets)
    mixed = np.zeros(len(sheets.rows), dtype=np.uint64)
    for codes in sheets.given.values():
        mixed = mixed * np.uint64(1_000_003) + (codes + 2).astype(np.uint64)
    told = pd.Series(mixed).where((answered >= STRAIGHT_FROM) & ~straight)
    twice = told.duplicated().to_numpy() & told.notna().to_numpy()
    message = "answers everything just as another sheet does"
    sheets.tell(twice, Finding("identical_sheets", sheets.file, message=message))


def _spread(sheets: Sheets) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.bool_]]:
    """Per sheet how many statements were answered, and whether all got the same answer."""
    lowest = np.full(len(sheets.rows), 99, dtype=np.int8)
    highest = np.full(len(sheets.rows), -1, dtype=np.int8)
    answered = np.zeros(len(sheets.rows), dtype=np.int16)
    for codes in sheets.given.values():
        told = np.isin(codes, SCALE)
        lowest = np.where(told & (codes < lowest), codes, lowest)
        highest = np.where(told & (codes > highest), codes, highest)
        answered += told
    return answered, (answered >= STRAIGHT_FROM) & (lowest == highest)


def small_cells(answers: pd.DataFrame, minimum: int) -> Iterator[Finding]:
    """Tell each municipality with fewer than `minimum` respondents of a group.

    `answers` is `answers_by_respondent` with the place of each sheet: `_file, _row, _column`.
    The finding stands at the first of them.
    """
    keys = ["municipality", "group"]
    cells = answers.groupby(keys, observed=True, sort=True)
    found = cells[["_file", "_row", "_column"]].first().assign(size=cells.size()).reset_index()
    for cell in rows(found[found["size"] < minimum].set_axis(SMALL, axis=1)):
        yield Finding(
            "small_cell", cell.file, int(cell.row), cell.column or None,
            found=f"{cell.place}: {cell.size}", allowed=f"{minimum} or more",
            message=f"few {cell.group} in one municipality",
        )  # fmt: skip
