"""Taking in the codings of a case: read, mapped, checked as a whole, and only then written."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from analysis.intake.importing import discreet
from analysis.project import CallError, DataError, Problem, Project
from analysis.qda import summaries as said
from analysis.qda.codebook import read_codebook
from analysis.qda.coders import coder_rows, keep_coders
from analysis.qda.codes import (
    MappedCode,
    Meanings,
    accept,
    known_sources,
    meanings,
    proposed,
    proposed_from_book,
    read_codes_file,
    write_codes_file,
)
from analysis.qda.codings import CaseCodings, Passage, codings_of, passages
from analysis.qda.exchange import Exchange, read_exchange
from analysis.qda.folder import CODES, EXPORTS, Case, describe, note_taken, open_case, write_table
from analysis.qda.fragments import Fragment, fragments_of, placed, problems_of
from analysis.qda.sheet import SUFFIXES, Sheet, read_sheet
from analysis.qda.sheet_fragments import SheetReader
from analysis.qda.summarise import summarise
from analysis.raw.cases import (
    FRAGMENTS,
    PROFILES,
    PROFILES_FILE,
    SECTIONS,
    SECTIONS_FILE,
    CaseData,
    fragment_problems,
)
from analysis.raw.coding import CodingFrame, read_coding_frame
from analysis.raw.sources import read_source
from analysis.raw.tables import read_table

QDPX, QDC = ".qdpx", ".qdc"
AS_EXPORT = "export the project as REFI-QDA project (.qdpx), or code in codings.xlsx"


@dataclass(frozen=True)
class Received:
    """What was taken in: lines that tell about it, the mapping, and whether fragments were made."""

    lines: Sequence[str]
    mapping: Sequence[MappedCode]
    written: bool = False

    @property
    def open_rows(self) -> list[MappedCode]:
        """The rows of the mapping that nobody accepted yet."""
        return [row for row in self.mapping if not row.accepted]


@dataclass
class _Read:
    """The files of a case as they were read, by how messages call them."""

    exchanges: dict[str, Exchange] = field(default_factory=dict)
    sheets: dict[str, Sheet] = field(default_factory=dict)


@discreet()
def receive(
    project: Project, name: str, files: Sequence[Path], *, accepting: bool = False
) -> Received:
    """Read the exports of a case and `files`, propose what is unmapped, make the fragments.

    Of a code book (`.qdc`) only what its codes become is proposed, before there are codings.
    Fragments are made when every row of `codes.csv` is accepted; with `accepting` every row
    becomes accepted, unless there are new proposals in it. Raises CallError for a case that is
    not in cases.csv or a file that is not there, DataError with every problem otherwise; what was
    there stays as it was then, except that `summaries.csv` gets a row for every summary to write.
    """
    frame = read_coding_frame(project)
    case = open_case(project, name)
    place = project.relative(case.folder / CODES)
    before = read_codes_file(case.folder / CODES, place, frame)
    if books := [file for file in files if file.suffix.lower() == QDC]:
        if len(books) < len(files):
            raise CallError("give a code book (.qdc) by itself, then the exports with the codings")
        return _take_books(project, case, books, before, frame)
    read = _read(project, case, files)
    codings = codings_of(name, read.exchanges, known_sources(before))
    coded = passages(codings)
    _refuse_words(codings, coded, place)
    for file in files:
        if file.suffix.lower() == QDPX:  # a spreadsheet waits until all in it is right
            _copy(case, file)
    mapping = proposed(codings, before, frame)
    if accepting and mapping == before:  # what nobody has seen yet cannot be accepted
        mapping = accept(mapping, place)
    if mapping != before:
        write_codes_file(case.folder / CODES, mapping)
    lines = list(_lines(read))
    received = Received(lines, mapping)
    if received.open_rows:
        waiting = [f.name for f in files if f.suffix.lower() in SUFFIXES]
        lines += [f"{name}: not taken in yet; give it again with ACCEPT=1" for name in waiting]
        return received
    made = _fragments(project, case, read, coded, meanings(mapping, frame), frame)
    summarise(project, case, made, codings, frame)
    for file in files:
        _copy(case, file)
    _write(project, case, made)
    lines += _told(project, case, made, coded)
    return replace(received, written=True)


def _take_books(
    project: Project,
    case: Case,
    books: Sequence[Path],
    before: list[MappedCode],
    frame: CodingFrame,
) -> Received:
    """Propose what the codes of code books become; the books themselves are not kept."""
    mapping, lines = before, []
    for path in books:
        name = project.relative(path)
        book = read_codebook(path, name)
        mapping = proposed_from_book(book, mapping, frame)
        lines.append(f"{name}: {_many(len(book), 'code')}")
    if mapping != before:
        case.folder.mkdir(parents=True, exist_ok=True)
        write_codes_file(case.folder / CODES, mapping)
    lines.append(f"no codings yet: {AS_EXPORT}")
    return Received(lines, mapping)


# Reading


def _read(project: Project, case: Case, files: Sequence[Path]) -> _Read:
    """The exports in the case's folder, each replaced by one of `files` with the same name."""
    paths = {path.name: path for path in case.exports()}
    for file in files:
        if not case.is_export(file):
            allowed = f"{', '.join(EXPORTS)}; no hidden file, nor one beginning with ~$"
            raise CallError(f"{project.relative(file)}: is no export; allowed: {allowed}")
        paths[file.name] = file
    read, problems = _Read(), []
    for _, path in sorted(paths.items()):
        name = project.relative(path)
        try:
            if path.suffix.lower() in SUFFIXES:
                read.sheets[name] = read_sheet(path, name)
            else:
                read.exchanges[name] = read_exchange(path, name)
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    read.sheets = {name: sheet for name, sheet in read.sheets.items() if sheet.rows}
    if not read.sheets and not any(e.codings for e in read.exchanges.values()):
        message = "holds no codings yet"
        raise DataError([Problem(project.relative(case.folder), message, mend=AS_EXPORT)])
    return read


