"""Disclosure control over the facts of a round: small cells hidden, and what would reveal them.

A fact is all that prose, tables, charts, notebooks and the ledger can print, so what is taken out
here is published nowhere. Only rounds with answers are concerned: printed totals are public.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from analysis.disclosure.attack import Exposed, attack
from analysis.disclosure.cells import Cell, Relation, adds_up, at_most
from analysis.disclosure.suppress import suppress
from analysis.facts import COLUMNS, fact_frame, fact_key, fact_row
from analysis.raw.settings import Item
from analysis.raw.tables import rows
from analysis.survey.results import GROUPS, SurveyData
from analysis.survey.statistics import POSITIONS

NO_ANSWER = "no_answer"
ALL = (*POSITIONS, NO_ANSWER)
# What is told of a hidden count: how many units have an answer that is not shown.
HIDDEN = "count.not_printed"


@dataclass(frozen=True)
class Protected:
    """The facts that may be published, and the cells that are hidden, by the key of their count."""

    facts: pd.DataFrame
    primary: frozenset[str]
    secondary: frozenset[str]

    @property
    def hidden(self) -> frozenset[str]:
        """All hidden cells."""
        return self.primary | self.secondary


def protect(facts: pd.DataFrame, data: SurveyData) -> Protected:
    """Take out of `facts` every count that rests on too few respondents, and what reveals it.

    A count is hidden when it rests on somebody, but on fewer than `minimum_cell` respondents; then
    others are, until nobody can work it out from what is left (see `analysis.disclosure`). With a
    count go its share and intervals. What cannot be protected is left out with all that belongs
    to it.
    """
    cells, relations, shown = _system(facts, data)
    minimum = data.settings.minimum_cell
    found = suppress(cells, relations, minimum, must_show=shown)
    if found.exposed:
        subjects = {_place(exposed.cell) for exposed in found.exposed}
        left = facts[[_place(key) not in subjects for key in facts["fact"]]]
        return protect(left, data)
    hidden = found.primary | found.secondary
    gone = {_answer(key) for key in hidden} | set(_differences(hidden, data))
    kept = facts[[_answer(key) not in gone for key in facts["fact"]]]
    rest = fact_frame(_not_shown(facts, hidden, data))
    return Protected(
        pd.concat([kept, rest])[COLUMNS] if len(rest) else kept, found.primary, found.secondary
    )


def exposed(facts: pd.DataFrame, full: pd.DataFrame, data: SurveyData) -> list[Exposed]:
    """What an outsider can work out from published `facts`, out of all facts (`full`)."""
    cells, relations, _ = _system(full, data)
    printed = {_answer(key) for key in facts["fact"]}
    published = {c.name: c.count if _answer(c.name) in printed else None for c in cells}
    minimum = data.settings.minimum_cell
    sensitive = {cell.name for cell in cells if cell.is_sensitive(minimum)}
    # Other counts may come out: they rest on enough people, and some are simply not printed.
    harmless = {cell.name for cell in cells} - sensitive
    return attack(published, relations, {}, minimum, sensitive=sensitive, harmless=harmless)


def _system(facts: pd.DataFrame, data: SurveyData) -> tuple[list[Cell], list[Relation], list[str]]:
    """The counts in `facts`, what everybody knows of them, and those that must be shown."""
    counts = facts[facts["statistic"].str.startswith("count.") & (facts["unit"] == "count")]
    known = {row.fact: int(row.value) for row in rows(counts)}
    cells: dict[str, Cell] = {}
    relations: list[Relation] = []
    for item in data.instrument.items:
        for group in item.publish:
            made = _of_statement if item.kind == "scale" else _of_boxes
            for cell in made(item, group, known, data, relations):
                cells[cell.name] = cell
    shown = list(_response(known, data, cells, relations))
    there = [r for r in relations if {*r.coefficients} <= set(cells)]
    return list(cells.values()), there, shown


def _of_statement(
    item: Item, group: str, known: dict[str, int], data: SurveyData, relations: list[Relation]
) -> Iterator[Cell]:
    """The positions on a statement, which add up to those who were asked."""
    base = item.base(group)
    keys = {p: fact_key("survey", item.id, group, "all", base, f"count.{p}") for p in ALL}
    if any(key not in known for key in keys.values()):
        return
    for position, key in keys.items():
        if base == "municipalities":
            people = data.answers.people_at(item.id, group, position)
            yield Cell(key, known[key], people, "municipalities")
        else:
            yield Cell(key, known[key], known[key])
    relations.append(adds_up(keys.values(), sum(known[key] for key in keys.values())))


def _of_boxes(
    item: Item, group: str, known: dict[str, int], data: SurveyData, relations: list[Relation]
) -> Iterator[Cell]:
    """Boxes ticked by team type; those asked are the positions that lead to the item."""
    asked = fact_key("survey", item.id, group, "all", "routed", "count.asked")
    gate = item.asked_if
    if asked in known:
        yield Cell(asked, known[asked], known[asked])
        leads = data.instrument.find(gate.item) if gate else None
        if gate and leads and dict(leads.publish).get(group) == "respondents":  # type: ignore[call-overload]
            keys = [fact_key("survey", gate.item, group, "all", "respondents", f"count.{p}")
                    for p in gate.positions]  # fmt: skip
            relations.append(adds_up(keys, asked))
    types = (*data.instrument.team_types, "unknown")
    for option in item.options:
        name = f"{item.id}.{option.id}"
        whole, *parts = (fact_key("survey", name, group, t, "routed", "count.selected")
                         for t in ("all", *types))  # fmt: skip
        if whole not in known:
            continue
        yield Cell(whole, known[whole], known[whole])
        relations.append(at_most(whole, asked))
        told = [part for part in parts if part in known]
        yield from (Cell(part, known[part], known[part]) for part in told)
        rest = known[whole] - sum(known[part] for part in told)
        if told:
            relations.append(Relation(dict.fromkeys(told, 1), whole, at_most=bool(rest)))


def _response(
    known: dict[str, int], data: SurveyData, cells: dict[str, Cell], relations: list[Relation]
) -> Iterator[str]:
    """Respondents by group and team type; the total of a group is always shown."""
    for group in GROUPS:
        whole, *parts = (
            fact_key("survey", "response", group, t, "respondents", "count.complete")
            for t in ("all", *data.instrument.team_types)
        )
        if whole not in known:
            continue
        told = [part for part in parts if part in known]
        for key in (whole, *told):
            cells[key] = Cell(key, known[key], known[key])
        rest = known[whole] - sum(known[part] for part in told)
        if told:
            relations.append(Relation(dict.fromkeys(told, 1), whole, at_most=bool(rest)))
        yield whole


def _place(key: str) -> tuple[str, ...]:
    """Subject, without its box, and group of a fact."""
    parts = key.split("/")
    return parts[1].partition(".")[0], parts[2]


def _answer(key: str) -> str:
    """A fact's key without the kind of statistic: a count, its share and intervals are one."""
    place, _, statistic = key.rpartition("/")
    return f"{place}/{statistic.partition('.')[2]}"


