"""The small multiples over the rounds."""

from __future__ import annotations

import math
import re

import pandas as pd
import pytest
from matplotlib.lines import Line2D

from analysis.report.charts import draw_trend
from analysis.report.charts.style import BLUE, INK, PAGE, PHONE, VERMILION
from chart_samples import EN, NL, assert_clear, drawn_texts, strings, title

LONG = "wij zoeken bewoners op waar zij elkaar al ontmoeten, ook buiten kantooruren"


def point(item="outreach", round="2027", share=40.0, **more):
    """One row of the frame: all municipalities, without gap, break or change."""
    return {
        "fact": f"survey/{item}/professionals/all/{more.get('set', 'all')}/level.agree.{round}",
        "item": item,
        "label": more.pop("label", item),
        "round": round,
        "set": "all",
        "pair": "",
        "share_percent": share,
        "low": math.nan,
        "high": math.nan,
        "gap": "",
        "breaks": False,
        "change": "",
        "provenance": "measured",
    } | more


def matched(item, pair, then, now, last="2029", **more):
    both = {"set": "matched", "pair": pair, **more}
    return [point(item, pair, then, **both), point(item, last, now, **both)]


def frame(rounds=("2016", "2027", "2029")):
    """Four statements: one plain, one with a break, one with a gap, one with a range."""
    rows = []
    for item in ("plain", "broken", "absent", "ranged"):
        common = {"label": LONG if item == "plain" else item}
        if item == "plain":
            common["change"] = "up"
        for place, name in enumerate(rounds):
            row = point(item, name, 30.0 + 10 * place, **common)
            if item == "broken" and place == 1:
                row["breaks"] = True
            if item == "absent" and place == 0:
                row |= {"gap": "absent", "share_percent": math.nan}
            if item == "ranged" and place == 0:
                row |= {"low": 20.0, "high": 35.0, "provenance": "reconstructed"}
            rows.append(row)
        if item != "broken":
            rows += matched(item, rounds[1], 45.0, 55.0, last=rounds[-1], **common)
    return pd.DataFrame(rows)


FRAMES = {
    "three": frame,
    "four": lambda: frame(("2016", "2020", "2027", "2029")),
    "six": lambda: frame(("2016", "2018", "2020", "2022", "2027", "2029")),
}


def lines(picture, colour, medium=PAGE):
    found = picture.draw(medium)._paper.lines
    return [line for line in found if line.get_color() == colour and len(line.get_xdata()) > 1]


def marks(picture, marker, medium=PAGE):
    found = picture.draw(medium).figure.findobj(Line2D)
    return [line for line in found if line.get_marker() == marker]


@pytest.mark.parametrize("name", ["three", "four", "six"])
@pytest.mark.parametrize("medium", [PAGE, PHONE], ids=["page", "phone"])
@pytest.mark.parametrize("language", [NL, EN], ids=["nl", "en"])
def test_texts_do_not_overlap_and_can_be_read_on_a_phone(name, medium, language):
    sheet = draw_trend(FRAMES[name](), language).draw(medium)

    assert_clear(sheet)
    smallest = 7.5 if medium is PAGE else 11 * PHONE.width / 358  # 390 pixels less margins
    assert min(text.get_fontsize() for text in drawn_texts(sheet)) >= smallest


def test_every_printed_share_is_drawn_and_every_drawn_share_is_listed():
    picture = draw_trend(frame(), NL)
    drawn = {text for text in strings(picture) if re.search(r"\d", text)}
    shares = {text.rstrip("*") for text in drawn} - {"0%", "50%", "100%", "2016", "2027", "2029"}

    assert {text for _, text in picture.printed} - {"50%"} == shares
    assert "20–35%" in shares


def test_all_and_the_same_municipalities_differ_in_shape_and_width_not_only_in_colour():
    picture = draw_trend(frame(), NL)
    whole, same = lines(picture, BLUE), lines(picture, VERMILION)

    assert len(marks(picture, "o")) == 1 + 10  # in the legend, and without gap and range
    assert len(marks(picture, "D")) == 1 + 6
    assert {line.get_linewidth() for line in same} == {0.9}
    assert max(line.get_linewidth() for line in whole) == 1.8
    assert (
        marks(picture, "o")[0].get_markerfacecolor() != marks(picture, "D")[0].get_markerfacecolor()
    )


