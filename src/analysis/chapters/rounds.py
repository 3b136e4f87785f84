"""Section of the survey chapter: this round beside earlier ones, and the trend by theme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from analysis.chapters.comparing import Comparing
from analysis.chapters.rounds_trend import trend_blocks
from analysis.raw.files import compared_rounds
from analysis.raw.settings import GROUPS
from analysis.report.spans import Block, Text, cite
from analysis.report.writer import Blocks
from analysis.study import Study
from analysis.survey.compare import MEASURES, compare_rounds
from analysis.survey.compare_totals import Comparison

PART = "survey"
ROWS = ("matched", "all", "composition")
PLACES = {"mean": 2, "agree": 1, "printed": 1}
LEVEL_PLACES = {"mean": 2, "agree": 0, "printed": 0}
WORDS = ("item", "row")  # columns of words
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
            blocks.append(
                self.writer.paragraph(self.label("rounds.opening"), self.label("rounds.same"))
            )
        blocks.append(self.writer.paragraph(*self._called()))
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

    def _called(self) -> list[Text]:
        """When a difference is called a change, and how its p-value is adjusted."""
        families = "families" if self.data.settings.families else "rest"
        called = self.writer.say("rounds.called", alpha=self.alpha())
        return [called, self.label(f"rounds.adjusted.{families}")]

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
                keys = self._matched(group, measure, found.other)
                yield from self._told(measure, group, found.other, keys)
            yield from self._composition(found, group)
            yield from self._tests(found, group)
            for measure in MEASURES:
                yield from self._table(found, group, measure)

    def _matched(self, group: str, measure: str, other: str) -> dict[str, str]:
        """The keys of the change of each statement among the same municipalities."""
        keys = {
            item.id: self.key(item.id, group, "matched", f"change.{measure}.{other}")
            for item in self.statements(group)
        }
        return {item: key for item, key in keys.items() if self.writer.has(key)}

    def _change(self, kind: str, item: str, key: str) -> Text:
        """One change in words; `kind` is a measure, or `printed`."""
        w = self.writer
        then, now = self._levels(key)
        places = LEVEL_PLACES[kind]
        return w.say(
            f"rounds.change.{kind}",
            short=self.short(item),
            change=self.signed(key, PLACES[kind]),
            interval=self.interval(key, PLACES[kind]),
            p=self.p_adjusted(key),
            then=w.number(then, places=places),
            now=w.number(now, places=places),
            n=w.base(now),
        )

    def _told(self, kind: str, group: str, other: str, keys: Mapping[str, str]) -> Iterator[Block]:
        """The changes as a list, and in one sentence the statements without any."""
        if not keys:
            return
        w, noun, of = self.writer, self.label(f"rounds.groups.{group}"), f"{kind}.{group}.{other}"
        changed = {item: key for item, key in keys.items() if self.changed(key)}
        rest = len(keys) - len(changed)
        if changed:
            yield w.paragraph(w.say(f"rounds.changed.{kind}", group=noun))
            yield w.list([self._change(kind, item, key) for item, key in changed.items()])
            said = self.counted(f"rounds.same_rest.{kind}", rest, f"unchanged.{of}")
        else:
            said = self.counted(f"rounds.same_all.{kind}", len(keys), f"compared.{of}", group=noun)
        single = sum(self._alone(key) for key in keys.values() if key not in changed.values())
        if rest:
            yield w.paragraph(said, self._single(single, rest, of))

    def _single(self, single: int, rest: int, of: str) -> Text:
        """How many of the `rest` only the adjustment keeps from being called a change."""
        if single == rest == 1:
            return self.label("rounds.single_only")
        return self.counted("rounds.single", single, f"single.{of}")

    def _alone(self, key: str) -> bool:
        """Whether a difference would be a change if it were the only one."""
        low_p = self.writer.value(f"{key}.p") < 1 - self.data.settings.confidence
        return low_p and self.beside_zero(key)

    def _composition(self, found: Comparison, group: str) -> Iterator[Block]:
        """Statements that differ over all municipalities, but not among the same ones."""
        statistic = f"change.mean.{found.other}"
        named = [
            self.writer.say("survey.statement.quote", statement=self.short(item))
            for item, key in self._matched(group, "mean", found.other).items()
            if self.beside_zero(self.key(item, group, "all", statistic))
            and not self.beside_zero(key)
        ]
        if named:
            told = self.writer.say("rounds.only_composition", list=self.writer.join(named))
            yield self.writer.paragraph(told)

    def _tests(self, found: Comparison, group: str) -> Iterator[Block]:
        """The tests of what changed among the same municipalities."""
        told = [self._matched(group, measure, found.other) for measure in MEASURES]
        cells: list[list[Text]] = []
        for item in dict.fromkeys(item for keys in told for item in keys):
            row: list[Text] = [self.short(item)]
            for measure, keys in zip(MEASURES, told, strict=True):
                row += self._tested(keys.get(item, ""), PLACES[measure])
            cells.append(row)
        if cells:
            names = ("item", "mean", "p", "p_adjusted", "share", "p", "p_adjusted")
            yield self._exhibit("tests", found, group, names, cells)

    def _tested(self, key: str, places: int) -> list[Text]:
        """A difference, its p-value and the adjusted one; dashes where there is no difference."""
        if not key:
            return [self.label("rounds.none")] * 3
        return [self.signed(key, places), self.p_value(f"{key}.p"), self.p_adjusted(key)]

    def _table(self, found: Comparison, group: str, measure: str) -> Iterator[Block]:
        cells: list[list[Text]] = []
        for item in self.statements(group):
            for base in ROWS:
                key = self.key(item.id, group, base, f"change.{measure}.{found.other}")
                if self.writer.has(key):
                    row: list[Text] = [self.short(item.id), self.label(f"rounds.rows.{base}")]
                    cells.append([*row, *self._cells(key, base, measure)])
        if cells:
            names = ("item", "row", "number", "then", "now", "change", "interval")
            yield self._exhibit(measure, found, group, names, cells)

    def _exhibit(
        self, kind: str, found: Comparison, group: str, names: Sequence[str],
        cells: Sequence[Sequence[Text]],
    ) -> Block:  # fmt: skip
        """A table of one group beside an earlier round."""
        noun = self.label(f"rounds.groups.{group}")
        return self.writer.table(
            f"table-rounds-{found.other}-{group}-{kind}",
            self.writer.say(f"rounds.table.{kind}", group=noun, round=cite(found.other)),
            [(self.label(f"rounds.columns.{n}"), "left" if n in WORDS else "right")
             for n in names],
            cells,
            source=self.sourced(found),
            provenance=found.provenance,
            note=self.writer.say(f"rounds.note.{kind}", confidence=self.confidence()),
        )  # fmt: skip

    def _cells(self, key: str, base: str, measure: str) -> list[Text]:
        """Numbers and levels then and now, the difference and its interval."""
        w, none = self.writer, self.label("rounds.none")
        change = self.signed(key, PLACES[measure])
        if base == "composition":
            return [none, none, none, change, none]
        then, now = self._levels(key)
        behind = w.base(then)
        number: Text = behind
        if behind["v"] != w.base(now)["v"]:
            number = w.say("rounds.numbers", then=behind, now=w.base(now))
        levels = (w.number(level, places=LEVEL_PLACES[measure]) for level in (then, now))
        return [number, *levels, change, self.interval(key, PLACES[measure])]

    def _levels(self, key: str) -> list[str]:
        """The keys of the levels then and now behind a difference."""
        level = key.replace("/change.", "/level.")
        return [f"{level}.{when}" for when in ("then", "now")]

    # Printed totals

    def _printed(self, found: Comparison) -> Iterator[Block]:
        """Shares only, where one of the rounds has nothing but printed totals."""
        w = self.writer
        bare = self.study.round if self.data.reconstructed else found.other
        yield w.paragraph(w.say("rounds.totals_opening", round=cite(bare)))
        for group in GROUPS:
            keys = {
                item.id: key
                for item in self.statements(group)
                for base in COUNTED
                if w.has(key := self.key(item.id, group, base, f"change.agree.{found.other}"))
            }
            firm = {item: key for item, key in keys.items() if w.has(f"{key}.p")}
            yield from self._told("printed", group, found.other, firm)
            cells = [self._printed_cells(item, key) for item, key in keys.items()]
            if cells:
                names = ("item", "then", "now", "change", "bounds", "p", "p_adjusted")
                yield self._exhibit("printed", found, group, names, cells)

    def _printed_cells(self, item: str, key: str) -> list[Text]:
        w = self.writer
        fact = dict(w.facts.loc[key])
        ranged = fact["known"] == "range"
        short = self.short(item)
        return [
            short if fact["base"] == COUNTED[0] else w.say("rounds.persons", short=short),
            *(w.number(level) for level in self._levels(key)),
            self.label("rounds.none") if ranged else self.signed(key, 1),
            self.interval(key, 1),
            self.p_value(f"{key}.p"),
            self.p_adjusted(key),
        ]
