"""What literature, survey and cases say together on each point: where they agree, where they clash.

Nothing is weighed here that cannot be weighed: a source supports a point, contradicts it, is
divided, or is silent. What the survey says follows from printed or measured counts by one rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.evidence.points import LITERATURE
from analysis.facts import fact_frame, fact_key, fact_row
from analysis.raw.cases import CaseData
from analysis.raw.coding import BOTH, CONTRADICTS, SUPPORTS, Point
from analysis.raw.settings import Instrument
from analysis.raw.tables import rows

DIVIDED, SILENT = "divided", "silent"
POSITIONS = (SUPPORTS, CONTRADICTS, DIVIDED, SILENT)
AGREE, CLASH, ONE_SIDED, UNDECIDED, NOTHING = "agree", "clash", "one_source", "undecided", "nothing"
VERDICTS = (AGREE, CLASH, UNDECIDED, ONE_SIDED, NOTHING)
SOURCES = ("literature", "survey", "cases")
# Collections that are neither voices from practice nor research of others: conclusions drawn from
# all of it, and remarks on the survey's answers, would count the same evidence twice.
DERIVED = ("study", "framework", "survey")
PROVENANCES = ("simulated", "reconstructed", "measured", "published")


@dataclass(frozen=True)
class ItemEvidence:
    """What one group's answers to one item say on a point, with the facts that it follows from."""

    item: str
    group: str
    position: str
    agree: str | None
    disagree: str | None


def item_evidence(
    point: Point, instrument: Instrument, facts: pd.DataFrame
) -> Iterator[ItemEvidence]:
    """What the survey says on a point, per item and group that was asked.

    The group agrees with a statement when most of those asked agree; or when at least a third
    agree, twice as many as disagree, and more than do not know; even at the edges of the ranges
    that printed totals leave. Where it is not printed how many do not know, they are left out of
    it. Likewise for disagreeing. Otherwise it is divided. Where neither count is known, or one
    alone that is no majority, the item says nothing.
    """
    for name, direction in point.items.items():
        item = instrument.find(name)
        for group in item.publish if item else ():
            assert item is not None
            keys = {
                position: fact_key(
                    "survey", name, group, "all", item.base(group), f"count.{position}"
                )
                for position in ("agree", "disagree", "dont_know")
            }
            known = {p: _edges(facts, key) for p, key in keys.items() if key in facts.index}
            position = _position(known, _base(facts, keys), direction)
            if position != SILENT:
                agree, disagree = (keys[p] if p in known else None for p in ("agree", "disagree"))
                yield ItemEvidence(name, str(group), position, agree, disagree)


def _edges(facts: pd.DataFrame, key: str) -> tuple[float, float]:
    fact = dict(facts.loc[key])
    if fact["known"] == "range":
        return fact["low"], fact["high"]
    return fact["value"], fact["value"]


def _base(facts: pd.DataFrame, keys: dict[str, str]) -> float:
    bases = facts.loc[facts["fact"].isin(list(keys.values())), "denominator"]
    return float(bases.max()) if len(bases) else 0.0


def _position(known: dict[str, tuple[float, float]], base: float, direction: str) -> str:
    """What known counts say on a point; None of them firm enough means divided."""
    if not {"agree", "disagree"} & set(known):
        return SILENT
    for leading, other in (("agree", "disagree"), ("disagree", "agree")):
        if leading in known and _leads(known, leading, other, base):
            return direction if leading == "agree" else _reverse(direction)
    return DIVIDED if {"agree", "disagree"} <= set(known) else SILENT


def _leads(known: dict[str, tuple[float, float]], leading: str, other: str, base: float) -> bool:
    """Whether one side leads clearly, even at the edges of what is known."""
    low = known[leading][0]
    if 2 * low > base:
        return True
    if other not in known or 3 * low < base:
        return False
    not_knowing = known["dont_know"][1] if "dont_know" in known else 0
    return low >= 2 * known[other][1] and low > not_knowing


def _reverse(direction: str) -> str:
    return CONTRADICTS if direction == SUPPORTS else SUPPORTS


def synthesis_by_point(data: CaseData, instrument: Instrument, facts: pd.DataFrame) -> pd.DataFrame:
    """One row per point that any source speaks on, in the order of the coding frame.

    Columns: `point, theme, literature, survey, cases` (each `supports`, `contradicts`, `divided`
    or `silent`), `verdict` (`agree`: two or more sources speak and all say the same; `clash`: one
    supports and one contradicts; `undecided`: several speak, of which at least one is divided, and
    none clash; `one_source`), `items` (a tuple of `ItemEvidence`) and `provenance` (of the survey's
    answers where they have a say). `facts` are the survey's.
    """
    made = []
    for name, point in data.frame.points.items():
        found = fragments_by_source(data, name)
        told = tuple(item_evidence(point, instrument, facts))
        positions = {
            "literature": _of_stances(found["literature"]["stance"]),
            "survey": _together([item.position for item in told]),
            "cases": _of_stances(found["cases"]["stance"]),
        }
        if set(positions.values()) != {SILENT}:
            verdict = _verdict(list(positions.values()))
            made.append(
                {
                    "point": name,
                    "theme": point.theme,
                    **positions,
                    "verdict": verdict,
                    "items": told,
                    "provenance": _provenance(told, facts),
                }
            )
    return pd.DataFrame(
        made, columns=["point", "theme", *SOURCES, "verdict", "items", "provenance"]
    )


