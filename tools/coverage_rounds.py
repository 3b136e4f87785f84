"""Simulated rounds of which the truth is known, for tools/check_coverage.py.

49 municipalities, those with professionals and officials as many and as large as in the first
round, and an earlier round of the same municipalities. docs/methods.md says what is simulated.
Positions and means are made as for a report, by `analysis.survey.positions`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import beta, betabinom, nbinom

from analysis.answers import ANSWER_TYPE
from analysis.raw.settings import Thresholds
from analysis.survey.positions import count_answers, municipality_positions

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

FRAME, PROFESSIONALS, OFFICIALS, BOTH, ICC = 49, 31, 25, 17, 0.17
GROUPS = ("officials", "professionals")  # in the order in which positions come back
# Who takes part, once the municipalities of a frame stand in a random order: 25 have officials,
# the last 17 of these also have professionals, as have the 14 after them. In the earlier round as
# many took part, of whom about as many again now as when both rounds are drawn at random.
TAKES_PART = (slice(0, OFFICIALS), slice(OFFICIALS - BOTH, OFFICIALS - BOTH + PROFESSIONALS))
TOOK_PART = (slice(12, 12 + OFFICIALS), slice(FRAME - PROFESSIONALS, FRAME))
PAIRED = slice(OFFICIALS - BOTH, OFFICIALS)
# True means of the professionals, and how much higher the officials score. On five of the nine
# statements there is no difference, which the tests must find.
MEANS = (2.2, 2.45, 2.7, 2.95, 3.2, 3.45, 3.7, 3.95, 4.2)
GAPS = (0.0, 0.4, 0.0, -0.3, 0.0, 0.3, 0.0, -0.4, 0.0)
# How much higher both groups score than in the earlier round.
CHANGES = (0.0, 0.0, 0.3, 0.0, -0.4, 0.0, 0.4, -0.3, 0.0)
CUT = Thresholds()
# Team sizes 1 to 28: 4.7 on average, half below 3 and two thirds below 5, as in the first round.
TEAM_SIZES = np.arange(1, 29)
TEAM_WEIGHTS = nbinom.pmf(TEAM_SIZES - 1, 0.45, 0.45 / (0.45 + 4.2))
# Nearly all municipalities have one official.
SIZES = {
    "officials": (np.array([1, 2]), np.array([0.92, 0.08])),
    "professionals": (TEAM_SIZES, TEAM_WEIGHTS / TEAM_WEIGHTS.sum()),
}


class Truth(NamedTuple):
    """What is true of a statement and group, over all municipalities that could be drawn."""

    mean: float  # of the scores
    agree: float  # share of municipalities of which the answering team agrees
    persons: float  # share of respondents with a score of 4 or 5
    median: float  # of the mean scores of the answering teams
    variance: float  # of these mean scores


Truths = Mapping[str, Sequence[Truth]]


def spread_of(mean: float) -> tuple[float, float]:
    """Parameters of the beta distribution of a municipality's chance, for this mean and `ICC`.

    A score is 1 plus how many of four chances come out. When the chances of municipalities have
    mean p and variance v, the scores have variance 4p(1-p) + 12v, of which 16v is between
    municipalities.
    """
    p = (mean - 1) / 4
    part = 4 * ICC / (16 - 12 * ICC)  # v as a part of p(1-p), which is 1 / (a + b + 1)
    return p * (1 / part - 1), (1 - p) * (1 / part - 1)


def truth_of(mean: float, group: str) -> Truth:
    """Exactly, by summing over team sizes and over what a team of that size can answer."""
    sizes, weights = SIZES[group]
    a, b = spread_of(mean)
    sums = [np.arange(4 * size + 1) for size in sizes]  # of scores, less one each
    chances = [w * betabinom.pmf(k, k[-1], a, b) for k, w in zip(sums, weights, strict=True)]
    means = np.concatenate([1 + k / size for k, size in zip(sums, sizes, strict=True)])
    chance = np.concatenate(chances)
    order = np.argsort(means, kind="stable")
    middle = means[order][np.searchsorted(np.cumsum(chance[order]), 0.5)]
    return Truth(
        mean=mean,
        agree=float(chance[means >= CUT.agree_from - 1e-9].sum()),
        persons=float(betabinom.sf(2, 4, a, b)),
        median=float(middle),
        variance=float(chance @ (means - mean) ** 2),
    )


def truths_of(means: Sequence[float]) -> dict[str, list[Truth]]:
    """By group and statement, from the true means of the professionals."""
    higher = [mean + gap for mean, gap in zip(means, GAPS, strict=True)]
    return {
        "officials": [truth_of(mean, "officials") for mean in higher],
        "professionals": [truth_of(mean, "professionals") for mean in means],
    }


TRUTHS = truths_of(MEANS)
EARLIER = truths_of([mean - change for mean, change in zip(MEANS, CHANGES, strict=True)])


def true_agreement(officials: Truth, professionals: Truth) -> float:
    """ICC(A,1) of both groups' mean scores over all municipalities that could be drawn.

    Twice the covariance over the sum of both variances and the squared difference of the means
    (McGraw & Wong, 1996, for two raters). The covariance is that of what municipalities lean to,
    summed over the chances 0 to 1 at which a municipality can stand.
    """
    at = (np.arange(100_000) + 0.5) / 100_000
    leans = [1 + 4 * beta.ppf(at, *spread_of(side.mean)) for side in (officials, professionals)]
    shared = float(np.cov(*leans, bias=True)[0, 1])
    apart = (officials.mean - professionals.mean) ** 2
    return 2 * shared / (officials.variance + professionals.variance + apart)


@dataclass(frozen=True)
class Drawn:
    """Rounds in which all 49 municipalities hold answers, whether they take part or not.

    `means` and `agrees` have the axes round, group, statement, municipality; `scores` and
    `places` (the municipality) hold per group and round those of who takes part. `then` holds
    the earlier round of each.
    """

    means: Floats
    agrees: Mask
    scores: list[list[Whole]]
    places: list[list[Whole]]
    then: Drawn | None = None


def draw(rounds: int, random: np.random.Generator) -> Drawn:
    """Simulate rounds. A municipality leans the same way in both groups, as in `simulate`.

    So it did in the earlier round, in which the respondents were others.
    """
    lean = random.random((len(MEANS), rounds * FRAME))
    then = _drawn(lean, EARLIER, TOOK_PART, random.spawn(1)[0])
    return _drawn(lean, TRUTHS, TAKES_PART, random, then)


def _drawn(
    lean: Floats,
    truths: Truths,
    parts: Sequence[slice],
    random: np.random.Generator,
    then: Drawn | None = None,
) -> Drawn:
    rounds = lean.shape[1] // FRAME
    answers, scores, places = [], [], []
    for group, part in zip(GROUPS, parts, strict=True):
        sizes = random.choice(SIZES[group][0], size=rounds * FRAME, p=SIZES[group][1])
        place = np.repeat(np.arange(rounds * FRAME), sizes)
        chances = (
            beta.ppf(lean[number], *spread_of(truth.mean))[place]
            for number, truth in enumerate(truths[group])
        )
        told = np.array([1 + random.binomial(4, chance) for chance in chances])
        answers.append(answer_sheets(group, place, told))
        there = np.isin(place % FRAME, np.arange(FRAME)[part])
        limits = np.searchsorted(place[there], np.arange(1, rounds) * FRAME)
        scores.append(np.split(told[:, there], limits, axis=1))
        places.append(np.split(place[there], limits))
    found = municipality_positions(count_answers(pd.concat(answers, ignore_index=True)), CUT)
    found = found.sort_values(["group", "item", "municipality"])
    shape = (len(GROUPS), len(MEANS), rounds, FRAME)
    means = found["mean"].to_numpy(dtype=float).reshape(shape)
    agrees = found["position"].eq("agree").to_numpy().reshape(shape)
    order = (2, 0, 1, 3)
    return Drawn(means.transpose(order), agrees.transpose(order), scores, places, then)


def answer_sheets(group: str, place: Whole, told: Whole) -> pd.DataFrame:
    """`answers_by_respondent` of one group: `place` per respondent, scores per statement."""
    names = pd.Index([f"{number:07d}" for number in range(place[-1] + 1)], dtype="str")
    who = {
        "respondent": np.arange(1, len(place) + 1),
        "municipality": pd.Categorical.from_codes(place, names),
        "group": group,
        "team_type": "all",
    }
    items = {
        f"s{number}": pd.Categorical.from_codes(row - 1, dtype=ANSWER_TYPE)
        for number, row in enumerate(told)
    }
    return pd.DataFrame(who | items)
