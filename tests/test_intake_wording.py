"""Known answer texts, and columns that identify people or hold their own words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pandas as pd
import pytest
import yaml

from analysis.intake.formats.export import Heading
from analysis.intake.proposal import wording
from analysis.intake.proposal.personal import looks_open, looks_personal
from analysis.intake.proposal.wording import fold, stands_for
from analysis.project import Project
from analysis.raw.settings import read_instrument
from helpers import ROOT

OPTIONS = [f"Wij letten op onderdeel {name} van beleid" for name in "abcde"]
INSTRUMENT = read_instrument(Project(ROOT))


def column(texts: Sequence[str]) -> pd.Categorical:
    """What stands in a column."""
    return pd.Categorical(list(texts))


# --- Known wording


@pytest.mark.parametrize(
    ("text", "kind", "meaning"),
    [
        ("  helemaal MEE   eens ", "scale", "5"),
        ("Zeer mee eens", "scale", "5"),
        ("eens", "scale", "4"),
        ("Niet mee eens, niet mee oneens", "scale", "3"),
        ("niet mee eens", "scale", "2"),
        ("helemaal niet mee eens", "scale", "1"),
        ("Strongly agree", "scale", "5"),
        ("Somewhat agree", "scale", "4"),
        ("Neither agree nor disagree", "scale", "3"),
        ("Stimme voll und ganz zu", "scale", "5"),
        ("stimme überhaupt nicht zu", "scale", "1"),
        ("5 - Helemaal mee eens", "scale", "5"),
        ("1 (strongly disagree)", "scale", "1"),
        ("Weet ik niet", "scale", "dont_know"),
        ("geen mening", "scale", "dont_know"),
        ("Weiß nicht", "scale", "dont_know"),
        ("n.v.t.", "scale", "missing"),
        ("5", "scale", None),
        ("soms", "scale", None),
        ("Y", "box", "selected"),
        ("1", "box", "selected"),
        ("Not selected", "box", "not_selected"),
        ("Nee", "box", "not_selected"),
        ("weet niet", "box", None),
        ("Beleidsmedewerker", "group", "officials"),
        ("teamlid", "group", "professionals"),
        ("policy officer", "group", "officials"),
        ("Jeugdteam", "team_type", "youth"),
        ("sociaal wijkteam", "team_type", "social"),
        ("integraal", "team_type", "integrated"),
        ("Anders, namelijk:", "option", "other"),
    ],
)
def test_common_answer_texts_are_known(text: str, kind: str, meaning: str | None):
    assert stands_for(text, kind) == meaning


def test_no_text_stands_for_two_things():
    parts = yaml.safe_load(wording.FILE.read_text(encoding="utf-8"))
    for part in ([*parts["scale"].items(), *parts["unsure"].items()], parts["box"].items(),
                 parts["group"].items(), parts["team_type"].items()):  # fmt: skip
        texts = [fold(text) for _, texts in part for text in texts]
        assert len(texts) == len(set(texts))
        assert all(isinstance(text, str) for _, texts in part for text in texts)


# --- Columns that identify people or hold their own words


@pytest.mark.parametrize(
    "name",
    [
        "ip", "ipaddr", "IPAddress", "IP-adres", "e-mail", "E-mailadres", "email_address",
        "RecipientEmail", "RecipientLastName", "first_name", "voornaam", "Achternaam", "Vorname",
        "Naam", "Telefoon", "phone_number", "adres", "Postcode", "token", "LocationLatitude",
        "LocationLongitude", "BSN", "geboortedatum", "Date of birth", "ExternalReference",
        "Uw naam", "Naam en functie", "naam teamlid", "E-mail gemeente",
        "Wat is uw naam en functie binnen de gemeente?",
    ],
)  # fmt: skip
def test_a_heading_that_speaks_of_a_person_is_personal(name: str):
    assert looks_personal(Heading(name), column([]))
    assert looks_personal(Heading("Q1", name), column([]))


@pytest.mark.parametrize(
    "name",
    ["naam gemeente", "gemeentenaam", "Gemeente (naam)", "municipality name",
     "Naam van uw gemeente", "Name der Gemeinde", "teamnaam", "functie",
     "respondent", "Q1", "less_trust", "platform"],
)  # fmt: skip
def test_the_name_of_a_municipality_is_nobodys(name: str):
    assert looks_personal(Heading(name), column(["1"])) is None


def test_no_question_of_the_questionnaire_looks_personal():
    for item in INSTRUMENT.items:
        for text in (item.nl, item.en, *(f"{item.nl} [{option.nl}]" for option in item.options)):
            assert looks_personal(Heading(item.id, text), column(["1", "2"])) is None
            assert looks_open(Heading(item.id, text), column(["1", "2"])) is None


@pytest.mark.parametrize(
    "texts",
    [
        ["niets", "niets", "jan@example.org"],
        ["192.0.2.17", "2001:db8::1"],
        ["06-12345678", "+31 20 123 4567"],
        ["612345678", "687654321"],
        ["1234 AB 12", "9999ZZ"],
        ["111222333", "123456782"],  # known as valid test numbers for the BSN
        ["52.3702, 4.8952"],
    ],
)
def test_a_column_that_holds_what_identifies_people_is_personal(texts: list[str]):
    why = looks_personal(Heading("Q1"), column(texts))
    assert why
    assert not any(text in why for text in texts)


@pytest.mark.parametrize(
    "texts", [["1", "5", "99"], ["Utrecht", "GM0344"], ["2027-05-31 10:00:00"], ["1001", "1002"]]
)
def test_codes_places_and_dates_are_not_personal(texts: list[str]):
    assert looks_personal(Heading("Q1"), column(texts)) is None


LONG = [f"Wij werken al {n} jaar met vrijwilligers uit de buurt" for n in range(8)]


def test_long_texts_that_differ_are_open_answers():
    assert looks_open(Heading("Q9"), column(LONG))


def test_sentences_are_open_answers_even_when_few():
    assert looks_open(Heading("Q9"), column(["Dat gaat bij ons heel erg goed."] * 40))


def test_an_explanation_is_an_open_answer_however_short():
    assert looks_open(Heading("Q4_5_TEXT"), column(["taal"]))
    assert looks_open(Heading("Q4", "Wilt u nog iets toevoegen?"), column(["geld", "taal"]))


@pytest.mark.parametrize(
    "texts",
    [
        ["Niet mee eens, niet mee oneens", "Helemaal mee eens", "Weet niet"] * 9,
        ["Toegankelijkheid,Aangepaste werkwijze", "Aangepaste werkwijze", "Anders"] * 9,
        [", ".join(found) for n in range(1, 6) for found in combinations(OPTIONS, n)],
        ["Alphen aan den Rijn", "Utrecht", "Nuenen, Gerwen en Nederwetten"],
    ],
)
def test_answers_to_a_closed_question_are_not_open(texts: list[str]):
    assert looks_open(Heading("Q1"), column(texts)) is None
