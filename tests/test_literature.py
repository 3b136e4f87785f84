"""Youth care by origin: printed shares, their ratio to the total, and the shares they imply."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.chapters.literature import LiteratureChapter
from analysis.facts import COLUMNS, fact_key
from analysis.literature import implied_share, literature_facts
from analysis.project import DataError, Project
from analysis.raw.literature import ORIGINS_FILE, read_origins
from analysis.raw.origins import origin_vocabulary
from analysis.raw.sources import seal
from analysis.report.spans import plain_text
from analysis.study import open_study
from helpers import copy_raw, real_project, real_study

# CBS (2016), as printed in Wijkteams en diversiteit, figure 1 (lines 443 to 452).
PRINTED = {
    "other_non_western": 8.35,
    "antillean": 15.49,
    "surinamese": 11.30,
    "turkish": 5.70,
    "moroccan": 7.18,
    "non_western": 8.47,
    "western": 8.74,
    "migration_background": 8.55,
    "dutch_background": 9.56,
    "total": 9.32,
}


def key(origin: str, statistic: str, year: int = 2015) -> str:
    return fact_key("literature", origin, "", "", f"youth {year}", statistic)


def origins(year: int = 2015, **shares: float) -> pd.DataFrame:
    """A table of origins as `read_origins` gives it."""
    frame = pd.DataFrame({"origin": list(shares), "share_percent": list(shares.values())})
    return frame.assign(year=year, level=1, parent="total", source="report.txt", line=1.0)


@pytest.mark.parametrize(("origin", "share"), PRINTED.items())
def test_every_printed_share_is_a_fact(origin: str, share: float):
    fact = real_study().literature_facts.loc[key(origin, "share_percent")]
    assert (fact["value"], fact["unit"], fact["known"]) == (share, "percent", "exact")
    assert fact["provenance"] == "published"


def test_the_real_facts_are_ten_shares_ten_ratios_two_implied_shares_and_a_year():
    facts = real_study().literature_facts
    assert list(facts.columns) == COLUMNS
    assert facts["statistic"].value_counts().to_dict() == {
        "share_percent": 10,
        "ratio_to_total": 10,
        "implied_share_of.total": 1,
        "implied_share_of.migration_background": 1,
        "year": 1,
    }


def test_a_fact_names_the_line_that_it_comes_from():
    fact = real_study().literature_facts.loc[key("turkish", "share_percent")]
    assert fact["source"] == "wijkteams-en-diversiteit.txt:446"


def test_a_ratio_is_the_share_divided_by_the_total():
    facts = literature_facts(origins(small=5.0, total=10.0))
    fact = facts.loc[key("small", "ratio_to_total")]
    assert (fact["value"], fact["numerator"], fact["denominator"]) == (0.5, 5.0, 10.0)
    # 15.49 / 9.32 and 5.70 / 9.32, by hand
    real = real_study().literature_facts["value"]
    assert real[key("antillean", "ratio_to_total")] == pytest.approx(1.662, abs=5e-4)
    assert real[key("turkish", "ratio_to_total")] == pytest.approx(0.612, abs=5e-4)


def test_each_year_has_facts_of_its_own():
    both = pd.concat([origins(2015, total=10.0), origins(2016, total=8.0)])
    facts = literature_facts(both)
    assert facts.loc[key("total", "share_percent", 2015), "value"] == 10.0
    assert facts.loc[key("total", "share_percent", 2016), "value"] == 8.0
    assert facts.loc[facts["statistic"] == "year", "value"].tolist() == [2016]


def test_ten_percent_of_twenty_and_five_percent_is_a_third_of_the_first():
    # 10 = w * 20 + (1 - w) * 5, so w = 5 / 15.
    value, low, high = implied_share(10.0, 20.0, 5.0)
    assert value == pytest.approx(100 / 3)
    # By hand: lowest (9.995 - 5.005) / (20.005 - 5.005), highest (10.005 - 4.995) / 15.
    assert (low, high) == (pytest.approx(4.99 / 15 * 100), pytest.approx(5.01 / 15 * 100))


def test_the_printed_shares_imply_how_many_young_people_have_a_migration_background():
    # (9.32 - 9.56) / (8.55 - 9.56) = .24 / 1.01 and (8.55 - 8.47) / (8.74 - 8.47) = .08 / .27
    facts = real_study().literature_facts
    of_total = facts.loc[key("migration_background", "implied_share_of.total")]
    western = facts.loc[key("western", "implied_share_of.migration_background")]
    assert of_total["value"] == pytest.approx(100 * 0.24 / 1.01)
    assert western["value"] == pytest.approx(100 * 0.08 / 0.27)
    assert (of_total["known"], western["known"]) == ("range", "range")
    assert western["low"] < western["value"] < western["high"]


def test_parts_with_the_same_percentage_imply_nothing():
    facts = literature_facts(origins(total=9.0, migration_background=9.0, dutch_background=9.01))
    assert not facts["statistic"].str.startswith("implied").any()


def test_a_group_of_which_a_part_is_not_printed_implies_nothing():
    facts = literature_facts(origins(total=9.0, migration_background=8.0))
    assert not facts["statistic"].str.startswith("implied").any()


percentages = st.floats(0.1, 60, allow_nan=False)


@settings(deadline=None)
@given(percentages, percentages, st.floats(0, 1))
def test_the_interval_holds_the_truth_however_the_percentages_were_rounded(
    first: float, second: float, weight: float
):
    whole = weight * first + (1 - weight) * second
    printed = [round(value, 2) for value in (whole, first, second)]
    assume(abs(printed[1] - printed[2]) > 0.0101)
    value, low, high = implied_share(*printed)
    slack = 1e-6 * max(1, abs(high))
    assert low - slack <= 100 * weight <= high + slack
    assert low <= value <= high


def test_the_table_of_origins_is_read_in_the_printed_order():
    assert list(real_study().origins["origin"]) == list(PRINTED)


# --- Several years

NEW = {"total": 9.0, "netherlands": 9.5, "turkey": 5.9, "morocco": 7.4}


def with_years(folder: Path, years: dict[int, dict[str, float]]) -> Project:
    """The real data with these years in the CSV, each with its origins and shares."""
    project = copy_raw(folder)
    path = project.raw / ORIGINS_FILE
    vocabulary = origin_vocabulary()
    lines = ["year,origin,level,parent,share_percent,source,line"]
    for year, shares in years.items():
        for origin, share in shares.items():
            above = vocabulary.line_of(origin, shares)
            parent = above[0] if above else ""
            lines.append(f"{year},{origin},{len(above)},{parent},{share},table.txt,{len(lines)}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    seal(project, path)
    return project


def chapter(project: Project, language: str = "nl") -> LiteratureChapter:
    return LiteratureChapter(open_study("2016", language, project=project))


def block(blocks: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(found for found in blocks if found.get("id") == name)


def said(blocks: list[dict[str, Any]]) -> str:
    return "\n".join(plain_text(b["text"]) for b in blocks if b["kind"] == "paragraph")


def faults(project: Project) -> list[str]:
    with pytest.raises(DataError) as raised:
        read_origins(project)
    return str(raised.value).split("\n")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_with_one_year_there_is_one_figure_and_nothing_about_years(language: str):
    blocks = chapter(real_project(), language).reach().blocks
    assert [b["id"] for b in blocks if b["kind"] == "figure"] == ["figure-origin"]
    assert len(blocks) == 5


def test_with_several_years_there_is_a_second_figure_with_its_table(tmp_path: Path):
    years = {2015: PRINTED, 2016: PRINTED | {"turkish": 6.9, "total": 9.4}}
    blocks = chapter(with_years(tmp_path, years)).reach().blocks
    figure = block(blocks, "figure-origin-years")
    assert plain_text(figure["title"]) == (
        "Het aandeel met jeugdhulp veranderde het meest bij Turks-Nederlands "
        "(van 5,70% naar 6,90%)."
    )
    cells = [[plain_text(cell) for cell in row] for row in figure["table"]["rows"]]
    assert len(cells) == 20
    assert ["Turks-Nederlands", "2016", "6,90%"] in cells
    told = said(blocks)
    assert "Van alle jongeren kreeg in 2015 9,32% jeugdhulp en in 2016 9,40%." in told
    assert "bij Turks-Nederlands (van 5,70% naar 6,90%)" in told
    assert "migratieachtergrond, vanaf" not in told


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nl", "Tot en met 2021 delen de cijfers jongeren in naar migratieachtergrond, vanaf 2022"),
        ("en", "Up to and including 2021 the figures divide young people by migration background"),
    ],
)
def test_the_change_of_classification_is_told_and_nothing_is_compared_across_it(
    tmp_path: Path, language: str, words: str
):
    project = with_years(tmp_path, {2021: PRINTED, 2022: NEW})
    blocks = chapter(project, language).reach().blocks
    assert words in said(blocks)
    title = plain_text(block(blocks, "figure-origin-years")["title"])
    assert "%" not in title
    assert "12" not in title


def test_the_text_follows_the_groups_of_the_last_year(tmp_path: Path):
    literature = chapter(with_years(tmp_path, {2015: PRINTED, 2022: NEW}))
    told = said(literature.reach().blocks)
    assert "de aandelen van 2022 naast elkaar. Van alle jongeren kreeg 9,00% jeugdhulp." in told
    assert "in de groep Nederlandse herkomst: 9,50%" in told
    assert literature.implied().blocks == []


def test_an_origin_of_the_other_classification_is_refused_with_those_that_fit(tmp_path: Path):
    project = with_years(tmp_path, {2021: PRINTED, 2022: NEW | {"turkish": 5.8}})
    (line,) = faults(project)
    assert (
        f"data/raw/{ORIGINS_FILE}, row 16, column origin: no origin of the classification of"
        in line
    )
    assert "2022; found 'turkish'; allowed: total, netherlands" in line


def test_an_unknown_origin_is_refused(tmp_path: Path):
    project = with_years(tmp_path, {2015: PRINTED})
    path = project.raw / ORIGINS_FILE
    path.write_text(path.read_text().replace(",turkish,", ",frisian,"))
    seal(project, path)
    (line,) = faults(project)
    assert "row 5, column origin: unknown origin; found 'frisian'; allowed: total, dutch" in line


def test_no_figures_at_all_are_refused(tmp_path: Path):
    (line,) = faults(with_years(tmp_path, {2015: {"total": 9.32}}))
    assert line.endswith("no year has both a total and another origin with a figure")


def test_every_origin_of_the_vocabulary_has_a_name_and_a_place():
    vocabulary = origin_vocabulary()
    for language in ("nl", "en"):
        assert list(real_study(language).language.get("origins")) == list(vocabulary.origins)
    everything = list(vocabulary.origins)
    assert vocabulary.line_of("turkish", everything)[-1] == "total"
    assert vocabulary.line_of("turkey", ["total", "turkey"]) == ["total"]


@pytest.mark.parametrize(("year", "name"), [(2015, "old"), (2021, "old"), (2022, "new")])
def test_the_classification_changed_in_2022(year: int, name: str):
    # cbs.nl, "CBS introduceert nieuwe indeling bevolking naar herkomst"
    assert origin_vocabulary().classification_of(year) == name


def test_shares_with_one_decimal_imply_within_wider_bounds():
    # By hand: 10 = w * 20 + (1 - w) * 5 with each off by at most .05.
    value, low, high = implied_share(10.0, 20.0, 5.0, 0.05)
    assert value == pytest.approx(100 / 3)
    assert (low, high) == (pytest.approx(4.9 / 15 * 100), pytest.approx(5.1 / 15 * 100))


def test_a_missing_share_has_no_fact_and_shares_from_counts_imply_nothing():
    frame = origins(total=9.0, migration_background=8.0, dutch_background=9.5, turkish=5.0)
    frame.loc[frame["origin"] == "turkish", "share_percent"] = float("nan")
    facts = literature_facts(frame.assign(decimals=float("nan"), file="t.csv"))
    assert not facts["value"].isna().any()
    assert not facts["subject"].eq("turkish").any()
    assert not facts["statistic"].str.startswith("implied").any()
    assert literature_facts(frame)["statistic"].eq("implied_share_of.total").sum() == 1
