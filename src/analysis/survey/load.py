"""A round, ready for use: read, checked, and imported or, without answers, reconstructed.

Reconstructing takes seconds, so its result is kept in `data/processed/<round>/` and made anew
when the raw files or this package's code change.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analysis.answers import by_respondent
from analysis.fingerprint import fingerprint
from analysis.project import Project
from analysis.raw.files import round_inputs
from analysis.raw.settings import (
    CollectedAnswers,
    Instrument,
    PublishedTotals,
    Round,
    Thresholds,
    read_round,
    round_instrument,
)
from analysis.raw.survey import read_frame, read_totals
from analysis.raw.tables import rows
from analysis.survey.determine import determine
from analysis.survey.evaluate import Answers
from analysis.survey.reconstruct import (
    Conflict,
    Reconstruction,
    constraints_of,
    reconstruct,
)
from analysis.survey.results import Place, SurveyData

STAMP = "fingerprint.json"


@dataclass(frozen=True)
class LoadedRound:
    """A round's data, and what lies behind them.

    `reconstruction` where printed totals do; for a round with answers how often each warning was
    given at import (`warnings`, by rule), how many columns were `dropped`, by reason, and which
    items were `reversed` or `rescaled` (from a scale of another length).
    """

    data: SurveyData
    reconstruction: Reconstruction | None = None
    warnings: Mapping[str, int] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)
    reversed: Sequence[str] = ()
    rescaled: Sequence[str] = ()


def load_round(project: Project, name: str, thresholds: Thresholds | None = None) -> LoadedRound:
    """Read round `name`: import its answers, or reconstruct them where only totals were printed.

    `thresholds` overrule those of `round.yml`. Raises CallError for an unknown round or wrong
    settings, DataError for a missing, changed or wrong raw file.
    """
    settings = read_round(project, name)
    if thresholds is not None:
        settings = settings.model_copy(update={"thresholds": thresholds})
    instrument = round_instrument(project, settings)
    frame = read_frame(project, settings)
    if isinstance(settings.source, CollectedAnswers):
        return _with_answers(project, settings, instrument, frame)
    return _with_totals(project, settings, settings.source, instrument, frame)


def _with_answers(
    project: Project, settings: Round, instrument: Instrument, frame: pd.DataFrame
) -> LoadedRound:
    from analysis.intake.importing import FOLDER  # noqa: PLC0415
    from analysis.survey.collected import collected_answers  # noqa: PLC0415

    found = collected_answers(project, settings, instrument, frame)
    answers = Answers(found.answers, instrument, settings.thresholds)
    provenance = "simulated" if found.simulated else "measured"
    path = f"survey/{settings.round}/{FOLDER}"
    data = SurveyData(settings, instrument, frame, answers, None, path, provenance)
    return LoadedRound(data, None, found.warnings, found.dropped, found.reversed, found.rescaled)


def _with_totals(
    project: Project, settings: Round, source: PublishedTotals, instrument: Instrument,
    frame: pd.DataFrame,
) -> LoadedRound:  # fmt: skip
    totals = read_totals(project, settings.round, source.totals, source.claims)
    shared = int((frame["marks_2016"] == "both").sum())
    result = _kept(project, settings, instrument, totals, shared)
    answers = Answers(by_respondent(result.answers), instrument, settings.thresholds)
    path = f"survey/{settings.round}/{source.totals}"
    determined = determine(result, instrument)
    lines = _lines(totals)
    data = SurveyData(
        settings, instrument, frame, answers, determined, path, "reconstructed", lines
    )
    return LoadedRound(data, result)


def _lines(totals: pd.DataFrame) -> dict[Place, str]:
    """Where each total is printed; the line with the exact figure where there are several."""
    found: dict[Place, str] = {}
    for row in rows(totals.sort_values("wording", kind="stable")):
        _, _, position = row.statistic.partition(".")
        place = (row.subject, row.group, row.team_type, row.base, position)
        found.setdefault(place, f"{row.source}:{row.line:.0f}")
    return found


def _kept(
    project: Project, settings: Round, instrument: Instrument, totals: pd.DataFrame, shared: int
) -> Reconstruction:
    """The reconstruction kept from an earlier run while nothing changed, else a new one."""
    folder = project.processed / settings.round
    stamp = _stamp(project, settings)
    if (kept := _read(folder, stamp, settings, instrument, totals, shared)) is not None:
        return kept
    result = reconstruct(settings, instrument, totals, shared)
    _write(folder, stamp, result)
    return result


def _stamp(project: Project, settings: Round) -> str:
    survey = project.raw / "survey"
    files = [path for path in round_inputs(project, settings.round) if survey in path.parents]
    code = Path(__file__).parent
    digest = fingerprint(project.root, files, {"round": settings.round})
    return fingerprint(code, code.glob("*.py"), {"raw": digest})


def _write(folder: Path, stamp: str, result: Reconstruction) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / STAMP).unlink(missing_ok=True)
    result.answers.to_parquet(folder / "answers.parquet", index=False)
    status = {
        "stamp": stamp,
        "conflicts": {c.total.name: [o.name for o in c.others] for c in result.conflicts},
        "open_items": result.open_items,
    }
    # The stamp comes last: without it a half-written folder counts as stale.
    (folder / STAMP).write_text(json.dumps(status, indent=1) + "\n", encoding="utf-8")


def _read(
    folder: Path, stamp: str, settings: Round, instrument: Instrument, totals: pd.DataFrame,
    shared: int,
) -> Reconstruction | None:  # fmt: skip
    path = folder / STAMP
    if not path.is_file():
        return None
    try:
        status = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:  # written half, by a run that was stopped
        return None
    if status["stamp"] != stamp or not (folder / "answers.parquet").is_file():
        return None
    by_name = {t.name: t for t in constraints_of(settings, instrument, totals, shared)}
    conflicts = [
        Conflict(by_name[name], tuple(by_name[other] for other in others))
        for name, others in status["conflicts"].items()
    ]
    return Reconstruction(
        pd.read_parquet(folder / "answers.parquet"),
        [total for name, total in by_name.items() if name not in status["conflicts"]],
        conflicts,
        [(group, item) for group, item in status["open_items"]],
    )
