"""The charts: what they say, what they draw, and that they draw it the same every time."""

import math
import os
import re
import subprocess
import sys
from itertools import combinations, pairwise
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from analysis.facts import fact_frame, fact_row
from analysis.language.words import FOLDER, load_language
from analysis.report.charts import draw_groups, draw_matrix, draw_origin, draw_positions
from analysis.report.charts.findings import find_least, find_most
from analysis.report.charts.likert import COLOURS
from analysis.report.charts.statements import read_statements
from analysis.report.charts.style import PAGE, PHONE, text_width, wrap
from analysis.report.writer import Writer

NL, EN = load_language("nl"), load_language("en")
LONG = (
    "Onze gemeente hecht eraan dat kwetsbare bewoners met een migratieachtergrond bij het "
    "wijkteam terechtkunnen."
)
SHARES = {
    "other_non_western": (3, 8.35),
    "antillean": (3, 15.49),
    "surinamese": (3, 11.30),
    "turkish": (3, 5.70),
    "moroccan": (3, 7.18),
    "non_western": (2, 8.47),
    "western": (2, 8.74),
    "migration_background": (1, 8.55),
    "dutch_background": (1, 9.56),
    "total": (0, 9.32),
}


def origin_frame(provenance="published", **shares):
    """The ten origins of the original figure; `shares` replace some."""
    rows = []
    for origin, (level, share) in SHARES.items():
        value = shares.get(origin, share)
        rows.append(
            {
                "fact": f"literature/{origin}/-/-/youth/share_percent",
                "origin": origin,
                "label": origin.replace("_", " ").capitalize(),
                "level": level,
                "share_percent": value,
                "ratio_to_total": value / shares.get("total", 9.32),
                "year": 2015,
                "provenance": provenance,
            }
        )
    return pd.DataFrame(rows)


def statement(item, base="municipalities", n=31, label=None, provenance="published", **counts):
    """The rows of one statement: a count per position."""
    return [
        {
            "fact": f"survey/{item}/professionals/all/{base}/count.{position}",
            "item": item,
            "label": label or f"De stelling over {item}.",
            "position": position,
            "count": count,
            "base_count": n,
            "base": base,
            "share_percent": 100 * count / n,
            "provenance": provenance,
        }
        for position, count in counts.items()
    ]


def positions_frame():
    rows = statement("attention", agree=26, neutral=4, disagree=1)
    rows += statement("referral", label=LONG, agree=3, neutral=9, disagree=17, dont_know=2)
    rows += statement("known", agree=7, disagree=7, dont_know=10, not_printed=7)
    return pd.DataFrame(rows)


def within(frame, item, position, low, high):
    """`frame` with one count known only to lie between `low` and `high`."""
    frame = frame.assign(**{edge: frame.get(edge, math.nan) for edge in ("low", "high")})
    row = frame["item"].eq(item) & frame["position"].eq(position)
    assert row.sum() == 1
    frame.loc[row, ["low", "high"]] = [low, high]
    return frame


def ranges_frame():
    """Counts within a range, one up to the whole, one down from nothing; `exact` has none."""
    rows = statement("exact", agree=9, disagree=15, neutral=7)
    rows += statement("about", disagree=16, not_printed=15)
    rows += statement("mixed", agree=7, disagree=7, dont_know=10, not_printed=7)
    rows += statement("most", agree=16, not_printed=15)
    rows += statement("none", agree=0, not_printed=31)
    rows += statement("share", base="respondents", n=147, agree=59, not_printed=88)
    frame = pd.DataFrame(rows)
    for row in (
        ("about", "disagree", 14, 17),
        ("mixed", "agree", 6, 8),
        ("mixed", "dont_know", 9, 12),
        ("most", "agree", 16, 31),
        ("none", "agree", 0, 4),
        ("share", "agree", 54, 63),
    ):
        frame = within(frame, *row)
    return frame


def groups_frame(pairs=None, interval=math.nan, provenance="measured"):
    """Per item the shares of professionals and officials."""
    pairs = pairs or {"equipped": (19, 67), "policy": (23, 26), "network": (29, 52)}
    rows = []
    for item, shares in pairs.items():
        for group, share, n in zip(("professionals", "officials"), shares, (31, 27), strict=True):
            base = "municipalities" if group == "professionals" else "respondents"
            rows.append(
                {
                    "fact": f"survey/{item}/{group}/all/{base}/share.agree",
                    "item": item,
                    "label": f"{LONG} ({item})" if item == "equipped" else item,
                    "short": item,
                    "group": group,
                    "share_percent": share,
                    "low": max(share - interval, 0),
                    "high": min(share + interval, 100),
                    "base": base,
                    "count": share * n / 100,
                    "base_count": n,
                    "provenance": provenance,
                }
            )
    return pd.DataFrame(rows)


def matrix_frame(counts=None):
    counts = counts or {
        ("access", "bottleneck"): 11,
        ("vision", "fact"): 3,
        ("vision", "advice"): 0,
    }
    return pd.DataFrame(
        {
            "fact": f"cases/{row}.{column}/-/-/fragments/count",
            "row": row,
            "row_label": row.capitalize(),
            "column": column,
            "column_label": column.capitalize(),
            "count": count,
        }
        for (row, column), count in counts.items()
    )


CHARTS = {
    "origin": (draw_origin, origin_frame),
    "likert": (draw_positions, positions_frame),
    "likert ranges": (draw_positions, ranges_frame),
    "compare": (draw_groups, groups_frame),
    "compare ranges": (draw_groups, lambda: groups_frame(interval=4, provenance="reconstructed")),
    "whiskers": (draw_groups, lambda: groups_frame(interval=12)),
    "matrix": (draw_matrix, matrix_frame),
}


