"""What every reader gives, whatever program wrote the file: columns of texts, and their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.intake.findings import Finding


@dataclass(frozen=True)
class Heading:
    """One column of an export.

    `name` is how the file calls it, unique in the file; `label` the question as it was put,
    where the file tells it; `values` the text of each code; `missing` the codes that the file
    itself declares to be missing.
    """

    name: str
    label: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Export:
    """A file of answers as it was read, before anything is made of it.

    `file` is how messages call it and `format` what it is (`spss`, `limesurvey`, `qualtrics`,
    `excel`, `csv`). `cells` holds, for each wanted column, one text per kept answer sheet:
    stripped of white space, code -1 where the cell is empty; codes as the program writes them
    (`1`, `A3`, `Y`), a whole number without a decimal part. `rows` is the row of each kept sheet
    in the file, as a spreadsheet counts them: the heading is row 1 (in SPSS the first case is).
    `left_out` counts the sheets that were not kept, by reason: `incomplete`, `preview`, `empty`.
    `sets` names the columns of each multiple-response set. `findings` is what is wrong with the
    file itself, such as a row that was cut.
    """

    file: str
    format: str
    headings: Sequence[Heading]
    cells: Mapping[str, pd.Categorical]
    rows: npt.NDArray[np.int64]
    left_out: Mapping[str, int] = field(default_factory=dict)
    sets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    findings: Sequence[Finding] = ()

    def heading(self, name: str) -> Heading:
        """The column called `name`; KeyError when there is none."""
        for heading in self.headings:
            if heading.name == name:
                return heading
        raise KeyError(name)
