"""Who raises what: the points that parties agree on, dispute, or raise alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import combinations
from typing import Any

import pandas as pd

from analysis.chapters.case_glance import CaseGlance
from analysis.chapters.case_words import FRAME_FILE, lower, whole_ranks
from analysis.evidence.points import (
    AGREED,
    DENIED,
    DISPUTED,
    SINGLE,
    VERDICTS,
    points_by_evidence,
    recurring_points,
)
from analysis.evidence.voices import VOICES
from analysis.raw.tables import rows
from analysis.report.spans import Block, Span, Text

SHOWN = (AGREED, DISPUTED, DENIED)
PAIRS = 5
NAMED_AT_MOST = 8
Columns = list[tuple[Text, str]]


class CasePoints(CaseGlance):
    """Tables of points by verdict, what recurs, and which themes go together."""

    @cached_property
    def points(self) -> pd.DataFrame:
        """What is said on each point (see `points_by_evidence`)."""
        return points_by_evidence(self.data)

    @cached_property
    def years(self) -> list[int]:
        """The years in which points were raised."""
        return sorted({year for years in self.points["years"] for year in years})

    def claim(self, point: str) -> str:
        """What a point says, as it stands in a cell: without its full stop."""
        return self.frame.points[point].definition(self.words.code).removesuffix(".")

    def quoted(self, point: str) -> Text:
        """The short name of a point between quotation marks."""
        return self.writer.say(
            "cases.points.quoted", point=self.frame.points[point].label(self.words.code)
        )

    def point_blocks(self) -> Iterator[Block]:
        """How many points there are of each verdict, a table for each, and what recurs."""
        if not self.how_many("points", "told", VOICES):
            yield self.writer.paragraph(self.label("cases.points.nothing"))
            return
        yield self.writer.paragraph(*self._opening_of_points())
        yield self.writer.paragraph(self.label("cases.points.party"), role="note")
        for verdict in SHOWN:
            found = self.points[self.points["verdict"] == verdict]
            if len(found):
                yield self._verdict_table(verdict, found)
        if told := [*self._alone(), *self._recurring(), *self._together()]:
            yield self.writer.paragraph(*told)

    def _opening_of_points(self) -> Iterator[Text]:
        yield self.either(
            "cases.points.opening",
            self.how_many("points", "told", VOICES),
            told=self.count("points", "told", VOICES, words=False),
            points=self.noun("points", "points", "points", base=VOICES, words=False),
        )
        for verdict in VERDICTS:
            if number := self.how_many("points", verdict, VOICES):
                points = self.noun("points", "points", verdict, base=VOICES)
                yield self.either(f"cases.points.verdicts.{verdict}", number, points=points)

    # Tables

    def _verdict_table(self, verdict: str, found: pd.DataFrame) -> Block:
        disputed = verdict == DISPUTED
        columns, row_of = self._dispute() if disputed else self._voices(verdict)
        order = ["least", "fragments"] if disputed else ["fragments"]
        least = found[["supports", "contradicts"]].min(axis=1)
        ordered = found.assign(least=least).sort_values(order, ascending=False, kind="stable")
        return self.writer.table(
            f"table-cases-points-{verdict}",
            self.label(f"cases.points.titles.{verdict}"),
            columns,
            [row_of(row) for row in rows(ordered)],
            source=self.sources(*self.data.files, FRAME_FILE),
            note=self.label(f"cases.points.notes.{verdict}"),
            provenance=self.provenance,
        )

    def _dispute(self) -> tuple[Columns, Callable[[Any], list[Text]]]:
        """Columns for who is for and who is against, and the row of a point."""
        heads = [self.label(f"cases.points.{head}") for head in ("point", "for", "against")]

        def row_of(row: Any) -> list[Text]:
            subject = f"point.{row.point}"
            sides = {"supports": row.actors_for, "contradicts": row.actors_against}
            return [
                self.claim(row.point),
                *(
                    self.counted(self.actors_named(actors), subject, statistic, VOICES, words=False)
                    for statistic, actors in sides.items()
                ),
            ]

        return [(head, "left") for head in heads], row_of

    def _voices(self, verdict: str) -> tuple[Columns, Callable[[Any], list[Text]]]:
        """Columns for who raises a point, when and in how many places, and the row of a point."""
        heads: Columns = [(self.label(f"cases.points.{head}"), "left") for head in ("point", "who")]
        heads += [(self.year(year), "right") for year in self.years]
        heads.append((self.label("cases.points.cases"), "right"))

        def row_of(row: Any) -> list[Text]:
            subject = f"point.{row.point}"
            actors = row.actors_against if verdict == DENIED else row.actors_for
            return [
                self.claim(row.point),
                self.actors_named(actors),
                *(self.cell(subject, f"fragments.year.{y}", VOICES) for y in self.years),
                self.cell(subject, "cases", VOICES),
            ]

        return heads, row_of

    # Sentences

    def _alone(self) -> Iterator[Text]:
        """The points that at most one party supports, and that are raised most."""
        found = self.points[self.points["verdict"] == SINGLE]
        ordered = found.sort_values("fragments", ascending=False, kind="stable")
        ending, some = self._worth_naming(ordered)
        told: list[Text] = [
            self.counted(self.quoted(p), f"point.{p}", "fragments", VOICES, words=False)
            for p in some
        ]
        if told:
            points = self.writer.join(told)
            yield self.either(f"cases.points.alone{ending}", len(told), points=points)

    def _recurring(self) -> Iterator[Text]:
        """The points that studies of several years raise."""
        number = self.how_many("points", "recurring", VOICES)
        if len(self.years) < 2 or not number:
            return
        yield self.either(
            "cases.points.recurring",
            number,
            points=self.noun("points", "points", "recurring", base=VOICES, words=False),
        )
        found = recurring_points(self.data)
        everywhere = found[found["years"].map(len) == len(self.years)]
        if not len(everywhere):
            return
        ending, some = self._worth_naming(
            everywhere.sort_values("fragments", ascending=False, kind="stable")
        )
        values: dict[str, Text] = {
            "n": self.count("points", "everywhere", VOICES),
            "years": self.writer.join([self.year(year) for year in self.years]),
            "points": self.writer.join([self.quoted(point) for point in some]),
        }
        if ending:
            yield self.writer.say(f"cases.points.everywhere{ending}", **values)
        else:
            yield self.either("cases.points.everywhere", len(some), **values)

    def _worth_naming(self, ordered: pd.DataFrame) -> tuple[str, list[str]]:
        """The points to name, most fragments first, and how the sentence's key ends.

        Nothing where all are named, `_most` for those with most fragments, and `_among` for some of
        them where too many have as many.
        """
        names = list(ordered["point"])
        named = whole_ranks(list(ordered["fragments"]), NAMED_AT_MOST)
        ending = "" if named == len(names) else "_most" if named else "_among"
        return ending, names[: named or NAMED_AT_MOST]

    def _together(self) -> Iterator[Text]:
        """The pairs of themes that most fragments touch both."""
        labels = self.labels("themes")
        counts = {
            (first, second): self.how_many(f"theme.{first}", f"fragments.with.{second}")
            for first, second in combinations(self.frame.themes, 2)
        }
        ordered = [pair for pair in sorted(counts, key=lambda p: -counts[p]) if counts[pair]]
        named = whole_ranks([counts[pair] for pair in ordered], PAIRS)
        top = ordered[: named or PAIRS]
        if not top:
            return
        pairs = [
            self.writer.say(
                "cases.points.pair",
                first=lower(labels[first]),
                second=lower(labels[second]),
                n=self.count(f"theme.{first}", f"fragments.with.{second}", words=False),
            )
            for first, second in top
        ]
        yield self.writer.say("cases.points.together", pairs=self._listed(pairs))

    def _listed(self, parts: Sequence[list[Span]]) -> list[Span]:
        """Parts that hold "and" themselves, with a semicolon between them."""
        spans: list[Span] = []
        for part in parts:
            spans += [{"t": "text", "v": "; "}] if spans else []
            spans += part
        return spans
