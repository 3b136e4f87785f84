"""A build replaces a report whole or not at all, and one build at a time.

A report is built in a folder beside its own, on the same file system, and then changes places
with it by two renames. What a killed build left behind is put right by the next one.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.project import Project

try:
    import fcntl
except ImportError:  # Windows: two builds at the same time are not kept apart there
    fcntl = None  # type: ignore[assignment]


@contextmanager
def locked(project: Project, name: str) -> Iterator[None]:
    """Hold the lock `name` of the project; a second one waits, and says so on stderr.

    The system frees the lock when its holder dies, however it dies.
    """
    folder = project.reports / ".locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("w") as file:
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print(f"waiting for another build ({name})", file=sys.stderr, flush=True)
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _beside(target: Path, what: str) -> Path:
    return target.with_name(f".{target.name}.{what}")


def recover(target: Path) -> None:
    """Put right what a dead build left behind; only for who holds the lock of `target`."""
    new, old = _beside(target, "new"), _beside(target, "old")
    if new.exists():
        shutil.rmtree(new)
    if old.exists():
        if target.exists():
            shutil.rmtree(old)
        else:
            old.rename(target)


@contextmanager
def replaced(target: Path) -> Iterator[Path]:
    """An empty folder that takes the place of `target` when the block ends well.

    Whatever goes wrong, Ctrl-C included, leaves `target` as it was.
    """
    new, old = _beside(target, "new"), _beside(target, "old")
    recover(target)
    new.mkdir(parents=True)
    try:
        yield new
        if target.exists():
            target.rename(old)
        new.rename(target)
    except BaseException:
        recover(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
