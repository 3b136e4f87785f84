"""Which counts to hide, so that no sensitive one can be worked out from those that are printed.

Sensitive cells are hidden first (primary suppression). Then others are hidden with them (secondary
suppression), as little as possible, by the method of Fischetti & Salazar (2001, Management
Science 47, 1008-1027): attack what would be printed; each attack that succeeds is a proof, by
weights on the relations, of how narrow a cell is held; so it is also an inequality that every
safe choice of hidden cells must meet. Choose the cheapest cells that meet all inequalities so
far, and attack again, until no attack succeeds. Hiding a count costs the count and
one, for each relation that it stands in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.disclosure.attack import Exposed, KnownBounds, Told, exposed_among
from analysis.disclosure.cells import Cell, Relation
from analysis.disclosure.equations import Equations, Numbers, equations_of, limits_of
from analysis.disclosure.search import Search


@dataclass(frozen=True)
class Suppression:
    """Which cells are hidden.

    `primary` are the sensitive cells, `secondary` those hidden to protect them, `unprinted` those
    that were not to be printed anyway. `exposed` are sensitive cells that nothing can protect,
    because of what must be shown or is known: then what they stand in cannot be published at all.
    """

    primary: frozenset[str]
    secondary: frozenset[str]
    unprinted: frozenset[str]
    exposed: tuple[Exposed, ...]

    @property
    def hidden(self) -> frozenset[str]:
        """All cells that are not printed."""
        return self.primary | self.secondary | self.unprinted

    def published(self, cells: Iterable[Cell]) -> dict[str, Told]:
        """What is printed of `cells`: the count, or None where it is hidden."""
        return {cell.name: None if cell.name in self.hidden else cell.count for cell in cells}


def suppress(
    cells: Sequence[Cell],
    relations: Sequence[Relation],
    minimum: int,
    *,
    already_hidden: Collection[str] = (),
    must_show: Collection[str] = (),
    bounds: KnownBounds | None = None,
    zero_is_sensitive: bool = False,
) -> Suppression:
    """Choose the cells to hide, so that `attack` exposes none.

    `already_hidden` cells are not printed anyway, `must_show` may not be chosen. `bounds` are
    limits that everybody knows, where not 0 and none. The same input gives the same choice,
    whatever its order. Raises ValueError when a name occurs twice, a relation or another argument
    names an unknown cell, or a relation or a bound does not hold for the counts.
    """
    cells = sorted(cells, key=lambda cell: cell.name)
    relations = sorted(relations, key=_order)
    system = equations_of(relations, [cell.name for cell in cells])
    counts = np.array([cell.count for cell in cells], dtype=float)
    limits = limits_of(system, bounds or {})
    _check(system, cells, relations, limits)
    _check_names(cells, [*already_hidden, *must_show])
    primary = {
        c.name for c in cells if c.is_sensitive(minimum, zero_is_sensitive=zero_is_sensitive)
    }
    given = primary | set(already_hidden)
    search = Search(system, counts, limits, minimum)
    columns = [{system.place[name] for name in names} for names in (given, must_show, primary)]
    hidden = search.protect(*columns)
    secondary = {system.names[column] for column in hidden} - given
    # What everybody can work out protects nothing: it may as well be printed.
    derived = exposed_among(system, *search.limits(hidden), dict.fromkeys(secondary, 1))
    secondary -= {one.cell for one in derived}
    left = exposed_among(system, *search.limits(hidden), dict.fromkeys(primary, minimum))
    return Suppression(
        frozenset(primary), frozenset(secondary), frozenset(already_hidden) - primary, tuple(left)
    )


def _order(relation: Relation) -> tuple[list[tuple[str, int]], int, bool]:
    left, total = relation.terms()
    return sorted(left.items()), total, relation.at_most


def _check_names(cells: Sequence[Cell], named: Collection[str]) -> None:
    """Raises ValueError when one of `named` is no cell."""
    if unknown := sorted(set(named) - {cell.name for cell in cells}):
        raise ValueError(f"cells that are not given: {', '.join(unknown)}")


def _check(
    system: Equations,
    cells: Sequence[Cell],
    relations: Sequence[Relation],
    limits: tuple[Numbers, Numbers],
) -> None:
    """Raises ValueError when cells, relations and limits do not fit each other."""
    if twice := [name for name, times in Counter(c.name for c in cells).items() if times > 1]:
        raise ValueError(f"cells given twice: {', '.join(twice)}")
    if unknown := sorted(set(system.names) - {cell.name for cell in cells}):
        raise ValueError(f"relations name cells that are not given: {', '.join(unknown)}")
    counts = np.array([cell.count for cell in cells], dtype=float)
    if broken := system.broken(counts):
        told = "; ".join(str(relations[row]) for row in broken)
        raise ValueError(f"relations that do not hold for the counts: {told}")
    if (outside := np.flatnonzero((counts < limits[0]) | (counts > limits[1]))).size:
        told = ", ".join(system.names[column] for column in outside)
        raise ValueError(f"counts outside their bounds: {told}")
