"""What is decided in one row of a mapping, filled in for the rows that are like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analysis.intake.mapping import UNDECIDED, MappedColumn, kind_of
from analysis.raw.settings import Instrument


def settled(mapping: Sequence[MappedColumn], instrument: Instrument) -> list[MappedColumn]:
    """The same rows, with `?` filled in where another row of the file says what a text means.

    Who decides once what `A1` stands for need not do it for every statement. Only rows of the
    same kind count, and only a text on which all that are decided agree. Bare numbers count only
    between rows that go up to the same number: the 5 of seven points is not that of five.
    """
    decided: dict[tuple[str, str], list[MappedColumn]] = {}
    for column in mapping:
        if not column.undecided and column.codes:
            decided.setdefault(_like(column, instrument), []).append(column)
    return [_filled(column, decided.get(_like(column, instrument), [])) for column in mapping]


def _like(column: MappedColumn, instrument: Instrument) -> tuple[str, str]:
    """What rows share that mean the same by a text: their file, and their kind or question."""
    kind = kind_of(column.becomes, instrument) or ""
    return column.file, column.becomes if kind == "multiple" else kind


def _filled(column: MappedColumn, decided: Sequence[MappedColumn]) -> MappedColumn:
    """One row with its `?` filled in, and with what is known of texts that nobody chose yet."""
    open_texts = [text for text, code in column.codes.items() if code == UNDECIDED]
    if any(text.isdigit() for text in open_texts):
        decided = [row for row in decided if _highest(row) == _highest(column)]
    known: dict[str, set[str]] = {}
    for row in decided:
        for text, code in row.codes.items():
            known.setdefault(text, set()).add(code)
    agreed = {text: next(iter(codes)) for text, codes in known.items() if len(codes) == 1}
    if not open_texts or not all(text in agreed for text in open_texts):
        return column
    codes = {text: agreed.get(text, code) for text, code in column.codes.items()}
    why = f"{column.why}; codes as in another row" if column.why else "codes as in another row"
    return replace(column, codes=dict(sorted((agreed | codes).items())), why=why)


def _highest(column: MappedColumn) -> int:
    return max((int(text) for text in column.codes if text.isdigit()), default=0)
