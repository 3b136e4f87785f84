"""Who answered and who did not, what that may do to a share, and weights that mend some of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import fisher_exact, permutation_test

from analysis.stats.interval import Interval

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Margins = Mapping[str, Mapping[str, float]]

# How far a weighted share may stay from its target.
CLOSE = 1e-8


class RakingError(ValueError):
    """The weights asked for cannot be made; the text says why."""


@dataclass(frozen=True)
class Compared:
    """Those who answered beside those who did not, on one column (or category) of the frame.

    `answered` and `silent` are the means of both, or the shares (0 to 1) in `category`.
    `difference` is in standard deviations. `exact` says whether `p` comes from all possible ways
    to divide the municipalities, or from a sample of them.
    """

    column: str
    category: str
    answered: float
    silent: float
    difference: float
    p: float
    exact: bool


@dataclass(frozen=True, eq=False)
class Raked:
    """Weights with mean 1, how many rounds they took, and what they cost (`kish_effect`)."""

    weights: Floats
    rounds: int
    effect: float


def response_rate(answered: int, asked: int) -> float:
    """The share (0 to 1) of those asked that answered. Raises ValueError when it cannot be."""
    if asked <= 0 or not 0 <= answered <= asked:
        raise ValueError(f"no response of {answered} out of {asked}")
    return answered / asked


def worst_case(count: int, base: int, population: int) -> Interval:
    """The share `count` of `base`, between what it is if nobody or everybody else has it.

    `population` is how many were asked. The limits hold whatever those think who did not answer
    (Manski, 1995); they are no confidence interval. Raises ValueError when the numbers cannot be.
    """
    if not 0 <= count <= base <= population or base == 0:
        raise ValueError(f"no bounds for {count} of {base} out of {population}")
    silent = population - base
    return Interval(count / base, count / population, (count + silent) / population)


def compare_responders(
    responded: Sequence[bool] | Mask | pd.Series,
    auxiliary: pd.DataFrame,
    *,
    draws: int = 99_999,
    seed: int = 0,
) -> list[Compared]:
    """How those who answered differ from those who did not.

    `responded` and `auxiliary` have one row per municipality asked, in the same order. A column
    of numbers gives one row, a column of yes and no one row for yes, any other column a row per
    category. Rows without a value are left out for that column.

    The difference is divided by the root of the mean of both variances (Austin, 2011). For
    numbers p is that of the permutation test on the difference of means: exact where `draws`
    divisions are enough to see all, else from so many drawn with `seed`. For categories p is
    Fisher's (1934), always exact. Raises ValueError when the lengths differ or one of the two
    sides has nobody with a value.
    """
    side = np.asarray(responded, dtype=bool)
    if side.shape != (len(auxiliary),):
        raise ValueError(f"{side.size} responses but {len(auxiliary)} rows of the frame")
    found: list[Compared] = []
    for name in auxiliary.columns:
        column = auxiliary[name]
        given = column.notna().to_numpy()
        if len(set(side[given])) < 2:
            raise ValueError(f"column {name}: nobody to compare with on one of the sides")
        found += _compared(str(name), column[given], side[given], draws, seed)
    return found


def _compared(
    name: str, column: pd.Series, side: Mask, draws: int, seed: int
) -> Iterator[Compared]:
    if pd.api.types.is_bool_dtype(column):
        yield _shares(name, "", column.to_numpy(dtype=bool), side)
    elif pd.api.types.is_numeric_dtype(column):
        yield _means(name, column.to_numpy(dtype=float), side, draws, seed)
    else:
        texts = column.astype("str")
        for category in sorted(texts.unique()):
            yield _shares(name, str(category), (texts == category).to_numpy(), side)


def _means(name: str, values: Floats, side: Mask, draws: int, seed: int) -> Compared:
    answered, silent = values[side], values[~side]
    spread = math.nan
    if min(len(answered), len(silent)) > 1:
        spread = math.sqrt((answered.var(ddof=1) + silent.var(ddof=1)) / 2)
        p = _permuted(answered, silent, draws, seed)
        exact = math.comb(len(values), len(answered)) <= draws
    else:  # one alone may be any of them, and how far that is from the mean says it all
        away = np.abs(values - values.mean())
        alone = away[side if len(answered) == 1 else ~side]
        p, exact = float((away >= alone * (1 - 1e-12)).mean()), True
    means = float(answered.mean()), float(silent.mean())
    return Compared(name, "", *means, _standardised(*means, spread), p, exact)


def _permuted(answered: Floats, silent: Floats, draws: int, seed: int) -> float:
    tested = permutation_test(
        (answered, silent), _distance, vectorized=True, n_resamples=draws, batch=10_000,
        alternative="greater", rng=np.random.default_rng(seed),
    )  # fmt: skip
    return float(tested.pvalue)


def _distance(first: Floats, second: Floats, axis: int) -> Floats:
    return np.abs(first.mean(axis=axis) - second.mean(axis=axis))


def _shares(name: str, category: str, has: Mask, side: Mask) -> Compared:
    table = np.array([[(has & who).sum(), (~has & who).sum()] for who in (side, ~side)])
    first, second = (float(row[0] / row.sum()) for row in table)
    spread = math.sqrt((first * (1 - first) + second * (1 - second)) / 2)
    p = float(fisher_exact(table).pvalue)
    return Compared(name, category, first, second, _standardised(first, second, spread), p, True)


def _standardised(first: float, second: float, spread: float) -> float:
    if spread == 0:
        return 0.0 if first == second else math.copysign(math.inf, first - second)
    return (first - second) / spread


def rake(
    weights: Sequence[float] | npt.NDArray[Any] | pd.Series,
    margins: Margins,
    frame: pd.DataFrame,
    *,
    max_iterations: int = 1000,
    cap: float | None = None,
) -> Raked:
    """Weights under which those who answered have the given shares of every category.

    `weights` are those to start from (1 for everybody, if there are no others), `frame` has one
    row per unit that answered, `margins` gives for a column the share (0 to 1) that each category
    must have. Columns are put right in turn until all are (Deming and Stephan, 1940). With `cap`
    no weight is more than that many times the mean: in every round what is above it is cut off.

    Raises RakingError, a ValueError, when a target or weight is impossible, a category has nobody
    who answered or no target, or `max_iterations` rounds do not reach the targets.
    """
    current = np.asarray(weights, dtype=float)
    if faults := [*_weight_faults(current, len(frame), cap), *_margin_faults(margins, frame)]:
        raise RakingError("; ".join(faults))
    goals = [_goal(frame[name], targets) for name, targets in margins.items()]
    for number in range(1, max_iterations + 1):
        for codes, totals in goals:
            current = current * (totals / np.bincount(codes, weights=current))[codes]
        if cap is not None:
            current = np.minimum(current, cap)
        if all(_reached(current, codes, totals) for codes, totals in goals):
            current = current / current.mean()
            return Raked(current, number, kish_effect(current))
    within = "" if cap is None else f" with weights of at most {cap} times the mean"
    raise RakingError(f"the margins are not reached in {max_iterations} rounds{within}")


def kish_effect(weights: Sequence[float] | npt.NDArray[Any] | pd.Series) -> float:
    """By how much unequal weights multiply the variance of a mean: n sum(w^2) / sum(w)^2.

    That is 1 + the squared coefficient of variation of the weights (Kish, 1965).
    Raises ValueError without weights, or when one is negative or all are 0.
    """
    values = np.asarray(weights, dtype=float)
    if not values.size or not (values >= 0).all() or values.sum() == 0:
        raise ValueError("no weights, a negative weight, or nothing but zeros")
    return float(values.size * (values @ values) / values.sum() ** 2)


def _weight_faults(weights: Floats, size: int, cap: float | None) -> Iterator[str]:
    if weights.shape != (size,) or not size:
        yield f"{weights.size} weights for {size} rows"
    if not ((weights > 0) & np.isfinite(weights)).all():
        yield "a weight to start from is not above 0"
    if cap is not None and not cap >= 1:
        yield f"no weights of at most {cap} times their mean"


def _margin_faults(margins: Margins, frame: pd.DataFrame) -> Iterator[str]:
    if not margins:
        yield "no margins"
    for name, targets in margins.items():
        if name not in frame:
            yield f"no column {name}"
            continue
        if not math.isclose(sum(targets.values()), 1, abs_tol=1e-6):
            yield f"column {name}: the targets add up to {sum(targets.values()):g}, not to 1"
        present = set(frame[name].dropna().astype("str"))
        if frame[name].isna().any():
            yield f"column {name}: a row has no category"
        for category, share in targets.items():
            if not share > 0:
                yield f"column {name}: a target of {share:g} for {category}"
            if category not in present:
                yield f"column {name}: nobody of {category} answered"
        for category in sorted(present - set(targets)):
            yield f"column {name}: no target for {category}"


def _goal(column: pd.Series, targets: Mapping[str, float]) -> tuple[npt.NDArray[np.intp], Floats]:
    """The category of each row by number, and the weight that each category must add up to."""
    codes = pd.Index(list(targets)).get_indexer(pd.Index(column.astype("str")))
    shares = np.array(list(targets.values()), dtype=float)
    return codes, shares / shares.sum() * len(column)


def _reached(weights: Floats, codes: npt.NDArray[np.intp], totals: Floats) -> bool:
    gaps = np.abs(np.bincount(codes, weights=weights) - totals)
    return bool((gaps <= CLOSE * totals.sum()).all())
