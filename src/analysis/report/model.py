"""What a document is: parts in order, each with its blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from analysis.language.words import Language, load_language
from analysis.report.spans import Block, Span, is_marked

CHAPTERS = ("brief", "introduction", "literature", "survey", "cases", "synthesis")
APPENDICES = ("response", "method", "coding", "recommendations", "sources", "audit")
PARTS = CHAPTERS + APPENDICES


class DocumentError(ValueError):
    """The blocks do not make a document. `problems` holds one sentence per problem."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True)
class Meta:
    """What the document says about itself, from `nb.metadata["wijkteams"]`.

    `banner` is a list of spans or None; `banner_numbers` the ledger rows of its `num` spans.
    `base` goes before every link to another file of the report (`numbers.html`,
    `notebooks/…`). `files` are further downloads, as {"label": …, "href": …}.
    """

    title: str
    subtitle: str = ""
    language: str = "nl"
    round: str = ""
    provenance: str = ""
    authors: str = ""
    licence: str = ""
    base: str = ""
    banner: list[Span] | None = None
    banner_numbers: dict[str, Any] = field(default_factory=dict)
    files: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Part:
    """One chapter or appendix. `blocks` starts with its heading of level 1; `label` is the
    number or letter before that heading.
    """

    key: str
    label: str
    blocks: list[Block]

    @property
    def appendix(self) -> bool:
        """Whether the part is an appendix."""
        return self.key in APPENDICES

    @property
    def heading(self) -> Block:
        """The heading of the part."""
        return self.blocks[0]

    @property
    def marked(self) -> bool:
        """Whether an exhibit of the part holds reconstructed or simulated numbers."""
        return any(is_marked(block) for block in self.blocks)


@dataclass
class Document:
    """A whole report, or as much of it as the notebooks held. `front` stands before the parts.

    Headings carry `label` ("3.1"), exhibits `number` and `label` ("Figuur 4"), `ref` spans
    `v`. Every block's `numbers` holds the ledger rows of the block in reading order.
    """

    meta: Meta
    front: list[Block]
    parts: list[Part]

    @property
    def words(self) -> Language:
        """The language of the document."""
        return load_language(self.meta.language)

    def blocks(self) -> Iterator[Block]:
        """Every block in reading order."""
        yield from self.front
        for part in self.parts:
            yield from part.blocks

    def missing_parts(self) -> list[str]:
        """The parts that no notebook filled, in canonical order."""
        present = {part.key for part in self.parts}
        return [key for key in PARTS if key not in present]
