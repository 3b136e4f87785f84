"""The vocabulary of origins: which classification a code belongs to, and what it is part of."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path

import yaml
from pydantic import model_validator

from analysis.raw.settings import Strict

FILE = Path(__file__).with_name("origins.yml")
TOTAL = "total"


class Classification(Strict):
    """A way to divide young people by origin, and the years of figures that it holds for."""

    since: int | None = None
    until: int | None = None

    def holds_in(self, year: int) -> bool:
        """Whether figures of `year` are divided this way."""
        after = self.since is None or year >= self.since
        return after and (self.until is None or year <= self.until)


class Origin(Strict):
    """One origin; `classification` is empty for the total, which belongs to all."""

    classification: str = ""
    parent: str = ""


class Vocabulary(Strict):
    """All classifications and all origins, by code."""

    classifications: dict[str, Classification]
    origins: dict[str, Origin]

    @model_validator(mode="after")
    def _consistent(self) -> Vocabulary:
        for code, origin in self.origins.items():
            if code != TOTAL and origin.classification not in self.classifications:
                raise ValueError(f"{code}: classification {origin.classification!r} is not there")
            if code != TOTAL and origin.parent not in self.origins:
                raise ValueError(f"{code}: parent {origin.parent!r} is not there")
        return self

    def classification_of(self, year: int) -> str:
        """The classification that figures of `year` have; empty where none holds."""
        names = (name for name, c in self.classifications.items() if c.holds_in(year))
        return next(names, "")

    def fits(self, code: str, year: int) -> bool:
        """Whether an origin can have a figure in `year`."""
        name = self.origins[code].classification
        return not name or self.classifications[name].holds_in(year)

    def usable_in(self, year: int) -> list[str]:
        """The codes that can have a figure in `year`, in order."""
        return [code for code in self.origins if self.fits(code, year)]

    def line_of(self, code: str, present: Collection[str]) -> list[str]:
        """The groups that hold `code`, nearest first, of those that are `present`.

        The first is its parent there, and how many there are is its level.
        """
        found = []
        above = self.origins[code].parent
        while above:
            found += [above] if above in present else []
            above = self.origins[above].parent
        return found


@cache
def origin_vocabulary() -> Vocabulary:
    """The vocabulary of the package."""
    return Vocabulary.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))
