"""Appendices on the survey: response, method and assumptions."""

from __future__ import annotations

import numpy as np

from analysis.chapters.import_checks import import_checks
from analysis.chapters.protection import protection
from analysis.chapters.reconstruction import reconstruction, setting
from analysis.chapters.survey import FRAME, SurveyChapter
from analysis.facts import fact_key
from analysis.raw.tables import rows
from analysis.report.charts.picture import literal
from analysis.report.spans import Block, Span, Text, code
from analysis.report.writer import Blocks
from analysis.survey.positions import cut_off_room

TEAM_TYPES = ("youth", "social", "integrated")
GROUPS = ("professionals", "officials", "all")
ASSUMPTIONS = "docs/assumptions.md"


def response(chapter: SurveyChapter) -> Blocks:
    """Appendix: who answered, by group and team type, and the frame by name."""
    w = chapter.writer
    keys = {
        name: fact_key("survey", subject, group, "all", "municipalities", "count.complete")
        for name, subject, group in (
            ("either", "response", "all"),
            ("both", "response.both", "all"),
            ("double", "response.two_officials", "officials"),
        )
    }
    counts = {name: w.number(key) for name, key in keys.items() if w.has(key)}
    double = counts.pop("double", None)
    opening = [
        w.say(f"appendices.response.opening.{chapter.kind}", frame=w.number(FRAME), **counts)
    ]
    if double is not None:
        opening.append(w.say(f"appendices.response.double.{chapter.kind}", double=double))
    blocks = [
        w.heading(1, "response", chapter.label("appendices.response.heading")),
        w.paragraph(*opening),
        _response_table(chapter),
        w.paragraph(chapter.label(f"appendices.response.silence.{chapter.kind}")),
    ]
    frame = _printed_frame(chapter) if chapter.data.reconstructed else _frame(chapter)
    return w.blocks("response", blocks + frame)


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
    provenance = "published" if chapter.data.reconstructed else chapter.data.provenance
    title = chapter.label("appendices.response.table")
    notes = [chapter.label("appendices.response.team_note")] if _without_team(chapter) else []
    if chapter.data.settings.rounding:
        notes.append(chapter.label("survey.rounded_note"))
    return w.table(
        "table-response", title, columns, cells, source=chapter.source, provenance=provenance,
        marks=("", "", "total"), note=" ".join(notes),
    )  # fmt: skip


def _without_team(chapter: SurveyChapter) -> bool:
    """Whether respondents of a round with answers did not tell their type of team."""
    answers = chapter.data.answers
    told = sum(answers.size(g, t) for g in GROUPS[:2] for t in TEAM_TYPES)
    return chapter.kind == "answers" and told < sum(answers.size(g) for g in GROUPS[:2])


def _printed_frame(chapter: SurveyChapter) -> list[Block]:
    """The frame by name, with the marks of appendix 1."""
    w = chapter.writer
    path = chapter.data.frame_file
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
    aligned = (("name", "left"), ("number", "right"), ("code", "left"), ("marks", "left"))
    return [
        w.heading(2, "response-frame", chapter.label("appendices.response.frame_heading")),
        w.paragraph(w.say("appendices.response.frame_text.totals", one=one)),
        w.table(
            "table-frame",
            chapter.label("appendices.response.frame_table.totals"),
            [(chapter.label(f"appendices.response.frame_columns.{n}"), a) for n, a in aligned],
            cells,
            source=chapter.sources(path),
        ),
    ]


def _frame(chapter: SurveyChapter) -> list[Block]:
    """The municipalities asked, by name and code. Which of them took part is not published."""
    w, data = chapter.writer, chapter.data
    cells: list[list[Text]] = [[literal(row.name), code(row.code)] for row in rows(data.frame)]
    return [
        w.heading(2, "response-frame", chapter.label("appendices.response.frame_heading")),
        w.paragraph(w.say("appendices.response.frame_text.answers")),
        w.table(
            "table-frame",
            chapter.label("appendices.response.frame_table.answers"),
            [
                (chapter.label(f"appendices.response.frame_columns.{name}"), "left")
                for name in ("name", "asked_as")
            ],
            cells,
            # Real municipalities, whoever answered: what is simulated is not who was asked.
            source=code(data.frame_file),
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
        w.paragraph(_cut_offs(chapter)),
    ]
    made = chapter.study.survey.reconstruction
    blocks += import_checks(chapter) if made is None else reconstruction(chapter, made)
    blocks += [
        *protection(chapter),
        w.heading(2, "method-intervals", chapter.label("appendices.method.intervals_heading")),
        w.paragraph(_intervals(chapter)),
        w.heading(2, "method-assumptions", chapter.label("appendices.method.assumptions_heading")),
        w.list(_assumptions(chapter)),
        w.paragraph(w.say("appendices.method.log", file=code(ASSUMPTIONS))),
    ]
    return w.blocks("method", blocks)


def _assumptions(chapter: SurveyChapter) -> list[Text]:
    if chapter.data.reconstructed:
        return list(chapter.words.get("appendices.method.assumptions.totals"))
    return list(chapter.words.get("appendices.method.assumptions.answers"))


def _aggregation(chapter: SurveyChapter) -> list[Span]:
    given = chapter.data.settings.thresholds
    scale = chapter.instrument.scale.values()
    return chapter.writer.say(
        "appendices.method.aggregation",
        low=setting(chapter, "scale.low", min(scale), "score"),
        high=setting(chapter, "scale.high", max(scale), "score"),
        agree=setting(chapter, "agree_from", given.agree_from, "score", 2),
        disagree=setting(chapter, "disagree_to", given.disagree_to, "score", 2),
        dont_know=setting(chapter, "dont_know_from", 100 * given.dont_know_from, "percent"),
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
    room = cut_off_room(positions[np.array(counted, dtype=bool)])
    values: dict[str, Text] = {}
    for name, cut_off in (("agree", "agree_from"), ("disagree", "disagree_to")):
        places = _decimals(room[cut_off]) if chapter.kind == "answers" else 1
        for side, value in zip(("low", "high"), room[cut_off], strict=True):
            values[f"{name}_{side}"] = setting(
                chapter, f"{cut_off}.room.{side}", value, "score", places
            )
    return chapter.writer.say(f"appendices.method.cut_offs.{chapter.kind}", **values)


def _decimals(edges: tuple[float, float]) -> int:
    """How many decimals tell two edges apart: two, or more where they lie close together."""
    return next((n for n in range(2, 6) if round(edges[0], n) != round(edges[1], n)), 5)


def _intervals(chapter: SurveyChapter) -> list[Span]:
    settings = chapter.data.settings
    return chapter.writer.say(
        "appendices.method.intervals",
        confidence=setting(chapter, "confidence", 100 * settings.confidence, "percent"),
        frame=chapter.writer.number(FRAME),
    )
