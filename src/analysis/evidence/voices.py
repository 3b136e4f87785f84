"""Facts about who raises which point, over all documents and within one case.

Findings from the literature are nobody's voice: facts on base `voices` leave them out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.evidence.points import LITERATURE, SILENT, VERDICTS, points_by_evidence
from analysis.facts import fact_frame, fact_row
from analysis.raw.cases import CaseData, codes
from analysis.raw.coding import BOTH, CONTRADICTS
from analysis.raw.tables import rows

VOICES = "voices"


def voice_facts(data: CaseData) -> pd.DataFrame:
    """Facts of the points and of the voices within cases, columns as in `analysis.facts`.

    On base `voices`: subject `point.P` with `fragments`, `supports`, `contradicts`, `cases` and
    `fragments.year.Y`; subject `points` with `points` (all), `told`, one statistic per verdict,
    `recurring` (raised in more years than one) and `everywhere` (raised in every year in which
    any point is). Of each case, and only where it occurs there: `fragments.point.P`,
    `fragments.point.P.contradicts`, `fragments.theme.T.actor.A` and `fragments.policy.Y`
    (statements of policy in a year).
    """
    return fact_frame([*_point_facts(data), *_case_facts(data)])


def _common(data: CaseData) -> dict[str, Any]:
    return {
        "domain": "cases",
        "unit": "count",
        "source": " ".join(data.files),
        "provenance": "published" if len(data.files) == 1 else "measured",
    }


def _point_facts(data: CaseData) -> Iterator[dict[str, Any]]:
    common = _common(data) | {"base": VOICES}
    points = points_by_evidence(data)
    voiced = data.counted[data.counted["case"] != LITERATURE]
    years = sorted({year for raised in points["years"] for year in raised})
    by_year = Counter(zip(voiced["point"], voiced["year"].astype(int), strict=True))
    for row in rows(points):
        numbers = {"fragments": row.fragments, "supports": row.supports}
        numbers |= {"contradicts": row.contradicts, "cases": len(row.cases)}
        numbers |= {f"fragments.year.{year}": by_year[row.point, year] for year in years}
        for statistic, value in numbers.items():
            yield fact_row(**common, subject=f"point.{row.point}", statistic=statistic, value=value)
    raised = points["years"].map(len)
    told = {verdict: int((points["verdict"] == verdict).sum()) for verdict in VERDICTS}
    told |= {"points": len(points), "told": int((points["verdict"] != SILENT).sum())}
    told |= {"recurring": int((raised > 1).sum())}
    told |= {"everywhere": int((raised == len(years)).sum()) if years else 0}
    for statistic, value in told.items():
        yield fact_row(**common, subject="points", statistic=statistic, value=value)


def _case_facts(data: CaseData) -> Iterator[dict[str, Any]]:
    numbers: Counter[tuple[str, str]] = Counter()
    for row in rows(data.counted):
        case = f"case.{row.case}"
        for actor in codes(row.actor):
            numbers[case, f"fragments.theme.{row.theme}.actor.{actor}"] += 1
        if row.point:
            numbers[case, f"fragments.point.{row.point}"] += 1
            against = row.stance in (BOTH, CONTRADICTS)
            numbers[case, f"fragments.point.{row.point}.contradicts"] += against
        if row.policy:
            numbers[case, f"fragments.policy.{row.year:.0f}"] += 1
    common = _common(data)
    for (subject, statistic), value in numbers.items():
        yield fact_row(**common, subject=subject, statistic=statistic, value=value)
