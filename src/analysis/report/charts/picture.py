"""What a chart function returns, and the words that go with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analysis.language.words import Language
from analysis.report.charts.sheet import Sheet
from analysis.report.charts.style import PAGE, PHONE, Medium, render_png, render_svg, settings
from analysis.report.spans import DIGIT, Span

NOT_REAL = ("reconstructed", "simulated")


@dataclass(frozen=True)
class Picture:
    """One chart.

    `title` is a list of spans in which a number is `{"t": "num", "fact": …, "v": …}`; `alt` is
    plain text; `printed` lists each number in the drawing as (fact, text as printed). `draw`
    makes the drawing anew on a sheet of the given size, for PNG and for tests.
    """

    title: list[Span]
    alt: str
    svg_page: str
    svg_phone: str
    printed: list[tuple[str, str]]
    draw: Callable[[Medium], Sheet] = field(repr=False, compare=False)

    def png_page(self, dots_per_inch: int = 200) -> bytes:
        """The picture for paper as PNG, made when asked for."""
        return render_png(self.draw(PAGE).figure, dots_per_inch)

    def png_phone(self, dots_per_inch: int = 200) -> bytes:
        """The picture for a phone as PNG, made when asked for."""
        return render_png(self.draw(PHONE).figure, dots_per_inch)


def make_picture(title: list[Span], alt: str, compose: Callable[[Medium], Sheet]) -> Picture:
    """Draw both sizes of a chart and gather what they print."""

    def draw(medium: Medium) -> Sheet:
        with settings():
            return compose(medium)

    page, phone = draw(PAGE), draw(PHONE)
    printed = list(dict.fromkeys(page.printed + phone.printed))
    return Picture(title, alt, render_svg(page.figure), render_svg(phone.figure), printed, draw)


def check_frame(frame: pd.DataFrame, columns: Sequence[str], chart: str) -> None:
    """Raises ValueError when `frame` is empty or lacks one of `columns`."""
    if missing := [column for column in columns if column not in frame.columns]:
        raise ValueError(f"{chart}: the frame lacks the columns {', '.join(missing)}")
    if frame.empty:
        raise ValueError(f"{chart}: the frame has no rows, there is nothing to draw")


def optional(row: Mapping[Any, Any], column: str, default: str) -> str:
    """What stands in a column that may be absent or empty."""
    value = row.get(column)
    return default if value is None or pd.isna(value) or value == "" else str(value)


def sibling(fact: str, statistic: str) -> str:
    """The key of another statistic about the same subject: only the last part differs."""
    return f"{fact.rpartition('/')[0]}/{statistic}"


def answered(fact: str) -> str:
    """The key of how many answered: those asked the item, or all that took part in the survey."""
    parts = fact.split("/")
    if len(parts) != len(("domain", "subject", "group", "team_type", "base", "statistic")):
        return sibling(fact, "base_count")
    if parts[4] == "routed":
        return sibling(fact, "count.asked")
    return "/".join([parts[0], "response", *parts[2:5], "count.complete"])


def literal(value: str) -> Span:
    """Text from the data; one that holds a digit, such as a label with one, is a citation."""
    return {"t": "cite" if DIGIT.search(value) else "text", "v": value}


def number(fact: str, value: str) -> Span:
    """A printed number and the fact that it comes from."""
    return {"t": "num", "fact": fact, "v": value}


def stars(frame: pd.DataFrame) -> dict[str, str]:
    """A mark per fact: "*" for numbers that nobody measured, where others in the frame were."""
    unreal = frame["provenance"].isin(NOT_REAL)
    return dict.fromkeys(frame["fact"][unreal], "" if unreal.all() else "*")


def provenance_note(frame: pd.DataFrame, language: Language) -> list[str]:
    """The line at the foot of a picture whose numbers nobody measured, else nothing."""
    found = [kind for kind in NOT_REAL if kind in set(frame["provenance"])]
    mark = "* " if "*" in stars(frame).values() else ""
    return [mark + language.label(f"charts.provenance.{kind}") for kind in found]
