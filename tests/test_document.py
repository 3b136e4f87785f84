"""The document model: order, numbers, references, unique ids, problems, and the ledger."""

from __future__ import annotations

import copy
import csv
import io
from typing import Any

import pytest
import yaml
from nbformat.v4 import new_notebook

from analysis.language.words import FOLDER
from analysis.report.document import PARTS, DocumentError, build_document, merge_notebooks
from analysis.report.ledger import COLUMNS, number_rows, numbers_csv, plain_number, write_numbers
from analysis.report.spans import spans_of
from sample_blocks import (
    AGREE,
    MIME,
    ROWS,
    SHARE,
    TOTAL,
    figure,
    heading,
    metadata,
    notebook,
    num,
    paragraph,
    ref,
    row,
    sample_bundles,
    sample_document,
    sample_merged,
    sample_notebooks,
    span,
    table,
    text,
)
from sample_blocks import WORDS as SAMPLE_WORDS


def merged(blocks: list[dict[str, Any]], part: str = "survey", **more: Any) -> Any:
    """A merged notebook with one output."""
    node = notebook({part: [blocks]})
    return merge_notebooks([("2_survey", node)], metadata(**more))


def problems(blocks: list[dict[str, Any]], part: str = "survey", **more: Any) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        build_document(merged(blocks, part, **more))
    return caught.value.problems


def block_by_id(document: Any, name: str) -> dict[str, Any]:
    return next(block for block in document.blocks() if block.get("id") == name)


TITLE = heading(1, "survey", "Titel")


# Order and numbers


def test_parts_come_in_canonical_order_whatever_the_order_of_the_notebooks():
    document = sample_document()
    assert [(part.key, part.label) for part in document.parts] == [
        ("brief", "1"),
        ("survey", "2"),
        ("method", "A"),
    ]


def test_missing_parts_are_told_in_order():
    assert sample_document().missing_parts() == [
        key for key in PARTS if key not in ("brief", "survey", "method")
    ]


def test_headings_are_numbered_within_their_part():
    document = sample_document()
    labels = {b["id"]: b["label"] for b in document.blocks() if b["kind"] == "heading"}
    assert labels == {
        "brief": "1",
        "survey": "2",
        "survey-access": "2.1",
        "survey-detail": "2.1.1",
        "method": "A",
        "method-how": "A.1",
    }


def test_a_new_section_starts_its_subsections_again():
    names = [(1, "survey"), (2, "a"), (3, "aa"), (3, "ab"), (2, "b"), (3, "ba")]
    document = build_document(merged([heading(level, name, "Kop") for level, name in names]))
    assert [block["label"] for block in document.blocks() if block["kind"] == "heading"] == [
        "1",
        "1.1",
        "1.1.1",
        "1.1.2",
        "1.2",
        "1.2.1",
    ]


def test_figures_and_tables_have_their_own_counts():
    twice = [figure(SAMPLE_WORDS["nl"]) | {"id": name} for name in ("one", "two")]
    document = build_document(merged([TITLE, *twice, table(SAMPLE_WORDS["nl"])]))
    labels = [block_by_id(document, name)["label"] for name in ("one", "two", "table-access")]
    assert labels == ["Figuur 1", "Figuur 2", "Tabel 1"]


@pytest.mark.parametrize(
    ("language", "target", "expected"),
    [
        ("nl", "figure-access", "figuur 1"),
        ("nl", "table-access", "tabel 1"),
        ("nl", "survey", "hoofdstuk 2"),
        ("nl", "survey-access", "paragraaf 2.1"),
        ("nl", "method", "bijlage A"),
        ("en", "method-how", "section A.1"),
        ("en", "figure-access", "figure 1"),
    ],
)
def test_a_reference_gets_the_text_of_what_it_points_at(language, target, expected):
    bundles = sample_bundles(language)
    bundles["brief"][0].append(paragraph(text("a "), ref(target), text(". "), ref(target)))
    document = build_document(
        merge_notebooks([("all", notebook(bundles, language))], metadata(language))
    )
    found = [s["v"] for block in document.blocks() for s in spans_of(block) if s["t"] == "ref"]
    assert expected in found
    assert expected[0].upper() + expected[1:] in found  # where a sentence starts


