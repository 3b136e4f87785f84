"""What every chart does: it says and draws the same every time, and nothing overlaps."""

import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from analysis.facts import fact_frame, fact_row
from analysis.language.words import FOLDER
from analysis.report.charts import draw_groups, draw_matrix, draw_origin
from analysis.report.charts.findings import find_least, find_most
from analysis.report.charts.statements import read_statements
from analysis.report.charts.style import PAGE, PHONE, text_width, wrap
from analysis.report.writer import Writer
from chart_samples import (
    CHARTS,
    EN,
    LONG,
    NL,
    assert_clear,
    drawn_texts,
    groups_frame,
    matrix_frame,
    origin_frame,
    segments,
    statement,
    strings,
    title,
    within,
)

# What every chart does


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("language", [NL, EN], ids=["nl", "en"])
@pytest.mark.parametrize("medium", [PAGE, PHONE], ids=["page", "phone"])
def test_texts_do_not_overlap(chart, language, medium):
    draw, frame = CHARTS[chart]
    assert_clear(draw(frame(), language).draw(medium))


@pytest.mark.parametrize("chart", CHARTS)
def test_text_is_large_enough_to_read(chart):
    draw, frame = CHARTS[chart]
    picture = draw(frame(), NL)
    pixels_per_point = 358 / PHONE.width  # a phone of 390 pixels with its margins
    for medium, smallest in ((PAGE, 7.5), (PHONE, 11 / pixels_per_point)):
        assert min(text.get_fontsize() for text in drawn_texts(picture.draw(medium))) >= smallest


@pytest.mark.parametrize("chart", CHARTS)
def test_every_printed_number_is_drawn_and_every_drawn_number_is_listed(chart):
    draw, frame = CHARTS[chart]
    picture = draw(frame(), NL)
    drawn = " ".join(strings(picture) + strings(picture, PHONE))
    labels = " ".join(frame().get("label", pd.Series(dtype=str)))
    numbers = set(re.findall(r"\d[\d.,]*%?", drawn)) - set(re.findall(r"\d+", labels))
    listed = " ".join(text for _, text in picture.printed)
    ticks = {"0%", "25%", "50%", "75%", "100%"} if draw is draw_groups else set()
    assert all(text in drawn for _, text in picture.printed)
    assert numbers - ticks <= set(re.findall(r"\d[\d.,]*%?", listed))


@pytest.mark.parametrize("chart", CHARTS)
def test_title_holds_no_digit_outside_a_number(chart):
    draw, frame = CHARTS[chart]
    for span in draw(frame(), NL).title:
        if span["t"] == "num":
            assert span["fact"].count("/") == 5
        else:
            assert span["t"] == "text"
            assert not re.search(r"\d", span["v"])


@pytest.mark.parametrize("chart", CHARTS)
def test_svg_can_stand_beside_others_in_one_page(chart):
    draw, frame = CHARTS[chart]
    picture = draw(frame(), NL)
    first, second = picture.svg_page, picture.svg_phone
    for svg in (first, second):
        assert svg.startswith("<svg ")
        assert "<style" not in svg and "<metadata" not in svg and "<text" not in svg
    assert not set(re.findall(r'id="([^"]+)"', first)) & set(re.findall(r'id="([^"]+)"', second))
    for svg in (first, second):
        names = re.findall(r' id="([^"]+)"', svg)
        assert len(names) == len(set(names))
        assert set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', svg)) <= {
            pair for name in names for pair in ((name, ""), ("", name))
        }


def test_no_pyplot_figure_stays_behind():
    for draw, frame in CHARTS.values():
        draw(frame(), NL).png_page(50)
    assert plt.get_fignums() == []


def test_png_has_the_size_of_the_page():
    png = draw_origin(origin_frame(), NL).png_page(100)
    assert png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20], "big") == pytest.approx(160 / 25.4 * 100, abs=1)


SAME_BYTES = """
import hashlib, sys
sys.path.insert(0, {folder!r})
import chart_samples
digest = hashlib.sha256()
for draw, frame in chart_samples.CHARTS.values():
    picture = draw(frame(), chart_samples.NL)
    digest.update(picture.svg_page.encode() + picture.svg_phone.encode() + picture.png_page(60))
print(digest.hexdigest())
"""


