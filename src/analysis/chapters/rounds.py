"""Section of the survey chapter: this round beside earlier ones, and the trend by theme."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analysis.chapters.comparing import Comparing
from analysis.chapters.rounds_trend import trend_blocks
from analysis.raw.files import compared_rounds
from analysis.raw.settings import GROUPS
from analysis.report.spans import Block, Span, Text, cite
from analysis.report.writer import Blocks
from analysis.study import Study
from analysis.survey.compare import MEASURES, compare_rounds
from analysis.survey.compare_totals import Comparison

PART = "survey"
ROWS = ("matched", "all", "composition")
PLACES = {"mean": 2, "agree": 1}
LEVEL_PLACES = {"mean": 2, "agree": 0}
COUNTED = ("municipalities", "respondents")


def open_rounds(study: Study, compare: str = "") -> RoundsChapter:
    """The round of `study` beside the earlier rounds that `compare` names ("2027,2016").

    Raises CallError for a name that cannot be compared with, DataError for faults in its data.
    """
    names = compared_rounds(study.project, study.round, compare)
    if not names:
        return RoundsChapter(study, [])
    data, facts = study.survey.data, study.survey_facts
    return RoundsChapter(study, compare_rounds(study.project, data, facts, names))


class RoundsChapter(Comparing):
    """The comparison with each earlier round; nothing where none was asked for."""

    # Cells

    def section(self) -> Blocks:
        """What changed since each earlier round, with the tables."""
        if not self.comparisons:
            return self.writer.blocks(PART, [])
        blocks = [self.writer.heading(2, "survey-rounds", self.label("rounds.heading"))]
        if any(not found.printed for found in self.comparisons):
            opening = self.label("rounds.opening"), self.label("rounds.same")
            blocks.append(self.writer.paragraph(*opening))
        for found in self.comparisons:
            name = f"survey-rounds-{found.other}"
            title = self.writer.say("rounds.with", round=cite(found.other))
            blocks.append(self.writer.heading(3, name, title))
            blocks += self._printed(found) if found.printed else self._answers(found)
            blocks += self.silent(found)
        return self.writer.blocks(PART, blocks)

    def trend(self) -> Blocks:
        """The share of municipalities that agree over the rounds, by theme and group."""
        if not self.comparisons:
            return self.writer.blocks(PART, [])
        w = self.writer
        blocks = [
            w.heading(2, "survey-trend", self.label("rounds.trend.heading")),
            w.paragraph(self.label("rounds.trend.opening")),
        ]
        return w.blocks(PART, [*blocks, *trend_blocks(self)])

    # Two rounds with answers

    def _answers(self, found: Comparison) -> Iterator[Block]:
        w = self.writer
        for group in GROUPS:
            counts = {
                base: w.number(
                    self.key("response", group, base, f"count.municipalities.{found.other}")
                )
                for base in ("matched", "then", "now")
            }
            both = counts.pop("matched")
            noun = self.label(f"rounds.groups.{group}")
            yield w.paragraph(w.say("rounds.response", group=noun, both=both, **counts))
            for measure in MEASURES:
                yield from self._changes(found, group, measure)
            yield from self._composition(found, group)
            for measure in MEASURES:
                yield from self._table(found, group, measure)

    def _changes(self, found: Comparison, group: str, measure: str) -> Iterator[Block]:
        """Which statements changed among the same municipalities, and how many did not."""
        statistic = f"change.{measure}.{found.other}"
        keys = {
            item.id: self.key(item.id, group, "matched", statistic)
            for item in self.statements(group)
        }
        keys = {item: key for item, key in keys.items() if self.writer.has(key)}
        sentences = [
            self._change(item, group, measure, key, found.other)
            for item, key in keys.items()
            if self.direction(key)
        ]
        yield from self._told(measure, group, sentences, len(keys), found.other)

    def _change(self, item: str, group: str, measure: str, key: str, other: str) -> Text:
        w = self.writer
        levels = {
            when: self.key(item, group, "matched", f"level.{measure}.{other}.{when}")
            for when in ("then", "now")
        }
        return w.say(
            f"rounds.change.{measure}",
            short=self.short(item),
            change=self.signed(key, PLACES[measure]),
            interval=self.interval(key, PLACES[measure]),
            n=w.base(levels["now"]),
            **{when: w.number(k, places=LEVEL_PLACES[measure]) for when, k in levels.items()},
        )

    def _told(
        self, kind: str, group: str, sentences: Sequence[Text], compared: int, other: str
    ) -> Iterator[Block]:
        """The changes as a list, and in one sentence the statements without any."""
        if not compared:
            return
        w, noun = self.writer, self.label(f"rounds.groups.{group}")

        def count(name: str, value: float, places: int = 0) -> Span:
            name = f"{name}.{kind}.{group}.{other}"
            return w.plain("rounds", name, value, self.data.source, places=places,
                           provenance=self.data.provenance)  # fmt: skip

        if sentences:
            yield w.paragraph(w.say(f"rounds.changed.{kind}", group=noun))
            yield w.list(sentences)
            said = w.say(
                f"rounds.same_rest.{kind}", k=count("unchanged", compared - len(sentences))
            )
        else:
            said = w.say(f"rounds.same_all.{kind}", k=count("compared", compared), group=noun)
        expected = compared * (1 - self.data.settings.confidence)
        chance = w.say(
            "rounds.chance", k=count("compared", compared),
            expected=count("expected", expected, places=1),
        )  # fmt: skip
        yield w.paragraph(said, chance if kind != "agree" else "")

    def _composition(self, found: Comparison, group: str) -> Iterator[Block]:
        """Statements that differ over all municipalities, but not among the same ones."""
        statistic = f"change.mean.{found.other}"
        named = [
            self.writer.say("survey.statement.quote", statement=self.short(item.id))
            for item in self.statements(group)
            if self.writer.has(self.key(item.id, group, "matched", statistic))
            and self.direction(self.key(item.id, group, "all", statistic))
            and not self.direction(self.key(item.id, group, "matched", statistic))
        ]
        if named:
            told = self.writer.say("rounds.only_composition", list=self.writer.join(named))
            yield self.writer.paragraph(told)

    def _table(self, found: Comparison, group: str, measure: str) -> Iterator[Block]:
        w, other = self.writer, found.other
        cells = []
        for item in self.statements(group):
            for base in ROWS:
                key = self.key(item.id, group, base, f"change.{measure}.{other}")
                if w.has(key):
                    row: list[Text] = [self.short(item.id), self.label(f"rounds.rows.{base}")]
                    cells.append(row + self._cells(item.id, group, base, measure, other))
        if not cells:
            return
        names = ("item", "row", "n_then", "n_now", "then", "now", "change", "interval")
        yield w.table(
            f"table-rounds-{other}-{group}-{measure}",
            w.say(f"rounds.table.{measure}", group=self.label(f"rounds.groups.{group}"),
                  round=cite(other)),
            [(self.label(f"rounds.columns.{n}"), "left" if n in names[:2] else "right")
             for n in names],
            cells,
            source=self.sourced(found),
            provenance=found.provenance,
            note=w.say(f"rounds.note.{measure}", confidence=self.confidence()),
        )  # fmt: skip

    def _cells(self, item: str, group: str, base: str, measure: str, other: str) -> list[Text]:
        """Numbers and levels then and now, the difference and its interval."""
        w, none = self.writer, self.label("rounds.none")
        key = self.key(item, group, base, f"change.{measure}.{other}")
        change = self.signed(key, PLACES[measure])
        if base == "composition":
            return [none, none, none, none, change, none]
        levels = [
            self.key(item, group, base, f"level.{measure}.{other}.{when}")
            for when in ("then", "now")
        ]
        return [
            *(w.base(level) for level in levels),
            *(w.number(level, places=LEVEL_PLACES[measure]) for level in levels),
            change,
            self.interval(key, PLACES[measure]),
        ]

    # Printed totals

    def _printed(self, found: Comparison) -> Iterator[Block]:
        """Shares only, where one of the rounds has nothing but printed totals."""
        w = self.writer
        yield w.paragraph(self.label("rounds.totals_opening"))
        cells: list[list[Text]] = []
        for group in GROUPS:
            keys = {
                item.id: key
                for item in self.statements(group)
                for base in COUNTED
                if w.has(key := self.key(item.id, group, base, f"change.agree.{found.other}"))
            }
            firm = [key for key in keys.values() if dict(w.facts.loc[key])["known"] == "exact"]
            sentences = [
                self._printed_change(item, key) for item, key in keys.items() if self.direction(key)
            ]
            yield from self._told("printed", group, sentences, len(firm), found.other)
            cells += [self._printed_cells(item, group, key) for item, key in keys.items()]
        if not cells:
            return
        names = ("item", "group", "counted", "then", "now", "change", "interval")
        yield w.table(
            f"table-rounds-{found.other}",
            w.say("rounds.table.printed", round=cite(found.other)),
            [(self.label(f"rounds.columns.{n}"), "left" if n in names[:3] else "right")
             for n in names],
            cells,
            source=self.sourced(found),
            provenance=found.provenance,
            note=w.say("rounds.note.printed", confidence=self.confidence()),
        )  # fmt: skip

    def _levels(self, key: str) -> list[str]:
        """The keys of the levels then and now behind a difference."""
        level = key.replace("/change.", "/level.")
        return [f"{level}.{when}" for when in ("then", "now")]

    def _printed_change(self, item: str, key: str) -> Text:
        then, now = (self.writer.number(level) for level in self._levels(key))
        return self.writer.say(
            "rounds.change.printed", short=self.short(item), change=self.signed(key, 1),
            interval=self.interval(key, 1), then=then, now=now,
        )  # fmt: skip

    def _printed_cells(self, item: str, group: str, key: str) -> list[Text]:
        w = self.writer
        fact = dict(w.facts.loc[key])
        ranged = fact["known"] == "range"
        return [
            self.short(item),
            self.label(f"rounds.groups.{group}"),
            self.label(f"rounds.bases.{fact['base']}"),
            *(w.number(level) for level in self._levels(key)),
            self.signed(key, 1),
            self.label("rounds.none") if ranged else self.interval(key, 1),
        ]
