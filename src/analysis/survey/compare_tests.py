"""Which differences between rounds are called a change: tests, adjusted for their number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from analysis.facts import fact_row
from analysis.raw.settings import Round
from analysis.raw.tables import rows
from analysis.stats.multiplicity import HOLM, adjust

PLACE = ("domain", "subject", "group", "team_type", "base")
OWN = ("provenance", "source")


def p_fact(change: Mapping[str, Any], p: float) -> dict[str, Any]:
    """The p-value that belongs to the fact `change`."""
    return _beside(change, "p", p, "ratio")


def judged(facts: Iterable[Mapping[str, Any]], settings: Round) -> Iterator[dict[str, Any]]:
    """For every difference that has a p-value its adjusted one, and whether it is a change.

    `facts` are all facts of one comparison. The tests of a measure (`change.mean.2027`) belong
    together, of both groups: those on statements of one of the round's `families` are adjusted by
    Holm (`.p_holm`), all others by Benjamini and Hochberg (`.p_bh`), with the number of tests as
    denominator. `.changed` is 1 or -1 where the adjusted p-value lies below 1 - confidence and
    the interval on one side of zero, and else 0.
    """
    told = {row["fact"]: row for row in facts}
    tests = [
        (row, float(told[f"{key}.p"]["value"])) for key, row in told.items() if f"{key}.p" in told
    ]
    family = {i: name for name, items in settings.families.items() for i in items}
    for measure in dict.fromkeys(row["statistic"] for row, _ in tests):
        own = [(row, p) for row, p in tests if row["statistic"] == measure]
        families = [family.get(row["subject"], "") for row, _ in own]
        adjusted = adjust(pd.DataFrame({"family": families, "p": [p for _, p in own]}))
        for (row, _), found in zip(own, rows(adjusted), strict=True):
            name, p = ("p_holm" if found.method == HOLM else "p_bh"), float(found.adjusted)
            yield _beside(row, name, p, "ratio", denominator=found.tests)
            verdict = direction(row) if p < 1 - settings.confidence else 0
            yield _beside(row, "changed", verdict, "count")


def direction(change: Mapping[str, Any]) -> int:
    """1 or -1 where the interval of a difference lies on one side of zero; else, or without, 0."""
    return int(change["low"] > 0) - int(change["high"] < 0)


def _beside(
    change: Mapping[str, Any], name: str, value: float, unit: str, **more: Any
) -> dict[str, Any]:
    own = {column: change[column] for column in (*PLACE, *OWN)}
    statistic = f"{change['statistic']}.{name}"
    return fact_row(**own, statistic=statistic, value=value, unit=unit, **more)
