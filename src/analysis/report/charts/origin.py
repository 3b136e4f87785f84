"""Youth care by origin: one bar per group, the total as the measure of all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd
import seaborn as sns

from analysis.language.words import Language
from analysis.report.charts.picture import (
    Picture,
    check_frame,
    literal,
    make_picture,
    number,
    optional,
    provenance_note,
    sibling,
    stars,
)
from analysis.report.charts.sheet import Sheet
from analysis.report.charts.style import (
    BLUE,
    GREYS,
    INK,
    RULE,
    VERMILION,
    Medium,
    text_width,
)
from analysis.report.spans import Span, fill, join, plain_text

COLUMNS = (
    "fact",
    "origin",
    "label",
    "level",
    "share_percent",
    "ratio_to_total",
    "year",
    "provenance",
)
PLACES = 2
# Between a share and what follows it, as a part of the size of the letter.
SPACE = 0.7
WEIGHTS = ("bold", "semibold", "regular", "regular")


@dataclass(frozen=True)
class Group:
    """One bar. `level` 0 is the total, each further level lies within the one before."""

    fact: str
    ratio_fact: str
    label: str
    level: int
    share: float
    ratio: float
    star: str
    places: int

    @property
    def tie(self) -> float:
        """What is compared: the share as it is printed."""
        return round(self.share, self.places)

    def printed(self, language: Language) -> str:
        """The share with as many decimals as it was published with."""
        return language.percent(self.share, self.places)


def draw_origin(frame: pd.DataFrame, language: Language) -> Picture:
    """Horizontal bars of `share_percent` per origin, in the order of the frame.

    A row is one origin in one year; the frame holds one year. The rows of `level` 0 are the
    total, which is drawn as a line through all bars and is never an extreme.
    `ratio_fact` is an optional column with the fact of `ratio_to_total`, `places` one with the
    number of decimals to print.
    """
    check_frame(frame, COLUMNS, "draw_origin")
    years = sorted(set(frame["year"]))
    if len(years) > 1:
        raise ValueError(f"draw_origin: one year to a picture, the frame holds {years}")
    groups = _read(frame)
    note = provenance_note(frame, language)
    highest, lowest = _extremes(groups)

    def compose(medium: Medium) -> Sheet:
        return _compose(medium, groups, note, language)

    title = _title(groups, highest, lowest, language)
    return make_picture(title, _alt(groups, title, str(int(years[0])), language), compose)


def _read(frame: pd.DataFrame) -> list[Group]:
    marks = stars(frame)
    return [
        Group(
            fact=str(row["fact"]),
            ratio_fact=optional(row, "ratio_fact", sibling(row["fact"], "ratio_to_total")),
            label=str(row["label"]),
            level=int(row["level"]),
            share=float(row["share_percent"]),
            ratio=float(row["ratio_to_total"]),
            star=marks.get(row["fact"], ""),
            places=int(row.get("places", PLACES)),
        )
        for row in frame.to_dict("records")
    ]


def _extremes(groups: Sequence[Group]) -> tuple[list[Group], list[Group]]:
    """The groups with the highest and the lowest share; none when all are equal."""
    parts = [group for group in groups if group.level > 0 and not math.isnan(group.share)]
    shares = [group.tie for group in parts]
    if len(set(shares)) < 2:
        return [], []
    return (
        [group for group in parts if group.tie == max(shares)],
        [group for group in parts if group.tie == min(shares)],
    )


def _compose(
    medium: Medium, groups: Sequence[Group], note: Sequence[str], language: Language
) -> Sheet:
    sheet = Sheet(medium)
    highest, lowest = _extremes(groups)
    row = medium.text * (2.9 if medium.narrow else 1.95)
    top = medium.small * 1.6
    bottom = top + row * len(groups)
    ends = [_end_text(group, group in highest + lowest, language) for group in groups]
    left = 1.0 if medium.narrow else 8 + max(_label_width(group, medium) for group in groups)
    right = 4 + max(_end_width(group, end, medium) for group, end in zip(groups, ends, strict=True))
    width = medium.width - left - right
    scale = width / max([group.share for group in groups if not math.isnan(group.share)] + [1e-9])
    colours = [_colour(group, highest, lowest) for group in groups]
    _draw_bars(sheet, groups, colours, (left, top, width, row * len(groups)))
    if not medium.narrow:
        _draw_brackets(sheet, groups, top, row)
    for total in (group for group in groups if group.level == 0):
        x = left + total.share * scale
        sheet.line((x, top - 1), (x, bottom), INK, 0.9)
        sheet.write(x, top - medium.small * 0.7, total.label, size=medium.small, align="center")
    for index, group in enumerate(groups):
        middle = top + (index + 0.5) * row
        label_y = middle - medium.text * 0.68 if medium.narrow else middle
        weight = WEIGHTS[min(group.level, 3)]
        indent = _indent(group, medium)
        sheet.write(indent, label_y, group.label, weight=weight, backed=medium.narrow)
        bar_y = middle + medium.text * 0.62 if medium.narrow else middle
        end = left + 3 + (0 if math.isnan(group.share) else group.share * scale)
        _write_end(sheet, end, bar_y, group, ends[index], colours[index])
    sheet.finish(sheet.note(bottom + 3, note) + 2)
    return sheet


def _indent(group: Group, medium: Medium) -> float:
    return medium.text * 1.1 * max(group.level - 1, 0)


def _draw_brackets(sheet: Sheet, groups: Sequence[Group], top: float, row: float) -> None:
    """A rule left of the labels of groups that lie within the same larger group."""
    medium = sheet.medium
    for level in range(2, 1 + max(group.level for group in groups)):
        x = medium.text * 1.1 * (level - 1) - medium.text * 0.55
        inside = [group.level >= level for group in groups]
        for index, (before, here) in enumerate(pairwise([False, *inside])):
            if here and not before:
                length = next((n for n, part in enumerate(inside[index:]) if not part), None)
                stop = len(groups) if length is None else index + length
                ends = (x, top + row * (index + 0.15)), (x, top + row * (stop - 0.15))
                sheet.line(*ends, colour=RULE, width=0.8)


def _label_width(group: Group, medium: Medium) -> float:
    return _indent(group, medium) + text_width(
        group.label, medium.text, WEIGHTS[min(group.level, 3)]
    )


def _colour(group: Group, highest: Sequence[Group], lowest: Sequence[Group]) -> str:
    if group in highest:
        return VERMILION
    if group in lowest:
        return BLUE
    return GREYS[min(group.level, 3)]


def _draw_bars(
    sheet: Sheet,
    groups: Sequence[Group],
    colours: Sequence[str],
    place: tuple[float, float, float, float],
) -> None:
    """The bars themselves, on axes that reach from zero to the highest share."""
    axes = sheet.panel(*place)
    rows = pd.DataFrame({"row": range(len(groups)), "share": [group.share for group in groups]})
    names = [str(row) for row in rows["row"]]
    sns.barplot(
        rows.assign(row=names),
        x="share",
        y="row",
        hue="row",
        order=names,
        hue_order=names,
        palette=list(colours),
        saturation=1,
        width=0.38 if sheet.medium.narrow else 0.68,
        errorbar=None,
        legend=False,
        ax=axes,
    )
    down = 0.21 if sheet.medium.narrow else 0
    axes.set(xlim=(0, float(rows["share"].max())), ylim=(len(groups) - 0.5 - down, -0.5 - down))


def _end_text(group: Group, extreme: bool, language: Language) -> list[str]:
    """What stands at the end of a bar: the share and, for an extreme, "n times the total", n."""
    if math.isnan(group.share):
        return [language.label("charts.no_value")]
    texts = [group.printed(language)]
    if extreme and not math.isnan(group.ratio):
        times = language.decimal(group.ratio, 1)
        texts += [language.label("charts.origin.times_total").format(ratio=times), times]
    return texts


def _end_width(group: Group, texts: Sequence[str], medium: Medium) -> float:
    width = text_width(texts[0] + group.star, medium.text, WEIGHTS[min(group.level, 3)])
    if len(texts) > 1:
        width += medium.text * SPACE + text_width(texts[1], medium.text, "bold")
    return width


def _write_end(
    sheet: Sheet, x: float, y: float, group: Group, texts: Sequence[str], colour: str
) -> None:
    weight = WEIGHTS[min(group.level, 3)]
    x += sheet.write(x, y, texts[0] + group.star, weight=weight, backed=True)
    if math.isnan(group.share):
        return
    sheet.record(group.fact, texts[0])
    if len(texts) > 1:
        sheet.write(
            x + sheet.medium.text * 0.7, y, texts[1], weight="bold", colour=colour, backed=True
        )
        sheet.record(group.ratio_fact, texts[2])


def _title(
    groups: Sequence[Group],
    highest: Sequence[Group],
    lowest: Sequence[Group],
    language: Language,
) -> list[Span]:
    """The finding: which group has the highest share and which the lowest."""
    if not highest:
        parts = [group for group in groups if group.level > 0] or list(groups)
        template = language.label("charts.origin.title_equal")
        return fill(template, groups=_names(parts, language), share=_share(parts[0], language))
    template = language.label("charts.origin.title")
    return fill(
        template,
        highest=_names(highest, language),
        lowest=_names(lowest, language),
        most=_share(highest[0], language),
        least=_share(lowest[0], language),
    )


def _names(groups: Sequence[Group], language: Language) -> list[Span]:
    return join([literal(group.label) for group in groups], language)


def _share(group: Group, language: Language) -> list[Span]:
    """A share and, where there is a total, how many times the total it is."""
    share = number(group.fact, group.printed(language))
    if math.isnan(group.ratio):
        return [share]
    ratio = number(group.ratio_fact, language.decimal(group.ratio, 1))
    return fill(language.label("charts.origin.share_and_ratio"), share=share, ratio=ratio)


def _alt(groups: Sequence[Group], title: Sequence[Span], year: str, language: Language) -> str:
    values = join(
        [
            literal(f"{group.label} {group.printed(language)}")
            for group in groups
            if not math.isnan(group.share)
        ],
        language,
    )
    template = language.label("charts.origin.alt")
    return template.format(year=year, finding=plain_text(title), values=plain_text(values))
