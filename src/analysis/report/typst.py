"""The report as a Typst source, and the PDF that comes from it (tagged, PDF/UA-1)."""

from __future__ import annotations

import logging
import math
import tempfile
from pathlib import Path
from typing import Any

from analysis.language.words import Language
from analysis.report.fonts import copy_fonts
from analysis.report.html import asset
from analysis.report.model import Document
from analysis.report.spans import Block, Span, is_marked, plain_text

TIMESTAMP = 1_451_606_400  # 2016-01-01: a date of the build would make every build differ
OPENED = ("list", "table")
WIDE_TEXT = 22
# The width of a table on paper, and how far columns of text are evened out: 1 gives each a width
# in proportion to its text, 0 the same width.
SHEET_EM, EVEN = 50.0, 0.8
HYPHENATED = 11  # signs; longer words in running text may be broken
CROWDED_EM = 40.0  # more than this for figures leaves too little for the text beside them

log = logging.getLogger(__name__)


def string(text: str) -> str:
    """`text` as a Typst string: whatever stands in it is text and never a command."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(_character(character) for character in escaped) + '"'


def _character(character: str) -> str:
    if character in "\n\r\t":
        return " "
    return character if character.isprintable() or character.isspace() else ""


def content(spans: list[Span]) -> str:
    """`spans` as Typst content: `[#"In "#n("id", "26")#" gemeenten"]`."""
    return "[" + "".join(f"#{_span(span)}" for span in spans) + "]"


COMMANDS = {"strong": "strong", "em": "emph", "code": "mono"}


def _span(span: Span) -> str:
    kind, text = span["t"], string(str(span.get("v", "")))
    if kind == "num":
        return f"n({string(span['id'])}, {text})"
    if kind == "ref" and span.get("found", True):
        return f"see({string(span['to'])}, {text})"
    if kind == "link":
        return f"link({string(span['href'])}, {text})"
    return f"{COMMANDS[kind]}({text})" if kind in COMMANDS else text


def report_typst(document: Document) -> str:
    """The whole `document` as one Typst file, pictures included."""
    meta, words = document.meta, document.words
    eyebrow = words.label("report.labels.report")
    if meta.round:
        eyebrow += f" · {words.label('report.labels.round')} {meta.round}"
    settings = {
        "title": meta.title,
        "subtitle": meta.subtitle,
        "authors": meta.authors,
        "licence": meta.licence and f"{words.label('report.labels.licence')}: {meta.licence}",
        "eyebrow": eyebrow,
        "language": meta.language,
        "contents": words.label("report.labels.contents"),
    }
    lines = [str(asset("report.typ")), _words(words), "#show: report.with("]
    lines += [f"  {key}: {string(value)}," for key, value in settings.items()]
    lines += [f"  front: [{''.join(_block(block) for block in document.front)}],", ")", ""]
    for part in document.parts:
        followers = [*part.blocks[1:], None]
        lines += [
            _block(block, opens=following is not None and following["kind"] in OPENED)
            for block, following in zip(part.blocks, followers, strict=True)
        ]
    return "\n".join(lines) + "\n"


def _words(words: Language) -> str:
    keys = {
        "source": "labels.source",
        "note": "labels.note",
        "banner": "labels.banner",
        "figure": "labels.figure",
        "table": "labels.table",
        "broken": "row_marks.broken",
    }
    pairs = (f"{name}: {string(words.label(f'report.{key}'))}" for name, key in keys.items())
    badges = (
        f"{name}: {string(words.label(f'report.badges.{name}'))}"
        for name in ("reconstructed", "simulated")
    )
    return f"#words.update(({', '.join(pairs)}, badges: ({', '.join(badges)})))"


def _block(block: Block, *, opens: bool = False) -> str:
    """One block; a paragraph that `opens` a list or a table stays on its page."""
    match block["kind"]:
        case "heading":
            name, number = string(block["id"]), string(block["label"])
            page = "\n#pagebreak(weak: true)\n" if block.get("new_page") else "\n"
            return (
                f"{page}#title-of({block['level']}, {number}, {name}, {content(block['text'])})\n"
            )
        case "paragraph":
            role = "opening-of" if opens and block["role"] == "body" else _role(block)
            return f"\n#{role}({content(block['text'])})\n"
        case "list":
            kind = "steps" if block.get("ordered") else "items"
            items = ", ".join(content(item) for item in block["items"])
            return f"\n#{kind}({items})\n"
        case "figure":
            return _figure(block)
        case _:
            return _table(block)


def _role(block: Block) -> str:
    return {"lead": "lead", "note": "remark", "banner": "banner"}.get(block["role"], "body")


def _figure(block: Block) -> str:
    return "\n#picture-of(\n" + _named(
        block, {"alt": string(block["alt"]), "svg": string(block["svg"]["page"])}
    )


def _table(block: Block) -> str:
    columns = block["columns"]
    marks = block.get("row_marks") or [""] * len(block["rows"])
    rows = [
        f"    ({string(mark)}, {', '.join(content(cell) for cell in row)}),"
        for mark, row in zip(marks, block["rows"], strict=True)
    ]
    aligns = ", ".join(column.get("align", "left") for column in columns)
    return "\n#table-of(\n" + _named(
        block,
        {
            "columns": f"({', '.join(column_widths(block))},)",
            "align": f"({aligns},)",
            "header": f"({', '.join(content(column['label']) for column in columns)},)",
            "rows": "(\n" + "\n".join(rows) + "\n  )",
        },
    )


def _named(block: Block, more: dict[str, str]) -> str:
    values = {
        "name": string(block["id"]),
        "number": string(block["number"]),
        "title": content(block["title"]),
        "marked": string(block["provenance"] if is_marked(block) else ""),
        "note": content(block["note"]) if block.get("note") else "none",
        "source": content(block["source"]) if block.get("source") else "none",
    } | more
    return "".join(f"  {key}: {value},\n" for key, value in values.items()) + ")\n"


def column_widths(block: Block) -> list[str]:
    """A width per column: as wide as it needs for figures and short words, a share of what is
    left for running text. Where that leaves too little, columns are as wide as their longest word.
    """
    widths = _widths(block, WIDE_TEXT)
    taken = sum(float(width[:-2]) for width in widths if width.endswith("em"))
    return widths if taken < CROWDED_EM else _widths(block, 0)


def _widths(block: Block, together: int) -> list[str]:
    """The same; texts of at most `together` signs stay on one line."""
    fixed: dict[int, float] = {}
    running: dict[int, tuple[float, float]] = {}
    for index, column in enumerate(block["columns"]):
        cells = [plain_text(row[index]) for row in block["rows"]]
        texts = [plain_text(column["label"]), *cells]
        word = max((len(word) for text in texts for word in text.split()), default=1)
        longest = max((len(cell) for cell in cells), default=0)
        if longest > WIDE_TEXT or (index == 0 and column.get("align", "left") == "left"):
            # Long cells weigh more than short ones: they make a row high.
            typical = math.sqrt(sum(len(text) ** 2 for text in texts) / len(texts))
            running[index] = (max(typical, 1.0), _em(min(word, HYPHENATED)))
        else:
            fixed[index] = _em(max(word, min(longest, together)))
    if not running:
        running[0] = (1.0, fixed.pop(0))
    shares = _shares(running, max(SHEET_EM - sum(fixed.values()), 1.0))
    return [
        f"{fixed[index]:.2f}em" if index in fixed else f"{shares[index]:.2f}fr"
        for index in range(len(block["columns"]))
    ]


def _em(signs: int) -> float:
    """The width of a cell that holds so many signs on a line."""
    return signs * 0.56 + 1.2


def _shares(running: dict[int, tuple[float, float]], room: float) -> dict[int, float]:
    """`room` divided over columns by how much text they hold, none below its longest word.

    `running` gives for each column the typical length of its cells and the least width.
    """
    shares = {index: least for index, (_, least) in running.items()}
    free = dict(running)
    left = room
    while free:
        whole = sum(text**EVEN for text, _ in free.values())
        wanted = {index: left * text**EVEN / whole for index, (text, _) in free.items()}
        narrow = [index for index, width in wanted.items() if width < free[index][1]]
        if not narrow or len(narrow) == len(free):
            return shares | wanted
        for index in narrow:
            left -= free.pop(index)[1]
    return shares


def typst_pdf(source: str) -> bytes:
    """The PDF made from a Typst `source`: PDF/UA-1, the same bytes on every machine.

    Raises typst.TypstError when the source does not compile or is not accessible.
    """
    import typst  # noqa: PLC0415  only the PDF needs it

    with tempfile.TemporaryDirectory() as folder:
        copy_fonts(Path(folder))
        main = Path(folder) / "report.typ"
        main.write_text(source, encoding="utf-8")
        result: tuple[Any, list[Any]] = typst.compile_with_warnings(
            str(main),
            font_paths=[folder],
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
            timestamp=TIMESTAMP,
        )
    made, warnings = result
    for warning in warnings:
        log.warning("Typst: %s", getattr(warning, "message", warning))
    return bytes(made)


def report_pdf(document: Document) -> bytes:
    """The whole `document` as a PDF. Raises typst.TypstError as `typst_pdf` does."""
    return typst_pdf(report_typst(document))
