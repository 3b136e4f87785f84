"""Do the 95 % intervals cover, and do the exact tests reject as seldom as they say?

Run: .venv/bin/python tools/check_coverage.py [rounds]
Prints the tables in docs/methods.md (seed fixed, so the same every time), which also says what is
simulated (coverage_rounds.py) and what each truth is. Every interval and test is made by the
function that a report calls.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from functools import cache, partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from coverage_rounds import (
    EARLIER,
    FRAME,
    GAPS,
    GROUPS,
    ICC,
    OFFICIALS,
    PAIRED,
    PROFESSIONALS,
    TAKES_PART,
    TOOK_PART,
    TRUTHS,
    Drawn,
    draw,
    true_agreement,
)
from scipy.stats import binom

from analysis.stats.agreement import SMALLEST_GROUP, icc1
from analysis.stats.concordance import icc_a1
from analysis.stats.interval import Interval
from analysis.stats.means import cluster_mean, mean_of_municipalities, median_of_municipalities
from analysis.stats.ordinal import group_effect, probability_of_superiority
from analysis.stats.paired import hodges_lehmann, paired_difference, sign_flip, signed_rank
from analysis.stats.proportions import clopper_pearson, wilson
from analysis.survey.differences import other_means, other_shares, same_means, same_shares

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

ROUNDS, BLOCK, SEED, CONFIDENCE, LEVEL = 2000, 100, 20261122, 0.95, 0.05

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


def medians(drawn: Drawn, place: int, *, group: int) -> list[bool]:
    """The median over municipalities, in general."""
    true = (truth.median for truth in TRUTHS[GROUPS[group]])
    told = drawn.means[place, group][:, TAKES_PART[group]]
    found = (median_of_municipalities(row, confidence=CONFIDENCE) for row in told)
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


def within_teams(drawn: Drawn, place: int) -> list[bool]:
    """The intraclass correlation of professionals, in teams as large as the report takes them."""
    where = drawn.places[1][place]
    large = np.bincount(where)[where] >= SMALLEST_GROUP
    found = (
        icc1(row[large], where[large], confidence=CONFIDENCE, draws=0).estimate
        for row in drawn.scores[1][place]
    )
    return [covers(one, ICC) for one in found]


@cache
def true_agreements() -> list[float]:
    """ICC(A,1) of both groups, per statement."""
    return [true_agreement(*pair) for pair in zip(*(TRUTHS[name] for name in GROUPS), strict=True)]


def between_groups(drawn: Drawn, place: int) -> list[bool]:
    """Agreement between the groups, where municipalities have both."""
    sides = (drawn.means[place, group][:, PAIRED] for group in (0, 1))
    found = (icc_a1(*pair, confidence=CONFIDENCE).estimate for pair in zip(*sides, strict=True))
    return [covers(*pair) for pair in zip(found, true_agreements(), strict=True)]


def both_rounds(group: int) -> slice:
    """Who takes part now and did in the earlier round."""
    parts = TAKES_PART[group], TOOK_PART[group]
    return slice(max(part.start for part in parts), min(part.stop for part in parts))


def changes(drawn: Drawn, place: int, *, group: int, measure: str, matched: bool) -> list[bool]:
    """The change since the earlier round of a mean or a share, in both rounds or in each."""
    assert drawn.then is not None
    both = both_rounds(group)
    parts = (both, both) if matched else (TAKES_PART[group], TOOK_PART[group])
    values = "means" if measure == "mean" else "agrees"
    now, then = (
        getattr(side, values)[place, group][:, part]
        for side, part in zip((drawn, drawn.then), parts, strict=True)
    )
    found = (change(*pair, measure, matched) for pair in zip(now, then, strict=True))
    return [covers(*pair) for pair in zip(found, true_changes(group, measure), strict=True)]


def change(now: Floats, then: Floats, measure: str, matched: bool) -> Interval:
    """One change, as two rounds compared make it."""
    one, other = pd.Series(now), pd.Series(then)
    if measure == "mean":
        return (same_means if matched else other_means)(one, other, CONFIDENCE)
    if matched:
        return same_shares(one, other, CONFIDENCE)
    return other_shares((int(now.sum()), len(now)), (int(then.sum()), len(then)), CONFIDENCE)


def true_changes(group: int, measure: str) -> list[float]:
    """How much higher the mean, or a share, truly is than in the earlier round."""
    sides = (TRUTHS[GROUPS[group]], EARLIER[GROUPS[group]])
    return [
        getattr(now, measure) - getattr(then, measure) for now, then in zip(*sides, strict=True)
    ]


def persons(drawn: Drawn, place: int) -> list[bool]:
    """The change of the share of officials that agree, where persons are counted."""
    assert drawn.then is not None
    counts = [
        [(int((row >= 4).sum()), len(row)) for row in side.scores[0][place]]
        for side in (drawn, drawn.then)
    ]
    found = (other_shares(*pair, CONFIDENCE) for pair in zip(*counts, strict=True))
    return [covers(*pair) for pair in zip(found, true_changes(0, "persons"), strict=True)]


def everywhere(name: str, verdict: Callable[..., list[bool]]) -> dict[str, Verdict]:
    """A line for each group, in general and of these 49."""
    return {
        f"{name}; {size} with {GROUPS[group]}; {target}": partial(verdict, group=group, whole=whole)
        for target, whole in (("in general", 0), ("of these 49", FRAME))
        for group, size in ((1, PROFESSIONALS), (0, OFFICIALS))
    }


def in_two_rounds(name: str, *, measure: str, matched: bool) -> dict[str, Verdict]:
    """A line for each group, with how many municipalities there are in both rounds, or in each."""
    told = {}
    for group in (1, 0):
        size = (
            len(range(FRAME)[both_rounds(group)]) if matched else (OFFICIALS, PROFESSIONALS)[group]
        )
        verdict = partial(changes, group=group, measure=measure, matched=matched)
        told[f"{name}; {size} with {GROUPS[group]}"] = verdict
    return told


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
GUARANTEED: dict[str, Verdict] = {
    **everywhere("share that agrees, exact", partial(shares, method=clopper_pearson)),
    f"median over municipalities; {PROFESSIONALS} with professionals": partial(medians, group=1),
    f"median over municipalities; {OFFICIALS} with officials": partial(medians, group=0),
}
AGREEMENT: dict[str, Verdict] = {
    f"ICC(1), professionals in teams of {SMALLEST_GROUP} or more": within_teams,
    "ICC(A,1), both groups; 17 with both": between_groups,
}
COMPARED: dict[str, Verdict] = {
    **in_two_rounds("mean, matched, paired t", measure="mean", matched=True),
    **in_two_rounds("mean, all, Welch", measure="mean", matched=False),
    **in_two_rounds("share that agrees, matched, Newcombe", measure="agree", matched=True),
    **in_two_rounds("share that agrees, all, Newcombe", measure="agree", matched=False),
    "share of officials that agree, by person; Newcombe": persons,
}
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


FAST = PRINTED | GUARANTEED | AGREEMENT | COMPARED | CONTRAST | TESTS


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
        print(f"\r{start + size} of {rounds} rounds", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
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
    found = measure(FAST, rounds)
    found |= measure(SLOW, rounds // PART)
    print(table("interval of 95 % | covers, %", PRINTED | SLOW, found), end="\n\n")
    print(table("interval of at least 95 % | covers, %", GUARANTEED, found), end="\n\n")
    print(table("interval of agreement, 95 % | covers, %", AGREEMENT, found), end="\n\n")
    print(table("interval of a change, 95 % | covers, %", COMPARED, found), end="\n\n")
    print(table("for contrast: 95 % | covers, %", CONTRAST, found), end="\n\n")
    print(table("test at 5 % | rejects a true null, %", TESTS, found), end="\n\n")
    print(share_table(), end="\n\n")
    for verdicts, (low, high) in LIMITS:
        for name in (one for one in verdicts if not low <= found[one].share <= high):
            print(f"outside {100 * low:g} to {100 * high:g} %: {name}")


LIMITS = (
    (PRINTED | SLOW | AGREEMENT | COMPARED, (0.935, 0.975)),
    (GUARANTEED, (0.95, 1.0)),
    (TESTS, (0.0, 0.055)),
)

if __name__ == "__main__":
    main()
