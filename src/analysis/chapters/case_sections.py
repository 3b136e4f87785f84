"""A section per municipality in depth and per collection of voices: who says what there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from analysis.chapters.case_glance import BOTTLENECK, RECOMMENDATION
from analysis.chapters.case_points import CasePoints
from analysis.chapters.case_words import capital, lower, whole_ranks
from analysis.raw.tables import rows
from analysis.report.spans import Block, Span, Text, code, text

# Collections that other parts of the report tell of: research of others, conclusions over
# everything, and what was said of the cities of the policy matrix together.
ELSEWHERE = ("eleven", "survey", "literature", "framework", "study")
# Kinds that stand with the tools in the synthesis.
TOOLS = ("tool", "building_block", "topic", "counter_argument")
WANTED = ("improvement", "advice", RECOMMENDATION)
EXAMPLE = "positive_example"
PLAIN = "fact"
# With fewer rows, or a column that would be mostly empty, bottlenecks and improvements stand with
# the rest of their theme.
ROWS_AT_LEAST = 3
WORTH_A_COLUMN = 4
POINTS_NAMED = 3
# Of a case with more fragments than can be read, a theme shows so many of each part.
READABLE = 50
REST = "rest"
AT_MOST = {BOTTLENECK: 3, "wanted": 3, EXAMPLE: 1, REST: 3}


class CaseSections(CasePoints):
    """Profile, voices and themes of one case, with its bottlenecks beside what is wanted."""

    @property
    def sections(self) -> list[str]:
        """The cases that have a section: those in depth, then the collections of voices."""
        voices = [case for case in self.frame.collections if case not in ELSEWHERE]
        return [
            case for case in (*self.in_depth, *voices) if self.how_many(f"case.{case}", "fragments")
        ]

    def shown_of(self, case: str) -> pd.DataFrame:
        """The fragments that the section shows, in the order of the documents.

        Statements of policy of the study of many stand in the policy matrix, tools elsewhere.
        """
        found = self.data.counted[self.data.counted["case"] == case]
        matrix = (found["policy"] != "") & (found["year"] == self.scan_year)
        shown = found[~matrix & ~found["kind"].isin(TOOLS)]
        return shown.sort_values(["year", "source", "line"], kind="stable")

    def picked(self, shown: pd.DataFrame) -> pd.DataFrame:
        """All of `shown`, or where that is too much some of each theme and part.

        These are of different points as far as possible, those raised most first.
        """
        if len(shown) <= READABLE:
            return shown
        parts = {BOTTLENECK: BOTTLENECK, EXAMPLE: EXAMPLE} | dict.fromkeys(WANTED, "wanted")
        part = shown["kind"].map(parts).fillna(REST)
        keep: list[object] = []
        for (_, name), group in shown.groupby([shown["theme"], part], sort=False):
            point = group["point"]
            turn = point.groupby(point).cumcount()
            raised = point.map(point.value_counts()).where(point != "", 0)
            order = pd.DataFrame({"turn": turn, "raised": -raised})
            keep += list(
                order.sort_values(["turn", "raised"], kind="stable").index[: AT_MOST[str(name)]]
            )
        return shown[shown.index.isin(keep)]

    def section_blocks(self, case: str) -> Iterator[Block]:
        """The section of one case."""
        w = self.writer
        whole = self.shown_of(case)
        shown = self.picked(whole)
        yield w.heading(3, f"case-{case}", self.case_name(case))
        yield w.paragraph(
            *self._profile(case),
            *self._speaking(case),
            *self._elsewhere(case),
            *self._left_out(case, whole, shown),
        )
        beside = self._beside(case, shown)
        examples = shown[shown["kind"] == EXAMPLE]
        apart = [EXAMPLE, *(beside[0] if beside else ())]
        yield from self._themes(case, whole, shown[~shown["kind"].isin(apart)])
        if beside:
            kinds, block = beside
            ref: Span = {"t": "ref", "to": block["id"]}
            named = self._kinds_named(kinds)
            yield w.paragraph(w.say("cases.section.beside", ref=ref, kinds=named))
            yield block
        if len(examples):
            yield w.paragraph(self.either("cases.section.examples", len(examples)))
            yield w.list([self.item(row) for row in rows(examples)])

    # In prose

    def _profile(self, case: str) -> Iterator[Text]:
        """What the case is, and how much is told of it."""
        if case in self.frame.collections:
            yield self.frame.collections[case].definition(self.words.code)
        yield from self.profile_of(case)
        subject = f"case.{case}"
        years = [y for y in self.years_of(case) if self.how_many(subject, f"fragments.year.{y}")]
        yield self.either(
            "cases.section.fragments",
            self.how_many(subject, "fragments"),
            fragments=self.noun("fragments", subject, "fragments"),
            years=self.writer.join([self.year(year) for year in years]),
            kinds=self.kinds_of(subject, words=self.is_small(subject)),
        )

    def years_of(self, case: str) -> list[int]:
        """The years of the evidence on a case."""
        found = self.data.counted
        return sorted({int(year) for year in found.loc[found["case"] == case, "year"]})

    def _speaking(self, case: str) -> Iterator[Text]:
        """Whose view the fragments of the case give, most first."""
        told = self._ranked(case, {a: f"fragments.actor.{a}" for a in self.frame.actors})
        names = [
            self.counted(
                self.actor_name(actor),
                f"case.{case}",
                statistic,
                words=self.is_small(f"case.{case}"),
            )
            for actor, statistic in told.items()
        ]
        if len(names) == 1:
            (actor,) = told
            yield self.writer.say("cases.section.alone", actor=self.actor_name(actor))
        elif names:
            yield self.writer.say("cases.section.speaking", actors=self.writer.join(names))

    def _ranked(self, case: str, statistics: dict[str, str]) -> dict[str, str]:
        """The statistics of a case that are not zero, the highest first."""
        counts = {name: self.how_many(f"case.{case}", s) for name, s in statistics.items()}
        ordered = sorted(counts, key=lambda name: -counts[name])
        return {name: statistics[name] for name in ordered if counts[name]}

    def _elsewhere(self, case: str) -> Iterator[Text]:
        """How many statements of policy stand in the policy matrix instead."""
        statistic = f"fragments.policy.{self.scan_year}"
        if number := self.how_many(f"case.{case}", statistic):
            n = self.count(f"case.{case}", statistic)
            year = self.year(self.scan_year)
            yield self.either("cases.section.policy", number, n=n, year=year)

    def _left_out(self, case: str, whole: pd.DataFrame, shown: pd.DataFrame) -> Iterator[Text]:
        """How many fragments are not shown one by one, and where they stand."""
        hidden = whole[~whole["id"].isin(shown["id"])]
        if len(hidden):
            files = list(dict.fromkeys(hidden["file"]))
            n = self.writer.plain(
                f"case.{case}", "fragments.not_shown", len(hidden), " ".join(files),
                provenance=self.provenance,
            )  # fmt: skip
            named = self.writer.join([code(file) for file in files])
            yield self.either("cases.section.left_out", len(hidden), n=n, file=named)

    # Themes

    def _themes(self, case: str, shown: pd.DataFrame, rest: pd.DataFrame) -> Iterator[Block]:
        """A paragraph per theme, and below it what does not stand in a table or list."""
        for theme in self.frame.themes:
            if not (shown["theme"] == theme).any():
                continue
            name: Span = {"t": "strong", "v": f"{self.labels('themes')[theme]}:"}
            yield self.writer.paragraph(name, *self._theme(case, theme))
            here = rest[rest["theme"] == theme]
            if len(here):
                yield self.writer.list([[*self._kind(row.kind), *self.item(row)]
                                        for row in rows(here)])  # fmt: skip

    def _theme(self, case: str, theme: str) -> Iterator[Text]:
        """How much, by whom and on which points."""
        w, subject, statistic = self.writer, f"case.{case}", f"fragments.theme.{theme}"
        number = self.how_many(subject, statistic)
        actors = self._ranked(case, {a: f"{statistic}.actor.{a}" for a in self.frame.actors})
        named = [
            self.counted(self.actor_name(a), subject, s) if len(actors) > 1
            else text(self.actor_name(a))
            for a, s in actors.items()
        ]  # fmt: skip
        yield self.either(
            "cases.section.theme",
            number,
            n=self.count(subject, statistic),
            actors=w.join(named),
        )
        yield self._points_of(case, theme)

    def _points_of(self, case: str, theme: str) -> Text:
        """The points of a theme that are raised most, and whether they are contradicted."""
        subject = f"case.{case}"
        statistics = {p: f"fragments.point.{p}" for p in self.frame.points_of(theme)}
        ranked = self._ranked(case, statistics)
        told: list[Text] = []
        counts = [self.how_many(subject, statistic) for statistic in ranked.values()]
        named = whole_ranks(counts, POINTS_NAMED)
        for point, statistic in list(ranked.items())[: named or POINTS_NAMED]:
            against = self.how_many(subject, f"{statistic}.contradicts")
            if not against:
                told.append(self.counted(self.quoted(point), subject, statistic))
                continue
            key = "all" if against == self.how_many(subject, statistic) else "some"
            told.append(
                self.writer.say(
                    f"cases.section.against_{key}",
                    point=self.quoted(point),
                    n=self.count(subject, statistic),
                    against=self.count(subject, f"{statistic}.contradicts"),
                )
            )
        if not told:
            return ""
        points = self.writer.join(told)
        if not named:
            return self.writer.say("cases.section.points_among", points=points)
        key = "cases.section.points_most" if len(ranked) > named else "cases.section.points"
        return self.either(key, len(told), points=points)

    def _kind(self, kind: str) -> list[Span]:
        """The name of a kind before a fragment; a plain fact goes without."""
        if kind == PLAIN:
            return []
        said = self.label("cases.section.kind").format(kind=self.labels("kinds")[kind])
        return [{"t": "strong", "v": said}, *text(" ")]

    # Bottlenecks beside what is wanted

    def _beside(self, case: str, shown: pd.DataFrame) -> tuple[list[str], Block] | None:
        """The kinds that a table holds, and the table: by theme bottlenecks beside what is wanted.

        None when there is too little for a table.
        """
        sides = {names: shown[shown["kind"].isin(names)] for names in ((BOTTLENECK,), WANTED)}
        least = max(ROWS_AT_LEAST, max(map(len, sides.values())) / WORTH_A_COLUMN)
        sides = {names: found for names, found in sides.items() if len(found) >= least}
        body = list(self._rows_beside(list(sides.values())))
        if len(body) < ROWS_AT_LEAST:
            return None
        w = self.writer
        kinds = [[k for k in names if (found["kind"] == k).any()] for names, found in sides.items()]
        every = [kind for side in kinds for kind in side]
        columns: list[tuple[Text, str]] = [(self.label("cases.matrix.theme"), "left")]
        columns += [(capital(self._kinds_named(side)), "left") for side in kinds]
        table = w.table(
            f"table-case-{case}",
            w.say("cases.section.table", case=self.case_name(case), kinds=self._kinds_named(every)),
            columns,
            body,
            source=self.sources(*self.data.files),
            note=self.label("cases.section.note") if len(sides) > 1 else "",
            provenance=self.provenance,
        )
        return every, table

    def _kinds_named(self, kinds: Sequence[str]) -> list[Span]:
        labels = self.labels("kinds")
        return self.writer.join([self.noun_alone(k) or lower(labels[k]) for k in kinds])

    def _rows_beside(self, sides: Sequence[pd.DataFrame]) -> Iterator[list[Text]]:
        """Per theme the fragments of each side, in the order of the points of the frame."""
        place = {point: index for index, point in enumerate(["", *self.frame.points])}
        ordered = [side.sort_values("point", key=lambda p: p.map(place), kind="stable")
                   for side in sides]  # fmt: skip
        for theme, name in self.labels("themes").items():
            lists = [
                [self.item(row) for row in rows(side[side["theme"] == theme])] for side in ordered
            ]
            none = text(self.label("cases.none"))
            for number in range(max(map(len, lists), default=0)):
                yield [name, *(side[number] if number < len(side) else none for side in lists)]
