"""What several coders said of the same lines, arranged to measure how far they agree."""

from __future__ import annotations

import pandas as pd

from analysis.qda.codes import Meanings
from analysis.qda.codings import CaseCodings
from analysis.qda.fragments import coder_number
from analysis.raw.tables import rows

NONE = "none"


def ratings(codings: CaseCodings, told: Meanings, group: str) -> pd.DataFrame:
    """The codes of one `group` (`theme`, `kind`, …) by coder and unit, for `stats.coders`.

    One row per coder, one column per unit: a line (`source, line`) of a document that two coders
    or more worked on, which at least one of them gave a code of the group. A cell holds the codes
    in alphabetical order, `none` where the coder gave none there, and is empty where the coder did
    not work on the document. A point counts as its theme only where `told` says so. Lines that
    nobody coded are left out: that all pass over the same small talk is no agreement on themes.
    """
    given: dict[tuple[str, int], dict[str, set[str]]] = {}
    worked: dict[str, set[str]] = {}
    for row in rows(codings.table):
        worked.setdefault(row.source, set()).add(row.coder)
        codes = {t.code for t in told.codes.get(row.code, ()) if t.group == group}
        if row.line is None or not codes or row.source not in told.sources:
            continue
        for line in range(row.line, row.last_line + 1):
            given.setdefault((row.source, line), {}).setdefault(row.coder, set()).update(codes)
    units = {unit: said for unit, said in given.items() if len(worked[unit[0]]) > 1}
    coders = sorted(set().union(*worked.values()), key=coder_number) if worked else []
    table = {
        unit: [
            " ".join(sorted(said.get(coder, {NONE}))) if coder in worked[unit[0]] else None
            for coder in coders
        ]
        for unit, said in sorted(units.items())
    }
    found = pd.DataFrame(table, index=coders, dtype="object")
    found.columns = pd.MultiIndex.from_tuples(list(table), names=("source", "line"))
    return found
