"""What the synthesis and the register of recommendations say alike: points, answers, places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from analysis.chapters.case_words import CaseWords, lower
from analysis.evidence.synthesis import SILENT, SOURCES, ItemEvidence
from analysis.facts import fact_key
from analysis.raw.cases import codes
from analysis.raw.settings import Item
from analysis.raw.tables import rows
from analysis.report.charts.picture import literal
from analysis.report.spans import Span, Text, cite, code, text
from analysis.report.writer import Writer
from analysis.study import Study

PART = "synthesis"
RECOMMENDATIONS = "recommendations"
# The addressee of a recommendation that names none.
ANYONE = "anyone"


class SynthesisWords(CaseWords):
    """Points, what the sources say on them, and where it stands."""

    def __init__(self, study: Study) -> None:
        super().__init__(study)
        self.writer = Writer(study.language, study.facts)
        self.synthesis = study.synthesis
        self.instrument = study.survey.data.instrument

    # Facts

    def verdict_key(self, subject: str, statistic: str) -> str:
        """The key of a fact of the synthesis."""
        return fact_key("synthesis", subject, "", "", "", statistic)

    def value(self, key: str) -> int:
        """A count; 0 where there is no such fact."""
        return int(self.writer.value(key)) if self.writer.has(key) else 0

    def spelled(self, key: str) -> Span:
        """A count, spelled out when it is small."""
        known = self.words.get("cases.number_words")
        span, value = self.writer.number(key), self.value(key)
        return span | {"v": str(known[value])} if value < len(known) else span

    def counting(self, key: str, fact: str, **values: Text) -> Text:
        """The template `key` for one or for more; `n` counts. Nothing where nothing is counted."""
        number = self.value(fact)
        return self.either(key, number, n=self.spelled(fact), **values) if number else ""

    def provenance_of(self, theme: str = "") -> str:
        """What must be said of the verdicts of a theme, or of all."""
        key = self.verdict_key(f"theme.{theme}" if theme else "themes", "points")
        return str(dict(self.writer.facts.loc[key])["provenance"])

    def evidence_sources(self, theme: str = "") -> list[Span]:
        """The citations of what is put side by side, on a theme or on all."""
        data, told = self.study.survey.data, self.synthesis
        on_theme = told[told["theme"] == theme] if theme else told
        if (on_theme["survey"] == SILENT).all():
            return self.sources(*self.data.files)
        if data.reconstructed:
            return self.sources(*self.data.files, data.source)
        answers = self.writer.say(f"survey.answers.{data.provenance}", file=code(data.source))
        return [*self.sources(*self.data.files), *text(" "), *answers]

    # Points

    def quoted(self, point: str) -> list[Span]:
        """The short name of a point, between quotation marks."""
        label = self.frame.points[point].label(self.words.code)
        return self.writer.say("synthesis.quoted", text=label)

    def claim(self, point: str) -> str:
        """The point in full, as a sentence without its stop."""
        return self.frame.points[point].definition(self.words.code).strip().removesuffix(".")

    def named(self, points: Sequence[str], most: int = 4) -> list[Span]:
        """Points by name, the first few of them, and how many more there are."""
        if len(points) == most + 1:
            most += 1
        shown: list[Text] = [self.quoted(point) for point in points[:most]]
        if len(points) > most:
            shown.append(self.writer.say("synthesis.more", n=self.number_of(len(points) - most)))
        return self.writer.join(shown)

    def number_of(self, count: int) -> Span:
        """A count of rows of the evidence, spelled out when it is small."""
        known = self.words.get("cases.number_words")
        span = self.writer.plain(f"rows/{count}", "count", count, " ".join(self.data.files))
        return span | {"v": str(known[count])} if count < len(known) else span

    def ranked(self, theme: str) -> pd.DataFrame:
        """The points of a theme that any source speaks on, those with most evidence first."""
        part = self.synthesis[self.synthesis["theme"] == theme]
        weights = [self._weight(row) for row in rows(part)]
        return part.iloc[sorted(range(len(part)), key=weights.__getitem__, reverse=True)]

    def _weight(self, row: Any) -> tuple[int, int]:
        """How many sources speak, then how much they say."""
        speaking = sum(getattr(row, source) != "silent" for source in SOURCES)
        keys = ("answers", "fragments.literature", "fragments.cases")
        found = [self.value(self.verdict_key(f"point.{row.point}", key)) for key in keys]
        return speaking, sum(found)

    def source_names(self, names: Sequence[str]) -> list[Span]:
        """Sources within a sentence: "de literatuur en de praktijk"."""
        return self.writer.join([self.label(f"synthesis.sources.{name}") for name in names])

    # Answers

    def answers(self, told: Sequence[ItemEvidence], *, short: bool = False) -> Iterator[Text]:
        """One text per group's answers to an item: how many agree and disagree with what."""
        for evidence in told:
            item = self.instrument.find(evidence.item)
            if item is not None and (evidence.agree or evidence.disagree):
                yield self._answer(evidence, item, "short" if short else "full")

    def _answer(self, evidence: ItemEvidence, item: Item, form: str) -> list[Span]:
        w, code_of = self.writer, self.words.code
        key = evidence.agree or evidence.disagree or ""
        base = str(dict(w.facts.loc[key])["base"])
        unit = "municipalities" if base == "municipalities" else "respondents"
        side = "agree" if evidence.agree else "disagree"
        many = "one" if self.value(key) == 1 else "many"
        other: Text = ""
        if evidence.agree and evidence.disagree:
            other = w.say(f"synthesis.answers.{form}.{unit}.other", n=w.number(evidence.disagree))
        return w.say(
            f"synthesis.answers.{form}.{unit}.{side}",
            statement=literal(item.statement(code_of).removesuffix(".")),
            label=literal(item.short(code_of)),
            n=w.number(key),
            base=w.base(key),
            group=self.label(f"survey.groups.{evidence.group}.noun"),
            verb=self.label(f"synthesis.answers.verbs.{side}.{many}"),
            other=other,
        )

    def semicolons(self, parts: Sequence[Text]) -> list[Span]:
        """Texts after each other with a semicolon between them."""
        spans: list[Span] = []
        for part in parts:
            spans += [*text("; " if spans else ""), *text(part)]
        return spans

    def sentences(self, parts: Sequence[Text]) -> list[Span]:
        """Sentences after each other; those that are empty are left out."""
        spans: list[Span] = []
        for part in parts:
            if told := text(part):
                spans += [*text(" " if spans else ""), *told]
        return spans

    # Fragments

    def placed(self, key: str, row: Any) -> list[Span]:
        """A fragment in our words with where it stands, in the template `key`."""
        told = self.summary(row).removesuffix(".")
        return self.writer.say(key, text=told, place=self.place(row))

    def example(self, row: Any) -> list[Span]:
        """A fragment as an example, with its municipality where the words do not name it."""
        name = self.data.municipalities.get(row.case, "")
        if not name or name in self.summary(row):
            return self.placed("synthesis.example", row)
        place = self.writer.say("synthesis.of_case", name=literal(name), place=self.place(row))
        told = self.summary(row).removesuffix(".")
        return self.writer.say("synthesis.example", text=told, place=place)

    def summary(self, row: Any) -> str:
        """A fragment in our words, as a sentence."""
        said = str(getattr(row, f"summary_{self.words.code}")).strip()
        return said if said.endswith((".", "?", "!")) else f"{said}."

    def line(self, row: Any) -> Span:
        """The line of a document on which something stands, or a dash where there is none."""
        if row.line != row.line:
            return {"t": "text", "v": self.label("cases.none")}
        return cite(self.label("synthesis.line").format(line=f"{row.line:.0f}"))

    def addressees(self, row: Any) -> list[Span]:
        """To whom a recommendation is directed; nothing where the document names nobody."""
        labels = self.labels("addressees")
        named = [name for name in codes(row.addressee) if name != ANYONE]
        return self.writer.join([lower(labels[name]) for name in named])

    def years(self, found: pd.DataFrame) -> list[Span]:
        """The years of the studies that fragments come from."""
        w, source = self.writer, " ".join(self.data.files)
        return w.join(
            [
                w.plain("years", str(year), year, source, unit="year")
                for year in sorted(found["year"].astype(int).unique())
            ]
        )
