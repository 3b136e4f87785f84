"""Statements and the positions taken on them, as a likert chart needs them."""

from __future__ import annotations

import math
from collections import Counter
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
    sibling,
    stars,
)

POSITIONS = ("disagree", "neutral", "agree", "dont_know", "not_printed")
NAMED_AT_MOST = 2


@dataclass(frozen=True)
class Part:
    """One position on one statement. `count` may be unknown (NaN) where only a share is."""

    position: str
    fact: str
    count: float
    share: float
    star: str


@dataclass(frozen=True)
class Statement:
    """One row of the chart: a statement, whom it was put to, and the positions printed.

    A position that is not in `parts` is not known; one with share zero is known to be empty.
    """

    label: str
    short: str
    base: str
    base_count: int
    base_fact: str
    parts: dict[str, Part]

    def share(self, position: str) -> float:
        """Percentage that takes `position`; zero when it is empty or not known."""
        return self.parts[position].share if position in self.parts else 0.0

    def printed(self, position: str, language: Language) -> tuple[str, str]:
        """Fact and text: a count of municipalities, or a percentage of respondents."""
        part = self.parts[position]
        if self.base == "municipalities" and not math.isnan(part.count):
            return _counted_as(part.fact, "count"), language.decimal(part.count)
        return _counted_as(part.fact, "share"), language.percent(part.share)

    def text(self, position: str, language: Language) -> str:
        """What stands in the drawing: the number and, for a reconstructed one, a star.

        Nothing for the share of respondents whose position is not printed: it is no result.
        """
        if position == "not_printed" and self.base != "municipalities":
            return ""
        return self.printed(position, language)[1] + self.parts[position].star


def _counted_as(fact: str, kind: str) -> str:
    """The key of the count or of the share behind `fact` (`…/count.agree`, `…/share.agree`)."""
    statistic, dot, position = fact.rpartition("/")[2].partition(".")
    if dot and statistic in ("count", "share"):
        return sibling(fact, f"{kind}.{position}")
    return fact


def read_statements(frame: pd.DataFrame) -> list[Statement]:
    """The statements of `frame` in its order. Raises ValueError for an unknown position."""
    if unknown := sorted(set(frame["position"]) - set(POSITIONS)):
        raise ValueError(f"draw_positions: unknown positions {unknown}, allowed: {POSITIONS}")
    marks = stars(frame)
    items = frame.groupby("item", sort=False)
    return [_statement(rows.to_dict("records"), marks) for _, rows in items]


def _statement(rows: list[dict], marks: dict[str, str]) -> Statement:
    first = rows[0]
    parts = [_part(row, marks) for row in rows]
    known = [part for part in parts if not math.isnan(part.share)]
    return Statement(
        label=str(first["label"]),
        short=optional(first, "short", str(first["label"])).rstrip("."),
        base=str(first["base"]),
        base_count=int(first["base_count"]),
        base_fact=optional(first, "base_fact", answered(first["fact"])),
        parts={part.position: part for part in known},
    )


def _part(row: dict, marks: dict[str, str]) -> Part:
    count, share = float(row["count"]), float(row["share_percent"])
    if math.isnan(share):
        share = 100 * count / float(row["base_count"])
    fact = str(row["fact"])
    return Part(str(row["position"]), fact, count, share, marks.get(fact, ""))


def comparable(statements: Sequence[Statement]) -> list[Statement]:
    """The statements on the most frequent base: extremes are sought among these only."""
    base = Counter(statement.base for statement in statements).most_common(1)[0][0]
    return [statement for statement in statements if statement.base == base]


def extremes(statements: Sequence[Statement], position: str, most: bool = True) -> list[Statement]:
    """The comparable statements on which `position` is taken most (or least) often."""
    known = [item for item in comparable(statements) if position in item.parts]
    if not known:
        return []
    shares = [round(item.share(position), 6) for item in known]
    bound = max(shares) if most else min(shares)
    return [item for item, share in zip(known, shares, strict=True) if share == bound]


def positions_title(statements: Sequence[Statement], language: Language) -> list[Span]:
    """The finding: on which statement most agree, and on which most disagree."""
    found = {
        position: items
        for position in ("agree", "disagree")
        if (items := extremes(statements, position)) and items[0].share(position) > 0
    }
    kind = "one" if len(statements) == 1 else "most"
    which = "_".join(found) or "none"
    values: dict[str, str | Span | list[Span]] = {}
    for position, items in found.items():
        values[position] = _quote(items, language)
        values[f"{position}_share"] = _of_base(items[0], position, language)
        values[f"{position}_be"] = _be(items[0], position, language)
    return fill(language.label(f"charts.positions.title_{kind}_{which}"), **values)


def _be(statement: Statement, position: str, language: Language) -> str:
    """The verb for so many: one municipality is, two are."""
    alone = statement.base == "municipalities" and statement.parts[position].count == 1
    return language.label(f"charts.positions.be_{'one' if alone else 'many'}")


def _quote(statements: Sequence[Statement], language: Language) -> str:
    """The statements in quotation marks; beyond a few, the rest in one word."""
    quote = language.label("charts.quote")
    names = [quote.format(text=statement.short) for statement in statements[:NAMED_AT_MOST]]
    if len(statements) > NAMED_AT_MOST:
        names.append(language.label("charts.positions.others"))
    return join(names, language)


def _of_base(statement: Statement, position: str, language: Language) -> list[Span]:
    """ "26 of the 31 municipalities", each number a span."""
    return fill(
        language.label("charts.positions.of_base"),
        value=number(*statement.printed(position, language)),
        count=number(statement.base_fact, language.decimal(statement.base_count)),
        base=language.label(f"charts.bases.{statement.base}"),
    )


def positions_alt(statements: Sequence[Statement], language: Language) -> str:
    """What the chart shows, the finding, and where agreement is least and doubt is most."""
    alt = "alt_one" if len(statements) == 1 else "alt"
    bases = list(dict.fromkeys(statement.base for statement in statements))
    sentences = [
        language.label(f"charts.positions.{alt}").format(
            count=language.decimal(len(statements)),
            bases=join([language.label(f"charts.bases.{base}") for base in bases], language),
        ),
        plain(positions_title(statements, language)),
    ]
    if len(statements) > 1:
        sentences += _extra(statements, "agree", False, language)
    sentences += _extra(statements, "dont_know", True, language)
    return " ".join(sentences)


def _extra(
    statements: Sequence[Statement], position: str, most: bool, language: Language
) -> list[str]:
    found = extremes(statements, position, most)
    if not found or (most and found[0].share(position) == 0):
        return []
    key = f"charts.positions.alt_{'most' if most else 'least'}_{position}"
    share = _of_base(found[0], position, language)
    return [plain(fill(language.label(key), labels=_quote(found, language), share=share))]
