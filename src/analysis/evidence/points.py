"""Who raises which point, who agrees with whom, and what recurs from study to study."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analysis.raw.cases import CaseData, codes
from analysis.raw.coding import BOTH, CONTRADICTS, SUPPORTS

# Cases whose fragments are no voices from practice: research of others, and frameworks.
LITERATURE = "literature"
AGREED, DISPUTED, SINGLE, DENIED, SILENT = "agreed", "disputed", "single", "denied", "silent"
VERDICTS = (AGREED, DISPUTED, SINGLE, DENIED, SILENT)


def points_by_evidence(data: CaseData) -> pd.DataFrame:
    """What is said on each point of the coding frame; one row per point, in its order.

    Columns: `point, theme, fragments, supports, contradicts` (a fragment that does both counts for
    each), `actors_for, actors_against` (codes of actors, in the order of the frame), `cases, years,
    documents` (where it is raised), and `verdict`: `agreed` (two or more parties support it and
    nobody contradicts), `disputed` (it is both supported and contradicted), `single` (supported by
    one party at most), `denied` (only contradicted) or `silent`. Findings from the literature are
    left out here: they are nobody's voice.
    """
    voiced = data.counted[data.counted["case"] != LITERATURE]
    return pd.DataFrame(
        [_point(name, voiced[voiced["point"] == name], data) for name in data.frame.points]
    )


def _point(name: str, found: pd.DataFrame, data: CaseData) -> dict[str, object]:
    supporting = found[found["stance"].isin([SUPPORTS, BOTH])]
    contradicting = found[found["stance"].isin([CONTRADICTS, BOTH])]
    actors_for = _actors(supporting, data)
    return {
        "point": name,
        "theme": data.frame.points[name].theme,
        "fragments": len(found),
        "supports": len(supporting),
        "contradicts": len(contradicting),
        "actors_for": actors_for,
        "actors_against": _actors(contradicting, data),
        "cases": _in_order(found["case"], data.cases),
        "years": tuple(sorted(int(year) for year in found["year"].unique())),
        "documents": tuple(dict.fromkeys(found["source"])),
        "verdict": _verdict(supporting, contradicting, actors_for, data),
    }


def _actors(found: pd.DataFrame, data: CaseData) -> tuple[str, ...]:
    return _in_order((code for cell in found["actor"] for code in codes(cell)), data.frame.actors)


def _in_order(found: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    there = set(found)
    return tuple(code for code in known if code in there)


def _verdict(
    supporting: pd.DataFrame, contradicting: pd.DataFrame, actors: tuple[str, ...], data: CaseData
) -> str:
    if supporting.empty:
        return SILENT if contradicting.empty else DENIED
    if len(contradicting):
        return DISPUTED
    parties = [actor for actor in actors if data.frame.actors[actor].party]
    return AGREED if len(parties) > 1 else SINGLE


def recurring_points(data: CaseData) -> pd.DataFrame:
    """The points that studies of several years raise; columns of `points_by_evidence`."""
    points = points_by_evidence(data)
    return points[points["years"].map(len) > 1]
