"""Projects of coded interviews as four programs write them, and a small study to take them in.

Written after the standard (REFI-QDA 1.5, 2019), the examples in its annex, and what is known of the
programs from public readers of their files:

- ATLAS.ti ends lines in two signs and counts one; a selection has all its codes, and is named by
  its first words; a selection in a PDF stands there twice, as words and as a part of the page.
- MAXQDA writes ids in capitals and a selection for every code, named by its positions.
- NVivo for Mac calls the folder `sources` and puts `.root` in it; positions are units of UTF-16
  with both signs of a line end; passages are coded at cases as if these were codes.
- QualCoder gives new ids at every export; what a coder noted is the selection's description.
"""

from __future__ import annotations

import atexit
import csv
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

import yaml

from analysis.fingerprint import checksum
from analysis.project import Project
from analysis.raw.cases import FRAGMENTS, PROFILES, SECTIONS
from analysis.raw.sources import sidecar_of
from conftest import Outcome, Place
from helpers import ROOT

HEADS = {
    "atlas": "ATLAS.ti for Windows 23.2.3.27778",
    "maxqda": "MAXQDA 2022 (Release 22.4.0)",
    "nvivo": "NVivo for Mac 15.0.0",
    "qualcoder": "QualCoder 3.7",
    "other": "A program of nobody",
}
PROGRAMS = tuple(HEADS)
SELECTION = {
    "text": "TextSource", "pdf": "PDFSource", "picture": "PictureSource", "audio": "AudioSource",
    "video": "VideoSource",
}  # fmt: skip


@dataclass
class Selection:
    """What was coded: words of the text, or a part of another kind; its codes with their coders."""

    kind: str = "text"
    start: int = 0
    end: int = 0
    codes: Sequence[tuple[str, str]] = ()
    note: str = ""
    region: tuple[int, ...] = (1, 2, 3, 4)
    page: int = 0


@dataclass
class Document:
    """A source; of a recording the text is its transcript."""

    name: str
    text: str = ""
    kind: str = "text"
    selections: list[Selection] = field(default_factory=list)
    whole: Sequence[tuple[str, str]] = ()

    def code(self, words: str, *codes: str, coder: str = "Coder A", note: str = "") -> Document:
        """Code the first place where `words` stand."""
        start = self.text.index(words)
        told = [(code, coder) for code in codes]
        self.selections.append(Selection("text", start, start + len(words), told, note))
        return self


