"""Appendix on the coding: the frame, where each theme stands, what was counted, who agreed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analysis.chapters.case_words import CaseWords, lower
from analysis.chapters.coding_agreement import agreement_blocks
from analysis.evidence.units import FORMS, uneven_sections, units_by_document
from analysis.raw.cases import SECTIONS_FILE, codes
from analysis.raw.coding import FRAME_FILE, Code
from analysis.raw.tables import rows
from analysis.report.charts.picture import literal
from analysis.report.spans import Block, Span, Text, cite, code, text
from analysis.report.writer import Blocks
from analysis.study import open_study

PART = "coding"
# The groups besides themes and points, and what the facts on their codes are called.
GROUPS = {
    "kinds": "kind", "actors": "actor", "forms": "form", "policy": "", "addressees": "",
    "collections": "case",
}  # fmt: skip


def open_coding(round: str | int = "2016", language: str = "nl") -> CodingAppendix:
    """The appendix on the coding. Raises CallError for a wrong parameter."""
    return CodingAppendix(open_study(round, language))


class CodingAppendix(CaseWords):
    """What evidence was coded with, and how completely; each method gives one cell's blocks."""

    # What was counted and coded

    def opening(self) -> Blocks:
        """The documents, and the units counted in them beside those that were coded."""
        w = self.writer
        values: dict[str, Text] = {
            name: self.count("documents", statistic)
            for name, statistic in (
                ("documents", "documents"), ("fragments", "units.fragments"),
                ("repeated", "units.repeated"), ("bullets", "units.bullets"),
                ("quotations", "units.quotations"),
            )
        }  # fmt: skip
        return w.blocks(
            PART,
            [
                w.heading(1, "coding", self.label("coding.heading")),
                w.paragraph(w.say("coding.opening", file=code(FRAME_FILE), **values)),
                w.heading(2, "coding-units", self.label("coding.units.heading")),
                w.paragraph(
                    w.say("coding.units.opening", **values),
                    self._uneven(),
                    self.label("coding.units.statements"),
                ),
                self._units_table(),
            ],
        )

    def _uneven(self) -> Text:
        """That all units were coded, or in which sections they were not."""
        w = self.writer
        found = [
            w.say("coding.units.section", label=literal(self._section(row)),
                  file=code(str(row.source)))
            for row in rows(uneven_sections(self.data))
        ]  # fmt: skip
        if not found:
            return self.label("coding.units.even")
        return w.say("coding.units.uneven", sections=w.join(found))

    def _section(self, row: object) -> str:
        return str(getattr(row, f"label_{self.words.code}"))

    def _units_table(self) -> Block:
        w = self.writer
        columns = ["sections", "fragments", "repeated"]
        columns += [f"{form}{coded}" for form in FORMS.values() for coded in ("", "_coded")]
        documents = self._in_order(units_by_document(self.data)["document"])
        subjects = [*(f"document.{name}" for name in documents), "documents"]
        none = self.label("cases.none")

        def cell(subject: str, column: str) -> Text:
            key = self.key(subject, f"units.{column}")
            uncounted = column == "sections" and not w.value(key)
            return w.number(key) if w.has(key) and not uncounted else none

        names: list[Text] = [self._document(name) for name in documents]
        body = [
            [name, *(cell(subject, column) for column in columns)]
            for name, subject in zip(
                [*names, self.label("coding.units.total")], subjects, strict=True
            )
        ]
        return w.table(
            "table-coding-units",
            self.label("coding.units.title"),
            [
                (self.label("coding.document"), "left"),
                *((self.label(f"coding.units.columns.{column}"), "right") for column in columns),
            ],
            body,
            source=self.sources(SECTIONS_FILE, *self.data.files),
            provenance=self.provenance,
            note=self.label("coding.units.note"),
            marks=[""] * len(documents) + ["total"],
        )

    def _in_order(self, documents: Iterable[str]) -> list[str]:
        """Documents by year, as their marks are; what has no mark comes last."""
        marks = list(self.marks)
        last = len(marks)
        return sorted(
            dict.fromkeys(documents), key=lambda name: marks.index(name) if name in marks else last
        )

    def _document(self, name: str) -> Text:
        """A document by its mark and its file."""
        mark = self.marks.get(name, name)
        if mark == name:
            return code(name)
        return self.writer.say("coding.marked", mark=cite(mark), file=code(name))

    # The coding frame

    def frame_tables(self) -> Blocks:
        """Themes with their points, then every other group of codes."""
        w = self.writer
        return w.blocks(
            PART,
            [
                w.heading(2, "coding-frame", self.label("coding.frame.heading")),
                w.paragraph(self.label("coding.frame.opening")),
                self._frame_table("points", list(self._points())),
                self._frame_table("codes", list(self._codes())),
            ],
        )

    def _frame_table(self, name: str, body: list[tuple[str, list[Text]]]) -> Block:
        columns: list[tuple[Text, str]] = [
            (self.label("coding.frame.code"), "left"),
            (self.label("coding.frame.meaning"), "left"),
            (self.label("coding.frame.example"), "left"),
            (self.label("coding.frame.fragments"), "right"),
        ]
        return self.writer.table(
            f"table-coding-{name}",
            self.label(f"coding.frame.{name}.title"),
            columns,
            [row for _, row in body],
            source=self.sources(FRAME_FILE, *self.data.files),
            provenance=self.provenance,
            note=self.label(f"coding.frame.{name}.note"),
            marks=[mark for mark, _ in body],
        )

    def _points(self) -> Iterator[tuple[str, list[Text]]]:
        for theme, told in self.frame.themes.items():
            yield "total", self._code_row(told, f"theme.{theme}")
            for point in self.frame.points_of(theme):
                yield "", self._code_row(self.frame.points[point], f"point.{point}")

    def _codes(self) -> Iterator[tuple[str, list[Text]]]:
        for group, subject in GROUPS.items():
            label, told = (self.label(f"coding.groups.{group}.{k}") for k in ("label", "about"))
            yield "total", [label, told, "", ""]
            for name, item in self.frame.group(group).items():
                yield "", self._code_row(item, f"{subject}.{name}" if subject else "")

    def _code_row(self, item: Code, subject: str) -> list[Text]:
        """A code's name, meaning, the place of its example, and its fragments."""
        language = self.words.code
        return [
            literal(_capital(item.label(language))),
            literal(item.definition(language)),
            self._example(item.example),
            self.cell(subject, "fragments") if subject else self.label("cases.none"),
        ]

    def _example(self, name: str) -> Text:
        found = self.data.fragments[self.data.fragments["id"] == name]
        return next((self.place(row) for row in rows(found)), self.label("cases.none"))

    # Where each theme stands

    def crosswalk(self) -> Blocks:
        """Per theme the sections of each document that are about it, with their lines."""
        w = self.writer
        blocks = [
            w.heading(2, "coding-crosswalk", self.label("coding.crosswalk.heading")),
            w.paragraph(self.label("coding.crosswalk.opening")),
        ]
        body = list(self._crossed())
        if body:
            columns = [
                (self.label("coding.theme"), "left"),
                (self.label("coding.document"), "left"),
            ]
            blocks.append(
                w.table(
                    "table-coding-crosswalk",
                    self.label("coding.crosswalk.title"),
                    [*columns, (self.label("coding.crosswalk.sections"), "left")],
                    body,
                    source=self.sources(SECTIONS_FILE),
                    note=w.say("coding.crosswalk.note", documents=self._documents()),
                )
            )
        return w.blocks(PART, blocks)

    def _documents(self) -> list[Span]:
        names = self._in_order(self.data.sections["source"])
        return self.writer.join([self._document(name) for name in names])

    def _crossed(self) -> Iterator[list[Text]]:
        """A row per theme and document; what has no theme comes last."""
        labels = self.labels("themes") | {"": self.label("coding.crosswalk.none")}
        sections = list(rows(self.data.sections))
        for theme, label in labels.items():
            about = [row for row in sections if theme in (codes(row.themes) or [""])]
            for source in self._in_order(row.source for row in about):
                told = [self._lines(row) for row in about if row.source == source]
                mark = self.marks.get(source, source)
                yield [literal(label), cite(mark), _listed(told)]

    def _lines(self, row: object) -> list[Span]:
        first, last = (f"{getattr(row, name):.0f}" for name in ("first_line", "last_line"))
        lines = cite(f"{first}–{last}")
        label = literal(lower(self._section(row)))
        return self.writer.say("coding.crosswalk.section", label=label, lines=lines)

    # Coders

    def agreement(self) -> Blocks:
        """How far coders agree, or that nothing was coded twice."""
        return self.writer.blocks(PART, agreement_blocks(self))


def _listed(told: list[list[Span]]) -> list[Span]:
    spans: list[Span] = []
    for item in told:
        spans += [*text("; " if spans else ""), *item]
    return spans


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]
