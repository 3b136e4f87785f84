"""Multiple-choice items of the survey: table 1 as it was printed, or the boxes that were ticked."""

from __future__ import annotations

import math
from collections.abc import Sequence

from analysis.chapters.statements import Statements
from analysis.facts import fact_key
from analysis.raw.settings import Item
from analysis.raw.tables import rows
from analysis.report.charts.picture import literal
from analysis.report.spans import Block, Text, text

TEAM_TYPES = ("youth", "social", "integrated", "all")
ASPECTS = "policy_aspects"


def boxes_ticked(chapter: Statements, item: Item, group: str, source: Text) -> list[Block]:
    """Which boxes of an item a group ticked, by team type; for a round with answers."""
    w = chapter.writer
    asked = chapter.key(item.id, group, "routed", "count.asked")
    if asked in chapter.study.protected.hidden:
        return [w.paragraph(w.say("survey.boxes.too_few", question=chapter.statement(item)))]
    if not w.has(asked) or not w.value(asked):
        return [w.paragraph(w.say("survey.boxes.nobody", question=chapter.statement(item)))]
    name = "table-aspects" if item.id == ASPECTS else f"table-{group}-{item.id}"
    told: dict[str, Text] = {
        "question": chapter.statement(item),
        "n": w.number(asked),
        "noun": chapter.label(f"survey.groups.{group}.noun"),
    }
    shown = [t for t in TEAM_TYPES if any(map(w.has, _column(chapter, item, group, t)))]
    if not shown:
        opening = w.say("survey.boxes.none_shown", **told)
        return [w.paragraph(opening, *_led_to(chapter, item))]
    opening = w.say("survey.boxes.asked", table={"t": "ref", "to": name}, **told)
    blocks = [w.paragraph(opening, *_led_to(chapter, item), *_most_ticked(chapter, item, group))]
    return [*blocks, _boxes_table(chapter, item, group, shown, name, source)]


def _led_to(chapter: Statements, item: Item) -> list[Text]:
    """Who was asked, where an earlier answer decided that."""
    if item.asked_if is None:
        return []
    positions = [chapter.label(f"appendices.audit.positions.{p}") for p in item.asked_if.positions]
    gate = chapter.study.survey.data.instrument.item(item.asked_if.item)
    listed = chapter.writer.join(positions, "or")
    statement = chapter.statement(gate)
    return [chapter.writer.say("survey.boxes.led_to", statement=statement, positions=listed)]


def _most_ticked(chapter: Statements, item: Item, group: str) -> list[Text]:
    w = chapter.writer
    keys = {o.id: _ticked(chapter, item, o.id, group, "all") for o in item.options}
    if chapter.study.protected.hidden & set(keys.values()):
        return []  # one that is not shown may have been ticked most
    most = max((w.value(key) for key in keys.values() if w.has(key)), default=0)
    tops = [o for o in item.options if w.has(keys[o.id]) and w.value(keys[o.id]) == most > 0]
    if not tops:
        return []
    named = [
        w.say(
            "survey.boxes.named",
            option=literal(o.nl if chapter.words.code == "nl" else o.en),
            n=w.number(keys[o.id]),
            base=w.base(keys[o.id]),
        )
        for o in tops
    ]
    many = "one" if len(tops) == 1 else "many"
    return [w.say(f"survey.boxes.most_{many}", list=w.join(named))]


def _ticked(chapter: Statements, item: Item, option: str, group: str, team_type: str) -> str:
    """The key of how many ticked a box."""
    name = f"{item.id}.{option}"
    return fact_key("survey", name, group, team_type, "routed", "count.selected")


def _column(chapter: Statements, item: Item, group: str, team_type: str) -> list[str]:
    """The keys of how many of one team type ticked each box."""
    return [_ticked(chapter, item, option.id, group, team_type) for option in item.options]


def _boxes_table(
    chapter: Statements, item: Item, group: str, shown: Sequence[str], name: str, source: Text
) -> Block:
    """The boxes by the team types `shown`: those of which any number may be."""
    w, data = chapter.writer, chapter.study.survey.data
    none = chapter.label("survey.none")
    cells: list[list[Text]] = []
    whole, held_back = True, False
    for option in item.options:
        keys = {t: _ticked(chapter, item, option.id, group, t) for t in TEAM_TYPES}
        *parts, every = [w.value(key) if w.has(key) else 0 for key in keys.values()]
        # Rounded counts need not add up.
        compared = all(map(w.has, keys.values())) and not data.settings.rounding
        whole &= math.isclose(sum(parts), every) or not compared
        held_back |= bool(chapter.study.protected.hidden & set(keys.values()))
        label = literal(option.nl if chapter.words.code == "nl" else option.en)
        told = (keys[t] for t in shown)
        cells.append([label, *(w.number(key) if w.has(key) else none for key in told)])
    columns: list[tuple[Text, str]] = [(chapter.label("survey.columns.answer"), "left")]
    columns += [(chapter.label(f"survey.columns.{t}"), "right") for t in shown]
    note = w.say("survey.boxes.note", noun=chapter.label(f"survey.groups.{group}.noun"))
    if data.settings.rounding:
        note += [*text(" "), *text(chapter.label("survey.rounded_note"))]
    if held_back:
        kind = "held_back" if len(shown) == len(TEAM_TYPES) else "columns_held_back"
        note += [*text(" "), *text(chapter.label(f"survey.boxes.{kind}"))]
    if not whole:
        note += [*text(" "), *text(chapter.label("survey.boxes.unknown_team"))]
    title = w.say("survey.boxes.title", short=chapter.short(item))
    return w.table(
        name, title, columns, cells, source=source, note=note, provenance=data.provenance
    )


