"""Which item or box of the questionnaire a column's heading means, where that is sure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analysis.intake.formats.export import Heading
from analysis.intake.proposal.likeness import Likeness, Near, sure
from analysis.intake.proposal.wording import fold, stands_for
from analysis.raw.settings import Instrument, Item

# How near an option's text must be; options are short, and there are few to confuse.
SURE_OPTION = 0.75
WORTH_TELLING = 0.3
# A question and a part of it: "Question [part]", "[part] question", "Question - part",
# "Question: part".
PART_LAST = re.compile(r"^(?P<whole>.*\S)\s*\[(?P<part>[^\[\]]+)\]\s*$", re.DOTALL)
PART_FIRST = re.compile(r"^\s*\[(?P<part>[^\[\]]+)\]\s*(?P<whole>\S.*)$", re.DOTALL)
PART_BEHIND = re.compile(r"^(?P<whole>.*\S)\s+[-–—]\s+(?P<part>\S.*)$", re.DOTALL)
PART_AFTER_COLON = re.compile(r"^(?P<whole>.*\S)\s*:\s+(?P<part>\S.*)$", re.DOTALL)
PARTS = (PART_LAST, PART_FIRST, PART_BEHIND, PART_AFTER_COLON)
CHOSEN = re.compile(r"\s+[-–—]\s+(?:selected choice|geselecteerde keuze|ausgewählte)\b.*", re.I)
CODE_BEFORE = re.compile(r"^([A-Za-z]\w*)\s?[.:]\s")


@dataclass(frozen=True)
class Match:
    """What a heading means; `becomes` is empty where that is not sure. `score` is 0 to 1."""

    becomes: str = ""
    why: str = ""
    score: float = 0.0


class Matcher:
    """Matches headings with the items of one questionnaire."""

    def __init__(self, instrument: Instrument) -> None:
        self._items = {item.id: item for item in instrument.items}
        statements = {item.id: (item.nl, item.en) for item in instrument.items}
        self._statements = Likeness(statements)
        self._options = {
            item.id: Likeness({o.id: (o.nl, o.en) for o in item.options})
            for item in instrument.items
            if item.options
        }
        boxes = [f"{item.id}.{option.id}" for item in instrument.items for option in item.options]
        names = [*self._items, *boxes]
        count = Counter(map(_squashed, names))
        self._names = {name.casefold(): name for name in names}
        self._letters = {_squashed(n): n for n in names if count[_squashed(n)] == 1}

    def by_name(self, heading: Heading) -> Match | None:
        """The item or box whose id is in the heading: `less_trust`, `LessTrust`, `q1[LessTrust]`,
        `policy_aspects_culture`, `policyaspects[culture]`; None without."""
        names = [heading.name]
        if bracket := PART_LAST.match(heading.name):
            names.append(bracket["part"])
        if code := CODE_BEFORE.match(heading.name):
            names.append(code[1])
        for name in names:
            if found := self._named(name):
                return Match(found, "heading is the id", 1.0)
        root = re.split(r"[\[_.]", heading.name, maxsplit=1)[0] if len(names) > 1 else ""
        item = self._items.get(self._named(root))
        if item is not None and item.options:
            for _, part in _splits(heading.label):
                if option := self.option(item, part):
                    return Match(f"{item.id}.{option}", "heading is the id, and the option", 1.0)
            if option := self.option(item, heading.label):
                return Match(f"{item.id}.{option}", "heading is the id, and the option", 1.0)
        return None

    def by_text(self, heading: Heading) -> Match:
        """The item or box whose text the question is surely like; else what it is nearest to."""
        texts = [CHOSEN.sub("", text) for text in (heading.label, heading.name) if text.strip()]
        for text in texts:
            for question, part in _splits(text):
                asked = sure(self._statements.ranked([question]))
                item = self._items[asked.name] if asked else None
                if item is not None and item.options and (option := self.option(item, part)):
                    return Match(f"{item.id}.{option}", _like(asked), asked.score if asked else 0)
        ways = [way for text in texts for way in (text, *(part for _, part in _splits(text)))]
        ranked = self._statements.ranked(ways)
        if found := sure(ranked):
            return Match(found.name, _like(found), found.score)
        return Match("", _nearest(ranked))

    def by_set(self, name: str, headings: Sequence[Heading]) -> dict[str, Match]:
        """The boxes that the columns of a multiple-response set are, by column.

        The item is the one that the set is named after, else the only one that has an option for
        each column, or of several such the one whose question the labels tell.
        """
        fits = {item.id: self._boxes(item, headings) for item in self._items.values()}
        named = self._named(name)
        if found := fits.get(named):
            return _matched(named, found, "set is named after the item")
        whole = [item for item, found in fits.items() if found and len(found) == len(headings)]
        if len(whole) > 1:
            asked = [whole_of for h in headings for whole_of, _ in _splits(h.label)]
            near = sure(self._statements.ranked(asked)) if asked else None
            whole = [near.name] if near and near.name in whole else whole
        if len(whole) == 1:
            return _matched(whole[0], fits[whole[0]], "the set has the options of the item")
        why = f"the set fits {' and '.join(whole)}" if whole else "the set fits no item"
        return {heading.name: Match("", why) for heading in headings} if whole else {}

    def option(self, item: Item, text: str) -> str:
        """The option of `item` that `text` is, by id or text; empty where that is not sure."""
        ids = [option.id for option in item.options]
        named = [name for name in ids if _squashed(name) == _squashed(text)]
        if not named and stands_for(text, "option") in ids:
            named = ["other"]
        near = sure(self._options[item.id].ranked([text]), SURE_OPTION)
        return named[0] if named else near.name if near else ""

    def _named(self, text: str) -> str:
        """The item or box with this id, else the only one with the same letters; or empty."""
        return self._names.get(text.casefold()) or self._letters.get(_squashed(text), "")

    def _boxes(self, item: Item, headings: Sequence[Heading]) -> dict[str, str]:
        """The option of `item` for each column that has one, if no two have the same."""
        found = {}
        for heading in headings:
            ways = [heading.label, *(part for _, part in _splits(heading.label)), heading.name]
            options = [self.option(item, way) for way in ways if way] if item.options else []
            if option := next(filter(None, options), ""):
                found[heading.name] = option
        return found if len(set(found.values())) == len(found) else {}


def _matched(item: str, options: dict[str, str], why: str) -> dict[str, Match]:
    return {column: Match(f"{item}.{option}", why, 0.9) for column, option in options.items()}


def _splits(text: str) -> Iterator[tuple[str, str]]:
    for pattern in PARTS:
        if found := pattern.match(text):
            yield found["whole"], found["part"]


def _squashed(text: str) -> str:
    """An id without the signs between its words: LimeSurvey's codes have letters and digits."""
    return fold(text).replace(" ", "")


def _like(near: Near | None) -> str:
    return f"question is {near.score:.0%} like {near.name}" if near else ""


def _nearest(ranked: Sequence[Near]) -> str:
    told = [near for near in ranked[:2] if near.score >= WORTH_TELLING]
    if not told:
        return "like no item"
    names = " and ".join(f"{near.name} ({near.score:.0%})" for near in told)
    turned = "; but only one of both says not, less or more" if told[0].turned else ""
    return f"not sure: nearest {names}{turned}"
