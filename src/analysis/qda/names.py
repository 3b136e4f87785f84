"""Names of people in what a researcher wrote: they are not carried over from an interview.

What is looked for: a name after a form of address, and a word with a capital that the interview
has with a capital too. A name that the interview writes in small letters only is not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import yaml

from analysis.intake.proposal.wording import fold
from analysis.qda.codebook import our_targets
from analysis.raw.coding import CodingFrame
from analysis.raw.municipalities import Register

NOT_NAMES = Path(__file__).with_name("not_names.yml")
ADDRESS = (
    r"\b(?:[Mm]evrouw|[Mm]eneer|[Mm]ijnheer|[Dd]e heer|[Dd]hr|[Mm]w|[Mm]evr|[Mm]rs|[Mm]r|[Mm]s"
    r"|[Mm]iss|[Dd]rs|[Dd]r|[Pp]rof)\b\.?\s+"
)
# What stands between a form of address and a name.
BETWEEN = (
    r"(?P<between>(?:(?:in 't|op de|[Vv]an|[Vv]on|[Dd]e|[Dd]er|[Dd]en|[Hh]et|[Tt]en|[Tt]er|[Tt]e"
    r"|[Ee]l|[Aa]l|[Bb]en|[Ll]a|[Ll]e|[Dd]u|'t)[\s-]+)*)"
)
WORD = r"[^\W\d_]+(?:['’.-][^\W\d_]+)*"
ADDRESSED = re.compile(rf"{ADDRESS}{BETWEEN}(?P<name>{WORD})")
WORDS = re.compile(WORD)
ENDS = re.compile(r"[.!?:…\n]")  # between two words: the end of a sentence
ABBREVIATION = 5  # up to so many capitals are one: GGD, IND


class Names:
    """The words with a capital in interviews, and those that are no names of people.

    `texts` are the interviews, `label` is what the municipality of the case is called.
    """

    def __init__(
        self, texts: Iterable[str], frame: CodingFrame, register: Register, label: str
    ) -> None:
        self._common = _common() | _frame_words(frame)
        self._places = _places(register)
        self._own = fold(label)
        self._capital: set[str] = set()
        self._within: set[str] = set()
        self._small: set[str] = set()
        for text in texts:
            for word, first in _words(text):
                known = self._capital if word[0].isupper() else self._small
                known.update(_spelt(word))
                if word[0].isupper() and not first:
                    self._within.update(_spelt(word))

    def found(self, said: str) -> list[str]:
        """The words in `said` that are taken for names, each once."""
        names = [name for match in ADDRESSED.finditer(said) if (name := self._addressed(match))]
        names += [word for word, first in _words(said) if self._is_name(word, first)]
        return list(dict.fromkeys(names))

    def _addressed(self, match: re.Match[str]) -> str:
        """The name after a form of address; empty where it is none: a woman of Turkish descent."""
        between, name = match["between"].strip(), match["name"]
        if not name[0].isupper():
            return between if between[:1].isupper() else ""
        return "" if between.islower() and self._is_common(name) else f"{between} {name}".strip()

    def _is_name(self, word: str, first: bool) -> bool:
        if not word[0].isupper() or len(word) == 1 or self._is_known(word):
            return False
        spelt = _spelt(word)
        if first:  # any word has a capital here: a name has it elsewhere too, and never a small one
            return bool(spelt & self._within) and not spelt & self._small
        return bool(spelt & self._capital)

    def _is_known(self, word: str) -> bool:
        """Whether a word is no name of a person, such as that of a country or of the town."""
        if self._is_common(word) or _spelt(word) & self._places:
            return True
        # Of the town itself: Zwols, Zwolse.
        stem = fold(word).removesuffix("e").removesuffix("s")
        return len(stem) > 3 and stem != fold(word) and self._own.startswith(stem)

    def _is_common(self, word: str) -> bool:
        abbreviation = word.isupper() and 1 < len(word) <= ABBREVIATION
        return abbreviation or not _spelt(word).isdisjoint(self._common)


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """Every word, and whether it is the first of its sentence."""
    end = 0
    for match in WORDS.finditer(text):
        yield match[0], not end or bool(ENDS.search(text, end, match.start()))
        end = match.end()


def _spelt(word: str) -> set[str]:
    """A word as it is compared, also without what makes it a possessive: Samira's, Samiras."""
    plain = fold(re.sub(r"['’]s?$", "", word))
    found = {plain, fold(word).replace(" ", ""), *plain.split()[:1]}
    if len(plain) > 3 and plain.endswith("s"):
        found.add(plain.removesuffix("s"))
    return found


@cache
def _common() -> frozenset[str]:
    lists = yaml.safe_load(NOT_NAMES.read_text(encoding="utf-8"))
    return frozenset(fold(word) for words in lists.values() for word in words.split())


def _places(register: Register) -> set[str]:
    """The names of municipalities, and every word in them: Den, Haag."""
    names = [*register.codes["name"], *register.names["variant"]]
    return {fold(part) for name in names for part in (name, *WORDS.findall(name))}


def _frame_words(frame: CodingFrame) -> set[str]:
    """The words that the coding frame writes with a capital."""
    told = our_targets(frame).values()
    return {
        fold(word)
        for texts in told
        for text in texts
        for word in WORDS.findall(text)
        if word[0].isupper()
    }
