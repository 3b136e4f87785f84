"""Findings as people read them: a table for the screen, a CSV for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from analysis.intake.findings import RULES, Finding
from analysis.intake.importing import Imported
from analysis.intake.saved_table import write_saved

COLUMNS = (
    "severity", "rule", "file", "row", "column", "item", "found", "allowed", "message",
    "to_do", "count",
)  # fmt: skip
SHOWN = 20
DROPPED_AS = {"personal": "as they identify people", "open": "open answers", "not_used": "not used"}


def write_findings(path: Path, findings: Iterable[Finding]) -> None:
    """Write every finding as one row of a CSV that a spreadsheet program opens as columns."""
    rows = [
        [f.severity, f.rule, f.file, f.row, f.column, f.item, f.found, f.allowed, f.message,
         f.mend, f.count]
        for f in findings
    ]  # fmt: skip
    told = [["" if cell is None else str(cell) for cell in row] for row in rows]
    write_saved(path, COLUMNS, told)


def findings_table(findings: Sequence[Finding]) -> list[str]:
    """The findings by rule, each with where it is, what was found, what is allowed, what to do.

    At most twenty rows of a rule are shown; the others are counted.
    """
    lines = []
    for rule in RULES:
        own = [finding for finding in findings if finding.rule == rule]
        if own:
            lines += ["", *_of_rule(rule, own)]
    return lines


def _of_rule(rule: str, own: Sequence[Finding]) -> Iterator[str]:
    total = sum(finding.count for finding in own)
    yield f"{RULES[rule]}: {rule.replace('_', ' ')} ({total})"
    file = None
    for finding in own[:SHOWN]:
        if finding.file != file:
            file = finding.file
            yield f"  {file}"
        yield f"    {_line(finding)}"
    if len(own) > SHOWN:
        yield f"    and {len(own) - SHOWN} more; all of them with CSV=a-file.csv"
    for mend in dict.fromkeys(finding.mend for finding in own if finding.mend):
        yield f"  to mend: {mend}"


def _line(finding: Finding) -> str:
    """One finding: its place in columns, then what is wrong."""
    place = [f"row {finding.row}" if finding.row is not None else "", finding.column or ""]
    if finding.item and finding.item != finding.column:
        place.append(f"({finding.item})")
    told = finding.message or finding.rule.replace("_", " ")
    if finding.found is not None:
        told += f"; found {finding.found!r}"
    if finding.allowed:
        told += f"; allowed: {_cut(finding.allowed, 60)}"
    return f"{place[0]:9} {'  '.join(place[1:]):36} {told}".strip()


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def import_lines(found: Imported) -> list[str]:
    """What an import took, counted and dropped. Names columns; holds nothing that they hold."""
    lines = []
    for file, sheets in found.sheets.items():
        lines.append(f"{file}: {sheets} answer sheets read")
        for kind, columns in found.dropped[file].items():
            lines.append(f"  dropped, {DROPPED_AS[kind]}: {', '.join(columns)}")
    people = found.answers.groupby("group", observed=True)["municipality"]
    for group, places in people:
        count = places.nunique()
        lines.append(f"{group}: {len(places)} respondents in {count} municipalities")
    if found.simulated:
        lines.append("the answers are marked as simulated: nobody gave them")
    return lines
