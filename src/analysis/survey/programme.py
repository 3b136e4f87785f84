"""The integer programme: positions for units such that the printed totals come back.

A *unit* is one municipality (professionals' items that were published per municipality, and
officials' items published so) or one respondent. Every unit takes at most one position on every
item; "none" means that the report does not say. Totals are soft: what cannot hold together is
broken at the lowest weight, then vague totals are brought near their target, then a seeded cost
picks one solution. The last cost makes the optimum unique, so that the answer does not depend on
the order in which a solver happens to search.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

from analysis.survey.statistics import Condition
from analysis.survey.totals import Total

Cell = tuple[str, str, int, str]  # group, item, unit, position
Terms = dict[int, float]


@dataclass(frozen=True)
class Unit:
    """One unit of one group: its number, its municipality, its team type and its `people`."""

    number: int
    municipality: str
    team_type: str
    people: int = 1


@dataclass(frozen=True)
class Ask:
    """Which units of a group an item is put to, and the positions it knows.

    `routed` names the condition under which the item is asked.
    """

    group: str
    item: str
    units: tuple[Unit, ...]
    positions: tuple[str, ...]
    routed: Condition | None = None


@dataclass
class Outcome:
    """What the programme found."""

    taken: dict[tuple[str, str, int], str]
    broken: list[Total] = field(default_factory=list)


class Programme:
    """Variables and constraints of one component: items that totals tie together.

    Where a total counts municipalities on an item that was published per respondent, everybody
    in a municipality takes the same position on it: then that is the municipality's position,
    whatever the cut-offs.
    """

    def __init__(self, asks: Sequence[Ask], totals: Sequence[Total], seed: int) -> None:
        self.alike: set[tuple[str, str, str]] = set()
        self.asks = {(ask.group, ask.item): ask for ask in asks}
        self.totals = [total for total in totals if total.possible]
        self.names: list[object] = []
        self.upper: list[float] = []
        self.cell: dict[Cell, int] = {}
        self.rows: list[tuple[Terms, float, float]] = []
        self._add_cells(seed)
        self.counts = [self._count(total) for total in self.totals]

    def _variable(self, name: object, upper: float = 1.0) -> int:
        self.names.append(name)
        self.upper.append(upper)
        return len(self.names) - 1

    def _add_cells(self, seed: int) -> None:
        for ask in self.asks.values():
            for unit in ask.units:
                for position in ask.positions:
                    key = (ask.group, ask.item, unit.number, position)
                    self.cell[key] = self._variable(key)
                once = {self.cell[ask.group, ask.item, unit.number, p]: 1.0 for p in ask.positions}
                self.rows.append((once, 0.0, 1.0))
        self._add_routing()
        random = np.random.default_rng(seed)
        self.costs = random.integers(1_000, 100_000, size=len(self.names)).astype(float)

    def _add_routing(self) -> None:
        """Let only units that took a position which leads to an item take one on it."""
        for ask in self.asks.values():
            if ask.routed is None:
                continue
            for unit in ask.units:
                gate = self._condition(ask.routed, unit, "respondents")
                for position in ask.positions:
                    variable = self.cell[ask.group, ask.item, unit.number, position]
                    self.rows.append(({variable: 1.0, **gate}, -np.inf, 0.0))

    def _condition(self, condition: Condition, unit: Unit, base: str) -> Terms:
        """Minus the variables of which one must be taken for the condition to hold.

        The condition is the unit's own where `base` counts persons and the unit was asked
        itself; else that of its municipality.
        """
        ask = self.asks.get((condition.group, condition.item))
        if ask is None:
            return {}
        if base == "municipalities" or unit not in ask.units:
            there = [other for other in ask.units if other.municipality == unit.municipality]
            if not there:
                return {}
            self._make_alike(ask, there)
            unit = there[0]
        return {
            self.cell[ask.group, ask.item, unit.number, p]: -1.0
            for p in condition.positions
            if p in ask.positions
        }

    def _make_alike(self, ask: Ask, units: Sequence[Unit]) -> None:
        """Give all `units` of one municipality the same position."""
        place = (ask.group, ask.item, units[0].municipality)
        if place in self.alike:
            return
        self.alike.add(place)
        for position in ask.positions:
            first, *rest = (self.cell[*place[:2], unit.number, position] for unit in units)
            self.rows += [({first: 1.0, other: -1.0}, 0.0, 0.0) for other in rest]

    def _count(self, total: Total) -> Terms:
        """The count that a total speaks of, as a sum of variables."""
        first, *others = total.statistic.conditions
        ask = self.asks[first.group, first.item]
        if total.remainder:
            first = Condition(first.group, first.item, ask.positions)
        units = [u for u in ask.units if total.team_type in ("all", u.team_type)]
        if total.base == "municipalities":
            units = _one_per_municipality(units)
        if total.statistic.kind == "difference":
            return self._sum(first, units, total, 1.0) | self._sum(others[0], units, total, -1.0)
        if not others:
            return self._sum(first, units, total, 1.0)
        return {
            self._both((first, *others), unit, total.base): _size(unit, total) for unit in units
        }

    def _sum(self, condition: Condition, units: Iterable[Unit], total: Total, sign: float) -> Terms:
        return {
            variable: -sign * minus * _size(unit, total)
            for unit in units
            for variable, minus in self._condition(condition, unit, total.base).items()
        }

    def _both(self, conditions: Sequence[Condition], unit: Unit, base: str) -> int:
        """A variable that is 1 exactly where `unit` meets all conditions."""
        both = self._variable(("both", unit.number))
        parts = [self._condition(condition, unit, base) for condition in conditions]
        for part in parts:
            self.rows.append(({both: 1.0, **part}, -np.inf, 0.0))
        together: Terms = {both: 1.0}
        for part in parts:
            together |= part
        self.rows.append((together, 1.0 - len(parts), np.inf))
        return both

    def solve(self) -> Outcome:
        """Break as little as possible, then aim at targets, then pick one solution."""
        slack = [self._variable(("broken", total.name)) for total in self.totals]
        off = [self._variable(("off", total.name), upper=1e4) for total in self.totals]
        rows = list(self.rows)
        for total, count, breaks, away in zip(self.totals, self.counts, slack, off, strict=True):
            # A broken total is given just so much room that it binds nothing, whatever the count.
            under = total.low - sum(size for size in count.values() if size < 0)
            over = sum(size for size in count.values() if size > 0) - total.high
            rows.append(({**count, breaks: max(under, 0.0)}, total.low, np.inf))
            rows.append(({**count, breaks: -max(over, 0.0)}, -np.inf, total.high))
            rows.append(({**count, away: 1.0}, total.target, np.inf))
            rows.append(({**count, away: -1.0}, -np.inf, total.target))
        prices = [1e3 * total.weight - place for place, total in enumerate(self.totals)]
        weights = self._vector(zip(slack, prices, strict=True))
        first = self._run(weights, rows)
        for variable in slack:
            rows.append(({variable: 1.0}, first[variable], first[variable]))
        aimed = [o for o, breaks in zip(off, slack, strict=True) if first[breaks] < 0.5]
        distance = self._vector((variable, 1.0) for variable in aimed)
        second = self._run(distance, rows)
        rows.append((dict.fromkeys(aimed, 1.0), -np.inf, round(float(distance @ second))))
        costs = self._vector(enumerate(self.costs))
        third = self._run(costs, rows)
        taken = {key[:3]: key[3] for key, index in self.cell.items() if third[index] > 0.5}
        broken = [t for t, v in zip(self.totals, slack, strict=True) if first[v] > 0.5]
        return Outcome(taken, broken)

    def feasible(self, kept: Iterable[Total]) -> bool:
        """Whether the totals in `kept` can all hold together."""
        wanted = {total.name for total in kept}
        rows = list(self.rows)
        for total, count in zip(self.totals, self.counts, strict=True):
            if total.name in wanted:
                rows.append((count, total.low, total.high))
        return self._solve(np.zeros(len(self.names)), rows) is not None

    def conflict(self, broken: Total, kept: Sequence[Total]) -> list[Total]:
        """A smallest set of kept totals with which `broken` cannot hold.

        QuickXplain (Junker, 2004). Totals on the same subject come first, so that the nearest
        explanation is found; empty when there is no conflict, or when `broken` cannot hold even
        alone.
        """
        if not self.feasible([broken]):
            return []
        near = sorted(kept, key=lambda total: total.subject != broken.subject)
        if self.feasible([broken, *near]):
            return []
        return self._explain([broken], near, changed=False)

    def _explain(
        self, given: list[Total], candidates: list[Total], *, changed: bool
    ) -> list[Total]:
        if changed and not self.feasible(given):
            return []
        if len(candidates) == 1:
            return candidates
        half = len(candidates) // 2
        first, second = candidates[:half], candidates[half:]
        later = self._explain([*given, *first], second, changed=True)
        sooner = self._explain([*given, *later], first, changed=bool(later))
        return [*sooner, *later]

    def _vector(self, entries: Iterable[tuple[int, float]]) -> np.ndarray:
        vector = np.zeros(len(self.names))
        for index, value in entries:
            vector[index] = value
        return vector

    def _run(self, cost: np.ndarray, rows: Sequence[tuple[Terms, float, float]]) -> np.ndarray:
        solution = self._solve(cost, rows)
        if solution is None:  # slack variables make this impossible
            raise RuntimeError("the integer programme has no solution")
        return solution

    def _solve(
        self, cost: np.ndarray, rows: Sequence[tuple[Terms, float, float]]
    ) -> np.ndarray | None:
        size = len(self.names)
        where = [i for i, (terms, _, _) in enumerate(rows) for _ in terms]
        which = [v for terms, _, _ in rows for v in terms]
        value = [c for terms, _, _ in rows for c in terms.values()]
        matrix = csr_matrix((value, (where, which)), shape=(len(rows), size))
        limits = LinearConstraint(matrix, [r[1] for r in rows], [r[2] for r in rows])
        result = milp(
            cost,
            integrality=np.ones(size, dtype=int),
            bounds=Bounds(np.zeros(size), np.array(self.upper)),
            constraints=limits,
            options={"mip_rel_gap": 0.0},
        )
        return None if result.x is None else np.round(result.x)


def _one_per_municipality(units: Iterable[Unit]) -> list[Unit]:
    found: dict[str, Unit] = {}
    for unit in units:
        found.setdefault(unit.municipality, unit)
    return list(found.values())


def _size(unit: Unit, total: Total) -> float:
    """How much a unit counts: one as a municipality, else as many people as it stands for."""
    return 1.0 if total.base == "municipalities" else float(unit.people)
