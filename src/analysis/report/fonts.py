"""Source Sans Pro for both products: a folder for Typst, a few letters for a web page."""

from __future__ import annotations

import base64
import io
import shutil
from functools import cache
from pathlib import Path

FAMILY = "Source Sans Pro"
FACES = {
    ("normal", 400): "SourceSansPro-Regular.ttf",
    ("italic", 400): "SourceSansPro-It.ttf",
    ("normal", 600): "SourceSansPro-Semibold.ttf",
}
PRINT_FACES = (
    *FACES.values(),
    "SourceSansPro-SemiboldIt.ttf",
    "SourceSansPro-Bold.ttf",
    "SourceSansPro-BoldIt.ttf",
    "SourceSansPro-Light.ttf",
)
LETTERS = (*range(0x20, 0x180), *range(0x2010, 0x2040), 0x20AC, 0x2192, 0x2190, 0x2212, 0x2260)
FEATURES = ["kern", "liga", "mark", "mkmk", "tnum", "lnum"]


def font_folder() -> Path:
    """Where the package of the font keeps its files."""
    import font_source_sans_pro  # noqa: PLC0415

    return Path(font_source_sans_pro.__file__).parent / "files"


def copy_fonts(folder: Path) -> None:
    """Copy one file per face to `folder`.

    The package holds each face twice, as .otf and .ttf; which of the two Typst would find
    first depends on the file system, so the same report could differ between machines.
    """
    for name in PRINT_FACES:
        shutil.copyfile(font_folder() / name, folder / name)


@cache
def font_css() -> str:
    """`@font-face` rules with the Latin letters of three faces inside (some 75 kB)."""
    rules = []
    for (style, weight), name in FACES.items():
        data = base64.b64encode(_subset(font_folder() / name)).decode("ascii")
        rules.append(
            f'@font-face{{font-family:"{FAMILY}";font-style:{style};font-weight:{weight};'
            f'font-display:swap;src:url("data:font/woff;base64,{data}") format("woff")}}'
        )
    return "\n".join(rules)


def _subset(path: Path) -> bytes:
    from fontTools import subset  # type: ignore[import-untyped]  # noqa: PLC0415

    options = subset.Options()
    options.flavor = "woff"
    options.layout_features = FEATURES
    options.recalc_timestamp = False
    options.hinting = False
    font = subset.load_font(str(path), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=LETTERS)
    subsetter.subset(font)
    out = io.BytesIO()
    subset.save_font(font, out, options)
    return out.getvalue()