def _copy(case: Case, file: Path) -> None:
    """Put an export in the folder of the case, which never enters git."""
    case.folder.mkdir(parents=True, exist_ok=True)
    target = case.folder / file.name
    if not target.exists() or not file.samefile(target):
        shutil.copyfile(file, target)


def _refuse_words(codings: CaseCodings, coded: Sequence[Passage], place: str) -> None:
    """Codes that are named by words of the interview: `codes.csv` may enter git, so they cannot."""
    codes = [c for c in dict.fromkeys(codings.table["code"]) if len(c.split()) >= said.IN_A_ROW]
    if not codes:
        return
    words = said.Words(text for source in codings.sources for text in source.source.texts)
    problems = []
    for code in codes:
        if words.repeats(code):
            first = next(passage for passage in coded if code in passage.codes)
            message = f"a code of {first.where} repeats words of the interview"
            mend = "give the code a shorter name of your own"
            problems.append(Problem(place, message, mend=mend))
    if problems:
        raise DataError(problems)


def _lines(read: _Read) -> Iterator[str]:
    for name, exchange in read.exchanges.items():
        codes = len({coding.code.path for coding in exchange.codings})
        coders = len({coding.coder for coding in exchange.codings})
        yield (
            f"{name}: {_many(len(exchange.sources), 'document')}, "
            f"{_many(len(exchange.codings), 'coding')} with {_many(codes, 'code')} "
            f"by {_many(coders, 'coder')}"
        )
    for name, sheet in read.sheets.items():
        yield f"{name}: {_many(len(sheet.rows), 'row')}"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("s" if count != 1 else "")


# Fragments


