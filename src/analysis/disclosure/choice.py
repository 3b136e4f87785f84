"""The cheapest cells to hide that meet what attacks have taught so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from analysis.disclosure.equations import Numbers

# Below this a difference is the solver's; it is more than what the solver lets pass.
TINY = 1e-5
SLACK = 1e-6
# A larger choice need not be the very cheapest, only within a hundredth of it.
LARGE = 150


@dataclass(frozen=True)
class Cut:
    """Of the cells in `gains`, so many must be hidden that their gains reach `least`.

    `gains` are columns with the gain of hiding each.
    """

    gains: tuple[tuple[int, float], ...]
    least: float


class Choice:
    """All inequalities learned, and the cheapest cells that meet them.

    `weights` is what hiding each column costs.
    """

    def __init__(self, weights: Numbers) -> None:
        self.weights = weights.copy()
        self.cuts: dict[Cut, None] = {}
        self._solved: dict[tuple[Cut, ...], set[int]] = {}

    def add(self, gains: dict[int, float], least: float) -> bool:
        """Keep an inequality; False when it cannot be met even with all its cells hidden."""
        useful = {column: min(gain, least) for column, gain in gains.items() if gain > TINY}
        if sum(useful.values()) < least - TINY:
            return False
        self.cuts.setdefault(_whole(Cut(tuple(sorted(useful.items())), least)))
        return True

    def make_free(self, columns: set[int]) -> None:
        """Let hiding `columns` cost nothing from now on."""
        self.weights[sorted(columns)] = 0.0
        self._solved.clear()

    def cheapest(self) -> set[int]:
        """The columns to hide. Inequalities that share no cells are met one by one."""
        chosen: set[int] = set()
        for group in _groups(list(self.cuts)):
            if group not in self._solved:
                self._solved[group] = _solve(group, self.weights)
            chosen |= self._solved[group]
        return chosen


def _whole(cut: Cut) -> Cut:
    """The same inequality in whole numbers where a small factor makes it so: exact to solve."""
    values = np.array([cut.least, *(gain for _, gain in cut.gains)])
    for factor in range(1, 13):
        whole = np.round(values * factor)
        if np.allclose(values * factor, whole, rtol=0, atol=TINY):
            columns = (column for column, _ in cut.gains)
            return Cut(tuple(zip(columns, whole[1:].tolist(), strict=True)), float(whole[0]))
    return cut


def _groups(cuts: Sequence[Cut]) -> list[tuple[Cut, ...]]:
    """The inequalities that share cells, together."""
    group_of: dict[int, list[Cut]] = {}
    for cut in cuts:
        merged = [cut]
        for other in {id(g): g for column, _ in cut.gains if (g := group_of.get(column))}.values():
            merged += other
        for one in merged:
            group_of |= {column: merged for column, _ in one.gains}
    unique = {id(group): group for group in group_of.values()}
    return [tuple(sorted(group, key=lambda cut: cut.gains)) for group in unique.values()]


def _solve(cuts: Sequence[Cut], weights: Numbers) -> set[int]:
    columns = sorted({column for cut in cuts for column, _ in cut.gains})
    place = {column: index for index, column in enumerate(columns)}
    rows = [row for row, cut in enumerate(cuts) for _ in cut.gains]
    where = [place[column] for cut in cuts for column, _ in cut.gains]
    gains = [gain for cut in cuts for _, gain in cut.gains]
    matrix = csr_array((gains, (rows, where)), shape=(len(cuts), len(columns)))
    found = milp(
        weights[columns],
        integrality=np.ones(len(columns), dtype=int),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, [cut.least - SLACK for cut in cuts], np.inf),
        options={"mip_rel_gap": 0.0 if len(columns) <= LARGE else 0.01},
    )
    if found.x is None:  # each inequality is met when all its cells are hidden
        raise RuntimeError(f"no choice of cells to hide: {found.message}")
    return {column for column, taken in zip(columns, found.x, strict=True) if taken > 0.5}
