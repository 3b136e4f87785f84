"""What was said, by whom, and who coded it stay in the export: they are looked for everywhere."""

from __future__ import annotations

import subprocess
from pathlib import Path
from unittest import mock
from zipfile import ZipFile

import pytest

from conftest import Outcome, Place
from helpers import ROOT
from qda_projects import PROGRAMS, Document, QdaProject, Selection, with_zwolle
from test_import_privacy import found_in

MARK = "ZZMARK"
TEXT = (
    f"Ik heet {MARK}naam en woon in de {MARK}straat.\n"
    f"Het team kent {MARK}buurman niet, zegt {MARK}zus.\n"
)


def project(program: str) -> QdaProject:
    """A project in which everything that must stay behind holds the mark."""
    coder = f"{MARK}coder"
    pairs = [("distrust", coder), ("Knelpunt", coder), (f"{MARK}case", coder)]
    documents = [
        Document(f"Gesprek {MARK}.docx", TEXT)
        .code(f"Het team kent {MARK}buurman", "distrust", "Knelpunt", coder=coder,
              note=f"denk aan {MARK}\nnl: Het team kent hen niet.\nen: They do not know them.")
        .code(f"Ik heet {MARK}naam", "unknown_teams", "Knelpunt", coder=f"{MARK}tweede"),
        Document(f"{MARK}.pdf", TEXT, "pdf", [Selection("page", codes=pairs)]),
        Document(f"{MARK}.m4a", TEXT, "audio", [Selection("time", 1, 2, pairs)], pairs[:1]),
    ]  # fmt: skip
    users = (coder, f"{MARK}tweede")
    return QdaProject(documents, program, users, cases=[f"{MARK}case"])


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return with_zwolle(tmp_path / "study")


def leaks(place: Place, *outcomes: Outcome) -> list[str]:
    """Every file but the export in which the mark stands, and every message."""
    paths = [p for p in place.root.rglob("*") if p.is_file() and p.suffix != ".qdpx"]
    told = [o.out + o.err for o in outcomes]
    for path in paths:
        if path.suffix == ".xlsx":
            with ZipFile(path) as book:
                told += [book.read(name).decode() for name in book.namelist()]
    return found_in(paths, (MARK,)) + [text for text in told if MARK.lower() in text.lower()]


@pytest.mark.parametrize("program", PROGRAMS)
def test_nothing_of_an_interview_is_found_anywhere_but_in_the_export(program, place, tmp_path):
    export = project(program).write(tmp_path / "p.qdpx")
    first = place.run("codings", "--case", "zwolle", str(export))
    second = place.run("codings", "--case", "zwolle", "--accept")
    assert (first.code, second.code) == (0, 1), first.err
    assert "has no actor" in second.err
    codes = place.root / "data/raw/cases/interviews/zwolle/codes.csv"
    told = codes.read_text("utf-8-sig").replace(";;", ";actor:resident, kind:fact;")
    codes.write_text(told, encoding="utf-8")
    third = place.run("codings", "--case", "zwolle")
    assert "has no summary" in third.err
    summaries = codes.with_name("summaries.csv")
    told = summaries.read_text("utf-8-sig").replace(";;\n", f";{TEXT.split(chr(10))[1]};A lot.\n")
    summaries.write_text(told, encoding="utf-8")
    copied = place.run("codings", "--case", "zwolle")
    assert "repeats 6 words" in copied.err
    assert [leak for leak in leaks(place, copied) if "summaries.csv" not in leak] == []
    told = summaries.read_text("utf-8").replace(TEXT.split("\n")[1], "Niets.")
    summaries.write_text(told, encoding="utf-8")
    done = place.run("codings", "--case", "zwolle")
    assert done.code == 0, done.err
    out = place.run("export-codings")
    assert leaks(place, first, second, third, done, out) == []
    names = (place.root / "data/raw/cases/fragments/zwolle.csv").read_text("utf-8")
    assert "zwolle-1" in names and "zwolle-3" in names


def test_a_fault_of_the_package_writes_no_words_to_the_log(place, tmp_path):
    export = project("other").write(tmp_path / "p.qdpx")
    raised = ValueError(f"cannot read {MARK}")
    with mock.patch("analysis.qda.receive.codings_of", side_effect=raised):
        done = place.run("codings", "--case", "zwolle", str(export))
    assert done.code == 3
    assert leaks(place, done) == []


CASES = "data/raw/cases"
STAYS_OUT = (
    f"{CASES}/interviews/zwolle/interviews.qdpx", f"{CASES}/interviews/zwolle/codes.csv",
    f"{CASES}/interviews/zwolle/codings.xlsx", f"{CASES}/interviews/zwolle/summaries.csv",
    f"{CASES}/interviews/zwolle/deep/er/note.md", f"{CASES}/interviews/note.md",
    f"{CASES}/transcript.csv", f"{CASES}/zwolle/1.txt", f"{CASES}/fragments/zwolle.xlsx",
    f"{CASES}/fragments/~$zwolle.csv", "docs/interview.docx", "notes/Gesprek.mp3",
    "a/b.mx24", "a/b.nvpx", "interviews.qdpx", "docs/coding.qdc", "transcript.txt",
)  # fmt: skip
ENTERS = (
    f"{CASES}/fragments/zwolle.csv", f"{CASES}/fragments/zwolle.csv.source.yml",
    f"{CASES}/coders.csv", f"{CASES}/coders.csv.source.yml", f"{CASES}/cases.csv",
    f"{CASES}/fragments.csv", f"{CASES}/coding_frame.yml", "docs/pictures/a.png", "docs/a.svg",
)  # fmt: skip


def git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, check=False, capture_output=True, text=True
    )
    return done.stdout


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="no checkout of git")
def test_what_was_said_never_enters_git_and_what_the_study_made_of_it_does():
    ignored = git("check-ignore", "--no-index", *STAYS_OUT, *ENTERS).splitlines()
    assert ignored == list(STAYS_OUT)
    assert git("ls-files", "--cached", "--ignored", "--exclude-standard") == ""
