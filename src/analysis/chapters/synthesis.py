"""What literature, survey and practice say together, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.chapters.recommendations import register_blocks
from analysis.chapters.synthesis_theme import theme_blocks
from analysis.chapters.synthesis_words import PART, RECOMMENDATIONS, SynthesisWords
from analysis.chapters.toolkit import toolkit_blocks
from analysis.evidence.synthesis import (
    CLASH,
    CONTRADICTS,
    DIVIDED,
    SOURCES,
    SUPPORTS,
    VERDICTS,
)
from analysis.project import CallError
from analysis.raw.tables import rows
from analysis.report.charts.synthesis import draw_verdicts
from analysis.report.spans import Block, Text
from analysis.report.writer import Blocks
from analysis.study import open_study

FIGURE = "figure-synthesis"
TOTALS = {"points": "points", "agree": "points.agree", "clash": "points.clash"}


def open_synthesis(
    round: str | int = "2016", language: str = "nl", **cut_offs: float | None
) -> SynthesisChapter:
    """The synthesis of a round; `cut_offs` as `Thresholds`, None for those of `round.yml`.

    Raises CallError for a wrong parameter.
    """
    return SynthesisChapter(open_study(round, language, cut_offs))


class SynthesisChapter(SynthesisWords):
    """The sources side by side, theme by theme; each method gives the blocks of one cell."""

    def brief(self) -> Blocks:
        """What the chapter adds to the report in brief."""
        w = self.writer
        if self.synthesis.empty:
            return w.blocks("brief", [])
        points = [row.point for row in rows(self._clashes())]
        told = w.say("synthesis.brief.clashes", points=self.named(points)) if points else ""
        return w.blocks("brief", [w.paragraph(self._finding("synthesis.brief.finding"), told)])

    def opening(self) -> Blocks:
        """What is put side by side, and by which rule."""
        w, heading = self.writer, self.label("synthesis.heading")
        return w.blocks(
            PART,
            [
                w.heading(1, PART, heading),
                w.paragraph(self.label("synthesis.opening.what"), self.later()),
                w.paragraph(self.label("synthesis.opening.positions")),
                w.list(self.words.get("synthesis.opening.sources").values()),
                w.paragraph(self.label("synthesis.opening.together")),
                w.list(self.words.get("synthesis.opening.verdicts").values()),
                w.paragraph(self.label("synthesis.opening.weight")),
            ],
        )

    # The overview

    def overview(self) -> Blocks:
        """How many points of each theme the sources agree and clash on, and the clashes."""
        w = self.writer
        heading = w.heading(2, "synthesis-overview", self.label("synthesis.overview.heading"))
        if self.synthesis.empty:
            return w.blocks(PART, [heading, w.paragraph(self.label("synthesis.overview.empty"))])
        counted = [
            self.counting(
                f"synthesis.overview.{verdict}", self.verdict_key("themes", f"points.{verdict}")
            )
            for verdict in VERDICTS[2:]
        ]
        finding = self._finding("synthesis.overview.finding")
        return w.blocks(
            PART, [heading, w.paragraph(finding, *counted), self._figure(), *self._clash_blocks()]
        )

    def _finding(self, key: str) -> Text:
        values = {n: self.spelled(self.verdict_key("themes", s)) for n, s in TOTALS.items()}
        return self.writer.say(key, **values)

    def _figure(self) -> Block:
        w = self.writer
        cells = [
            {
                "fact": (key := self.verdict_key(f"theme.{theme}", f"points.{verdict}")),
                "theme": theme,
                "label": label,
                "verdict": verdict,
                "count": self.value(key),
                "provenance": self.provenance_of(),
            }
            for theme, label in self.labels("themes").items()
            for verdict in VERDICTS
        ]
        keys = {name: self.verdict_key("themes", s) for name, s in TOTALS.items()}
        totals = {name: (key, self.value(key)) for name, key in keys.items()}
        return w.figure(
            FIGURE,
            draw_verdicts(pd.DataFrame(cells), totals, self.words),
            source=self.evidence_sources(),
            provenance=self.provenance_of(),
            table=self._table(),
            note=self.label("synthesis.overview.note"),
        )

    def _table(self) -> Block:
        """The same as a table: a row per theme, a column per verdict, and the sums."""
        w = self.writer
        heads = [self.label("synthesis.columns.theme")]
        heads += [self.label(f"synthesis.chart.legend.{verdict}") for verdict in VERDICTS]
        subjects = {f"theme.{theme}": label for theme, label in self.labels("themes").items()}
        subjects["themes"] = self.label("synthesis.columns.all")
        body: list[list[Text]] = [
            [label, *(w.number(self.verdict_key(subject, f"points.{v}")) for v in VERDICTS)]
            for subject, label in subjects.items()
        ]
        return w.table(
            "table-synthesis",
            self.label("synthesis.overview.table"),
            [(head, "right" if index else "left") for index, head in enumerate(heads)],
            body,
            source=self.evidence_sources(),
            provenance=self.provenance_of(),
            marks=[""] * (len(body) - 1) + ["total"],
        )

    def _clashes(self) -> pd.DataFrame:
        return self.synthesis[self.synthesis["verdict"] == CLASH]

    def _clash_blocks(self) -> Iterator[Block]:
        w, clashes = self.writer, self._clashes()
        if clashes.empty:
            yield w.paragraph(self.label("synthesis.clash.none"))
            return
        yield w.paragraph(self.either("synthesis.clash.opening", len(clashes)))
        yield w.list([self._clash(row) for row in rows(clashes)])

    def _clash(self, row: Any) -> Text:
        """Who says so, who says the opposite, and the answers behind what the survey says."""
        w = self.writer
        sides = {p: [s for s in SOURCES if getattr(row, s) == p] for p in (SUPPORTS, CONTRADICTS)}
        told: list[Text] = [
            w.say(
                "synthesis.clash.sentence",
                supporting=self.source_names(sides[SUPPORTS]),
                contradicting=self.source_names(sides[CONTRADICTS]),
                point=self.claim(row.point),
            )
        ]
        if row.survey in (SUPPORTS, CONTRADICTS):
            answers = list(self.answers(row.items))
            told.append(w.say("synthesis.clash.answers", answers=self.semicolons(answers)))
        if divided := [source for source in SOURCES if getattr(row, source) == DIVIDED]:
            names = self.source_names(divided)
            told.append(w.say("synthesis.clash.divided", sources=names))
        return self.sentences(told)

    # The themes

    def themes(self) -> Blocks:
        """A page for every theme of the coding frame."""
        blocks = [block for theme in self.frame.themes for block in theme_blocks(self, theme)]
        return self.writer.blocks(PART, blocks)

    def theme(self, theme: str) -> Blocks:
        """One theme. Raises CallError for one that the coding frame does not have."""
        if theme not in self.frame.themes:
            known = ", ".join(self.frame.themes)
            raise CallError(f"unknown theme {theme!r}; known: {known}")
        return self.writer.blocks(PART, theme_blocks(self, theme))

    # What is at hand

    def toolkit(self) -> Blocks:
        """Tools, arguments with their answers, building blocks, questions and tips."""
        return self.writer.blocks(PART, toolkit_blocks(self))

    def register(self) -> Blocks:
        """Appendix: every recommendation, with what bears on it."""
        return self.writer.blocks(RECOMMENDATIONS, register_blocks(self))
