"""The codings of a case as a table, without what tells who spoke, who coded and what was said.

A document is `zwolle-1`, `zwolle-2`, …; a coder `coder-1`, `coder-2`, …. A document keeps its
number when others are added, for `codes.csv` keeps the marks by which it is known again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analysis.project import DataError, Problem
from analysis.qda.exchange import Coding, Exchange, Place, Source
from analysis.raw.tables import rows

SOURCE = "source:"  # before the name of a document, where it stands among codes
BELOW = " > "  # between the name of a code and that of the code below it
COLUMNS = (
    "source", "kind", "place", "start", "end", "page", "region", "line", "last_line", "column",
    "selection", "code", "guid", "coder", "note",
)  # fmt: skip


@dataclass(frozen=True)
class Numbered:
    """A document under the name that it has in the study, and what tells the researcher which."""

    name: str
    source: Source
    document: int
    codings: int


@dataclass(frozen=True)
class CaseCodings:
    """All codings of the exports of a case.

    `table` has one row per coding, with `COLUMNS`: `place` to `column` as in
    `exchange.Place`; `code` is the name of the code after those above it (`Access > Distrust`),
    `guid` its id; `note` is what the coder wrote with it. `sources` are all documents.
    """

    table: pd.DataFrame
    sources: Sequence[Numbered]


@dataclass
class Passage:
    """What one coder coded in one place: becomes a fragment.

    `where` is how messages call it, `id` the same at every import as long as the text and the
    selection stay, `codes` its codes in their order, `said` what the coder wrote with them. A
    `row` it has in a spreadsheet.
    """

    id: str
    source: str
    place: Place
    coder: str
    where: str
    codes: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    row: int | None = None


def codings_of(
    case: str, exchanges: Mapping[str, Exchange], known: Mapping[str, Sequence[str]]
) -> CaseCodings:
    """The codings of `case` in its exports, by how messages call each file.

    `known` are the marks of documents that have a number already, by their name. Raises DataError
    for a coded document that stands in two exports: its codings would count twice.
    """
    documents = [
        _Document(file, number, source, Counter(c.source for c in exchange.codings)[number])
        for file, exchange in exchanges.items()
        for number, source in enumerate(exchange.sources)
    ]
    if problems := list(_twice(documents)):
        raise DataError(problems)
    names = _names(case, documents, known)
    coders = _coders(exchanges.values())
    told = [
        _row(coding, names[file, coding.source], exchange, coders)
        for file, exchange in exchanges.items()
        for coding in exchange.codings
    ]
    sources = [
        Numbered(names[d.file, d.number], d.source, d.number + 1, d.codings) for d in documents
    ]
    return CaseCodings(pd.DataFrame(told, columns=list(COLUMNS), dtype="object"), sources)


@dataclass(frozen=True)
class _Document:
    file: str
    number: int
    source: Source
    codings: int


def _twice(documents: Sequence[_Document]) -> Iterator[Problem]:
    """Documents that were coded in two exports."""
    first: dict[str, _Document] = {}
    for document in documents:
        for mark in filter(None, document.source.marks if document.codings else ()):
            before = first.setdefault(mark, document)
            if before.file != document.file:
                message = f"document {document.number + 1} stands in {before.file} too"
                mend = "keep one export of each document in the folder of the case"
                yield Problem(document.file, message, mend=mend)
                break


def _names(
    case: str, documents: Sequence[_Document], known: Mapping[str, Sequence[str]]
) -> dict[tuple[str, int], str]:
    """A name for each document: the one it had, by its id or else by its text, or the next."""
    found: dict[tuple[str, int], str] = {}
    for which in (0, 1):  # the mark of the id, the mark of the text
        of_mark = {marks[which]: name for name, marks in known.items() if marks[which]}
        for document in documents:
            key = (document.file, document.number)
            name = of_mark.get(document.source.marks[which], "")
            if name and key not in found and name not in found.values():
                found[key] = name
    last = max((int(name.rpartition("-")[2]) for name in known), default=0)
    new = (d for d in documents if (d.file, d.number) not in found)
    for number, document in enumerate(list(new), start=last + 1):
        found[document.file, document.number] = f"{case}-{number}"
    return found


def _coders(exchanges: Iterable[Exchange]) -> dict[str, str]:
    """A number for everybody who coded, in the order of the exports."""
    found: dict[str, str] = {}
    for exchange in exchanges:
        at_work = {coding.coder for coding in exchange.codings}
        for number, name in enumerate(exchange.coders):
            if number in at_work:
                found.setdefault(name, f"coder-{len(found) + 1}")
    return found


def _row(
    coding: Coding, name: str, exchange: Exchange, coders: Mapping[str, str]
) -> tuple[object, ...]:
    place = coding.place
    return (
        name, exchange.sources[coding.source].kind, place.kind, place.start, place.end, place.page,
        place.region, place.line, place.last_line, place.column, coding.selection,
        code_name(coding.code.path), coding.code.guid, coders[exchange.coders[coding.coder]],
        coding.note,
    )  # fmt: skip


def passages(codings: CaseCodings) -> list[Passage]:
    """What each coder coded in each place, in the order of the documents and their places.

    ATLAS.ti writes a selection in a PDF twice, as words and as a part of the page, with one id:
    that is one place. Other programs write a selection for every code: those are one place too.
    """
    table = codings.table
    worded = {
        (row.source, row.selection): place_of(row)
        for row in rows(table)
        if row.place == "text" and row.selection
    }
    found: dict[tuple[str, Place, str], Passage] = {}
    for row in rows(table):
        place = place_of(row)
        if place.kind == "page":
            place = worded.get((row.source, row.selection), place)
        key = (row.source, place, row.coder)
        told = found.setdefault(key, Passage("", row.source, place, row.coder, ""))
        if row.code not in told.codes:
            told.codes.append(row.code)
        if row.note and row.note not in told.said:
            told.said.append(row.note)
    ordered = sorted(found.values(), key=_order)
    _name(ordered)
    return ordered


def code_name(path: Sequence[str]) -> str:
    """The name of a code after those above it, which cannot be taken for a document."""
    name = BELOW.join(part or "?" for part in path)
    return f"code{BELOW}{name}" if name.startswith(SOURCE) else name


def place_of(row: Any) -> Place:
    """The place of a row of `CaseCodings.table`."""
    return Place(
        row.place, row.start, row.end, row.page, row.region, row.line, row.last_line, row.column
    )


def _order(passage: Passage) -> tuple[object, ...]:
    place = passage.place
    numbers = (place.line or 0, place.page or 0, place.start or 0, place.end or 0, place.region)
    return (_number(passage.source), numbers, _number(passage.coder))


def _number(name: str) -> int:
    return int(name.rpartition("-")[2])


def _name(ordered: Sequence[Passage]) -> None:
    """Give every passage its id and how messages call it."""
    held: Counter[str] = Counter()
    for passage in ordered:
        name = f"{passage.source}-{_place_id(passage.place)}"
        held[name] += 1
        # Several coders in one place: the second one's has a letter, and so on.
        passage.id = name + (f"-{held[name]}" if held[name] > 1 else "")
        passage.where = f"source {passage.source}, {_told(passage.place)}, {passage.coder}"


def _place_id(place: Place) -> str:
    """A place in signs that stay as they are when something changes elsewhere in the document."""
    start, end = place.start or 0, place.end or 0
    if place.line is not None:
        return f"{place.line}.{place.column}.{end - start}"
    named = {
        "text": f"s{start}.{end}",
        "time": f"t{start}.{end}",
        "page": f"p{(place.page or 0) + 1}." + ".".join(map(str, place.region)),
        "picture": "r" + ".".join(map(str, place.region)),
    }
    return named.get(place.kind, place.kind)


def _told(place: Place) -> str:
    if place.line is not None:
        return f"line {place.line}"
    moment = divmod((place.start or 0) // 1000, 60)
    named = {
        "text": f"sign {place.start}",
        "time": f"minute {moment[0]}:{moment[1]:02d}",
        "page": f"page {(place.page or 0) + 1}",
        "picture": "part of the picture",
    }
    return named.get(place.kind, "the whole document")
