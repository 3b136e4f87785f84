"""Exhibits of the survey chapter: what leads, groups compared, proportions."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.chapters.statements import Statements
from analysis.raw.settings import Item
from analysis.report.charts import draw_groups
from analysis.report.charts.picture import literal
from analysis.report.spans import Block, Span, Text

TIED_AT_MOST = 3


def ranked(chapter: Statements, group: str, base: str, position: str) -> list[tuple[Item, str]]:
    """Statements of a group with the key of their count at `position`, most first.

    Only counts that are fixed exactly; ties in the order of the questionnaire.
    """
    facts = chapter.writer.facts
    found = []
    for item in chapter.study.survey.data.instrument.items:
        key = chapter.key(item.id, group, base, f"count.{position}")
        if group not in item.publish or item.base(group) != base or not chapter.writer.has(key):
            continue
        if dict(facts.loc[key])["known"] == "exact":
            found.append((item, key))
    return sorted(found, key=lambda pair: -chapter.writer.value(pair[1]))


def leaders(chapter: Statements, group: str, base: str, position: str) -> list[Span]:
    """The statement with the highest count at `position`, with its number.

    Several where they tie ("a and b"), or where a range reaches that high ("a or b"). Only
    statements of which the data give the count, exactly or within a range; empty without any, or
    where too many answers tie for a sentence.
    """
    w = chapter.writer
    edges: dict[str, tuple[Item, float, float]] = {}
    for item in chapter.study.survey.data.instrument.items:
        key = chapter.key(item.id, group, base, f"count.{position}")
        if group in item.publish and item.base(group) == base and w.has(key):
            fact = dict(w.facts.loc[key])
            ranged = fact["known"] == "range"
            low, high = (fact["low"], fact["high"]) if ranged else (fact["value"],) * 2
            edges[key] = (item, low, high)
    least = max((low for _, low, _ in edges.values()), default=0.0)
    if any(most >= least for most in _held_back(chapter, group, base, position)):
        return []  # an answer that is not shown may be the most frequent
    template = "survey.leader" if base == "municipalities" else "survey.leader_respondents"
    top = {key: edge for key, edge in edges.items() if edge[2] >= least > 0}
    if chapter.kind == "answers" and len(top) > TIED_AT_MOST:
        return []
    texts: list[Text] = [
        w.say(template, statement=chapter.statement(item), n=w.number(key), base=w.base(key))
        for key, (item, _, _) in top.items()
    ]
    return w.join(texts, "and" if all(low == high for _, low, high in top.values()) else "or")


def _held_back(chapter: Statements, group: str, base: str, position: str) -> Iterator[float]:
    """The most that each statement can have at `position` where that count is not shown."""
    w = chapter.writer
    for item in chapter.study.survey.data.instrument.items:
        rest = chapter.key(item.id, group, base, "count.not_printed")
        shown = w.has(chapter.key(item.id, group, base, f"count.{position}"))
        if chapter.kind == "answers" and w.has(rest) and not shown:
            yield w.value(rest)


def compared_items(chapter: Statements) -> list[tuple[Item, dict[str, str]]]:
    """Statements whose share of agreement is known in both groups, largest difference first.

    With the key of the share per group.
    """
    found: list[tuple[Item, dict[str, str]]] = []
    for item in chapter.study.survey.data.instrument.items:
        if item.kind != "scale" or len(item.publish) < 2:
            continue
        keys = {
            str(group): chapter.key(item.id, group, base, "share.agree")
            for group, base in item.publish.items()
        }
        told = all(chapter.is_told(item, group) for group in keys)
        if told and all(chapter.writer.has(key) for key in keys.values()):
            found.append((item, keys))
    value = chapter.writer.value
    return sorted(
        found, key=lambda pair: -abs(value(pair[1]["officials"]) - value(pair[1]["professionals"]))
    )


def largest_is_certain(chapter: Statements, items: list[tuple[Item, dict[str, str]]]) -> bool:
    """Whether the first statement differs most, whatever lies within the ranges of all."""

    def edges(keys: dict[str, str]) -> tuple[float, float]:
        bounds = []
        for group in ("officials", "professionals"):
            fact = dict(chapter.writer.facts.loc[keys[group]])
            ranged = fact["known"] == "range"
            bounds.append((fact["low"], fact["high"]) if ranged else (fact["value"],) * 2)
        (a, b), (c, d) = bounds
        return max(a - d, c - b, 0.0), max(b - c, d - a)

    least = edges(items[0][1])[0]
    return all(edges(keys)[1] <= least for _, keys in items[1:])


def shares_told(chapter: Statements, shares: dict[str, str]) -> dict[str, Text]:
    """Per group a clause with its share: of persons, or of municipalities."""
    w = chapter.writer
    return {
        group: w.say(
            f"survey.compare.of.{group}.{dict(w.facts.loc[key])['base']}", share=w.number(key)
        )
        for group, key in shares.items()
    }


def compare_figure(
    chapter: Statements, items: list[tuple[Item, dict[str, str]]], source: Text
) -> Block:
    """The dot chart of officials against professionals, with its table."""
    w = chapter.writer
    found = []
    for item, keys in items:
        for group, key in keys.items():
            fact = dict(w.facts.loc[key])
            found.append(
                {
                    "fact": key,
                    "item": item.id,
                    "label": item.short(chapter.words.code),
                    "group": group,
                    "share_percent": fact["value"],
                    "low": fact["low"],
                    "high": fact["high"],
                    "base": fact["base"],
                    "count": fact["numerator"],
                    "base_count": fact["denominator"],
                    "provenance": fact["provenance"],
                }
            )
    frame = pd.DataFrame(found)
    provenance = str(frame["provenance"].iloc[0])
    columns: list[tuple[Text, str]] = [(chapter.label("survey.columns.item"), "left")]
    columns += [(chapter.label(f"survey.columns.{g}"), "right") for g in items[0][1]]
    cells: list[list[Text]] = [
        [chapter.short(item), *(w.number(key) for key in keys.values())] for item, keys in items
    ]
    title = chapter.label("survey.compare.title")
    table = w.table("table-groups", title, columns, cells, source=source, provenance=provenance)
    ranges = frame["low"].notna().any() and provenance == "reconstructed"
    return w.figure(
        "figure-groups",
        draw_groups(frame, chapter.words),
        source=source,
        provenance=provenance,
        table=table,
        note=chapter.label("survey.compare.range_note") if ranges else "",
    )


def proportions_table(chapter: Statements, source: Text) -> Block:
    """Share of municipalities that agree, with intervals, highest first."""
    w, data = chapter.writer, chapter.study.survey.data
    settings = data.settings
    cells: list[list[Text]] = []
    for item, key in ranked(chapter, "professionals", "municipalities", "agree"):
        interval, fpc = (
            chapter.key(item.id, "professionals", "municipalities", f"{name}.agree")
            for name in ("wilson", "wilson_fpc")
        )
        cells.append(
            [
                literal(item.statement(chapter.words.code)),
                w.number(key),
                w.number(interval),
                w.interval(interval, short=True),
                w.interval(fpc, short=True),
            ]
        )
    names = ("item", "agree", "share", "wilson", "wilson_fpc")
    columns: list[tuple[Text, str]] = [
        (chapter.label(f"survey.columns.{name}"), "left" if name == "item" else "right")
        for name in names
    ]
    confidence = w.plain(
        "confidence", "level", 100 * settings.confidence,
        f"survey/{settings.round}/round.yml", unit="percent",
    )  # fmt: skip
    frame = w.plain("frame", "size", data.asked, data.frame_file)
    return w.table(
        "table-proportions",
        chapter.label("survey.conclusions.table_title"),
        columns,
        cells,
        source=source,
        provenance=data.provenance,
        note=w.say("survey.conclusions.table_note", confidence=confidence, frame=frame),
    )
