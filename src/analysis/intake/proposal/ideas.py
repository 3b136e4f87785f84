"""What columns may become, told apart: no two columns of a file become the same thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from analysis.intake.mapping import DROPPED, MappedColumn

# How much each sort of evidence counts; see `analysis.intake.proposal.propose`.
KEPT, FIXED, ELSEWHERE, BY_ID, BY_SET, BY_TEXT, BY_WORD, BY_CONTENT = range(8, 0, -1)


@dataclass(frozen=True)
class Idea:
    """What a column may become; of two columns with one aim the greater `rank` has it."""

    becomes: str = ""
    why: str = ""
    rank: int = 0
    score: float = 0.0
    row: MappedColumn | None = field(default=None, compare=False)


def apart(ideas: dict[str, Idea]) -> dict[str, Idea]:
    """The same ideas, but no two columns become the same: the surer one does, or neither."""
    return {name: _left(name, idea, ideas) for name, idea in ideas.items()}


def _left(name: str, idea: Idea, ideas: Mapping[str, Idea]) -> Idea:
    if not idea.becomes or idea.becomes in DROPPED or idea.rank == KEPT:
        return idea
    rivals = [n for n, other in ideas.items() if n != name and _same(idea, other)]
    if idea.rank == FIXED and (first := next((n for n in rivals if ideas[n].rank >= FIXED), "")):
        # A program may keep a date twice; either will do.
        before = [*ideas].index(first) > [*ideas].index(name) and ideas[first].rank == FIXED
        return (
            idea if before else Idea("not_used", f"{idea.why}; {first} is {idea.becomes} already")
        )
    better = [n for n in rivals if _surer(ideas[n], idea)]
    if all(_surer(idea, ideas[n]) for n in rivals):
        return idea
    told = f"{idea.why}; but so is column {(better or rivals)[0]}" + (", surer" if better else "")
    return Idea(why=f"{idea.becomes}: {told}")


def _same(one: Idea, other: Idea) -> bool:
    """Whether two ideas have one aim: the same thing, or an item and one of its boxes."""
    if not other.becomes or other.becomes in DROPPED:
        return False
    mine, theirs = one.becomes, other.becomes
    whole = mine.partition(".")[0] == theirs or theirs.partition(".")[0] == mine
    return mine == theirs or whole


def _surer(one: Idea, other: Idea) -> bool:
    return one.rank > other.rank or (
        one.rank == other.rank == BY_TEXT and one.score > other.score + 0.1
    )
