"""`codes.csv`: what each code of the researchers becomes, row by row, and who accepted it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.intake.saved_table import read_saved, write_saved
from analysis.project import DataError, Problem
from analysis.qda.codebook import BookCode, target_of_guid
from analysis.qda.codings import BELOW, SOURCE, CaseCodings, Numbered
from analysis.qda.exchange import CASE_CODE
from analysis.qda.targets import ALLOWED, NOT_USED, Recognised, Target, read_targets
from analysis.raw.coding import CodingFrame
from analysis.raw.tables import rows

COLUMNS = ("code", "becomes", "accepted", "why")
YES = {"yes": True, "ja": True, "no": False, "nee": False, "": False}
SOURCE_CELL = re.compile(r"source:(?P<name>[a-z0-9_]+-[0-9]+)(?: (?P<id>[^ /]*)/(?P<text>[^ /]*))?")
# What may hold for everything in a document, where the passage itself does not say it.
OF_SOURCE = ("actor", "kind", "form")
CASE = CASE_CODE + BELOW


@dataclass(frozen=True)
class MappedCode:
    """One row of `codes.csv`.

    `code` is the name of a code after those above it (`Access > Distrust`), or a document:
    `source:zwolle-1` and the marks by which it is known again. `becomes` is one or more targets
    (see `targets`), or `not_used`; of a document what holds for all of it, or nothing.
    """

    code: str
    becomes: str = ""
    accepted: bool = False
    why: str = ""

    @property
    def is_source(self) -> bool:
        """Whether the row is about a document."""
        return self.code.startswith(SOURCE)

    @property
    def undecided(self) -> bool:
        """Whether somebody still has to say what the code becomes."""
        return not self.becomes and not self.is_source


@dataclass(frozen=True)
class Meanings:
    """What an accepted `codes.csv` says: the targets of each code, the defaults of each document.

    Codes and documents that are not used have no entry.
    """

    codes: Mapping[str, Sequence[Target]]
    sources: Mapping[str, Sequence[Target]]


def source_cell(source: Numbered) -> str:
    """How a document is written under `code`: its name and its marks."""
    return f"{SOURCE}{source.name} {'/'.join(source.source.marks)}"


def known_sources(mapping: Sequence[MappedCode]) -> dict[str, tuple[str, str]]:
    """The marks of the documents that a mapping knows, by name."""
    found = {}
    for row in mapping:
        if row.is_source and (told := SOURCE_CELL.fullmatch(row.code)):
            found[told["name"]] = (told["id"] or "", told["text"] or "")
    return found


def read_codes_file(path: Path, name: str, frame: CodingFrame) -> list[MappedCode]:
    """The rows of `codes.csv` at `path`, none without a file; `name` is how messages call it.

    Raises DataError listing every fault by row and column: a code that stands twice, what no code
    can become, a row that is accepted while nothing is decided.
    """
    if not path.is_file():
        return []
    read = read_saved(path, COLUMNS, name)
    found = [
        MappedCode(c["code"], c["becomes"], YES.get(c["accepted"].lower(), False), c["why"])
        for _, c in read
    ]
    problems: list[Problem] = []
    held: dict[str, int] = {}
    for (number, cells), row in zip(read, found, strict=True):
        faults = list(_faults(row, cells["accepted"], frame))
        if (first := held.setdefault(row.code, number)) != number:
            faults.append(Problem("", f"code stands in row {first} too", column="code"))
        problems += [replace(fault, file=name, row=number) for fault in faults]
    if problems:
        raise DataError(problems)
    return found


def _faults(row: MappedCode, accepted: str, frame: CodingFrame) -> Iterator[Problem]:
    """What is wrong with a row by itself; file and row are filled in later."""
    if not row.code:
        yield Problem("", "wrong value", column="code", found="", allowed="a code")
    if row.is_source and not SOURCE_CELL.fullmatch(row.code):
        yield Problem("", "wrong value", None, "code", row.code, "source:zwolle-1 and its marks")
    if accepted.lower() not in YES:
        yield Problem("", "wrong value", None, "accepted", accepted, "yes or no")
    if row.accepted and row.undecided:
        mend = f"say what the code becomes, or {NOT_USED}"
        yield Problem("", "is accepted but not decided", column="becomes", mend=mend)
    if row.becomes == NOT_USED:
        return
    targets, faults = read_targets(row.becomes, frame)
    for fault in faults:
        yield Problem("", fault, None, "becomes", row.becomes, ALLOWED)
    if row.is_source and any(target.group not in OF_SOURCE for target in targets):
        allowed = f"{NOT_USED}, nothing, or a code of {', '.join(OF_SOURCE)}"
        yield Problem("", "cannot hold for a document", None, "becomes", row.becomes, allowed)


def write_codes_file(path: Path, mapping: Sequence[MappedCode]) -> None:
    """Write `mapping` as `codes.csv`, so that `read_codes_file` gives it back."""
    told = [[row.code, row.becomes, "yes" if row.accepted else "no", row.why] for row in mapping]
    write_saved(path, COLUMNS, told)


def proposed(
    codings: CaseCodings, before: Sequence[MappedCode], frame: CodingFrame
) -> list[MappedCode]:
    """`before` with a row for every document and every code that it does not have yet.

    A code is recognised by the id of our own code book, by its id or label in the coding frame or
    another word for it, or by the code above it; what is not recognised is left to decide.
    """
    there = {row.code for row in before}
    marks = known_sources(before)
    sources = [
        MappedCode(
            source_cell(s),
            NOT_USED if s.source.kind == "note" else "",
            why=f"document {s.document} of the project, {s.source.kind}, lines: {s.source.lines}, "
            f"codings: {s.codings}; who speaks in it, unless a code says so?",
        )
        for s in codings.sources
        if s.codings and s.name not in marks
    ]
    recognised, ours = Recognised(frame), target_of_guid(frame)
    counts = Counter(codings.table["code"])
    guids = {row.code: row.guid for row in rows(codings.table)}
    codes = [
        _proposal(code, ours.get(guids[code], ""), counts[code], recognised)
        for code in sorted(counts, key=str.casefold)
        if code not in there
    ]
    return [*before, *sources, *codes]


def proposed_from_book(
    book: Sequence[BookCode], before: Sequence[MappedCode], frame: CodingFrame
) -> list[MappedCode]:
    """`before` with a row for every code of a code book that it does not have yet.

    Codes are recognised as by `proposed`; what is in nobody's codings yet has none to count.
    """
    there = {row.code for row in before}
    recognised, ours = Recognised(frame), target_of_guid(frame)
    guids = {BELOW.join(code.path): code.guid for code in book}
    new = [code for code in guids if code not in there]
    return [*before, *(_proposal(code, ours.get(guids[code], ""), 0, recognised) for code in new)]


def _proposal(code: str, ours: str, count: int, recognised: Recognised) -> MappedCode:
    told = ("in the code book", "1 coding")[count] if count < 2 else f"{count} codings"
    if code.startswith(CASE):
        return MappedCode(code, NOT_USED, why=f"{told}; a case of the program, no code")
    if ours:
        return MappedCode(code, ours, why=f"{told}; our code book")
    path = code.split(BELOW)
    found = recognised.codes(path)
    if len(found) == 1:
        return MappedCode(code, str(found[0]), why=f"{told}; by its name")
    if found:
        listed = " or ".join(map(str, found))
        return MappedCode(code, why=f"{told}; decide: {listed}")
    if above := recognised.above(path):
        return MappedCode(code, str(above[0]), why=f"{told}; by the code above it: is that so?")
    return MappedCode(code, why=f"{told}; not recognised: decide, or {NOT_USED}")


def accept(mapping: Sequence[MappedCode], name: str) -> list[MappedCode]:
    """The same rows, all accepted. Raises DataError listing those that are not decided yet."""
    problems = [
        Problem(name, "say what the code becomes", row, "becomes", told.code, ALLOWED)
        for row, told in enumerate(mapping, start=2)
        if told.undecided
    ]
    if problems:
        raise DataError(problems)
    return [replace(row, accepted=True) for row in mapping]


def meanings(mapping: Sequence[MappedCode], frame: CodingFrame) -> Meanings:
    """What the rows say, once all are accepted."""
    codes, sources = {}, {}
    for row in mapping:
        if row.becomes == NOT_USED:
            continue
        targets = read_targets(row.becomes, frame)[0]
        if row.is_source:
            told = SOURCE_CELL.fullmatch(row.code)
            sources[told["name"] if told else ""] = targets
        else:
            codes[row.code] = targets
    return Meanings(codes, sources)


def mapping_lines(mapping: Sequence[MappedCode]) -> list[str]:
    """Rows of a mapping as lines for the screen; `?` stands before what is not decided."""
    cells = [(row.code, row.becomes or ("–" if row.is_source else "?"), row.why) for row in mapping]
    heading = ("code", "becomes", "why")
    widths = [
        min(most, max(len(c[n]) for c in (heading, *cells))) for n, most in enumerate((44, 34))
    ]
    lines = [_line(" ", heading, widths)]
    lines += [
        _line("?" if row.undecided else " ", cell, widths)
        for row, cell in zip(mapping, cells, strict=True)
    ]
    if count := sum(row.undecided for row in mapping):
        lines.append(f"{count} of {len(mapping)} rows are not decided (?)")
    return lines


def _line(mark: str, cells: Sequence[str], widths: Sequence[int]) -> str:
    shown = [_short(cell, width).ljust(width) for cell, width in zip(cells, widths, strict=False)]
    return f"{mark} {'  '.join([*shown, cells[2]])}".rstrip()


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
