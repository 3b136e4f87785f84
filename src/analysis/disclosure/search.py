"""The rounds of attacking what would be printed and choosing what to hide besides."""

from __future__ import annotations

from itertools import count as numbers_from
from typing import Any

import numpy as np

from analysis.disclosure.choice import TINY, Choice
from analysis.disclosure.equations import Columns, Equations, Numbers, Part, parts_of

# After so many rounds what is hidden stays hidden: the search ends, not always at the very least.
ROUNDS_OF_CHOICE = 12
NOTHING = 1e-9


class Search:
    """Cells as columns of `system`, with their `counts` and the limits that everybody knows.

    The possible counts of a sensitive cell must lie `minimum` apart.
    """

    def __init__(
        self, system: Equations, counts: Numbers, limits: tuple[Numbers, Numbers], minimum: int
    ) -> None:
        self.system, self.counts, self.minimum = system, counts, minimum
        self.low, self.high = limits
        # Upper limits that are finite: where there is none, far above the count.
        far = counts + 10 * np.maximum(counts, minimum)
        self.cap = np.minimum(self.high, far)
        self.choice = Choice(_costs(system, counts))
        self.given: set[int] = set()
        self.shown: set[int] = set()
        self.hopeless: set[int] = set()

    def protect(self, given: set[int], shown: set[int], sensitive: set[int]) -> set[int]:
        """The columns to hide: `given`, and what protects the columns `sensitive`.

        None of `shown` is chosen.
        """
        self.given, self.shown = given, shown
        self._learn_from_single_relations(sensitive)
        hidden = given | self.choice.cheapest()
        safe: set[tuple[int, ...]] = set()
        for rounds in numbers_from(1):
            before = len(self.choice.cuts)
            for part in parts_of(self.system, *self.limits(hidden)):
                key = tuple(part.columns.tolist())
                if key not in safe and self._is_safe(part, sensitive):
                    safe.add(key)
            if len(self.choice.cuts) == before:
                break
            if rounds >= ROUNDS_OF_CHOICE:
                self.choice.make_free(hidden)
                hidden = hidden | self.choice.cheapest()
            else:
                hidden = given | self.choice.cheapest()
        return hidden

    def limits(self, hidden: set[int]) -> tuple[Numbers, Numbers]:
        """What is told of every cell when the columns `hidden` are not printed."""
        low, high = self.counts.copy(), self.counts.copy()
        columns = sorted(hidden)
        low[columns], high[columns] = self.low[columns], self.high[columns]
        return low, high

    def _is_safe(self, part: Part, sensitive: set[int]) -> bool:
        """Whether no sensitive cell of `part` is exposed; learns from each that is."""
        part = part.below(self.cap[part.columns])
        # Counts known to be possible: the truth, and every solution met on the way.
        seen = [self.counts[part.columns]]
        safe = True
        for cell, column in enumerate(part.columns.tolist()):
            if column not in sensitive - self.hopeless or self._wide(seen, cell):
                continue
            up, down = (part.relaxed(cell, sign) for sign in (1, -1))
            seen += [bound.counts for bound in (up, down) if bound.whole]
            if up.value - down.value < self.minimum - TINY:
                learned = self._learn(part.rows, column, up.weights, down.weights)
            elif self._wide(seen, cell) or self._wide(seen := seen + part.ends(cell), cell):
                continue
            else:
                learned = self._learn_neighbours(part)
            safe = False
            self.hopeless |= set() if learned else {column}
        return safe

    def _wide(self, seen: list[Numbers], cell: int) -> bool:
        possible = [counts[cell] for counts in seen]
        return bool(max(possible) - min(possible) >= self.minimum)

    def _learn_from_single_relations(self, sensitive: set[int]) -> None:
        """Each relation by itself teaches something: for a small table that is all there is."""
        by_cell: Any = self.system.matrix.tocsc()
        for column in sorted(sensitive):
            here = slice(by_cell.indptr[column], by_cell.indptr[column + 1])
            for row, times in zip(by_cell.indices[here], by_cell.data[here], strict=True):
                up, down, none = np.array([1 / times]), np.array([-1 / times]), np.zeros(1)
                for pair in ((up, none), (none, down), (up, down)):
                    if self.system.equal[row] or min(*pair[0], *pair[1]) >= 0:
                        self._learn(np.array([row]), column, *pair)

    def _learn(self, rows: Columns, column: int, up: Numbers, down: Numbers) -> bool:
        """Add what weights on relations prove of a cell's range; False when nothing can meet it.

        `up` weighs the relations `rows` for the largest count of `column`, `down` for the
        smallest. Whichever cells are hidden, weak duality of the attacker's programme holds: the
        range is at most what each hidden cell can move by these weights, plus the slack of
        inequalities. So hidden cells must together move it by the minimum.
        """
        matrix: Any = self.system.matrix[rows]
        slack = self.system.totals[rows] - matrix @ self.counts
        touched = np.union1d(matrix.indices, [column]).astype(int)
        above, under = (self.cap - self.counts)[touched], (self.counts - self.low)[touched]
        total, sure = np.zeros(len(touched)), 0.0
        for sign, weights in ((1, up), (-1, down)):
            rest = -(matrix.T @ weights)[touched]
            rest[touched == column] += sign
            rest[abs(rest) < NOTHING] = 0.0
            total += np.where(rest > 0, rest * above, -rest * under)
            sure += float(weights @ slack)
        gains = dict(zip(touched.tolist(), total.tolist(), strict=True))
        return self._add(gains, self.minimum - sure)

    def _learn_neighbours(self, part: Part) -> bool:
        """Fractions leave room that whole counts do not: one more neighbour must be hidden."""
        near = set(self.system.matrix[part.rows].indices.tolist())
        return self._add(dict.fromkeys(near - set(part.columns.tolist()) - self.given, 1.0), 1.0)

    def _add(self, gains: dict[int, float], least: float) -> bool:
        least -= sum(gains.get(column, 0.0) for column in self.given)
        if least <= TINY:
            return True
        free = {c: gain for c, gain in gains.items() if c not in self.given | self.shown}
        return self.choice.add(free, least)


def _costs(system: Equations, counts: Numbers) -> Numbers:
    """What hiding each cell costs: its count and one, for each relation that it stands in.

    So a base that many tables share is hidden last.
    """
    stands_in = np.bincount(system.matrix.indices, minlength=len(counts))
    return (1.0 + counts) * np.maximum(stands_in, 1)
