"""Code books of the exchange standard REFI-QDA: read from a project or a `.qdc`, and written.

The standard: Rotterdam Exchange Format Initiative (2019), REFI-QDA 1.5.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement, indent, tostring

from defusedxml import ElementTree as SafeTree  # type: ignore[import-untyped]
from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]

from analysis.project import CallError, DataError, Problem
from analysis.qda.archive import AGAIN, MEGABYTE
from analysis.raw.coding import CodingFrame

NAMESPACE = "urn:QDA-XML:codebook:1.0"
# As programs write them: NVivo for Mac has a colon, older versions of ATLAS.ti a draft's number.
CODEBOOKS = (NAMESPACE, "urn:QDA-XML:codebook:1:0", "urn:QDA-XML:codebook:0:4")
PROJECTS = ("urn:QDA-XML:project:1.0", "urn:QDA-XML:project:1:0")
ROOTS = {"CodeBook": CODEBOOKS, "Project": PROJECTS}
MOST_XML = 128 * MEGABYTE
DEEPEST = 100
ORIGIN = "Wijkteams en diversiteit"
# Our codes keep their ids for ever: made from this one and their name.
OURS = uuid.UUID("5d1f6f0c-6c0e-5f0b-9a53-0b3d7f2b8e41")
STANCE_LABELS = {
    "supports": ("Ondersteunt", "Supports", "Het fragment bevestigt het punt.",
                 "The fragment confirms the point."),
    "contradicts": ("Weerspreekt", "Contradicts", "Het fragment spreekt het punt tegen.",
                    "The fragment contradicts the point."),
    "both": ("Voor en tegen", "For and against", "Het fragment bevestigt het punt en spreekt het "
             "ook tegen.", "The fragment both confirms and contradicts the point."),
}  # fmt: skip
# What a code can become: its word, the group of the coding frame, and what people call the group.
GROUPS = {
    "theme": ("themes", "Thema's", "Themes"),
    "point": ("points", "Punten", "Points"),
    "kind": ("kinds", "Soort", "Kind"),
    "actor": ("actors", "Wie spreekt", "Who speaks"),
    "form": ("forms", "Vorm", "Form"),
    "policy": ("policy", "Beleid van de gemeente", "Policy of the municipality"),
    "addressee": ("addressees", "Gericht aan", "Directed to"),
    "stance": ("", "Voor of tegen", "For or against"),
}


@dataclass(frozen=True)
class BookCode:
    """A code of a code book: its id, its name after those of the codes above it, what it says."""

    guid: str
    path: tuple[str, ...]
    description: str = ""


def guid(text: str | None) -> str:
    """An id as it is compared: without braces and capitals; empty where there is none."""
    return (text or "").strip().strip("{}").lower()


def local(element: Any) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: Any, *names: str) -> list[Any]:
    """The children of an element that are called so, or all."""
    return [child for child in element if not names or local(child) in names]


def child_text(element: Any, name: str) -> str:
    """The text in the first child that is called `name`; empty without."""
    return next((child.text or "" for child in children(element, name)), "")


def parsed(content: bytes, name: str, root: str) -> Any:
    """The root element of an exchange file; `name` is how messages call the file.

    Raises DataError, with one problem, where it is too large, no XML, declares entities or a
    document type, is nested too deep, or is not `root` (`Project` or `CodeBook`) of the standard.
    """

    def refused(message: str, **told: str) -> DataError:
        return DataError([Problem(name, message, mend=AGAIN, **told)])  # type: ignore[arg-type]

    if len(content) > MOST_XML:
        raise refused(f"its XML is larger than {MOST_XML // MEGABYTE} MB")
    try:
        found = SafeTree.fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise refused("its XML declares entities or a document type, which no program does") from (
            None
        )
    except ParseError as error:
        raise refused(f"is no XML (line {error.position[0]})") from None
    except (ValueError, LookupError, RecursionError):
        raise refused("is no XML") from None
    space = str(found.tag).rpartition("}")[0].lstrip("{")
    if local(found) != root or space not in ROOTS[root]:
        known = local(found) in ROOTS and space in ROOTS[local(found)]
        told = {"found": local(found)} if known else {}
        message = f"is no {root} of REFI-QDA 1.0"
        raise refused(message, allowed=f"{root} in {ROOTS[root][0]}", **told)
    if _is_deeper(found, DEEPEST):
        raise refused(f"its XML is nested deeper than {DEEPEST} levels")
    return found


def _is_deeper(root: Any, most: int) -> bool:
    level = [root]
    for _ in range(most):
        level = [child for element in level for child in element]
    return bool(level)


def book_codes(book: Any) -> list[BookCode]:
    """The codes of a `CodeBook` element, each after the one above it."""
    return [
        code
        for codes in children(book, "Codes")
        for top in children(codes, "Code")
        for code in _codes(top, ())
    ]


def _codes(element: Any, above: tuple[str, ...]) -> Iterator[BookCode]:
    path = (*above, " ".join((element.get("name") or "").split()))
    yield BookCode(guid(element.get("guid")), path, child_text(element, "Description"))
    for below in children(element, "Code"):
        yield from _codes(below, path)


def read_codebook(path: Path, name: str) -> list[BookCode]:
    """The codes of a `.qdc` file. Raises CallError without the file, DataError as `parsed`."""
    if not path.is_file():
        raise CallError(f"{name}: no such file")
    if path.stat().st_size > MOST_XML:
        raise DataError([Problem(name, f"is larger than {MOST_XML // MEGABYTE} MB", mend=AGAIN)])
    return book_codes(parsed(path.read_bytes(), name, "CodeBook"))


# Our own


def our_guid(target: str) -> str:
    """The id of one of our codes, such as `point:distrust`, or of a group, such as `point`."""
    return str(uuid.uuid5(OURS, target))


def our_targets(frame: CodingFrame) -> dict[str, tuple[str, str, str]]:
    """Every code that a code can become (`point:distrust`): labels in both languages, definition.

    The definition has both languages, a line each.
    """
    found = {}
    for word, (group, *_) in GROUPS.items():
        for key, item in frame.group(group).items() if group else ():
            told = f"{item.definition_nl}\n{item.definition_en}"
            found[f"{word}:{key}"] = (item.label_nl, item.label_en, told)
    for key, (nl, en, *meaning) in STANCE_LABELS.items():
        found[f"stance:{key}"] = (nl, en, "\n".join(meaning))
    return found


def write_codebook(path: Path, frame: CodingFrame) -> None:
    """Write the coding frame as a `.qdc`: points below their themes, each code with its meaning.

    The same frame gives the same bytes; a code keeps its id when its label changes.
    """
    root = Element("CodeBook", {"xmlns": NAMESPACE, "origin": ORIGIN})
    codes = SubElement(root, "Codes")
    targets = our_targets(frame)
    for word, (_, label, _) in GROUPS.items():
        if word == "point":
            continue
        top = _code(codes, word, label, "", codable=False)
        for target in (t for t in targets if t.startswith(f"{word}:")):
            made = _code(top, target, targets[target][0], targets[target][2])
            for point in frame.points_of(target.partition(":")[2]) if word == "theme" else ():
                told = targets[f"point:{point}"]
                _code(made, f"point:{point}", told[0], told[2])
    indent(root)
    content = b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, "utf-8") + b"\n"
    path.write_bytes(content)


def _code(parent: Any, target: str, name: str, meaning: str, *, codable: bool = True) -> Any:
    told = {"guid": our_guid(target), "name": name, "isCodable": str(codable).lower()}
    made = SubElement(parent, "Code", told)
    if meaning:
        SubElement(made, "Description").text = meaning
    return made


def target_of_guid(frame: CodingFrame) -> Mapping[str, str]:
    """Which of our codes each id stands for."""
    return {our_guid(target): target for target in our_targets(frame)}


def labels_of(targets: Sequence[str], frame: CodingFrame) -> list[str]:
    """The Dutch labels of targets."""
    known = our_targets(frame)
    return [known[target][0] for target in targets if target in known]
