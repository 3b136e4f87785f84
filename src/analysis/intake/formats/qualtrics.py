"""Reading Qualtrics exports in CSV or TSV, and what their own columns are.

Today's export has three rows of headings: short names, question texts, and import ids
(`{"ImportId":"QID1"}`); older ones have no import ids. Qualtrics' support pages "Understanding
Your Dataset" and "Data Export Options" describe the rows, the columns about the response and what
Status may be; the form of the older export and the German texts follow the example files in
github.com/ropensci/qualtRics (tests/testthat/files).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analysis.intake.findings import Finding
from analysis.intake.formats.export import Export, Heading
from analysis.intake.formats.text import Judge, open_text, positions, unique_headings
from analysis.project import DataError, Problem
from analysis.raw.settings import Reading

# What Qualtrics' own columns become, by name without spaces and in lower case. Names are English
# in every language; only the texts below them are translated.
ROLES = {
    "responseid": "respondent",
    "startdate": "started",
    "enddate": "finished",
    "recordeddate": "finished",
    **dict.fromkeys(
        (
            "ipaddress", "name", "email", "emailaddress", "recipientlastname",
            "recipientfirstname", "recipientemail", "externalreference", "externaldatareference",
            "locationlatitude", "locationlongitude",
        ),
        "personal",
    ),
    **dict.fromkeys(
        (
            "status", "progress", "duration(inseconds)", "finished", "distributionchannel",
            "userlanguage", "responseset", "locationaccuracy",
        ),
        "not_used",
    ),
}  # fmt: skip
# Where the name does not tell: the import id, and a text below an older export's V1, V2, ….
ALIASES = {
    "_recordid": "responseid",
    "duration": "duration(inseconds)",
    "responsetype": "status",
    "antwort-id": "responseid",
    "anfangsdatum": "startdate",
    "enddatum": "enddate",
    "erfassungsdatum": "recordeddate",
    "antworttyp": "status",
    "ip-adresse": "ipaddress",
    "aktuellerstand": "progress",
    "dauer(insekunden)": "duration(inseconds)",
    "beendet": "finished",
    "nachnamedesempfängers": "recipientlastname",
    "vornamedesempfängers": "recipientfirstname",
    "e-maildesempfängers": "recipientemail",
    "externedatenreferenz": "externaldatareference",
    "breitengraddesstandorts": "locationlatitude",
    "längengraddesstandorts": "locationlongitude",
    "verteilungskanal": "distributionchannel",
    "benutzersprache": "userlanguage",
}
# Sheets that nobody was meant to answer. Possible spam (8) and imported answers (4) are kept.
PREVIEWS = {"1", "2", "9", "17", "survey preview", "survey test", "preview spam",
            "survey preview spam", "offline preview", "offline survey preview"}  # fmt: skip
ANSWERED = {"", "0", "4", "8", "12", "16", "32", "36", "40", "48", "ip address", "imported",
            "spam", "imported spam", "offline", "ex", "ex spam", "ex offline"}  # fmt: skip
FINISHED = {"1": "", "true": "", "": "", "0": "incomplete", "false": "incomplete"}
# Every response has such a number.
RESPONSE_ID = re.compile(r"[A-Z]{1,3}_[0-9A-Za-z]{6,}")
OLD_NAME = re.compile(r"V[0-9]+")
SPLIT_NAME = re.compile(r"(.+)_[0-9]+")
OPEN_ANSWER = re.compile(r"_TEXT(_|$)")  # `_TEXT_…`: what Qualtrics made of the text


@dataclass(frozen=True)
class QualtricsHeading(Heading):
    """A column with the import id that Qualtrics gave it: `QID5` and, of one box, `choice`."""

    import_id: str = ""
    choice: str = ""


def is_qualtrics(records: Sequence[Sequence[str]]) -> bool:
    """Whether a text whose first records (up to three) are these is an export of Qualtrics."""
    return _heading_rows(records) > 0


def fixed_column(heading: Heading) -> str | None:
    """The role (see `mapping.ROLES`) of a column that Qualtrics itself makes; None for others.

    A text that respondents typed is `open`, also where the question asks for a municipality.
    """
    own = _own_name(heading)
    if own:
        return ROLES[own]
    import_id = heading.import_id if isinstance(heading, QualtricsHeading) else ""
    if OPEN_ANSWER.search(heading.name) or OPEN_ANSWER.search(import_id):
        return "open"
    return "not_used" if import_id.endswith("_DO") else None  # in which order boxes were shown


def read_qualtrics(
    path: Path, file: str, reading: Reading, wanted: Collection[str] | None = None
) -> Export:
    """The answers in the Qualtrics export at `path`; `file` is how messages call it.

    `wanted` are the columns to keep cells of; None is all. A heading is the name in the first row
    (with its import id where a name stands twice), its label the text in the second: of a row of a
    matrix `stem - statement`. Previews and test answers are left out as `preview`, unfinished ones
    as `incomplete`. Recodes such as -99 stay, for the file does not tell what they mean.

    A multiple-choice question that is split over columns is a set. One that stands in one cell
    stays as it is (`1,3,5`, or the labels with commas between): its mapping names the item, and
    its codes the options. Where a label has a comma itself, such a cell cannot be taken apart for
    certain; export numbers, or split the question over columns, instead.

    Raises DataError where it is no Qualtrics export, or a heading is empty or stands twice.
    """
    text = open_text(path, file, reading.encoding, reading.separator)
    head = text.head(3)
    count = _heading_rows(head)
    if not count:
        message = "is not a Qualtrics export: it has no import ids and no column ResponseId"
        mend = "export it again, or correct its `format:` under `files:` in round.yml"
        raise DataError([Problem(file, message, text.start, mend=mend)])
    headings = _headings(head[:count], file, text.start)
    names = [heading.name for heading in headings]
    judges = _Judges(file, headings)
    sheets = text.read(
        text.start + count, len(head[0]), positions(names, wanted), judges.by_position()
    )
    return Export(
        file, "qualtrics", headings, sheets.cells, sheets.rows, sheets.left_out,
        _sets(headings, sheets.cells), [*judges.findings(), *sheets.findings],
    )  # fmt: skip


def _heading_rows(records: Sequence[Sequence[str]]) -> int:
    """How many of the first rows are headings; 0 where it is no export of Qualtrics.

    Somebody may have deleted the lower ones: the first response's id tells where answers begin.
    """
    if len(records) > 2 and any(_import_id(cell)[0] for cell in records[2]):
        return 3
    for row in records[:2]:
        own = [cell.strip() for cell in row]
        for name in {"ResponseId", "ResponseID"} & {*own}:
            place = own.index(name)
            below = [row[place].strip() if place < len(row) else "" for row in records[1:3]]
            answers = [bool(RESPONSE_ID.fullmatch(cell)) for cell in below]
            if any(answers):
                return 1 + answers.index(True)
            if below and ALIASES.get(_plain(below[0]), _plain(below[0])) == "responseid":
                return 2
    return 0


def _headings(rows: Sequence[Sequence[str]], file: str, first: int) -> list[QualtricsHeading]:
    """The columns, from the rows of headings; `first` is the row of the names."""
    names = [name.strip() for name in rows[0]]
    labels, ids = ([*row, *[""] * len(names)] for row in [*rows[1:], [], []][:2])
    # Older exports end every row in a separator, so that a column without anything follows.
    while names and not names[-1] and not labels[len(names) - 1].strip():
        names.pop()
    told = [_import_id(cell) for cell in ids[: len(names)]]
    times = Counter(names)
    for place, name in enumerate(names):
        if times[name] > 1 and told[place][0]:
            names[place] = f"{name} ({'.'.join(filter(None, told[place]))})"
    return [
        QualtricsHeading(name, " ".join(labels[i].split()), import_id=told[i][0], choice=told[i][1])
        for i, name in enumerate(unique_headings(names, file, first))
    ]


def _import_id(cell: str) -> tuple[str, str]:
    """What `{"ImportId":"QID5","choiceId":"1"}` says; empty texts where a cell is none."""
    if '"ImportId"' in cell:
        with suppress(json.JSONDecodeError, AttributeError):
            told = json.loads(cell)
            return str(told.get("ImportId", "")), str(told.get("choiceId", ""))
    return "", ""


def _plain(name: str) -> str:
    """A name to compare: as in `ROLES`."""
    return "".join(name.split()).casefold()


def _own_name(heading: Heading) -> str:
    """What Qualtrics calls a column of its own, as in `ROLES`; empty for a question."""
    if isinstance(heading, QualtricsHeading) and heading.import_id:
        told = heading.import_id  # a question may be called Status or Name
    else:
        told = heading.label if OLD_NAME.fullmatch(heading.name) else heading.name
    plain = ALIASES.get(_plain(told), _plain(told))
    return plain if plain in ROLES else ""


@dataclass
class _Judges:
    """Tells sheets that do not count, and gathers what it could not tell."""

    file: str
    headings: Sequence[QualtricsHeading]
    unknown: Counter[tuple[str, str]] = field(default_factory=Counter)

    def by_position(self) -> dict[int, Judge]:
        """The judges of the columns that tell: first whether it is a preview."""
        own = {_own_name(heading): place for place, heading in enumerate(self.headings)}
        judges = {
            "distributionchannel": lambda cell: "preview" if cell.lower() == "preview" else "",
            "status": self._status,
            "finished": self._finished,
            "progress": lambda cell: "incomplete" if cell.isdigit() and int(cell) < 100 else "",
        }
        if "distributionchannel" in own:  # which is not translated, as labels of Status are
            judges["status"] = lambda cell: "preview" if cell.lower() in PREVIEWS else ""
        return {own[name]: judge for name, judge in judges.items() if name in own}

    def findings(self) -> list[Finding]:
        """One for each text of which it is not known what it says about a sheet."""
        return [
            Finding(
                "unreadable", self.file, column=column, found=found, count=count,
                mend="export it again with numeric values in place of choice text",
                message="whether these sheets are answers, and finished, cannot be told",
            )
            for (column, found), count in self.unknown.items()
        ]  # fmt: skip

    def _status(self, cell: str) -> str:
        if cell.lower() not in PREVIEWS | ANSWERED:
            self.unknown[self._column("status"), cell] += 1
        return "preview" if cell.lower() in PREVIEWS else ""

    def _finished(self, cell: str) -> str:
        if cell.lower() not in FINISHED:
            self.unknown[self._column("finished"), cell] += 1
        return FINISHED.get(cell.lower(), "")

    def _column(self, own: str) -> str:
        return next(h.name for h in self.headings if _own_name(h) == own)


def _sets(
    headings: Sequence[QualtricsHeading], cells: Mapping[str, pd.Categorical]
) -> dict[str, list[str]]:
    """The columns of each split multiple-choice question, by the name that they share.

    Qualtrics gives such columns a choice id. Where the file has none, a box is told from a row of
    a matrix by its cells: each holds one text at most, `1` or the end of its label, or is empty.
    """
    groups: dict[str, list[QualtricsHeading]] = {}
    for heading in headings:
        if (name := SPLIT_NAME.fullmatch(heading.name)) and not fixed_column(heading):
            groups.setdefault(name[1], []).append(heading)
    return {
        name: [heading.name for heading in group]
        for name, group in groups.items()
        if len(group) > 1 and (all(h.choice for h in group) or _all_boxes(group, cells))
    }


def _all_boxes(group: Sequence[QualtricsHeading], cells: Mapping[str, pd.Categorical]) -> bool:
    if not all(heading.name in cells for heading in group):
        return False
    columns = [(heading, cells[heading.name]) for heading in group]
    some_empty = any((column.codes < 0).any() for _, column in columns)
    return some_empty and all(
        text == "1" or heading.label.endswith(f"- {text}")
        for heading, column in columns
        for text in column.categories
    )
