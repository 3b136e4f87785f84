"""The chart that compares two groups."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.report.charts import draw_groups
from analysis.report.charts.style import PAGE, PHONE
from chart_samples import (
    NL,
    assert_clear,
    groups_frame,
    strings,
    title,
)


def test_groups_are_sorted_by_difference():
    texts = strings(draw_groups(groups_frame(), NL))
    assert texts.index("network") < texts.index("policy")
    frame = groups_frame({"a": (10, 12), "b": (10, 60)})
    texts = strings(draw_groups(frame, NL))
    assert texts.index("b") < texts.index("a")


def test_groups_title_names_the_largest_difference_and_follows_the_data():
    words = title(draw_groups(groups_frame(), NL))
    assert "bij ‘equipped’ (professionals 19%, ambtenaren 67%)" in words
    words = title(draw_groups(groups_frame({"a": (10, 12), "b": (10, 60)}), NL))
    assert "bij ‘b’ (professionals 10%, ambtenaren 60%)" in words
    assert "‘a’ en ‘b’" in title(draw_groups(groups_frame({"a": (10, 60), "b": (60, 10)}), NL))
    equal = draw_groups(groups_frame({"a": (10, 10)}), NL)
    assert title(equal) == NL.label("charts.groups.title_equal")


def test_groups_alt_names_the_smallest_difference():
    assert "kleinst bij ‘policy’ (professionals 23%" in draw_groups(groups_frame(), NL).alt


def test_groups_with_one_group_only_draws_one_dot():
    frame = groups_frame().query("group == 'officials'")
    picture = draw_groups(frame, NL)
    assert title(picture) == NL.label("charts.groups.title_single")
    assert_clear(picture.draw(PHONE))


def test_groups_leave_out_what_has_no_share():
    frame = groups_frame()
    frame.loc[frame["item"].eq("policy") & frame["group"].eq("officials"), "share_percent"] = None
    assert "26%" not in strings(draw_groups(frame, NL))
    with pytest.raises(ValueError, match="no row has a share"):
        draw_groups(frame.assign(share_percent=math.nan), NL)


def test_groups_draw_intervals_only_where_there_are():
    def whiskers(frame):
        sheet = draw_groups(frame, NL).draw(PAGE)
        lines = [line for line in sheet._paper.lines if line.get_linewidth() == 1.0]
        return [line for line in lines if len(set(line.get_xdata())) > 1]

    assert whiskers(groups_frame()) == []
    assert len(whiskers(groups_frame(interval=12))) == 6


def test_groups_say_on_how_many_answers_they_rest():
    note = "professionals: n = 31 gemeenten; ambtenaren: n = 27 respondenten"
    assert note in strings(draw_groups(groups_frame(), NL))
    frame = groups_frame()
    frame.loc[frame["item"].eq("policy"), "base_count"] = 12
    texts = strings(draw_groups(frame, NL))
    assert note not in texts
    assert {"n = 31 gemeenten", "n = 12 gemeenten"} <= set(texts)


def test_groups_print_a_range_and_draw_it_but_an_interval_is_only_drawn():
    frame = groups_frame(interval=4, provenance="reconstructed")
    picture = draw_groups(frame, NL)
    for medium in (PAGE, PHONE):
        assert {"15–23%", "63–71%"} <= set(strings(picture, medium))
        assert {"19%", "67%"}.isdisjoint(strings(picture, medium))
    assert {"15–23%", "63–71%"} <= {text for _, text in picture.printed}
    assert "(professionals 15–23%, ambtenaren 63–71%)" in title(picture)
    assert NL.label("charts.groups.alt_range") in picture.alt
    measured = draw_groups(groups_frame(interval=4), NL)
    assert {"19%", "67%"} <= set(strings(measured))
    assert NL.label("charts.groups.alt_range") not in measured.alt


def test_groups_range_at_the_edge_is_printed_in_signs():
    frame = groups_frame({"a": (3, 97)}, interval=4, provenance="reconstructed")
    picture = draw_groups(frame, NL)
    assert {"≤ 7%", "≥ 93%"} <= set(strings(picture))
    assert title(picture) == "‘a’: professionals hoogstens 7%, ambtenaren ten minste 93%."


def test_groups_title_claims_only_what_the_ranges_allow():
    frame = groups_frame({"a": (20, 60), "b": (20, 50), "c": (30, 40)}, provenance="reconstructed")
    assert "het meest bij ‘a’ (" in title(draw_groups(frame, NL))
    frame.loc[(frame["item"] == "a") & (frame["group"] == "officials"), ["low", "high"]] = [45, 65]
    picture = draw_groups(frame, NL)
    assert title(picture) == (
        "Onder de precies afgedrukte uitkomsten verschillen professionals en ambtenaren het meest "
        "bij ‘b’ (professionals 20%, ambtenaren 50%)."
    )
    assert "Het verschil is het kleinst bij ‘c’" in picture.alt
    frame = frame[frame["item"] != "c"]
    assert title(draw_groups(frame, NL)) == "‘b’: professionals 20%, ambtenaren 50%."


@settings(max_examples=16, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=1, max_size=4),
    st.sampled_from([math.nan, 3, 20]),
    st.booleans(),
    st.sampled_from(["measured", "reconstructed"]),
)
def test_groups_never_overlap_whatever_the_shares(pairs, interval, mixed, provenance):
    frame = groups_frame({f"item{n}": pair for n, pair in enumerate(pairs)}, interval, provenance)
    if mixed:
        frame.loc[0, ["base", "base_count"]] = ["respondents", 147]
    for medium in (PAGE, PHONE):
        assert_clear(draw_groups(frame, NL).draw(medium))
