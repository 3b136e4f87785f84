"""Taking in export files: put in the round's folder, given a sidecar, their columns proposed."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import yaml

from analysis.intake.formats.export import Export, Heading
from analysis.intake.formats.opening import read_export
from analysis.intake.importing import answers_folder, discreet, export_files
from analysis.intake.mapping import (
    UNDECIDED,
    MappedColumn,
    accept,
    kind_of,
    read_mapping,
    write_mapping,
)
from analysis.intake.proposal.propose import propose
from analysis.project import CallError, Project
from analysis.raw.settings import (
    CollectedAnswers,
    Instrument,
    Reading,
    Round,
    read_round,
    round_instrument,
    rounds,
)
from analysis.raw.sources import sidecar_of

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
    it. Raises CallError for a round
    without answers or a file that is not there, DataError for a file that cannot be read, or a
    row that nobody decided.
    """
    source = settings.source
    if not isinstance(source, CollectedAnswers):
        message = f"round {settings.round} has printed totals only, so nothing can be imported"
        raise CallError(f"{message}; make new-round ROUND=… makes a round for answers")
    for file in files:
        _copy(project, settings.round, file, source.files.get(file.name, Reading()))
    exports = export_files(project, settings.round)
    instrument = round_instrument(project, settings)
    path = project.raw / "survey" / settings.round / source.mapping
    before = read_mapping(path, project.relative(path), instrument)
    earlier = _earlier(project, settings, instrument)
    mapping, lines = list(before), []
    for file in exports:
        export = read_export(file, project.relative(file), source.files.get(file.name, Reading()))
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


def settled(mapping: Sequence[MappedColumn], instrument: Instrument) -> list[MappedColumn]:
    """The same rows, with `?` filled in where another row of the file says what a text means.

    Who decides once what `A1` stands for need not do it for every statement. Only rows of the
    same kind count, and only a text on which all that are decided agree.
    """
    decided: dict[tuple[str, str], dict[str, set[str]]] = {}
    for column in mapping:
        if not column.undecided:
            known = decided.setdefault(_like(column, instrument), {})
            for text, code in column.codes.items():
                known.setdefault(text, set()).add(code)
    return [_filled(column, decided.get(_like(column, instrument), {})) for column in mapping]


def _like(column: MappedColumn, instrument: Instrument) -> tuple[str, str]:
    """What rows share that mean the same by a text: their file, and their kind or question."""
    kind = kind_of(column.becomes, instrument) or ""
    return column.file, column.becomes if kind == "multiple" else kind


def _filled(column: MappedColumn, known: Mapping[str, set[str]]) -> MappedColumn:
    """One row with its `?` filled in, and with what is known of texts that nobody chose yet."""
    agreed = {text: next(iter(codes)) for text, codes in known.items() if len(codes) == 1}
    open_texts = [text for text, code in column.codes.items() if code == UNDECIDED]
    if not open_texts or not all(text in agreed for text in open_texts):
        return column
    codes = {text: agreed.get(text, code) for text, code in column.codes.items()}
    why = f"{column.why}; codes as in another row" if column.why else "codes as in another row"
    return replace(column, codes=dict(sorted((agreed | codes).items())), why=why)


def roles_of(format: str) -> Callable[[Heading], str | None]:
    """What the survey program's own columns are, by format."""
    if format == "limesurvey":
        from analysis.intake.formats.limesurvey import fixed_column  # noqa: PLC0415

        return lambda heading: fixed_column(heading.name)
    if format == "qualtrics":
        from analysis.intake.formats.qualtrics import fixed_column as fixed  # noqa: PLC0415

        return fixed
    return lambda heading: None


def _copy(project: Project, round: str, file: Path, reading: Reading) -> None:
    """Put one file in the round's folder, if it can be read and is not there yet."""
    if not file.is_file():
        raise CallError(f"{project.relative(file)}: no such file")
    read_export(file, project.relative(file), reading, ())
    folder = answers_folder(project, round)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / file.name
    if not target.exists() or not file.samefile(target):
        shutil.copyfile(file, target)


def _earlier(project: Project, settings: Round, instrument: Instrument) -> list[MappedColumn]:
    """The mapping of the latest earlier round that has one, to propose the same again."""
    for name in reversed([name for name in rounds(project) if name < settings.round]):
        source = read_round(project, name).source
        if isinstance(source, CollectedAnswers):
            path = project.raw / "survey" / name / source.mapping
            known = read_mapping(path, project.relative(path), instrument)
            # Under a name of their own: a file of this round may be called the same.
            return [replace(c, file=f"{name}/{c.file}") for c in known if c.accepted]
    return []


def _describe(project: Project, settings: Round, file: Path, export: Export) -> list[str]:
    """Write the sidecar of an export where it lacks one or the file changed; what was done."""
    with file.open("rb") as content:
        actual = hashlib.file_digest(content, "sha256").hexdigest()
    sidecar = sidecar_of(file)
    if sidecar.is_file():
        told = yaml.safe_load(sidecar.read_text(encoding="utf-8"))
        if told.get("sha256") == actual:
            return []
        text = sidecar.read_text(encoding="utf-8").replace(str(told.get("sha256")), actual)
        sidecar.write_text(text, encoding="utf-8", newline="\n")
        return ["  another file than at the last import; accepted"]
    fields = {
        "title": f"Antwoorden van de ronde van {settings.round} ({PROGRAMS[export.format]})",
        "producer": "de onderzoekers van deze ronde",
        "citation": f"Antwoorden op de enquête van {settings.round}, niet gepubliceerd.",
        "url": "niet gepubliceerd",
        "published": "niet gepubliceerd",
        "accessed": date.today().isoformat(),
        "licence": "Niet om te publiceren: bevat antwoorden van herkenbare personen.",
        "sha256": actual,
    }
    text = yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, width=100)
    sidecar.write_text(text, encoding="utf-8", newline="\n")
    return [f"  described in {sidecar.name}"]
