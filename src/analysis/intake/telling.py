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
SHOWN = {"error": 20, "warning": 5}
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
    """The findings by rule: what is wrong, where, what was found, what is allowed, what to do.

    At most twenty places of an error and five of a warning are shown; the others are counted.
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
    most = SHOWN[RULES[rule]]
    for (file, message, allowed), group in _alike(own[:most]).items():
        yield f"  {file}: {message}" + (f"; allowed: {_cut(allowed, 70)}" if allowed else "")
        yield from _places(group)
    if len(own) > most:
        yield f"  and {len(own) - most} more; make check with CSV=problems.csv lists them all"
    for mend in dict.fromkeys(finding.mend for finding in own if finding.mend):
        yield f"  to mend: {mend}"


def _alike(own: Sequence[Finding]) -> dict[tuple[str, str, str], list[Finding]]:
    """Findings that say the same of other places, together."""
    found: dict[tuple[str, str, str], list[Finding]] = {}
    for f in own:
        message = f.message or f.rule.replace("_", " ")
        found.setdefault((f.file, message, f.allowed or ""), []).append(f)
    return found


def _places(group: Sequence[Finding]) -> Iterator[str]:
    """Row, column, item and what was found, in columns."""
    cells = [
        (
            f"row {f.row}" if f.row is not None else "",
            _cut(f.column or "", 38),
            f.item if f.item and f.item != f.column else "",
            f"found {f.found!r}" if f.found is not None else "",
        )
        for f in group
    ]
    widths = [max(len(row[place]) for row in cells) for place in range(4)]
    for row in cells:
        line = "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True) if w).rstrip()
        if line:
            yield f"    {line}"


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
