"""A simulated export of Qualtrics: CSV with three header rows and numbers for answers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.answers import ANSWERS
from analysis.raw.settings import Item
from analysis.simulate.columns import Column, Questionnaire, coded, groups, numbered, questions
from analysis.simulate.draw import columns_of, named
from analysis.simulate.rows import TextForm, write_rows

ZONE = "Europe/Amsterdam"
# What Qualtrics adds of its own: heading, its text, identifier, what it becomes, column of the
# sheets.
OWN = (
    ("StartDate", "Start Date", "startDate", "started", "started"),
    ("EndDate", "End Date", "endDate", "finished", "finished"),
    ("Status", "Response Type", "status", "not_used", "status"),
    ("IPAddress", "IP Address", "ipAddress", "personal", "ip"),
    ("Progress", "Progress", "progress", "not_used", "progress"),
    ("Duration (in seconds)", "Duration (in seconds)", "duration", "not_used", "seconds"),
    ("Finished", "Finished", "finished", "not_used", "complete"),
    ("RecordedDate", "Recorded Date", "recordedDate", "not_used", "finished"),
    ("ResponseId", "Response ID", "_recordId", "respondent", "response_id"),
    ("RecipientLastName", "Recipient Last Name", "recipientLastName", "personal", "last_name"),
    ("RecipientFirstName", "Recipient First Name", "recipientFirstName", "personal", "first_name"),
    ("RecipientEmail", "Recipient Email", "recipientEmail", "personal", "email"),
    ("ExternalReference", "External Data Reference", "externalDataReference", "personal", "token"),
    ("LocationLatitude", "Location Latitude", "locationLatitude", "personal", "latitude"),
    ("LocationLongitude", "Location Longitude", "locationLongitude", "personal", "longitude"),
    ("DistributionChannel", "Distribution Channel", "distributionChannel", "not_used", "channel"),
    ("UserLanguage", "User Language", "userLanguage", "not_used", "language"),
)
SCORES = {str(number): str(number) for number in range(1, 6)} | {"dont_know": "6"}
IDENTIFIERS = {name: identifier for name, _, identifier, _, _ in OWN}


def columns(form: Questionnaire) -> list[Column]:
    """The columns: a table of statements per theme, all boxes of a question in one cell."""
    said = form.said
    found = [Column(name, becomes, source, label) for name, label, _, becomes, source in OWN]
    found += [
        coded("Q1", "group", numbered(groups()), said["group"]),
        coded("Q2", "team_type", numbered(form.instrument.team_types), said["team_type"]),
    ]
    asked = questions(form.instrument)
    for number, question in enumerate(asked, start=3):
        for place, item in enumerate(question.items, start=1):
            if item.kind == "scale":
                label = f"{form.text(question.theme)}. {said['agree']} - {form.text(item)}"
                found.append(coded(f"Q{number}_{place}", item.id, SCORES, label))
            else:
                options = numbered([option.id for option in item.options])
                codes = {code: option for option, code in options.items()}
                label = form.text(item)
                found.append(Column(f"Q{number}", item.id, item.id, label, None, codes))
    return [
        *found,
        Column(f"Q{len(asked) + 3}", "open", "open", said["open"]),
        Column("municipality", "municipality", "municipality", "municipality", form.names),
        Column("simulated", "simulated", "simulated", "simulated"),
    ]


def write(path: Path, sheets: pd.DataFrame, columns: list[Column], form: Questionnaire) -> None:
    """Write the file: names, questions and identifiers, then the answers, in UTF-8."""
    preview, incomplete = (sheets["reason"] == reason for reason in ("preview", "incomplete"))
    own = sheets.assign(
        status=preview.astype(int),
        complete=(~incomplete).astype(int),
        channel=pd.Categorical(np.where(preview, "preview", "email")),
        language=pd.Categorical([form.language.upper()] * len(sheets)),
        **{item.id: _ticked(sheets, item) for item in form.instrument.items if item.options},
    )
    headings = [
        [column.name for column in columns],
        [column.label for column in columns],
        [_identifier(column) for column in columns],
    ]
    write_rows(path, headings, columns, own, TextForm(","))


def _identifier(column: Column) -> str:
    """What the third header row says of a column."""
    identifier = IDENTIFIERS.get(column.name, column.name)
    if column.name.startswith("Q"):
        text = "_TEXT" if column.becomes == "open" else ""
        identifier = f"QID{column.name[1:]}{text}"
    about = {"ImportId": identifier}
    if column.source in ("started", "finished"):
        about["timeZone"] = ZONE
    return json.dumps(about, separators=(",", ":"))


def _ticked(sheets: pd.DataFrame, item: Item) -> pd.Categorical:
    """The numbers of the boxes that were ticked, in one cell: `1,3`."""
    selected = ANSWERS.index("selected")
    which = np.zeros(len(sheets), dtype=np.int64)
    for place, name in enumerate(columns_of(item)):
        which |= (sheets[name].cat.codes.to_numpy() == selected).astype(np.int64) << place
    kinds, codes = np.unique(which, return_inverse=True)
    texts = [
        ",".join(str(place + 1) for place in range(len(item.options)) if kind >> place & 1)
        for kind in kinds.tolist()
    ]
    return named(codes, texts)
