"""Settings of the survey: the instrument and a round, typed and checked when read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from analysis.project import CallError, Project
from analysis.raw.sources import read_source

Position = Literal["agree", "neutral", "disagree", "dont_know"]
Base = Literal["municipalities", "respondents"]
Group = Literal["professionals", "officials"]
GROUPS: tuple[Group, ...] = ("professionals", "officials")
Share = Annotated[float, Field(ge=0, le=1)]


class Strict(BaseModel):
    """A setting: unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Theme(Strict):
    """One of the chapters of the questionnaire."""

    id: str
    nl: str
    en: str


class Option(Strict):
    """One box to tick in a multiple-choice item."""

    id: str
    nl: str
    en: str


class Routing(Strict):
    """An item is asked only of respondents who took one of `positions` on `item`."""

    item: str
    positions: list[Position]


class Item(Strict):
    """A question: a statement on the five-point scale, or a list of boxes to tick."""

    id: str
    theme: str
    kind: Literal["scale", "multiple"] = "scale"
    publish: dict[Group, Base]
    nl: str
    en: str
    short_nl: str
    short_en: str
    asked_if: Routing | None = None
    options: list[Option] = []
    line: int | None = None

    def statement(self, language: str) -> str:
        """The question in one language."""
        return str(getattr(self, language))

    def base(self, group: str) -> str:
        """What is counted when `group`'s answers are published; KeyError if it is not asked."""
        return {str(name): str(base) for name, base in self.publish.items()}[group]

    def short(self, language: str) -> str:
        """A few words for charts and tables."""
        return str(getattr(self, f"short_{language}"))


class Instrument(Strict):
    """The questionnaire."""

    scale: dict[str, int]
    team_types: list[str]
    themes: list[Theme]
    items: list[Item]

    def item(self, name: str) -> Item:
        """The item with id `name`; KeyError when there is none."""
        return next(i for i in self.items if i.id == name) if self.has(name) else _missing(name)

    def has(self, name: str) -> bool:
        """Whether there is an item with id `name`."""
        return self.find(name) is not None

    def find(self, name: str) -> Item | None:
        """The item with id `name`, or None."""
        return next((item for item in self.items if item.id == name), None)

    @model_validator(mode="after")
    def _consistent(self) -> Instrument:
        themes = {theme.id for theme in self.themes}
        names = [item.id for item in self.items]
        for item in self.items:
            if names.count(item.id) > 1:
                raise ValueError(f"item {item.id} stands there twice")
            if item.theme not in themes:
                raise ValueError(f"item {item.id}: theme {item.theme} is not in themes")
            if item.asked_if and not self.has(item.asked_if.item):
                raise ValueError(f"item {item.id}: asked_if names {item.asked_if.item}, no item")
            if (item.kind == "multiple") != bool(item.options):
                raise ValueError(f"item {item.id}: options go with kind multiple, and only there")
        return self


def _missing(name: str) -> Any:
    raise KeyError(f"no item {name!r} in the instrument")


class Thresholds(Strict):
    """Cut-offs that turn a municipality's respondents into one position.

    A mean score (1 to 5) of at least `agree_from` is agreement, of at most `disagree_to`
    disagreement; a share of don't-knows of at least `dont_know_from` is not knowing.
    """

    agree_from: Annotated[float, Field(gt=3, le=5)] = 3.5
    disagree_to: Annotated[float, Field(ge=1, lt=3)] = 2.5
    dont_know_from: Annotated[float, Field(gt=0, le=1)] = 0.5


class Phrase(Strict):
    """How exact a wording is taken to be; see docs/assumptions.md."""

    low: float | None = None
    high: float | None = None
    target: float | None = None
    points: float | None = None
    points_below: float | None = None
    counts: int | None = None


class Fieldwork(Strict):
    """When the answers were collected, as exactly as is known.

    A date of an answer sheet outside `first_day` to `last_day` is an error.
    """

    year: int
    nl: str = ""
    en: str = ""
    first_day: date | None = None
    last_day: date | None = None


