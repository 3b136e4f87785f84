"""Spans as HTML, for the report, for a notebook's page and for JupyterLab."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

from analysis.language.words import Language
from analysis.report.ledger import plain_number
from analysis.report.spans import MARKED_PROVENANCE, Span, plain_text


def fragment(identity: str) -> str:
    """`identity` as it stands behind the # of an address."""
    return quote(identity, safe="/:.,;=+*()!$'@~-_")


def breakable(key: str) -> Markup:
    """`key` with leave to break a line after each slash."""
    return Markup("/<wbr>").join(escape(part) for part in key.split("/"))


@dataclass(frozen=True)
class View:
    """How spans are shown: in which language, for which page, `base` before other files.

    `mode` is "report" (numbers have ids and links), "notebook" (links to the report) or "lab"
    (nothing to link to).
    """

    words: Language
    base: str = ""
    mode: str = "report"

    def spans(self, spans: list[Span], numbers: dict[str, Any] | None = None) -> Markup:
        """The `spans` as HTML; `numbers` are the ledger rows of their block."""
        return Markup("").join(self._span(span, numbers or {}) for span in spans)

    def words_only(self, spans: list[Span]) -> Markup:
        """The text of `spans` without links, for a table of contents."""
        text = plain_text(spans)
        return (
            Markup('<span class="label">{}</span>').format(text) if _digits(text) else escape(text)
        )

    def word(self, family: str, code: Any) -> str:
        """The word for a code in `family` ("units", "groups", …), or the code itself."""
        found = self.words.get(f"report.{family}").get(code)
        return str(found if found is not None else code or "")

    def exact(self, value: Any) -> str:
        """`value` unrounded, with the decimal mark of the language."""
        return plain_number(value).replace(".", self.words.label("numbers.decimal"))

    def _span(self, span: Span, numbers: dict[str, Any]) -> Markup:
        kind, text = span["t"], span.get("v", "")
        if kind == "text":
            return escape(text)
        if kind in ("strong", "em", "cite", "code"):
            return Markup(f"<{kind}>{{}}</{kind}>").format(text)
        if kind == "num":
            return self._number(span, numbers)
        if kind == "ref":
            return self._reference(span)
        inner = _labelled(text) if _digits(text) else text
        return Markup('<a href="{}">{}</a>').format(span["href"], inner)

    def _number(self, span: Span, numbers: dict[str, Any]) -> Markup:
        if self.mode == "lab":
            return Markup('<span class="n" title="{}">{}</span>').format(span["id"], span["v"])
        href = f"{self.base}numbers.html#{fragment(span['id'])}"
        if self.mode == "notebook":
            return Markup('<a class="n" href="{}">{}</a>').format(href, span["v"])
        provenance = numbers.get(span["id"], {}).get("provenance", "")
        marked = Markup(' data-marked="{}"').format(provenance)
        return Markup('<a class="n" id="{}" href="{}" tabindex="-1"{}>{}</a>').format(
            span["id"], href, marked if provenance in MARKED_PROVENANCE else "", span["v"]
        )

    def _reference(self, span: Span) -> Markup:
        if self.mode == "lab":
            return Markup('<span class="label">[{}]</span>').format(span["to"])
        if self.mode == "notebook":
            return Markup('<a href="{}report.html#{}"><span class="label">{}</span></a>').format(
                self.base, fragment(span["to"]), span["to"]
            )
        if not span.get("found", True):
            return _labelled(span["v"])
        return Markup('<a class="ref" href="#{}"><span class="label">{}</span></a>').format(
            fragment(span["to"]), span["v"]
        )


def _digits(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _labelled(text: str) -> Markup:
    return Markup('<span class="label">{}</span>').format(text)
