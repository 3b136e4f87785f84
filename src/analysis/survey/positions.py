"""From answers to positions: of a respondent, and of a municipality.

Answers are first reduced to a cube of counts (municipality x group x team type x item x answer);
everything after that works on counts, however many respondents there are.
"""

from __future__ import annotations

import pandas as pd

from analysis.raw.settings import Thresholds

CUBE_KEYS = ["municipality", "group", "team_type", "item", "answer"]
SCORES = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5}
POSITION_OF = {
    "1": "disagree",
    "2": "disagree",
    "3": "neutral",
    "4": "agree",
    "5": "agree",
    "dont_know": "dont_know",
    "selected": "selected",
    "not_selected": "not_selected",
    "missing": "missing",
}
TOLERANCE = 1e-9


def count_answers(answers: pd.DataFrame) -> pd.DataFrame:
    """The cube: one row per municipality, group, team type, item and answer, with its count `n`.

    `answers` has one row per respondent and item asked (`municipality, group, team_type, item,
    answer`; answer is `1` to `5`, `dont_know`, `missing`, `selected` or `not_selected`).
    """
    counted = answers.groupby(CUBE_KEYS, observed=True, sort=True).size()
    return counted.reset_index(name="n")


def respondent_positions(cube: pd.DataFrame) -> pd.DataFrame:
    """How many respondents take each position: `group, team_type, item, position, n`."""
    named = cube.assign(position=cube["answer"].map(POSITION_OF))
    keys = ["group", "team_type", "item", "position"]
    counted = named.groupby(keys, observed=True)["n"].sum()
    return counted.reset_index()


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
