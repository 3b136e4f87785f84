"""Which encoding a text file is in: nothing is read that would come out garbled."""

from __future__ import annotations

import codecs
import mmap
import re
from pathlib import Path

from analysis.project import DataError, Problem

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# An accented letter as UTF-8 writes it. As Windows-1252 it would be two signs (a capital A with
# tilde and a mark) that no word holds.
LETTER_IN_UTF8 = re.compile(rb"\xc3[\x80-\xbf]")
GIVE_ENCODING = "give its `encoding:` under `files:` in round.yml, or export it as UTF-8"


def find_encoding(path: Path, file: str, given: str | None = None) -> str:
    """The encoding in which all of the text at `path` can be read; `file` is how messages call it.

    UTF-8 or UTF-16 where its first bytes say so, else the `given` one, else UTF-8, else
    Windows-1252. Raises DataError, with one problem, where that does not hold for the whole file,
    where the given one is unknown or contradicts the first bytes, and where there are NUL signs.
    """
    with path.open("rb") as stream:
        start = stream.read(4)
    marked = next((name for mark, name in MARKS.items() if start.startswith(mark)), None)
    if given is not None:
        family = _known(given, file).removesuffix("-le").removesuffix("-be")
        if marked and family != marked.removesuffix("-sig"):
            message = f"its first bytes say that it is {marked.removesuffix('-sig').upper()}"
            raise DataError([Problem(file, message, found=given, mend=GIVE_ENCODING)])
    for name in [marked or given] if marked or given else ["utf-8", "cp1252"]:
        if name == "cp1252" and not given and _partly_utf8(path):
            break
        if name and _readable(path, file, name):
            return name
    tried = (given or marked or "").removesuffix("-sig").upper()
    message = f"is not {tried} text" if tried else "is neither UTF-8 nor Windows-1252 text"
    raise DataError([Problem(file, message, found=given, mend=GIVE_ENCODING)])


def _known(given: str, file: str) -> str:
    """The name that Python gives to an encoding."""
    try:
        "".encode(given)
        return codecs.lookup(given).name.removesuffix("-sig")
    except (LookupError, UnicodeError, ValueError):
        allowed = "utf-8, utf-16, cp1252 or another name that Python knows"
        problem = Problem(file, "encoding is not known", None, None, given, allowed, GIVE_ENCODING)
        raise DataError([problem]) from None


def _partly_utf8(path: Path) -> bool:
    """Whether a file that is not UTF-8 throughout holds letters that are."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return LETTER_IN_UTF8.search(data) is not None


def _readable(path: Path, file: str, encoding: str) -> bool:
    """Whether the whole file can be decoded. Raises DataError where it then holds NUL signs."""
    with path.open(encoding=encoding, newline="") as stream:
        try:
            nul = any("\0" in part for part in iter(lambda: stream.read(1 << 20), ""))
        except UnicodeError:
            return False
    if nul:
        message = "holds NUL signs: it is no text, damaged, or UTF-16 without a mark"
        raise DataError([Problem(file, message, _nul_row(path, encoding), mend=GIVE_ENCODING)])
    return True


def _nul_row(path: Path, encoding: str) -> int:
    """The line with the first NUL sign."""
    with path.open(encoding=encoding) as stream:
        return next(number for number, line in enumerate(stream, start=1) if "\0" in line)
