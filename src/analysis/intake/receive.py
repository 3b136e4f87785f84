"""Taking in export files: put in the round's folder, given a sidecar, their columns proposed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import yaml

from analysis.fingerprint import checksum
from analysis.intake.formats.export import Export, Heading
from analysis.intake.formats.opening import read_export
from analysis.intake.importing import answers_folder, discreet, export_files
from analysis.intake.mapping import (
    MappedColumn,
    accept,
    read_mapping,
    write_mapping,
)
from analysis.intake.proposal.propose import propose
from analysis.intake.settling import settled
from analysis.project import CallError, DataError, Problem, Project, UserError
from analysis.raw.settings import (
    CollectedAnswers,
    Reading,
    Round,
    read_round,
    round_instrument,
    rounds,
)
from analysis.raw.sources import SUFFIX, sidecar_of

PROGRAMS = {
    "spss": "SPSS",
    "limesurvey": "LimeSurvey",
    "qualtrics": "Qualtrics",
    "excel": "Excel",
    "csv": "CSV",
}


@dataclass(frozen=True)
class Received:
    """What was taken in: lines that tell about each file, and the whole mapping."""

    lines: Sequence[str]
    mapping: Sequence[MappedColumn]

    @property
    def open_rows(self) -> list[MappedColumn]:
        """The rows of the mapping that nobody accepted yet."""
        return [column for column in self.mapping if not column.accepted]


@discreet()
def receive(
    project: Project, settings: Round, files: Sequence[Path], *, accepting: bool = False
) -> Received:
    """Copy `files` to the round's folder, describe every export there, propose what is unmapped.

    With `accepting`, every row of the mapping becomes accepted, unless there are new proposals in
    it. Raises CallError for a round without answers or a file that is not there, DataError for a
    file that cannot be read or is there already under another name, or a row that nobody decided.
    """
    source = collected(settings)
    instrument = round_instrument(project, settings)
    path = project.raw / "survey" / settings.round / source.mapping
    # A mapping that was deleted is begun anew.
    before = read_mapping(path, project.relative(path), instrument) if path.is_file() else []
    for file in files:
        _copy(project, settings, file)
    earlier = _earlier(project, settings)
    mapping, lines = list(before), []
    for file in export_files(project, settings.round):
        export = _opened(project, settings, file)
        found = propose(export, instrument, roles_of(export.format), [*mapping, *earlier])
        mapping = _with(mapping, file.name, found)
        lines.append(f"{export.file}: {PROGRAMS[export.format]}, {len(export.rows)} answer sheets")
        lines += _describe(project, settings, file, export)
    mapping = settled(mapping, instrument)
    if accepting and mapping == before:  # what nobody has seen yet cannot be accepted
        mapping = accept(mapping)
    if mapping != before:
        write_mapping(path, mapping)
    return Received(lines, mapping)


def remove(project: Project, settings: Round, name: str) -> list[str]:
    """Take the export `name` out of the round: the file, its sidecar, its rows of the mapping.

    Gives what to tell. Raises CallError when the round has no such file.
    """
    source = collected(settings)
    file = answers_folder(project, settings.round) / name
    path = project.raw / "survey" / settings.round / source.mapping
    instrument = round_instrument(project, settings)
    mapping = read_mapping(path, project.relative(path), instrument) if path.is_file() else []
    known = {column.file for column in mapping} | {p.name for p in file.parent.glob("*")}
    if Path(name).name != name or name not in known or name.endswith(SUFFIX):
        there = ", ".join(sorted(n for n in known if not n.endswith(SUFFIX))) or "none"
        raise CallError(f"the round has no file {name!r}; there are: {there}")
    for gone in (file, sidecar_of(file)):
        gone.unlink(missing_ok=True)
    kept = [column for column in mapping if column.file != name]
    write_mapping(path, kept)
    rows = len(mapping) - len(kept)
    return [f"{project.relative(file)}: taken out, with {rows} rows of {source.mapping}"]


def collected(settings: Round) -> CollectedAnswers:
    """Where the answers of a round come from. Raises CallError for one of printed totals."""
    if isinstance(settings.source, CollectedAnswers):
        return settings.source
    message = f"round {settings.round} has printed totals only, so nothing can be imported"
    raise CallError(f"{message}; make new-round ROUND=… makes a round for answers")


def _opened(project: Project, settings: Round, file: Path, *, whole: bool = True) -> Export:
    """An export with all its columns, or with none of their cells. Raises DataError."""
    reading = collected(settings).files.get(file.name, Reading())
    export = read_export(file, project.relative(file), reading, None if whole else ())
    if not len(export.rows) and not sum(export.left_out.values()):
        mend = "export the answers; or tell in which row its headings stand (header_row: under "
        mend += "files: in round.yml)"
        raise DataError([Problem(export.file, "holds no answer sheets", mend=mend)])
    return export


def _with(
    mapping: Sequence[MappedColumn], file: str, found: Sequence[MappedColumn]
) -> list[MappedColumn]:
    """`mapping` with what was found for one file: rows that nobody accepted, and new ones."""
    proposals = {column.column: column for column in found}
    kept = [
        proposals.get(column.column, column)
        if column.file == file and not column.accepted
        else column
        for column in mapping
    ]
    there = {column.column for column in mapping if column.file == file}
    return [*kept, *(column for column in found if column.column not in there)]


def roles_of(format: str) -> Callable[[Heading], str | None]:
    """What the survey program's own columns are, by format."""
    if format == "limesurvey":
        from analysis.intake.formats.limesurvey import fixed_column  # noqa: PLC0415

        return lambda heading: fixed_column(heading.name)
    if format == "qualtrics":
        from analysis.intake.formats.qualtrics import fixed_column as fixed  # noqa: PLC0415

        return fixed
    return lambda heading: None


