"""Two groups on the same items: two dots a row, joined by a line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import seaborn as sns

from analysis.language.words import Language
from analysis.report.charts.picture import (
    Picture,
    Span,
    check_frame,
    fill,
    join,
    make_picture,
    number,
    plain,
    provenance_note,
    sibling,
)
from analysis.report.charts.sheet import LINE_HEIGHT, Sheet
from analysis.report.charts.style import (
    BLUE,
    FAINT,
    RULE,
    SOFT,
    VERMILION,
    WHITE,
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
    "count",
    "base_count",
    "provenance",
)
GROUPS = ("professionals", "officials")
COLOURS = dict(zip(GROUPS, (BLUE, VERMILION), strict=True))
SHAPES = dict(zip(GROUPS, ("o", "D"), strict=True))
DOT = 7.5
TICKS = (0, 25, 50, 75, 100)
LABEL_PART = 0.38
WHISKER_SHIFT = 0.62


@dataclass(frozen=True)
class Dot:
    """One group's share on one item; `low` and `high` are NaN where there is no interval."""

    group: str
    fact: str
    base_fact: str
    share: float
    low: float
    high: float
    base: str
    base_count: int


@dataclass(frozen=True)
class Item:
    """One row: a statement and one dot per group, lowest share first."""

    label: str
    short: str
    dots: tuple[Dot, ...]

    @property
    def difference(self) -> float:
        """Percentage points between the groups; below zero when there is one group only."""
        return round(self.dots[-1].share - self.dots[0].share, 6) if len(self.dots) > 1 else -1.0

    @property
    def whiskers(self) -> bool:
        """Whether any dot has an interval."""
        return any(not math.isnan(dot.low + dot.high) for dot in self.dots)


def draw_groups(frame: pd.DataFrame, language: Language) -> Picture:
    """Officials against professionals: items sorted by difference, the largest at the top.

    A row is one group on one item; `share_percent` is 0 to 100, `low` and `high` may be missing
    and are then not drawn. Groups are `professionals` and `officials`. Optional columns: `short`
    (a shorter label for the title) and `base_fact` (the fact of `base_count`).
    """
    check_frame(frame, COLUMNS, "draw_groups")
    if unknown := sorted(set(frame["group"]) - set(GROUPS)):
        raise ValueError(f"draw_groups: unknown groups {unknown}, allowed: {GROUPS}")
    items = _read(frame)
    note = provenance_note(frame, language)

    def compose(medium: Medium) -> Sheet:
        return _compose(medium, items, note, language)

    return make_picture(_title(items, language), _alt(items, language), compose)


def _read(frame: pd.DataFrame) -> list[Item]:
    """The items with a share, by difference; equal differences stay in the frame's order."""
    known = frame[frame["share_percent"].notna()]
    if known.empty:
        raise ValueError("draw_groups: no row has a share, there is nothing to draw")
    items = [_item(rows.to_dict("records")) for _, rows in known.groupby("item", sort=False)]
    return sorted(items, key=lambda item: -item.difference)


def _item(rows: list[dict]) -> Item:
    dots = [
        Dot(
            group=str(row["group"]),
            fact=str(row["fact"]),
            base_fact=str(row.get("base_fact") or sibling(str(row["fact"]), "base_count")),
            share=float(row["share_percent"]),
            low=float(row["low"]),
            high=float(row["high"]),
            base=str(row["base"]),
            base_count=int(row["base_count"]),
        )
        for row in rows
    ]
    dots.sort(key=lambda dot: (dot.share, GROUPS.index(dot.group)))
    label = str(rows[0]["label"])
    return Item(label, str(rows[0].get("short") or label).rstrip("."), tuple(dots))


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
    margin = text_width("100%", medium.text) + DOT
    left = margin + (0.0 if medium.narrow else medium.width * LABEL_PART)
    right = medium.width - margin - (widest + 6 if per_row and not medium.narrow else 0.0)
    rows = _lay_out(items, medium, apart=any(item.whiskers for item in items), per_row=per_row)
    _draw_ticks(sheet, rows, left, right, language)
    _draw_dots(sheet, rows, left, right)
    for row in rows:
        sheet.write_lines(0, row.label_y, row.lines)
        _write_values(sheet, row, left, right, language)
        if per_row:
            _write_bases(sheet, row, language)
    _write_names(sheet, rows[0], left, right, language)
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
            y = middle + band / 2 + (medium.small * 2 * LINE_HEIGHT if per_row else 0)
        else:
            height = max(band, text + medium.text * 0.6, medium.small * 3 if per_row else 0)
            middle = label_y = y + names + height / 2
            y += names + height
        rows.append(Row(item, lines, label_y, middle, top, y))
    return rows


def _x(share: float, left: float, right: float) -> float:
    return left + share / 100 * (right - left)


