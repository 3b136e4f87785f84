"""A table of StatLine in one form, whichever version of the service it came from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from analysis.statline.client import Client

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
# What StatLine prints where there is no figure.
SIGNS = (".", "-", "x")
# Our names for what has no sign of its own.
NULL, BLANK, ABSENT = "null", "blank", "absent"


@dataclass(frozen=True)
class Info:
    """What a table is called, and the day on which it was last changed."""

    title: str
    modified: str


@dataclass(frozen=True)
class Topic:
    """A measure: its `key` in this edition of the table, and the titles of what it stands in."""

    key: str
    title: str
    groups: tuple[str, ...]
    unit: str
    decimals: int


@dataclass(frozen=True)
class Code:
    """A code of a dimension: as we write it, as the service pads it, its title, its status."""

    key: str
    padded: str
    title: str
    status: str


@dataclass(frozen=True)
class Cell:
    """A figure, or the sign that stands where there is none."""

    value: Decimal | None
    sign: str


# The chosen codes per dimension. A cell is found by the key of its topic and one code for each.
Selection = Mapping[str, Sequence[Code]]
Cells = dict[tuple[str, ...], Cell]


class Service(Protocol):
    """One table, in either version. Everything raises DataError for what cannot be read."""

    def info(self) -> Info:
        """Title and date."""

    def dimensions(self) -> list[str]:
        """The names of its dimensions, time among them."""

    def topics(self) -> list[Topic]:
        """Its measures."""

    def codes(self, dimension: str) -> dict[str, Code]:
        """The codes of a dimension, by stripped key."""

    def cells(self, topics: Sequence[Topic], selection: Selection) -> Cells:
        """The figures of `topics` for the selected codes."""


def stripped(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row without the spaces that fill up its names and texts."""
    return {
        name.strip(): value.strip() if isinstance(value, str) else value
        for name, value in row.items()
    }


def needed(client: Client, row: Mapping[str, Any], name: str, part: str) -> str:
    """The text in a column that must be there. Raises DataError without it."""
    value = row.get(name)
    if value is None or value == "":
        raise client.fault(f"{part}: a row has nothing in column {name}")
    return str(value)


def whole(value: Any) -> int:
    """A number of decimals; nothing is none."""
    text = str(value if value is not None else "").strip()
    return int(text) if text.isdigit() else 0


def groups_above(start: Any, groups: Mapping[str, tuple[str, str]]) -> tuple[str, ...]:
    """The titles of the groups that hold something, nearest first.

    `groups` has title and parent by id. A circle ends where it began.
    """
    found: list[str] = []
    seen: set[str] = set()
    at = "" if start is None else str(start)
    while at in groups and at not in seen:
        seen.add(at)
        title, at = groups[at]
        found.append(title)
    return tuple(found)


def read_cell(client: Client, raw: Any, place: str) -> Cell:
    """A figure or a sign from what the service gives. Raises DataError for anything else."""
    if raw is None:
        return Cell(None, NULL)
    text = str(raw).strip()
    if isinstance(raw, (int, Decimal)) and not isinstance(raw, bool):
        number = Decimal(raw)
        if number.is_finite():
            return Cell(number, "")
    elif text == "":
        return Cell(None, BLANK)
    elif text in SIGNS:
        return Cell(None, text)
    elif NUMBER.fullmatch(text):
        return Cell(Decimal(text), "")
    raise client.fault(f"{place}: {text!r} is neither a number nor a sign ({' '.join(SIGNS)})")


def add_cell(client: Client, cells: Cells, key: tuple[str, ...], cell: Cell) -> None:
    """Keep a figure. Raises DataError when there already is one at that place."""
    if key in cells:
        raise client.fault(f"two figures at {', '.join(key[1:])}; are the pages broken?")
    cells[key] = cell


def any_of(dimension: str, codes: Iterable[Code]) -> str:
    """A filter on one dimension, as both versions read it."""
    quoted = (code.padded.replace("'", "''") for code in codes)
    return "(" + " or ".join(f"{dimension} eq '{code}'" for code in quoted) + ")"
