"""Opening an archive that may be hostile: nothing is unpacked to disk, nothing beyond bounds.

No message repeats the name of an entry, for it may be that of a person: entries have numbers.
"""

from __future__ import annotations

import re
import stat
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from analysis.project import CallError, DataError, Problem

MEGABYTE = 1 << 20
MOST_FILE = 4096 * MEGABYTE
MOST_ENTRIES = 20_000
MOST_ENTRY = 2048 * MEGABYTE  # the most that the standard allows for one source
MOST_TOTAL = 16_384 * MEGABYTE
# Text is packed some ten times smaller, empty sound some hundred times; a bomb a thousand times.
MOST_RATIO = 200
SMALL = MEGABYTE  # below this size no ratio matters
DRIVE = re.compile(r"^[A-Za-z]:")
CONTROL = re.compile(r"[\x00-\x1f]")
AGAIN = "export the project again from the program that made it"


class Archive:
    """An open archive of which every entry is harmless; made by `opened`."""

    def __init__(self, package: ZipFile, name: str) -> None:
        self.name = name
        self._package = package
        self._entries = {_path(info).casefold(): info for info in package.infolist()}

    def __contains__(self, entry: str) -> bool:
        return entry.casefold() in self._entries

    def read(self, entry: str, most: int) -> bytes:
        """The bytes of one entry; its path without regard to capitals.

        Raises DataError where it holds more than `most` bytes, whatever its heading says, or is
        damaged; KeyError where there is none.
        """
        info = self._entries[entry.casefold()]
        with _mended(self.name), self._package.open(info) as stream:
            content = stream.read(most + 1)
        if len(content) > most:
            message = f"an entry is larger than {most // MEGABYTE} MB once unpacked"
            raise DataError([Problem(self.name, message, mend=AGAIN)])
        return content


@contextmanager
def opened(path: Path, name: str, most: int = MOST_ENTRY) -> Iterator[Archive]:
    """The archive at `path`, every entry checked before anything is read from it.

    `name` is how messages call the file, `most` how many bytes an entry may have. Raises CallError
    where there is no such file, DataError with one problem where it is no archive, is too large,
    or holds an entry that is encrypted, too large, packed too tightly, a link, outside the
    archive's own folder, or there twice.
    """
    if not path.is_file():
        raise CallError(f"{name}: no such file")
    if not 0 < (size := path.stat().st_size) <= MOST_FILE:
        told = f"is larger than {MOST_FILE // MEGABYTE} MB" if size else "is empty"
        raise DataError([Problem(name, told, mend=AGAIN)])
    with _mended(name):
        package = ZipFile(path)
    with package:
        entries = package.infolist()
        if fault := _fault(entries, most):
            raise DataError([Problem(name, fault, mend=AGAIN)])
        yield Archive(package, name)


@contextmanager
def _mended(name: str) -> Iterator[None]:
    """Turn what a damaged archive raises into one problem."""
    try:
        yield
    except (
        BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError,
        OverflowError,
    ):  # fmt: skip
        raise DataError([Problem(name, "is no archive, or a damaged one", mend=AGAIN)]) from None


def _path(info: ZipInfo) -> str:
    """The path of an entry with forward slashes; some programs on Windows write others."""
    return info.orig_filename.replace("\\", "/")


def _fault(entries: Sequence[ZipInfo], most: int) -> str:
    """What is wrong with the entries of an archive; empty when nothing is."""
    if len(entries) > MOST_ENTRIES:
        return f"holds more than {MOST_ENTRIES} entries"
    if sum(info.file_size for info in entries) > MOST_TOTAL:
        return f"is larger than {MOST_TOTAL // MEGABYTE} MB once unpacked"
    seen: dict[str, int] = {}
    for number, info in enumerate(entries, start=1):
        if fault := _entry_fault(info, most):
            return f"entry {number} {fault}"
        if (first := seen.setdefault(_path(info).casefold(), number)) != number:
            return f"entry {number} has the same name as entry {first}"
    return ""


def _entry_fault(info: ZipInfo, most: int) -> str:
    path = _path(info)
    outside = path.startswith("/") or DRIVE.match(path) or ".." in path.split("/")
    kind = stat.S_IFMT(info.external_attr >> 16)
    faults = {
        "would be written outside the archive's folder": outside,
        "has a name that no file can have": not path.strip("/") or CONTROL.search(path),
        "is locked with a password": info.flag_bits & 0x1,
        "is a link, not a file": kind not in (0, stat.S_IFREG, stat.S_IFDIR),
        f"is larger than {most // MEGABYTE} MB once unpacked": info.file_size > most,
        f"is packed more than {MOST_RATIO} times smaller, as only a trap is": (
            info.file_size > max(SMALL, MOST_RATIO * info.compress_size)
        ),
    }
    return next((told for told, holds in faults.items() if holds), "")
