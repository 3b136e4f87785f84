"""The chart of positions on statements."""

import math
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgb

from analysis.report.charts import draw_positions
from analysis.report.charts.likert import COLOURS
from analysis.report.charts.style import PAGE, PHONE
from chart_samples import (
    EN,
    LONG,
    NL,
    assert_clear,
    positions_frame,
    ranges_frame,
    segments,
    statement,
    strings,
    title,
    within,
)


@pytest.mark.parametrize("neutral", ["split", "aside"])
def test_positions_draws_every_position_that_is_not_empty(neutral):
    frame = pd.concat([positions_frame(), pd.DataFrame(statement("zero", agree=31, disagree=0))])
    bars = segments(draw_positions(frame, NL, neutral=neutral))
    for position, colour in COLOURS.items():
        wanted = (frame["position"].eq(position) & frame["count"].gt(0)).sum()
        assert sum(fill == to_rgb(colour) for fill, _, _ in bars) == wanted, position


def test_positions_puts_disagree_left_agree_right_and_the_rest_aside():
    frame = pd.DataFrame(
        statement("x", agree=6, neutral=10, disagree=5, dont_know=4, not_printed=6)
    )
    split = {fill: (x, x + w) for fill, x, w in segments(draw_positions(frame, NL))}
    place = {name: split[to_rgb(colour)] for name, colour in COLOURS.items()}
    assert place["disagree"][1] == pytest.approx(place["neutral"][0])
    assert place["neutral"][1] == pytest.approx(place["agree"][0])
    assert place["agree"][1] < place["dont_know"][0]
    assert place["dont_know"][1] == pytest.approx(place["not_printed"][0])
    aside = {fill: (x, x + w) for fill, x, w in segments(draw_positions(frame, NL, "aside"))}
    place = {name: aside[to_rgb(colour)] for name, colour in COLOURS.items()}
    assert place["disagree"][1] == pytest.approx(place["agree"][0])
    assert place["neutral"][1] == pytest.approx(place["dont_know"][0])


def test_positions_widths_follow_the_shares():
    bars = segments(draw_positions(pd.DataFrame(statement("x", agree=20, disagree=10)), NL))
    (_, _, disagree), (_, _, agree) = bars
    assert agree == pytest.approx(2 * disagree)


def test_positions_counts_municipalities_and_takes_percentages_of_respondents():
    rows = statement("a", agree=26, disagree=5)
    rows += statement("b", base="respondents", n=147, agree=56, disagree=50)
    picture = draw_positions(pd.DataFrame(rows), NL)
    assert {"26", "38%"} <= set(strings(picture))
    printed = dict(picture.printed)
    assert printed["survey/a/professionals/all/municipalities/count.agree"] == "26"
    assert printed["survey/b/professionals/all/respondents/share.agree"] == "38%"
    assert printed["survey/response/professionals/all/respondents/count.complete"] == "147"


def test_positions_on_different_bases_each_show_theirs():
    rows = statement("a", agree=26) + statement("b", base="respondents", n=147, agree=56)
    picture = draw_positions(pd.DataFrame(rows), NL)
    texts = strings(picture)
    assert [text for text in texts if text in ("n = 31", "gemeenten")] == ["n = 31", "gemeenten"]
    assert {"n = 147", "respondenten"} <= set(texts)
    assert {"n = 31 gemeenten", "n = 147 respondenten"} <= set(strings(picture, PHONE))


def test_positions_title_names_the_extremes_and_follows_the_data():
    words = title(draw_positions(positions_frame(), NL))
    assert "‘De stelling over attention’ (26 van de 31 gemeenten)" in words
    assert "de afwijzing bij" in words and "(17 van de 31 gemeenten)" in words
    frame = positions_frame()
    frame.loc[frame["item"].eq("known") & frame["position"].eq("agree"), "share_percent"] = 99.0
    assert "grootst bij ‘De stelling over known’" in title(draw_positions(frame, NL))


def test_positions_ties_are_named_together_and_many_ties_are_not():
    rows = [row for name in "ab" for row in statement(name, agree=9, disagree=2)]
    assert "‘De stelling over a’ en ‘De stelling over b’" in title(
        draw_positions(pd.DataFrame(rows), NL)
    )
    rows += [row for name in "cde" for row in statement(name, agree=9, disagree=2)]
    words = title(draw_positions(pd.DataFrame(rows), NL))
    assert "en andere stellingen" in words and "over d’" not in words


