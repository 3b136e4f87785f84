"""A report as one document: parts in order, everything numbered, every number traceable."""

from __future__ import annotations

from typing import Any

from analysis.language.words import Language, load_language
from analysis.project import LANGUAGES
from analysis.report.checks import check_block, check_bundle, check_document
from analysis.report.collect import MIME, Bundle, collect_bundles, merge_notebooks, metadata_of
from analysis.report.model import APPENDICES, CHAPTERS, PARTS, Document, DocumentError, Meta, Part
from analysis.report.numbering import letter, number_document
from analysis.report.spans import MARKED_PROVENANCE, Block, Span, is_marked, plain_text

__all__ = [
    "APPENDICES",
    "CHAPTERS",
    "MIME",
    "PARTS",
    "Document",
    "DocumentError",
    "Meta",
    "Part",
    "build_document",
    "merge_notebooks",
]


def build_document(node: Any, name: str = "notebook") -> Document:
    """The document in the executed notebook `node` (one notebook, or several merged).

    `name` is used for a single notebook, whose cells do not say where they come from. In a
    merged notebook a `ref` to nowhere and a part without a heading are problems; a single
    notebook may point at what stands in another one.
    Raises DocumentError listing every problem.
    """
    bundles, problems, merged = collect_bundles(node, name)
    if not bundles and not problems:
        problems = [f"{name}: no cell shows blocks ({MIME}); run the notebook first"]
    meta = _meta(metadata_of(node), bundles, name)
    if meta.language not in LANGUAGES:
        raise DocumentError([*problems, f"{name}: no language {meta.language!r}"])
    if meta.banner:
        problems += [f"the banner: {p}" for p in check_block(_banner(meta, meta.banner))]
    for bundle in bundles:
        problems += check_bundle(bundle, meta.language, PARTS)
    if problems:
        raise DocumentError(problems)
    document = _assemble(meta, bundles, strict=merged)
    if problems := check_document(document, strict=merged):
        raise DocumentError(problems)
    number_document(document)
    return document


def _assemble(meta: Meta, bundles: list[Bundle], *, strict: bool) -> Document:
    """The document's parts in order, with banners, nothing numbered yet."""
    words = load_language(meta.language)
    blocks_by_part: dict[str, list[Block]] = {key: [] for key in PARTS}
    for bundle in bundles:
        blocks_by_part[bundle.part].extend(bundle.blocks)
    parts = []
    count = {True: 0, False: 0}
    for key in PARTS:
        blocks = blocks_by_part[key]
        if not blocks:
            continue
        if not strict and not _is_title(blocks[0]):
            blocks.insert(0, _default_heading(key, words, blocks[0]["origin"]))
        appendix = key in APPENDICES
        count[appendix] += 1
        label = letter(count[appendix]) if appendix else str(count[appendix])
        parts.append(Part(key, label, blocks))
    document = Document(meta, [], parts)
    _place_banners(document, words)
    return document


def _is_title(block: Block) -> bool:
    return block["kind"] == "heading" and block["level"] == 1


def _default_heading(key: str, words: Language, origin: dict[str, Any]) -> Block:
    text = [{"t": "text", "v": words.label(f"report.parts.{key}")}]
    return {
        "kind": "heading",
        "level": 1,
        "id": f"part-{key}",
        "text": text,
        "numbers": {},
        "origin": origin,
    }


def _place_banners(document: Document, words: Language) -> None:
    """Put the banner before the parts, and again in each part with marked exhibits."""
    meta = document.meta
    marks = [
        block["provenance"] for part in document.parts for block in part.blocks if is_marked(block)
    ]
    provenance = meta.provenance if meta.provenance in MARKED_PROVENANCE else ""
    spans = meta.banner
    if spans is None and (provenance or marks):
        key = f"report.banners.{provenance or marks[0]}"
        spans = [{"t": "text", "v": words.label(key)}]
    if not spans:
        return
    document.front.append(_banner(meta, spans))
    for part in document.parts:
        own = any(block.get("role") == "banner" for block in part.blocks)
        if part.marked and not own:
            part.blocks.insert(1, _banner(meta, spans))


def _banner(meta: Meta, spans: list[Span]) -> Block:
    return {
        "kind": "paragraph",
        "role": "banner",
        "text": [dict(span) for span in spans],
        "numbers": {key: dict(row) for key, row in meta.banner_numbers.items()},
        "origin": {"notebook": "", "cell": None},
    }


def _meta(given: dict[str, Any], bundles: list[Bundle], name: str) -> Meta:
    """The metadata `given`, with defaults from the first blocks."""
    known = {key: value for key, value in given.items() if key in Meta.__dataclass_fields__}
    known = {key: value for key, value in known.items() if value is not None}
    if isinstance(known.get("authors"), list):
        known["authors"] = ", ".join(map(str, known["authors"]))
    if "round" in known:
        known["round"] = str(known["round"])
    if bundles:
        known.setdefault("language", bundles[0].language)
    known.setdefault("title", _first_title(bundles) or name)
    return Meta(**known)


def _first_title(bundles: list[Bundle]) -> str:
    for bundle in bundles:
        for block in bundle.blocks:
            if block.get("kind") == "heading" and block.get("level") == 1:
                return plain_text(block.get("text") or [])
    return ""
