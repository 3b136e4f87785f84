"""Facts of the survey: response, positions per item and group, and the two groups compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analysis.facts import fact_frame, fact_row
from analysis.raw.settings import Instrument, Item, Round
from analysis.raw.tables import rows
from analysis.stats.proportions import wilson
from analysis.survey.determine import OPEN, Bounds, Determined
from analysis.survey.evaluate import Answers, Evaluated
from analysis.survey.statistics import POSITIONS

GROUPS = ("professionals", "officials")
Place = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class SurveyData:
    """Everything the survey's facts are made of.

    `frame` holds the municipalities asked, one row each. `determined` says what printed totals
    fix, for a round without answers; else None. `source` names the raw file or folder behind the
    answers. `provenance` is `measured`, `simulated` (answers that nobody gave) or `reconstructed`
    (from printed totals). `lines` is the line of a document that prints a total: by subject,
    group, team type, base and position.
    """

    settings: Round
    instrument: Instrument
    frame: pd.DataFrame
    answers: Answers
    determined: Determined | None
    source: str
    provenance: str
    lines: Mapping[Place, str] = field(default_factory=dict)

    @property
    def reconstructed(self) -> bool:
        """Whether there are no answers, only printed totals."""
        return self.provenance == "reconstructed"

    @property
    def asked(self) -> int:
        """How many municipalities were asked."""
        return len(self.frame)

    @property
    def frame_file(self) -> str:
        """The file that lists the municipalities asked."""
        return f"survey/{self.settings.frame}"


def survey_facts(data: SurveyData) -> pd.DataFrame:
    """All facts of a round (columns of `analysis.facts.COLUMNS`).

    A reconstructed round gives only what the printed totals fix: exactly, or within a range.
    """
    facts = fact_frame([*_response(data), *_items(data), *_comparison(data)])
    facts["source"] = [_source(data, fact) for fact in rows(facts)]
    return facts


def _source(data: SurveyData, fact: Any) -> str:
    """The line that prints a fact's total, with the file that holds it; else its file."""
    _, _, position = fact.statistic.partition(".")
    line = data.lines.get((fact.subject, fact.group, fact.team_type, fact.base, position))
    return f"{line} ({fact.source})" if line and fact.source == data.source else str(fact.source)


def _response(data: SurveyData) -> Iterator[dict[str, Any]]:
    """Who was asked and who answered."""
    settings, instrument = data.settings, data.instrument
    of_frame = {"source": data.frame_file, "statistic": "count.asked"}
    yield _told(data, "frame", "", "municipalities", data.asked, **of_frame)
    for group in GROUPS:
        yield from _response_of(data, group)
    yield from _response_of_both(data)
    if settings.selection_above_percent is not None:
        threshold = {"statistic": "share.above", "unit": "percent", "team_type": ""}
        above = settings.selection_above_percent
        yield _told(data, "frame.threshold", "", "population", above, **threshold)
    if settings.differences:
        differing = {"statistic": "count.different", "source": f"survey/{settings.round}/round.yml"}
        yield _told(data, "comparison", "all", "points", len(settings.differences), **differing)
    of_instrument = {
        "source": f"survey/{settings.instrument}",
        "statistic": "count.distinguished",
        "team_type": "",
    }
    yield _told(data, "themes", "", "themes", len(instrument.themes), **of_instrument)
    types = len(instrument.team_types)
    yield _told(data, "response.team_types", "", "team_types", types, **of_instrument)


def _told(
    data: SurveyData, subject: str, group: str, base: str, value: float, **more: Any
) -> dict[str, Any]:
    """A fact about the round as a whole: printed, where answers were reconstructed."""
    usual: dict[str, Any] = {
        "statistic": "count.complete",
        "unit": "count",
        "team_type": "all",
        "source": data.source,
        "provenance": "published" if data.reconstructed else data.provenance,
    }
    place: dict[str, Any] = {"subject": subject, "group": group, "base": base}
    return fact_row(domain="survey", value=value, **(usual | place | more))


