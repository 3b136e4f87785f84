"""A table of StatLine through version 4 of the service: a long table, one row per figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.statline.client import Client
from analysis.statline.table import (
    Cell,
    Cells,
    Code,
    Info,
    Selection,
    Topic,
    add_cell,
    any_of,
    groups_above,
    needed,
    read_cell,
    stripped,
    whole,
)

DATA = "Observations"
NORMAL = "None"


class Version4:
    """One table; see `table.Service`."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def info(self) -> Info:
        """Title and date, from Properties."""
        row = stripped(self.client.document(self.client.url("Properties")))
        titles = [needed(self.client, row, name, "Properties") for name in ("Title", "Modified")]
        return Info(titles[0], titles[1][:10])

    def dimensions(self) -> list[str]:
        """From Dimensions."""
        rows = map(stripped, self.client.rows("Dimensions"))
        return [needed(self.client, row, "Identifier", "Dimensions") for row in rows]

    def topics(self) -> list[Topic]:
        """From MeasureCodes, with the groups of MeasureGroups."""
        groups = {
            str(row.get("Id")): (str(row.get("Title", "")), str(row.get("ParentId")))
            for row in map(stripped, self.client.rows("MeasureGroups"))
        }
        return [
            Topic(
                key=needed(self.client, row, "Identifier", "MeasureCodes"),
                title=needed(self.client, row, "Title", "MeasureCodes"),
                groups=groups_above(row.get("MeasureGroupId"), groups),
                unit=str(row.get("Unit") or ""),
                decimals=whole(row.get("Decimals")),
            )
            for row in map(stripped, self.client.rows("MeasureCodes"))
        ]

    def codes(self, dimension: str) -> dict[str, Code]:
        """From the part that has the dimension's name and Codes."""
        part = f"{dimension}Codes"
        found = {}
        for row in self.client.rows(part):
            padded = needed(self.client, row, "Identifier", part)
            plain = stripped(row)
            key = padded.strip()
            found[key] = Code(
                key, padded, str(plain.get("Title") or ""), str(plain.get("Status") or "")
            )
        return found

    def cells(self, topics: Sequence[Topic], selection: Selection) -> Cells:
        """From Observations; what StatLine calls impossible may have no row there."""
        measures = any_of("Measure", [Code(t.key, t.key, "", "") for t in topics])
        filters = [measures, *(any_of(name, codes) for name, codes in selection.items())]
        wanted = ["Measure", *selection, "Value", "ValueAttribute"]
        chosen = {"Measure": {topic.key for topic in topics}}
        chosen |= {name: {code.key for code in codes} for name, codes in selection.items()}
        cells: Cells = {}
        for raw in self.client.rows(DATA, {"$filter": " and ".join(filters)}):
            row = stripped(raw)
            if missing := [name for name in wanted if name not in row]:
                raise self.client.fault(f"{DATA}: the column {', '.join(missing)} is missing")
            key = tuple(str(row[name]) for name in chosen)
            if all(code in chosen[name] for name, code in zip(chosen, key, strict=True)):
                add_cell(self.client, cells, key, self._cell(row, ", ".join(key[1:])))
        return cells

    def _cell(self, row: Mapping[str, Any], place: str) -> Cell:
        """A figure is one only when nothing is said about it."""
        attribute = str(row["ValueAttribute"] or NORMAL)
        if attribute != NORMAL:
            return Cell(None, attribute)
        value = row["Value"] if row["Value"] is not None else row.get("StringValue")
        return read_cell(self.client, value, f"{DATA}, {place}")
