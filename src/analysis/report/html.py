"""The report as one HTML file, its list of numbers, and blocks inside JupyterLab."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from analysis.language.words import Language, load_language
from analysis.report.collect import plain
from analysis.report.fonts import font_css
from analysis.report.ledger import COLUMNS, exhibit_labels, number_rows, plain_number
from analysis.report.model import Document, Part
from analysis.report.pictures import picture
from analysis.report.spans import plain_text
from analysis.report.view import View, breakable, fragment

# On a phone, a table with more columns of text than this, or more signs in them, is stacked.
MOST_TEXTS, MOST_SIGNS = 3, 120


@cache
def environment() -> Environment:
    """The templates of this package, with escaping on and unknown names refused."""
    made = Environment(
        loader=PackageLoader("analysis.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["fragment"] = fragment
    made.filters["plain_number"] = plain_number
    made.filters["breakable"] = breakable
    made.filters["plain_text"] = plain_text
    made.globals["picture"] = picture
    made.tests["stacking"] = stacking
    return made


def stacking(table: dict[str, Any]) -> bool:
    """Whether the columns of a table would be too narrow to read on a phone.

    Then its cells stand below each other there. Numbers fit beside each other, or are worth
    scrolling for.
    """
    texts = [
        place
        for place, column in enumerate(table["columns"])
        if column.get("align", "left") == "left"
    ]
    widest = [
        max((len(plain_text(row[place])) for row in table["rows"]), default=0)
        for place in texts
        if place
    ]
    return len(texts) > MOST_TEXTS or sum(widest) > MOST_SIGNS


def asset(name: str) -> Markup:
    """The text of a style sheet or script among the templates, to be put in a page as it is."""
    loader = environment().loader
    assert loader is not None
    return Markup(loader.get_source(environment(), name)[0])


def report_html(document: Document) -> str:
    """The whole `document` as one HTML page that asks nothing of the network."""
    view = View(document.words, base=document.meta.base, mode="report")
    return _page(
        "report.html",
        view,
        document=document,
        meta=document.meta,
        contents=[_contents(part) for part in document.parts],
        style=page_style("exhibits.css", "report.css"),
        script=asset("report.js"),
        details=_json(_details(number_rows(document), view)),
        said=_json(_said(document.words)),
    )


def numbers_html(document: Document) -> str:
    """The ledger as a page: one row per number, `id` of the row is the id of the number."""
    words = document.words
    view = View(words, base=document.meta.base, mode="report")
    rows = number_rows(document)
    groups: list[dict[str, Any]] = []
    titles = {part.key: part for part in document.parts}
    for row in rows:
        if not groups or groups[-1]["key"] != row["chapter"]:
            groups.append({"key": row["chapter"], "part": titles.get(row["chapter"]), "rows": []})
        groups[-1]["rows"].append(row)
    return _page(
        "numbers.html",
        view,
        meta=document.meta,
        groups=groups,
        columns=COLUMNS,
        exhibits=exhibit_labels(document),
        style=page_style("numbers.css"),
    )


def blocks_html(bundle: dict[str, Any]) -> str:
    """One Blocks output, {"part": …, "language": …, "blocks": […]}, to be seen in JupyterLab."""
    return str(bundle_html(bundle, mode="lab"))


def bundle_html(bundle: dict[str, Any], mode: str, base: str = "") -> Markup:
    """The blocks of one output for `mode` "lab" (own style) or "notebook" (links to `base`)."""
    view = View(load_language(str(bundle["language"])), base=base, mode=mode)
    style = asset("blocks.css") if mode == "lab" else ""
    return Markup(_page("bundle.html", view, blocks=plain(bundle["blocks"]), style=style))


def _page(template: str, view: View, **values: Any) -> str:
    return (
        environment()
        .get_template(template)
        .render(
            view=view,
            spans=view.spans,
            label=lambda key: view.words.label(f"report.{key}"),
            lang=view.words.code,
            **values,
        )
    )


def page_style(*names: str) -> Markup:
    """The letters and style sheets of a page, the shared one first."""
    sheets = [asset(name) for name in ("base.css", *names)]
    return Markup("\n").join([Markup(font_css()), *sheets])


def _contents(part: Part) -> dict[str, Any]:
    below = [block for block in part.blocks if block["kind"] == "heading" and block["level"] == 2]
    return {"heading": part.heading, "below": below, "appendix": part.appendix}


def _details(rows: list[dict[str, Any]], view: View) -> dict[str, list[str]]:
    """What the small window says of each number; `report.js` knows the order."""
    return {
        row["id"]: [
            " · ".join(str(row[key]) for key in ("statistic", "subject") if row[key]),
            view.word("groups", row["group"]),
            f"{view.exact(row['value'])} {view.word('units', row['unit'])}".strip(),
            view.exact(row["numerator"]),
            view.exact(row["denominator"]),
            view.exact(row["low"]),
            view.exact(row["high"]),
            view.word("provenance", row["provenance"]),
            str(row["source"] or ""),
            str(row["notebook"] or ""),
            plain_number(row["cell"]),
        ]
        for row in rows
    }


def _said(words: Language) -> dict[str, str]:
    said = {key: str(text) for key, text in words.get("report.numbers").items()}
    return said | {"close": words.label("report.labels.close")}


def _json(value: Any) -> Markup:
    """`value` as JSON that is safe inside a script element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))
