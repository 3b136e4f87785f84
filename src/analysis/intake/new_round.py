"""The folder of a new round, with the settings of the last one."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd
import yaml

from analysis.fingerprint import checksum
from analysis.intake.corrections import COLUMNS as CORRECTION_COLUMNS
from analysis.intake.corrections import CORRECTIONS, DROP
from analysis.intake.importing import FOLDER
from analysis.intake.mapping import write_mapping
from analysis.intake.municipalities import frame_for
from analysis.intake.saved_table import write_saved
from analysis.project import CallError, Project
from analysis.raw.municipalities import read_register
from analysis.raw.settings import CollectedAnswers, Round, read_round, rounds
from analysis.raw.sources import sidecar_of
from analysis.raw.survey import read_frame

TEMPLATES = Path(__file__).parent / "templates"
NAME = re.compile(r"(19|20)[0-9]{2}[a-z]?")
MINIMUM_CELL = 5


def new_round(project: Project, name: str) -> list[str]:
    """Make `data/raw/survey/<name>` from the last round; gives what to tell about it.

    Raises CallError when the round is there already or its name is not a year.
    """
    folder = project.raw / "survey" / name
    if not NAME.fullmatch(name):
        raise CallError(f"a round is named by its year, such as 2027 or 2027b; found {name!r}")
    if folder.exists():
        raise CallError(f"{project.relative(folder)} is there already")
    known = rounds(project)
    if not known:
        raise CallError("there is no round to take the settings from")
    last = read_round(project, known[-1])
    frame, told = _frame(project, last, date(int(name[:4]), 1, 1))
    new = folder.with_name(f".{name}.new")
    shutil.rmtree(new, ignore_errors=True)
    (new / FOLDER).mkdir(parents=True)
    _write(new / "round.yml", _settings(name, last))
    _write(new / "README.md", _filled("README.md", name, last))
    write_saved(new / CORRECTIONS, CORRECTION_COLUMNS, [])
    write_mapping(new / "mapping.csv", [])
    frame.to_csv(new / "frame.csv", index=False, lineterminator="\n")
    _describe(new / "frame.csv", name, last)
    new.rename(folder)
    place = project.relative(folder)
    return [
        f"{place}: made from the round of {last.round}, {len(frame)} municipalities in frame.csv",
        *(f"  {line}" for line in told),
        f"next: {place}/README.md",
    ]


def _frame(project: Project, last: Round, day: date) -> tuple[pd.DataFrame, Sequence[str]]:
    """The municipalities of the last round, as they exist on `day`."""
    frame = read_frame(project, last)
    if isinstance(last.source, CollectedAnswers):
        frame = frame.assign(code_2016=frame["code"], code_2026=frame["code"])
    return frame_for(read_register(project), frame, day)


def _settings(name: str, last: Round) -> str:
    """`round.yml` of the new round. Numbers are those of the last one."""
    phrases = {name: phrase.model_dump(exclude_none=True) for name, phrase in last.phrases.items()}
    return _filled(
        "round.yml", name, last,
        thresholds=_yaml(last.thresholds.model_dump()),
        phrases=_yaml(phrases, flow=None),
        title=_yaml(dict(last.title)),
        minimum=max(last.minimum_cell, MINIMUM_CELL),
        rounding=last.rounding or "none",
    )  # fmt: skip


def _yaml(value: object, *, flow: bool | None = False) -> str:
    text = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, default_flow_style=flow)
    return "".join(f"  {line}\n" for line in text.splitlines()).rstrip()


def _filled(template: str, name: str, last: Round, **more: object) -> str:
    """A template with its `<<fields>>` filled in."""
    fields = {
        "round": name, "year": name[:4], "last": last.round, "instrument": last.instrument,
        "confidence": last.confidence, "seed": f"{name[:4]}0101", "drop": DROP, **more,
    }  # fmt: skip
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    return re.sub(r"<<(\w+)>>", lambda match: str(fields[match.group(1)]), text)


def _describe(path: Path, name: str, last: Round) -> None:
    """The sidecar of the frame; in Dutch, as the report lists it."""
    fields = {
        "title": f"Gemeenten die in de ronde van {name} zijn gevraagd",
        "producer": "de onderzoekers van deze ronde",
        "citation": f"Steekproefkader van de enquête van {name}.",
        "url": "niet gepubliceerd",
        "published": "niet gepubliceerd",
        "accessed": date.today().isoformat(),
        "licence": "Feiten: namen en codes van het CBS.",
        "sha256": checksum(path),
        "note": f"Uit het kader van {last.round}; herindelingen zijn gevolgd.",
    }
    text = yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, width=100)
    _write(sidecar_of(path), text)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