class PublishedTotals(Strict):
    """A round of which only printed totals are left."""

    kind: Literal["published"]
    totals: str
    claims: str


class Reading(Strict):
    """How one export file is to be read, where that cannot be told from the file.

    `sheet` and `header_row` (1 is the first) are for Excel, `encoding` and `separator` for text.
    `group` and `team_type` hold for everybody in a file that has no column for them.
    """

    format: Literal["spss", "limesurvey", "qualtrics", "excel", "csv"] | None = None
    sheet: str | None = None
    header_row: Annotated[int, Field(ge=1)] | None = None
    encoding: str | None = None
    separator: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    group: Group | None = None
    team_type: str | None = None


class CollectedAnswers(Strict):
    """A round of which the answers exist: every export file in its folder `answers`.

    `files` says of a file, by its name, how to read it; `mapping` ties columns to items.
    """

    kind: Literal["answers"]
    mapping: str = "mapping.csv"
    files: dict[str, Reading] = {}


YOUTH_CARE = "youth_care"
YOUTH_CARE_LARGEST = 7  # the largest count that this rule keeps secret
LARGEST_BASE = 100


def _rounding(value: object) -> object:
    """The setting `rounding` as it was given. Raises ValueError when it cannot be."""
    base = isinstance(value, int) and not isinstance(value, bool) and 2 <= value <= LARGEST_BASE
    if value in (None, "none"):
        return None
    if value == YOUTH_CARE or base:
        return value
    raise ValueError(f"allowed: none, {YOUTH_CARE}, or a whole number from 2 to {LARGEST_BASE}")


class Round(Strict):
    """One run of the survey: its `round.yml`.

    `not_asked` are items of the instrument that this round left out, for everybody (`outreach`) or
    for one group (`officials:team_reflects`); `items` are those that only this round has.
    `reworded` are items whose wording or scale differs from the instrument's: rounds are not
    compared on them. `families` are items that answer one question together, by its name: declared
    before the answers are seen, tests on them are adjusted for each other (Holm). `rounding` is
    how counts of respondents are printed: as multiples of a base, or by the rule `youth_care` of
    the statistics office; without it exactly.
    """

    round: str
    title: dict[Literal["nl", "en"], str]
    fieldwork: Fieldwork
    frame: str
    instrument: str
    selection_above_percent: Annotated[float, Field(ge=0, le=100)] | None = None
    differences: list[str] = []
    not_asked: list[str] = []
    items: list[Item] = []
    reworded: list[str] = []
    families: dict[str, list[str]] = {}
    source: PublishedTotals | CollectedAnswers = Field(discriminator="kind")
    thresholds: Thresholds = Thresholds()
    minimum_cell: Annotated[int, Field(ge=1)] = 5
    rounding: Annotated[int | str | None, BeforeValidator(_rounding)] = None
    confidence: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    phrases: dict[str, Phrase] = {}
    seed: int = 1

    @model_validator(mode="after")
    def _can_be_rounded(self) -> Round:
        if self.rounding is None:
            return self
        if isinstance(self.source, PublishedTotals):
            raise ValueError("rounding is only for source: {kind: answers}; found kind published")
        if self.rounding == YOUTH_CARE and self.minimum_cell > YOUTH_CARE_LARGEST:
            raise ValueError(
                f"minimum_cell is {self.minimum_cell}; allowed with rounding: {YOUTH_CARE}, which "
                f"keeps counts up to {YOUTH_CARE_LARGEST} secret: 1 to {YOUTH_CARE_LARGEST}"
            )
        return self


def rounds(project: Project) -> list[str]:
    """The rounds that have a folder with a `round.yml`, oldest first."""
    return sorted(p.parent.name for p in (project.raw / "survey").glob("*/round.yml"))


