"""Chapter 4: what happens in the municipalities that were studied in depth."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.chapters.case_profiles import FRAGMENTS_FILE, FRAME_FILE, lower
from analysis.chapters.case_themes import CaseThemes
from analysis.project import CallError
from analysis.report.charts import draw_matrix
from analysis.report.spans import Block, Span, Text, code
from analysis.report.writer import Blocks
from analysis.study import open_study

PART = "cases"
BOTTLENECK = "bottleneck"
MATRIX = "figure-cases-matrix"


def open_cases(round: str | int = "2016", language: str = "nl") -> CasesChapter:
    """The chapter of the case studies. Raises CallError for a wrong parameter."""
    return CasesChapter(open_study(round, language))


class CasesChapter(CaseThemes):
    """The municipalities, and per theme what was said; each method gives one cell's blocks."""

    # The brief

    def brief(self) -> Blocks:
        """What the chapter adds to the report in brief."""
        w = self.writer
        if not self.cases:
            return w.blocks("brief", [w.paragraph(self.label("cases.brief.nobody"))])
        cases = self.noun("cases", "cases", "cases")
        if not self.themes_told:
            return w.blocks("brief", [w.paragraph(w.say("cases.brief.nothing", cases=cases))])
        opening = w.say(
            "cases.brief.opening",
            cases=cases,
            fragments=self._noun_of_all("fragments", "fragments"),
            bottlenecks=self._noun_of_all(BOTTLENECK, "kind.bottleneck"),
            improvements=self._noun_of_all("improvement", "kind.improvement"),
        )
        return w.blocks("brief", [w.paragraph(opening, self._most())])

    def _noun_of_all(self, noun: str, subject: str) -> list[Span]:
        return self.noun(noun, subject, "fragments", words=self.is_small("fragments"))

    def _most(self) -> Text:
        """The theme or themes with most bottlenecks."""
        statistic = f"fragments.{BOTTLENECK}"
        counts = {t: self.how_many(f"theme.{t}", statistic) for t in self.themes_told}
        top = [theme for theme, count in counts.items() if count == max(counts.values())]
        most, total = counts[top[0]], self.how_many(f"kind.{BOTTLENECK}", "fragments")
        if not total:
            return ""
        if most == total:
            key = "only" if total == 1 else "all"
        else:
            key = "one" if len(top) == 1 else "many"
        n = self.count(f"theme.{top[0]}", statistic, words=self.is_small("fragments"))
        return self.writer.say(f"cases.brief.most_{key}", n=n, themes=self.theme_names(top))

    # The municipalities

    def profiles(self) -> Blocks:
        """The start of the chapter, and the municipalities side by side."""
        w = self.writer
        blocks = [w.heading(1, "cases", self.label("cases.heading")), *self._opening()]
        if self.cases:
            blocks.append(w.heading(2, "case-profiles", self.label("cases.profiles.heading")))
            blocks += self.profile_blocks()
        return w.blocks(PART, blocks)

    def _opening(self) -> Iterator[Block]:
        """Which municipalities, and how to read the chapter."""
        w = self.writer
        if not self.cases:
            yield w.paragraph(self.label("cases.opening.nobody"))
            return
        first, last = self.key("cases", "study_year"), self.key("cases", "study_year_last")
        one_year = w.value(first) == w.value(last)
        told = self.either(
            "cases.opening.in" if one_year else "cases.opening.years",
            len(self.cases),
            year=w.number(first),
            last=w.number(last),
            cases=self.noun("cases", "cases", "cases"),
            names=w.join([self.case_name(case) for case in self.cases]),
        )
        files = self.data.fragments["source"]
        lines: Text = ""
        if len(files):
            key = "one_file" if files.nunique() == 1 else "more_files"
            lines = w.say(f"cases.opening.{key}", file=code(self.main_file))
        yield w.paragraph(told)
        yield w.paragraph(self.label("cases.opening.method"), lines, role="note")

    # Themes by kinds, themes by speakers

    def matrix(self) -> Blocks:
        """How many fragments there are of each kind in each theme."""
        w = self.writer
        heading = w.heading(2, "case-matrix", self.label("cases.matrix.heading"))
        if not self.themes_told:
            return w.blocks(PART, [heading, w.paragraph(self.label("cases.matrix.nothing"))])
        number = self.how_many("fragments", "fragments")
        opening = self.either(
            "cases.matrix.opening",
            number,
            fragments=self._noun_of_all("fragments", "fragments"),
            kinds=w.join(
                [
                    self.noun(
                        kind,
                        f"kind.{kind}",
                        "fragments",
                        words=self.is_small("fragments"),
                        label=label,
                    )
                    for kind, label in self._kinds_told().items()
                ]
            ),
        )
        paragraph = w.paragraph(opening, *self._bottlenecks(), self.label("cases.matrix.weight"))
        return w.blocks(PART, [heading, paragraph, self._figure()])

    def _kinds_told(self) -> dict[str, str]:
        return {k: v for k, v in self.labels("kinds").items()
                if self.how_many(f"kind.{k}", "fragments")}  # fmt: skip

    def _bottlenecks(self) -> list[Text]:
        """Where the source lists bottlenecks, and where there are none."""
        told: list[Text] = []
        for key, statistic, wanted in (
            ("bullets", f"bullets.{BOTTLENECK}", True),
            ("without", f"fragments.{BOTTLENECK}", False),
        ):
            themes = [
                theme
                for theme in self.themes_told
                if bool(self.how_many(f"theme.{theme}", statistic)) == wanted
            ]
            if themes:
                names = self.theme_names(themes)
                told.append(self.either(f"cases.matrix.{key}", len(themes), themes=names))
        return told

    def _figure(self) -> Block:
        w, kinds, themes = self.writer, self._kinds_told(), self.labels("themes")
        cells = [
            {
                "fact": (key := self.key(f"theme.{theme}", f"fragments.{kind}")),
                "row": theme,
                "row_label": themes[theme],
                "column": kind,
                "column_label": label,
                "count": w.value(key),
                "provenance": "published",
            }
            for theme in self.themes_told
            for kind, label in kinds.items()
        ]
        definitions = [self._definition("kinds", kind) for kind in kinds]
        return w.figure(
            MATRIX,
            draw_matrix(pd.DataFrame(cells), self.words),
            source=self.sources(FRAGMENTS_FILE, FRAME_FILE),
            provenance="published",
            table=self._grid("matrix", kinds, "fragments."),
            note=" ".join(definitions),
        )

    def _definition(self, group: str, name: str) -> str:
        item = getattr(self.frame, group)[name]
        definition = str(getattr(item, f"definition_{self.words.code}"))
        label = item.label(self.words.code)
        return self.label("cases.matrix.definition").format(
            label=label, definition=lower(definition)
        )

    def _grid(self, name: str, columns: dict[str, str], prefix: str, note: str = "") -> Block:
        """A table of counts: a row per theme, a column per code, and totals."""
        w, labels = self.writer, self.labels("themes")
        total = self.label("cases.matrix.total")
        heads = [self.label("cases.matrix.theme"), *columns.values(), total]
        column = "kind" if name == "matrix" else "actor"
        body: list[list[Text]] = [
            [
                labels[theme],
                *(w.number(self.key(f"theme.{theme}", prefix + c)) for c in columns),
                w.number(self.key(f"theme.{theme}", "fragments")),
            ]
            for theme in self.themes_told
        ]
        sums: list[Text] = [w.number(self.key(f"{column}.{c}", "fragments")) for c in columns]
        body.append([total, *sums, w.number(self.key("fragments", "fragments"))])
        return w.table(
            f"table-cases-{column}s",
            self.label(f"cases.{name}.table_title"),
            [(head, "right" if index else "left") for index, head in enumerate(heads)],
            body,
            source=self.sources(FRAGMENTS_FILE, FRAME_FILE),
            note=note,
            marks=[""] * (len(body) - 1) + ["total"],
        )

    def voices_by_actor(self) -> Blocks:
        """Whose view the fragments give, by theme, and whose view is missing."""
        w = self.writer
        speakers = self.speakers()
        if not speakers:
            return w.blocks(PART, [])
        told = [
            self.counted(self.actor_name(a), s, k, self.is_small("fragments"))
            for a, s, k in speakers
        ]
        spoken = {actor for actor, _, _ in speakers}
        silent = [self.actor_name(actor) for actor in self.frame.actors if actor not in spoken]
        labels = {a: v for a, v in self.labels("actors").items() if a in spoken}
        note = " ".join(self._definition("actors", actor) for actor in labels)
        return w.blocks(
            PART,
            [
                w.heading(2, "case-voices", self.label("cases.voices.heading")),
                w.paragraph(
                    w.say("cases.voices.opening", actors=w.join(told)),
                    w.say("cases.voices.silent", actors=w.join(silent)) if silent else "",
                ),
                self._grid("voices", labels, "fragments.actor.", note),
            ],
        )

    # The themes

    def themes(self) -> Blocks:
        """Every theme that has fragments, in the order of the coding frame."""
        blocks = [block for theme in self.themes_told for block in self.theme_blocks(theme)]
        return self.writer.blocks(PART, blocks)

    def theme(self, theme: str) -> Blocks:
        """One theme. Raises CallError for one that the coding frame does not have."""
        if theme not in self.frame.themes:
            known = ", ".join(self.frame.themes)
            raise CallError(f"unknown theme {theme!r}; known: {known}")
        return self.writer.blocks(PART, self.theme_blocks(theme))
