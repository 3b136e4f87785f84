"""Relations as a system of linear equations over counts, and the counts that it leaves possible.

The system falls apart into *parts*: unknown cells that relations tie together. What is known of
the cells of one part says nothing of those of another, so each is solved by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, identity
from scipy.sparse.csgraph import connected_components

from analysis.disclosure.cells import Relation

Numbers = npt.NDArray[np.float64]
Columns = npt.NDArray[np.intp]
OPTIMAL = 0


@dataclass(frozen=True)
class Equations:
    """Relations over `names`: `matrix` times the counts equals `totals`, or at most where not
    `equal`. One row per relation, one column per cell."""

    names: tuple[str, ...]
    matrix: csr_array
    totals: Numbers
    equal: npt.NDArray[np.bool_]

    @cached_property
    def place(self) -> dict[str, int]:
        """The column of each cell."""
        return {name: column for column, name in enumerate(self.names)}

    def broken(self, counts: Numbers) -> list[int]:
        """The rows that do not hold for `counts`, one per cell."""
        off = self.matrix @ counts - self.totals
        return [int(row) for row in np.flatnonzero(np.where(self.equal, off != 0, off > 0))]


def equations_of(relations: Sequence[Relation], names: Iterable[str]) -> Equations:
    """The system of `relations` over `names` and every other cell that they name."""
    terms = [relation.terms() for relation in relations]
    everybody = sorted({*names, *(name for left, _ in terms for name in left)})
    place = {name: column for column, name in enumerate(everybody)}
    rows = [row for row, (left, _) in enumerate(terms) for _ in left]
    columns = [place[name] for left, _ in terms for name in left]
    values = [float(value) for left, _ in terms for value in left.values()]
    matrix = csr_array((values, (rows, columns)), shape=(len(terms), len(everybody)))
    totals = np.array([total for _, total in terms], dtype=float)
    equal = np.array([not relation.at_most for relation in relations], dtype=bool)
    return Equations(tuple(everybody), matrix, totals, equal)


@dataclass(frozen=True)
class Part:
    """Unknown cells that hang together: their columns, the rows that they stand in, and limits.

    `totals` is what the rows leave for them once all known cells are filled in.
    """

    columns: Columns
    rows: Columns
    matrix: csr_array
    totals: Numbers
    equal: npt.NDArray[np.bool_]
    low: Numbers
    high: Numbers

    def any_counts(self) -> Numbers | None:
        """Whole counts that fit, or None when there are none."""
        return self._solve(np.zeros(len(self.columns))).x

    def extreme(self, cell: int, sign: int) -> tuple[float, Numbers | None]:
        """The largest (`sign` 1) or smallest (-1) count of the part's `cell`, and counts with it.

        Infinite, without counts, when there is no limit. The part must have a solution.
        """
        cost = np.zeros(len(self.columns))
        cost[cell] = -sign
        found = self._solve(cost)
        if found.status == OPTIMAL:
            return float(np.round(found.x[cell])), np.round(found.x)
        return sign * np.inf, None

    def _solve(self, cost: Numbers) -> Any:
        least = np.where(self.equal, self.totals, -np.inf)
        limits = [LinearConstraint(self.matrix, least, self.totals)] if len(self.rows) else []
        return milp(
            cost,
            integrality=np.ones(len(cost), dtype=int),
            bounds=Bounds(self.low, self.high),
            constraints=limits,
            options={"mip_rel_gap": 0.0},
        )

    def ends(self, cell: int) -> list[Numbers]:
        """Counts with the largest and with the smallest count of `cell`, where there is one."""
        found = (self.extreme(cell, sign)[1] for sign in (1, -1))
        return [counts for counts in found if counts is not None]

    def below(self, high: Numbers) -> Part:
        """The same part with no cell above `high`."""
        return replace(self, high=np.minimum(self.high, high))

    def relaxed(self, cell: int, sign: int) -> Bound:
        """The largest (`sign` 1) or smallest (-1) value of `cell` in fractions, with its proof.

        The attacker's linear programme and its dual (Fischetti & Salazar 2001). All cells must
        have upper limits.
        """
        cost = np.zeros(len(self.columns))
        cost[cell] = -sign
        matrix: Any = self.matrix
        equal, other = self.equal, ~self.equal
        found: Any = linprog(
            cost,
            A_eq=matrix[equal] if equal.any() else None,
            b_eq=self.totals[equal] if equal.any() else None,
            A_ub=matrix[other] if other.any() else None,
            b_ub=self.totals[other] if other.any() else None,
            bounds=list(zip(self.low.tolist(), self.high.tolist(), strict=True)),
        )
        weights = np.zeros(len(self.rows))
        weights[equal], weights[other] = -found.eqlin.marginals, -found.ineqlin.marginals
        return Bound(float(found.x[cell]), found.x, weights)


@dataclass(frozen=True)
class Bound:
    """How large or small a cell can be in fractions: `value`, with `counts` that have it.

    `weights` prove it: `sign` times the cell equals the rows so weighted plus what cells at
    their limits add.
    """

    value: float
    counts: Numbers
    weights: Numbers

    @property
    def whole(self) -> bool:
        """Whether the counts are whole numbers."""
        return bool(np.allclose(self.counts, np.round(self.counts), rtol=0, atol=1e-6))


def parts_of(system: Equations, low: Numbers, high: Numbers) -> list[Part]:
    """The parts of `system` when cells lie from `low` to `high`; equal limits mean known.

    Raises ValueError when rows without unknown cells do not hold.
    """
    unknown = low < high
    left = system.totals - system.matrix @ np.where(unknown, 0.0, low)
    open_rows = np.asarray(abs(system.matrix) @ unknown.astype(float)) > 0
    wrong = ~open_rows & np.where(system.equal, left != 0, left < 0)
    if wrong.any():
        row = system.matrix[[int(np.flatnonzero(wrong)[0])]]
        raise contradiction(system.names[column] for column in row.indices)
    columns = np.flatnonzero(unknown)
    rows = np.flatnonzero(open_rows)
    matrix = system.matrix[rows][:, columns]
    _, label = connected_components(identity(len(columns)) + abs(matrix.T) @ abs(matrix))
    first_rows = matrix.indices[matrix.indptr[:-1]] if len(rows) else np.array([], dtype=int)
    parts = []
    for one in range(label.max() + 1 if len(label) else 0):
        here, those = np.flatnonzero(label == one), np.flatnonzero(label[first_rows] == one)
        parts.append(
            Part(
                columns[here], rows[those], matrix[those][:, here], left[rows[those]],
                system.equal[rows[those]], low[columns[here]], high[columns[here]],
            )
        )  # fmt: skip
    return parts


def limits_of(
    system: Equations, bounds: Mapping[str, tuple[int, int | None]]
) -> tuple[Numbers, Numbers]:
    """The limits that everybody knows of each cell: from `bounds`, else 0 and no upper limit."""
    low, high = np.zeros(len(system.names)), np.full(len(system.names), np.inf)
    for name, (least, most) in bounds.items():
        if (column := system.place.get(name)) is not None:
            low[column] = least
            high[column] = np.inf if most is None else most
    return low, high


def contradiction(names: Iterable[str]) -> ValueError:
    """The error for cells whose published counts cannot all hold."""
    return ValueError(f"what is published cannot all hold: {', '.join(sorted(names))}")
