"""The chart of youth care by origin."""

import math

import pandas as pd
import pytest

from analysis.report.charts import draw_origin
from analysis.report.charts.style import PHONE
from chart_samples import (
    EN,
    NL,
    SHARES,
    assert_clear,
    origin_frame,
    strings,
    title,
)


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
