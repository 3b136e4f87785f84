"""The counts of a round as an outsider sees them: which there are, and how they hang together.

Of a group that took part everybody may know how many it has: that is nobody's answer. Where
counts are rounded, so is that number, and it is one more count that is not known exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pandas as pd

from analysis.disclosure.cells import Cell, Relation, adds_up, at_most
from analysis.facts import fact_key
from analysis.raw.settings import Item
from analysis.raw.tables import rows
from analysis.survey.results import GROUPS, SurveyData
from analysis.survey.statistics import POSITIONS

NO_ANSWER = "no_answer"
ALL = (*POSITIONS, NO_ANSWER)
EVERYBODY = fact_key("survey", "response", "all", "all", "respondents", "count.complete")


def took_part(group: str, team_type: str = "all", base: str = "respondents") -> str:
    """The key of how many of a group took part."""
    return fact_key("survey", "response", group, team_type, base, "count.complete")


def asked(item: str, group: str) -> str:
    """The key of how many were asked an item that an earlier answer leads to."""
    return fact_key("survey", item, group, "all", "routed", "count.asked")


@dataclass
class Counts:
    """The cells of a round by the key of their count, with what everybody knows of them.

    `sizes` are the cells that say how many took part: they may come out.
    """

    cells: dict[str, Cell] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    sizes: set[str] = field(default_factory=set)

    def add(self, key: str, count: int) -> None:
        """A count of respondents."""
        self.cells[key] = Cell(key, count, count)

    def of_parts(self, parts: list[str], whole: str | int, rest: int) -> None:
        """Parts of a whole: together all of it, or less where there is a `rest`."""
        if parts:
            self.relations.append(Relation(dict.fromkeys(parts, 1), whole, at_most=bool(rest)))


def counts_of(facts: pd.DataFrame, data: SurveyData) -> Counts:
    """The counts among all `facts` of a round, none taken out yet."""
    counts = facts[facts["statistic"].str.startswith("count.") & (facts["unit"] == "count")]
    known = {row.fact: int(row.value) for row in rows(counts)}
    found = Counts()
    for item in data.instrument.items:
        for group in item.publish:
            (_statement if item.kind == "scale" else _boxes)(item, group, known, data, found)
    _response(known, data, found)
    cells = set(found.cells)
    found.relations = [r for r in found.relations if _named(r) <= cells]
    return found


def _named(relation: Relation) -> set[str]:
    return set(relation.terms()[0])


def _statement(
    item: Item, group: str, known: dict[str, int], data: SurveyData, found: Counts
) -> None:
    """The positions on a statement, which add up to those who were asked."""
    base = item.base(group)
    keys = {p: fact_key("survey", item.id, group, "all", base, f"count.{p}") for p in ALL}
    if any(key not in known for key in keys.values()):
        return
    whole: str | int = sum(known[key] for key in keys.values())
    for position, key in keys.items():
        if base == "municipalities":
            people = data.answers.people_at(item.id, group, position)
            found.cells[key] = Cell(key, known[key], people, "municipalities")
        else:
            found.add(key, known[key])
    if data.settings.rounding and base == "respondents":
        whole = took_part(group)
        if item.asked_if is not None:
            whole = asked(item.id, group)
            found.add(whole, known[whole])
    found.relations.append(adds_up(keys.values(), whole))


def _boxes(item: Item, group: str, known: dict[str, int], data: SurveyData, found: Counts) -> None:
    """Boxes ticked by team type; those asked are the positions that lead to the item."""
    everybody = asked(item.id, group)
    gate = item.asked_if
    if everybody in known:
        found.add(everybody, known[everybody])
        leads = data.instrument.find(gate.item) if gate else None
        if gate and leads and dict(leads.publish).get(group) == "respondents":  # type: ignore[call-overload]
            keys = [fact_key("survey", gate.item, group, "all", "respondents", f"count.{p}")
                    for p in gate.positions]  # fmt: skip
            found.relations.append(adds_up(keys, everybody))
    types = (*data.instrument.team_types, "unknown")
    for option in item.options:
        name = f"{item.id}.{option.id}"
        whole, *parts = (fact_key("survey", name, group, t, "routed", "count.selected")
                         for t in ("all", *types))  # fmt: skip
        if whole not in known:
            continue
        told = [part for part in parts if part in known]
        for key in (whole, *told):
            found.add(key, known[key])
        found.relations.append(at_most(whole, everybody))
        found.of_parts(told, whole, known[whole] - sum(known[part] for part in told))


def _response(known: dict[str, int], data: SurveyData, found: Counts) -> None:
    """Respondents by group and team type."""
    for group in GROUPS:
        whole = took_part(group)
        if whole not in known:
            continue
        told = [key for t in data.instrument.team_types if (key := took_part(group, t)) in known]
        for key in told:
            found.add(key, known[key])
        total: str | int = known[whole]
        if data.settings.rounding:
            total = whole
            found.relations += list(_at_least(group, known))
            found.sizes.add(whole)
            found.add(whole, known[whole])
        found.of_parts(told, total, known[whole] - sum(known[key] for key in told))
    if found.sizes and EVERYBODY in known:
        found.relations.append(adds_up(sorted(found.sizes), EVERYBODY))
        found.sizes.add(EVERYBODY)
        found.add(EVERYBODY, known[EVERYBODY])


def _at_least(group: str, known: dict[str, int]) -> Iterator[Relation]:
    """Each municipality has a respondent, so a group has no fewer than municipalities."""
    if (places := known.get(took_part(group, base="municipalities"))) is not None:
        yield Relation({took_part(group): -1}, -places, at_most=True)
