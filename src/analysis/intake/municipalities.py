"""Which municipality a text means, by name, other name, code or id; mergers are followed."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analysis.project import Problem
from analysis.raw.municipalities import History, Register, listed, once
from analysis.raw.tables import rows

CODE = re.compile(r"gm[0-9]{4}|[0-9]{1,4}")
PREFIX = re.compile(r"^(gemeente|gem\.) ")
# What keyboards and word processors make of an apostrophe and of a hyphen.
TYPOGRAPHY = str.maketrans("’‘`´ʼ′‐‑–", "''''''---")
LIKENESS = 0.7  # how alike a name must be to be asked after ("did you mean"); never to be matched
ANY = "a name or code (GM0344) of a municipality, or an id of frame.csv"
MEND = "correct it in corrections.csv, or put it in codes of mapping.csv"
MEND_OUTSIDE = "add it to frame.csv if it was asked, or drop the sheet in corrections.csv"


@dataclass(frozen=True)
class Match:
    """What a text was recognised as.

    `municipality` is an id of the frame, or None. `rule` is None where all is well, else the rule
    of a finding: `merged_municipality` (matched all the same), `outside_frame` or
    `unknown_municipality`; `message`, `allowed` and `mend` tell about it. `found` is the text and
    `name` what the municipality is called that it was recognised as.
    """

    found: str
    municipality: str | None = None
    rule: str | None = None
    name: str | None = None
    message: str = ""
    allowed: str | None = None
    mend: str | None = None


class Municipalities:
    """The municipalities of one round, to be found by whatever an answer calls them.

    `frame` has the columns `municipality, name, code` (two codes in a cell are separated by a
    space), `day` is the day of the fieldwork. Nothing is matched by likeness.
    """

    def __init__(self, register: Register, frame: pd.DataFrame, day: date) -> None:
        self._history = History(register)
        self._day = day
        self._ids: dict[str, list[str]] = {}
        self._labels: dict[str, str] = {}
        self._rows: dict[str, str] = {}
        framed: defaultdict[str, list[str]] = defaultdict(list)
        for row in rows(frame):
            codes = row.code.split()
            self._ids[row.municipality] = codes
            self._labels[row.municipality] = row.name
            self._rows |= dict.fromkeys(codes, row.municipality)
            framed[fold(row.name)] += codes
        named = names_of(register)
        plain: defaultdict[str, list[str]] = defaultdict(list)
        for key, codes in (*framed.items(), *named.items()):
            plain[unaccented(key)] += codes
        self._named = (framed, named)
        self._plain = plain

    def match(self, text: str) -> Match:
        """The municipality of the frame that `text` means, or why there is none."""
        codes = once(self._codes(text))
        if not codes:
            return self._unrecognised(text)
        present = once(here for code in codes for here in self._history.on(code, self._day))
        places = {self._rows.get(code) for code in present}
        place = next(iter(places)) if len(places) == 1 else None
        if place is not None:
            return self._matched(text, codes, present, place)
        if len(present) == 1:
            return self._outside(text, codes, present[0])
        return self._undecided(text, codes, present)

    def _codes(self, text: str) -> Sequence[str]:
        """The codes of all that `text` can mean, exactly; empty when it is not recognised."""
        key = fold(text)
        if CODE.fullmatch(key):
            code = f"GM{int(key.removeprefix('gm')):04d}"
            known = code in self._history or code in self._rows
            return [code] if known else []
        for names in self._named:
            if key in names:
                return names[key]
        # An id comes after the names: `bergen` as an id must not decide what Bergen means.
        return self._ids.get(text.strip()) or self._plain.get(unaccented(key), [])

    def _matched(self, text: str, codes: list[str], present: list[str], place: str) -> Match:
        name = self._history.name(codes[0]) if len(codes) == 1 else self._labels[place]
        if set(codes) <= set(present):
            return Match(text, place, name=name)
        return Match(text, place, "merged_municipality", name, self._told(codes))

    def _outside(self, text: str, codes: list[str], here: str) -> Match:
        name = self._history.name(codes[0])
        message = f"{self._history.name(here)} is not in the frame"
        if told := self._told(codes):
            message += f" ({told})"
        allowed = "a municipality of frame.csv"
        return Match(text, None, "outside_frame", name, message, allowed, MEND_OUTSIDE)

    def _undecided(self, text: str, codes: list[str], present: list[str]) -> Match:
        """The text means several municipalities, or one that did not exist yet."""
        name = self._history.name(codes[0]) if len(codes) == 1 else None
        could = present
        if not present:
            could = once(old for code in codes for old in self._history.before(code, self._day))
            starts = (
                f"{self._history.name(c)} exists since {self._history.since(c)}" for c in codes
            )
            message = f"{'; '.join(starts)}, which is after the fieldwork of {self._day}"
        elif len(codes) > 1:
            message = f"{len(codes)} municipalities are called so"
        else:
            message = self._told(codes)
        allowed = listed((f"{self._history.name(code)} ({code})" for code in could), "or")
        return Match(text, None, "unknown_municipality", name, message, allowed or ANY, MEND)

    def _unrecognised(self, text: str) -> Match:
        key = unaccented(fold(text))
        if CODE.fullmatch(key):
            message, allowed = "no municipality has this code", ANY
        else:
            message, near = "is no municipality that is known", self._near(key)
            allowed = f"did you mean {listed(near, 'or')}?" if near else ANY
        return Match(text, None, "unknown_municipality", None, message, allowed, MEND)

    def _near(self, key: str) -> list[str]:
        """The names in the frame that are most like a text."""
        names = [*self._labels.values(), *map(self._history.name, self._rows)]
        spelt = {unaccented(fold(name)): name for name in names}
        return [spelt[k] for k in difflib.get_close_matches(key, spelt, n=2, cutoff=LIKENESS)]

    def _told(self, codes: Iterable[str]) -> str:
        return "; ".join(filter(None, (self._history.told(code, self._day) for code in codes)))


def frame_for(
    register: Register, municipalities: pd.DataFrame, day: date
) -> tuple[pd.DataFrame, list[str]]:
    """The municipalities of an earlier round as they exist on `day`, and what befell them.

    `municipalities` has the columns `municipality, name, code_2016` (the codes of that round).
    Gives a frame `municipality, name, code` and a text for every municipality that changed. Those
    that went up in one become one row; one that was divided is left out, and the text says so.
    """
    history = History(register)
    groups: list[list[tuple[Any, list[str]]]] = []
    told = []
    for row in rows(municipalities):
        became = [history.on(code, day) for code in row.code_2016.split()]
        befell = "; ".join(filter(None, (history.told(c, day) for c in row.code_2016.split())))
        if any(len(parts) != 1 for parts in became):
            befell = befell or f"{row.name} does not exist yet on {day}"
            told.append(f"{befell}: {row.municipality} is left out; add to frame.csv what is asked")
            continue
        told += [befell] if befell else []
        codes = once(code for parts in became for code in parts)
        joined = [g for g in groups if any(set(codes) & set(others) for _, others in g)]
        groups = [g for g in groups if g not in joined[1:]]
        if joined:
            joined[0] += [member for group in joined[1:] for member in group] + [(row, codes)]
        else:
            groups.append([(row, codes)])
    frame = pd.DataFrame(
        [_framed(history, group) for group in groups], columns=["municipality", "name", "code"]
    )
    return frame.astype("str"), told


def _framed(history: History, group: list[tuple[Any, list[str]]]) -> tuple[str, str, str]:
    """The one row of municipalities that are one now; an unchanged one keeps its id and name."""
    codes = once(code for _, present in group for code in present)
    for row, _ in group:
        if set(row.code_2016.split()) == set(codes):
            return row.municipality, row.name, row.code_2016
    name = "/".join(map(history.name, codes))
    return re.sub("[^a-z0-9]+", "_", unaccented(fold(name))).strip("_"), name, " ".join(codes)


def frame_problems(
    register: Register, frame: pd.DataFrame, day: date, file: str
) -> Iterator[Problem]:
    """What is wrong with a round's frame, before anything is matched to it.

    `file` is how messages call it. A code must exist on `day` and stand there once; a name or an
    id must not be what another municipality is called.
    """
    history = History(register)
    named = names_of(register)
    first: dict[tuple[str, str], int] = {}
    for line, row in enumerate(rows(frame), start=2):
        codes = row.code.split()
        if not codes:
            yield Problem(file, "wrong value", line, "code", found="", allowed="a code (GM0344)")
        for code in codes:
            yield from _code_problems(history, code, day, file, line)
        cells = [("code", code) for code in codes]
        for column, cell in (*cells, ("municipality", row.municipality), ("name", fold(row.name))):
            if (before := first.setdefault((column, cell), line)) != line:
                message = f"stands in row {before} too"
                yield Problem(file, message, line, column, found=cell, allowed="once")
        for column, cell in (("municipality", row.municipality), ("name", row.name)):
            means = named.get(fold(cell), [])
            others = once(c for m in means for c in history.on(m, day) if c not in codes)
            if others:
                message = f"is what {listed(map(history.name, others), 'and')} is called"
                allowed = "a name or id that means no other municipality"
                yield Problem(file, message, line, column, found=cell, allowed=allowed)


def _code_problems(
    history: History, code: str, day: date, file: str, line: int
) -> Iterator[Problem]:
    present = history.on(code, day)
    if code not in history:
        allowed = "a code of Statistics Netherlands, such as GM0344"
        yield Problem(file, "no municipality has this code", line, "code", code, allowed)
    elif present != [code]:
        told = history.told(code, day) or f"{history.name(code)} does not exist yet on {day}"
        here = present or history.before(code, day)
        allowed = listed((f"{other} ({history.name(other)})" for other in here), "or")
        yield Problem(file, told, line, "code", found=code, allowed=allowed)


def names_of(register: Register) -> dict[str, list[str]]:
    """The codes of every name in the register, official or not, as `fold` writes it."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    official = register.codes[["name", "code"]].itertuples(index=False)
    others = register.names[["variant", "code"]].itertuples(index=False)
    for name, code in (*official, *others):
        if code not in found[fold(name)]:
            found[fold(name)].append(code)
    return dict(found)


def fold(text: str) -> str:
    """A name without what does not tell names apart: capitals, white space, the word gemeente."""
    plain = unicodedata.normalize("NFKC", text.translate(TYPOGRAPHY))
    return PREFIX.sub("", " ".join(plain.casefold().split()), count=1)


def unaccented(text: str) -> str:
    """A text without its accents."""
    split = unicodedata.normalize("NFD", text)
    return "".join(sign for sign in split if not unicodedata.combining(sign))
