"""The coding frame: what qualitative evidence of every document is coded with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from analysis.project import Problem, Project
from analysis.raw.settings import validated
from analysis.raw.sources import read_source

FRAME_FILE = "cases/coding_frame.yml"
SUPPORTS, CONTRADICTS, BOTH = "supports", "contradicts", "both"
STANCES = (SUPPORTS, CONTRADICTS, BOTH)
# The groups of codes in which a label and a definition are shown.
GROUPS = ("collections", "themes", "points", "kinds", "actors", "forms", "policy", "addressees")


class Code(BaseModel):
    """One code of the frame, in both languages; `example` is the id of a fragment."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label_nl: str
    label_en: str
    definition_nl: str
    definition_en: str
    example: str = ""

    def label(self, language: str) -> str:
        """The code's name in one language."""
        return str(getattr(self, f"label_{language}"))

    def definition(self, language: str) -> str:
        """What the code stands for, in one language."""
        return str(getattr(self, f"definition_{language}"))


class Actor(Code):
    """Whose view a fragment gives. A `party` has an interest of its own in the matter.

    Researchers who sum up, and several speakers who cannot be told apart, are no party: they do
    not count where it is asked whether parties agree.
    """

    party: bool = True


class Point(Code):
    """A proposition within a theme, which a fragment supports, contradicts, or both.

    `items` are questions of the survey that bear on it, and whether agreeing with the statement
    supports or contradicts the point.
    """

    theme: str
    items: dict[str, Literal["supports", "contradicts"]] = {}


class Aspect(BaseModel):
    """A column of the policy matrix, and the themes that it is made of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label_nl: str
    label_en: str
    themes: list[str]

    def label(self, language: str) -> str:
        """The aspect's name in one language."""
        return str(getattr(self, f"label_{language}"))


class CodingFrame(BaseModel):
    """What fragments are coded with; everything in the order in which it is shown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    collections: dict[str, Code]
    aspects: dict[str, Aspect]
    themes: dict[str, Code]
    points: dict[str, Point]
    kinds: dict[str, Code]
    actors: dict[str, Actor]
    forms: dict[str, Code]
    policy: dict[str, Code]
    addressees: dict[str, Code]

    @model_validator(mode="after")
    def _themes_are_known(self) -> CodingFrame:
        for name, point in self.points.items():
            if point.theme not in self.themes:
                raise ValueError(f"point {name}: theme {point.theme} is not in themes")
        of_theme: dict[str, str] = {}
        for name, aspect in self.aspects.items():
            for theme in aspect.themes:
                if theme not in self.themes:
                    raise ValueError(f"aspect {name}: theme {theme} is not in themes")
                if other := of_theme.get(theme):
                    raise ValueError(f"aspect {name}: theme {theme} is in aspect {other} too")
                of_theme[theme] = name
        return self

    @property
    def aspect_of(self) -> dict[str, str]:
        """The aspect of each theme that has one."""
        return {theme: name for name, aspect in self.aspects.items() for theme in aspect.themes}

    def points_of(self, theme: str) -> list[str]:
        """The points of one theme, in order."""
        return [name for name, point in self.points.items() if point.theme == theme]

    def group(self, name: str) -> Mapping[str, Code]:
        """The codes of one group (see `GROUPS`)."""
        codes: Mapping[str, Code] = getattr(self, name)
        return codes


def read_coding_frame(project: Project) -> CodingFrame:
    """The coding frame. Raises DataError when changed, CallError when wrong."""
    path = project.raw / FRAME_FILE
    read_source(project, path)
    return validated(CodingFrame, path, project.relative(path))


def frame_problems(
    frame: CodingFrame, examples: Mapping[str, set[tuple[str, str]]]
) -> Iterator[Problem]:
    """Texts with a digit, and examples that are not coded so.

    `examples` are the fragments by id, each with the (group, code) pairs that it carries.
    """
    name = f"data/raw/{FRAME_FILE}"
    for group in GROUPS:
        for key, item in frame.group(group).items():
            for field in ("label_nl", "label_en", "definition_nl", "definition_en"):
                if any(map(str.isdigit, found := str(getattr(item, field)))):
                    yield Problem(
                        name, "a digit in a text", None, f"{group}.{key}.{field}", found,
                        "no digits", "write the number in words",
                    )  # fmt: skip
            if item.example and (group, key) not in examples.get(item.example, set()):
                yield Problem(
                    name, "the example is not a fragment with this code", None,
                    f"{group}.{key}.example", item.example, f"the id of a fragment coded {key}",
                )  # fmt: skip
