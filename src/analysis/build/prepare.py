"""The part of a build that needs the data: checked, made ready, and held against the claims."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from analysis.build.check import require_right
from analysis.build.publish import locked
from analysis.build.request import Request
from analysis.raw.files import compared_rounds


def open_request(request: Request) -> Any:
    """The study that `request` asks for. Raises CallError for a wrong round or cut-off."""
    from analysis.raw.settings import Thresholds  # noqa: PLC0415
    from analysis.study import open_study  # noqa: PLC0415

    cut_offs: dict[str, Any] = {
        name: text
        for name, text in request.given.items()
        if name in Thresholds.model_fields and text.lower() not in ("", "none")
    }
    return open_study(request.round, request.language, cut_offs, request.project)


def prepare(request: Request) -> None:
    """Check all data and keep what the notebooks will need in `data/processed`.

    The rounds that it is compared with too. Raises CallError and DataError for what is wrong with
    the call and the data.
    """
    study = open_request(request)
    require_right(request.project, request.round)
    load(study)
    told = request.given.get("compare", "")
    for name in compared_rounds(request.project, request.round, told):
        require_right(request.project, name)
        load(open_request(replace(request, round=name)))


def load(study: Any) -> Any:
    """The survey of `study`, which one process at a time makes ready."""
    with locked(study.project, f"data-{study.round}"):
        return study.survey


def write_audit(request: Request, path: Path) -> None:
    """Write `audit.csv` at `path`."""
    from analysis.build.products import audit_csv  # noqa: PLC0415
    from analysis.chapters.audit import COLUMNS, audit_rows  # noqa: PLC0415

    study = open_request(request)
    load(study)
    path.write_text(audit_csv(COLUMNS, audit_rows(study)), encoding="utf-8", newline="\n")
