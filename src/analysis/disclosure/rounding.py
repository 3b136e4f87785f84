"""Rounding counts instead of hiding them, and what a rounded count still tells.

Rounded details need not add up: every count is rounded by itself, so that a count is the same
wherever it is printed. What an outsider can make of rounded counts is for `attack` to say: a
rounded count is a range there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from hashlib import sha256

import pandas as pd

from analysis.disclosure.cells import Published

# As the statistics office rounds youth care: see `youth_care`.
YOUTH_CARE_BASE = 5
YOUTH_CARE_SECRET = 7


def round_to(count: int, base: int = 5, *, key: str | None = None) -> int:
    """`count` rounded to a multiple of `base`.

    Without `key` to the nearest, halves up (conventional rounding). With it to one of the two
    multiples beside it, so that it is right on average over keys: 2 above a multiple of 5 goes up
    in two cases of five (unbiased random rounding; Hundepool et al. 2012, chapter 5). The same
    key always gives the same: use one made of a secret and the name of the cell. Raises
    ValueError for a negative count or a base below 2.
    """
    _check(count, base)
    under, rest = count - count % base, count % base
    if key is None:
        return under + base if 2 * rest >= base else under
    return under + base if rest > _draw(key, base) else under


def rounded_range(shown: int, base: int = 5, *, key: str | None = None) -> tuple[int, int]:
    """The counts that `round_to` shows as `shown`, with the same `base` and `key`.

    This is what somebody knows who has the key, `base` different counts. Raises ValueError when
    `shown` is not a multiple of `base`.
    """
    _check(shown, base)
    if shown % base:
        raise ValueError(f"{shown} is not a multiple of {base}")
    near = range(max(shown - base + 1, 0), shown + base)
    found = [count for count in near if round_to(count, base, key=key) == shown]
    return found[0], found[-1]


def existence_range(shown: int, base: int = 5) -> tuple[int, int]:
    """The counts that unbiased rounding can show as `shown`, for somebody without the key.

    From one to the next multiple of `base`, both excluded (Hundepool et al. 2012, chapter 5).
    """
    _check(shown, base)
    return max(shown - base + 1, 0), shown + base - 1


def youth_care(count: int) -> int | None:
    """A count as the statistics office prints youth care: None is secret.

    Rounded to multiples of five; 0 to 7 are secret; details need not add up to totals (Statistics
    Netherlands, notes with key figures of districts and neighbourhoods). Raises ValueError for a
    negative count.
    """
    _check(count, YOUTH_CARE_BASE)
    return None if count <= YOUTH_CARE_SECRET else round_to(count, YOUTH_CARE_BASE)


def youth_care_range(shown: int | None) -> tuple[int, int]:
    """The counts that `youth_care` shows as `shown`. Raises ValueError for what it never shows."""
    if shown is None:
        return 0, YOUTH_CARE_SECRET
    low, high = rounded_range(shown, YOUTH_CARE_BASE)
    if high <= YOUTH_CARE_SECRET:
        raise ValueError(f"{shown} is never shown: up to {YOUTH_CARE_SECRET} is secret")
    return low, high


@dataclass(frozen=True)
class Preset:
    """A rule of rounding by name: what is shown of a count, and the counts behind what is shown."""

    name: str
    show: Callable[[int], int | None]
    behind: Callable[[int | None], tuple[int, int]]


PRESETS = {"youth_care": Preset("youth_care", youth_care, youth_care_range)}


def apply_preset(counts: pd.DataFrame, columns: Collection[str], preset: str) -> pd.DataFrame:
    """A copy of `counts` with the whole numbers in `columns` shown by `preset`; NA is secret.

    An empty count stays empty. Raises ValueError for an unknown preset or a count that is
    negative or not whole.
    """
    rule = _preset(preset)
    shown = counts.copy()
    for column in columns:
        try:
            whole = counts[column].astype("Int64")
        except (TypeError, ValueError):
            raise ValueError(f"column {column}: not all counts are whole numbers") from None
        told = [None if pd.isna(count) else rule.show(int(count)) for count in whole]
        shown[column] = pd.array(told, dtype="Int64")
    return shown


def published_as(cell: str, count: int, preset: str) -> Published:
    """What an outsider knows of a cell whose `count` is shown by `preset`: a range."""
    rule = _preset(preset)
    return Published(cell, *rule.behind(rule.show(count)))


def _preset(name: str) -> Preset:
    if name not in PRESETS:
        raise ValueError(f"unknown rounding {name!r}; known: {', '.join(sorted(PRESETS))}")
    return PRESETS[name]


def _draw(key: str, base: int) -> int:
    """A number from 0 to `base` - 1 that depends on `key` only, each equally likely."""
    return int.from_bytes(sha256(key.encode()).digest()) % base


def _check(count: int, base: int) -> None:
    if base < 2:
        raise ValueError(f"the base of rounding is {base}; allowed: 2 or more")
    if count < 0:
        raise ValueError(f"a count cannot be negative: {count}")
