"""The facts of inference of a chapter, and how the cells of its tables are written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from analysis.chapters.survey import SurveyChapter
from analysis.raw.settings import Item
from analysis.report.spans import Block, Span, Text
from analysis.stats import agreement, ordinal, paired
from analysis.survey.inference_scores import FEW, REST, TOO_LARGE
from analysis.survey.inference_stability import LOOSER, STRICTER

REASONS = tuple(
    dict.fromkeys(
        (
            *(FEW, REST, TOO_LARGE, paired.NO_PAIRS, paired.TOO_FEW, paired.NO_VARIATION),
            *(agreement.ONE_MEMBER, agreement.ALL_ALIKE, ordinal.ONE_GROUP, ordinal.ONE_CATEGORY),
            *(ordinal.SEPARATION, ordinal.FEW_CLUSTERS, ordinal.NOT_FITTED),
        )
    )
)
SMALLEST_P = 0.001


class Inference:
    """The facts of inference of a chapter, and the cells and tables made of them."""

    def __init__(self, chapter: SurveyChapter) -> None:
        self.chapter = chapter
        self.w = chapter.writer
        self.data = chapter.data

    def items(self, group: str) -> list[Item]:
        """The statements put to a group, or with `all` those put to both."""
        if group == "all":
            officials = {item.id for item in self.chapter.items_of("officials")}
            return [i for i in self.chapter.items_of("professionals") if i.id in officials]
        return self.chapter.items_of(group)

    def told(self, group: str, base: str, statistic: str) -> list[Item]:
        """The statements of which a fact exists."""
        return [i for i in self.items(group) if self.w.has(self.key(i, group, base, statistic))]

    def key(self, item: Item | str, group: str, base: str, statistic: str) -> str:
        """The key of a fact over all team types."""
        name = item if isinstance(item, str) else item.id
        return self.chapter.key(name, group, base, statistic)

    def say(self, key: str, **values: Text) -> list[dict[str, object]]:
        """The template at `key`, filled."""
        return self.w.say(key, **values)

    def label(self, key: str) -> str:
        """The short text at `key`."""
        return self.chapter.label(key)

    def shared(self, group: str, base: str, statistic: str) -> list[Item]:
        """Those of `told` of which the report shows the share that agrees."""
        return [
            item
            for item in self.told(group, base, statistic)
            if self.w.has(self.key(item, group, item.base(group), "share.agree"))
        ]

    def short(self, items: Iterable[Item]) -> Text:
        """Statements by their short labels, between quotation marks."""
        quoted = [
            self.w.say("survey.statement.quote", statement=self.chapter.short(item))
            for item in items
        ]
        return self.w.join(quoted)

    # Cells

    def number(self, key: str, places: int = 0) -> Text:
        """A fact, or a dash."""
        return (
            self.w.number(key, places=places) if self.w.has(key) else self.label("inference.none")
        )

    def base(self, key: str) -> Text:
        """How many units are behind a fact, or a dash where that is not told."""
        fact = dict(self.w.facts.loc[key])
        return self.label("inference.none") if pd.isna(fact["denominator"]) else self.w.base(key)

    def signed(self, key: str, places: int) -> Text:
        """A difference with its sign, or a dash."""
        if not self.w.has(key):
            return self.label("inference.none")
        return self.w.number_drawn(key, self._signed(self.w.value(key), places))

    def interval(self, key: str, places: int) -> Text:
        """The limits of a fact, or a dash."""
        fact = dict(self.w.facts.loc[key]) if self.w.has(key) else {}
        if pd.isna(fact.get("low")):
            return self.label("inference.none")
        low, high = (self.chapter.words.decimal(fact[edge], places) for edge in ("low", "high"))
        return self.w.number_drawn(key, self.label("inference.interval").format(low=low, high=high))

    def p_value(self, *keys: str) -> Text:
        """The first p-value that exists, or a dash."""
        key = next((key for key in keys if self.w.has(key)), "")
        if not key:
            return self.label("inference.none")
        if self.w.value(key) >= SMALLEST_P:
            return self.w.number(key, places=3)
        smallest = self.chapter.words.decimal(SMALLEST_P, 3)
        return self.w.number_drawn(key, self.label("inference.below").format(number=smallest))

    def reason(self, item: Item, group: str, base: str, what: str) -> Text:
        """Why a statistic of an item is not there, or a dash."""
        for reason in REASONS:
            if self.w.has(self.key(item, group, base, f"absent.{what}.{reason}")):
                return self.label(f"inference.reasons.{reason}")
        return self.label("inference.none")

    def yes(self, key: str) -> Text:
        """Whether a conclusion holds, as a word."""
        return self.label("inference.mark.holds" if self.w.value(key) else "inference.mark.fragile")

    def _signed(self, value: float, places: int) -> str:
        text = self.chapter.words.decimal(value, places)
        return f"+{text}" if value > 0 and text != self.chapter.words.decimal(0, places) else text

    # Tables

    def table(
        self, name: str, title: Text, columns: Sequence[str], cells: Sequence[Sequence[Text]],
        note: Text = "",
    ) -> Block:  # fmt: skip
        """A table whose first column names what the row is about."""
        heads: list[tuple[Text, str]] = [
            (self.label(f"inference.columns.{column}"), "right" if index else "left")
            for index, column in enumerate(columns)
        ]
        return self.w.table(
            name, title, heads, cells, source=self.chapter.source, note=note,
            provenance=self.data.provenance,
        )  # fmt: skip

    def confidence(self) -> Text:
        """The confidence of all intervals."""
        settings = self.data.settings
        source = f"survey/{settings.round}/round.yml"
        level = 100 * settings.confidence
        return self.w.plain("confidence", "level", level, source, unit="percent")

    # Numbers that are no facts

    def minimum(self) -> Span:
        """The fewest respondents that a row may rest on."""
        return self.setting("minimum_cell", self.data.settings.minimum_cell)

    def setting(self, name: str, value: float, places: int = 0) -> Span:
        """A setting of the round."""
        source = f"survey/{self.data.settings.round}/round.yml"
        return self.w.plain("setting", name, value, source, unit="score", places=places)

    def constant(self, name: str, value: float, places: int = 0) -> Span:
        """A number that holds for every round."""
        source = "docs/methods.md"
        return self.w.plain("method", name, value, source, unit="score", places=places)

    def count(self, name: str, value: int) -> Span:
        """A number of statements."""
        data = self.data
        return self.w.plain("inference", name, value, data.source, provenance=data.provenance)

    def cut_offs(self) -> dict[str, Text]:
        """The cut-offs of the round, and the looser and stricter ones beside them."""
        given = self.data.settings.thresholds
        told: dict[str, Text] = {}
        for side, own, looser, stricter in (
            ("agree", given.agree_from, LOOSER[0], STRICTER[0]),
            ("disagree", given.disagree_to, LOOSER[1], STRICTER[1]),
        ):
            told[f"round_{side}"] = self.setting(f"cut_off.{side}", own, 2)
            told[f"looser_{side}"] = self.constant(f"cut_off.looser.{side}", looser, 2)
            told[f"stricter_{side}"] = self.constant(f"cut_off.stricter.{side}", stricter, 2)
        return told
