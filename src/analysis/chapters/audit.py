"""Appendices for reviewers: the sources, and every printed claim against the data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.audit import VERDICTS
from analysis.chapters.chapter import Chapter
from analysis.chapters.claims import ClaimWriter
from analysis.raw.files import compared_rounds
from analysis.raw.settings import PublishedTotals, read_round
from analysis.raw.sources import read_source, round_files
from analysis.report.ledger import plain_number
from analysis.report.spans import Block, Span, Text, cite, code, plain_text, text
from analysis.report.writer import Blocks
from analysis.study import Study, open_study

# Phrases that mean one thing only: more than half, the others, everybody.
SHARP = ("", "majority", "remainder", "all")
FINE = ("reproduced", "rounds_to")
FINDINGS_ALIGNED = ("left", "right", "left", "right", "left", "left")
# What the rounds share, but only those of printed totals use: a frame with marks, faults of a scan.
OF_TOTALS = ("survey/municipalities.csv", "survey/corrections.csv")
WRONG = ("contradicts", "impossible", "differs")
COLUMNS = (
    "id",
    "source",
    "line",
    "claim",
    "unit",
    "published",
    "recomputed",
    "verdict",
    "note",
)


def open_audit(
    round: str | int = "2016",
    language: str = "nl",
    compare: str = "",
    **cut_offs: float | None,
) -> AuditChapter:
    """The audit of a round, `compare` and `cut_offs` as for the survey.

    Raises CallError for a wrong one.
    """
    study = open_study(round, language, cut_offs)
    return AuditChapter(study, compared_rounds(study.project, study.round, compare))


def audit_rows(study: Study) -> list[dict[str, str]]:
    """The audit as rows of `audit.csv`, with exactly the `COLUMNS`, everything as text."""
    chapter = AuditChapter(study)
    found = []
    for claim in chapter.claims():
        published = chapter.teller.phrase(claim)
        if not math.isnan(claim["value"]):
            published = f"{published} {plain_number(claim['value'])}".strip()
        found.append(
            {
                "id": claim["id"],
                "source": claim["source"],
                "line": plain_number(claim["line"]),
                "claim": chapter.teller.about(claim),
                "unit": claim["unit"],
                "published": published,
                "recomputed": plain_number(claim["recomputed"]),
                "verdict": claim["verdict"],
                "note": chapter.note_text(claim),
            }
        )
    return found


class AuditChapter(Chapter):
    """Sources and audit."""

    def __init__(self, study: Study, compared: Sequence[str] = ()) -> None:
        super().__init__(study, study.facts)
        self.compared = tuple(compared)
        self.teller = ClaimWriter(self)
        self.by_id = {claim["id"]: claim for claim in self.claims()}

    def claims(self) -> list[dict[str, Any]]:
        """Every claim with its verdict, as dictionaries."""
        return [{str(k): v for k, v in row.items()} for row in self.study.audit.to_dict("records")]

    def _count(self, *verdicts: str, part: str = "all") -> Span:
        audit = self.study.audit
        hits = audit["verdict"].isin(verdicts)
        if part != "all":
            hits &= audit["section"].map(part_of) == part
        name = ".".join(("verdicts", part))
        return self.writer.plain(name, "+".join(verdicts), int(hits.sum()), "audit.csv")

    def _rests_on(self, claim: dict[str, Any]) -> str:
        """`band` where a contradiction hangs on how a phrase was read, else `figures`."""
        names = [str(claim["id"]), *str(claim["others"]).split()]
        banded = any(self.by_id[name]["phrase"] not in SHARP for name in names)
        return "band" if banded else "figures"

    def _wrong(self) -> list[dict[str, Any]]:
        """The claims that contradict another, differ from the data or cannot be."""
        return [claim for claim in self.claims() if claim["verdict"] in WRONG]

    def _banded(self) -> Span:
        """How many contradictions hang on how a phrase was read."""
        wrong = [c for c in self.claims() if c["verdict"] in ("contradicts", "differs")]
        number = sum(self._rests_on(claim) == "band" for claim in wrong)
        return self.writer.plain("verdicts.all", "contradicts.band", number, "audit.csv")

    @property
    def kind(self) -> str:
        """What the round is made from: `totals` that were printed, or `answers`."""
        return "totals" if self.study.survey.data.reconstructed else "answers"

    # Cells

    def brief(self) -> Blocks:
        """What the audit adds to the report in brief."""
        found: dict[str, Text] = {
            "all": self._count(*VERDICTS),
            "fine": self._count(*FINE),
            "open": self._count("not_recomputable"),
        }
        if self._wrong() or self.kind == "totals":
            said = self.writer.say(
                "appendices.audit.brief",
                contradicts=self._count("contradicts", "differs"),
                impossible=self._count("impossible"),
                band=self._banded(),
                **found,
            )
        else:
            said = self.writer.say("appendices.audit.brief_fine", **found)
        return self.writer.blocks("brief", [self.writer.paragraph(said)])

    def sources_list(self) -> Blocks:
        """Appendix: the raw files used, with origin and checksum, and the publications."""
        w = self.writer
        cells: list[list[Text]] = []
        citations: dict[str, None] = {}
        for name in self._files():
            source = read_source(self.study.project, self.study.project.raw / name)
            citations[source.citation] = None
            content = self._content(name) or cite(source.title)
            cells.append([code(name), content, code(source.sha256[:12])])
        columns: list[tuple[Text, str]] = [
            (self.label(f"appendices.sources.columns.{name}"), "left")
            for name in ("file", "title", "checksum")
        ]
        table = w.table(
            "table-sources", self.label("appendices.sources.table"), columns, cells, source=""
        )
        return w.blocks(
            "sources",
            [
                w.heading(1, "sources", self.label("appendices.sources.heading")),
                w.paragraph(self.label("appendices.sources.opening")),
                table,
                w.heading(2, "sources-publications", self.label("appendices.sources.citations")),
                w.list([cite(citation) for citation in citations]),
            ],
        )

    def _files(self) -> list[str]:
        """The raw files of the round and of those that it is compared with.

        Without those that only a round of printed totals rests on, where there is none.
        """
        project, data = self.study.project, self.study.survey.data
        rounds = (self.study.round, *self.compared)
        files = dict.fromkeys(path for name in rounds for path in round_files(project, name))
        names = [path.relative_to(project.raw).as_posix() for path in files]
        if any(self._kind_of(name) == "totals" for name in rounds):
            return names
        return [name for name in names if name not in OF_TOTALS or name == data.frame_file]

    def _kind_of(self, round: str) -> str:
        if round == self.study.round:
            return self.kind
        source = read_round(self.study.project, round).source
        return "totals" if isinstance(source, PublishedTotals) else "answers"

    def _content(self, name: str) -> str:
        """What a raw file holds, in the language of the report; "" where only its title tells."""
        told = self.words.get("appendices.sources.contents")
        general = name
        for round in (self.study.round, *self.compared):
            general = general.replace(f"survey/{round}/", f"survey/{self._kind_of(round)}/")
        folder, _, _ = general.rpartition("/")  # exports have names of their own
        return str(told.get(general) or told.get(folder, ""))

    def verdicts(self) -> Blocks:
        """Appendix: how many claims came back."""
        w = self.writer
        opening = w.say(f"appendices.audit.opening.{self.kind}", file=code("audit.csv"))
        blocks = [
            w.heading(1, "audit", self.label("appendices.audit.heading")),
            w.paragraph(opening),
            self._verdicts_table(),
            w.paragraph(self.label(f"appendices.audit.copied.{self.kind}")),
        ]
        return w.blocks("audit", blocks)

    def _verdicts_table(self) -> Block:
        told = {part_of(section) for section in self.study.audit["section"]} | {"all"}
        parts = [part for part in ("literature", "survey", "cases", "all") if part in told]
        present = set(self.study.audit["verdict"])
        cells: list[list[Text]] = [
            [
                self.label(f"appendices.audit.verdicts.{verdict}"),
                *(self._count(verdict, part=part) for part in parts),
            ]
            for verdict in VERDICTS
            if verdict in present
        ]
        total = self.label("appendices.audit.sections.all")
        cells.append([total, *(self._count(*VERDICTS, part=part) for part in parts)])
        columns: list[tuple[Text, str]] = [(self.label("appendices.audit.verdict"), "left")]
        columns += [(self.label(f"appendices.audit.sections.{part}"), "right") for part in parts]
        marks = [""] * (len(cells) - 1) + ["total"]
        title = self.label("appendices.audit.verdicts_table")
        return self.writer.table(
            "table-verdicts", title, columns, cells, source=code("audit.csv"), marks=marks
        )

    def findings(self) -> Blocks:
        """Appendix: the claims that contradict another or cannot be."""
        w, wrong = self.writer, self._wrong()
        heading = w.heading(2, "audit-findings", self.label("appendices.audit.findings_heading"))
        if not wrong:
            none = w.paragraph(self.label("appendices.audit.no_findings"))
            return w.blocks("audit", [heading, none])
        cells: list[list[Text]] = [
            [
                self.teller.about(claim),
                self.teller.line(claim),
                self.teller.printed(claim),
                self.teller.recomputed(claim, float(claim["recomputed"])),
                self.note(claim),
                self.label(f"appendices.audit.rests.{self._rests_on(claim)}"),
            ]
            for claim in wrong
        ]
        names = ("claim", "line", "published", "recomputed", "note", "rests")
        columns: list[tuple[Text, str]] = [
            (self.label(f"appendices.audit.findings_columns.{name}"), align)
            for name, align in zip(names, FINDINGS_ALIGNED, strict=True)
        ]
        files = dict.fromkeys(claim["source"] for claim in wrong)
        source = w.join([code(str(name)) for name in files])
        title = self.label("appendices.audit.findings_table")
        table = w.table("table-findings", title, columns, cells, source=source)
        return w.blocks("audit", [heading, table])

    def unresolved(self) -> Blocks:
        """Appendix: the claims that cannot be recomputed."""
        w = self.writer
        claims = [claim for claim in self.claims() if claim["verdict"] == "not_recomputable"]
        if not claims:
            return w.blocks("audit", [])
        cells: list[list[Text]] = [
            [self.teller.about(claim), self.teller.line(claim), self.teller.printed(claim)]
            for claim in claims
        ]
        shown = [("claim", "left"), ("line", "right"), ("published", "left")]
        if any(claim["reason"] for claim in claims):
            cells = [[*row, self.note(c)] for row, c in zip(cells, claims, strict=True)]
            shown.append(("why", "left"))
        columns: list[tuple[Text, str]] = [
            (self.label(f"appendices.audit.findings_columns.{name}"), align)
            for name, align in shown
        ]
        files = dict.fromkeys(str(claim["source"]) for claim in claims)
        title = self.label("appendices.audit.open_table")
        source = w.join([code(name) for name in files])
        return w.blocks(
            "audit",
            [
                w.heading(2, "audit-open", self.label("appendices.audit.open_heading")),
                w.paragraph(w.say("appendices.audit.open_text")),
                w.table("table-open", title, columns, cells, source=source),
            ],
        )

    def _place(self, claim: dict[str, Any]) -> list[Span]:
        return self.writer.say("appendices.audit.line", line=self.teller.line(claim))

    # Notes

    def note(self, claim: dict[str, Any]) -> list[Span]:
        """Why a claim has its verdict, and the transcriber's remark."""
        others = [self.by_id[name] for name in str(claim["others"]).split()]
        base = math.isnan(claim["detail"])
        key = str(claim["reason"])
        if key == "impossible" and not base:
            key = "impossible_base"
        if not key:
            return []
        listed = self.writer.join(
            [
                [*self.teller.with_value(o, beside=claim), *text(", "), *self._place(o)]
                for o in others
            ]
        )
        detail: Text = ""
        if not base:
            detail = self.writer.plain(
                f"claim/{claim['id']}", "fitting_base", float(claim["detail"]), "audit.csv"
            )
        return self.writer.say(f"appendices.audit.notes.{key}", list=listed, base=detail)

    def note_text(self, claim: dict[str, Any]) -> str:
        """The note as plain text, with the transcriber's remark."""
        parts = [plain_text(self.note(claim)), str(claim["note"])]
        return "; ".join(part for part in parts if part)


def part_of(section: str) -> str:
    """The chapter that a section of the main report belongs to; other documents tell of cases."""
    if section.startswith("2."):
        return "literature"
    return "cases" if section.startswith(("4", "dt-", "ut-")) else "survey"


def verdict_counts(audit: pd.DataFrame) -> dict[str, int]:
    """How many claims have each verdict, in the order of `VERDICTS`."""
    return {verdict: int((audit["verdict"] == verdict).sum()) for verdict in VERDICTS}
