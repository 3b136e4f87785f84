"""The chart of youth care by origin."""

import math

import pandas as pd
import pytest

from analysis.report.charts import draw_origin
from analysis.report.charts.origin_series import latest_changes, read_series, runs
from analysis.report.charts.origin_years import draw_origin_years
from analysis.report.charts.style import PAGE, PHONE
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


def test_origin_prints_as_many_decimals_as_were_published():
    assert {"15,5%", "9,3%"} <= set(strings(draw_origin(origin_frame().assign(places=1), NL)))


# --- Over the years


def years_frame(shares, places=2):
    """A share per origin and year; years from 2022 on are of the new classification."""
    rows = [
        {
            "fact": f"literature/{origin}/-/-/youth {year}/share_percent",
            "origin": origin,
            "label": origin.replace("_", " ").capitalize(),
            "level": int(origin != "total"),
            "classification": "new" if year > 2021 else "old",
            "series": "new" if year > 2021 else "old",
            "year": year,
            "share_percent": share,
            "places": places,
            "provenance": "published",
        }
        for origin, values in shares.items()
        for year, share in values.items()
    ]
    return pd.DataFrame(rows)


BOTH = {
    "total": {2019: 9.0, 2020: 9.1, 2021: 9.2, 2022: 9.6, 2023: 9.7},
    "turkish": {2019: 5.5, 2020: 5.8, 2021: 6.0},
    "western": {2019: 8.5, 2020: math.nan, 2021: 8.6},
    "turkey": {2022: 6.9, 2023: 7.0},
    "origin_outside_europe_without_the_five": {2022: 8.0, 2023: 7.5},
}


def lines_of(picture, medium=PAGE):
    """The horizontal extent of every slanted or level line of a series on the sheet."""
    sheet = picture.draw(medium)
    thick = [line for line in sheet._paper.lines if line.get_linewidth() in (1.4, 1.5)]
    return [tuple(line.get_xdata()) for line in thick if len(line.get_xdata()) == 2]


def test_no_line_crosses_the_change_of_classification():
    for points in read_series(years_frame(BOTH)):
        for run in runs(points):
            assert len({point.classification for point in run}) == 1
    # Total: 2 joined pairs of old years and 1 of new ones, in its own panel and behind 4 others;
    # turkish 2, western none, both new origins 1; and the line in the legend.
    assert len(lines_of(draw_origin_years(years_frame(BOTH), NL))) == 3 * 5 + 2 + 1 + 1 + 1


def test_a_missing_figure_is_a_gap_and_a_year_that_is_not_there_too():
    western = next(p for p in read_series(years_frame(BOTH)) if p[0].label == "Western")
    assert [[point.year for point in run] for run in runs(western)] == [[2019], [2021]]
    apart = years_frame({"total": {2015: 9.0, 2016: 9.1, 2018: 9.2}})
    assert [[p.year for p in run] for run in runs(read_series(apart)[0])] == [[2015, 2016], [2018]]


def test_lines_join_nothing_from_two_sources():
    frame = years_frame({"total": {2015: 9.0, 2016: 9.1}}).assign(series=["csv", "table"])
    assert [len(run) for run in runs(read_series(frame)[0])] == [1, 1]
    assert latest_changes(frame) == []


def test_years_title_names_the_largest_change_of_the_latest_series():
    words = title(draw_origin_years(years_frame(BOTH), NL))
    assert words == (
        "Het aandeel met jeugdhulp veranderde het meest bij Origin outside europe without the five "
        "(van 8,00% naar 7,50%)."
    )
    old = {name: BOTH[name] for name in ("turkish", "western")}
    assert "Turkish (van 5,50% naar 6,00%)" in title(draw_origin_years(years_frame(old), NL))


def test_years_title_claims_no_change_where_there_is_none_to_see():
    across = years_frame({"total": {2021: 9.0, 2022: 9.5}, "turkish": {2021: 5.5}})
    assert "niet van jaar op jaar te vergelijken" in title(draw_origin_years(across, NL))
    same = years_frame({"total": {2019: 9.0, 2020: 9.5}, "turkish": {2019: 5.5, 2020: 5.501}})
    assert "bij geen enkele groep" in title(draw_origin_years(same, NL))


@pytest.mark.parametrize("medium", [PAGE, PHONE], ids=["page", "phone"])
@pytest.mark.parametrize("language", [NL, EN], ids=["nl", "en"])
def test_years_texts_do_not_overlap(language, medium):
    assert_clear(draw_origin_years(years_frame(BOTH), language).draw(medium))


def test_years_break_is_drawn_and_told_only_where_there_is_one():
    words = NL.label("charts.origin_years.break")
    assert words in strings(draw_origin_years(years_frame(BOTH), NL))
    assert NL.label("charts.origin_years.alt_break") in draw_origin_years(years_frame(BOTH), NL).alt
    old = draw_origin_years(years_frame({"total": BOTH["total"]}).query("year < 2022"), NL)
    assert words not in strings(old)


def test_years_without_any_figure_say_so():
    frame = years_frame({"total": {2019: 9.0, 2020: 9.1}, "turkish": {2019: math.nan}})
    picture = draw_origin_years(frame, NL)
    assert NL.label("charts.no_value") in strings(picture)
    assert "nan" not in picture.alt + " ".join(strings(picture))
    assert "Turkish" in picture.alt


def test_years_print_only_facts_that_they_list():
    picture = draw_origin_years(years_frame(BOTH), NL)
    drawn = {text for text in strings(picture) + strings(picture, PHONE) if "%" in text}
    assert drawn == {text for _, text in picture.printed}
    assert ("literature/turkish/-/-/youth 2021/share_percent", "6,00%") in picture.printed


def test_years_of_one_year_are_refused():
    with pytest.raises(ValueError, match="the frame holds one year"):
        draw_origin_years(years_frame({"total": {2019: 9.0}}), NL)
