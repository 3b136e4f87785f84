"""A first mapping of an export's columns, each row with what it rests on; nobody accepted it yet.

Evidence counts in this order: what was accepted before for this file; the survey program's own
columns; what identifies people or is an open answer; what was accepted for a column with the same
heading in another file; an id in the heading; multiple-response sets; texts of questions; words
of headings; what stands in the column. What is not sure stays open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis.intake.codes import write_codes
from analysis.intake.formats.export import Export, Heading
from analysis.intake.mapping import ROLES, UNDECIDED, MappedColumn, kind_of
from analysis.intake.proposal import recode
from analysis.intake.proposal.ideas import (
    BY_CONTENT,
    BY_ID,
    BY_SET,
    BY_TEXT,
    BY_WORD,
    ELSEWHERE,
    FIXED,
    KEPT,
    Idea,
    apart,
)
from analysis.intake.proposal.matching import Match, Matcher
from analysis.intake.proposal.personal import distinct, looks_open, looks_personal
from analysis.intake.proposal.roles import role_by_heading
from analysis.intake.proposal.wording import fold, stands_for
from analysis.raw.settings import Instrument, Item

# A closed question has no more different answers than this.
FEW = 30
MOST = 5000  # with more different texts than this, a column is not looked at text by text
CLOSED = 12  # and no more that are not numbers or codes,
LONG = 60  # of this length at most
EMPTY = pd.Categorical([])
WIDE = 110
WIDTHS = (24, 30, 22)  # at most, of the first columns of the table


def propose(
    export: Export,
    instrument: Instrument,
    fixed: Callable[[Heading], str | None],
    known: Sequence[MappedColumn] = (),
) -> list[MappedColumn]:
    """One row of `mapping.csv` per column of `export`, in its order.

    `fixed` gives the role of the survey program's own columns; `known` are rows of this file and
    of others. An accepted row of this file is given back as it is, and so is what somebody filled
    in without accepting it, with codes for texts that are new; every other row is a proposal, not
    accepted, whose `why` tells what it rests on. Nothing that stands in a column which identifies
    people, or which is open or undecided, is repeated.
    """
    return _Proposal(export, instrument, fixed, known).rows()


class _Proposal:
    def __init__(
        self,
        export: Export,
        instrument: Instrument,
        fixed: Callable[[Heading], str | None],
        known: Sequence[MappedColumn],
    ) -> None:
        self.export, self.instrument, self.fixed = export, instrument, fixed
        self.file = Path(export.file).name
        self.matcher = Matcher(instrument)
        self.own: dict[str, MappedColumn] = {}
        for row in known:
            if row.file == self.file:
                self.own.setdefault(row.column, row)
        self.others = [row for row in known if row.file != self.file and row.accepted]
        self.texts = {h.name: distinct(self.values(h)) for h in export.headings}
        self.by_set: dict[str, Match] = {}
        for name, columns in export.sets.items():
            members = [heading for heading in export.headings if heading.name in columns]
            self.by_set |= self.matcher.by_set(name, members)

    def values(self, heading: Heading) -> pd.Categorical:
        """What stands in a column; nothing where it was not read."""
        return self.export.cells.get(heading.name, EMPTY)

    def rows(self) -> list[MappedColumn]:
        """The proposal."""
        headings = {heading.name: heading for heading in self.export.headings}
        ideas = apart({name: self.idea(heading) for name, heading in headings.items()})
        scales = {
            name: (headings[name], self.texts[name])
            for name, idea in ideas.items()
            if idea.row is None and kind_of(idea.becomes, self.instrument) == "scale"
        }
        points = recode.lengths(scales)
        return [
            self.row(heading, ideas[name], points.get(name, 0))
            for name, heading in headings.items()
        ]

    def idea(self, heading: Heading) -> Idea:
        """The best evidence for a column."""
        ideas = (idea for idea in self.ideas(heading) if idea is not None)
        return next(ideas, Idea(why=self.matcher.by_text(heading).why))

    def ideas(self, heading: Heading) -> Iterator[Idea | None]:
        """Evidence for a column, the best first."""
        values = self.values(heading)
        own = self.own.get(heading.name)
        if own is not None and (own.accepted or own.becomes):
            yield Idea(own.becomes, own.why, KEPT, row=own)
        if role := self.fixed(heading):
            yield Idea(role, "the survey program's own column", FIXED)
        if why := looks_personal(heading, values):
            yield Idea("personal", why)
        if why := looks_open(heading, values):
            yield Idea("open", why)
        yield self.elsewhere(heading)
        found = self.matcher.by_name(heading)
        yield self.closed(heading, found, BY_ID)
        yield self.closed(heading, self.by_set.get(heading.name), BY_SET)
        yield self.closed(heading, self.matcher.by_text(heading), BY_TEXT)
        yield self.by_heading(heading)
        yield self.by_content(heading)

    def elsewhere(self, heading: Heading) -> Idea | None:
        """What was accepted for the same heading in other files, where these agree."""
        rows = [row for row in self.others if row.column == heading.name]
        rows = [row for row in rows if fold(row.label) == fold(heading.label)]
        if len({(row.becomes, row.reversed) for row in rows}) != 1:
            return None
        if kind_of(rows[0].becomes, self.instrument) is None:
            return None
        row = replace(rows[0], file=self.file, label=heading.label, accepted=False)
        why = f"as in {rows[0].file}"
        return Idea(row.becomes, why, ELSEWHERE, row=replace(row, why=why))

    def closed(self, heading: Heading, match: Match | None, rank: int) -> Idea | None:
        """An idea from a match, if what stands in the column can be answers to that question."""
        if match is None or not (match.becomes or rank == BY_SET):
            return None
        if not match.becomes:
            return Idea(why=match.why)
        if self.endless(heading):
            return Idea(why=f"{match.why}, but it holds thousands of different texts")
        codes, _ = self.codes(heading, match.becomes, 5)
        unknown = [text for text, code in codes.items() if code == UNDECIDED]
        if self.strange(
            heading, unknown, len(codes), sure=rank == BY_ID and "." not in match.becomes
        ):
            about = f"what stands there is no answer to {match.becomes}"
            return Idea(why=f"{match.why}, but {about}")
        return Idea(match.becomes, match.why, rank, match.score)

    def endless(self, heading: Heading) -> bool:
        """Whether a column has more different texts than any question with given answers."""
        return len(self.texts[heading.name]) > MOST

    def strange(self, heading: Heading, unknown: Sequence[str], codes: int, *, sure: bool) -> bool:
        """Whether texts that are not known are too many, or too free, to be those of a closed
        question. They would be repeated in `codes`, so people's own words must not pass."""
        free = [t for t in unknown if not recode.code_like(t) and t not in heading.values]
        if not sure:
            return len(unknown) > FEW or 2 * len(free) > codes
        return len(unknown) > FEW or len(free) > CLOSED or any(len(t) > LONG for t in free)

    def by_heading(self, heading: Heading) -> Idea | None:
        """A role that the words of the heading name; groups and team types need known texts."""
        role = role_by_heading(heading)
        if role in ("group", "team_type"):
            if self.endless(heading):
                return None
            codes = recode.told(heading, self.texts[heading.name], role)
            unknown = [text for text, code in codes.items() if code == UNDECIDED]
            if len(unknown) > CLOSED or self.strange(heading, unknown, len(codes), sure=False):
                return Idea(why=f"heading says {role}, but what stands there is not known")
        if role == "finished" and self.says_yes_or_no(heading):
            return Idea("complete", "heading says finished, with yes or no in it", BY_WORD)
        return Idea(role, f"heading says {role}", BY_WORD) if role else None

    def says_yes_or_no(self, heading: Heading) -> bool:
        """Whether a column tells that something is so, and not when."""
        codes = recode.told(heading, self.texts[heading.name], "complete")
        return bool(codes) and UNDECIDED not in codes.values()

    def by_content(self, heading: Heading) -> Idea | None:
        """A group, a team type or all boxes of an item, where every text is known as such."""
        texts = self.texts[heading.name]
        if self.endless(heading):
            return None
        for role in ("group", "team_type"):
            codes = recode.told(heading, texts, role)
            if codes and UNDECIDED not in codes.values():
                return Idea(role, f"every text in it is a {role.replace('_', ' ')}", BY_CONTENT)
        fits = [item.id for item in self.instrument.items if self.in_one_cell(heading, item)]
        if len(fits) > 1:
            return Idea(why=f"its texts are options of {' and '.join(fits)}")
        why = "every text in it is an option"
        return Idea(fits[0], why, BY_CONTENT) if fits else None

    def in_one_cell(self, heading: Heading, item: Item) -> bool:
        """Whether all texts of a column are options of `item`, two of them at least."""
        if not item.options or not self.texts[heading.name]:
            return False
        codes, _ = self.codes(heading, item.id, 0)
        return UNDECIDED not in codes.values() and len(codes) > 1

    def codes(self, heading: Heading, becomes: str, points: int) -> tuple[Mapping[str, str], str]:
        """What each text is proposed to stand for, and what to add to `why`."""
        kind, texts = kind_of(becomes, self.instrument), self.texts[heading.name]
        name, _, option = becomes.partition(".")
        item = self.instrument.find(name)
        if kind == "scale":
            return recode.scale(heading, texts, points)
        if kind in ("group", "team_type", "complete"):
            return recode.told(heading, texts, kind), ""
        if item is None:
            return {}, ""
        if kind == "box":
            own = next(o for o in item.options if o.id == option)
            return recode.box(heading, texts, [own.id, own.nl, own.en]), ""
        return self.options_of(heading, item), ""

    def options_of(self, heading: Heading, item: Item) -> dict[str, str]:
        """What each text that stands in a cell with others is: an option of `item`."""
        known = [text for option in item.options for text in (option.id, option.nl, option.en)]
        parts = recode.parts_of(heading, self.texts[heading.name], known)
        codes = {}
        for text in parts:
            label = heading.values.get(text, text)
            missing = "missing" if text in heading.missing else None
            told = stands_for(label, "multiple") or missing
            codes[text] = told or self.matcher.option(item, label) or UNDECIDED
        return codes

    def row(self, heading: Heading, idea: Idea, points: int) -> MappedColumn:
        """The row for a column, once it is known what it becomes."""
        if idea.row is not None and idea.row.accepted:
            return idea.row
        if idea.row is not None:
            return replace(idea.row, codes=self.completed(heading, idea.row))
        codes, note = self.codes(heading, idea.becomes, points)
        why = "; ".join(filter(None, (idea.why, note)))
        return MappedColumn(self.file, heading.name, heading.label, idea.becomes, codes, why=why)

    def completed(self, heading: Heading, row: MappedColumn) -> Mapping[str, str]:
        """The codes of a row with those of texts that it lacks: only what is worded is known."""
        kind = kind_of(row.becomes, self.instrument)
        if row.dropped or kind is None or self.endless(heading):
            return row.codes
        if kind in ROLES and kind not in ("group", "team_type", "complete"):
            return row.codes
        if not row.codes:
            points = recode.lengths({heading.name: (heading, self.texts[heading.name])})
            return self.codes(heading, row.becomes, points.get(heading.name, 0))[0]
        if kind == "scale":
            found = recode.told(heading, self.texts[heading.name], "scale")
        else:
            found = dict(self.codes(heading, row.becomes, 0)[0])
        return {**found, **row.codes} if len(found) <= FEW else row.codes


