"""How far coders of the same material agree: Krippendorff's alpha, and how often they agree."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.facts import fact_frame, fact_row
from analysis.raw.cases import codes
from analysis.raw.coders import CODERS_FILE
from analysis.raw.coding import CodingFrame
from analysis.stats.coders import bootstrap_alpha, percent_agreement

COLUMNS = ("theme", "kind", "actor")
BASE = "coders"
FEW_UNITS = "few_units"
FEWEST = 10  # on fewer units alpha is chance: one unit more or less turns it over


def agreement_facts(
    coders: pd.DataFrame, frame: CodingFrame, *, confidence: float, seed: int
) -> pd.DataFrame:
    """Facts on the agreement of coders; none where no unit has two.

    `coders` is what `read_coders` gives. Base `coders`; subject `coders` with `coders` and `units`
    (those with two coders or more); subjects `coders.theme`, `coders.kind`, `coders.actor` for the
    whole column, and `theme.T` for one theme against all others, each with `units` (of a theme:
    those that anyone gave it), `alpha` with its interval, and `agree` (the mean share of pairs of
    coders that agree, in percent). `absent.alpha.<reason>` says why there is no alpha or no
    interval; on fewer than `FEWEST` units there is none. Several
    actors of one unit are one value, in any order. Alpha is Krippendorff's (2011), nominal.
    """
    sizes = coders.groupby("unit")["coder"].nunique()
    both = coders[coders["unit"].isin(list(sizes[sizes > 1].index))]
    return fact_frame(_facts(both, frame, confidence, seed) if len(both) else [])


def ratings_of(coders: pd.DataFrame, column: str) -> pd.DataFrame:
    """One column as a table of coders by units; None where a coder gave no code."""
    told = coders.assign(value=coders[column].map(lambda cell: " ".join(sorted(codes(cell)))))
    table = told.pivot(index="coder", columns="unit", values="value").astype(object)
    return table.mask(table.isna() | (table == ""), None)


def _facts(
    coders: pd.DataFrame, frame: CodingFrame, confidence: float, seed: int
) -> Iterator[dict[str, Any]]:
    for name in ("coders", "units"):
        number = coders[name.removesuffix("s")].nunique()
        yield _row("coders", name, number, "count")
    for column in COLUMNS:
        ratings = ratings_of(coders, column)
        yield from _measured(f"coders.{column}", ratings, None, confidence, seed)
    themes = ratings_of(coders, "theme")
    for theme in frame.themes:
        yield from _measured(f"theme.{theme}", themes, theme, confidence, seed)


def _measured(
    subject: str, ratings: pd.DataFrame, code: str | None, confidence: float, seed: int
) -> Iterator[dict[str, Any]]:
    """The facts of one table; of one `code` against all others where that is given."""
    paired = ratings.loc[:, ratings.notna().sum() > 1]
    counted = paired.shape[1]
    if code is not None:
        counted = int((paired == code).any().sum())
        paired = (paired == code).astype(object).mask(paired.isna(), None)
    yield _row(subject, "units", counted, "count")
    if not counted:
        return
    yield _row(subject, "agree", 100 * percent_agreement(paired), "percent")
    if counted < FEWEST:
        yield _row(subject, f"absent.alpha.{FEW_UNITS}", 1, "count")
        return
    found = bootstrap_alpha(paired, confidence=confidence, seed=seed)
    alpha = found.estimate
    if found.reason:
        yield _row(subject, f"absent.alpha.{found.reason}", 1, "count")
    if not math.isnan(alpha.value):
        yield _row(subject, "alpha", alpha.value, "score", low=alpha.low, high=alpha.high)


def _row(
    subject: str, statistic: str, value: float, unit: str,
    low: float | None = None, high: float | None = None,
) -> dict[str, Any]:  # fmt: skip
    return fact_row(
        domain="cases", subject=subject, base=BASE, statistic=statistic, value=value, unit=unit,
        low=low, high=high, provenance="measured", source=CODERS_FILE,
    )  # fmt: skip
