"""The policy matrix: per municipality and aspect whether there is policy, in each study."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.facts import fact_frame, fact_row
from analysis.raw.cases import CaseData
from analysis.raw.tables import rows

NOT_STATED = "not_stated"
PRESENT, PARTLY = "present", "partly"
SOME = (PRESENT, PARTLY)


def policy_positions(data: CaseData) -> pd.DataFrame:
    """One row per municipality, year and aspect of the coding frame, in that order.

    Columns: `case, year, aspect, position, statements, ids`. `position` is a code of the frame's
    `policy` or `not_stated`; statements that differ make `partly`. A municipality has rows for a
    year when at least one statement of that year is coded for it.
    """
    coded = data.counted[data.counted["policy"] != ""]
    coded = coded.assign(aspect=coded["theme"].map(data.frame.aspect_of))
    made: list[dict[str, Any]] = []
    for year in sorted(coded["year"].unique()):
        of_year = coded[coded["year"] == year]
        for case in data.municipalities:
            of_case = of_year[of_year["case"] == case]
            if of_case.empty:
                continue
            for aspect in data.frame.aspects:
                found = of_case[of_case["aspect"] == aspect]
                made.append(
                    {
                        "case": case, "year": int(year), "aspect": aspect,
                        "position": _position(found["policy"]), "statements": len(found),
                        "ids": tuple(found["id"]),
                    }
                )  # fmt: skip
    columns = ["case", "year", "aspect", "position", "statements", "ids"]
    return pd.DataFrame(made, columns=columns)


def _position(found: pd.Series) -> str:
    told = list(found.unique())
    if not told:
        return NOT_STATED
    return str(told[0]) if len(told) == 1 else PARTLY


def rounds_side_by_side(positions: pd.DataFrame) -> pd.DataFrame:
    """The municipalities with statements of more than one year: the rows of those alone."""
    years = positions.groupby("case")["year"].nunique()
    return positions[positions["case"].isin(list(years[years > 1].index))]


def policy_facts(data: CaseData) -> pd.DataFrame:
    """How many municipalities have each position, by aspect and year.

    Subject `policy.<aspect>`, statistics `<position>.<year>`, `some.<year>` (present or partly)
    and `without.<year>` (anything but present); subject `policy`, statistics `year.<year>`,
    `municipalities.<year>`, `statements.<year>`, `municipalities.both` and `aspects`; subject
    `case.<case>`, statistics `policy.<position>.<year>` and so on: the number of aspects.
    """
    return fact_frame(_facts(data))


def _facts(data: CaseData) -> Iterator[dict[str, Any]]:
    positions = policy_positions(data)
    common: dict[str, Any] = {
        "domain": "cases",
        "source": " ".join(data.files),
        "provenance": "published" if len(data.files) == 1 else "measured",
    }
    both = rounds_side_by_side(positions)["case"].nunique()
    for statistic, value in (("aspects", len(data.frame.aspects)), ("municipalities.both", both)):
        yield fact_row(**common, subject="policy", statistic=statistic, value=value, unit="count")
    for year, of_year in positions.groupby("year"):
        yield fact_row(
            **common, subject="policy", statistic=f"year.{year}", value=int(str(year)), unit="year"
        )
        numbers = {
            "municipalities": of_year["case"].nunique(),
            "statements": int(of_year["statements"].sum()),
        }
        for statistic, value in numbers.items():
            yield fact_row(
                **common, subject="policy", statistic=f"{statistic}.{year}", value=value,
                unit="count",
            )  # fmt: skip
        for column, subject, prefix in (("aspect", "policy", ""), ("case", "case", "policy.")):
            for code, told in of_year.groupby(column)["position"]:
                for statistic, value in _numbers(told, data).items():
                    yield fact_row(
                        **common, subject=f"{subject}.{code}", unit="count",
                        statistic=f"{prefix}{statistic}.{year}", value=value, denominator=len(told),
                    )  # fmt: skip


def _numbers(told: pd.Series, data: CaseData) -> dict[str, int]:
    """How often each position was found, and how often there is something of it."""
    numbers = {p: int((told == p).sum()) for p in (*data.frame.policy, NOT_STATED)}
    without = int((told != PRESENT).sum())
    return numbers | {"some": int(told.isin(SOME).sum()), "without": without}


def statements_on(data: CaseData, case: str, year: int, aspect: str = "") -> list[Any]:
    """All that was said of a municipality in one year on an aspect, coded for policy or not.

    Without `aspect` what belongs to none. Rows in the order of the documents.
    """
    found = data.counted
    found = found[(found["case"] == case) & (found["year"] == year)]
    return _in_order(found[found["theme"].map(data.frame.aspect_of).fillna("") == aspect])


def _in_order(found: pd.DataFrame) -> list[Any]:
    return list(rows(found.sort_values(["source", "line"], kind="stable")))
