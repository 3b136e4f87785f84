"""Part of the appendix on method: how answers were read, and what was worth a warning."""

from __future__ import annotations

from analysis.chapters.survey import SurveyChapter
from analysis.report.spans import Block, Span, Text, code


def import_checks(chapter: SurveyChapter) -> list[Block]:
    """How the answers of a round were imported: what was left out, and each warning counted."""
    w = chapter.writer
    file = code(chapter.data.source)
    return [
        w.heading(2, "method-import", chapter.label("appendices.import.heading")),
        w.paragraph(w.say("appendices.import.opening", file=file), *_dropped(chapter)),
        *_warnings(chapter),
    ]


def _number(chapter: SurveyChapter, name: str, value: int) -> Span:
    data = chapter.data
    return chapter.writer.plain("import", name, value, data.source, provenance=data.provenance)


def _dropped(chapter: SurveyChapter) -> list[Text]:
    """How many columns were left out, by reason; never which."""
    w = chapter.writer
    found = {kind: n for kind, n in chapter.study.survey.dropped.items() if n}
    if not found:
        return [chapter.label("appendices.import.nothing_dropped")]
    parts = [
        w.say(
            f"appendices.import.dropped.{kind}_{'one' if n == 1 else 'many'}",
            n=_number(chapter, f"dropped.{kind}", n),
        )
        for kind, n in found.items()
    ]
    return [w.say("appendices.import.left_out", list=w.join(parts))]


def _warnings(chapter: SurveyChapter) -> list[Block]:
    w, data = chapter.writer, chapter.data
    found = {rule: n for rule, n in chapter.study.survey.warnings.items() if n}
    if not found:
        return [w.paragraph(chapter.label("appendices.import.no_warnings"))]
    cells: list[list[Text]] = [
        [chapter.label(f"appendices.import.warnings.{rule}"), _number(chapter, rule, n)]
        for rule, n in found.items()
    ]
    columns: list[tuple[Text, str]] = [
        (chapter.label("appendices.import.columns.warning"), "left"),
        (chapter.label("appendices.import.columns.count"), "right"),
    ]
    settings = f"survey/{data.settings.round}/round.yml"
    minimum = w.plain("setting", "minimum_cell", data.settings.minimum_cell, settings)
    note = w.say("appendices.import.note", minimum=minimum) if "small_cell" in found else ""
    title = chapter.label("appendices.import.table")
    return [
        w.paragraph(w.say("appendices.import.told")),
        w.table(
            "table-warnings", title, columns, cells, source=code(data.source), note=note,
            provenance=data.provenance,
        ),
    ]  # fmt: skip
