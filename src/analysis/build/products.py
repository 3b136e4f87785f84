"""The files of a report, made from executed notebooks."""

from __future__ import annotations

import csv
import io
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.build.request import PRODUCTS, BuildError, Request
from analysis.language.words import Language, load_language
from analysis.report.collect import collect_bundles
from analysis.report.document import Document, DocumentError, build_document, merge_notebooks
from analysis.report.spans import EXHIBITS, Block, is_marked, plain_text

AUDIT = "audit.csv"
# The files that the report's head offers, in this order: name, and the product it comes with.
DOWNLOADS = (
    ("report.pdf", "pdf"),
    ("numbers.csv", "html"),
    (AUDIT, "notebooks"),
)
# A picture as PNG: as wide as the text of the PDF, sharp enough for print.
PNG_WIDTH = "160mm"
PIXELS_PER_INCH = 200

Timer = Callable[[str, float], None]


def read_notebooks(paths: Iterable[Path]) -> list[tuple[str, Any]]:
    """Executed notebooks as pairs of name and node."""
    import nbformat  # noqa: PLC0415

    return [(path.stem, nbformat.read(path, as_version=4)) for path in paths]


def make_document(request: Request, notebooks: Sequence[tuple[str, Any]], folder: Path) -> Document:
    """The report as one document.

    Raises BuildError for blocks that make none, and for a whole report that lacks a part.
    """
    merged = merge_notebooks(notebooks, metadata(request, notebooks, folder))
    try:
        document = build_document(merged)
    except DocumentError as error:
        raise BuildError("the notebooks do not make a report:\n" + str(error)) from None
    missing = document.missing_parts()
    if missing and request.products >= set(PRODUCTS):
        ran = ", ".join(name for name, _ in notebooks)
        raise BuildError(
            f"the report lacks {', '.join(missing)}: no notebook fills these parts (ran: {ran})"
        )
    return document


def metadata(
    request: Request, notebooks: Sequence[tuple[str, Any]], folder: Path
) -> dict[str, Any]:
    """What the report says about itself, from `round.yml`, the language and the exhibits."""
    from analysis.raw.settings import PublishedTotals, read_round  # noqa: PLC0415

    settings = read_round(request.project, request.round)
    provenance = "reconstructed"
    if not isinstance(settings.source, PublishedTotals):
        provenance = "simulated" if _holds_simulated(notebooks) else "measured"
    words = load_language(request.language)
    return {
        "title": settings.title[request.language],  # type: ignore[index]
        "subtitle": words.label("front.subtitle"),
        "language": request.language,
        "round": request.round,
        "provenance": provenance,
        "authors": words.label("front.authors"),
        "licence": words.label(f"front.licence.{provenance}"),
        "files": [
            {"label": words.label(f"front.files.{Path(name).stem}"), "href": name}
            for name, product in DOWNLOADS
            if product in request.products | {"notebooks"}
            and (product != "notebooks" or (folder / name).exists())
        ],
    }


def _holds_simulated(notebooks: Sequence[tuple[str, Any]]) -> bool:
    """Whether an exhibit shows answers that nobody gave: only the answers themselves tell."""
    bundles = [bundle for name, node in notebooks for bundle in collect_bundles(node, name)[0]]
    blocks = [block for bundle in bundles for block in bundle.blocks]
    return any(block.get("provenance") == "simulated" for block in blocks)


def write_html(
    request: Request, document: Document, notebooks: Sequence[tuple[str, Any]], folder: Path,
    timer: Timer,
) -> None:  # fmt: skip
    """The web page and all that it leads to: pages of numbers and notebooks, figures, tables."""
    from analysis.report.html import numbers_html, report_html  # noqa: PLC0415
    from analysis.report.ledger import write_numbers  # noqa: PLC0415
    from analysis.report.notebook_page import notebook_page  # noqa: PLC0415

    start = time.monotonic()
    _write(folder / "report.html", report_html(document))
    _write(folder / "numbers.html", numbers_html(document))
    write_numbers(document, folder / "numbers.csv")
    for name, node in notebooks:
        page = notebook_page(name, node, request.language)
        _write(folder / "notebooks" / f"{name}.html", page)
    timer("web pages", time.monotonic() - start)
    start = time.monotonic()
    write_exhibits(document, folder)
    timer("figures and tables", time.monotonic() - start)


def write_pdf(document: Document, folder: Path, timer: Timer) -> None:
    """The PDF. Raises BuildError when it would not be accessible."""
    from typst import TypstError  # noqa: PLC0415

    from analysis.report.typst import report_pdf  # noqa: PLC0415

    start = time.monotonic()
    try:
        (folder / "report.pdf").write_bytes(report_pdf(document))
    except TypstError as error:
        raise BuildError(f"the PDF could not be made: {error}") from None
    timer("PDF", time.monotonic() - start)


def write_exhibits(document: Document, folder: Path) -> None:
    """Each figure as SVG (for page and phone) and PNG, each table and figure as CSV."""
    words = document.words
    exhibits = [block for block in document.blocks() if block["kind"] in EXHIBITS]
    figures = {block["id"]: block["svg"] for block in exhibits if block["kind"] == "figure"}
    for name, svg in figures.items():
        _write(folder / "figures" / f"{name}.svg", svg["page"])
        if svg.get("phone"):
            _write(folder / "figures" / f"{name}-phone.svg", svg["phone"])
    pictures = png_pictures([svg["page"] for svg in figures.values()])
    for name, png in zip(figures, pictures, strict=True):
        (folder / "figures" / f"{name}.png").write_bytes(png)
    for block in exhibits:
        grid = block if block["kind"] == "table" else block.get("table")
        if grid:
            _write(folder / "tables" / f"{block['id']}.csv", table_csv(grid, _mark(block, words)))


def png_pictures(svgs: Sequence[str]) -> list[bytes]:
    """`svgs` as PNG, the same bytes everywhere: one Typst document with a page for each."""
    import typst  # noqa: PLC0415

    from analysis.report.fonts import copy_fonts  # noqa: PLC0415

    if not svgs:
        return []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy_fonts(folder)
        pages = []
        for number, svg in enumerate(svgs):
            _write(folder / f"{number}.svg", svg)
            pages.append(f'#image("{number}.svg", width: {PNG_WIDTH})')
        head = "#set page(width: auto, height: auto, margin: 0pt, fill: white)\n"
        _write(folder / "main.typ", head + "\n#pagebreak()\n".join(pages))
        made = typst.compile(
            str(folder / "main.typ"),
            font_paths=[name],
            ignore_system_fonts=True,
            format="png",
            ppi=PIXELS_PER_INCH,
        )
    return [bytes(png) for png in (made if isinstance(made, list) else [made])]


def _mark(block: Block, words: Language) -> tuple[str, ...]:
    """Heading and word for numbers that nobody measured: a table may be read on its own."""
    if not is_marked(block):
        return ()
    keys = ("report.columns.provenance", f"report.provenance.{block['provenance']}")
    return tuple(words.label(key) for key in keys)


def table_csv(grid: Block, mark: Sequence[str] = ()) -> str:
    """A table's columns and rows as CSV, each cell as it is printed.

    `mark` is a heading and the word that stands below it in every row.
    """
    heading, word = ([text] for text in mark) if mark else ([], [])
    rows = [[plain_text(column["label"]) for column in grid["columns"]] + heading]
    rows += [[plain_text(cell) for cell in row] + word for row in grid["rows"]]
    return _csv(rows)


def audit_csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """Every printed claim with its verdict, as CSV."""
    return _csv([list(columns), *([row[column] for column in columns] for row in rows)])


def _csv(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
