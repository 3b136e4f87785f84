"""Rounding counts, and what a rounded count still tells.

Rounded details need not add up: every count is rounded by itself, so that a count is the same
wherever it is printed. What an outsider can make of rounded counts is for `attack` to say: a
rounded count is a range there.
"""

from __future__ import annotations

from dataclasses import dataclass

# As the statistics office prints youth care: in multiples of five, 0 to 7 secret; details need
# not add up to totals (Statistics Netherlands, notes with key figures of districts and
# neighbourhoods).
YOUTH_CARE = "youth_care"
YOUTH_CARE_BASE = 5
YOUTH_CARE_SECRET = 7


def round_to(count: int, base: int) -> int:
    """`count` rounded to the nearest multiple of `base`, halves up (conventional rounding;
    Hundepool et al. 2012, chapter 5). Raises ValueError for a negative count or a base below 2.
    """
    _check(count, base)
    under, rest = count - count % base, count % base
    return under + base if 2 * rest >= base else under


def rounded_range(shown: int, base: int) -> tuple[int, int]:
    """The smallest and largest count that `round_to` shows as `shown`.

    Raises ValueError when `shown` is not a multiple of `base`.
    """
    _check(shown, base)
    if shown % base:
        raise ValueError(f"{shown} is not a multiple of {base}")
    return max(shown - base // 2, 0), shown + (base - 1) // 2


@dataclass(frozen=True)
class Rule:
    """How a round shows its counts: as multiples of `base`, and which are secret.

    Every count below `least` is secret, but for 0 where `nothing` is true.
    """

    base: int
    least: int
    nothing: bool

    def show(self, count: int) -> int | None:
        """What is printed of `count`; None is secret. Raises ValueError for a negative count."""
        _check(count, self.base)
        secret = count < self.least and not (self.nothing and count == 0)
        return None if secret else round_to(count, self.base)

    def rounds(self, count: int) -> bool:
        """Whether `count` is rounded or secret; only a 0 that is shown is neither."""
        return count > 0 or not self.nothing

    def behind(self, shown: int) -> tuple[int, int]:
        """The smallest and largest count that is printed as `shown`.

        Raises ValueError for what is never printed.
        """
        low, high = rounded_range(shown, self.base)
        counts = [count for count in range(low, high + 1) if self.show(count) == shown]
        if not counts:
            raise ValueError(f"{shown} is never shown: below {self.least} is secret")
        return counts[0], counts[-1]


def rule_of(setting: int | str, minimum: int) -> Rule:
    """The rule of a round: a base, or `youth_care`, where counts below `minimum` are secret.

    So are counts that would be rounded to 0: a printed 0 is nobody. With `youth_care` counts up
    to 7 are secret, 0 among them. Raises ValueError for another name,
    a base below 2, or a minimum that would keep more secret than `youth_care` says.
    """
    if setting == YOUTH_CARE:
        if minimum > YOUTH_CARE_SECRET:
            kept = f"{YOUTH_CARE} keeps counts up to {YOUTH_CARE_SECRET} secret"
            raise ValueError(f"{kept}; the smallest cell is {minimum}")
        return Rule(YOUTH_CARE_BASE, YOUTH_CARE_SECRET + 1, nothing=False)
    if not isinstance(setting, int):
        raise ValueError(f"unknown rounding {setting!r}; known: a base, {YOUTH_CARE}")
    _check(0, setting)
    return Rule(setting, max(minimum, (setting + 1) // 2), nothing=True)


def _check(count: int, base: int) -> None:
    if base < 2:
        raise ValueError(f"the base of rounding is {base}; allowed: 2 or more")
    if count < 0:
        raise ValueError(f"a count cannot be negative: {count}")
