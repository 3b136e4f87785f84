"""What everything about compared rounds shares: their facts, and how a difference is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from analysis.chapters.chapter import Chapter
from analysis.facts import COLUMNS, fact_key
from analysis.raw.settings import Item
from analysis.report.charts.picture import literal
from analysis.report.spans import Block, Span, Text, code
from analysis.study import Study
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
        """A difference with its sign; the range it lies in where that is all that is known."""
        fact = dict(self.writer.facts.loc[key])
        if fact["known"] == "range":
            return self.interval(key, places)
        return self.writer.number_drawn(key, self._signed(fact["value"], places))

    def interval(self, key: str, places: int) -> Span:
        """The interval of a difference, or that there is none."""
        fact = dict(self.writer.facts.loc[key])
        if pd.isna(fact["low"]):
            return {"t": "text", "v": self.label("rounds.unknown_interval")}
        edges = fact["low"], fact["high"]
        # The limit of a change is not zero, so it must not be printed as zero.
        if self.direction(key):
            places = next(
                (
                    n
                    for n in range(places, MOST_PLACES)
                    if all(
                        self.words.decimal(abs(edge), n) != self.words.decimal(0, n)
                        for edge in edges
                    )
                ),
                MOST_PLACES,
            )
        low, high = (self._signed(edge, places) for edge in edges)
        return self.writer.number_drawn(key, self.label("rounds.range").format(low=low, high=high))

    def _signed(self, value: float, places: int) -> str:
        text = self.words.decimal(value, places)
        return f"+{text}" if value > 0 and text != self.words.decimal(0, places) else text

    def direction(self, key: str) -> int:
        """1 or -1 where a difference is a change: its interval does not hold zero; else 0."""
        if not self.writer.has(key):
            return 0
        fact = dict(self.writer.facts.loc[key])
        if fact["known"] == "range":
            return 0
        return int(fact["low"] > 0) - int(fact["high"] < 0)

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

    def sourced(self, *found: Comparison) -> list[Span]:
        """Where this round and those that it is compared with come from."""
        files = [*(one.source for one in found), self.data.source]
        listed = self.writer.join([code(name) for name in files])
        return self.writer.say("rounds.source", list=listed)

    # What cannot be compared

    def silent(self, found: Comparison) -> Iterator[Block]:
        """The statements without a difference or without a matched row, and why."""
        kinds = {"silent": found.silent, "unmatched": found.unmatched, "covered": found.covered}
        for kind, told in kinds.items():
            reasons = dict.fromkeys(told.values())
            for reason in reasons:
                named = [
                    self.writer.say(
                        "rounds.named", short=self.short(item),
                        group=self.label(f"rounds.groups.{group}"),
                    )
                    for (group, item), why in told.items()
                    if why == reason
                ]  # fmt: skip
                yield self.writer.paragraph(self._reason(kind, reason, named, found.minimum))

    def _reason(self, kind: str, reason: str, named: Sequence[Text], minimum: int) -> Text:
        w = self.writer
        values: dict[str, Text] = {"list": w.join(named)}
        if kind != "silent" or reason == "few":
            values["minimum"] = w.plain(
                "setting", "minimum_cell", minimum,
                f"survey/{self.data.settings.round}/round.yml",
            )  # fmt: skip
        return w.say(f"rounds.{kind}.{reason}", **values)
