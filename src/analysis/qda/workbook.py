"""Workbooks that we write: the codings to fill in, and all fragments to take elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from analysis.qda.codebook import our_targets
from analysis.raw.coding import CodingFrame
from analysis.simulate.saved import same_bytes

CODE_COLUMNS = ("code", "label_nl", "label_en", "definition_nl", "definition_en")
# Signs that no workbook can hold.
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def code_rows(frame: CodingFrame) -> list[list[str]]:
    """Every code that can be given, with its labels and definitions; the heading first."""
    known = our_targets(frame).items()
    told = [[c, nl, en, *meaning.split("\n", 1)] for c, (nl, en, meaning) in known]
    return [list(CODE_COLUMNS), *told]


def write_workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[str]]]) -> None:
    """Write sheets of texts, each with its heading first. The same texts give the same bytes.

    Every cell is a text, also one that begins with a sign of a formula.
    """
    import openpyxl  # type: ignore[import-untyped]  # noqa: PLC0415  # slow to import

    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        for number, row in enumerate(rows, start=1):
            for column, text in enumerate(row, start=1):
                if text:
                    cell = sheet.cell(number, column, FORBIDDEN.sub(" ", text))
                    cell.data_type = "s"
    book.save(path)
    same_bytes(path)
