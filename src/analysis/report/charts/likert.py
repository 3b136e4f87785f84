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
ROUGH = "rough"
MAIN = ("disagree", "agree")
ASIDE = ("dont_know", "not_printed")
LABEL_PART = 0.37
GAP = 12.0
MARGIN = 3.0
ROUGH_MARGIN = 6.0
Neutral = Literal["split", "aside"]


@dataclass(frozen=True)
class Scale:
    """Where percentages fall on the sheet: `zero` between disagree and agree, `aside` apart."""

    zero: float
    aside: float
    per_percent: float
    neutral: Neutral


@dataclass(frozen=True)
class Segment:
    """One position of one statement, and its number: within, beside (`align`) or nowhere.

    A `rough` one is drawn at a value that is known only within a range.
    """

    position: str
    left: float
    width: float
    rough: bool
    fact: str
    value: str
    star: str
    align: str
    needed: float

    @property
    def reach(self) -> tuple[float, float]:
        """From edge to edge, with the number when it stands beside the segment."""
        return (
            self.left - (self.needed if self.align == "right" else 0),
            self.left + self.width + (self.needed if self.align == "left" else 0),
        )


def draw_positions(frame: pd.DataFrame, language: Language, neutral: Neutral = "split") -> Picture:
    """One diverging bar per statement, in the order of the frame.

    A row is one position on one item. Disagree stands left of the zero line and agree right;
    `neutral` is split around it or set aside with "don't know" and what was not printed, which
    never are part of the scale. Municipalities are counted, of respondents the percentage is
    printed. A position without a row is not known, one with count zero is empty. Optional
    columns: `short` (a shorter label for the title), `base_fact` (the fact of `base_count`), and
    `low` and `high`: the least and the most that `count` can be, empty where it is exact. A
    count within such a range is drawn at `count`, with a dashed edge, and printed as the range.
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
    bases = _Bases(statements, language)
    place = (1.0, medium.width - 1)
    if not medium.narrow:
        column = bases.width(medium)
        place = (medium.width * LABEL_PART + GAP, medium.width - column - GAP)
    scale = _fit(statements, neutral, place, medium, language)
    y = _draw_legend(sheet, statements, neutral, language) + medium.text * 0.5
    heading = bases.heading(medium)
    if heading:
        y += medium.small * (0.6 if medium.narrow else 1)
        align, x = ("left", 0.0) if medium.narrow else ("right", medium.width)
        sheet.write(x, y - medium.small * 0.6, heading, size=medium.small, colour=SOFT, align=align)
    draw_row = _draw_narrow_row if medium.narrow else _draw_wide_row
    for statement in statements:
        y = draw_row(sheet, y, statement, scale, bases)
        sheet.record(statement.base_fact, language.decimal(statement.base_count))
    sheet.finish(sheet.note(y + 3, note) + 2)
    return sheet


@dataclass(frozen=True)
class _Bases:
    """How many answered each statement, in as few words as are clear.

    Where all statements have the same base the word for it stands once, above the rows, and on
    a phone the number too when that is the same for all.
    """

    statements: Sequence[Statement]
    language: Language

    def _number(self, statement: Statement) -> str:
        count = self.language.decimal(statement.base_count)
        return self.language.label("charts.n_equals").format(count=count)

    def _word(self, statement: Statement) -> str:
        return self.language.label(f"charts.bases.{statement.base}")

    def heading(self, medium: Medium) -> str:
        """What stands once above the rows."""
        words = {self._word(statement) for statement in self.statements}
        numbers = {self._number(statement) for statement in self.statements}
        if len(words) > 1 or (medium.narrow and len(numbers) > 1):
            return ""
        return " ".join([*numbers, *words]) if medium.narrow else words.pop()

    def lines(self, statement: Statement, medium: Medium) -> list[str]:
        """What stands with one row."""
        if self.heading(medium):
            return [] if medium.narrow else [self._number(statement)]
        lines = [self._number(statement), self._word(statement)]
        return [" ".join(lines)] if medium.narrow else lines

    def width(self, medium: Medium) -> float:
        """How wide the column of numbers must be."""
        lines = [line for one in self.statements for line in self.lines(one, medium)]
        return max(text_width(line, medium.small) for line in [*lines, self.heading(medium)])


def _fit(
    statements: Sequence[Statement],
    neutral: Neutral,
    place: tuple[float, float],
    medium: Medium,
    language: Language,
) -> Scale:
    """The largest scale on which the longest bars to the left, to the right and aside fit."""
    apart = 2 * medium.width
    small, large = 0.0, (place[1] - place[0]) / 50
    parts = (0.0, 0.0, 0.0)
    for _ in range(18):
        per_percent = (small + large) / 2
        scale = Scale(0, apart, per_percent, neutral)
        segments = [
            segment
            for statement in statements
            for segment in _segments(statement, scale, medium, language)
        ]
        main = [segment.reach for segment in segments if segment.left < apart]
        aside = [segment.reach[1] - apart for segment in segments if segment.left >= apart]
        left, right = -min([0.0] + [low for low, _ in main]), max([0.0] + [up for _, up in main])
        beyond = max([-GAP, *aside])
        if left + right + GAP + beyond <= place[1] - place[0]:
            small, parts = per_percent, (left, right, beyond)
        else:
            large = per_percent
    return Scale(place[0] + parts[0], place[1] - parts[2], small, neutral)


def _segments(
    statement: Statement, scale: Scale, medium: Medium, language: Language
) -> list[Segment]:
    """Every position that is not empty, from left to right."""
    split = scale.neutral == "split"
    before = statement.share("disagree") + (statement.share("neutral") / 2 if split else 0)
    runs = (
        (scale.zero - before * scale.per_percent, POSITIONS[:3] if split else MAIN),
        (scale.aside, ASIDE if split else ("neutral", *ASIDE)),
    )
    segments = []
    for edge, positions in runs:
        left = edge
        shown = [position for position in positions if statement.occurs(position)]
        for position in shown:
            width = statement.share(position) * scale.per_percent
            last = position == shown[-1]
            segments.append(_segment(statement, position, (left, width), last, medium, language))
            left += width
    return segments


def _segment(
    statement: Statement,
    position: str,
    place: tuple[float, float],
    last: bool,
    medium: Medium,
    language: Language,
) -> Segment:
    """A segment with its number, in words where those fit within it."""
    star, rough = statement.parts[position].star, statement.ranged(position)
    for short in (False, True):
        fact, value = statement.printed(position, language, short=short)
        needed = text_width(value + star, medium.text) + (ROUGH_MARGIN if rough else MARGIN)
        if needed <= place[1]:
            break
    align = "" if statement.silent(position) else _align(position, needed <= place[1], last)
    return Segment(position, *place, rough, fact, value, star, align, needed)


def _align(position: str, fits: bool, last: bool) -> str:
    """How a number is set: in its segment, or beside an outer segment too small for it."""
    if fits:
        return "center"
    if position == "disagree":
        return "right"
    return "left" if last else ""


def _draw_legend(
    sheet: Sheet, statements: Sequence[Statement], neutral: Neutral, language: Language
) -> float:
    """Swatch and word for every position that occurs, and for a rough edge where there is one.

    Returns the height used.
    """
    medium = sheet.medium
    order = (*(POSITIONS if neutral == "split" else (*MAIN, "neutral", *ASIDE)), ROUGH)
    swatch, x, y = medium.text * 0.85, 0.0, medium.text * 0.7
    for position in order:
        if not any(_in_legend(statement, position) for statement in statements):
            continue
        word = language.label(f"charts.positions.{_named(position, statements)}")
        width = swatch + 3 + text_width(word, medium.text)
        if x + width > medium.width:
            x, y = 0.0, y + medium.text * 1.5
        place = (x, y - swatch / 2, swatch, swatch)
        if position == ROUGH:
            sheet.outline(*place)
        else:
            sheet.bar(*place, COLOURS[position], HATCH if position == HATCHED else "")
        sheet.write(x + swatch + 3, y, word)
        x += width + medium.text * 1.3
    return y + medium.text


def _named(position: str, statements: Sequence[Statement]) -> str:
    """What a position is called; where answers exist, one that is not drawn was held back."""
    held_back = position == HATCHED and not any(s.reconstructed for s in statements)
    return "not_shown" if held_back else position


def _in_legend(statement: Statement, entry: str) -> bool:
    if entry == ROUGH:
        return any(part.ranged and part.share > 0 for part in statement.parts.values())
    return statement.occurs(entry)


def _draw_wide_row(
    sheet: Sheet, y: float, statement: Statement, scale: Scale, bases: _Bases
) -> float:
    """Statement at the left, bar in the middle, number of answers at the right."""
    medium = sheet.medium
    lines = wrap(statement.label, medium.width * LABEL_PART, medium.text)
    bar = medium.text * 1.75
    height = max(bar, len(lines) * medium.text * LINE_HEIGHT) + 7
    middle = y + height / 2
    sheet.write_lines(0, middle, lines)
    _draw_bar(sheet, (y, y + height), statement, scale, bases.language)
    base = bases.lines(statement, medium)
    sheet.write_lines(medium.width, middle, base, size=medium.small, colour=SOFT, align="right")
    return y + height


def _draw_narrow_row(
    sheet: Sheet, y: float, statement: Statement, scale: Scale, bases: _Bases
) -> float:
    """Statement with the number of answers above, bar below."""
    medium = sheet.medium
    y += medium.text * 0.5
    for line in wrap(statement.label, medium.width, medium.text):
        y += medium.text * LINE_HEIGHT
        sheet.write(0, y - medium.text * LINE_HEIGHT / 2, line)
    for line in bases.lines(statement, medium):
        y += medium.small * LINE_HEIGHT
        sheet.write(0, y - medium.small * LINE_HEIGHT / 2, line, size=medium.small, colour=SOFT)
    height = medium.text * 1.75 + 4
    _draw_bar(sheet, (y + 1, y + 1 + height), statement, scale, bases.language)
    return y + height + medium.text * 0.6


def _draw_bar(
    sheet: Sheet,
    reach: tuple[float, float],
    statement: Statement,
    scale: Scale,
    language: Language,
) -> None:
    """The segments of one statement; the zero line runs behind them over `reach`."""
    middle, height = sum(reach) / 2, sheet.medium.text * 1.75
    sheet.line((scale.zero, reach[0]), (scale.zero, reach[1]), INK, 0.8)
    if scale.aside < sheet.medium.width:
        sheet.line((scale.aside, reach[0]), (scale.aside, reach[1]), RULE, 0.5)
    for segment in _segments(statement, scale, sheet.medium, language):
        colour = COLOURS[segment.position]
        hatch = HATCH if segment.position == HATCHED else ""
        place = (segment.left, middle - height / 2, segment.width, height)
        if segment.width > 0:
            sheet.bar(*place, colour, hatch)
            if segment.rough:
                sheet.outline(*place)
        if not segment.align:
            continue
        inside = segment.align == "center"
        x = {
            "center": segment.left + segment.width / 2,
            "left": segment.left + segment.width + 2,
            "right": segment.left - 2,
        }[segment.align]
        sheet.write(
            x,
            middle,
            segment.value + segment.star,
            colour=readable_on(colour) if inside else INK,
            align=segment.align,
            backed=inside and bool(hatch),
        )
        sheet.record(segment.fact, segment.value)
