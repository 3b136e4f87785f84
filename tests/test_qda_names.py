"""Names of people in summaries: refused, and ordinary words with a capital are not."""

from __future__ import annotations

import pytest

from analysis.qda.names import Names
from analysis.raw.coding import read_coding_frame
from analysis.raw.municipalities import read_register
from helpers import real_project

INTERVIEW = """Samira: Ik woon in de Wilgenstraat, vlak bij Farid.
Mijn zus Nur'aïn spreekt Tigrinya en werkt bij het CJG in Zwolle.
Bewoners komen later, zegt de Turkse moeder. Onze buurman Bart kent het Wijkteam."""
FRAME, REGISTER = read_coding_frame(real_project()), read_register(real_project())
NAMES = Names([INTERVIEW], FRAME, REGISTER, "Zwolle")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Volgens mevrouw De Vries komt niemand.", ["De Vries"]),
        ("Mevr. van den Berg en de heer Van Dongen komen.", ["van den Berg", "Van Dongen"]),
        ("According to Mrs Jones and Mr. Bakker nobody comes.", ["Jones", "Bakker"]),
        ("Dhr. El Amrani en mw. K. komen niet.", ["El Amrani", "K"]),
        ("In de straat van Samira kent niemand het team.", ["Samira"]),
        ("Nobody in Samira's street knows the team.", ["Samira's"]),
        ("Zij woont in de Wilgenstraat, bij Nur'aïn.", ["Wilgenstraat", "Nur'aïn"]),
        ("Farid kent het team niet. Bart wel.", ["Farid", "Bart"]),
    ],
)
def test_a_name_is_found(said, found):
    assert NAMES.found(said) == found


@pytest.mark.parametrize(
    "said",
    [
        "Bewoners in Zwolle komen later. Zwolse moeders ook, zegt het CJG.",
        "Een mevrouw van Turkse afkomst spreekt Tigrinya; een meneer uit Zwolle niet.",
        "Een meneer van het CJG komt. Mijn indruk: mensen wachten.",
        "I think Turkish mothers in the Netherlands come late, as Moroccan mothers do.",
        "Volgens het Leger komt niemand.",
    ],
)
def test_a_word_with_a_capital_that_is_no_name_is_not_taken_for_one(said):
    assert NAMES.found(said) == []


def test_without_an_interview_only_a_form_of_address_tells_a_name():
    alone = Names([], FRAME, REGISTER, "Zwolle")
    assert alone.found("In de straat van Samira zegt mevrouw Yilmaz dat.") == ["Yilmaz"]
