"""Tables of what was said on each aspect of policy in one municipality."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.chapters.case_words import CaseWords, lower
from analysis.evidence.counts import QUOTATION
from analysis.evidence.policy import NOT_STATED, statements_on
from analysis.raw.cases import codes
from analysis.raw.tables import rows
from analysis.report.charts.picture import literal
from analysis.report.spans import Block, Span, Text, cite, code, text

MUNICIPALITY = ("municipality",)
# A row stays on one page, so a long one is divided.
IN_A_ROW = 6


class PolicyTables:
    """Per municipality a table of aspect, position in each year, and what was said.

    `positions` is what `policy_positions` gives.
    """

    def __init__(self, chapter: CaseWords, positions: pd.DataFrame) -> None:
        self.chapter = chapter
        self.w = chapter.writer
        self.data = chapter.data
        self.aspect_labels = {
            name: aspect.label(chapter.words.code) for name, aspect in chapter.frame.aspects.items()
        }
        self.found = {(r.case, r.year, r.aspect): r.position for r in rows(positions)}

    def position(self, case: str, year: int, aspect: str) -> str:
        """The position of a municipality on an aspect, `not_stated` where there is none."""
        return str(self.found.get((case, year, aspect), NOT_STATED))

    def years(self, case: str) -> list[int]:
        """The years of which there are statements on a municipality's policy."""
        return sorted({int(year) for (one, year, _) in self.found if one == case})

    def aspects(self, names: Sequence[str]) -> list[Span]:
        """Aspects within a sentence."""
        return self.w.join(
            [literal(self.chapter.in_list(self.aspect_labels[name])) for name in names]
        )

    def table(self, case: str, years: Sequence[int], *, coded_only: bool = False) -> Block:
        """The statements on a municipality in these years under their aspect.

        All of them, or only what is coded for policy.
        """
        w, label = self.w, self.chapter.label
        said = {a: self._said(case, years, a) for a in (*self.aspect_labels, "")}
        if coded_only:
            said = {a: [row for row in found if row.policy] for a, found in said.items()}
        shown = [found for part in said.values() for found in part]
        documents = list(dict.fromkeys(str(row.source) for row in shown))
        named = self.chapter.labels("policy")
        columns: list[tuple[Text, str]] = [(label("policy.table.aspect"), "left")]
        columns += [(self._year(year), "center") for year in years]
        columns += [(label("policy.table.said"), "left")]
        body: list[list[Text]] = []
        for aspect, found in said.items():
            heads = [named.get(self.position(case, y, aspect), label("policy.none")) for y in years]
            name = literal(self.aspect_labels.get(aspect, label("policy.table.other")))
            size = math.ceil(len(found) / math.ceil(len(found) / IN_A_ROW)) if found else 1
            for start in range(0, len(found), size):
                part = self._sentences(found[start : start + size], len(documents) > 1)
                more = w.say("policy.table.continued", aspect=name)
                beside = [literal(head) if not start else "" for head in heads]
                body.append([more if start else name, *beside, part])
        return w.table(
            f"table-policy-{case}{'-rounds' if len(years) > 1 else ''}",
            w.say(
                "policy.cities.title" if len(years) == 1 else "policy.rounds.title",
                name=literal(self.chapter.case_name(case)),
                years=w.join([self._year(year) for year in years]),
            ),
            columns,
            body,
            source=self.chapter.sources(*self._files(shown)),
            note=self._note([a for a in self.aspect_labels if not said[a]], documents),
            provenance="published" if self._files(shown) == [self.data.files[0]] else "measured",
        )

    def _said(self, case: str, years: Sequence[int], aspect: str) -> list[Any]:
        """By year what is coded for policy, then what else was said."""
        found = [statements_on(self.data, case, year, aspect) for year in years]
        return [row for told in found for row in sorted(told, key=lambda row: row.policy == "")]

    def _files(self, shown: Sequence[Any]) -> list[str]:
        there = {row.file for row in shown}
        return [name for name in self.data.files if name in there]

    def _year(self, year: int) -> Span:
        return self.w.number(self.chapter.key("policy", f"year.{year}"))

    def _sentences(self, found: Sequence[Any], several: bool) -> list[Span]:
        spans: list[Span] = []
        for row in found:
            spans += text(" ") if spans else []
            spans += self._sentence(row, several)
        return spans

    def _sentence(self, row: Any, several: bool) -> list[Span]:
        """A statement with, between brackets, its position, who speaks and where it stands."""
        labels = self.chapter.labels("actors")
        origin: list[Text] = []
        if row.policy:
            origin.append({"t": "em", "v": self.chapter.labels("policy")[row.policy]})
        speakers = codes(row.actor)
        if tuple(speakers) != MUNICIPALITY:
            origin.append(self.w.join([lower(labels[actor]) for actor in speakers]))
        if row.form == QUOTATION:
            origin.append(self.chapter.label("policy.table.quoted"))
        place = [self.chapter.marks.get(row.source, row.source)] if several else []
        place += [] if math.isnan(row.line) else [f"{row.line:.0f}"]
        if place:
            origin.append(cite(":".join(place)))
        summary = str(getattr(row, f"summary_{self.chapter.words.code}")).strip()
        stop = "." if summary.endswith(".") else ""
        if not origin:
            return text(summary)
        joined: list[Span] = []
        for part in origin:
            joined += [*text("; " if joined else ""), *text(part)]
        told = self.w.say(
            "policy.table.origin", text=literal(summary.removesuffix(".")), origin=joined
        )
        return told + text(stop)

    def _note(self, silent: Sequence[str], documents: Sequence[str]) -> list[Span]:
        """What nothing was said on, and how to read what stands between brackets."""
        w = self.w
        parts: list[Text] = []
        if silent:
            parts.append(w.say("policy.table.silent", aspects=self.aspects(silent)))
        parts.append(self.chapter.label("policy.table.key"))
        if len(documents) == 1:
            parts.append(w.say("policy.table.one_document", file=code(documents[0])))
        else:
            files: list[Text] = [
                w.say("policy.table.document", mark=cite(self.chapter.marks[d]), file=code(d))
                for d in documents
                if self.chapter.marks.get(d, d) != d
            ]
            if files:
                parts.append(w.say("policy.table.more_documents", files=w.join(files)))
        spans: list[Span] = []
        for part in parts:
            spans += [*text(" " if spans else ""), *text(part)]
        return spans
