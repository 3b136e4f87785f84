"""Sheets that were not finished, where a column says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analysis.intake.findings import Finding
from analysis.intake.formats.export import Export
from analysis.intake.mapping import MappedColumn
from analysis.intake.typed import Sheets, meaning

ROLE = "complete"


def only_finished(export: Export, columns: Sequence[MappedColumn]) -> tuple[Export, list[Finding]]:
    """`export` without the sheets that its column for `complete` calls unfinished; they are told.

    With codes, only `yes` is finished and a text without a code is told; without codes, whatever
    stands in the cell means finished, such as the date of sending in.
    """
    mapped = next((c for c in columns if c.becomes == ROLE and c.column in export.cells), None)
    if mapped is None:
        return export, []
    cells, codes = export.cells[mapped.column], mapped.codes
    means = [meaning(codes, str(text)) if codes else "yes" for text in cells.categories]
    done = np.append(np.array(means, dtype=object), "")[cells.codes] == "yes"
    found = Sheets(export.file, export.rows)
    unknown = Finding("unknown_code", export.file, None, mapped.column, allowed=", ".join(codes),
                      message="does not say whether the sheet was finished",
                      mend="add it to codes in mapping.csv")  # fmt: skip
    found.tell_texts(
        cells,
        np.array([not told for told in means], dtype=bool),
        lambda code: replace(unknown, found=str(cells.categories[code])),
    )
    count = int((~done).sum())
    if count:
        message = f"{count} answer sheets were left out"
        left = Finding("incomplete", export.file, None, mapped.column, message=message, count=count)
        found.findings.append(left)
    kept = {name: values[done] for name, values in export.cells.items()}
    return replace(export, cells=kept, rows=export.rows[done]), found.findings
