"""What the answers of a round can bear: intervals, tests, agreement, and whether they hold.

Municipalities are the unit, each counting once, unless a fact has the base `respondents`. Nothing
rests on fewer respondents than `minimum_cell`, or on one municipality: instead there is a fact
`absent.<what>.<reason>` with the number of units that there were.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.raw.settings import Item
from analysis.stats.means import mean_of_municipalities
from analysis.stats.proportions import clopper_pearson
from analysis.survey.evaluate import Answers
from analysis.survey.inference_groups import difference_facts
from analysis.survey.inference_response import response_facts
from analysis.survey.inference_scores import FEW, Place, Row, Scores, put_to
from analysis.survey.inference_stability import stability_facts
from analysis.survey.inference_teams import agreement_facts
from analysis.survey.results import GROUPS, SurveyData


def inference_facts(data: SurveyData, linked: Answers | None = None) -> list[Row]:
    """Every fact of inference about a round (rows as `analysis.facts.fact_row` makes them).

    Nothing for a reconstructed round: its respondents are made, and so would their agreement and
    differences be. `linked` are the same answers under the municipality ids of the frame, if
    those who did not answer are to be compared with those who did; without them that is left out.
    """
    if data.reconstructed:
        return []
    scores = Scores(data)
    levels = [
        row
        for group in GROUPS
        for item in put_to(data, group)
        for row in _levels(data, scores, item, group)
    ]
    return [
        *levels,
        *difference_facts(data, scores),
        *agreement_facts(data, scores),
        *response_facts(data, scores, linked),
        *stability_facts(data, scores),
    ]


def _levels(data: SurveyData, scores: Scores, item: Item, group: str) -> Iterator[Row]:
    """The mean over municipalities with both intervals, and exact intervals of who agrees."""
    place = Place(data, item.id, group, "municipalities")
    told = scores.of(item.id, group)
    count = len(told.names)
    if not scores.enough(told):
        yield place.absent("mean", FEW, count)
        return
    confidence = data.settings.confidence
    sizes = data.answers.sizes_by_municipality(group)
    shown = scores.tellable(count, int(sizes[~sizes.index.isin(told.names)].sum()))
    for name, population in (("mean", None), ("mean_fpc", data.asked)):
        mean = mean_of_municipalities(told.means, confidence=confidence, population=population)
        yield place.estimate(f"{name}.score", mean, "score", shown)
    if item.base(group) != "municipalities":
        return
    found = data.answers.count(item.id, group, "all", "municipalities", "count.agree")
    for name, population in (("clopper", None), ("clopper_fpc", data.asked)):
        share = clopper_pearson(
            found.count, found.base, confidence=confidence, population=population
        )
        yield place.estimate(f"{name}.agree", share, "percent", found.base, scale=100)
