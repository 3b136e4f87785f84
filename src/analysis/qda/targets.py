"""What a code can become: `theme:access`, `point:distrust contradicts`, `actor:resident`, …"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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

    Several targets are separated by commas. A point may be followed by `supports` (which goes
    without saying), `contradicts` or `both`.
    """
    targets, faults = [], []
    known = our_targets(frame)
    for piece in filter(None, (part.strip() for part in cell.split(","))):
        name, _, stance = piece.partition(" ")
        group, _, code = name.partition(":")
        if name not in known:
            near = get_close_matches(name, known, n=1)
            guess = f"; did you mean {near[0]}?" if near else ""
            faults.append(f"{name} is no code of the coding frame{guess}")
        elif stance and (group != "point" or stance not in STANCES):
            faults.append(f"{stance!r} does not go with {name}")
        else:
            targets.append(Target(group, code, stance or (SUPPORTS if group == "point" else "")))
    return targets, faults


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
