"""Recommendations as a register: whose, to whom, about what, and what evidence bears on each."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.raw.cases import CaseData, codes
from analysis.raw.coding import BOTH, CONTRADICTS, SUPPORTS
from analysis.raw.tables import rows

RECOMMENDATION, ADVICE = "recommendation", "advice"
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
    return pd.DataFrame([_entry(row, evidence, data) for row in rows(ordered)])


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
