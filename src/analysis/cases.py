"""Facts of the case studies: profiles, and counts of fragments."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.facts import fact_frame, fact_row
from analysis.raw.cases import CaseData, CodingFrame
from analysis.raw.tables import rows

BULLET = "bullet"
JOINT = "joint"


def case_facts(data: CaseData) -> pd.DataFrame:
    """Facts of the case studies: numbers of the profiles, and how many fragments there are.

    Counts per theme by kind, actor, form and case, per case by kind, and of each code alone.
    Every code of the coding frame is counted, 0 included, so that a matrix is whole.
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
    years = data.profiles["year"]
    if len(years):
        ends = {"study_year": years.min(), "study_year_last": years.max()}
        for statistic, year in ends.items():
            yield fact_row(
                **common, subject="cases", statistic=statistic, value=year, unit="year",
                source=source,
            )  # fmt: skip


def _fragment_facts(data: CaseData) -> Iterator[dict[str, Any]]:
    fragments, frame = data.fragments, data.frame
    bullets = fragments["form"] == BULLET
    for theme in frame.themes:
        subject, of_theme = f"theme.{theme}", fragments["theme"] == theme
        yield _count(subject, "fragments", of_theme)
        for kind in frame.kinds:
            of_kind = of_theme & (fragments["kind"] == kind)
            yield _count(subject, f"fragments.{kind}", of_kind)
            yield _count(subject, f"bullets.{kind}", of_kind & bullets)
        for column, codes in _others(frame).items():
            for code in codes:
                hits = of_theme & (fragments[column] == code)
                yield _count(subject, f"fragments.{column}.{code}", hits)
    for case in frame.cases:
        for kind in frame.kinds:
            hits = (fragments["case"] == case) & (fragments["kind"] == kind)
            yield _count(f"case.{case}", f"fragments.{kind}", hits)
    for column, codes in {"kind": list(frame.kinds), **_others(frame)}.items():
        for code in codes:
            yield _count(f"{column}.{code}", "fragments", fragments[column] == code)
    yield _count("fragments", "fragments", fragments["id"].notna())
    tops = fragments[(fragments["form"] == BULLET) & (fragments["kind"] == "bottleneck")]
    yield fact_row(
        domain="cases", subject="cases", statistic="main_bottlenecks", unit="count",
        value=tops["theme"].nunique(), provenance="published", source="cases/fragments.csv",
    )  # fmt: skip


def _others(frame: CodingFrame) -> dict[str, list[str]]:
    """The codes of the columns other than theme and kind."""
    return {"actor": list(frame.actors), "form": list(frame.forms), "case": frame.cases}


def _count(subject: str, statistic: str, hits: pd.Series) -> dict[str, Any]:
    return fact_row(
        domain="cases", subject=subject, statistic=statistic, value=int(hits.sum()),
        unit="count", provenance="published", source="cases/fragments.csv",
    )  # fmt: skip
