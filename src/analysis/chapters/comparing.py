"""What everything about compared rounds shares: their facts, and how a difference is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from analysis.chapters.chapter import Chapter
from analysis.chapters.inference_show import SMALLEST_P
from analysis.facts import COLUMNS, fact_key
from analysis.raw.settings import GROUPS, Item
from analysis.report.charts.picture import literal
from analysis.report.spans import Block, Span, Text, code, text
from analysis.study import Study
from analysis.survey.compare_tests import direction
from analysis.survey.compare_totals import Comparison

MOST_PLACES = 5


class Comparing(Chapter):
    """A study beside earlier rounds."""

    def __init__(self, study: Study, comparisons: Sequence[Comparison]) -> None:
        frames = [found.facts for found in comparisons]
        super().__init__(study, pd.concat(frames) if frames else pd.DataFrame(columns=COLUMNS))
        self.comparisons = comparisons
        self.data = study.survey.data

    # Keys and numbers

    def key(self, item: str, group: str, base: str, statistic: str) -> str:
        """The key of a fact of a comparison."""
        return fact_key("survey", item, group, "all", base, statistic)

    def short(self, item: str) -> Span:
        """A few words for a statement, of this round or else as the earlier one had it."""
        told = [found.shorts[item] for found in self.comparisons if item in found.shorts]
        return literal(told[0][self.words.code])

    def signed(self, key: str, places: int) -> Span:
        """A difference with its sign."""
        return self.writer.number_drawn(key, self._signed(self.writer.value(key), places))

    def interval(self, key: str, places: int) -> Span:
        """The interval of a difference, or the range it lies in; or that there is none."""
        fact = dict(self.writer.facts.loc[key])
        if pd.isna(fact["low"]):
            return {"t": "text", "v": self.label("rounds.unknown_interval")}
        beside = bool(direction(fact)) and fact["known"] != "range"
        low, high = (self._edge(fact[end], places, beside) for end in ("low", "high"))
        return self.writer.number_drawn(key, self.label("rounds.range").format(low=low, high=high))

    def _edge(self, value: float, places: int, beside: bool) -> str:
        """A limit; of an interval `beside` zero never printed as zero."""
        while beside and places < MOST_PLACES and self._is_zero(value, places):
            places += 1
        return self._signed(value, places)

    def _is_zero(self, value: float, places: int) -> bool:
        return self.words.decimal(abs(value), places) == self.words.decimal(0, places)

    def p_value(self, *keys: str) -> Text:
        """The first p-value that exists, or a dash."""
        key = next((key for key in keys if self.writer.has(key)), "")
        if not key:
            return self.label("rounds.none")
        if self.writer.value(key) >= SMALLEST_P:
            return self.writer.number(key, places=3)
        smallest = self.words.decimal(SMALLEST_P, 3)
        return self.writer.number_drawn(key, self.label("inference.below").format(number=smallest))

    def p_adjusted(self, key: str) -> Text:
        """The adjusted p-value of a difference, or a dash."""
        return self.p_value(f"{key}.p_holm", f"{key}.p_bh")

    def _signed(self, value: float, places: int) -> str:
        sign = "+" if value > 0 and not self._is_zero(value, places) else ""
        return sign + self.words.decimal(value, places)

    def changed(self, key: str) -> int:
        """1 or -1 where a difference is called a change (see `judged`); else 0."""
        key = f"{key}.changed"
        return int(self.writer.value(key)) if self.writer.has(key) else 0

    def beside_zero(self, key: str) -> bool:
        """Whether the interval of a difference, taken by itself, lies on one side of zero."""
        return self.writer.has(key) and bool(direction(dict(self.writer.facts.loc[key])))

    def statements(self, group: str) -> list[Item]:
        """The statements put to a group in this round."""
        items = self.data.instrument.items
        return [item for item in items if item.kind == "scale" and group in item.publish]

    def confidence(self) -> Span:
        """The confidence level, as a number."""
        settings = self.data.settings
        return self.writer.plain(
            "confidence", "level", 100 * settings.confidence,
            f"survey/{settings.round}/round.yml", unit="percent",
        )  # fmt: skip

    def alpha(self) -> Span:
        """What a p-value must lie below."""
        settings = self.data.settings
        return self.writer.plain(
            "significance", "level", 1 - settings.confidence,
            f"survey/{settings.round}/round.yml", unit="ratio", places=2,
        )  # fmt: skip

    def counted(self, key: str, count: int, name: str, **values: Text) -> Text:
        """The template `key`_one or `key`_many, with the count as {k}; nothing for zero."""
        if not count:
            return ""
        span = self.writer.plain(
            "rounds", name, count, self.data.source, provenance=self.data.provenance
        )
        return self.writer.say(f"{key}_{'one' if count == 1 else 'many'}", k=span, **values)

    def sourced(self, *found: Comparison) -> list[Span]:
        """Where this round and those that it is compared with come from."""
        files = [*(one.source for one in found), self.data.source]
        listed = self.writer.join([code(name) for name in files])
        return self.writer.say("rounds.source", list=listed)

    # What cannot be compared

    def silent(self, found: Comparison) -> Iterator[Block]:
        """The statements without a difference or without a matched row, and why."""
        for kind in ("silent", "unmatched", "covered", "telling"):
            told: Mapping[tuple[str, str], str] = getattr(found, kind)
            reasons = dict.fromkeys(told.values())
            for reason in reasons:
                places = [place for place, why in told.items() if why == reason]
                named = self._named(places)
                yield self.writer.paragraph(self._reason(kind, reason, named, found.minimum))

    def _named(self, places: Sequence[tuple[str, str]]) -> list[Span]:
        """Statements by their short labels, those of one group together."""
        spans: list[Span] = []
        for group in GROUPS:
            quoted = [
                self.writer.say("survey.statement.quote", statement=self.short(item))
                for of_group, item in places
                if of_group == group
            ]
            if quoted:
                spans += text("; ") if spans else []
                spans += self.writer.say(
                    "rounds.among", group=self.label(f"rounds.groups.{group}"),
                    list=self.writer.join(quoted),
                )  # fmt: skip
        return spans

    def _reason(self, kind: str, reason: str, named: Text, minimum: int) -> Text:
        w = self.writer
        values: dict[str, Text] = {"list": named}
        if kind != "silent" or reason == "few":
            values["minimum"] = w.plain(
                "setting", "minimum_cell", minimum,
                f"survey/{self.data.settings.round}/round.yml",
            )  # fmt: skip
        return w.say(f"rounds.{kind}.{reason}", **values)
