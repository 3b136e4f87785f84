"""Plain CSV: one row of headings, then one answer sheet per row."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.intake.formats.export import Export, Heading
from analysis.intake.formats.text import open_text, positions
from analysis.raw.settings import Reading

# Not a number: three decimals, which may as well be thousands (`1.000`).
NUMBER = re.compile(r"[-+]?[0-9]+([.,](?![0-9]{3}$)[0-9]+)?")
NOUGHT = re.compile(r"\.0+$")


def read_plain(
    path: Path, file: str, reading: Reading, wanted: Collection[str] | None = None
) -> Export:
    """The answer sheets of a CSV file; `file` is how messages call it, None for `wanted` is all.

    Headings stand in row `reading.header_row`, else in the first. In a column that holds only
    numbers, a decimal comma becomes a point and a whole number loses its decimals (`3,0` is `3`).
    Raises DataError where the file cannot be read or a heading is empty or stands twice.
    """
    text = open_text(path, file, reading.encoding, reading.separator, reading.header_row)
    names = text.headings()
    sheets = text.read(text.heading + 1, len(names), positions(names, wanted))
    return Export(
        file=file,
        format="csv",
        headings=[Heading(name) for name in names],
        cells={name: plain_numbers(cells) for name, cells in sheets.cells.items()},
        rows=sheets.rows,
        left_out=sheets.left_out,
        findings=sheets.findings,
    )


def plain_numbers(cells: pd.Categorical) -> pd.Categorical:
    """The cells with each number written one way, where all of them are numbers."""
    texts = list(cells.categories)
    if not all(NUMBER.fullmatch(text) for text in texts):
        return cells
    plain = [NOUGHT.sub("", text.replace(",", ".")) for text in texts]
    if plain == texts:
        return cells
    kept = list(dict.fromkeys(plain))
    numbers = {text: number for number, text in enumerate(kept)}
    # The last code is for an empty cell, which is -1 before and after.
    codes = np.array([*(numbers[text] for text in plain), -1])[cells.codes]
    return pd.Categorical.from_codes(codes, categories=pd.Index(kept, dtype="str"))
