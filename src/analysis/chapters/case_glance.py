"""The evidence at a glance: where it comes from, what it is about, and who speaks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from analysis.chapters.case_profiles import CaseProfiles
from analysis.chapters.case_words import FRAME_FILE, capital, lower
from analysis.report.charts import draw_matrix
from analysis.report.spans import Block, Span, Text, cite, code, text

BOTTLENECK = "bottleneck"
RECOMMENDATION = "recommendation"
# A party with fewer than one in fifty of the fragments is said to be hardly heard.
HARDLY = 50
NAMED = 2
# What stands in the columns of each figure, for its title.
PAIRS_BY = {"cases": "theme", "kinds": "kind", "actors": "actor"}


class CaseGlance(CaseProfiles):
    """Counts of fragments by document, case, theme, kind and speaker."""

    @property
    def themes_told(self) -> list[str]:
        """The themes that have fragments, in the order of the coding frame."""
        return [t for t in self.frame.themes if self.how_many(f"theme.{t}", "fragments")]

    @property
    def cases_told(self) -> list[str]:
        """The municipalities and collections that have fragments, in their order."""
        return [c for c in self.data.cases if self.how_many(f"case.{c}", "fragments")]

    def of_all(self, noun: str, subject: str, label: str = "") -> list[Span]:
        """A count over all the evidence with its noun: in figures as soon as the whole is."""
        words = self.is_small("fragments")
        return self.noun(noun, subject, "fragments", words=words, label=label)

    # Documents

    def document_table(self) -> Block:
        """The documents, each with its mark and what was noted from it."""
        w = self.writer
        heads = ("file", "mark")
        columns: list[tuple[Text, str]] = [
            (self.label(f"cases.documents.{head}"), "left") for head in heads
        ]
        counts = {"fragments": "fragments"}
        counts |= {k: f"fragments.{k}" for k in (BOTTLENECK, RECOMMENDATION)}
        columns += [(capital(text(self.noun_alone(noun))), "right") for noun in counts]
        body: list[list[Text]] = [
            [
                code(name),
                cite(mark),
                *(self.cell(f"document.{name}", statistic) for statistic in counts.values()),
            ]
            for name, mark in self.marks.items()
        ]
        return w.table(
            "table-cases-documents",
            self.label("cases.documents.title"),
            columns,
            body,
            source=self.sources(*self.data.files),
            provenance=self.provenance,
        )

    # Three matrices

    def matrix_blocks(self) -> Iterator[Block]:
        """Theme by kind, by case and by speaker, each with a paragraph."""
        kinds = {
            k: v for k, v in self.labels("kinds").items() if self.how_many(f"kind.{k}", "fragments")
        }
        yield self.writer.paragraph(*self._by_kind(kinds))
        yield self._theme_figure("kinds", kinds, "fragments.")
        yield self.writer.paragraph(self._by_case(), self.label("cases.matrix.weight"))
        yield self._case_figure({case: self.case_name(case) for case in self.cases_told})
        actors = {a: self.labels("actors")[a] for a in self._speakers()}
        yield self.writer.paragraph(*self._by_actor(list(actors)))
        yield self._theme_figure("actors", actors, "fragments.actor.")

    def _by_case(self) -> Text:
        counts = {t: self.how_many(f"theme.{t}", "fragments") for t in self.themes_told}
        ordered = sorted(counts, key=lambda theme: -counts[theme])
        said = self.either(
            "cases.matrix.cases",
            self.how_many("fragments", "fragments"),
            fragments=self.of_all("fragments", "fragments"),
        )
        if len(ordered) < 2 * NAMED:
            return said
        most, least = ordered[:NAMED], ordered[-NAMED:]
        words = self.is_small("fragments")
        names = self.labels("themes")
        most_told, least_told = (
            self.writer.join(
                [
                    self.counted(self.in_list(names[t]), f"theme.{t}", "fragments", words=words)
                    for t in themes
                ]
            )
            for themes in (most, least)
        )
        more = self.writer.say("cases.matrix.spread", most=most_told, least=least_told)
        return [*said, {"t": "text", "v": " "}, *more]

    def _by_kind(self, kinds: dict[str, str]) -> Iterator[Text]:
        told = [self.of_all(kind, f"kind.{kind}", label) for kind, label in kinds.items()]
        yield self.writer.say("cases.matrix.kinds", kinds=self.writer.join(told))
        without = [
            theme
            for theme in self.themes_told
            if not self.how_many(f"theme.{theme}", f"fragments.{BOTTLENECK}")
        ]
        if without:
            yield self.writer.say("cases.matrix.without", themes=self.theme_names(without))

    def _speakers(self) -> list[str]:
        return [a for a in self.frame.actors if self.how_many(f"actor.{a}", "fragments")]

    def _by_actor(self, spoken: Sequence[str]) -> Iterator[Text]:
        """Whose view the fragments give, and which parties are hardly or not heard."""
        w, total = self.writer, self.how_many("fragments", "fragments")
        words = self.is_small("fragments")
        ordered = sorted(spoken, key=lambda actor: -self.how_many(f"actor.{actor}", "fragments"))
        told = {
            actor: self.counted(self.actor_name(actor), f"actor.{actor}", "fragments", words=words)
            for actor in ordered
        }
        yield w.say("cases.voices.opening", actors=w.join(list(told.values())))
        if any(" " in cell for cell in self.data.counted["actor"]):
            yield self.label("cases.voices.both")
        parties = [actor for actor, item in self.frame.actors.items() if item.party]
        hardly = [
            actor
            for actor in ordered
            if actor in parties and HARDLY * self.how_many(f"actor.{actor}", "fragments") < total
        ]
        if hardly:
            yield w.say("cases.voices.hardly", actors=self.actors_named(hardly))
        if silent := [actor for actor in parties if actor not in spoken]:
            yield w.say("cases.voices.silent", actors=self.actors_named(silent))

    def _case_figure(self, cases: dict[str, str]) -> Block:
        themes = self.labels("themes")
        cells = [
            self._cell_of(f"theme.{theme}", f"fragments.case.{case}", case, name, theme, themes)
            | {"column_name": self.in_list(themes[theme])}
            for case, name in cases.items()
            for theme in self.themes_told
        ]
        heads = [themes[theme] for theme in self.themes_told]
        rows: list[list[Text]] = [
            [
                name,
                *(self.cell(f"theme.{t}", f"fragments.case.{case}") for t in self.themes_told),
                self.cell(f"case.{case}", "fragments"),
            ]
            for case, name in cases.items()
        ]
        totals = [self.cell(f"theme.{t}", "fragments") for t in self.themes_told]
        return self._matrix("cases", cells, [self.label("cases.matrix.case"), *heads], rows, totals)

    def _theme_figure(self, group: str, columns: dict[str, str], prefix: str) -> Block:
        themes = self.labels("themes")
        named = {c: self.noun_alone(c) or lower(label) for c, label in columns.items()}
        if group == "actors":
            named = {actor: self.actor_name(actor) for actor in columns}
        cells = [
            self._cell_of(f"theme.{theme}", prefix + code, theme, themes[theme], code, columns)
            | {"row_name": self.in_list(themes[theme]), "column_name": named[code]}
            for theme in self.themes_told
            for code in columns
        ]
        rows: list[list[Text]] = [
            [
                themes[theme],
                *(self.cell(f"theme.{theme}", prefix + code) for code in columns),
                self.cell(f"theme.{theme}", "fragments"),
            ]
            for theme in self.themes_told
        ]
        subject = {"kinds": "kind", "actors": "actor"}[group]
        totals = [self.cell(f"{subject}.{code}", "fragments") for code in columns]
        heads = [self.label("cases.matrix.theme"), *columns.values()]
        return self._matrix(group, cells, heads, rows, totals)

    def _cell_of(
        self, subject: str, statistic: str, row: str, label: str, column: str, names: dict[str, str]
    ) -> dict[str, object]:
        key = self.key(subject, statistic)
        return {
            "fact": key, "row": row, "row_label": label, "column": column,
            "column_label": names[column], "count": self.writer.value(key),
            "provenance": self.provenance,
        }  # fmt: skip

    def _matrix(
        self, name: str, cells: list[dict[str, object]], heads: Sequence[str],
        rows: list[list[Text]], totals: list[Text],
    ) -> Block:  # fmt: skip
        """A figure of counts with its table, which has totals."""
        w, total = self.writer, self.label("cases.matrix.total")
        sources = self.sources(*self.data.files, FRAME_FILE)
        body = [*rows, [total, *totals, self.cell("fragments", "fragments")]]
        table = w.table(
            f"table-cases-{name}",
            self.label(f"cases.matrix.titles.{name}"),
            [(head, "right" if index else "left") for index, head in enumerate([*heads, total])],
            body,
            source=sources,
            marks=[""] * len(rows) + ["total"],
            provenance=self.provenance,
        )
        return w.figure(
            f"figure-cases-{name}",
            draw_matrix(pd.DataFrame(cells), self.words, PAIRS_BY[name]),
            source=sources,
            provenance=self.provenance,
            table=table,
            note=self.label(f"cases.matrix.notes.{name}"),
        )
