"""Officials against professionals: in the same municipalities, and over all respondents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from analysis.raw.settings import Item
from analysis.raw.tables import rows
from analysis.stats.multiplicity import HOLM, adjust
from analysis.stats.ordinal import group_effect, probability_of_superiority
from analysis.stats.paired import (
    NO_PAIRS,
    hodges_lehmann,
    matched_rank_biserial,
    paired_difference,
    sign_flip,
    signed_rank,
)
from analysis.survey.inference_scores import (
    FEW,
    REST,
    TOO_LARGE,
    Place,
    Row,
    Scored,
    Scores,
    both_groups,
    exists,
)
from analysis.survey.results import SurveyData

# The p-value on which a difference is judged, in order of preference.
P_VALUES = {"paired": ("p_sign_flip", "p_t"), "ordinal": ("p",)}
ESTIMATES = {"paired": "mean", "ordinal": "log_odds"}
BASES = {"paired": "pairs", "ordinal": "respondents"}


def pairs_of(scores: Scores, item: str) -> tuple[Scored, Scored]:
    """Officials and professionals with a score, in municipalities that have both."""
    officials, professionals = scores.of(item, "officials"), scores.of(item, "professionals")
    both = set(officials.names) & set(professionals.names)
    return officials.within(both), professionals.within(both)


def tellable(scores: Scores, item: str) -> str:
    """Why nothing may be told of the pairs of an item; empty where it may.

    Not of too few respondents, nor where those outside the pairs are too few: their mean is what
    the mean of all leaves when that of the pairs is taken away.
    """
    pair = pairs_of(scores, item)
    if not pair[0].people:
        return NO_PAIRS
    if not scores.enough(*pair):
        return FEW
    for side, group in zip(pair, ("officials", "professionals"), strict=True):
        everybody = scores.of(item, group)
        rest = everybody.within(set(everybody.names) - set(side.names))
        if rest.people and not scores.enough(rest):
            return REST
    return ""


def difference_facts(data: SurveyData, scores: Scores) -> list[Row]:
    """Every fact about the difference between the groups, officials minus professionals.

    Per item put to both: from pairs of municipality means (base `pairs`) and from all respondents
    (base `respondents`), with adjusted p-values and the verdict `differs` (1, 0 or -1): a
    difference only where the adjusted p-value lies below 1 - confidence and the interval holds no
    zero. For all items together how many differ, and how many tests there were per family.
    """
    items = both_groups(data)
    told: list[Row] = []
    for analysis, of_item in (("paired", _paired), ("ordinal", _ordinal)):
        found = {item.id: list(of_item(data, scores, item)) for item in items}
        told += [row for part in found.values() for row in part]
        told += _judged(data, analysis, found)
    return told


def _paired(data: SurveyData, scores: Scores, item: Item) -> Iterator[Row]:
    place = Place(data, item.id, "all", BASES["paired"])
    officials, professionals = pairs_of(scores, item.id)
    count = len(officials.names)
    if reason := tellable(scores, item.id):
        yield place.absent("paired", reason, count)
        return
    one, other = officials.means, professionals.means
    gaps = (one - other.reindex(one.index)).to_numpy(dtype=float)
    confidence = data.settings.confidence
    mean = paired_difference(gaps, confidence=confidence)
    middle = hodges_lehmann(gaps, confidence=confidence)
    yield place.estimate("paired.mean", mean.estimate, "score", count)
    yield place.estimate("paired.hodges_lehmann", middle.estimate, "score", count)
    for name, means in (("officials", one), ("professionals", other)):
        value = float(means.mean())
        yield place.fact(f"paired.level_{name}", value, "score", denominator=count)
    biserial = matched_rank_biserial(gaps)
    yield place.fact("paired.rank_biserial", biserial, "ratio", denominator=count)
    for what, reason in (("paired_mean", mean.reason), ("paired_hodges_lehmann", middle.reason)):
        if reason:
            yield place.absent(what, reason, count)
    if exists(mean.p_value):
        yield place.fact("paired.p_t", mean.p_value, "ratio", denominator=count)
    if scores.large:
        yield place.absent("permutations", TOO_LARGE, count)
        return
    for name, test in (("sign_flip", sign_flip), ("wilcoxon", signed_rank)):
        tested = test(gaps, seed=data.settings.seed)
        yield place.fact(f"paired.p_{name}", tested.p_value, "ratio", denominator=count)
        if not tested.exact:
            yield place.fact(f"paired.error_{name}", tested.error, "ratio", denominator=count)


def _ordinal(data: SurveyData, scores: Scores, item: Item) -> Iterator[Row]:
    place = Place(data, item.id, "all", BASES["ordinal"])
    sides = scores.of(item.id, "officials"), scores.of(item.id, "professionals")
    people = sum(side.people for side in sides)
    if not scores.enough(*sides):
        yield place.absent("ordinal", FEW, people)
        return
    told = np.concatenate([side.scores for side in sides])
    group = np.repeat([True, False], [side.people for side in sides])
    names = pd.Index(sorted({name for side in sides for name in side.names}))
    where = np.concatenate([names.get_indexer(pd.Index(side.names))[side.places] for side in sides])
    confidence = data.settings.confidence
    shown = scores.tellable(people, scores.people - people)
    above = probability_of_superiority(told, group, where, confidence=confidence)
    yield place.estimate("superiority.probability", above.estimate, "ratio", shown)
    if above.reason:
        yield place.absent("superiority", above.reason, people)
    if scores.large:
        yield place.absent("ordinal", TOO_LARGE, people)
        return
    effect = group_effect(told, group, where, confidence=confidence)
    if effect.reason:
        yield place.absent("ordinal", effect.reason, people)
        return
    yield place.estimate("ordinal.log_odds", effect.estimate, "ratio", shown)
    yield place.fact("ordinal.p", effect.p_value, "ratio")


def _judged(data: SurveyData, analysis: str, found: Mapping[str, list[Row]]) -> Iterator[Row]:
    """Adjusted p-values, the verdict per item, and the counts over all items."""
    told = {i: {row["statistic"]: row for row in part} for i, part in found.items()}
    p_values = {
        item: p for item, part in told.items() if (p := _p_value(analysis, part)) is not None
    }
    family = {i: name for name, items in data.settings.families.items() for i in items}
    families = [family.get(item, "") for item in p_values]
    adjusted = adjust(pd.DataFrame({"family": families, "p": list(p_values.values())}))
    differing = 0
    for item, row in zip(p_values, rows(adjusted), strict=True):
        place = Place(data, item, "all", BASES[analysis])
        name = "p_holm" if row.method == HOLM else "p_bh"
        yield place.fact(f"{analysis}.{name}", float(row.adjusted), "ratio", denominator=row.tests)
        estimate = told[item][f"{analysis}.{ESTIMATES[analysis]}"]
        verdict = _verdict(estimate, float(row.adjusted), data.settings.confidence)
        differing += bool(verdict)
        yield place.fact(f"{analysis}.differs", verdict, "count")
    place = Place(data, "comparison.tests", "all", BASES[analysis])
    yield place.fact(
        f"{analysis}.differing", differing, "count", numerator=differing, denominator=len(p_values)
    )
    yield place.fact(f"{analysis}.tests.rest", families.count(""), "count")
    for name in data.settings.families:
        yield place.fact(f"{analysis}.tests.family.{name}", families.count(name), "count")


def _p_value(analysis: str, told: Mapping[str, Row]) -> float | None:
    names = (f"{analysis}.{name}" for name in P_VALUES[analysis])
    return next((float(told[name]["value"]) for name in names if name in told), None)


def _verdict(estimate: Row, p: float, confidence: float) -> int:
    """1 where officials score higher, -1 where they score lower, 0 where nothing is shown."""
    if not p < 1 - confidence:
        return 0
    # Without limits (NaN) neither holds.
    return int(estimate["low"] > 0) - int(estimate["high"] < 0)
