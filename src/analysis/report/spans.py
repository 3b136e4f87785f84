"""Walking through blocks: their spans, in the order in which a reader meets them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Span = dict[str, Any]
Block = dict[str, Any]

EXHIBITS = ("figure", "table")
MARKED_PROVENANCE = ("reconstructed", "simulated")


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


def plain_text(spans: list[Span]) -> str:
    """The text of `spans` without any mark-up."""
    return "".join(str(span.get("v", "")) for span in spans)


def is_marked(block: Block) -> bool:
    """Whether `block` is an exhibit that must say where its numbers come from."""
    return block.get("kind") in EXHIBITS and block.get("provenance") in MARKED_PROVENANCE
