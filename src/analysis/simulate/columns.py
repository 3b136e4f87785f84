"""What stands in each column of a simulated file, and what it truly means."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.raw.settings import Instrument, Item, Option, Theme
from analysis.raw.tables import rows
from analysis.simulate.draw import GROUPS
from analysis.simulate.words import WORDS

Texts = npt.NDArray[np.object_]
Quote = Callable[[str], str]


@dataclass(frozen=True)
class Column:
    """One column of a simulated file.

    `name` is its heading, `label` the question as the file tells it. `becomes` and `codes` are
    what a correct `mapping.csv` says of it; the texts in `codes` are as an export is read, a whole
    number without a decimal part. `source` is the column of the answer sheets that is written,
    each value as `texts` has it (None: as it is). A moment is written `2027-05-12 10:33:00`, or
    with `day_first` `12-05-2027 10:33:00`.
    """

    name: str
    becomes: str
    source: str
    label: str = ""
    texts: Mapping[str, str] | None = None
    codes: Mapping[str, str] = field(default_factory=dict)
    day_first: bool = False

    def written(self, sheets: pd.DataFrame, quote: Quote = str) -> Texts:
        """The cells of this column as text, one per answer sheet."""
        values = sheets[self.source]
        if isinstance(values.dtype, pd.CategoricalDtype):
            texts = [str(kind) for kind in values.cat.categories]
            if self.texts is not None:
                texts = [self.texts.get(text, "") for text in texts]
            table = np.array([quote(text) for text in (*texts, "")], dtype=object)
            found: Texts = table[values.cat.codes.to_numpy()]
            return found
        told = self._moments(values) if values.dtype.kind == "M" else values.tolist()
        return np.array([quote(str(value)) for value in told], dtype=object)

    def _moments(self, values: pd.Series) -> list[str]:
        """Moments as text; those that are not there are empty."""
        told = np.datetime_as_string(values.to_numpy("datetime64[s]")).tolist()
        if self.day_first:
            told = [f"{t[8:10]}-{t[5:7]}-{t[:4]} {t[11:]}" for t in told]
        return [t.replace("T", " ") if t[0] != "N" else "" for t in told]


@dataclass(frozen=True)
class Questionnaire:
    """What is asked, where, and in which words.

    `frame` has the columns `municipality, name, code`; `language` is one of `WORDS`.
    """

    instrument: Instrument
    frame: pd.DataFrame
    language: str

    @property
    def said(self) -> Mapping[str, str]:
        """The words around the statements."""
        return WORDS[self.language]

    @property
    def names(self) -> dict[str, str]:
        """The name of each municipality."""
        return {row.municipality: row.name for row in rows(self.frame)}

    @property
    def codes(self) -> dict[str, str]:
        """The statistical code of each municipality, the first where it has two."""
        return {row.municipality: row.code.split()[0] for row in rows(self.frame)}

    def text(self, part: Theme | Option | Item) -> str:
        """A theme, an option or a statement in words."""
        return str(getattr(part, self.language))


def coded(
    name: str, becomes: str, texts: Mapping[str, str], label: str = "", source: str = ""
) -> Column:
    """A column in which each value of `source` (default: `becomes`) stands as a code or word.

    What is written as nothing is no code.
    """
    codes = {whole(text): value for value, text in texts.items() if text}
    return Column(name, becomes, source or becomes, label, texts, codes)


def whole(text: str) -> str:
    """A number as an export is read: `3,0` is 3."""
    return text.removesuffix(",0")


def numbered(values: Sequence[str]) -> dict[str, str]:
    """The values as 1, 2, 3, ..., as survey programs number a list of choices."""
    return {value: str(number) for number, value in enumerate(values, start=1)}


def groups() -> list[str]:
    """The groups in the order in which a questionnaire offers them."""
    return [str(group) for group in reversed(GROUPS)]


def pages(instrument: Instrument) -> list[tuple[Theme, list[Item]]]:
    """The pages of the questionnaire: the themes that have items, and these."""
    found = [(t, [i for i in instrument.items if i.theme == t.id]) for t in instrument.themes]
    return [(theme, items) for theme, items in found if items]


@dataclass(frozen=True)
class Question:
    """A block of the questionnaire on one page: a table of statements, or one list of boxes."""

    page: int
    theme: Theme
    items: list[Item]


def questions(instrument: Instrument) -> list[Question]:
    """The questions, in the order in which they are asked; pages are counted from 1."""
    found = []
    for number, (theme, items) in enumerate(pages(instrument), start=1):
        if scale := [item for item in items if item.kind == "scale"]:
            found.append(Question(number, theme, scale))
        found += [Question(number, theme, [item]) for item in items if item.kind == "multiple"]
    return found
