"""The cell `codes` of `mapping.csv`: `1=1; 2=2; Weet niet=dont_know`.

A text that holds `;`, `=` or `"`, or begins or ends with a space, stands in double quotes; a double
quote in it is written twice: `"Ja; altijd"=5; "zeg ""nee"" dan"=1`. So does what follows the sign.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_TEXT = r'(?:"((?:[^"]|"")*)"|([^";=\s][^;=]*)?)'
_PIECE = re.compile(rf"\s*{_TEXT}\s*=\s*{_TEXT}\s*(?:;|$)")
_UP_TO = re.compile(r'(?:"(?:[^"]|"")*"|[^;])*;?')


def write_codes(codes: Mapping[str, str]) -> str:
    """The cell that `read_codes` reads as `codes`."""
    return "; ".join(f"{_quoted(text)}={_quoted(meaning)}" for text, meaning in codes.items())


def read_codes(cell: str) -> tuple[dict[str, str], list[str]]:
    """What each text stands for, and what is wrong with the cell, one message per fault.

    Wrong is a piece without a sign `=` or with two, an empty text or meaning, and a text that
    stands twice.
    """
    codes: dict[str, str] = {}
    faults: list[str] = []
    place = 0
    while place < len(cell):
        found = _PIECE.match(cell, place)
        if not found:
            end = max(_up_to(cell, place), place + 1)
            if piece := cell[place:end].strip(" ;\t\r\n"):
                faults.append(f"{piece!r} is not one text, '=' and what it stands for")
            place = end
            continue
        place = found.end()
        text, meaning = _read(found[1], found[2]), _read(found[3], found[4])
        if not text or not meaning:
            faults.append(f"{found[0].strip()!r} has nothing on one side of the sign '='")
        elif text in codes:
            faults.append(f"code {text!r} stands twice")
        else:
            codes[text] = meaning
    return codes, faults


def _up_to(cell: str, place: int) -> int:
    found = _UP_TO.match(cell, place)
    return found.end() if found else len(cell)


def _read(quoted: str | None, plain: str | None) -> str:
    return (plain or "").strip() if quoted is None else quoted.replace('""', '"')


def _quoted(text: str) -> str:
    plain = text == text.strip() and not any(sign in text for sign in ';="')
    return text if plain and text else '"' + text.replace('"', '""') + '"'
