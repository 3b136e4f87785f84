"""Sentences and charts about statements: who agrees, who does not, who does not know."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from analysis.chapters.chapter import Chapter
from analysis.facts import fact_key
from analysis.raw.settings import Item
from analysis.report.charts import draw_positions
from analysis.report.charts.picture import literal
from analysis.report.spans import Block, Span, Text
from analysis.survey.statistics import POSITIONS

SHOWN = (*POSITIONS, "not_printed")
NO_ANSWER = "no_answer"


class Statements(Chapter):
    """Statements of one group, as prose, as a chart and as the table behind it."""

    @property
    def kind(self) -> str:
        """What the round is made from: `totals` that were printed, or `answers`."""
        return "totals" if self.study.survey.data.reconstructed else "answers"

    def key(self, item: str, group: str, base: str, statistic: str) -> str:
        """The key of a survey fact over all team types."""
        return fact_key("survey", item, group, "all", base, statistic)

    def known(self, item: Item, group: str) -> dict[str, str]:
        """The positions of an item that the data fix, with the key of their count."""
        base = item.base(group)
        keys = {p: self.key(item.id, group, base, f"count.{p}") for p in POSITIONS}
        return {position: key for position, key in keys.items() if self.writer.has(key)}

    def statement(self, item: Item) -> Span:
        """The statement without its full stop, to stand between quotation marks."""
        return literal(item.statement(self.words.code).rstrip("."))

    def short(self, item: Item) -> Span:
        """A few words for a statement."""
        return literal(item.short(self.words.code))

    def is_held_back(self, item: Item, group: str) -> bool:
        """Whether a statement was answered, but by too few to show any answer."""
        key = self.key(item.id, group, item.base(group), "count.not_printed")
        return self.kind == "answers" and self.writer.has(key)

    def is_told(self, item: Item, group: str) -> bool:
        """Whether there is a result: a position of which the data say that it is taken."""
        known = self.known(item, group)
        if self.kind == "totals":
            return bool(known)
        return any(self._occurs(key) for key in known.values())

    def sentences(self, item: Item, group: str) -> list[Text]:
        """What the group answers to one statement; empty where nothing is known."""
        known = self.known(item, group)
        shown = [p for p in known if self._occurs(known[p])]
        if not shown:
            return []
        top = max(shown, key=lambda position: self.writer.value(known[position]))
        found: list[Text] = [self._lead(item, group, top, known[top])]
        rest = {p: key for p, key in known.items() if p in shown and p != top}
        silent = self.key(item.id, group, item.base(group), f"count.{NO_ANSWER}")
        if self.writer.has(silent) and self._occurs(silent):
            rest[NO_ANSWER] = silent
        if rest:
            parts = [
                self.writer.say(f"survey.statement.rest_{p}", n=self.writer.number(key))
                for p, key in rest.items()
            ]
            found.append(self.writer.say("survey.statement.rest", list=self.writer.join(parts)))
        return found + self._silence(item, group)

    def _occurs(self, key: str) -> bool:
        fact = dict(self.writer.facts.loc[key])
        return fact["value"] > 0 or fact["known"] == "range"

    def _lead(self, item: Item, group: str, position: str, key: str) -> list[Span]:
        w = self.writer
        base = item.base(group)
        fact = dict(w.facts.loc[key])
        exact = fact["known"] == "exact"
        whole = exact and fact["value"] == fact["denominator"]
        share = self.key(item.id, group, base, f"share.{position}")
        words: Text = ""
        if exact and not whole:
            told = w.number(share, words=base == "municipalities")
            words = w.say("survey.statement.words", share=told)
        return w.say(
            f"survey.statement.{'all.' if whole else ''}{base}.{position}",
            n=w.number(key),
            base=w.base(key),
            words=words,
            statement=self.statement(item),
            the=self.label(f"survey.groups.{group}.the"),
            noun=self.label(f"survey.groups.{group}.noun"),
            be=self.label(f"survey.statement.be.{_one_or_many(fact['value'])}"),
            know=self.label(f"survey.statement.know.{_one_or_many(fact['value'])}"),
        )

    def _silence(self, item: Item, group: str) -> list[Text]:
        base = item.base(group)
        key = self.key(item.id, group, base, "count.not_printed")
        if not self.writer.has(key) or self.writer.value(key) == 0:
            return []
        told: list[Text] = [self.label("survey.statement.not_printed_some")]
        if dict(self.writer.facts.loc[key])["known"] == "exact":
            many = _one_or_many(self.writer.value(key))
            unit = base if base == "municipalities" else group
            units = self.label(f"survey.statement.units.{many}.{unit}")
            number = self.writer.number(key)
            kind = self._called(SHOWN[-1])
            told = [self.writer.say(f"survey.statement.{kind}", n=number, units=units)]
        if self._contradictory(item, group):
            told.append(self.writer.say("survey.statement.contradictory"))
        return told

    def _contradictory(self, item: Item, group: str) -> bool:
        """Whether printed totals on an item cannot hold together, or cannot be."""
        made = self.study.survey.reconstruction
        found = made.conflicts if made is not None else []
        return any(c.total.subject == item.id and c.total.group == group for c in found)

    def unknown(self, items: Sequence[Item]) -> Text:
        """One sentence naming the statements without any printed outcome, or any answer."""
        quotes: list[Text] = [
            self.writer.say("survey.statement.quote", statement=self.statement(i)) for i in items
        ]
        say = self.writer.say
        if len(items) == 1:
            return say(f"survey.statement.none.{self.kind}", statement=self.statement(items[0]))
        return say(f"survey.statement.none_many.{self.kind}", list=self.writer.join(quotes))

    def positions_frame(self, items: Sequence[Item], group: str) -> pd.DataFrame:
        """What the chart draws: one row per item and known position (see `draw_positions`)."""
        found = []
        for item in items:
            base = item.base(group)
            for position in SHOWN:
                key = self.key(item.id, group, base, f"count.{position}")
                if not self.writer.has(key):
                    continue
                fact = dict(self.writer.facts.loc[key])
                ranged = fact["known"] == "range" and position != "not_printed"
                found.append(
                    {
                        "fact": key,
                        "item": item.id,
                        "label": item.statement(self.words.code),
                        "short": item.short(self.words.code),
                        "position": position,
                        "count": fact["value"],
                        "low": fact["low"] if ranged else math.nan,
                        "high": fact["high"] if ranged else math.nan,
                        "base_count": fact["denominator"],
                        "base": base,
                        "base_fact": self._asked(item, group),
                        "share_percent": 100 * fact["value"] / fact["denominator"],
                        "provenance": fact["provenance"],
                    }
                )
        return pd.DataFrame(found)

    def _asked(self, item: Item, group: str) -> str:
        """The key of how many were asked an item that not everybody was; else nothing."""
        asked = self.key(item.id, group, "routed", "count.asked")
        return asked if self.writer.has(asked) else ""

    def positions_figure(
        self, name: str, title: str, items: Sequence[Item], group: str, source: Text, *,
        explain: bool = True,
    ) -> Block:  # fmt: skip
        """The diverging chart of a theme with the table of its data.

        `explain` tells in a note how to read it: needed once in a section.
        """
        frame = self.positions_frame(items, group)
        provenance = str(frame["provenance"].iloc[0])
        reconstructed = provenance == "reconstructed"
        notes = []
        if explain:
            notes.append(self.label(f"survey.chart_note.{self.kind}"))
            if reconstructed:
                notes.append(self.label("survey.range_note"))
        if self.study.survey.data.settings.rounding and "respondents" in set(frame["base"]):
            notes.append(self.label("survey.rounded_note"))
        return self.writer.figure(
            f"figure-{name}",
            draw_positions(frame, self.words),
            source=source,
            provenance=provenance,
            table=self._positions_table(name, title, items, group, frame, source),
            note=" ".join(notes),
        )

    def _called(self, position: str) -> str:
        """A position in labels: where there are answers, what is left over is not shown."""
        return "not_shown" if position == SHOWN[-1] and self.kind == "answers" else position

    def _positions_table(
        self, name: str, title: str, items: Sequence[Item], group: str, frame: pd.DataFrame,
        source: Text,
    ) -> Block:  # fmt: skip
        w = self.writer
        shown = [p for p in SHOWN if p in set(frame["position"])]
        silent = [
            self.key(item.id, group, item.base(group), f"count.{NO_ANSWER}") for item in items
        ]
        shown += [NO_ANSWER] if any(w.has(k) and self._occurs(k) for k in silent) else []
        columns: list[tuple[Text, str]] = [
            (self.label("survey.columns.item"), "left"),
            (self.label("survey.columns.base"), "right"),
            *((self.label(f"survey.columns.{self._called(p)}"), "right") for p in shown),
        ]
        cells = []
        for item in items:
            base = item.base(group)
            keys = {p: self.key(item.id, group, base, f"count.{p}") for p in shown}
            any_key = next(key for key in keys.values() if w.has(key))
            cells.append(
                [
                    literal(item.statement(self.words.code)),
                    w.base(any_key),
                    *(
                        w.number(k) if w.has(k) else self.label("survey.none")
                        for k in keys.values()
                    ),
                ]
            )
        return w.table(
            f"table-{name}",
            w.say("survey.chart_table", theme=literal(title)),
            columns,
            cells,
            source=source,
            provenance=str(frame["provenance"].iloc[0]),
        )


def _one_or_many(count: float) -> str:
    return "one" if count == 1 else "many"
