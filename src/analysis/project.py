"""Where the project's folders are, and the errors that a user can cause."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

ROUND_DEFAULT = "2016"
LANGUAGES = ("nl", "en")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, said so that a user can mend it.

    `file` is relative to the project; `row` is the line number in the file (the heading is
    row 1); `found` is what stands there, `allowed` what may stand there, `mend` a command or
    an act that puts it right. Only `file` and `message` are required.
    """

    file: str
    message: str
    row: int | None = None
    column: str | None = None
    found: str | None = None
    allowed: str | None = None
    mend: str | None = None

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f", row {self.row}"
        if self.column is not None:
            place += f", column {self.column}"
        text = f"{place}: {self.message}"
        if self.found is not None:
            text += f"; found {self.found!r}"
        if self.allowed is not None:
            text += f"; allowed: {self.allowed}"
        if self.mend is not None:
            text += f"; to mend: {self.mend}"
        return text


class UserError(Exception):
    """A mistake that the user can mend; it is shown without a traceback."""

    exit_code = 1


@dataclass
class DataError(UserError):
    """The data have problems, all listed. Exit code 1."""

    problems: list[Problem] = field(default_factory=list)
    exit_code = 1

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class CallError(UserError):
    """The call or the configuration is wrong. Exit code 2."""

    exit_code = 2


@dataclass(frozen=True)
class Project:
    """The folders of one checkout."""

    root: Path

    @property
    def raw(self) -> Path:
        """Facts as they came: `data/raw`."""
        return self.root / "data" / "raw"

    @property
    def processed(self) -> Path:
        """Tidy and harmless tables, rebuilt at will: `data/processed`."""
        return self.root / "data" / "processed"

    @property
    def notebooks(self) -> Path:
        """The source notebooks."""
        return self.root / "notebooks"

    @property
    def reports(self) -> Path:
        """Finished reports, one folder per round and language."""
        return self.root / "reports"

    def relative(self, path: Path) -> str:
        """`path` as a user reads it: from the project's root, with forward slashes."""
        try:
            return path.resolve().relative_to(self.root.resolve()).as_posix()
        except ValueError:
            return path.as_posix()


def find_project(start: Path | None = None) -> Project:
    """The project that holds `start` (default: the working folder, then this package).

    `WIJKTEAMS_ROOT` overrules the search. Raises CallError when no folder upwards holds
    `data/raw`.
    """
    if named := os.environ.get("WIJKTEAMS_ROOT"):
        return Project(Path(named))
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents, *Path(__file__).resolve().parents):
        if (folder / "data" / "raw").is_dir() and (folder / "notebooks").is_dir():
            return Project(folder)
    raise CallError(
        "no project found: run this inside the project's folder (the one with data/raw and "
        "notebooks), or set WIJKTEAMS_ROOT to it"
    )