@dataclass
class QdaProject:
    """Documents and a code book of names below names (`Access > Distrust`)."""

    documents: list[Document]
    program: str = "other"
    users: Sequence[str] = ("Coder A", "Coder B")
    codes: Sequence[str] = ()
    cases: Sequence[str] = ()

    def __post_init__(self) -> None:
        self._ids: dict[str, str] = {}
        self.notes: list[str] = []
        self.files: dict[str, bytes] = {}

    def id(self, what: str) -> str:
        """An id as the program writes it: the same at every export, but for QualCoder."""
        new = uuid.uuid4() if self.program == "qualcoder" else uuid.uuid5(uuid.NAMESPACE_URL, what)
        made = self._ids.setdefault(what, str(new))
        return made.upper() if self.program in ("atlas", "maxqda") else made

    @property
    def used(self) -> list[str]:
        """All codes, those above others first."""
        told = [c for d in self.documents for s in d.selections for c, _ in s.codes]
        told += [c for d in self.documents for c, _ in d.whole] + list(self.codes)
        names = dict.fromkeys(c for c in told if c not in self.cases)
        return list(names)

    @property
    def count(self) -> int:
        """How many codings there are."""
        return sum(
            len(d.whole) + sum(len(s.codes) * (1 + self.twice(d, s)) for s in d.selections)
            for d in self.documents
        )

    def twice(self, document: Document, selection: Selection) -> bool:
        """Whether the selection is written as words and as a part of a page."""
        return self.program == "atlas" and document.kind == "pdf" and selection.kind == "text"

    def write(self, path: Path) -> Path:
        """Write the `.qdpx`."""
        with ZipFile(path, "w", ZIP_DEFLATED) as package:
            package.writestr("project.qde", self.xml())
            folder = "sources" if self.program == "nvivo" else "Sources"
            for name, content in self.files.items():
                package.writestr(f"{folder}/{name}", content)
            if self.program == "nvivo":
                package.writestr(f"{folder}/.root", b"")
        return path

    def xml(self) -> bytes:
        """`project.qde`; fills `files`."""
        self.files, self.notes = {}, []
        sources = "".join(self._source(d, n) for n, d in enumerate(self.documents))
        users = "".join(
            f"<User guid={quoteattr(self.id('u' + u))} name={quoteattr(u)}/>" for u in self.users
        )
        cases = "".join(
            f"<Case guid={quoteattr(self.id('c' + c))} name={quoteattr(c)}/>" for c in self.cases
        )
        notes = "".join(self.notes)
        told = (
            '<?xml version="1.0" encoding="utf-8"?>'
            f'<Project origin="{HEADS[self.program]}" name="p" xmlns="urn:QDA-XML:project:1.0">'
            f"<Users>{users}</Users><CodeBook><Codes>{self._book()}</Codes></CodeBook>"
            + (f"<Cases>{cases}</Cases>" if cases else "")
            + f"<Sources>{sources}</Sources>"
            + (f"<Notes>{notes}</Notes>" if notes else "")
            + "</Project>"
        )
        mark = b"\xef\xbb\xbf" if self.program == "maxqda" else b""
        return mark + told.encode()

    def _book(self) -> str:
        tree: dict[str, dict] = {}
        for code in self.used:
            level = tree
            for part in code.split(" > "):
                level = level.setdefault(part, {})

        def told(level: dict[str, dict], above: str) -> Iterator[str]:
            for name, below in level.items():
                path = f"{above} > {name}" if above else name
                inside = "".join(told(below, path))
                yield (
                    f"<Code guid={quoteattr(self.id('c' + path))} name={quoteattr(name)} "
                    f'isCodable="true">{inside}</Code>'
                )

        return "".join(told(tree, ""))

    # Sources

    def _source(self, document: Document, number: int) -> str:
        tag = SELECTION[document.kind]
        nth = sum(other.name == document.name for other in self.documents[:number])
        key = self.id(f"d{document.name}{nth}")
        about = f"guid={quoteattr(key)} name={quoteattr(document.name)}"
        texts = [s for s in document.selections if s.kind in ("text", "transcript")]
        others = [s for s in document.selections if s.kind not in ("text", "transcript")]
        parts = "".join(self._part(document, s) for s in others)
        path = self._text(document, number) if document.text else ""
        inside = "".join(self._words(document, s) for s in texts if s.kind == "text")
        whole = "".join(self._coding(code, coder, str(number)) for code, coder in document.whole)
        if document.kind == "text":
            return f"<{tag} {about} {path}>{inside}{whole}</{tag}>"
        text = ""
        if document.kind == "pdf" and document.text:
            twice = [s for s in texts if self.twice(document, s)]
            parts += "".join(self._part(document, s, page=True) for s in twice)
            text = f"<Representation guid={quoteattr(self.id(f'r{number}'))} {path}>{inside}"
            text += "</Representation>"
        if document.kind in ("audio", "video") and document.text:
            text = self._transcript(document, texts, number, path)
        order = parts + text if document.kind == "pdf" else text + parts
        return f"<{tag} {about}>{order}{whole}</{tag}>"

    def _text(self, document: Document, number: int) -> str:
        """Keep the text as a file; gives the attribute that names it."""
        name = f"{self.id(f't{number}')}.txt"
        content = document.text
        if self.program == "atlas":
            content = content.replace("\n", "\r\n")
        self.files[name] = content.encode()
        return f'plainTextPath="internal://{name}"'

    def position(self, text: str, place: int) -> int:
        """A place in a text as the program counts."""
        before = text[:place]
        return len(before.encode("utf-16-le")) // 2 if self.program == "nvivo" else len(before)

    def _words(self, document: Document, selection: Selection) -> str:
        ends = [self.position(document.text, n) for n in (selection.start, selection.end)]
        name = " ".join(document.text[selection.start : selection.end].split())[:60]
        if self.program == "maxqda":
            name = f"{ends[0]},{ends[1]}"
        alone = self.program in ("maxqda", "nvivo", "qualcoder")
        groups = [[pair] for pair in selection.codes] if alone else [list(selection.codes)]
        told = ""
        for nth, group in enumerate(groups):
            key = f"s{document.name}{ends}{selection.page}" + (f"{nth}{group}" if alone else "")
            inside = self._note(selection, f"{key}{nth}") + "".join(
                self._coding(code, coder, key) for code, coder in group
            )
            if self.program == "atlas" and selection.note:
                inside += f"<NoteRef targetGUID={quoteattr(self._noted(selection.note, key))}/>"
            told += (
                f"<PlainTextSelection guid={quoteattr(self.id(key))} name={quoteattr(name)} "
                f'startPosition="{ends[0]}" endPosition="{ends[1]}">{inside}</PlainTextSelection>'
            )
        return told

    def _note(self, selection: Selection, key: str) -> str:
        """A note as the description of the selection; ATLAS.ti refers to it instead."""
        if not selection.note or self.program == "atlas":
            return ""
        return f"<Description>{escape(selection.note)}</Description>"

    def _noted(self, note: str, key: str) -> str:
        made = self.id(f"n{key}")
        words = escape(note)
        self.notes.append(
            f"<Note guid={quoteattr(made)}><PlainTextContent>{words}</PlainTextContent></Note>"
        )
        return made

    def _part(self, document: Document, selection: Selection, *, page: bool = False) -> str:
        kind = "page" if page else selection.kind
        numbers = dict(
            zip(("firstX", "firstY", "secondX", "secondY"), selection.region, strict=True)
        )
        tag = {"page": "PDFSelection", "picture": "PictureSelection"}.get(kind, "")
        if kind == "page":
            numbers["page"] = selection.page
        if kind == "time":
            tag = "AudioSelection" if document.kind == "audio" else "VideoSelection"
            numbers = {"begin": selection.start, "end": selection.end}
        told = " ".join(f'{name}="{value}"' for name, value in numbers.items())
        ends = [self.position(document.text, n) for n in (selection.start, selection.end)]
        key = f"s{document.name}{ends}{selection.page}" if page else f"p{document.name}{selection}"
        inside = "".join(self._coding(code, coder, f"p{key}") for code, coder in selection.codes)
        return f"<{tag} guid={quoteattr(self.id(key))} {told}>{inside}</{tag}>"

    def _transcript(
        self, document: Document, texts: Sequence[Selection], number: int, path: str
    ) -> str:
        points, inside = "", ""
        for nth, selection in enumerate(texts):
            keys = [self.id(f"y{number}.{nth}.{end}") for end in ("from", "to")]
            for key, place in zip(keys, (selection.start, selection.end), strict=True):
                place = self.position(document.text, place)  # noqa: PLW2901
                points += f'<SyncPoint guid={quoteattr(key)} timeStamp="9" position="{place}"/>'
            codings = "".join(
                self._coding(code, coder, f"{number}{nth}") for code, coder in selection.codes
            )
            inside += (
                f"<TranscriptSelection guid={quoteattr(self.id(f'x{number}{nth}'))} "
                f"fromSyncPoint={quoteattr(keys[0])} toSyncPoint={quoteattr(keys[1])}>"
                f"{codings}</TranscriptSelection>"
            )
        about = f"guid={quoteattr(self.id(f'q{number}'))} {path}"
        return f"<Transcript {about}>{points}{inside}</Transcript>"

    def _coding(self, code: str, coder: str, key: str) -> str:
        who = quoteattr(self.id("u" + coder))
        ref = quoteattr(self.id("c" + code))
        about = f"guid={quoteattr(self.id(f'g{key}{code}{coder}'))} creatingUser={who}"
        return f"<Coding {about}><CodeRef targetGUID={ref}/></Coding>"


