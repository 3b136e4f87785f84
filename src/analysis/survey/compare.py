"""A round beside earlier ones: what changed, and what only looks so because others answered.

Per statement and group three rows: *matched*, the municipalities in both rounds; *all*
municipalities; and *composition*, all less matched, the part that only who answered makes. Two
estimands: the mean over municipalities of their mean score, and the share of municipalities that
agree. Both rounds are judged by the cut-offs of the later one. Only what the same municipalities
show is tested, and called a change. Rounds are linked in memory, from their exports; what is kept
of them cannot be linked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.facts import fact_frame, fact_row
from analysis.intake.importing import fieldwork_date
from analysis.project import Project
from analysis.raw.municipalities import read_register
from analysis.raw.settings import CollectedAnswers, Item, read_round
from analysis.stats.interval import Interval
from analysis.survey.compare_guard import (
    Guard,
    Place,
    hidden_shares,
    levels_of,
    means_that_tell,
    report_facts,
)
from analysis.survey.compare_tests import judged, p_fact
from analysis.survey.compare_totals import (
    Comparison,
    broken,
    compare_totals,
    short_names,
)
from analysis.survey.differences import other_means, other_shares, same_means, same_p, same_shares
from analysis.survey.linking import Links, as_later, link_frames
from analysis.survey.load import load_round
from analysis.survey.protect_means import DECIMALS
from analysis.survey.results import GROUPS, SurveyData
from analysis.survey.side import Side, Values, read_side

MEASURES = ("mean", "agree")
NOTHING = 1e-9


def compare_rounds(
    project: Project, data: SurveyData, published: pd.DataFrame, others: Sequence[str]
) -> list[Comparison]:
    """The round of `data` beside each of the earlier `others`, in their order.

    `published` are the facts that the report of the round may print. Raises CallError and
    DataError as `load_round` for what is wrong with one of them.
    """
    found = []
    now: Side | None = None
    guard = Guard()
    told = published
    for name in others:
        settings = read_round(project, name)
        other = load_round(project, name).data
        if data.reconstructed or not isinstance(settings.source, CollectedAnswers):
            found.append(compare_totals(data, published, other))
            continue
        now = now or read_side(project, data.settings, hidden_shares(data, published))
        before = report_facts(other)
        then = read_side(project, settings, hidden_shares(other, before))
        made = compare_answers(project, now, then, guard)
        telling = means_that_tell(data, told, made.facts, "now")
        telling |= means_that_tell(other, before, made.facts, "then")
        found.append(_without_means(made, telling))
        told = pd.concat([told, levels_of(found[-1].facts, "now")])
    return found


def _without_means(found: Comparison, telling: frozenset[Place]) -> Comparison:
    """A comparison without the means, and the differences between means, of some statements."""
    facts = found.facts
    places = [(g, s) in telling for g, s in zip(facts["group"], facts["subject"], strict=True)]
    gone = facts["statistic"].str.contains(".mean.", regex=False) & np.array(places, dtype=bool)
    return replace(found, facts=facts[~gone], telling=dict.fromkeys(sorted(telling), "mean"))


def compare_answers(
    project: Project, now: Side, then: Side, guard: Guard | None = None
) -> Comparison:
    """Two rounds of which the answers exist; one `guard` for all comparisons of a report."""
    days = (fieldwork_date(side.settings.fieldwork) for side in (then, now))
    then_day, now_day = days
    register = read_register(project)
    links = link_frames(register, then.frame, then_day, now.frame, now_day)
    return _Pair(now, then, links, guard or Guard()).compared()


@dataclass
class _Pair:
    """Two rounds, being compared."""

    now: Side
    then: Side
    links: Links
    guard: Guard
    unmatched: dict[Place, str] = field(default_factory=dict)
    covered: dict[Place, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        cut = self.now.settings.thresholds
        self.later = Values(self.now, self.now.answers, cut)
        self.earlier = Values(self.then, self.then.answers, cut)
        self.linked = Values(self.then, as_later(self.then.answers, self.links), cut)
        self.guard.least = max(side.settings.minimum_cell for side in (self.now, self.then))
        self.confidence = self.now.settings.confidence

    def compared(self) -> Comparison:
        silent = broken(
            (self.now.settings, self.now.instrument), (self.then.settings, self.then.instrument)
        )
        facts = [*self._response()]
        scale = [item for item in self.now.instrument.items if item.kind == "scale"]
        for item, group in ((one, group) for one in scale for group in one.publish):
            if (group, item.id) in silent:
                facts += self._levels_only(item, group)
                continue
            own = list(self._item(item, group))
            facts += own
            if not own:
                silent[group, item.id] = "few"
        facts += judged(facts, self.now.settings)
        provenances = {self.now.provenance, self.then.provenance}
        return Comparison(
            other=self.then.settings.round,
            printed=False,
            facts=fact_frame(facts),
            silent=silent,
            unmatched=self.unmatched,
            covered=self.covered,
            provenance="simulated" if "simulated" in provenances else "measured",
            source=self.then.source,
            shorts=short_names(self.now.instrument, self.then.instrument),
            minimum=self.guard.least,
        )

    def _response(self) -> Iterator[dict[str, Any]]:
        """In how many municipalities a group took part: then, now and in both."""
        other = self.then.settings.round
        for group in GROUPS:
            now, then = (v.municipalities(group) for v in (self.later, self.earlier))
            both = now & self.linked.municipalities(group)
            for base, count in (("matched", both), ("now", now), ("then", then)):
                yield self._fact(
                    "response", group, base, f"count.municipalities.{other}", len(count), "count"
                )

    def _levels_only(self, item: Item, group: str) -> Iterator[dict[str, Any]]:
        """What is known of a statement in each round by itself, where the series breaks."""
        for measure in MEASURES:
            for when, side, values in self._sides(measure, group, item.id):
                agree = measure == "agree"
                hidden = agree and (
                    (group, item.id) in side.hidden or self.guard.covered(values, values)
                )
                if not hidden and not self.guard.few(values):
                    yield self._level(item.id, group, "all", measure, when, side, values)

    def _sides(
        self, measure: str, group: str, item: str
    ) -> Iterator[tuple[str, Side, pd.DataFrame]]:
        """Both rounds with the values of a statement, where they asked it."""
        for when, side, values in (
            ("now", self.now, self.later), ("then", self.then, self.earlier)
        ):  # fmt: skip
            found = side.instrument.find(item)
            if found is not None and group in found.publish:
                yield when, side, values.of(measure, group, item)

    def _item(self, item: Item, group: str) -> Iterator[dict[str, Any]]:
        """The rows of one statement; none where even the whole rests on too few respondents."""
        sets = {
            m: tuple(side.of(m, group, item.id) for side in (self.later, self.earlier, self.linked))
            for m in MEASURES
        }
        if any(self.guard.few(*found[:2]) for found in sets.values()):
            return
        reasons = [self.guard.unmatched((m, group, item.id), *sets[m]) for m in MEASURES]
        reason = next((reason for reason in reasons if reason), "")
        if reason:
            self.unmatched[group, item.id] = reason
        for measure, (now, then, linked) in sets.items():
            if measure == "agree" and self._covered(item.id, group, now, then):
                self.covered[group, item.id] = "all"
                continue
            whole = self._change(measure, now, then, paired=False)
            yield from self._row(item.id, group, "all", measure, whole, now, then)
            if reason:
                continue
            if measure == "agree" and self.guard.covered(now, then, linked):
                self.covered[group, item.id] = "matched"
                continue
            yield from self._matched(item.id, group, measure, whole, now, linked)

    def _covered(self, item: str, group: str, now: pd.DataFrame, then: pd.DataFrame) -> bool:
        """Whether the share that agrees is hidden in either round."""
        hidden = {*self.now.hidden, *self.then.hidden}
        return (group, item) in hidden or self.guard.covered(now, then)

    def _matched(
        self, item: str, group: str, measure: str, whole: Interval,
        now: pd.DataFrame, linked: pd.DataFrame,
    ) -> Iterator[dict[str, Any]]:  # fmt: skip
        """The row of the municipalities in both rounds, and what is left of all: composition."""
        both = now.index.intersection(linked.index)
        same_now, same_then = now.loc[both], linked.loc[both]
        change = self._change(measure, same_now, same_then, paired=True)
        told = list(self._row(item, group, "matched", measure, change, same_now, same_then))
        p = same_p(same_now["value"], same_then["value"], self.now.settings.seed)
        yield from (*told, p_fact(told[0], p))
        rest = whole.value - change.value
        yield self._fact(
            item, group, "composition", f"change.{measure}.{self.then.settings.round}",
            0.0 if abs(rest) < NOTHING else rest, UNITS[measure],
        )  # fmt: skip
        self.guard.remember((measure, group, item), now, linked)

    def _change(
        self, measure: str, now: pd.DataFrame, then: pd.DataFrame, *, paired: bool
    ) -> Interval:
        """Later less earlier, with its interval: score points, or percentage points."""
        one, other = now["value"], then["value"]
        if measure == "mean":
            return (same_means if paired else other_means)(one, other, self.confidence)
        if paired:
            found = same_shares(one, other, self.confidence)
        else:
            first, second = ((int(side.sum()), len(side)) for side in (one, other))
            found = other_shares(first, second, self.confidence)
        return Interval(*(100 * edge for edge in (found.value, found.low, found.high)))

    def _row(
        self, item: str, group: str, base: str, measure: str, change: Interval,
        now: pd.DataFrame, then: pd.DataFrame,
    ) -> Iterator[dict[str, Any]]:  # fmt: skip
        """The change of one row, and the two levels between which it lies."""
        other = self.then.settings.round
        yield self._fact(
            item, group, base, f"change.{measure}.{other}", change.value, UNITS[measure],
            low=change.low, high=change.high,
        )  # fmt: skip
        for when, side, values in (("now", self.now, now), ("then", self.then, then)):
            yield self._level(item, group, base, measure, when, side, values)

    def _level(
        self, item: str, group: str, base: str, measure: str, when: str, side: Side,
        values: pd.DataFrame,
    ) -> dict[str, Any]:  # fmt: skip
        """The mean or the share in one round."""
        agree, mean = measure == "agree", float(values["value"].mean())
        return self._fact(
            item, group, base, f"level.{measure}.{self.then.settings.round}.{when}",
            100 * mean if agree else round(mean, DECIMALS), LEVELS[measure],
            numerator=values["value"].sum() if agree else None, denominator=len(values),
            provenance=side.provenance, source=side.source,
        )  # fmt: skip

    def _fact(
        self, subject: str, group: str, base: str, statistic: str, value: float, unit: str,
        **more: Any,
    ) -> dict[str, Any]:  # fmt: skip
        both = {self.now.provenance, self.then.provenance}
        usual = {
            "provenance": "simulated" if "simulated" in both else "measured",
            "source": f"{self.now.source} {self.then.source}",
        }
        return fact_row(
            domain="survey", subject=subject, group=group, team_type="all", base=base,
            statistic=statistic, value=value, unit=unit, **(usual | more),
        )  # fmt: skip


UNITS = {"mean": "score", "agree": "points"}
LEVELS = {"mean": "score", "agree": "percent"}
