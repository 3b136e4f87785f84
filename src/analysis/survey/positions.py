"""From answers to the position of each municipality.

Answers are first reduced to a cube of counts (municipality x group x team type x item x answer);
everything after that works on counts, however many respondents there are.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.answers import ANSWER_TYPE, ANSWERS, items_of
from analysis.raw.settings import Thresholds

WHERE = ["municipality", "group", "team_type"]
CUBE_KEYS = [*WHERE, "item", "answer"]
SCORES = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5}
TOLERANCE = 1e-9


def answer_codes(answers: pd.DataFrame, item: str) -> npt.NDArray[np.int8]:
    """The answers to an item or box as places in `ANSWERS`, -1 where it was not put.

    `answers` are `answers_by_respondent` (see `analysis.answers`); without a column for the item
    it was put to nobody.
    """
    if item not in answers.columns:
        return np.full(len(answers), -1, dtype=np.int8)
    # Of the agreed type already, so that nothing is copied, unless the caller took another.
    return np.asarray(answers[item].astype(ANSWER_TYPE).cat.codes, dtype=np.int8)


def count_answers(answers: pd.DataFrame) -> pd.DataFrame:
    """The cube: one row per municipality, group, team type, item and answer, with its count `n`.

    `answers` are `answers_by_respondent`. Answers that nobody gave have no row; items keep their
    order, the other keys are sorted.
    """
    parts = [pd.factorize(answers[name].astype("str"), sort=True) for name in WHERE]
    sizes = [len(names) for _, names in parts]
    if not len(answers):
        return pd.DataFrame(columns=[*CUBE_KEYS, "n"])
    who = np.ravel_multi_index([codes for codes, _ in parts], sizes)
    kept, who = np.unique(who, return_inverse=True)
    items = items_of(answers)
    cube = np.zeros((len(kept), len(items), len(ANSWERS)), dtype=np.int64)
    for place, item in enumerate(items):
        codes = answer_codes(answers, item)
        given = codes >= 0
        flat = who[given] * len(ANSWERS) + codes[given]
        counted = np.bincount(flat, minlength=len(kept) * len(ANSWERS))
        cube[:, place, :] = counted.reshape(len(kept), len(ANSWERS))
    cell, item_place, answer = np.nonzero(cube)
    places = np.unravel_index(kept[cell], sizes)
    frame = {
        name: pd.Series(np.asarray(names, dtype=object)[place], dtype="str")
        for name, (_, names), place in zip(WHERE, parts, places, strict=True)
    }
    frame["item"] = pd.Series(np.array(items, dtype=object)[item_place], dtype="str")
    frame["answer"] = pd.Series(np.array(ANSWERS, dtype=object)[answer], dtype="str")
    return pd.DataFrame(frame).assign(n=cube[cell, item_place, answer])


def municipality_positions(cube: pd.DataFrame, thresholds: Thresholds) -> pd.DataFrame:
    """The position of each municipality on each item: the mean of its respondents, cut.

    One row per group, item and municipality: `respondents` (asked), `mean` (of the scores 1 to
    5, NaN without any), `dont_know_share` (of those who answered) and `position`. A
    municipality whose share of don't-knows reaches `dont_know_from` does not know; without any
    answer its position is `missing`. Boxes of a multiple-choice item have no scores: they are
    `selected` when at least half of the respondents ticked them.
    """
    keys = ["group", "item", "municipality"]
    score = cube["answer"].map(SCORES)
    parts = cube[keys].assign(
        respondents=cube["n"],
        scored=cube["n"].where(score.notna(), 0),
        total=(cube["n"] * score).fillna(0.0),
        unsure=cube["n"].where(cube["answer"] == "dont_know", 0),
        ticked=cube["n"].where(cube["answer"] == "selected", 0),
        boxes=cube["n"].where(cube["answer"].isin(("selected", "not_selected")), 0),
    )
    found = parts.groupby(keys, as_index=False, observed=True).sum()
    found["mean"] = found["total"] / found["scored"].where(found["scored"] > 0)
    answered = found["scored"] + found["unsure"]
    found["dont_know_share"] = found["unsure"] / answered.where(answered > 0)
    found["position"] = _cut(found, thresholds)
    return found[[*keys, "respondents", "mean", "dont_know_share", "position"]]


def _cut(found: pd.DataFrame, thresholds: Thresholds) -> pd.Series:
    position = pd.Series("missing", index=found.index)
    position[found["mean"].notna()] = "neutral"
    position[found["mean"] >= thresholds.agree_from - TOLERANCE] = "agree"
    position[found["mean"] <= thresholds.disagree_to + TOLERANCE] = "disagree"
    position[found["dont_know_share"] >= thresholds.dont_know_from - TOLERANCE] = "dont_know"
    boxes = found["boxes"] > 0
    position[boxes] = "not_selected"
    position[boxes & (2 * found["ticked"] >= found["boxes"])] = "selected"
    return position


def cut_off_room(positions: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """How far the cut-offs can move before any municipality changes position.

    `positions` as `municipality_positions` gives them. For `agree_from` the room is above the
    first and up to the second value, for `disagree_to` from the first and below the second.
    """
    scored = positions[positions["position"].isin(("agree", "neutral", "disagree"))]
    mean = scored.groupby("position")["mean"].agg(["min", "max"])

    def edge(position: str, which: str, otherwise: float) -> float:
        return float(mean[which].get(position, otherwise))

    middle = edge("neutral", "min", 3.0), edge("neutral", "max", 3.0)
    return {
        "agree_from": (middle[1], edge("agree", "min", 5.0)),
        "disagree_to": (edge("disagree", "max", 1.0), middle[0]),
    }