# A small study


def small_study(root: Path) -> Project:
    """A project with the real coding frame and register, one case and one fragment."""
    project = Project(root)
    (root / "notebooks").mkdir(parents=True)
    cases, survey = project.raw / "cases", project.raw / "survey"
    cases.mkdir(parents=True)
    survey.mkdir()
    for name in ("municipality_codes", "municipality_names", "mergers"):
        for ending in (".csv", ".csv.source.yml"):
            source = ROOT / "data/raw/survey" / f"{name}{ending}"
            (survey / source.name).write_bytes(source.read_bytes())
    frame = yaml.safe_load((ROOT / "data/raw/cases/coding_frame.yml").read_text("utf-8"))
    # A part of the points, for speed: what is tested of all is tested with the real frame.
    points = {k: p for k, p in frame["points"].items() if p["theme"] in ("access", "vision")}
    frame["points"] = points
    for group in frame.values():
        for code in group.values():
            code.pop("example", None)
    text = yaml.safe_dump(frame, allow_unicode=True, sort_keys=False)
    (cases / "coding_frame.yml").write_text(text, encoding="utf-8")
    profile = {"case": "ede", "name": "Ede", "municipality_code": "GM0228", "year": "2016"}
    profile |= {"fact": "teams", "value": "2", "unit": "count", "qualifier": "exact"}
    table(cases / "cases.csv", PROFILES, profile | {"source": "report.txt", "line": "1"})
    fragment = {"id": "f-1", "case": "ede", "year": "2016", "theme": "access", "kind": "fact"}
    fragment |= {"actor": "team", "form": "statement", "source": "report.txt", "line": "1"}
    fragment |= {"summary_nl": "Bewoners komen.", "summary_en": "Residents come."}
    table(cases / "fragments.csv", FRAGMENTS, fragment)
    section = {"section": "s", "source": "report.txt", "label_nl": "D", "label_en": "P"}
    numbers = {"first_line": "1", "last_line": "2", "bullets": "0", "quotations": "0"}
    table(cases / "sections.csv", SECTIONS, section | numbers | {"year": "2016"})
    for name in ("cases.csv", "fragments.csv", "sections.csv", "coding_frame.yml"):
        describe(cases / name)
    return project


