"""Which counts are hidden, so that the sensitive ones cannot be worked out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure.attack import attack
from analysis.disclosure.cells import Cell, Relation, adds_up, at_most
from analysis.disclosure.suppress import Suppression, suppress


def persons(**counts: int) -> list[Cell]:
    return [Cell(name, count, count) for name, count in counts.items()]


def two_way(
    lines: Mapping[str, Sequence[int]], columns: str
) -> tuple[dict[str, int], list[Relation]]:
    """Counts by cell of a table with all its totals (`all`), and how they add up."""
    counts = {
        row + column: n
        for row, line in lines.items()
        for column, n in zip(columns, line, strict=True)
    }
    counts |= {row: sum(line) for row, line in lines.items()}
    counts |= {column: sum(counts[row + column] for row in lines) for column in columns}
    counts["all"] = sum(map(sum, lines.values()))
    relations = [adds_up([row + column for column in columns], row) for row in lines]
    relations += [adds_up([row + column for row in lines], column) for column in columns]
    return counts, [*relations, adds_up(list(lines), "all"), adds_up(list(columns), "all")]


def exposed_after(
    found: Suppression, cells: Collection[Cell], relations: Sequence[Relation], minimum: int = 5
) -> list[str]:
    told = found.published(cells)
    left = attack(told, relations, {}, minimum, sensitive=found.primary, harmless=found.unprinted)
    return [one.cell for one in left]


# --- Which cells are sensitive


def test_a_count_of_one_up_to_below_the_minimum_is_sensitive():
    found = suppress(persons(none=0, one=1, four=4, five=5), [], 5)
    assert (found.primary, found.secondary) == ({"one", "four"}, set())


def test_nobody_is_sensitive_too_when_asked_for():
    found = suppress(persons(none=0, five=5), [], 5, zero_is_sensitive=True)
    assert found.primary == {"none"}


def test_a_count_of_municipalities_is_sensitive_by_the_respondents_in_them():
    few, many = Cell("few", 3, 4, "municipalities"), Cell("many", 1, 28, "municipalities")
    assert suppress([few, many], [], 5).primary == {"few"}


def test_nothing_is_hidden_where_nothing_is_sensitive():
    counts, relations = two_way({"p": [9, 0], "q": [8, 7]}, "xy")
    assert suppress(persons(**counts), relations, 5).hidden == set()


# --- Which others are hidden with them


def test_the_pattern_of_fischetti_and_salazar_is_found():
    # Fischetti & Salazar (2001): investments by activity and region, where activity II in region
    # C is sensitive and activities II and III in regions A and C are hidden. By hand: the other
    # three corners are 8 + 17 + 12; the next best rectangle, with activity I, has 8 + 20 + 10.
    counts, relations = two_way({"1": [20, 50, 10], "2": [8, 19, 22], "3": [17, 32, 12]}, "ABC")
    people = dict.fromkeys(counts, 1000) | {"2C": 22}
    cells = [Cell(name, n, people[name], "municipalities") for name, n in counts.items()]
    found = suppress(cells, relations, 23)
    assert (found.primary, found.secondary) == ({"2C"}, {"2A", "3A", "3C"})
    assert exposed_after(found, cells, relations, 23) == []


def test_the_smallest_count_that_is_enough_is_hidden_too():
    cells = persons(agree=3, neutral=2, disagree=9, unsure=7, asked=21)
    relations = [adds_up(["agree", "neutral", "disagree", "unsure"], "asked")]
    # 3 and 2 are 5 together, the minimum: they protect each other.
    assert suppress(cells, relations, 5).hidden == {"agree", "neutral"}
    # Of 6 the two together are too few: the next smallest is needed.
    assert suppress(cells, relations, 6).hidden == {"agree", "neutral", "unsure"}


def test_hiding_costs_least_over_all_choices():
    counts, relations = two_way({"p": [2, 11, 6], "q": [9, 3, 14], "r": [12, 8, 5]}, "xyz")
    cells = persons(**counts)
    found = suppress(cells, relations, 5)
    assert found.secondary
    # In a table with all totals every cell stands in two relations: the cost is the count and 1.
    cost = sum(counts[name] + 1 for name in found.secondary)
    inner = [name for name in counts if len(name) == 2 and name not in found.primary]
    cheaper = [
        chosen
        for size in range(len(inner) + 1)
        for chosen in combinations(inner, size)
        if sum(counts[name] + 1 for name in chosen) < cost
    ]
    assert cheaper
    for chosen in cheaper:
        hidden = found.primary | set(chosen)
        told = {name: None if name in hidden else count for name, count in counts.items()}
        assert attack(told, relations, {}, 5, sensitive=found.primary)


def test_a_base_that_many_tables_share_is_hidden_last():
    counts, relations = {"asked": 14}, []
    for item in "abcdef":
        counts |= {f"{item}1": 2, f"{item}2": 12}
        relations.append(adds_up([f"{item}1", f"{item}2"], "asked"))
    # Hiding the base would be enough for all six, and would take it from every table.
    assert "asked" not in suppress(persons(**counts), relations, 5).hidden


def test_what_is_not_printed_anyway_is_protected_and_protects():
    cells = persons(youth=9, social=8, integrated=2, all=19)
    relations = [adds_up(["youth", "social", "integrated"], "all")]
    found = suppress(cells, relations, 5, already_hidden=["integrated"])
    assert (found.primary, found.secondary) == ({"integrated"}, {"social"})
    assert found.unprinted == set()
    found = suppress(cells, relations, 5, already_hidden=["social"])
    assert (found.secondary, found.unprinted) == (set(), {"social"})


def test_the_difference_between_two_tables_is_protected():
    cells = persons(all=19, both=17, integrated=2, other=30, total=49)
    relations = [adds_up(["both", "integrated"], "all"), adds_up(["all", "other"], "total")]
    found = suppress(cells, relations, 5, already_hidden=["integrated"])
    assert found.secondary == {"both"}
    assert exposed_after(found, cells, relations) == []


def test_what_must_be_shown_is_shown():
    cells = persons(agree=2, neutral=6, disagree=9, asked=17)
    relations = [adds_up(["agree", "neutral", "disagree"], "asked")]
    assert suppress(cells, relations, 5).secondary == {"neutral"}
    assert suppress(cells, relations, 5, must_show=["neutral"]).secondary == {"disagree"}


def test_a_cell_that_nothing_can_protect_is_told():
    cells = persons(agree=2, other=9, asked=11)
    relations = [adds_up(["agree", "other"], "asked")]
    found = suppress(cells, relations, 5, must_show=["other", "asked"])
    assert [str(one) for one in found.exposed] == ["agree is 2; a range of 5 or more is needed"]
    cells = [
        Cell("agree", 2, 2),
        Cell("middle", 1, 30, "municipalities"),
        Cell("sum", 3, 32, "municipalities"),
    ]
    found = suppress(cells, [adds_up(["agree", "middle"], "sum")], 5, must_show=["sum"])
    assert [one.cell for one in found.exposed] == ["agree"]
    found = suppress(persons(box=2), [], 5, bounds={"box": (0, 3)})
    assert [str(one) for one in found.exposed] == ["box is 0 to 3; a range of 5 or more is needed"]


def test_a_limit_by_another_cell_is_counted_with():
    # At most 3 were asked, so hiding the box is not enough: those asked must be hidden too.
    cells = [Cell("box", 1, 1), Cell("asked", 3, 30, "municipalities")]
    found = suppress(cells, [at_most("box", "asked")], 5)
    assert (found.secondary, found.exposed) == ({"asked"}, ())


def test_a_limit_that_leaves_room_asks_for_nothing():
    cells = persons(box=2, asked=9)
    assert suppress(cells, [at_most("box", "asked")], 5).hidden == {"box"}


def test_room_in_fractions_only_is_no_protection():
    # 7a + 11b = 61 leaves a from 0 to 8.7 in fractions, but in whole counts only 4: 7 x 4 is the
    # one multiple of 7 up to 61 that leaves a multiple of 11.
    cells = persons(a=4, b=3, sum=61)
    relations = [Relation({"a": 7, "b": 11}, "sum")]
    assert attack({"a": None, "b": None, "sum": 61}, relations, {}, 5)[0].high == 4
    found = suppress(cells, relations, 5)
    assert (found.secondary, found.exposed) == ({"sum"}, ())


def test_the_order_of_cells_and_relations_does_not_matter():
    counts, relations = two_way({"p": [2, 9, 9], "q": [9, 9, 3], "r": [9, 9, 9]}, "xyz")
    cells = persons(**counts)
    found = suppress(cells, relations, 5)
    assert suppress(cells[::-1], relations[::-1], 5) == found


@pytest.mark.parametrize(
    ("relations", "bounds", "said"),
    [
        ([adds_up(["a", "b"], "c")], {}, "do not hold for the counts: a \\+ b = c"),
        ([adds_up(["a", "z"], "c")], {}, "cells that are not given: z"),
        ([], {"a": (0, 3)}, "counts outside their bounds: a"),
    ],
)
def test_relations_and_bounds_that_do_not_fit_are_refused(relations, bounds, said):
    with pytest.raises(ValueError, match=said):
        suppress(persons(a=6, b=7, c=14), relations, 5, bounds=bounds)


def test_a_name_of_no_cell_is_refused():
    with pytest.raises(ValueError, match="cells that are not given: y, z"):
        suppress(persons(a=6), [], 5, already_hidden=["z"], must_show=["y"])


def test_a_cell_given_twice_is_refused():
    with pytest.raises(ValueError, match="given twice: a"):
        suppress([*persons(a=6), *persons(a=6)], [], 5)


# --- Generated: after suppression the attack finds nothing


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=2, max_size=4))
def test_no_cell_of_a_table_can_be_worked_out(lines):
    counts, relations = two_way(dict(zip("pqrs", lines, strict=False)), "xyz")
    cells = persons(**counts)
    found = suppress(cells, relations, 5)
    assert found.exposed == ()
    assert exposed_after(found, cells, relations) == []


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=12, max_size=12), st.integers(2, 7))
def test_no_cell_of_a_three_way_table_with_shared_totals_can_be_worked_out(numbers, minimum):
    names = ["".join(name) for name in product("ab", "cd", "xyz")]
    counts, relations = dict(zip(names, numbers, strict=True)), []
    for axis in range(3):
        for name in sorted({name[:axis] + "." + name[axis + 1 :] for name in names}):
            line = [cell for cell in names if cell[:axis] + "." + cell[axis + 1 :] == name]
            counts[name] = sum(counts[cell] for cell in line)
            relations.append(adds_up(line, name))
    counts["all"] = sum(numbers)
    relations.append(adds_up([name for name in counts if name.endswith(".")], "all"))
    cells = persons(**counts)
    found = suppress(cells, relations, minimum)
    assert found.exposed == ()
    assert exposed_after(found, cells, relations, minimum) == []


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=8, max_size=8), st.sets(st.sampled_from("pqxy")))
def test_what_is_told_to_be_exposed_is_all_that_the_attack_finds(numbers, shown):
    counts, relations = two_way({"p": numbers[:4], "q": numbers[4:]}, "wxyz")
    cells = persons(**counts)
    found = suppress(cells, relations, 5, must_show=shown)
    assert exposed_after(found, cells, relations) == [one.cell for one in found.exposed]
    assert not found.secondary & shown
