"""A simulated file of plain CSV, as a Dutch spreadsheet saves it: `;`, `3,0`, 31-05-2027."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.simulate.columns import Column, Questionnaire, coded, groups
from analysis.simulate.draw import columns_of
from analysis.simulate.rows import TextForm, write_rows

SCORES = {str(number): f"{number},0" for number in range(1, 6)} | {"dont_know": "8,0"}
BOXES = {"selected": "1,0", "not_selected": "0,0"}


def columns(form: Questionnaire) -> list[Column]:
    """The columns: headings are item ids, a municipality stands as its code."""
    return [
        Column("respondent", "respondent", "sheet"),
        Column("started", "started", "started", day_first=True),
        Column("finished", "finished", "finished", day_first=True),
        Column("simulated", "simulated", "simulated"),
        coded("group", "group", {name: name for name in groups()}),
        coded("team_type", "team_type", {name: name for name in form.instrument.team_types}),
        Column("municipality", "municipality", "municipality", texts=form.codes),
        *(
            coded(name, name, SCORES if item.kind == "scale" else BOXES)
            for item in form.instrument.items
            for name in columns_of(item)
        ),
        Column("open", "open", "open"),
        Column("email", "personal", "email"),
        Column("ip", "personal", "ip"),
    ]


def write(path: Path, sheets: pd.DataFrame, columns: list[Column], form: Questionnaire) -> None:
    """Write the file in Windows-1252, or in UTF-8 with a mark where that lacks a sign."""
    headings = [[column.name for column in columns]]
    try:
        write_rows(path, headings, columns, sheets, TextForm(";", "cp1252", "\r\n"))
    except UnicodeEncodeError:
        write_rows(path, headings, columns, sheets, TextForm(";", "utf-8-sig", "\r\n"))
