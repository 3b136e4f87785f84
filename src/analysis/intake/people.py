"""Who filled in each answer sheet: group, team type, municipality, dates; told once, not kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.intake.export import Export
from analysis.intake.findings import Finding
from analysis.intake.mapping import MappedColumn
from analysis.intake.municipalities import Municipalities
from analysis.intake.typed import Sheets
from analysis.raw.settings import Fieldwork, Reading

Texts = npt.NDArray[np.object_]
UNKNOWN_TEAM = "unknown"
DATES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M",
         "%d-%m-%Y")  # fmt: skip
FIRST_DATE = "2000-01-01"


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
    """The columns of one export that say who, by role."""

    export: Export
    columns: Mapping[str, MappedColumn]
    sheets: Sheets

    def texts(self, role: str) -> pd.Categorical | None:
        """The cells of the column with this role, or None without one."""
        mapped = self.columns.get(role)
        return self.export.cells.get(mapped.column) if mapped else None

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
    """Who filled in each sheet of `export`; what is wrong with that is told to `sheets`."""
    by_role = {column.becomes: column for column in columns if column.column in export.cells}
    roles = Roles(export, by_role, sheets)
    _check_respondents(roles)
    group = _coded(roles, "group", reading.group or "")
    if reading.group is None and "group" in by_role:
        sheets.tell(group == "", roles.finding("no_group", "group", allowed="a group"))
    elif reading.group is None:
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
    sheets.tell(codes < 0, roles.finding("no_respondent", "respondent", allowed="a number or code"))
    twice = pd.Series(codes).duplicated().to_numpy() & (codes >= 0)
    if not twice.any():
        return
    mend = "leave one out: a row in corrections.csv with drop under becomes"
    first = dict(zip(codes[::-1].tolist(), roles.export.rows[::-1].tolist(), strict=True))
    for place in np.flatnonzero(twice):
        message = f"is the respondent of row {first[int(codes[place])]} too"
        told = roles.finding("duplicate_respondent", "respondent", message=message, mend=mend)
        sheets.findings.append(replace(told, row=int(roles.export.rows[place])))


def _coded(roles: Roles, role: str, otherwise: str) -> Texts:
    """What the texts of a column stand for; `otherwise` where there is no column."""
    texts = roles.texts(role)
    if texts is None:
        return np.full(len(roles.export.rows), otherwise, dtype=object)
    codes = roles.columns[role].codes
    table = np.array([codes.get(str(text), "") for text in texts.categories] + [""], dtype=object)
    for code in np.flatnonzero(table[:-1] == ""):
        where = texts.codes == code
        if where.any():
            mend = "add it to codes in mapping.csv, or put the cell right in corrections.csv"
            told = roles.finding("unknown_code", role, found=str(texts.categories[int(code)]),
                                 allowed=", ".join(codes), mend=mend,
                                 message=f"is no {role.replace('_', ' ')}")  # fmt: skip
            roles.sheets.tell(where, told)
            table[code] = UNKNOWN_TEAM  # told once; not also as a sheet without a group
    found = table[texts.codes]
    found[found == UNKNOWN_TEAM] = otherwise or ("?" if role == "group" else "")
    return found


def _municipality(roles: Roles, municipalities: Municipalities) -> Texts:
    """The municipality of each sheet, as an id of the frame."""
    texts = roles.texts("municipality")
    if texts is None:
        mend = "map a column to municipality in mapping.csv"
        message = "no column says the municipality"
        roles.sheets.findings.append(
            Finding("no_municipality", roles.export.file, message=message, mend=mend)
        )
        return np.full(len(roles.export.rows), "", dtype=object)
    mapped, sheets = roles.columns["municipality"], roles.sheets
    labels = roles.export.heading(mapped.column).values
    allowed = "a municipality of the frame"
    told = roles.finding("no_municipality", "municipality", allowed=allowed)
    sheets.tell(texts.codes < 0, told)
    table = [""] * (len(texts.categories) + 1)
    for code, category in enumerate(texts.categories):
        where = texts.codes == code
        if not where.any():
            continue
        text = str(category)
        match = municipalities.match(mapped.codes.get(text, labels.get(text, text)))
        table[code] = match.municipality or ""
        if match.rule is not None:
            sheets.tell(where, roles.finding(match.rule, "municipality", found=text,
                                             allowed=match.allowed, mend=match.mend,
                                             message=match.message))  # fmt: skip
    return np.array(table, dtype=object)[texts.codes]


def _check_dates(roles: Roles, fieldwork: Fieldwork) -> None:
    """Dates that do not exist, lie outside the fieldwork, or end before they start."""
    days = {}
    for role in ("started", "finished"):
        texts = roles.texts(role)
        if texts is not None:
            days[role] = _days(roles, role, texts, fieldwork)
    if len(days) == 2:
        message = "is earlier than when the sheet was opened"
        told = roles.finding("impossible_date", "finished", message=message)
        for place in np.flatnonzero((days["finished"] < days["started"]).to_numpy()):
            found = str(days["finished"].iloc[place])
            told = replace(told, found=found, allowed=f"{days['started'].iloc[place]} or later")
            roles.sheets.findings.append(replace(told, row=int(roles.export.rows[place])))


def _days(roles: Roles, role: str, texts: pd.Categorical, fieldwork: Fieldwork) -> pd.Series:
    """The moments of a column, NaT where there is none; what is not a date is told."""
    distinct = pd.Series([str(text) for text in texts.categories], dtype="str")
    known = pd.Series(pd.NaT, index=distinct.index, dtype="datetime64[s]")
    for form in DATES:
        parsed = pd.to_datetime(distinct.where(known.isna()), format=form, errors="coerce")
        known = known.fillna(parsed.astype("datetime64[s]"))
    first = pd.Timestamp(fieldwork.first_day or FIRST_DATE)
    last = pd.Timestamp(fieldwork.last_day or date(fieldwork.year + 1, 12, 31))
    outside = known.notna() & ((known < first) | (known >= last + pd.Timedelta(days=1)))
    span = f"{first.date()} to {last.date()}"
    for code in np.flatnonzero((known.isna() | outside).to_numpy()):
        message = "is not a date" if pd.isna(known[code]) else "lies outside the fieldwork"
        allowed = "a date such as 2027-03-31 or 31-03-2027" if pd.isna(known[code]) else span
        mend = "put it right in corrections.csv, or mend fieldwork in round.yml"
        told = roles.finding("impossible_date", role, found=distinct[code], allowed=allowed,
                             mend=mend, message=message)  # fmt: skip
        roles.sheets.tell(texts.codes == code, told)
    moments = known.where(~outside)
    return (
        pd.Series([*moments, pd.NaT], dtype="datetime64[s]")
        .iloc[texts.codes]
        .reset_index(drop=True)
    )
