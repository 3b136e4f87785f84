"""Numbers for headings and exhibits, texts for references, one id for each printed number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from analysis.language.words import Language
from analysis.report.model import Document, Part
from analysis.report.spans import EXHIBITS, Block, Span, span_lists, spans_of

SENTENCE_END = re.compile(r"[.!?:]\s+$")


def letter(position: int) -> str:
    """The letter of an appendix: A for the first. Raises ValueError outside A to Z."""
    if not 1 <= position <= 26:
        raise ValueError(f"no letter for appendix {position}")
    return chr(ord("A") + position - 1)


def number_document(document: Document) -> None:
    """Number everything in `document`, in place."""
    words = document.words
    targets: dict[str, str] = {}
    counts = dict.fromkeys(EXHIBITS, 0)
    for part in document.parts:
        _number_headings(part, targets, words)
        for block in part.blocks:
            if block["kind"] in EXHIBITS:
                kind = block["kind"]
                counts[kind] += 1
                block["number"] = str(counts[kind])
                block["label"] = f"{words.label(f'report.labels.{kind}')} {counts[kind]}"
                targets[block["id"]] = block["label"]
    for block in document.blocks():
        for spans in span_lists(block):
            _resolve_references(spans, targets, words)
    _number_numbers(document)


def _number_headings(part: Part, targets: dict[str, str], words: Language) -> None:
    second = third = 0
    for block in part.blocks:
        if block["kind"] != "heading":
            continue
        if block["level"] == 1:
            block["label"] = part.label
            kind = "appendix" if part.appendix else "chapter"
        elif block["level"] == 2:
            second, third = second + 1, 0
            block["label"] = f"{part.label}.{second}"
            kind = "section"
        else:
            third += 1
            block["label"] = f"{part.label}.{second}.{third}"
            kind = "section"
        targets[block["id"]] = f"{words.label(f'report.labels.{kind}')} {block['label']}"


def _resolve_references(spans: list[Span], targets: dict[str, str], words: Language) -> None:
    """Give every `ref` its text: "figuur 1", with a capital where a sentence starts."""
    before = ""
    for span in spans:
        if span["t"] == "ref":
            text = targets.get(span["to"])
            span["found"] = text is not None
            text = text or words.label("report.labels.elsewhere")
            starts = not before.strip() or SENTENCE_END.search(before)
            span["v"] = text[:1].upper() + text[1:] if starts else text[:1].lower() + text[1:]
        before += str(span["v"])


def _number_numbers(document: Document) -> None:
    """Make the ids of printed numbers unique and complete their ledger rows."""
    known = {span["id"] for block in document.blocks() for span in _numbers_in(block)}
    known |= {key for block in document.blocks() for key in block["numbers"]}
    used: set[str] = set()
    for block in document.front:
        _number_block(block, "", known, used)
    for part in document.parts:
        for block in part.blocks:
            _number_block(block, part.key, known, used)


def _numbers_in(block: Block) -> Iterator[Span]:
    return (span for span in spans_of(block) if span["t"] == "num")


def _number_block(block: Block, chapter: str, known: set[str], used: set[str]) -> None:
    given = block["numbers"] | ((block.get("table") or {}).get("numbers") or {})
    exhibit = block["id"] if block["kind"] in EXHIBITS else ""
    place = {"chapter": chapter, "exhibit": exhibit} | block["origin"]
    printed = {span["id"] for span in _numbers_in(block)}
    rows: dict[str, dict[str, Any]] = {}

    def take(key: str, extra: dict[str, Any]) -> str:
        unique = _unique(key, known, used)
        rows[unique] = given[key] | place | extra | {"id": unique}
        return unique

    if block["kind"] == "figure":
        for key in block["numbers"]:
            if key not in printed:
                take(key, {"drawn": True})
    for span in _numbers_in(block):
        span["id"] = take(span["id"], {"printed": span["v"], "drawn": False})
    block["numbers"] = rows
    if block.get("table"):
        block["table"]["numbers"] = {}


def _unique(key: str, known: set[str], used: set[str]) -> str:
    """`key` at its first print, `key.2` at the second; never the id of another fact."""
    unique, count = key, 1
    while unique in used or (count > 1 and unique in known):
        count += 1
        unique = f"{key}.{count}"
    used.add(unique)
    return unique
