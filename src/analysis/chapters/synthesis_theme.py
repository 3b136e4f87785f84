"""One page per theme: what the sources say on its points, and the recommendations that follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.chapters.synthesis_words import RECOMMENDATIONS, SynthesisWords
from analysis.evidence.synthesis import (
    AGREE,
    CLASH,
    CONTRADICTS,
    DIVIDED,
    SILENT,
    SOURCES,
    SUPPORTS,
    UNDECIDED,
    fragments_by_source,
    recommended,
)
from analysis.raw.cases import codes
from analysis.raw.coding import BOTH
from analysis.raw.tables import rows
from analysis.report.spans import Block, Span, Text, plain_text, text

# How much of the evidence a page shows: points in the table, answers, points from practice. Where
# a page cannot hold it beside its recommendations, the next of these is tried.
SIZES = ((8, 4, 3), (8, 4, 2), (8, 3, 2), (8, 2, 1), (7, 2, 1), (6, 2, 1), (6, 1, 1), (5, 1, 1))
ASKED, ASKED_AT_LEAST = 6, 2
# A page of A4 in lines of running text, and how many signs go in a line: of text, of a list, of the
# first column of the table, of what stands below it. Measured on paper, a little to the safe side.
ROOM = 44.8
SIGNS, SIGNS_IN_LIST, SIGNS_IN_CELL, SIGNS_BELOW = 92, 85, 53, 130


def theme_blocks(chapter: SynthesisWords, theme: str) -> list[Block]:
    """The page of one theme."""
    w, item = chapter.writer, chapter.frame.themes[theme]
    definition: Span = {"t": "em", "v": item.definition(chapter.words.code)}
    heading = w.heading(2, f"synthesis-{theme}", item.label(chapter.words.code), new_page=True)
    opening = w.paragraph(definition, _counts(chapter, theme))
    asked = [_asked(chapter, row) for row in recommended(chapter.data, theme)]
    wanted = 2 + sum(_item_lines(item) for item in asked[:ASKED_AT_LEAST])
    told = _gather(chapter, theme)
    for size in SIZES:
        evidence = [opening, *_evidence(chapter, theme, told, size)]
        room = ROOM - sum(map(_lines, evidence))
        if room >= wanted:
            break
    return [heading, *evidence, *_recommendations(chapter, asked, room)]


@dataclass(frozen=True)
class Told:
    """What there is to show of a theme, before a page sets its limits; most evidence first."""

    points: pd.DataFrame
    literature: Text
    answers: list[Text]
    raised: int
    voices: list[Text]
    together: Text


def _gather(chapter: SynthesisWords, theme: str) -> Told | None:
    """What the sources say on a theme; None where none of them speaks."""
    points = chapter.ranked(theme)
    if points.empty:
        return None
    raised = points[points["cases"] != SILENT]
    return Told(
        points,
        _literature(chapter, points),
        list(_answers(chapter, points)),
        len(raised),
        [_voice(chapter, row) for row in rows(raised.head(SIZES[0][-1]))],
        _together(chapter, points),
    )


def _evidence(
    chapter: SynthesisWords, theme: str, told: Told | None, size: tuple[int, int, int]
) -> Iterator[Block]:
    """The table and what each source says, as much as `size` allows."""
    if told is None:
        return
    w, (in_table, answers, voices) = chapter.writer, size
    yield _table(chapter, theme, told.points, in_table)
    yield w.paragraph(_head(chapter, "literature"), told.literature)
    opening = _opening(chapter, "survey", len(told.answers), answers)
    yield w.paragraph(_head(chapter, "survey"), opening)
    if told.answers:
        yield w.list(told.answers[:answers])
    yield w.paragraph(_head(chapter, "cases"), _opening(chapter, "cases", told.raised, voices))
    if told.voices:
        yield w.list(told.voices[:voices])
    yield w.paragraph(_head(chapter, "together"), told.together)


def _opening(chapter: SynthesisWords, source: str, found: int, most: int) -> Text:
    """What stands before a list, and of how many points it shows how many."""
    if not found:
        return chapter.label(f"synthesis.theme.{source}.nothing")
    if found <= most:
        return chapter.label(f"synthesis.theme.{source}.all")
    shown, every = chapter.number_of(most), chapter.number_of(found)
    return chapter.either(f"synthesis.theme.{source}.some", most, n=shown, all=every)


def _lines(block: Block) -> float:
    """About how many lines of running text a block takes on paper."""
    if block["kind"] == "list":
        return 0.3 + sum(map(_item_lines, block["items"]))
    if block["kind"] == "table":
        told = sum(0.3 + 0.73 * _rounded(row[0], SIGNS_IN_CELL) for row in block["rows"])
        below = _rounded(block["note"], SIGNS_BELOW) + _rounded(block["source"], SIGNS_BELOW)
        return 2.5 + told + 0.7 * below
    return 0.3 + _rounded(block["text"], SIGNS)


def _item_lines(item: Text) -> float:
    return 0.1 + _rounded(item, SIGNS_IN_LIST)


def _rounded(told: Text, signs: int) -> int:
    """How many lines a text takes."""
    return 1 + len(plain_text(text(told))) // signs


def _head(chapter: SynthesisWords, name: str) -> Span:
    return {"t": "strong", "v": chapter.label(f"synthesis.theme.heads.{name}")}


def _counts(chapter: SynthesisWords, theme: str) -> Text:
    """How many fragments there are on the theme, and from how many documents."""
    subject = f"theme.{theme}"
    number = chapter.how_many(subject, "fragments")
    if not number:
        return chapter.label("synthesis.theme.empty")
    documents = chapter.counting("synthesis.theme.documents", chapter.key(subject, "documents"))
    told = chapter.either(
        "synthesis.theme.fragments",
        number,
        n=chapter.spelled(chapter.key(subject, "fragments")),
        documents=documents,
    )
    key = chapter.verdict_key(subject, "points.nothing")
    return chapter.sentences([told, chapter.counting("synthesis.theme.silent", key)])


# The table


def _table(chapter: SynthesisWords, theme: str, points: pd.DataFrame, most: int) -> Block:
    w = chapter.writer
    heads = [chapter.label(f"synthesis.columns.{name}") for name in ("point", *SOURCES, "together")]
    body = [
        [
            f"{chapter.claim(row.point)}.",
            *(_cell(chapter, row, source) for source in SOURCES),
            chapter.label(f"synthesis.verdicts.{row.verdict}"),
        ]
        for row in rows(points.head(most))
    ]
    note: Text = chapter.label("synthesis.theme.note")
    if more := list(points["point"])[most:]:
        said = chapter.either("synthesis.theme.left_out", len(more), points=chapter.named(more, 6))
        note = chapter.sentences([note, said])
    return w.table(
        f"table-synthesis-{theme}",
        w.say("synthesis.theme.table", theme=chapter.labels("themes")[theme]),
        [(head, "left") for head in heads],
        body,
        source=chapter.evidence_sources(theme),
        provenance=chapter.provenance_of(theme),
        note=note,
    )


def _cell(chapter: SynthesisWords, row: Any, source: str) -> Text:
    """The position of a source in a word, with the number of fragments or answers behind it."""
    position = getattr(row, source)
    if position == SILENT:
        return chapter.label("synthesis.positions.silent")
    statistic = "answers" if source == "survey" else f"fragments.{source}"
    n = chapter.writer.number(chapter.verdict_key(f"point.{row.point}", statistic))
    return chapter.writer.say(f"synthesis.positions.{position}", n=n)


# What each source says


def _literature(chapter: SynthesisWords, points: pd.DataFrame) -> Text:
    """Which points earlier research supports and contradicts, and one of its findings."""
    found = points[points["literature"] != SILENT]
    if found.empty:
        return chapter.label("synthesis.theme.literature.nothing")
    told: list[Text] = []
    for position in (SUPPORTS, CONTRADICTS, DIVIDED):
        names = list(found.loc[found["literature"] == position, "point"])
        if names:
            said = {"points": chapter.named(names)}
            told.append(chapter.writer.say(f"synthesis.theme.literature.{position}", **said))
    first = fragments_by_source(chapter.data, str(found["point"].iloc[0]))["literature"]
    return chapter.sentences([*told, chapter.example(next(iter(rows(first))))])


def _answers(chapter: SynthesisWords, points: pd.DataFrame) -> Iterator[Text]:
    """Per point what the survey says, with the answers that it follows from."""
    for row in rows(points[points["survey"] != SILENT]):
        yield chapter.writer.say(
            f"synthesis.theme.survey.{row.survey}",
            point=chapter.quoted(row.point),
            answers=chapter.semicolons(list(chapter.answers(row.items))),
        )


def _voice(chapter: SynthesisWords, row: Any) -> Text:
    """Who speaks for and against a point in practice, when, and an example."""
    found = fragments_by_source(chapter.data, row.point)["cases"]
    sides = []
    for side in (SUPPORTS, CONTRADICTS):
        part = found[found["stance"].isin([side, BOTH])]
        key = chapter.verdict_key(f"point.{row.point}", f"fragments.cases.{side}")
        told: dict[str, Text] = {"actors": _actors(chapter, part), "years": chapter.years(part)}
        sides.append(chapter.counting(f"synthesis.theme.cases.{side}", key, **told))
    said = chapter.semicolons([side for side in sides if side])
    point = chapter.quoted(row.point)
    spoken = chapter.writer.say("synthesis.theme.cases.point", point=point, sides=said)
    example = chapter.example(_example(found, row.cases))
    return chapter.sentences([spoken, example])


def _actors(chapter: SynthesisWords, found: pd.DataFrame) -> list[Span]:
    """Those who speak, most often first."""
    spoken = Counter(actor for cell in found["actor"] for actor in codes(cell))
    return chapter.actors_named([actor for actor, _ in spoken.most_common()])


def _example(found: pd.DataFrame, position: str) -> Any:
    """The newest finding that goes the way the source goes, rather than a recommendation."""
    fitting = found[found["stance"] == position]
    fitting = found if fitting.empty else fitting
    asked = fitting["kind"].isin(["recommendation", "advice", "topic"])
    ordered = fitting.assign(asked=asked).sort_values(
        ["asked", "year"], ascending=[True, False], kind="stable"
    )
    return next(iter(rows(ordered)))


def _together(chapter: SynthesisWords, points: pd.DataFrame) -> Text:
    """On which points the sources agree, clash, or leave it open."""
    told = []
    for verdict in (AGREE, CLASH, UNDECIDED):
        names = list(points.loc[points["verdict"] == verdict, "point"])
        if names:
            key = f"synthesis.theme.together.{verdict}"
            told.append(chapter.either(key, len(names), points=chapter.named(names)))
    return chapter.sentences(told) or chapter.label("synthesis.theme.together.one_source")


# What follows


def _recommendations(
    chapter: SynthesisWords, asked: Sequence[Text], room: float
) -> Iterator[Block]:
    """The researchers' recommendations on the theme, as many as the page has room for."""
    w, head = chapter.writer, _head(chapter, "recommended")
    if not asked:
        yield w.paragraph(head, chapter.label("synthesis.theme.recommended.nothing"))
        return
    shown, left = list(asked[:1]), room - 2 - _item_lines(asked[0])
    for item in asked[1:ASKED]:
        left -= _item_lines(item)
        if left < 0:
            break
        shown.append(item)
    many = "all" if len(shown) == len(asked) else "some"
    said = chapter.either(
        f"synthesis.theme.recommended.{many}",
        len(shown),
        n=chapter.number_of(len(asked)),
        shown=chapter.number_of(len(shown)),
        place={"t": "ref", "to": RECOMMENDATIONS},
    )
    yield w.paragraph(head, said)
    yield w.list(shown)


def _asked(chapter: SynthesisWords, row: Any) -> Text:
    """A recommendation with its addressee, document and line."""
    addressees = chapter.addressees(row)
    if not addressees:
        return chapter.placed("synthesis.placed", row)
    return chapter.writer.say(
        "synthesis.theme.recommended.item",
        text=chapter.summary(row).removesuffix("."),
        addressees=addressees,
        place=chapter.place(row),
    )
