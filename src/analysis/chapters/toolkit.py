"""What the documents hand to practice: tools, answers to objections, questions and tips."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.chapters.synthesis_words import SynthesisWords
from analysis.evidence.register import ADVICE
from analysis.raw.tables import rows
from analysis.report.spans import Block, Text

TOOL, ARGUMENT, ANSWER, BLOCK, TOPIC = (
    "tool",
    "argument",
    "counter_argument",
    "building_block",
    "topic",
)
# The collection whose advice is given to everybody: tips.
FRAMEWORK = "framework"


def toolkit_blocks(chapter: SynthesisWords) -> list[Block]:
    """The section on tools; nothing where the documents hold none."""
    counted = chapter.data.counted
    tips = counted[(counted["kind"] == ADVICE) & (counted["case"] == FRAMEWORK)]
    blocks = [
        *_listed(chapter, "tools", _of_kind(chapter, TOOL)),
        *_arguments(chapter),
        *_listed(chapter, "building_blocks", _of_kind(chapter, BLOCK)),
        *_listed(chapter, "topics", _of_kind(chapter, TOPIC)),
        *_listed(chapter, "tips", tips),
    ]
    if not blocks:
        return []
    heading = chapter.label("synthesis.toolkit.heading")
    w = chapter.writer
    opening = w.paragraph(chapter.label("synthesis.toolkit.opening"))
    return [w.heading(2, "synthesis-toolkit", heading, new_page=True), opening, *blocks]


def _of_kind(chapter: SynthesisWords, kind: str) -> pd.DataFrame:
    counted = chapter.data.counted
    return counted[counted["kind"] == kind]


def _listed(chapter: SynthesisWords, name: str, found: pd.DataFrame) -> Iterator[Block]:
    """What a document numbers, as a table per section; then the rest as a list."""
    numbered, others = found[found["number"].notna()], found[found["number"].isna()]
    for position, section in enumerate(dict.fromkeys(numbered["section"]), start=1):
        part = numbered[numbered["section"] == section].sort_values("number")
        ending = f"-{position}" if position > 1 else ""
        yield _table(chapter, name, f"table-synthesis-{name}{ending}", part)
    if len(others):
        w, ordered = chapter.writer, others.sort_values(["year", "source", "line"])
        yield w.paragraph(chapter.label(f"synthesis.toolkit.{name}.others"))
        yield w.list([chapter.placed("synthesis.placed", row) for row in rows(ordered)])


def _table(chapter: SynthesisWords, name: str, key: str, part: pd.DataFrame) -> Block:
    """Number, what it is, and where it stands."""
    known = chapter.data.sections.set_index("section")[f"label_{chapter.words.code}"]
    section = str(part["section"].iloc[0])
    title = chapter.label(f"synthesis.toolkit.{name}.title")
    if section in known.index:
        title = chapter.label("synthesis.toolkit.section").format(
            title=title, section=known[section]
        )
    heads = ("synthesis.columns.number", f"synthesis.toolkit.{name}.column")
    columns = [(chapter.label(heads[0]), "right"), (chapter.label(heads[1]), "left")]
    return chapter.writer.table(
        key,
        title,
        [*columns, (chapter.label("synthesis.columns.place"), "left")],
        [_row(chapter, row) for row in rows(part)],
        source=chapter.sources(*dict.fromkeys(part["file"])),
        provenance=chapter.provenance,
    )


def _row(chapter: SynthesisWords, row: Any) -> list[Text]:
    return [_number(chapter, row), chapter.summary(row), chapter.place(row)]


def _number(chapter: SynthesisWords, row: Any) -> Text:
    """The number that a fragment has in its document."""
    source = row.source if math.isnan(row.line) else f"{row.source}:{row.line:.0f}"
    return chapter.writer.plain(f"fragment/{row.id}", "number", row.number, source)


def _arguments(chapter: SynthesisWords) -> Iterator[Block]:
    """Numbered objections beside what the researchers answer; then objections without answer."""
    w = chapter.writer
    arguments, answers = _of_kind(chapter, ARGUMENT), _of_kind(chapter, ANSWER)
    numbered = arguments[arguments["number"].notna()].sort_values(["source", "number"])
    if len(numbered):
        columns = [(chapter.label("synthesis.columns.number"), "right")]
        columns += [
            (chapter.label(f"synthesis.toolkit.arguments.{name}"), "left")
            for name in ("column", "answer")
        ]
        columns.append((chapter.label("synthesis.columns.place"), "left"))
        yield w.table(
            "table-synthesis-arguments",
            w.say("synthesis.toolkit.arguments.title"),
            columns,
            [_answered(chapter, row, answers) for row in rows(numbered)],
            source=chapter.sources(*dict.fromkeys(numbered["file"])),
            provenance=chapter.provenance,
        )
    others = arguments[arguments["number"].isna()].sort_values(["year", "source", "line"])
    if len(others):
        opening = chapter.either("synthesis.toolkit.arguments.others", len(others))
        yield w.paragraph(opening)
        yield w.list([chapter.placed("synthesis.placed", row) for row in rows(others)])


def _answered(chapter: SynthesisWords, row: Any, answers: pd.DataFrame) -> list[Text]:
    found = answers[(answers["number"] == row.number) & (answers["source"] == row.source)]
    replies = list(rows(found.sort_values("line", kind="stable")))
    told = chapter.sentences([chapter.summary(reply) for reply in replies])
    places: list[Text] = [chapter.place(row)]
    lines = {reply.line: chapter.line(reply) for reply in replies if reply.line != row.line}
    return [
        _number(chapter, row),
        chapter.summary(row),
        told or chapter.label("cases.none"),
        chapter.semicolons([*places, *lines.values()]),
    ]
