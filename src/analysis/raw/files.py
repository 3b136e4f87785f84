"""Which files of `data/raw` belong to a round. Imports nothing heavy: every build asks first."""

from __future__ import annotations

from pathlib import Path

from analysis.project import CallError, Project

INTERVIEWS = "cases/interviews"
HIDDEN = (".", "~$")


def round_inputs(project: Project, *rounds: str) -> list[Path]:
    """Every file that a report on `rounds` rests on, sidecars and settings among them, in order.

    All of `data/raw` except the folders of other rounds in `survey/`, and the exports of
    interviews: what a report takes from these stands in `cases/fragments/`.
    """
    # Hidden files, and the locks that Excel lays beside an open file, are no data.
    files = (p for p in project.raw.rglob("*") if p.is_file() and not p.name.startswith(HIDDEN))
    exports = project.raw / INTERVIEWS
    return sorted(
        p
        for p in files
        if exports not in p.parents and _round_of(p.relative_to(project.raw)) in (None, *rounds)
    )


def _round_of(path: Path) -> str | None:
    """The round that a file belongs to alone; None for a file of all rounds."""
    folders = path.parts[:-1]
    return folders[1] if len(folders) > 1 and folders[0] == "survey" else None


def compared_rounds(project: Project, round: str, told: str) -> list[str]:
    """The earlier rounds that `told` ("2027,2016") names, in the order of their years.

    Raises CallError for a name that is no round, that stands there twice, or of a round that is
    not earlier than `round`. Rounds are called after their years, so their names are in order.
    """
    names = told.replace(",", " ").split()
    known = sorted(p.parent.name for p in (project.raw / "survey").glob("*/round.yml"))
    earlier = [name for name in known if name < round]
    for name in names:
        if name not in earlier:
            found = "is no round" if name not in known else f"is not earlier than {round}"
            allowed = f"allowed: {', '.join(earlier)}" if earlier else "there is no earlier round"
            raise CallError(f"--compare {told} (make: COMPARE=…): {name} {found}; {allowed}")
        if names.count(name) > 1:
            raise CallError(f"--compare {told} (make: COMPARE=…): {name} stands there twice")
    return sorted(names)
