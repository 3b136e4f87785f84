"""How charts look: sizes, fonts, colours, and rendering to the same bytes every time."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

import font_source_sans_pro
import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from analysis.report.charts.svg import tidy_svg

POINTS_PER_MM = 72 / 25.4


@dataclass(frozen=True)
class Medium:
    """What a picture is drawn for. Lengths in points.

    `text` is the size of labels and values, `small` that of notes. On a `narrow` medium a
    label stands above its row instead of beside it.
    """

    name: str
    width: float
    text: float
    small: float
    narrow: bool


PAGE = Medium("page", 160 * POINTS_PER_MM, text=8.6, small=7.6, narrow=False)
PHONE = Medium("phone", 90 * POINTS_PER_MM, text=9.6, small=8.6, narrow=True)

# Blue, orange and vermilion are Okabe and Ito's, the last made darker so that text in it can
# be read. Within a chart no two fills share a lightness, so that it survives a grey printer.
INK = "#222222"
SOFT = "#595959"
RULE = "#8C8C8C"
FAINT = "#DDDDDD"
WHITE = "#FFFFFF"
BLUE = "#0072B2"
ORANGE = "#E69F00"
VERMILION = "#BC4F00"
GREYS = ("#4D4D4D", "#858585", "#A9A9A9", "#C6C6C6")
NEUTRAL = "#DADADA"
UNKNOWN = "#767676"
PALE = "#F4F4F4"

FACES = {
    "regular": "SourceSansPro",
    "semibold": "SourceSansProSemibold",
    "bold": "SourceSansProBold",
    "italic": "SourceSansProIt",
}

_METADATA = ("Creator", "Date", "Format", "Type")
_SETTINGS = {
    key: value for key, value in mpl.rcParamsDefault.items() if not key.startswith("backend")
} | {"svg.fonttype": "path", "svg.hashsalt": "wijkteams", "hatch.linewidth": 0.6}


@contextmanager
def settings() -> Iterator[None]:
    """matplotlib as it comes, whatever the user's own file or a notebook has changed."""
    with mpl.rc_context(_SETTINGS):
        yield


@lru_cache(maxsize=64)
def font(size: float, weight: str = "regular") -> FontProperties:
    """Source Sans Pro from its package, never a font of the machine."""
    return FontProperties(fname=font_source_sans_pro.font_files_ttf[FACES[weight]], size=size)


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, weight: str = "regular") -> float:
    """How wide `text` is in points, as the SVG draws it."""
    return float(text_to_path.get_text_width_height_descent(text, font(size, weight), False)[0])


def wrap(text: str, width: float, size: float, weight: str = "regular") -> list[str]:
    """`text` in as few lines as fit in `width` points, the lines about equally long.

    A word that is wider than `width` keeps a line of its own.
    """
    pair = text_width("nn", size, weight)
    words = [(word, text_width(f"n{word}n", size, weight) - pair) for word in text.split()]
    space = text_width("n n", size, weight) - pair
    lines = _break(words, width, space)
    narrowest, widest = width / 2, width
    for _ in range(5):
        middle = (narrowest + widest) / 2
        if len(tighter := _break(words, middle, space)) == len(lines):
            lines, widest = tighter, middle
        else:
            narrowest = middle
    return [" ".join(line) for line in lines] or [""]


def _break(words: Sequence[tuple[str, float]], width: float, space: float) -> list[list[str]]:
    lines: list[list[str]] = []
    used = 0.0
    for word, wide in words:
        if lines and used + space + wide <= width:
            lines[-1].append(word)
            used += space + wide
        else:
            lines.append([word])
            used = wide
    return lines


def readable_on(colour: str) -> str:
    """Ink or white, whichever is easier to read on `colour`."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in mpl.colors.to_rgb(colour)
    )
    return INK if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.22 else WHITE


def render_svg(figure: Figure) -> str:
    """`figure` as one `<svg>` element, the same bytes every time."""
    buffer = io.StringIO()
    with settings():
        FigureCanvasSVG(figure).print_svg(buffer, metadata=dict.fromkeys(_METADATA))
    return tidy_svg(buffer.getvalue())


def render_png(figure: Figure, dots_per_inch: int) -> bytes:
    """`figure` as PNG, for places that cannot show SVG."""
    buffer = io.BytesIO()
    with settings():
        figure.set_dpi(dots_per_inch)
        FigureCanvasAgg(figure).print_png(buffer, metadata={"Software": None})
    return buffer.getvalue()
