"""The transcription against the documents themselves, where they are at hand.

The documents are not part of the project. These tests are skipped without them.
"""

from __future__ import annotations

import csv
import re
import subprocess
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from helpers import INSTRUMENT, ROOT

SOURCES = ROOT.parent / "shared" / "sources"
RAW = ROOT / "data" / "raw"
REPORT = "wijkteams-en-diversiteit.txt"
pytestmark = pytest.mark.skipif(not SOURCES.is_dir(), reason="the documents are not here")

WORDS = [
    *("nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien"),
    *("elf", "twaalf", "dertien", "veertien", "vijftien", "zestien", "zeventien", "achttien"),
    *("negentien", "twintig"),
]
# How the report says that there are none, or as many of one as of the other.
NONE = {"geen", "niet", "gelijk"}
LENGTH = 6
# Figures that the text does not print as a number, and how it does tell them.
TOLD_OTHERWISE = {
    "c4-29": "the third bottleneck is called the third",
    "c3-085": "two lines before: not",
    "c3-086": "three lines before: not",
    "p092": "two lines before: not",
    "p093": "three lines before: not",
    "c3-089": "two municipalities, one with a youth team and one with an integrated team",
    "c3-090": "two municipalities, one with a youth team and one with an integrated team",
    "p096": "two municipalities, one with a youth team and one with an integrated team",
    "p097": "two municipalities, one with a youth team and one with an integrated team",
}
# Runs of words that are a name, not a sentence: the title of the report.
NAMES = ("Wijkteams en diversiteit. Hoe wijkteams inspelen op etnisch-culturele diversiteit",)


@cache
def document(name: str) -> list[str]:
    return (SOURCES / name).read_text(encoding="utf-8").split("\n")