def printed_aspects(chapter: Statements) -> list[Block]:
    """Table 1: aspects of policy by team type, as printed, with rows that do not add up marked."""
    w = chapter.writer
    claims = chapter.study.claims
    printed = claims[
        claims["subject"].str.startswith(ASPECTS + ".") & (claims["section"] == "table 1")
    ]
    asked = chapter.key(ASPECTS, "officials", "routed", "count.asked")
    instrument = chapter.study.survey.data.instrument
    if printed.empty or not w.has(asked) or not instrument.has(ASPECTS):
        return []
    item = instrument.item(ASPECTS)
    if item.asked_if is None:
        return []
    gate = instrument.item(item.asked_if.item)
    cells: list[list[Text]] = []
    marks, broken = [], []
    for option in item.options:
        label = option.nl if chapter.words.code == "nl" else option.en
        row: list[Text] = [label]
        value = {}
        for claim in rows(printed[printed["subject"] == f"{ASPECTS}.{option.id}"]):
            value[claim.team_type] = claim.value
            row.append(
                w.plain(
                    f"table_1/{claim.subject}",
                    claim.team_type,
                    claim.value,
                    f"{claim.source}:{claim.line:.0f}",
                )
            )
        parts = sum(value[t] for t in TEAM_TYPES[:3])
        fits = math.isclose(parts, value["all"])
        marks.append("" if fits else "broken")
        if not fits:
            broken.append(_broken(chapter, option.id, label, parts, value["all"]))
        cells.append(row)
    columns: list[tuple[Text, str]] = [(chapter.label("survey.columns.aspect"), "left")]
    columns += [(chapter.label(f"survey.columns.{t}"), "right") for t in TEAM_TYPES]
    table = w.table(
        "table-aspects", chapter.label("survey.policy.title"), columns, cells,
        source=chapter.sources(f"survey/{chapter.study.round}/claims.csv"), marks=marks,
        note=chapter.label("survey.policy.note"), provenance="published",
    )  # fmt: skip
    opening = w.say("survey.policy.asked", statement=chapter.statement(gate), n=w.number(asked))
    texts = [w.paragraph(opening, *_most(chapter, item)), table]
    texts += [w.paragraph(text) for text in broken]
    return texts + _criteria(chapter)


def _most(chapter: Statements, item: Item) -> list[Text]:
    w = chapter.writer
    keys = {
        option: chapter.key(f"{item.id}.{option.id}", "officials", "routed", "count.selected")
        for option in item.options
    }
    known = [option for option in item.options if w.has(keys[option])]
    if not known:
        return []
    top = max(known, key=lambda option: w.value(keys[option]))
    label = top.nl if chapter.words.code == "nl" else top.en
    return [
        w.say("survey.policy.most", option=label, n=w.number(keys[top]), base=w.base(keys[top]))
    ]


def _broken(chapter: Statements, option: str, label: str, parts: float, total: float) -> Text:
    w = chapter.writer
    subject = f"table_1/{ASPECTS}.{option}"
    source = f"survey/{chapter.study.round}/claims.csv"
    return w.say(
        "survey.policy.broken",
        option=label,
        sum=w.plain(subject, "sum_of_team_types", parts, source),
        total=w.plain(subject, "all", total, source),
    )


def _criteria(chapter: Statements) -> list[Block]:
    """What the conditions in the commission are about."""
    w = chapter.writer
    asked = chapter.key("criteria_aspects", "officials", "routed", "count.asked")
    tailored = chapter.key("criteria_aspects.tailored", "officials", "routed", "count.selected")
    nothing = [
        chapter.key(f"criteria_aspects.{name}", "officials", "routed", "count.selected")
        for name in ("accessibility", "culture", "method")
    ]
    keys = [asked, tailored, *nothing]
    if not all(w.has(key) for key in keys) or any(w.value(key) for key in nothing):
        return []
    text = w.say("survey.policy.criteria", n=w.number(asked), tailored=w.number(tailored))
    return [w.paragraph(text)]
