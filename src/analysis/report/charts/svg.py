"""Makes matplotlib's SVG small, and safe to stand beside others inside one HTML page."""

from __future__ import annotations

import hashlib
import re
from xml.etree import ElementTree as ET

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
HREF = f"{{{XLINK}}}href"
DROPPED = (f"{{{SVG}}}metadata", f"{{{SVG}}}style")
USE = f"{{{SVG}}}use"
GROUP = f"{{{SVG}}}g"
REFERENCE = re.compile(r"url\(#([^)]+)\)")
SIDEWAYS = re.compile(r"translate\((\S+) 0\)")

ET.register_namespace("", SVG)
ET.register_namespace("xlink", XLINK)


def tidy_svg(svg: str) -> str:
    """`svg` as one element: no style sheet, no spare decimals or groups, ids of its own.

    A style sheet inside an SVG would hold for the whole HTML page, and equal ids in two
    pictures on one page would refer to each other's patterns and letters.
    """
    root = ET.fromstring(svg)
    root.set("stroke-linejoin", "round")
    root.set("stroke-linecap", "butt")
    _shorten(root)
    _rename(root, hashlib.sha256(ET.tostring(root)).hexdigest())
    _unwrap(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def _shorten(element: ET.Element) -> None:
    """Drop metadata, style sheets and white space; write paths and places in few characters."""
    element.text = element.tail = None
    for child in list(element):
        if child.tag in DROPPED:
            element.remove(child)
        else:
            _shorten(child)
    if "d" in element.attrib:
        element.set("d", _short_path(element.attrib["d"]))
    if "style" in element.attrib:
        element.set("style", element.attrib["style"].replace(": ", ":").replace("; ", ";"))
    place = SIDEWAYS.fullmatch(element.get("transform", ""))
    if element.tag == USE and place:
        del element.attrib["transform"]
        element.set("x", f"{float(place.group(1)):.1f}")


def _short_path(path: str) -> str:
    """A path with at most two decimals and no white space that can be missed."""
    path = re.sub(r"-?\d+\.\d+", lambda found: f"{float(found.group()):.2f}", path)
    path = re.sub(r"\.00\b|(?<=\.\d)0\b", "", path)
    path = re.sub(r"\s+", " ", path).strip()
    return re.sub(r" ?([A-Za-z]) ?", r"\1", path).replace(" -", "-")


def _rename(root: ET.Element, salt: str) -> None:
    """Short ids that start with a mark of this picture; ids that nothing refers to go."""
    wanted = {element.get(HREF, "")[1:] for element in root.iter()}
    for element in root.iter():
        for value in element.attrib.values():
            wanted.update(REFERENCE.findall(value))
    names: dict[str, str] = {}
    for element in root.iter():
        if (name := element.attrib.pop("id", "")) in wanted and name:
            names[name] = f"k{salt[:7]}-{len(names)}"
            element.set("id", names[name])
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == HREF:
                element.set(key, f"#{names[value[1:]]}")
            else:
                element.set(key, REFERENCE.sub(lambda ref: f"url(#{names[ref[1]]})", value))


def _unwrap(element: ET.Element) -> None:
    """Take the children out of groups that say nothing."""
    children: list[ET.Element] = []
    for child in element:
        _unwrap(child)
        if child.tag == GROUP and not child.attrib:
            children += list(child)
        elif len(child) or child.attrib:
            children.append(child)
    element[:] = children
