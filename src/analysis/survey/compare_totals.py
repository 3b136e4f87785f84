"""What can be compared when only printed totals are left of a round: shares, and no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analysis.facts import fact_frame, fact_key, fact_row
from analysis.raw.settings import Instrument, Item, Round
from analysis.survey.compare_guard import Place, published_facts
from analysis.survey.compare_tests import judged, p_fact
from analysis.survey.differences import other_p, other_shares
from analysis.survey.results import SurveyData


@dataclass(frozen=True)
class Comparison:
    """A round beside one earlier round, called `other`.

    `facts` are `change.<mean|agree>.<other>` with base `matched`, `all` or `composition`, and the
    levels between which a change lies, `level.<mean|agree>.<other>.<now|then>`. What was tested has
    its p-values and verdict beside it (see `judged`). Where one round is `printed` there is only
    `change.agree` with base `municipalities` or `respondents`. `silent`
    says of a group and item why there is no difference: `reworded`, `absent` (not asked then),
    `gone` (not asked now), `few` (respondents), `counted` (otherwise in the other round) or
    `open` (not printed). `unmatched` says why there is no matched row: `few` or `rest`; `covered`
    where the share that agrees is hidden, of `all` or of the `matched` municipalities; `telling`
    where the `mean` is, because it would tell a count that one of the rounds hides. `shorts`
    are a few words per item and language, `minimum` the fewest respondents behind a row.
    """

    other: str
    printed: bool
    facts: pd.DataFrame
    silent: Mapping[Place, str]
    unmatched: Mapping[Place, str]
    covered: Mapping[Place, str]
    provenance: str
    source: str
    shorts: Mapping[str, Mapping[str, str]]
    minimum: int
    telling: Mapping[Place, str] = field(default_factory=dict)


def short_names(*instruments: Instrument) -> dict[str, dict[str, str]]:
    """A few words for every item, in each language; those of the first instrument that has it."""
    found: dict[str, dict[str, str]] = {}
    for item in (item for instrument in instruments for item in instrument.items):
        found.setdefault(item.id, {"nl": item.short_nl, "en": item.short_en})
    return found


def broken(now: tuple[Round, Instrument], then: tuple[Round, Instrument]) -> dict[Place, str]:
    """Statements and groups of which the series breaks between two rounds, and why.

    A statement that either round calls `reworded`, or that the two word differently, is another
    question; so is one that only one of the rounds put to the group.
    """
    (later, new), (earlier, old) = now, then
    changed = {*later.reworded, *earlier.reworded}
    found: dict[Place, str] = {}
    for item in new.items:
        before = old.find(item.id)
        for group in item.publish:
            if before is None or group not in before.publish:
                found[group, item.id] = "absent"
            elif item.id in changed or _wording(item) != _wording(before):
                found[group, item.id] = "reworded"
    for item in old.items:
        after = new.find(item.id)
        for group in item.publish:
            if after is None or group not in after.publish:
                found[group, item.id] = "gone"
    return found


def _wording(item: Item) -> tuple[str, str, str]:
    return item.kind, item.nl, item.en


def compare_totals(now: SurveyData, published: pd.DataFrame, then: SurveyData) -> Comparison:
    """Two rounds of which at least one has printed totals only; `published` are facts of `now`.

    Per statement and group the difference of the share that agrees, of municipalities or of
    persons as both rounds counted, where both are fixed exactly: with Newcombe's interval and
    Fisher's exact test, as if the rounds were independent samples. Where a range is
    printed, the range of the difference.
    """
    silent = broken((now.settings, now.instrument), (then.settings, then.instrument))
    least = max(now.settings.minimum_cell, then.settings.minimum_cell)
    tables = published, published_facts(then)
    other = then.settings.round
    facts: list[dict[str, Any]] = []
    scale = [item for item in now.instrument.items if item.kind == "scale"]
    for item, group in ((one, group) for one in scale for group in one.publish):
        later, earlier = (
            _agreeing(side, table, item.id, group, least)
            for side, table in zip((now, then), tables, strict=True)
        )
        for when, count in (("now", later), ("then", earlier)):
            if isinstance(count, dict):
                facts.append(_level(count, other, when))
        if (group, item.id) in silent:
            continue
        if isinstance(later, str) or isinstance(earlier, str):
            silent[group, item.id] = earlier if isinstance(earlier, str) else str(later)
        elif later["base"] != earlier["base"]:
            silent[group, item.id] = "counted"
        else:
            facts += _change(later, earlier, other, now.settings.confidence)
    facts += judged(facts, now.settings)
    provenance = (
        "simulated" if "simulated" in (now.provenance, then.provenance) else ("reconstructed")
    )
    return Comparison(
        other=other,
        printed=True,
        facts=fact_frame(facts),
        silent=silent,
        unmatched={},
        covered={},
        provenance=provenance,
        source=then.source,
        shorts=short_names(now.instrument, then.instrument),
        minimum=least,
    )


Count = dict[Any, Any]  # a fact: how many agree


def _agreeing(side: SurveyData, facts: pd.DataFrame, item: str, group: str, least: int) -> Any:
    """The fact that says how many of a group agree with a statement, or why there is none."""
    found = side.instrument.find(item)
    if found is None or group not in found.publish:
        return "absent"
    key = fact_key("survey", item, group, "all", found.base(group), "count.agree")
    if key not in facts.index:
        return "open" if side.reconstructed else "few"
    count = dict(facts.loc[key])
    return count if count["denominator"] >= least else "few"


def _change(now: Count, then: Count, other: str, confidence: float) -> Iterator[dict[str, Any]]:
    """The difference between two shares: with an interval and its test, or within a range."""
    first, second = (100 * count["value"] / count["denominator"] for count in (now, then))
    exact = now["known"] == then["known"] == "exact"
    later, earlier = ((int(c["value"]), int(c["denominator"])) for c in (now, then))
    if exact:
        found = other_shares(later, earlier, confidence)
        low, high = 100 * found.low, 100 * found.high
    else:
        (least, most), (before_least, before_most) = _edges(now), _edges(then)
        low, high = least - before_most, most - before_least
    simulated = "simulated" in (now["provenance"], then["provenance"])
    change = fact_row(
        **_place(now), statistic=f"change.agree.{other}", value=first - second, unit="points",
        low=low, high=high, known="exact" if exact else "range",
        provenance="simulated" if simulated else "reconstructed",
        source=f"{now['source']} {then['source']}",
    )  # fmt: skip
    yield change
    if exact:
        yield p_fact(change, other_p(later, earlier))


def _level(count: Count, other: str, when: str) -> dict[str, Any]:
    """The share that agrees in one round."""
    low, high = _edges(count) if count["known"] == "range" else (None, None)
    return fact_row(
        **_place(count), statistic=f"level.agree.{other}.{when}", unit="percent",
        value=100 * count["value"] / count["denominator"], numerator=count["numerator"],
        denominator=count["denominator"], low=low, high=high, known=str(count["known"]),
        provenance=str(count["provenance"]), source=str(count["source"]),
    )  # fmt: skip


def _place(count: Count) -> dict[str, Any]:
    return {name: str(count[name]) for name in ("domain", "subject", "group", "team_type", "base")}


def _edges(count: dict[Any, Any]) -> tuple[float, float]:
    """The lowest and highest share that a count can be, in percent."""
    ends = ("low", "high") if count["known"] == "range" else ("value", "value")
    low, high = (100 * float(count[end]) / float(count["denominator"]) for end in ends)
    return low, high
