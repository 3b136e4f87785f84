"""A table of StatLine through version 3 of the service: a wide table, one column per measure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from analysis.statline.client import Client
from analysis.statline.table import (
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

DIMENSIONS = ("Dimension", "GeoDimension", "TimeDimension")
JSON = {"$format": "json"}
# The typed set would give nothing where a sign stands.
DATA = "UntypedDataSet"


class Version3:
    """One table; see `table.Service`."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def info(self) -> Info:
        """Title and date, from TableInfos."""
        rows = self.client.rows("TableInfos", JSON)
        if not rows:
            raise self.client.fault("TableInfos: the page is empty")
        row = stripped(rows[0])
        titles = [needed(self.client, row, name, "TableInfos") for name in ("Title", "Modified")]
        return Info(titles[0], titles[1][:10])

    @cached_property
    def _properties(self) -> list[dict[str, Any]]:
        return [stripped(row) for row in self.client.rows("DataProperties", JSON)]

    def dimensions(self) -> list[str]:
        """From DataProperties."""
        return [
            needed(self.client, row, "Key", "DataProperties")
            for row in self._properties
            if row.get("Type") in DIMENSIONS
        ]

    def topics(self) -> list[Topic]:
        """From DataProperties; the key carries a number that changes from year to year."""
        groups = {
            str(row.get("ID")): (str(row.get("Title", "")), str(row.get("ParentID")))
            for row in self._properties
            if row.get("Type") == "TopicGroup"
        }
        return [
            Topic(
                key=needed(self.client, row, "Key", "DataProperties"),
                title=needed(self.client, row, "Title", "DataProperties"),
                groups=groups_above(row.get("ParentID"), groups),
                unit=str(row.get("Unit") or ""),
                decimals=whole(row.get("Decimals")),
            )
            for row in self._properties
            if row.get("Type") == "Topic"
        ]

    def codes(self, dimension: str) -> dict[str, Code]:
        """From the part that has the dimension's name."""
        found = {}
        for row in self.client.rows(dimension, JSON):
            padded = needed(self.client, row, "Key", dimension)
            plain = stripped(row)
            key = padded.strip()
            found[key] = Code(
                key, padded, str(plain.get("Title") or ""), str(plain.get("Status") or "")
            )
        return found

    def cells(self, topics: Sequence[Topic], selection: Selection) -> Cells:
        """From the set of untyped data, which keeps signs."""
        wanted = [*selection, *(topic.key for topic in topics)]
        query = {
            "$filter": " and ".join(any_of(name, codes) for name, codes in selection.items()),
            "$select": ",".join(wanted),
        }
        chosen = {name: {code.key for code in codes} for name, codes in selection.items()}
        cells: Cells = {}
        for raw in self.client.rows(DATA, {**query, **JSON}):
            row = stripped(raw)
            if missing := [name for name in wanted if name not in row]:
                raise self.client.fault(f"{DATA}: the column {', '.join(missing)} is missing")
            codes = tuple(str(row[name]) for name in selection)
            if any(code not in chosen[name] for name, code in zip(chosen, codes, strict=True)):
                continue
            for topic in topics:
                cell = read_cell(self.client, row[topic.key], f"{DATA}, {', '.join(codes)}")
                add_cell(self.client, cells, (topic.key, *codes), cell)
        return cells
