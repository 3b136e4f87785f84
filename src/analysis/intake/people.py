"""Who filled in each answer sheet: group, team type, municipality, dates; told once, not kept."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.intake.findings import Finding
from analysis.intake.formats.export import Export
from analysis.intake.mapping import MappedColumn
from analysis.intake.municipalities import Municipalities
from analysis.intake.typed import Sheets, meaning, unreadable
from analysis.raw.settings import Fieldwork, Reading

Texts = npt.NDArray[np.object_]
UNKNOWN_TEAM = "unknown"
DATES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M",
         "%d-%m-%Y")  # fmt: skip
MOST_TEXTS = 5000  # more different texts than this are no municipalities


@dataclass(frozen=True)
class People:
    """Per answer sheet: `municipality` (an id of the frame), `group` and `team_type`.

    Each is an empty text where it is not known. `simulated` tells whether any sheet is marked as
    an answer that nobody gave.
    """

    municipality: Texts
    group: Texts
    team_type: Texts
    simulated: bool


@dataclass(frozen=True)
class Roles:
    """The columns of one export that say who, by role.

    `mapped` are all roles in `mapping.csv`, also those whose column is missing or not accepted,
    which is told elsewhere.
    """

    export: Export
    columns: Mapping[str, MappedColumn]
    sheets: Sheets
    mapped: Collection[str]

    def texts(self, role: str) -> pd.Categorical | None:
        """The cells of the column with this role, or None without one."""
        mapped = self.columns.get(role)
        return self.export.cells.get(mapped.column) if mapped else None

    def empty(self, role: str) -> npt.NDArray[np.bool_]:
        """The sheets with nothing in that column; not those whose cell could not be read."""
        column = self.columns[role].column
        blank = np.asarray(self.export.cells[column].codes < 0)
        return blank & ~unreadable(self.export, column)

    def finding(
        self, rule: str, role: str, *, found: str | None = None, allowed: str | None = None,
        mend: str | None = None, message: str = "",
    ) -> Finding:  # fmt: skip
        """A finding in the column of `role`."""
        column = self.columns[role].column
        return Finding(rule, self.export.file, None, column, None, found, allowed, mend, message)


def read_people(
    export: Export, columns: Sequence[MappedColumn], sheets: Sheets, reading: Reading,
    municipalities: Municipalities, fieldwork: Fieldwork,
) -> People:  # fmt: skip
    """Who filled in each sheet of `export`; what is wrong with that is told to `sheets`.

    `columns` are the rows of `mapping.csv` for this file; only those that were read count.
    """
    by_role = {column.becomes: column for column in columns if column.column in export.cells}
    roles = Roles(export, by_role, sheets, {column.becomes for column in columns})
    _check_respondents(roles)
    group = _coded(roles, "group", reading.group or "")
    if reading.group is None and "group" in by_role:
        sheets.tell(roles.empty("group"), roles.finding("no_group", "group", allowed="a group"))
    elif reading.group is None and "group" not in roles.mapped:
        mend = "map a column to group, or set group for this file under files in round.yml"
        sheets.findings.append(
            Finding("no_group", export.file, message="no column says the group", mend=mend)
        )
    team_type = _coded(roles, "team_type", reading.team_type or "")
    team_type[team_type == ""] = UNKNOWN_TEAM
    place = _municipality(roles, municipalities)
    _check_dates(roles, fieldwork)
    marks = roles.texts("simulated")
    simulated = marks is not None and bool((marks.codes >= 0).any())
    return People(place, group, team_type, simulated)


def _check_respondents(roles: Roles) -> None:
    """Two sheets of one respondent, or a sheet of nobody."""
    texts = roles.texts("respondent")
    if texts is None:
        return
    codes, sheets = texts.codes, roles.sheets
    nobody = roles.finding("no_respondent", "respondent", allowed="a number or code")
    sheets.tell(roles.empty("respondent"), nobody)
    twice = pd.Series(codes).duplicated().to_numpy() & (codes >= 0)
    if not twice.any():
        return
    mend = "leave one out: a row in corrections.csv with drop under becomes"
    first = dict(zip(codes[::-1].tolist(), roles.export.rows[::-1].tolist(), strict=True))

    def told(place: int) -> Finding:
        message = f"is the respondent of row {first[int(codes[place])]} too"
        return roles.finding("duplicate_respondent", "respondent", message=message, mend=mend)

    sheets.tell_each(np.flatnonzero(twice), told, "is the respondent of another row too")


def repeated(parts: Sequence[tuple[Export, Sequence[MappedColumn]]]) -> Iterator[Finding]:
    """Sheets that stand in an earlier file too: the same respondent at the same moment.

    `parts` are the exports of a round, each with its rows of `mapping.csv`. A number alone does
    not tell: every file may count its respondents from 1.
    """
    seen: dict[str, tuple[str, int]] = {}
    for export, columns in parts if len(parts) > 1 else ():
        roles = {c.becomes: c.column for c in columns if c.column in export.cells}
        keys = _moments_of_respondents(export, roles)
        known = [seen.get(key) if key else None for key in keys]
        for key, row in zip(keys, export.rows.tolist(), strict=True):
            seen.setdefault(key, (Path(export.file).name, row))
        finding = Finding(
            "duplicate_respondent", export.file, None, roles.get("respondent"),
            mend="take one of the two files out of the folder answers, or drop the sheets of one",
        )  # fmt: skip
        sheets = Sheets(export.file, export.rows)
        sheets.tell_each(
            np.flatnonzero([place is not None for place in known]),
            partial(_also_in, finding, known),
            "stands in another file too",
        )
        yield from sheets.findings


def _also_in(finding: Finding, known: Sequence[tuple[str, int] | None], place: int) -> Finding:
    file, row = known[place] or ("", 0)
    return replace(finding, message=f"stands in {file}, row {row}, too")


def _moments_of_respondents(export: Export, roles: Mapping[str, str]) -> list[str]:
    """Per sheet a text for the respondent and the moments; empty where one of them is not told."""
    names = [roles[role] for role in ("respondent", "started", "finished") if role in roles]
    if "respondent" not in roles or len(names) == 1:
        return [""] * len(export.rows)
    texts = [export.cells[name].astype("object") for name in names]
    told = zip(*texts, strict=True)
    return ["\0".join(cells) if all(isinstance(c, str) for c in cells) else "" for cells in told]


def _coded(roles: Roles, role: str, otherwise: str) -> Texts:
    """What the texts of a column stand for; `otherwise` where there is no column."""
    texts = roles.texts(role)
    if texts is None:
        return np.full(len(roles.export.rows), otherwise, dtype=object)
    codes = roles.columns[role].codes
    table = np.array([*(meaning(codes, str(t)) for t in texts.categories), ""], dtype=object)
    mend = "add it to codes in mapping.csv, or put the cell right in corrections.csv"
    unknown = np.array(table[:-1] == "", dtype=bool)

    def told(code: int) -> Finding:
        return roles.finding(
            "unknown_code", role, found=str(texts.categories[code]), allowed=", ".join(codes),
            mend=mend, message=f"is no {role.replace('_', ' ')}",
        )  # fmt: skip

    roles.sheets.tell_texts(texts, unknown, told)
    # Told once; not also as a sheet without a group.
    table[:-1][unknown] = UNKNOWN_TEAM
    found = table[texts.codes]
    found[found == UNKNOWN_TEAM] = otherwise or ("?" if role == "group" else "")
    return found


def _municipality(roles: Roles, municipalities: Municipalities) -> Texts:
    """The municipality of each sheet, as an id of the frame."""
    texts = roles.texts("municipality")
    if texts is None:
        if "municipality" not in roles.mapped:
            mend = "map a column to municipality in mapping.csv"
            message = "no column says the municipality"
            roles.sheets.findings.append(
                Finding("no_municipality", roles.export.file, message=message, mend=mend)
            )
        return np.full(len(roles.export.rows), "", dtype=object)
    mapped, sheets = roles.columns["municipality"], roles.sheets
    labels = roles.export.heading(mapped.column).values
    allowed = "a municipality of the frame"
    mend = "fill it in, or drop the sheet, in corrections.csv"
    nowhere = roles.finding("no_municipality", "municipality", allowed=allowed, mend=mend)
    sheets.tell(roles.empty("municipality"), nowhere)
    if len(texts.categories) > MOST_TEXTS:
        message = f"holds {len(texts.categories)} different texts: is it the municipality?"
        sheets.findings.append(roles.finding("unknown_municipality", "municipality",
                                             message=message))  # fmt: skip
        return np.full(len(roles.export.rows), "", dtype=object)
    given = [str(text) for text in texts.categories]
    matches = [municipalities.match(mapped.codes.get(t, labels.get(t, t))) for t in given]

    def told(code: int) -> Finding:
        match = matches[code]
        return roles.finding(
            match.rule or "", "municipality", found=given[code], allowed=match.allowed,
            mend=match.mend, message=match.message,
        )  # fmt: skip

    wrong = np.array([match.rule is not None for match in matches], dtype=bool)
    sheets.tell_texts(texts, wrong, told)
    table = np.array([*(match.municipality or "" for match in matches), ""], dtype=object)
    return np.asarray(table[texts.codes])


def _check_dates(roles: Roles, fieldwork: Fieldwork) -> None:
    """Dates that do not exist, lie outside the fieldwork, or end before they start."""
    days = {}
    for role in ("started", "finished"):
        texts = roles.texts(role)
        if texts is not None:
            days[role] = _days(roles, role, texts, fieldwork)
    if len(days) < 2:
        return
    started, finished = days["started"], days["finished"]

    message = "is earlier than when the sheet was opened"

    def told(place: int) -> Finding:
        return roles.finding(
            "impossible_date", "finished", found=str(finished.iloc[place]),
            allowed=f"{started.iloc[place]} or later", message=message,
        )  # fmt: skip

    roles.sheets.tell_each(np.flatnonzero((finished < started).to_numpy()), told, message)


def _days(roles: Roles, role: str, texts: pd.Categorical, fieldwork: Fieldwork) -> pd.Series:
    """The moments of a column, NaT where there is none; what is not a date is told."""
    distinct = pd.Series([str(text) for text in texts.categories], dtype="str")
    known = pd.Series(pd.NaT, index=distinct.index, dtype="datetime64[s]")
    for form in sorted(DATES, key=lambda form: -_parsed(distinct.head(100), form).count()):
        rest = known.isna()
        if not rest.any():
            break
        known[rest] = _parsed(distinct[rest], form)
    first = pd.Timestamp(fieldwork.first_day or date(fieldwork.year - 1, 1, 1))
    last = pd.Timestamp(fieldwork.last_day or date(fieldwork.year + 1, 12, 31))
    outside = known.notna() & ((known < first) | (known >= last + pd.Timedelta(days=1)))
    span = f"{first.date()} to {last.date()}"
    mend = "put it right in corrections.csv, or mend fieldwork in round.yml"

    def told(code: int) -> Finding:
        message, allowed = "lies outside the fieldwork", span
        if pd.isna(known[code]):
            message, allowed = "is not a date", "a date such as 2027-03-31 or 31-03-2027"
        return roles.finding(
            "impossible_date", role, found=distinct[code], allowed=allowed, mend=mend,
            message=message,
        )  # fmt: skip

    roles.sheets.tell_texts(texts, (known.isna() | outside).to_numpy(), told)
    moments = known.where(~outside)
    padded = np.append(moments.to_numpy(), np.datetime64("NaT", "s"))
    return pd.Series(padded[texts.codes])


def _parsed(texts: pd.Series, form: str) -> pd.Series:
    """The texts that are moments written so; NaT for the others."""
    return pd.to_datetime(texts, format=form, errors="coerce").astype("datetime64[s]")
