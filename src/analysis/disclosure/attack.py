"""What an outsider can work out of everything that is published.

The outsider knows every printed count, the range behind every rounded one, and all relations. For
each cell that is not printed, the smallest and largest count that fits is found by integer
programming (the attacker's problem of Fischetti & Salazar 2001; the feasibility interval of
Hundepool et al. 2012, Statistical Disclosure Control, chapter 4).

The rule. A sensitive cell is exposed when its largest and smallest possible count lie less than
`minimum` apart; any other hidden cell when only one count is possible. Why `minimum`: counts are
not negative, so if the outsider could work out any sum of cells with a sensitive one among them
that is smaller than `minimum`, that cell would lie between 0 and this sum, and be exposed. So
neither the cell nor a group that it is part of comes out too small.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.disclosure.cells import Published, Relation
from analysis.disclosure.equations import (
    Equations,
    Numbers,
    Part,
    contradiction,
    equations_of,
    limits_of,
    parts_of,
)

Told = int | Published | None
KnownBounds = Mapping[str, tuple[int, int | None]]


@dataclass(frozen=True)
class Range:
    """The counts that are possible: from `low` to `high`; None is no upper limit."""

    low: int
    high: int | None


@dataclass(frozen=True)
class Exposed:
    """A cell that an outsider narrows down to `low` to `high`.

    `needed` is how far apart these should have been.
    """

    cell: str
    low: int
    high: int
    needed: int

    def __str__(self) -> str:
        found = f"is {self.low}" if self.low == self.high else f"is {self.low} to {self.high}"
        return f"{self.cell} {found}; a range of {self.needed} or more is needed"


def attack(
    published: Mapping[str, Told],
    relations: Sequence[Relation],
    bounds: KnownBounds,
    minimum: int,
    *,
    sensitive: Collection[str] | None = None,
    harmless: Collection[str] = (),
    rounded: Collection[str] = (),
) -> list[Exposed]:
    """The cells that are exposed by the rule above, by name.

    `published` gives for each cell its count, a range, or None where it is hidden. `bounds` are
    limits that everybody knows, where not 0 and none. `sensitive` are the cells that the minimum
    protects, by default all that are hidden; one that is printed is exposed. `harmless` are
    hidden cells that may come out, `rounded` printed ones of which more than one count must stay
    possible. Raises ValueError when what is published cannot all hold.
    """
    hidden = {name for name, told in published.items() if told is None}
    strict = hidden if sensitive is None else set(sensitive)
    watched = hidden | strict | set(rounded)
    needed = {name: minimum if name in strict else 1 for name in watched - {*harmless}}
    system = equations_of(relations, {*published, *strict})
    low, high = _told_limits(system, published, bounds)
    return exposed_among(system, low, high, needed)


def possible_counts(
    published: Mapping[str, Told], relations: Sequence[Relation], bounds: KnownBounds
) -> dict[str, Range]:
    """The smallest and largest count of every cell that is not printed exactly, by name.

    Arguments and errors as for `attack`.
    """
    system = equations_of(relations, published)
    found = {}
    for part in parts_of(system, *_told_limits(system, published, bounds)):
        _require(system, part)
        for cell, column in enumerate(part.columns):
            least, most = (part.extreme(cell, sign)[0] for sign in (-1, 1))
            found[system.names[column]] = Range(int(least), None if np.isinf(most) else int(most))
    return dict(sorted(found.items()))


def exposed_among(
    system: Equations, low: Numbers, high: Numbers, needed: Mapping[str, int]
) -> list[Exposed]:
    """The cells of `needed` whose possible counts lie less than that apart, by name.

    `low` and `high` are what is told of each cell of `system`; equal where it is known.
    """
    known = [
        Exposed(name, int(low[column]), int(low[column]), wide)
        for name, wide in needed.items()
        if low[column := system.place[name]] == high[column] and wide > 0
    ]
    parts = parts_of(system, low, high)
    found = (one for part in parts for one in exposed_in(system, part, needed))
    return sorted([*known, *found], key=lambda one: one.cell)


def exposed_in(system: Equations, part: Part, needed: Mapping[str, int]) -> Iterable[Exposed]:
    """The exposed cells of one part. Raises ValueError when no counts fit."""
    counts = _require(system, part)
    least, most = counts.copy(), counts.copy()
    for cell, column in enumerate(part.columns):
        name = system.names[column]
        if name not in needed:
            continue
        # Every solution met on the way shows counts that are possible for all other cells too.
        for sign in (1, -1):
            if most[cell] - least[cell] >= needed[name]:
                break
            value, counts_there = part.extreme(cell, sign)
            if counts_there is None:
                most[cell] = value
            else:
                least, most = np.minimum(least, counts_there), np.maximum(most, counts_there)
        if most[cell] - least[cell] < needed[name]:
            yield Exposed(name, int(least[cell]), int(most[cell]), needed[name])


def _require(system: Equations, part: Part) -> Numbers:
    counts = part.any_counts()
    if counts is None:
        raise contradiction(system.names[column] for column in part.columns)
    return np.round(counts)


def _told_limits(
    system: Equations, published: Mapping[str, Told], bounds: KnownBounds
) -> tuple[Numbers, Numbers]:
    """What the outsider knows of each cell before thinking: bounds, and what is printed."""
    low, high = limits_of(system, bounds)
    for name, told in published.items():
        if told is None:
            continue
        column = system.place[name]
        least, most = (told, told) if isinstance(told, int) else (told.low, told.high)
        low[column], high[column] = max(low[column], least), min(high[column], most)
    if (crossed := np.flatnonzero(low > high)).size:
        raise contradiction(system.names[column] for column in crossed)
    return low, high