# Ids and origins of numbers


def test_a_number_printed_again_gets_a_suffix_in_reading_order():
    document = sample_document()
    ids = [
        (part.key, span["id"])
        for part in document.parts
        for block in part.blocks
        for span in spans_of(block)
        if span["t"] == "num" and span["id"].startswith(AGREE)
    ]
    assert ids == [("brief", AGREE), ("survey", f"{AGREE}.2"), ("survey", f"{AGREE}.3")]


def test_the_numbers_of_a_block_keep_step_with_its_spans():
    for block in sample_document().blocks():
        spans = {span["id"]: span["v"] for span in spans_of(block) if span["t"] == "num"}
        rows = block["numbers"]
        assert set(spans) <= set(rows)
        assert all(rows[key]["printed"] == shown for key, shown in spans.items())
        assert all(rows[key]["drawn"] for key in set(rows) - set(spans))


def test_a_suffix_never_takes_the_id_of_another_fact():
    facts = {"x": row(1), "x.2": row(2)}
    spans = [num("x", "1"), num("x", "1"), num("x.2", "2")]
    document = build_document(merged([TITLE, paragraph(*spans, **facts)]))
    assert list(block_by_value(document)) == ["x", "x.3", "x.2"]


def block_by_value(document: Any) -> dict[str, Any]:
    return {row["id"]: row["value"] for row in number_rows(document)}


def test_a_number_knows_the_notebook_and_cell_that_showed_it():
    rows = {row["id"]: row for row in number_rows(sample_document())}
    assert (rows[AGREE]["notebook"], rows[AGREE]["cell"]) == ("4_synthesis", 2)
    assert (rows[f"{AGREE}.3"]["notebook"], rows[f"{AGREE}.3"]["cell"]) == ("2_survey", 3)


def test_a_single_notebook_uses_its_own_name_and_cell_numbers():
    name, node = sample_notebooks()[0]
    rows = number_rows(build_document(node, name))
    assert {row["notebook"] for row in rows} == {"2_survey"}
    assert rows[0]["cell"] == 2


def test_numbers_in_a_picture_only_are_rows_of_the_figure():
    drawn = [row for row in number_rows(sample_document()) if row["id"] == "drawn/neutral"]
    assert [(row["exhibit"], row["printed"]) for row in drawn] == [("figure-access", "9,68")]


# Banners


def banners(document: Any) -> list[str]:
    parts = [("front", document.front), *((part.key, part.blocks) for part in document.parts)]
    return [key for key, blocks in parts for block in blocks if block.get("role") == "banner"]


def test_the_banner_stands_first_and_in_each_part_with_marked_exhibits():
    assert banners(sample_document()) == ["front", "survey"]


def test_a_reconstructed_exhibit_brings_the_banner_without_being_asked():
    name, node = sample_notebooks()[0]
    assert banners(build_document(node, name)) == ["front", "survey"]


def test_a_measured_report_has_no_banner():
    blocks = [TITLE, table(SAMPLE_WORDS["nl"]) | {"provenance": "measured"}]
    assert banners(build_document(merged(blocks, provenance="measured"))) == []


def test_a_chapter_with_its_own_banner_gets_no_second_one():
    own = paragraph(text("Let op."), role="banner")
    document = build_document(merged([TITLE, own, figure(SAMPLE_WORDS["nl"])]))
    assert banners(document) == ["front", "survey"]


def test_numbers_in_the_banner_are_counted_and_repeated():
    banner = [text("Uit "), num(TOTAL, "31"), text(" gemeenten.")]
    document = sample_document(banner=banner, banner_numbers={TOTAL: ROWS[TOTAL]})
    rows = [(row["id"], row["chapter"]) for row in number_rows(document) if TOTAL in row["id"]]
    assert rows[:3] == [(TOTAL, ""), (f"{TOTAL}.2", "brief"), (f"{TOTAL}.3", "survey")]
    assert rows[3] == (f"{TOTAL}.4", "survey")


def test_a_digit_in_the_banner_is_a_problem():
    assert "the banner: a digit" in problems([TITLE], banner=[text("Uit 31 gemeenten.")])[0]


