"""What was counted in the documents before they were coded, beside what was coded."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.evidence.counts import BULLET, QUOTATION
from analysis.facts import fact_frame, fact_row
from analysis.raw.cases import SECTIONS_FILE, CaseData

FORMS = {BULLET: "bullets", QUOTATION: "quotations"}


def units_by_document(data: CaseData) -> pd.DataFrame:
    """One row per document, in the order of the sections; added documents come last.

    Columns: `document, sections, fragments, repeated, bullets, bullets_coded, quotations,
    quotations_coded`. What was coded counts repeats too, as the document prints them twice.
    `sections` is 0 for a document whose units nobody counted; the counts are NaN then.
    """
    names = [*data.sections["source"], *data.fragments["source"]]
    made = []
    for name in dict.fromkeys(names):
        sections = data.sections[data.sections["source"] == name]
        fragments = data.fragments[data.fragments["source"] == name]
        made.append(
            {
                "document": name, "sections": len(sections), "fragments": len(fragments),
                "repeated": int((fragments["same_as"] != "").sum()), **_units(sections, fragments),
            }
        )  # fmt: skip
    return pd.DataFrame(made)


def uneven_sections(data: CaseData) -> pd.DataFrame:
    """The sections in which not every unit counted was coded, or more; columns as `sections.csv`.

    With `bullets_coded` and `quotations_coded` besides.
    """
    made = []
    for number in data.sections.index:
        section = data.sections.loc[[number]]
        name = section["section"].iloc[0]
        units = _units(section, data.fragments[data.fragments["section"] == name])
        if any(units[form] != units[f"{form}_coded"] for form in FORMS.values()):
            made.append(dict(section.iloc[0]) | units)
    columns = [*data.sections.columns, *(f"{form}_coded" for form in FORMS.values())]
    return pd.DataFrame(made, columns=columns)


def _units(sections: pd.DataFrame, fragments: pd.DataFrame) -> dict[str, float]:
    found: dict[str, float] = {}
    for form, column in FORMS.items():
        found[column] = float(sections[column].sum()) if len(sections) else float("nan")
        found[f"{column}_coded"] = float((fragments["form"] == form).sum())
    return found


def unit_facts(data: CaseData) -> pd.DataFrame:
    """Facts of `units_by_document`: subject `document.D`, statistics `units.<column>`.

    Subject `documents` has `documents`, `uneven` (sections in which counted and coded differ) and
    the sums of the columns.
    """
    return fact_frame(_facts(data))


def _facts(data: CaseData) -> Iterator[dict[str, Any]]:
    table = units_by_document(data)
    common: dict[str, Any] = {
        "domain": "cases",
        "unit": "count",
        "source": " ".join([SECTIONS_FILE, *data.files]),
        "provenance": "published" if len(data.files) == 1 else "measured",
    }
    columns = [column for column in table.columns if column != "document"]
    for record in table.to_dict("records"):
        for column in columns:
            if not math.isnan(record[column]):  # nobody counted them
                yield fact_row(
                    **common, subject=f"document.{record['document']}",
                    statistic=f"units.{column}", value=record[column],
                )  # fmt: skip
    counted = table[table["sections"] > 0]
    for column in columns:
        part = counted if column in FORMS.values() or column.endswith("_coded") else table
        yield fact_row(
            **common, subject="documents", statistic=f"units.{column}", value=part[column].sum()
        )
    for statistic, value in (("documents", len(table)), ("uneven", len(uneven_sections(data)))):
        yield fact_row(**common, subject="documents", statistic=statistic, value=value)
