"""Where a selection stands in a text: positions as the program counted them, lines as people do.

The standard counts Unicode code points from 0. Programs differ: NVivo counts the units of UTF-16,
in which a rare sign is two, and ATLAS.ti counts the two signs that end a line on Windows as one.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

LINE_END = re.compile(r"\r\n|\n|\r")
SHOWN = 20  # so many signs of a selection's name tell whether it begins with the words selected
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


@dataclass(frozen=True)
class Counting:
    """How a program counts: whether a line end of two signs is one, and a rare sign two."""

    joined: bool = False
    units: bool = False


COUNTINGS = (Counting(), Counting(joined=True), Counting(units=True), Counting(True, True))
# How programs count, by a word in the name that they give themselves (`origin`).
BY_ORIGIN = {"atlas": Counting(joined=True), "nvivo": Counting(units=True)}


def counting_of(origin: str) -> Counting:
    """How the program that calls itself `origin` counts; as the standard says where not known."""
    name = origin.casefold()
    return next((how for word, how in BY_ORIGIN.items() if word in name), Counting())


def decoded(content: bytes) -> str:
    """A text of an archive, without the mark at its beginning. Raises UnicodeError."""
    mark = next((mark for mark in MARKS if content.startswith(mark)), b"")
    return content.decode(MARKS.get(mark, "utf-8"))


@dataclass(frozen=True)
class Span:
    """A selection in a text: its first sign, the sign after its last one, and its lines."""

    start: int
    end: int
    line: int
    last_line: int
    column: int


class Text:
    """A text and how its positions are counted."""

    def __init__(self, content: str, counting: Counting = COUNTINGS[0]) -> None:
        self.content = content
        self.counting = counting

    @cached_property
    def _ends(self) -> npt.NDArray[np.int64]:
        """For every sign the position after it."""
        signs = np.frombuffer(self.content.encode("utf-32-le", "surrogatepass"), "<u4")
        widths = np.ones(len(signs), np.int64)
        if self.counting.units:
            widths[signs > 0xFFFF] = 2
        if self.counting.joined:
            widths[1:][(signs[1:] == ord("\n")) & (signs[:-1] == ord("\r"))] = 0
        ends: npt.NDArray[np.int64] = widths.cumsum()
        return ends

    @cached_property
    def _lines(self) -> list[int]:
        """Where each line but the first begins."""
        return [found.end() for found in LINE_END.finditer(self.content)]

    @property
    def length(self) -> int:
        """How many positions the text has."""
        return int(self._ends[-1]) if len(self._ends) else 0

    def _sign(self, position: int) -> int:
        return int(np.searchsorted(self._ends, position, side="right"))

    def after(self, position: int) -> str:
        """Some signs from a position on."""
        first = self._sign(position)
        return self.content[first : first + 4 * SHOWN]

    def span(self, start: int, end: int) -> Span | None:
        """The selection from position `start` to `end`; None where it lies outside the text.

        Its line is that of its first sign that is no white space: a selection may begin with the
        end of the line before.
        """
        if not 0 <= start <= end or start > self.length:
            return None
        first, last = self._sign(start), self._sign(end)
        words = self.content[first:last]
        begin = first + len(words) - len(words.lstrip()) if words.strip() else first
        line = bisect_right(self._lines, begin)
        column = begin - (self._lines[line - 1] if line else 0)
        final = bisect_right(self._lines, max(begin, first + len(words.rstrip()) - 1))
        return Span(begin, max(last, begin), line + 1, final + 1, column)


def counted(content: str, told: Counting, selections: Sequence[tuple[int, int, str]]) -> Text:
    """The text with the counting that fits its selections best: (start, end, name) of each.

    Programs name a selection by its first words. The counting `told` by the program's name holds
    unless another puts more selections inside the text, or clearly more of them on their words.
    """
    best = Text(content, told)
    if "\r\n" not in content and max(content, default="") <= "\uffff":
        return best
    inside, alike = _fit(best, selections)
    for how in COUNTINGS:
        other = Text(content, how)
        found = _fit(other, selections)
        # By 2, for one selection may really begin with a space, as all would that are one off.
        if found[0] > inside or (found[0] == inside and found[1] >= alike + 2):
            best, (inside, alike) = other, found
    return best


def _fit(text: Text, selections: Sequence[tuple[int, int, str]]) -> tuple[int, int]:
    """How many selections lie inside the text, and how well they begin as their names do."""
    inside = [(start, name) for start, end, name in selections if text.span(start, end)]
    return len(inside), sum(_begins(text.after(start), name) for start, name in inside)


def _begins(words: str, name: str) -> int:
    """Whether words begin as a selection's name does: 2, or 1 where a space comes before."""
    shown = "".join(name.split()).rstrip(".…")[:SHOWN]
    alike = bool(shown) and "".join(words.split()).startswith(shown)
    return alike * (1 if words[:1].isspace() else 2)