def _response_of(data: SurveyData, group: str) -> Iterator[dict[str, Any]]:
    answers, asked = data.answers, data.asked
    places = len(answers.municipalities(group))
    part: dict[str, Any] = {"numerator": places, "denominator": asked}
    yield _told(data, "response", group, "respondents", answers.size(group))
    yield _told(data, "response", group, "municipalities", places, **part)
    share = {"statistic": "share.complete", "unit": "percent"}
    yield _told(data, "response", group, "municipalities", 100 * places / asked, **part, **share)
    for team_type in data.instrument.team_types:
        if members := answers.size(group, team_type):
            yield _told(data, "response", group, "respondents", members, team_type=team_type)


def _response_of_both(data: SurveyData) -> Iterator[dict[str, Any]]:
    answers = data.answers
    teams, offices = (set(answers.municipalities(group)) for group in GROUPS)
    everyone = sum(answers.size(group) for group in GROUPS)
    yield _told(data, "response", "all", "respondents", everyone)
    either = {"numerator": len(teams | offices), "denominator": data.asked}
    yield _told(data, "response", "all", "municipalities", len(teams | offices), **either)
    yield _told(data, "response.both", "all", "municipalities", len(teams & offices))
    double = int((answers.sizes_by_municipality("officials") > 1).sum())
    yield _told(data, "response.two_officials", "officials", "municipalities", double)


def _items(data: SurveyData) -> Iterator[dict[str, Any]]:
    for item in data.instrument.items:
        for group, base in item.publish.items():
            if item.kind == "scale":
                yield from _scale_facts(data, item, group, base)
            else:
                yield from _box_facts(data, item, group)


def _scale_facts(data: SurveyData, item: Item, group: str, base: str) -> Iterator[dict[str, Any]]:
    place: dict[str, Any] = {"subject": item.id, "group": group, "team_type": "all", "base": base}
    counted = "routed" if _is_routed(item, base) else base
    if counted == "routed":
        yield _asked(data, item, group)
    everyone = told = 0
    for position in POSITIONS:
        found = data.answers.count(item.id, group, "all", counted, f"count.{position}")
        everyone, told = found.base, told + found.count
        bounds = _bounds(data, item.id, group, position, found)
        yield from _count_and_share(data, place, position, found, bounds)
        if base == "municipalities" and bounds.exact and found.base:
            yield _interval(data, place, position, found, "wilson", None)
            yield _interval(data, place, position, found, "wilson_fpc", data.asked)
    if data.determined is not None:
        yield _not_printed(data, place)
    elif everyone:
        rest = everyone - told
        yield fact_row(
            domain="survey", **place, statistic="count.no_answer", value=rest, unit="count",
            numerator=rest, denominator=everyone, provenance=data.provenance, source=data.source,
        )  # fmt: skip


def _is_routed(item: Item, base: str) -> bool:
    """Whether only part of the respondents were asked a statement that is counted by person."""
    return item.asked_if is not None and base == "respondents"


def _asked(data: SurveyData, item: Item, group: str) -> dict[str, Any]:
    """How many were asked an item that an earlier answer leads to."""
    asked = data.answers.count(item.id, group, "all", "routed", "count.asked")
    return fact_row(
        domain="survey", subject=item.id, group=group, team_type="all", base="routed",
        statistic="count.asked", value=asked.count, unit="count", provenance=data.provenance,
        source=data.source,
    )  # fmt: skip


def _not_printed(data: SurveyData, place: Mapping[str, Any]) -> dict[str, Any]:
    """How many units the printed totals leave without a position."""
    told, known, least, most = 0, "exact", 0, 0
    total = 0
    for position in POSITIONS:
        found = data.answers.count(
            place["subject"], place["group"], "all", place["base"], f"count.{position}"
        )
        bounds = _bounds(data, place["subject"], place["group"], position, found)
        total = found.base
        if bounds != OPEN:
            told, least, most = told + found.count, least + bounds.low, most + bounds.high
            known = known if bounds.exact else "range"
    return fact_row(
        domain="survey", **place, statistic="count.not_printed", value=total - told,
        unit="count", numerator=total - told, denominator=total, known=known,
        low=max(total - most, 0) if known == "range" else None,
        high=total - least if known == "range" else None,
        provenance=data.provenance, source=data.source,
    )  # fmt: skip


