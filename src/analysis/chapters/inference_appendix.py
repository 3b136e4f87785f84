"""Appendices on what the answers can bear: those who were silent, and how it was computed."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.chapters.inference_checks import (
    bounds_table,
    exact_table,
    means_table,
    nonresponse_table,
    raked_table,
)
from analysis.chapters.inference_show import Inference
from analysis.chapters.survey import BOTH, FRAME, SurveyChapter
from analysis.raw.settings import GROUPS
from analysis.report.charts.picture import literal
from analysis.report.spans import Block, Span, Text, code
from analysis.report.writer import Blocks
from analysis.stats.paired import DRAWS
from analysis.survey.inference_response import EVERYBODY, NO_COLUMNS, NO_WEIGHTS, NOT_LINKED
from analysis.survey.inference_scores import FEW, LARGE, TOO_LARGE

SILENT = (NO_COLUMNS, NOT_LINKED, EVERYBODY, FEW)


def response(chapter: SurveyChapter) -> Blocks:
    """Appendix on response: what the silent could change, and whether they are others.

    Nothing for a reconstructed round: the appendix says why nothing can be compared.
    """
    w = chapter.writer
    if chapter.data.reconstructed:
        return w.blocks("response", [])
    show = Inference(chapter)
    blocks = [
        w.heading(2, "response-silence", show.label("inference.response.heading")),
        w.paragraph(w.say("inference.response.opening", frame=w.number(FRAME))),
    ]
    tables = [bounds_table(show, group) for group in GROUPS]
    blocks += [table for table in tables if table is not None]
    if not any(tables):
        blocks.append(w.paragraph(show.label("inference.response.no_bounds")))
    said = ""
    for group in GROUPS:
        reason = _silent_because(show, group)
        if not reason:
            blocks += _compared(show, group)
        elif reason != said:
            said = reason
            blocks.append(
                w.paragraph(
                    w.say(
                        f"inference.response.silent.{reason}",
                        file=code(chapter.data.frame_file),
                        noun=chapter.label(f"survey.groups.{group}.noun"),
                    )
                )
            )
    return w.blocks("response", blocks)


def _silent_because(show: Inference, group: str) -> str:
    """Why those who answered are not compared with those who did not; empty where they are."""
    keys = {
        reason: show.key("nonresponse", group, "municipalities", f"absent.nonresponse.{reason}")
        for reason in SILENT
    }
    return next((reason for reason, key in keys.items() if show.w.has(key)), "")


def _compared(show: Inference, group: str) -> Iterator[Block]:
    w = show.w
    noun = show.chapter.label(f"survey.groups.{group}.noun")
    table = {"t": "ref", "to": f"table-nonresponse-{group}"}
    yield w.paragraph(w.say("inference.response.compared", noun=noun, table=table))
    yield nonresponse_table(show, group)
    if show.shared(group, "municipalities", "raked.agree"):
        yield raked_table(show, group)
    elif w.has(show.key("nonresponse", group, "municipalities", f"absent.raking.{NO_WEIGHTS}")):
        yield w.paragraph(show.label("inference.response.no_weights"))


def method(chapter: SurveyChapter) -> Blocks:
    """Appendix on method: how all this was computed, from the settings and facts themselves.

    Nothing for a reconstructed round, of which the appendix says what cannot be done.
    """
    w = chapter.writer
    if chapter.data.reconstructed:
        return w.blocks("method", [])
    show = Inference(chapter)
    blocks = [
        w.heading(2, "method-inference", show.label("inference.method.heading")),
        w.paragraph(w.say("inference.method.unit", minimum=show.minimum())),
        w.paragraph(
            w.say("inference.method.paired", both=w.number(BOTH)),
            _tests_told(show),
            w.say("inference.method.shown", confidence=show.confidence(), alpha=_alpha(show)),
        ),
        w.list(_families(show)),
        w.paragraph(w.say("inference.method.overall", many=show.constant("many", LARGE))),
        w.paragraph(show.label("inference.method.agreement")),
        w.paragraph(show.label("inference.method.response")),
        w.paragraph(w.say("inference.method.sensitivity", **show.cut_offs())),
    ]
    groups = [g for g in GROUPS if show.told(g, "municipalities", "mean.score")]
    blocks += [means_table(show, group) for group in groups]
    tables = [exact_table(show, group) for group in groups]
    return w.blocks("method", [*blocks, *(table for table in tables if table is not None)])


def _tests_told(show: Inference) -> Text:
    """How the paired tests were made: which test, and what was drawn."""
    if show.told("all", "pairs", f"absent.permutations.{TOO_LARGE}"):
        return show.label("inference.method.tests.large")
    drawn = show.told("all", "pairs", "paired.error_sign_flip")
    if not drawn:
        return show.label("inference.method.tests.exact")
    return show.say(
        "inference.method.tests.drawn",
        list=show.short(drawn),
        draws=show.constant("draws", DRAWS),
        seed=show.setting("seed", show.data.settings.seed),
    )


def _alpha(show: Inference) -> Span:
    """The p-value below which a difference is called one."""
    settings = show.data.settings
    source = f"survey/{settings.round}/round.yml"
    value = 1 - settings.confidence
    return show.w.plain("significance", "level", value, source, unit="ratio", places=2)


def _families(show: Inference) -> Iterator[Text]:
    """How many tests each family has, for both ways of comparing."""
    w = show.w
    for name in (*show.data.settings.families, ""):
        statistic = f"tests.family.{name}" if name else "tests.rest"
        counts = {
            analysis: w.number(show.key("comparison.tests", "all", base, f"{analysis}.{statistic}"))
            for analysis, base in (("paired", "pairs"), ("ordinal", "respondents"))
        }
        if name:
            yield w.say("inference.method.family", name=literal(name), **counts)
        else:
            yield w.say("inference.method.rest", **counts)
