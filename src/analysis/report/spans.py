"""Spans: making text of them, and walking through those of a block as a reader meets them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from analysis.language.words import Language

Span = dict[str, Any]
Block = dict[str, Any]
Text = str | Span | Sequence[Span]

PLACEHOLDER = re.compile(r"\{([\w:-]+)\}")
DIGIT = re.compile(r"\d")

EXHIBITS = ("figure", "table")
MARKED_PROVENANCE = ("reconstructed", "simulated")


def text(value: Text) -> list[Span]:
    """`value` as spans. Plain text that holds a digit is an error: numbers come from facts."""
    if isinstance(value, str):
        if DIGIT.search(value):
            raise ValueError(f"a digit in plain text: {value!r}")
        return [{"t": "text", "v": value}] if value else []
    return [value] if isinstance(value, dict) else list(value)


def fill(template: str, **values: Text) -> list[Span]:
    """`template` with `values` in the places between braces; `{ref:ID}` becomes a reference.

    Raises KeyError for a place without a value.
    """
    spans: list[Span] = []
    for index, part in enumerate(PLACEHOLDER.split(template)):
        if index % 2 == 0:
            spans += text(part)
        elif part.startswith("ref:"):
            spans.append({"t": "ref", "to": part[4:]})
        else:
            spans += text(values[part])
    return spans


def join(parts: Sequence[Text], language: Language, word: str = "and") -> list[Span]:
    """ "a, b and c" in the words of the language; `word` may be `or`."""
    spans: list[Span] = []
    for index, part in enumerate(parts):
        if index:
            last = index == len(parts) - 1
            spans += text(f" {language.label(f'phrases.{word}')} " if last else ", ")
        spans += text(part)
    return spans


def span_lists(block: Block) -> Iterator[list[Span]]:
    """Every list of spans that is shown of `block`, in reading order.

    Of a figure's data table only the columns and rows are shown.
    """
    kind = block.get("kind")
    if kind in ("heading", "paragraph"):
        yield block.get("text") or []
    elif kind == "list":
        yield from block.get("items") or []
    elif kind in EXHIBITS:
        yield block.get("title") or []
        grid = block if kind == "table" else block.get("table") or {}
        for column in grid.get("columns") or []:
            yield column.get("label") or []
        for row in grid.get("rows") or []:
            yield from row
        yield block.get("note") or []
        yield block.get("source") or []


def spans_of(block: Block) -> Iterator[Span]:
    """Every span in `block`, in reading order."""
    for spans in span_lists(block):
        yield from spans


def plain_text(spans: Sequence[Span]) -> str:
    """The text of `spans` without any mark-up."""
    return "".join(str(span.get("v", "")) for span in spans)


def is_marked(block: Block) -> bool:
    """Whether `block` is an exhibit that must say where its numbers come from."""
    return block.get("kind") in EXHIBITS and block.get("provenance") in MARKED_PROVENANCE


def cite(value: str) -> Span:
    """Literal text of a source, which may hold digits."""
    return {"t": "cite", "v": value}


def code(value: str) -> Span:
    """A file name or an identifier."""
    return {"t": "code", "v": value}
