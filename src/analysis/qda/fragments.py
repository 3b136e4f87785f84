"""From what was coded, and what the codes mean, to fragments as `fragments.csv` holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from analysis.project import Problem
from analysis.qda.codes import Meanings
from analysis.qda.codings import Passage
from analysis.qda.exchange import Place
from analysis.qda.targets import Target
from analysis.raw.cases import DIRECTED, FRAGMENTS
from analysis.raw.coding import BOTH, CONTRADICTS, SUPPORTS, CodingFrame

DEFAULT_FORM = "statement"
# Of these a fragment has one; of actors and addressees it may have several.
SINGLE = ("theme", "kind", "form", "policy", "stance")


@dataclass
class Fragment:
    """A passage and what it becomes: the cells of a row of `fragments.csv`, and what is wrong.

    `file` is how messages call the file that it comes from.
    """

    passage: Passage
    cells: dict[str, str]
    file: str = ""
    faults: list[tuple[str, str, str, str]] = field(default_factory=list)

    def fault(self, column: str, message: str, allowed: str, mend: str = "") -> None:
        """Note something wrong."""
        self.faults.append((column, message, allowed, mend))


def fragments_of(
    case: str, year: int, passages: Sequence[Passage], meanings: Meanings, frame: CodingFrame
) -> list[Fragment]:
    """A fragment for every passage with a code that is used, in a document that is used.

    A point brings its theme; of several points the first is `point` and the others are `also`.
    What the passage does not say, its document may (`Meanings.sources`). Where a second coder
    coded (part of) the same words, that fragment is `same_as` the first coder's: it counts once.
    """
    found = []
    for passage in passages:
        if passage.source not in meanings.sources:
            continue
        said = [target for code in passage.codes for target in meanings.codes.get(code, ())]
        if said:
            fragment = Fragment(passage, dict.fromkeys(FRAGMENTS, ""))
            line = passage.place.line
            fragment.cells |= {
                "id": passage.id, "case": case, "year": str(year), "source": passage.source,
                "line": "" if line is None else str(line),
            }  # fmt: skip
            _code(fragment, said, meanings.sources[passage.source], frame)
            found.append(fragment)
    _same(found)
    return found


def _code(
    fragment: Fragment, said: Sequence[Target], of_source: Sequence[Target], frame: CodingFrame
) -> None:
    """Fill in the codes of a fragment, and note what is missing or too much."""
    codes = {group: _of(said, group) or _of(of_source, group) for group in frame_groups()}
    for group in SINGLE:
        if len(codes[group]) > 1 and not (group == "theme" and _of(said, "point")):
            listed = ", ".join(codes[group])
            fragment.fault(group, f"has several codes of group {group}: {listed}", f"one {group}",
                           "leave one out, or code two passages")  # fmt: skip
    cells = fragment.cells
    _points(fragment, said, codes, frame)
    for group in ("kind", "policy"):
        cells[group] = next(iter(codes[group]), "")
    cells["form"] = next(iter(codes["form"]), DEFAULT_FORM)
    for group in ("actor", "addressee"):
        cells[group] = " ".join(codes[group])
    if not cells["addressee"] and cells["kind"] in DIRECTED:
        cells["addressee"] = "anyone" if "anyone" in frame.addressees else ""
    for group, known in (("kind", frame.kinds), ("actor", frame.actors)):
        if not cells[group]:
            mend = f"code the passage with one, or a row source: of codes.csv becomes {group}:…"
            if fragment.passage.row is not None:
                mend = f"add one to the codes of the row: {group}:{next(iter(known))}"
            fragment.fault(group, f"has no {group}", ", ".join(known), mend)


def frame_groups() -> tuple[str, ...]:
    """The words for the groups of codes that a passage may have."""
    return ("theme", "point", "kind", "actor", "form", "policy", "addressee", "stance")


def _of(said: Iterable[Target], group: str) -> list[str]:
    return list(dict.fromkeys(target.code for target in said if target.group == group))


def _points(
    fragment: Fragment, said: Sequence[Target], codes: Mapping[str, list[str]], frame: CodingFrame
) -> None:
    """The theme, the point with its stance, and the other points."""
    cells, themes, points = fragment.cells, codes["theme"], codes["point"]
    theme_of = {point: frame.points[point].theme for point in points}
    loose = [theme for theme in themes if theme not in theme_of.values()]
    if points and loose:
        fragment.fault(
            "theme", f"is coded with {', '.join(loose)} and with a point of another theme",
            "a point of the theme", "leave one out, or code two passages",
        )  # fmt: skip
    if not points:
        cells["theme"] = next(iter(themes), "")
        if not themes:
            mend = "code the passage with a theme or a point"
            fragment.fault("theme", "has no theme", ", ".join(frame.themes), mend)
        if codes["stance"]:
            fragment.fault("stance", "is for or against, but of no point", "a point")
        return
    stances = _stances(said)
    # One stance can be kept: that of the main point, so one that is not mere support goes first.
    against = [point for point in points if stances[point] != SUPPORTS]
    main = next(iter(against), points[0])
    if len(against) > 1:
        listed = ", ".join(against)
        fragment.fault("point", f"contradicts several points: {listed}", "one such point",
                       "code a passage for each")  # fmt: skip
    cells["theme"], cells["point"] = theme_of[main], main
    cells["stance"] = next(iter(codes["stance"]), stances[main])
    cells["also"] = " ".join(point for point in points if point != main)


def _stances(said: Sequence[Target]) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for target in said:
        if target.group == "point":
            found.setdefault(target.code, set()).add(target.stance or SUPPORTS)
    return {
        point: BOTH if BOTH in told or len(told) > 1 else next(iter(told), CONTRADICTS)
        for point, told in found.items()
    }


# Two coders of the same words


def _same(fragments: Sequence[Fragment]) -> None:
    """Tie what later coders coded to what an earlier one did in the same words."""
    of_source: dict[str, list[Fragment]] = {}
    for fragment in fragments:
        of_source.setdefault(fragment.passage.source, []).append(fragment)
    for found in of_source.values():
        coders = sorted({f.passage.coder for f in found}, key=coder_number)
        firsts: list[Fragment] = []
        for coder in coders:
            own = [fragment for fragment in found if fragment.passage.coder == coder]
            alone = [fragment for fragment in own if not _tied(fragment, firsts)]
            firsts += alone


def _tied(fragment: Fragment, firsts: Sequence[Fragment]) -> bool:
    """Whether an earlier coder coded some of the same words; that fragment is then named."""
    shared = [(overlap(f.passage.place, fragment.passage.place), f) for f in firsts]
    most, first = max(shared, key=lambda pair: pair[0], default=(0.0, fragment))
    if most > 0:
        fragment.cells["same_as"] = first.cells["id"]
    return most > 0


def coder_number(coder: str) -> int:
    """The number of `coder-2`: 2."""
    return int(coder.rpartition("-")[2])


def overlap(one: Place, other: Place) -> float:
    """How much two places share: signs or milliseconds, 1 for the same place of another kind."""
    if one == other:
        return max(1, (one.end or 0) - (one.start or 0))
    if one.kind != other.kind or None in (one.start, one.end, other.start, other.end):
        return 0
    assert one.start is not None and one.end is not None
    assert other.start is not None and other.end is not None
    return max(0, min(one.end, other.end) - max(one.start, other.start))


def problems_of(fragments: Iterable[Fragment]) -> Iterator[Problem]:
    """What is wrong with fragments: by row in a spreadsheet, else by the place that was coded."""
    for fragment in fragments:
        for column, message, allowed, mend in fragment.faults:
            where = column if fragment.passage.row else None
            problem = Problem(fragment.file, message, None, where, None, allowed, mend or None)
            yield placed(problem, fragment)


def placed(problem: Problem, fragment: Fragment) -> Problem:
    """A problem of a fragment, told by where the researcher finds it."""
    if fragment.passage.row is not None:
        return replace(problem, file=fragment.file, row=fragment.passage.row)
    column = f", {problem.column}" if problem.column else ""
    message = f"{fragment.passage.where}{column}: {problem.message}"
    return replace(problem, file=fragment.file, row=None, column=None, message=message)
