"""Tables of what a result rests on: who was silent, how it is counted, which interval is taken."""

from __future__ import annotations

from analysis.chapters.inference_show import Inference
from analysis.facts import fact_key
from analysis.report.charts.picture import literal
from analysis.report.spans import Block, Text, code
from analysis.survey.inference_response import auxiliary_columns
from analysis.survey.inference_stability import DIRECTIONS, SHARES


def bounds_table(show: Inference, group: str) -> Block | None:
    """What those who did not answer could make of each share."""
    cells: list[list[Text]] = []
    for item in show.shared(group, "municipalities", "worst_case.agree"):
        key = show.key(item, group, "municipalities", "worst_case.agree")
        share = show.key(item, group, "municipalities", "share.agree")
        interval = show.w.interval(key, short=True)
        cells.append([show.chapter.short(item), show.number(share), interval])
    if not cells:
        return None
    noun = show.chapter.label(f"survey.groups.{group}.noun")
    title = show.say("inference.response.table", noun=noun)
    return show.table(f"table-bounds-{group}", title, ("item", "share", "bounds"), cells)


def nonresponse_table(show: Inference, group: str) -> Block:
    """Municipalities that took part beside those that did not, on the columns of the frame."""
    facts = show.w.facts
    own = facts["group"].eq(group) & facts["subject"].str.startswith("nonresponse.")
    subjects = facts.loc[own, "subject"].drop_duplicates()
    cells: list[list[Text]] = []
    for subject in subjects:
        keys = [
            fact_key("survey", subject, group, "all", "municipalities", f"compared.{name}")
            for name in ("answered", "silent", "difference", "p", "p_bh")
        ]
        values = [show.number(key, 2) for key in keys[:3]]
        name = literal(_feature(show, subject.removeprefix("nonresponse.")))
        cells.append([name, *values, *(show.p_value(key) for key in keys[3:])])
    columns = ("feature", "answered", "silent", "standardised", "p", "p_adjusted")
    noun = show.chapter.label(f"survey.groups.{group}.noun")
    title = show.say("inference.response.compared_table", noun=noun)
    note = show.say("inference.response.compared_note", file=code(show.data.frame_file))
    return show.table(f"table-nonresponse-{group}", title, columns, cells, note)


def _feature(show: Inference, subject: str) -> str:
    """A column of the frame, with the category where it has any, in words."""
    names = auxiliary_columns(show.data.frame)
    column = max((n for n in names if subject.startswith(n)), key=len, default=subject)
    category = subject.removeprefix(column).removeprefix(".")
    words = column.removeprefix("aux_").replace("_", " ")
    return f"{words}: {category}" if category else words


def raked_table(show: Inference, group: str) -> Block:
    """The shares with weights beside those without."""
    cells: list[list[Text]] = []
    for item in show.shared(group, "municipalities", "raked.agree"):
        keys = [show.key(item, group, "municipalities", f"{n}.agree") for n in ("share", "raked")]
        cells.append([show.chapter.short(item), *(show.number(key) for key in keys)])
    kish = show.number(show.key("nonresponse", group, "municipalities", "raked.kish"), 2)
    noun = show.chapter.label(f"survey.groups.{group}.noun")
    title = show.say("inference.response.raked_table", noun=noun)
    note = show.say("inference.response.raked_note", kish=kish)
    return show.table(f"table-raked-{group}", title, ("item", "share", "raked"), cells, note)


def conclusions_table(show: Inference, group: str) -> Block:
    """Whether most agree, counted in every way, and whether that stays the same."""
    cells: list[list[Text]] = []
    for item in show.shared(group, "conclusions", "stable.majority"):
        names = (*(f"majority.{way}" for way in SHARES), "stable.majority")
        told = [show.yes(show.key(item, group, "conclusions", name)) for name in names]
        cells.append([show.chapter.short(item), *told])
    noun = show.chapter.label(f"survey.groups.{group}.noun")
    title = show.say("inference.sensitivity.table", noun=noun)
    columns = ("item", *SHARES, "stable")
    note = show.say("inference.sensitivity.note")
    return show.table(f"table-conclusions-{group}", title, columns, cells, note)


