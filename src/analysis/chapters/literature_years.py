"""Youth care by origin over the years: a section of chapter 2 where there are several years."""

from __future__ import annotations

import math

import pandas as pd

from analysis.chapters.chapter import Chapter
from analysis.facts import fact_key
from analysis.raw.literature import PRINTED_DECIMALS
from analysis.raw.origins import FILE, origin_vocabulary
from analysis.raw.tables import rows
from analysis.report.charts.origin_series import Change, latest_changes, strongest
from analysis.report.charts.origin_years import change_spans, draw_origin_years
from analysis.report.spans import Block, Span, Text

SUBJECT = "youth_care_by_origin"
VOCABULARY = f"src/analysis/raw/{FILE.name}"
# What a sign of StatLine in the place of a figure means.
SIGNS = {".": "unknown", "Confidential": "secret", "Impossible": "impossible"}

# The status of a period of which the figures will not change; printed figures have none.
FINAL = ("", "Definitief")


def sign_name(sign: str) -> str:
    """What a sign means, as a key of the language's `literature.signs`."""
    return SIGNS.get(sign, "none")


def places_of(decimals: float) -> int:
    """How many decimals of a share to print: as published, or two of one that was computed."""
    return PRINTED_DECIMALS if math.isnan(decimals) else int(decimals)


def over_the_years(chapter: Chapter, origins: pd.DataFrame) -> list[Block]:
    """Heading, figure with its table, and prose over all years; nothing where there is one.

    `origins` has the columns that `read_origins` gives.
    """
    if origins["year"].nunique() < 2:
        return []
    w = chapter.writer
    frame = _chart_frame(chapter, origins)
    opening = w.say(
        "literature.years.opening",
        first=_year(chapter, int(frame["year"].min()), "first"),
        last=_year(chapter, int(frame["year"].max()), "last"),
    )
    files = list(dict.fromkeys(origins["file"]))
    figure = w.figure(
        "figure-origin-years",
        draw_origin_years(frame, chapter.words),
        source=chapter.sources(*files),
        provenance="published",
        table=_table(chapter, frame, files),
        note=chapter.label("literature.years.note"),
    )
    told = [*_changes(chapter, frame), *_caveats(chapter, frame)]
    heading = w.heading(2, "literature-years", chapter.label("literature.years.heading"))
    return [heading, w.paragraph(opening), figure, *(w.paragraph(text) for text in told)]


def _chart_frame(chapter: Chapter, origins: pd.DataFrame) -> pd.DataFrame:
    """What the chart draws; a series is one classification in one file."""
    pairs = list(zip(origins["origin"], origins["year"].astype(int), strict=True))
    return origins.assign(
        fact=[_key(origin, year) for origin, year in pairs],
        label=[chapter.label(f"origins.{origin}") for origin in origins["origin"]],
        series=origins["classification"] + " " + origins["file"],
        places=[places_of(decimals) for decimals in origins["decimals"]],
        provenance="published",
    )


def _key(origin: str, year: int) -> str:
    return fact_key("literature", origin, "", "", f"youth {year}", "share_percent")


def _year(chapter: Chapter, year: int, name: str, source: str = "") -> Span:
    """A year as a number of its own."""
    source = source or "data/raw/literature"
    return chapter.writer.plain(SUBJECT, f"year.{name}", year, source, unit="year")


def _share(chapter: Chapter, fact: str, places: int) -> Span:
    return chapter.writer.number(fact, places=places)


def _changes(chapter: Chapter, frame: pd.DataFrame) -> list[list[Span]]:
    """What became of the total, and which origin changed most, within the latest series."""
    w = chapter.writer
    changes = latest_changes(frame)
    if not changes:
        return [w.say("literature.years.apart")]
    said: list[Span] = []
    total = changes[0]
    if total.first.level == 0:
        said += [*_total(chapter, total), *w.fill(" ")]
    if most := strongest(changes):
        parts: list[Text] = [_change(chapter, change) for change in most]
        return [said + w.say("literature.years.changed", changes=w.join(parts))]
    return [said + w.say("literature.years.unchanged")]


def _change(chapter: Chapter, change: Change) -> list[Span]:
    """An origin with its first and last share."""
    places = change.first.places
    spans = change_spans(change, chapter.words)
    return [_share(chapter, s["fact"], places) if s["t"] == "num" else s for s in spans]


def _total(chapter: Chapter, total: Change) -> list[Span]:
    first, last = total.first, total.last
    return chapter.writer.say(
        "literature.years.total",
        first=_year(chapter, first.year, f"{first.series}.first"),
        last=_year(chapter, last.year, f"{last.series}.last"),
        first_share=_share(chapter, first.fact, first.places),
        last_share=_share(chapter, last.fact, last.places),
    )


def _caveats(chapter: Chapter, frame: pd.DataFrame) -> list[list[Span]]:
    """That the classification changed, and that figures are missing, where it is so."""
    w = chapter.writer
    said = []
    if frame["classification"].nunique() > 1:
        old, new = (origin_vocabulary().classifications[name] for name in ("old", "new"))
        until, since = int(old.until or 0), int(new.since or 0)
        said.append(
            w.say(
                "literature.years.break",
                until=_year(chapter, until, "old.until", VOCABULARY),
                since=_year(chapter, since, "new.since", VOCABULARY),
            )
        )
    provisional = sorted(set(frame.loc[~frame["status"].isin(FINAL), "year"].astype(int)))
    if provisional:
        years = w.join([_year(chapter, year, str(year)) for year in provisional])
        said.append(w.say("literature.years.provisional", years=years))
    if missing := int(frame["share_percent"].isna().sum()):
        count = w.plain(SUBJECT, "missing", missing, "data/raw/literature")
        said.append(w.say("literature.years.missing", count=count))
    return said


def _table(chapter: Chapter, frame: pd.DataFrame, files: list[str]) -> Block:
    """One row per origin and year, as the figure shows them."""
    w = chapter.writer
    columns: list[tuple[Text, str]] = [
        (chapter.label("literature.columns.origin"), "left"),
        (chapter.label("literature.years.year"), "right"),
        (chapter.label("literature.columns.share"), "right"),
    ]
    order = {origin: index for index, origin in enumerate(dict.fromkeys(frame["origin"]))}
    cells: list[list[Text]] = []
    for row in sorted(rows(frame), key=lambda row: (order[row.origin], row.year)):
        missing = math.isnan(row.share_percent)
        sign = f"literature.signs.{sign_name(row.sign)}"
        share = chapter.label(sign) if missing else _share(chapter, row.fact, row.places)
        cells.append([row.label, _year(chapter, int(row.year), f"{row.year:.0f}"), share])
    return w.table(
        "table-origin-years",
        chapter.label("literature.years.table_title"),
        columns,
        cells,
        source=chapter.sources(*files),
    )
