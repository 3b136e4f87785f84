"""`mapping.csv`: what each column of an export file becomes, row by row, and who accepted it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

from analysis.intake.codes import read_codes, write_codes
from analysis.intake.saved_table import read_saved, write_saved
from analysis.project import DataError, Problem
from analysis.raw.settings import GROUPS, Instrument

# What a column can become besides an item (`less_trust`), a box (`policy_aspects.culture`) or all
# boxes of an item in one cell (`policy_aspects`).
ROLES = {
    "respondent": "the number or code that tells answer sheets apart",
    "municipality": "the name or the statistical code of a municipality",
    "group": "professionals or officials",
    "team_type": "youth, social or integrated",
    "started": "when the answer sheet was opened",
    "finished": "when it was sent in",
    "complete": "whether it was finished; one that was not, is left out",
    "simulated": "marks answers that nobody gave",
    "personal": "identifies people: dropped",
    "open": "an answer in the respondent's own words: dropped",
    "not_used": "dropped",
}
DROPPED = ("personal", "open", "not_used")
COLUMNS = ("file", "column", "label", "becomes", "codes", "reversed", "accepted", "why")
UNDECIDED = "?"
YES = {"yes": True, "ja": True, "no": False, "nee": False}
TICKED = ("selected", "not_selected", "missing")
SCORED = ("1", "2", "3", "4", "5", "dont_know", "missing")


@dataclass(frozen=True)
class MappedColumn:
    """One row of `mapping.csv`.

    `file` is the name of the export in the round's folder `answers`, `column` its heading,
    `label` the question as the export tells it. `becomes` is a role of `ROLES`, an item or a box;
    empty while nobody has decided. `codes` says what each text in the column stands for: an
    answer (`1` to `5`, `dont_know`, `missing`, `selected`, `not_selected`), a group, a team type,
    a municipality's id or an option's id. A `reversed` item is turned round (1 becomes 5). `why`
    tells how the row was proposed.
    """

    file: str
    column: str
    label: str = ""
    becomes: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    reversed: bool = False
    accepted: bool = False
    why: str = ""

    @property
    def dropped(self) -> bool:
        """Whether nothing of the column is kept."""
        return self.becomes in DROPPED

    @property
    def rescaled(self) -> bool:
        """Whether the answers come from a scale that has not five points."""
        scored = [code for code in self.codes.values() if code in SCORED[:5]]
        return len(scored) > len(set(SCORED[:5])) or scored.count("3") == 0 < len(scored)

    @property
    def undecided(self) -> str:
        """What somebody still has to decide before the row can count; empty when nothing."""
        if not self.becomes:
            return "say what the column becomes"
        if open_codes := [text for text, code in self.codes.items() if code == UNDECIDED]:
            texts = ", ".join(repr(text) for text in open_codes)
            return f"decide what {texts} stands for"
        return ""


def kind_of(becomes: str, instrument: Instrument) -> str | None:
    """What sort of thing a column becomes: `scale`, `box`, `multiple` (all boxes of an item in
    one cell), the role itself, or None for what is neither a role nor in the questionnaire."""
    if becomes in ROLES:
        return becomes
    name, dot, option = becomes.partition(".")
    item = instrument.find(name)
    if item is None:
        return None
    if dot:
        return "box" if option in [known.id for known in item.options] else None
    return item.kind


def allowed_codes(becomes: str, instrument: Instrument) -> tuple[str, ...] | None:
    """What the texts of a column can stand for; None where that is any text."""
    kind = kind_of(becomes, instrument)
    item = instrument.find(becomes)
    options = tuple(option.id for option in item.options) if item else ()
    return {
        "scale": SCORED,
        "box": TICKED,
        "multiple": (*options, "missing", "dont_know"),
        "group": GROUPS,
        "team_type": tuple(instrument.team_types),
        "municipality": None,
        "complete": ("yes", "no"),
    }.get(kind or "", ())


def read_mapping(path: Path, name: str, instrument: Instrument) -> list[MappedColumn]:
    """The rows of `mapping.csv` at `path`; `name` is how messages call it.

    It may be separated by `,` `;` or tabs, in UTF-8 or Windows-1252; `codes` as in
    `analysis.intake.codes`. Raises DataError listing every fault by row and column: what a column
    cannot become, a code that stands twice or for something impossible, an item that two columns
    of a file become, a row that is accepted while something is undecided.
    """
    rows = read_saved(path, COLUMNS, name)
    columns = [_mapped(cells) for _, cells in rows]
    problems = []
    for (number, cells), column in zip(rows, columns, strict=True):
        faults = [*_cell_faults(cells), *_faults(column, instrument)]
        problems += [replace(fault, file=name, row=number) for fault in faults]
    problems += _clashes(columns, [number for number, _ in rows], name)
    if problems:
        raise DataError(sorted(problems, key=lambda problem: problem.row or 0))
    return columns


def write_mapping(path: Path, columns: Sequence[MappedColumn]) -> None:
    """Write `columns` as `mapping.csv` at `path`, so that `read_mapping` gives them back."""
    rows = [
        [
            *(column.file, column.column, column.label, column.becomes, write_codes(column.codes)),
            *("yes" if told else "no" for told in (column.reversed, column.accepted)),
            column.why,
        ]
        for column in columns
    ]
    write_saved(path, COLUMNS, rows)


def accept(columns: Sequence[MappedColumn]) -> list[MappedColumn]:
    """The same rows, all accepted. Raises DataError listing those that are not decided yet."""
    problems = [
        Problem("mapping.csv", f"{column.file}, {column.column}: {column.undecided}", row, where)
        for row, column in enumerate(columns, start=2)
        if column.undecided
        for where in ["codes" if column.becomes else "becomes"]
    ]
    if problems:
        raise DataError(problems)
    return [replace(column, accepted=True) for column in columns]


def _mapped(cells: Mapping[str, str]) -> MappedColumn:
    codes, _ = read_codes(cells["codes"])
    told = {name: YES.get(cells[name].lower(), False) for name in ("reversed", "accepted")}
    texts = {name: cells[name] for name in ("file", "column", "label", "becomes", "why")}
    return MappedColumn(**texts, **told, codes=codes)  # type: ignore[arg-type]


def _cell_faults(cells: Mapping[str, str]) -> Iterator[Problem]:
    """Faults of single cells, whatever the row is about; file and row are filled in later."""
    for name in ("file", "column"):
        if not cells[name]:
            yield Problem("", "wrong value", column=name, found="", allowed="a value")
    for name in ("reversed", "accepted"):
        if cells[name].lower() not in YES:
            found = cells[name]
            yield Problem("", "wrong value", column=name, found=found, allowed="yes or no")
    for fault in read_codes(cells["codes"])[1]:
        allowed = "text=code, separated by ';'; a text with ';' or '=' in double quotes"
        yield Problem("", fault, column="codes", allowed=allowed)


def _faults(column: MappedColumn, instrument: Instrument) -> Iterator[Problem]:
    """What is wrong with a row by itself; file and row are filled in later."""
    if column.accepted and column.undecided:
        where, mend = "codes" if column.becomes else "becomes", column.undecided
        yield Problem("", "is accepted but not decided", column=where, mend=mend)
    kind = kind_of(column.becomes, instrument)
    if column.becomes and kind is None:
        yield _unknown_target(column.becomes, instrument)
    if column.reversed and kind not in ("scale", None):
        message = f"{column.becomes} has no scale to reverse"
        yield Problem("", message, column="reversed", found="yes", allowed="no")
    if kind is None:
        return
    allowed = allowed_codes(column.becomes, instrument)
    if allowed == () and column.codes:
        # What stands there is not repeated: it may be what a person wrote.
        yield Problem("", f"{column.becomes} takes no codes", column="codes", allowed="nothing")
    elif allowed is not None:
        for text, code in column.codes.items():
            if code not in (*allowed, UNDECIDED):
                message = f"code is not known{_meant(code, allowed)}"
                found = f"{text}={code}"
                yield Problem("", message, None, "codes", found, ", ".join(allowed))


def _unknown_target(becomes: str, instrument: Instrument) -> Problem:
    boxes = [f"{item.id}.{option.id}" for item in instrument.items for option in item.options]
    known = [item.id for item in instrument.items] + boxes + list(ROLES)
    item = instrument.find(becomes.partition(".")[0])
    if item is None:
        allowed = f"an item, a box (item.option), {', '.join(ROLES)}; a new item first goes under "
        allowed += "items in round.yml"
        message = "is no item and no role"
    else:
        allowed = ", ".join(option.id for option in item.options) or f"{item.id}, without a box"
        message = f"is no box of {item.id}"
    message += _meant(becomes, known)
    return Problem("", message, column="becomes", found=becomes, allowed=allowed)


def _meant(word: str, known: Sequence[str]) -> str:
    near = get_close_matches(word.lower(), known, n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _clashes(columns: Sequence[MappedColumn], rows: Sequence[int], name: str) -> Iterator[Problem]:
    """Columns that stand twice, and what two columns of one file become."""
    first: dict[tuple[str, ...], int] = {}
    for row, column in zip(rows, columns, strict=True):
        if (before := first.setdefault(("", column.file, column.column), row)) != row:
            message = f"column stands in row {before} too"
            yield Problem(name, message, row, "column", column.column, "each column once")
        if not column.becomes or column.dropped:
            continue
        whole = first.get((column.file, column.becomes.partition(".")[0]), row)
        before = first.setdefault((column.file, column.becomes), row)
        boxes = first.setdefault((column.file, "box of", column.becomes.partition(".")[0]), row)
        before = min(before, whole, row if "." in column.becomes else boxes)
        if before != row:
            message = f"another column of this file becomes that too, in row {before}"
            yield Problem(name, message, row, "becomes", column.becomes, "one column for each")
