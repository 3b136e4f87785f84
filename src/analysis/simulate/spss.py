"""A simulated SPSS file: numbers with labels, no answer declared missing."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import wrap

import numpy as np
import pandas as pd
import pyreadstat

from analysis.simulate.columns import Column, Questionnaire, coded, groups, numbered
from analysis.simulate.saved import same_bytes

SCORES = {str(number): str(number) for number in range(1, 6)} | {"dont_know": "8", "missing": "9"}
BOXES = {"selected": "1", "not_selected": "0"}
NO_ANSWER = 9
LABEL_BYTES = 255
VALUE_BYTES = 120
NAME_LENGTH = 56
NOTE_LINE = 80


def columns(form: Questionnaire) -> list[Column]:
    """The variables: item ids, boxes numbered, the municipality as the number of its code."""
    said = form.said
    codes = {name: _number(code) for name, code in form.codes.items()}
    found = [
        Column("respondent", "respondent", "sheet", said["respondent"]),
        Column("started", "started", "started", said["started"]),
        Column("finished", "finished", "finished", said["finished"]),
        Column("simulated", "simulated", "simulated", said["simulated_long"], {"yes": "1"}),
        coded("group", "group", numbered(groups()), said["group"]),
        coded("team_type", "team_type", numbered(form.instrument.team_types), said["team_type"]),
        Column("municipality", "municipality", "municipality", said["municipality"], codes),
    ]
    for item in form.instrument.items:
        if item.kind == "scale":
            found.append(coded(_name(item.id), item.id, SCORES, form.text(item)))
        for number, option in enumerate(item.options, start=1):
            label = f"{form.text(item)}: {form.text(option)}"
            found.append(
                coded(f"{_name(item.id)}_{number}", f"{item.id}.{option.id}", BOXES, label)
            )
    return [
        *found,
        Column("comment", "open", "open", said["open"]),
        Column("email", "personal", "email", said["email"]),
        Column("token", "personal", "token", said["token"]),
    ]


def write(path: Path, sheets: pd.DataFrame, columns: list[Column], form: Questionnaire) -> None:
    """Write the file, with a label and a note that say that it is simulated."""
    said = form.said
    scale = [column.name for column in columns if "5" in column.codes.values()]
    labels = {column.name: _labels(column, form) for column in columns}
    measures = {column.name: "nominal" for column in columns}
    pyreadstat.write_sav(
        pd.DataFrame({column.name: _values(column, sheets) for column in columns}),
        path,
        file_label=_cut(said["simulated_long"], 64),
        note=wrap(f"{said['simulated_long']}. {said['simulated_people']}.", NOTE_LINE),
        column_labels={column.name: _cut(column.label, LABEL_BYTES) for column in columns},
        variable_value_labels={name: found for name, found in labels.items() if found},
        missing_ranges={name: [NO_ANSWER] for name in scale},
        variable_measure=measures | dict.fromkeys(scale, "ordinal"),
    )
    same_bytes(path)


def _values(column: Column, sheets: pd.DataFrame) -> pd.Series:
    """Values as SPSS keeps them: moments, numbers (empty where nothing was asked) or text."""
    values = sheets[column.source]
    if values.dtype.kind == "M":
        return values.astype("datetime64[ns]")  # what the package counts moments in
    if values.dtype.kind in "iu":
        return values
    texts = pd.Series(column.written(sheets), index=sheets.index, dtype=object)
    if column.texts is None:
        return texts
    return pd.Series(np.where(texts == "", "nan", texts), index=sheets.index).astype(float)


def _labels(column: Column, form: Questionnaire) -> dict[int | float, str]:
    """What the codes of a variable stand for, in words."""
    said = form.said
    if column.becomes == "municipality":
        names, codes = form.names, column.texts or {}
        return {int(codes[name]): _cut(names[name], VALUE_BYTES) for name in names}
    if column.becomes == "simulated":
        return {1: said["selected"]}
    return {int(code): said.get(value, value) for code, value in column.codes.items()}


def _name(item: str) -> str:
    """An item id as SPSS allows the name of a variable to be."""
    plain = re.sub(r"[^A-Za-z0-9_]", "_", item)[:NAME_LENGTH]
    return plain if plain[:1].isalpha() else f"v{plain}"


def _number(code: str) -> str:
    """The number in a statistical code: GM0344 is 344."""
    return str(int(code.removeprefix("GM")))


def _cut(text: str, size: int) -> str:
    """`text` in at most `size` bytes, as SPSS allows."""
    return text.encode()[:size].decode(errors="ignore")
