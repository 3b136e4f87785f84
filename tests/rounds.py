"""A round of simulated answers in a copy of the project, for tests of the whole way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd

from analysis.intake.importing import Imported, answers_folder, import_round
from analysis.intake.mapping import MappedColumn, write_mapping
from analysis.intake.new_round import new_round
from analysis.intake.receive import receive
from analysis.project import Project
from analysis.raw.settings import Round, read_round, round_instrument
from analysis.raw.survey import read_frame
from analysis.simulate.plan import Plan
from analysis.simulate.write import file_name, simulate, true_mapping
from conftest import copy_project

ROUND = "2027"


@dataclass(frozen=True)
class SimulatedRound:
    """A round in `project` whose answers stand in `export`; `answers` are those drawn."""

    project: Project
    export: Path
    answers: pd.DataFrame

    @property
    def folder(self) -> Path:
        """Where the round's files stand."""
        return self.project.raw / "survey" / ROUND

    @property
    def settings(self) -> Round:
        """Its `round.yml`, as it is now."""
        return read_round(self.project, ROUND)

    def imported(self) -> Imported:
        """What comes of importing it now."""
        settings = self.settings
        instrument = round_instrument(self.project, settings)
        return import_round(self.project, settings, instrument, read_frame(self.project, settings))

    def edit(self, name: str, before: str, after: str) -> None:
        """Change a text in a file of the round."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert before in text, (name, before)
        path.write_text(text.replace(before, after), encoding="utf-8")


def document(facts: pd.DataFrame, again: str = "") -> Any:
    """As much of a report as the last look reads: blocks with the numbers of `facts`.

    With `again` they are printed once more, under ids that end so.
    """
    rows = {str(row["fact"]): row for row in facts.to_dict("records")}
    blocks = [{"numbers": {f"{k}{end}": {"id": f"{k}{end}", **row} for k, row in rows.items()}}
              for end in dict.fromkeys(("", again))]  # fmt: skip
    for row in (row for block in blocks for row in block["numbers"].values()):
        row["printed"] = str(row["value"])
    return SimpleNamespace(blocks=lambda: blocks)


def empty_round(root: Path, **settings: Any) -> Project:
    """A copy of the project's data with a new round in it; `settings` overrule `round.yml`."""
    project = Project(copy_project(root, "data/raw"))
    (root / "notebooks").mkdir(exist_ok=True)
    new_round(project, ROUND)
    path = project.raw / "survey" / ROUND / "round.yml"
    text = path.read_text(encoding="utf-8")
    for name, value in settings.items():
        line = next(line for line in text.splitlines() if line.startswith(f"{name}:"))
        text = text.replace(line, f"{name}: {value}")
    path.write_text(text, encoding="utf-8")
    return project


def simulated_round(
    root: Path, format: str, plan: Plan | None = None, settings: Mapping[str, Any] | None = None
) -> SimulatedRound:
    """A round whose export in `format` has a right mapping, all accepted."""
    project = empty_round(root, **(settings or {}))
    round = read_round(project, ROUND)
    instrument, frame = round_instrument(project, round), read_frame(project, round)
    path = answers_folder(project, ROUND) / file_name(ROUND, format)
    answers = simulate(frame, instrument, plan or Plan(), format, path)
    write_mapping(
        project.raw / "survey" / ROUND / "mapping.csv",
        [
            MappedColumn(path.name, c.name, c.label, c.becomes, c.codes, accepted=True, why="true")
            for c in true_mapping(format, instrument, frame)
        ],
    )
    receive(project, round, [])
    return SimulatedRound(project, path, answers)
