"""What stands out in a comparison where some values are known only within bounds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Bounds = tuple[float, float]


@dataclass(frozen=True)
class Finding:
    """The `places` in a comparison that stand out, and how firmly.

    `sure`: whatever the values are within their bounds. `exact`: among the values that are known
    exactly. `alone`: a value that can be told, but not compared.
    """

    kind: Literal["sure", "exact", "alone"]
    places: list[int]


def find_most(bounds: Sequence[Bounds], nameable: Iterable[int]) -> Finding | None:
    """Where the value is largest.

    `bounds` holds the lowest and the highest that each value can be, twice the same for an exact
    one. Only `nameable` places are found, the others merely count as rivals; without any there
    is no finding.
    """
    nameable = sorted(nameable, key=lambda place: bounds[place], reverse=True)
    if not nameable:
        return None
    exact = [place for place in nameable if bounds[place][0] == bounds[place][1]]
    top = _tied(nameable, exact, bounds)
    rivals = [high for place, (_, high) in enumerate(bounds) if place not in top]
    if len(bounds) > 1 and all(high <= bounds[top[0]][0] for high in rivals):
        return Finding("sure", top)
    if len(exact) > 1:
        return Finding("exact", _tied(exact, exact, bounds))
    return Finding("alone", exact or top[:1])


def find_least(bounds: Sequence[Bounds], nameable: Iterable[int]) -> Finding | None:
    """Where the value is smallest; see `find_most`."""
    return find_most([(-high, -low) for low, high in bounds], nameable)


def _tied(ranked: Sequence[int], exact: Sequence[int], bounds: Sequence[Bounds]) -> list[int]:
    """The first of `ranked`, with those that are exactly as large."""
    first = ranked[0]
    if first not in exact:
        return [first]
    return sorted(place for place in exact if bounds[place] == bounds[first])
