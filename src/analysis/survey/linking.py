"""The same municipality in two rounds: by statistical code, followed through mergers.

A municipality of the later round is the same as one of the earlier round only when everything that
it is made of was asked then, and nothing else was. One that went up in another is followed; a
merged or enlarged municipality is linked to all its parts together; where a part was not asked, or
was divided over several municipalities, there is no link.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

import pandas as pd

from analysis.raw.municipalities import History, Register
from analysis.raw.tables import rows

Links = Mapping[str, tuple[str, ...]]


def link_frames(
    register: Register, then: pd.DataFrame, then_day: date, now: pd.DataFrame, now_day: date
) -> dict[str, tuple[str, ...]]:
    """Which municipalities of the earlier frame make up each one of the later frame.

    Both frames have the columns `municipality, name, code`, with codes of their own day. Gives, by
    the id of the later frame, the ids of the earlier one; who cannot be linked is left out.
    """
    history = History(register)
    became = {
        code: set(history.on(code, now_day))
        for code in register.codes["code"]
        if history.on(code, then_day) == [code]
    }
    made_of: defaultdict[str, set[str]] = defaultdict(set)
    for code, later in became.items():
        for after in later:
            made_of[after].add(code)
    asked = {code: row.municipality for row in rows(then) for code in row.code.split()}
    whole = {row.municipality: set(row.code.split()) for row in rows(then)}
    found = {}
    for row in rows(now):
        codes = set(row.code.split())
        parts = {part for code in codes for part in made_of[code]}
        ids = {asked[part] for part in parts if part in asked}
        complete = parts and all(part in asked and became[part] <= codes for part in parts)
        if complete and set().union(*(whole[name] for name in ids)) == parts:
            found[str(row.municipality)] = tuple(sorted(map(str, ids)))
    return found


def as_later(answers: pd.DataFrame, links: Links) -> pd.DataFrame:
    """The earlier answers of all who can be linked, under the ids of the later frame.

    `answers` are `answers_by_respondent`. A merged municipality is there for a group only when
    that group took part in each of its parts; their respondents are then taken together.
    """
    kept = []
    for _, members in answers.groupby("group", observed=True, sort=False):
        municipality = members["municipality"].astype("str")
        present = set(municipality)
        later = {
            part: name
            for name, parts in links.items()
            if present.issuperset(parts)
            for part in parts
        }
        kept.append(members.assign(municipality=municipality.map(later)))
    whole = pd.concat(kept) if kept else answers
    return whole[whole["municipality"].notna()].reset_index(drop=True)
