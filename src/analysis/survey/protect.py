"""Disclosure control over the facts of a round: small cells hidden, and what would reveal them.

A fact is all that prose, tables, charts, notebooks and the ledger can print, so what is taken out
here is published nowhere. Only rounds with answers are concerned: printed totals are public.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import pandas as pd

from analysis.disclosure.attack import Exposed, Told, attack
from analysis.disclosure.cells import Published, Relation
from analysis.disclosure.rounding import Rule
from analysis.disclosure.suppress import suppress
from analysis.facts import COLUMNS, fact_frame, fact_key, fact_row
from analysis.survey.protect_cells import ALL, Counts, counts_of
from analysis.survey.protect_means import as_published, mean_relations
from analysis.survey.protect_rounding import DIFFERENCE, HIDDEN, left_out, rounded, rule, undone
from analysis.survey.results import SurveyData

# What is left out where means tell a hidden count, until they do not.
STAGES = (r"pooled_mean\.", r"median\.", r"mean(_fpc)?\.", r"paired\.level_", r"paired\.|icc_a1\.")
Place = tuple[str, str]


@dataclass(frozen=True)
class Protected:
    """The facts that may be published, and the cells that are hidden, by the key of their count.

    `without_means` are the statements and groups of which no mean is published, because it would
    tell a hidden count.
    """

    facts: pd.DataFrame
    primary: frozenset[str]
    secondary: frozenset[str]
    without_means: frozenset[Place] = frozenset()

    @property
    def hidden(self) -> frozenset[str]:
        """All hidden cells."""
        return self.primary | self.secondary


def protect(facts: pd.DataFrame, data: SurveyData) -> Protected:
    """Take out of `facts` every count that rests on too few respondents, and what reveals it.

    A count is hidden when it rests on somebody, but on fewer than `minimum_cell` respondents; then
    others are, until nobody can work it out from what is left (see `analysis.disclosure`). With a
    count go its share and intervals. What cannot be protected is left out with all that belongs
    to it. In a round with `rounding` all other counts of respondents are rounded. Means have no
    more decimals than are printed, and are left out where they would tell a hidden count.
    """
    counts = counts_of(facts, data)
    shown = rule(data)
    if shown is None:
        found = suppress([*counts.cells.values()], counts.relations, data.settings.minimum_cell)
        primary, secondary, left = found.primary, found.secondary, list(found.exposed)
    else:
        primary, secondary, left = _hidden_besides_rounding(counts, shown, data)
    if left:
        return protect(_without_cells(facts, {_place(one.cell) for one in left}), data)
    hidden = primary | secondary
    gone = {_answer(key) for key in hidden} | set(_differences(hidden))
    kept = facts[[_answer(key) not in gone for key in facts["fact"]]]
    if shown is not None:
        kept = rounded(left_out(kept, data), data)
    rest = fact_frame(_not_shown(facts, kept, hidden, data))
    kept = as_published(pd.concat([kept, rest])[COLUMNS] if len(rest) else kept)
    return _without_telling_means(Protected(kept, primary, secondary), facts, data)


def exposed(published: pd.DataFrame, full: pd.DataFrame, data: SurveyData) -> list[Exposed]:
    """What an outsider can work out from `published` facts, out of all facts (`full`).

    `published` are facts with their numbers as printed. In a round with `rounding` a rounded count
    is a range, and every number that is not rounded as it should be is exposed too.
    """
    counts, shown = counts_of(full, data), rule(data)
    printed = {_answer(str(key)) for key in published.loc[published["value"].notna(), "fact"]}
    wrong = list(undone(published, full, data))
    exact = {_answer(one.cell) for one in wrong}
    told = {
        name: _told(counts, name, None if _answer(name) in exact else shown)
        if _answer(name) in printed
        else _secret(counts, name, shown)
        for name in counts.cells
    }
    relations = [*counts.relations, *mean_relations(published, data)]
    found = _attacked(counts, told, relations, shown, data)
    known = {one.cell for one in found}
    return [*found, *(one for one in wrong if one.cell not in known)]


def _attacked(
    counts: Counts, told: dict[str, Told], relations: list[Relation], shown: Rule | None,
    data: SurveyData,
) -> list[Exposed]:  # fmt: skip
    """The cells that an outsider narrows down too far; rounded ones when one count is left."""
    minimum, cells = data.settings.minimum_cell, counts.cells
    sensitive = {name for name, cell in cells.items() if cell.is_sensitive(minimum)}
    # Where counts are exact others may come out: they rest on enough people, and some are simply
    # not printed. That nobody gave an answer is not rounded.
    harmless, rounded_ = set(cells) - sensitive, set()
    if shown is not None:
        rounded_ = {n for n, c in cells.items() if c.kind == "persons" and shown.rounds(c.count)}
        harmless -= rounded_
    harmless |= counts.sizes
    return attack(
        told, relations, {}, minimum, sensitive=sensitive, harmless=harmless, rounded=rounded_
    )


def _told(counts: Counts, name: str, shown: Rule | None) -> Told:
    """What is told of a printed cell: its count, or a range where it is rounded."""
    cell = counts.cells[name]
    if shown is None or cell.kind != "persons":
        return cell.count
    if (printed := shown.show(cell.count)) is not None:
        return Published(name, *shown.behind(printed))
    return Published(name, 0, shown.least - 1) if name in counts.sizes else cell.count


def _secret(counts: Counts, name: str, shown: Rule | None) -> Told:
    """What is told of a hidden cell: nothing, or that it is one of the counts kept secret."""
    cell = counts.cells[name]
    if shown is None or shown.nothing or cell.kind != "persons" or cell.count >= shown.least:
        return None
    return Published(name, 0, shown.least - 1)


def _hidden_besides_rounding(
    counts: Counts, shown: Rule, data: SurveyData
) -> tuple[frozenset[str], frozenset[str], list[Exposed]]:
    """The cells to hide where all others are rounded: secret ones, others, and what is left.

    Counts of municipalities are protected as ever. Of respondents the smallest count beside one
    that could be worked out is hidden too, until none can be.
    """
    places = {n: c for n, c in counts.cells.items() if c.kind == "municipalities"}
    among = [r for r in counts.relations if set(r.coefficients) <= set(places)]
    found = suppress([*places.values()], among, data.settings.minimum_cell)
    people = set(counts.cells) - set(places) - counts.sizes
    secret = {name for name in people if shown.show(counts.cells[name].count) is None}
    more: set[str] = set()
    while True:
        hidden = found.hidden | secret | more
        told = {
            name: _secret(counts, name, shown) if name in hidden else _told(counts, name, shown)
            for name in counts.cells
        }
        left = _attacked(counts, told, counts.relations, shown, data)
        besides = {
            min(open_, key=lambda name: (counts.cells[name].count, name))
            for place in {_place(one.cell) for one in left}
            if (open_ := [n for n in people - hidden if _place(n) == place])
        }
        if not besides:
            return found.primary | secret, found.secondary | more, [*found.exposed, *left]
        more |= besides


def _without_cells(facts: pd.DataFrame, places: set[Place]) -> pd.DataFrame:
    """The facts without everything about `places`, save how many of a group took part."""
    size = facts["subject"].str.startswith("response") & (facts["team_type"] == "all")
    return facts[size | facts["fact"].map(lambda key: _place(key) not in places)]


def _without_telling_means(found: Protected, full: pd.DataFrame, data: SurveyData) -> Protected:
    """Leave out the means from which a hidden count can be worked out, the least needed first."""
    for stage in STAGES:
        if not (left := exposed(found.facts, full, data)):
            return found
        places = {_place(one.cell) for one in left}
        facts = found.facts
        of_place = facts["fact"].map(lambda key: _place(key) in places)  # noqa: B023
        # Those of pairs are of both groups at once.
        of_place |= (facts["group"] == "all") & facts["subject"].isin({name for name, _ in places})
        own = of_place & facts["statistic"].str.match(stage)
        told = frozenset(_place(str(key)) for key in facts.loc[own, "fact"])
        found = replace(found, facts=facts[~own], without_means=found.without_means | told)
    if left := exposed(found.facts, full, data):
        names = ", ".join(one.cell for one in left)
        raise RuntimeError(f"counts that nothing protects: {names}")
    return found


def _place(key: str) -> Place:
    """Subject, without its box, and group of a fact."""
    parts = key.split("/")
    return parts[1].partition(".")[0], parts[2]


def _answer(key: str) -> str:
    """A fact's key without the kind of statistic: a count, its share and intervals are one."""
    place, _, statistic = key.rpartition("/")
    return f"{place}/{statistic.partition('.')[2]}"


