"""Items on which two groups are compared, as the dot chart needs them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.language.words import Language
from analysis.report.charts.findings import Bounds, Finding, find_least, find_most
from analysis.report.charts.picture import (
    answered,
    literal,
    number,
    optional,
    stars,
)
from analysis.report.spans import Span, fill, join, plain_text

GROUPS = ("professionals", "officials")
PLACES = 6
# Measured shares have confidence intervals, shares reconstructed from words lie within a range.
RANGED = "reconstructed"


@dataclass(frozen=True)
class Dot:
    """One group's share on one item; `low` and `high` are NaN where there is no interval.

    Of a `ranged` share they are no confidence interval: all that is known is that it lies between.
    """

    group: str
    fact: str
    base_fact: str
    share: float
    low: float
    high: float
    base: str
    base_count: int
    star: str
    ranged: bool

    def text(self, language: Language, *, short: bool = False) -> str:
        """The share as it is printed: a percentage or a range, in signs if `short`."""
        if self.ranged:
            return language.span(self.low, self.high, 100, language.percent, short=short)
        return language.percent(self.share)

    @property
    def bounds(self) -> Bounds:
        """The lowest and the highest that the share can be."""
        return (self.low, self.high) if self.ranged else (self.share, self.share)

    @property
    def reach(self) -> tuple[float, float]:
        """From the lower to the upper end of the interval, or just the share."""
        if math.isnan(self.low + self.high):
            return self.share, self.share
        return self.low, self.high


@dataclass(frozen=True)
class Item:
    """One row: a statement and one dot per group, lowest share first."""

    label: str
    short: str
    dots: tuple[Dot, ...]

    @property
    def difference(self) -> float:
        """Percentage points between the groups; below zero when there is one group only."""
        return (
            round(self.dots[-1].share - self.dots[0].share, PLACES) if len(self.dots) > 1 else -1.0
        )

    @property
    def bounds(self) -> Bounds:
        """The smallest and the largest that the difference between two groups can be."""
        (one_low, one_high), (other_low, other_high) = (dot.bounds for dot in self.dots)
        apart = one_low - other_high, other_low - one_high
        return (
            round(max(*apart, 0.0), PLACES),
            round(max(other_high - one_low, one_high - other_low), PLACES),
        )

    @property
    def whiskers(self) -> bool:
        """Whether any dot has an interval."""
        return any(not math.isnan(dot.low + dot.high) for dot in self.dots)


def read_items(frame: pd.DataFrame) -> list[Item]:
    """The items with a share, by difference; equal differences stay in the frame's order."""
    known = frame[frame["share_percent"].notna()]
    if known.empty:
        raise ValueError("draw_groups: no row has a share, there is nothing to draw")
    marks = stars(frame)
    items = [_item(rows.to_dict("records"), marks) for _, rows in known.groupby("item", sort=False)]
    return sorted(items, key=lambda item: -item.difference)


def _item(rows: list[dict], marks: dict[str, str]) -> Item:
    dots = [
        Dot(
            group=str(row["group"]),
            fact=str(row["fact"]),
            base_fact=optional(row, "base_fact", answered(row["fact"])),
            share=float(row["share_percent"]),
            low=float(row["low"]),
            high=float(row["high"]),
            base=str(row["base"]),
            base_count=int(row["base_count"]),
            star=marks.get(row["fact"], ""),
            ranged=row["provenance"] == RANGED and float(row["low"]) < float(row["high"]),
        )
        for row in rows
    ]
    dots.sort(key=lambda dot: (dot.share, GROUPS.index(dot.group)))
    label = str(rows[0]["label"])
    return Item(label, optional(rows[0], "short", label).rstrip("."), tuple(dots))


def groups_title(items: Sequence[Item], language: Language) -> list[Span]:
    """The finding: where the groups differ most, or that they do not."""
    pairs = _pairs(items)
    if not pairs:
        return fill(language.label("charts.groups.title_single"))
    bounds = [item.bounds for item in pairs]
    found = find_most(bounds, [place for place, (_, high) in enumerate(bounds) if high > 0])
    if found is None:
        return fill(language.label("charts.groups.title_equal"))
    key = {"sure": "title", "exact": "title_exact", "alone": "title_alone"}[found.kind]
    return _sentence(key, pairs, found, language)


def _pairs(items: Sequence[Item]) -> list[Item]:
    """The items on which both groups have a share."""
    return [item for item in items if len(item.dots) > 1]


def _sentence(key: str, pairs: Sequence[Item], found: Finding, language: Language) -> list[Span]:
    named = [pairs[place] for place in found.places]
    return fill(
        language.label(f"charts.groups.{key}"),
        labels=_quote(named, language),
        shares=_shares(named[0], language),
    )


def _quote(items: Sequence[Item], language: Language) -> list[Span]:
    quote = language.label("charts.quote")
    return join([fill(quote, text=literal(item.short)) for item in items], language)


def _shares(item: Item, language: Language) -> list[Span]:
    """ "professionals 48%, officials 81%", each number a span."""
    first, second = sorted(item.dots, key=lambda dot: GROUPS.index(dot.group))
    return fill(
        language.label("charts.groups.shares"),
        one=language.label(f"charts.groups.{first.group}"),
        other=language.label(f"charts.groups.{second.group}"),
        first=number(first.fact, first.text(language)),
        second=number(second.fact, second.text(language)),
    )


def groups_alt(items: Sequence[Item], language: Language) -> str:
    """What the chart shows, the largest and the smallest difference, and what the lines mean."""
    sentences = [
        language.label("charts.groups.alt").format(count=language.decimal(len(items))),
        plain_text(groups_title(items, language)),
    ]
    pairs = _pairs(items)
    found = find_least([item.bounds for item in pairs], range(len(pairs)))
    differ = len({item.bounds for item in pairs}) > 1
    if found is not None and differ and found.kind != "alone":
        key = "alt_smallest" if found.kind == "sure" else "alt_smallest_exact"
        sentences.append(plain_text(_sentence(key, pairs, found, language)))
    if any(dot.ranged for item in items for dot in item.dots):
        sentences.append(language.label("charts.groups.alt_range"))
    return " ".join(sentences)
