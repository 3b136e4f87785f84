"""The policy matrix: per municipality and aspect whether there is policy, in each study."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.facts import fact_frame, fact_row
from analysis.raw.cases import CaseData
from analysis.raw.tables import rows

NOT_STATED = "not_stated"
PARTLY = "partly"


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

    Subject `policy.<aspect>`, statistic `<position>.<year>`; subject `policy`, statistic
    `municipalities.<year>`, `statements.<year>` and `municipalities.both`.
    """
    return fact_frame(_facts(data))


def _facts(data: CaseData) -> Iterator[dict[str, Any]]:
    positions = policy_positions(data)
    source = " ".join(data.files)
    common: dict[str, Any] = {
        "domain": "cases", "unit": "count", "source": source,
        "provenance": "published" if len(data.files) == 1 else "measured",
    }  # fmt: skip
    for year, of_year in positions.groupby("year"):
        cases = of_year["case"].nunique()
        for statistic, value in (
            ("municipalities", cases),
            ("statements", of_year["statements"].sum()),
        ):
            yield fact_row(**common, subject="policy", statistic=f"{statistic}.{year}", value=value)
        for aspect in data.frame.aspects:
            told = of_year.loc[of_year["aspect"] == aspect, "position"]
            for position in (*data.frame.policy, NOT_STATED):
                yield fact_row(
                    **common, subject=f"policy.{aspect}", statistic=f"{position}.{year}",
                    value=int((told == position).sum()), denominator=cases,
                )  # fmt: skip
    both = rounds_side_by_side(positions)["case"].nunique()
    yield fact_row(**common, subject="policy", statistic="municipalities.both", value=both)


def statements_of(data: CaseData, ids: tuple[str, ...]) -> list[Any]:
    """The fragments behind a cell of the matrix, as rows in the order of the documents."""
    found = data.counted[data.counted["id"].isin(list(ids))]
    return list(rows(found.sort_values(["source", "line"], kind="stable")))
