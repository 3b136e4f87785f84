"""The policy matrix: municipalities by aspect, each cell a sign that holds without colour."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.language.words import Language
from analysis.report.charts.picture import Picture, check_frame, literal, make_picture, number
from analysis.report.charts.sheet import LINE_HEIGHT, Sheet
from analysis.report.charts.style import BLUE, FAINT, SOFT, WHITE, Medium, text_width, wrap
from analysis.report.spans import Span, Text, fill, join, plain_text

COLUMNS = (
    "band", "band_fact", "row", "row_label", "row_fact", "row_count", "column", "column_label",
    "column_name", "column_fact", "column_count", "position",
)  # fmt: skip
SLANT = 50
LABEL_SHARE = 0.3
NAMED_AT_MOST = 3
# A full, a half and an empty circle; a code that is none of these is a diamond.
FILLS = {"present": "full", "partly": "left", "absent": "none"}


@dataclass(frozen=True)
class Count:
    """A printed number: its fact and its value."""

    fact: str
    value: int


@dataclass(frozen=True)
class Band:
    """The municipalities of one study."""

    name: str
    fact: str
    rows: dict[str, tuple[str, Count]]
    totals: dict[str, Count]


@dataclass(frozen=True)
class Matrix:
    """Bands of rows, the labels of the columns, their names in a sentence, and the positions."""

    bands: list[Band]
    columns: dict[str, str]
    names: dict[str, str]
    positions: dict[tuple[str, str, str], str]

    @property
    def largest(self) -> list[tuple[str, Count]]:
        """The columns of the first band with the highest count."""
        totals = self.bands[0].totals
        most = max(count.value for count in totals.values())
        return [(self.names[c], count) for c, count in totals.items() if count.value == most]


def draw_policy(frame: pd.DataFrame, legend: Mapping[str, str], language: Language) -> Picture:
    """A sign per municipality and aspect, in bands of one study each, with counts at the edges.

    A row of the frame is one cell; `row_count` is what the municipality has something on, and
    `column_count` how many of the band have something on the aspect, each with its fact. A
    position that `legend` does not name is a dash. `legend` gives the signs' names, in order.
    """
    check_frame(frame, COLUMNS, "draw_policy")
    matrix = _read(frame)

    def compose(medium: Medium) -> Sheet:
        return _compose(medium, matrix, legend, language)

    return make_picture(_title(matrix, language), _alt(matrix, legend, language), compose)


def _read(frame: pd.DataFrame) -> Matrix:
    if frame.duplicated(["band", "row", "column"]).any():
        raise ValueError("draw_policy: a combination of band, row and column occurs twice")
    records = frame.to_dict("records")
    bands = [_band(list(found)) for found in _by_band(records).values()]
    columns = {str(r["column"]): str(r["column_label"]) for r in records}
    positions = {
        (str(r["band"]), str(r["row"]), str(r["column"])): str(r["position"]) for r in records
    }
    names = {str(r["column"]): str(r["column_name"]) for r in records}
    return Matrix(bands, columns, names, positions)


def _by_band(records: list[dict[Any, Any]]) -> dict[str, list[dict[Any, Any]]]:
    found: dict[str, list[dict[Any, Any]]] = {}
    for record in records:
        found.setdefault(str(record["band"]), []).append(record)
    return found


def _band(records: list[dict[Any, Any]]) -> Band:
    def count(record: dict[Any, Any], of: str) -> Count:
        return Count(str(record[f"{of}_fact"]), int(record[f"{of}_count"]))

    return Band(
        str(records[0]["band"]),
        str(records[0]["band_fact"]),
        {str(r["row"]): (str(r["row_label"]), count(r, "row")) for r in records},
        {str(r["column"]): count(r, "column") for r in records},
    )


def _compose(
    medium: Medium, matrix: Matrix, legend: Mapping[str, str], language: Language
) -> Sheet:
    sheet = Sheet(medium)
    heads = [*matrix.columns.values(), language.label("policy.chart.row_total")]
    left = _label_width(matrix, medium, language) + 6
    cell, y = _fit(heads, medium, medium.width - left)
    for index, head in enumerate(heads):
        middle = left + (index + 0.5) * cell
        sheet.write(middle + medium.small * 0.2, y - 5, head, size=medium.small, turn=SLANT)
    for band in matrix.bands:
        if len(matrix.bands) > 1:
            y += medium.text * 1.5
            sheet.write(0, y - medium.text * 0.6, band.name, weight="semibold")
            sheet.record(band.fact, band.name)
        y = _draw_band(sheet, matrix, band, legend, (left, cell, y), language)
    sheet.finish(_legend(sheet, y + 5, legend, language) + 2)
    return sheet


def _label_width(matrix: Matrix, medium: Medium, language: Language) -> float:
    labels = [label for band in matrix.bands for label, _ in band.rows.values()]
    widest = max(text_width(label, medium.text) for label in labels)
    return min(widest, medium.width * LABEL_SHARE)


def _fit(heads: list[str], medium: Medium, room: float) -> tuple[float, float]:
    """The width of a cell, so that no slanted head leaves the sheet, and the heads' height."""
    slope = math.radians(SLANT)
    widths = [text_width(head, medium.small) for head in heads]
    cell = min(room / len(heads), medium.text * 5)
    for after, width in enumerate(reversed(widths)):
        # The head starts half a cell before the end of its column.
        reach = width * math.cos(slope) + medium.small
        cell = min(cell, (room - reach) / (len(heads) - after - 0.5))
    return cell, max(widths) * math.sin(slope) + medium.small + 3


