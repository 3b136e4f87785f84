"""Recommendations as a register: whose, to whom, about what, and what evidence bears on each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.facts import fact_frame, fact_row
from analysis.raw.cases import CaseData, codes
from analysis.raw.coding import BOTH, CONTRADICTS, SUPPORTS
from analysis.raw.tables import rows

RECOMMENDATION, ADVICE = "recommendation", "advice"
COLUMNS = [
    "id", "year", "source", "line", "number", "kind", "actors", "addressees", "theme", "points",
    "summary_nl", "summary_en", "supporting", "contradicting", "items", "repeated",
]  # fmt: skip
# What says how things are, rather than what should be done.
EVIDENCE = ("bottleneck", "activity", "positive_example", "fact", "conclusion")


def recommendation_register(
    data: CaseData, kinds: tuple[str, ...] = (RECOMMENDATION, ADVICE)
) -> pd.DataFrame:
    """One row per recommendation, by year, document and line; what is repeated stands once.

    Columns: `id, year, source, line, number, kind, actors, addressees, theme, points, summary_nl,
    summary_en, supporting, contradicting, items, repeated`. `supporting` and `contradicting` are
    the ids of fragments of other kinds on one of the same points that speak for or against it,
    from every document; `items` the survey's questions that bear on these points; `repeated` the
    ids of fragments that say the same.
    """
    asked = data.counted[data.counted["kind"].isin(kinds)]
    ordered = asked.sort_values(["year", "source", "line"], kind="stable")
    evidence = data.counted[data.counted["kind"].isin(EVIDENCE)]
    made = [_entry(row, evidence, data) for row in rows(ordered)]
    return pd.DataFrame(made, columns=COLUMNS)


def _entry(row: Any, evidence: pd.DataFrame, data: CaseData) -> dict[str, object]:
    points = tuple(dict.fromkeys([*codes(row.point), *codes(row.also)]))
    on_point = evidence[evidence["point"].isin(points)]
    items = (item for point in points for item in data.frame.points[point].items)
    repeats = data.fragments.loc[data.fragments["same_as"] == row.id, "id"]
    return {
        "id": row.id, "year": int(row.year), "source": row.source, "line": row.line,
        "number": row.number, "kind": row.kind, "actors": tuple(codes(row.actor)),
        "addressees": tuple(codes(row.addressee)), "theme": row.theme, "points": points,
        "summary_nl": row.summary_nl, "summary_en": row.summary_en,
        "supporting": tuple(on_point.loc[on_point["stance"].isin([SUPPORTS, BOTH]), "id"]),
        "contradicting": tuple(on_point.loc[on_point["stance"].isin([CONTRADICTS, BOTH]), "id"]),
        "items": tuple(dict.fromkeys(items)), "repeated": tuple(repeats),
    }  # fmt: skip


def register_facts(register: pd.DataFrame, data: CaseData) -> pd.DataFrame:
    """How much bears on each recommendation, and how many there are.

    `register` is what `recommendation_register` gives. Domain `recommendations`; subject `all`,
    statistics `all`, `<kind>`, `year.Y` and `document.D`; subject `item.ID`, statistics
    `supporting`, `contradicting` and `documents` (that these stand in).
    """
    return fact_frame(_facts(register, data))


def _facts(register: pd.DataFrame, data: CaseData) -> Iterator[dict[str, Any]]:
    common: dict[str, Any] = {
        "domain": "recommendations", "unit": "count", "source": " ".join(data.files),
        "provenance": "published" if len(data.files) == 1 else "measured",
    }  # fmt: skip
    yield fact_row(**common, subject="all", statistic="all", value=len(register))
    if register.empty:
        return
    for prefix, column in (("", "kind"), ("year.", "year"), ("document.", "source")):
        for name, number in register[column].value_counts().items():
            yield fact_row(**common, subject="all", statistic=f"{prefix}{name}", value=number)
    documents = data.counted.set_index("id")["source"]
    for row in rows(register):
        bearing = list(dict.fromkeys([*row.supporting, *row.contradicting]))
        numbers = {
            "supporting": len(row.supporting),
            "contradicting": len(row.contradicting),
            "documents": documents[bearing].nunique(),
        }
        for statistic, value in numbers.items():
            yield fact_row(**common, subject=f"item.{row.id}", statistic=statistic, value=value)
