"""What to read from StatLine: `data/raw/literature/statline.yml`, typed and checked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from analysis.project import CallError, Project
from analysis.raw.origins import TOTAL, origin_vocabulary
from analysis.raw.settings import Strict, validated
from analysis.statline.client import address_fault

CONFIG = "literature/statline.yml"
ADDRESSES = {
    "v3": "https://opendata.cbs.nl/ODataApi/odata",
    "v4": "https://datasets.cbs.nl/odata/v1/CBS",
}
Name = Annotated[str, Field(pattern=r"^\w+$")]
Year = Annotated[str, Field(pattern=r"^[0-9]{4}JJ00$")]


class Measure(Strict):
    """A column of figures, by its title and, where titles are alike, that of a group it is in."""

    title: str
    group: str = ""


class OriginCodes(Strict):
    """The dimension by origin, and the code that each of our origins has in it."""

    dimension: Name
    codes: Annotated[dict[str, str], Field(min_length=2)]

    @field_validator("codes")
    @classmethod
    def _known(cls, codes: dict[str, str]) -> dict[str, str]:
        known = origin_vocabulary().origins
        if unknown := [origin for origin in codes if origin not in known]:
            raise ValueError(f"unknown origin {', '.join(unknown)}; known: {', '.join(known)}")
        if TOTAL not in codes:
            raise ValueError(f"no code for the origin {TOTAL}")
        if twice := sorted({c for c in codes.values() if list(codes.values()).count(c) > 1}):
            raise ValueError(f"the code {', '.join(twice)} stands at two origins")
        return codes


class Periods(Strict):
    """The dimension of time, and the years to read, as codes of StatLine (`2020JJ00`)."""

    dimension: Name = "Perioden"
    codes: Annotated[list[Year], Field(min_length=1)]


class TableChoice(Strict):
    """One table: which figures of it become shares of young people with youth care.

    A share is the measure itself, in percent, or 100 times the measure over `divide_by`;
    `factor` multiplies the measure first, where units differ. `fixed` gives every other
    dimension of the table its one code.
    """

    table: Annotated[str, Field(pattern=r"^[0-9A-Za-z]+$")]
    version: Literal["v3", "v4"]
    address: str = ""
    measure: Measure
    divide_by: Measure | None = None
    factor: Annotated[float, Field(gt=0)] | None = None
    origin: OriginCodes
    period: Periods
    fixed: dict[Name, str] = Field(default_factory=dict)

    @property
    def base(self) -> str:
        """The address of the table in the service."""
        return f"{(self.address or ADDRESSES[self.version]).rstrip('/')}/{self.table}"

    @field_validator("address")
    @classmethod
    def _safe(cls, address: str) -> str:
        if address and (fault := address_fault(address)):
            raise ValueError(fault)
        return address

    @model_validator(mode="after")
    def _consistent(self) -> TableChoice:
        own = (self.origin.dimension, self.period.dimension)
        if own[0] == own[1] or set(own) & set(self.fixed):
            raise ValueError("a dimension stands at two of origin, period and fixed")
        vocabulary = origin_vocabulary()
        for code in self.period.codes:
            year = int(code[:4])
            if wrong := [o for o in self.origin.codes if not vocabulary.fits(o, year)]:
                usable = ", ".join(vocabulary.usable_in(year))
                found = f"{', '.join(wrong)}: no origin of the classification of {year}"
                raise ValueError(f"{found}; that year has: {usable}")
        return self


class StatlineSettings(Strict):
    """Which tables to read, and how patient to be.

    `timeout_seconds` holds for each wait on the service, `attempts` counts the first one too,
    `wait_seconds` lie before the second and double each time, `megabytes` bound one table.
    """

    timeout_seconds: Annotated[float, Field(gt=0, le=300)] = 30
    attempts: Annotated[int, Field(ge=1, le=5)] = 3
    wait_seconds: Annotated[float, Field(ge=0, le=60)] = 2
    megabytes: Annotated[float, Field(gt=0, le=500)] = 50
    tables: Annotated[list[TableChoice], Field(min_length=1)]

    @model_validator(mode="after")
    def _tables_once(self) -> StatlineSettings:
        names = [choice.table.lower() for choice in self.tables]
        if len(set(names)) < len(names):
            raise ValueError("a table stands twice in tables")
        return self


def read_statline_settings(project: Project, path: Path | None = None) -> StatlineSettings:
    """The settings in `path` (default `data/raw/literature/statline.yml`).

    Raises CallError when there is no such file, or naming each fault in it by its place.
    """
    path = path or project.raw / CONFIG
    name = project.relative(path)
    if not path.is_file():
        raise CallError(f"{name}: no such file; docs/statline.md has an example to start from")
    return validated(StatlineSettings, path, name)
