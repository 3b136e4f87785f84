"""Youth care by origin: printed shares, their ratio to the total, and the shares they imply."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.facts import COLUMNS, fact_key
from analysis.literature import implied_share, literature_facts
from helpers import real_study

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
