"""The products: HTML in a browser, PDF as its structure tells it, notebook pages, nbconvert."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import nbformat
import pikepdf
import pypdf
import pytest
import typst
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from analysis.report.document import DocumentError
from analysis.report.exporters import (
    ReportHTMLExporter,
    ReportPDFExporter,
    ReportTypstExporter,
    blocks_html,
    notebook_page,
)
from analysis.report.html import asset, numbers_html, report_html
from analysis.report.ledger import number_rows
from analysis.report.pictures import size
from analysis.report.spans import text
from analysis.report.typst import column_widths, report_pdf, report_typst, string
from analysis.report.view import fragment
from pages import bare_digits, browse, in_browser, widths_on_a_phone
from sample_blocks import (
    AGREE,
    NASTY,
    SHARE,
    sample_bundles,
    sample_document,
    sample_merged,
    sample_notebooks,
)

LANGUAGES = ("nl", "en")


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request: pytest.FixtureRequest) -> BeautifulSoup:
    return BeautifulSoup(report_html(sample_document(request.param)), "html.parser")


@pytest.fixture(scope="module")
def dutch() -> BeautifulSoup:
    return BeautifulSoup(report_html(sample_document("nl")), "html.parser")


# HTML


def test_every_digit_is_a_number_a_label_a_citation_or_code(page):
    assert bare_digits(page) == []


def test_the_rule_on_digits_finds_a_typed_number():
    page = BeautifulSoup("<body><p>In 26 <cite>van 31</cite></p></body>", "html.parser")
    assert bare_digits(page) == ["In 26 "]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_of_numbers_keeps_the_rule_on_digits(language):
    page = BeautifulSoup(numbers_html(sample_document(language)), "html.parser")
    assert bare_digits(page) == []


def test_the_page_names_its_language(page):
    assert page.html["lang"] in LANGUAGES
    assert page.title.text.strip()


def test_landmarks_and_headings(dutch):
    assert [tag.name for tag in dutch.body.find_all(["header", "nav", "main"])] == [
        "header",
        "nav",
        "main",
    ]
    assert [h.name for h in dutch.find_all(re.compile("^h[1-6]$"))] == [
        *("h1", "h2", "h2", "h3", "h4", "h2", "h3"),
    ]
    assert dutch.find(class_="skip")["href"] == "#page-main"


def test_ids_occur_once_and_links_inside_the_page_arrive(page):
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    links = [tag["href"] for tag in page.find_all(href=re.compile("^#"))]
    assert links
    assert {unquote(link[1:]) for link in links} <= set(ids)


def test_nothing_is_asked_of_the_network(page):
    asked = [tag.get("src") or tag.get("srcset") for tag in page.find_all(["img", "source"])]
    assert asked
    assert all(address.startswith("data:") for address in asked)
    assert not page.find_all(["link", "iframe", "object", "embed", "base"])
    assert not [tag for tag in page.find_all("script") if tag.get("src")]
    for style in page.find_all("style"):
        assert "@import" not in style.text
        assert set(re.findall(r"url\(\"?(\w+):", style.text)) == {"data"}


def test_the_contents_list_parts_and_sections(dutch):
    entries = [" ".join(a.text.split()) for a in dutch.nav.find_all("a")]
    assert entries == [
        "1 In het kort",
        "2 De enquête",
        "2.1 Toegang tot de wijkteams",
        "A Methode",
        "A.1 Hoe de antwoorden zijn gereconstrueerd",
    ]


def test_a_figure_has_both_pictures_alternative_text_and_its_data(dutch):
    figure = dutch.find("figure", id="figure-access")
    assert figure.img["alt"].startswith("Staafdiagram")
    assert (figure.img["width"], figure.img["height"]) == ("640", "220")
    assert figure.source["media"] == "screen and (max-width: 640px)"
    assert figure.figcaption.find(class_="label").text == "Figuur 1"
    assert figure.details.summary.text == "Cijfers bij deze figuur"
    assert figure.details.find("td").text == "84%"
    assert [p.find(class_="term").text for p in figure.find_all("p", class_="under")] == [
        "Toelichting:",
        "Bron:",
    ]


def test_reconstructed_exhibits_are_marked_with_a_word(dutch):
    marked = dutch.select(".exhibit.marked")
    assert [tag["id"] for tag in marked] == ["figure-access"]
    assert marked[0].find(class_="badge").text == "Gereconstrueerd"
    assert dutch.find(id="table-access").find(class_="badge") is None
    assert len(dutch.find_all(class_="banner")) == 2


def test_a_table_has_a_caption_and_scopes(dutch):
    table = dutch.find(id="table-access").table
    assert table.caption.find(class_="label").text == "Tabel 1"
    assert {th["scope"] for th in table.thead.find_all("th")} == {"col"}
    assert [tr.find("th")["scope"] for tr in table.tbody.find_all("tr")] == ["row", "row"]
    assert [tuple(td["class"]) for td in table.tbody.tr.find_all("td")] == [
        ("right",),
        ("right",),
        ("left",),
    ]


def test_a_broken_row_is_marked_with_a_sign_and_words(dutch):
    broken = dutch.find("tr", class_="broken")
    assert broken.th.text.startswith("≠(niet te verenigen met de andere gepubliceerde totalen) ")
    assert dutch.find(id="table-access").find(class_="legend").text.startswith("≠ niet te ver")


def test_nasty_text_is_only_text(page):
    assert NASTY in page.find(class_="brief").find("ul").text


def test_a_number_links_to_its_row_without_any_script(dutch):
    number = dutch.find("a", id=f"{AGREE}.2")
    assert number.text == "26"
    assert number["href"] == f"numbers.html#{fragment(AGREE)}.2"
    assert number["tabindex"] == "-1"
    assert dutch.find("a", id=SHARE)["data-marked"] == "reconstructed"


def test_the_window_knows_every_number_of_the_page(page):
    details = json.loads(page.find(id="page-numbers").text)
    assert set(details) >= {a["id"] for a in page.find_all("a", class_="n")}
    assert details[AGREE][2:5] in (["26 aantal", "", ""], ["26 count", "", ""])
    assert details[SHARE][3:7] in (["26", "31", "67,4", "92,9"], ["26", "31", "67.4", "92.9"])


def test_numbers_drawn_in_a_picture_can_be_reached(dutch):
    assert dutch.find(id="drawn/neutral").find_parent("figure")["id"] == "figure-access"


def test_links_to_other_files_start_at_the_base():
    page = BeautifulSoup(report_html(sample_document(base="../nl/")), "html.parser")
    assert page.find("a", id=AGREE)["href"].startswith("../nl/numbers.html#")


def test_other_downloads_are_listed():
    files = [{"label": "PDF", "href": "report.pdf"}]
    page = BeautifulSoup(report_html(sample_document(files=files)), "html.parser")
    assert page.find("a", href="report.pdf").text == "PDF"


def test_the_list_of_numbers_leads_both_ways():
    document = sample_document()
    page = BeautifulSoup(numbers_html(document), "html.parser")
    report = BeautifulSoup(report_html(document), "html.parser")
    for row in number_rows(document):
        line = page.find("tr", id=row["id"])
        back, cell = line.th.a["href"], line.find_all("td")[-1].a["href"]
        assert report.find(id=unquote(back.partition("#")[2])) is not None
        assert cell == f"notebooks/{row['notebook']}.html#cell-{row['cell']}"


@pytest.mark.parametrize(
    ("letters", "ground"),
    [("ink", "tint"), ("soft", "tint"), ("accent", "tint"), ("amber", "amber-tint"), ("red", "")],
)
def test_letters_contrast_with_their_ground(letters, ground):
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", str(asset("base.css"))))
    one, other = luminance(colours[letters]), luminance(colours.get(ground, "#ffffff"))
    assert (max(one, other) + 0.05) / (min(one, other) + 0.05) >= 4.5


def luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    light = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]


@pytest.mark.parametrize(
    ("svg", "expected"),
    [
        ('<svg viewBox="0 0 12 8.5" width="100">', (12.0, 8.5)),
        ('<svg width="30px" height="20">', (30.0, 20.0)),
        ("<svg>", (640.0, 400.0)),
    ],
)
def test_the_size_of_a_picture(svg, expected):
    assert size(svg) == expected


# HTML in a browser


def write_pages(folder: Path) -> dict[str, Path]:
    document = sample_document()
    name, node = sample_notebooks()[0]
    pages = {
        "report.html": report_html(document),
        "numbers.html": numbers_html(document),
        "notebook.html": notebook_page(name, node, "nl"),
    }
    for file, html in pages.items():
        (folder / file).write_text(html, encoding="utf-8")
    return {file: folder / file for file in pages}


@in_browser
@pytest.mark.parametrize("file", ["report.html", "numbers.html", "notebook.html"])
def test_a_page_does_not_scroll_sideways_on_a_phone(tmp_path, file):
    path = write_pages(tmp_path)[file]
    found = widths_on_a_phone(path, tmp_path)
    assert found == "390 390"


@pytest.mark.parametrize(
    ("signs", "columns", "stacks"), [(20, 3, False), (100, 3, True), (2, 5, True)]
)
def test_a_table_of_texts_stands_below_each_other_on_a_phone(signs, columns, stacks):
    heads = ["Aspect", *("Gezegd" for _ in range(columns - 1))]
    block = {
        "kind": "table", "id": "table-x", "title": text("Titel"), "numbers": {},
        "provenance": "published", "source": text("Bron"), "note": [],
        "columns": [{"label": text(head), "align": "left"} for head in heads],
        "rows": [[text("x" * signs) for _ in heads]],
    }  # fmt: skip
    html = blocks_html({"part": "survey", "language": "nl", "blocks": [block]})
    page = BeautifulSoup(html, "html.parser")
    told = [cell.get("data-head") for cell in page.find_all("td")]
    assert told == ["Gezegd" if stacks else None] * (columns - 1)
    roles = {tag.get("role") for tag in page.find_all(["table", "tr", "th", "td"])}
    named = {"table", "row", "columnheader", "rowheader", "cell"}
    assert roles == (named if stacks else {None})


@in_browser
def test_a_click_on_a_number_opens_the_window_and_escape_closes_it(tmp_path):
    path = write_pages(tmp_path)["report.html"]
    act = """<script>
    var win = document.getElementById("page-window"), out = {};
    var number = document.querySelector("#table-access a.n[data-marked]");
    out.before = win.hidden;
    number.click();
    out.open = !win.hidden;
    out.focus = document.activeElement === win;
    out.text = win.innerText;
    out.links = [];
    win.querySelectorAll("a").forEach(function (a) { out.links.push(a.getAttribute("href")); });
    document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
    out.closed = win.hidden && document.activeElement === number;
    document.getElementById("page-toggle").click();
    out.tabs = document.querySelectorAll("a.n:not([tabindex='0'])").length;
    var note = document.createElement("pre");
    note.id = "outcome";
    note.textContent = JSON.stringify(out);
    document.body.appendChild(note);
    </script></body>"""
    path.write_text(path.read_text(encoding="utf-8").replace("</body>", act), encoding="utf-8")
    page = BeautifulSoup(browse(path, tmp_path), "html.parser")
    out = json.loads(page.find(id="outcome").text)
    assert (out["before"], out["open"], out["focus"], out["closed"], out["tabs"]) == (
        *(True, True, True, True),
        0,
    )
    for told in ("83,87096774193549 procent", "26 van de 31", "67,4 tot 92,9", "gereconstrueerd"):
        assert told in out["text"]
    assert out["links"] == [
        f"numbers.html#{fragment(SHARE)}.2",
        "notebooks/2_survey.html#cell-3",
    ]


# PDF


@pytest.fixture(scope="module", params=LANGUAGES)
def pdf(request: pytest.FixtureRequest) -> tuple[str, bytes]:
    return request.param, report_pdf(sample_document(request.param))


def structure(node: Any) -> list[Any]:
    """Every element below `node` in the structure tree."""
    if isinstance(node, pikepdf.Array):
        return [element for item in node for element in structure(item)]
    if not isinstance(node, pikepdf.Dictionary):
        return []
    own = [node] if "/S" in node else []
    return own + (structure(node["/K"]) if "/K" in node else [])


def test_the_pdf_is_tagged_and_says_so(pdf):
    language, data = pdf
    with pikepdf.open(io.BytesIO(data)) as file:
        assert str(file.Root.Lang) == language
        assert bool(file.Root.MarkInfo.Marked) is True
        assert str(file.docinfo["/Title"]) == sample_document(language).meta.title
        with file.open_metadata() as xmp:
            assert xmp["pdfuaid:part"] == "1"


def test_the_structure_holds_headings_figures_and_header_cells(pdf):
    _, data = pdf
    with pikepdf.open(io.BytesIO(data)) as file:
        elements = structure(file.Root.StructTreeRoot["/K"])
        kinds = [str(element.S) for element in elements]
        figures = [element for element in elements if element.S == "/Figure"]
        assert [str(element["/Alt"])[:10] for element in figures] in (
            ["Staafdiagr"],
            ["Bar chart:"],
        )
        assert kinds.count("/TH") == 4
        assert kinds.count("/H1") == 4  # three parts and the table of contents
        assert (kinds.count("/H2"), kinds.count("/H3"), kinds.count("/Title")) == (2, 1, 1)


def test_the_pdf_can_be_read_as_text(pdf):
    language, data = pdf
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]
    text = "\n".join(pages)
    words = {
        "nl": ("2.1 Toegang tot de wijkteams", "Figuur 1", "Gereconstrueerd", "Tabel 1", "Inhoud"),
        "en": ("2.1 Access to the teams", "Figure 1", "Reconstructed", "Table 1", "Contents"),
    }
    for told in (*words[language], NASTY, "≠", f"1 / {len(pages)}"):
        assert told in text
    assert text.count("CC BY 4.0") == 1


def test_references_and_contents_are_links(pdf):
    _, data = pdf
    with pikepdf.open(io.BytesIO(data)) as file:
        assert len(file.Root.Outlines.First.keys()) > 0
        links = [note for page in file.pages for note in page.get("/Annots", [])]
        inside = [
            note for note in links if "/Dest" in note or note.get("/A", {}).get("/S") == "/GoTo"
        ]
        assert len(inside) >= 8


def test_only_our_own_fonts_are_used(pdf):
    _, data = pdf
    with pikepdf.open(io.BytesIO(data)) as file:
        names = {
            str(font.BaseFont).partition("+")[2].partition("-")[0]
            for page in file.pages
            for font in page.Resources.get("/Font", {}).values()
        }
    assert names <= {"SourceSansPro", "LibertinusSerif", "DejaVuSansMono"}


MAKE = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from sample_blocks import sample_document
from analysis.report.html import numbers_html, report_html
from analysis.report.ledger import numbers_csv
from analysis.report.typst import report_pdf
document = sample_document()
for made in (report_html(document), numbers_html(document), numbers_csv(document)):
    print(hashlib.sha256(made.encode()).hexdigest())
print(hashlib.sha256(report_pdf(document)).hexdigest())
"""


