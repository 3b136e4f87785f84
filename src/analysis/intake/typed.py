"""From the texts of an export to typed answers: every distinct text is looked up once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.answers import ANSWERS, POSITION_OF
from analysis.intake.findings import Finding
from analysis.intake.formats.export import Export
from analysis.intake.mapping import MappedColumn
from analysis.raw.settings import GROUPS, Instrument, Item

Codes = npt.NDArray[np.int8]
CODE = {answer: np.int8(number) for number, answer in enumerate(ANSWERS)}
EMPTY = np.int8(-1)
UNKNOWN = np.int8(-2)
# The decimals of a whole number; three of them may as well be thousands (`1.000`).
WHOLE = re.compile(r"(?<=[0-9])[.,]0{1,2}$")
# How many faults of one kind in one column are told row by row; the rest is counted.
TOLD = 1000


@dataclass
class Sheets:
    """The answer sheets of one export, typed: an entry per sheet in every array.

    `answers` holds, per item or box, codes into `ANSWERS`, `EMPTY` where the cell is. `asked`
    tells who was put the item, once `route` has said so. `given` are the answers as they were
    given, before a reversed item is turned round. `columns` names the export's column of an item;
    `unread` tells on which sheets something stands there that could not be read.
    """

    file: str
    rows: npt.NDArray[np.int64]
    answers: dict[str, Codes] = field(default_factory=dict)
    given: dict[str, Codes] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    unread: dict[str, npt.NDArray[np.bool_]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def tell(self, where: npt.NDArray[np.bool_], finding: Finding) -> None:
        """Add `finding` for each sheet in `where`, the first thousand by their row."""
        rows = self.rows[where]
        for row in rows[:TOLD]:
            self.findings.append(_at(finding, int(row)))
        if len(rows) > TOLD:
            more = len(rows) - TOLD
            rest = f"{finding.message or finding.rule}: in {more} rows more"
            self.findings.append(_at(finding, None, count=more, message=rest))

    def tell_texts(
        self, cells: pd.Categorical, wrong: npt.NDArray[np.bool_], finding: Callable[[int], Finding]
    ) -> None:
        """Tell each cell whose text is `wrong`, an entry per distinct text of `cells`.

        `finding` gives what to tell of a text by its number; the first thousand are told by row.
        """
        places = np.flatnonzero(np.append(wrong, False)[cells.codes])
        self.tell_each(places, lambda place: finding(int(cells.codes[place])))

    def tell_each(
        self, places: npt.NDArray[np.intp], finding: Callable[[int], Finding], alike: str = ""
    ) -> None:
        """Tell what `finding` gives for each sheet at `places`, the first thousand by row.

        `alike` says of all what `finding` says of each, where that differs from sheet to sheet.
        """
        for place in places[:TOLD]:
            self.findings.append(_at(finding(int(place)), int(self.rows[place])))
        if len(places) > TOLD:
            more = len(places) - TOLD
            first = finding(int(places[TOLD]))
            message = f"{alike or first.message or first.rule}: in {more} rows more"
            allowed = None if alike else first.allowed
            rest = {"count": more, "message": message, "found": None, "allowed": allowed}
            self.findings.append(_at(first, None, **rest))


def _at(finding: Finding, row: int | None, **changes: object) -> Finding:
    return Finding(**{**finding.__dict__, "file": finding.file, "row": row, **changes})


def type_items(export: Export, columns: Sequence[MappedColumn], instrument: Instrument) -> Sheets:
    """The items of `export` as codes, with a finding for each text that has no code.

    `columns` are the accepted rows of `mapping.csv` for this file.
    """
    sheets = Sheets(export.file, export.rows)
    for mapped in columns:
        item = instrument.find(mapped.becomes.partition(".")[0])
        if item is None or mapped.column not in export.cells:
            continue
        cells = export.cells[mapped.column]
        if item.kind == "multiple" and "." not in mapped.becomes:
            _type_options(sheets, mapped, item, cells)
            sheets.unread[item.id] = unreadable(export, mapped.column)
            continue
        codes = _look_up(sheets, mapped, cells)
        sheets.unread[mapped.becomes] = (codes == UNKNOWN) | unreadable(export, mapped.column)
        codes = np.where(codes == UNKNOWN, EMPTY, codes)
        sheets.given[mapped.becomes] = codes
        sheets.answers[mapped.becomes] = _turned(codes) if mapped.reversed else codes
        sheets.columns[mapped.becomes] = mapped.column
    return sheets


def unreadable(export: Export, column: str) -> npt.NDArray[np.bool_]:
    """The sheets of which the reader itself could not read the cell in `column`, and said so."""
    told = [f.row for f in export.findings if f.rule == "unreadable" and f.column == column]
    return np.isin(export.rows, [row for row in told if row is not None])


def meaning(codes: Mapping[str, str], text: str) -> str:
    """What `text` stands for in `codes`, empty for nothing; `3,0` and `3.0` are 3.

    A spreadsheet writes a whole number either way, and one odd cell in a column keeps a reader
    from taking the others for numbers.
    """
    return codes.get(text) or codes.get(WHOLE.sub("", text), "")


def _look_up(sheets: Sheets, mapped: MappedColumn, cells: pd.Categorical) -> Codes:
    """Answer codes of a column; a text without one is told, and is `UNKNOWN`."""
    meant = [meaning(mapped.codes, str(text)) for text in cells.categories]
    table = np.array([*(CODE.get(code, UNKNOWN) for code in meant), EMPTY], dtype=np.int8)
    _tell_unknown(sheets, mapped, cells, table)
    return np.asarray(table[cells.codes], dtype=np.int8)


def _tell_unknown(
    sheets: Sheets, mapped: MappedColumn, cells: pd.Categorical, table: Codes
) -> None:
    def told(code: int) -> Finding:
        return _unknown(sheets.file, mapped, str(cells.categories[code]))

    sheets.tell_texts(cells, table[:-1] == UNKNOWN, told)


def _unknown(file: str, mapped: MappedColumn, text: str) -> Finding:
    """The finding for a text that is not in `codes`: out of range where both are numbers."""
    numbers = [_number(known) for known in mapped.codes]
    number = _number(text)
    known = [n for n in numbers if n is not None]
    beyond = number is not None and len(known) == len(numbers) and len(known) > 0
    rule, message = "unknown_code", "is not a code of this column"
    if beyond and number is not None and not min(known) <= number <= max(known):
        rule, message = "out_of_range", "lies outside the scale"
    mend = "add it to codes in mapping.csv, or put the cell right in corrections.csv"
    allowed = ", ".join(mapped.codes)
    return Finding(rule, file, None, mapped.column, mapped.becomes, text, allowed, mend, message)


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _turned(codes: Codes) -> Codes:
    """A reversed item: 1 becomes 5, 2 becomes 4."""
    turned = {CODE["1"]: "5", CODE["2"]: "4", CODE["4"]: "2", CODE["5"]: "1"}
    table = np.array(
        [CODE[turned.get(code, answer)] for answer, code in CODE.items()] + [EMPTY], dtype=np.int8
    )
    return table[codes]


def _type_options(sheets: Sheets, mapped: MappedColumn, item: Item, cells: pd.Categorical) -> None:
    """All boxes of an item from one cell, such as `1,3`: ticked where the cell names them."""
    split = [_split(str(text), mapped.codes) for text in cells.categories]
    ticked = [options for options, _ in split]
    unknown = np.array([bool(rest) for _, rest in split], dtype=bool)
    sheets.tell_texts(cells, unknown, lambda code: _unknown(sheets.file, mapped, split[code][1]))
    for option in item.options:
        name = f"{item.id}.{option.id}"
        table = [CODE["selected" if option.id in chosen else "not_selected"] for chosen in ticked]
        none = [
            CODE["missing"] if chosen & {"missing", "dont_know"} else code
            for chosen, code in zip(ticked, table, strict=True)
        ]
        codes = np.array([*none, EMPTY], dtype=np.int8)[cells.codes]
        sheets.answers[name] = sheets.given[name] = codes
        sheets.columns[name] = mapped.column


def _split(text: str, codes: Mapping[str, str]) -> tuple[set[str], str]:
    """What the texts in one cell stand for, and the first that stands for nothing.

    The longest known text comes first, as a text may hold a comma itself.
    """
    known = sorted(codes, key=len, reverse=True)
    chosen: set[str] = set()
    rest = text.strip()
    while rest:
        match = next((k for k in known if _starts(rest, k)), None)
        if match is None:
            return chosen, rest
        chosen.add(codes[match])
        rest = rest[len(match) :].lstrip(" ,;|")
    return chosen, ""


def _starts(text: str, known: str) -> bool:
    """Whether `text` is `known`, alone or before a mark that separates."""
    rest = text[len(known) :].lstrip(" ")
    return text.startswith(known) and (not rest or rest[0] in ",;|")


def route(sheets: Sheets, group: npt.NDArray[np.object_], instrument: Instrument) -> None:
    """Say who was asked what: fill in what was left empty, tell answers to unasked questions.

    `group` is the group of each sheet, any other text where it is not known. An item that was
    asked and left empty is `missing`; a box that was not ticked is `not_selected`.
    """
    real = np.array([*(a not in ("missing", "not_selected") for a in ANSWERS), False])
    for item in instrument.items:
        asked = np.isin(group, [str(name) for name in item.publish])
        asked &= _led_to(sheets, item, len(group))
        for name in columns_of(item):
            if name not in sheets.answers:
                continue
            codes = sheets.answers[name]
            broken = ~asked & real[codes] & np.isin(group, GROUPS)
            if item.asked_if and item.asked_if.item in sheets.unread:
                # Whether it leads here is not known; what is wrong with it was told.
                broken &= ~sheets.unread[item.asked_if.item]
            if broken.any():
                _tell_routing(sheets, item, name, broken, group)
            blank = CODE["missing" if item.kind == "scale" else "not_selected"]
            filled = np.where(codes == EMPTY, blank, codes)
            sheets.answers[name] = np.where(asked, filled, EMPTY).astype(np.int8)


def columns_of(item: Item) -> Iterator[str]:
    """The columns that an item has in `answers_by_respondent`: itself, or each of its boxes."""
    if item.kind == "scale":
        yield item.id
    for option in item.options:
        yield f"{item.id}.{option.id}"


def _led_to(sheets: Sheets, item: Item, size: int) -> npt.NDArray[np.bool_]:
    """Whose answer to the earlier item leads to this one. Without one, everybody's does."""
    gate = item.asked_if
    if gate is None or gate.item not in sheets.answers:
        return np.ones(size, dtype=bool)
    leads = np.array([*(POSITION_OF[a] in gate.positions for a in ANSWERS), False])
    return leads[sheets.answers[gate.item]]


def _tell_routing(
    sheets: Sheets, item: Item, name: str, broken: npt.NDArray[np.bool_], group: npt.NDArray
) -> None:
    mend = "leave the cell empty in corrections.csv, or mend asked_if or publish of the item"
    asked_of = " and ".join(str(g) for g in item.publish)
    wrong_group = broken & ~np.isin(group, [str(g) for g in item.publish])
    column = sheets.columns[name]
    finding = Finding(
        "routing", sheets.file, None, column, name, "an answer", "no answer", mend,
        f"was asked of {asked_of} only",
    )  # fmt: skip
    sheets.tell(wrong_group, finding)
    if item.asked_if is not None:
        positions = " or ".join(item.asked_if.positions)
        message = f"was asked only after {positions} on {item.asked_if.item}"
        sheets.tell(broken & ~wrong_group, _at(finding, None, message=message))
