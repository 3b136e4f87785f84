"""Statements and the positions taken on them, as a likert chart needs them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.language.words import Language
from analysis.report.charts.findings import Bounds, find_least, find_most
from analysis.report.charts.picture import (
    answered,
    literal,
    number,
    optional,
    sibling,
    stars,
)
from analysis.report.spans import Span, Text, fill, join, plain_text, text

POSITIONS = ("disagree", "neutral", "agree", "dont_know", "not_printed")
HEADLINE = ("agree", "disagree")
NAMED_AT_MOST = 2
PLACES = 6


@dataclass(frozen=True)
class Part:
    """One position on one statement. `count` may be unknown (NaN) where only a share is.

    `low` and `high` are counts, NaN where the count is exact.
    """

    position: str
    fact: str
    count: float
    share: float
    low: float
    high: float
    star: str

    @property
    def ranged(self) -> bool:
        """Whether the count is known only to lie between two others."""
        return self.low < self.high


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
    reconstructed: bool = False

    def share(self, position: str) -> float:
        """Percentage that takes `position`; zero when it is empty or not known."""
        return self.parts[position].share if position in self.parts else 0.0

    def ranged(self, position: str) -> bool:
        """Whether the number at `position` is known only within a range."""
        return position in self.parts and self.parts[position].ranged

    def occurs(self, position: str) -> bool:
        """Whether `position` is taken, or may be, by someone."""
        return self.share(position) > 0 or self.ranged(position)

    def bounds(self, position: str) -> Bounds:
        """The lowest and the highest percentage that can take `position`.

        One that is not known takes at most what the known positions leave.
        """
        if position not in self.parts:
            known = [p for p in self.parts.values() if p.position != "not_printed"]
            taken = sum(self.bounds(part.position)[0] for part in known)
            return 0.0, max(round(100 - taken, PLACES), 0.0)
        part = self.parts[position]
        if not part.ranged:
            return (round(part.share, PLACES),) * 2
        low, high = (100 * edge / self.base_count for edge in (part.low, part.high))
        return round(low, PLACES), round(high, PLACES)

    def printed(self, position: str, language: Language, *, short: bool = False) -> tuple[str, str]:
        """Fact and text: a count of municipalities, or a percentage of respondents.

        A number within a range is printed as that range, in signs instead of words if `short`.
        """
        part = self.parts[position]
        if self.base == "municipalities" and not math.isnan(part.count):
            kind, value, whole, written = "count", part.count, self.base_count, language.decimal
        else:
            kind, value, whole, written = "share", part.share, 100, language.percent
        fact = _counted_as(part.fact, kind)
        if not part.ranged:
            return fact, written(value)
        edges = (part.low, part.high) if kind == "count" else self.bounds(position)
        return fact, language.span(*edges, whole, written, short=short)

    def silent(self, position: str) -> bool:
        """Whether the drawing leaves the number of `position` out.

        The share of respondents whose position is not printed is no result; and where another
        number is known only within a range, so is what it leaves.
        """
        if position != "not_printed":
            return False
        rest = any(part.ranged for part in self.parts.values()) and not self.ranged(position)
        return rest or self.base != "municipalities"


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
        reconstructed=first["provenance"] == "reconstructed",
    )


def _part(row: dict, marks: dict[str, str]) -> Part:
    count, share = float(row["count"]), float(row["share_percent"])
    low, high = (float(optional(row, edge, "nan")) for edge in ("low", "high"))
    if math.isnan(share):
        share = 100 * count / float(row["base_count"])
    fact = str(row["fact"])
    return Part(str(row["position"]), fact, count, share, low, high, marks.get(fact, ""))


# What the chart shows, in words


@dataclass(frozen=True)
class Extreme:
    """The statements on which a position is taken most or least, and how firmly (`Finding`)."""

    position: str
    kind: str
    statements: list[Statement]

    @property
    def compares(self) -> bool:
        """Whether it is a superlative."""
        return self.kind != "alone"


def comparable(statements: Sequence[Statement]) -> list[Statement]:
    """The statements on the most frequent base: extremes are sought among these only."""
    base = Counter(statement.base for statement in statements).most_common(1)[0][0]
    return [statement for statement in statements if statement.base == base]


def find_extreme(
    statements: Sequence[Statement], position: str, most: bool = True
) -> Extreme | None:
    """The comparable statements on which `position` is taken most (or least) often."""
    compared = comparable(statements)
    places = [
        place
        for place, statement in enumerate(compared)
        if position in statement.parts and (statement.occurs(position) or not most)
    ]
    bounds = [statement.bounds(position) for statement in compared]
    found = (find_most if most else find_least)(bounds, places)
    if found is None:
        return None
    return Extreme(position, found.kind, [compared[place] for place in found.places])


def _headline(statements: Sequence[Statement]) -> list[Extreme]:
    """What the title tells of agreement and disagreement: the firmest that can be said.

    A superlative is never given twice for the same statements, only the larger one.
    """
    extremes = [find_extreme(statements, position) for position in HEADLINE]
    found = [extreme for extreme in extremes if extreme is not None]
    kinds = {extreme.kind for extreme in found}
    firmest = next((kind for kind in ("sure", "exact", "alone") if kind in kinds), "")
    found = [extreme for extreme in found if extreme.kind == firmest]
    if len(found) > 1 and found[0].compares and found[0].statements == found[1].statements:
        return [max(found, key=lambda extreme: extreme.statements[0].share(extreme.position))]
    return found


def positions_title(statements: Sequence[Statement], language: Language) -> list[Span]:
    """The finding: on which statement most agree, and on which most disagree."""
    found = _headline(statements)
    if not found:
        kind = "one" if len(statements) == 1 else "many"
        return text(language.label(f"charts.positions.none_{kind}"))
    return _sentence(found, language)


def _sentence(found: Sequence[Extreme], language: Language, degree: str = "most") -> list[Span]:
    """One sentence on extremes of the same kind."""
    if not found[0].compares:
        return _plain_sentence(found, language)
    which = "_".join(extreme.position for extreme in found)
    values: dict[str, Text] = {}
    for extreme in found:
        first = extreme.statements[0]
        values[extreme.position] = _quote(extreme.statements, language)
        values[f"{extreme.position}_share"] = _of_base(first, extreme.position, language)
    return fill(language.label(f"charts.positions.{found[0].kind}.{degree}_{which}"), **values)


def _plain_sentence(found: Sequence[Extreme], language: Language) -> list[Span]:
    """ "‘Statement’: 9 of the 31 municipalities agree, 5 disagree." """
    spans: list[Span] = []
    for before, extreme in zip([None, *found], found, strict=False):
        statement, position = extreme.statements[0], extreme.position
        answer = language.label(f"charts.positions.{position}")
        if before is not None and before.statements == extreme.statements:
            share = [number(*statement.printed(position, language))]
            spans += text(", ")
        else:
            share = _of_base(statement, position, language)
            spans += text("; ") if spans else []
            spans += [*_quote([statement], language), *text(": ")]
        spans += fill(language.label("charts.positions.answer"), share=share, answer=answer)
    return [*spans, *text(".")]


def _quote(statements: Sequence[Statement], language: Language) -> list[Span]:
    """The statements in quotation marks; beyond a few, the rest in one word."""
    quote = language.label("charts.quote")
    names: list[Text] = [
        fill(quote, text=literal(statement.short)) for statement in statements[:NAMED_AT_MOST]
    ]
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
    """What the chart shows, the findings, and where agreement is least and doubt is most."""
    alt = "alt_one" if len(statements) == 1 else "alt"
    bases = list(dict.fromkeys(statement.base for statement in statements))
    sentences = [
        language.label(f"charts.positions.{alt}").format(
            count=language.decimal(len(statements)),
            bases=plain_text(join([language.label(f"charts.bases.{b}") for b in bases], language)),
        ),
        plain_text(positions_title(statements, language)),
    ]
    told = [extreme.position for extreme in _headline(statements)]
    rest = [find_extreme(statements, p) for p in (*HEADLINE, "dont_know") if p not in told]
    found = [extreme for extreme in rest if extreme is not None]
    sentences += [plain_text(_sentence([one], language)) for one in found if one.compares]
    least = find_extreme(statements, "agree", most=False)
    if least is not None and least.compares:
        sentences.append(plain_text(_sentence([least], language, "least")))
    if alone := [extreme for extreme in found if not extreme.compares]:
        sentences.append(plain_text(_sentence(alone, language)))
    if any(statement.ranged(position) for statement in statements for position in POSITIONS):
        sentences.append(language.label("charts.positions.alt_rough"))
    return " ".join(sentences)