def mapping_table(columns: Sequence[MappedColumn]) -> list[str]:
    """Rows of a mapping as lines for the screen, at most `WIDE` signs long.

    A row that is not decided has `?` before it, and its open codes come first; the last line
    counts such rows. A line with the
    file's name stands above the rows of each file, where there are several.
    """
    cells = [
        (c.column, c.becomes or "?", write_codes(_open_first(c.codes)), c.why) for c in columns
    ]
    heading = ("column", "becomes", "codes", "why")
    lines: list[str] = []
    widths = [
        min(most, max([len(" ".join(row[n].split())) for row in cells] + [len(heading[n])]))
        for n, most in enumerate(WIDTHS)
    ]
    widths.append(WIDE - 2 - sum(widths) - 2 * len(widths))
    lines.append(_line(" ", heading, widths))
    several = len({column.file for column in columns}) > 1
    for number, (column, row) in enumerate(zip(columns, cells, strict=True)):
        if several and (number == 0 or columns[number - 1].file != column.file):
            lines.append(_short(column.file, WIDE))
        lines.append(_line("?" if column.undecided else " ", row, widths))
    count = sum(1 for column in columns if column.undecided)
    told = f"{count} of {len(columns)} columns are not decided (?)" if count else "all are decided"
    return [*lines, told if columns else "no columns"]


def _open_first(codes: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(codes.items(), key=lambda item: item[1] != UNDECIDED))


def _line(mark: str, cells: Sequence[str], widths: Sequence[int]) -> str:
    shown = [_short(cell, width).ljust(width) for cell, width in zip(cells, widths, strict=True)]
    return f"{mark} {'  '.join(shown)}".rstrip()


def _short(text: str, width: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"
