"""What tests share: reports built once, and small projects to spoil.

`built_report` and `built_report_en` are the real report in a copy of the project; read them,
never change them. `small` is a project of one tiny notebook with a finished report, a fresh
copy for each test.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from analysis.cli import main
from analysis.project import Project
from analysis.raw.settings import read_round
from analysis.report.document import PARTS
from analysis.survey.load import load_round
from helpers import other_rounds
from sample_blocks import MIME, heading, sample_bundles

ROOT = Path(__file__).resolve().parent.parent
ROUND = "2016"


@dataclass(frozen=True)
class Outcome:
    """What became of one call of the command."""

    code: int
    out: str
    err: str
    seconds: float = 0.0


@dataclass(frozen=True)
class Place:
    """A project, and the report of 2016 in it."""

    root: Path
    language: str = "nl"
    outcome: Outcome = field(default_factory=lambda: Outcome(0, "", ""))

    @property
    def folder(self) -> Path:
        """Where the report stands."""
        return self.root / "reports" / ROUND / self.language

    @property
    def log(self) -> str:
        """The log of the last build."""
        path = self.root / "reports" / ".logs" / f"report-{ROUND}-{self.language}.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def run(self, *arguments: str) -> Outcome:
        """Call the command on this project, in this process."""
        out, err = io.StringIO(), io.StringIO()
        handler = signal.getsignal(signal.SIGTERM)
        start = time.monotonic()
        try:
            with (
                mock.patch.dict(os.environ, WIJKTEAMS_ROOT=str(self.root)),
                contextlib.redirect_stdout(out),
                contextlib.redirect_stderr(err),
            ):
                code = main(arguments)
        finally:
            signal.signal(signal.SIGTERM, handler)
        return Outcome(code, out.getvalue(), err.getvalue(), time.monotonic() - start)

    def call(self, *arguments: str, **environment: str) -> Outcome:
        """Call the command on this project in a process of its own, as a user does."""
        start = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "analysis", *arguments],
            cwd=self.root,
            env={**os.environ, **environment, "WIJKTEAMS_ROOT": str(self.root)},
            capture_output=True,
            text=True,
            check=False,
        )
        return Outcome(done.returncode, done.stdout, done.stderr, time.monotonic() - start)

    def files(self) -> dict[str, str]:
        """The SHA-256 of every file of the report."""
        return {
            path.relative_to(self.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }

    def write_notebook(self, name: str, *cells: str, parameters: str = "") -> None:
        """A notebook of code `cells`, after a cell of `parameters`."""
        node = new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "x"}})
        node.metadata["language_info"] = {"name": "python"}
        node.cells.append(new_markdown_cell("# Notebook", id="title"))
        if parameters:
            tagged = {"tags": ["parameters"]}
            node.cells.append(new_code_cell(parameters, metadata=tagged, id="parameters"))
        for number, source in enumerate(cells, start=1):
            node.cells.append(new_code_cell(source, id=f"own-{number}"))
        path = self.root / "notebooks" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(node, path)


def copy_project(target: Path, *names: str) -> Path:
    """A copy of this project's `names` at `target`."""
    for name in names:
        source = ROOT / name
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=other_rounds)
        else:
            shutil.copy(source, target / name)
    return target


@pytest.fixture(scope="session")
def kept_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A `data/processed` that is up to date, so that not every test reconstructs the answers."""
    root = copy_project(tmp_path_factory.mktemp("kept") / "project", "data/raw")
    if (ROOT / "data/processed" / ROUND).is_dir():
        copy_project(root, f"data/processed/{ROUND}")
    load_round(Project(root), ROUND)
    return root / "data/processed"


def _real(folder: Path, kept_data: Path, language: str) -> Place:
    """The real report in `language`, built in a copy of the project."""
    names = ("data/raw", "notebooks", "pyproject.toml", "requirements.lock")
    root = copy_project(folder / "project", *names)
    shutil.copytree(kept_data, root / "data/processed")
    outcome = Place(root).call("report", "--language", language)
    assert outcome.code == 0, outcome.err
    return Place(root, language, outcome)


@pytest.fixture(scope="session")
def built_report(tmp_path_factory: pytest.TempPathFactory, kept_data: Path) -> Place:
    """The real report in Dutch: `.folder` is `reports/2016/nl` in the project `.root`."""
    return _real(tmp_path_factory.mktemp("report-nl"), kept_data, "nl")


@pytest.fixture(scope="session")
def built_report_en(tmp_path_factory: pytest.TempPathFactory, kept_data: Path) -> Place:
    """The real report in English."""
    return _real(tmp_path_factory.mktemp("report-en"), kept_data, "en")


PARAMETERS = f"""\
round: str = "{ROUND}"  # survey round
language: str = "nl"  # language of the report
agree_from: float = None  # mean score from which a municipality agrees
draws: int = 3  # how many draws"""


def showing(bundles: Mapping[str, Any]) -> list[str]:
    """Code cells that show `bundles`, as a chapter would."""
    return [
        "from IPython.display import publish_display_data\n"
        f"blocks = {blocks!r}\n"
        f'bundle = {{"part": "{part}", "language": language, "blocks": blocks}}\n'
        f"publish_display_data({{'{MIME}': bundle}})"
        for part, cells in bundles.items()
        for blocks in cells
    ]


def tiny_bundles() -> dict[str, Any]:
    """Something for every part of a report, tables and a figure among it."""
    bundles: dict[str, Any] = sample_bundles("nl")
    for part in PARTS:
        bundles.setdefault(part, [[heading(1, f"part-{part}", part.capitalize())]])
    return bundles


@pytest.fixture(scope="session")
def small_original(tmp_path_factory: pytest.TempPathFactory, kept_data: Path) -> Place:
    """A project of one tiny notebook with its report; not to be changed."""
    root = copy_project(tmp_path_factory.mktemp("small") / "project", "data/raw")
    shutil.copytree(kept_data, root / "data/processed")
    place = Place(root)
    place.write_notebook("1_parts", *showing(tiny_bundles()), parameters=PARAMETERS)
    outcome = place.run("report")
    assert outcome.code == 0, outcome.err
    return Place(root, outcome=outcome)


@pytest.fixture
def small(small_original: Place, tmp_path: Path) -> Place:
    """A copy of the tiny project and its finished report, to be spoilt at will."""
    root = tmp_path / "project"
    shutil.copytree(small_original.root, root)
    return Place(root)


@pytest.fixture
def project(small: Place) -> Project:
    """The tiny project as code sees it."""
    assert read_round(Project(small.root), ROUND)
    return Project(small.root)
