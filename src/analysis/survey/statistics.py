"""The grammar of a survey statistic, shared by the totals, the facts and the audit.

count.agree                      how many are at a position
share.neutral|disagree           percentage at one of several positions
count.agree & criteria.disagree  at a position here and at one on another item
count.agree & professionals:equipped.disagree   … of the other group, same municipality
difference.agree.disagree        how many more at the first than at the second
count.selected                   how many ticked a box
count.asked                      how many were asked the item at all
count.complete                   how many respondents or municipalities took part
"""

from __future__ import annotations

from dataclasses import dataclass

POSITIONS = ("agree", "neutral", "disagree", "dont_know")
# Answers that are finer than a position; printed once in the report of 2016.
ANSWERS = ("strongly_agree", "strongly_disagree")


@dataclass(frozen=True)
class Condition:
    """One of `positions` on `item`, as seen by `group`."""

    group: str
    item: str
    positions: tuple[str, ...]


@dataclass(frozen=True)
class Statistic:
    """A parsed statistic: `kind` is `count`, `share` or `difference`.

    `conditions` hold together (for `difference`: the first minus the second).
    """

    kind: str
    conditions: tuple[Condition, ...]


def parse_statistic(text: str, subject: str, group: str) -> Statistic:
    """Read a statistic about `subject` (an item) and `group`.

    Raises ValueError when the text does not follow the grammar.
    """
    kind, _, rest = text.partition(".")
    if kind == "difference":
        first, _, second = rest.partition(".")
        sides = tuple(Condition(group, subject, (position,)) for position in (first, second))
        return Statistic(kind, sides)
    if kind not in ("count", "share") or not rest:
        raise ValueError(f"{text!r} is not a statistic")
    first, *others = rest.split(" & ")
    conditions = [Condition(group, subject, tuple(first.split("|")))]
    return Statistic(kind, (*conditions, *(_condition(other, group) for other in others)))


def _condition(text: str, group: str) -> Condition:
    where, _, positions = text.rpartition(".")
    if not where:
        raise ValueError(f"{text!r} names no item")
    other, _, item = where.rpartition(":")
    return Condition(other or group, item, tuple(positions.split("|")))
