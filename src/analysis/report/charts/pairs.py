"""Items on which two groups are compared, as the dot chart needs them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.language.words import Language
from analysis.report.charts.picture import (
    Span,
    answered,
    fill,
    join,
    number,
    optional,
    plain,
    stars,
)

GROUPS = ("professionals", "officials")


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
    star: str

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
        return round(self.dots[-1].share - self.dots[0].share, 6) if len(self.dots) > 1 else -1.0

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
        )
        for row in rows
    ]
    dots.sort(key=lambda dot: (dot.share, GROUPS.index(dot.group)))
    label = str(rows[0]["label"])
    return Item(label, optional(rows[0], "short", label).rstrip("."), tuple(dots))


def groups_title(items: Sequence[Item], language: Language) -> list[Span]:
    """The finding: where the groups differ most, or that they do not."""
    pairs = [item for item in items if item.difference >= 0]
    if not pairs:
        return fill(language.label("charts.groups.title_single"))
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


def groups_alt(items: Sequence[Item], language: Language) -> str:
    """What the chart shows, the largest and the smallest difference, and the numbers asked."""
    sentences = [
        language.label("charts.groups.alt").format(count=language.decimal(len(items))),
        plain(groups_title(items, language)),
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