def _differences(hidden: Iterable[str], data: SurveyData) -> Iterator[str]:
    """Differences between groups that would tell a hidden share of agreement."""
    for key in hidden:
        subject, statistic = key.split("/")[1], key.rpartition("/")[2]
        if statistic == "count.agree":
            yield _answer(fact_key("survey", subject, "all", "all", "groups", "difference.agree"))


def _not_shown(
    facts: pd.DataFrame, hidden: frozenset[str], data: SurveyData
) -> Iterator[dict[str, object]]:
    """Per statement with a hidden position, how many units have an answer that is not shown."""
    by_place: dict[str, list[str]] = {}
    for key in hidden:
        place, _, statistic = key.rpartition("/")
        if statistic.removeprefix("count.") in ALL:
            by_place.setdefault(place, []).append(key)
    found = facts.set_index("fact")
    for keys in (by_place[place] for place in sorted(by_place)):
        first = dict(found.loc[keys[0]])
        units = int(found.loc[keys, "value"].sum())
        yield fact_row(
            domain="survey", subject=first["subject"], group=first["group"],
            team_type=first["team_type"], base=first["base"], statistic=HIDDEN, value=units,
            unit="count", numerator=units, denominator=first["denominator"],
            provenance=data.provenance, source=data.source,
        )  # fmt: skip
