"""Part of the appendix on method: how answers were reconstructed from printed totals."""

from __future__ import annotations

from analysis.chapters.claims import ClaimWriter
from analysis.chapters.survey import SurveyChapter
from analysis.report.spans import Block, Span, Text, code, text
from analysis.survey.reconstruct import Conflict, Reconstruction


def setting(chapter: SurveyChapter, name: str, value: float, unit: str, places: int = 0) -> Span:
    """A setting of the round as a number."""
    source = f"survey/{chapter.data.settings.round}/round.yml"
    return chapter.writer.plain("setting", name, value, source, unit=unit, places=places)


def reconstruction(chapter: SurveyChapter, result: Reconstruction) -> list[Block]:
    """How answers were made from printed totals, and what stays open."""
    w = chapter.writer
    alone = [c for c in result.conflicts if not c.others]
    source = chapter.data.source
    counts = {
        "totals": len(result.met) + len(result.conflicts),
        "met": len(result.met),
        "broken": len(result.conflicts) - len(alone),
        "impossible": len(alone),
    }
    numbers: dict[str, Text] = {
        name: w.plain("totals", name, value, source) for name, value in counts.items()
    }
    quotes = [_quoted(chapter, group, item) for group, item in result.open_items]
    label = chapter.label
    return [
        w.heading(2, "method-reconstruction", label("appendices.method.reconstruction_heading")),
        w.paragraph(w.say("appendices.method.reconstruction", **numbers)),
        _conflicts_table(chapter, result.conflicts),
        w.paragraph(w.say("appendices.method.open", list=w.join(quotes))),
        w.paragraph(w.say("appendices.method.phrases")),
        _phrases_table(chapter),
        w.heading(2, "method-real-only", label("appendices.method.real_only_heading")),
        w.paragraph(label("appendices.method.real_only")),
    ]


def _quoted(chapter: SurveyChapter, group: str, name: str) -> list[Span]:
    """A statement between quotation marks, with the group that it was put to."""
    w = chapter.writer
    said = w.say(
        "survey.statement.quote", statement=chapter.statement(chapter.instrument.item(name))
    )
    return [*said, *text(f" ({chapter.label(f'survey.groups.{group}.noun')})")]


def _conflicts_table(chapter: SurveyChapter, conflicts: list[Conflict]) -> Block:
    """Which totals were left out, and with which others they cannot hold."""
    w = chapter.writer
    claims = chapter.study.claims.set_index("id", drop=False)
    teller = ClaimWriter(chapter)
    cells: list[list[Text]] = []
    for conflict in conflicts:
        first = claims.loc[conflict.total.claims[0]]
        others = [claims.loc[other.claims[0]] for other in conflict.others]
        told: Text = chapter.label("appendices.method.impossible")
        if others:
            told = w.join([teller.with_value(other, beside=first) for other in others])
        lines = w.join([teller.line(claim) for claim in (first, *others)])
        cells.append([teller.with_value(first), told, lines])
    names = ("total", "others", "lines")
    columns: list[tuple[Text, str]] = [
        (chapter.label(f"appendices.method.conflicts_columns.{name}"), "left") for name in names
    ]
    return w.table(
        "table-conflicts",
        chapter.label("appendices.method.conflicts_table"),
        columns,
        cells,
        source=chapter.source,
    )


def _phrases_table(chapter: SurveyChapter) -> Block:
    w = chapter.writer
    cells: list[list[Text]] = []
    for name, rule in chapter.data.settings.phrases.items():
        if rule.target is None or rule.low is None or rule.high is None:
            continue
        edges = [
            setting(chapter, f"phrase.{name}.{side}", 100 * edge, "percent")
            for side, edge in (("low", rule.low), ("high", rule.high))
        ]
        cells.append([chapter.label(f"appendices.audit.phrase_names.{name}"), *edges])
    aligned = (("phrase", "left"), ("low", "right"), ("high", "right"))
    columns: list[tuple[Text, str]] = [
        (chapter.label(f"appendices.method.phrases_columns.{n}"), a) for n, a in aligned
    ]
    return w.table(
        "table-phrases",
        chapter.label("appendices.method.phrases_table"),
        columns,
        cells,
        source=code(f"survey/{chapter.data.settings.round}/round.yml"),
    )
