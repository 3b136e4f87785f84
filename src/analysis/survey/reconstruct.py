"""A set of respondents whose answers give back the printed totals of a round without answers.

The printed totals are the data; the respondents are a device to put them through the ordinary
aggregation. They are anonymous: nothing ties an answer to a named municipality. Where the report
is silent an answer is missing. Everybody in a municipality gives the answer of the municipality
on an item that is printed per municipality, because the report prints nothing about differences
within teams.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from analysis.project import CallError, DataError, Problem
from analysis.raw.settings import Instrument, Item, Round
from analysis.raw.tables import rows
from analysis.survey.programme import Ask, Programme, Unit
from analysis.survey.statistics import Condition, Statistic
from analysis.survey.total_checks import check_totals
from analysis.survey.totals import Total, read_constraints

ANSWER_OF = {
    "strongly_agree": "5",
    "agree": "4",
    "neutral": "3",
    "disagree": "2",
    "strongly_disagree": "1",
    "dont_know": "dont_know",
    "selected": "selected",
}
MISSING = "missing"
FIRST_RESPONDENT = 1001  # professionals are numbered apart from municipalities
OFFICIAL_TYPES = ("youth", "social", "integrated")
GROUPS = ("professionals", "officials")
BASES = ("municipalities", "respondents")


@dataclass(frozen=True)
class Conflict:
    """A total that was left out, and the totals with which it cannot hold.

    Without `others` the total is impossible by itself: no count on its base is printed so.
    """

    total: Total
    others: tuple[Total, ...] = ()


@dataclass
class Reconstruction:
    """The reconstructed answers and what became of every printed total.

    `answers`: one row per respondent and item asked: `respondent, municipality, group,
    team_type, item, answer`. `met` are totals that come back, `conflicts` those that cannot,
    `open_items` the (group, item) pairs of the instrument about which no total is printed.
    """

    answers: pd.DataFrame
    met: list[Total] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    open_items: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Respondents:
    """The anonymous respondents: one row each (`respondent, municipality, group, team_type`)."""

    frame: pd.DataFrame

    def units(self, group: str, base: str) -> tuple[Unit, ...]:
        """The units of a group on a base, municipalities numbered as in their name."""
        people = self.frame[self.frame["group"] == group]
        if base == "municipalities":
            sizes = people["municipality"].value_counts(sort=False)
            return tuple(Unit(int(str(m)[1:]), str(m), "", int(n)) for m, n in sizes.items())
        return tuple(Unit(r.respondent, r.municipality, r.team_type) for r in rows(people))

    def sizes(self) -> dict[tuple[str, str, str], int]:
        """The number of units per (group, team type, base)."""
        found: dict[tuple[str, str, str], int] = {}
        for group, people in self.frame.groupby("group"):
            name = str(group)
            found[name, "all", "respondents"] = found[name, "all", "routed"] = len(people)
            found[name, "all", "municipalities"] = people["municipality"].nunique()
            for team_type, members in people.groupby("team_type"):
                for base in ("respondents", "routed"):
                    found[name, str(team_type), base] = len(members)
        return found


def lay_out_respondents(
    totals: pd.DataFrame, shared: int, file: str = "published.csv"
) -> Respondents:
    """The respondents that the printed response implies, without answers.

    `totals`: the printed totals with subject `response…`. `shared`: how many municipalities have
    both groups (appendix 1). `file` is how messages call the file. Team sizes are not printed:
    professionals are spread as evenly as possible. A municipality with two officials has one for
    youth and one for social teams, and stands outside the shared ones. Raises DataError when a
    number is missing or they do not fit together.
    """
    count = _printed_response(totals, file)
    teams = count["response", "professionals", "all", "municipalities"]
    people = count["response", "professionals", "all", "respondents"]
    offices = count["response", "officials", "all", "municipalities"]
    officials = count["response", "officials", "all", "respondents"]
    double = count["response.two_officials", "officials", "all", "municipalities"]
    types = {t: count["response", "officials", t, "respondents"] for t in OFFICIAL_TYPES}
    if not sum(types.values()) == officials == offices + double:
        message = "the printed numbers of officials, municipalities and team types do not fit"
        raise DataError([Problem(file, message)])
    found = [
        (FIRST_RESPONDENT + i, i % teams + 1, "professionals", "unknown") for i in range(people)
    ]
    numbers = [*range(1, shared + 1), *range(teams + 1, teams + offices - shared + 1)]
    single = [t for t in OFFICIAL_TYPES for _ in range(types[t] - double * (t != "integrated"))]
    seats = [*numbers, *numbers[offices - double :]]
    names = [*numbers, *range(numbers[-1] + 1, numbers[-1] + 1 + double)]
    kinds = [*single, *["youth"] * double, *["social"] * double]
    for name, seat, kind in zip(names, seats, kinds, strict=True):
        found.append((name, seat, "officials", kind))
    frame = pd.DataFrame(found, columns=["respondent", "place", "group", "team_type"])
    frame.insert(1, "municipality", [f"g{place:02d}" for place in frame.pop("place")])
    order = ["group", "municipality", "respondent"]
    return Respondents(frame.sort_values(order, ignore_index=True))


def _printed_response(totals: pd.DataFrame, file: str) -> dict[tuple[str, str, str, str], int]:
    """The totals of the response by subject, group, team type and base; all of them are there."""
    count = {
        (r.subject, r.group, r.team_type, r.base): int(r.value)
        for r in rows(totals[totals["value"].notna()])
    }
    needed = [
        *(("response", group, "all", base) for group in GROUPS for base in BASES),
        *(("response", "officials", team_type, "respondents") for team_type in OFFICIAL_TYPES),
        ("response.two_officials", "officials", "all", "municipalities"),
    ]
    problems = [
        Problem(file, f"has no total of {', '.join(place)}")
        for place in needed
        if place not in count
    ]
    if problems:
        raise DataError(problems)
    return count


def list_asks(instrument: Instrument, people: Respondents, totals: Sequence[Total]) -> list[Ask]:
    """What is put to whom: one ask per group and item (per box of a multiple-choice item).

    Only positions that a printed total speaks of can be taken.
    """
    spoken = _positions_spoken_of(totals)
    asks = []
    for item in instrument.items:
        for group, base in item.publish.items():
            gate = item.asked_if
            routed = Condition(group, gate.item, tuple(gate.positions)) if gate else None
            names = [f"{item.id}.{o.id}" for o in item.options] or [item.id]
            for name in names:
                positions = tuple(p for p in ANSWER_OF if p in spoken.get((group, name), ()))
                asks.append(Ask(group, name, people.units(group, base), positions, routed))
    return asks


def _positions_spoken_of(totals: Sequence[Total]) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for total in totals:
        for condition in total.statistic.conditions:
            found.setdefault((condition.group, condition.item), set()).update(condition.positions)
    return found


def _components(asks: Sequence[Ask], totals: Sequence[Total]) -> list[list[Ask]]:
    """Groups of asks that a total or a routing ties together, in instrument order."""
    home = {(ask.group, ask.item): number for number, ask in enumerate(asks)}
    links = [[(c.group, c.item) for c in total.statistic.conditions] for total in totals]
    links += [
        [(ask.group, ask.item), (ask.routed.group, ask.routed.item)] for ask in asks if ask.routed
    ]
    for link in links:
        together = {home[key] for key in link if key in home}
        for key, number in home.items():
            if number in together:
                home[key] = min(together)
    return [
        [ask for ask in asks if home[ask.group, ask.item] == number]
        for number in sorted(set(home.values()))
    ]


def constraints_of(
    settings: Round, instrument: Instrument, totals: pd.DataFrame, shared: int
) -> list[Total]:
    """The printed totals as constraints on the answers that `reconstruct` makes."""
    return _set_up(settings, instrument, totals, shared)[2]


def _set_up(
    settings: Round, instrument: Instrument, totals: pd.DataFrame, shared: int
) -> tuple[Respondents, list[Ask], list[Total]]:
    # In a fixed order, so that which of two equal totals gives way does not depend on the file.
    totals = totals.sort_values("total")
    response = totals["subject"].str.startswith("response")
    printed = getattr(settings.source, "totals", "")
    file = f"data/raw/survey/{settings.round}/{printed}"
    people = lay_out_respondents(totals[response], shared, file)
    check_totals(totals[~response], instrument, people.sizes(), settings.phrases, file)
    constraints = [
        _resolve_asked(total, instrument)
        for total in read_constraints(totals, people.sizes(), settings.phrases)
    ]
    return people, list_asks(instrument, people, constraints), constraints


def reconstruct(
    settings: Round, instrument: Instrument, totals: pd.DataFrame, shared: int
) -> Reconstruction:
    """Respondents whose answers give back every printed total that can hold with the others.

    `totals` as `read_totals` gives them; `shared` as for `lay_out_respondents`. The result is
    the same on every machine: ties are settled by costs drawn with the round's seed.
    """
    people, asks, constraints = _set_up(settings, instrument, totals, shared)
    taken: dict[tuple[str, str, int], str] = {}
    result = Reconstruction(pd.DataFrame())
    result.conflicts = [Conflict(total) for total in constraints if not total.possible]
    for number, members in enumerate(_components(asks, constraints)):
        names = {(ask.group, ask.item) for ask in members}
        mine = [t for t in constraints if _place(t) in names]
        if not mine:
            continue
        programme = Programme(members, mine, settings.seed + number)
        outcome = programme.solve()
        taken |= outcome.taken
        broken = {total.name for total in outcome.broken}
        kept = [total for total in programme.totals if total.name not in broken]
        result.met += kept
        for total in outcome.broken:
            result.conflicts.append(Conflict(total, tuple(programme.conflict(total, kept))))
    result.open_items = [(a.group, a.item) for a in asks if not a.positions]
    result.answers = _answers(instrument, people, taken)
    return result


def _resolve_asked(total: Total, instrument: Instrument) -> Total:
    """How many were asked an item is how many took a position that leads to it."""
    first = total.statistic.conditions[0]
    if first.positions != ("asked",):
        return total
    gate = instrument.item(first.item).asked_if
    if gate is None:
        raise CallError(f"total {total.name}: {first.item} is asked of everybody")
    condition = Condition(first.group, gate.item, tuple(gate.positions))
    return replace(total, statistic=Statistic("count", (condition,)))


def _place(total: Total) -> tuple[str, str]:
    first = total.statistic.conditions[0]
    return first.group, first.item


def _answers(
    instrument: Instrument, people: Respondents, taken: Mapping[tuple[str, str, int], str]
) -> pd.DataFrame:
    """Answers per respondent from the positions that units took; silence is `missing`."""
    found: list[tuple[Any, ...]] = []
    for item in instrument.items:
        for group, base in item.publish.items():
            members = people.frame[people.frame["group"] == group]
            for person in rows(members):
                unit = int(person.municipality[1:]) if base == "municipalities" else None
                number = person.respondent if unit is None else unit
                found += _answers_of(item, person, number, taken)
    columns = ["respondent", "municipality", "group", "team_type", "item", "answer"]
    return pd.DataFrame(found, columns=columns)


def _answers_of(
    item: Item, person: Any, number: int, taken: Mapping[tuple[str, str, int], str]
) -> Iterable[tuple[Any, ...]]:
    who = (person.respondent, person.municipality, person.group, person.team_type)
    if item.kind == "scale":
        position = taken.get((person.group, item.id, number))
        return [(*who, item.id, ANSWER_OF[position] if position else MISSING)]
    gate = item.asked_if
    if gate and taken.get((person.group, gate.item, number)) not in gate.positions:
        return []
    boxes = [f"{item.id}.{option.id}" for option in item.options]
    ticked = [(person.group, box, number) in taken for box in boxes]
    return [
        (*who, box, "selected" if tick else "not_selected")
        for box, tick in zip(boxes, ticked, strict=True)
    ]
