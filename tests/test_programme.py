"""The integer programme: tiny ones with a known optimum."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analysis.survey.programme import Ask, Programme, Unit
from analysis.survey.statistics import Condition, parse_statistic
from analysis.survey.totals import Total
from helpers import SCALE

PEOPLE = tuple(Unit(number, f"g{number:02d}", "") for number in range(1, 6))


def ask(item: str, units: tuple[Unit, ...] = PEOPLE, group: str = "officials", **more: Any) -> Ask:
    return Ask(group, item, units, more.pop("positions", SCALE), **more)


def total(statistic: str, low: int, high: int | None = None, **more: Any) -> Total:
    """A total on item "a" of the officials that allows `low` to `high`."""
    given_ = {
        "name": more.pop("name", statistic),
        "subject": more.pop("subject", "a"),
        "group": "officials",
        "team_type": "all",
        "base": "respondents",
        "denominator": 5,
        "target": low,
        "wording": "exact",
        "phrase": "",
        "weight": 1000,
    } | more
    parsed = parse_statistic(statistic, given_["subject"], given_["group"])
    return Total(statistic=parsed, low=low, high=low if high is None else high, **given_)


def solve(asks: list[Ask], *totals: Total) -> tuple[dict[tuple[str, int], str], list[str]]:
    """Which position every unit takes per item, and the totals that were broken."""
    outcome = Programme(asks, totals, seed=3).solve()
    taken = {(item, unit): position for (_, item, unit), position in outcome.taken.items()}
    return taken, [broken.name for broken in outcome.broken]


def tally(taken: dict[tuple[str, int], str], item: str = "a") -> dict[str, int]:
    found = pd.Series([position for (name, _), position in taken.items() if name == item])
    return found.value_counts().to_dict()


def test_totals_that_fit_are_all_met():
    taken, broken = solve([ask("a")], total("count.agree", 2), total("count.disagree", 3))
    assert (tally(taken), broken) == ({"agree": 2, "disagree": 3}, [])


def test_of_two_totals_that_cannot_both_hold_the_lighter_is_broken():
    light, heavy = total("count.agree", 3, weight=1), total("count.disagree", 3)
    for totals in ((light, heavy), (heavy, light)):
        taken, broken = solve([ask("a")], *totals)
        assert broken == ["count.agree"]
        assert tally(taken)["disagree"] == 3


def test_of_two_equal_totals_that_cannot_both_hold_the_later_is_broken():
    first, second = total("count.agree", 3), total("count.disagree", 3)
    assert solve([ask("a")], first, second)[1] == ["count.disagree"]
    assert solve([ask("a")], second, first)[1] == ["count.agree"]


def test_a_broken_total_binds_nothing_however_far_it_is_off():
    nobody, everybody = total("count.agree", 0, name="none", weight=1), total("count.agree", 5)
    taken, broken = solve([ask("a")], nobody, everybody)
    assert (tally(taken), broken) == ({"agree": 5}, ["none"])


def test_two_light_totals_do_not_outweigh_a_heavy_one():
    lights = [total(f"count.{p}", 4, weight=1) for p in ("agree", "disagree")]
    taken, broken = solve([ask("a")], *lights, total("count.neutral", 3, weight=3))
    assert tally(taken)["neutral"] == 3
    assert set(broken) == {"count.agree", "count.disagree"}


def test_silence_stays_silent():
    taken, _ = solve([ask("a")], total("count.agree", 2))
    assert tally(taken) == {"agree": 2}


def test_a_vague_total_comes_as_near_its_target_as_others_allow():
    vague = total("share.agree", 1, 5, target=4, weight=1)
    assert tally(solve([ask("a")], vague)[0])["agree"] == 4
    taken, broken = solve([ask("a")], vague, total("count.disagree", 2))
    assert (tally(taken), broken) == ({"agree": 3, "disagree": 2}, [])


def test_a_remainder_gives_everybody_a_position():
    rest = total("count.dont_know", 5, phrase="remainder")
    taken, broken = solve([ask("a")], total("count.agree", 2), rest)
    assert broken == []
    assert len(taken) == 5


def test_only_those_who_took_the_leading_position_answer_a_routed_item():
    routed = ask("b", positions=("selected",), routed=Condition("officials", "a", ("agree",)))
    agreeing = total("count.agree", 2)
    taken, broken = solve([ask("a"), routed], agreeing, total("count.selected", 2, subject="b"))
    assert broken == []
    assert all(taken["a", unit] == "agree" for item, unit in taken if item == "b")
    more = total("count.selected", 3, subject="b", weight=1)
    assert solve([ask("a"), routed], agreeing, more)[1] == ["count.selected"]


def test_routing_holds_for_an_item_that_stands_before_the_one_that_leads_to_it():
    routed = ask("b", positions=("selected",), routed=Condition("officials", "a", ("agree",)))
    totals = total("count.agree", 2), total("count.selected", 2, subject="b")
    taken, broken = solve([routed, ask("a")], *totals)
    assert broken == []
    assert all(taken["a", unit] == "agree" for item, unit in taken if item == "b")


def test_a_condition_on_another_item_counts_who_meets_both():
    both = total("count.agree & b.disagree", 2)
    taken, broken = solve(
        [ask("a"), ask("b")], total("count.agree", 3), total("count.disagree", 2, subject="b"), both
    )
    assert broken == []
    disagreeing = [unit for (item, unit), p in taken.items() if (item, p) == ("b", "disagree")]
    assert [taken["a", unit] for unit in disagreeing] == ["agree", "agree"]


def test_a_condition_may_be_forbidden_by_others():
    # Three agree on a and three disagree on b: of five people at least one does both.
    totals = [
        total("count.agree", 3),
        total("count.disagree", 3, subject="b", name="b"),
        total("count.agree & b.disagree", 0, name="both", weight=1),
    ]
    assert solve([ask("a"), ask("b")], *totals)[1] == ["both"]


def test_a_condition_on_the_other_group_looks_in_the_same_municipality():
    teams = tuple(Unit(number, f"g{number:02d}", "", people=4) for number in (4, 5, 6))
    asks = [ask("a"), ask("a", teams, group="professionals")]
    crossed = total("count.disagree & professionals:a.agree", 1, base="municipalities")
    outcome = Programme(asks, [total("count.disagree", 1), crossed], seed=3).solve()
    (official,) = [key[2] for key, position in outcome.taken.items() if position == "disagree"]
    assert outcome.taken["professionals", "a", official] == "agree"
    # Only municipalities 4 and 5 have both groups.
    three = total("count.disagree & professionals:a.agree", 3, base="municipalities")
    assert solve(asks, three)[1] == [three.name]


def test_a_difference_counts_one_position_minus_the_other():
    even = total("difference.agree.disagree", 0)
    taken, broken = solve([ask("a")], total("count.agree", 2), even)
    assert (tally(taken), broken) == ({"agree": 2, "disagree": 2}, [])
    more = total("difference.agree.disagree", 2)
    taken, broken = solve([ask("a")], total("count.disagree", 1), more)
    assert tally(taken) == {"agree": 3, "disagree": 1}


def test_a_difference_that_cannot_hold_is_broken_however_far_it_is_off():
    far = total("difference.agree.disagree", 5, weight=1)
    assert solve([ask("a")], total("count.disagree", 5), far)[1] == [far.name]


PAIR = (Unit(1, "g01", "youth"), Unit(2, "g02", "youth"), Unit(3, "g02", "social"))


def test_a_total_of_municipalities_counts_two_officials_of_one_municipality_once():
    municipalities = total("count.agree", 1, name="m", base="municipalities", denominator=2)
    people = total("count.agree", 2, name="p", denominator=3)
    taken, broken = solve([ask("a", PAIR)], municipalities, people)
    assert broken == []
    assert taken == {("a", 2): "agree", ("a", 3): "agree"}
    two = total("count.agree", 2, name="m", base="municipalities", denominator=2, weight=1)
    assert solve([ask("a", PAIR)], two, people)[1] == ["m"]


def test_two_officials_of_one_municipality_who_meet_both_conditions_count_once():
    both = total("count.agree & b.agree", 1, base="municipalities", denominator=2)
    first, second = (total("count.agree", 2, subject=name, name=name) for name in ("a", "b"))
    taken, broken = solve([ask("a", PAIR), ask("b", PAIR)], first, second, both)
    assert broken == []
    assert taken == {(name, unit): "agree" for name in ("a", "b") for unit in (2, 3)}


def test_a_total_of_people_counts_everybody_in_a_municipality():
    teams = (Unit(1, "g01", "", people=2), Unit(2, "g02", "", people=3))
    taken, broken = solve([ask("a", teams)], total("count.agree", 3))
    assert (taken, broken) == ({("a", 2): "agree"}, [])
    assert solve([ask("a", teams)], total("count.agree", 4))[1] == ["count.agree"]


def test_a_total_of_one_team_type_counts_only_its_members():
    youth = total("count.agree", 2, name="youth", team_type="youth")
    social = total("count.disagree", 1, name="social", team_type="social")
    taken, broken = solve([ask("a", PAIR)], youth, social)
    assert broken == []
    assert taken == {("a", 1): "agree", ("a", 2): "agree", ("a", 3): "disagree"}


def test_an_explanation_leaves_out_what_has_nothing_to_do_with_it():
    kept = [
        total("count.agree", 3, name="agree"),
        total("count.neutral", 0, name="neutral"),
        total("count.disagree", 2, subject="b", name="other item"),
    ]
    broken = total("count.disagree", 3, name="broken")
    programme = Programme([ask("a"), ask("b")], [*kept, broken], seed=1)
    assert [other.name for other in programme.conflict(broken, kept)] == ["agree"]


def test_a_total_that_fits_needs_no_explanation():
    kept = [total("count.agree", 2)]
    fits = total("count.disagree", 3)
    assert Programme([ask("a")], [*kept, fits], seed=1).conflict(fits, kept) == []


@pytest.mark.parametrize("kept", [[], [total("count.agree", 2)]], ids=["alone", "beside another"])
def test_a_total_that_cannot_hold_by_itself_blames_no_other(kept: list[Total]):
    # Six of the five that were asked, of whom moreover only those who agree on b answer a.
    routed = ask("a", routed=Condition("officials", "b", ("agree",)))
    none = total("count.agree", 0, subject="b", name="gate")
    too_many = total("count.disagree & b.disagree", 1, name="too many")
    programme = Programme([routed, ask("b")], [*kept, none, too_many], seed=1)
    assert programme.conflict(too_many, kept) == []


def test_a_count_above_its_base_is_impossible():
    assert not total("count.agree", 6).possible
    assert total("count.agree", 5).possible
    assert not total("share.agree", 1, 0).possible
