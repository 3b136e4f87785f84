"""The trend page: small multiples per theme and group, with the table behind each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from analysis.chapters.comparing import Comparing
from analysis.raw.settings import GROUPS, Instrument, Item, Round, read_round, round_instrument
from analysis.report.charts import draw_trend
from analysis.report.charts.picture import literal
from analysis.report.spans import Block, Text, cite
from analysis.survey.compare_totals import broken

MARKED = ("simulated", "reconstructed")


def trend_blocks(chapter: Comparing) -> Iterator[Block]:
    """A figure for every theme and group of which a share of municipalities is known."""
    trend = _Trend(chapter)
    for theme in chapter.data.instrument.themes:
        title = literal(theme.nl if chapter.words.code == "nl" else theme.en)
        for group in GROUPS:
            items = [i for i in chapter.statements(group) if i.theme == theme.id]
            if figure := trend.figure(f"{group}-{theme.id}", title, items, group):
                yield figure


class _Trend:
    """What the figures draw, from the facts of all comparisons."""

    def __init__(self, chapter: Comparing) -> None:
        self.chapter = chapter
        self.now = chapter.data.settings.round
        self.others = [found.other for found in chapter.comparisons]
        project = chapter.study.project
        self.rounds: dict[str, tuple[Round, Instrument]] = {}
        for name in (*self.others, self.now):
            settings = read_round(project, name)
            self.rounds[name] = settings, round_instrument(project, settings)
        names = list(self.rounds)
        self.breaks = {
            after: broken(self.rounds[after], self.rounds[before])
            for before, after in pairwise(names)
        }

    def figure(self, tag: str, title: Text, items: Sequence[Item], group: str) -> Block | None:
        """The figure of one theme; None where no two rounds have a share of municipalities."""
        frames = [pd.DataFrame([*self._rows(item, group)]) for item in items]
        frames = [f for f in frames if (f["set"].eq("all") & f["gap"].eq("")).sum() > 1]
        if not frames:
            return None
        frame = pd.concat(frames, ignore_index=True)
        shown = [item for item in items if item.id in set(frame["item"])]
        found = set(frame.loc[frame["gap"] == "", "provenance"])
        provenance = next((name for name in MARKED if name in found), "measured")
        chapter = self.chapter
        source = chapter.sourced(*chapter.comparisons)
        noun = chapter.label(f"rounds.groups.{group}")
        about = chapter.writer.say("rounds.trend.about", theme=title, group=noun)
        return chapter.writer.figure(
            f"figure-trend-{tag}",
            draw_trend(frame, chapter.words, about),
            source=source,
            provenance=provenance,
            table=self._table(tag, title, shown, group, frame, source, provenance),
        )

    def _rows(self, item: Item, group: str) -> Iterator[dict[str, Any]]:
        """The points of one statement (see `draw_trend`)."""
        change = self._direction(item, group)
        common = {"item": item.id, "label": item.short(self.chapter.words.code), "change": change}
        for name in self.rounds:
            key, gap = self._level(item, group, name)
            reason = self.breaks.get(name, {}).get((group, item.id), "")
            row = self._point(key, gap)
            yield {
                **common, **row, "round": name, "set": "all", "pair": "",
                "breaks": reason == "reworded",
            }  # fmt: skip
        for other in self._matched(item, group):
            for when, name in (("then", other), ("now", self.now)):
                key = self.chapter.key(item.id, group, "matched", f"level.agree.{other}.{when}")
                yield {
                    **common, **self._point(key, ""), "round": name, "set": "matched",
                    "pair": other, "breaks": False,
                }  # fmt: skip

    def _point(self, key: str, gap: str) -> dict[str, Any]:
        nothing = {"share_percent": math.nan, "low": math.nan, "high": math.nan}
        if gap:
            return {"fact": key, "gap": gap, "provenance": "measured", **nothing}
        fact = dict(self.chapter.writer.facts.loc[key])
        return {
            "fact": key, "gap": "", "provenance": fact["provenance"], "low": fact["low"],
            "high": fact["high"], "share_percent": fact["value"],
        }  # fmt: skip

    def _level(self, item: Item, group: str, name: str) -> tuple[str, str]:
        """The key of the share of municipalities in a round, and why there is none."""
        chapter = self.chapter
        when = "now" if name == self.now else "then"
        keys = [
            chapter.key(item.id, group, base, f"level.agree.{found.other}.{when}")
            for found in chapter.comparisons
            if name in (self.now, found.other)
            for base in ("all", "municipalities")
        ]
        for key in keys:
            if chapter.writer.has(key):
                return key, ""
        reasons = [
            "few"
            if (group, item.id) in found.covered
            else found.silent.get((group, item.id), "counted")
            for found in chapter.comparisons
            if name == found.other
        ]
        known = [reason for reason in reasons if reason in ("absent", "open", "few", "counted")]
        return keys[0], (known or ["counted"])[0]

    def _matched(self, item: Item, group: str) -> list[str]:
        """The earlier rounds of which the same municipalities can be shown."""
        key, has = self.chapter.key, self.chapter.writer.has
        return [
            other
            for other in self.others
            if has(key(item.id, group, "matched", f"change.agree.{other}"))
        ]

    def _direction(self, item: Item, group: str) -> str:
        """Whether the share changed among the same municipalities, since the latest round."""
        for other in reversed(self._matched(item, group)):
            key = self.chapter.key(item.id, group, "matched", f"change.agree.{other}")
            return ("", "up", "down")[self.chapter.changed(key)]
        return ""

    def _table(
        self, tag: str, title: Text, items: Sequence[Item], group: str, frame: pd.DataFrame,
        source: Text, provenance: str,
    ) -> Block:  # fmt: skip
        """The shares in every round, and the difference among the same municipalities."""
        chapter, w = self.chapter, self.chapter.writer
        linked = [found.other for found in chapter.comparisons if not found.printed]
        columns: list[tuple[Text, str]] = [(chapter.label("rounds.columns.item"), "left")]
        columns += [(cite(name), "right") for name in self.rounds]
        columns += [(w.say("rounds.trend.same", round=cite(other)), "right") for other in linked]
        cells = []
        for item in items:
            row: list[Text] = [chapter.short(item.id)]
            for name in self.rounds:
                key, gap = self._level(item, group, name)
                row.append(chapter.label("rounds.none") if gap else w.number(key))
            row += [self._change(item, group, other) for other in linked]
            cells.append(row)
        said = w.say(
            "rounds.trend.title", group=chapter.label(f"rounds.groups.{group}"), theme=title
        )
        return w.table(
            f"table-trend-{tag}", said, columns, cells, source=source, provenance=provenance
        )

    def _change(self, item: Item, group: str, other: str) -> Text:
        chapter = self.chapter
        key = chapter.key(item.id, group, "matched", f"change.agree.{other}")
        if not chapter.writer.has(key):
            return chapter.label("rounds.none")
        return chapter.writer.say(
            "rounds.trend.change", change=chapter.signed(key, 1), p=chapter.p_adjusted(key),
            interval=chapter.interval(key, 1),
        )  # fmt: skip
