"""Reading everything that a round's report is made from, to list all that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.project import CallError, DataError, Problem, Project, UserError

# How many problems in the answers a build tells; `check` tells them all.
SHOWN = 5


@dataclass(frozen=True)
class Checked:
    """What a check found: how many raw `files` were read, the `findings` in the answers of the
    round, how many answer `sheets` there are, the error over everything else, if any, and `notes`
    on coded interviews that are not taken in as they are now, which stop nothing."""

    files: int
    findings: list[Any]
    sheets: int
    fault: UserError | None
    notes: Sequence[str] = ()

    @property
    def errors(self) -> list[Any]:
        """The findings that stop a build."""
        return [finding for finding in self.findings if finding.severity == "error"]


def check_round(project: Project, name: str) -> Checked:
    """Read and verify every raw file of the round, and its answers. Writes nothing.

    Raises CallError for an unknown round or a `round.yml` that cannot be read.
    """
    from analysis.raw.settings import CollectedAnswers, read_round  # noqa: PLC0415
    from analysis.raw.sources import read_source, round_files  # noqa: PLC0415

    settings = read_round(project, name)
    faults: list[UserError] = []
    _orphans(project, name, faults)
    files = round_files(project, name)
    for path in files:
        _collect(faults, read_source, project, path)
    collected = isinstance(settings.source, CollectedAnswers)
    read = _read_answers if collected else _read_totals
    imported = read(project, settings, faults)
    _read_others(project, faults)
    found = list(imported.findings) if imported is not None else []
    sheets = sum(imported.sheets.values()) if imported is not None else 0
    return Checked(len(files), found, sheets, _all(faults), _notes(project))


def require_right(project: Project, name: str) -> int:
    """Check a round before a build; gives how many files were read.

    Raises DataError with every problem of the data, or CallError with every problem when
    settings are wrong too.
    """
    checked = check_round(project, name)
    problems = [finding.problem for finding in checked.errors[:SHOWN]]
    if more := sum(finding.count for finding in checked.errors[SHOWN:]):
        mend = f"make check ROUND={name} lists them all"
        problems.append(Problem(f"data/raw/survey/{name}", f"{more} problems more", mend=mend))
    if checked.fault is None and not problems:
        return checked.files
    if isinstance(checked.fault, CallError):
        raise CallError("\n".join([str(checked.fault), *map(str, problems)]))
    raise DataError([*getattr(checked.fault, "problems", []), *problems])


def _orphans(project: Project, name: str, faults: list[UserError]) -> None:
    """Sidecars whose file is gone."""
    from analysis.raw.files import round_inputs  # noqa: PLC0415
    from analysis.raw.sources import SUFFIX, read_source  # noqa: PLC0415

    for sidecar in round_inputs(project, name):
        if sidecar.name.endswith(SUFFIX):
            described = sidecar.with_name(sidecar.name.removesuffix(SUFFIX))
            _collect(faults, read_source, project, described)


def _read_answers(project: Project, settings: Any, faults: list[UserError]) -> Any:
    """The answers of a round, imported but not kept."""
    from analysis.intake.importing import import_round  # noqa: PLC0415
    from analysis.raw.settings import round_instrument  # noqa: PLC0415
    from analysis.raw.survey import read_frame  # noqa: PLC0415

    instrument = _collect(faults, round_instrument, project, settings)
    frame = _collect(faults, read_frame, project, settings)
    if instrument is None or frame is None:
        return None
    return _collect(faults, import_round, project, settings, instrument, frame)


def _read_totals(project: Project, settings: Any, faults: list[UserError]) -> None:
    """The printed totals of a round without answers."""
    from analysis.raw.settings import round_instrument  # noqa: PLC0415
    from analysis.raw.survey import read_frame, read_totals  # noqa: PLC0415
    from analysis.survey.reconstruct import constraints_of  # noqa: PLC0415

    source, name = settings.source, settings.round
    instrument = _collect(faults, round_instrument, project, settings)
    frame = _collect(faults, read_frame, project, settings)
    totals = _collect(faults, read_totals, project, name, source.totals, source.claims)
    if not faults:
        shared = int((frame["marks_2016"] == "both").sum())
        _collect(faults, constraints_of, settings, instrument, totals, shared)


def _read_others(project: Project, faults: list[UserError]) -> None:
    """What every round shares: literature, case studies and the claims about them."""
    from analysis.raw.cases import read_cases  # noqa: PLC0415
    from analysis.raw.coders import read_coders  # noqa: PLC0415
    from analysis.raw.literature import read_origins  # noqa: PLC0415
    from analysis.raw.survey import read_claims  # noqa: PLC0415
    from analysis.study import OTHER_CLAIMS  # noqa: PLC0415

    for claims in OTHER_CLAIMS:
        _collect(faults, read_claims, project, claims)
    _collect(faults, read_origins, project)
    cases = _collect(faults, read_cases, project)
    if cases is not None:
        _collect(faults, read_coders, project, cases.frame)


def _notes(project: Project) -> list[str]:
    """What is to be taken in of the cases; nothing where their tables cannot be read."""
    from analysis.qda.folder import changed_cases  # noqa: PLC0415

    return _collect([], changed_cases, project) or []


def _collect(faults: list[UserError], read: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return read(*arguments)
    except UserError as fault:
        faults.append(fault)
    return None


def _all(faults: list[UserError]) -> UserError | None:
    """One error that holds every fault once; None without any."""
    settings = list(dict.fromkeys(str(f) for f in faults if not isinstance(f, DataError)))
    problems: list[Problem] = []
    for fault in faults:
        problems += [p for p in getattr(fault, "problems", []) if p not in problems]
    if settings:
        return CallError("\n".join([*settings, *map(str, problems)]))
    return DataError(problems) if problems else None
