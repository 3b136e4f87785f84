"""What is asked for: one report, and how to build it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from analysis.project import Project, UserError

PRODUCTS = ("html", "pdf", "notebooks")
JOBS_AT_MOST = 4


class BuildError(UserError):
    """The package failed, in a way that one message explains. Exit code 3, unless given."""

    exit_code = 3

    def __init__(self, message: str, exit_code: int = 3) -> None:
        super().__init__(message, exit_code)
        self.exit_code = exit_code

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class Request:
    """One report: a round in a language, with `given` parameters as text, by name.

    `products` are what is to be made (`PRODUCTS`); `force` builds even what is up to date.
    """

    project: Project
    round: str
    language: str
    given: Mapping[str, str] = field(default_factory=dict)
    products: frozenset[str] = frozenset(PRODUCTS)
    jobs: int = 0
    force: bool = False

    @property
    def folder(self) -> Path:
        """Where the report stands."""
        return self.project.reports / self.round / self.language

    @property
    def name(self) -> str:
        """The report's name in file names: `2016-nl`."""
        return f"{self.round}-{self.language}"

    @property
    def workers(self) -> int:
        """How many notebooks run at the same time."""
        return self.jobs or min(_cores(), JOBS_AT_MOST)


def _cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def check_name(project: Project, name: str) -> None:
    """Raise CallError when there is no round `name`; costs nothing when there is."""
    folder = project.raw / "survey"
    if name not in (path.parent.name for path in folder.glob("*/round.yml")):
        from analysis.raw.settings import read_round  # noqa: PLC0415

        read_round(project, name)
