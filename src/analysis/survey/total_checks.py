"""Printed totals, held against the instrument and the round: does each speak of what there is?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from analysis.project import DataError, Problem
from analysis.raw.settings import Instrument, Phrase
from analysis.survey.statistics import ANSWERS, POSITIONS, Condition, parse_statistic

# Phrases that need no rule in `round.yml`.
FIXED_PHRASES = ("", "all", "remainder")
Sizes = Mapping[tuple[str, str, str], int]


def check_totals(
    totals: pd.DataFrame, instrument: Instrument, sizes: Sizes, phrases: Mapping[str, Phrase],
    file: str,
) -> None:  # fmt: skip
    """Check that every total speaks of an item, respondents and positions that there are.

    `totals` with the index that `read_table` gave them; `file` is how messages call the file.
    Raises DataError listing every fault.
    """
    problems = [
        Problem(file, message, int(str(place)) + 2, column, str(found), allowed)
        for place, row in totals.iterrows()
        for column, message, found, allowed in _faults(row, instrument, sizes, phrases)
    ]
    if problems:
        raise DataError(problems)


def _faults(
    row: Any, instrument: Instrument, sizes: Sizes, phrases: Mapping[str, Phrase]
) -> Iterator[tuple[str, str, object, str]]:
    """Column, message, what was found and what is allowed, of everything wrong in a row."""
    known = (*FIXED_PHRASES, *phrases)
    if row["phrase"] not in known:
        yield "phrase", "has no rule in round.yml", row["phrase"], ", ".join(filter(None, known))
    if pd.isna(row["value"]) and row["phrase"] == "":
        yield "value", "neither a figure nor a phrase", "", "a number, or a phrase"
    if row["unit"] == "count" and row["value"] % 1 > 0:
        yield "value", "is no count", f"{row['value']:g}", "a whole number"
    if (row["group"], row["team_type"], row["base"]) not in sizes:
        there = sorted({place[1] for place in sizes if place[::2] == (row["group"], row["base"])})
        allowed = ", ".join(there) or "another group or base"
        yield "team_type", "nobody of this type is counted so", row["team_type"], allowed
    try:
        statistic = parse_statistic(row["statistic"], row["subject"], row["group"])
    except ValueError as error:
        yield "statistic", str(error), row["statistic"], "count.agree, share.neutral|disagree, …"
        return
    for number, condition in enumerate(statistic.conditions):
        wrong = _unknown_item(condition, instrument)
        if wrong:
            column = "statistic" if number else wrong[0]
            yield column, *wrong[1:]
            continue
        positions = _positions(condition.item, instrument)
        for position in condition.positions:
            if position not in positions:
                yield "statistic", "no such position", position, ", ".join(positions)


def _unknown_item(condition: Condition, instrument: Instrument) -> tuple[str, str, str, str] | None:
    item, _, option = condition.item.partition(".")
    if not instrument.has(item):
        ids = ", ".join(known.id for known in instrument.items)
        return "subject", "no such item in the instrument", item, ids
    found = instrument.item(item)
    if option and option not in [known.id for known in found.options]:
        options = ", ".join(known.id for known in found.options)
        return "subject", f"no such option of {item}", option, options
    if condition.group not in found.publish:
        return "group", f"is not asked {item}", condition.group, ", ".join(found.publish)
    return None


def _positions(name: str, instrument: Instrument) -> tuple[str, ...]:
    """The positions that a total on an item, or on one of its options, can speak of."""
    item = instrument.item(name.partition(".")[0])
    routed = ("asked",) if item.asked_if else ()
    if item.kind == "multiple":
        return (*routed, "selected") if "." in name else routed
    return (*POSITIONS, *ANSWERS, *routed)
