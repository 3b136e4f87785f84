"""Youth care by origin over the years: one small panel per origin, the total in grey in each.

A line joins only figures of years that follow each other within one series: one way to divide
young people by origin, from one source. Between two classifications nothing is joined.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import pandas as pd

from analysis.language.words import Language
from analysis.report.charts.origin_series import (
    Change,
    Point,
    breaks,
    latest_changes,
    read_series,
    runs,
    strongest,
)
from analysis.report.charts.picture import (
    Picture,
    check_frame,
    literal,
    make_picture,
    number,
    provenance_note,
)
from analysis.report.charts.sheet import LINE_HEIGHT, Sheet
from analysis.report.charts.style import (
    BLUE,
    GREYS,
    RULE,
    SOFT,
    Medium,
    text_width,
    wrap,
)
from analysis.report.spans import Span, fill, join, plain_text

COLUMNS = (
    "fact",
    "origin",
    "label",
    "level",
    "classification",
    "series",
    "year",
    "share_percent",
    "places",
    "provenance",
)
# Panels beside each other, and the height of the drawing in one, in sizes of the letter.
ACROSS = {False: 3, True: 2}
TALL = 4.6
GUTTER = 14.0


def draw_origin_years(frame: pd.DataFrame, language: Language) -> Picture:
    """Small multiples of `share_percent` by year: a panel per origin, in the order of the frame.

    A row is one origin in one year, its share NaN where the source has none. `series` is equal
    for years that may be compared; `classification` is `old` or `new`, by the year. The row of
    `level` 0 is the total. Raises ValueError for a frame of one year, or with an origin twice in
    a year.
    """
    check_frame(frame, COLUMNS, "draw_origin_years")
    if frame["year"].nunique() < 2:
        raise ValueError("draw_origin_years: the frame holds one year")
    if frame.duplicated(["origin", "year"]).any():
        raise ValueError("draw_origin_years: an origin stands twice in a year")
    panels = read_series(frame)
    note = provenance_note(frame, language)
    title = _title(latest_changes(frame), language)

    def compose(medium: Medium) -> Sheet:
        return _compose(medium, panels, note, language)

    return make_picture(title, _alt(panels, title, language), compose)


@dataclass(frozen=True)
class Scale:
    """Where a year and a share stand in the drawing of a panel."""

    left: float
    top: float
    width: float
    height: float
    years: tuple[int, int]
    most: float

    def x(self, year: float) -> float:
        """How far from the left edge of the sheet a year stands."""
        first, last = self.years
        return self.left + self.width * (year - first) / (last - first)

    def y(self, share: float) -> float:
        """How far from the top of the sheet a share stands."""
        return self.top + self.height * (1 - share / self.most)


def _compose(
    medium: Medium, panels: Sequence[Sequence[Point]], note: Sequence[str], language: Language
) -> Sheet:
    sheet = Sheet(medium)
    across = ACROSS[medium.narrow]
    width = (medium.width - GUTTER * (across - 1)) / across
    every = [point for points in panels for point in points]
    years = min(p.year for p in every), max(p.year for p in every)
    most = max([p.share for p in every if not math.isnan(p.share)] + [1e-9])
    top = _legend(sheet, panels, every, language)
    for start in range(0, len(panels), across):
        row = panels[start : start + across]
        names = [wrap(points[0].label, width, medium.text, "semibold") for points in row]
        head = max(map(len, names)) * medium.text * LINE_HEIGHT
        for index, points in enumerate(row):
            left = index * (width + GUTTER)
            _name(sheet, left, top, names[index])
            scale = Scale(
                left + 3, top + head + medium.small * 1.6, width - 6, medium.text * TALL,
                years, most,
            )  # fmt: skip
            _panel(sheet, scale, points, panels[0], breaks(every), language)
        top += head + medium.small * 3.9 + medium.text * TALL
    sheet.finish(sheet.note(top, note) + 2)
    return sheet


def _legend(
    sheet: Sheet, panels: Sequence[Sequence[Point]], every: Sequence[Point], language: Language
) -> float:
    """What the grey line and the dashed rule are; returns where the panels begin."""
    small = sheet.medium.small
    x, y = 0.0, small * 0.7
    if panels[0][0].level == 0:
        sheet.line((x, y), (x + 16, y), GREYS[2], 1.4)
        x += 20 + sheet.write(x + 20, y, panels[0][0].label, size=small) + 14
    if breaks(every):
        text = language.label("charts.origin_years.break")
        if x + 6 + text_width(text, small) > sheet.medium.width:
            x, y = 0.0, y + small * 1.5
        _dashed(sheet, x + 2, y - small * 0.6, y + small * 0.6)
        sheet.write(x + 8, y, text, size=small)
    return y + small * 1.5


def _dashed(sheet: Sheet, x: float, top: float, bottom: float) -> None:
    y = top
    while y < bottom:
        sheet.line((x, y), (x, min(y + 2.5, bottom)), SOFT, 0.9)
        y += 4.5


def _name(sheet: Sheet, left: float, top: float, lines: Sequence[str]) -> None:
    size = sheet.medium.text
    for index, line in enumerate(lines):
        sheet.write(left, top + (index + 0.5) * size * LINE_HEIGHT, line, weight="semibold")


def _panel(
    sheet: Sheet, scale: Scale, points: Sequence[Point], total: Sequence[Point],
    borders: Sequence[float], language: Language,
) -> None:  # fmt: skip
    """One origin: its years, the total behind it, and its first and last figure of a series."""
    bottom = scale.top + scale.height
    sheet.line((scale.left - 3, bottom), (scale.left + 3 + scale.width, bottom), RULE)
    for middle in borders:
        _dashed(sheet, scale.x(middle), scale.top - 2, bottom + 2)
    if points is not total and total[0].level == 0:
        _draw_lines(sheet, scale, total, GREYS[2], 1.4)
    _draw_lines(sheet, scale, points, BLUE if points[0].level else GREYS[0], 1.5, dots=True)
    _values(sheet, scale, points, [*points, *total], language)
    small = sheet.medium.small
    for year, align in zip(scale.years, ("left", "right"), strict=True):
        edge = scale.x(year) + (-3 if align == "left" else 3)
        sheet.write(edge, bottom + small, str(year), size=small, colour=SOFT, align=align)


def _draw_lines(
    sheet: Sheet, scale: Scale, points: Sequence[Point], colour: str, width: float,
    *, dots: bool = False,
) -> None:  # fmt: skip
    for run in runs(points):
        places = [(scale.x(point.year), scale.y(point.share)) for point in run]
        for start, end in pairwise(places):
            sheet.line(start, end, colour, width)
        if len(run) == 1 and not dots:
            (x, y) = places[0]
            sheet.line((x - 2, y), (x + 2, y), colour, width)
        for x, y in places if dots else []:
            sheet.mark(x, y, 3.4, marker="o", color=colour)


def _values(
    sheet: Sheet, scale: Scale, points: Sequence[Point], drawn: Sequence[Point],
    language: Language,
) -> None:  # fmt: skip
    """Of each series the last figure, and the first where there is room, above what is `drawn`."""
    small = sheet.medium.small
    known = [point for point in points if not math.isnan(point.share)]
    if not known:
        middle = scale.top + scale.height / 2
        text = language.label("charts.no_value")
        sheet.write(scale.left + scale.width / 2, middle, text, size=small, align="center")
        return
    wanted: list[Point] = []
    for _, group in groupby(known, key=lambda point: point.series):
        members = list(group)
        wanted += dict.fromkeys([members[-1], members[0]])
    taken: list[tuple[float, float]] = []
    for point in sorted(wanted, key=lambda point: -point.year):
        text = point.printed(language) + point.star
        wide = text_width(text, small)
        edge = scale.left + scale.width + 3 - wide
        left = min(max(scale.x(point.year) - wide / 2, scale.left - 3), edge)
        if any(left < end + 3 and left + wide + 3 > start for start, end in taken):
            continue
        taken.append((left, left + wide))
        near = (p for p in drawn if left - 4 < scale.x(p.year) < left + wide + 4)
        under = [p for p in near if p.series == point.series]
        highest = max(p.share for p in under if not math.isnan(p.share))
        sheet.write(left, scale.y(highest) - small * 0.95, text, size=small)
        sheet.record(point.fact, point.printed(language))


def _title(changes: Sequence[Change], language: Language) -> list[Span]:
    """The finding: which origin's share changed most; or that no years can be compared."""
    most = strongest(changes)
    if not changes:
        return fill(language.label("charts.origin_years.title_apart"))
    if not most:
        return fill(language.label("charts.origin_years.title_equal"))
    return fill(
        language.label("charts.origin_years.title"),
        changes=join([change_spans(change, language) for change in most], language),
    )


def change_spans(change: Change, language: Language) -> list[Span]:
    """ "Turkish Dutch (from 5.70% to 6.10%)"."""
    return fill(
        language.label("charts.origin_years.change"),
        group=literal(change.first.label),
        first=number(change.first.fact, change.first.printed(language)),
        last=number(change.last.fact, change.last.printed(language)),
    )


def _alt(panels: Sequence[Sequence[Point]], title: Sequence[Span], language: Language) -> str:
    every = [point for points in panels for point in points]
    values = []
    for points in panels:
        known = [point for point in points if not math.isnan(point.share)]
        said = [f"{point.printed(language)} ({point.year})" for point in known]
        text = ", ".join(said) or language.label("charts.no_value")
        values.append(f"{points[0].label} {text}")
    change = language.label("charts.origin_years.alt_break") if breaks(every) else ""
    template = language.label("charts.origin_years.alt")
    return template.format(
        first=min(point.year for point in every),
        last=max(point.year for point in every),
        finding=plain_text(title),
        breaks=f" {change}" if change else "",
        values="; ".join(values),
    )
