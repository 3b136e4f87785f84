"""What the verbs audit, reconstruct and rounds print."""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from analysis.build.prepare import load
from analysis.build.stale import read_provenance
from analysis.project import LANGUAGES, CallError, Project


def audit_lines(path: Path) -> list[str]:
    """How many claims got which verdict in the `audit.csv` at `path`."""
    from analysis.audit import VERDICTS  # noqa: PLC0415

    with path.open(encoding="utf-8", newline="") as file:
        count = Counter(row["verdict"] for row in csv.DictReader(file))
    known = [*VERDICTS, *sorted(set(count) - set(VERDICTS))]
    lines = [f"{'verdict':18}claims", *(f"{name:18}{count[name]:6}" for name in known)]
    return [*lines, f"{'in all':18}{count.total():6}"]


def round_lines(project: Project) -> list[str]:
    """Every round: its name, its title, where its answers come from, its reports."""
    from analysis.raw.settings import read_round, rounds  # noqa: PLC0415

    lines = []
    for name in rounds(project):
        settings = read_round(project, name)
        built = [code for code in LANGUAGES if read_provenance(project.reports / name / code)]
        answers = "printed totals only" if settings.source.kind == "published" else "answers"
        reports = f"reports: {', '.join(built)}" if built else "no report yet"
        lines.append(f"{name}  {settings.title['en']} ({answers}; {reports})")
    return lines or [f"no rounds: {project.relative(project.raw / 'survey')} has no round.yml"]


def reconstruction_lines(project: Project, name: str) -> list[str]:
    """What became of every printed total of a round, with its claims and where it is printed.

    Raises CallError for a round with answers: nothing is reconstructed there.
    """
    from analysis.raw.settings import PublishedTotals, read_round  # noqa: PLC0415
    from analysis.raw.survey import read_totals  # noqa: PLC0415
    from analysis.raw.tables import rows  # noqa: PLC0415
    from analysis.study import open_study  # noqa: PLC0415

    study = open_study(name, project=project)
    source = read_round(project, name).source
    if not isinstance(source, PublishedTotals):
        raise CallError(f"round {name} has answers of its own: there is nothing to reconstruct")
    survey = load(study)
    totals = read_totals(project, name, source.totals, source.claims)
    told = _Told({row.total: row._asdict() for row in rows(totals)})
    found = survey.reconstruction
    impossible = [c.total for c in found.conflicts if not c.total.possible]
    clashes = [c for c in found.conflicts if c.total.possible]
    lines = [f"Round {name}: {len(found.met) + len(found.conflicts)} printed totals on answers."]
    lines += ["", f"Met by the reconstructed answers: {len(found.met)}"]
    lines += [f"  {told.total(t)}" for t in found.met]
    lines += ["", f"Cannot be met together with others: {len(clashes)}"]
    for clash in clashes:
        lines += [f"  {told.total(clash.total)}", "    clashes with"]
        lines += [f"      {told.total(other)}" for other in clash.others]
    lines += ["", f"Impossible, as no count on the base is printed so: {len(impossible)}"]
    lines += [f"  {told.total(t)}" for t in impossible]
    lines += ["", f"Left open, as no total is printed: {len(found.open_items)}"]
    lines += [f"  {item}, {group}" for group, item in found.open_items]
    return lines


class _Told:
    """Totals in a reader's words. `rows` are those of `published.csv`, by name."""

    def __init__(self, rows: Mapping[str, Mapping[str, Any]]) -> None:
        self._rows = rows

    def total(self, total: Any) -> str:
        """One total: name, subject, what is printed, claims and the place of printing."""
        row = self._rows[total.name]
        return "  ".join(self._cells(total, row))

    def _cells(self, total: Any, row: Mapping[str, Any]) -> Iterator[str]:
        who = total.group if total.team_type == "all" else f"{total.group} ({total.team_type})"
        yield total.name
        yield f"{total.subject}, {who}: {row['statistic']}"
        yield f"{_printed(total, row)} of {total.denominator} {total.base}"
        yield f"[{' '.join(total.claims)}; {row['source']}:{row['line']:g}]"


def _printed(total: Any, row: Mapping[str, Any]) -> str:
    """The figure or the phrase as it stands in the report."""
    if math.isnan(total.printed):
        return f'"{total.phrase.replace("_", " ")}"'
    figure = f"{total.printed:g}{'%' if row['unit'] == 'percent' else ''}"
    return f"{total.phrase.replace('_', ' ')} {figure}".strip()
