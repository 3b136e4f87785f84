"""Facts of the qualitative evidence: numbers of the profiles, and how many fragments there are.

What a document says twice counts once. A fragment of two speakers counts for both, so counts by
actor may add up to more than there are fragments.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from itertools import permutations, product
from typing import Any

import pandas as pd

from analysis.facts import fact_frame, fact_row
from analysis.raw.cases import FRAGMENTS_FILE, PROFILES_FILE, CaseData, codes
from analysis.raw.coding import BOTH, CONTRADICTS, SUPPORTS, CodingFrame
from analysis.raw.tables import rows

BULLET, QUOTATION = "bullet", "quotation"
Key = tuple[str, str]


def evidence_facts(data: CaseData) -> pd.DataFrame:
    """Facts of the evidence, columns as in `analysis.facts`.

    Subjects are `fragments` (all), `theme.T`, `case.C`, `point.P`, `kind.K`, `actor.A`, `form.F`,
    `year.Y`, `document.D`; statistics `fragments`, `fragments.<kind>`, `bullets.<kind>`,
    `fragments.actor.A`, `.case.C`, `.form.F`, `.year.Y`, `.theme.T`, `.with.T` (fragments on two
    themes), `fragments.supports` and `.contradicts` (both count for each), and joint ones such as
    `fragments.theme.T.bottleneck` of a case. Every combination of codes that a matrix can show is
    there, 0 included.
    """
    return fact_frame([*_profile_facts(data), *_fragment_facts(data)])


def themes_of(row: Any, frame: CodingFrame) -> list[str]:
    """The themes that a fragment touches: its own, and those of its further points."""
    return list(dict.fromkeys([row.theme, *(frame.points[p].theme for p in codes(row.also))]))


def profile_statistic(row: Any, data: CaseData) -> str:
    """The statistic of a number in a profile: its fact, with the year where a later one is told."""
    found = data.profiles
    same = found[(found["case"] == row.case) & (found["fact"] == row.fact)]
    latest = same.loc[same["value"].notna(), "year"].max()
    return str(row.fact) if row.year == latest else f"{row.fact}.{row.year:.0f}"


def _profile_facts(data: CaseData) -> Iterator[dict[str, Any]]:
    common: dict[str, Any] = {"domain": "cases", "provenance": "published"}
    for row in rows(data.profiles):
        if math.isnan(row.value):
            continue
        source = row.source if math.isnan(row.line) else f"{row.source}:{row.line:.0f}"
        yield fact_row(
            **common, subject=f"case.{row.case}", statistic=profile_statistic(row, data),
            value=row.value,
            unit=row.unit, known="exact" if row.qualifier == "exact" else "range", source=source,
        )  # fmt: skip
    yield fact_row(
        **common, subject="cases", statistic="cases", value=len(data.municipalities),
        unit="count", source=PROFILES_FILE,
    )  # fmt: skip
    years = data.counted.groupby("source")["year"].min()
    found = {
        ("cases", "study_year"): years.min(),
        ("cases", "study_year_last"): data.counted["year"].max(),
    }
    found |= {(f"document.{name}", "study_year"): year for name, year in years.items()}
    for (subject, statistic), year in found.items() if len(years) else ():
        yield fact_row(
            **common, subject=subject, statistic=statistic, value=year, unit="year",
            source=FRAGMENTS_FILE,
        )  # fmt: skip


def _fragment_facts(data: CaseData) -> Iterator[dict[str, Any]]:
    """One fact per key, with the files that its fragments stand in as source."""
    files: dict[Key, set[str]] = defaultdict(set)
    numbers: dict[Key, int] = dict.fromkeys(_whole(data), 0)
    for row in rows(data.counted):
        for key in _keys(row, data.frame):
            numbers[key] = numbers.get(key, 0) + 1
            files[key].add(row.file)
    for key, number in numbers.items():
        yield _count(key, number, files[key])
    for key, (number, found) in _distinct(data).items():
        yield _count(key, number, found)


def _whole(data: CaseData) -> Iterator[Key]:
    """Every combination that a matrix can show."""
    frame, years = data.frame, sorted(data.counted["year"].unique())
    yield "fragments", "fragments"
    columns = {
        "actor": frame.actors, "case": data.cases, "form": frame.forms,
        "year": [f"{year:.0f}" for year in years],
    }  # fmt: skip
    for group, known in {**columns, "kind": frame.kinds}.items():
        yield from ((f"{group}.{code}", "fragments") for code in known)
    for theme in frame.themes:
        subject = f"theme.{theme}"
        yield subject, "fragments"
        yield from (
            (subject, f"{what}.{k}") for what in ("fragments", "bullets") for k in frame.kinds
        )
        for group, known in columns.items():
            yield from ((subject, f"fragments.{group}.{code}") for code in known)
    for first, second in permutations(frame.themes, 2):
        yield f"theme.{first}", f"fragments.with.{second}"
    for case, kind in product(data.cases, frame.kinds):
        yield f"case.{case}", f"fragments.{kind}"
    for point, stance in product(frame.points, ("", ".supports", ".contradicts")):
        yield f"point.{point}", f"fragments{stance}"


def _keys(row: Any, frame: CodingFrame) -> Iterator[Key]:
    """The counts that one fragment is part of."""
    year, actors = f"{row.year:.0f}", codes(row.actor)
    theme, case = f"theme.{row.theme}", f"case.{row.case}"
    yield "fragments", "fragments"
    columns = [
        ("case", row.case),
        ("form", row.form),
        ("year", year),
        *(("actor", a) for a in actors),
    ]
    for group, code in [*columns, ("kind", row.kind), ("document", row.source)]:
        yield f"{group}.{code}", "fragments"
        if group != "kind":
            yield f"{group}.{code}", f"fragments.{row.kind}"
    for group, code in columns:
        yield theme, f"fragments.{group}.{code}"
    yield theme, "fragments"
    yield theme, f"fragments.{row.kind}"
    yield case, f"fragments.theme.{row.theme}"
    yield case, f"fragments.theme.{row.theme}.{row.kind}"
    yield from ((case, f"fragments.actor.{actor}") for actor in actors)
    yield case, f"fragments.year.{year}"
    if row.form == BULLET:
        yield theme, f"bullets.{row.kind}"
    for first, second in permutations(themes_of(row, frame), 2):
        yield f"theme.{first}", f"fragments.with.{second}"
    if row.point:
        yield from _point_keys(row, year, actors)


def _point_keys(row: Any, year: str, actors: list[str]) -> Iterator[Key]:
    point = f"point.{row.point}"
    yield point, "fragments"
    yield point, f"fragments.{row.kind}"
    yield point, f"fragments.year.{year}"
    yield from ((point, f"fragments.actor.{actor}") for actor in actors)
    for stance in (SUPPORTS, CONTRADICTS):
        if row.stance in (stance, BOTH):
            yield point, f"fragments.{stance}"
            yield point, f"fragments.{stance}.year.{year}"
            yield from ((point, f"fragments.{stance}.actor.{actor}") for actor in actors)


def _distinct(data: CaseData) -> dict[Key, tuple[int, set[str]]]:
    """How many documents and cases there are behind all fragments, a theme and a point."""
    counted = data.counted
    found: dict[Key, tuple[int, set[str]]] = {}
    groups: list[tuple[str, pd.DataFrame]] = [("fragments", counted)]
    for column, known in (("theme", data.frame.themes), ("point", data.frame.points)):
        groups += [(f"{column}.{code}", counted[counted[column] == code]) for code in known]
    for subject, part in groups:
        files = set(part["file"])
        municipal = part.loc[part["case"].isin(list(data.municipalities)), "case"]
        found[subject, "documents"] = (part["source"].nunique(), files)
        found[subject, "municipalities"] = (municipal.nunique(), files)
    for document, part in counted.groupby("source"):
        subject, files = f"document.{document}", set(part["file"])
        municipal = part.loc[part["case"].isin(list(data.municipalities)), "case"]
        found[subject, "municipalities"] = (municipal.nunique(), files)
        listed = part[(part["form"] == BULLET) & (part["kind"] == "bottleneck")]
        found[subject, "main_bottlenecks"] = (listed["section"].nunique(), set(listed["file"]))
    return found


def _count(key: Key, number: int, files: set[str]) -> dict[str, Any]:
    """A count; evidence that a user added was not published, but measured."""
    subject, statistic = key
    added = files - {FRAGMENTS_FILE}
    return fact_row(
        domain="cases", subject=subject, statistic=statistic, value=number, unit="count",
        provenance="measured" if added else "published",
        source=" ".join(sorted(files or {FRAGMENTS_FILE})),
    )  # fmt: skip
