"""Sections on what the answers can bear: differences, agreement, and what holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from analysis.chapters.inference_appendix import method, response
from analysis.chapters.inference_checks import conclusions_table, directions_table, levels_table
from analysis.chapters.inference_show import Inference
from analysis.chapters.inference_tables import (
    between_table,
    ordinal_table,
    paired_tables,
    teams_table,
)
from analysis.chapters.survey import BOTH, PART, SurveyChapter
from analysis.chapters.survey_exhibits import leaders
from analysis.raw.settings import GROUPS, Item
from analysis.report.spans import Block, Text
from analysis.report.writer import Blocks
from analysis.stats.agreement import SMALLEST_GROUP
from analysis.survey.inference_scores import REST
from analysis.survey.inference_teams import STRONG

__all__ = ["agreement", "differences", "method", "response", "sensitivity"]

# Where the officials' and the professionals' answers are counted, for what leads.
LED = (
    ("professionals", "municipalities", "agree"),
    ("professionals", "municipalities", "disagree"),
    ("officials", "respondents", "agree"),
)


def differences(chapter: SurveyChapter) -> Blocks:
    """Section: officials against professionals in the same municipalities.

    Nothing for a reconstructed round: the section that compares says why there are no tests.
    """
    w = chapter.writer
    if chapter.data.reconstructed:
        return w.blocks(PART, [])
    show = Inference(chapter)
    blocks = [w.heading(2, "survey-differences", show.label("inference.differences.heading"))]
    tested = show.told("all", "pairs", "paired.mean")
    if tested:
        opening = w.say("inference.differences.opening", both=w.number(BOTH))
        blocks += [w.paragraph(opening), *_found(show, tested)]
    else:
        reason = w.say("inference.differences.nothing", minimum=show.minimum())
        blocks.append(w.paragraph(reason))
    blocks += [*_overall(show), *_left_out(show, "all", tested)]
    blocks += paired_tables(show) if tested else []
    if show.told("all", "respondents", "superiority.probability"):
        blocks.append(ordinal_table(show))
    return w.blocks(PART, blocks)


def _found(show: Inference, tested: Sequence[Item]) -> Iterator[Block]:
    """On which statements the groups differ in the same municipalities, if on any."""
    w = show.w
    said: list[Text] = []
    for item in tested:
        keys = {
            name: show.key(item, "all", "pairs", f"paired.{name}")
            for name in ("mean", "differs", "level_officials", "level_professionals")
        }
        if not w.has(keys["differs"]) or not w.value(keys["differs"]):
            continue
        way = "higher" if w.value(keys["differs"]) > 0 else "lower"
        groups = {group: keys[f"level_{group}"] for group in ("officials", "professionals")}
        levels: Text = ""
        if all(w.has(key) for key in groups.values()):
            told = {group: show.number(key, 1) for group, key in groups.items()}
            levels = w.say("inference.differences.levels", **told)
        said.append(
            w.say(
                f"inference.differences.{way}",
                short=show.chapter.short(item),
                levels=levels,
                interval=show.interval(keys["mean"], 1),
                n=w.base(keys["mean"]),
            )
        )
    if not said:
        counted = show.count("compared", len(tested))
        yield w.paragraph(w.say("inference.differences.none", k=counted, both=w.number(BOTH)))
        return
    yield w.paragraph(w.say("inference.differences.some", scale=_scale(show)))
    yield w.list(said)
    if rest := len(tested) - len(said):
        key = f"inference.differences.rest_{'one' if rest == 1 else 'many'}"
        yield w.paragraph(w.say(key, k=show.count("not_different", rest)))


def _overall(show: Inference) -> Iterator[Block]:
    """On how many statements the groups differ over all respondents."""
    key = show.key("comparison.tests", "all", "respondents", "ordinal.differing")
    if not show.w.has(key) or not dict(show.w.facts.loc[key])["denominator"]:
        return
    found = show.w.value(key)
    way = "none" if not found else "one" if found == 1 else "many"
    said = show.w.say(
        f"inference.differences.overall.{way}", n=show.w.number(key), k=show.w.base(key)
    )
    yield show.w.paragraph(said)


def agreement(chapter: SurveyChapter) -> Blocks:
    """Section: agreement within teams, and between both groups of a municipality.

    Nothing for a reconstructed round: the appendix on method says what cannot be done there.
    """
    w = chapter.writer
    if chapter.data.reconstructed:
        return w.blocks(PART, [])
    show = Inference(chapter)
    blocks = [w.heading(2, "survey-agreement", show.label("inference.agreement.heading"))]
    for group in GROUPS:
        blocks += _within(show, group)
    between = between_table(show)
    if between is not None:
        blocks += [w.paragraph(w.say("inference.agreement.between")), between]
    return w.blocks(PART, blocks)


def _within(show: Inference, group: str) -> Iterator[Block]:
    w = show.w
    noun = show.chapter.label(f"survey.groups.{group}.noun")
    places = {
        name: show.key("agreement", group, "municipalities", f"count.{name}")
        for name in ("single", "three_or_more")
    }
    three = show.constant("fewest_members", SMALLEST_GROUP)
    told = show.told(group, "teams", "rwg.mean")
    if not told:
        if show.chapter.data.answers.size(group):
            numbers = {name: w.number(key) for name, key in places.items() if w.has(key)}
            everywhere = w.number(show.chapter.response(group, "municipalities"))
            single = numbers.pop("single", None)
            said = w.say(
                "inference.agreement.impossible",
                noun=noun,
                three=three,
                places=everywhere,
                **numbers,
            )
            alone = w.say("inference.agreement.alone", single=single) if single else ""
            yield w.paragraph(said, alone)
        return
    strong = show.key("agreement", group, "teams", "rwg.strong")
    share = show.key("agreement", group, "teams", "icc1.percent")
    parts = [
        w.say(
            "inference.agreement.opening", noun=noun, three=three,
            places=w.number(places["three_or_more"]),
            table={"t": "ref", "to": f"table-teams-{group}"},
        )
    ]  # fmt: skip
    if w.has(share):
        alike = "some" if w.value(share) >= 1 else "none"
        told_share = w.number(share)
        parts.append(w.say(f"inference.agreement.between_{alike}", noun=noun, share=told_share))
    agree = "some" if w.value(strong) else "none"
    parts.append(
        w.say(
            f"inference.agreement.strong_{agree}", noun=noun, n=w.number(strong), k=w.base(strong),
            strong=show.constant("rwg_strong", STRONG, 1),
        )
    )  # fmt: skip
    yield w.paragraph(*parts)
    yield from _left_out(show, group, told)
    yield teams_table(show, group)


def sensitivity(chapter: SurveyChapter) -> Blocks:
    """Section: which conclusions hold when they are counted in another way."""
    w = chapter.writer
    if chapter.data.reconstructed:
        said = chapter.label("inference.sensitivity.reconstructed")
        return w.blocks(PART, [w.paragraph(said)])
    show = Inference(chapter)
    blocks = [
        w.heading(2, "survey-sensitivity", show.label("inference.sensitivity.heading")),
        w.paragraph(w.say("inference.sensitivity.opening", **show.cut_offs())),
    ]
    if tops := list(_tops(show)):
        blocks.append(w.list(tops))
    for group in GROUPS:
        blocks += _majorities(show, group)
    if compared := show.told("all", "conclusions", "stable.direction"):
        blocks.append(_held(show, "directions", "all", compared))
        blocks.append(directions_table(show))
    blocks += [
        levels_table(show, g) for g in GROUPS if show.told(g, "municipalities", "median.score")
    ]
    return w.blocks(PART, blocks)


def _tops(show: Inference) -> Iterator[Text]:
    """Of every statement that leads, whether it does so in every way of counting."""
    for group, base, side in LED:
        key = show.key("conclusions", group, "conclusions", f"stable.top_{side}")
        found = leaders(show.chapter, group, base, side) if show.w.has(key) else []
        if found:
            holds = "holds" if show.w.value(key) else "fragile"
            said = f"inference.sensitivity.top.{side}"
            noun = show.chapter.label(f"survey.groups.{group}.noun")
            verdict = show.label(f"inference.sensitivity.{holds}")
            yield show.say(said, noun=noun, leaders=found, verdict=verdict)


def _majorities(show: Inference, group: str) -> Iterator[Block]:
    if shown := show.shared(group, "conclusions", "stable.majority"):
        yield _held(show, "majorities", group, shown)
        yield conclusions_table(show, group)


def _held(show: Inference, what: str, group: str, items: Sequence[Item]) -> Block:
    """How many conclusions about `items` hold in every way, and which are fragile."""
    statistic = "stable.direction" if group == "all" else "stable.majority"
    fragile = [
        item for item in items if not show.w.value(show.key(item, group, "conclusions", statistic))
    ]
    noun = "" if group == "all" else show.chapter.label(f"survey.groups.{group}.noun")
    values: dict[str, Text] = {
        "n": show.count(f"{what}.{group}.stable", len(items) - len(fragile)),
        "k": show.count(f"{what}.{group}", len(items)),
        "noun": noun,
    }
    told: list[Text] = [show.w.say(f"inference.sensitivity.{what}", **values)]
    if fragile:
        told.append(show.w.say("inference.sensitivity.list", list=show.short(fragile)))
    return show.w.paragraph(*told)


# Pieces


def _left_out(show: Inference, group: str, told: Iterable[Item]) -> Iterator[Block]:
    """The statements that have no row, because too few respondents are behind it."""
    known = {item.id for item in told}
    missing = [item for item in show.items(group) if item.id not in known]
    rest = [
        item
        for item in missing
        if show.w.has(show.key(item, group, "pairs", f"absent.paired.{REST}"))
    ]
    for reason, items in (("few", [i for i in missing if i not in rest]), ("rest", rest)):
        if items:
            values = {"minimum": show.minimum(), "list": show.short(items)}
            yield show.w.paragraph(show.w.say(f"inference.left_out.{reason}", **values))


def _scale(show: Inference) -> Text:
    values = show.chapter.instrument.scale.values()
    return show.w.say(
        "inference.scale",
        low=show.setting("scale.low", min(values)),
        high=show.setting("scale.high", max(values)),
    )
