"""A simulated export of LimeSurvey: CSV with answer codes, headings of code and question."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis.raw.tables import rows
from analysis.simulate.columns import (
    Column,
    Questionnaire,
    coded,
    groups,
    numbered,
    pages,
    questions,
)
from analysis.simulate.rows import TextForm, write_rows

# What LimeSurvey adds of its own: heading, question, what it becomes, column of the sheets.
OWN = (
    ("id", "Response ID", "respondent", "sheet"),
    ("submitdate", "Date submitted", "finished", "submitted"),
    ("lastpage", "Last page", "not_used", "page"),
    ("startlanguage", "Start language", "not_used", "language"),
    ("seed", "Seed", "not_used", "number"),
    ("startdate", "Date started", "started", "started"),
    ("datestamp", "Date last action", "not_used", "finished"),
    ("ipaddr", "IP address", "personal", "ip"),
    ("refurl", "Referrer URL", "personal", "referrer"),
    ("token", "Token", "personal", "token"),
    ("email", "Email address", "personal", "email"),
)
SCORES = {str(number): f"A{number}" for number in range(1, 6)} | {"dont_know": "A6"}
# The other name of a municipality that has two. The first of these that is not the frame's own
# name is written.
VARIANTS = {
    "GM0518": ("Den Haag", "'s-Gravenhage"),
    "GM0796": ("Den Bosch", "'s-Hertogenbosch"),
    "GM0164": ("Hengelo (O.)", "Hengelo"),
}


def columns(form: Questionnaire) -> list[Column]:
    """The columns: codes of question and statement, followed by their text."""
    said = form.said
    found = [Column(code, becomes, source, label) for code, label, becomes, source in OWN]
    found += [
        Column("simulated", "simulated", "simulated", said["simulated"]),
        coded("G01Q01", "group", _choices(groups()), said["group"]),
        coded("G01Q02", "team_type", _choices(form.instrument.team_types), said["team_type"]),
        Column("G01Q03", "municipality", "municipality", said["municipality"], _names(form)),
    ]
    asked = questions(form.instrument)
    for number, question in enumerate(asked, start=4):
        code = f"G{question.page + 1:02}Q{number:02}"
        for place, item in enumerate(question.items, start=1):
            if item.kind == "scale":
                label = f"{form.text(question.theme)}. {said['agree']} [{form.text(item)}]"
                found.append(coded(f"{code}[SQ{place:03}]", item.id, SCORES, label))
            for box, option in enumerate(item.options, start=1):
                label = f"{form.text(item)} [{form.text(option)}]"
                name = f"{item.id}.{option.id}"
                found.append(coded(f"{code}[SQ{box:03}]", name, {"selected": "Y"}, label))
    last = f"G{len(pages(form.instrument)) + 2:02}Q{len(asked) + 4:02}"
    found.append(Column(last, "open", "open", said["open"]))
    return [replace(column, name=f"{column.name}. {column.label}") for column in found]


def write(path: Path, sheets: pd.DataFrame, columns: list[Column], form: Questionnaire) -> None:
    """Write the file: in UTF-8 with a mark, every cell between quotation marks."""
    incomplete = sheets["reason"] == "incomplete"
    own = sheets.assign(
        submitted=sheets["finished"].mask(incomplete),
        page=sheets["page"] + 1,
        language=pd.Categorical([form.language] * len(sheets)),
        number=sheets["seconds"] * 7919 + sheets["sheet"] * 104_729,
        referrer=pd.Categorical([f"https://{form.language}.example.org/vragenlijst"] * len(sheets)),
    )
    headings = [[column.name for column in columns]]
    write_rows(path, headings, columns, own, TextForm(",", "utf-8-sig", quote_all=True))


def _choices(values: list[str]) -> dict[str, str]:
    return {value: f"A{number}" for value, number in numbered(values).items()}


def _names(form: Questionnaire) -> dict[str, str]:
    """How each municipality is called: by its other name where it has one."""
    return {
        row.municipality: next((v for v in VARIANTS.get(row.code, ()) if v != row.name), row.name)
        for row in rows(form.frame)
    }