def directions_table(show: Inference) -> Block:
    """Which group scores higher, measured in every way, and whether that stays the same."""
    cells: list[list[Text]] = []
    for item in show.told("all", "conclusions", "stable.direction"):
        keys = [show.key(item, "all", "conclusions", f"direction.{way}") for way in DIRECTIONS]
        stable = show.yes(show.key(item, "all", "conclusions", "stable.direction"))
        told = [show.label(f"inference.direction.{_way(show.w.value(key))}") for key in keys]
        cells.append([show.chapter.short(item), *told, stable])
    columns = ("item", *DIRECTIONS, "stable")
    title = show.label("inference.sensitivity.directions_table")
    note = show.say("inference.sensitivity.directions_note")
    return show.table("table-directions", title, columns, cells, note)


def _way(sign: float) -> str:
    return "higher" if sign > 0 else "lower" if sign < 0 else "alike"


def levels_table(show: Inference, group: str) -> Block:
    """The mean and median over municipalities, and the mean over respondents."""
    cells: list[list[Text]] = []
    for item in show.told(group, "municipalities", "median.score"):
        mean, middle = (
            show.key(item, group, "municipalities", f"{name}.score") for name in ("mean", "median")
        )
        pooled = show.key(item, group, "respondents", "pooled_mean.score")
        cells.append(
            [
                *(show.chapter.short(item), show.number(mean, 2), show.number(middle, 2)),
                *(show.interval(middle, 2), show.number(pooled, 2)),
            ]
        )
    noun = show.chapter.label(f"survey.groups.{group}.noun")
    title = show.say("inference.sensitivity.levels_table", noun=noun)
    columns = ("item", "mean", "median", "interval", "pooled_mean")
    note = show.say("inference.sensitivity.levels_note", confidence=show.confidence())
    return show.table(f"table-levels-{group}", title, columns, cells, note)


def means_table(show: Inference, group: str) -> Block:
    """The mean over municipalities, with and without the finite population correction."""
    cells: list[list[Text]] = []
    for item in show.told(group, "municipalities", "mean.score"):
        mean, fpc = (
            show.key(item, group, "municipalities", f"{n}.score") for n in ("mean", "mean_fpc")
        )
        cells.append(
            [
                *(show.chapter.short(item), show.base(mean), show.number(mean, 2)),
                *(show.interval(mean, 2), show.interval(fpc, 2)),
            ]
        )
    noun = show.chapter.label(f"survey.groups.{group}.noun")
    columns = ("item", "places", "mean", "interval", "interval_fpc")
    note = show.say("inference.method.means_note", confidence=show.confidence())
    title = show.say("inference.method.means_table", noun=noun)
    return show.table(f"table-means-{group}", title, columns, cells, note)


def exact_table(show: Inference, group: str) -> Block | None:
    """The share of municipalities that agree, with Wilson's and the exact interval."""
    cells: list[list[Text]] = []
    for item in show.shared(group, "municipalities", "clopper.agree"):
        keys = [
            show.key(item, group, "municipalities", f"{name}.agree")
            for name in ("wilson", "clopper", "clopper_fpc")
        ]
        share = show.number(show.key(item, group, "municipalities", "share.agree"))
        intervals = [
            show.w.interval(key, short=True) if show.w.has(key) else show.label("inference.none")
            for key in keys
        ]
        cells.append([show.chapter.short(item), share, *intervals])
    if not cells:
        return None
    noun = show.chapter.label(f"survey.groups.{group}.noun")
    columns = ("item", "share", "wilson", "clopper", "clopper_fpc")
    note = show.say("inference.method.exact_note", confidence=show.confidence())
    title = show.say("inference.method.exact_table", noun=noun)
    return show.table(f"table-exact-{group}", title, columns, cells, note)
