"""The one place that decides whether a report is up to date: by content, never by time.

Beside every report stands `provenance.json`: what the report was built from and what was built,
each file with its SHA-256. A report is fresh when all that goes into it is the same as then and
every file that came out is still there, unchanged. It holds no time and no path, so that two
builds of the same inputs write the same bytes; the versions of Python and of the packages are
in it, so that it differs between environments that differ.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import analysis
from analysis.build.request import Request
from analysis.fingerprint import checksum, fingerprint
from analysis.project import Project
from analysis.raw.files import compared_rounds, round_inputs

PROVENANCE = "provenance.json"
DISTRIBUTION = "wijkteams-en-diversiteit"
LOCKS = ("pyproject.toml", "requirements.lock")
PACKAGE = Path(analysis.__file__).parent


def notebook_paths(project: Project) -> list[Path]:
    """The notebooks of the report, in reading order."""
    return sorted(project.notebooks.glob("[0-9]_*.ipynb"))


def input_files(project: Project, *rounds: str) -> Iterator[tuple[str, Path]]:
    """Every file that goes into a report on `rounds`, under the name that it has in the project.

    The first is the report's own round, the others those that it is compared with.
    """
    for path in (*round_inputs(project, *rounds), *notebook_paths(project)):
        yield path.relative_to(project.root).as_posix(), path
    for path in PACKAGE.rglob("*"):
        if path.is_file() and path.suffix != ".pyc":
            yield f"src/analysis/{path.relative_to(PACKAGE).as_posix()}", path
    for name in LOCKS:
        if (project.root / name).is_file():
            yield name, project.root / name


def package_versions() -> dict[str, str]:
    """The installed version of every package that this one names as its dependency."""
    try:
        lines = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return {}
    found = (re.match(r"[\w.-]+", line) for line in lines)
    names = sorted({match.group().lower() for match in found if match})
    return {name: _version(name) for name in names}


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"


def ingredients(request: Request) -> dict[str, Any]:
    """All that decides what a report looks like, as it stands in its `provenance.json`.

    Raises CallError for a round to compare with that cannot be one.
    """
    others = compared_rounds(request.project, request.round, request.given.get("compare", ""))
    files = sorted(input_files(request.project, request.round, *others))
    return {
        "inputs": {name: checksum(path) for name, path in files},
        "packages": package_versions(),
        "parameters": {
            "round": request.round,
            "language": request.language,
            **dict(sorted(request.given.items())),
        },
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
    }


@dataclass(frozen=True)
class State:
    """What stands in a report's folder, held against what should stand there.

    `made` are the products that the folder holds intact; `intact` its unchanged files; `reason`
    says in words why the report is not fresh, empty when it is.
    """

    ingredients: dict[str, Any]
    fingerprint: str
    made: frozenset[str]
    intact: frozenset[str]
    reason: str

    @property
    def fresh(self) -> bool:
        """Whether there is nothing to build."""
        return not self.reason


def examine(request: Request) -> State:
    """Decide what of the report that `request` asks for is up to date."""
    now = ingredients(request)
    stamp = fingerprint(request.project.root, (), now)
    then = read_provenance(request.folder)
    if then.get("fingerprint") != stamp:
        return State(now, stamp, frozenset(), frozenset(), _difference(then, now))
    outputs: dict[str, str] = then.get("outputs", {})
    intact = frozenset(
        name for name, expected in outputs.items() if _unchanged(request.folder / name, expected)
    )
    made = frozenset(then.get("products", ()))
    lacking = sorted(request.products - made)
    spoilt = sorted(set(outputs) - intact)
    if spoilt:
        reason = f"{spoilt[0]} is missing or was changed"
    else:
        reason = f"not made yet: {', '.join(lacking)}" if lacking else ""
    return State(now, stamp, made, intact, reason)


def _unchanged(path: Path, expected: str) -> bool:
    return path.is_file() and checksum(path) == expected


def read_provenance(folder: Path) -> dict[str, Any]:
    """The `provenance.json` in `folder`; empty when there is none that can be read."""
    try:
        found = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_provenance(folder: Path, state: State, products: frozenset[str]) -> None:
    """Write `provenance.json` for the files that stand in `folder`; the last act of a build."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != PROVENANCE)
    record = {
        "fingerprint": state.fingerprint,
        "products": sorted(products),
        **state.ingredients,
        "outputs": {path.relative_to(folder).as_posix(): checksum(path) for path in files},
    }
    text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    (folder / PROVENANCE).write_text(text, encoding="utf-8", newline="\n")


def _difference(then: dict[str, Any], now: dict[str, Any]) -> str:
    """Why a report built from `then` does not answer for `now`."""
    if not then:
        return "there is no report yet"
    for kind in ("inputs", "packages", "parameters"):
        before, after = then.get(kind, {}), now[kind]
        changed = sorted(k for k in {*before, *after} if before.get(k) != after.get(k))
        if changed:
            more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
            return f"changed since: {changed[0]}{more}"
    return "built with another Python" if then.get("python") != now["python"] else "not as built"
