"""An executed notebook as one page for reviewers, without a request to the network."""

from __future__ import annotations

import base64
import re
from typing import Any

from markupsafe import Markup, escape

from analysis.language.words import load_language
from analysis.report.collect import MIME, plain
from analysis.report.html import bundle_html, environment, page_style

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
ACTIVE = re.compile(
    r"<(script|iframe|object)\b.*?</\1\s*>|<(link|embed|base|meta)\b[^>]*>", re.I | re.S
)
OUTSIDE = re.compile(r"<(img|video|audio|source)\b[^>]*?=\s*[\"']?(https?:)?//[^>]*>", re.I)
IMPORTED = re.compile(r"@import[^;]*;?|url\(\s*[\"']?(https?:)?//[^)]*\)", re.I)
BASE = "../"


def notebook_page(name: str, node: Any, language: str) -> str:
    """The executed notebook `node` as HTML, in the words of `language` ("nl" or "en").

    Cell n, counted from one, has the id `cell-n`. The page links to `../report.html`.
    Raises KeyError for another language.
    """
    words = load_language(language)
    cells = [
        {
            "number": number,
            "kind": cell["cell_type"],
            "source": _source(cell),
            "outputs": [_output(output) for output in cell.get("outputs", [])],
        }
        for number, cell in enumerate(node["cells"], start=1)
    ]
    return (
        environment()
        .get_template("notebook.html")
        .render(
            name=name,
            cells=cells,
            base=BASE,
            lang=language,
            label=lambda key: words.label(f"report.{key}"),
            style=page_style("exhibits.css", "notebook.css"),
            colours=_colours(),
        )
    )


def _source(cell: Any) -> Markup:
    text = str(cell["source"])
    if cell["cell_type"] == "markdown":
        return _markdown(text)
    if cell["cell_type"] == "code":
        return _code(text)
    return Markup("<pre>{}</pre>").format(text)


def _markdown(text: str) -> Markup:
    import mistune  # noqa: PLC0415

    return _harmless(str(mistune.create_markdown(escape=True, plugins=["table"])(text)))


def _code(text: str) -> Markup:
    from pygments import highlight  # type: ignore[import-untyped]  # noqa: PLC0415
    from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]  # noqa: PLC0415
    from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]  # noqa: PLC0415

    return Markup(highlight(text, PythonLexer(), HtmlFormatter(cssclass="highlighted")))


def _colours() -> Markup:
    from pygments.formatters import HtmlFormatter  # noqa: PLC0415

    return Markup(HtmlFormatter(style="friendly").get_style_defs(".highlighted"))


def _output(output: Any) -> Markup:
    kind = output["output_type"]
    if kind == "stream":
        return _pre(_joined(output["text"]), output.get("name", "stdout"))
    if kind == "error":
        return _pre("\n".join(output.get("traceback", [])), "error")
    return _data(plain(output.get("data", {})))


def _data(data: dict[str, Any]) -> Markup:
    if MIME in data:
        return bundle_html(data[MIME], mode="notebook", base=BASE)
    if "image/svg+xml" in data:
        svg = _joined(data["image/svg+xml"]).encode("utf-8")
        return _image("image/svg+xml", base64.b64encode(svg).decode("ascii"))
    if "image/png" in data:
        return _image("image/png", re.sub(r"\s", "", _joined(data["image/png"])))
    if "text/html" in data:
        return Markup('<div class="scroll">{}</div>').format(_harmless(_joined(data["text/html"])))
    return _pre(_joined(data.get("text/plain", "")), "result")


def _harmless(html: str) -> Markup:
    """`html` without what runs or asks something of the network."""
    for pattern in (ACTIVE, OUTSIDE, IMPORTED):
        html = pattern.sub("", html)
    return Markup(html)


def _image(mime: str, data: str) -> Markup:
    return Markup('<img alt="" src="data:{};base64,{}">').format(mime, data)


def _pre(text: str, kind: str) -> Markup:
    return Markup('<pre class="output {}">{}</pre>').format(kind, escape(ANSI.sub("", text)))


def _joined(text: Any) -> str:
    return "".join(text) if isinstance(text, list) else str(text)
