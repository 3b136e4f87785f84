"""A hostile export is refused in one line that names the file, and nothing is written."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from analysis.project import DataError
from analysis.qda import archive, codebook, exchange
from analysis.qda.archive import opened
from analysis.qda.exchange import read_exchange
from conftest import Place
from qda_projects import Document, QdaProject, small_study

SECRET = "ZZMARK"
CODED = QdaProject([Document("Interview", "Het team helpt.").code("team", "Insight")])
GOOD = CODED.xml().decode()
HEAD = '<?xml version="1.0"?>'
EMPTY = '<Project xmlns="urn:QDA-XML:project:1.0" name="p"/>'


def zipped(path: Path, *entries: tuple[str | ZipInfo, bytes | str], content: str = GOOD) -> Path:
    with ZipFile(path, "w", ZIP_DEFLATED) as package:
        package.writestr("project.qde", content)
        for entry, inside in entries:
            package.writestr(entry, inside)
        for name, text in CODED.files.items() if content.count("internal") else ():
            package.writestr(f"Sources/{name}", text)
    return path


def linked(name: str) -> ZipInfo:
    entry = ZipInfo(name)
    entry.external_attr = 0o120777 << 16
    return entry


def pointed(content: str) -> str:
    """A project whose one coding points at a code that is not there."""
    before, _, after = content.partition('CodeRef targetGUID="')
    return f'{before}CodeRef targetGUID="0{after}'


def locked(path: Path) -> None:
    zipped(path, (f"sources/{SECRET}.txt", "x"), content=EMPTY)
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.rindex(mark) + offset
        content[place : place + 2] = struct.pack("<H", 1)
    path.write_bytes(content)


def lying(path: Path) -> None:
    """A bomb whose headings say that it is small."""
    zipped(path, content=HEAD + "<!--" + " " * 4_000_000 + "-->" + EMPTY)
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = content.index(mark) + offset
        content[place : place + 4] = struct.pack("<I", 100)
    path.write_bytes(content)


def cut(path: Path) -> None:
    zipped(path, ("sources/a.txt", "x" * 5000))
    path.write_bytes(path.read_bytes()[:-40])


def damaged(path: Path) -> None:
    zipped(path)
    content = bytearray(path.read_bytes())
    content[60:80] = bytes(20)
    path.write_bytes(content)


def deep(inside: str = "") -> str:
    codes = '<Code guid="a" name="a">' * 5000 + inside + "</Code>" * 5000
    return EMPTY.replace("/>", f"><CodeBook><Codes>{codes}</Codes></CodeBook></Project>")


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(9))
SELECTION = 'startPosition="'
HOSTILE: dict[str, tuple[Callable[[Path], object], str]] = {
    "no zip": (lambda p: p.write_bytes(b"Interview " * 50), "is no archive, or a damaged one"),
    "empty": (lambda p: p.write_bytes(b""), "is empty"),
    "cut": (cut, "is no archive, or a damaged one"),
    "damaged": (damaged, "is no archive, or a damaged one"),
    "absolute": (lambda p: zipped(p, (f"/etc/{SECRET}", "x")), "entry 2 would be written outside"),
    "above": (lambda p: zipped(p, ("a/../../x", "x")), "entry 2 would be written outside"),
    "above, Windows": (lambda p: zipped(p, (r"..\x", "x")), "entry 2 would be written outside"),
    "drive": (lambda p: zipped(p, (r"C:\x", "x")), "entry 2 would be written outside"),
    "control": (lambda p: zipped(p, (f"{SECRET}\n", "x")), "entry 2 has a name that no file can"),
    "link": (lambda p: zipped(p, (linked(SECRET), "/etc/passwd")), "entry 2 is a link"),
    "locked": (locked, "entry 2 is locked with a password"),
    "twice": (
        lambda p: zipped(p, ("sources/a.txt", "x"), ("Sources/A.txt", "y")),
        "entry 3 has the same name as entry 2",
    ),
    "second project": (
        lambda p: zipped(p, ("PROJECT.qde", EMPTY)),
        "entry 2 has the same name as entry 1",
    ),
    "bomb": (
        lambda p: zipped(p, ("sources/a.txt", "0" * 4_000_000)),
        "entry 2 is packed more than 200 times smaller",
    ),
    "bomb that lies": (lying, "is no archive, or a damaged one"),
    "no project": (
        lambda p: ZipFile(p, "w").writestr("other.xml", EMPTY),
        "is no REFI-QDA project: it holds no project.qde",
    ),
    "entities": (
        lambda p: zipped(p, content=f"{HEAD}<!DOCTYPE x [{LAUGHS}]>{EMPTY}"),
        "declares entities or a document type",
    ),
    "outside entity": (
        lambda p: zipped(
            p, content=f'<!DOCTYPE x [<!ENTITY b SYSTEM "file:///etc/passwd">]>{EMPTY}'
        ),
        "declares entities or a document type",
    ),
    "document type": (
        lambda p: zipped(p, content=f'<!DOCTYPE Project SYSTEM "http://x/">{EMPTY}'),
        "declares entities or a document type",
    ),
    "no XML": (lambda p: zipped(p, content=f"{SECRET} & so"), "is no XML (line 1)"),
    "not closed": (lambda p: zipped(p, content=GOOD[:-9]), "is no XML (line 1)"),
    "unknown encoding": (
        lambda p: zipped(p, content=f'<?xml version="1.0" encoding="x{SECRET}"?>{EMPTY}'),
        "is no XML",
    ),
    "deep": (lambda p: zipped(p, content=deep()), "nested deeper than 100 levels"),
    "other namespace": (
        lambda p: zipped(p, content='<Project xmlns="urn:other"/>'),
        "is no Project of REFI-QDA 1.0",
    ),
    "later version": (
        lambda p: zipped(p, content=EMPTY.replace("project:1.0", "project:2.0")),
        "is no Project of REFI-QDA 1.0",
    ),
    "without namespace": (
        lambda p: zipped(p, content="<Project/>"),
        "is no Project of REFI-QDA 1.0",
    ),
    "code book": (
        lambda p: zipped(p, content='<CodeBook xmlns="urn:QDA-XML:codebook:1.0"/>'),
        "is no Project of REFI-QDA 1.0; found 'CodeBook'",
    ),
    "dangling code": (lambda p: zipped(p, content=pointed(GOOD)), "points at a code that the code"),
    "dangling note": (
        lambda p: zipped(
            p, content=GOOD.replace("</Coding>", '<NoteRef targetGUID="0"/></Coding>')
        ),
        "points at a note that is not there",
    ),
    "coding without code": (
        lambda p: zipped(p, content=GOOD.replace("CodeRef", "CodeReference")),
        "a coding has 0 codes",
    ),
    "coding elsewhere": (
        lambda p: zipped(p, content=GOOD.replace("</Project>", "<Coding/></Project>")),
        "1 of 2 codings stand outside a source",
    ),
    "text gone": (
        lambda p: zipped(p, content=GOOD.replace("internal://", "internal://x")),
        "lacks the text of a source that was coded",
    ),
    "text above": (
        lambda p: zipped(p, content=GOOD.replace("internal://", "internal://../")),
        "lacks the text of a source that was coded",
    ),
    "no number": (
        lambda p: zipped(p, content=GOOD.replace(SELECTION, f"{SELECTION}{SECRET}")),
        "startPosition is no whole number",
    ),
    "huge number": (
        lambda p: zipped(p, content=GOOD.replace(SELECTION, SELECTION + "9" * 6000)),
        "startPosition is no whole number",
    ),
}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(small_study(tmp_path_factory.mktemp("study")).root)


def raw_files(study: Place) -> dict[Path, bytes]:
    return {p: p.read_bytes() for p in (study.root / "data").rglob("*") if p.is_file()}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_export_is_refused_in_one_line_and_nothing_is_written(name, study, tmp_path):
    make, message = HOSTILE[name]
    path = tmp_path / "interviews.qdpx"
    make(path)
    before = raw_files(study)
    done = study.run("codings", "--case", "ede", str(path))
    assert (done.code, done.out) == (1, ""), done.err
    (line,) = done.err.splitlines()
    assert line.startswith(f"error: {path}: ") and message in line
    assert SECRET not in line and "Traceback" not in line
    assert raw_files(study) == before


@pytest.mark.parametrize(
    ("start", "end"), [(-1, 3), (3, 2), (99, 100)], ids=["before", "backwards", "behind"]
)
def test_a_selection_outside_its_text_is_refused(start, end, tmp_path):
    content = GOOD.replace('startPosition="4"', f'startPosition="{start}"')
    content = content.replace('endPosition="8"', f'endPosition="{end}"')
    with pytest.raises(DataError, match=r"^p: a selection in source 1 lies outside its text"):
        read_exchange(zipped(tmp_path / "p", content=content), "p")


@pytest.mark.parametrize(
    ("module", "limit", "message"),
    [
        (archive, "MOST_FILE", "is larger than 0 MB"),
        (archive, "MOST_ENTRIES", "holds more than 1 entries"),
        (archive, "MOST_TOTAL", "is larger than 0 MB once unpacked"),
        (exchange, "MOST_XML", "an entry is larger than 0 MB once unpacked"),
        (exchange, "MOST_TEXT", "an entry is larger than 0 MB once unpacked"),
        (codebook, "MOST_XML", "its XML is larger than 0 MB"),
    ],
)
def test_what_is_larger_than_a_limit_is_refused(module, limit, message, tmp_path, monkeypatch):
    project = QdaProject([Document("a", "Het team helpt.").code("team", "Insight")])
    path = project.write(tmp_path / "p.qdpx")
    monkeypatch.setattr(module, limit, 1)
    with pytest.raises(DataError, match=message):
        read_exchange(path, "p")


def test_an_entry_too_large_for_its_use_is_refused(tmp_path):
    path = zipped(tmp_path / "p", ("a", "xyz" * 9))
    with pytest.raises(DataError, match="entry 1 is larger than 0 MB"), opened(path, "p", 8):
        pass


def test_an_archive_with_backslashes_and_folders_is_read(tmp_path):
    content = GOOD.replace("internal://", "internal://in/")
    ((name, inside),) = CODED.files.items()
    path = zipped(
        tmp_path / "p", ("Sources/in/", b""), (rf"Sources\in\{name}", inside), content=content
    )
    assert len(read_exchange(path, "p").codings) == 1
