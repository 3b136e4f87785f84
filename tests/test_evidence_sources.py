"""Every bullet and quotation of the documents has a fragment, with the line where it stands.

The documents are not part of the project. These tests are skipped without them; `test_sources`
holds the rest of the transcription against them, and finds sentences that were copied.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import pairwise

import pytest

from test_sources import REPORT, SOURCES, document, passage, rows

NOTE = "gespreksnotitie-buurtteams-utrecht.txt"
CITIES = "diversiteit-in-transitie.txt"
EXPLORATION = "verkenning-migrantenorganisaties.txt"
ARGUMENTS = "zeven-tegenargumenten.txt"
FRAGMENTS, SECTIONS = "cases/fragments.csv", "cases/sections.csv"
pytestmark = pytest.mark.skipif(not SOURCES.is_dir(), reason="the documents are not here")

# How each document marks an item of a list: the scan of the report prints a bullet as "e"; the
# mark of the report on the cities stands behind the first line of its item, and its conclusions
# have letters.
MARKS = {
    REPORT: r"\s?e \S",
    NOTE: r"\s*-\s*\S",
    CITIES: r".*\S\s*(\N{BULLET}|\b\d{1,2}\.)\s*$|[a-l]\.\s+\S",
    ARGUMENTS: r"\d\. ",
    EXPLORATION: r"[-\N{BULLET}] ",
}
# What bears such a mark and is no item: by document, the lines and why.
NO_ITEMS = {
    REPORT: dict.fromkeys(range(2200, 2237), "a member of the sounding board"),
    NOTE: {163: "a heading that wears a mark"},
    CITIES: {
        **dict.fromkeys([*range(28, 34), *range(51, 56)], "the name of a city"),
        249: "a sentence that ends in a number", 906: "a sentence that ends in a number",
    },
    ARGUMENTS: {}, EXPLORATION: {},
}  # fmt: skip


def fragments(source: str = "") -> list[dict[str, str]]:
    return [row for row in rows(FRAGMENTS) if source in ("", row["source"])]


@cache
def marked(source: str) -> frozenset[int]:
    """The lines on which an item of a list begins."""
    lines = enumerate(document(source), 1)
    found = {n for n, line in lines if re.match(MARKS[source], line)}
    return frozenset(found - set(NO_ITEMS[source]))


def coded(source: str, *forms: str) -> set[int]:
    return {int(row["line"]) for row in fragments(source) if row["form"] in forms}


# --- Units


@pytest.mark.parametrize("source", MARKS)
def test_every_item_of_a_list_has_a_fragment_on_its_line(source: str):
    # A quotation that is an item of a list may be coded as either.
    assert sorted(marked(source) - coded(source, "bullet", "quotation")) == []


def test_the_numbered_tools_are_all_there():
    numbered = [n for n in range(1777, 1880) if re.match(r"\d{1,2}\. ", document(REPORT)[n - 1])]
    assert len(numbered) == 14
    tools = [row for row in fragments(REPORT) if row["kind"] == "tool"]
    assert [int(row["line"]) for row in tools if row["number"]] == numbered
    assert [row["number"] for row in tools if row["number"]] == [str(n) for n in range(1, 15)]


@pytest.mark.parametrize("source", MARKS)
def test_no_other_line_is_coded_as_an_item(source: str):
    tools = {int(r["line"]) for r in fragments(source) if r["kind"] == "tool"}
    assert sorted(coded(source, "bullet") - marked(source) - tools) == []


@pytest.mark.parametrize(
    ("kind", "source", "numbers"),
    [
        ("recommendation", CITIES, 29),
        ("conclusion", CITIES, 12),
        ("topic", CITIES, 10),
        ("argument", ARGUMENTS, 7),
        ("counter_argument", ARGUMENTS, 7),
        ("conclusion", REPORT, 10),
    ],
)
def test_every_number_of_a_numbered_list_is_coded(kind: str, source: str, numbers: int):
    found = {row["number"] for row in fragments(source) if row["kind"] == kind and row["number"]}
    assert found == {str(n) for n in range(1, numbers + 1)}


def test_what_is_set_apart_as_a_quotation_has_a_fragment():
    """The note on Utrecht announces its quotations; the report opens them with a double mark."""
    announced = {
        n for n, line in enumerate(document(NOTE), 1) if re.match(r"-?\s*Citaat van", line)
    }
    assert len(announced) > 15
    assert sorted(announced - coded(NOTE, "quotation")) == []
    opening = "\N{LEFT DOUBLE QUOTATION MARK}"
    opened = {n for n, line in enumerate(document(REPORT), 1) if opening in line and n > 1150}
    lines = sorted(coded(REPORT, "quotation"))
    # The words begin on the line that is cited, or on the one after it.
    assert [n for n in opened if not any(line <= n <= line + 1 for line in lines)] == []


# --- Places


def test_the_key_words_of_every_fragment_stand_where_it_is_cited():
    wrong = [
        (row["id"], row["key_words"])
        for row in fragments()
        if not row["key_words"] or row["key_words"].lower() not in flat(row)
    ]
    assert wrong == []


def flat(row: dict[str, str]) -> str:
    """The lines that a fragment cites, as one line."""
    text = passage(row["source"], int(row["line"]))
    return " ".join(re.sub(r"-\n\s*", "", text).split()).lower()


def test_key_words_are_no_sentence():
    assert [row["id"] for row in fragments() if len(row["key_words"].split()) > 3] == []


def test_every_fragment_stands_in_its_section():
    sections = {row["section"]: row for row in rows(SECTIONS)}
    wrong = []
    for row in fragments():
        section = sections[row["section"]]
        inside = range(int(section["first_line"]), int(section["last_line"]) + 1)
        if row["source"] != section["source"] or int(row["line"]) not in inside:
            wrong.append((row["id"], row["section"], row["line"]))
    assert wrong == []


def test_the_sections_of_a_document_do_not_overlap():
    for source in MARKS:
        spans = sorted(
            (int(row["first_line"]), int(row["last_line"]), row["section"])
            for row in rows(SECTIONS)
            if row["source"] == source
        )
        assert spans, source
        assert [b for a, b in pairwise(spans) if b[0] <= a[1]] == [], source


@pytest.mark.parametrize("form", ["bullet", "quotation"])
def test_the_units_of_every_section_are_as_many_as_were_counted_in_it(form: str):
    counted = {row["section"]: int(row[f"{form}s"]) for row in rows(SECTIONS)}
    found = Counter(row["section"] for row in fragments() if row["form"] == form)
    assert {s: (n, found[s]) for s, n in counted.items() if n != found[s]} == {}


def test_every_list_item_lies_in_a_section_that_counts_it():
    for source in MARKS:
        per_section = Counter[str]()
        for row in rows(SECTIONS):
            if row["source"] == source:
                inside = range(int(row["first_line"]), int(row["last_line"]) + 1)
                per_section[row["section"]] = sum(n in inside for n in marked(source))
        assert sum(per_section.values()) == len(marked(source))


# --- People


def test_no_summary_names_a_person_or_a_small_organisation():
    """Names that the documents give with a function, and organisations of few people."""
    text = "\n".join(
        f"{row['summary_nl']} {row['summary_en']} {row['key_words']}" for row in fragments()
    )
    names = (
        "Schweitz", "Monique", "Bellaart", "Hamdi", "Achahchah", "Benali", "Mounir", "Al Amal",
        "Ardemia", "Nisa4Nisa", "SSOP", "SIPI", "Oranje Horizon", "Saluti",
    )  # fmt: skip
    assert [name for name in names if name in text] == []
