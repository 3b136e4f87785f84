"""Writing blocks: text from templates, numbers from facts, every number with its ledger row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.facts import COLUMNS as FACT_COLUMNS
from analysis.language.phrases import share_in_words
from analysis.language.words import Language
from analysis.report.charts.picture import Picture
from analysis.report.collect import MIME
from analysis.report.html import blocks_html
from analysis.report.ledger import COLUMNS as LEDGER_COLUMNS
from analysis.report.spans import (
    Block,
    Span,
    Text,
    fill,
    join,
    plain_text,
    span_lists,
    text,
)

LEDGER = tuple(column for column in LEDGER_COLUMNS if column in FACT_COLUMNS)


@dataclass(frozen=True)
class Blocks:
    """What a notebook cell shows: blocks of one part of the report."""

    part: str
    language: str
    blocks: list[Block]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        bundle = {"part": self.part, "language": self.language, "blocks": self.blocks}
        lines = [plain_text(spans) for block in self.blocks for spans in span_lists(block)]
        return {MIME: bundle, "text/html": blocks_html(bundle), "text/plain": "\n".join(lines)}


class Writer:
    """Writes in one language from one frame of facts.

    Numbers are spans made by `number`; each remembers its ledger row, which the block that
    shows it takes along.
    """

    def __init__(self, language: Language, facts: pd.DataFrame) -> None:
        self.language = language
        self.facts = facts
        self.rows: dict[str, dict[str, Any]] = {}

    # Numbers

    def has(self, key: str) -> bool:
        """Whether there is a fact with this key."""
        return key in self.facts.index

    def value(self, key: str) -> float:
        """The value of a fact. Raises KeyError without it."""
        return float(dict(self.facts.loc[key])["value"])

    def number(self, key: str, *, places: int | None = None, words: bool = False) -> Span:
        """A fact as it is printed: its value, its range where it is known so, or in `words`.

        `places` is the number of decimals (0 for counts and percentages, 1 for ratios).
        """
        fact = dict(self.facts.loc[key])
        if words:
            printed = share_in_words(fact["value"] / 100, self.language)
        elif fact["known"] == "range" and fact["low"] < fact["high"]:
            printed = self._range(fact, places)
        else:
            printed = self._format(fact["value"], fact["unit"], places)
        row = {column: fact[column] for column in LEDGER}
        return self._span(key, printed, row)

    def point(self, key: str, *, places: int | None = None) -> Span:
        """The value of a fact, also where it is known within a range."""
        fact = dict(self.facts.loc[key])
        printed = self._format(fact["value"], fact["unit"], places)
        return self._span(key, printed, {column: fact[column] for column in LEDGER})

    def base(self, key: str) -> Span:
        """The base of a fact: its denominator, as a number of its own."""
        fact = dict(self.facts.loc[key])
        row = {column: fact[column] for column in LEDGER}
        row |= dict.fromkeys(("numerator", "denominator", "low", "high"))
        row |= {"statistic": "base", "value": fact["denominator"], "unit": "count"}
        return self._span(f"{key}/base", self.language.decimal(fact["denominator"]), row)

    def interval(self, key: str, places: int = 0, *, short: bool = False) -> Span:
        """The interval of a fact as one number: "66 en 93%", or "66–93%" when `short`."""
        fact = dict(self.facts.loc[key])
        low, high = (self.language.decimal(fact[edge], places) for edge in ("low", "high"))
        form = "numbers.interval_short" if short else "numbers.interval"
        printed = self.language.label(form).format(low=low, high=high)
        return self._span(f"{key}/interval", printed, {column: fact[column] for column in LEDGER})

    def plain(
        self, subject: str, statistic: str, value: float, source: str, *, unit: str = "count",
        places: int | None = None, provenance: str = "published",
    ) -> Span:  # fmt: skip
        """A number that is no fact of the study: a line, a year, a setting, a count of rows."""
        row = dict.fromkeys(LEDGER, None) | {
            "subject": subject,
            "statistic": statistic,
            "value": value,
            "unit": unit,
            "provenance": provenance,
            "source": source,
        }
        printed = self._format(value, unit, places)
        return self._span(f"{subject}/{statistic}", printed, row)

    def _range(self, fact: Mapping[str, Any], places: int | None) -> str:
        """ "14–17"; "at least 14" up to the whole base, "at most 4" down from nothing."""
        whole = 100 if fact["unit"] == "percent" else fact["denominator"]
        return self.language.span(
            fact["low"], fact["high"], whole, lambda edge: self._format(edge, fact["unit"], places)
        )

    def _format(self, value: float, unit: str, places: int | None) -> str:
        if unit == "year":
            return f"{value:.0f}"
        if unit == "percent":
            return self.language.percent(value, places or 0)
        default = {"ratio": 1, "score": 1}.get(unit, 0)
        return self.language.decimal(value, default if places is None else places)

    def _span(self, key: str, printed: str, row: Mapping[str, Any]) -> Span:
        name = re.sub(r"[^\w./-]+", "-", key)
        self.rows[name] = {c: None if _absent(v) else v for c, v in row.items()}
        return {"t": "num", "id": name, "v": printed}

    # Text

    def say(self, key: str, **values: Text) -> list[Span]:
        """The template at `key` of the language, with `values` in its places.

        `{ref:ID}` becomes a reference. Raises KeyError for a place without a value.
        """
        return self.fill(self.language.label(key), **values)

    def fill(self, template: str, **values: Text) -> list[Span]:
        """`template` with `values` in the places between braces."""
        return fill(template, **values)

    def join(self, parts: Sequence[Text], word: str = "and") -> list[Span]:
        """ "a, b en c", or with `word` "or" "a, b of c"."""
        return join(parts, self.language, word)

    # Blocks

    def heading(self, level: int, name: str, title: Text, *, new_page: bool = False) -> Block:
        """A heading; `name` is its anchor. On paper it opens a `new_page` when asked to."""
        block: Block = {"kind": "heading", "level": level, "id": name, "text": text(title)}
        return self._block(block | ({"new_page": True} if new_page else {}))

    def paragraph(self, *parts: Text, role: str = "body") -> Block:
        """A paragraph of the given texts, with a space between them."""
        spans: list[Span] = []
        for part in parts:
            if spans and (more := text(part)):
                spans += [*text(" "), *more]
            else:
                spans += text(part)
        return self._block({"kind": "paragraph", "role": role, "text": spans})

    def list(self, items: Iterable[Text], *, ordered: bool = False) -> Block:
        """A list, one text per item."""
        spans = [text(item) for item in items]
        return self._block({"kind": "list", "ordered": ordered, "items": spans})

    def table(
        self, name: str, title: Text, columns: Sequence[tuple[Text, str]],
        rows: Sequence[Sequence[Text]], *, source: Text, provenance: str = "published",
        note: Text = "", marks: Sequence[str] = (),
    ) -> Block:  # fmt: skip
        """A table. `columns` are (label, alignment); the first cell of a row is its heading."""
        table: Block = {
            "kind": "table",
            "id": name,
            "title": text(title),
            "columns": [{"label": text(label), "align": align} for label, align in columns],
            "rows": [[text(cell) for cell in row] for row in rows],
            "note": text(note),
            "source": text(source),
            "provenance": provenance,
        }
        if marks:
            table["row_marks"] = list(marks)
        return self._block(table)

    def figure(
        self, name: str, picture: Picture, *, source: Text, provenance: str,
        table: Block | None = None, note: Text = "",
    ) -> Block:  # fmt: skip
        """A chart with its title, its alternative text and the table of its data."""
        title = [self.number_drawn(s["fact"], s["v"]) if s["t"] == "num" else s
                 for s in picture.title]  # fmt: skip
        block = self._block(
            {
                "kind": "figure",
                "id": name,
                "title": title,
                "alt": picture.alt,
                "svg": {"page": picture.svg_page, "phone": picture.svg_phone},
                "table": table,
                "note": text(note),
                "source": text(source),
                "provenance": provenance,
            }
        )
        for key, printed in picture.printed:
            drawn = self.number_drawn(key, printed)
            block["numbers"][drawn["id"]] = self.rows[drawn["id"]] | {"printed": printed}
        return block

    def number_drawn(self, key: str, printed: str) -> Span:
        """A fact that a chart printed itself, with the text as drawn."""
        fact = dict(self.facts.loc[key])
        return self._span(key, printed, {column: fact[column] for column in LEDGER})

    def _block(self, block: Block) -> Block:
        block["numbers"] = {
            span["id"]: self.rows[span["id"]]
            for spans in span_lists(block)
            for span in spans
            if span["t"] == "num"
        }
        return block

    def blocks(self, part: str, blocks: Iterable[Block]) -> Blocks:
        """The blocks of one part of the report, for a cell to show."""
        return Blocks(part, self.language.code, list(blocks))


def _absent(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value)  # noqa: PLR0124
