"""Chapter 4, first half: the municipalities that were studied, side by side."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.cases import JOINT
from analysis.chapters.chapter import Chapter
from analysis.facts import fact_key
from analysis.raw.tables import rows
from analysis.report.spans import PLACEHOLDER, Block, Span, Text, code, plain_text, text
from analysis.study import Study

PROFILES_FILE = "cases/cases.csv"
FRAGMENTS_FILE = "cases/fragments.csv"
FRAME_FILE = "cases/coding_frame.yml"
SIDE_BY_SIDE = 4
INHABITANTS = "inhabitants"
SCOPE = "migration_background_scope"
TEAM_KIND = "team_kind"


@dataclass(frozen=True)
class Row:
    """A row of the table of profiles: a cell per case, empty where nothing is told."""

    label: Text
    cells: list[list[Span]]

    @property
    def is_shared(self) -> bool:
        """Whether all of several cases are told the same."""
        first = plain_text(self.cells[0])
        return len(self.cells) > 1 and all(plain_text(cell) == first for cell in self.cells)


class CaseProfiles(Chapter):
    """Counts, names and profiles of the cases."""

    def __init__(self, study: Study) -> None:
        super().__init__(study, study.case_facts)
        self.data = study.cases
        self.frame = self.data.frame
        told = dict.fromkeys(str(case) for case in self.data.profiles["case"] if case != JOINT)
        self.cases = [case for case in self.frame.cases if case in told]
        self.cases += [case for case in told if case not in self.cases]

    # Pieces

    def key(self, subject: str, statistic: str) -> str:
        """The key of a fact of the case studies."""
        return fact_key("cases", subject, "", "", "", statistic)

    def how_many(self, subject: str, statistic: str) -> int:
        """A count; 0 where there is no such fact."""
        key = self.key(subject, statistic)
        return int(self.writer.value(key)) if self.writer.has(key) else 0

    def count(self, subject: str, statistic: str, *, words: bool = True) -> Span:
        """A count, spelled out when it is small and `words` are wanted."""
        key = self.key(subject, statistic)
        span, value = self.writer.number(key), self.how_many(subject, statistic)
        known = self.words.get("cases.number_words")
        return span | {"v": str(known[value])} if words and value < len(known) else span

    def noun(
        self, noun: str, subject: str, statistic: str, *, words: bool = True, label: str = ""
    ) -> list[Span]:
        """A count with its noun: "vijf knelpunten". `label` stands in for an unknown noun."""
        many = self.how_many(subject, statistic) != 1
        said = self.noun_alone(noun, many=many) or self.noun_alone("other", many=many)
        n = self.count(subject, statistic, words=words)
        return self.writer.say("cases.counted", n=n, noun=self.writer.fill(said, label=label))

    def noun_alone(self, noun: str, *, many: bool = True) -> str:
        """A noun without its count, or nothing when the language does not know it."""
        known = self.words.get("cases.nouns").get(noun, {})
        return str(known.get("many" if many else "one", ""))

    def is_small(self, subject: str) -> bool:
        """Whether all fragments of a subject can be counted in words."""
        return self.how_many(subject, "fragments") < len(self.words.get("cases.number_words"))

    def either(self, key: str, number: int, **values: Text) -> list[Span]:
        """The template for one or for more: `key` followed by `_one` or `_many`."""
        return self.writer.say(f"{key}_{'one' if number == 1 else 'many'}", **values)

    def case_name(self, case: str) -> Text:
        """The name of a municipality; its code as long as it has no profile."""
        names = [
            row.name for row in rows(self.data.profiles) if row.case == case and row.name != ""
        ]
        return str(names[0]) if names else code(case)

    def kinds_of(self, subject: str, statistic: str = "fragments", *, words: bool = True) -> Text:
        """The kinds that occur, with their counts: "vijf knelpunten en zes verbeterpunten"."""
        return self.writer.join(
            [
                self.noun(kind, subject, f"{statistic}.{kind}", words=words, label=known)
                for kind, known in self.labels("kinds").items()
                if self.how_many(subject, f"{statistic}.{kind}")
            ]
        )

    def labels(self, column: str) -> dict[str, str]:
        """The names of the codes of `themes`, `kinds`, `actors` or `forms`, in their order."""
        codes = getattr(self.frame, column)
        return {name: item.label(self.words.code) for name, item in codes.items()}

    # The table

    def profile_blocks(self) -> Iterator[Block]:
        """The table of profiles, what all have in common, and a paragraph per municipality."""
        told = [row for row in self._rows() if any(row.cells)]
        shared = [row for row in told if row.is_shared]
        shown = [row for row in told if not row.is_shared]
        for start in range(0, len(self.cases), SIDE_BY_SIDE):
            yield self._table(slice(start, start + SIDE_BY_SIDE), shown)
        if shared:
            yield self.writer.paragraph(*self._shared(shared))
        for case in self.cases:
            yield self.writer.paragraph(*self._sentences(case))

    def table_name(self, start: int = 0) -> str:
        """The id of the table that begins with case number `start`."""
        number = start // SIDE_BY_SIDE
        return "table-cases-profiles" + (f"-{number + 1}" if number else "")

    def _rows(self) -> Iterator[Row]:
        """The rows of the language's layout; facts without a row come last, under their code."""
        layout = self.words.get("cases.profiles.rows")
        for row in layout.values():
            yield self._row(row["label"], row["cell"])
        pieces = [piece for row in layout.values() for piece in row["cell"]]
        placed = {name for piece in pieces for name in PLACEHOLDER.findall(piece)}
        profiles = self.data.profiles
        for name in dict.fromkeys(profiles.loc[profiles["case"] != JOINT, "fact"]):
            if name not in placed:
                yield self._row(code(name), [f"{{{name}}}"])

    def _row(self, label: Text, pieces: Sequence[str]) -> Row:
        return Row(label, [self._cell(case, pieces) for case in self.cases])

    def _cell(self, case: str, pieces: Sequence[str]) -> list[Span]:
        """The pieces of which everything is known, each fact once; empty when none is."""
        used: set[str] = set()
        told: list[list[Span]] = []
        for piece in pieces:
            names = PLACEHOLDER.findall(piece)
            values = {name: self.fact(case, name) for name in names}
            if used.isdisjoint(names) and all(values.values()):
                used.update(names)
                told.append(self.writer.fill(piece, **values))
        return self._separate(told)

    def _separate(self, pieces: Sequence[list[Span]]) -> list[Span]:
        spans: list[Span] = []
        for piece in pieces:
            spans += text(self.label("cases.profiles.separator")) if spans else []
            spans += piece
        return spans

    def fact(self, case: str, name: str) -> list[Span]:
        """A fact of a profile as it is printed, or nothing when it is not told."""
        found = self.data.profiles
        pieces: list[list[Span]] = []
        for row in rows(found[(found["case"] == case) & (found["fact"] == name)]):
            if row.unit == "text":
                pieces.append(text(str(getattr(row, f"value_{self.words.code}"))))
            elif not math.isnan(row.value) or row.qualifier == "several_thousand":
                pieces.append(self._number(case, name, row))
        return self._separate([piece for piece in pieces if piece])

    def _number(self, case: str, name: str, row: Any) -> list[Span]:
        w = self.writer
        values: dict[str, Text] = {}
        if not math.isnan(row.value):
            places = 0 if float(row.value).is_integer() else 1
            values["n"] = w.number(self.key(f"case.{case}", name), places=places)
        said = w.say(f"cases.profiles.qualifiers.{row.qualifier or 'exact'}", **values)
        counted = self.words.get("cases.profiles.counts").get(name)
        return w.fill(counted["one" if row.value == 1 else "many"], n=said) if counted else said

    def _table(self, part: slice, shown: Sequence[Row]) -> Block:
        w, cases = self.writer, self.cases[part]
        names = [self.case_name(case) for case in cases]
        columns: list[tuple[Text, str]] = [(self.label("cases.profiles.column"), "left")]
        none = self.label("cases.none")
        body = [
            [row.label, *(_capital(cell) or none for cell in row.cells[part])]
            for row in shown
            if any(row.cells[part])
        ]
        note = self.label("cases.profiles.note")
        if len({plain_text(self.fact(case, SCOPE)) for case in cases}) > 1:
            note = f"{note} {self.label('cases.profiles.scopes')}"
        return w.table(
            self.table_name(part.start),
            w.say("cases.profiles.title", names=w.join(names)),
            columns + [(name, "left") for name in names],
            body,
            source=self.sources(PROFILES_FILE),
            note=note,
        )

    def _shared(self, shared: Sequence[Row]) -> Iterator[Text]:
        yield self.label("cases.profiles.shared")
        for row in shared:
            yield self.writer.say("cases.profiles.shared_item", label=row.label, cell=row.cells[0])

    # The paragraphs

    def _sentences(self, case: str) -> Iterator[Text]:
        """How large a municipality is, who does the work, and what is said about it alone."""
        w = self.writer
        name = self.case_name(case)
        yield {"t": "strong", "v": name} if isinstance(name, str) else name
        yield w.say(
            f"cases.profiles.size.{self._size(case)}", inhabitants=self.fact(case, INHABITANTS)
        )
        if kind := self.fact(case, TEAM_KIND):
            yield w.say("cases.profiles.work", team_kind=kind)
        subject = f"case.{case}"
        number = self.how_many(subject, "fragments")
        if not number:
            yield self.label("cases.profiles.fragments.none")
            return
        themes = [
            theme
            for theme in self.frame.themes
            if self.how_many(f"theme.{theme}", f"fragments.{subject}")
        ]
        places: list[Text] = [{"t": "ref", "to": f"cases-{theme}"} for theme in themes]
        yield w.say(
            f"cases.profiles.fragments.{'one' if number == 1 else 'many'}",
            fragments=self.noun("fragments", subject, "fragments"),
            kinds=self.kinds_of(subject),
            places=w.join(places),
        )

    def _size(self, case: str) -> str:
        """Whether a municipality is the largest, the smallest or another one."""
        keys = {c: self.key(f"case.{c}", INHABITANTS) for c in self.cases}
        values = {c: self.writer.value(key) for c, key in keys.items() if self.writer.has(key)}
        if case not in values:
            return "other" if self.fact(case, INHABITANTS) else "unknown"
        others = [value for other, value in values.items() if other != case]
        if others and values[case] > max(others):
            return "largest"
        return "smallest" if others and values[case] < min(others) else "other"


def lower(label: str) -> str:
    """`label` as it stands within a sentence; an abbreviation keeps its capitals."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _capital(spans: list[Span]) -> list[Span]:
    """`spans` with a capital where they begin with a word."""
    if not spans or spans[0]["t"] != "text":
        return spans
    first = str(spans[0]["v"])
    return [spans[0] | {"v": first[:1].upper() + first[1:]}, *spans[1:]]
