"""Facts: one row per statistic, the only thing that prose, exhibits and the audit print."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

COLUMNS = [
    "fact",
    "domain",
    "subject",
    "group",
    "team_type",
    "base",
    "statistic",
    "value",
    "unit",
    "numerator",
    "denominator",
    "low",
    "high",
    "known",
    "provenance",
    "source",
]
NUMERIC = ["value", "numerator", "denominator", "low", "high"]

# How firmly a fact is known. `range` and `open` occur only where answers were reconstructed:
# the printed totals then fix the value within `low` and `high`, or not at all.
KNOWN = ("exact", "range", "open")


def fact_key(
    domain: str, subject: str, group: str, team_type: str, base: str, statistic: str
) -> str:
    """The unique key of a fact: its six identifying parts, joined by slashes."""
    return "/".join((domain, subject, group or "-", team_type or "-", base or "-", statistic))


def fact_row(  # noqa: PLR0913 - one argument per column
    *,
    domain: str,
    subject: str,
    statistic: str,
    value: float,
    unit: str,
    group: str = "",
    team_type: str = "",
    base: str = "",
    numerator: float | None = None,
    denominator: float | None = None,
    low: float | None = None,
    high: float | None = None,
    known: str = "exact",
    provenance: str,
    source: str,
) -> dict[str, Any]:
    """One fact as a dictionary with the columns of `COLUMNS`."""
    return {
        "fact": fact_key(domain, subject, group, team_type, base, statistic),
        "domain": domain,
        "subject": subject,
        "group": group,
        "team_type": team_type,
        "base": base,
        "statistic": statistic,
        "value": value,
        "unit": unit,
        "numerator": numerator,
        "denominator": denominator,
        "low": low,
        "high": high,
        "known": known,
        "provenance": provenance,
        "source": source,
    }


def fact_frame(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Facts as a frame, indexed by key. Raises ValueError when a key occurs twice."""
    frame = pd.DataFrame(list(rows), columns=COLUMNS)
    frame[NUMERIC] = frame[NUMERIC].astype(float)
    if not frame["fact"].is_unique:
        twice = sorted(frame.loc[frame["fact"].duplicated(), "fact"])
        raise ValueError(f"facts given twice: {', '.join(twice)}")
    return frame.set_index("fact", drop=False)
