"""What the tests of the analysis share: the real study, read once, and copies of it to spoil."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from analysis.project import Project
from analysis.raw.sources import seal, sidecar_of
from analysis.study import Study, open_study
from analysis.survey.evaluate import Answers, Evaluated

ROOT = Path(__file__).resolve().parent.parent
PUBLISHED = "survey/2016/published.csv"
CLAIMS = "survey/2016/claims.csv"
ROUND = "survey/2016/round.yml"
SCALE = ("agree", "neutral", "disagree", "dont_know")
INSTRUMENT = "survey/instrument.yml"


def other_rounds(folder: str, names: list[str]) -> list[str]:
    """What a user added to the project since: rounds of their own."""
    inside = Path(folder).name == "survey"
    return [name for name in names if inside and name[:1].isdigit() and name != "2016"]


def copy_raw(folder: Path) -> Project:
    """A project in `folder` with a copy of the real raw data, and nothing else."""
    shutil.copytree(ROOT / "data" / "raw", folder / "data" / "raw", ignore=other_rounds)
    return Project(folder)


@cache
def real_project() -> Project:
    """A copy of the real raw data for all tests that only read; its caches are its own."""
    folder = Path(tempfile.mkdtemp(prefix="analysis-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return copy_raw(folder)


@cache
def real_study(language: str = "nl") -> Study:
    """The real round of 2016."""
    return open_study("2016", language, project=real_project())


def edit(project: Project, name: str, *changes: tuple[str, str], sealed: bool = True) -> Path:
    """Replace text in a raw file, each change where it first stands; seal what has a sidecar."""
    path = project.raw / name
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, f"{name} does not hold {old!r}"
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    if sealed and sidecar_of(path).is_file():
        seal(project, path)
    return path


def write(project: Project, name: str, content: bytes) -> Path:
    """Replace a raw file whole, and seal it."""
    path = project.raw / name
    path.write_bytes(content)
    seal(project, path)
    return path


def known_positions(answers: Any) -> dict[tuple[str, str, str], str]:
    """The position of each municipality per group and item, of an `Answers`."""
    frame = answers.by_municipality
    keys = zip(frame["group"], frame["item"], frame["municipality"], strict=True)
    return dict(zip(keys, frame["position"], strict=True))


def count(answers: Answers, row: Any) -> Evaluated:
    """What `answers` give for a total, a row of `published.csv`."""
    return answers.count(
        row["subject"], row["group"], row["team_type"], row["base"], row["statistic"]
    )
