"""The cases chapter: what practice says, in which municipalities, by whom, and on which points."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.chapters.case_glance import BOTTLENECK
from analysis.chapters.case_sections import CaseSections
from analysis.project import CallError
from analysis.report.spans import Block, Text
from analysis.report.writer import Blocks
from analysis.study import open_study

PART = "cases"


def open_cases(round: str | int = "2016", language: str = "nl") -> CasesChapter:
    """The chapter of the case studies. Raises CallError for a wrong parameter."""
    return CasesChapter(open_study(round, language))


class CasesChapter(CaseSections):
    """Each method gives the blocks of one cell of the notebook."""

    # The brief

    def brief(self) -> Blocks:
        """What the chapter adds to the report in brief."""
        w = self.writer
        if not self.themes_told:
            return w.blocks("brief", [w.paragraph(self.label("cases.brief.nothing"))])
        return w.blocks("brief", [w.paragraph(*self._in_brief())])

    def _in_brief(self) -> Iterator[Text]:
        yield self.either(
            "cases.brief.opening",
            self.how_many("fragments", "documents"),
            fragments=self.of_all("fragments", "fragments"),
            documents=self.noun("documents", "fragments", "documents"),
            cases=self.noun("cases", "fragments", "municipalities"),
            bottlenecks=self.of_all(BOTTLENECK, f"kind.{BOTTLENECK}"),
        )
        yield self._most()
        if self.how_many("points", "told", "voices"):
            yield self.writer.say(
                "cases.brief.points",
                agreed=self.noun("points", "points", "agreed", base="voices"),
                disputed=self.count("points", "disputed", "voices"),
            )

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

    # The chapter

    def opening(self) -> Blocks:
        """The start of the chapter: which documents and municipalities, and how to read it."""
        w = self.writer
        heading = w.heading(1, "cases", self.label("cases.heading"))
        if not self.themes_told:
            return w.blocks(PART, [heading, w.paragraph(self.label("cases.opening.nothing"))])
        return w.blocks(PART, [heading, *self._opening()])

    def _opening(self) -> Iterator[Block]:
        w = self.writer
        first, last = (self.key("cases", name) for name in ("study_year", "study_year_last"))
        one_year = w.value(first) == w.value(last)
        yield w.paragraph(
            w.say(
                "cases.opening.in" if one_year else "cases.opening.years",
                year=w.number(first),
                last=w.number(last),
                documents=self.noun("documents", "fragments", "documents"),
                fragments=self.of_all("fragments", "fragments"),
                cases=self.noun("cases", "fragments", "municipalities"),
            ),
            self._where(),
            self.later(),
        )
        yield w.paragraph(self.label("cases.opening.method"), role="note")
        yield self.document_table()

    def _where(self) -> Text:
        """The municipalities in depth, and those of the study of many."""
        names = [self.case_name(case) for case in self.in_depth if case in self.cases_told]
        if not names or not self.scan_year:
            return ""
        return self.writer.say(
            "cases.opening.where", year=self.year(self.scan_year), names=self.writer.join(names)
        )

    def profiles(self) -> Blocks:
        """The municipalities side by side, and the cities of the study of many."""
        w = self.writer
        if not self.profiled and not self.scanned:
            return w.blocks(PART, [])
        blocks = [w.heading(2, "case-profiles", self.label("cases.profiles.heading"))]
        blocks += self.profile_blocks()
        if self.scan_year:
            blocks.append(self.scan_table())
        return w.blocks(PART, blocks)

    def glance(self) -> Blocks:
        """What the fragments are about, of which kind they are, and who speaks."""
        return self._section("case-matrix", "cases.matrix.heading", self.matrix_blocks())

    def raised(self) -> Blocks:
        """Who raises which point, and whether others agree."""
        return self._section("case-points", "cases.points.heading", self.point_blocks())

    def _section(self, name: str, title: str, blocks: Iterator[Block]) -> Blocks:
        w = self.writer
        if not self.themes_told:
            return w.blocks(PART, [])
        return w.blocks(PART, [w.heading(2, name, self.label(title)), *blocks])

    def per_case(self) -> Blocks:
        """A section per municipality in depth, and per collection of voices from practice."""
        w = self.writer
        if not self.sections:
            return w.blocks(PART, [])
        blocks = [block for case in self.sections for block in self.section_blocks(case)]
        heading = w.heading(2, "case-sections", self.label("cases.section.heading"))
        reading = w.paragraph(self.label("cases.section.reading"), role="note")
        return w.blocks(PART, [heading, reading, *blocks])

    def case(self, case: str) -> Blocks:
        """The section of one case. Raises CallError for one that has none."""
        if case not in self.sections:
            known = ", ".join(self.sections)
            raise CallError(f"there is no section for {case!r}; there are: {known}")
        return self.writer.blocks(PART, self.section_blocks(case))