def _fragments(
    project: Project,
    case: Case,
    read: _Read,
    coded: Sequence[Passage],
    told: Meanings,
    frame: CodingFrame,
) -> list[Fragment]:
    """The fragments of all files. Raises DataError with everything that is wrong with them."""
    made = fragments_of(case.name, case.year, coded, told, frame)
    for fragment in made:
        fragment.file = project.relative(case.folder)
    problems: list[Problem] = []
    for name, sheet in read.sheets.items():
        reader = SheetReader(sheet, name, case.name, case.year, frame, told.sources)
        made += reader.fragments()
        problems += reader.problems
    problems += _mixed(made)
    problems += problems_of(made)
    problems += _frame_problems(project, made, frame)
    if problems:
        raise DataError(list(dict.fromkeys(problems)))
    if not made:
        message = "no passage is left to make a fragment of"
        raise DataError([Problem(project.relative(case.folder / CODES), message)])
    return made


def _mixed(made: Sequence[Fragment]) -> Iterator[Problem]:
    """Documents with one name in several files."""
    first: dict[str, str] = {}
    for fragment in made:
        source = fragment.passage.source
        if first.setdefault(source, fragment.file) != fragment.file:
            message = f"{source} stands in {first[source]} too"
            row = fragment.passage.row
            yield Problem(fragment.file, message, row, "source", None, "another number")
            first[source] = fragment.file


def _frame_problems(
    project: Project, made: Sequence[Fragment], frame: CodingFrame
) -> Iterator[Problem]:
    """What the rules of `fragments.csv` find in fragments that are right so far."""
    right = [fragment for fragment in made if not fragment.faults]
    table = pd.DataFrame([f.cells for f in right], columns=list(FRAGMENTS), dtype="str")
    whole = pd.DataFrame([f.cells for f in made], columns=list(FRAGMENTS), dtype="str")
    read = {}
    for name, columns in {PROFILES_FILE: PROFILES, SECTIONS_FILE: SECTIONS}.items():
        read_source(project, project.raw / name)
        read[name] = read_table(project.raw / name, columns, name=f"data/raw/{name}")
    data = CaseData(read[PROFILES_FILE], whole, read[SECTIONS_FILE], frame, ())
    for problem in fragment_problems(table, data, ""):
        if problem.column not in said.COLUMNS:  # summaries are judged apart, and not repeated
            yield placed(problem, right[(problem.row or 2) - 2])
    held: dict[str, Fragment] = {}
    for fragment in right:
        if held.setdefault(fragment.cells["id"], fragment) is not fragment:
            found = fragment.cells["id"]
            yield placed(Problem("", "id stands twice", None, "id", found, "each once"), fragment)


# Writing


def _write(project: Project, case: Case, made: Sequence[Fragment]) -> None:
    """The fragments of the case, the sidecar that tells what they are, and who agreed on them."""
    write_table(case.fragments, list(FRAGMENTS), (fragment.cells for fragment in made))
    describe(
        case.fragments,
        f"Gecodeerde fragmenten van gesprekken in {case.label} ({case.year})",
        f"Gecodeerde gesprekken in {case.label}, {case.year}, niet gepubliceerd.",
        "Samengevat in eigen woorden; wie sprak en wat er letterlijk is gezegd, staat er niet in.",
    )
    keep_coders(project, case, coder_rows(case.name, made))
    note_taken(case)


def _told(
    project: Project, case: Case, made: Sequence[Fragment], coded: Sequence[Passage]
) -> Iterator[str]:
    yield f"{project.relative(case.fragments)}: {_many(len(made), 'fragment')}"
    if twice := sum(bool(fragment.cells["same_as"]) for fragment in made):
        yield f"  of these, coded by an earlier coder too, so that they count once: {twice}"
        yield "  where coders differ, the codes count of who comes first in the files (coder-1)"
    there = {fragment.passage.id for fragment in made}
    if left := sum(passage.id not in there for passage in coded):
        yield f"  coded passages left out, as codes.csv says (not_used): {left}"
    if gone := set(said.read_summaries(case.folder / said.FILE, said.FILE)) - there:
        yield f"  rows of summaries.csv that belong to no passage any more: {len(gone)}"
