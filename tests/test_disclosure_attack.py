"""The attack: what an outsider can work out of everything that is published."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure.attack import Exposed, Range, Told, attack, possible_counts
from analysis.disclosure.cells import (
    Cell,
    Published,
    Relation,
    adds_up,
    at_most,
    from_percentage,
    same,
    share_of,
    together,
)


def table(rows: Mapping[str, list[int]], columns: str) -> tuple[dict[str, int], list[Relation]]:
    """Counts by cell of a table with all its totals (`all`), and how they add up."""
    counts = {
        row + column: n
        for row, line in rows.items()
        for column, n in zip(columns, line, strict=True)
    }
    counts |= {row: sum(line) for row, line in rows.items()}
    counts |= {column: sum(counts[row + column] for row in rows) for column in columns}
    counts["all"] = sum(map(sum, rows.values()))
    relations = [adds_up([row + column for column in columns], row) for row in rows]
    relations += [adds_up([row + column for row in rows], column) for column in columns]
    return counts, [*relations, adds_up(list(rows), "all"), adds_up(list(columns), "all")]


def without(counts: Mapping[str, int], *hidden: str) -> dict[str, Told]:
    return {name: None if name in hidden else count for name, count in counts.items()}


def ranges(
    published: Mapping[str, Told], relations: Collection[Relation]
) -> dict[str, tuple[int, int | None]]:
    found = possible_counts(published, list(relations), {})
    return {name: (one.low, one.high) for name, one in found.items()}


# --- Tables from the literature


def test_the_ranges_of_the_handbooks_example_come_out():
    # Geurts (1992), table 10, printed as example 3 of section 4.2 of the Handbook on Statistical
    # Disclosure Control: cell (1,1) lies from 3 to 6. The others follow from it by subtraction.
    counts, relations = table({"p": [6, 1], "q": [0, 3], "r": [3, 3]}, "xy")
    assert (counts["p"], counts["q"], counts["x"], counts["all"]) == (7, 3, 9, 16)
    found = ranges(without(counts, "px", "py", "qx", "qy"), relations)
    assert found == {"px": (3, 6), "py": (1, 4), "qx": (0, 3), "qy": (0, 3)}


# The table of investments by activity and region in Fischetti & Salazar (2001), whose pattern
# hides activities II and III in regions A and C. By hand: II-C + III-C = 34, II-A + II-C = 30 and
# III-A + III-C = 29, so II-C is at least 34 - 29 and at most 30.
INVESTMENTS = {"1": [20, 50, 10], "2": [8, 19, 22], "3": [17, 32, 12]}


def test_the_ranges_of_fischetti_and_salazars_pattern_come_out():
    counts, relations = table(INVESTMENTS, "ABC")
    assert counts["all"] == 190
    found = ranges(without(counts, "2A", "2C", "3A", "3C"), relations)
    assert found == {"2A": (0, 25), "2C": (5, 30), "3A": (0, 25), "3C": (4, 29)}


def test_one_hidden_cell_of_a_table_with_totals_is_no_secret():
    counts, relations = table(INVESTMENTS, "ABC")
    assert attack(without(counts, "2C"), relations, {}, 5) == [Exposed("2C", 22, 22, 5)]


# --- Planted: cells that can be worked out


def test_a_hidden_cell_is_found_although_every_row_and_column_hides_two():
    # The cell bc is the only link between two blocks: rows a and b less columns a and b.
    rows = {row: [9, 9, 9, 9] for row in "stuv"} | {"t": [9, 9, 2, 9]}
    counts, relations = table(rows, "abcd")
    hidden = ["sa", "sb", "ta", "tb", "tc", "uc", "ud", "vc", "vd"]
    found = attack(without(counts, *hidden), relations, {}, 5)
    assert found == [Exposed("tc", 2, 2, 5)]


def test_the_difference_between_two_tables_is_found():
    published = {"all teams": 9, "youth and social": 7, "integrated": None}
    relations = [adds_up(["youth and social", "integrated"], "all teams")]
    assert attack(published, relations, {}, 5) == [Exposed("integrated", 2, 2, 5)]


def test_a_cell_hidden_in_one_table_and_printed_in_another_is_found():
    relations = [same("here", "there")]
    assert attack({"here": None, "there": 3}, relations, {}, 5) == [Exposed("here", 3, 3, 5)]


def test_those_asked_a_next_question_give_a_hidden_answer_away():
    published = {"disagree": None, "do not know": 4, "asked why": 6}
    relations = [adds_up(["disagree", "do not know"], "asked why")]
    assert attack(published, relations, {}, 5) == [Exposed("disagree", 2, 2, 5)]


def test_a_limit_that_everybody_knows_gives_a_cell_away():
    published = {"box": None, "asked": 3}
    assert attack(published, [at_most("box", "asked")], {}, 5) == [Exposed("box", 0, 3, 5)]
    assert attack({"box": None}, [], {"box": (0, 3)}, 5) == [Exposed("box", 0, 3, 5)]
    assert attack(published, [], {}, 5) == []


def test_the_three_faces_of_a_cube_give_its_cells_away():
    # A cube of 2 x 2 x 2 with its three two-way tables has one degree of freedom: cells with an
    # even number of 1s go up when the others go down. A zero on each side leaves no room.
    cube = {"000": 0, "001": 6, "010": 7, "011": 2, "100": 0, "101": 8, "110": 9, "111": 5}
    counts, relations = dict(cube), []
    for axis, (one, other) in product(range(3), product("01", repeat=2)):
        line = [name for name in cube if name[:axis] + name[axis + 1 :] == one + other]
        face = f"face{axis}{one}{other}"
        counts[face] = sum(cube[name] for name in line)
        relations.append(adds_up(line, face))
    exposed = attack(without(counts, *cube), relations, {}, 5)
    assert exposed == [Exposed(name, count, count, 5) for name, count in sorted(cube.items())]


def test_a_printed_percentage_gives_a_hidden_count_away():
    # 7 % of 27: 1.755 to 2.025 persons.
    told = from_percentage("agree", 7, 27)
    assert told == Published("agree", 2, 2)
    exposed = attack({"agree": told, "asked": 27}, [], {}, 5, sensitive=["agree"])
    assert exposed == [Exposed("agree", 2, 2, 5)]


def test_two_percentages_give_away_a_base_that_is_not_printed():
    # 33 % and 67 % of fewer than 6: only a third and two thirds of 3 round to these.
    relations = [*share_of("yes", "asked", 33), *share_of("no", "asked", 67)]
    published = {"yes": None, "no": None, "asked": None}
    found = possible_counts(published, relations, {"asked": (1, 5)})
    assert found == {"asked": Range(3, 3), "no": Range(2, 2), "yes": Range(1, 1)}


# --- The rule


def test_two_small_cells_do_not_protect_each_other_when_together_they_are_too_few():
    relations = [adds_up(["agree", "disagree"], "both")]
    hidden = {"agree": None, "disagree": None}
    exposed = attack({**hidden, "both": 4}, relations, {}, 5)
    assert exposed == [Exposed("agree", 0, 4, 5), Exposed("disagree", 0, 4, 5)]
    assert attack({**hidden, "both": 5}, relations, {}, 5) == []


def test_a_cell_that_only_protects_others_may_be_narrow_but_not_known():
    relations = [adds_up(["small", "large"], 60), at_most("small", 6), at_most("twin", 1)]
    published: dict[str, Told] = {"small": None, "large": None, "twin": None}
    assert attack(published, relations, {}, 5, sensitive=["small"]) == []
    exposed = attack(published, [*relations, same("twin", 1)], {}, 5, sensitive=["small"])
    assert exposed == [Exposed("twin", 1, 1, 1)]


def test_a_sensitive_cell_that_is_printed_is_exposed():
    assert attack({"agree": 3}, [], {}, 5, sensitive=["agree"]) == [Exposed("agree", 3, 3, 5)]
    assert attack({"agree": 3}, [], {}, 5) == []


def test_what_is_harmless_may_come_out():
    relations = [adds_up(["agree", "other"], 9)]
    published: dict[str, Told] = {"agree": 7, "other": None}
    assert attack(published, relations, {}, 5, sensitive=[])
    assert attack(published, relations, {}, 5, sensitive=[], harmless=["other"]) == []


def test_whole_counts_are_narrower_than_fractions():
    # 2a + 3b = 7 has many solutions in fractions, and one in whole numbers.
    found = ranges({"a": None, "b": None}, [Relation({"a": 2, "b": 3}, 7)])
    assert found == {"a": (2, 2), "b": (1, 1)}


def test_a_cell_without_any_limit_is_safe():
    assert ranges({"a": None, "b": None}, [at_most("a", "b")]) == {"a": (0, None), "b": (0, None)}
    assert attack({"a": None, "b": None}, [at_most("a", "b")], {}, 5) == []


def test_a_contradiction_is_named_by_its_cells():
    relations = [adds_up(["a", "b"], "c")]
    with pytest.raises(ValueError, match="cannot all hold: a, b, c"):
        attack({"a": 1, "b": 2, "c": 4}, relations, {}, 5)
    with pytest.raises(ValueError, match="cannot all hold: a"):
        attack({"a": None, "b": 2, "c": 1}, relations, {"a": (0, 9)}, 5)
    with pytest.raises(ValueError, match="cannot all hold: a, b"):
        attack({"a": None, "b": None, "c": 9}, relations, {"a": (0, 2), "b": (0, 2)}, 5)
    with pytest.raises(ValueError, match="cannot all hold: c"):
        attack({"c": 9}, [], {"c": (0, 5)}, 5)


# --- What is printed


@pytest.mark.parametrize(
    ("percent", "base", "decimals", "low", "high"),
    # By hand: 26 % of 31 is 7.9 to 8.2; half a percent of 400 is two; 12.5 % of 8 is one.
    [
        (26, 31, 0, 8, 8),
        (50, 400, 0, 198, 202),
        (0, 31, 0, 0, 0),
        (0, 400, 0, 0, 2),
        (100, 400, 0, 398, 400),
        (12.5, 8, 1, 1, 1),
    ],
)
def test_a_percentage_is_the_counts_that_round_to_it(percent, base, decimals, low, high):
    assert from_percentage("a", percent, base, decimals) == Published("a", low, high)


def test_a_percentage_that_no_count_gives_is_refused():
    # 12 % of 27 would be 3.1 to 3.4 persons (docs/assumptions.md).
    with pytest.raises(ValueError, match="cell a: no count"):
        from_percentage("a", 12, 27)


def test_a_cell_printed_twice_is_known_by_both():
    told = [Published("a", 2, 6), Published("b", 1, 1), Published("a", 5, 9)]
    assert (
        together(told[::-1])
        == together(told)
        == {"a": Published("a", 5, 6), "b": Published("b", 1, 1)}
    )
    with pytest.raises(ValueError, match="cell a"):
        together([Published("a", 1, 2), Published("a", 3, 4)])


@pytest.mark.parametrize(
    ("count", "people", "kind"), [(3, 4, "persons"), (3, 2, "municipalities"), (0, 1, "persons")]
)
def test_a_count_that_cannot_rest_on_its_people_is_refused(count, people, kind):
    with pytest.raises(ValueError, match=f"cell a: {count} {kind} cannot rest on {people}"):
        Cell("a", count, people, kind)


# --- Generated: the ranges are those of trying every table


MOST = 4


@st.composite
def partly_told(draw: st.DrawFn) -> tuple[dict[str, Told], list[Relation], dict[str, int]]:
    """A table of 2 x 3 with totals, some cells told, some rounded, some hidden."""
    numbers = st.lists(st.integers(0, MOST), min_size=3, max_size=3)
    counts, relations = table({"p": draw(numbers), "q": draw(numbers)}, "xyz")
    published: dict[str, Told] = {}
    for name, count in counts.items():
        how = draw(st.sampled_from(["told", "rounded", "hidden", "hidden"]))
        near = Published(name, max(count - 1, 0), count + 1)
        published[name] = {"told": count, "rounded": near, "hidden": None}[how]
    return published, relations, counts


@settings(max_examples=60, deadline=None)
@given(partly_told())
def test_ranges_are_those_of_all_tables_that_fit(case):
    published, relations, _ = case
    inner = ["px", "py", "pz", "qx", "qy", "qz"]
    grid = np.array(list(product(range(MOST + 1), repeat=6)))
    tables = dict(zip(inner, grid.T, strict=True))
    for relation in relations[:6]:
        tables[relation.total] = sum(tables[part] for part in relation.coefficients)
    fits = np.ones(len(grid), dtype=bool)
    for name, told in published.items():
        if told is not None:
            low, high = (told, told) if isinstance(told, int) else (told.low, told.high)
            fits &= (tables[name] >= low) & (tables[name] <= high)
    expected = {
        name: (tables[name][fits].min(), tables[name][fits].max())
        for name, told in published.items()
        if not isinstance(told, int)
    }
    found = possible_counts(published, relations, dict.fromkeys(inner, (0, MOST)))
    assert {name: (one.low, one.high) for name, one in found.items()} == expected
