"""A round's export files become its answers; all that is wrong with them is found at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.answers import ANSWER_TYPE
from analysis.intake.completeness import only_finished
from analysis.intake.corrections import CORRECTIONS, Correction, correct, read_corrections
from analysis.intake.coverage import column_findings, stray_findings, unasked_findings
from analysis.intake.findings import RULES, Finding
from analysis.intake.formats.export import Export
from analysis.intake.formats.opening import read_export
from analysis.intake.mapping import MappedColumn, read_mapping
from analysis.intake.municipalities import Municipalities, frame_problems
from analysis.intake.people import UNKNOWN_TEAM, People, read_people, repeated
from analysis.intake.rules import answered, identical_sheets, small_cells, straight_lining
from analysis.intake.typed import Sheets, columns_of, route, type_items
from analysis.project import DataError, Problem, Project, UserError
from analysis.raw.municipalities import read_register
from analysis.raw.settings import GROUPS, CollectedAnswers, Fieldwork, Instrument, Reading, Round
from analysis.raw.sources import SUFFIX, read_source

FOLDER = "answers"
# Reasons for which a reader leaves answer sheets out are rules of the same name.
LEFT_OUT = ("incomplete", "preview", "empty")


@dataclass(frozen=True)
class Imported:
    """The answers of a round, and what is to be said of them.

    `answers` is `answers_by_respondent` (see `analysis.answers`), without the sheets that cannot
    be used. `dropped` names, per file and reason, the columns of which nothing was kept.
    `sheets` counts the answer sheets per file, `formats` tells what each file is. `reversed` are
    the items that were turned round, `rescaled` those from a scale of another length.
    """

    answers: pd.DataFrame
    findings: Sequence[Finding]
    dropped: Mapping[str, Mapping[str, Sequence[str]]]
    sheets: Mapping[str, int]
    formats: Mapping[str, str]
    simulated: bool
    reversed: Sequence[str] = ()
    rescaled: Sequence[str] = ()

    @property
    def errors(self) -> list[Finding]:
        """The findings that stop a build."""
        return [finding for finding in self.findings if finding.severity == "error"]

    @property
    def warnings(self) -> dict[str, int]:
        """How often each warning was given, by rule."""
        told: Counter[str] = Counter()
        for finding in self.findings:
            if finding.severity == "warning":
                told[finding.rule] += finding.count
        return dict(told)


def answers_folder(project: Project, round: str) -> Path:
    """Where the exports of a round stand."""
    return project.raw / "survey" / round / FOLDER


def export_files(project: Project, round: str) -> list[Path]:
    """The exports of a round, in the order of their names. Raises DataError without any."""
    folder = answers_folder(project, round)
    found = (p for p in folder.glob("*") if p.is_file() and not p.name.startswith("."))
    files = sorted(p for p in found if not p.name.endswith(SUFFIX))
    if not files:
        mend = f"make import ROUND={round} FILE=path/to/the/export"
        raise DataError([Problem(project.relative(folder), "holds no answers yet", mend=mend)])
    return files


def fieldwork_date(fieldwork: Fieldwork) -> date:
    """The day on which municipalities are looked up: the first of the fieldwork, or 1 July."""
    return fieldwork.first_day or date(fieldwork.year, 7, 1)


@contextmanager
def discreet() -> Iterator[None]:
    """Around all that reads cells: a fault of the package keeps its place and loses its words.

    What Python says of a wrong value repeats the value, and faults are written to a log. Errors of
    a user pass as they are.
    """
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        told = f"{type(error).__name__}; what it says is left out, for it may repeat an answer"
        raise RuntimeError(told).with_traceback(error.__traceback__) from None


@discreet()
def import_round(
    project: Project, settings: Round, instrument: Instrument, frame: pd.DataFrame
) -> Imported:
    """Read every export of a round through its mapping, and check what came out.

    `frame` has the columns `municipality, name, code`. Raises DataError for a file that cannot be
    read at all; whatever else is wrong stands in `findings`.
    """
    source = settings.source
    if not isinstance(source, CollectedAnswers):
        raise TypeError(f"round {settings.round} has no answers to import")
    folder = project.raw / "survey" / settings.round
    files = export_files(project, settings.round)
    mapping = read_mapping(
        folder / source.mapping, project.relative(folder / source.mapping), instrument
    )
    corrections = read_corrections(folder / CORRECTIONS, project.relative(folder / CORRECTIONS))
    places = _places(project, settings, frame)
    reader = _Reader(project, settings, instrument, mapping, corrections, places)
    parts = [reader.read(path) for path in files]
    findings = [
        *stray_findings(settings, instrument, mapping, corrections, files),
        *(f for part in parts for f in part.findings),
    ]
    findings += repeated([(part.export, part.columns) for part in parts])
    return _joined(parts, findings, settings, instrument)


def _places(project: Project, settings: Round, frame: pd.DataFrame) -> Municipalities:
    """The municipalities of the round. Raises DataError for a frame that cannot be used."""
    register, day = read_register(project), fieldwork_date(settings.fieldwork)
    file = project.relative(project.raw / "survey" / settings.frame)
    if problems := list(frame_problems(register, frame, day, file)):
        raise DataError(problems)
    return Municipalities(register, frame, day)


@dataclass(frozen=True)
class _Part:
    """What came out of one file; `usable` are the sheets of somebody in the frame who answered."""

    export: Export
    columns: Sequence[MappedColumn]
    sheets: Sheets
    people: People
    usable: npt.NDArray[np.bool_]
    findings: Sequence[Finding]


@dataclass(frozen=True)
class _Reader:
    """Everything that is needed to read one file after another."""

    project: Project
    settings: Round
    instrument: Instrument
    mapping: Sequence[MappedColumn]
    corrections: Sequence[Correction]
    places: Municipalities

    def read(self, path: Path) -> _Part:
        """One export, typed."""
        read_source(self.project, path)
        own = [column for column in self.mapping if column.file == path.name]
        accepted = [column for column in own if column.accepted]
        reading = getattr(self.settings.source, "files", {}).get(path.name, Reading())
        used = {column.column for column in accepted if not column.dropped}
        export = read_export(path, self.project.relative(path), reading, used)
        name = f"data/raw/survey/{self.settings.round}/{CORRECTIONS}"
        secret = {column.column for column in own if column.becomes == "respondent"}
        export, made = correct(export, self.corrections, name, secret)
        export, unfinished = only_finished(export, accepted)
        sheets = type_items(export, accepted, self.instrument)
        people = read_people(export, own, sheets, reading, self.places, self.settings.fieldwork)
        straight_lining(sheets)
        identical_sheets(sheets)
        usable = answered(sheets) & (people.municipality != "") & np.isin(people.group, GROUPS)
        route(sheets, people.group, self.instrument)
        findings = [
            *export.findings, *column_findings(export, own, self.settings.round),
            *made, *unfinished,
            *_marked(sheets.findings, made), *_left_out(export),
        ]  # fmt: skip
        return _Part(export, accepted, sheets, people, usable, findings)


def _marked(findings: Sequence[Finding], made: Sequence[Finding]) -> Iterator[Finding]:
    """What was found, said to be found after a correction where the cell was corrected."""
    corrected = {(f.row, f.column) for f in made if f.rule == "corrected"}
    for finding in findings:
        if (finding.row, finding.column) in corrected:
            yield replace(finding, message=f"{finding.message}, as corrections.csv has it")
        else:
            yield finding


def _left_out(export: Export) -> Iterator[Finding]:
    for reason, count in export.left_out.items():
        if count:
            message = f"{count} answer sheets were left out"
            yield Finding(reason, export.file, message=message, count=count)


def _joined(
    parts: Sequence[_Part], findings: list[Finding], settings: Round, instrument: Instrument
) -> Imported:
    """The answers of all files in one frame, and the findings over all of them."""
    whole = pd.concat([_frame(part, instrument) for part in parts], ignore_index=True)
    findings = [*findings, *unasked_findings(_holders(parts), settings, instrument)]
    findings += small_cells(whole, settings.minimum_cell)
    order = list(RULES)
    findings.sort(key=lambda f: (order.index(f.rule), f.file, f.row or 0))
    for name in ("municipality", "group", "team_type"):  # files may differ in who is in them
        whole[name] = whole[name].astype("category")
    whole["respondent"] = whole.groupby("group", observed=True).cumcount() + 1
    return Imported(
        answers=whole.drop(columns=["_file", "_row", "_column"]),
        findings=findings,
        dropped={Path(p.export.file).name: _dropped(p.columns) for p in parts},
        sheets={Path(p.export.file).name: len(p.export.rows) for p in parts},
        formats={Path(p.export.file).name: p.export.format for p in parts},
        simulated=any(part.people.simulated for part in parts),
        reversed=_items(parts, lambda column: column.reversed),
        rescaled=_items(parts, lambda column: column.rescaled),
    )


def _items(parts: Sequence[_Part], which: Callable[[MappedColumn], bool]) -> list[str]:
    """The items whose column is such, in the order of the exports."""
    columns = [c for part in parts for c in part.columns if c.becomes in part.sheets.columns]
    return list(dict.fromkeys(column.becomes for column in columns if which(column)))


def _holders(parts: Sequence[_Part]) -> list[tuple[set[str], set[str]]]:
    """Per file the items that it has a column for, and the groups that are in it."""
    return [(set(part.sheets.answers), {str(g) for g in part.people.group}) for part in parts]


def _frame(part: _Part, instrument: Instrument) -> pd.DataFrame:
    """The sheets of one file that count, as `answers_by_respondent`, with the place of each."""
    sheets, people, usable = part.sheets, part.people, part.usable
    items = [name for item in instrument.items for name in columns_of(item)]
    nobody = np.full(len(usable), -1, dtype=np.int8)
    told = {name: sheets.answers.get(name, nobody)[usable] for name in items}
    column = next((c.column for c in part.columns if c.becomes == "municipality"), "")
    teams = [*instrument.team_types, UNKNOWN_TEAM]
    return pd.DataFrame(
        {
            "respondent": 0,
            "municipality": pd.Categorical(people.municipality[usable]),
            "group": pd.Categorical(people.group[usable], GROUPS),
            "team_type": pd.Categorical(people.team_type[usable], teams),
            **{n: pd.Categorical.from_codes(c, dtype=ANSWER_TYPE) for n, c in told.items()},
            "_file": sheets.file,
            "_row": sheets.rows[usable],
            "_column": column,
        }
    )


def _dropped(columns: Sequence[MappedColumn]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for column in columns:
        if column.dropped:
            found.setdefault(column.becomes, []).append(column.column)
    return found