def title(picture):
    return "".join(span["v"] for span in picture.title)


def drawn_texts(sheet):
    found = [text for text in sheet.figure.findobj(Text) if text.get_text() and text.get_visible()]
    hidden = {id(text) for axes, _ in sheet._panels for text in axes.findobj(Text)}
    return [text for text in found if id(text) not in hidden]


def strings(picture, medium=PAGE):
    return [text.get_text() for text in drawn_texts(picture.draw(medium))]


def assert_clear(sheet):
    """No two texts overlap, and none leaves the sheet (measured finely, in points)."""
    sheet.figure.set_dpi(720)
    renderer = FigureCanvasAgg(sheet.figure).get_renderer()
    boxes = [
        (text, text.get_window_extent(renderer).transformed(Affine2D().scale(0.1)))
        for text in drawn_texts(sheet)
    ]
    width, height = sheet.figure.get_size_inches() * 72
    for text, box in boxes:
        assert box.x0 > -1 and box.y0 > -1, f"{text.get_text()!r} leaves the sheet"
        assert box.x1 < width + 1 and box.y1 < height + 1, f"{text.get_text()!r} leaves the sheet"
    for (one, first), (other, second) in combinations(boxes, 2):
        if one.get_rotation() and other.get_rotation():
            continue
        across = min(first.x1, second.x1) - max(first.x0, second.x0)
        down = min(first.y1, second.y1) - max(first.y0, second.y0)
        assert across < 0.5 or down < 1.5, f"{one.get_text()!r} overlaps {other.get_text()!r}"


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
import test_charts
digest = hashlib.sha256()
for draw, frame in test_charts.CHARTS.values():
    picture = draw(frame(), test_charts.NL)
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


# Origin


def test_origin_prints_two_decimals_with_the_mark_of_the_language():
    assert {"15,49%", "11,30%", "9,32%"} <= set(strings(draw_origin(origin_frame(), NL)))
    assert {"15.49%", "11.30%", "9.32%"} <= set(strings(draw_origin(origin_frame(), EN)))
    printed = draw_origin(origin_frame(), NL).printed
    assert ("literature/antillean/-/-/youth/share_percent", "15,49%") in printed
    assert ("literature/antillean/-/-/youth/ratio_to_total", "1,7") in printed


def test_origin_title_names_the_extremes():
    words = title(draw_origin(origin_frame(), NL))
    assert "het hoogst bij Antillean (15,49%, 1,7 keer het totaal)" in words
    assert "het laagst bij Turkish (5,70%, 0,6 keer het totaal)" in words
    changed = draw_origin(origin_frame(western=20.0, dutch_background=1.0), NL)
    assert "het hoogst bij Western (20,00%" in title(changed)
    assert "het laagst bij Dutch background (1,00%" in title(changed)
    assert "het hoogst bij Western" in changed.alt


def test_origin_total_is_never_an_extreme():
    words = title(draw_origin(origin_frame(total=50.0), NL))
    assert "Total" not in words
    assert "het hoogst bij Antillean (15,49%, 0,3 keer" in words


def test_origin_groups_that_print_alike_are_named_together():
    words = title(draw_origin(origin_frame(surinamese=15.494), NL))
    assert "het hoogst bij Antillean en Surinamese (15,49%" in words
    equal = origin_frame(**dict.fromkeys(SHARES, 9.0))
    assert "Antillean, Surinamese" in title(draw_origin(equal, NL))
    assert "hoogst" not in title(draw_origin(equal, NL))


def test_origin_marks_the_extremes_against_the_total():
    texts = strings(draw_origin(origin_frame(), NL))
    assert [text for text in texts if "×" in text] == ["1,7 × totaal", "0,6 × totaal"]


def test_origin_works_without_a_total_and_with_one_group():
    frame = origin_frame().query("origin != 'total'").assign(ratio_to_total=math.nan)
    picture = draw_origin(frame, NL)
    assert "het hoogst bij Antillean (15,49%)" in title(picture)
    one = draw_origin(origin_frame().query("origin == 'turkish'"), NL)
    assert "Turkish" in title(one)
    assert_clear(one.draw(PHONE))


def test_origin_says_that_a_figure_is_missing():
    picture = draw_origin(origin_frame(western=math.nan), NL)
    assert NL.label("charts.no_value") in strings(picture)
    assert "nan" not in picture.alt + " ".join(strings(picture))


def test_origin_takes_one_year_to_a_picture():
    frame = pd.concat([origin_frame(), origin_frame().assign(year=2021)])
    with pytest.raises(ValueError, match="one year to a picture"):
        draw_origin(frame, NL)
    assert "2021" in draw_origin(frame.query("year == 2021"), NL).alt


# Positions


def segments(picture, medium=PAGE):
    """Fill and width of the rectangles below the legend."""
    sheet = picture.draw(medium)
    bars = [patch for patch in sheet._paper.patches if isinstance(patch, Rectangle)]
    tall = [patch for patch in bars if patch.get_height() > medium.text]
    return [(patch.get_facecolor()[:3], patch.get_x(), patch.get_width()) for patch in tall]


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


# Groups


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
    assert "bij Access met Bottleneck (11)" in title(draw_matrix(matrix_frame(), NL))
    counts = {("a", "u"): 4, ("a", "v"): 4, ("b", "v"): 1}
    assert "bij A met U en A met V (4)" in title(draw_matrix(matrix_frame(counts), NL))
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
