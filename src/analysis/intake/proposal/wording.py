"""Answer texts that are known whatever the questionnaire: "helemaal mee eens", "Y", "ambtenaar".

The texts stand in `wording.yml`, by kind of column and by what they stand for.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("wording.yml")
# Which parts of the file hold for a kind of column; `multiple` is several options in one cell.
PARTS = {
    "scale": ("scale", "unsure"),
    "box": ("box", "missing"),
    "multiple": ("unsure",),
    "group": ("group",),
    "team_type": ("team_type",),
    "option": ("option",),
    "complete": ("complete",),
}
# "5 - Helemaal mee eens", "1 = helemaal oneens", "5 (strongly agree)"
NUMBERED = re.compile(r"^[0-9]+(?:\s*[-–=.:)(]\s*|\s+)(?=[^\W\d_])")


def fold(text: str) -> str:
    """`text` as it is compared: without case, accents and punctuation, one space between words."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    kept = (sign if sign.isalnum() else " " for sign in bare if not unicodedata.combining(sign))
    return " ".join("".join(kept).split())


def stands_for(text: str, kind: str) -> str | None:
    """What an answer text stands for in a column of `kind` (one of `PARTS`), None if not known.

    A scale gives `1` to `5`, `dont_know` or `missing`; a box `selected`, `not_selected` or
    `missing`; `multiple` only `dont_know` or `missing`; `option` only `other`; a group or a team
    type its id; `complete` yes or no. A number before the text is passed over; a bare number says
    nothing about a scale.
    """
    known = _known(kind)
    return known.get(fold(text)) or known.get(fold(NUMBERED.sub("", text.strip())))


@cache
def _known(kind: str) -> dict[str, str]:
    parts = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    parts["missing"] = {"missing": parts["unsure"]["missing"]}
    return {
        fold(text): meaning
        for part in PARTS[kind]
        for meaning, texts in parts[part].items()
        for text in texts
    }
