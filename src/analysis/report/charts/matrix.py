"""Counts in a grid: themes against kinds, darker where there are more."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import seaborn as sns

from analysis.language.words import Language
from analysis.report.charts.picture import (
    Picture,
    check_frame,
    literal,
    make_picture,
    number,
    provenance_note,
    stars,
)
from analysis.report.charts.sheet import LINE_HEIGHT, Sheet
from analysis.report.charts.style import (
    BLUE,
    SOFT,
    WHITE,
    Medium,
    readable_on,
    text_width,
    wrap,
)
from analysis.report.spans import Span, Text, fill, join, plain_text

COLUMNS = ("fact", "row", "row_label", "column", "column_label", "count")
SHADES = 20
SLANT = 50
NAMED_AT_MOST = 2
# With so many rows, rows are lower, so that the figure leaves room on its page.
MANY = 12


@dataclass(frozen=True)
class Cell:
    """One combination that occurs."""

    fact: str
    row_name: str
    column_name: str
    count: int
    star: str


@dataclass(frozen=True)
class Grid:
    """The labels of rows and columns by code, in order, and the cells that are not empty."""

    rows: dict[str, str]
    columns: dict[str, str]
    cells: dict[tuple[str, str], Cell]

    @property
    def largest(self) -> list[Cell]:
        """The cells with the highest count."""
        most = max((cell.count for cell in self.cells.values()), default=0)
        return [cell for cell in self.cells.values() if cell.count == most]


def draw_matrix(frame: pd.DataFrame, language: Language, pair: str = "kind") -> Picture:
    """A cell per combination of `row` and `column` with its number of fragments.

    A row of the frame is one combination; combinations that are zero, missing or absent are
    shown as a dash. Rows and columns stand in the order in which the frame first names them.
    Columns `provenance`, and `row_name` and `column_name` (as they stand in the title) are
    optional. `pair` is how the title names a row with its column: as a
    theme with a `kind` or an `actor`, or a case with a `theme`.
    """
    check_frame(frame, COLUMNS, "draw_matrix")
    grid = _read(frame)
    note = provenance_note(frame, language) if "provenance" in frame else []

    def compose(medium: Medium) -> Sheet:
        return _compose(medium, grid, note, language)

    title = _title(grid, language, pair)
    return make_picture(title, _alt(grid, title, language), compose)


def _read(frame: pd.DataFrame) -> Grid:
    if frame.duplicated(["row", "column"]).any():
        raise ValueError("draw_matrix: a combination of row and column occurs twice")
    records = frame.to_dict("records")
    marks = stars(frame) if "provenance" in frame else {}
    cells = {
        (str(row["row"]), str(row["column"])): Cell(
            str(row["fact"]),
            str(row.get("row_name", row["row_label"])),
            str(row.get("column_name", row["column_label"])),
            int(row["count"]),
            marks.get(row["fact"], ""),
        )
        for row in records
        if not math.isnan(row["count"]) and row["count"] > 0
    }
    return Grid(
        {str(row["row"]): str(row["row_label"]) for row in records},
        {str(row["column"]): str(row["column_label"]) for row in records},
        cells,
    )


def _compose(medium: Medium, grid: Grid, note: Sequence[str], language: Language) -> Sheet:
    sheet = Sheet(medium)
    label_width = 0.0 if medium.narrow else _label_width(grid, medium)
    left = 0.0 if medium.narrow else label_width + 8
    slanted, cell, head = _fit_columns(grid, medium, medium.width - left)
    _draw_heads(sheet, grid, left, cell, head, slanted)
    bar = medium.text * (2.3 if len(grid.rows) < MANY else 1.6)
    y = head
    for code, label in grid.rows.items():
        lines = wrap(label, medium.width if medium.narrow else label_width, medium.text)
        text = len(lines) * medium.text * LINE_HEIGHT
        if medium.narrow:
            sheet.write_lines(0, y + 3 + text / 2, lines)
            top, y = y + text + 4, y + text + bar + 8
        else:
            height = max(bar + 2, text + 4)
            sheet.write_lines(0, y + height / 2, lines)
            top, y = y + (height - bar) / 2, y + height
        for index, column in enumerate(grid.columns):
            place = (left + index * cell + 1, top, cell - 2, bar)
            _draw_cell(sheet, grid.cells.get((code, column)), place, grid, language)
    sheet.finish(sheet.note(y + 2, note) + 2)
    return sheet


def _label_width(grid: Grid, medium: Medium) -> float:
    """As wide as the longest label, at most a third of the sheet."""
    widest = max(text_width(label, medium.text) for label in grid.rows.values())
    return min(widest + 1, medium.width * 0.34)


def _fit_columns(grid: Grid, medium: Medium, room: float) -> tuple[bool, float, float]:
    """Whether the heads must slant, the width of a cell, and the height of the heads."""
    labels = list(grid.columns.values())
    cell = min(room / len(labels), medium.text * 9)
    words = [word for label in labels for word in label.split()]
    if max(text_width(word, medium.small) for word in words) <= cell - 4:
        lines = max(len(wrap(label, cell - 4, medium.small)) for label in labels)
        return False, cell, lines * medium.small * LINE_HEIGHT + 4
    slope = math.radians(SLANT)
    reach = max(text_width(label, medium.small) for label in labels)
    over = max(
        text_width(label, medium.small) * math.cos(slope) - (len(labels) - 1 - index) * cell
        for index, label in enumerate(labels)
    )
    over = max(over - cell / 2 + medium.small, 0)
    cell = min(cell, (room - over) / len(labels))
    return True, cell, reach * math.sin(slope) + medium.small + 3


def _draw_heads(
    sheet: Sheet, grid: Grid, left: float, cell: float, head: float, slanted: bool
) -> None:
    small = sheet.medium.small
    for index, label in enumerate(grid.columns.values()):
        middle = left + (index + 0.5) * cell
        if slanted:
            sheet.write(middle + small * 0.2, head - 5, label, size=small, turn=SLANT)
        else:
            lines = wrap(label, cell - 4, small)
            y = head - 3 - len(lines) * small * LINE_HEIGHT / 2
            sheet.write_lines(middle, y, lines, size=small, align="center")


def _draw_cell(
    sheet: Sheet,
    cell: Cell | None,
    place: tuple[float, float, float, float],
    grid: Grid,
    language: Language,
) -> None:
    """A shade and a number, or a dash in an empty frame."""
    left, top, width, height = place
    middle = (left + width / 2, top + height / 2)
    if cell is None:
        sheet.bar(left + 0.4, top + 0.4, width - 0.8, height - 0.8, WHITE)
        sheet.write(*middle, language.label("charts.matrix.empty"), colour=SOFT, align="center")
        return
    shades = sns.light_palette(BLUE, SHADES + 1).as_hex()
    shade = shades[max(2, round(SHADES * cell.count / grid.largest[0].count))]
    sheet.bar(*place, shade)
    value = language.decimal(cell.count)
    colour = readable_on(shade)
    sheet.write(*middle, value + cell.star, colour=colour, align="center", weight="semibold")
    sheet.record(cell.fact, value)


def _title(grid: Grid, language: Language, pair: str) -> list[Span]:
    """The finding: where most fragments are."""
    largest = grid.largest
    if not largest:
        return fill(language.label("charts.matrix.title_empty"))
    said = language.label(f"charts.matrix.pairs.{pair}")
    names: list[Text] = [
        fill(said, row=literal(cell.row_name), column=literal(cell.column_name))
        for cell in largest[:NAMED_AT_MOST]
    ]
    if len(largest) > NAMED_AT_MOST:
        names.append(language.label("charts.matrix.others"))
    return fill(
        language.label("charts.matrix.title"),
        pairs=join(names, language),
        count=number(largest[0].fact, language.decimal(largest[0].count)),
    )


def _alt(grid: Grid, title: list[Span], language: Language) -> str:
    """What the grid shows, its largest cells, and the largest of each row."""
    first = language.label("charts.matrix.alt").format(
        rows=plain_text(join([literal(label) for label in grid.rows.values()], language)),
        columns=plain_text(join([literal(label) for label in grid.columns.values()], language)),
    )
    empty = len(grid.rows) * len(grid.columns) - len(grid.cells)
    sentences = [first, plain_text(title)]
    if empty:
        sentences.append(
            language.label("charts.matrix.alt_empty").format(
                count=language.decimal(empty),
                all=language.decimal(len(grid.rows) * len(grid.columns)),
            )
        )
    return " ".join(sentences)
