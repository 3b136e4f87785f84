"""What a simulated round is to look like: named parameters, checked when they are given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from analysis.project import CallError
from analysis.raw.settings import Instrument

MUNICIPALITIES = 31
DRIFT_MOST = 4.0
FIRST_DAY = (5, 10)
FIELDWORK = timedelta(days=32)


@dataclass(frozen=True)
class Plan:
    """The size of a simulated round, and how its answers differ from others.

    `municipalities` is how many of the frame take part with professionals (default 31, or fewer
    where the frame or the number of respondents is smaller), `respondents` how many professionals
    answer in all and `officials` how many officials. `drift` moves the mean of every statement by
    so many points of the scale, or only of those in `drift_items`. The same `seed` gives the same
    answers. The fieldwork runs from `first_day` to `last_day` (default: some weeks from 10 May of
    `year`). Raises CallError naming every value that cannot be.
    """

    municipalities: int | None = None
    respondents: int = 150
    officials: int = 27
    seed: int = 1
    drift: float = 0.0
    drift_items: tuple[str, ...] = ()
    year: int = 2027
    first_day: date | None = None
    last_day: date | None = None

    def __post_init__(self) -> None:
        faults = [
            _below("municipalities", self.municipalities, 1),
            _below("respondents", self.respondents, 1),
            _below("officials", self.officials, 0),
            _below("seed", self.seed, 0),
        ]
        if not -DRIFT_MOST <= self.drift <= DRIFT_MOST:
            faults.append(f"drift is {self.drift}; allowed: -{DRIFT_MOST:g} to {DRIFT_MOST:g}")
        if not 2000 <= self.year <= 2100:
            faults.append(f"year is {self.year}; allowed: 2000 to 2100")
        elif self.closed < self.opened:
            faults.append(f"last_day is {self.closed}; allowed: {self.opened} or later")
        if (self.municipalities or 0) > self.respondents > 0:
            faults.append(
                f"municipalities is {self.municipalities}; allowed: at most one for each of the "
                f"{self.respondents} respondents"
            )
        _refuse([fault for fault in faults if fault])

    @property
    def opened(self) -> date:
        """The first day of the fieldwork."""
        if self.first_day is not None:
            return self.first_day
        return self.last_day - FIELDWORK if self.last_day else date(self.year, *FIRST_DAY)

    @property
    def closed(self) -> date:
        """The last day of the fieldwork."""
        return self.last_day or self.opened + FIELDWORK

    def places(self, frame: pd.DataFrame) -> int:
        """How many municipalities of `frame` take part with professionals."""
        return self.municipalities or min(MUNICIPALITIES, len(frame), self.respondents)

    def check(self, frame: pd.DataFrame, instrument: Instrument) -> None:
        """Hold the plan against the frame and the questionnaire. Raises CallError."""
        faults = []
        if self.places(frame) > len(frame) or frame.empty:
            faults.append(
                f"municipalities is {self.places(frame)}; allowed: at most {len(frame)}, "
                "as many as the frame holds"
            )
        scale = [item.id for item in instrument.items if item.kind == "scale"]
        faults += [
            f"drift_items names {name}; allowed: {', '.join(scale)}"
            for name in self.drift_items
            if name not in scale
        ]
        _refuse(faults)

    def drift_of(self, item: str) -> float:
        """By how many points the mean of `item` moves."""
        return self.drift if not self.drift_items or item in self.drift_items else 0.0


def _below(name: str, value: int | None, least: int) -> str:
    return (
        f"{name} is {value}; allowed: {least} or more"
        if (least if value is None else value) < least
        else ""
    )


def _refuse(faults: list[str]) -> None:
    if faults:
        raise CallError("\n".join(f"simulate: {fault}" for fault in faults))
