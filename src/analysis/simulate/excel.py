"""A simulated Excel workbook: a title above the headings, answers in words, a second sheet."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pandas as pd

from analysis.raw.settings import Item
from analysis.simulate.columns import Column, Questionnaire, coded, groups
from analysis.simulate.saved import same_bytes


def columns(form: Questionnaire) -> list[Column]:
    """The columns: headings are questions, cells hold the words of the answers."""
    said = form.said
    found = [
        Column(said["respondent"], "respondent", "sheet"),
        Column(said["started"], "started", "started"),
        Column(said["finished"], "finished", "finished"),
        Column("simulated", "simulated", "simulated"),
        coded(said["group"], "group", {name: said[name] for name in groups()}),
        coded(
            said["team_type"], "team_type", {n: said.get(n, n) for n in form.instrument.team_types}
        ),
        Column(said["municipality"], "municipality", "municipality", texts=form.names),
    ]
    for item in form.instrument.items:
        found += _item(item, form)
    return [
        *found,
        Column(said["open"], "open", "open"),
        Column(said["email"], "personal", "email"),
        Column(said["ip"], "personal", "ip"),
    ]


def _item(item: Item, form: Questionnaire) -> list[Column]:
    said = form.said
    statement = form.text(item)
    if item.kind == "scale":
        texts = {answer: said[answer] for answer in ("1", "2", "3", "4", "5", "dont_know")}
        return [coded(statement, item.id, texts)]
    ticked = {answer: said[answer] for answer in ("selected", "not_selected")}
    return [
        coded(f"{statement} [{form.text(option)}]", f"{item.id}.{option.id}", ticked)
        for option in item.options
    ]


def write(path: Path, sheets: pd.DataFrame, columns: list[Column], form: Questionnaire) -> None:
    """Write the workbook; the headings stand in row 3."""
    said = form.said
    book = openpyxl.Workbook(write_only=True)
    book.properties.title = book.properties.description = said["simulated_long"]
    book.properties.creator = said["simulated"]
    table = book.create_sheet(said["answers"])
    table.append([said["simulated_long"]])
    table.append([])
    table.append([column.name for column in columns])
    for row in zip(*(_cells(column, sheets) for column in columns), strict=True):
        table.append(row)
    note = book.create_sheet(said["note"])
    note.append([said["simulated_long"]])
    note.append([said["simulated_people"]])
    book.save(path)
    same_bytes(path)


def _cells(column: Column, sheets: pd.DataFrame) -> list[str | int | datetime | None]:
    """Cells as Excel keeps them: a moment as a date, a number as a number."""
    values = sheets[column.source]
    if values.dtype.kind == "M":
        return list(values.dt.to_pydatetime())
    if values.dtype.kind in "iu":
        return [int(value) for value in values]
    return [text or None for text in column.written(sheets)]
