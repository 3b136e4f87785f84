"""Positions on statements: diverging stacked bars, what is outside the scale set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from analysis.language.words import Language
from analysis.report.charts.picture import (
    Picture,
    check_frame,
    make_picture,
    provenance_note,
)
from analysis.report.charts.sheet import LINE_HEIGHT, Sheet
from analysis.report.charts.statements import (
    POSITIONS,
    Statement,
    positions_alt,
    positions_title,
    read_statements,
)
from analysis.report.charts.style import (
    BLUE,
    INK,
    NEUTRAL,
    ORANGE,
    PALE,
    RULE,
    SOFT,
    UNKNOWN,
    Medium,
    readable_on,
    text_width,
    wrap,
)

COLUMNS = (
    "fact",
    "item",
    "label",
    "position",
    "count",
    "base_count",
    "base",
    "share_percent",
    "provenance",
)
COLOURS = dict(zip(POSITIONS, (ORANGE, NEUTRAL, BLUE, UNKNOWN, PALE), strict=True))
HATCHED = "not_printed"
HATCH = "/////"
ASIDE = ("dont_know", "not_printed")
LABEL_PART = 0.37
GAP = 12.0
Neutral = Literal["split", "aside"]


@dataclass(frozen=True)
class Scale:
    """Where percentages fall on the sheet: `zero` between disagree and agree, `aside` apart."""

    zero: float
    aside: float
    per_percent: float
    neutral: Neutral

    def segments(self, statement: Statement) -> list[tuple[str, float, float]]:
        """Position, left edge and width of every segment that is not empty."""
        half = statement.share("neutral") / 2 if self.neutral == "split" else 0.0
        middle = ("disagree", "neutral", "agree") if half else ("disagree", "agree")
        start = self.zero - (statement.share("disagree") + half) * self.per_percent
        aside = ASIDE if self.neutral == "split" else ("neutral", *ASIDE)
        placed = []
        for edge, positions in ((start, middle), (self.aside, aside)):
            left = edge
            for position in positions:
                width = statement.share(position) * self.per_percent
                if width > 0:
                    placed.append((position, left, width))
                left += width
        return placed


def draw_positions(frame: pd.DataFrame, language: Language, neutral: Neutral = "split") -> Picture:
    """One diverging bar per statement, in the order of the frame.

    A row is one position on one item. Disagree stands left of the zero line and agree right;
    `neutral` is split around it or set aside with "don't know" and what was not printed, which
    never are part of the scale. Municipalities are counted, of respondents the percentage is
    printed. A position without a row is not known, one with count zero is empty. Optional
    columns: `short` (a shorter label for the title) and `base_fact` (the fact of `base_count`).
    """
    check_frame(frame, COLUMNS, "draw_positions")
    statements = read_statements(frame)
    note = provenance_note(frame, language)

    def compose(medium: Medium) -> Sheet:
        return _compose(medium, statements, neutral, note, language)

    title = positions_title(statements, language)
    return make_picture(title, positions_alt(statements, language), compose)


def _compose(
    medium: Medium,
    statements: Sequence[Statement],
    neutral: Neutral,
    note: Sequence[str],
    language: Language,
) -> Sheet:
    sheet = Sheet(medium)
    mixed = len({statement.base for statement in statements}) > 1
    place = (0.0, medium.width)
    if not medium.narrow:
        column = max(_base_width(statement, mixed, medium, language) for statement in statements)
        place = (medium.width * LABEL_PART + GAP, medium.width - column - GAP)
    scale = _fit(statements, neutral, place, medium)
    y = _draw_legend(sheet, statements, neutral, language) + medium.text * 0.5
    if not medium.narrow and not mixed:
        base = language.label(f"charts.bases.{statements[0].base}")
        small = medium.small
        sheet.write(medium.width, y + small * 0.4, base, size=small, colour=SOFT, align="right")
        y += small
    draw_row = _draw_narrow_row if medium.narrow else _draw_wide_row
    for statement in statements:
        y = draw_row(sheet, y, statement, scale, mixed, language)
    sheet.finish(sheet.note(y + 3, note) + 2)
    return sheet


def _fit(
    statements: Sequence[Statement], neutral: Neutral, place: tuple[float, float], medium: Medium
) -> Scale:
    """The scale on which the longest bars to the left, to the right and aside just fit."""
    unit = [(statement, Scale(0, 1000, 1, neutral).segments(statement)) for statement in statements]
    edges = [(left, left + width) for _, segments in unit for _, left, width in segments]
    left = max([0.0] + [-start for start, _ in edges])
    right = max([0.0] + [end for _, end in edges if end < 500])
    aside = max([0.0] + [end - 1000 for _, end in edges if end > 500])
    room = medium.text * 1.7
    gap = (room + GAP if aside else room) + room
    per_percent = (place[1] - place[0] - gap) / max(left + right + aside, 1e-9)
    zero = place[0] + room + left * per_percent
    return Scale(zero, place[1] - aside * per_percent, per_percent, neutral)


def _draw_legend(
    sheet: Sheet, statements: Sequence[Statement], neutral: Neutral, language: Language
) -> float:
    """Swatch and word for every position that occurs; returns the height used."""
    medium = sheet.medium
    order = POSITIONS if neutral == "split" else ("disagree", "agree", "neutral", *ASIDE)
    swatch, x, y = medium.text * 0.85, 0.0, medium.text * 0.7
    for position in order:
        if not any(statement.share(position) > 0 for statement in statements):
            continue
        word = language.label(f"charts.positions.{position}")
        width = swatch + 3 + text_width(word, medium.text)
        if x + width > medium.width:
            x, y = 0.0, y + medium.text * 1.5
        hatch = HATCH if position == HATCHED else ""
        sheet.bar(x, y - swatch / 2, swatch, swatch, COLOURS[position], hatch)
        sheet.write(x + swatch + 3, y, word)
        x += width + medium.text * 1.3
    return y + medium.text


def _base_lines(statement: Statement, mixed: bool, language: Language) -> list[str]:
    count = language.decimal(statement.base_count)
    if not mixed:
        return [language.label("charts.n_equals").format(count=count)]
    return [
        language.label("charts.n_equals").format(count=count),
        language.label(f"charts.bases.{statement.base}"),
    ]


def _base_width(statement: Statement, mixed: bool, medium: Medium, language: Language) -> float:
    words = [*_base_lines(statement, mixed, language)]
    words.append(language.label(f"charts.bases.{statement.base}"))
    return max(text_width(word, medium.small) for word in words)


def _draw_wide_row(
    sheet: Sheet, y: float, statement: Statement, scale: Scale, mixed: bool, language: Language
) -> float:
    """Statement at the left, bar in the middle, number of answers at the right."""
    medium = sheet.medium
    lines = wrap(statement.label, medium.width * LABEL_PART, medium.text)
    bar = medium.text * 1.75
    height = max(bar + 7, len(lines) * medium.text * LINE_HEIGHT + 7)
    middle = y + height / 2
    sheet.write_lines(0, middle, lines)
    _draw_bar(sheet, middle, bar, (y, y + height), statement, scale, language)
    base = _base_lines(statement, mixed, language)
    sheet.write_lines(medium.width, middle, base, size=medium.small, colour=SOFT, align="right")
    sheet.record(statement.base_fact, language.decimal(statement.base_count))
    return y + height


def _draw_narrow_row(
    sheet: Sheet, y: float, statement: Statement, scale: Scale, mixed: bool, language: Language
) -> float:
    """Statement with the number of answers above, bar below."""
    medium = sheet.medium
    lines = wrap(statement.label, medium.width, medium.text)
    base = " ".join(_base_lines(statement, True, language))
    step = medium.text * LINE_HEIGHT
    y += medium.text * 0.5
    for line in lines:
        sheet.write(0, y + step / 2, line)
        y += step
    end = text_width(lines[-1], medium.text)
    if end + 8 + text_width(base, medium.small) > medium.width:
        y += step
    sheet.write(medium.width, y - step / 2, base, size=medium.small, colour=SOFT, align="right")
    sheet.record(statement.base_fact, language.decimal(statement.base_count))
    bar = medium.text * 1.75
    y += 3
    _draw_bar(sheet, y + bar / 2, bar, (y - 2, y + bar + 2), statement, scale, language)
    return y + bar + medium.text * 0.7


def _draw_bar(
    sheet: Sheet,
    middle: float,
    height: float,
    reach: tuple[float, float],
    statement: Statement,
    scale: Scale,
    language: Language,
) -> None:
    """The segments of one statement; the zero line runs behind them over `reach`."""
    segments = scale.segments(statement)
    sheet.line((scale.zero, reach[0]), (scale.zero, reach[1]), INK, 0.8)
    if any(left >= scale.aside for _, left, _ in segments):
        sheet.line((scale.aside, reach[0]), (scale.aside, reach[1]), RULE, 0.5)
    for position, left, width in segments:
        hatch = HATCH if position == HATCHED else ""
        sheet.bar(left, middle - height / 2, width, height, COLOURS[position], hatch)
        _write_value(sheet, (left, middle, width), statement, position, language)


def _write_value(
    sheet: Sheet,
    segment: tuple[float, float, float],
    statement: Statement,
    position: str,
    language: Language,
) -> None:
    """The number inside its segment, beside the bar for a small outer one, else nowhere."""
    left, middle, width = segment
    fact, value = statement.printed(position, language)
    needed = text_width(value, sheet.medium.text)
    if needed + 3 <= width:
        colour = readable_on(COLOURS[position])
        sheet.write(
            left + width / 2,
            middle,
            value,
            colour=colour,
            align="center",
            backed=position == HATCHED,
        )
    elif position == "disagree":
        sheet.write(left - 2, middle, value, align="right")
    elif position == "agree":
        sheet.write(left + width + 2, middle, value)
    else:
        return
    sheet.record(fact, value)
