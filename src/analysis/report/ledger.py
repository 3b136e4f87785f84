"""The ledger: one row for every number that the report prints."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import Any

from analysis.language.words import Language
from analysis.report.model import Document
from analysis.report.spans import EXHIBITS

COLUMNS = (
    "id",
    "chapter",
    "exhibit",
    "subject",
    "group",
    "statistic",
    "value",
    "unit",
    "numerator",
    "denominator",
    "low",
    "high",
    "printed",
    "provenance",
    "source",
    "notebook",
    "cell",
)


def number_rows(document: Document) -> list[dict[str, Any]]:
    """One row per printed number, in reading order, with exactly the `COLUMNS`.

    `chapter` is the key of the part ("survey", empty for the banner before the parts), `exhibit`
    the id of the figure or table. A number that stands only in a picture has as `printed` what
    its row says, or else its value in the document's own notation.
    """
    rows = []
    for block in document.blocks():
        for row in block["numbers"].values():
            full = {column: _clean(row.get(column)) for column in COLUMNS}
            if full["printed"] is None:
                full["printed"] = _in_words(full["value"], document.words)
            rows.append(full)
    return rows


def exhibit_labels(document: Document) -> dict[str, str]:
    """The printed label ("Figuur 4") of every exhibit, by id."""
    return {b["id"]: b["label"] for b in document.blocks() if b["kind"] in EXHIBITS}


def numbers_csv(document: Document) -> str:
    """The ledger as CSV text: line feeds, numbers as short as they can be written back."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in number_rows(document):
        writer.writerow([plain_number(row[column]) for column in COLUMNS])
    return out.getvalue()


def write_numbers(document: Document, path: Path) -> None:
    """Write `numbers.csv` at `path` (UTF-8). Raises OSError when that is impossible."""
    path.write_bytes(numbers_csv(document).encode("utf-8"))


def plain_number(value: Any) -> str:
    """`value` as it stands in the ledger: 26.0 is "26", 0.1 is "0.1", None is empty."""
    value = _clean(value)
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def _clean(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _in_words(value: Any, words: Language) -> str:
    if not isinstance(value, (int, float)):
        return "" if value is None else str(value)
    text = plain_number(value)
    places = len(text.partition(".")[2]) if "e" not in text else 6
    return words.decimal(float(value), min(places, 2))