def rows(name: str) -> list[dict[str, str]]:
    with (RAW / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def corrections() -> dict[tuple[str, int], list[tuple[str, str]]]:
    found = defaultdict(list)
    for path in RAW.rglob("corrections.csv"):
        for row in rows(path.relative_to(RAW).as_posix()):
            found[row["source"], int(row["line"])].append((row["read"], row["meant"]))
    return dict(found)


def passage(source: str, line: int, length: int = 3) -> str:
    """A line and those after it, with the faults of the scan mended."""
    lines = []
    for number in range(line, min(line + length, len(document(source)) + 1)):
        text = document(source)[number - 1]
        for read, meant in corrections().get((source, number), []):
            text = text.replace(read, meant)
        lines.append(text)
    return "\n".join(lines)


def ways_to_print(value: float) -> set[str]:
    """How a number can stand in the report: in digits, or as a word."""
    whole = int(value)
    if value != whole:
        return {f"{value:.2f}".replace(".", ",")}
    ways = {str(whole), f"{whole:,}".replace(",", ".")}
    if whole < len(WORDS):
        ways |= {WORDS[whole]}
    return ways | (NONE if whole == 0 else set())


def stands_in(value: float, text: str) -> bool:
    plain = text.lower().replace("é", "e").replace("-\n", "")
    # A figure of a table, "154.000", "8,35", a word; "14/31" is two of them.
    tokens = {token.strip(".,") for token in re.findall(r"[\w.,]+", plain)}
    return bool(ways_to_print(value) & tokens)


CITING = sorted(
    path.relative_to(RAW).as_posix()
    for path in RAW.rglob("*.csv")
    if {"source", "line"} <= set(path.read_text(encoding="utf-8").split("\n")[0].split(","))
)
CLAIMED = [
    (row["source"], int(row["line"]), name, row)
    for name in CITING
    if name.endswith(("claims.csv", "published.csv"))
    for row in rows(name)
    if row["wording"] == "exact" and row["value"]
    if (row.get("id") or row["total"]) not in TOLD_OTHERWISE
]


def known(place: Any) -> str:
    return place.get("id") or place.get("total") if isinstance(place, dict) else ""


@pytest.mark.parametrize("name", CITING)
def test_every_line_that_a_file_cites_is_in_the_document(name: str):
    beyond = [
        row
        for row in rows(name)
        if not 1 <= int(row["line"]) <= len(document(row["source"]))
        or not passage(row["source"], int(row["line"]), 1).strip()
    ]
    assert beyond == []


def test_every_item_of_the_questionnaire_cites_a_line_of_the_chapter_on_the_survey():
    items = yaml.safe_load((RAW / INSTRUMENT).read_text(encoding="utf-8"))["items"]
    # From section 3.1 to the end of section 3.5.
    chapter = range(document(REPORT).index("3.1 Enquéte") + 1, 1150)
    assert [item["id"] for item in items if item["line"] not in chapter] == []


@pytest.mark.parametrize(
    ("source", "line", "name", "row"), CLAIMED, ids=lambda value: known(value) or None
)
def test_every_exact_figure_stands_in_the_line_that_is_cited(
    source: str, line: int, name: str, row: dict[str, str]
):
    text = passage(source, line)
    assert stands_in(float(row["value"]), text), text
    if name.endswith("claims.csv") and row["denominator"]:
        assert stands_in(float(row["denominator"]), passage(source, line - 3, 6)), text


@pytest.mark.parametrize(
    "row", rows("literature/youth_care_by_origin.csv"), ids=lambda r: r["origin"]
)
def test_every_share_by_origin_stands_in_its_line(row: dict[str, str]):
    assert stands_in(float(row["share_percent"]), passage(row["source"], int(row["line"]), 1))


def test_every_figure_of_a_case_stands_in_its_line():
    wrong = [
        (row["case"], row["fact"])
        for row in rows("cases/cases.csv")
        if row["value"]
        and not stands_in(float(row["value"]), passage(row["source"], int(row["line"])))
    ]
    assert wrong == []


def test_every_asked_municipality_stands_in_its_line_with_its_number():
    wrong = [
        row["name"]
        for row in rows("survey/municipalities.csv")
        if f"{row['number']} {row['printed_name']}"
        not in passage(row["source"], int(row["line"]), 1)
    ]
    assert wrong == []


def test_the_marks_of_a_municipality_are_those_behind_its_name():
    marks = {"both": 2, "one": 1, "none": 0}
    wrong = []
    for row in rows("survey/municipalities.csv"):
        text = passage(row["source"], int(row["line"]), 1)
        behind = text.partition(f"{row['number']} {row['printed_name']}")[2]
        found = re.match(r"[ X]*", behind)
        if found is None or found.group().count("X") != marks[row["marks_2016"]]:
            wrong.append(row["name"])
    assert wrong == []


def test_every_corrected_fault_of_the_scan_stands_in_its_line():
    wrong = [
        (place, read)
        for place, faults in corrections().items()
        for read, _ in faults
        if read not in document(place[0])[place[1] - 1]
    ]
    assert wrong == []


# --- Our own words


def words_of(text: str) -> list[str]:
    """The words of a text without case, punctuation, hyphens, and breaks at line ends."""
    text = re.sub(r"[-\N{SOFT HYPHEN}]\s*\n\s*", "", text.lower())
    text = re.sub(r"[\N{APOSTROPHE}\N{RIGHT SINGLE QUOTATION MARK}-]", "", text)
    return re.findall(r"\w+", text.replace("_", " "))


def runs_of(words: list[str]) -> dict[tuple[str, ...], int]:
    return {tuple(words[i : i + LENGTH]): i for i in range(len(words) - LENGTH + 1)}


@cache
def source_runs() -> frozenset[tuple[str, ...]]:
    files = list(SOURCES.glob("*.txt"))
    assert len(files) == 5
    return frozenset(
        run for path in files for run in runs_of(words_of(path.read_text(encoding="utf-8")))
    )


@cache
def tracked() -> tuple[Path, ...]:
    """Every text file of the project that git knows, but for the locks of the environment."""
    call = ["git", "-C", str(ROOT), "ls-files", "-z"]
    listed = subprocess.run(call, capture_output=True, check=True, text=True).stdout
    paths = (ROOT / name for name in listed.split("\0") if name and not name.endswith(".lock"))
    return tuple(path for path in paths if path.is_file())


@cache
def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_six_words_in_a_row_would_be_found():
    lines = document(REPORT)
    start = next(i for i, line in enumerate(lines) if line.startswith("3.1 Enqu"))
    quoted = " ".join(lines[start + 2 : start + 5]).upper().replace(" ", "\n")
    assert set(runs_of(words_of(quoted))) & source_runs()


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout")
def test_no_sentence_of_the_documents_stands_in_the_project():
    allowed = {run for name in NAMES for run in runs_of(words_of(name))}
    copied = [
        (path.relative_to(ROOT).as_posix(), " ".join(run))
        for path in tracked()
        for run in runs_of(words_of(text_of(path)))
        if run in source_runs() and run not in allowed
    ]
    assert copied == []


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout")
def test_nobody_of_the_sounding_board_is_named_in_the_project():
    lines = document(REPORT)
    start = next(i for i, line in enumerate(lines) if line.strip().startswith("Bijlage 2"))
    people = [line[2:].strip(" ,") for line in lines[start:] if line.startswith("e ")]
    assert len(people) == 9
    # A place may be called as a person is.
    places = {"municipality_codes.csv", "municipality_names.csv", "mergers.csv"}
    named = [
        (path.relative_to(ROOT).as_posix(), person)
        for path in tracked()
        if path.name not in places
        for person in people
        for name in (person, person.split()[-1])
        if re.search(rf"\b{re.escape(name)}\b", text_of(path))
    ]
    assert named == []
