"""Published counts, and what an outsider knows about how they hang together.

A *cell* is a count that a report prints: in a table, a picture or a sentence. The same count
printed twice is one cell. A *relation* is what everybody can know about cells without seeing the
answers: the positions on an item add up to those asked, team types add up to all, a box is ticked
at most by everybody asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Literal

Kind = Literal["persons", "municipalities"]


@dataclass(frozen=True)
class Cell:
    """A count to be published: how many persons or municipalities.

    `people` is the number of respondents that the count rests on: of a count of persons the count
    itself, of a count of municipalities the respondents in them. Raises ValueError when that
    cannot be.
    """

    name: str
    count: int
    people: int
    kind: Kind = "persons"

    def __post_init__(self) -> None:
        fits = self.people == self.count if self.kind == "persons" else self.people >= self.count
        if self.count < 0 or not fits or bool(self.count) != bool(self.people):
            counted = f"{self.count} {self.kind} cannot rest on {self.people} respondents"
            raise ValueError(f"cell {self.name}: {counted}")

    def is_sensitive(self, minimum: int, zero_is_sensitive: bool = False) -> bool:
        """Whether the count rests on somebody, but on fewer than `minimum` respondents.

        That nobody did something is sensitive too with `zero_is_sensitive`.
        """
        return (0 if zero_is_sensitive else 1) <= self.people < minimum


@dataclass(frozen=True)
class Relation:
    """A linear equation that holds between cells, whatever the answers.

    The sum of each cell in `coefficients` times its coefficient equals `total`: a number or the
    name of another cell. With `at_most`, it is that or less.
    """

    coefficients: Mapping[str, int]
    total: int | str = 0
    at_most: bool = False

    def terms(self) -> tuple[dict[str, int], int]:
        """The equation with all cells on the left: coefficients by cell, and a number."""
        left = Counter(self.coefficients)
        if isinstance(self.total, str):
            left[self.total] -= 1
            return {name: value for name, value in left.items() if value}, 0
        return {name: value for name, value in left.items() if value}, self.total

    def __str__(self) -> str:
        left = " + ".join(
            name if times == 1 else f"{times} x {name}" for name, times in self.coefficients.items()
        )
        return f"{left} {'<=' if self.at_most else '='} {self.total}"


@dataclass(frozen=True)
class Published:
    """What is printed of a cell: a count from `low` to `high`, both included.

    Raises ValueError when no count lies there.
    """

    cell: str
    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(f"cell {self.cell}: no count lies from {self.low} to {self.high}")

    @property
    def exact(self) -> bool:
        """Whether the count itself is told."""
        return self.low == self.high


def adds_up(parts: Iterable[str], total: int | str) -> Relation:
    """The cells `parts` add up to `total`, a number or a cell."""
    return Relation(Counter(iter(parts)), total)


def same(cell: str, other: str) -> Relation:
    """Two cells are the same count."""
    return Relation({cell: 1}, other)


def at_most(cell: str, limit: int | str) -> Relation:
    """A cell is never more than `limit`, a number or a cell."""
    return Relation({cell: 1}, limit, at_most=True)


def from_percentage(cell: str, percent: float, base: int, decimals: int = 0) -> Published:
    """The counts out of `base` whose share is printed as `percent` with `decimals` decimals.

    Halves may have been rounded either way. Raises ValueError when there is no such count.
    """
    tenth = 10**decimals
    middle, half = Fraction(round(percent * tenth), tenth), Fraction(1, 2 * tenth)
    low, high = ((middle + away) * base / 100 for away in (-half, half))
    return Published(cell, max(ceil(low), 0), min(floor(high), base))


def share_of(part: str, base: str, percent: float, decimals: int = 0) -> list[Relation]:
    """What a printed percentage tells of two cells when `base` is not printed.

    `part` out of `base` is `percent`, rounded to `decimals` decimals, halves either way.
    """
    tenth = 10**decimals
    printed = round(percent * tenth)
    return [
        Relation({part: 200 * tenth, base: -(2 * printed + 1)}, 0, at_most=True),
        Relation({part: -200 * tenth, base: 2 * printed - 1}, 0, at_most=True),
    ]


def together(told: Iterable[Published]) -> dict[str, Published]:
    """All that is printed of each cell, taken together: the narrowest range.

    Raises ValueError when two prints of one cell contradict each other.
    """
    found: dict[str, Published] = {}
    for one in told:
        other = found.get(one.cell, one)
        found[one.cell] = Published(one.cell, max(one.low, other.low), min(one.high, other.high))
    return found
