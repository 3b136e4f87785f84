"""Which municipality an answer means: exactly or not at all, with mergers followed by date."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analysis.intake.findings import RULES
from analysis.intake.municipalities import (
    Match,
    Municipalities,
    fold,
    frame_for,
    frame_problems,
)
from analysis.project import Project
from analysis.raw.municipalities import Register, read_register
from helpers import ROOT

# The rows of the example are true; see data/raw/survey/mergers.csv.
LIVES = [
    ("GM0053", "Winsum", None, "2019-01-01"),
    ("GM0080", "Leeuwarden", None, None),
    ("GM0164", "Hengelo", None, None),
    ("GM0344", "Utrecht", None, None),
    ("GM0358", "Aalsmeer", None, None),
    ("GM0362", "Amstelveen", None, None),
    ("GM0363", "Amsterdam", None, None),
    ("GM0373", "Bergen (NH.)", None, None),
    ("GM0457", "Weesp", None, "2022-03-24"),
    ("GM0518", "'s-Gravenhage", None, None),
    ("GM0545", "Leerdam", None, "2019-01-01"),
    ("GM0620", "Vianen", None, "2019-01-01"),
    ("GM0893", "Bergen (L.)", None, None),
    ("GM1900", "Súdwest-Fryslân", None, None),
    ("GM1961", "Vijfheerenlanden", "2019-01-01", None),
    ("GM1966", "Het Hogeland", "2019-01-01", None),
    ("GM1969", "Westerkwartier", "2019-01-01", None),
]
WENT = [
    ("GM0053", "2019-01-01", "GM1966"),
    ("GM0053", "2019-01-01", "GM1969"),
    ("GM0457", "2022-03-24", "GM0363"),
    ("GM0545", "2019-01-01", "GM1961"),
    ("GM0620", "2019-01-01", "GM1961"),
]
VARIANTS = [
    ("GM0080", "Ljouwert"),
    ("GM0164", "Hengelo (O.)"),
    ("GM0373", "Bergen"),
    ("GM0518", "Den Haag"),
    ("GM0893", "Bergen"),
    ("GM0545", "Lerdam"),
]
ASKED = [
    ("s_gravenhage", "'s-Gravenhage", "GM0518"),
    ("amstelveen_aalsmeer", "Amstelveen/Aalsmeer", "GM0362 GM0358"),
    ("amsterdam", "Amsterdam", "GM0363"),
    ("hengelo", "Hengelo", "GM0164"),
    ("sudwest_fryslan", "Súdwest-Fryslân", "GM1900"),
    ("utrecht", "Utrecht", "GM0344"),
    ("vijfheerenlanden", "Vijfheerenlanden", "GM1961"),
]
DAY = date(2027, 3, 1)


def register(
    lives: list[tuple] = LIVES, went: list[tuple] = WENT, variants: list[tuple] = VARIANTS
) -> Register:
    codes = pd.DataFrame(lives, columns=["code", "name", "since", "until"])
    names = dict(zip(codes["code"], codes["name"], strict=True))
    mergers = pd.DataFrame(
        [(c, names[c], day, into, names[into], "CBS") for c, day, into in went],
        columns=["code", "name", "date", "into_code", "into_name", "source"],
    )
    others = [(code, names[code], variant, "CBS") for code, variant in variants]
    for frame, column in ((codes, "since"), (codes, "until"), (mergers, "date")):
        frame[column] = pd.to_datetime(frame[column])
    columns = ["code", "name", "variant", "source"]
    return Register(codes, mergers, pd.DataFrame(others, columns=columns))


def frame(asked: list[tuple[str, str, str]] = ASKED) -> pd.DataFrame:
    return pd.DataFrame(asked, columns=["municipality", "name", "code"])


def match(text: str, *, day: date = DAY, asked: list[tuple[str, str, str]] = ASKED) -> Match:
    return Municipalities(register(), frame(asked), day).match(text)


# --- What is matched


@pytest.mark.parametrize(
    ("text", "municipality", "name"),
    [
        ("Utrecht", "utrecht", "Utrecht"),
        ("  uTRECHT ", "utrecht", "Utrecht"),
        ("gemeente Utrecht", "utrecht", "Utrecht"),
        ("Gem. Utrecht", "utrecht", "Utrecht"),
        ("Den  Haag", "s_gravenhage", "'s-Gravenhage"),
        ("’s-Gravenhage", "s_gravenhage", "'s-Gravenhage"),
        ("‘S-GRAVENHAGE", "s_gravenhage", "'s-Gravenhage"),
        ("`s‑Gravenhage", "s_gravenhage", "'s-Gravenhage"),
        ("s_gravenhage", "s_gravenhage", "'s-Gravenhage"),
        ("hengelo (o.)", "hengelo", "Hengelo"),
        ("GM0344", "utrecht", "Utrecht"),
        ("gm0344", "utrecht", "Utrecht"),
        ("0344", "utrecht", "Utrecht"),
        ("344", "utrecht", "Utrecht"),
        ("Súdwest-Fryslân", "sudwest_fryslan", "Súdwest-Fryslân"),
        ("Su\u0301dwest-Frysla\u0302n", "sudwest_fryslan", "Súdwest-Fryslân"),
        ("Sudwest-Fryslan", "sudwest_fryslan", "Súdwest-Fryslân"),
    ],
)
def test_a_name_a_variant_a_code_or_an_id_is_matched_without_a_finding(
    text: str, municipality: str, name: str
):
    assert match(text) == Match(text, municipality, None, name)


@pytest.mark.parametrize("text", ["Amstelveen/Aalsmeer", "Amstelveen", "Aalsmeer", "GM0362", "358"])
def test_both_names_and_both_codes_lead_to_a_row_of_two_municipalities(text: str):
    assert (match(text).municipality, match(text).rule) == ("amstelveen_aalsmeer", None)


def test_the_name_that_the_frame_gives_is_matched_even_if_nobody_else_uses_it():
    asked = [("the_hague", "Hofstad", "GM0518")]
    assert match("hofstad", asked=asked).municipality == "the_hague"


def test_a_name_without_accents_is_not_matched_when_two_differ_only_in_them():
    asked = [("a", "Éen", "GM0344"), ("b", "Eën", "GM0363")]
    assert match("Éen", asked=asked).municipality == "a"
    found = match("Een", asked=asked)
    assert (found.municipality, found.rule) == (None, "unknown_municipality")


# --- Mergers


def test_an_old_name_is_followed_to_where_the_municipality_went():
    found = match("Weesp")
    assert (found.municipality, found.rule, found.name) == (
        "amsterdam", "merged_municipality", "Weesp",
    )  # fmt: skip
    assert found.message == "Weesp went up in Amsterdam on 2022-03-24"


@pytest.mark.parametrize("text", ["GM0545", "545", "Lerdam"])
def test_an_old_code_or_an_old_variant_is_followed_too(text: str):
    found = match(text)
    assert (found.municipality, found.rule) == ("vijfheerenlanden", "merged_municipality")


@pytest.mark.parametrize(
    ("day", "municipality", "rule"),
    [
        (date(2022, 3, 23), "weesp", None),
        (date(2022, 3, 24), "amsterdam", "merged_municipality"),
    ],
)
def test_a_merger_counts_from_its_day_on(day: date, municipality: str, rule: str | None):
    asked = [("amsterdam", "Amsterdam", "GM0363")]
    if municipality == "weesp":
        asked.append(("weesp", "Weesp", "GM0457"))
    found = match("Weesp", day=day, asked=asked)
    assert (found.municipality, found.rule) == (municipality, rule)
    assert bool(found.message) == (rule is not None)


def test_mergers_are_followed_through_several_steps():
    lives = [("GM0001", "A", None, "2018-01-01"), ("GM0002", "B", None, "2020-01-01"),
             ("GM0003", "C", "2020-01-01", None)]  # fmt: skip
    went = [("GM0001", "2018-01-01", "GM0002"), ("GM0002", "2020-01-01", "GM0003")]
    known = register(lives, went, [])
    found = Municipalities(known, frame([("c", "C", "GM0003")]), DAY).match("A")
    assert (found.municipality, found.rule) == ("c", "merged_municipality")
    assert found.message == "A went up in B on 2018-01-01; B went up in C on 2020-01-01"
    half = Municipalities(known, frame([("b", "B", "GM0002")]), date(2019, 1, 1)).match("A")
    assert half.municipality == "b"


def test_a_divided_municipality_is_not_matched_though_only_one_part_was_asked():
    asked = [*ASKED, ("het_hogeland", "Het Hogeland", "GM1966")]
    found = match("Winsum", asked=asked)
    assert (found.municipality, found.rule) == (None, "unknown_municipality")
    assert found.allowed == "Het Hogeland (GM1966) or Westerkwartier (GM1969)"
    assert found.message.startswith("Winsum was divided over Het Hogeland and Westerkwartier")


def test_a_divided_municipality_is_matched_when_its_parts_were_asked_as_one():
    asked = [("noord", "Noord", "GM1966 GM1969")]
    found = match("Winsum", asked=asked)
    assert (found.municipality, found.rule) == ("noord", "merged_municipality")


@pytest.mark.parametrize("text", ["Vijfheerenlanden", "GM1961"])
def test_a_municipality_of_after_the_fieldwork_is_unknown_and_its_forerunners_are_named(text: str):
    found = match(text, day=date(2018, 7, 1), asked=[("leerdam", "Leerdam", "GM0545")])
    assert (found.municipality, found.rule) == (None, "unknown_municipality")
    assert found.message == (
        "Vijfheerenlanden exists since 2019-01-01, which is after the fieldwork of 2018-07-01"
    )
    assert found.allowed == "Leerdam (GM0545) or Vianen (GM0620)"


def test_a_later_municipality_without_forerunners_still_tells_what_is_allowed():
    known = register([("GM0001", "Nieuwland", "2030-01-01", None)], [], [])
    found = Municipalities(known, frame(), DAY).match("Nieuwland")
    assert found.rule == "unknown_municipality"
    assert (found.allowed or "").startswith("a name or code (GM0344)")


# --- What is not matched


@pytest.mark.parametrize("text", ["Bergen", "gemeente bergen", "bergen"])
def test_an_ambiguous_name_is_unknown_and_both_are_named(text: str):
    asked = [*ASKED, ("bergen", "Bergen (NH.)", "GM0373")]
    found = match(text, asked=asked)
    assert (found.municipality, found.rule, found.name) == (None, "unknown_municipality", None)
    assert found.allowed == "Bergen (NH.) (GM0373) or Bergen (L.) (GM0893)"
    assert match("Bergen (NH.)", asked=asked).municipality == "bergen"


@pytest.mark.parametrize(("text", "name"), [("Ljouwert", "Leeuwarden"), ("80", "Leeuwarden")])
def test_a_municipality_that_was_not_asked_is_outside_the_frame(text: str, name: str):
    found = match(text)
    assert (found.municipality, found.rule, found.name) == (None, "outside_frame", name)
    assert found.message == "Leeuwarden is not in the frame"
    assert "frame.csv" in (found.mend or "")


def test_an_old_name_whose_successor_was_not_asked_is_outside_the_frame():
    found = match("Weesp", asked=[("utrecht", "Utrecht", "GM0344")])
    assert (found.municipality, found.rule) == (None, "outside_frame")
    assert found.message.startswith("Amsterdam is not in the frame")


@pytest.mark.parametrize(
    ("text", "asked_after"),
    [
        ("Utrect", "did you mean Utrecht?"),
        ("Amsterdan", "did you mean Amsterdam?"),
        ("Amstelven", "did you mean Amstelveen?"),
    ],
)
def test_a_likely_slip_is_asked_after_but_never_matched(text: str, asked_after: str):
    found = match(text)
    assert (found.municipality, found.rule) == (None, "unknown_municipality")
    assert found.allowed == asked_after
    assert found.mend == "correct it in corrections.csv, or put it in codes of mapping.csv"


def test_at_most_two_names_are_asked_after():
    asked = [(f"a{n}", f"Amsterda{n}", f"GM000{n}") for n in range(4)]
    found = match("Amsterda", asked=asked)
    assert (found.allowed or "").count("Amsterda") == 2


@pytest.mark.parametrize("text", ["Parijs", "", "GM9999", "9999", "0", "34400", "GM344"])
def test_what_is_no_municipality_is_unknown(text: str):
    found = match(text)
    assert (found.municipality, found.rule) == (None, "unknown_municipality")
    assert (found.found, found.name) == (text, None)
    assert found.allowed == "a name or code (GM0344) of a municipality, or an id of frame.csv"


def test_every_rule_is_one_of_the_findings():
    texts = ("Weesp", "Zwolle", "Leeuwarden", "Bergen")
    assert {match(text).rule for text in texts} <= set(RULES)


def test_folding_keeps_what_tells_names_apart():
    assert fold("Gemeente  ’s-Gravenhage") == "'s-gravenhage"
    assert fold("Bergen (L.)") != fold("Bergen (NH.)")
    assert fold("Haren") != fold("Haaren")
    assert fold("Gemeentehuis") == "gemeentehuis"


def test_a_ligature_and_a_hard_space_are_spelt_out():
    assert fold("\u0132sselstein") == fold("IJsselstein")
    assert fold("Het\u00a0Hogeland") == "het hogeland"


# --- The frame of a next round


def last_round(*asked: tuple[str, str, str]) -> pd.DataFrame:
    codes = pd.DataFrame(asked, columns=["municipality", "name", "code_2016"])
    return codes.assign(code_2026=codes["code_2016"])


def test_an_unchanged_municipality_keeps_its_id_its_name_and_its_codes():
    asked = last_round(("us", "Our name", "GM0362 GM0358"), ("utrecht", "Utrecht", "GM0344"))
    found, told = frame_for(register(), asked, DAY)
    assert found.columns.tolist() == ["municipality", "name", "code"]
    assert found.to_numpy().tolist() == [
        ["us", "Our name", "GM0362 GM0358"],
        ["utrecht", "Utrecht", "GM0344"],
    ]
    assert told == []


def test_a_municipality_that_went_up_in_a_new_one_gets_its_name_and_code():
    found, told = frame_for(register(), last_round(("leerdam", "Leerdam", "GM0545")), DAY)
    assert found.to_numpy().tolist() == [["vijfheerenlanden", "Vijfheerenlanden", "GM1961"]]
    assert told == ["Leerdam went up in Vijfheerenlanden on 2019-01-01"]


def test_two_that_became_one_are_one_row():
    two = last_round(("leerdam", "Leerdam", "GM0545"), ("vianen", "Vianen", "GM0620"))
    found, told = frame_for(register(), two, DAY)
    assert found["code"].tolist() == ["GM1961"]
    assert len(told) == 2
    swallowed = last_round(("weesp", "Weesp", "GM0457"), ("mokum", "Mokum", "GM0363"))
    found, told = frame_for(register(), swallowed, DAY)
    assert found.to_numpy().tolist() == [["mokum", "Mokum", "GM0363"]]


def test_a_row_of_two_takes_in_what_went_up_in_one_of_them():
    asked = last_round(("a", "A", "GM0363 GM0344"), ("weesp", "Weesp", "GM0457"))
    found, _ = frame_for(register(), asked, DAY)
    assert found.to_numpy().tolist() == [["a", "A", "GM0363 GM0344"]]


def test_rows_that_a_row_of_two_binds_together_become_one():
    asked = last_round(
        ("amsterdam", "Amsterdam", "GM0363"),
        ("utrecht", "Utrecht", "GM0344"),
        ("vianen", "Vianen", "GM0620"),
        ("two", "Weesp/Leerdam", "GM0457 GM0545"),
    )
    found, _ = frame_for(register(), asked, DAY)
    assert found["code"].tolist() == ["GM0363 GM1961", "GM0344"]


def test_a_row_of_two_of_which_one_merged_is_named_anew():
    found, _ = frame_for(register(), last_round(("b", "B", "GM0344 GM0545")), DAY)
    assert found.to_numpy().tolist() == [
        ["utrecht_vijfheerenlanden", "Utrecht/Vijfheerenlanden", "GM0344 GM1961"]
    ]


def test_a_divided_municipality_is_left_out_and_that_is_told():
    found, told = frame_for(register(), last_round(("winsum", "Winsum", "GM0053")), DAY)
    assert found.empty
    assert told == [
        "Winsum was divided over Het Hogeland and Westerkwartier on 2019-01-01: winsum is left "
        "out; add to frame.csv what is asked"
    ]


def test_before_a_merger_the_frame_stays_as_it_was():
    asked = last_round(("leerdam", "Leerdam", "GM0545"))
    found, told = frame_for(register(), asked, date(2018, 12, 31))
    assert found.to_numpy().tolist() == [["leerdam", "Leerdam", "GM0545"]]
    assert told == []


def test_a_municipality_that_does_not_exist_yet_is_left_out():
    asked = last_round(("vijfheerenlanden", "Vijfheerenlanden", "GM1961"))
    found, told = frame_for(register(), asked, date(2018, 12, 31))
    assert found.empty
    assert told[0].startswith("Vijfheerenlanden does not exist yet on 2018-12-31")


def test_the_frame_of_2016_has_48_municipalities_in_2027_and_each_is_found_by_its_name():
    known = read_register(Project(ROOT))
    path = ROOT / "data/raw/survey/municipalities.csv"
    asked = pd.read_csv(path, dtype="str", keep_default_na=False)
    found, told = frame_for(known, asked, DAY)
    # Weesp is a part of Amsterdam, which was asked too; Leerdam of Vijfheerenlanden.
    assert (len(asked), len(found), len(told)) == (49, 48, 2)
    assert list(frame_problems(known, found, DAY, "frame.csv")) == []
    places = Municipalities(known, found, DAY)
    for row in found.itertuples():
        assert {places.match(t).municipality for t in (row.municipality, row.name)} == {
            row.municipality
        }
    assert {places.match(name).rule for name in asked["printed_name"]} == {
        None, "merged_municipality",
    }  # fmt: skip


# --- Faults of a frame


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        (("x", "X", "GM9999"), "code", "no municipality has this code"),
        (("x", "X", "344"), "code", "no municipality has this code"),
        (("x", "X", ""), "code", "wrong value"),
        (("x", "X", "GM0457"), "code", "Weesp went up in Amsterdam on 2022-03-24"),
        (("x", "X", "GM0344"), "code", "stands in row 2 too"),
        (("utrecht", "X", "GM0363"), "municipality", "stands in row 2 too"),
        (("x", "utrecht", "GM0363"), "name", "stands in row 2 too"),
        (("x", "Ljouwert", "GM0363"), "name", "is what Leeuwarden is called"),
        (("bergen", "Bergen (NH.)", "GM0373"), "municipality", "is what Bergen (L.) is called"),
        (("x", "Bergen", "GM0373"), "name", "is what Bergen (L.) is called"),
    ],
)
def test_a_fault_of_the_frame_is_named(row: tuple[str, str, str], column: str, message: str):
    asked = frame([("utrecht", "Utrecht", "GM0344"), row])
    problems = list(frame_problems(register(), asked, DAY, "frame.csv"))
    assert (3, column, message) in [(p.row, p.column, p.message) for p in problems]


def test_a_code_of_after_the_fieldwork_is_a_fault_of_the_frame():
    asked = frame([("v", "V", "GM1961")])
    (problem,) = frame_problems(register(), asked, date(2018, 7, 1), "frame.csv")
    assert problem.message == "Vijfheerenlanden does not exist yet on 2018-07-01"
    assert problem.allowed == "GM0545 (Leerdam) or GM0620 (Vianen)"


def test_a_right_frame_has_no_faults():
    assert list(frame_problems(register(), frame(), DAY, "frame.csv")) == []
