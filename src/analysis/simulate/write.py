"""One simulated round in a file of any of the five formats, and what its columns truly mean."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from analysis.project import CallError
from analysis.raw.settings import Instrument
from analysis.raw.tables import rows
from analysis.simulate import excel, limesurvey, plain, qualtrics, spss
from analysis.simulate.columns import Column, Questionnaire, pages
from analysis.simulate.draw import columns_of, draw_round
from analysis.simulate.plan import Plan
from analysis.simulate.sheets import sheets_of
from analysis.simulate.words import WORDS

PROGRAMS = {
    "spss": spss,
    "limesurvey": limesurvey,
    "qualtrics": qualtrics,
    "excel": excel,
    "csv": plain,
}
FORMATS = tuple(PROGRAMS)
SUFFIXES = {"spss": ".sav", "excel": ".xlsx"}
# Sheets beyond the answers that the export of a program holds.
BEYOND = {"limesurvey": ("incomplete",), "qualtrics": ("incomplete", "preview")}
CODE = re.compile(r"GM[0-9]{4}( GM[0-9]{4})*")


def simulate(
    frame: pd.DataFrame,
    instrument: Instrument,
    plan: Plan,
    format: str,
    path: Path,
    language: str = "nl",
) -> pd.DataFrame:
    """Draw a round and write it to `path` as an export in `format`, one of `FORMATS`.

    `frame` has the columns `municipality, name, code`. Texts are in `language`, `nl` or `en`.
    Everything in the file is marked as simulated. Gives the answers, as `draw_round` does. The same
    plan gives the same file, byte for byte. Raises CallError for a wrong plan, format, language
    or frame; then nothing is written.
    """
    answers = draw_round(instrument, frame, plan)
    write_export(answers, instrument, frame, path, format, plan, language)
    return answers


def file_name(round: str, format: str) -> str:
    """How a simulated export is called."""
    return f"simulated-{round}-{format}{SUFFIXES.get(format, '.csv')}"


def write_export(
    answers: pd.DataFrame,
    instrument: Instrument,
    frame: pd.DataFrame,
    path: Path,
    format: str,
    plan: Plan,
    language: str = "nl",
) -> None:
    """Write `answers`, as `draw_round` gives them, to `path` as an export in `format`.

    An answer that is `missing` is an empty cell, in SPSS the code 9, which is declared missing. In
    LimeSurvey and Qualtrics there are sheets beyond `answers`: some broken off, and in Qualtrics
    previews. Raises CallError for a wrong format, language or frame.
    """
    form = Questionnaire(instrument, frame, language)
    columns = _columns(format, form)
    paged = [[n for i in items for n in columns_of(i)] for _, items in pages(instrument)]
    sheets = sheets_of(answers, paged, plan, BEYOND.get(format, ()))
    path.parent.mkdir(parents=True, exist_ok=True)
    PROGRAMS[format].write(path, sheets, columns, form)


def true_mapping(
    format: str, instrument: Instrument, frame: pd.DataFrame, language: str = "nl"
) -> list[Column]:
    """What each column of a file in `format` means, in the order of the file.

    Of each `Column`, `name`, `label`, `becomes` and `codes` are those of a right `mapping.csv`.
    `codes` is empty for municipalities, which are told by name or statistical code, and for
    columns whose cells are no codes. Raises CallError for a wrong format, language or frame.
    """
    return _columns(format, Questionnaire(instrument, frame, language))


def _columns(format: str, form: Questionnaire) -> list[Column]:
    _check(format, form)
    columns = PROGRAMS[format].columns(form)
    names = [column.name.casefold() for column in columns]
    twice = [column for column in columns if names.count(column.name.casefold()) > 1]
    if twice:
        told = "; ".join(f"{column.name} ({column.becomes})" for column in twice)
        raise CallError(f"simulate: two columns of {format} would have the same heading: {told}")
    return columns


def _check(format: str, form: Questionnaire) -> None:
    """Raise CallError, naming all, for what cannot be written."""
    faults = []
    if format not in FORMATS:
        faults.append(f"format is {format!r}; allowed: {', '.join(FORMATS)}")
    if form.language not in WORDS:
        faults.append(f"language is {form.language!r}; allowed: {', '.join(WORDS)}")
    faults += [
        f"code of {row.name} is {row.code!r}; allowed: such as GM0344"
        for row in rows(form.frame)
        if not CODE.fullmatch(row.code)
    ]
    if faults:
        raise CallError("\n".join(f"simulate: {fault}" for fault in faults))
