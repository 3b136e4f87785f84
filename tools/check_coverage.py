"""Do the 95 % intervals cover, and do the exact tests reject as seldom as they say?

Run: .venv/bin/python tools/check_coverage.py [rounds]
Prints the tables in docs/methods.md (seed fixed, so the same every time), which also says what is
simulated and what each truth is. Positions and means are made as for a report, by
`analysis.survey.positions`, and every interval and test by the function that a report calls.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import beta, betabinom, binom, nbinom

from analysis.answers import ANSWER_TYPE
from analysis.raw.settings import Thresholds
from analysis.stats.interval import Interval
from analysis.stats.means import cluster_mean, mean_of_municipalities
from analysis.stats.ordinal import group_effect, probability_of_superiority
from analysis.stats.paired import hodges_lehmann, paired_difference, sign_flip, signed_rank
from analysis.stats.proportions import clopper_pearson, wilson
from analysis.survey.positions import count_answers, municipality_positions

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

ROUNDS, BLOCK, SEED, CONFIDENCE, LEVEL = 2000, 100, 20261122, 0.95, 0.05
FRAME, PROFESSIONALS, OFFICIALS, BOTH, ICC = 49, 31, 25, 17, 0.17
GROUPS = ("officials", "professionals")  # in the order in which positions come back
# Who takes part, once the municipalities of a frame stand in a random order: 25 have officials,
# the last 17 of these also have professionals, as have the 14 after them.
TAKES_PART = (slice(0, OFFICIALS), slice(OFFICIALS - BOTH, OFFICIALS - BOTH + PROFESSIONALS))
PAIRED = slice(OFFICIALS - BOTH, OFFICIALS)
# True means of the professionals, and how much higher the officials score. On five of the nine
# statements there is no difference, which the tests must find.
MEANS = (2.2, 2.45, 2.7, 2.95, 3.2, 3.45, 3.7, 3.95, 4.2)
GAPS = (0.0, 0.4, 0.0, -0.3, 0.0, 0.3, 0.0, -0.4, 0.0)
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
    needed = np.ceil((CUT.agree_from - 1) * sizes)  # sum of scores, less one each
    agree = float(weights @ betabinom.sf(needed - 1, 4 * sizes, a, b))
    return Truth(mean, agree, float(betabinom.sf(2, 4, a, b)))


TRUTHS = {
    "officials": [truth_of(m + gap, "officials") for m, gap in zip(MEANS, GAPS, strict=True)],
    "professionals": [truth_of(mean, "professionals") for mean in MEANS],
}


@dataclass(frozen=True)
class Drawn:
    """Rounds in which all 49 municipalities hold answers, whether they take part or not.

    `means` and `agrees` have the axes round, group, statement, municipality; `scores` and
    `places` (the municipality) hold per group and round those of who takes part.
    """

    means: Floats
    agrees: Mask
    scores: list[list[Whole]]
    places: list[list[Whole]]


def draw(rounds: int, random: np.random.Generator) -> Drawn:
    """Simulate rounds. A municipality leans the same way in both groups, as in `simulate`."""
    lean = random.random((len(MEANS), rounds * FRAME))
    answers, scores, places = [], [], []
    for group, part in zip(GROUPS, TAKES_PART, strict=True):
        sizes = random.choice(SIZES[group][0], size=rounds * FRAME, p=SIZES[group][1])
        place = np.repeat(np.arange(rounds * FRAME), sizes)
        chances = (
            beta.ppf(lean[number], *spread_of(truth.mean))[place]
            for number, truth in enumerate(TRUTHS[group])
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
    return Drawn(means.transpose(order), agrees.transpose(order), scores, places)


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


# --- What is asked of every round

# One line of a table: a name, what is true, and per round whether each statement was right.
Verdict = Callable[[Drawn, int], list[bool]]


def covers(interval: Interval, true: float) -> bool:
    """Whether the true value lies within the limits."""
    return interval.low - 1e-12 <= true <= interval.high + 1e-12


@cache
def share_interval(method: Callable[..., Interval], count: int, base: int, whole: int) -> Interval:
    """One of few possible intervals; `whole` 0 is no population."""
    return method(count, base, confidence=CONFIDENCE, population=whole or None)


def shares(
    drawn: Drawn, place: int, *, method: Callable[..., Interval], group: int, whole: int
) -> list[bool]:
    """The share of municipalities that agree: in general, or (`whole`) of these 49."""
    told = drawn.agrees[place, group]
    taking = told[:, TAKES_PART[group]]
    true = told.mean(axis=1) if whole else [truth.agree for truth in TRUTHS[GROUPS[group]]]
    found = (
        share_interval(method, count, taking.shape[1], whole)
        for count in taking.sum(axis=1).tolist()
    )
    return [covers(*pair) for pair in zip(found, true, strict=True)]


def means(drawn: Drawn, place: int, *, group: int, whole: int) -> list[bool]:
    """The mean over municipalities: in general, or (`whole`) over these 49."""
    told = drawn.means[place, group]
    true = told.mean(axis=1) if whole else [truth.mean for truth in TRUTHS[GROUPS[group]]]
    found = (
        mean_of_municipalities(row, confidence=CONFIDENCE, population=whole or None)
        for row in told[:, TAKES_PART[group]]
    )
    return [covers(*pair) for pair in zip(found, true, strict=True)]


def differences(drawn: Drawn, place: int) -> Floats:
    """Officials minus professionals, per statement and municipality with both."""
    told: Floats = drawn.means[place, 0] - drawn.means[place, 1]
    return told[:, PAIRED]


def gaps(drawn: Drawn, place: int, *, method: Callable[..., Any]) -> list[bool]:
    """The mean difference between the groups."""
    found = (method(row, confidence=CONFIDENCE).estimate for row in differences(drawn, place))
    return [covers(*pair) for pair in zip(found, GAPS, strict=True)]


def rejects(drawn: Drawn, place: int, *, test: Callable[[Floats], Any]) -> list[bool]:
    """Whether a difference is found on the statements where there is none."""
    rows = zip(differences(drawn, place), GAPS, strict=True)
    return [test(row).p_value <= LEVEL for row, gap in rows if gap == 0]


def respondents(
    drawn: Drawn, place: int, *, method: Callable[[Whole, Whole], Interval], true: str
) -> list[bool]:
    """An interval made from the answers of all professionals."""
    told = (method(row, drawn.places[1][place]) for row in drawn.scores[1][place])
    truths = (getattr(truth, true) for truth in TRUTHS["professionals"])
    return [covers(*pair) for pair in zip(told, truths, strict=True)]


def over_all(drawn: Drawn, place: int, *, method: Callable[..., Any], true: float) -> list[bool]:
    """Both groups compared over all respondents, where there is no difference."""
    where = np.concatenate([side[place] for side in drawn.places])
    group = np.repeat([True, False], [len(side[place]) for side in drawn.places])
    told = np.concatenate([side[place] for side in drawn.scores], axis=1)
    found = (
        method(row, group, where, confidence=CONFIDENCE).estimate
        for row, gap in zip(told, GAPS, strict=True)
        if gap == 0
    )
    return [covers(one, true) for one in found]


def pooled_mean(scores: Whole, _places: Whole) -> Interval:
    """What a program prints by default: every respondent a unit."""
    return mean_of_municipalities(scores, confidence=CONFIDENCE)


def pooled_share(scores: Whole, _places: Whole) -> Interval:
    """The same for the share of respondents that agree."""
    return share_interval(wilson, int((scores >= 4).sum()), len(scores), 0)


def clustered_mean(scores: Whole, places: Whole) -> Interval:
    """The mean over respondents with a standard error that is robust to clusters (CR1)."""
    return cluster_mean(scores, places, confidence=CONFIDENCE)


def everywhere(name: str, verdict: Callable[..., list[bool]]) -> dict[str, Verdict]:
    """A line for each group, in general and of these 49."""
    return {
        f"{name}; {size} with {GROUPS[group]}; {target}": partial(verdict, group=group, whole=whole)
        for target, whole in (("in general", 0), ("of these 49", FRAME))
        for group, size in ((1, PROFESSIONALS), (0, OFFICIALS))
    }


PRINTED: dict[str, Verdict] = {
    **everywhere("share that agrees, Wilson", partial(shares, method=wilson)),
    **everywhere("mean over municipalities, t", means),
    "difference of the groups; 17 with both; paired t": partial(gaps, method=paired_difference),
    "the same, Hodges-Lehmann": partial(gaps, method=hodges_lehmann),
    "probability that an official scores higher, over all": partial(
        over_all, method=probability_of_superiority, true=0.5
    ),
}
PART = 10  # a model is fitted for every figure, so that it is tried in fewer rounds
SLOW: dict[str, Verdict] = {
    f"log odds of a higher score, ordinal model, over all; 1 round in {PART}": partial(
        over_all, method=group_effect, true=0.0
    ),
}
GUARANTEED = everywhere("share that agrees, exact", partial(shares, method=clopper_pearson))
CONTRAST: dict[str, Verdict] = {
    "mean over respondents, ordinary t": partial(respondents, method=pooled_mean, true="mean"),
    "share of respondents, ordinary Wilson": partial(
        respondents, method=pooled_share, true="persons"
    ),
    "mean over respondents, robust to clusters (CR1)": partial(
        respondents, method=clustered_mean, true="mean"
    ),
}
TESTS: dict[str, Verdict] = {
    "sign-flip, exact": partial(rejects, test=sign_flip),
    "Wilcoxon's signed rank, exact": partial(rejects, test=signed_rank),
    "paired t": partial(rejects, test=partial(paired_difference, confidence=CONFIDENCE)),
}


class Measured(NamedTuple):
    """In what part of the cases a verdict held: over all, its Monte Carlo error, per statement."""

    share: float
    error: float
    lowest: float
    highest: float


def measure(
    verdicts: dict[str, Verdict], rounds: int = ROUNDS, seed: int = SEED
) -> dict[str, Measured]:
    """How often each verdict held in so many simulated rounds.

    Statements of one round have municipalities and team sizes in common, so the error is that of
    the mean over rounds.
    """
    random = np.random.default_rng(seed)
    held: dict[str, list[list[bool]]] = {name: [] for name in verdicts}
    for start in range(0, rounds, BLOCK):
        size = min(BLOCK, rounds - start)
        drawn = draw(size, random)
        for name, verdict in verdicts.items():
            held[name] += [verdict(drawn, place) for place in range(size)]
    return {name: summary(np.array(rows, dtype=float)) for name, rows in held.items()}


def summary(held: Floats) -> Measured:
    """From rounds x statements."""
    each = held.mean(axis=0)
    error = float(held.mean(axis=1).std(ddof=1)) / math.sqrt(len(held))
    return Measured(float(held.mean()), error, float(each.min()), float(each.max()))


def exact_coverage(method: Callable[..., Interval], share: float, base: int) -> float:
    """How often the interval for a share covers, by adding up the binomial chances."""
    counts = range(base + 1)
    inside = [covers(share_interval(method, count, base, 0), share) for count in counts]
    return float(binom.pmf(counts, base, share) @ np.array(inside))


def share_table() -> str:
    """Exact coverage of both intervals for a share, averaged over true shares, and the least."""
    lines = ["| municipalities | true share | Wilson, % | at worst | exact, % | at worst |"]
    lines.append("|---|---|---|---|---|---|")
    for base in (PROFESSIONALS, OFFICIALS):
        for low, high in ((0.02, 0.1), (0.1, 0.3), (0.3, 0.7), (0.02, 0.98)):
            cells = [str(base), f"{low} to {high}"]
            for method in (wilson, clopper_pearson):
                grid = np.linspace(low, high, 401)
                told = [100 * exact_coverage(method, share, base) for share in grid]
                cells += [f"{np.mean(told):.1f}", f"{min(told):.1f}"]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def table(head: str, verdicts: dict[str, Verdict], found: dict[str, Measured]) -> str:
    """Lines of Markdown."""
    lines = [f"| {head} | Monte Carlo s.e. | lowest and highest statement |", "|---|---|---|---|"]
    for name in verdicts:
        told = [f"{100 * part:.1f}" for part in found[name]]
        error = f"{100 * found[name].error:.2f}"
        lines.append(f"| {name} | {told[0]} | {error} | {told[2]} to {told[3]} |")
    return "\n".join(lines)


def main() -> None:
    """Print the tables, and what lies outside its limits."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    found = measure(PRINTED | GUARANTEED | CONTRAST | TESTS, rounds)
    found |= measure(SLOW, rounds // PART)
    print(table("interval of 95 % | covers, %", PRINTED | SLOW, found), end="\n\n")
    print(table("interval of at least 95 % | covers, %", GUARANTEED, found), end="\n\n")
    print(table("for contrast: 95 % | covers, %", CONTRAST, found), end="\n\n")
    print(table("test at 5 % | rejects a true null, %", TESTS, found), end="\n\n")
    print(share_table(), end="\n\n")
    for verdicts, (low, high) in LIMITS:
        for name in (one for one in verdicts if not low <= found[one].share <= high):
            print(f"outside {100 * low:g} to {100 * high:g} %: {name}")


LIMITS = ((PRINTED | SLOW, (0.935, 0.975)), (GUARANTEED, (0.95, 1.0)), (TESTS, (0.0, 0.055)))

if __name__ == "__main__":
    main()