def test_bytes_do_not_depend_on_time_zone_locale_hash_seed_or_settings(tmp_path):
    (tmp_path / "matplotlibrc").write_text(
        "axes.facecolor: red\nfont.size: 30\nsvg.fonttype: none\n"
    )
    code = SAME_BYTES.format(folder=str(Path(__file__).parent))
    worlds = (
        {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        {
            "TZ": "Pacific/Auckland",
            "LC_ALL": "nl_NL.UTF-8",
            "PYTHONHASHSEED": "2",
            "MATPLOTLIBRC": str(tmp_path / "matplotlibrc"),
            "SOURCE_DATE_EPOCH": "1",
        },
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | world,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for world in worlds
    }
    assert len(digests) == 1


def test_settings_of_a_notebook_change_nothing():
    before = draw_origin(origin_frame(), NL)
    with plt.rc_context({"font.size": 40, "figure.dpi": 300, "axes.facecolor": "red"}):
        assert draw_origin(origin_frame(), NL) == before


@pytest.mark.parametrize("chart", CHARTS)
def test_missing_column_and_empty_frame_are_refused(chart):
    draw, frame = CHARTS[chart]
    with pytest.raises(ValueError, match="lacks the columns fact"):
        draw(frame().drop(columns="fact"), NL)
    with pytest.raises(ValueError, match="no rows"):
        draw(frame().head(0), NL)


def test_both_languages_have_the_same_keys_and_blanks_and_no_digits():
    def flat(tree, path=""):
        if isinstance(tree, dict):
            return {k: v for key in tree for k, v in flat(tree[key], f"{path}.{key}").items()}
        return {path: tree}

    nl, en = (
        flat(yaml.safe_load((FOLDER / code / "charts.yml").read_text(encoding="utf-8")))
        for code in ("nl", "en")
    )
    assert nl.keys() == en.keys()
    for key, words in nl.items():
        assert isinstance(words, str) and isinstance(en[key], str), key
        assert sorted(re.findall(r"{\w+}", words)) == sorted(re.findall(r"{\w+}", en[key])), key
        assert not re.search(r"\d", words + en[key]), key


def test_reconstructed_numbers_are_marked_in_the_picture():
    words = NL.label("charts.provenance.reconstructed")
    assert words not in strings(draw_origin(origin_frame(), NL))
    for medium in (PAGE, PHONE):
        assert words in strings(draw_origin(origin_frame("reconstructed"), NL), medium)
    frame = groups_frame(provenance="simulated")
    assert NL.label("charts.provenance.simulated") in strings(draw_groups(frame, NL))


def test_one_reconstructed_number_among_published_ones_gets_a_star():
    frame = origin_frame()
    frame.loc[frame["origin"] == "turkish", "provenance"] = "reconstructed"
    texts = strings(draw_origin(frame, NL))
    assert "5,70%*" in texts
    assert "15,49%" in texts
    assert "* " + NL.label("charts.provenance.reconstructed") in texts


def test_wrapped_lines_fit_and_are_balanced():
    lines = wrap(LONG, 160, 8.6)
    assert " ".join(lines) == LONG
    assert max(text_width(line, 8.6) for line in lines) <= 160.5
    assert min(text_width(line, 8.6) for line in lines) > 80
    assert wrap("deskundigheidsbevordering", 10, 8.6) == ["deskundigheidsbevordering"]


# Numbers within a range


def test_a_range_is_worded_by_where_it_ends():
    assert NL.span(14, 17, 31, NL.decimal) == "14–17"
    assert NL.span(0, 4, 31, NL.decimal) == "hoogstens 4"
    assert NL.span(14, 31, 31, NL.decimal) == "ten minste 14"
    assert EN.span(14, 31, 31, EN.decimal) == "at least 14"
    assert NL.span(0, 4, 31, NL.decimal, short=True) == "≤ 4"
    assert NL.span(51.9, 100, 100, NL.percent, short=True) == "≥ 52%"
    assert NL.span(16.1, 22.6, 100, NL.percent) == "16–23%"
    assert NL.span(16.1, 16.4, 100, NL.percent) == "16%"


def test_prose_and_charts_print_a_range_alike():
    fact = {
        "domain": "survey", "subject": "about", "group": "professionals", "team_type": "all",
        "base": "municipalities", "unit": "count", "denominator": 31, "known": "range",
        "provenance": "reconstructed", "source": "results.csv",
    }  # fmt: skip
    facts = fact_frame(
        fact_row(**fact, statistic=f"count.{position}", value=value, low=low, high=high)
        for position, value, low, high in (
            ("disagree", 16, 14, 17), ("agree", 0, 0, 4), ("dont_know", 20, 20, 31),
        )
    )  # fmt: skip
    writer = Writer(NL, facts)
    frame = pd.DataFrame(statement("about", disagree=16, agree=0, dont_know=20))
    for key, fact in facts.iterrows():
        position = fact["statistic"].removeprefix("count.")
        frame = within(frame, "about", position, fact["low"], fact["high"])
        (drawn,) = read_statements(frame)
        assert drawn.printed(position, NL) == (key, writer.number(key)["v"])


bound = st.tuples(st.integers(0, 5), st.integers(0, 3)).map(lambda pair: (pair[0], sum(pair)))


@given(st.lists(bound, min_size=1, max_size=5), st.data())
def test_a_superlative_holds_whatever_the_values_are_within_their_bounds(bounds, data):
    for find, best in ((find_most, max), (find_least, min)):
        found = find(bounds, range(len(bounds)))
        values = [data.draw(st.integers(*edges)) for edges in bounds]
        named = [values[place] for place in found.places]
        exact = [low for low, high in bounds if low == high]
        if found.kind == "sure":
            assert len(bounds) > 1 and set(named) == {best(values)}
        elif found.kind == "exact":
            assert len(exact) > 1 and set(named) == {best(exact)}
        else:
            assert len(named) == 1 and len(exact) < 2
            assert not exact or named == exact


# Matrix


def test_matrix_shows_counts_and_a_dash_for_nothing():
    texts = strings(draw_matrix(matrix_frame(), NL))
    assert texts.count("11") == 1 and texts.count("3") == 1
    assert texts.count("–") == 4  # of two rows and three columns


def test_matrix_is_darker_where_there_is_more():
    counts = {("a", str(letter)): count for letter, count in zip("uvw", (1, 5, 10), strict=True)}
    bars = segments(draw_matrix(matrix_frame(counts), NL))
    shades = [sum(fill) for fill, _, _ in bars]
    assert shades == sorted(shades, reverse=True) and len(set(shades)) == 3


def test_matrix_title_names_the_largest_and_follows_the_data():
    assert ": Bottleneck over Access (11)" in title(draw_matrix(matrix_frame(), NL))
    counts = {("a", "u"): 4, ("a", "v"): 4, ("b", "v"): 1}
    assert ": U over A en V over A (4)" in title(draw_matrix(matrix_frame(counts), NL))
    empty = draw_matrix(matrix_frame({("a", "u"): 0}), NL)
    assert title(empty) == NL.label("charts.matrix.title_empty")


def test_matrix_refuses_a_combination_given_twice():
    frame = pd.concat([matrix_frame(), matrix_frame()])
    with pytest.raises(ValueError, match="twice"):
        draw_matrix(frame, NL)


def test_matrix_column_labels_stay_readable_when_there_are_many():
    kinds = ("Knelpunt", "Verbeterpunt", "Activiteit", "Aanbeveling", "Advies", "Feit", "Wens")
    frame = matrix_frame({("a", kind): 2 for kind in kinds})
    for medium in (PAGE, PHONE):
        sheet = draw_matrix(frame, NL).draw(medium)
        assert_clear(sheet)
        heads = [text for text in drawn_texts(sheet) if text.get_text() in kinds]
        starts = sorted(text.get_position()[0] for text in heads)
        assert min(b - a for a, b in pairwise(starts)) > medium.small * 1.3
