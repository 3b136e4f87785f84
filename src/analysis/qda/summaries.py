"""What a researcher says of a passage in own words: from the note with a coding, or a table.

The words of an interview are never carried over: a summary that repeats them is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.intake.proposal.wording import fold
from analysis.intake.saved_table import read_saved, write_saved
from analysis.project import DataError, Problem
from analysis.qda.names import Names

FILE = "summaries.csv"
COLUMNS = ("id", "source", "line", "codes", "summary_nl", "summary_en")
IN_A_ROW = 6
NAMELESS = "who it is, without the name (a resident, a team, a street); small letters if it is none"
# `nl: …` and `en: …`, on lines of their own or with a stroke between them.
SAID = re.compile(
    r"(?:^|[\n/])[ \t]*(nl|en)[ \t]*:[ \t]*(.*?)(?=$|\n|/[ \t]*(?:nl|en)[ \t]*:)", re.I
)


@dataclass(frozen=True)
class Summary:
    """A passage in the researcher's words, in both languages; empty where not written yet."""

    nl: str = ""
    en: str = ""

    @property
    def missing(self) -> list[str]:
        """The columns that are still empty."""
        return [f"summary_{code}" for code in ("nl", "en") if not getattr(self, code)]


def in_notes(notes: Iterable[str]) -> Summary:
    """The summary in what a coder wrote, where it has the form `nl: … / en: …`.

    The first of each language counts; anything else in the notes is left alone.
    """
    found: dict[str, str] = {}
    for note in notes:
        for language, words in SAID.findall(note.replace("\r", "\n")):
            if words.strip():
                found.setdefault(language.lower(), " ".join(words.split()))
    return Summary(found.get("nl", ""), found.get("en", ""))


class Words:
    """The runs of words in texts, to find what was copied from them."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._runs = {run for text in texts for run in _runs(text)}

    def repeats(self, said: str) -> bool:
        """Whether `said` holds six words or more in a row as they stand in the texts."""
        return not self._runs.isdisjoint(_runs(said))


def _runs(text: str) -> set[int]:
    """Every run of six words, as a number: many interviews are many runs."""
    words = fold(text).split()
    return {hash(tuple(words[n : n + IN_A_ROW])) for n in range(len(words) - IN_A_ROW + 1)}


def summary_faults(summary: Summary, words: Words, names: Names) -> list[tuple[str, str, str]]:
    """What is wrong with a summary: column, message, what is allowed.

    Of the summary nothing is repeated but a word that is taken for a name.
    """
    faults = []
    for code in ("nl", "en"):
        said = getattr(summary, code)
        column = f"summary_{code}"
        if any(map(str.isdigit, said)):
            faults.append((column, "a digit in a text", "no digits: write the number in words"))
        if words.repeats(said):
            message = f"repeats {IN_A_ROW} words or more in a row of the interview"
            faults.append((column, message, "a summary in your own words"))
        elif found := names.found(said):
            message = f"holds what may be a name: {', '.join(found)}; names are not carried over"
            faults.append((column, message, NAMELESS))
    return faults


def read_summaries(path: Path, name: str) -> dict[str, tuple[int, Summary]]:
    """The table of summaries by id of the fragment, each with its row; empty without a file.

    Raises DataError for a heading that is wrong and an id that is missing or stands twice.
    """
    if not path.is_file():
        return {}
    found: dict[str, tuple[int, Summary]] = {}
    problems = []
    for number, cells in read_saved(path, COLUMNS, name):
        key = cells["id"]
        if not key or key in found:
            message = f"id stands in row {found[key][0]} too" if key else "wrong value"
            problems.append(Problem(name, message, number, "id", key, "each id once"))
            continue
        told = (" ".join(cells[f"summary_{code}"].split()) for code in ("nl", "en"))
        found[key] = (number, Summary(*told))
    if problems:
        raise DataError(problems)
    return found


def write_summaries(
    path: Path,
    rows: Sequence[tuple[str, str, str, str]],
    known: Mapping[str, tuple[int, Summary]],
) -> None:
    """Write a row to fill in for each fragment of `rows` (id, source, line, codes).

    What was filled in stays, also where the fragment is there no more: its row comes last.
    """
    told = {row[0]: row for row in rows}
    gone = {key: (key, "", "", "no such passage any more") for key in known if key not in told}
    filled = []
    for key, row in {**told, **gone}.items():
        summary = known[key][1] if key in known else Summary()
        filled.append([*row, summary.nl, summary.en])
    write_saved(path, COLUMNS, filled)
