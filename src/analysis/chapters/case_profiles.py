"""The municipalities that were studied, side by side."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.chapters.case_words import PROFILES_FILE, CaseWords, capital
from analysis.evidence.counts import profile_statistic
from analysis.raw.tables import rows
from analysis.report.spans import PLACEHOLDER, Block, Span, Text, code, plain_text, text

SIDE_BY_SIDE = 4
INHABITANTS = "inhabitants"
SCOPE = "migration_background_scope"
TEAM_KIND = "team_kind"


@dataclass(frozen=True)
class Row:
    """A characteristic: a cell per municipality, empty where nothing is told."""

    label: Text
    cells: list[list[Span]]

    @property
    def is_shared(self) -> bool:
        """Whether all of several cases are told the same."""
        first = plain_text(self.cells[0])
        return len(self.cells) > 1 and all(plain_text(cell) == first for cell in self.cells)


class CaseProfiles(CaseWords):
    """Profiles: in depth a column per municipality, of the study of many a row per city."""

    @cached_property
    def profiled(self) -> list[str]:
        """The municipalities in depth of which there is a profile."""
        told = set(self._profiles(scan=False)["case"])
        return [case for case in self.in_depth if case in told]

    @cached_property
    def scanned(self) -> list[str]:
        """The municipalities of the study of many."""
        told = set(self._profiles(scan=True)["case"])
        fragments = self.data.counted
        told |= set(fragments.loc[fragments["year"] == self.scan_year, "case"])
        return sorted(case for case in self.cases if case in told)

    def _profiles(self, *, scan: bool) -> pd.DataFrame:
        """The facts of municipalities in the year of the study of many, or in other years."""
        told = self.data.profiles
        found = told[told["case"].isin(list(self.data.municipalities))]
        return found[(found["year"] == self.scan_year) == scan]

    # In depth, side by side

    def profile_blocks(self) -> Iterator[Block]:
        """The tables of profiles, and what all municipalities have in common."""
        told = list(self._rows(self.profiled, scan=False))
        shared = [row for row in told if row.is_shared]
        shown = [row for row in told if not row.is_shared]
        for start in range(0, len(self.profiled), SIDE_BY_SIDE):
            yield self._table(slice(start, start + SIDE_BY_SIDE), shown)
        if shared:
            yield self.writer.paragraph(*self._shared(shared))

    def table_name(self, start: int = 0) -> str:
        """The id of the table that begins with case number `start`."""
        number = start // SIDE_BY_SIDE
        return "table-cases-profiles" + (f"-{number + 1}" if number else "")

    def _rows(self, cases: Sequence[str], *, scan: bool) -> Iterator[Row]:
        """The characteristics that are told, in the order of the language's layout.

        Facts without a row come last, under their code.
        """
        layout = self.words.get("cases.profiles.rows")
        wanted: list[tuple[Text, list[str]]] = [(r["label"], r["cell"]) for r in layout.values()]
        placed = {name for _, row in wanted for piece in row for name in PLACEHOLDER.findall(piece)}
        names = dict.fromkeys(self._profiles(scan=scan)["fact"])
        wanted += [(code(name), [f"{{{name}}}"]) for name in names if name not in placed]
        for label, pieces in wanted:
            cells = [self._cell(case, pieces, scan=scan) for case in cases]
            if any(cells):
                yield Row(label, cells)

    def _cell(self, case: str, pieces: Sequence[str], *, scan: bool) -> list[Span]:
        """The pieces of which everything is known, each fact once; empty when none is."""
        used: set[str] = set()
        told: list[list[Span]] = []
        for piece in pieces:
            names = PLACEHOLDER.findall(piece)
            values = {name: self.fact(case, name, scan=scan) for name in names}
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

    def fact(self, case: str, name: str, *, scan: bool = False) -> list[Span]:
        """A fact of a profile as it is printed, or nothing when it is not told."""
        found = self._profiles(scan=scan)
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
            statistic = profile_statistic(row, self.data)
            values["n"] = w.number(self.key(f"case.{case}", statistic), places=places)
        said = w.say(f"cases.profiles.qualifiers.{row.qualifier or 'exact'}", **values)
        counted = self.words.get("cases.profiles.counts").get(name)
        return w.fill(counted["one" if row.value == 1 else "many"], n=said) if counted else said

    def _table(self, part: slice, shown: Sequence[Row]) -> Block:
        w, cases = self.writer, self.profiled[part]
        names = [self.case_name(case) for case in cases]
        columns: list[tuple[Text, str]] = [(self.label("cases.profiles.column"), "left")]
        none = self.label("cases.none")
        body = [
            [row.label, *(capital(cell) or none for cell in row.cells[part])]
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
            source=self.sources(*(files := self._credited(cases))),
            note=note,
            provenance="published" if files == [PROFILES_FILE] else "measured",
        )

    def _credited(self, cases: Sequence[str]) -> list[str]:
        """The files that what is told of municipalities in depth comes from.

        That is the table of profiles, or for what does not stand in a document of the study the
        fragments that were added.
        """
        data, found = self.data, self._profiles(scan=False)
        found = found[found["case"].isin(list(cases))]
        own = data.fragments["file"] == data.files[0]
        study = {*data.fragments.loc[own, "source"], *data.sections["source"]}
        others = list(found.loc[~found["source"].isin(study), "case"])
        added = data.fragments.loc[~own & data.fragments["case"].isin(others), "file"]
        files = [PROFILES_FILE] if found["source"].isin(study).any() or added.empty else []
        return [*files, *(name for name in data.files if name in set(added))]

    # The study of many, a row per city

    def scan_table(self) -> Block:
        """What is told of the teams in each city of the study of many, and how many fragments."""
        w, none = self.writer, self.label("cases.none")
        counted = self.data.counted
        there = set(counted.loc[self._of_scan(counted), "file"])
        files = [name for name in self.data.files if name in there]
        told = list(self._rows(self.scanned, scan=True))
        columns: list[tuple[Text, str]] = [
            (self.label("cases.profiles.city"), "left"),
            (self.label("cases.profiles.teams"), "left"),
            (capital(text(self.noun_alone("fragments"))), "right"),
        ]
        body: list[list[Text]] = []
        for index, case in enumerate(self.scanned):
            cell = self._separate([row.cells[index] for row in told if row.cells[index]])
            number = self.cell(f"case.{case}", f"fragments.year.{self.scan_year}")
            body.append([self.case_name(case), capital(cell) or none, number])
        return w.table(
            "table-cases-cities",
            w.say("cases.profiles.cities_title", year=self.year(self.scan_year)),
            columns,
            body,
            source=self.sources(PROFILES_FILE, *files),
            note=self.label("cases.profiles.note"),
            provenance="published" if files in ([], [self.data.files[0]]) else "measured",
        )

    def _of_scan(self, fragments: pd.DataFrame) -> pd.Series:
        """Which fragments the study of many has of its municipalities."""
        of_year = fragments["year"] == self.scan_year
        return of_year & fragments["case"].isin(self.scanned)

    def year(self, year: int | None) -> Span:
        """A year in which fragments were noted."""
        return self.writer.plain(
            f"year.{year}", "year", float(year or 0), self.data.files[0], unit="year"
        )

    def _shared(self, shared: Sequence[Row]) -> Iterator[Text]:
        yield self.label("cases.profiles.shared")
        for row in shared:
            yield self.writer.say("cases.profiles.shared_item", label=row.label, cell=row.cells[0])

    # A sentence on one municipality

    def profile_of(self, case: str) -> Iterator[Text]:
        """How large a municipality is, and who does the work."""
        if case not in self.profiled:
            return
        inhabitants = self.fact(case, INHABITANTS)
        if inhabitants:
            name = self.case_name(case)
            key = f"cases.profiles.size.{self._size(case)}"
            yield self.writer.say(key, name=name, inhabitants=inhabitants)
        if kind := self.fact(case, TEAM_KIND):
            yield self.writer.say("cases.profiles.work", team_kind=kind)

    def _size(self, case: str) -> str:
        """Whether a municipality is the largest, the smallest or another one of those told."""
        keys = {c: self.key(f"case.{c}", INHABITANTS) for c in self.profiled}
        values = {c: self.writer.value(key) for c, key in keys.items() if self.writer.has(key)}
        others = [value for other, value in values.items() if other != case]
        if case not in values or not others:
            return "other"
        if values[case] > max(others):
            return "largest"
        return "smallest" if values[case] < min(others) else "other"
