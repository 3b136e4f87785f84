"""What blocks must look like. Every check returns sentences; none stops at the first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from analysis.report.collect import Bundle
from analysis.report.model import Document, Part
from analysis.report.spans import EXHIBITS, Block, Span, span_lists

FIELDS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "heading": {"level": int, "id": str, "text": list},
    "paragraph": {"role": str, "text": list},
    "list": {"items": list},
    "table": {"id": str, "title": list, "columns": list, "rows": list},
    "figure": {"id": str, "title": list, "svg": dict},
}
SPAN_FIELDS = {
    "text": ("v",),
    "strong": ("v",),
    "em": ("v",),
    "num": ("id", "v"),
    "ref": ("to",),
    "cite": ("v",),
    "code": ("v",),
    "link": ("v", "href"),
}
WITHOUT_DIGITS = ("text", "strong", "em")
ROLES = ("body", "lead", "note", "banner")
ALIGNMENTS = ("left", "right", "center")
ROW_MARKS = ("", "broken", "total")
PROVENANCES = ("published", "measured", "reconstructed", "simulated")
SAFE_LINK = re.compile(r"(https?://|mailto:|#|[\w./-]+(#|$))", re.IGNORECASE)


def check_bundle(bundle: Bundle, language: str, parts: tuple[str, ...]) -> list[str]:
    """The problems in the shape of one cell's blocks."""
    problems = []
    if bundle.part not in parts:
        problems.append(
            f"{bundle.place}: there is no part {bundle.part!r}; allowed: {', '.join(parts)}"
        )
    if bundle.language != language:
        problems.append(
            f"{bundle.place}: the blocks are in {bundle.language!r}, the document in {language!r}"
        )
    for position, block in enumerate(bundle.blocks, start=1):
        place = f"{bundle.place}, block {position}"
        problems += [f"{place}: {problem}" for problem in check_block(block)]
    return problems


def check_block(block: Block) -> Iterator[str]:
    """The problems in the shape of one block."""
    kind = block.get("kind")
    if kind not in FIELDS:
        yield f"unknown kind of block {kind!r}; allowed: {', '.join(FIELDS)}"
        return
    wrong = [key for key, kinds in FIELDS[kind].items() if not isinstance(block.get(key), kinds)]
    if wrong:
        yield f"a {kind} needs {', '.join(wrong)}"
        return
    if "id" in FIELDS[kind] and not re.fullmatch(r"[^\s\"'<>]+", block["id"]):
        yield f"the id {block['id']!r} is empty or holds a space or quote"
    if kind in EXHIBITS and block.get("provenance") not in PROVENANCES:
        yield (
            f"{kind} {block['id']}: unknown provenance {block.get('provenance')!r}; "
            f"allowed: {', '.join(PROVENANCES)}"
        )
    special = {"heading": _heading, "paragraph": _paragraph, "table": _table, "figure": _figure}
    if kind in special:
        problems = list(special[kind](block))
        yield from problems
        if problems:
            return
    numbers = block["numbers"] | ((block.get("table") or {}).get("numbers") or {})
    for spans in span_lists(block):
        for span in spans:
            yield from _check_span(span, numbers)


def _heading(block: Block) -> Iterator[str]:
    if block["level"] not in (1, 2, 3):
        yield f"heading {block['id']}: level {block['level']} is not 1, 2 or 3"


def _paragraph(block: Block) -> Iterator[str]:
    if block["role"] not in ROLES:
        yield f"unknown role of a paragraph {block['role']!r}; allowed: {', '.join(ROLES)}"


def _table(block: Block) -> Iterator[str]:
    name = f"table {block.get('id', '')}".strip()
    columns, rows = block["columns"], block["rows"]
    if not columns:
        yield f"{name}: no columns"
    for column in columns:
        if column.get("align", "left") not in ALIGNMENTS:
            yield f"{name}: unknown alignment {column['align']!r}"
    for position, row in enumerate(rows, start=1):
        if len(row) != len(columns):
            yield f"{name}: row {position} has {len(row)} cells, there are {len(columns)} columns"
    marks = block.get("row_marks") or []
    if marks and len(marks) != len(rows):
        yield f"{name}: {len(marks)} row marks for {len(rows)} rows"
    for mark in sorted(set(marks) - set(ROW_MARKS)):
        yield f"{name}: unknown row mark {mark!r}; allowed: {', '.join(ROW_MARKS[1:])}"