@pytest.mark.parametrize(
    "surroundings",
    [
        {"TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        {"TZ": "America/Lima", "LC_ALL": "nl_NL.UTF-8", "PYTHONHASHSEED": "77"},
    ],
    ids=["south", "west"],
)
def test_every_build_has_the_same_bytes(surroundings):
    call = [sys.executable, "-c", MAKE, str(Path(__file__).parent)]
    env = os.environ | surroundings
    done = subprocess.run(call, capture_output=True, text=True, env=env, check=True, timeout=120)
    own = hashlib.sha256(report_pdf(sample_document())).hexdigest()
    page = hashlib.sha256(report_html(sample_document()).encode()).hexdigest()
    assert done.stdout.split()[3] == own
    assert done.stdout.split()[0] == page


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cn", "Cs"))))
def test_any_text_survives_as_a_typst_string(value):
    source = f"#metadata({string(value)}) <it>"
    found = typst.query(source.encode("utf-8"), "<it>", field="value", one=True)
    expected = "".join(c for c in value if c.isprintable() or c.isspace())
    assert json.loads(found) == expected


def test_columns_with_running_text_share_what_is_left():
    block = next(b for b in sample_document().blocks() if b["kind"] == "table")
    widths = column_widths(block)
    assert [width.endswith("fr") for width in widths] == [True, False, False, False]


# nbconvert


def test_the_exporters_work_on_a_merged_notebook():
    node = sample_merged()
    html, _ = ReportHTMLExporter().from_notebook_node(node)
    source, _ = ReportTypstExporter().from_notebook_node(node)
    data, resources = ReportPDFExporter().from_notebook_node(node)
    assert html == report_html(sample_document())
    assert source == report_typst(sample_document())
    assert data == report_pdf(sample_document())
    assert resources["output_extension"] == ".pdf"


def test_the_exporters_pass_on_what_is_wrong():
    with pytest.raises(DocumentError, match="no cell shows blocks"):
        ReportHTMLExporter().from_notebook_node(new_notebook())


@pytest.mark.parametrize(
    ("kind", "suffix", "start"),
    [("html", "html", b"<!DOC"), ("typst", "typ", b"//"), ("pdf", "pdf", b"%PDF")],
)
def test_nbconvert_finds_the_exporters(tmp_path, kind, suffix, start):
    name, node = sample_notebooks()[0]
    nbformat.write(node, tmp_path / f"{name}.ipynb")
    call = [sys.executable, "-m", "nbconvert", "--to", f"wijkteams-{kind}", f"{name}.ipynb"]
    subprocess.run(call, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    made = (tmp_path / f"{name}.{suffix}").read_bytes()
    assert made.startswith(start)
    assert kind != "html" or f'"{name}","3"]' in made.decode("utf-8")  # its own name and cells


# Notebook pages and JupyterLab


def notebook_with(*outputs: Any) -> Any:
    cells = [new_markdown_cell("# Kop\n\n![buiten](https://example.org/x.png) <b>rauw</b>", id="a")]
    cells.append(new_code_cell("print('a < b')", outputs=list(outputs), id="b"))
    return new_notebook(cells=cells)


def test_a_notebook_page_has_an_anchor_per_cell_and_leads_back():
    name, node = sample_notebooks()[0]
    page = BeautifulSoup(notebook_page(name, node, "nl"), "html.parser")
    assert [cell["id"] for cell in page.find_all("section", class_="cell")] == [
        f"cell-{number}" for number in range(1, len(node.cells) + 1)
    ]
    assert page.find("a", href="../report.html").text == "Terug naar het rapport"
    assert page.find("a", class_="n")["href"] == f"../numbers.html#{fragment(AGREE)}"
    assert page.find(id="cell-2").find("figure").img["src"].startswith("data:")
    assert 'chapter["survey"].show(0)' in page.find(id="cell-2").text


def test_a_notebook_page_asks_nothing_of_the_network():
    html = (
        "<script src='https://cdn.example/x.js'></script><img src='https://e.org/y.png'><i>ja</i>"
    )
    outputs = [
        new_output("display_data", data={"text/html": html}),
        new_output("stream", text="\x1b[31mrood\x1b[0m <t>"),
        new_output("display_data", data={"image/png": "iVBORw0KGgo=\n"}),
        new_output("error", ename="E", evalue="v", traceback=["Trace <x>"]),
        new_output("execute_result", data={"text/plain": "42"}, execution_count=1),
    ]
    made = notebook_page("x", notebook_with(*outputs), "en")
    page = BeautifulSoup(made, "html.parser")
    assert "example.org" not in made
    assert "cdn.example" not in made
    assert not page.find_all(["script", "link", "iframe"])
    assert page.find("i").text == "ja"
    assert [pre.text for pre in page.find_all("pre", class_="output")] == [
        "rood <t>",
        "Trace <x>",
        "42",
    ]
    assert page.find("b") is None


def test_blocks_in_jupyterlab_bring_their_own_style():
    blocks = sample_bundles()["survey"][0]
    made = blocks_html({"part": "survey", "language": "nl", "blocks": blocks})
    page = BeautifulSoup(made, "html.parser")
    assert page.div["class"] == ["wijkteams-blocks"]
    assert page.style is not None
    assert page.find(class_="n")["title"] == AGREE
    assert page.find("figure").img["alt"].startswith("Staafdiagram")
    assert len(made) < 20_000


def of_texts(*columns: list[str]) -> dict[str, object]:
    """A table block with these texts, column by column."""
    spans = [[[{"t": "text", "v": text}] for text in row] for row in zip(*columns, strict=True)]
    heads = [{"label": [{"t": "text", "v": "Head"}], "align": "left"} for _ in columns]
    return {"columns": heads, "rows": spans}


def test_a_column_is_as_wide_as_its_text_needs():
    widths = column_widths(of_texts(["word " * 60] * 3, ["word " * 8] * 3))
    long, short = (float(width.removesuffix("fr")) for width in widths)
    assert long > 3 * short


def test_a_column_that_is_often_empty_keeps_room_for_its_long_cells():
    widths = column_widths(of_texts(["word " * 30] * 6, ["word " * 30, *["–"] * 5]))
    full, sparse = (float(width.removesuffix("fr")) for width in widths)
    assert 1 < full / sparse < 3


def test_no_column_is_narrower_than_a_word_that_cannot_be_broken():
    widths = column_widths(of_texts(["word " * 200] * 3, ["monitoring " * 3] * 3))
    assert float(widths[1].removesuffix("fr")) >= 6.8  # ten signs, and the space around them
