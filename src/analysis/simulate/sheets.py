"""Answer sheets around the answers: when, by which invented person, and some that never count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.simulate.draw import named, random
from analysis.simulate.plan import Plan

# Invented: these names, addresses and words belong to nobody. Addresses lie in the ranges that are
# set apart for examples (RFC 2606, RFC 5737).
FIRST_NAMES = ("Amina", "Bram", "Chantal", "Daan", "Esra", "Femke", "Gijs", "Hatice", "Ingrid",
               "Jeroen", "Karima", "Lotte", "Mohamed", "Noor", "Özlem", "Peter", "Ruud", "Samira",
               "Théo", "Wim")  # fmt: skip
LAST_NAMES = ("Aydin", "Bakker", "Çelik", "de Boer", "El Amrani", "Hendriks", "Jansen",
              "Kaya", "Mulder", "Pinas", "Smit", "van den Berg", "Visser", "de Vries")  # fmt: skip
DOMAIN = "example.org"
NETWORK = "192.0.2"
OPEN_ANSWERS = (
    "Wij hebben vooral tijd nodig, geen nieuwe folder.",
    'De term "bereik" zegt weinig; wie komt, komt vaak te laat.',
    "Eerst vertrouwen,\ndan pas een formulier.",
    "Geen opmerkingen.",
    'Onze tolk zegt: "kom gewoon eens langs, met koffie".',
    "Scholing graag in de avond; overdag lukt het niet, ook niet online.",
    "Goede vragenlijst, maar vraag 4 was onduidelijk.",
    "Zie mijn mail.\nGroet,\nhet team",
)
OPEN_SHARE = 0.25
# Sheets that were broken off, as a part of those that were finished, and previews.
BROKEN_OFF = 0.06
PREVIEWS = 2
OPENS, CLOSES = 8, 22
MINUTES = (4, 35)
BASE36 = np.frombuffer(b"0123456789abcdefghijklmnopqrstuvwxyz", dtype="S1")
BASE62 = np.frombuffer(
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", dtype="S1"
)


def sheets_of(
    answers: pd.DataFrame, pages: list[list[str]], plan: Plan, beyond: Sequence[str] = ()
) -> pd.DataFrame:
    """Every answer sheet of a file, in the order in which they were begun.

    `answers` as `draw_round` gives them; within a group their order is kept. `pages` names the
    columns of `answers` on each page of the questionnaire. `beyond` names sheets that are added
    and must not count: `incomplete` (broken off after a page), `preview`. The columns of `answers`
    are joined by `sheet` (1, 2, ...), `reason` (the name in `beyond`, or nothing), `page` (the
    last one answered), `progress` (percent), `started`, `finished`, `seconds`, `simulated`, and
    invented `first_name, last_name, email, ip, latitude, longitude, token, response_id, open`.
    """
    kinds = [_kept(answers, len(pages), plan)]
    if "incomplete" in beyond:
        kinds.append(_broken_off(answers, pages, plan))
    if "preview" in beyond:
        kinds.append(_previews(answers, len(pages), plan))
    whole = pd.concat(kinds, ignore_index=True) if beyond else kinds[0]
    whole = whole.sort_values("started", kind="stable", ignore_index=True)
    numbers = np.arange(1, len(whole) + 1)
    simulated = named(np.zeros(len(whole), dtype=np.int8), ["yes"])
    return whole.assign(sheet=numbers, simulated=simulated, **_person(len(whole), plan.seed))


def _kept(answers: pd.DataFrame, pages: int, plan: Plan) -> pd.DataFrame:
    """The sheets that count. Chance says in which order groups alternate, not within a group."""
    place = random(plan.seed, "order").permutation(len(answers))
    for rows in answers.groupby("group", observed=True).indices.values():
        place[rows] = np.sort(place[rows])
    order = np.empty_like(place)
    order[place] = np.arange(len(place))
    times = _times(len(answers), plan, "kept")
    ordered = answers.iloc[order].reset_index(drop=True)
    return ordered.assign(reason="", page=pages, progress=100, **times)


def _broken_off(answers: pd.DataFrame, pages: list[list[str]], plan: Plan) -> pd.DataFrame:
    """Sheets of which the last pages are empty, always one or more of them."""
    size = max(2, round(BROKEN_OFF * len(answers)))
    chance = random(plan.seed, "broken off")
    found = answers.iloc[chance.integers(0, len(answers), size)].reset_index(drop=True)
    last = chance.integers(0, len(pages), size)
    for number, names in enumerate(pages):
        found.loc[last <= number, names] = np.nan
    progress = 100 * (last + 1) // (len(pages) + 2)
    times = _times(size, plan, "broken off")
    return found.assign(reason="incomplete", page=last, progress=progress, **times)


def _previews(answers: pd.DataFrame, pages: int, plan: Plan) -> pd.DataFrame:
    """Sheets filled in by the researchers themselves, to try the questionnaire."""
    picked = random(plan.seed, "previews").integers(0, len(answers), PREVIEWS)
    found = answers.iloc[picked].reset_index(drop=True)
    times = _times(PREVIEWS, plan, "previews")
    return found.assign(reason="preview", page=pages, progress=100, **times)


def _times(size: int, plan: Plan, kind: str) -> dict[str, npt.NDArray[np.generic]]:
    """When sheets were begun, in order, and when they were finished: by day, in the fieldwork."""
    chance = random(plan.seed, "times", kind)
    days = np.sort(chance.integers(0, (plan.closed - plan.opened).days + 1, size))
    second = chance.integers(OPENS * 3600, CLOSES * 3600, size)
    started = np.sort(days * 86400 + second) + _seconds(plan.opened)
    seconds = chance.integers(MINUTES[0] * 60, MINUTES[1] * 60, size)
    return {
        "started": started.astype("datetime64[s]"),
        "finished": (started + seconds).astype("datetime64[s]"),
        "seconds": seconds,
    }


def _seconds(day: date) -> int:
    return (day - date(1970, 1, 1)).days * 86400


def _person(size: int, seed: int) -> dict[str, Any]:
    """What identifies the invented person behind each sheet, and what they wrote."""
    chance = random(seed, "people")

    def one_of(texts: list[str]) -> pd.Categorical:
        return named(chance.integers(0, len(texts), size), texts)

    first, last = one_of(list(FIRST_NAMES)), one_of(list(LAST_NAMES))
    wrote = chance.random(size) < OPEN_SHARE
    words = chance.integers(0, len(OPEN_ANSWERS), size)
    return {
        "first_name": first,
        "last_name": last,
        "email": _addresses(first, last),
        "ip": one_of([f"{NETWORK}.{host}" for host in range(1, 255)]),
        "latitude": one_of([f"{50.8 + step / 400:.4f}" for step in range(1000)]),
        "longitude": one_of([f"{3.6 + step / 400:.4f}" for step in range(1400)]),
        "token": _signs(chance, size, BASE36),
        "response_id": np.char.add("R_", np.sort(_signs(chance, size, BASE62))),
        "open": named(np.where(wrote, words, -1), OPEN_ANSWERS),
    }


def _addresses(first: pd.Categorical, last: pd.Categorical) -> npt.NDArray[np.object_]:
    """A mail address of each person, no two alike."""
    plain = str.maketrans("ÖöÇçé", "oocce", " ")
    firsts = [name.translate(plain).lower() for name in FIRST_NAMES]
    lasts = [name.translate(plain).lower() for name in LAST_NAMES]
    pairs = zip(first.codes.tolist(), last.codes.tolist(), strict=True)
    found = [f"{firsts[a]}.{lasts[b]}{n}@{DOMAIN}" for n, (a, b) in enumerate(pairs, start=1)]
    return np.array(found, dtype=object)


def _signs(
    chance: np.random.Generator, size: int, alphabet: npt.NDArray[np.bytes_]
) -> npt.NDArray[np.str_]:
    """Random codes of fifteen signs."""
    drawn = alphabet[chance.integers(0, len(alphabet), (size, 15), dtype=np.uint8)]
    return np.ascontiguousarray(drawn).view("S15").ravel().astype("U15")
