"""The policy of municipalities: a matrix by aspect, and what was said in each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.chapters.case_words import CaseWords
from analysis.chapters.policy_tables import PolicyTables
from analysis.evidence.policy import (
    NOT_STATED,
    PARTLY,
    policy_positions,
    rounds_side_by_side,
)
from analysis.project import CallError
from analysis.raw.coding import FRAME_FILE
from analysis.raw.tables import rows
from analysis.report.charts.picture import literal
from analysis.report.charts.policy import draw_policy
from analysis.report.spans import Block, Span, Text
from analysis.report.writer import Blocks
from analysis.study import Study, open_study

PART = "cases"
FIGURE = "figure-policy-matrix"


def open_policy(round: str | int = "2016", language: str = "nl") -> PolicyMatrix:
    """The sections on policy. Raises CallError for a wrong parameter."""
    return PolicyMatrix(open_study(round, language))


class PolicyMatrix(CaseWords):
    """What municipalities have on each aspect of policy; each method gives one cell's blocks."""

    def __init__(self, study: Study) -> None:
        super().__init__(study)
        self.positions = policy_positions(self.data)
        self.tables = PolicyTables(self, self.positions)

    # Which municipalities, and of which year

    @cached_property
    def year(self) -> int:
        """The year of the study that looked at most municipalities; 0 without any."""
        found = self.positions.groupby("year")["case"].nunique()
        return int(str(found.idxmax())) if len(found) else 0

    @cached_property
    def places(self) -> dict[str, int]:
        """Each municipality with policy once, with its year: `year`, or else its latest."""
        found = self.positions
        told = {row.case: row.year for row in rows(found.sort_values("year", kind="stable"))}
        main = set(found.loc[found["year"] == self.year, "case"])
        years = {case: self.year if case in main else told[case] for case in self.cases
                 if case in told}  # fmt: skip
        return dict(sorted(years.items(), key=lambda item: (item[1] != self.year, item[1])))

    @cached_property
    def in_both(self) -> list[str]:
        """The municipalities with statements on policy of more than one year."""
        return list(dict.fromkeys(rounds_side_by_side(self.positions)["case"]))

    # The matrix

    def brief(self) -> Blocks:
        """What the matrix adds to the report in brief; nothing without policy."""
        w = self.writer
        if not self.year:
            return w.blocks("brief", [])
        most, _ = self._extreme("policy.", list(self.frame.aspects), "some", largest=True)
        told = w.say("policy.brief", most=self.tables.aspects(most), **self._opening())
        return w.blocks("brief", [w.paragraph(told)])

    def matrix(self) -> Blocks:
        """The figure of municipalities by aspect, and what stands out in it."""
        w = self.writer
        heading = w.heading(2, "policy-matrix", self.label("policy.matrix.heading"))
        if not self.year:
            nothing = w.paragraph(self.label("policy.matrix.nothing"))
            return w.blocks(PART, [heading, nothing])
        later = len({*self.places.values()}) > 1
        return w.blocks(
            PART,
            [
                heading,
                w.paragraph(w.say("policy.matrix.opening", **self._opening())),
                w.paragraph(*self._findings()),
                w.paragraph(
                    self.label("policy.matrix.caution"),
                    self.label("policy.matrix.later") if later else "",
                ),
                self._figure(),
            ],
        )

    def _opening(self) -> dict[str, Text]:
        return {
            "year": self.writer.number(self.key("policy", f"year.{self.year}")),
            "municipalities": self._noun("municipalities", f"municipalities.{self.year}"),
            "aspects": self._noun("aspects", "aspects"),
            "statements": self._noun("statements", f"statements.{self.year}"),
        }

    def _noun(self, noun: str, statistic: str) -> list[Span]:
        known = self.words.get(f"policy.nouns.{noun}")
        many = self.how_many("policy", statistic) != 1
        n = self.count("policy", statistic)
        return self.writer.say("cases.counted", n=n, noun=known["many" if many else "one"])

    def _findings(self) -> Iterator[Text]:
        """On which aspects most and fewest have something, and which municipality has most."""
        aspects = list(self.frame.aspects)
        yield self._aspects_with("most", "some", largest=True)
        least = self._extreme("policy.", aspects, "some", largest=False)[0]
        if len(least) < len(aspects):
            yield self._aspects_with("least", "some", largest=False)
        for statistic in ("present", "absent"):
            if self._extreme("policy.", aspects, statistic, largest=True)[1]:
                yield self._aspects_with(statistic, statistic, largest=True)
            elif statistic == "present":
                yield self.label("policy.matrix.no_present")
        cases = [case for case, year in self.places.items() if year == self.year]
        widest, most = self._extreme("case.", cases, "policy.some", largest=True)
        narrowest, fewest = self._extreme("case.", cases, "policy.some", largest=False)
        if most > fewest:
            yield self._cases_with("widest", widest)
            yield self._cases_with("narrowest", narrowest)

    def _extreme(
        self, prefix: str, codes: Sequence[str], statistic: str, *, largest: bool
    ) -> tuple[list[str], int]:
        """The codes whose count is the largest (or the smallest), and that count."""
        told = {c: self.how_many(f"{prefix}{c}", f"{statistic}.{self.year}") for c in codes}
        edge = (max if largest else min)(told.values())
        return [code for code, number in told.items() if number == edge], edge

    def _aspects_with(self, key: str, statistic: str, *, largest: bool) -> Text:
        found, _ = self._extreme("policy.", list(self.frame.aspects), statistic, largest=largest)
        n = self._of(f"policy.{found[0]}", f"{statistic}.{self.year}", len(found))
        return self.writer.say(f"policy.matrix.{key}", aspects=self.tables.aspects(found), n=n)

    def _cases_with(self, key: str, found: Sequence[str]) -> Text:
        n = self._of(f"case.{found[0]}", f"policy.some.{self.year}", len(found))
        names = self.writer.join([self.case_name(case) for case in found])
        return self.writer.say(f"policy.matrix.{key}", names=names, n=n)

    def _of(self, subject: str, statistic: str, several: int = 1) -> Text:
        """ "vijf van de elf", "elk vijf van de elf" where it holds for several, or "alle elf"."""
        whole = "aspects" if subject.startswith("case.") else f"municipalities.{self.year}"
        form = "each" if several > 1 else "of"
        if self.how_many(subject, statistic) == self.how_many("policy", whole):
            form = "all"
        n, m = self.count(subject, statistic), self.count("policy", whole)
        return self.writer.say(f"policy.{form}", n=n, m=m)

    def _figure(self) -> Block:
        w = self.writer
        legend = self.labels("policy")
        frame = pd.DataFrame(list(self._cells()))
        definitions: list[Text] = [
            w.say("policy.matrix.definition", label=literal(_capital(label)),
                  definition=literal(self.frame.policy[code].definition(self.words.code)))
            for code, label in legend.items()
        ]  # fmt: skip
        partly = literal(legend.get(PARTLY, PARTLY))
        joined: list[Span] = []
        for definition in definitions:
            joined += [{"t": "text", "v": " "}] if joined else []
            joined += definition  # type: ignore[arg-type]
        return w.figure(
            FIGURE,
            draw_policy(frame, legend, self.words),
            source=self.sources(*self.data.files, FRAME_FILE),
            provenance=self.provenance,
            table=self._data_table(),
            note=w.say("policy.matrix.note", definitions=joined, partly=partly),
        )

    def _cells(self) -> Iterator[dict[str, Any]]:
        """The frame of the chart: a row per municipality and aspect."""
        for case, year in self.places.items():
            for aspect, label in self.tables.aspect_labels.items():
                across, down = f"policy.some.{year}", f"some.{year}"
                yield {
                    "band": str(year), "band_fact": self.key("policy", f"year.{year}"),
                    "row": case, "row_label": self.case_name(case),
                    "row_fact": self.key(f"case.{case}", across),
                    "row_count": self.how_many(f"case.{case}", across),
                    "column": aspect, "column_label": label,
                    "column_name": self.in_list(label),
                    "column_fact": self.key(f"policy.{aspect}", down),
                    "column_count": self.how_many(f"policy.{aspect}", down),
                    "position": self.tables.position(case, year, aspect),
                }  # fmt: skip

    def _data_table(self) -> Block:
        w, none = self.writer, self.label("policy.none")
        columns: list[tuple[Text, str]] = [
            (self.label("policy.matrix.municipality"), "left"),
            (self.label("policy.matrix.year"), "left"),
            *((label, "left") for label in self.tables.aspect_labels.values()),
        ]
        named = self.labels("policy")
        body: list[list[Text]] = [
            [
                self.case_name(case),
                w.number(self.key("policy", f"year.{year}")),
                *(
                    named.get(self.tables.position(case, year, aspect), none)
                    for aspect in self.frame.aspects
                ),
            ]
            for case, year in self.places.items()
        ]
        return w.table(
            "table-policy-matrix", self.label("policy.matrix.table_title"), columns, body,
            source=self.sources(*self.data.files), provenance=self.provenance,
        )  # fmt: skip

    # The rounds side by side

    def rounds(self) -> Blocks:
        """The municipalities of which several studies tell something; nothing without them."""
        w = self.writer
        if not self.in_both:
            return w.blocks(PART, [])
        names = w.join([self.case_name(case) for case in self.in_both])
        blocks = [
            w.heading(2, "policy-rounds", self.label("policy.rounds.heading")),
            w.paragraph(
                self.either("policy.rounds.opening", len(self.in_both), names=names),
                self.label("policy.rounds.caution"),
            ),
        ]
        for case in self.in_both:
            years = self.tables.years(case)
            blocks.append(w.heading(3, f"policy-rounds-{case}", self.case_name(case)))
            blocks.append(w.paragraph(*self._compared(case, years[0], years[-1])))
            blocks.append(self.tables.table(case, years, coded_only=True))
        return w.blocks(PART, blocks)

    def _compared(self, case: str, first: int, last: int) -> Iterator[Text]:
        """What the first and the last study say alike, differently, and alone."""
        w = self.writer
        found = {
            aspect: (
                self.tables.position(case, first, aspect),
                self.tables.position(case, last, aspect),
            )
            for aspect in self.frame.aspects
        }
        years = {name: w.number(self.key("policy", f"year.{year}"))
                 for name, year in (("first", first), ("last", last))}  # fmt: skip
        told = {aspect: pair for aspect, pair in found.items() if NOT_STATED not in pair}
        if same := [a for a, (before, after) in told.items() if before == after]:
            items = [self._item("same_item", a, position=told[a][0]) for a in same]
            yield w.say("policy.rounds.same", items=w.join(items), **years)
        if differs := [a for a, (before, after) in told.items() if before != after]:
            items = [
                self._item("differs_item", a, **years, before=told[a][0], after=told[a][1])
                for a in differs
            ]
            yield w.say("policy.rounds.differs", items=w.join(items))
        for year, here, there in (("first", 0, 1), ("last", 1, 0)):
            alone = [a for a, pair in found.items()
                     if pair[here] != NOT_STATED and pair[there] == NOT_STATED]  # fmt: skip
            if alone:
                aspects = self.tables.aspects(alone)
                yield w.say("policy.rounds.only", year=years[year], aspects=aspects)

    def _item(self, key: str, aspect: str, **values: Text) -> Text:
        named = self.labels("policy")
        said = {k: literal(named[v]) if isinstance(v, str) and v in named else v
                for k, v in values.items()}  # fmt: skip
        name = literal(self.in_list(self.tables.aspect_labels[aspect]))
        return self.writer.say(f"policy.rounds.{key}", aspect=name, **said)

    # Municipality by municipality

    def municipalities(self) -> Blocks:
        """All that was said in each municipality in the study that looked at most of them."""
        w = self.writer
        if not self.year:
            return w.blocks(PART, [])
        blocks = [
            w.heading(2, "policy-municipalities", self.label("policy.cities.heading")),
            w.paragraph(
                w.say(
                    "policy.cities.opening",
                    year=w.number(self.key("policy", f"year.{self.year}")),
                )
            ),
        ]
        for case, year in self.places.items():
            blocks += self._municipality(case) if year == self.year else []
        return w.blocks(PART, blocks)

    def municipality(self, case: str) -> Blocks:
        """One municipality. Raises CallError for one without statements on policy."""
        if case not in self.places:
            known = ", ".join(self.places) or "none"
            raise CallError(f"no policy of {case!r} is coded; known: {known}")
        return self.writer.blocks(PART, self._municipality(case))

    def _municipality(self, case: str) -> list[Block]:
        w, year = self.writer, self.places[case]
        sentences: list[Text] = [
            w.say(
                "policy.cities.some", name=self.case_name(case),
                year=w.number(self.key("policy", f"year.{year}")),
                n=self._of(f"case.{case}", f"policy.some.{year}"),
            )
        ]  # fmt: skip
        for position in ("present", "absent"):
            found = [a for a in self.frame.aspects
                     if self.tables.position(case, year, a) == position]  # fmt: skip
            if found:
                aspects = self.tables.aspects(found)
                sentences.append(w.say(f"policy.cities.{position}", aspects=aspects))
        return [
            w.heading(3, f"policy-{case}", self.case_name(case)),
            w.paragraph(*sentences),
            self.tables.table(case, [year]),
        ]


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]
