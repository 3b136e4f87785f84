"""Whether exports, mapping, corrections and questionnaire cover each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from analysis.intake.corrections import CORRECTIONS, Correction
from analysis.intake.findings import Finding
from analysis.intake.formats.export import Export
from analysis.intake.mapping import MappedColumn
from analysis.intake.typed import columns_of
from analysis.raw.settings import Instrument, Round


def column_findings(export: Export, own: Sequence[MappedColumn], round: str) -> Iterator[Finding]:
    """Columns that the export has and the mapping lacks, and the other way round.

    `own` are the rows of `mapping.csv` for this file.
    """
    there = {heading.name for heading in export.headings}
    known = {column.column for column in own}
    call = f"make import ROUND={round}"
    for name in (heading.name for heading in export.headings):
        if name not in known:
            message, mend = "column is not in mapping.csv", f"{call}, which proposes a row"
            yield Finding("column_new", export.file, None, name, mend=mend, message=message)
    for column in own:
        place = (export.file, None, column.column, column.becomes or None)
        if column.column not in there:
            message = "column of mapping.csv is not in the file"
            mend = "take its row out of mapping.csv, or use the right file"
            yield Finding("column_missing", *place, mend=mend, message=message)
        elif not column.accepted:
            message = "what the column becomes is not accepted yet"
            mend = f"look at its row in mapping.csv, then {call} ACCEPT=1"
            yield Finding("not_accepted", *place, mend=mend, message=message)


def stray_findings(
    settings: Round,
    instrument: Instrument,
    mapping: Sequence[MappedColumn],
    corrections: Sequence[Correction],
    files: Sequence[Path],
) -> Iterator[Finding]:
    """Mapped or corrected files that are not there, and items that no column answers."""
    names = {path.name for path in files}
    place = f"data/raw/survey/{settings.round}"
    table = f"{place}/{getattr(settings.source, 'mapping', '')}"
    allowed = ", ".join(sorted(names))
    message = "no such file in answers"
    for name in dict.fromkeys(row.file for row in mapping if row.file not in names):
        mend = f"put it back, or make import ROUND={settings.round} WITHOUT={name}"
        at = (table, None, "file", None, name, allowed, mend)
        yield Finding("wrong_mapping", *at, message=message)
    for row in corrections:
        if row.file not in names:
            where = (f"{place}/{CORRECTIONS}", row.line, "file", None, row.file, allowed)
            yield Finding("wrong_correction", *where, message=message)
    mapped = {column.becomes for column in mapping if column.file in names}
    message = "no column answers this item of the instrument"
    mend = "map a column to it, or put it under not_asked in round.yml"
    for item in instrument.items:
        if item.id not in mapped:
            for name in (n for n in columns_of(item) if n not in mapped):
                yield Finding("item_missing", table, None, None, name, mend=mend, message=message)


def unasked_findings(
    files: Sequence[tuple[Collection[str], Collection[str]]],
    settings: Round,
    instrument: Instrument,
) -> Iterator[Finding]:
    """Items that no file with respondents of a group has a column for, though others have one.

    `files` holds, per file, the items that it has and the groups that are in it.
    """
    table = f"data/raw/survey/{settings.round}/mapping.csv"
    for item in instrument.items:
        names = set(columns_of(item))
        if not any(names & set(items) for items, _ in files):
            continue
        for group in item.publish:
            there = [items for items, groups in files if group in groups]
            if there and not any(names & set(items) for items in there):
                message = f"no file with {group} has a column for this item"
                mend = f'map a column to it, or put "{group}:{item.id}" under not_asked'
                yield Finding(
                    "item_missing", table, None, None, item.id, mend=mend, message=message
                )
