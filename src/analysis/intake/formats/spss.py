"""Reading SPSS data files: codes with their labels, and which of them are declared missing."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.intake.formats.export import Export, Heading
from analysis.project import DataError, Problem
from analysis.raw.settings import Reading

MAGIC = (b"$FL2", b"$FL3")  # first bytes of .sav and .zsav
DAYS = ("DATE", "ADATE", "EDATE", "JDATE", "SDATE", "MOYR", "QYR", "WKYR")
MOMENTS = ("DATETIME", "YMDHMS")
TIMES = ("TIME", "DTIME", "MTIME")
# SPSS counts a date in seconds from the day before the first of the Gregorian calendar.
ORIGIN = datetime(1582, 10, 14)
GIVE_ENCODING = "give its `encoding:` under `files:` in round.yml, such as windows-1252 or utf-8"


def read_spss(
    path: Path, file: str, reading: Reading, wanted: Collection[str] | None = None
) -> Export:
    """The answers in the .sav or .zsav file at `path`; `file` is how messages call it.

    `wanted` are the variables to keep cells of; None is all. Cells are codes, also those declared
    missing; dates are ISO (`2027-03-01`, `2027-03-01 10:15:00`), times `10:15:00`; system-missing
    values and blank strings are empty. A case without any value is left out as `empty`. Weights
    do not count. Text is in the encoding that the file names, or in `reading.encoding`. Raises
    DataError, with one problem, where the file is none of SPSS, damaged or cut, or the encoding
    is wrong.
    """
    _refuse_other_files(path, file)
    meta = _read(path, file, reading.encoding)[1]
    names = list(meta.column_names)
    kept = [name for name in names if wanted is None or name in wanted]
    # Some column is read even when none is wanted: a cut file shows only in its cases.
    frame = _read(path, file, reading.encoding, kept or names[:1])[0]
    full = np.ones(len(frame), dtype=bool)
    if (blank := _blank(frame)).any():
        others = [name for name in names if name not in frame.columns]
        if others:
            blank &= _blank(_read(path, file, reading.encoding, others)[0])
        full = ~blank
    cells, seen = {}, {}
    for name in kept:
        kind = _kind(meta, name)
        numbers, seen[name] = pd.factorize(frame.loc[full, name], sort=True)
        cells[name] = _categorical(numbers, [_text(value, kind) for value in seen[name]])
    headings = [_heading(meta, name, seen.get(name, ())) for name in names]
    left_out = {"empty": int((~full).sum())} if not full.all() else {}
    rows = np.flatnonzero(full).astype(np.int64) + 1
    return Export(file, "spss", headings, cells, rows, left_out, _sets(meta.mr_sets, names))


def _refuse_other_files(path: Path, file: str) -> None:
    """Raise DataError where `path` does not begin as a file of SPSS does."""
    with path.open("rb") as stream:
        if stream.read(4) not in MAGIC:
            mend = "save it in SPSS as .sav, or export it as CSV"
            raise DataError([Problem(file, "is not an SPSS data file", mend=mend)])


def _read(
    path: Path, file: str, encoding: str | None, columns: Sequence[str] = ()
) -> tuple[pd.DataFrame, Any]:
    """The raw values of `columns`, and what the file tells of all when there are none."""
    import pyreadstat  # noqa: PLC0415

    try:
        frame, meta = pyreadstat.read_sav(
            path,
            encoding=encoding,
            usecols=list(columns) or None,
            metadataonly=not columns,
            user_missing=True,
            disable_datetime_conversion=True,
        )
        # An encoding in which a letter can hold a zero, as UTF-16 does, leaves names empty.
        if not all(meta.column_names):
            raise TypeError
        return frame, meta
    # A damaged file can trip the package up in other ways than it foresees.
    except Exception as error:
        raise DataError([_fault(file, encoding, error)]) from None


def _fault(file: str, encoding: str | None, error: Exception) -> Problem:
    """What is wrong with a file, by what the package says that could not read it."""
    told = str(error)
    if "convert string" in told or isinstance(error, UnicodeError):
        named = encoding or "the encoding that it names itself"
        return Problem(file, f"its text is not in {named}", mend=GIVE_ENCODING)
    if "character set" in told or (encoding and isinstance(error, TypeError)):
        message = "encoding is not one that SPSS data can be read in"
        return Problem(file, message, found=encoding, mend=GIVE_ENCODING)
    mend = "copy or export it again"
    return Problem(file, "is an SPSS data file that is damaged or was cut short", mend=mend)


def _blank(frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which cases have no value in any column."""
    blank = np.ones(len(frame), dtype=bool)
    for _, column in frame.items():
        if not blank.any():
            break
        empty = column.isna()
        if not pd.api.types.is_numeric_dtype(column.dtype):
            empty |= column.astype("str").str.strip() == ""
        blank &= empty.to_numpy(dtype=bool)
    return blank