def test_positions_extremes_are_sought_on_the_most_frequent_base():
    rows = statement("a", agree=20) + statement("b", agree=10)
    rows += statement("c", base="respondents", n=27, agree=27)
    assert "over c" not in title(draw_positions(pd.DataFrame(rows), NL))


def test_positions_what_is_not_printed_is_not_taken_for_zero():
    frame = pd.DataFrame(statement("a", agree=12) + statement("b", disagree=15, not_printed=16))
    picture = draw_positions(frame, NL)
    assert title(picture) == (
        "‘De stelling over a’: 12 van de 31 gemeenten eens; "
        "‘De stelling over b’: 15 van de 31 gemeenten oneens."
    )
    assert "grootst" not in picture.alt and "kleinst" not in picture.alt


def test_positions_takes_one_statement_in_the_singular():
    one = draw_positions(pd.DataFrame(statement("a", agree=1, disagree=9)), NL)
    assert title(one) == "‘De stelling over a’: 1 van de 31 gemeenten eens, 9 oneens."
    assert "een stelling" in one.alt
    for medium in (PAGE, PHONE):
        assert_clear(one.draw(medium))


def test_positions_computes_the_width_when_only_a_count_is_known():
    frame = positions_frame().assign(share_percent=math.nan)
    assert draw_positions(frame, NL).svg_page == draw_positions(positions_frame(), NL).svg_page


def test_positions_unknown_position_is_refused():
    frame = positions_frame().replace({"position": {"agree": "yes"}})
    with pytest.raises(ValueError, match="yes"):
        draw_positions(frame, NL)


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.tuples(*[st.integers(0, 31)] * 5).filter(lambda counts: sum(counts) > 0),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from(["split", "aside"]),
    st.sampled_from(["municipalities", "respondents"]),
)
def test_positions_never_overlap_whatever_the_counts(statements, neutral, base):
    rows = []
    for number, counts in enumerate(statements):
        named = dict(zip(COLOURS, counts, strict=True))
        rows += statement(f"i{number}", base=base, n=sum(counts), label=LONG, **named)
    picture = draw_positions(pd.DataFrame(rows), NL, neutral)
    for medium in (PAGE, PHONE):
        assert_clear(picture.draw(medium))
        for _, left, width in segments(picture, medium):
            assert left >= 0 and left + width <= medium.width


def dashes(picture, medium=PAGE):
    """Left edge and width of the dashed outlines in the drawing, without the legend's."""
    lines = [line for line in picture.draw(medium)._paper.lines if line.is_dashed()]
    found = [(min(line.get_xdata()), max(line.get_xdata())) for line in lines]
    return [(left, right - left) for left, right in found if right - left > medium.text]


@pytest.mark.parametrize("medium", [PAGE, PHONE], ids=["page", "phone"])
def test_positions_within_a_range_print_it_and_have_a_dashed_edge(medium):
    picture = draw_positions(ranges_frame(), NL)
    texts = strings(picture, medium)
    assert {"14–17", "6–8", "9–12", "≤ 4", "37–43%"} <= set(texts)
    assert {"16", "10", "59", "40%"}.isdisjoint(texts)
    assert len(dashes(picture, medium)) == 5  # all but the one that is drawn at zero
    assert NL.label("charts.positions.rough") in texts
    assert NL.label("charts.positions.alt_rough") in picture.alt
    printed = dict(picture.printed)
    assert printed["survey/about/professionals/all/municipalities/count.disagree"] == "14–17"
    assert printed["survey/share/professionals/all/respondents/share.agree"] == "37–43%"


def test_positions_within_a_range_are_drawn_at_their_value():
    bars = segments(draw_positions(ranges_frame(), NL))
    picture = draw_positions(ranges_frame().drop(columns=["low", "high"]), NL)
    share = [bar[2] for bar in bars]
    exact = [bar[2] for bar in segments(picture)]
    assert [width / share[0] for width in share] == pytest.approx([w / exact[0] for w in exact])
    ranged = [share[place] for place in (3, 6, 7, 9, 12)]
    outlined = [width for _, width in dashes(draw_positions(ranges_frame(), NL))]
    assert outlined == pytest.approx([width - 1 for width in ranged])  # drawn just inside


def test_positions_that_are_exact_look_as_before():
    picture = draw_positions(positions_frame(), NL)
    assert dashes(picture) == []
    assert NL.label("charts.positions.rough") not in strings(picture)
    assert NL.label("charts.positions.alt_rough") not in picture.alt
    same = within(positions_frame(), "known", "agree", 7, 7)
    assert draw_positions(same, NL) == picture


