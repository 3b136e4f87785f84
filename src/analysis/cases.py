"""Facts of the case studies: profiles, and counts of fragments."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.facts import fact_frame, fact_row
from analysis.raw.cases import CaseData
from analysis.raw.tables import rows

BULLET = "bullet"
JOINT = "joint"


def case_facts(data: CaseData) -> pd.DataFrame:
    """Facts of the case studies: numbers of the profiles, and how many fragments there are.

    Counts per theme and kind, per form, per actor and per case; only combinations that occur,
    but every theme by every kind (0 included), so that a matrix is whole.
    """
    return fact_frame([*_profile_facts(data), *_fragment_facts(data)])


def _profile_facts(data: CaseData) -> Iterator[dict[str, Any]]:
    common: dict[str, Any] = {"domain": "cases", "provenance": "published"}
    for row in rows(data.profiles):
        if math.isnan(row.value):
            continue
        yield fact_row(
            **common, subject=f"case.{row.case}", statistic=row.fact, value=row.value,
            unit=row.unit, known="exact" if row.qualifier == "exact" else "range",
            source=f"{row.source}:{row.line:.0f}",
        )  # fmt: skip
    source = "cases/cases.csv"
    number = (data.profiles["case"].drop_duplicates() != JOINT).sum()
    yield fact_row(
        **common, subject="cases", statistic="cases", value=number, unit="count", source=source
    )
    for year in data.profiles["year"].unique():
        yield fact_row(
            **common, subject="cases", statistic="study_year", value=year, unit="year",
            source=source,
        )  # fmt: skip


def _fragment_facts(data: CaseData) -> Iterator[dict[str, Any]]:
    fragments = data.fragments
    for theme in data.frame.themes:
        of_theme = fragments[fragments["theme"] == theme]
        for kind in data.frame.kinds:
            yield _count("theme." + theme, f"fragments.{kind}", of_theme["kind"] == kind)
        yield _count("theme." + theme, "fragments", of_theme["kind"].notna())
        bullets = of_theme["form"] == BULLET
        for kind in ("bottleneck", "improvement", "activity"):
            hits = bullets & (of_theme["kind"] == kind)
            yield _count("theme." + theme, f"bullets.{kind}", hits)
    for column in ("kind", "actor", "form", "case"):
        for code, part in fragments.groupby(column, sort=False):
            yield _count(f"{column}.{code}", "fragments", part[column].notna())
    yield _count("fragments", "fragments", fragments["id"].notna())
    tops = fragments[(fragments["form"] == BULLET) & (fragments["kind"] == "bottleneck")]
    yield fact_row(
        domain="cases", subject="cases", statistic="main_bottlenecks", unit="count",
        value=tops["theme"].nunique(), provenance="published", source="cases/fragments.csv",
    )  # fmt: skip


def _count(subject: str, statistic: str, hits: pd.Series) -> dict[str, Any]:
    return fact_row(
        domain="cases", subject=subject, statistic=statistic, value=int(hits.sum()),
        unit="count", provenance="published", source="cases/fragments.csv",
    )  # fmt: skip
