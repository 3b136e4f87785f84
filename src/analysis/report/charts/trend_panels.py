"""Statements over the rounds, as the small multiples need them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.language.words import Language
from analysis.report.charts.picture import literal, stars
from analysis.report.spans import Span, fill, join, plain_text

# A reconstructed share lies within a range; another share's limits are an interval.
RANGED = "reconstructed"


@dataclass(frozen=True)
class Point:
    """A share in one round; NaN where there is a `gap` instead."""

    fact: str
    round: str
    share: float
    low: float
    high: float
    gap: str
    breaks: bool
    star: str

    @property
    def ranged(self) -> bool:
        """Whether the share is known only to lie between two others."""
        return self.low < self.high

    @property
    def firm(self) -> bool:
        """Whether there is one share to draw a line to."""
        return not self.gap and not self.ranged

    def text(self, language: Language) -> str:
        """The share as it is printed."""
        if self.ranged:
            return language.span(self.low, self.high, 100, language.percent, short=True)
        return language.percent(self.share)


@dataclass(frozen=True)
class Panel:
    """One statement: its points over all municipalities, and a pair for each earlier round."""

    label: str
    change: str
    points: tuple[Point, ...]
    pairs: tuple[tuple[Point, Point], ...]


def read_panels(frame: pd.DataFrame) -> list[Panel]:
    """The panels of a frame as `draw_trend` takes it, in its order."""
    marks = stars(frame[frame["gap"] == ""])
    found = []
    for _, rows in frame.groupby("item", sort=False):
        told = rows.sort_values("round", kind="stable").to_dict("records")
        whole = tuple(_point(row, marks) for row in told if row["set"] == "all")
        pairs = dict.fromkeys(row["pair"] for row in told if row["set"] == "matched")
        matched = [
            [_point(r, marks) for r in told if r["set"] == "matched" and r["pair"] == pair]
            for pair in pairs
        ]
        first = told[0]
        both = tuple((one, other) for one, other in matched)
        found.append(Panel(str(first["label"]), str(first["change"]), whole, both))
    return found


def _point(row: dict, marks: dict[str, str]) -> Point:
    low, high = float(row["low"]), float(row["high"])
    ranged = row["provenance"] == RANGED and low < high
    return Point(
        fact=str(row["fact"]),
        round=str(row["round"]),
        share=float(row["share_percent"]),
        low=low if ranged else math.nan,
        high=high if ranged else math.nan,
        gap=str(row["gap"]),
        breaks=bool(row["breaks"]),
        star=marks.get(row["fact"], ""),
    )


# What the chart shows, in words


def trend_title(panels: Sequence[Panel], language: Language) -> list[Span]:
    """The finding: which statements changed demonstrably among the same municipalities.

    Or that none did, or that the same municipalities cannot be followed.
    """
    parts: list[Span] = []
    for change in ("up", "down"):
        named = [panel for panel in panels if panel.change == change]
        if named:
            quotes = [
                fill(language.label("charts.quote"), text=literal(panel.label)) for panel in named
            ]
            said = language.label(f"rounds.chart.title.{change}")
            parts += [{"t": "text", "v": " "}] if parts else []
            parts += fill(said, labels=join(quotes, language))
    unmatched = not any(panel.pairs for panel in panels)
    return parts or fill(
        language.label(f"rounds.chart.title.{'unmatched' if unmatched else 'none'}")
    )


def trend_alt(panels: Sequence[Panel], title: Sequence[Span], language: Language) -> str:
    """What kind of chart it is, the finding, and every panel in one sentence."""
    many = "one" if len(panels) == 1 else "many"
    opening = language.label(f"rounds.chart.alt_{many}")
    opening = opening.format(count=language.decimal(len(panels)))
    return " ".join([opening, plain_text(title), *(_told(panel, language) for panel in panels)])


def _told(panel: Panel, language: Language) -> str:
    def values(points: Sequence[Point]) -> str:
        return ", ".join(_spoken(points, language))

    text = language.label("rounds.chart.alt_panel").format(
        label=panel.label.rstrip("."), values=values(panel.points)
    )
    for pair in panel.pairs:
        text += language.label("rounds.chart.alt_matched").format(values=values(pair))
    return text + "."


def _spoken(points: Sequence[Point], language: Language) -> Iterator[str]:
    for point in points:
        if point.breaks:
            yield language.label("rounds.chart.alt_breaks")
        told = language.label("rounds.chart.legend.gap") if point.gap else point.text(language)
        yield f"{point.round} {told}"
