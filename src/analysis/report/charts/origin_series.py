"""Series of youth care by origin: what may be compared over the years, and what a line joins."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from analysis.language.words import Language
from analysis.report.charts.picture import stars


@dataclass(frozen=True)
class Point:
    """The share of one origin in one year; NaN where the source has none."""

    fact: str
    label: str
    level: int
    classification: str
    series: str
    year: int
    share: float
    places: int
    star: str

    def printed(self, language: Language) -> str:
        """The share with as many decimals as it was published with."""
        return language.percent(self.share, self.places)


@dataclass(frozen=True)
class Change:
    """What became of one origin's share from the first to the last year of a series."""

    first: Point
    last: Point

    @property
    def size(self) -> float:
        """By how much the printed shares differ, whatever the direction."""
        places = min(self.first.places, self.last.places)
        return round(abs(self.last.share - self.first.share), places)


def latest_changes(frame: pd.DataFrame) -> list[Change]:
    """Per origin its change over the latest series of two or more years, the total first.

    An origin without a figure in the first or the last year of the series is left out. Columns
    as for `draw_origin_years`; empty where no series has two years with a figure.
    """
    known = frame[frame["share_percent"].notna()]
    years = {str(name): part["year"].astype(int) for name, part in known.groupby("series")}
    spans = {name: (int(part.min()), int(part.max())) for name, part in years.items()}
    spans = {name: ends for name, ends in spans.items() if ends[0] < ends[1]}
    if not spans:
        return []
    name = max(spans, key=lambda name: spans[name][1])
    first, last = spans[name]
    changes = []
    for points in read_series(known[known["series"] == name]):
        by_year = {point.year: point for point in points}
        if first in by_year and last in by_year:
            changes.append(Change(by_year[first], by_year[last]))
    return sorted(changes, key=lambda change: change.first.level > 0)


def strongest(changes: Sequence[Change]) -> list[Change]:
    """The origins whose printed share changed most, without the total; none without change."""
    parts = [change for change in changes if change.first.level > 0]
    most = max((change.size for change in parts), default=0.0)
    return [change for change in parts if most > 0 and change.size == most]


def read_series(frame: pd.DataFrame) -> list[list[Point]]:
    """The points of each origin by year, the total first."""
    marks = stars(frame)
    found: dict[str, list[Point]] = {}
    for row in frame.sort_values("year", kind="stable").to_dict("records"):
        point = Point(
            fact=str(row["fact"]),
            label=str(row["label"]),
            level=int(row["level"]),
            classification=str(row["classification"]),
            series=str(row["series"]),
            year=int(row["year"]),
            share=float(row["share_percent"]),
            places=int(row["places"]),
            star=marks.get(row["fact"], ""),
        )
        found.setdefault(str(row["origin"]), []).append(point)
    order = list(dict.fromkeys(frame["origin"]))
    return sorted((found[origin] for origin in order), key=lambda points: points[0].level > 0)


def runs(points: Sequence[Point]) -> Iterator[list[Point]]:
    """The points that one line may join: known, of one series, in years that follow."""
    run: list[Point] = []
    for point in points:
        follows = run and point.year == run[-1].year + 1 and point.series == run[-1].series
        if run and not (follows and not math.isnan(point.share)):
            yield run
            run = []
        if not math.isnan(point.share):
            run.append(point)
    if run:
        yield run


def breaks(points: Sequence[Point]) -> list[float]:
    """Halfway between the last year of a classification and the first of the next."""
    kinds = sorted({(point.year, point.classification) for point in points})
    pairs = pairwise(kinds)
    return [(one[0] + other[0]) / 2 for one, other in pairs if one[1] != other[1]]
