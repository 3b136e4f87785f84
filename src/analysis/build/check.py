"""Reading everything that a round's report is made from, to list all that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from analysis.project import CallError, DataError, Problem, Project, UserError


def check_round(project: Project, name: str) -> int:
    """Read and verify every raw file of the round; gives how many there are. Writes nothing.

    Raises CallError for an unknown round, DataError with every problem of the data, or
    CallError with every problem when settings are wrong too.
    """
    from analysis.raw.settings import read_round  # noqa: PLC0415
    from analysis.raw.sources import read_source, round_files  # noqa: PLC0415

    settings = read_round(project, name)
    faults: list[UserError] = []
    _orphans(project, name, faults)
    files = round_files(project, name)
    for path in files:
        _collect(faults, read_source, project, path)
    _read_tables(project, name, settings, faults)
    _raise_all(faults)
    return len(files)


def _orphans(project: Project, name: str, faults: list[UserError]) -> None:
    """Sidecars whose file is gone."""
    from analysis.raw.files import round_inputs  # noqa: PLC0415
    from analysis.raw.sources import SUFFIX, read_source  # noqa: PLC0415

    for sidecar in round_inputs(project, name):
        if sidecar.name.endswith(SUFFIX):
            described = sidecar.with_name(sidecar.name.removesuffix(SUFFIX))
            _collect(faults, read_source, project, described)


def _read_tables(project: Project, name: str, settings: Any, faults: list[UserError]) -> None:
    from analysis.raw.cases import read_cases  # noqa: PLC0415
    from analysis.raw.literature import read_origins  # noqa: PLC0415
    from analysis.raw.settings import read_instrument  # noqa: PLC0415
    from analysis.raw.survey import read_claims, read_frame, read_totals  # noqa: PLC0415
    from analysis.study import OTHER_CLAIMS  # noqa: PLC0415
    from analysis.survey.reconstruct import constraints_of  # noqa: PLC0415

    source = settings.source
    instrument = _collect(faults, read_instrument, project, settings.instrument)
    frame = _collect(faults, read_frame, project, settings.frame, name)
    totals = _collect(faults, read_totals, project, name, source.totals, source.claims)
    for claims in OTHER_CLAIMS:
        _collect(faults, read_claims, project, claims)
    _collect(faults, read_origins, project)
    _collect(faults, read_cases, project)
    if not faults:
        shared = int((frame["marks_2016"] == "both").sum())
        _collect(faults, constraints_of, settings, instrument, totals, shared)


def _collect(faults: list[UserError], read: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return read(*arguments)
    except UserError as fault:
        faults.append(fault)
    return None


def _raise_all(faults: list[UserError]) -> None:
    """Raise one error that holds every fault once."""
    settings = list(dict.fromkeys(str(f) for f in faults if not isinstance(f, DataError)))
    problems: list[Problem] = []
    for fault in faults:
        problems += [p for p in getattr(fault, "problems", []) if p not in problems]
    if settings:
        raise CallError("\n".join([*settings, *map(str, problems)]))
    if problems:
        raise DataError(problems)
