"""What those who did not answer can do to a share, and whether they are others than those who did.

Comparing needs columns of the frame besides its own, and answers under the municipality ids of
the frame. Kept answers have numbers instead, so that they are given separately, in memory only.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.raw.settings import Item
from analysis.stats.multiplicity import benjamini_hochberg
from analysis.stats.response import (
    Compared,
    Margins,
    Raked,
    RakingError,
    compare_responders,
    rake,
    worst_case,
)
from analysis.survey.evaluate import Answers
from analysis.survey.inference_scores import FEW, Place, Row, Scores, put_to
from analysis.survey.results import GROUPS, SurveyData

OWN_COLUMNS = ("municipality", "name", "code")
NO_COLUMNS = "no_columns"
NOT_LINKED = "not_linked"
EVERYBODY = "everybody"
NO_WEIGHTS = "no_weights"
# With about thirty municipalities more margins give wild weights.
MOST_MARGINS = 2
DRAWS = 9_999


def response_facts(data: SurveyData, scores: Scores, linked: Answers | None) -> list[Row]:
    """Worst-case bounds per item counted by municipality; responders beside the others.

    `linked` are the answers under the ids of the frame, or None; then, unless the answers of
    `data` have those ids, nothing is compared (reason `not_linked`).
    """
    rows = [row for group in GROUPS for row in _bounds(data, scores, group)]
    rows += [row for group in GROUPS for row in _compared(data, scores, group, linked)]
    return rows


def auxiliary_columns(frame: pd.DataFrame) -> list[str]:
    """The columns of a frame that say something of a municipality, in their order."""
    return [name for name in frame.columns if name not in OWN_COLUMNS]


def _counted(data: SurveyData, group: str) -> list[Item]:
    """The statements whose answers are counted by municipality."""
    return [item for item in put_to(data, group) if item.base(group) == "municipalities"]


def _bounds(data: SurveyData, scores: Scores, group: str) -> Iterator[Row]:
    for item in _counted(data, group):
        place = Place(data, item.id, group, "municipalities")
        if not scores.enough(scores.of(item.id, group)):
            continue
        found = data.answers.count(item.id, group, "all", "municipalities", "count.agree")
        # Who took part without a position stays what it is in the share: not in agreement.
        bounds = worst_case(found.count, found.base, data.asked)
        yield place.fact(
            "worst_case.agree", found.share, "percent", low=100 * bounds.low,
            high=100 * bounds.high, numerator=found.count, denominator=data.asked,
        )  # fmt: skip


def _compared(
    data: SurveyData, scores: Scores, group: str, linked: Answers | None
) -> Iterator[Row]:
    answers = linked or data.answers
    place = Place(data, "nonresponse", group, "municipalities")
    ids = data.frame["municipality"].astype("str")
    present = set(answers.municipalities(group))
    columns = auxiliary_columns(data.frame)
    responded = ids.isin(present).to_numpy(dtype=bool)
    sides = int(responded.sum()), int((~responded).sum())
    reason = ""
    if not columns:
        reason = NO_COLUMNS
    elif not present <= set(ids):
        reason = NOT_LINKED
    elif not sides[1]:
        reason = EVERYBODY
    elif min(sides) < max(2, scores.minimum):
        reason = FEW  # the values of so few municipalities would name them
    if reason:
        yield place.absent("nonresponse", reason, sides[0])
        return
    auxiliary = data.frame[columns]
    seed = data.settings.seed
    yield from _differences(
        data, group, compare_responders(responded, auxiliary, draws=DRAWS, seed=seed)
    )
    made = _weights(auxiliary[columns[:MOST_MARGINS]], responded)
    if made is None:
        yield place.absent("raking", NO_WEIGHTS, sides[0])
        return
    yield place.fact("raked.kish", made.effect, "ratio", denominator=sides[0])
    weights = pd.Series(made.weights, index=ids[responded])
    for item in _counted(data, group):
        if scores.enough(scores.of(item.id, group)):
            yield _raked(data, answers, item, group, weights)


def _differences(data: SurveyData, group: str, found: list[Compared]) -> Iterator[Row]:
    # Of a category that took part wholly, or not at all, each municipality's part would be known.
    told = [one for one in found if not one.category or (one.answered > 0 and one.silent > 0)]
    adjusted = benjamini_hochberg([one.p for one in told])
    for one, p in zip(told, adjusted, strict=True):
        name = ".".join(part for part in ("nonresponse", one.column, one.category) if part)
        place = Place(data, name, group, "municipalities")
        for statistic in ("answered", "silent", "difference", "p"):
            value = float(getattr(one, statistic))
            if np.isfinite(value):
                yield place.fact(f"compared.{statistic}", value, "ratio")
        yield place.fact("compared.p_bh", float(p), "ratio", denominator=len(told))


def _weights(auxiliary: pd.DataFrame, responded: npt.NDArray[np.bool_]) -> Raked | None:
    """Weights that give those who answered the make-up of the frame; None where none can be."""
    classes = pd.DataFrame({name: _classes(auxiliary[name]) for name in auxiliary.columns})
    margins: Margins = {
        str(name): {
            str(category): float(share)
            for category, share in classes[name].value_counts(normalize=True).items()
        }
        for name in classes.columns
    }
    answered = classes[responded].reset_index(drop=True)
    try:
        return rake(np.ones(len(answered)), margins, answered)
    except RakingError:
        return None


def _classes(column: pd.Series) -> pd.Series:
    """Categories as they are; numbers as above the median of the frame or not."""
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        above = (column > column.median()).astype("str")
        return above.where(column.notna())
    return column.astype("str").where(column.notna())


def _raked(data: SurveyData, answers: Answers, item: Item, group: str, weights: pd.Series) -> Row:
    taken = answers.by_municipality
    own = taken[(taken["group"] == group) & (taken["item"] == item.id)]
    agree = own.loc[own["position"] == "agree", "municipality"].astype("str")
    share = float(weights[weights.index.isin(set(agree))].sum() / weights.sum())
    place = Place(data, item.id, group, "municipalities")
    return place.fact("raked.agree", 100 * share, "percent")
