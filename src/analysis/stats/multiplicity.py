"""P values of many tests, adjusted for their number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from statsmodels.stats.multitest import fdrcorrection, multipletests

Floats = npt.NDArray[np.float64]
Numbers = Sequence[float] | npt.NDArray[Any] | pd.Series

HOLM = "holm"
BENJAMINI_HOCHBERG = "benjamini_hochberg"


def holm(p: Numbers) -> Floats:
    """`p` adjusted so that one false finding among them is as rare as it seems (Holm, 1979).

    NaN stays NaN and does not count as a test. Raises ValueError when a p is not from 0 to 1.
    """
    return _adjusted(p, lambda given: multipletests(given, method="holm")[1])


def benjamini_hochberg(p: Numbers) -> Floats:
    """`p` adjusted for the share of false findings among the findings.

    Benjamini and Hochberg, 1995. NaN stays NaN and does not count as a test. Raises ValueError
    when a p is not from 0 to 1.
    """
    return _adjusted(p, lambda given: fdrcorrection(given)[1])


def adjust(tests: pd.DataFrame) -> pd.DataFrame:
    """Holm inside each declared family; Benjamini and Hochberg over what is exploratory.

    `tests` has one row per test, with `family` (text; empty or NaN where none was declared) and
    `p`. Gives, with the same index, `adjusted`, `method` (`holm` or `benjamini_hochberg`) and
    `tests`, the number that p was adjusted for. A row without p (NaN) has no adjusted p and is
    no test. Raises ValueError when a p is not from 0 to 1.
    """
    family = tests["family"].astype("object").where(tests["family"].notna(), "").to_numpy()
    p = tests["p"].to_numpy(dtype=float)
    adjusted = np.full(len(p), np.nan)
    counted = np.zeros(len(p), dtype=int)
    for name in pd.unique(family):
        rows = family == name
        adjusted[rows] = holm(p[rows]) if name else benjamini_hochberg(p[rows])
        counted[rows] = np.count_nonzero(~np.isnan(p[rows]))
    method = np.where(family == "", BENJAMINI_HOCHBERG, HOLM)
    columns = {"adjusted": adjusted, "method": method, "tests": counted}
    return pd.DataFrame(columns, index=tests.index)


def _adjusted(p: Numbers, method: Callable[[Floats], Floats]) -> Floats:
    values = np.asarray(p, dtype=float)
    given = ~np.isnan(values)
    if ((values[given] < 0) | (values[given] > 1)).any():
        raise ValueError("a p value lies outside 0 to 1")
    adjusted = np.full(values.shape, np.nan)
    if given.any():
        adjusted[given] = method(values[given])
    return adjusted