# Problems


def without(block: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in block.items() if name != key}


NL = SAMPLE_WORDS["nl"]
BROKEN = [
    ({"kind": "poem", "numbers": {}}, "unknown kind of block 'poem'"),
    (without(figure(NL), "alt"), "figure figure-access: no alternative text"),
    (figure(NL) | {"alt": "  "}, "no alternative text"),
    (figure(NL) | {"svg": {"phone": "<svg/>"}}, "no picture for the page"),
    (figure(NL) | {"svg": {"page": "a.png"}}, "is not an SVG"),
    (figure(NL) | {"provenance": None}, "unknown provenance None"),
    (figure(NL) | {"table": {"columns": []}}, "its table needs columns and rows"),
    (table(NL) | {"row_marks": ["broken"]}, "1 row marks for 2 rows"),
    (table(NL) | {"row_marks": ["", "odd"]}, "unknown row mark 'odd'"),
    (table(NL) | {"rows": [[[text("a")]]], "row_marks": []}, "row 1 has 1 cells, there are 4"),
    (table(NL) | {"columns": []}, "no columns"),
    (table(NL) | {"id": "a b"}, "holds a space or quote"),
    (paragraph(text("in 2016")), "a digit in the text 'in 2016'"),
    (paragraph(span("strong", "de 26")), "a digit in the text 'de 26'"),
    (paragraph(num("absent", "26")), "the number '26' has no ledger row 'absent'"),
    (paragraph(num("a b", "26"), **{"a b": row(26)}), "the number id 'a b'"),
    (paragraph(text("a"), role="shout"), "unknown role of a paragraph 'shout'"),
    (paragraph({"t": "blink", "v": "a"}), "unknown kind of span 'blink'"),
    (paragraph({"t": "ref"}), "a ref span needs to as text"),
    (paragraph(span("link", "a", href="javascript:alert()")), "is not a web, mail or file"),
    (heading(4, "deep", "Diep"), "level 4 is not 1, 2 or 3"),
    (without(heading(2, "none", "Kop"), "id"), "a heading needs id"),
    (heading(3, "jump", "Sprong"), "heading 'jump' of level 3 has no level 2 above it"),
    (heading(1, "again", "Nog een"), "'again' is a second heading of level 1 in part 'survey'"),
    (heading(2, "survey", "Dubbel"), "the id 'survey' is used before"),
    (paragraph(ref("nowhere")), "a reference to 'nowhere', which is nowhere"),
    (paragraph(num("survey", "1"), survey=row(1)), "has the id of something in"),
]


@pytest.mark.parametrize(("block", "message"), BROKEN, ids=[message for _, message in BROKEN])
def test_a_broken_block_is_told_with_its_place(block, message):
    found = problems([TITLE, copy.deepcopy(block)])
    assert any(message in problem for problem in found), found
    assert all("notebook 2_survey, cell 2" in problem for problem in found)


def test_all_problems_are_told_at_once():
    blocks = [block for block, _ in BROKEN[:8]]
    assert len(problems([TITLE, *copy.deepcopy(blocks)])) == 8


def test_an_unknown_part_and_another_language_are_problems():
    node = notebook({"epilogue": [[TITLE]]}, "en")
    with pytest.raises(DocumentError, match=r"no part 'epilogue'.*\n.*are in 'en'"):
        build_document(merge_notebooks([("x", node)], metadata("nl")))


def test_outputs_that_are_not_blocks_are_a_problem():
    node = notebook({"survey": [[TITLE]]})
    node.cells[1].outputs[0].data[MIME] = {"part": "survey"}
    with pytest.raises(DocumentError, match="notebook x, cell 2: these are not blocks"):
        build_document(node, "x")


def test_a_notebook_without_blocks_is_a_problem():
    with pytest.raises(DocumentError, match="empty: no cell shows blocks"):
        build_document(new_notebook(), "empty")


def test_an_unknown_language_is_a_problem():
    with pytest.raises(DocumentError, match="no language 'fr'"):
        build_document(notebook({"survey": [[TITLE]]}, "fr"), "x")


