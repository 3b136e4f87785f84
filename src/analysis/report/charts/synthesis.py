"""Points by theme and by what the sources say on them together: a block per point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.language.words import Language
from analysis.report.charts.picture import (
    Picture,
    check_frame,
    make_picture,
    number,
    provenance_note,
)
from analysis.report.charts.sheet import LINE_HEIGHT, Sheet
from analysis.report.charts.style import (
    BLUE,
    INK,
    NEUTRAL,
    ORANGE,
    SOFT,
    WHITE,
    Medium,
    readable_on,
    text_width,
    wrap,
)
from analysis.report.spans import Span, fill, plain_text

COLUMNS = ("fact", "theme", "label", "verdict", "count")
LABEL_PART = 0.34


@dataclass(frozen=True)
class Fill:
    """How the blocks of one verdict look: no two are equally light, and one is hatched."""

    colour: str
    hatch: str = ""


FILLS = {
    "agree": Fill(BLUE),
    "clash": Fill(INK),
    "undecided": Fill(ORANGE, "////"),
    "one_source": Fill(NEUTRAL),
    "nothing": Fill(WHITE),
}


@dataclass(frozen=True)
class Bars:
    """The labels of themes, the counts by theme and verdict, and the facts they come from."""

    labels: dict[str, str]
    counts: dict[tuple[str, str], tuple[str, int]]

    @property
    def longest(self) -> int:
        """The number of points of the theme that has most."""
        themes = self.labels
        return max(
            sum(n for (t, _), (_, n) in self.counts.items() if t == theme) for theme in themes
        )

    @property
    def verdicts(self) -> list[str]:
        """The verdicts that occur, in the order in which they are drawn."""
        return [v for v in FILLS if any(n for (_, w), (_, n) in self.counts.items() if w == v)]


def draw_verdicts(
    frame: pd.DataFrame, totals: Mapping[str, tuple[str, int]], language: Language
) -> Picture:
    """A bar per theme, as long as it has points, cut by verdict.

    A row of the frame is a theme and a verdict (a key of `FILLS`) with its count; themes stand in
    the order in which they come. `totals` are the fact and the value of `points`, `agree` and
    `clash` over all themes, for the title.
    """
    check_frame(frame, COLUMNS, "draw_verdicts")
    if unknown := set(frame["verdict"]) - set(FILLS):
        raise ValueError(f"draw_verdicts: unknown verdicts {', '.join(sorted(unknown))}")
    bars = _read(frame)
    note = provenance_note(frame, language) if "provenance" in frame else []

    def compose(medium: Medium) -> Sheet:
        return _compose(medium, bars, note, language)

    return make_picture(_title(totals, language), _alt(bars, totals, language), compose)


def _read(frame: pd.DataFrame) -> Bars:
    records: list[dict[Any, Any]] = frame.to_dict("records")
    return Bars(
        {str(row["theme"]): str(row["label"]) for row in records},
        {
            (str(row["theme"]), str(row["verdict"])): (str(row["fact"]), int(row["count"]))
            for row in records
        },
    )


def _compose(medium: Medium, bars: Bars, note: Sequence[str], language: Language) -> Sheet:
    sheet = Sheet(medium)
    y = _legend(sheet, bars, language)
    left = 0.0 if medium.narrow else medium.width * LABEL_PART
    unit = (medium.width - left) / max(bars.longest, 1)
    height = medium.text * 1.7
    for theme, label in bars.labels.items():
        lines = wrap(label, medium.width if medium.narrow else left - 8, medium.text)
        written = len(lines) * medium.text * LINE_HEIGHT
        if medium.narrow:
            sheet.write_lines(0, y + written / 2, lines)
            y += written + 1
            _bar(sheet, bars, theme, (left, y, unit, height), language)
            y += height + 7
        else:
            room = max(height, written) + 5
            sheet.write_lines(0, y + room / 2, lines)
            _bar(sheet, bars, theme, (left, y + (room - height) / 2, unit, height), language)
            y += room
    sheet.finish(sheet.note(y + 2, note) + 2)
    return sheet


def _bar(
    sheet: Sheet, bars: Bars, theme: str, place: tuple[float, float, float, float],
    language: Language,
) -> None:  # fmt: skip
    left, top, unit, height = place
    for verdict, look in FILLS.items():
        fact, count = bars.counts.get((theme, verdict), ("", 0))
        if not count:
            continue
        width = count * unit
        _block(sheet, look, (left, top, width, height))
        middle, value = (left + width / 2, top + height / 2), language.decimal(count)
        ink = readable_on(look.colour)
        if look.hatch:
            size = sheet.medium.text
            wide = text_width(value, size, "semibold") + 5
            sheet.bar(middle[0] - wide / 2, top + 2, wide, height - 4, look.colour)
        sheet.write(*middle, value, colour=ink, align="center", weight="semibold")
        sheet.record(fact, value)
        left += width


def _block(sheet: Sheet, look: Fill, place: tuple[float, float, float, float]) -> None:
    """A block with a white edge, so that blocks beside each other stay apart."""
    left, top, width, height = place
    sheet.bar(left + 0.5, top, width - 1, height, look.colour, look.hatch)


def _legend(sheet: Sheet, bars: Bars, language: Language) -> float:
    """A square and a word per verdict, on as many lines as needed; returns the height."""
    size = sheet.medium.small
    x, y = 0.0, size
    for verdict in bars.verdicts:
        label = language.label(f"synthesis.chart.legend.{verdict}")
        wide = size * 1.5 + text_width(label, size) + size * 1.4
        if x and x + wide - size > sheet.medium.width:
            x, y = 0.0, y + size * 1.7
        _block(sheet, FILLS[verdict], (x, y - size / 2, size * 1.2, size))
        sheet.write(x + size * 1.6, y, label, size=size, colour=SOFT)
        x += wide
    return y + size * 1.6


def _title(totals: Mapping[str, tuple[str, int]], language: Language) -> list[Span]:
    """The finding: on how many points the sources agree and clash."""
    values = {name: number(fact, language.decimal(n)) for name, (fact, n) in totals.items()}
    return fill(language.label("synthesis.chart.title"), **values)


def _alt(bars: Bars, totals: Mapping[str, tuple[str, int]], language: Language) -> str:
    """What the picture is, its finding, and every theme with its counts."""
    told = []
    for theme, label in bars.labels.items():
        counts = [
            f"{language.label(f'synthesis.chart.legend.{verdict}')} {language.decimal(n)}"
            for verdict in FILLS
            if (n := bars.counts.get((theme, verdict), ("", 0))[1])
        ]
        told.append(f"{label}: {', '.join(counts)}" if counts else label)
    return language.label("synthesis.chart.alt").format(
        finding=plain_text(_title(totals, language)), themes="; ".join(told)
    )