def read_round(project: Project, name: str) -> Round:
    """The settings of round `name`.

    Raises CallError (exit code 2) when there is no such round, or when `round.yml` is wrong:
    each fault is named with its place in the file.
    """
    known = rounds(project)
    if name not in known:
        later = name.isdigit() and known and name > known[-1]
        mend = f"; make new-round ROUND={name} makes it" if later else ""
        raise CallError(f"unknown round {name!r}; known: {', '.join(known) or 'none'}{mend}")
    path = project.raw / "survey" / name / "round.yml"
    settings = validated(Round, path, project.relative(path))
    if settings.round != name:
        found = f"{project.relative(path)}: round says {settings.round!r}"
        raise CallError(f"{found}, but the folder is called {name!r}")
    return settings


def read_instrument(project: Project, name: str = "instrument.yml") -> Instrument:
    """The questionnaire. Raises DataError when it is changed, CallError when it is wrong."""
    path = project.raw / "survey" / name
    read_source(project, path)
    return validated(Instrument, path, project.relative(path))


def round_instrument(project: Project, settings: Round) -> Instrument:
    """The questionnaire as one round put it: without `not_asked`, with its own `items`.

    Raises DataError and CallError as `read_instrument`, and CallError for a wrong name.
    """
    shared = read_instrument(project, settings.instrument)
    place = f"data/raw/survey/{settings.round}/round.yml"
    items = {item.id: item for item in shared.items}
    for name in settings.not_asked:
        group, _, item = name.rpartition(":")
        if item not in items or (group and group not in items[item].publish):
            message = f"no item of {settings.instrument}" if item not in items else "no group of it"
            raise CallError(f"{place}: not_asked names {name}, {message}")
        left = {g: base for g, base in items[item].publish.items() if group not in ("", g)}
        items[item] = items[item].model_copy(update={"publish": left})
    kept = [item for item in items.values() if item.publish]
    try:
        told = [item.model_dump() for item in (*kept, *settings.items)]
        instrument = Instrument.model_validate(shared.model_dump() | {"items": told})
    except ValidationError as error:
        found = (e["msg"].removeprefix("Value error, ") for e in error.errors())
        raise CallError("\n".join(f"{place}: {message}" for message in found)) from None
    for name in settings.reworded:
        if not instrument.has(name):
            raise CallError(f"{place}: reworded names {name}, no item that this round asked")
    _check_families(settings, instrument, place)
    return instrument


def _check_families(settings: Round, instrument: Instrument, place: str) -> None:
    of_item: dict[str, str] = {}
    for family, names in settings.families.items():
        for name in names:
            if not instrument.has(name):
                message = f"families.{family} names {name}, no item that this round asked"
                raise CallError(f"{place}: {message}")
            if name in of_item:
                message = f"{name} stands twice in families ({of_item[name]} and {family})"
                raise CallError(f"{place}: {message}")
            of_item[name] = family


Model = TypeVar("Model", bound=BaseModel)


def validated(model: type[Model], path: Path, name: str) -> Model:
    """The YAML at `path` as a `model`; `name` is how messages call the file.

    Raises CallError naming each fault with its place in the file.
    """
    try:
        return model.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise CallError(f"{name}: is not YAML: {' '.join(str(error).split())}") from None
    except UnicodeDecodeError as error:
        raise CallError(f"{name}: is not UTF-8 text (byte {error.start})") from None
    except ValidationError as error:
        lines = [
            f"{name}: {_place(e['loc'])}{_said(e['msg'])}{_found(e['input'])}"
            for e in error.errors()
        ]
        raise CallError("\n".join(lines)) from None


def _said(message: str) -> str:
    own = message.removeprefix("Value error, ")  # in our own words, capitals and all
    return own if own != message else message[:1].lower() + message[1:]


def _place(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in loc) + ": " if loc else ""


def _found(value: Any) -> str:
    """What stands there, unless it is a whole part of the file."""
    return f"; found {value!r}" if isinstance(value, (str, int, float)) else ""
