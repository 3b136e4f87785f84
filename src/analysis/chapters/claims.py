"""Printed claims in words: what they are about, what was printed, on which line."""

from __future__ import annotations

import math
import re
from typing import Any

from analysis.chapters.chapter import Chapter
from analysis.raw.settings import Instrument
from analysis.report.spans import Span, Text, text

AND = re.compile(r" & ")


class ClaimWriter:
    """Says claims in the language of a chapter."""

    def __init__(self, chapter: Chapter) -> None:
        self.chapter = chapter
        self.instrument: Instrument = chapter.study.survey.data.instrument

    def about(self, claim: Any) -> str:
        """What a claim is about: subject, group and position, without its figure."""
        group = self._label(f"groups.{claim['group']}") if claim["group"] else ""
        item = str(claim["subject"]).partition(".")[0]
        what = self._what(claim) if self.instrument.has(item) else ""
        return f"{self.subject(claim)}{group}" + (f": {what}" if what else "")

    def subject(self, claim: Any) -> str:
        """The name of what a claim is about."""
        name = str(claim["subject"])
        item, _, option = name.partition(".")
        words = self.chapter.words
        if self.instrument.has(item):
            found = self.instrument.item(item)
            short = found.short(words.code)
            for box in found.options:
                if box.id == option:
                    return f"{short}, {(box.nl if words.code == 'nl' else box.en).lower()}"
            return short
        if item == "case":
            return self._case(option, str(claim["statistic"]))
        if item in ("document", "policy"):
            return self._study(claim)
        if name in words.get("origins"):
            return words.label(f"origins.{name}")
        # An item that this round did not ask has no name here.
        return str(words.get("appendices.audit.subjects").get(name, name.replace("_", " ")))

    def _case(self, case: str, fact: str) -> str:
        profiles = self.chapter.study.cases.profiles
        names = profiles.loc[profiles["case"] == case, "name"]
        name = str(names.iloc[0]) if len(names) else ""
        facts = self.chapter.words.get("appendices.audit.case_facts")
        told = str(facts.get(fact, fact.replace("_", " ")))
        return f"{name}: {told}" if name else told

    def _study(self, claim: Any) -> str:
        """What a claim on a study as a whole counts."""
        _, _, aspect = str(claim["subject"]).partition(".")
        statistic = str(claim["statistic"]).partition(".")[0]
        frame, code = self.chapter.study.cases.frame, self.chapter.words.code
        label = self._label(f"study_facts.{statistic}")
        if aspect not in frame.aspects:
            return label
        return label.format(aspect=frame.aspects[aspect].label(code).lower())

    def _what(self, claim: Any) -> str:
        """The position or positions that a claim counts, and the team type."""
        kind, _, rest = str(claim["statistic"]).partition(".")
        if kind == "difference":
            return self._label("difference")
        if kind not in ("count", "share") or not rest:
            return ""
        parts = []
        for index, part in enumerate(AND.split(rest)):
            where, _, positions = part.rpartition(".")
            names = [self._label(f"positions.{p}") for p in positions.split("|")]
            told = self._label("positions.or").join(names)
            if index:
                name = where.rpartition(":")[2]
                other = self.subject({"subject": name, "statistic": claim["statistic"]})
                told = f"‘{other}’ {told}"
            parts.append(told)
        team = claim["team_type"]
        team = self._label(f"team_types.{team}") if team not in ("", "all") else ""
        return self._label("positions.and").join(parts) + team

    def _label(self, key: str) -> str:
        return self.chapter.label(f"appendices.audit.{key}")

    def phrase(self, claim: Any) -> str:
        """The printed phrase, or nothing."""
        return self._label(f"phrase_names.{claim['phrase']}") if claim["phrase"] else ""

    def printed(self, claim: Any) -> list[Span]:
        """What was printed: the figure, with its phrase where it had one."""
        phrase = self.phrase(claim)
        if math.isnan(claim["value"]):
            return text(phrase)
        number = self._number(claim, "published", float(claim["value"]))
        shown = phrase if claim["phrase"] not in ("remainder", "all") else ""
        spans = [*text(f"{shown} " if shown else ""), number]
        if math.isnan(claim["denominator"]):
            return spans
        base = self._number(claim, "base", float(claim["denominator"]), unit="count")
        return self.chapter.writer.say("appendices.audit.of", value=spans, base=base)

    def recomputed(self, claim: Any, value: float) -> Text:
        """What the data give, or a dash."""
        if math.isnan(value):
            return self.chapter.label("survey.none")
        return self._number(claim, "recomputed", value)

    def _number(self, claim: Any, statistic: str, value: float, unit: str = "") -> Span:
        unit = unit or str(claim["unit"])
        exact = math.isclose(value, round(value))
        places = 0 if exact else (2 if claim["section"] == "2.1" else 1)
        source = f"{claim['source']}:{claim['line']:.0f}"
        kind = "count" if unit == "age" else unit
        return self.chapter.writer.plain(
            f"claim/{claim['id']}", statistic, value, source, unit=kind, places=places
        )

    def line(self, claim: Any) -> Span:
        """The line of the source that prints the claim."""
        return self.chapter.writer.plain(
            f"claim/{claim['id']}", "line", float(claim["line"]), str(claim["source"]), unit="year"
        )

    def with_value(self, claim: Any, beside: Any = None) -> list[Span]:
        """The claim with its printed figure between brackets.

        Said `beside` another claim on the same subject and group, only what differs is named.
        """
        told = self.about(claim)
        same = beside is not None and all(claim[c] == beside[c] for c in ("subject", "group"))
        if same and self._what(claim):
            told = self._what(claim)
        return [*text(f"{told} ("), *self.printed(claim), *text(")")]
