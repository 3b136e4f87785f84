"""nbconvert's way to our products: `jupyter nbconvert --to wijkteams-html|-typst|-pdf`."""

from __future__ import annotations

from typing import Any

from nbconvert.exporters.exporter import Exporter
from traitlets import default

from analysis.report.document import Document, build_document
from analysis.report.html import blocks_html, report_html
from analysis.report.notebook_page import notebook_page

__all__ = [
    "ReportHTMLExporter",
    "ReportPDFExporter",
    "ReportTypstExporter",
    "blocks_html",
    "notebook_page",
]


class _ReportExporter(Exporter):
    """What the three have in common: a notebook becomes a document first."""

    def from_notebook_node(
        self, nb: Any, resources: Any | None = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """The product for an executed notebook (single or merged) and nbconvert's resources.

        Raises DocumentError with every problem in the blocks.
        """
        copied, found = super().from_notebook_node(nb, resources, **kw)
        name = found.get("metadata", {}).get("name") or "notebook"
        return self._render(build_document(copied, name)), found

    def _render(self, document: Document) -> str | bytes:
        raise NotImplementedError


class ReportHTMLExporter(_ReportExporter):
    """A report as one HTML file without outside requests."""

    export_from_notebook = "Report (HTML)"
    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    def _render(self, document: Document) -> str:
        return report_html(document)


class ReportTypstExporter(_ReportExporter):
    """A report as one Typst source, pictures included."""

    export_from_notebook = "Report (Typst)"
    output_mimetype = "text/plain"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".typ"

    def _render(self, document: Document) -> str:
        from analysis.report.typst import report_typst  # noqa: PLC0415

        return report_typst(document)


class ReportPDFExporter(_ReportExporter):
    """A report as an accessible PDF (PDF/UA-1), the same bytes every time."""

    export_from_notebook = "Report (PDF)"
    output_mimetype = "application/pdf"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".pdf"

    def _render(self, document: Document) -> bytes:
        from analysis.report.typst import report_pdf  # noqa: PLC0415

        return report_pdf(document)
