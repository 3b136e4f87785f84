"""The answers of a real round: imported from its exports, and kept while nothing changes.

What is kept in `data/processed/<round>/` holds nothing that identifies people: a municipality is
a number there, in an order that only the exports can give again.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from analysis.fingerprint import fingerprint
from analysis.intake.importing import Imported, export_files, import_round
from analysis.project import DataError, Project
from analysis.raw.files import round_inputs
from analysis.raw.settings import Instrument, Round, round_instrument
from analysis.raw.survey import read_frame

STAMP = "import.json"
CODE = ("intake", "raw", "survey/collected.py", "answers.py")


@dataclass(frozen=True)
class Collected:
    """The answers of a round, with what the report tells of their import.

    How often each warning was given and columns were dropped; which items were turned round, and
    which came from a scale of another length.
    """

    answers: pd.DataFrame
    warnings: Mapping[str, int]
    dropped: Mapping[str, int]
    simulated: bool
    reversed: Sequence[str] = ()
    rescaled: Sequence[str] = ()


def collected_answers(
    project: Project, settings: Round, instrument: Instrument, frame: pd.DataFrame
) -> Collected:
    """The answers of a round, imported anew when an export, a setting or the code changed.

    Raises DataError with every error that the import finds; nothing is kept then.
    """
    stamp = _stamp(project, settings)
    if (kept := _read(project.processed / settings.round, stamp)) is not None:
        return kept
    found = import_round(project, settings, instrument, frame)
    if found.errors:
        raise DataError([finding.problem for finding in found.errors])
    return _keep(project, settings, found, stamp)


def import_and_keep(project: Project, settings: Round) -> Imported:
    """Import a round anew, and keep what came of it unless there are errors.

    Raises DataError and CallError for a frame, an instrument or a file that cannot be read.
    """
    instrument = round_instrument(project, settings)
    found = import_round(project, settings, instrument, read_frame(project, settings))
    if not found.errors:
        _keep(project, settings, found, _stamp(project, settings))
    return found


def _keep(project: Project, settings: Round, found: Imported, stamp: str) -> Collected:
    # Not the stamp, which is kept: who has only what is kept must not find the order again.
    exports = export_files(project, settings.round)
    result = harmless(found, fingerprint(project.root, exports, {"for": "order"}))
    _write(project.processed / settings.round, stamp, result)
    return result


def harmless(found: Imported, key: str) -> Collected:
    """What may be kept of an import: municipalities as numbers, in an order made from `key`."""

    def shuffled(name: str) -> str:
        return hashlib.sha256(f"{key}/{name}".encode()).hexdigest()

    places = sorted((str(p) for p in found.answers["municipality"].cat.categories), key=shuffled)
    numbers = {name: f"m{number:04d}" for number, name in enumerate(places, start=1)}
    told = found.answers["municipality"].cat.rename_categories(numbers)
    # In the order of the numbers: that of the categories would be the alphabet of the names.
    answers = found.answers.assign(municipality=told.cat.reorder_categories([*numbers.values()]))
    dropped: Counter[str] = Counter()
    for columns in found.dropped.values():
        dropped.update({kind: len(names) for kind, names in columns.items()})
    return Collected(
        answers,
        found.warnings,
        dict(dropped),
        found.simulated,
        [*found.reversed],
        [*found.rescaled],
    )


def _stamp(project: Project, settings: Round) -> str:
    survey = project.raw / "survey"
    files = [path for path in round_inputs(project, settings.round) if survey in path.parents]
    package = Path(__file__).parent.parent
    code = [path for name in CODE for path in _python(package / name)]
    digest = fingerprint(project.root, files, {"round": settings.round})
    return fingerprint(package, code, {"raw": digest})


def _python(path: Path) -> list[Path]:
    return sorted(p for p in path.rglob("*") if p.suffix in (".py", ".yml")) or [path]


def _write(folder: Path, stamp: str, result: Collected) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / STAMP).unlink(missing_ok=True)
    result.answers.to_parquet(folder / "answers.parquet", index=False)
    told = {name: value for name, value in asdict(result).items() if name != "answers"}
    # The stamp comes last: without it a half-written folder counts as stale.
    text = json.dumps({"stamp": stamp, **told}, indent=1, sort_keys=True)
    (folder / STAMP).write_text(text + "\n", encoding="utf-8")


def _read(folder: Path, stamp: str) -> Collected | None:
    path = folder / STAMP
    if not path.is_file() or not (folder / "answers.parquet").is_file():
        return None
    try:
        status = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:  # written half, by a run that was stopped
        return None
    if status.pop("stamp", None) != stamp:
        return None
    return Collected(answers=pd.read_parquet(folder / "answers.parquet"), **status)
