"""How far coders of the same material agree, as the appendix on the coding tells it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from analysis.chapters.case_words import CaseWords
from analysis.evidence.agreement import BASE, COLUMNS, FEW_UNITS
from analysis.raw.coders import CODERS_FILE
from analysis.report.charts.picture import literal
from analysis.report.spans import Block, Text, cite, code
from analysis.stats.interval import ALL_ALIKE, NO_VARIATION, TOO_FEW

REASONS = (FEW_UNITS, TOO_FEW, NO_VARIATION, ALL_ALIKE)
REFERENCE = "Krippendorff, 2011"


def agreement_blocks(chapter: CaseWords) -> Iterator[Block]:
    """The section on agreement: a table, or a sentence where nothing was coded twice."""
    w = chapter.writer
    yield w.heading(2, "coding-agreement", chapter.label("coding.agreement.heading"))
    if not chapter.how_many("coders", "units", BASE):
        there = (chapter.study.project.raw / CODERS_FILE).exists()
        key = "nobody_twice" if there else "no_file"
        yield w.paragraph(w.say(f"coding.agreement.{key}", file=code(f"data/raw/{CODERS_FILE}")))
        return
    yield w.paragraph(
        w.say(
            "coding.agreement.opening",
            coders=chapter.count("coders", "coders", BASE),
            units=chapter.count("coders", "units", BASE),
            reference=cite(REFERENCE),
        ),
        chapter.label("coding.agreement.themes"),
    )
    yield _table(chapter)


def _table(chapter: CaseWords) -> Block:
    w = chapter.writer
    columns = ("code", "units", "alpha", "interval", "agree")
    themes = chapter.labels("themes")
    subjects: dict[str, Text] = {
        f"coders.{column}": chapter.label(f"coding.agreement.rows.{column}") for column in COLUMNS
    }
    told = {f"theme.{t}": literal(label) for t, label in themes.items()
            if chapter.how_many(f"theme.{t}", "units", BASE)}  # fmt: skip
    reasons = [r for r in REASONS if any(_has(chapter, s, f"absent.alpha.{r}")
                                         for s in (*subjects, *told))]  # fmt: skip
    note = [chapter.label("coding.agreement.note")]
    note += [chapter.label(f"coding.agreement.reasons.{reason}") for reason in reasons]
    return w.table(
        "table-coding-agreement",
        chapter.label("coding.agreement.title"),
        [
            (chapter.label(f"coding.agreement.columns.{column}"), "left" if not index else "right")
            for index, column in enumerate(columns)
        ],
        [_row(chapter, subject, label) for subject, label in (subjects | told).items()],
        source=chapter.sources(CODERS_FILE),
        provenance="measured",
        note=" ".join(note),
    )


def _has(chapter: CaseWords, subject: str, statistic: str) -> bool:
    return chapter.writer.has(chapter.key(subject, statistic, BASE))


def _row(chapter: CaseWords, subject: str, label: Text) -> list[Text]:
    w, none = chapter.writer, chapter.label("cases.none")
    alpha = chapter.key(subject, "alpha", BASE)
    agree = chapter.key(subject, "agree", BASE)
    return [
        label,
        w.number(chapter.key(subject, "units", BASE)),
        w.number(alpha, places=2) if w.has(alpha) else none,
        _interval(chapter, alpha),
        w.number(agree) if w.has(agree) else none,
    ]


def _interval(chapter: CaseWords, key: str) -> Text:
    """The limits of alpha, or a dash where there are none."""
    w = chapter.writer
    fact = dict(w.facts.loc[key]) if w.has(key) else {}
    if math.isnan(fact.get("low", math.nan)):
        return chapter.label("cases.none")
    low, high = (chapter.words.decimal(fact[edge], 2) for edge in ("low", "high"))
    return w.number_drawn(
        key, chapter.label("coding.agreement.interval").format(low=low, high=high)
    )