def _shift(dot: Dot, row: Row, medium: Medium) -> float:
    """How far above or below the middle a dot stands: apart only where there are intervals."""
    if not row.item.whiskers:
        return 0.0
    return medium.text * WHISKER_SHIFT * (-1 if dot.group == GROUPS[0] else 1)


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
        points = [
            (_x(dot.share, left, right), row.middle + _shift(dot, row, sheet.medium))
            for dot in row.item.dots
        ]
        if len(points) > 1:
            sheet.line(points[0], points[1], RULE, 1.6)
        for dot, (x, y) in zip(row.item.dots, points, strict=True):
            if not math.isnan(dot.low + dot.high):
                ends = (_x(dot.low, left, right), y), (_x(dot.high, left, right), y)
                sheet.line(*ends, colour=COLOURS[dot.group], width=1.0)
            places.append({"x": x, "y": y, "group": dot.group})
    top, bottom = rows[0].top, rows[-1].bottom
    axes = sheet.panel(0, top, sheet.medium.width, bottom - top)
    axes.set(xlim=(0, sheet.medium.width), ylim=(bottom, top), zorder=3)
    sns.scatterplot(
        pd.DataFrame(places),
        x="x",
        y="y",
        hue="group",
        style="group",
        palette=COLOURS,
        markers=SHAPES,
        s=DOT**2,
        edgecolor=WHITE,
        linewidth=0.6,
        legend=False,
        ax=axes,
    )


def _write_values(sheet: Sheet, row: Row, left: float, right: float, language: Language) -> None:
    """Each share beside its dot, on the outer side; beyond the whisker where there is one."""
    for number_, dot in enumerate(row.item.dots):
        outer = "right" if number_ == 0 and len(row.item.dots) > 1 else "left"
        edge, step = dot.share, DOT * 0.8
        if row.item.whiskers:
            outer = "left"
            edge = max(dot.share, dot.high if not math.isnan(dot.high) else dot.share)
        value = language.percent(dot.share)
        sheet.write(
            _x(edge, left, right) + (step if outer == "left" else -step),
            row.middle + _shift(dot, row, sheet.medium),
            value,
            colour=COLOURS[dot.group],
            weight="semibold",
            align=outer,
            backed=True,
        )
        sheet.record(dot.fact, value)


def _write_names(sheet: Sheet, row: Row, left: float, right: float, language: Language) -> None:
    """The groups' names above the dots of the first row, drawn inwards at the edges."""
    medium = sheet.medium
    dots = row.item.dots
    y = row.middle - medium.text * (1.15 if not row.item.whiskers else 1.75)
    names = [language.label(f"charts.groups.{dot.group}") for dot in dots]
    widths = [text_width(name, medium.text, "semibold") for name in names]
    starts = [_x(dot.share, left, right) - DOT / 2 for dot in dots]
    if len(dots) > 1:
        starts[0] += DOT - widths[0]
        starts[0] = max(starts[0], 0 if medium.narrow else medium.width * LABEL_PART + 4)
    starts[-1] = min(starts[-1], medium.width - widths[-1])
    if len(dots) > 1 and starts[1] < starts[0] + widths[0] + 6:
        starts[1] = starts[0] + widths[0] + 6
        if starts[1] + widths[1] > medium.width:
            starts = [medium.width - sum(widths) - 6, medium.width - widths[1]]
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
    first = row.middle - step * (len(dots) - 1) / 2
    if medium.narrow:
        first = row.bottom - step * (len(dots) - 0.5)
    for index, dot in enumerate(dots):
        text = _base(dot, language)
        if medium.narrow:
            text = f"{language.label(f'charts.groups.{dot.group}')}: {text}"
        sheet.write(
            0 if medium.narrow else medium.width,
            first + index * step,
            text,
            size=medium.small,
            colour=COLOURS[dot.group],
            align="left" if medium.narrow else "right",
        )
        sheet.record(dot.base_fact, language.decimal(dot.base_count))


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


def _title(items: Sequence[Item], language: Language) -> list[Span]:
    """The finding: where the groups differ most, or that they do not."""
    pairs = [item for item in items if item.difference >= 0]
    if not pairs:
        groups = [language.label(f"charts.groups.{group}") for group in GROUPS]
        return fill(language.label("charts.groups.title_single"), groups=join(groups, language))
    largest = [item for item in pairs if item.difference == pairs[0].difference]
    if largest[0].difference == 0:
        return fill(language.label("charts.groups.title_equal"))
    return fill(
        language.label("charts.groups.title"),
        labels=_quote(largest, language),
        shares=_shares(largest[0], language),
    )


def _quote(items: Sequence[Item], language: Language) -> str:
    quote = language.label("charts.quote")
    return join([quote.format(text=item.short) for item in items], language)


def _shares(item: Item, language: Language) -> list[Span]:
    """ "professionals 48% and officials 81%", each number a span."""
    first, second = sorted(item.dots, key=lambda dot: GROUPS.index(dot.group))
    return fill(
        language.label("charts.groups.shares"),
        one=language.label(f"charts.groups.{first.group}"),
        other=language.label(f"charts.groups.{second.group}"),
        first=number(first.fact, language.percent(first.share)),
        second=number(second.fact, language.percent(second.share)),
    )


def _alt(items: Sequence[Item], language: Language) -> str:
    """What the chart shows, the largest and the smallest difference, and the numbers asked."""
    sentences = [
        language.label("charts.groups.alt").format(count=language.decimal(len(items))),
        plain(_title(items, language)),
    ]
    pairs = [item for item in items if item.difference >= 0]
    if len(pairs) > 1 and pairs[-1].difference < pairs[0].difference:
        smallest = [item for item in pairs if item.difference == pairs[-1].difference]
        sentences.append(
            plain(
                fill(
                    language.label("charts.groups.alt_smallest"),
                    labels=_quote(smallest, language),
                    shares=_shares(smallest[0], language),
                )
            )
        )
    return " ".join(sentences)
