"""Draw the answers of a round that nobody answered, realistic and the same for the same seed.

A statement's score is 1 plus how many of four chances came out, each with the probability that
belongs to its municipality. So the mean of a municipality is exactly what was meant, and the
spread between municipalities can be chosen. Only whole-number arithmetic, the four operations
and square roots are used: these give the same bits on every machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.answers import ANSWER_TYPE, ANSWERS, POSITION_OF
from analysis.project import CallError
from analysis.raw.settings import Group, Instrument, Item
from analysis.simulate.plan import Plan

Codes = npt.NDArray[np.int8]
Numbers = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]

GROUPS: tuple[Group, ...] = ("officials", "professionals")
CODE = {answer: np.int8(number) for number, answer in enumerate(ANSWERS)}
NOT_ASKED = np.int8(-1)
# Of the spread of a statement, the part that lies between municipalities.
BETWEEN = 0.17
MISSING = 0.01
DONT_KNOW = (0.03, 0.12)
MEANS = (2.1, 3.9)
GROUPS_APART = 0.4
MEAN_LIMITS = (1.5, 4.5)
CHANCE_LIMITS = (0.02, 0.98)
TICKED = (0.25, 0.75)
# A large team weighs up to so many times as much as a small one.
LARGEST = 10.0
# Of the officials, the part that is the only one of the municipality.
ALONE = 0.88
# From how many statements on, one answer to all of them is taken for carelessness.
MANY = 5


def draw_round(instrument: Instrument, frame: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """`answers_by_respondent` (see `analysis.answers`) of a simulated round.

    `frame` has the columns `municipality, name, code`. Who answers what follows the questionnaire:
    its groups and its routing. Every group's respondents stand in the order in which they began.
    `municipality`, `group` and `team_type` are categorical. Raises CallError when the plan does
    not go with the frame or the questionnaire.
    """
    plan.check(frame, instrument)
    order = _in_order(instrument.items)
    parts = []
    for group in GROUPS:
        where = _municipalities(group, len(frame), plan.places(frame), plan)
        drawn = _Draw(group, order, plan, len(frame)).sheets(where)
        people = {
            "respondent": np.arange(1, len(where) + 1),
            "municipality": named(where, frame["municipality"]),
            "group": named(np.full(len(where), GROUPS.index(group)), GROUPS),
            "team_type": _team_types(instrument.team_types, group, len(where), plan.seed),
        }
        told = {
            name: pd.Categorical.from_codes(drawn[name], dtype=ANSWER_TYPE)
            for item in instrument.items
            for name in columns_of(item)
        }
        parts.append(pd.DataFrame(people | told))
    return pd.concat(parts, ignore_index=True)


def columns_of(item: Item) -> list[str]:
    """The columns of an item in `answers_by_respondent`: itself, or one per box."""
    return [f"{item.id}.{option.id}" for option in item.options] or [item.id]


def named(codes: npt.NDArray[np.integer[Any]], texts: Iterable[str]) -> pd.Categorical:
    """The text that each code counts to, from 0; none for -1."""
    return pd.Categorical.from_codes(codes, pd.Index(list(texts), dtype="str"))


def random(seed: int, *what: str) -> np.random.Generator:
    """Chance for one purpose: what is drawn for another purpose does not change it."""
    return np.random.Generator(np.random.PCG64([seed, _number(*what)]))


def _number(*what: str) -> int:
    return int.from_bytes(hashlib.sha256("/".join(what).encode()).digest()[:8], "big")


def _between(limits: tuple[float, float], *what: str) -> float:
    """A number within `limits` that belongs to `what`, in every round and with every seed."""
    low, high = limits
    return low + (high - low) * (_number(*what) / 2**64)


def _in_order(items: Sequence[Item]) -> list[Item]:
    """The items, each after the one that leads to it. Raises CallError for a circle."""
    found: list[Item] = []
    left = list(items)
    while left:
        known = {item.id for item in found}
        ready = [i for i in left if i.asked_if is None or i.asked_if.item in known]
        if not ready:
            names = ", ".join(item.id for item in left)
            raise CallError(f"instrument: asked_if goes round in a circle through {names}")
        found += ready
        left = [item for item in left if item not in ready]
    return found


def _municipalities(group: Group, frame: int, places: int, plan: Plan) -> Numbers:
    """The municipality of each respondent, as its place in the frame."""
    chance = random(plan.seed, "municipalities", group)
    if group == "professionals":
        u = chance.random(places)
        weight = np.cumsum(1 + (LARGEST - 1) * u * u * u * u)
        more = chance.random(plan.respondents - places) * weight[-1]
        chosen = np.concatenate([np.arange(places), np.searchsorted(weight, more, side="right")])
        chosen = np.minimum(chosen, places - 1)
    else:
        places = max(1, min(frame, round(plan.officials * ALONE)))
        chosen = np.arange(plan.officials) % places
    taking_part = chance.permutation(frame)[:places]
    found: Numbers = chance.permutation(taking_part[chosen])
    return found


def _team_types(types: Sequence[str], group: Group, size: int, seed: int) -> pd.Categorical:
    weight = np.cumsum([_between((1.0, 2.0), "team type", name) for name in types])
    drawn = random(seed, "team types", group).random(size) * weight[-1]
    codes = np.minimum(np.searchsorted(weight, drawn, side="right"), len(types) - 1)
    return named(codes, types)


class _Draw:
    """Draws the answer sheets of one group: a column of codes into `ANSWERS` per item or box."""

    def __init__(self, group: Group, items: Sequence[Item], plan: Plan, frame: int) -> None:
        self.group = group
        self.items = items
        self.plan = plan
        self.frame = frame

    def sheets(self, where: Numbers) -> dict[str, Codes]:
        """The answers of respondents in the municipalities `where`; careless sheets are redrawn."""
        drawn = self._attempt(where, 0)
        rows = np.flatnonzero(self._careless(drawn, len(where)))
        for attempt in count(1):
            if not len(rows):
                break
            fresh = self._attempt(where[rows], attempt)
            for name, codes in fresh.items():
                drawn[name][rows] = codes
            rows = rows[self._careless(fresh, len(rows))]
        return drawn

    def _attempt(self, where: Numbers, attempt: int) -> dict[str, Codes]:
        drawn: dict[str, Codes] = {}
        for item in self.items:
            chance = random(self.plan.seed, "answers", item.id, self.group, str(attempt))
            asked = self._asked(item, drawn, len(where))
            draw = self._boxes if item.kind == "multiple" else self._scores
            for name, codes in draw(item, where, chance):
                drawn[name] = np.where(asked, codes, NOT_ASKED)
        return drawn

    def _asked(self, item: Item, drawn: dict[str, Codes], size: int) -> npt.NDArray[np.bool_]:
        asked = np.full(size, self.group in item.publish)
        if item.asked_if is not None and item.asked_if.item in drawn:
            leads = [POSITION_OF[answer] in item.asked_if.positions for answer in ANSWERS]
            asked &= np.array([*leads, False])[drawn[item.asked_if.item]]
        return asked

    def _scores(
        self, item: Item, where: Numbers, chance: np.random.Generator
    ) -> Iterable[tuple[str, Codes]]:
        each = self._chances(item)[where]
        codes = np.zeros(len(where), dtype=np.int8)
        for _ in range(4):
            codes += chance.random(len(where)) < each
        luck = chance.random(len(where))
        codes[luck < _between(DONT_KNOW, "don't know", item.id)] = CODE["dont_know"]
        codes[luck >= 1 - MISSING] = CODE["missing"]
        yield item.id, codes

    def _chances(self, item: Item) -> Shares:
        """Per municipality of the frame, the probability of each of the four chances."""
        mean = _between(MEANS, "mean", item.id)
        mean += _between((-GROUPS_APART / 2, GROUPS_APART / 2), "mean", item.id, self.group)
        mean = min(max(mean + self.plan.drift_of(item.id), MEAN_LIMITS[0]), MEAN_LIMITS[1])
        p = (mean - 1) / 4
        odds = BETWEEN / (1 - BETWEEN)
        # Of a municipality at p + e the scores vary by 4(p+e)(1-p-e), which is on average
        # 4p(1-p) less 4 times the variance of e.
        variance = odds * 4 * p * (1 - p) / (16 + 4 * odds)
        draw = random(self.plan.seed, "municipality", item.id).random((2, self.frame))
        # The sum of two even chances less one has variance 1/6.
        apart = (draw[0] + draw[1] - 1) * np.sqrt(6 * variance)
        return np.clip(p + apart, *CHANCE_LIMITS)

    def _boxes(
        self, item: Item, where: Numbers, chance: np.random.Generator
    ) -> Iterable[tuple[str, Codes]]:
        """Everybody who is asked ticks at least one box."""
        names = columns_of(item)
        ticked = np.array(
            [chance.random(len(where)) < _between(TICKED, "ticked", name) for name in names]
        )
        otherwise = chance.integers(0, len(names), len(where))
        none = ~ticked.any(axis=0)
        ticked[otherwise[none], np.flatnonzero(none)] = True
        for name, codes in zip(names, ticked, strict=True):
            yield name, np.where(codes, CODE["selected"], CODE["not_selected"])

    def _careless(self, drawn: dict[str, Codes], size: int) -> npt.NDArray[np.bool_]:
        """Sheets without any answer to a statement, or with one score throughout many."""
        asked = np.zeros(size, dtype=np.int16)
        scores = np.zeros(size, dtype=np.uint8)
        silent = np.ones(size, dtype=bool)
        bit = np.array([1, 2, 4, 8, 16, 0, 0, 0, 0, 0], dtype=np.uint8)
        for item in self.items:
            if item.kind == "scale":
                codes = drawn[item.id]
                asked += codes != NOT_ASKED
                scores |= bit[codes]
                silent &= (codes == NOT_ASKED) | (codes == CODE["missing"])
        one = scores & (scores - np.uint8(1)) == 0
        return (silent & (asked > 0)) | (one & (asked >= MANY))
