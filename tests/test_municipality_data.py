"""The municipalities since 2016: the tables agree with published facts, and with each other."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analysis.project import DataError, Problem, Project
from analysis.raw.municipalities import FILES, History, Register, read_register
from analysis.raw.sources import seal, sidecar_of
from helpers import ROOT

# Statistics Netherlands (CBS), "Gemeentelijke indeling op 1 januari …", one page for each year.
PUBLISHED = {
    2016: 390, 2017: 388, 2018: 380, 2019: 355, 2020: 355, 2021: 352,
    2022: 345, 2023: 342, 2024: 342, 2025: 342, 2026: 342,
}  # fmt: skip
CODES, MERGERS, NAMES = FILES


@pytest.fixture(scope="module")
def register() -> Register:
    return read_register(Project(ROOT))


def on(register: Register, day: date) -> set[str]:
    """The codes of the municipalities that exist on a day."""
    history = History(register)
    return {code for code in register.codes["code"] if history.on(code, day) == [code]}


# --- Published facts


@pytest.mark.parametrize(("year", "number"), PUBLISHED.items())
def test_on_1_january_there_are_as_many_municipalities_as_were_published(
    register: Register, year: int, number: int
):
    assert len(on(register, date(year, 1, 1))) == number


def test_weesp_went_up_in_amsterdam_in_the_middle_of_a_year(register: Register):
    # CBS, December 2021: 344 from 24 March 2022 on, when Weesp joins Amsterdam.
    assert len(on(register, date(2022, 3, 23))) == 345
    assert len(on(register, date(2022, 3, 24))) == 344
    assert History(register).on("GM0457", date(2022, 3, 24)) == ["GM0363"]


@pytest.mark.parametrize(
    ("year", "ended"),
    [(2016, 2), (2017, 8), (2018, 25), (2019, 0), (2020, 3), (2021, 7), (2022, 3), (2023, 0)],
)
def test_from_one_year_to_the_next_as_many_ended_as_the_published_numbers_differ(
    register: Register, year: int, ended: int
):
    first, second = on(register, date(year, 1, 1)), on(register, date(year + 1, 1, 1))
    assert len(first) - len(second) == ended == PUBLISHED[year] - PUBLISHED[year + 1]
    history = History(register)
    reached = {c for code in first for c in history.on(code, date(year + 1, 1, 1))}
    assert reached == second


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        # VNG, "Hoeveel gemeenten zijn er per 2018".
        ("Littenseradiel", {"Leeuwarden", "Súdwest-Fryslân", "Waadhoeke"}),
        # CBS, "Sterkste daling aantal gemeenten sinds 2001", December 2018.
        ("Winsum", {"Het Hogeland", "Westerkwartier"}),
        # Staatsblad 2020, 260.
        ("Haaren", {"Boxtel", "Oisterwijk", "Tilburg", "Vught"}),
    ],
)
def test_what_was_divided_has_a_row_for_each_part(register: Register, name: str, parts: set[str]):
    mergers = register.mergers
    assert set(mergers.loc[mergers["name"] == name, "into_name"]) == parts


def test_nothing_else_was_divided(register: Register):
    parts = register.mergers["name"].value_counts()
    assert set(parts.index[parts > 1]) == {"Littenseradiel", "Winsum", "Haaren"}


def test_the_register_names_the_largest_merger_of_2019(register: Register):
    # ANP, "Verkiezingen in 37 gemeenten", November 2018.
    into = register.mergers[register.mergers["into_name"] == "Hoeksche Waard"]
    assert set(into["name"]) == {
        "Binnenmaas", "Cromstrijen", "Korendijk", "Oud-Beijerland", "Strijen",
    }  # fmt: skip


# --- The tables and the frame of 2016


@pytest.fixture(scope="module")
def asked() -> pd.DataFrame:
    path = ROOT / "data/raw/survey/municipalities.csv"
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def test_the_frames_codes_of_2016_and_2026_follow_from_the_register(
    register: Register, asked: pd.DataFrame
):
    history = History(register)
    for row in asked.itertuples():
        codes = row.code_2016.split()
        assert [history.on(code, date(2016, 1, 1)) for code in codes] == [[c] for c in codes]
        became = [found for code in codes for found in history.on(code, date(2026, 1, 1))]
        assert became == row.code_2026.split(), row.municipality


def test_the_frames_names_are_those_of_the_register(register: Register, asked: pd.DataFrame):
    history = History(register)
    for year, column in ((2016, "name"), (2026, "name_2026")):
        told = ["/".join(map(history.name, codes.split())) for codes in asked[f"code_{year}"]]
        assert told == asked[column].tolist()


def test_the_frame_tells_every_change_that_the_register_knows_and_no_other(
    register: Register, asked: pd.DataFrame
):
    ended = {row.code: str(row.date.date()) for row in register.mergers.itertuples()}
    grown = {row.into_code: str(row.date.date()) for row in register.mergers.itertuples()}
    for row in asked.itertuples():
        merged = {f"merged {ended[code]}" for code in row.code_2016.split() if code in ended}
        larger = {f"enlarged {grown[code]}" for code in row.code_2016.split() if code in grown}
        assert (merged or larger or {""}) == {row.change}, row.municipality


# --- Other names


@pytest.mark.parametrize(
    ("variant", "code"),
    [
        ("Den Haag", "GM0518"), ("The Hague", "GM0518"), ("Den Bosch", "GM0796"),
        ("Hengelo (O.)", "GM0164"), ("Rijswijk (ZH.)", "GM0603"), ("Ljouwert", "GM0080"),
        ("De Friese Meren", "GM1940"), ("Dantumadeel", "GM1891"), ("Nuenen", "GM0820"),
    ],
)  # fmt: skip
def test_a_known_variant_leads_to_its_municipality(register: Register, variant: str, code: str):
    names = register.names
    assert names.loc[names["variant"] == variant, "code"].tolist() == [code]


def test_bergen_is_the_only_variant_of_two_municipalities(register: Register):
    twice = register.names.groupby("variant")["code"].agg(tuple)
    assert twice[twice.map(len) > 1].to_dict() == {"Bergen": ("GM0373", "GM0893")}


def test_no_variant_is_the_official_name_of_a_municipality(register: Register):
    assert set(register.names["variant"]) & set(register.codes["name"]) == set()


# --- Faults


@pytest.fixture
def copy(tmp_path: Path) -> Project:
    """A project with a copy of the three tables, to be spoilt."""
    project = Project(tmp_path)
    for name in FILES:
        (project.raw / name).parent.mkdir(parents=True, exist_ok=True)
        for path in (ROOT / "data/raw" / name, sidecar_of(ROOT / "data/raw" / name)):
            shutil.copy(path, (project.raw / name).parent)
    return project


def spoil(project: Project, name: str, old: str, new: str) -> list[Problem]:
    """What `read_register` says once `old` is `new` in a table, and sealed."""
    path = project.raw / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    seal(project, path)
    with pytest.raises(DataError) as caught:
        read_register(project)
    return caught.value.problems


def test_the_register_is_read_from_sealed_files_only(copy: Project):
    (copy.raw / NAMES).write_text("code,name,variant,source\n", encoding="utf-8")
    with pytest.raises(DataError, match="SHA-256 differs"):
        read_register(copy)


@pytest.mark.parametrize(
    ("file", "old", "new", "column", "message"),
    [
        (CODES, "GM0003,Appingedam,,2021-01-01", "GM0003,Appingedam,,1-1-2021",
         "until", "wrong value"),
        (CODES, "GM0014,", "GM14,", "code", "wrong value"),
        (CODES, "GM0014,Groningen,,", "GM0014,Groningen,,2026-01-01",
         "until", "does not say where it went"),
        (CODES, "GM1948,Meierijstad,2017-01-01,", "GM1948,Meierijstad,2027-01-01,2026-01-01",
         "until", "ends before it begins"),
        (MERGERS, "GM0457,Weesp,2022-03-24", "GM0457,Weesp,2022-03-25",
         "date", "is not the day"),
        (MERGERS, "GM0363,Amsterdam", "GM0362,Amsterdam", "into_name", "is not what"),
        (MERGERS, "GM0457,Weesp", "GM9999,Weesp", "code", "has this code"),
        (MERGERS, "GM0363,Amsterdam", "GM0457,Weesp", "into_code", "does not exist on 2022-03-24"),
        (MERGERS, "GM0080,Leeuwarden", "GM1969,Westerkwartier",
         "into_code", "does not exist on 2018-01-01"),
        (NAMES, "GM0518,'s-Gravenhage,Den Haag", "GM0518,Utrecht,Den Haag",
         "name", "is not what"),
        (NAMES, "The Hague", "Den Haag", "variant", "stands there twice for GM0518"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_column(
    copy: Project, file: str, old: str, new: str, column: str, message: str
):
    problems = spoil(copy, file, old, new)
    assert (f"data/raw/{file}", column) in [(p.file, p.column) for p in problems]
    assert any(message in p.message for p in problems)


def test_a_fault_is_named_with_its_row(copy: Project):
    (problem,) = spoil(copy, NAMES, "GM0518,'s-Gravenhage,La Haye", "GM9999,'s-Gravenhage,La Haye")
    lines = (copy.raw / NAMES).read_text(encoding="utf-8").splitlines()
    assert problem.row is not None
    assert lines[problem.row - 1].startswith("GM9999,'s-Gravenhage,La Haye")