@cache
def _made() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="analysis-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = Place(small_study(folder / "study").root)
    done = made.run("new-case", "--case", "zwolle", "--name", "Zwolle", "--year", "2027")
    assert done.code == 0, done.err
    return made.root


def with_zwolle(root: Path) -> Place:
    """A small study at `root` with the new case Zwolle, still without codings."""
    shutil.copytree(_made(), root)
    return Place(root)


def folder(place: Place) -> Path:
    """Where the exports of Zwolle stand."""
    return place.root / "data/raw/cases/interviews/zwolle"


def take_in(place: Place, *more: str) -> Outcome:
    return place.run("codings", "--case", "zwolle", *more)


def fragments(place: Place) -> list[dict[str, str]]:
    """The fragments of Zwolle."""
    path = place.root / "data/raw/cases/fragments/zwolle.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def table(path: Path, columns: Sequence[str], *rows: dict[str, str]) -> None:
    """Write a raw table."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(columns), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def describe(path: Path) -> None:
    """Give a raw file a sidecar."""
    fields = dict.fromkeys(
        ("title", "producer", "citation", "url", "published", "accessed", "licence"), "x"
    )
    text = yaml.safe_dump(fields | {"sha256": checksum(path)})
    sidecar_of(path).write_text(text, encoding="utf-8")
