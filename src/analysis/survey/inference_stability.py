"""Whether conclusions hold with other cut-offs, medians, or every respondent counting once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.raw.settings import Item, Thresholds
from analysis.stats.means import cluster_mean, median_of_municipalities
from analysis.survey.inference_groups import pairs_of, tellable
from analysis.survey.inference_scores import Place, Row, Scored, Scores, both_groups, put_to
from analysis.survey.positions import TOLERANCE
from analysis.survey.results import GROUPS, SurveyData

# Cut-offs beside those of the round: agreement from, disagreement up to.
LOOSER = (3.25, 2.75)
STRICTER = (3.75, 2.25)
# How shares are counted: with three cut-offs, with medians, and by respondent.
SHARES = ("round", "looser", "stricter", "median", "pooled")
# How a difference is measured: between means, medians, all respondents, and shares that agree.
DIRECTIONS = ("mean", "median", "pooled", "round", "looser", "stricter")
SIDES = ("agree", "disagree")
# More than so many statements that share the first place are no conclusion.
TIED_AT_MOST = 3


def stability_facts(data: SurveyData, scores: Scores) -> list[Row]:
    """Every conclusion counted in other ways (base `conclusions`).

    Per item and group `majority.<way>` (1 where most agree; ways in `SHARES`) and
    `stable.majority`, 1 where all ways give the same; per item of both groups `direction.<way>`
    (1 where officials score higher, -1 lower, 0 alike; ways in `DIRECTIONS`) and
    `stable.direction`. Over all items the counts of
    what is stable, and `stable.top_agree` and `stable.top_disagree`: whether the same
    statements come first.
    Further per item and group the median over municipalities and the mean over respondents.
    """
    cuts = cut_offs(data.settings.thresholds)
    rows: list[Row] = []
    for group in GROUPS:
        for item in put_to(data, group):
            if scores.enough(scores.of(item.id, group)):
                rows += _levels(data, item, group, scores.of(item.id, group))
        rows += _shares(data, scores, group, cuts)
    return rows + list(_directions(data, scores, cuts))


def cut_offs(thresholds: Thresholds) -> dict[str, Thresholds]:
    """The three sets of cut-offs by name: of the round, looser, stricter."""
    found = {"round": thresholds}
    for name, (agree, disagree) in (("looser", LOOSER), ("stricter", STRICTER)):
        changed = {"agree_from": agree, "disagree_to": disagree}
        found[name] = thresholds.model_copy(update=changed)
    return found


def _levels(data: SurveyData, item: Item, group: str, told: Scored) -> Iterator[Row]:
    confidence = data.settings.confidence
    middle = median_of_municipalities(told.means, confidence=confidence)
    place = Place(data, item.id, group, "municipalities")
    yield place.estimate("median.score", middle, "score", None)
    pooled = cluster_mean(told.scores, told.places, confidence=confidence).value
    place = Place(data, item.id, group, "respondents")
    # Without its interval, which covers too seldom in teams as unequal as these: docs/methods.md.
    yield place.fact("pooled_mean.score", pooled, "score")


def _shares(
    data: SurveyData, scores: Scores, group: str, cuts: Mapping[str, Thresholds]
) -> Iterator[Row]:
    items = {item.id: item for item in put_to(data, group)}
    found = {
        name: {side: _shares_of(data, scores, item, group, side, cuts) for side in SIDES}
        for name, item in items.items()
    }
    told = [name for name in items if scores.enough(scores.of(name, group))]
    stable = 0
    for name in told:
        place = Place(data, name, group, "conclusions")
        # Not the shares: two that differ by one municipality would tell where its mean lies.
        most = {way: share > 50 for way, share in found[name]["agree"].items()}
        for way, told_so in most.items():
            yield place.fact(f"majority.{way}", told_so, "count")
        same = _same(most.values())
        stable += same
        yield place.fact("stable.majority", same, "count")
    place = Place(data, "conclusions", group, "conclusions")
    if told:
        yield place.fact(
            "stable.majority", stable, "count", numerator=stable, denominator=len(told)
        )
    base = {"professionals": "municipalities", "officials": "respondents"}[group]
    ranked = {name: shares for name, shares in found.items() if items[name].base(group) == base}
    for side in SIDES:
        tops = [_top({i: s[side][way] for i, s in ranked.items()}) for way in SHARES]
        own = tops[SHARES.index("round" if base == "municipalities" else "pooled")]
        if 0 < len(own) <= TIED_AT_MOST:
            yield place.fact(f"stable.top_{side}", len(set(tops)) == 1, "count")


def _shares_of(  # the parts of a share
    data: SurveyData, scores: Scores, item: Item, group: str, side: str,
    cuts: Mapping[str, Thresholds],
) -> dict[str, float]:  # fmt: skip
    """The percentage that takes a side, by way of counting; 0 where there is nobody."""
    told, answers = scores.of(item.id, group), data.answers
    unsure = _unsure(data, item, group)
    present = len(answers.municipalities(group))
    found = {
        way: _percent(int(_takes(told.means, unsure, side, cut).sum()), present)
        for way, cut in cuts.items()
    }
    middle = _takes(told.medians, unsure, side, cuts["round"])
    found["median"] = _percent(int(middle.sum()), present)
    pooled = answers.count(item.id, group, "all", "routed", f"count.{side}")
    return found | {"pooled": _percent(pooled.count, pooled.base)}


def _takes(values: pd.Series, unsure: pd.Series, side: str, cut: Thresholds) -> pd.Series:
    """Which municipalities take a side, as `municipality_positions` decides it."""
    if side == "agree":
        taken = values >= cut.agree_from - TOLERANCE
    else:
        taken = values <= cut.disagree_to + TOLERANCE
    knows = unsure.reindex(values.index, fill_value=0.0) < cut.dont_know_from - TOLERANCE
    return taken & knows


def _unsure(data: SurveyData, item: Item, group: str) -> pd.Series:
    """The share of don't-knows per municipality."""
    taken = data.answers.by_municipality
    own = taken[(taken["group"] == group) & (taken["item"] == item.id)]
    shares = own["dont_know_share"].astype(float).fillna(0.0)
    return pd.Series(shares.to_numpy(), index=own["municipality"].astype("str"))


