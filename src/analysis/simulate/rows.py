"""Writing answer sheets as delimited text, many at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.simulate.columns import Column

CHUNK = 50_000


@dataclass(frozen=True)
class TextForm:
    """How a program writes text: what separates cells and lines, and which cells are quoted."""

    separator: str
    encoding: str = "utf-8"
    line_end: str = "\n"
    quote_all: bool = False

    def quoted(self, text: str) -> str:
        """A cell as it stands in the file."""
        if self.quote_all or any(sign in text for sign in (self.separator, '"', "\n", "\r")):
            return '"' + text.replace('"', '""') + '"'
        return text


def write_rows(
    path: Path,
    headings: Sequence[Sequence[str]],
    columns: Sequence[Column],
    sheets: pd.DataFrame,
    form: TextForm,
) -> None:
    """Write `headings`, a line each, and below them a line per answer sheet.

    Raises UnicodeEncodeError where `form.encoding` lacks a sign.
    """
    with path.open("w", encoding=form.encoding, newline="") as stream:
        for cells in headings:
            stream.write(form.separator.join(map(form.quoted, cells)) + form.line_end)
        for start in range(0, len(sheets), CHUNK):
            part = sheets.iloc[start : start + CHUNK]
            cells = [column.written(part, form.quoted).tolist() for column in columns]
            for line in zip(*cells, strict=True):
                stream.write(form.separator.join(line) + form.line_end)
