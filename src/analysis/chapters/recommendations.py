"""Appendix: every recommendation, to whom it is directed, and what bears on it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.chapters.case_words import lower
from analysis.chapters.synthesis_words import ANYONE, RECOMMENDATIONS, SynthesisWords
from analysis.evidence.synthesis import item_evidence
from analysis.facts import fact_key
from analysis.raw.tables import rows
from analysis.report.spans import Block, Span, Text, cite, code, text

COLUMNS = ("recommendation", "addressee", "about", "bearing")


def register_blocks(chapter: SynthesisWords) -> list[Block]:
    """The register: how many there are, and a table per document, newest study first."""
    w, register = chapter.writer, chapter.study.recommendations
    heading = w.heading(1, RECOMMENDATIONS, chapter.label("synthesis.register.heading"))
    if register.empty:
        return [heading, w.paragraph(chapter.label("synthesis.register.empty"))]
    opening = chapter.counting("synthesis.register.opening", _key("all", "all"))
    kinds = [
        chapter.counting(f"synthesis.register.kinds.{kind}", _key("all", kind))
        for kind in dict.fromkeys(register["kind"])
    ]
    return [
        heading,
        w.paragraph(opening, w.say("synthesis.register.of_kinds", kinds=w.join(kinds))),
        w.paragraph(chapter.label("synthesis.register.reading")),
        *_tables(chapter, register),
    ]


def _key(subject: str, statistic: str) -> str:
    return fact_key("recommendations", subject, "", "", "", statistic)


def _tables(chapter: SynthesisWords, register: pd.DataFrame) -> Iterator[Block]:
    w = chapter.writer
    documents = register.drop_duplicates(["year", "source"]).sort_values(
        "year", ascending=False, kind="stable"
    )
    for position, document in enumerate(rows(documents), start=1):
        part = register[
            (register["year"] == document.year) & (register["source"] == document.source)
        ]
        numbered = bool(part["number"].notna().any())
        places = ("number", "line") if numbered else ("line",)
        columns = [(chapter.label(f"synthesis.register.columns.{n}"), "right") for n in places]
        columns += [(chapter.label(f"synthesis.register.columns.{n}"), "left") for n in COLUMNS]
        yield w.table(
            f"table-recommendations-{position}",
            _title(chapter, document),
            columns,
            [_row(chapter, row, numbered=numbered) for row in rows(part)],
            source=chapter.evidence_sources(),
            provenance=_provenance(chapter, part),
            note=chapter.label("synthesis.register.note"),
        )


def _title(chapter: SynthesisWords, document: Any) -> list[Span]:
    """The document by its mark and its file."""
    name, mark = code(document.source), chapter.marks.get(document.source, "")
    if mark in ("", document.source):
        return chapter.writer.say("synthesis.register.title_plain", document=name)
    return chapter.writer.say("synthesis.register.title", mark=cite(mark), document=name)


def _provenance(chapter: SynthesisWords, part: pd.DataFrame) -> str:
    """As firm as the survey's answers that are shown; that of the fragments without any."""
    shown = any(_evidence(chapter, row) for row in rows(part))
    return chapter.provenance_of() if shown else chapter.provenance


def _row(chapter: SynthesisWords, row: Any, *, numbered: bool) -> list[Text]:
    labels = [chapter.labels("addressees")[name] for name in row.addressees if name != ANYONE]
    named: list[Text] = [lower(label) if n else label for n, label in enumerate(labels)]
    line = chapter.label("cases.none") if math.isnan(row.line) else cite(f"{row.line:.0f}")
    cells: list[Text] = [
        line,
        chapter.sentences([chapter.summary(row), _repeated(chapter, row)]),
        chapter.writer.join(named) or chapter.label("cases.none"),
        _about(chapter, row),
        _bearing(chapter, row),
    ]
    return [_number(chapter, row), *cells] if numbered else cells


def _repeated(chapter: SynthesisWords, row: Any) -> Text:
    """Where the documents say it again."""
    fragments = chapter.data.fragments
    again = fragments[fragments["id"].isin(list(row.repeated))]
    if again.empty:
        return ""
    places: list[Text] = [chapter.place(fragment) for fragment in rows(again)]
    return chapter.writer.say("synthesis.register.repeated", places=chapter.semicolons(places))


def _number(chapter: SynthesisWords, row: Any) -> Text:
    """The number that the document gives it, where there is one."""
    if math.isnan(row.number):
        return chapter.label("cases.none")
    source = row.source if math.isnan(row.line) else f"{row.source}:{row.line:.0f}"
    return chapter.writer.plain(f"fragment/{row.id}", "number", row.number, source)


def _about(chapter: SynthesisWords, row: Any) -> list[Span]:
    """The theme, and the points that it is about."""
    w = chapter.writer
    theme = chapter.labels("themes")[row.theme]
    if not row.points:
        return text(theme)
    labels: list[Text] = [
        lower(chapter.frame.points[point].label(chapter.words.code)) for point in row.points
    ]
    return w.say("synthesis.register.about", theme=theme, points=chapter.semicolons(labels))


def _bearing(chapter: SynthesisWords, row: Any) -> Text:
    """How many fragments speak for and against, from how many documents, and which answers."""
    w, subject = chapter.writer, f"item.{row.id}"
    told: list[Text] = []
    if row.supporting or row.contradicting:
        numbers = {
            name: w.number(_key(subject, name))
            for name in ("supporting", "contradicting", "documents")
        }
        many = "one" if chapter.value(_key(subject, "documents")) == 1 else "many"
        told.append(w.say(f"synthesis.register.fragments.{many}", **numbers))
    if answers := list(chapter.answers(_evidence(chapter, row), short=True)):
        told.append(w.say("synthesis.register.answers", answers=chapter.semicolons(answers)))
    return chapter.sentences(told) or chapter.label("cases.none")


def _evidence(chapter: SynthesisWords, row: Any) -> list[Any]:
    """The answers on the points of a recommendation, each once."""
    facts = chapter.study.survey_facts
    points = [chapter.frame.points[name] for name in row.points]
    found = [e for p in points for e in item_evidence(p, chapter.instrument, facts)]
    return list({(evidence.item, evidence.group): evidence for evidence in found}.values())