def _copy(project: Project, settings: Round, file: Path) -> None:
    """Put one file in the round's folder, if it can be read and is not there yet."""
    if not file.is_file():
        quotes = "; put a name with spaces between quotes" if len(file.suffix) < 2 else ""
        raise CallError(f"{project.relative(file)}: no such file{quotes}")
    _opened(project, settings, file, whole=False)
    folder = answers_folder(project, settings.round)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / file.name
    digest = checksum(file)
    for other in folder.glob("*"):
        if (
            other.name != file.name
            and not other.name.endswith(SUFFIX)
            and checksum(other) == digest
        ):
            message = f"is the same file as {other.name}, so every answer would count twice"
            raise DataError([Problem(project.relative(file), message)])
    if not target.exists() or not file.samefile(target):
        shutil.copyfile(file, target)


def _earlier(project: Project, settings: Round) -> list[MappedColumn]:
    """The mapping of the latest earlier round that has one, to propose the same again.

    It is read with its own questionnaire. A mapping that cannot be read proposes nothing.
    """
    for name in reversed([name for name in rounds(project) if name < settings.round]):
        with suppress(UserError):
            last = read_round(project, name)
            path = project.raw / "survey" / name / getattr(last.source, "mapping", "")
            if isinstance(last.source, CollectedAnswers) and path.is_file():
                known = read_mapping(path, project.relative(path), round_instrument(project, last))
                # Under a name of their own: a file of this round may be called the same.
                return [replace(c, file=f"{name}/{c.file}") for c in known if c.accepted]
    return []


def _describe(project: Project, settings: Round, file: Path, export: Export) -> list[str]:
    """Write the sidecar of an export where it lacks one or the file changed; what was done."""
    actual = checksum(file)
    sidecar = sidecar_of(file)
    if sidecar.is_file():
        told = yaml.safe_load(sidecar.read_text(encoding="utf-8"))
        if told.get("sha256") == actual:
            return []
        text = sidecar.read_text(encoding="utf-8").replace(str(told.get("sha256")), actual)
        sidecar.write_text(text, encoding="utf-8", newline="\n")
        return ["  another file than at the last import; accepted"]
    invented = any("simul" in heading.name.casefold() for heading in export.headings)
    kind = "Gesimuleerde antwoorden" if invented else "Antwoorden"
    fields = {
        "title": f"{kind} van de ronde van {settings.round} ({PROGRAMS[export.format]})",
        "producer": "de onderzoekers van deze ronde",
        "citation": f"{kind} op de enquête van {settings.round}, niet gepubliceerd.",
        "url": "niet gepubliceerd",
        "published": "niet gepubliceerd",
        "accessed": date.today().isoformat(),
        "licence": "Niet om te publiceren: bevat antwoorden van herkenbare personen.",
        "sha256": actual,
    }
    text = yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, width=100)
    sidecar.write_text(text, encoding="utf-8", newline="\n")
    return [f"  described in {sidecar.name}"]
