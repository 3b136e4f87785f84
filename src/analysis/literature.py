"""Facts of the literature chapter: youth care by origin."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import Any

import pandas as pd

from analysis.facts import fact_frame, fact_row
from analysis.raw.literature import ORIGINS_FILE, PRINTED_DECIMALS, last_year
from analysis.raw.tables import rows

# A printed percentage with two decimals lies within half a hundredth of its true value.
HALF_DIGIT = 0.005
TOLERANCE = 1e-9
# Group, and the two parts that it consists of.
MIXTURES = {
    "total": ("migration_background", "dutch_background"),
    "migration_background": ("western", "non_western"),
}


def literature_facts(origins: pd.DataFrame) -> pd.DataFrame:
    """Facts from the table of origins (columns as `read_origins` gives them).

    Per year and origin the printed share and its ratio to the total; and per group of two parts
    the share of the first part that the three printed percentages imply, unless the parts have
    the same percentage, which implies nothing, or the shares were computed from counts. A share
    that is missing has no facts. The last year with figures is a fact too.
    """
    years = sorted(int(year) for year in origins["year"].unique())
    found = [row for year in years for row in _year_facts(year, origins[origins["year"] == year])]
    last = last_year(origins) or years[-1]
    files = origins.loc[origins["year"] == last, "file"] if "file" in origins else [ORIGINS_FILE]
    shown = fact_row(
        domain="literature", subject="youth_care_by_origin", statistic="year", value=last,
        unit="year", provenance="published", source=next(iter(files)),
    )  # fmt: skip
    return fact_frame([*found, shown])


def _year_facts(year: int, part: pd.DataFrame) -> Iterator[dict[str, Any]]:
    part = part[part["share_percent"].notna()]
    share = dict(zip(part["origin"], part["share_percent"], strict=True))
    common: dict[str, Any] = {
        "domain": "literature",
        "base": f"youth {year}",
        "provenance": "published",
    }
    for row in rows(part):
        source = f"{row.source}:{row.line:.0f}"
        yield fact_row(
            **common, subject=row.origin, statistic="share_percent", value=row.share_percent,
            unit="percent", source=source,
        )  # fmt: skip
        if share.get("total"):
            yield fact_row(
                **common, subject=row.origin, statistic="ratio_to_total",
                value=row.share_percent / share["total"], unit="ratio",
                numerator=row.share_percent, denominator=share["total"], source=source,
            )  # fmt: skip
    half = _half_digit(part)
    for whole, (first, second) in MIXTURES.items():
        if {whole, first, second} <= set(share) and _differ(share[first], share[second], half):
            value, low, high = implied_share(share[whole], share[first], share[second], half)
            yield fact_row(
                **common, subject=first, statistic=f"implied_share_of.{whole}", value=value,
                low=low, high=high, unit="percent", known="range",
                source=str(part["file"].iloc[0]) if "file" in part else ORIGINS_FILE,
            )  # fmt: skip


def _half_digit(part: pd.DataFrame) -> float:
    """How far a share of this year may lie from what it was rounded from; NaN if not known."""
    if "decimals" not in part or part.empty:
        return HALF_DIGIT
    decimals = float(part["decimals"].iloc[0])
    return HALF_DIGIT if decimals == PRINTED_DECIMALS else 0.5 * 10**-decimals


def _differ(first: float, second: float, half: float) -> bool:
    """Whether two printed percentages cannot have been rounded from one and the same."""
    return not math.isnan(half) and abs(first - second) > 2 * half + TOLERANCE


def implied_share(
    whole: float, first: float, second: float, half: float = HALF_DIGIT
) -> tuple[float, float, float]:
    """How large the first of two parts must be for their percentages to mix to the whole's.

    Whole = w * first + (1 - w) * second gives w; returned as value, lowest and highest in
    percent over everything that the three printed percentages may have been rounded from, each
    at most `half` away. The two parts must differ by more than rounding can explain.
    """

    def weight(w: float, a: float, b: float) -> float:
        return 100 * (w - b) / (a - b)

    shifts = (-half, half)
    corners = [weight(whole + x, first + y, second + z) for x, y, z in product(shifts, repeat=3)]
    return weight(whole, first, second), min(corners), max(corners)
