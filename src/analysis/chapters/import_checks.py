"""Part of the appendix on method: how answers were read, and what was worth a warning."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.chapters.survey import SurveyChapter
from analysis.raw.settings import Instrument, read_instrument
from analysis.report.spans import Block, Span, Text, code
from analysis.survey.protect_rounding import rule

# Warnings that are about municipalities or single answers; all others are about sheets.
OF_OTHERS = ("small_cell", "corrected")


def import_checks(chapter: SurveyChapter) -> list[Block]:
    """How the answers of a round were imported: what was left out, and each warning counted."""
    w = chapter.writer
    file = code(chapter.data.source)
    return [
        w.heading(2, "method-import", chapter.label("appendices.import.heading")),
        w.paragraph(w.say("appendices.import.opening", file=file), *_dropped(chapter)),
        *(w.paragraph(*said) for said in (_asked(chapter), _recoded(chapter)) if said),
        *_warnings(chapter),
    ]


def _asked(chapter: SurveyChapter) -> list[Text]:
    """Where the questions differ from the shared questionnaire: what was left out, what is new."""
    w, settings = chapter.writer, chapter.data.settings
    shared = read_instrument(chapter.study.project, settings.instrument)
    said: list[Text] = []
    for group, left in _not_asked(settings.not_asked, shared).items():
        about = {"list": _quoted(chapter, shared, left)}
        if group:
            noun = chapter.label(f"survey.groups.{group}.noun")
            said.append(w.say("appendices.import.not_asked_of", noun=noun, **about))
        else:
            said.append(w.say("appendices.import.not_asked", **about))
    if settings.items:
        new = [item.id for item in settings.items]
        said.append(w.say("appendices.import.new", list=_quoted(chapter, chapter.instrument, new)))
    return said


def _not_asked(not_asked: Iterable[str], shared: Instrument) -> dict[str, list[str]]:
    """The items left out, by the group that was not asked; under "" those asked of nobody."""
    told: dict[str, set[str]] = {}
    for entry in not_asked:
        group, _, name = entry.rpartition(":")
        told.setdefault(name, set()).update([group] if group else shared.item(name).publish)
    found: dict[str, list[str]] = {"": []}
    for item in shared.items:  # in the order of the questionnaire
        groups = told.get(item.id, set())
        for group in [""] if groups == set(item.publish) else sorted(groups):
            found.setdefault(group, []).append(item.id)
    return {group: names for group, names in found.items() if names}


def _recoded(chapter: SurveyChapter) -> list[Text]:
    """Which answers were turned round, and which were given on a scale of another length."""
    loaded, instrument = chapter.study.survey, chapter.instrument
    statements = {item.id for item in instrument.items if item.kind == "scale"}
    said: list[Text] = []
    for how, names in (("reversed", loaded.reversed), ("rescaled", loaded.rescaled)):
        about: Text = _quoted(chapter, instrument, names)
        if statements <= set(names):
            about = chapter.label("appendices.import.every_statement")
        if names:
            said.append(chapter.writer.say(f"appendices.import.{how}", list=about))
    return said


def _quoted(chapter: SurveyChapter, instrument: Instrument, names: Iterable[str]) -> list[Span]:
    """Items by their short labels, between quotation marks: a label may hold a comma."""
    w = chapter.writer
    items = [instrument.item(name) for name in names]
    return w.join([w.say("survey.statement.quote", statement=chapter.short(i)) for i in items])


def _counted(chapter: SurveyChapter, name: str, value: int) -> Text:
    """How often a warning was given: of sheets rounded, where the round rounds respondents."""
    shown = rule(chapter.data)
    told = value if shown is None or name in OF_OTHERS else shown.show(value)
    return chapter.label("survey.none") if told is None else _number(chapter, name, told)


def _number(chapter: SurveyChapter, name: str, value: int) -> Span:
    data = chapter.data
    return chapter.writer.plain("import", name, value, data.source, provenance=data.provenance)


def _dropped(chapter: SurveyChapter) -> list[Text]:
    """How many columns were left out, by reason; never which."""
    w = chapter.writer
    found = {kind: n for kind, n in chapter.study.survey.dropped.items() if n}
    if not found:
        return [chapter.label("appendices.import.nothing_dropped")]
    parts = [
        w.say(
            f"appendices.import.dropped.{kind}_{'one' if n == 1 else 'many'}",
            n=_number(chapter, f"dropped.{kind}", n),
        )
        for kind, n in found.items()
    ]
    return [w.say("appendices.import.left_out", list=w.join(parts))]


def _warnings(chapter: SurveyChapter) -> list[Block]:
    w, data = chapter.writer, chapter.data
    found = {name: n for name, n in chapter.study.survey.warnings.items() if n}
    if not found:
        return [w.paragraph(chapter.label("appendices.import.no_warnings"))]
    cells: list[list[Text]] = [
        [chapter.label(f"appendices.import.warnings.{name}"), _counted(chapter, name, n)]
        for name, n in found.items()
    ]
    columns: list[tuple[Text, str]] = [
        (chapter.label("appendices.import.columns.warning"), "left"),
        (chapter.label("appendices.import.columns.count"), "right"),
    ]
    settings = f"survey/{data.settings.round}/round.yml"
    minimum = w.plain("setting", "minimum_cell", data.settings.minimum_cell, settings)
    note = w.say("appendices.import.note", minimum=minimum) if "small_cell" in found else ""
    title = chapter.label("appendices.import.table")
    return [
        w.paragraph(w.say("appendices.import.told")),
        w.table(
            "table-warnings", title, columns, cells, source=code(data.source), note=note,
            provenance=data.provenance,
        ),
    ]  # fmt: skip