def _figure(block: Block) -> Iterator[str]:
    if not str(block.get("alt") or "").strip():
        yield f"figure {block['id']}: no alternative text (alt)"
    for size, svg in block["svg"].items():
        if size not in ("page", "phone") or "<svg" not in str(svg):
            yield f"figure {block['id']}: the picture {size!r} is not an SVG for page or phone"
    if "page" not in block["svg"]:
        yield f"figure {block['id']}: no picture for the page"
    table = block.get("table")
    if table is not None:
        if not isinstance(table.get("columns"), list) or not isinstance(table.get("rows"), list):
            yield f"figure {block['id']}: its table needs columns and rows"
        else:
            yield from (f"figure {block['id']}: {problem}" for problem in _table(table))


def _check_span(span: Span, numbers: dict[str, Any]) -> Iterator[str]:
    kind = span.get("t")
    if kind not in SPAN_FIELDS:
        yield f"unknown kind of span {kind!r} in {span!r}"
        return
    wrong = [key for key in SPAN_FIELDS[kind] if not isinstance(span.get(key), str)]
    if wrong:
        yield f"a {kind} span needs {', '.join(wrong)} as text: {span!r}"
    elif kind in WITHOUT_DIGITS and any(character.isdigit() for character in span["v"]):
        yield f"a digit in the text {span['v']!r}; a number must be a num span with a ledger row"
    elif kind == "num" and span["id"] not in numbers:
        yield f"the number {span['v']!r} has no ledger row {span['id']!r}"
    elif kind == "num" and not re.fullmatch(r"[^\s\"'<>]+", span["id"]):
        yield f"the number id {span['id']!r} is empty or holds a space or quote"
    elif kind == "link" and not SAFE_LINK.match(span["href"]):
        yield f"the link {span['href']!r} is not a web, mail or file address"


def check_document(document: Document, *, strict: bool) -> list[str]:
    """The problems between blocks: headings out of order, ids used twice, refs to nowhere.

    When not `strict`, references may point outside the document.
    """
    problems = [problem for part in document.parts for problem in _check_headings(part)]
    places: dict[str, str] = {}
    for block in document.blocks():
        if "id" in block:
            if block["id"] in places:
                problems.append(
                    f"{_place(block)}: the id {block['id']!r} is used before, in "
                    f"{places[block['id']]}"
                )
            places.setdefault(block["id"], _place(block))
    if strict:
        problems += _check_references(document, places)
    for block in document.blocks():
        for key in block["numbers"]:
            if key in places:
                problems.append(
                    f"{_place(block)}: the number {key!r} has the id of something in {places[key]}"
                )
    return problems


def _place(block: Block) -> str:
    origin = block["origin"]
    return f"notebook {origin['notebook']}, cell {origin['cell']}"


def _check_headings(part: Part) -> Iterator[str]:
    first = part.blocks[0]
    if first["kind"] != "heading" or first["level"] != 1:
        yield f"{_place(first)}: part {part.key!r} does not start with a heading of level 1"
    above = 1
    for block in part.blocks[1:]:
        if block["kind"] != "heading":
            continue
        if block["level"] == 1:
            yield (
                f"{_place(block)}: heading {block['id']!r} is a second heading of level 1 in "
                f"part {part.key!r}; a part has one, use level 2"
            )
        elif block["level"] > above + 1:
            yield f"{_place(block)}: heading {block['id']!r} of level 3 has no level 2 above it"
        above = block["level"]


def _check_references(document: Document, places: dict[str, str]) -> Iterator[str]:
    for block in document.blocks():
        for spans in span_lists(block):
            for span in spans:
                if span["t"] == "ref" and span["to"] not in places:
                    yield f"{_place(block)}: a reference to {span['to']!r}, which is nowhere"
