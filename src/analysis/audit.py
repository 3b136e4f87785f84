"""The audit: every printed claim against what the data give.

Verdicts: `reproduced` (the same), `rounds_to` (rounds to the printed figure, or lies where the
printed phrase says), `differs`, `contradicts` (another printed claim), `impossible` (no count on
the base is printed so), `not_recomputable`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analysis.facts import fact_key
from analysis.raw.settings import Phrase
from analysis.raw.tables import rows
from analysis.survey.determine import Determined, contested, determine
from analysis.survey.evaluate import Answers
from analysis.survey.reconstruct import Conflict, Reconstruction
from analysis.survey.totals import Total, count_bounds, counts_for_percent

VERDICTS = (
    "reproduced",
    "rounds_to",
    "differs",
    "contradicts",
    "impossible",
    "not_recomputable",
)
# What the audit adds to the columns of a claim.
JUDGED = ("published", "recomputed", "verdict", "reason", "others", "detail")
RANKS = {"highest": 1, "second_highest": 2}
MUCH_HIGHER = 1.3


@dataclass(frozen=True)
class Finding:
    """What became of one claim.

    `reason` is a code for the note in the report, `others` the ids of claims that it clashes
    with, `detail` a number that the note mentions (a base that does fit).
    """

    recomputed: float = math.nan
    verdict: str = "not_recomputable"
    reason: str = ""
    others: tuple[str, ...] = ()
    detail: float = math.nan


@dataclass(frozen=True)
class Evidence:
    """What claims are held against.

    `facts` of all domains; `answers` of the round; `reconstruction` for a round of which the
    documents print the totals, else None: then what they say of the survey is about another
    round, which these answers cannot confirm or deny. `phrases` as in `round.yml`.
    """

    facts: pd.DataFrame
    answers: Answers
    reconstruction: Reconstruction | None
    phrases: Mapping[str, Phrase]
    _totals: dict[str, Total] = field(default_factory=dict, init=False)
    _conflicts: dict[str, Conflict] = field(default_factory=dict, init=False)
    _unsure: dict[str, Conflict] = field(default_factory=dict, init=False)
    determined: Determined = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        if self.reconstruction is None:
            return
        unsure = contested(self.reconstruction)
        determined = determine(self.reconstruction, self.answers.instrument)
        object.__setattr__(self, "determined", determined)
        for total in self.reconstruction.met:
            self._totals.update(dict.fromkeys(total.claims, total))
        for conflict in self.reconstruction.conflicts:
            total = conflict.total
            self._totals.update(dict.fromkeys(total.claims, total))
            self._conflicts[total.name] = conflict
            for other in conflict.others:
                if other.name in unsure:
                    self._unsure[other.name] = conflict


def audit_claims(claims: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """One row per claim, in the order given.

    Columns of `claims` plus `published` (the printed figure, or the code of the phrase),
    `recomputed`, `verdict`, `reason`, `others` and `detail`.
    """
    found = []
    for claim in rows(claims):
        finding = _judge(claim, evidence)
        found.append(
            {
                **claim._asdict(),
                "published": claim.phrase if math.isnan(claim.value) else claim.value,
                "recomputed": finding.recomputed,
                "verdict": finding.verdict,
                "reason": finding.reason,
                "others": " ".join(finding.others),
                "detail": finding.detail,
            }
        )
    return pd.DataFrame(found, columns=[*claims.columns, *JUDGED])


def _judge(claim: Any, evidence: Evidence) -> Finding:
    total = evidence._totals.get(claim.id)
    if total is not None:
        return _judge_total(claim, total, evidence)
    if evidence.reconstruction is None and _on_survey(claim, evidence):
        return Finding(reason="other_round")
    if claim.phrase in RANKS:
        return _judge_rank(claim, evidence.facts)
    if claim.phrase == "much_higher_than_professionals":
        return _judge_groups(claim, evidence)
    return _judge_fact(claim, evidence)


def _on_survey(claim: Any, evidence: Evidence) -> bool:
    """Whether a claim is about the survey: about an item, or about who took part."""
    facts = evidence.facts
    told = facts.loc[facts["domain"] == "survey", "subject"]
    return evidence.answers.instrument.has(_item(claim)) or claim.subject in set(told)


def _judge_total(claim: Any, total: Total, evidence: Evidence) -> Finding:
    """A claim about answers, where answers were reconstructed from the printed totals."""
    conflict = evidence._conflicts.get(total.name)
    if conflict is not None and not conflict.others:
        same = [t for t in evidence._totals.values() if t.subject == total.subject]
        bases = _fitting_base(claim, [t for t in same if t.group == total.group])
        return Finding(verdict="impossible", reason="impossible", detail=bases)
    if conflict is not None:
        lighter = any(o.weight <= total.weight for o in conflict.others)
        told = not lighter and _told(total, evidence)
        value = _value(claim, evidence)[0] if told else math.nan
        return Finding(value, "contradicts", "conflict", _claims(conflict.others))
    unsure = evidence._unsure.get(total.name)
    if unsure is not None:
        clash = [unsure.total, *(o for o in unsure.others if o.name != total.name)]
        return Finding(verdict="contradicts", reason="conflict", others=_claims(clash))
    value, base = _value(claim, evidence)
    if not math.isnan(claim.denominator) and claim.denominator != base:
        return Finding(value, "contradicts", "other_base", detail=base)
    return Finding(value, _agreement(claim, value, base, evidence.phrases))


def _told(total: Total, evidence: Evidence) -> bool:
    """Whether the other printed totals say what the broken one should have been."""
    first, *others = total.statistic.conditions
    places = [(total.group, total.team_type, first.item, p) for p in first.positions]
    return not others and all(place in evidence.determined for place in places)


def _claims(totals: Any) -> tuple[str, ...]:
    return tuple(total.claims[0] for total in totals)


def _fitting_base(claim: Any, totals: list[Total]) -> float:
    """The largest base on which all percentages printed of this item are possible, or NaN."""
    if claim.unit != "percent":
        return math.nan
    percents = [claim.value]
    for total in totals:
        printed = total.statistic.kind == "share" and total.phrase == "" and not total.possible
        if printed and total.claims[0] != claim.id:
            percents.append(total.printed)
    start = totals[0].denominator if totals else 0
    for base in range(start - 1, 1, -1):
        if all(counts_for_percent(p, base) for p in percents):
            return float(base)
    return math.nan


def _value(claim: Any, evidence: Evidence) -> tuple[float, float]:
    """The claim's figure recomputed from answers, and the base it has."""
    found = evidence.answers.count(
        claim.subject, claim.group, claim.team_type or "all", claim.base, claim.statistic
    )
    base = float(found.base)
    if " & " in claim.statistic:
        first = claim.statistic.split(" & ")[0]
        part = evidence.answers.count(
            claim.subject, claim.group, claim.team_type or "all", claim.base, first
        )
        base = float(part.count)
    value = found.share if claim.unit == "percent" else float(found.count)
    return value, base