def test_a_part_of_a_whole_report_must_start_with_its_heading():
    found = problems([paragraph(text("zomaar"))])
    assert "part 'survey' does not start with a heading of level 1" in found[0]


# One notebook alone


def test_a_single_notebook_may_point_outside_itself():
    _, node = sample_notebooks()[1]
    document = build_document(node, "4_synthesis")
    found = [s for block in document.blocks() for s in spans_of(block) if s["t"] == "ref"]
    assert [(s["v"], s["found"]) for s in found] == [("een ander deel van het rapport", False)]


def test_a_single_notebook_without_a_heading_gets_the_name_of_its_part():
    document = build_document(notebook({"audit": [[paragraph(text("Tekst."))]]}), "5_audit")
    assert document.parts[0].heading["text"][0]["v"] == "Controle van gepubliceerde cijfers"
    assert document.parts[0].label == "A"


def test_a_notebook_without_metadata_takes_title_and_language_from_its_blocks():
    node = notebook(sample_bundles("en"), "en")
    meta = build_document(node, "x").meta
    assert (meta.title, meta.language, meta.round) == ("Method", "en", "")


def test_metadata_are_used_and_unknown_keys_passed_over():
    meta = sample_document(authors=["A. Bakker", "C. Dam"], round=2016, colour="red").meta
    assert (meta.title, meta.authors, meta.round) == (
        "Wijkteams en diversiteit",
        "A. Bakker, C. Dam",
        "2016",
    )


def test_merging_leaves_the_notebooks_as_they_were():
    notebooks = sample_notebooks()
    before = copy.deepcopy(notebooks)
    node = merge_notebooks(notebooks, metadata())
    assert notebooks == before
    assert node.cells[0].metadata["wijkteams"] == {"notebook": "2_survey", "cell": 1}
    assert len({cell["id"] for cell in node.cells}) == len(node.cells)


def test_building_a_document_leaves_the_notebook_as_it_was():
    node = sample_merged()
    before = copy.deepcopy(node)
    build_document(node)
    assert node == before


# The ledger


def test_the_ledger_has_exactly_the_columns_of_the_contract():
    assert ",".join(COLUMNS) == (
        "id,chapter,exhibit,subject,group,statistic,value,unit,numerator,denominator,low,high,"
        "printed,provenance,source,notebook,cell"
    )
    lines = numbers_csv(sample_document()).splitlines()
    assert lines[0] == ",".join(COLUMNS)


def test_the_ledger_prints_numbers_as_short_as_they_can_be_read_back():
    rows = list(csv.DictReader(io.StringIO(numbers_csv(sample_document()))))
    share = next(row for row in rows if row["id"] == SHARE)
    assert (share["value"], share["numerator"], share["low"]) == ("83.87096774193549", "26", "67.4")
    assert next(row for row in rows if row["id"] == AGREE)["value"] == "26"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(26.0, "26"), (26, "26"), (0.1, "0.1"), (None, ""), (float("nan"), ""), (-0.5, "-0.5")],
)
def test_plain_numbers(value, expected):
    assert plain_number(value) == expected


def test_every_ledger_id_occurs_once():
    ids = [row["id"] for row in number_rows(sample_document())]
    assert len(ids) == len(set(ids)) == 10


def test_the_ledger_is_written_with_line_feeds(tmp_path):
    write_numbers(sample_document(), tmp_path / "numbers.csv")
    data = (tmp_path / "numbers.csv").read_bytes()
    assert b"\r" not in data
    assert data.decode("utf-8") == numbers_csv(sample_document())


# Words


def leaves(tree: Any, path: str = "") -> dict[str, Any]:
    if isinstance(tree, dict):
        return {
            k: v for key, item in tree.items() for k, v in leaves(item, f"{path}.{key}").items()
        }
    return {path: tree}


def test_both_languages_say_the_same_things_without_digits():
    files = [FOLDER / code / "report.yml" for code in ("nl", "en")]
    dutch, english = (leaves(yaml.safe_load(f.read_text(encoding="utf-8"))) for f in files)
    assert list(dutch) == list(english)
    assert not [
        text for text in (*dutch.values(), *english.values()) if any(map(str.isdigit, text))
    ]
