"""What a code can become: `theme:access`, `point:distrust contradicts`, `actor:resident`, …"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from textwrap import wrap

import yaml

from analysis.intake.proposal.wording import fold
from analysis.qda.codebook import GROUPS, our_targets
from analysis.raw.coding import STANCES, SUPPORTS, CodingFrame

SYNONYMS = Path(__file__).with_name("synonyms.yml")
NOT_USED = "not_used"
ALLOWED = f"group:code with a group of {', '.join(GROUPS)}; or {NOT_USED}"
# A stance said with the code itself: "Distrust (contradicts)".
WITH_STANCE = re.compile(r"^(?P<name>.+?)\s*(?:\((?P<in>[^()]+)\)|[-–:,]\s*(?P<after>\w+))\s*$")


@dataclass(frozen=True)
class Target:
    """A code of the coding frame, by the word for its group; a point with its stance."""

    group: str
    code: str
    stance: str = ""

    def __str__(self) -> str:
        more = f" {self.stance}" if self.stance not in ("", SUPPORTS) else ""
        return f"{self.group}:{self.code}{more}"


def read_targets(cell: str, frame: CodingFrame) -> tuple[list[Target], list[str]]:
    """What a cell `becomes` says, and what is wrong with it, one message per fault.

    Several targets are separated by commas. After the word for its group stands the id of a code or
    its label, in Dutch or English. A point may be followed by `supports` (which goes without
    saying), `contradicts` or `both`.
    """
    targets, faults = [], []
    spelt = _spelt(frame)
    pieces = [part.strip() for part in cell.split(",")]
    while pieces:
        # A label may hold a comma, so the longest that is one comes first.
        for length in range(len(pieces), 0, -1):
            piece = ", ".join(pieces[:length])
            name, stance = _with_stance(piece, spelt)
            if name in spelt or length == 1:
                break
        del pieces[:length]
        target = spelt.get(name, "")
        group, _, code = target.partition(":")
        if not piece:
            continue
        if not target:
            faults.append(f"{piece} is no code of the coding frame{_guess(piece, spelt)}")
        elif stance and (group != "point" or stance not in STANCES):
            faults.append(f"{stance!r} does not go with {target}")
        else:
            targets.append(Target(group, code, stance or (SUPPORTS if group == "point" else "")))
    return targets, faults


def _spelt(frame: CodingFrame) -> dict[str, str]:
    """The target for each way of writing it: the word for its group, then its id or a label."""
    found: dict[str, str] = {}
    known = our_targets(frame)
    for target, (nl, en, _) in known.items():
        group = target.partition(":")[0]
        for label in (nl, en):
            found.setdefault(f"{group}:{fold(label)}", target)
    return found | {target: target for target in known}


def _with_stance(piece: str, spelt: Mapping[str, str]) -> tuple[str, str]:
    """How a code is written, as `_spelt` has it, and what stands behind it."""
    if not (told := _spelling(piece, spelt)):
        name, _, stance = piece.rpartition(" ")
        if not name.endswith(",") and (told := _spelling(name, spelt)):
            return told, stance
    return told, ""


def _spelling(name: str, spelt: Mapping[str, str]) -> str:
    group, colon, code = name.partition(":")
    ways = (name, f"{group.strip().lower()}:{fold(code)}")
    return next((way for way in ways if colon and way in spelt), "")


def _guess(piece: str, spelt: Mapping[str, str]) -> str:
    """What may have been meant: of the same group where it has one, by id or label."""
    group, colon, code = piece.partition(":")
    group, words = group.strip().lower(), fold(code if colon else piece)
    ways = {way: t for way, t in spelt.items() if not colon or way.startswith(f"{group}:")}
    named = {fold(way.partition(":")[2]): target for way, target in ways.items()}
    held = [t for way, t in named.items() if words and words in way.split()]
    near = [named[way] for way in get_close_matches(words, named, n=1)]
    near = near or held or [spelt[way] for way in get_close_matches(piece, spelt, n=1)]
    return f"; did you mean {near[0]}?" if near else ""


def allowed_lines(frame: CodingFrame) -> list[str]:
    """Everything that can stand under `becomes`, a line for each group of codes."""
    lines = []
    for group in GROUPS:
        codes = [t.partition(":")[2] for t in our_targets(frame) if t.startswith(f"{group}:")]
        lines += wrap(", ".join(codes), 98, initial_indent=f"  {group}: ", subsequent_indent="    ")
    return [*lines, f"  {NOT_USED}"]


class Recognised:
    """Finds which codes of the frame a name means; nothing is guessed."""

    def __init__(self, frame: CodingFrame) -> None:
        self._frame = frame
        self._known: dict[str, list[str]] = {}
        others = _synonyms()["codes"]
        for target, (nl, en, _) in our_targets(frame).items():
            spelt = (target.partition(":")[2], nl, en, *others.get(target, ()))
            for key in dict.fromkeys(map(fold, spelt)):
                self._known.setdefault(key, []).append(target)
        self._groups = {
            fold(word): group
            for group, (plural, *labels) in GROUPS.items()
            for word in (group, plural, *labels, *_synonyms()["groups"].get(group, ()))
            if word
        }

    def codes(self, path: Sequence[str]) -> list[Target]:
        """What the last name of `path` can mean; the names above it decide between several.

        An exact `point:distrust contradicts` means itself, a name with a stance behind it
        ("Distrust (contradicts)") a point with that stance.
        """
        name = path[-1] if path else ""
        exact, faults = read_targets(name, self._frame)
        if exact and not faults:
            return exact[:1]
        if found := list(self._among(name, path[:-1])):
            return found
        if (match := WITH_STANCE.match(name)) and (
            stance := self._stance(match["in"] or match["after"])
        ):
            points = (t for t in self._among(match["name"], path[:-1]) if t.group == "point")
            return [Target("point", target.code, stance) for target in points]
        return []

    def above(self, path: Sequence[str]) -> list[Target]:
        """What the nearest name above the last one means, if it means one code."""
        for depth in range(len(path) - 1, 0, -1):
            if len(found := self.codes(path[:depth])) == 1:
                return found
        return []

    def _stance(self, word: str) -> str:
        found = [t for t in self._known.get(fold(word), []) if t.startswith("stance:")]
        return found[0].partition(":")[2] if len(found) == 1 else ""

    def _among(self, name: str, above: Sequence[str]) -> Iterator[Target]:
        targets = self._known.get(fold(name), [])
        if len(targets) > 1:
            groups = {self._groups[key] for key in map(fold, above) if key in self._groups}
            themes = {t for part in above for t in self._known.get(fold(part), ())}
            nearer = [t for t in targets if t.partition(":")[0] in groups]
            nearer = nearer or [t for t in targets if self._theme_of(t) in themes]
            targets = nearer or targets
        for target in targets:
            group, _, code = target.partition(":")
            yield Target(group, code, SUPPORTS if group == "point" else "")

    def _theme_of(self, target: str) -> str:
        group, _, code = target.partition(":")
        return f"theme:{self._frame.points[code].theme}" if group == "point" else ""


@cache
def _synonyms() -> dict[str, dict[str, list[str]]]:
    known: dict[str, dict[str, list[str]]] = yaml.safe_load(SYNONYMS.read_text(encoding="utf-8"))
    return known
