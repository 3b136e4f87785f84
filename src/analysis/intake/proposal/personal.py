"""Which columns identify people or hold an answer in their own words: these are dropped.

Reasons never repeat what stands in a column.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.intake.formats.export import Heading
from analysis.intake.proposal.wording import fold, stands_for

# Identifying wherever they stand, even in a long question.
STRONG = {
    "e-mail address": "email emailadres emailaddress mailadres mailadresse epost",
    "IP address": "ip ipaddr ipaddress ipadres",
    "phone number": "telefoonnummer telefoonnr phonenumber telefonnummer mobielnummer",
    "postcode": "postcode postcodes zip zipcode postalcode plz postleitzahl",
    "citizen service number": "bsn burgerservicenummer sofinummer",
    "date of birth": "geboortedatum geboortedag geboortejaar birthdate birthday birthyear dob "
    "geburtsdatum geburtstag geburtsjahr dateofbirth",
}
# Identifying in a short heading, or after "your".
WEAK = {
    "name": "naam namen name names voornaam achternaam roepnaam firstname lastname surname "
    "fullname username gebruikersnaam vorname nachname contactpersoon voorletters tussenvoegsel",
    "e-mail address": "mail",
    "phone number": "telefoon tel phone mobile mobiel gsm telefon handy handynummer",
    "address": "adres address adresse anschrift straat street strasse huisnummer huisadres "
    "woonadres werkadres straatnaam",
    "access code": "token toegangscode",
    "place on the map": "latitude longitude lat lon lng breedtegraad lengtegraad geolocation gps",
    "recipient": "recipient recipients ontvanger empfanger externalreference",
    "staff number": "personeelsnummer medewerkersnummer personeelsnr",
    "signature": "handtekening signature unterschrift paraaf",
}
PAIRS = {"e mail": "e-mail address", "date of birth": "date of birth",
         "external reference": "recipient", "zip code": "postcode"}  # fmt: skip
# Whose name it is when it is nobody's.
THING = "(?:gemeente|municipality|gemeinde|(?:wijk|jeugd)?team|bestands?|file)"
NOT_A_PERSON = re.compile(
    rf"\b{THING} ?(?:naam|name)\b|"
    rf"\b(?:naam|name) ?(?:van|of|der|des)? ?(?:de|het|the|uw|your|ihrer)? ?{THING}\b"
)
SENTENCE = (".", "!", "?", '"')
MANY = 5000  # distinct texts that are looked at for what they look like
SHORT = 5  # words
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
YOURS = re.compile(r"\b(?:uw|je|jouw|your|ihr|ihre|dein|deine)\b")

EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[A-Za-z]{2,}")
PHONE = re.compile(r"(?:\+[1-9][0-9]{7,13}|00[1-9][0-9]{8,13}|0[1-9][0-9]{8}|6[1-9][0-9]{7})")
POSTCODE = re.compile(r"\b[1-9][0-9]{3} ?[A-Za-z]{2}\b(?: ?[0-9]{1,5})?")
PLACE = re.compile(r"-?[0-9]{1,2}\.[0-9]{3,}[,; ]\s*-?[0-9]{1,3}\.[0-9]{3,}")
OPEN = re.compile(
    r"\b(?:toelichting|licht (?:uw|je) antwoord|opmerking(?:en)?|namelijk|comments?|remarks?|"
    r"please specify|in (?:uw|je|your) (?:eigen|own) w(?:oor|or)d(?:en|s)|explanation|explain|"
    r"toevoegen|kwijt|(?:to|like to) add|anything else|hinzufugen|"
    r"bemerkung(?:en)?|kommentar(?:e)?|anmerkung(?:en)?|suggestie(?:s)?|suggestions?|text)\b"
)


def distinct(values: pd.Categorical) -> list[str]:
    """The texts that occur in a column, each once."""
    counts = np.bincount(values.codes[values.codes >= 0], minlength=len(values.categories))
    return [str(text) for text in values.categories[np.flatnonzero(counts)].tolist()]


def looks_personal(heading: Heading, values: pd.Categorical) -> str | None:
    """Why a column identifies people, by its heading or by what stands in it; None if it does not.

    It does by its content when one e-mail address is in it, or when most of its texts are
    addresses on the internet, phone numbers, postcodes, places or citizen service numbers.
    """
    for text in (heading.name, heading.label):
        if about := _named(text):
            return f"heading speaks of a person's {about}"
    texts = distinct(values)
    if any(EMAIL.search(text) for text in texts):
        return "holds e-mail addresses"
    texts = texts[:MANY]
    for about, is_one, share in CONTENT:
        if texts and sum(1 for text in texts if is_one(text)) >= share * len(texts):
            return f"holds what look like {about}"
    return None


def looks_open(heading: Heading, values: pd.Categorical) -> str | None:
    """Why a column holds answers in people's own words; None if it does not.

    It does when its texts are mostly long, and mostly different or sentences, parts between
    commas being looked at one by one; or when the heading asks for an explanation and what
    stands there is neither a code nor a tick.
    """
    texts = [text for text in distinct(values) if text not in heading.values]
    if not texts:
        return None
    asks = OPEN.search(_spaced(heading.name)) or OPEN.search(fold(heading.label))
    if asks and any(len(text) > 2 and not stands_for(text, "box") for text in texts):
        return "heading asks for people's own words"
    filled = int((values.codes >= 0).sum())
    long = [text for text in texts if len(text) > 25 and text.count(" ") >= 3]
    parts = {part.strip() for text in texts for part in re.split(r"[,;|]", text)}
    written = len(parts) > 20 or (len(texts) > 2 and len(parts) > 0.7 * filled)
    if 2 * len(long) >= len(texts) and written:
        return "holds long texts that differ from sheet to sheet"
    if 2 * sum(1 for text in long if text.endswith(SENTENCE)) >= len(texts):
        return "holds whole sentences"
    return None


def _named(text: str) -> str | None:
    """What of a person a heading or a question speaks of."""
    told = _spaced(text)
    words = told.split()
    joined = "".join(words)
    for about, names in STRONG.items():
        if {*names.split()} & {*words, joined}:
            return about
    for pair, about in PAIRS.items():
        if f" {pair} " in f" {told} ":
            return about
    if len(words) > SHORT and not YOURS.search(told):
        return None
    near = words if len(words) <= SHORT else _after_your(words)
    for about, names in WEAK.items():
        nobodys = about == "name" and NOT_A_PERSON.search(told)
        if {*names.split()} & {*near, joined} and not nobodys:
            return about
    return None


def _after_your(words: list[str]) -> list[str]:
    """The two words after each "your"."""
    yours = [number for number, word in enumerate(words) if YOURS.fullmatch(word)]
    return [word for number in yours for word in words[number + 1 : number + 3]]


def _spaced(text: str) -> str:
    """Words of a heading: `RecipientLastName` is three, and so is `recipient_last_name`."""
    return fold(CAMEL.sub(" ", text))


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_phone(text: str) -> bool:
    return PHONE.fullmatch(re.sub(r"[\s().-]", "", text).replace("/", "")) is not None


def _is_service_number(text: str) -> bool:
    """Nine digits (or eight) of which the weighted sum is a multiple of eleven."""
    digits = text.replace(".", "").replace(" ", "")
    if not (re.fullmatch(r"[0-9]{8,9}", digits) and digits.strip("0")):
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(w * int(d) for w, d in zip(weights, digits.zfill(9), strict=True)) % 11 == 0


CONTENT: tuple[tuple[str, Callable[[str], object], float], ...] = (
    ("internet addresses", _is_ip, 0.5),
    ("citizen service numbers", _is_service_number, 0.9),
    ("phone numbers", _is_phone, 0.5),
    ("postcodes", POSTCODE.search, 0.5),
    ("places on the map", PLACE.fullmatch, 0.5),
)
