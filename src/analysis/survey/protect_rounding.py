"""Counts of respondents printed rounded, where the round asks for it, and what goes with them.

Rounded are all counts of respondents. Counts of municipalities are not: they are what the report
is about, and are hidden where they rest on too few respondents. A share is computed from the
rounded counts, so that it tells no more than these. What rests on the answers of all respondents
at once is left out: nobody could say how much of the exact counts it gives back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.disclosure.attack import Exposed
from analysis.disclosure.rounding import Rule, rule_of
from analysis.facts import NUMERIC, fact_key
from analysis.raw.tables import rows
from analysis.survey.protect_cells import EVERYBODY, took_part
from analysis.survey.results import GROUPS, SurveyData

PEOPLE = ("respondents", "routed")
HIDDEN = "count.not_printed"
DIFFERENCE = "difference.agree"
SIZES = (*(took_part(group) for group in GROUPS), EVERYBODY)
# How many municipalities have one respondent, or more than one official: with the number of
# municipalities that is the number of respondents.
TEAM_SIZES = ("response.two_officials/count.complete", "agreement/count.single")
TESTS = "comparison.tests"
NEAR = 1e-9
# A share of this round, as it stands beside that of an earlier one.
_SHARE = re.compile(r"/level\.agree\.[^/]*\.now$")


def rule(data: SurveyData) -> Rule | None:
    """How a round rounds counts of respondents; None where it does not."""
    settings = data.settings
    return rule_of(settings.rounding, settings.minimum_cell) if settings.rounding else None


def by_person(data: SurveyData) -> frozenset[tuple[str, str]]:
    """Statements with the groups whose answers are counted by respondent."""
    return frozenset(
        (item.id, group)
        for item in data.instrument.items
        for group, base in item.publish.items()
        if base == "respondents"
    )


def left_out(facts: pd.DataFrame, data: SurveyData) -> pd.DataFrame:
    """The facts without those that would give rounded counts back."""
    own = by_person(data)
    groups = {group for _, group in own}
    kept = [
        not _tells(f.subject, f.group, f.base, f.statistic, own)
        and not (f.statistic.startswith("stable.top_") and f.group in groups)
        for f in rows(facts)
    ]
    return facts[kept]


def _tells(
    subject: str, group: str, base: str, statistic: str, own: frozenset[tuple[str, str]]
) -> bool:
    """Whether a fact tells of respondents what is no count and no share of theirs."""
    if base == "conclusions":  # whether most agree, also counted by respondent
        return (subject, group) in own
    if subject == TESTS:  # how many tests there were is no count of respondents
        return statistic == "ordinal.differing"
    # What is compared with printed totals is computed from the rounded counts themselves.
    counted = statistic.startswith(("count.", "share.", "level.", "change."))
    return (base in PEOPLE and not counted) or f"{subject}/{statistic}" in TEAM_SIZES


def rounded(facts: pd.DataFrame, data: SurveyData) -> pd.DataFrame:
    """`facts` with counts of respondents as they are printed; those that are secret are gone.

    How many of a group took part stays: secret, it is told as the range that all secret counts
    have. Without `rounding` all facts as they are.
    """
    shown = rule(data)
    if shown is None:
        return facts
    made = [_printed(row._asdict(), shown) for row in rows(facts)]
    result = pd.DataFrame([row for row in made if row], columns=facts.columns)
    result[NUMERIC] = result[NUMERIC].astype(float)
    result = result.set_index("fact", drop=False)
    return _differences(result, data)


def _printed(row: dict[str, Any], shown: Rule) -> dict[str, Any] | None:
    """A fact as it is printed, None where it is secret."""
    if not of_people(row) or row["statistic"] == HIDDEN:
        return row
    parts = {name: row[name] for name in ("value", "numerator", "denominator")}
    if row["unit"] != "count":
        del parts["value"]
    told = {name: shown.show(int(n)) for name, n in parts.items() if not pd.isna(n)}
    if row["fact"] in SIZES and told["value"] is None:
        top = shown.least - 1
        return {**row, "value": top if row["value"] else 0, "low": 0, "high": top, "known": "range"}
    if None in told.values():
        return None
    if row["unit"] == "percent":
        if not told["denominator"]:
            return None
        told["value"] = 100 * told["numerator"] / told["denominator"]  # type: ignore[operator,assignment]
    return row | told


def of_people(row: dict[str, Any]) -> bool:
    """Whether a fact counts respondents, or is a share of them."""
    counted = str(row["statistic"]).startswith(("count.", "share."))
    return row["domain"] == "survey" and row["base"] in PEOPLE and counted


def _differences(facts: pd.DataFrame, data: SurveyData) -> pd.DataFrame:
    """Differences between groups, from the shares that are printed."""
    dropped = []
    for key in facts.index[facts["statistic"] == DIFFERENCE]:
        item = data.instrument.item(str(facts["subject"][key]))
        shares = [
            fact_key("survey", item.id, group, "all", base, "share.agree")
            for group, base in sorted(item.publish.items())
        ]
        if not all(share in facts.index for share in shares):
            dropped.append(key)
            continue
        officials, professionals = (float(facts["value"][share]) for share in shares)
        facts.loc[key, "value"] = officials - professionals
    return facts.drop(index=dropped)


def undone(published: pd.DataFrame, full: pd.DataFrame, data: SurveyData) -> Iterator[Exposed]:
    """The printed numbers that are not as the round rounds them.

    `published` are facts as printed, with what is not printed of them empty; `full` all facts of
    counting. A number from all respondents that is no count or share is one too.
    """
    if (shown := rule(data)) is None:
        return
    expected = rounded(full, data)
    own = by_person(data)
    for row in (one._asdict() for one in rows(published)):
        key = str(row["fact"])
        _, subject, group, _, base, statistic = key.split("/", 5)
        if _tells(subject, group, base, statistic, own):
            yield _exact(key, row)
        elif statistic == HIDDEN and base in PEOPLE:
            if any(_is_exact(row[name], shown) for name in ("value", "numerator")):
                yield _exact(key, row)
        elif statistic == DIFFERENCE or (base in PEOPLE and not _of_others(subject, statistic)):
            key_there = _SHARE.sub("/share.agree", key)
            right = dict(expected.loc[key_there]) if key_there in expected.index else {}
            if any(_differ(row[name], right.get(name)) for name in NUMERIC):
                yield _exact(key, row)


def _of_others(subject: str, statistic: str) -> bool:
    """Whether a fact is about tests, or about an earlier round too."""
    return subject == TESTS or statistic.startswith("change.") or statistic.endswith(".then")


def _is_exact(printed: Any, shown: Rule) -> bool:
    return not pd.isna(printed) and printed != shown.least - 1 and printed % shown.base != 0


def _differ(printed: Any, right: Any) -> bool:
    if pd.isna(printed):
        return False
    return right is None or pd.isna(right) or abs(printed - right) > NEAR


def _exact(key: str, row: dict[str, Any]) -> Exposed:
    told = next((row[n] for n in NUMERIC if not pd.isna(row[n])), 0)
    return Exposed(key, int(told), int(told), 1)
