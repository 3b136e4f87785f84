"""Appendices on the survey: response, method and assumptions."""

from __future__ import annotations

from analysis.chapters.claims import ClaimWriter
from analysis.chapters.survey import FRAME, SurveyChapter
from analysis.facts import fact_key
from analysis.raw.tables import rows
from analysis.report.spans import Block, Span, Text, code, text
from analysis.report.writer import Blocks
from analysis.survey.positions import cut_off_room
from analysis.survey.reconstruct import Conflict

TEAM_TYPES = ("youth", "social", "integrated")
GROUPS = ("professionals", "officials", "all")
ASSUMPTIONS = "docs/assumptions.md"


def response(chapter: SurveyChapter) -> Blocks:
    """Appendix: who answered, by group and team type, and the frame by name."""
    w = chapter.writer
    counts = {
        name: w.number(
            fact_key("survey", subject, group, "all", "municipalities", "count.complete")
        )
        for name, subject, group in (
            ("either", "response", "all"),
            ("both", "response.both", "all"),
            ("double", "response.two_officials", "officials"),
        )
    }
    opening = w.say("appendices.response.opening", frame=w.number(FRAME), **counts)
    blocks = [
        w.heading(1, "response", chapter.label("appendices.response.heading")),
        w.paragraph(opening),
        _response_table(chapter),
    ]
    if chapter.data.determined is not None:
        blocks.append(w.paragraph(chapter.label("appendices.response.not_printed")))
    return w.blocks("response", blocks + _frame(chapter))


def _response_table(chapter: SurveyChapter) -> Block:
    w = chapter.writer
    none = chapter.label("survey.none")

    def cell(group: str, team_type: str, base: str, statistic: str = "count.complete") -> Text:
        key = fact_key("survey", "response", group, team_type, base, statistic)
        return w.number(key) if w.has(key) else none

    cells: list[list[Text]] = [
        [
            chapter.label(f"appendices.response.groups.{group}"),
            cell(group, "all", "respondents"),
            cell(group, "all", "municipalities"),
            cell(group, "all", "municipalities", "share.complete"),
            *(cell(group, t, "respondents") for t in TEAM_TYPES),
        ]
        for group in GROUPS
    ]
    names = ("group", "people", "places", "share", *TEAM_TYPES)
    columns: list[tuple[Text, str]] = [
        (chapter.label(f"appendices.response.columns.{name}"), "right" if index else "left")
        for index, name in enumerate(names)
    ]
    provenance = "published" if chapter.data.determined is not None else "measured"
    title = chapter.label("appendices.response.table")
    return w.table(
        "table-response", title, columns, cells, source=chapter.source, provenance=provenance,
        marks=("", "", "total"),
    )  # fmt: skip


def _frame(chapter: SurveyChapter) -> list[Block]:
    """The frame by name, with the marks of appendix 1."""
    w = chapter.writer
    path = f"survey/{chapter.data.settings.frame}"
    frame = chapter.data.frame
    one = w.plain("frame", "marks.one", int((frame["marks_2016"] == "one").sum()), path)
    cells: list[list[Text]] = [
        [
            row.name,
            w.plain(
                f"frame/{row.municipality}", "number", row.number, f"{row.source}:{row.line:.0f}"
            ),
            code(row.code_2026),
            chapter.label(f"appendices.response.marks.{row.marks_2016}"),
        ]
        for row in rows(frame)
    ]
    columns: list[tuple[Text, str]] = [
        (chapter.label(f"appendices.response.frame_columns.{name}"), align)
        for name, align in (
            ("name", "left"), ("number", "right"), ("code", "left"), ("marks", "left"),
        )
    ]  # fmt: skip
    return [
        w.heading(2, "response-frame", chapter.label("appendices.response.frame_heading")),
        w.paragraph(w.say("appendices.response.frame_text", one=one)),
        w.table(
            "table-frame",
            chapter.label("appendices.response.frame_table"),
            columns,
            cells,
            source=chapter.sources(path),
        ),
    ]