def _differences(hidden: Iterable[str]) -> Iterator[str]:
    """Differences between groups that would tell a hidden share of agreement."""
    for key in hidden:
        subject, statistic = key.split("/")[1], key.rpartition("/")[2]
        if statistic == "count.agree":
            yield _answer(fact_key("survey", subject, "all", "all", "groups", DIFFERENCE))


def _not_shown(
    facts: pd.DataFrame, kept: pd.DataFrame, hidden: frozenset[str], data: SurveyData
) -> Iterator[dict[str, object]]:
    """Per statement with a hidden position, how many units have an answer that is not shown.

    Where counts are rounded it is what they leave of the rounded number of respondents.
    """
    by_place: dict[str, list[str]] = {}
    for key in hidden:
        place, _, statistic = key.rpartition("/")
        if statistic.removeprefix("count.") in ALL:
            by_place.setdefault(place, []).append(key)
    found, shown = facts.set_index("fact"), rule(data)
    for place in sorted(by_place):
        keys = by_place[place]
        first = dict(found.loc[keys[0]])
        units, whole = int(found.loc[keys, "value"].sum()), first["denominator"]
        if shown is not None and first["base"] == "respondents":
            whole = shown.show(int(whole))
            printed = [f"{place}/count.{position}" for position in ALL]
            told = kept.loc[kept["fact"].isin(printed), "value"].sum()
            units = shown.least - 1 if whole is None else max(whole - int(told), 0)
        yield fact_row(
            domain="survey", subject=first["subject"], group=first["group"],
            team_type=first["team_type"], base=first["base"], statistic=HIDDEN, value=units,
            unit="count", numerator=units, denominator=whole,
            provenance=data.provenance, source=data.source,
        )  # fmt: skip
