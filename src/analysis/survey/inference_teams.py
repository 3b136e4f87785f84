"""Agreement: between the members of a team, and between both groups of a municipality."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from analysis.raw.settings import Item
from analysis.stats.agreement import ONE_MEMBER, SMALLEST_GROUP, icc1, icc2, mean_rwg
from analysis.stats.concordance import icc_a1
from analysis.survey.inference_groups import pairs_of, tellable
from analysis.survey.inference_scores import (
    FEW,
    Place,
    Row,
    Scored,
    Scores,
    both_groups,
    exists,
    put_to,
)
from analysis.survey.results import GROUPS, SurveyData

# From here members are said to agree strongly (LeBreton & Senter, 2008).
STRONG = 0.7


def agreement_facts(data: SurveyData, scores: Scores) -> list[Row]:
    """Agreement within municipalities of at least three (base `teams`) and between the groups.

    Per item and group ICC(1), ICC(2) and the mean rwg; per item of both groups ICC(A,1) of
    their municipality means (base `pairs`); over all items the means, and how many municipalities
    have one respondent.
    """
    rows: list[Row] = []
    for group in GROUPS:
        sizes = data.answers.sizes_by_municipality(group)
        place = Place(data, "agreement", group, "municipalities")
        rows.append(place.fact("count.single", int((sizes == 1).sum()), "count"))
        large = int((sizes >= SMALLEST_GROUP).sum())
        rows.append(place.fact("count.three_or_more", large, "count"))
        found = [row for item in put_to(data, group) for row in _within(data, scores, item, group)]
        rows += [*found, *_means(data, group, found)]
    return rows + [_between(data, scores, item) for item in both_groups(data)]


def _within(data: SurveyData, scores: Scores, item: Item, group: str) -> Iterator[Row]:
    place = Place(data, item.id, group, "teams")
    everybody = scores.of(item.id, group)
    large = np.flatnonzero(everybody.sizes >= SMALLEST_GROUP)
    teams: Scored = everybody.within([everybody.names[number] for number in large])
    count = len(teams.names)
    if not scores.enough(teams):
        reason = FEW if count or everybody.people < scores.minimum else ONE_MEMBER
        yield place.absent("teams", reason, count)
        return
    points = len(data.instrument.scale)
    agreement = mean_rwg(teams.scores, teams.places, points=points)
    yield place.fact("rwg.mean", agreement.value, "ratio", denominator=agreement.groups)
    for name, measure in (("icc1", icc1), ("icc2", icc2)):
        # No draws: intervals are shown, and no p-values of these.
        told = measure(teams.scores, teams.places, confidence=data.settings.confidence, draws=0)
        if exists(told.estimate.value):
            yield place.estimate(f"{name}.score", told.estimate, "ratio", count)
        if told.reason:
            yield place.absent(name, told.reason, count)


def _means(data: SurveyData, group: str, found: list[Row]) -> Iterator[Row]:
    """The mean over all items of each measure, and how many items show strong agreement."""
    place = Place(data, "agreement", group, "teams")
    for statistic in ("rwg.mean", "icc1.score"):
        values = [row["value"] for row in found if row["statistic"] == statistic]
        if values:
            mean = float(np.mean(values))
            yield place.fact(f"{statistic}_of_items", mean, "ratio", denominator=len(values))
    values = [row["value"] for row in found if row["statistic"] == "rwg.mean"]
    if values:
        strong = sum(value >= STRONG for value in values)
        yield place.fact("rwg.strong", strong, "count", numerator=strong, denominator=len(values))
    shares = [row["value"] for row in found if row["statistic"] == "icc1.score"]
    if shares:
        between = 100 * float(np.mean(shares))
        yield place.fact("icc1.percent", between, "percent", denominator=len(shares))


def _between(data: SurveyData, scores: Scores, item: Item) -> Row:
    place = Place(data, item.id, "all", "pairs")
    officials, professionals = pairs_of(scores, item.id)
    count = len(officials.names)
    if reason := tellable(scores, item.id):
        return place.absent("icc_a1", reason, count)
    one, other = officials.means, professionals.means
    told = icc_a1(one, other.reindex(one.index), confidence=data.settings.confidence)
    if not exists(told.estimate.value):
        return place.absent("icc_a1", told.reason, count)
    return place.estimate("icc_a1.score", told.estimate, "ratio", count)
