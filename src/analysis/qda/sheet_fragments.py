"""Fragments from a spreadsheet of codings: all that is wrong by row and column, at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from analysis.intake.proposal.wording import fold
from analysis.project import Problem
from analysis.qda.codebook import GROUPS, our_targets
from analysis.qda.codes import Meanings
from analysis.qda.codings import Passage
from analysis.qda.exchange import Place
from analysis.qda.fragments import DEFAULT_FORM, Fragment, fragments_of
from analysis.qda.sheet import CODES_SHEET, Sheet
from analysis.qda.targets import Recognised, Target
from analysis.raw.cases import FRAGMENTS
from analysis.raw.coding import CodingFrame

SUMMARIES = ("summary_nl", "summary_en")
CODES = f"codes of sheet {CODES_SHEET} of codings.xlsx, separated by ;"
A_SOURCE = "the number of the interview, from 1: never a name"
# Columns of the full form that hold codes: the word for their group.
CODED = {
    "theme": "theme", "point": "point", "also": "point", "kind": "kind", "actor": "actor",
    "form": "form", "policy": "policy", "addressee": "addressee",
}  # fmt: skip
SEVERAL = ("also", "actor", "addressee")


@dataclass
class SheetReader:
    """Makes fragments of the rows of one spreadsheet; `problems` is what is wrong with it.

    `defaults` are the targets that hold for a document (rows `source:` of `codes.csv`).
    """

    sheet: Sheet
    file: str
    case: str
    year: int
    frame: CodingFrame
    defaults: Mapping[str, Sequence[Target]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def fragments(self) -> list[Fragment]:
        """A fragment for every row of the full form, and for every passage of the plain one."""
        made = self._full() if self.sheet.full else self._plain()
        for fragment in made:
            fragment.file = self.file
        return made

    # The plain form

    def _plain(self) -> list[Fragment]:
        recognised = Recognised(self.frame)
        coders: dict[str, str] = {}
        codes: dict[str, Sequence[Target]] = {}
        said: dict[str, dict[str, str]] = {}
        found: list[Passage] = []
        for number, cells in self.sheet.rows:
            where = f"row {number}"
            codes[where] = list(self._codes(number, cells["codes"], recognised))
            said[where] = {column: cells[column] for column in SUMMARIES}
            passage = Passage(
                "", self._source(number, cells["source"]),
                Place("text", line=self._line(number, cells["line"])),
                coders.setdefault(cells["coder"], f"coder-{len(coders) + 1}"),
                where, [where], row=number,
            )  # fmt: skip
            before = (p for p in reversed(found) if _continues(passage, p, said))
            if (first := next(before, None)) is not None:
                first.codes.append(where)
            else:
                found.append(passage)
        _name(found)
        of_source = {p.source: self.defaults.get(p.source, ()) for p in found}
        made = fragments_of(self.case, self.year, found, Meanings(codes, of_source), self.frame)
        for fragment in made:
            fragment.cells |= said[fragment.passage.where]
            fragment.faults = [("codes", *fault[1:]) for fault in fragment.faults]
        return made

    def _codes(self, number: int, cell: str, recognised: Recognised) -> Iterator[Target]:
        if not cell:
            self.problems.append(Problem(self.file, "wrong value", number, "codes", "", CODES))
        for name in _pieces(cell, recognised):
            targets = recognised.codes((name,))
            if len(targets) == 1:
                yield targets[0]
                continue
            message = "is no code of the coding frame"
            if targets:
                message = f"can mean {' or '.join(map(str, targets))}: write which"
            self.problems.append(Problem(self.file, message, number, "codes", name, CODES))

    def _source(self, number: int, cell: str) -> str:
        match = re.fullmatch(rf"(?:{re.escape(self.case)}-)?([1-9][0-9]{{0,5}})", cell.lower())
        if match is None:
            # What was found is not repeated: it may be a name.
            self.problems.append(
                Problem(self.file, "wrong value", number, "source", None, A_SOURCE)
            )
        return f"{self.case}-{match[1] if match else 1}"

    def _line(self, number: int, cell: str) -> int | None:
        if fault := FRAGMENTS["line"].fault(cell):
            self.problems.append(Problem(self.file, "wrong value", number, "line", cell, fault))
            return None
        return int(cell) if cell else None

    # The full form

    def _full(self) -> list[Fragment]:
        labels = _labels(self.frame)
        made = [self._whole(number, row, labels) for number, row in self.sheet.rows]
        _name([fragment.passage for fragment in made if not fragment.passage.id])
        for fragment in made:
            fragment.cells["id"] = fragment.passage.id
        return made

    def _whole(
        self, number: int, row: Mapping[str, str], labels: Mapping[str, Mapping[str, str]]
    ) -> Fragment:
        """One row; what cannot be right by itself is told at once."""
        cells = dict(row)
        cells["case"] = row["case"] or self.case
        cells["year"] = row["year"] or str(self.year)
        cells["form"] = row["form"] or DEFAULT_FORM
        for column, rule in FRAGMENTS.items():
            if column not in ("id", "line", "source", *SUMMARIES) and (
                fault := rule.fault(cells[column])
            ):
                self._told("wrong value", number, column, cells[column], fault)
        for column, group in CODED.items():
            cells[column] = self._coded(number, column, cells[column], labels[group])
        if cells["case"] != self.case:
            self._told("is another case", number, "case", cells["case"], f"{self.case}, or empty")
        if cells["key_words"]:
            self._told("words of an interview are not kept", number, "key_words", None, "nothing")
        cells["source"] = self._source(number, row["source"])
        place = Place("text", line=self._line(number, row["line"]))
        passage = Passage(row["id"], cells["source"], place, "coder-1", f"row {number}", row=number)
        return Fragment(passage, cells)

    def _coded(self, number: int, column: str, cell: str, known: Mapping[str, str]) -> str:
        """The codes in a cell that holds ids or labels."""
        parts = cell.split() if column in SEVERAL else [cell]
        if not cell or all(part in known.values() for part in parts):
            return cell
        ways = [[cell]]
        if column in SEVERAL:
            ways = [cell.split(";"), re.split("[;,]", cell)]  # a label may hold a comma
        for parts in ways:
            codes = [known.get(fold(part), "") for part in parts if part.strip()]
            if all(codes):
                return " ".join(codes)
        allowed = ", ".join(dict.fromkeys(known.values()))
        self._told("not in the coding frame", number, column, cell, allowed)
        return ""

    def _told(self, message: str, row: int, column: str, found: str | None, allowed: str) -> None:
        self.problems.append(Problem(self.file, message, row, column, found, allowed))


def _pieces(cell: str, recognised: Recognised) -> Iterator[str]:
    """The names of codes in a cell: separated by `;`, or by commas where no label holds one."""
    for piece in filter(None, (part.strip() for part in cell.split(";"))):
        if recognised.codes((piece,)):
            yield piece
        else:
            yield from filter(None, (part.strip() for part in piece.split(",")))


def _continues(passage: Passage, before: Passage, said: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether a row gives one more code to the passage of an earlier row."""
    if passage.place.line is None:
        return False
    same = (passage.source, passage.place, passage.coder)
    own = said[passage.where]
    return same == (before.source, before.place, before.coder) and (
        not any(own.values()) or own == said[before.where]
    )


def _name(found: Sequence[Passage]) -> None:
    """Give every passage an id: its document and its line, or its row."""
    held: Counter[str] = Counter()
    for passage in found:
        name = f"{passage.source}-{passage.place.line or f'row{passage.row}'}"
        held[name] += 1
        passage.id = name + (f"-{held[name]}" if held[name] > 1 else "")


def _labels(frame: CodingFrame) -> dict[str, dict[str, str]]:
    """By group: the code of each id and label, as `fold` writes them; and of each id as it is."""
    found: dict[str, dict[str, str]] = {group: {} for group in GROUPS}
    for target, (nl, en, _) in our_targets(frame).items():
        group, _, code = target.partition(":")
        found[group] |= {fold(text): code for text in (code, nl, en)}
    return found