def _count_and_share(
    data: SurveyData, place: Mapping[str, Any], position: str, found: Evaluated, bounds: Bounds
) -> Iterator[dict[str, Any]]:
    if bounds == OPEN or not found.base:
        return
    # How many of a team type were asked is not printed, so there is no share of them.
    told = data.determined is None or place["team_type"] == "all"
    common: dict[str, Any] = {
        "domain": "survey",
        **place,
        "numerator": found.count if told else None,
        "denominator": found.base if told else None,
        "known": "exact" if bounds.exact else "range",
        "provenance": data.provenance,
        "source": data.source,
    }
    low, high = (None, None) if bounds.exact else (bounds.low, bounds.high)
    yield fact_row(
        **common, statistic=f"count.{position}", value=found.count, unit="count", low=low, high=high
    )
    if told:
        least, most = (None if e is None else 100 * e / found.base for e in (low, high))
        yield fact_row(
            **common, statistic=f"share.{position}", value=found.share, unit="percent",
            low=least, high=most,
        )  # fmt: skip


def _interval(
    data: SurveyData, place: Mapping[str, Any], position: str, found: Evaluated, name: str,
    population: int | None,
) -> dict[str, Any]:  # fmt: skip
    confidence = data.settings.confidence
    interval = wilson(found.count, found.base, confidence=confidence, population=population)
    return fact_row(
        domain="survey", **place, statistic=f"{name}.{position}", value=found.share,
        unit="percent", numerator=found.count, denominator=found.base, low=100 * interval.low,
        high=100 * interval.high, provenance=data.provenance, source=data.source,
    )  # fmt: skip


def _box_facts(data: SurveyData, item: Item, group: str) -> Iterator[dict[str, Any]]:
    yield _asked(data, item, group)
    for option in item.options:
        for team_type in ("all", *data.instrument.team_types):
            name = f"{item.id}.{option.id}"
            found = data.answers.count(name, group, team_type, "routed", "count.selected")
            bounds = _bounds(data, name, group, "selected", found, team_type)
            place: dict[str, Any] = {
                "subject": name,
                "group": group,
                "team_type": team_type,
                "base": "routed",
            }
            yield from _count_and_share(data, place, "selected", found, bounds)


def _bounds(  # the parts of a statistic
    data: SurveyData, item: str, group: str, position: str, found: Evaluated | None,
    team_type: str = "all",
) -> Bounds:  # fmt: skip
    if data.determined is None:
        return Bounds(found.count, found.count) if found else OPEN
    return data.determined.get((group, team_type, item, position), OPEN)


def _comparison(data: SurveyData) -> Iterator[dict[str, Any]]:
    """Officials minus professionals, in percentage points, where both are known exactly."""
    for item in data.instrument.items:
        if item.kind != "scale" or set(item.publish) != set(GROUPS):
            continue
        found = {}
        for group, base in item.publish.items():
            counted = "routed" if _is_routed(item, base) else base
            hit = data.answers.count(item.id, group, "all", counted, "count.agree")
            if hit.base and _bounds(data, item.id, group, "agree", hit).exact:
                found[group] = hit
        if len(found) == len(GROUPS):
            yield fact_row(
                domain="survey", subject=item.id, group="all", team_type="all", base="groups",
                statistic="difference.agree", unit="points",
                value=found["officials"].share - found["professionals"].share,
                provenance=data.provenance, source=data.source,
            )  # fmt: skip


def facts_of(facts: pd.DataFrame, **wanted: str) -> pd.DataFrame:
    """The facts whose columns equal `wanted`, in their own order."""
    keep = pd.Series(True, index=facts.index)
    for column, value in wanted.items():
        keep &= facts[column] == value
    return facts[keep]