def _agreement(claim: Any, value: float, base: float, phrases: Mapping[str, Phrase]) -> str:
    """Whether a recomputed value is what was printed, or is called so."""
    if claim.phrase:
        kind = claim.unit
        if claim.phrase in ("all", "remainder") or claim.phrase not in phrases:
            return "reproduced"
        if kind == "ratio" or math.isnan(base):
            rule = phrases[claim.phrase]
            low = rule.low if rule.low is not None else -math.inf
            high = rule.high if rule.high is not None else math.inf
            return "rounds_to" if low <= value <= high else "differs"
        low, high, _ = count_bounds(claim.value, kind, claim.phrase, round(base), phrases)
        count = value * base / 100 if kind == "percent" else value
        return "rounds_to" if low - 1e-9 <= count <= high + 1e-9 else "differs"
    if math.isclose(value, claim.value, abs_tol=1e-9):
        return "reproduced"
    decimals = _decimals(claim.value)
    close = abs(value - claim.value) <= 0.5 * 10**-decimals + 1e-9
    return "rounds_to" if claim.unit == "percent" and close else "differs"


def _decimals(value: float) -> int:
    return len(f"{value:g}".partition(".")[2])


def _item(claim: Any) -> str:
    return str(claim.subject).partition(".")[0]


def _judge_rank(claim: Any, facts: pd.DataFrame) -> Finding:
    """A phrase such as "most of all": the rank of one box among the boxes of its item."""
    boxes = facts[
        facts["subject"].str.startswith(_item(claim) + ".")
        & (facts["statistic"] == "count.selected")
        & (facts["team_type"] == "all")
        & (facts["group"] == claim.group)
    ].set_index("subject")["value"]
    if claim.subject not in boxes.index:
        return Finding()
    rank = int((boxes > boxes[claim.subject]).sum()) + 1
    verdict = "reproduced" if rank == RANKS[claim.phrase] else "contradicts"
    return Finding(float(boxes[claim.subject]), verdict)


def _judge_groups(claim: Any, evidence: Evidence) -> Finding:
    shares = {}
    for fact in rows(evidence.facts):
        if fact.subject == claim.subject and fact.statistic == claim.statistic:
            shares[fact.group] = fact.value
    if set(shares) != {"officials", "professionals"}:
        return Finding()
    ratio = shares["officials"] / shares["professionals"]
    verdict = "rounds_to" if ratio >= MUCH_HIGHER else "contradicts"
    return Finding(shares["officials"], verdict)


def _find_fact(claim: Any, facts: pd.DataFrame) -> dict[str, Any] | None:
    """The fact that a claim names. Facts of the case studies have no base."""
    place = (claim.subject, claim.group, claim.team_type)
    for domain, base in (("survey", claim.base), ("literature", claim.base), ("cases", "")):
        key = fact_key(domain, *place, base, claim.statistic)
        if key in facts.index:
            return dict(facts.loc[key])
    return None


def _judge_fact(claim: Any, evidence: Evidence) -> Finding:
    """A claim about something other than answers: the fact of the same name."""
    fact = _find_fact(claim, evidence.facts)
    if fact is None:
        return Finding()
    value = float(fact["value"])
    # What the documents tell of cases is theirs in every round.
    printed = evidence.reconstruction is not None or fact["domain"] == "cases"
    other = "contradicts" if printed else "differs"
    if claim.phrase in ("almost", "over") and value == claim.value:
        return Finding(value, "rounds_to", "transcribed")
    denominator = float(fact["denominator"])
    if not math.isnan(claim.denominator) and claim.denominator != denominator:
        return Finding(value, other, "other_base", detail=denominator)
    verdict = _agreement(claim, value, denominator, evidence.phrases)
    transcribed = fact["domain"] in ("literature", "cases") and "." not in claim.statistic
    reason = "transcribed" if transcribed and verdict == "reproduced" else ""
    if verdict == "differs":
        return Finding(value, other, "other_value")
    return Finding(value, verdict, reason)