def test_positions_range_up_to_the_whole_is_put_in_words_where_they_fit():
    rows = statement("wide", agree=30, not_printed=1) + statement("small", agree=2, not_printed=29)
    frame = pd.DataFrame(rows)
    for item, low in (("wide", 30), ("small", 2)):
        frame = within(frame, item, "agree", low, 31)
    texts = strings(draw_positions(frame, NL))
    assert "ten minste 30" in texts and "≥ 2" in texts
    assert "at least 30" in strings(draw_positions(frame, EN))


def test_positions_rest_is_not_printed_beside_a_range():
    rows = statement("a", agree=20, not_printed=11)
    assert "11" in strings(draw_positions(pd.DataFrame(rows), NL))
    frame = within(pd.DataFrame(rows), "a", "agree", 19, 21)
    assert "11" not in strings(draw_positions(frame, NL))


def test_positions_title_prints_a_range_and_claims_only_what_it_allows():
    rows = statement("a", agree=25, disagree=3, not_printed=3)
    rows += statement("b", agree=5, disagree=16, not_printed=10)
    rows += statement("c", agree=4, disagree=12, neutral=15)
    sure = within(pd.DataFrame(rows), "b", "disagree", 14, 17)
    assert title(draw_positions(sure, NL)) == (
        "De instemming is het grootst bij ‘De stelling over a’ (25 van de 31 gemeenten), "
        "de afwijzing bij ‘De stelling over b’ (14–17 van de 31 gemeenten)."
    )
    unsure = within(sure, "a", "agree", 3, 26)
    picture = draw_positions(within(unsure, "b", "disagree", 11, 17), NL)
    assert title(picture) == (
        "Onder de precies afgedrukte uitkomsten is de instemming het grootst bij "
        "‘De stelling over b’ (5 van de 31 gemeenten), de afwijzing bij ‘De stelling over c’ "
        "(12 van de 31 gemeenten)."
    )
    assert "De instemming is" not in picture.alt and "De afwijzing is" not in picture.alt


def test_positions_title_gives_the_one_exact_outcome_without_comparing():
    rows = statement("a", agree=18, disagree=1, not_printed=8, n=27, base="respondents")
    rows += statement("b", agree=14, not_printed=13, n=27, base="respondents")
    frame = within(pd.DataFrame(rows), "b", "agree", 14, 27)
    assert title(draw_positions(frame, NL)) == (
        "‘De stelling over a’: 67% van de 27 respondenten eens, 4% oneens."
    )
    assert title(draw_positions(frame[frame["item"] == "b"], EN)) == (
        "‘De stelling over b’: at least 52% of the 27 respondents agree."
    )


def test_positions_title_names_one_statement_once():
    rows = statement("a", agree=8, disagree=11, dont_know=6, n=25)
    rows += statement("b", agree=3, disagree=2, neutral=20, n=25)
    picture = draw_positions(pd.DataFrame(rows), NL)
    assert title(picture) == (
        "De afwijzing is het grootst bij ‘De stelling over a’ (11 van de 25 gemeenten)."
    )
    assert "De instemming is het grootst bij ‘De stelling over a’ (8 van" in picture.alt


def test_positions_title_uses_the_short_label():
    frame = positions_frame().assign(short="kort")
    assert "‘kort’" in title(draw_positions(frame, NL))


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.tuples(*[st.integers(0, 12)] * 5, st.integers(0, 9), st.integers(0, 9)).filter(
            lambda counts: sum(counts[:5]) > 0
        ),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from(["split", "aside"]),
    st.sampled_from(["municipalities", "respondents"]),
)
def test_positions_never_overlap_whatever_the_ranges(statements, neutral, base):
    rows = []
    for number, (*counts, down, up) in enumerate(statements):
        named = dict(zip(COLOURS, counts, strict=True))
        n = sum(counts)
        rows += [
            row | {"low": max(row["count"] - down, 0), "high": min(row["count"] + up, n)}
            for row in statement(f"i{number}", base=base, n=n, label=LONG, **named)
        ]
    picture = draw_positions(pd.DataFrame(rows), NL, neutral)
    for medium in (PAGE, PHONE):
        assert_clear(picture.draw(medium))


def test_positions_can_be_told_apart_without_colour():
    def grey(colour):
        red, green, blue = to_rgb(colour)
        return 0.299 * red + 0.587 * green + 0.114 * blue

    shades = sorted(grey(colour) for colour in COLOURS.values())
    assert min(high - low for low, high in pairwise(shades)) > 0.09