def _percent(count: int, base: int) -> float:
    return 100 * count / base if base else 0.0


def _same(answers: Iterable[bool | int]) -> bool:
    return len(set(answers)) <= 1


def _top(shares: Mapping[str, float]) -> frozenset[str]:
    """The statements with the highest share, none where that is nothing."""
    most = max(shares.values(), default=0.0)
    return frozenset(i for i, share in shares.items() if most > 0 and share > most - TOLERANCE)


def _directions(data: SurveyData, scores: Scores, cuts: Mapping[str, Thresholds]) -> Iterator[Row]:
    stable = count = 0
    for item in both_groups(data):
        pair = pairs_of(scores, item.id)
        if tellable(scores, item.id):
            continue
        unsure = [_unsure(data, item, group) for group in ("officials", "professionals")]
        signs = {w: int(np.sign(gap)) for w, gap in _gaps(scores, item, pair, unsure, cuts).items()}
        place = Place(data, item.id, "all", "conclusions")
        for way in DIRECTIONS:
            yield place.fact(f"direction.{way}", signs[way], "count")
        same = _same(signs.values())
        stable, count = stable + same, count + 1
        yield place.fact("stable.direction", same, "count")
    if count:
        place = Place(data, "conclusions", "all", "conclusions")
        yield place.fact("stable.direction", stable, "count", numerator=stable, denominator=count)


def _gaps(
    scores: Scores, item: Item, pair: tuple[Scored, Scored], unsure: Sequence[pd.Series],
    cuts: Mapping[str, Thresholds],
) -> dict[str, float]:  # fmt: skip
    """Officials minus professionals by every way: all but `pooled` in the same municipalities."""
    one, other = pair
    everybody = scores.of(item.id, "officials"), scores.of(item.id, "professionals")
    found = {
        "mean": float((one.means - other.means).mean()),
        "median": float((one.medians - other.medians).median()),
        "pooled": float(everybody[0].scores.mean() - everybody[1].scores.mean()),
    }
    for way, cut in cuts.items():
        agree = [
            int(_takes(side.means, dont_know, "agree", cut).sum())
            for side, dont_know in zip(pair, unsure, strict=True)
        ]
        found[way] = float(agree[0] - agree[1])
    # What is nothing but rounding has no direction.
    return {way: 0.0 if abs(gap) < TOLERANCE else gap for way, gap in found.items()}
