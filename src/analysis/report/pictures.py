"""SVG pictures as they stand in a page: encoded, with their own proportions."""

from __future__ import annotations

import base64
import re
from typing import NamedTuple

OPENING = re.compile(r"<svg\b[^>]*>", re.DOTALL)


class Picture(NamedTuple):
    """A picture for `src`, with its size in pixels."""

    uri: str
    width: int
    height: int


def picture(svg: str) -> Picture:
    """The picture in `svg`; its size is that of the view box, which gives the proportions."""
    width, height = size(svg)
    data = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    return Picture(f"data:image/svg+xml;base64,{data}", round(width), round(height))


def size(svg: str) -> tuple[float, float]:
    """Width and height of `svg`, from its view box or else its own attributes."""
    opening = OPENING.search(svg)
    head = opening.group() if opening else ""
    box = re.search(r"viewBox\s*=\s*[\"']([^\"']+)", head)
    if box:
        numbers = [float(part) for part in re.split(r"[\s,]+", box.group(1).strip())]
        if len(numbers) == 4 and numbers[2] > 0 and numbers[3] > 0:
            return numbers[2], numbers[3]
    given = [re.search(rf"\s{key}\s*=\s*[\"']([\d.]+)", head) for key in ("width", "height")]
    width, height = (float(found.group(1)) if found else 0.0 for found in given)
    return (width, height) if width and height else (640.0, 400.0)
