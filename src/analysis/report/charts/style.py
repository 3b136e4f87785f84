"""How charts look: sizes, fonts, colours, and rendering to the same bytes every time."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
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
UNKNOWN = "#B3B3B3"
PALE = "#F4F4F4"

FACES = {
    "regular": "SourceSansPro",
    "semibold": "SourceSansProSemibold",
    "bold": "SourceSansProBold",
    "italic": "SourceSansProIt",
}

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
    """`text` in lines of at most `width` points; a longer word keeps a line of its own."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines or [""]


def readable_on(colour: str) -> str:
    """Ink or white, whichever is easier to read on `colour`."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in mpl.colors.to_rgb(colour)
    )
    return INK if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.22 else WHITE


def render_svg(figure: Figure) -> str:
    """`figure` as one `<svg>` element: text as shapes, no dates, ids that no other picture has."""
    buffer = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with settings():
        FigureCanvasSVG(figure).print_svg(buffer, metadata=nothing)
    return _tidy(buffer.getvalue())


def render_png(figure: Figure, dots_per_inch: int) -> bytes:
    """`figure` as PNG, for places that cannot show SVG."""
    buffer = io.BytesIO()
    with settings():
        figure.set_dpi(dots_per_inch)
        FigureCanvasAgg(figure).print_png(buffer, metadata={"Software": None})
    return buffer.getvalue()


def _tidy(svg: str) -> str:
    """Without heading, style sheet and spare decimals, so that it may stand inside a page.

    A style sheet inside an SVG would hold for the whole HTML page, and equal ids in two
    pictures on one page would refer to each other's patterns.
    """
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<style type=\"text/css\">.*?</style>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<defs>\s*</defs>\s*", "", svg)
    svg = re.sub(r"<!--.*?-->\s*", "", svg)
    svg = re.sub(r"\bd=\"[^\"]*\"", lambda path: _round(path.group()), svg)
    svg = svg.replace("<svg ", '<svg stroke-linejoin="round" stroke-linecap="butt" ', 1)
    svg = re.sub(r">\s+<", ">\n<", svg)
    mark = "c" + hashlib.sha256(svg.encode()).hexdigest()[:8] + "-"
    svg = re.sub(r"\bid=\"", f'id="{mark}', svg)
    return re.sub(r"(href=\"#|url\(#)", rf"\g<1>{mark}", svg).strip() + "\n"


def _round(path: str) -> str:
    """A path with two decimals and single spaces."""
    short = re.sub(r"-?\d+\.\d{3,}", lambda number: f"{float(number.group()):.2f}", path)
    return re.sub(r"\s+", " ", short)
