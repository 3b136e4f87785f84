"""One language: its labels, its phrases and its number formats.

Everything that is said in Dutch or English stands in `language/<code>/*.yml`, one file per
subject (report, charts, survey, …). The two languages hold the same keys, and no digits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
AT_MOST = "\N{LESS-THAN OR EQUAL TO} {number}"
AT_LEAST = "\N{GREATER-THAN OR EQUAL TO} {number}"


@dataclass(frozen=True)
class Language:
    """The words of one language. `tree` holds the YAML files, keyed by file name then key."""

    code: str
    tree: dict[str, Any]

    def get(self, key: str) -> Any:
        """What stands at a dotted `key` ("report.contents"). Raises KeyError naming the key."""
        node: Any = self.tree
        for part in key.split("."):
            if not isinstance(node, dict) or part not in node:
                raise KeyError(f"language {self.code!r} has no {key!r}")
            node = node[part]
        return node

    def label(self, key: str) -> str:
        """The short text at `key`."""
        return str(self.get(key))

    def decimal(self, value: float, places: int = 0) -> str:
        """`value` with `places` decimals and the language's own marks: 1.234,5 or 1,234.5."""
        plain = f"{value:,.{places}f}".replace("-", "\N{MINUS SIGN}")
        if plain.strip("\N{MINUS SIGN}0.,") == "":
            plain = plain.replace("\N{MINUS SIGN}", "")
        marks = {",": self.label("numbers.thousands"), ".": self.label("numbers.decimal")}
        return "".join(marks.get(character, character) for character in plain)

    def percent(self, value: float, places: int = 0) -> str:
        """`value` (0 to 100) as a percentage: 84% in both languages."""
        return self.decimal(value, places) + self.label("numbers.percent_sign")

    def span(
        self,
        low: float,
        high: float,
        whole: float,
        written: Callable[[float], str],
        *,
        short: bool = False,
    ) -> str:
        """What lies somewhere from `low` to `high`, out of `whole`: "14–17".

        Up to the whole it is "at least 14", down from nothing "at most 17"; where room is
        `short` "≥ 14" and "≤ 17". `written` gives the text of one number.
        """
        first, last = written(low), written(high)
        if first == last:
            return first
        if low <= 0:
            return (AT_MOST if short else self.label("numbers.at_most")).format(number=last)
        if high >= whole:
            return (AT_LEAST if short else self.label("numbers.at_least")).format(number=first)
        return f"{first.removesuffix(self.label('numbers.percent_sign'))}\N{EN DASH}{last}"


@cache
def load_language(code: str) -> Language:
    """The language `code` (`nl` or `en`). Raises KeyError for another code."""
    folder = FOLDER / code
    if not folder.is_dir():
        raise KeyError(f"no language {code!r}")
    files = sorted(folder.glob("*.yml"))
    return Language(code, {f.stem: yaml.safe_load(f.read_text(encoding="utf-8")) for f in files})