def _draw_band(
    sheet: Sheet, matrix: Matrix, band: Band, legend: Mapping[str, str],
    place: tuple[float, float, float], language: Language,
) -> float:  # fmt: skip
    """The rows of one study and, where it has several, the counts under them."""
    medium, (left, cell, y) = sheet.medium, place
    right = left + cell * (len(matrix.columns) + 1)
    sheet.line((0, y), (right, y))
    for code, (label, total) in band.rows.items():
        lines = wrap(label, left - 6, medium.text)
        height = max(medium.text * 1.75, len(lines) * medium.text * LINE_HEIGHT + 4)
        middle = y + height / 2
        sheet.write_lines(0, middle, lines)
        for index, column in enumerate(matrix.columns):
            position = matrix.positions.get((band.name, code, column), "")
            _sign(sheet, left + (index + 0.5) * cell, middle, position, legend, language)
        _write_count(sheet, right - cell / 2, middle, total, language)
        y += height
        sheet.line((0, y), (right, y), FAINT)
    if len(band.rows) > 1:
        lines = wrap(language.label("policy.chart.column_total"), left - 6, medium.small)
        height = max(medium.text * 1.75, len(lines) * medium.small * LINE_HEIGHT + 4)
        sheet.write_lines(0, y + height / 2, lines, size=medium.small)
        for index, column in enumerate(matrix.columns):
            middle = left + (index + 0.5) * cell
            _write_count(sheet, middle, y + height / 2, band.totals[column], language)
        y += height
    return y


def _write_count(sheet: Sheet, x: float, y: float, count: Count, language: Language) -> None:
    printed = language.decimal(count.value)
    sheet.write(x, y, printed, align="center", weight="semibold")
    sheet.record(count.fact, printed)


def _sign(
    sheet: Sheet, x: float, y: float, position: str, legend: Mapping[str, str], language: Language
) -> None:
    if position not in legend:
        sheet.write(x, y, language.label("policy.chart.empty"), colour=SOFT, align="center")
        return
    how = {"marker": "o" if position in FILLS else "D", "markeredgecolor": BLUE}
    how |= {"fillstyle": FILLS.get(position, "full"), "markerfacecolor": BLUE}
    sheet.mark(x, y, sheet.medium.text * 1.05, markerfacecoloralt=WHITE, **how)


def _legend(sheet: Sheet, y: float, legend: Mapping[str, str], language: Language) -> float:
    """The signs and their names in as many lines as they need; returns the height reached."""
    medium = sheet.medium
    x, middle = 0.0, y + medium.small * 0.9
    for position, name in [*legend.items(), ("", language.label("policy.chart.not_stated"))]:
        width = medium.text * 1.6 + text_width(name, medium.small)
        if x and x + width > medium.width:
            x, middle = 0.0, middle + medium.small * 1.6
        _sign(sheet, x + medium.text * 0.6, middle, position, legend, language)
        sheet.write(x + medium.text * 1.6, middle, name, size=medium.small)
        x += width + medium.text * 1.5
    return middle + medium.small * 0.9


def _title(matrix: Matrix, language: Language) -> list[Span]:
    """The finding: what most municipalities have something on."""
    largest = matrix.largest
    most, band = largest[0][1], matrix.bands[0]
    year = number(band.fact, band.name)
    if not most.value:
        return fill(language.label("policy.chart.title_none"), year=year)
    names: list[Text] = [literal(label) for label, _ in largest[:NAMED_AT_MOST]]
    if len(largest) > NAMED_AT_MOST:
        names.append(language.label("policy.chart.others"))
    return fill(
        language.label("policy.chart.title"),
        year=year,
        aspects=join(names, language),
        count=number(most.fact, language.decimal(most.value)),
    )


def _alt(matrix: Matrix, legend: Mapping[str, str], language: Language) -> str:
    """What the grid shows, its finding, and how many have something on each aspect."""
    told = [
        language.label("policy.chart.alt_count").format(
            aspect=matrix.names[column], count=language.decimal(count.value)
        )
        for column, count in matrix.bands[0].totals.items()
    ]
    names = [literal(label) for band in matrix.bands for label, _ in band.rows.values()]
    alt: str = language.label("policy.chart.alt").format(
        rows=plain_text(join(names, language)),
        signs=plain_text(join([literal(name) for name in legend.values()], language, "or")),
        finding=plain_text(_title(matrix, language)),
        counts=plain_text(join([literal(one) for one in told], language)),
    )
    return alt
