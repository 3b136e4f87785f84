"""Part of the appendix on method: what is not shown, or only rounded, to protect respondents."""

from __future__ import annotations

from analysis.chapters.reconstruction import setting
from analysis.chapters.survey import SurveyChapter
from analysis.disclosure.rounding import YOUTH_CARE
from analysis.report.spans import Block, Span, Text
from analysis.survey.protect_rounding import rule


def protection(chapter: SurveyChapter) -> list[Block]:
    """How small cells were kept from view; a round of printed totals has none of its own."""
    w = chapter.writer
    if chapter.kind == "totals":
        return []
    found = chapter.study.protected
    minimum = setting(chapter, "minimum_cell", chapter.data.settings.minimum_cell, "count")
    told: list[Text] = [w.say("appendices.method.protection.rule", minimum=minimum)]
    if found.hidden:
        counts: dict[str, Text] = {
            "primary": _number(chapter, "primary", len(found.primary)),
            "secondary": _number(chapter, "secondary", len(found.secondary)),
        }
        told.append(w.say("appendices.method.protection.hidden", **counts))
    else:
        told.append(w.say("appendices.method.protection.nothing"))
    if count := len({subject for subject, _ in found.without_means}):
        key = f"appendices.method.protection.means_{'one' if count == 1 else 'many'}"
        told.append(w.say(key, n=_number(chapter, "without_means", count)))
    heading = chapter.label("appendices.method.protection.heading")
    rounding = _rounding(chapter)
    return [
        w.heading(2, "method-protection", heading),
        w.paragraph(*told),
        *([w.paragraph(*rounding)] if rounding else []),
    ]


def _rounding(chapter: SurveyChapter) -> list[Text]:
    """How counts of respondents are rounded, from the setting of the round."""
    shown = rule(chapter.data)
    if shown is None:
        return []
    numbers: dict[str, Text] = {"base": setting(chapter, "rounding.base", shown.base, "count")}
    if chapter.data.settings.rounding == YOUTH_CARE:
        name = YOUTH_CARE
        numbers["secret"] = setting(chapter, "rounding.secret", shown.least - 1, "count")
    else:
        name = "base"
        numbers["least"] = setting(chapter, "rounding.least", shown.least, "count")
    say = chapter.writer.say
    return [
        say(f"appendices.method.protection.rounding.{name}", **numbers),
        say("appendices.method.protection.rounding.shares"),
        say("appendices.method.protection.rounding.left_out"),
    ]


def _number(chapter: SurveyChapter, name: str, count: int) -> Span:
    data = chapter.data
    return chapter.writer.plain("protection", name, count, data.source, provenance=data.provenance)