def fragments_by_source(data: CaseData, point: str) -> dict[str, pd.DataFrame]:
    """The fragments on a point that speak for `literature` and for `cases`."""
    found = data.counted[(data.counted["point"] == point) & ~data.counted["case"].isin(DERIVED)]
    voices = found["case"] != LITERATURE
    return {"literature": found[~voices], "cases": found[voices]}


def _provenance(told: tuple[ItemEvidence, ...], facts: pd.DataFrame) -> str:
    keys = [key for item in told for key in (item.agree, item.disagree) if key]
    return _weakest(facts.loc[keys, "provenance"]) if keys else "published"


def _weakest(found: pd.Series) -> str:
    """What must be said of a number that rests on several: the least firm of their provenances."""
    return next((kind for kind in PROVENANCES if (found == kind).any()), "published")


def _of_stances(stances: pd.Series) -> str:
    """A source is divided where at least a third of its fragments goes against the rest."""
    supports = int(stances.isin([SUPPORTS, BOTH]).sum())
    contradicts = int(stances.isin([CONTRADICTS, BOTH]).sum())
    if not supports + contradicts:
        return SILENT
    if 3 * min(supports, contradicts) >= supports + contradicts:
        return DIVIDED
    return SUPPORTS if supports > contradicts else CONTRADICTS


def _together(positions: list[str]) -> str:
    told = set(positions)
    if not told:
        return SILENT
    clear = told - {DIVIDED}
    return clear.pop() if len(clear) == 1 else DIVIDED


def _verdict(positions: list[str]) -> str:
    told = [position for position in positions if position != SILENT]
    if len(told) == 1:
        return ONE_SIDED
    if {SUPPORTS, CONTRADICTS} <= set(told):
        return CLASH
    return UNDECIDED if DIVIDED in told else AGREE


def synthesis_facts(synthesis: pd.DataFrame, data: CaseData) -> pd.DataFrame:
    """How many points of each theme have each verdict, and what each verdict rests on.

    `synthesis` is what `synthesis_by_point` gives. Domain `synthesis`. Subject `theme.T` or
    `themes`, statistics `points` (that a source speaks on) and `points.<verdict>`; of these
    `points.nothing` counts the points that no source speaks on. Subject `point.P`, statistics
    `fragments.<source>`, `fragments.<source>.supports` and `.contradicts` (a fragment that does
    both counts for each), and `answers`: how many groups' answers to an item bear on it.
    """
    return fact_frame([*_verdict_facts(synthesis, data), *_weight_facts(synthesis, data)])


def _verdict_facts(synthesis: pd.DataFrame, data: CaseData) -> Iterator[dict[str, Any]]:
    themes = data.frame.themes
    parts = {f"theme.{t}": (synthesis[synthesis["theme"] == t], [t]) for t in themes}
    for subject, (part, named) in {"themes": (synthesis, list(themes)), **parts}.items():
        known = sum(len(data.frame.points_of(theme)) for theme in named)
        numbers = {"points": len(part)}
        numbers |= {f"points.{v}": int((part["verdict"] == v).sum()) for v in VERDICTS}
        numbers["points.nothing"] = known - len(part)
        for statistic, value in numbers.items():
            yield _fact(subject, statistic, value, _weakest(part["provenance"]), data)


def _weight_facts(synthesis: pd.DataFrame, data: CaseData) -> Iterator[dict[str, Any]]:
    fragments = "published" if len(data.files) == 1 else "measured"
    for row in rows(synthesis):
        subject = f"point.{row.point}"
        yield _fact(subject, "answers", len(row.items), row.provenance, data)
        for source, found in fragments_by_source(data, row.point).items():
            numbers = {"": len(found)}
            for stance in (SUPPORTS, CONTRADICTS):
                numbers[f".{stance}"] = int(found["stance"].isin([stance, BOTH]).sum())
            for ending, value in numbers.items():
                yield _fact(subject, f"fragments.{source}{ending}", value, fragments, data)


def _fact(
    subject: str, statistic: str, value: int, provenance: str, data: CaseData
) -> dict[str, Any]:
    return fact_row(
        domain="synthesis", subject=subject, statistic=statistic, value=value, unit="count",
        provenance=provenance, source=" ".join(data.files),
    )  # fmt: skip


def recommended(data: CaseData, theme: str) -> list[Any]:
    """The researchers' recommendations on a theme, as rows, newest study first."""
    found = data.counted[
        (data.counted["theme"] == theme) & (data.counted["kind"] == "recommendation")
    ]
    ordered = found.sort_values(["year", "source", "line"], ascending=[False, True, True])
    return list(rows(ordered))
