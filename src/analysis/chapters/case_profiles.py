"""Chapter 4, first half: the municipalities that were studied, side by side."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from analysis.cases import JOINT
from analysis.chapters.chapter import Chapter
from analysis.facts import fact_key
from analysis.project import DataError
from analysis.raw.tables import rows
from analysis.report.spans import Block, Span
from analysis.report.writer import PLACEHOLDER, Text, code, text
from analysis.study import Study

PROFILES_FILE = "cases/cases.csv"
FRAGMENTS_FILE = "cases/fragments.csv"
FRAME_FILE = "cases/coding_frame.yml"
SIDE_BY_SIDE = 4
INHABITANTS = "inhabitants"
SCOPE = "migration_background_scope"
TEAM_KIND = "team_kind"


class CaseProfiles(Chapter):
    """Counts, names and profiles of the cases."""

    def __init__(self, study: Study) -> None:
        super().__init__(study, study.case_facts)
        self.data = study.cases
        self.frame = self.data.frame
        if problems := list(_digits(self.data)):
            raise DataError(problems)
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
        templates = self.words.get("cases.nouns")
        form = "one" if self.how_many(subject, statistic) == 1 else "many"
        template = templates.get(noun, templates["other"])[form]
        n = self.count(subject, statistic, words=words)
        return self.writer.fill(template, n=n, label=label)

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
        cells = {label: self._cells(row) for row, label in self._rows().items()}
        shared = {
            label: row[0]
            for label, row in cells.items()
            if len(row) > 1 and all(_plain(cell) == _plain(row[0]) for cell in row)
        }
        for start in range(0, len(self.cases), SIDE_BY_SIDE):
            part = range(start, min(start + SIDE_BY_SIDE, len(self.cases)))
            shown = {
                label: [row[index] for index in part]
                for label, row in cells.items()
                if label not in shared
            }
            yield self._table([self.cases[index] for index in part], shown)
        if shared:
            yield self.writer.paragraph(*self._shared(shared))
        for case in self.cases:
            yield self.writer.paragraph(*self._sentences(case))

    def table_name(self, case: str) -> str:
        """The id of the table in which a municipality stands."""
        number = self.cases.index(case) // SIDE_BY_SIDE
        return "table-cases-profiles" + (f"-{number + 1}" if number else "")

    def _rows(self) -> dict[str, str]:
        """The rows with their labels; facts that have none come last, under their own code."""
        layout = self.words.get("cases.profiles.rows")
        placed = {
            name
            for row in layout.values()
            for piece in row["cell"]
            for name in PLACEHOLDER.findall(piece)
        }
        told = self.data.profiles[self.data.profiles["case"] != JOINT]["fact"]
        extra = [name for name in dict.fromkeys(told) if name not in placed]
        return {row: layout[row]["label"] for row in layout} | {name: name for name in extra}

    def _cells(self, row: str) -> list[list[Span]]:
        layout = self.words.get("cases.profiles.rows")
        pieces = layout[row]["cell"] if row in layout else [f"{{{row}}}"]
        return [self._cell(case, pieces) for case in self.cases]

    def _cell(self, case: str, pieces: Sequence[str]) -> list[Span]:
        """The pieces of which everything is known, each fact once, or nothing."""
        used: set[str] = set()
        cell: list[Span] = []
        for piece in pieces:
            names = PLACEHOLDER.findall(piece)
            values = {name: self.fact(case, name) for name in names}
            if used.intersection(names) or not all(values.values()):
                continue
            used.update(names)
            cell += text(self.label("cases.profiles.separator")) if cell else []
            cell += self.writer.fill(piece, **values)
        return cell

    def fact(self, case: str, name: str) -> list[Span]:
        """A fact of a profile as it is printed, or nothing when it is not told."""
        w, found = self.writer, self.data.profiles
        pieces: list[list[Span]] = []
        for row in rows(found[(found["case"] == case) & (found["fact"] == name)]):
            if row.unit == "text":
                value = str(getattr(row, f"value_{self.words.code}"))
                pieces += [text(value)] if value else []
            elif not math.isnan(row.value) or row.qualifier == "several_thousand":
                pieces.append(self._number(case, name, row))
        joined: list[Span] = []
        for piece in pieces:
            joined += text(self.label("cases.profiles.separator")) if joined else []
            joined += piece
        return w.fill("{all}", all=joined) if joined else []

    def _number(self, case: str, name: str, row: Any) -> list[Span]:
        w = self.writer
        values: dict[str, Text] = {}
        if not math.isnan(row.value):
            places = 0 if float(row.value).is_integer() else 1
            values["n"] = w.number(self.key(f"case.{case}", name), places=places)
        said = w.say(f"cases.profiles.qualifiers.{row.qualifier or 'exact'}", **values)
        counted = self.words.get("cases.profiles.counts").get(name)
        return w.fill(counted["one" if row.value == 1 else "many"], n=said) if counted else said

    def _table(self, cases: Sequence[str], cells: dict[str, list[list[Span]]]) -> Block:
        w = self.writer
        names = [self.case_name(case) for case in cases]
        columns: list[tuple[Text, str]] = [(self.label("cases.profiles.column"), "left")]
        known = self._rows()
        body: list[list[Text]] = []
        for label, row in cells.items():
            if any(row):
                head: Text = label if label not in known else code(label)
                body.append([head, *(_capital(cell) or self.label("cases.none") for cell in row)])
        scopes = {_plain(self.fact(case, SCOPE)) for case in cases}
        note = self.label("cases.profiles.note")
        if len(scopes) > 1:
            note = f"{note} {self.label('cases.profiles.scopes')}"
        return w.table(
            self.table_name(cases[0]),
            w.say("cases.profiles.title", names=w.join(names)),
            columns + [(name, "left") for name in names],
            body,
            source=self.sources(PROFILES_FILE),
            note=note,
        )

    def _shared(self, shared: dict[str, list[Span]]) -> Iterator[Text]:
        yield self.label("cases.profiles.shared")
        for label, cell in shared.items():
            yield self.writer.say("cases.profiles.shared_item", label=label, cell=cell)

    # The paragraphs

    def _sentences(self, case: str) -> Iterator[Text]:
        """How large a municipality is, who does the work, and what is said about it alone."""
        w = self.writer
        name = text(self.case_name(case))
        yield [{"t": "strong", "v": str(span["v"])} for span in name]
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
