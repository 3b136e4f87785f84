"""Reading a project of the exchange standard REFI-QDA (`.qdpx`): every coding, nothing lost.

The standard: Rotterdam Exchange Format Initiative (2019), REFI-QDA 1.5. What the programs make of
it differs, and is told where it matters.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.project import DataError, Problem
from analysis.qda.archive import AGAIN, MEGABYTE, Archive, opened
from analysis.qda.codebook import (
    MOST_XML,
    BookCode,
    book_codes,
    child_text,
    children,
    guid,
    local,
    parsed,
)
from analysis.qda.positions import Counting, Text, counted, counting_of, decoded

PROJECT = "project.qde"
MOST_TEXT = 64 * MEGABYTE
KINDS = {
    "TextSource": "text", "PDFSource": "pdf", "PictureSource": "picture", "AudioSource": "audio",
    "VideoSource": "video", "Note": "note",
}  # fmt: skip
# Elements that hold a text of their own, within a source.
TEXTS = ("TextSource", "Note", "Representation", "TextDescription", "Transcript")
REGION = ("firstX", "firstY", "secondX", "secondY")
SELECTIONS = {
    "PlainTextSelection": "text", "TranscriptSelection": "transcript", "PDFSelection": "page",
    "PictureSelection": "picture", "AudioSelection": "time", "VideoSelection": "time",
}  # fmt: skip
WHOLE = "whole"
CASE_CODE = "case of the program"
NUMBER = re.compile(r"\s*[-+]?[0-9]{1,12}\s*")
MARK = 8  # so many signs tell one source from another


@dataclass(frozen=True)
class Place:
    """What was coded of a source: the whole of it, words, a page's part, a picture's, a time.

    `kind` is `whole`, `text`, `page`, `picture` or `time`. `start` and `end` are signs of the text,
    or milliseconds; `region` the four numbers of a rectangle; `line` to `last_line` the lines of
    the text, from 1, and `column` where in its line the selection begins, from 0.
    """

    kind: str = WHOLE
    start: int | None = None
    end: int | None = None
    page: int | None = None
    region: tuple[int, ...] = ()
    line: int | None = None
    last_line: int | None = None
    column: int | None = None


@dataclass(frozen=True)
class Coding:
    """One code on one place by one coder.

    `source` counts the sources of the file, from 0; `code` is the name of the code after those
    above it; `coder` counts the coders, from 0; `note` is what the coder wrote with it.
    """

    source: int
    place: Place
    selection: str
    code: BookCode
    coder: int
    note: str = ""


@dataclass(frozen=True)
class Source:
    """A document, recording or picture: its kind, marks to know it again, and all its texts.

    Of `marks` the first is made from its id, the second from its text (empty without); neither can
    be led back to what it was made from.
    """

    kind: str
    marks: tuple[str, str]
    texts: tuple[str, ...] = ()

    @property
    def lines(self) -> int:
        """How many lines its texts have."""
        return sum(len(text.splitlines()) for text in self.texts)


@dataclass(frozen=True)
class Exchange:
    """A project as it was read. Coders are known by what their program calls them."""

    sources: Sequence[Source]
    coders: Sequence[str]
    codings: Sequence[Coding]


def read_exchange(path: Path, name: str) -> Exchange:
    """The project at `path`; `name` is how messages call the file.

    Raises CallError without the file, and DataError, with one problem, where the archive or its
    XML is not harmless or not of the standard, lacks something that it names, or places a
    selection outside its text.
    """
    with opened(path, name) as archive:
        if PROJECT not in archive:
            message = f"is no REFI-QDA project: it holds no {PROJECT}"
            raise DataError([Problem(name, message, mend=AGAIN)])
        root = parsed(archive.read(PROJECT, MOST_XML), name, "Project")
        return _Reader(archive, root).read()


@dataclass
class _Reader:
    """One project while it is read."""

    archive: Archive
    root: Any
    codes: dict[str, BookCode] = field(init=False)
    notes: dict[str, Any] = field(init=False)
    coders: dict[str, str] = field(init=False)
    counting: Counting = field(init=False)

    def __post_init__(self) -> None:
        users = [user for users in self._under("Users") for user in children(users, "User")]
        self.coders = {
            guid(user.get("guid")): user.get("name") or guid(user.get("guid")) for user in users
        }
        self.counting = counting_of(self.root.get("origin") or "")
        self.notes = {
            guid(note.get("guid")): note
            for notes in self._under("Notes")
            for note in children(notes, "Note")
        }
        self.codes = {
            code.guid: code for book in self._under("CodeBook") for code in book_codes(book)
        }
        # NVivo codes a passage at a case as if it were a code. Its name is often a person's.
        cases = [case for cases in self._under("Cases") for case in children(cases, "Case")]
        for number, case in enumerate(cases, start=1):
            key = guid(case.get("guid"))
            self.codes.setdefault(key, BookCode(key, (CASE_CODE, str(number))))

    def read(self) -> Exchange:
        """All of it. Raises DataError when a coding stands where none is looked for."""
        sources = [s for found in self._under("Sources") for s in children(found, *KINDS)]
        sources += [note for note in self.notes.values() if _codings_below(note)]
        read = [_SourceReader(self, number, element) for number, element in enumerate(sources)]
        codings = [coding for source in read for coding in source.codings()]
        told = sum(1 for element in self.root.iter() if local(element) == "Coding")
        if told != len(codings):
            raise self.refused(f"{told - len(codings)} of {told} codings stand outside a source")
        names = list(dict.fromkeys(self.coders.values()))
        return Exchange([source.source() for source in read], names, codings)

    def coder(self, *elements: Any) -> int:
        """The number of the coder that the first of `elements` with one names."""
        found = (guid(e.get("creatingUser")) or guid(e.get("modifyingUser")) for e in elements)
        key = next(filter(None, found), "")
        name = self.coders.setdefault(key, key)
        return list(dict.fromkeys(self.coders.values())).index(name)

    def code(self, coding: Any) -> BookCode:
        """The code that a coding gives. Raises DataError when there is not one, or not here."""
        keys = [guid(ref.get("targetGUID")) for ref in children(coding, "CodeRef")]
        if len(keys) != 1:
            raise self.refused(f"a coding has {len(keys)} codes; it should have one")
        if keys[0] not in self.codes:
            raise self.refused("a coding points at a code that the code book does not have")
        return self.codes[keys[0]]

    def note(self, *elements: Any) -> str:
        """What was written with a coding or its selection."""
        said = [child_text(element, "Description") for element in elements]
        for element in elements:
            for ref in children(element, "NoteRef"):
                key = guid(ref.get("targetGUID"))
                if key not in self.notes:
                    raise self.refused("a coding points at a note that is not there")
                note = self.notes[key]
                said += [child_text(note, "Description"), self.text_of(note, required=False) or ""]
        return "\n".join(filter(None, said))

    def text_of(self, element: Any, *, required: bool) -> str | None:
        """The text of a source, note or transcript; None where the archive has none of it.

        Raises DataError where `required` and the text that it names is not there.
        """
        if held := children(element, "PlainTextContent"):
            return held[0].text or ""
        path = element.get("plainTextPath") or ""
        scheme, _, name = path.rpartition("://")
        if not name or scheme not in ("internal", ""):
            return None
        entry = f"sources/{name.replace(chr(92), '/').lstrip('/')}"
        if entry not in self.archive:
            if required:
                raise self.refused("lacks the text of a source that was coded")
            return None
        try:
            return decoded(self.archive.read(entry, MOST_TEXT))
        except UnicodeError:
            raise self.refused("the text of a source is not UTF-8") from None

    def refused(self, message: str) -> DataError:
        """The one problem of this file."""
        return DataError([Problem(self.archive.name, message, mend=AGAIN)])

    def _under(self, name: str) -> list[Any]:
        return children(self.root, name)


class _SourceReader:
    """One source of a project while it is read."""

    def __init__(self, reader: _Reader, number: int, element: Any) -> None:
        self.reader = reader
        self.number = number
        self.element = element
        self.texts: list[str] = []

    def codings(self) -> list[Coding]:
        """All codings of the source, in the order of the file."""
        return list(self._codings(self.element, Place(), [], None))

    def source(self) -> Source:
        """What the source is; after `codings`."""
        whole = "\n".join(self.texts)
        key = guid(self.element.get("guid"))
        return Source(
            KINDS[local(self.element)],
            (mark(key) if key else "", mark(whole) if whole.strip() else ""),
            tuple(self.texts),
        )

    def _codings(
        self, element: Any, place: Place, above: list[Any], text: Text | None
    ) -> Iterator[Coding]:
        """The codings of `element`, which stands in the elements `above`, at `place`."""
        if local(element) in TEXTS:
            text = self._text(element)
        for child in element:
            if local(child) == "Coding":
                yield self._coding(child, element, place, above)
            elif (kind := SELECTIONS.get(local(child))) and _codings_below(child):
                where = self._place(child, kind, element, text)
                yield from self._codings(child, where, [element, *above], text)
            elif local(child) in TEXTS:
                yield from self._codings(child, place, [element, *above], text)

    def _coding(self, coding: Any, holder: Any, place: Place, above: list[Any]) -> Coding:
        reader = self.reader
        noted = [holder] if local(holder) in SELECTIONS else []
        return Coding(
            self.number, place, guid(holder.get("guid")), reader.code(coding),
            reader.coder(coding, holder, *above), reader.note(coding, *noted),
        )  # fmt: skip

    def _text(self, element: Any) -> Text | None:
        selections = [s for s in children(element, "PlainTextSelection") if _codings_below(s)]
        content = self.reader.text_of(element, required=bool(selections))
        if content is None:
            return None
        self.texts.append(content)
        told = [
            (self._number(s, "startPosition"), self._number(s, "endPosition"), s.get("name") or "")
            for s in selections
        ]
        return counted(content, self.reader.counting, told)

    def _place(self, selection: Any, kind: str, holder: Any, text: Text | None) -> Place:
        if kind == "text":
            start, end = (self._number(selection, f"{n}Position") for n in ("start", "end"))
            return self._in_text(start, end, text)
        if kind == "time":
            return Place(kind, self._number(selection, "begin"), self._number(selection, "end"))
        if kind == "transcript":
            return self._in_transcript(selection, holder, text)
        page = self._number(selection, "page") if kind == "page" else None
        return Place(kind, page=page, region=tuple(self._number(selection, n) for n in REGION))

    def _in_text(self, start: int, end: int, text: Text | None) -> Place:
        if text is None:
            return Place("text", start, end)
        span = text.span(start, end)
        if span is None:
            message = f"a selection in source {self.number + 1} lies outside its text"
            raise self.reader.refused(message)
        return Place("text", span.start, span.end, None, (), span.line, span.last_line, span.column)

    def _in_transcript(self, selection: Any, transcript: Any, text: Text | None) -> Place:
        """Between two moments, and where the transcript tells, between two signs of its text."""
        points = {guid(p.get("guid")): p for p in children(transcript, "SyncPoint")}
        keys = [guid(selection.get(name)) for name in ("fromSyncPoint", "toSyncPoint")]
        if any(key and key not in points for key in keys):
            raise self.reader.refused("a selection points at a moment that is not there")
        ends = [points[key] for key in keys if key]
        if len(ends) == 2 and text is not None and all(p.get("position") for p in ends):
            start, end = (self._number(p, "position") for p in ends)
            return self._in_text(min(start, end), max(start, end), text)
        times = [self._number(p, "timeStamp") if p.get("timeStamp") else None for p in ends]
        return Place("time", times[0], times[1]) if len(times) == 2 else Place()

    def _number(self, element: Any, name: str) -> int:
        told = element.get(name) or ""
        if not NUMBER.fullmatch(told):
            raise self.reader.refused(f"{local(element)}: {name} is no whole number")
        return int(told)


def _codings_below(element: Any) -> bool:
    return any(local(below) == "Coding" for below in element.iter())


def mark(text: str) -> str:
    """A short sign by which the same text is known again."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:MARK]
