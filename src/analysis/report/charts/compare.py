"""Two groups on the same items: two dots a row, joined by a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import seaborn as sns

from analysis.language.words import Language
from analysis.report.charts.pairs import (
    GROUPS,
    Dot,
    Item,
    groups_alt,
    groups_title,
    read_items,
)
from analysis.report.charts.picture import Picture, check_frame, make_picture, provenance_note
from analysis.report.charts.sheet import LINE_HEIGHT, Sheet
from analysis.report.charts.style import (
    BLUE,
    FAINT,
    ORANGE,
    RULE,
    SOFT,
    VERMILION,
    Medium,
    text_width,
    wrap,
)

COLUMNS = (
    "fact",
    "item",
    "label",
    "group",
    "share_percent",
    "low",
    "high",
    "base",
    "base_count",
    "provenance",
)
COLOURS = dict(zip(GROUPS, (BLUE, VERMILION), strict=True))
FILLS = dict(zip(GROUPS, (BLUE, ORANGE), strict=True))
SHAPES = dict(zip(GROUPS, ("o", "D"), strict=True))
DOT = 7.5
CAP = 3.4
TICKS = (0, 25, 50, 75, 100)
LABEL_PART = 0.38
WHISKER_SHIFT = 0.62
WEIGHT = "semibold"


def draw_groups(frame: pd.DataFrame, language: Language) -> Picture:
    """Officials against professionals: items sorted by difference, the largest at the top.

    A row is one group on one item; `share_percent` is 0 to 100, `low` and `high` may be missing
    and are then not drawn. Of a reconstructed share they are the range that it lies in, which is
    printed in its place; of another share they are its interval, which is drawn only. Groups
    are `professionals` and `officials`. Optional columns: `short` (a shorter label for the title)
    and `base_fact` (the fact of `base_count`).
    """
    check_frame(frame, COLUMNS, "draw_groups")
    if unknown := sorted(set(frame["group"]) - set(GROUPS)):
        raise ValueError(f"draw_groups: unknown groups {unknown}, allowed: {GROUPS}")
    items = read_items(frame)
    note = provenance_note(frame, language)

    def compose(medium: Medium) -> Sheet:
        return _compose(medium, items, note, language)

    return make_picture(groups_title(items, language), groups_alt(items, language), compose)


@dataclass(frozen=True)
class Row:
    """Where an item stands: its label centred on `label_y`, its dots on `middle`."""

    item: Item
    lines: list[str]
    label_y: float
    middle: float
    top: float
    bottom: float


def _compose(
    medium: Medium, items: Sequence[Item], note: Sequence[str], language: Language
) -> Sheet:
    sheet = Sheet(medium)
    bases = _bases(items, language)
    per_row = len({text for texts in bases.values() for text in texts}) > len(bases)
    widest = max(text_width(text, medium.small) for texts in bases.values() for text in texts)
    values = [dot.text(language, short=True) + dot.star for item in items for dot in item.dots]
    margin = max(text_width(text, medium.text, WEIGHT) for text in ["100%", *values]) + DOT
    left = margin + (0.0 if medium.narrow else medium.width * LABEL_PART)
    edge = medium.width - (widest + 15 if per_row and not medium.narrow else 0.0)
    right = edge - margin
    rows = _lay_out(items, medium, apart=any(item.whiskers for item in items), per_row=per_row)
    _draw_ticks(sheet, rows, left, right, language)
    _draw_dots(sheet, rows, left, right)
    for row in rows:
        sheet.write_lines(0, row.label_y, row.lines)
        _write_values(sheet, row, left, right, language)
        if per_row:
            _write_bases(sheet, row, language)
    _write_names(sheet, rows[0], (left, right, edge), language)
    foot = [] if per_row else _base_note(sheet, items, bases, language)
    y = rows[-1].bottom + medium.small * 1.8
    sheet.finish(sheet.note(y, [*foot, *note]) + 2)
    return sheet


def _lay_out(items: Sequence[Item], medium: Medium, apart: bool, per_row: bool) -> list[Row]:
    """Stack the rows; the first has room for the names of the groups above its dots."""
    band = medium.text * (2.9 if apart else 1.9)
    width = medium.width if medium.narrow else medium.width * LABEL_PART
    rows: list[Row] = []
    y = 0.0
    for item in items:
        lines = wrap(item.label, width, medium.text)
        text = len(lines) * medium.text * LINE_HEIGHT
        names = 0.0 if rows else medium.text * 1.1
        top = y
        if medium.narrow:
            label_y = y + medium.text * 0.3 + text / 2
            middle = y + medium.text * 0.3 + text + names + band / 2
            y = middle + band / 2 + (medium.small * 2 if per_row else 0)
        else:
            height = max(band, text + medium.text * 0.6, medium.small * 3 if per_row else 0)
            middle = label_y = y + names + height / 2
            y += names + height
        rows.append(Row(item, lines, label_y, middle, top, y))
    return rows


def _x(share: float, left: float, right: float) -> float:
    return left + share / 100 * (right - left)


def _places(row: Row, left: float, right: float, medium: Medium) -> list[tuple[float, float]]:
    """Where the dots stand: apart in height where there are intervals or they would touch."""
    dots = row.item.dots
    across = [_x(dot.share, left, right) for dot in dots]
    apart = 0.0
    if row.item.whiskers:
        apart = medium.text * WHISKER_SHIFT
    elif len(dots) > 1 and across[1] - across[0] < DOT:
        apart = DOT * 0.3
    return [
        (x, row.middle + (-apart if dot.group == GROUPS[0] else apart))
        for dot, x in zip(dots, across, strict=True)
    ]


def _draw_ticks(
    sheet: Sheet, rows: Sequence[Row], left: float, right: float, language: Language
) -> None:
    """Quarter lines behind the dots, each named at the foot."""
    medium = sheet.medium
    for tick in TICKS:
        x = _x(tick, left, right)
        if medium.narrow:
            for row in rows:
                sheet.line((x, row.middle - 6), (x, row.middle + 6), FAINT)
        else:
            sheet.line((x, rows[0].middle - 8), (x, rows[-1].bottom), FAINT)
        sheet.write(
            x,
            rows[-1].bottom + medium.small * 0.8,
            language.percent(tick),
            size=medium.small,
            colour=SOFT,
            align="center",
        )


def _draw_dots(sheet: Sheet, rows: Sequence[Row], left: float, right: float) -> None:
    """A line between the groups, whiskers where there is an interval, and the dots on top."""
    places = []
    for row in rows:
        points = _places(row, left, right, sheet.medium)
        if len(points) > 1:
            sheet.line(points[0], points[1], RULE, 1.6)
        for dot, (x, y) in zip(row.item.dots, points, strict=True):
            low, high = (_x(share, left, right) for share in dot.reach)
            sheet.line((low, y), (high, y), COLOURS[dot.group], 1.0)
            for end in {low, high} - {x}:
                sheet.line((end, y - CAP), (end, y + CAP), COLOURS[dot.group], 1.0)
            places.append({"x": x, "y": y, "group": dot.group})
    top, bottom = rows[0].top, rows[-1].bottom
    axes = sheet.panel(0, top, sheet.medium.width, bottom - top)
    axes.set(xlim=(0, sheet.medium.width), ylim=(bottom, top), zorder=3)
    dots = pd.DataFrame(places)
    sns.scatterplot(
        dots,
        x="x",
        y="y",
        hue="group",
        style="group",
        palette=FILLS,
        markers=SHAPES,
        s=DOT**2,
        edgecolor=[COLOURS[group] for group in dots["group"]],
        linewidth=0.9,
        legend=False,
        clip_on=False,
        ax=axes,
    )


def _write_values(sheet: Sheet, row: Row, left: float, right: float, language: Language) -> None:
    """Each share on the outer side of its dot, beyond the whisker where there is one."""
    places = _places(row, left, right, sheet.medium)
    for dot, (_, y) in zip(row.item.dots, places, strict=True):
        outer = dot is row.item.dots[0] and len(row.item.dots) > 1
        x = _x(dot.reach[0], left, right) - DOT if outer else _x(dot.reach[1], left, right) + DOT
        value = dot.text(language, short=True)
        sheet.write(
            x,
            y if row.item.whiskers else row.middle,
            value + dot.star,
            colour=COLOURS[dot.group],
            weight=WEIGHT,
            align="right" if outer else "left",
            backed=True,
        )
        sheet.record(dot.fact, value)


def _write_names(
    sheet: Sheet, row: Row, scale: tuple[float, float, float], language: Language
) -> None:
    """The groups' names above the dots of the first row, drawn inwards at the edges.

    `scale` is where the dots' scale starts and ends, and where the numbers of answers begin.
    """
    medium = sheet.medium
    left, right, edge = scale
    dots = row.item.dots
    y = row.middle - medium.text * (1.15 if not row.item.whiskers else 1.75)
    names = [language.label(f"charts.groups.{dot.group}") for dot in dots]
    widths = [text_width(name, medium.text, "semibold") for name in names]
    starts = [_x(dot.share, left, right) - DOT / 2 for dot in dots]
    if len(dots) > 1:
        starts[0] += DOT - widths[0]
        starts[0] = max(starts[0], 0 if medium.narrow else medium.width * LABEL_PART + 4)
    starts[-1] = min(starts[-1], edge - widths[-1])
    if len(dots) > 1 and starts[1] < starts[0] + widths[0] + 6:
        starts[1] = starts[0] + widths[0] + 6
        if starts[1] + widths[1] > edge:
            starts = [edge - sum(widths) - 6, edge - widths[1]]
    for dot, name, start in zip(dots, names, starts, strict=True):
        sheet.write(start, y, name, colour=COLOURS[dot.group], weight="semibold", backed=True)


def _bases(items: Sequence[Item], language: Language) -> dict[str, list[str]]:
    """Per group the different numbers of answers its shares rest on, in words."""
    bases: dict[str, list[str]] = {}
    for item in items:
        for dot in item.dots:
            texts = bases.setdefault(dot.group, [])
            if (text := _base(dot, language)) not in texts:
                texts.append(text)
    return {group: bases[group] for group in GROUPS if group in bases}


def _base(dot: Dot, language: Language) -> str:
    return language.label("charts.n_of").format(
        count=language.decimal(dot.base_count), base=language.label(f"charts.bases.{dot.base}")
    )


def _write_bases(sheet: Sheet, row: Row, language: Language) -> None:
    """The numbers of answers of one row: at the right, or under the dots on a phone."""
    medium = sheet.medium
    step = medium.small * LINE_HEIGHT
    dots = sorted(row.item.dots, key=lambda dot: GROUPS.index(dot.group))
    texts = [_base(dot, language) for dot in dots]
    x, y = 0.0, row.bottom - step
    for index, (dot, text) in enumerate(zip(dots, texts, strict=True)):
        if not medium.narrow:
            x = medium.width - text_width(text, medium.small) - 9
            y = row.middle + step * (index - (len(dots) - 1) / 2)
        _mark(sheet, x + 3.5, y, dot.group, 5)
        x += 9 + sheet.write(x + 9, y, text, size=medium.small, colour=SOFT) + medium.text
        sheet.record(dot.base_fact, language.decimal(dot.base_count))


def _mark(sheet: Sheet, x: float, y: float, group: str, size: float) -> None:
    how = {"marker": SHAPES[group], "markerfacecolor": FILLS[group]}
    if group == GROUPS[1]:
        size *= 0.8
    sheet.mark(x, y, size, markeredgecolor=COLOURS[group], **how)


def _base_note(
    sheet: Sheet, items: Sequence[Item], bases: dict[str, list[str]], language: Language
) -> list[str]:
    """One line for the foot that says on how many answers each group's shares rest."""
    for group in bases:
        dot = next(dot for item in items for dot in item.dots if dot.group == group)
        sheet.record(dot.base_fact, language.decimal(dot.base_count))
    parts = [
        f"{language.label(f'charts.groups.{group}')}: {texts[0]}" for group, texts in bases.items()
    ]
    return wrap("; ".join(parts), sheet.medium.width, sheet.medium.small, "italic")