def _kind(meta: Any, name: str) -> str:
    """The display format of a variable without its width: `F`, `A`, `DATE`, …"""
    found = re.match(r"[A-Z]+", meta.original_variable_types.get(name) or "")
    return found.group() if found else ""


def _text(value: float | str, kind: str) -> str:
    """A value as a code: a whole number without a decimal part, a date as ISO."""
    if isinstance(value, str):
        return value.strip()
    if kind in (*DAYS, *MOMENTS, *TIMES) and abs(value) < np.inf:
        seconds = int(value // 1)
        if kind in TIMES and value >= 0:
            return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        if kind not in TIMES and (moment := _moment(seconds)):
            return moment.date().isoformat() if kind in DAYS else moment.isoformat(" ")
    if float(value).is_integer():
        return str(int(value))
    return np.format_float_positional(value, trim="-")


def _moment(seconds: int) -> datetime | None:
    """A date by SPSS's count; None outside the years that a date can have."""
    try:
        return ORIGIN + timedelta(seconds=seconds)
    except OverflowError:
        return None


def _categorical(numbers: npt.NDArray[np.intp], texts: Sequence[str]) -> pd.Categorical:
    """Cells from the number of each value, -1 where empty, and the text of each number.

    Values can share a text (`a`, ` a`); an empty one is an empty cell.
    """
    distinct = list(dict.fromkeys(text for text in texts if text))
    place = {text: number for number, text in enumerate(distinct)}
    renumbered = np.array([*(place.get(text, -1) for text in texts), -1], dtype=np.int32)
    return pd.Categorical.from_codes(renumbered[numbers], pd.Index(distinct, dtype="str"))


def _heading(meta: Any, name: str, seen: Iterable[float | str]) -> Heading:
    """A variable as the file describes it; `seen` are the values that occur."""
    kind = _kind(meta, name)
    labelled: Mapping[float | str, str] = meta.variable_value_labels.get(name) or {}
    ranges = meta.missing_ranges.get(name, ())
    judged = (*seen, *labelled) if ranges else ()
    declared = {_text(value, kind) for value in judged if _is_within(value, ranges)}
    values = {_text(value, kind): labelled[value].strip() for value in sorted(labelled)}
    label = (meta.column_names_to_labels.get(name) or "").strip()
    return Heading(name, label, values, frozenset(declared - {""}))


def _is_within(value: float | str, ranges: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a value is declared missing; a single value is a range from it to itself."""
    return any(ends["lo"] <= value <= ends["hi"] for ends in ranges)


def _sets(found: Mapping[str, Mapping[str, Any]], names: Sequence[str]) -> dict[str, list[str]]:
    """The variables of each multiple-response set, those of which the file has them.

    A set can name its variables in lower case, and can have lost them all.
    """
    known = {name.casefold(): name for name in names}
    sets = {}
    for label, described in found.items():
        members = (known.get(name.casefold()) for name in described["variable_list"])
        if variables := [name for name in members if name]:
            sets[label] = variables
    return sets
