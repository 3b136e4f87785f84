"""Which files of `data/raw` belong to a round. Imports nothing heavy: every build asks first."""

from __future__ import annotations

from pathlib import Path

from analysis.project import Project


def round_inputs(project: Project, round: str) -> list[Path]:
    """Every file that a round's report rests on, sidecars and settings among them, in order.

    All of `data/raw` except the folders of other rounds in `survey/`.
    """
    files = (p for p in project.raw.rglob("*") if p.is_file() and not p.name.startswith("."))
    return sorted(p for p in files if _round_of(p.relative_to(project.raw)) in (None, round))


def _round_of(path: Path) -> str | None:
    """The round that a file belongs to alone; None for a file of all rounds."""
    folders = path.parts[:-1]
    return folders[1] if len(folders) > 1 and folders[0] == "survey" else None
