"""Small multiples over the rounds: a panel per statement, all and the same municipalities."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pandas as pd

from analysis.language.words import Language
from analysis.report.charts.picture import Picture, check_frame, make_picture, provenance_note
from analysis.report.charts.sheet import LINE_HEIGHT, Sheet
from analysis.report.charts.style import (
    BLUE,
    FAINT,
    INK,
    RULE,
    SOFT,
    VERMILION,
    WHITE,
    Medium,
    text_width,
    wrap,
)
from analysis.report.charts.trend_panels import (
    Panel,
    Point,
    read_panels,
    trend_alt,
    trend_title,
)
from analysis.report.spans import Span

COLUMNS = (
    "fact", "item", "label", "round", "set", "pair", "share_percent", "low", "high", "gap",
    "breaks", "change", "provenance",
)  # fmt: skip
SETS = ("all", "matched")
GAPS = ("", "absent", "open", "counted", "few")
CHANGES = ("", "up", "down")
TICKS = (0, 50, 100)
PLOT = 58.0  # how tall a panel's scale is
APART = 16.0  # between panels
DOT = 6.0
CAP = 2.6


def draw_trend(frame: pd.DataFrame, language: Language, about: Sequence[Span] = ()) -> Picture:
    """How the share that agrees went over the rounds, a panel for each statement.

    `about` opens the title: which theme and group it is about.
    A row is one point: an item in a round. Of `set` `all` there is one for each item and round:
    `share_percent` (0 to 100), or none and in `gap` why; `breaks` says that the question changed
    since the round before, so that no line leads to it. Of `matched` there are two for each pair
    of rounds, `pair` naming the earlier one. `low` and `high` are the range that a reconstructed
    share lies in, else missing. `change` is `up` or `down` where the item changed demonstrably,
    and the same in all its rows. Rounds are drawn in the order of their names.
    """
    check_frame(frame, COLUMNS, "draw_trend")
    for column, allowed in (("set", SETS), ("gap", GAPS), ("change", CHANGES)):
        if unknown := sorted(set(frame[column]) - set(allowed)):
            raise ValueError(f"draw_trend: unknown {column} {unknown}, allowed: {allowed}")
    panels = read_panels(frame)
    rounds = sorted(set(frame["round"]))
    note = provenance_note(frame[frame["gap"] == ""], language)

    def compose(medium: Medium) -> Sheet:
        return _Drawing(medium, rounds, language).compose(panels, note)

    opening: list[Span] = [*about, {"t": "text", "v": " "}] if about else []
    title = [*opening, *trend_title(panels, language)]
    return make_picture(title, trend_alt(panels, title, language), compose)


class _Drawing:
    """Panels laid out on a sheet, from the top left."""

    def __init__(self, medium: Medium, rounds: Sequence[str], language: Language) -> None:
        self.sheet = Sheet(medium)
        self.medium = medium
        self.rounds = list(rounds)
        self.language = language
        few = len(rounds) <= (2 if medium.narrow else 3)
        self.columns = (2 if few else 1) if medium.narrow else (3 if few else 2)
        self.width = (medium.width - APART * (self.columns - 1)) / self.columns
        self.margin = text_width(language.percent(100), medium.small) + 4

    def compose(self, panels: Sequence[Panel], note: Sequence[str]) -> Sheet:
        """Draw the legend, then the panels row by row."""
        y = self._legend(panels)
        for start in range(0, len(panels), self.columns):
            y = self._row(panels[start : start + self.columns], y)
        notes = [line for text in note for line in wrap(text, self.medium.width, self.medium.small)]
        self.sheet.finish(self.sheet.note(y, notes) + 2)
        return self.sheet

    def _legend(self, panels: Sequence[Panel]) -> float:
        """What the marks mean, each only where it occurs; gives the height below it."""
        points = [point for panel in panels for point in panel.points]
        wanted = {
            "all": True,
            "matched": any(panel.pairs for panel in panels),
            "breaks": any(point.breaks for point in points),
            "range": any(point.ranged for point in points),
            "gap": any(point.gap for point in points),
        }
        x, y, step = 0.0, self.medium.text, self.medium.text * 1.6
        for name in (name for name, there in wanted.items() if there):
            text = self.language.label(f"rounds.chart.legend.{name}")
            width = 14 + text_width(text, self.medium.text)
            if x and x + width > self.medium.width:
                x, y = 0.0, y + step
            self._sign(name, x + 5, y)
            self.sheet.write(x + 14, y, text)
            x += width + 14
        return y + step

    def _sign(self, name: str, x: float, y: float) -> None:
        if name == "breaks":
            self._break(x, y)
        elif name == "range":
            self._range(x, y - 5, y + 5)
        elif name == "gap":
            self._gap(x, y)
        else:
            self._dot(name, x, y)

    def _row(self, panels: Sequence[Panel], y: float) -> float:
        """One row of panels, their scales at one height; gives the height below it."""
        size = self.medium.text
        lines = [wrap(panel.label, self.width, size) for panel in panels]
        tall = max(map(len, lines)) * size * LINE_HEIGHT
        top = y + tall + size * 0.9
        for place, (panel, label) in enumerate(zip(panels, lines, strict=True)):
            left = place * (self.width + APART)
            middle = y + tall - len(label) * size * LINE_HEIGHT / 2
            self.sheet.write_lines(left, middle, label)
            self._panel(panel, left, top)
        return top + PLOT + self.medium.small * 3.2 + size

    def _panel(self, panel: Panel, left: float, top: float) -> None:
        start, end = left + self.margin, left + self.width
        step = (end - start) / len(self.rounds)
        across = {name: start + step * (i + 0.5) for i, name in enumerate(self.rounds)}
        for tick in TICKS:
            y = self._y(tick, top)
            self.sheet.line((start, y), (end, y), RULE if tick == 0 else FAINT)
            text = self.language.percent(tick)
            self.sheet.write(start - 4, y, text, size=self.medium.small, colour=SOFT, align="right")
        for pair in panel.pairs:
            ends = [(across[point.round], self._y(point.share, top)) for point in pair]
            self.sheet.line(ends[0], ends[1], VERMILION, 0.9)
            for x, y in ends:
                self._dot("matched", x, y)
        self._line(panel.points, across, top)
        for point in panel.points:
            self._write(point, across[point.round], top)

    def _line(self, points: Sequence[Point], across: dict[str, float], top: float) -> None:
        """All municipalities: a line between neighbours, or the sign that the question changed."""
        for before, after in pairwise(points):
            ends = [
                (across[p.round], self._y(p.share if p.firm else 50, top)) for p in (before, after)
            ]
            if after.breaks:
                self._break((ends[0][0] + ends[1][0]) / 2, (ends[0][1] + ends[1][1]) / 2)
            elif before.firm and after.firm:
                self.sheet.line(ends[0], ends[1], BLUE, 1.8)
        for point in points:
            x = across[point.round]
            if point.gap:
                continue  # a mark on the scale would look like a share
            if point.ranged:
                self._range(x, self._y(point.high, top), self._y(point.low, top))
            else:
                self._dot("all", x, self._y(point.share, top))

    def _write(self, point: Point, x: float, top: float) -> None:
        """The name of a round below the scale, and below that the share of all or a gap's mark."""
        small = self.medium.small
        y = top + PLOT + small
        self.sheet.write(x, y, point.round, size=small, colour=SOFT, align="center")
        y += small * 1.25
        if point.gap:
            self._gap(x, y)
            return
        text = point.text(self.language)
        self.sheet.write(x, y, text + point.star, size=small, weight="semibold", align="center")
        self.sheet.record(point.fact, text)

    @staticmethod
    def _y(share: float, top: float) -> float:
        return top + PLOT * (1 - share / 100)

    def _dot(self, name: str, x: float, y: float) -> None:
        if name == "all":
            self.sheet.mark(x, y, DOT, marker="o", markerfacecolor=BLUE, markeredgecolor=BLUE)
        else:
            how = {"marker": "D", "markerfacecolor": WHITE, "markeredgecolor": VERMILION}
            self.sheet.mark(x, y, DOT, **how)

    def _gap(self, x: float, y: float) -> None:
        self.sheet.mark(x, y, DOT, marker="x", markeredgecolor=SOFT)

    def _range(self, x: float, top: float, bottom: float) -> None:
        self.sheet.line((x, top), (x, bottom), BLUE, 1.8)
        for y in (top, bottom):
            self.sheet.line((x - CAP, y), (x + CAP, y), BLUE, 1.0)

    def _break(self, x: float, y: float) -> None:
        for shift in (-2.0, 2.0):
            self.sheet.line((x + shift - 2, y + 5), (x + shift + 2, y - 5), INK, 1.2)