def test_no_line_crosses_a_break_and_the_break_is_marked():
    plain = pd.DataFrame([point(round="2027"), point(round="2029")])
    broken = pd.DataFrame([point(round="2027"), point(round="2029", breaks=True)])

    assert (len(lines(draw_trend(plain, NL), BLUE)), len(lines(draw_trend(plain, NL), INK))) == (
        1,
        0,
    )
    picture = draw_trend(broken, NL)
    assert lines(picture, BLUE) == []
    assert len(lines(picture, INK)) == 4  # two strokes in the legend, two in the panel
    assert NL.label("rounds.chart.legend.breaks") in strings(picture)
    assert "2027 40%, vraag veranderd, 2029 40%" in picture.alt


def test_a_round_without_a_figure_is_a_gap_with_a_mark():
    rows = [
        point(round="2016"),
        point(round="2027", share=math.nan, gap="absent"),
        point(round="2029"),
    ]
    picture = draw_trend(pd.DataFrame(rows), NL)

    assert lines(picture, BLUE) == []
    assert len(marks(picture, "x")) == 2
    assert "2027 geen cijfer" in picture.alt


def test_the_title_names_what_changed_and_says_when_nothing_did():
    more = f"Dezelfde gemeenten zijn het aantoonbaar vaker eens met ‘{LONG}’."
    assert title(draw_trend(frame(), NL)) == more
    rows = [point("a", "2027", change="down"), point("a", "2029", change="down")]
    less = "The same municipalities demonstrably agree less often with ‘a’."
    assert title(draw_trend(pd.DataFrame(rows), EN)) == less
    alone = [point("a", "2027"), point("a", "2029")]
    unmatched = title(draw_trend(pd.DataFrame(alone), EN))
    assert unmatched == EN.label("rounds.chart.title.unmatched")
    still = frame().assign(change="")
    assert title(draw_trend(still, NL)) == NL.label("rounds.chart.title.none")


def test_the_title_opens_with_what_the_figure_is_about():
    about = [{"t": "cite", "v": "Toegang"}, {"t": "text", "v": ", professionals."}]
    picture = draw_trend(frame().assign(change=""), NL, about)
    said = f"Toegang, professionals. {NL.label('rounds.chart.title.none')}"

    assert title(picture) == said and said in picture.alt


def test_a_gap_is_marked_below_the_scale_where_it_cannot_be_taken_for_a_share():
    rows = [point(round="2027", share=math.nan, gap="few"), point(round="2029", share=0.0)]
    picture = draw_trend(pd.DataFrame(rows), NL)
    _, gap = marks(picture, "x")
    _, lowest = marks(picture, "o")

    # Upwards is less, as on paper.
    assert gap.get_ydata()[0] > lowest.get_ydata()[0]


def test_the_alternative_text_tells_every_statement_with_both_lines():
    alt = draw_trend(frame(), NL).alt

    assert "elk van 4 stellingen" in alt
    one = draw_trend(frame().query("item == 'plain'"), NL).alt
    assert "voor één stelling" in one and "stellingen" not in one
    assert f"{LONG}: 2016 30%, 2027 40%, 2029 50%" in alt
    assert "dezelfde gemeenten: 2027 45%, 2029 55%" in alt


def test_reconstructed_shares_among_measured_ones_are_marked():
    assert "20–35%*" in strings(draw_trend(frame(), NL))
    whole = frame().assign(provenance="simulated")
    assert not any("*" in text for text in strings(draw_trend(whole, NL)))


def test_the_same_frame_gives_the_same_bytes():
    one, other = draw_trend(frame(), NL), draw_trend(frame(), NL)
    assert (one.svg_page, one.svg_phone) == (other.svg_page, other.svg_phone)


@pytest.mark.parametrize(
    ("column", "value"), [("set", "some"), ("gap", "lost"), ("change", "sideways")]
)
def test_an_unknown_word_and_a_missing_column_are_refused(column, value):
    with pytest.raises(ValueError, match=f"unknown {column}"):
        draw_trend(frame().assign(**{column: value}), NL)
    with pytest.raises(ValueError, match=f"lacks the columns {column}"):
        draw_trend(frame().drop(columns=column), NL)
