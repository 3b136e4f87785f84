"""A sheet of paper measured in points from its top left corner."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from analysis.report.charts.style import (
    FAINT,
    INK,
    RULE,
    SOFT,
    WHITE,
    Medium,
    font,
    settings,
    text_width,
)

LINE_HEIGHT = 1.2
# From the middle of a capital down to its baseline, as a part of the size of the letter.
MIDDLE_TO_BASELINE = 0.33


class Sheet:
    """A picture in the making. Draw from the top down, then `finish` at the height reached."""

    def __init__(self, medium: Medium) -> None:
        self.medium = medium
        self.printed: list[tuple[str, str]] = []
        self._panels: list[tuple[Axes, tuple[float, float, float, float]]] = []
        with settings():
            self.figure = Figure(figsize=(medium.width / 72, 1), dpi=72, facecolor=WHITE)
            self._paper = self.figure.add_axes((0, 0, 1, 1), zorder=2)
        self._paper.set_axis_off()
        self._paper.set_xlim(0, medium.width)

    def write(  # noqa: PLR0913 - one argument per property of a line of text
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float | None = None,
        weight: str = "regular",
        colour: str = INK,
        align: str = "left",
        backed: bool = False,
        turn: float = 0,
    ) -> float:
        """Write one line with the middle of its capitals at `y`; returns its width.

        `backed` puts white behind it, so that a line under it does not cross the letters.
        `turn` slants it, in degrees, around its start.
        """
        size = size or self.medium.text
        box = {"facecolor": WHITE, "edgecolor": "none", "pad": 0.8} if backed else None
        self._paper.text(
            x,
            y + MIDDLE_TO_BASELINE * size,
            text,
            fontproperties=font(size, weight),
            color=colour,
            ha=align,
            va="baseline",
            rotation=turn,
            rotation_mode="anchor",
            bbox=box,
            parse_math=False,
            clip_on=False,
        )
        return text_width(text, size, weight)

    def write_lines(
        self,
        x: float,
        y: float,
        lines: Sequence[str],
        *,
        size: float | None = None,
        colour: str = INK,
        align: str = "left",
    ) -> None:
        """Write lines under each other, the block as a whole centred on `y`."""
        size = size or self.medium.text
        first = y - (len(lines) - 1) * size * LINE_HEIGHT / 2
        for number, line in enumerate(lines):
            middle = first + number * size * LINE_HEIGHT
            self.write(x, middle, line, size=size, colour=colour, align=align)

    def record(self, fact: str, text: str) -> None:
        """Note that `fact` is drawn, printed as `text`."""
        self.printed.append((fact, text))

    def bar(
        self, left: float, top: float, width: float, height: float, colour: str, hatch: str = ""
    ) -> None:
        """A filled rectangle; a hatched or white one gets an outline too."""
        patch = Rectangle((left, top), width, height, facecolor=colour, linewidth=0)
        patch.set_clip_on(False)
        if hatch:
            patch.set(hatch=hatch, edgecolor=RULE, linewidth=0.5)
        elif colour == WHITE:
            patch.set(edgecolor=FAINT, linewidth=0.8)
        self._paper.add_patch(patch)

    def outline(self, left: float, top: float, width: float, height: float) -> None:
        """A dashed edge just inside a rectangle, to be seen on any colour."""
        inset = min(0.5, width / 2)
        right, bottom = left + width - inset, top + height - 0.5
        left, top = left + inset, top + 0.5
        edge = Line2D([left, right, right, left, left], [top, top, bottom, bottom, top])
        edge.set(color=INK, gapcolor=WHITE, linewidth=1.1, linestyle=(0, (2.2, 1.8)))
        edge.set(clip_on=False, zorder=1.2, dash_capstyle="butt")
        self._paper.add_line(edge)

    def line(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        colour: str = RULE,
        width: float = 0.6,
    ) -> None:
        """A straight line, under the bars on the sheet."""
        line = Line2D([start[0], end[0]], [start[1], end[1]], color=colour, linewidth=width)
        line.set(clip_on=False, zorder=0.5, solid_capstyle="butt")
        self._paper.add_line(line)

    def mark(self, x: float, y: float, size: float, **how: str) -> None:
        """A dot of `size` wide; `how` are matplotlib's marker properties."""
        dot = Line2D([x], [y], markersize=size, linestyle="", clip_on=False, zorder=1.5)
        dot.set(**how)
        self._paper.add_line(dot)

    def panel(self, left: float, top: float, width: float, height: float) -> Axes:
        """Empty axes at this place, without frame or ticks, under everything on the sheet."""
        with settings():
            axes = self.figure.add_axes((0, 0, 1, 1), zorder=1)
        axes.set_axis_off()
        self._panels.append((axes, (left, top, width, height)))
        return axes

    def note(self, y: float, lines: Sequence[str]) -> float:
        """Small soft lines at the foot, the first one below `y`; returns the new height."""
        for line in lines:
            y += self.medium.small * LINE_HEIGHT
            middle = y - self.medium.small * LINE_HEIGHT / 2
            self.write(0, middle, line, size=self.medium.small, colour=SOFT, weight="italic")
        return y

    def finish(self, height: float) -> None:
        """Cut the sheet at `height`."""
        self._paper.set_ylim(height, 0)
        self.figure.set_size_inches(self.medium.width / 72, height / 72)
        for axes, (left, top, width, tall) in self._panels:
            axes.set_position(
                (
                    left / self.medium.width,
                    1 - (top + tall) / height,
                    width / self.medium.width,
                    tall / height,
                )
            )
