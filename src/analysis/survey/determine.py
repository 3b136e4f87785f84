"""What printed totals fix: the lowest and highest count of each position.

Only totals that hold are used, and none whose breaking would have cost no more than the total
that was broken in its place: such a choice between two totals is arbitrary, so it fixes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.raw.settings import Instrument
from analysis.survey.reconstruct import Reconstruction
from analysis.survey.statistics import POSITIONS
from analysis.survey.totals import Total

Place = tuple[str, str, str, str]  # group, team type, item, position


@dataclass(frozen=True)
class Bounds:
    """Lowest and highest count that the printed totals leave; OPEN where they are silent."""

    low: int
    high: int

    @property
    def exact(self) -> bool:
        """Whether only one count is left."""
        return self.low == self.high


OPEN = Bounds(-1, -2)
Determined = Mapping[Place, Bounds]


def contested(result: Reconstruction) -> set[str]:
    """Names of totals that hold only because another, no lighter one was broken."""
    return {
        other.name
        for conflict in result.conflicts
        for other in conflict.others
        if other.weight <= conflict.total.weight
    }


def determine(result: Reconstruction, instrument: Instrument) -> Determined:
    """Bounds per position of every item on which a total was printed.

    A position gets a range only from a total of its own, on the base that the instrument
    publishes the item on; the positions of an item add up to its base, which may fix the last
    one exactly.
    """
    unsure = contested(result)
    totals = [t for t in result.met if t.name not in unsure and t.base == _published(t, instrument)]
    own: dict[Place, Bounds] = {}
    bases: dict[tuple[str, str, str], int] = {}
    for total in totals:
        first, *others = total.statistic.conditions
        if others or len(first.positions) != 1 or total.remainder:
            continue
        place = (total.group, total.team_type, first.item, first.positions[0])
        before = own.get(place, Bounds(0, total.denominator))
        own[place] = Bounds(max(before.low, total.low), min(before.high, total.high))
        bases[place[:3]] = total.denominator
    found = dict(own)
    for item, base in bases.items():
        _add_remainder(found, item, base, totals)
    return found


def _published(total: Total, instrument: Instrument) -> str:
    """The base on which the answers to a total's item are published."""
    first = total.statistic.conditions[0]
    item = instrument.item(first.item.partition(".")[0])
    return "routed" if item.kind == "multiple" else item.base(first.group)


def _add_remainder(
    found: dict[Place, Bounds], item: tuple[str, str, str], base: int, totals: list[Total]
) -> None:
    """Fix what the base leaves over, and what was printed as "the others"."""
    known = {p: found[*item, p] for p in POSITIONS if (*item, p) in found}
    if not known:
        return
    for total in totals:
        first = total.statistic.conditions[0]
        if total.remainder and (total.group, total.team_type, first.item) == item:
            rest = base - sum(b.low for b in known.values())
            if all(b.exact for b in known.values()):
                found[*item, first.positions[0]] = Bounds(rest, rest)
            return
    if all(b.exact for b in known.values()) and sum(b.low for b in known.values()) == base:
        for position in POSITIONS:
            found.setdefault((*item, position), Bounds(0, 0))
