"""What a build says while it runs: plain lines, only when it takes long, and a log."""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.project import Project

QUIET_SECONDS = 2.0


class Progress:
    """Lines on stderr for a person, each also in the log with its time.

    Nothing is said in the first two seconds unless `verbose`.
    """

    def __init__(self, project: Project, name: str, *, verbose: bool = False) -> None:
        self.log = log_file(project, name)
        self.verbose = verbose
        self._started = time.monotonic()
        self._held: list[str] = []

    def step(self, name: str, seconds: float) -> None:
        """A step is done."""
        self._say(f"{name} … {seconds:.1f} s")

    def detail(self, text: str) -> None:
        """Something that only `--verbose` shows."""
        self._write(text)
        if self.verbose:
            print(text, file=sys.stderr, flush=True)

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.monotonic() - self._started

    def _say(self, line: str) -> None:
        self._write(line)
        self._held.append(line)
        if self.verbose or self.seconds > QUIET_SECONDS:
            for held in self._held:
                print(held, file=sys.stderr, flush=True)
            self._held.clear()

    def _write(self, line: str) -> None:
        with self.log.open("a", encoding="utf-8") as file:
            file.write(f"[{self.seconds:6.2f} s] {line}\n")


def log_file(project: Project, name: str) -> Path:
    """An empty log `name` in `reports/.logs`, or in a folder for temporary files."""
    try:
        path = project.reports / ".logs" / f"{name}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    except OSError:
        path = Path(tempfile.mkdtemp(prefix="wijkteams-")) / f"{name}.log"
        path.write_bytes(b"")
    return path


@contextmanager
def logged(log: Path) -> Iterator[None]:
    """Warnings of this process stand in `log` and not on the screen."""
    handler = logging.FileHandler(log, encoding="utf-8")
    root = logging.getLogger()
    root.addHandler(handler)
    logging.captureWarnings(True)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        root.removeHandler(handler)
        handler.close()