def method(chapter: SurveyChapter) -> Blocks:
    """Appendix: how the figures were made, from the settings that made them."""
    w = chapter.writer
    blocks = [
        w.heading(1, "method", chapter.label("appendices.method.heading")),
        w.paragraph(chapter.label("appendices.method.opening")),
        w.heading(2, "method-aggregation", chapter.label("appendices.method.aggregation_heading")),
        w.paragraph(_aggregation(chapter)),
    ]
    if chapter.data.determined is not None:
        blocks.append(w.paragraph(_cut_offs(chapter)))
        blocks += _reconstruction(chapter)
    blocks += [
        w.heading(2, "method-intervals", chapter.label("appendices.method.intervals_heading")),
        w.paragraph(_intervals(chapter)),
        w.heading(2, "method-assumptions", chapter.label("appendices.method.assumptions_heading")),
        w.list(chapter.words.get("appendices.method.assumptions")),
        w.paragraph(w.say("appendices.method.log", file=code(ASSUMPTIONS))),
    ]
    return w.blocks("method", blocks)


def _setting(chapter: SurveyChapter, name: str, value: float, unit: str, places: int = 0) -> Span:
    source = f"survey/{chapter.data.settings.round}/round.yml"
    return chapter.writer.plain("setting", name, value, source, unit=unit, places=places)


def _aggregation(chapter: SurveyChapter) -> list[Span]:
    given = chapter.data.settings.thresholds
    scale = chapter.instrument.scale.values()
    return chapter.writer.say(
        "appendices.method.aggregation",
        low=_setting(chapter, "scale.low", min(scale), "score"),
        high=_setting(chapter, "scale.high", max(scale), "score"),
        agree=_setting(chapter, "agree_from", given.agree_from, "score", 2),
        disagree=_setting(chapter, "disagree_to", given.disagree_to, "score", 2),
        dont_know=_setting(chapter, "dont_know_from", 100 * given.dont_know_from, "percent"),
    )


def _cut_offs(chapter: SurveyChapter) -> list[Span]:
    by_municipality = {
        (group, item.id)
        for item in chapter.instrument.items
        for group, base in item.publish.items()
        if base == "municipalities"
    }
    positions = chapter.data.answers.by_municipality
    counted = [
        pair in by_municipality for pair in zip(positions["group"], positions["item"], strict=True)
    ]
    room = cut_off_room(positions[counted])
    values: dict[str, Text] = {}
    for name, cut_off in (("agree", "agree_from"), ("disagree", "disagree_to")):
        for side, value in zip(("low", "high"), room[cut_off], strict=True):
            values[f"{name}_{side}"] = _setting(
                chapter, f"{cut_off}.room.{side}", value, "score", 1
            )
    return chapter.writer.say("appendices.method.cut_offs", **values)


def _intervals(chapter: SurveyChapter) -> list[Span]:
    settings = chapter.data.settings
    return chapter.writer.say(
        "appendices.method.intervals",
        confidence=_setting(chapter, "confidence", 100 * settings.confidence, "percent"),
        frame=chapter.writer.number(FRAME),
    )


def _reconstruction(chapter: SurveyChapter) -> list[Block]:
    w = chapter.writer
    result = chapter.study.survey.reconstruction
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
        conflicts_table(chapter, result.conflicts),
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


def conflicts_table(chapter: SurveyChapter, conflicts: list[Conflict]) -> Block:
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
    columns: list[tuple[Text, str]] = [
        (chapter.label(f"appendices.method.conflicts_columns.{name}"), "left")
        for name in ("total", "others", "lines")
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
            _setting(chapter, f"phrase.{name}.{side}", 100 * edge, "percent")
            for side, edge in (("low", rule.low), ("high", rule.high))
        ]
        cells.append([chapter.label(f"appendices.audit.phrase_names.{name}"), *edges])
    columns: list[tuple[Text, str]] = [
        (chapter.label(f"appendices.method.phrases_columns.{name}"), align)
        for name, align in (("phrase", "left"), ("low", "right"), ("high", "right"))
    ]
    return w.table(
        "table-phrases",
        chapter.label("appendices.method.phrases_table"),
        columns,
        cells,
        source=code(f"survey/{chapter.data.settings.round}/round.yml"),
    )
