"""The synthesis: it follows from the data, a theme is a page, and the register is whole."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from pypdf import PdfReader

from analysis.chapters.synthesis import SynthesisChapter, open_synthesis
from analysis.chapters.synthesis_theme import ASKED
from analysis.evidence.synthesis import DERIVED, VERDICTS
from analysis.language.words import load_language
from analysis.project import LANGUAGES, CallError, Project, find_project
from analysis.raw.cases import FRAGMENTS
from analysis.raw.sources import seal
from analysis.raw.tables import rows
from analysis.report.charts.style import PAGE, PHONE
from analysis.report.charts.synthesis import FILLS, draw_verdicts
from analysis.report.checks import check_block
from analysis.report.document import build_document
from analysis.report.spans import EXHIBITS, Block, plain_text, span_lists
from analysis.report.typst import report_pdf
from analysis.study import Study, open_study
from helpers import copy_raw, real_project, real_study

METHODS = ("brief", "opening", "overview", "themes", "toolkit", "register")
FRAME, TABLE = "cases/coding_frame.yml", "cases/fragments.csv"


@cache
def chapter(language: str = "nl") -> SynthesisChapter:
    return SynthesisChapter(real_study(language))


@cache
def shown(language: str, method: str) -> list[Block]:
    found: list[Block] = getattr(chapter(language), method)().blocks
    return found


def said(block: Block) -> str:
    return "\n".join(plain_text(spans) for spans in span_lists(block))


def prose(blocks: list[Block]) -> str:
    return "\n".join(said(block) for block in blocks)


def of_id(blocks: list[Block], name: str) -> Block:
    return next(block for block in blocks if block.get("id") == name)


def counted(study: Study) -> pd.DataFrame:
    return study.cases.counted


# Copies to spoil


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A copy of the raw data whose coding frame needs no particular fragment."""
    made = copy_raw(tmp_path)
    assert real_study().survey.reconstruction  # kept now, so that no copy has to make it again
    shutil.copytree(real_project().processed, made.processed)
    path = made.raw / FRAME
    frame = yaml.safe_load(path.read_text(encoding="utf-8"))
    for group in frame.values():
        for item in group.values():
            item.pop("example", None)
    path.write_text(yaml.safe_dump(frame, allow_unicode=True, sort_keys=False), encoding="utf-8")
    seal(made, path)
    return made


def fragment(**given: str) -> dict[str, str]:
    return dict.fromkeys(FRAGMENTS, "") | {
        "id": "x-1", "case": "joint", "year": "2016", "theme": "access", "point": "distrust",
        "stance": "supports", "kind": "bottleneck", "actor": "resident", "form": "statement",
        "summary_nl": "Bewoners wachten soms lang.", "summary_en": "Residents wait long.",
        "source": "een.txt", "line": "12",
    } | given  # fmt: skip


def save(project: Project, *fragments: dict[str, str]) -> None:
    """Fragments instead of those of the documents."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(FRAGMENTS))
    writer.writeheader()
    writer.writerows(fragments)
    path = project.raw / TABLE
    path.write_text(out.getvalue(), encoding="utf-8")
    seal(project, path)


def of(project: Project, language: str = "nl") -> SynthesisChapter:
    return SynthesisChapter(open_study("2016", language, project=project))


# --- Every block


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("method", METHODS)
def test_blocks_are_well_formed_and_exhibits_name_their_source(language: str, method: str):
    blocks = shown(language, method)
    assert blocks
    assert [problem for block in blocks for problem in check_block(block)] == []
    for block in blocks:
        if block["kind"] in EXHIBITS:
            assert plain_text(block["source"]), block["id"]
        for row in block["numbers"].values():
            assert row["source"] and row["provenance"] and row["value"] is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_rests_on_reconstructed_answers_says_so(language: str):
    study = real_study(language)
    for theme in study.cases.frame.themes:
        part = study.synthesis[study.synthesis["theme"] == theme]
        found = [b for b in shown(language, "themes") if b.get("id") == f"table-synthesis-{theme}"]
        answered = any(len(items) for items in part["items"])
        assert [b["provenance"] for b in found] == ["reconstructed" if answered else "published"]


# --- The overview


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_counts_every_point_of_the_frame_once(language: str):
    study, figure = real_study(language), of_id(shown(language, "overview"), "figure-synthesis")
    body = [[plain_text(cell) for cell in row] for row in figure["table"]["rows"]]
    by_theme = Counter(point.theme for point in study.cases.frame.points.values())
    themes = list(study.cases.frame.themes)
    assert [sum(map(int, row[1:])) for row in body[:-1]] == [by_theme[theme] for theme in themes]
    assert [int(n) for n in body[-1][1:]] == [
        sum(int(row[column]) for row in body[:-1]) for column in range(1, len(VERDICTS) + 1)
    ]


def test_every_clash_is_told_with_the_counts_of_the_survey():
    study = real_study()
    clashes = study.synthesis[study.synthesis["verdict"] == "clash"]
    told = [block for block in shown("nl", "overview") if block["kind"] == "list"]
    items = [plain_text(item) for block in told for item in block["items"]]
    assert len(items) == len(clashes) > 0
    for item, row in zip(items, rows(clashes), strict=True):
        assert study.cases.frame.points[row.point].definition("nl").rstrip(".") in item
        for evidence in row.items:
            if evidence.position == row.survey and evidence.agree:
                fact = dict(study.survey_facts.loc[evidence.agree])
                if fact["known"] == "exact":
                    assert f"{fact['value']:.0f} van de {fact['denominator']:.0f}" in item


def test_remarks_on_the_survey_and_conclusions_are_no_voices_of_practice(project: Project):
    assert {"survey", "study", "framework"} == set(DERIVED)
    for case in DERIVED:
        save(project, fragment(case=case, point="information"))
        assert "information" not in set(of(project).synthesis["point"])
    save(project, fragment(case="eleven", point="information"))
    found = of(project).synthesis.set_index("point")
    assert found.loc["information", ["cases", "verdict"]].tolist() == ["supports", "one_source"]


# --- A page per theme


def starts(language: str) -> tuple[list[int], int]:
    """The pages on which the themes begin when the chapter is printed, and the one after them."""
    made = chapter(language)
    parts = [
        made.writer.blocks("synthesis", shown(language, "opening") + shown(language, "themes")),
        made.writer.blocks("recommendations", shown(language, "register")),
    ]
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [
            {"output_type": "display_data", "metadata": {}, "data": part._repr_mimebundle_()}]}
        for part in parts
    ]  # fmt: skip
    node = {"cells": cells, "metadata": {"wijkteams": {"title": "Test", "language": language}}}
    pdf = PdfReader(io.BytesIO(report_pdf(build_document(node, "4_synthesis"))))
    marks = [
        mark for entry in pdf.outline for mark in (entry if isinstance(entry, list) else [entry])
    ]
    pages = {str(mark.title): pdf.get_destination_page_number(mark) for mark in marks}
    labels = [theme.label(language) for theme in made.frame.themes.values()]
    found = [next(page for title, page in pages.items() if title.endswith(f" {label}"))
             for label in labels]  # fmt: skip
    return found, max(pages.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_theme_takes_one_page_on_paper(language: str):
    found, after = starts(language)
    assert [later - earlier for earlier, later in zip(found, [*found[1:], after], strict=True)] == (
        [1] * len(found)
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_theme_shows_recommendations_and_says_how_many_there_are(language: str):
    study = real_study(language)
    asked = counted(study)[counted(study)["kind"] == "recommendation"]
    for theme in study.cases.frame.themes:
        blocks = chapter(language).theme(theme).blocks
        number = int((asked["theme"] == theme).sum())
        if not number:
            assert blocks[-1]["kind"] == "paragraph"
            continue
        assert 1 <= len(blocks[-1]["items"]) <= min(ASKED, number)
        counts = [n["value"] for n in blocks[-2]["numbers"].values()]
        assert number == 1 or max(counts) == number


def test_a_theme_without_evidence_says_so_and_stands_all_the_same(project: Project):
    save(project, fragment())
    for language in LANGUAGES:
        made = of(project, language)
        bare = prose(made.theme("participation").blocks)
        assert load_language(language).label("synthesis.theme.empty") in bare
        assert load_language(language).label("synthesis.theme.recommended.nothing") in bare
        for method in METHODS:
            for block in getattr(made, method)().blocks:
                assert list(check_block(block)) == []


def test_without_any_fragment_the_chapter_still_stands(project: Project):
    save(project)
    made = of(project)
    for method in METHODS:
        for block in getattr(made, method)().blocks:
            assert list(check_block(block)) == []
    assert made.toolkit().blocks == []
    assert made.label("synthesis.register.empty") in prose(made.register().blocks)


def test_one_fragment_reads_in_the_singular(project: Project):
    save(project, fragment())
    told = prose(of(project).theme("access").blocks)
    assert "is één fragment vastgelegd, uit één document." in told
    assert "één keer vóór, door bewoners (2016)" in told


def test_an_example_names_its_municipality_unless_the_words_do(project: Project):
    save(project, fragment(case="utrecht"))
    assert "lang (Utrecht; 2016," in prose(of(project).theme("access").blocks)
    save(project, fragment(case="utrecht", summary_nl="Bewoners van Utrecht wachten."))
    assert "Bewoners van Utrecht wachten (2016," in prose(of(project).theme("access").blocks)
    save(project, fragment())
    assert "lang (2016," in prose(of(project).theme("access").blocks)


def test_a_recommendation_of_an_added_case_needs_no_line(project: Project):
    asked = fragment(
        kind="recommendation", addressee="team", line="", source="gesprek", actor="researcher"
    )
    save(project, asked, fragment(id="x-2"), fragment(id="x-3", stance="both"))
    made = of(project)
    assert "Bewoners wachten soms lang (aan: wijkteam; 2016" in prose(made.theme("access").blocks)
    table = of_id(made.register().blocks, "table-recommendations-1")
    row = [plain_text(cell) for cell in table["rows"][0]]
    assert row[0] == "–"
    assert row[-1].startswith("2 voor, 1 tegen; 1 document.")


def test_an_unknown_theme_is_refused_by_name():
    with pytest.raises(CallError, match="unknown theme 'acces'; known: vision"):
        chapter().theme("acces")


# --- Tools and arguments


@pytest.mark.parametrize("language", LANGUAGES)
def test_tools_and_objections_stand_under_their_numbers(language: str):
    found = counted(real_study(language))
    for name, kind in (("tools", "tool"), ("arguments", "argument")):
        wanted = found.loc[(found["kind"] == kind) & found["number"].notna(), "number"]
        table = of_id(shown(language, "toolkit"), f"table-synthesis-{name}")
        printed = [int(plain_text(row[0])) for row in table["rows"]]
        assert printed == sorted(int(number) for number in wanted)


def test_an_objection_stands_beside_the_answers_with_its_number(project: Project):
    save(
        project,
        fragment(id="a", kind="argument", number="3", summary_nl="Dat hoeft niet."),
        fragment(id="b", kind="counter_argument", number="3", summary_nl="Toch wel.", line="14"),
        fragment(id="c", kind="counter_argument", number="4", summary_nl="Iets anders."),
    )
    table = of_id(of(project).toolkit().blocks, "table-synthesis-arguments")
    assert [[plain_text(cell) for cell in row] for row in table["rows"]] == [
        [
            "3",
            "Dat hoeft niet.",
            "Toch wel.",
            "2016, regel\N{NO-BREAK SPACE}12; regel\N{NO-BREAK SPACE}14",
        ]
    ]


# --- The register


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_recommendation_stands_once_in_the_register(language: str):
    found = counted(real_study(language))
    asked = found[found["kind"].isin(["recommendation", "advice"])]
    tables = [b for b in shown(language, "register") if b["kind"] == "table"]
    told = " ".join(said(table) for table in tables)
    assert sum(len(table["rows"]) for table in tables) == len(asked)
    assert [s for s in asked[f"summary_{language}"] if s.rstrip(".") not in told] == []


def test_what_is_said_again_is_told_and_counts_once(project: Project):
    first = fragment(kind="recommendation", addressee="team")
    save(project, first, {**first, "id": "x-2", "same_as": "x-1", "line": "40"})
    blocks = of(project).register().blocks
    assert "één aanbeveling" in prose(blocks)
    (table,) = [block for block in blocks if block["kind"] == "table"]
    assert [plain_text(row[1]) for row in table["rows"]] == [
        "Bewoners wachten soms lang. Ook in 2016, regel\N{NO-BREAK SPACE}40."
    ]


# --- The picture


def bars(**counts: int) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"fact": f"t/{v}", "theme": "t", "label": "Bereik", "verdict": v, "count": n}
            for v, n in counts.items()
        ]
    )


TOTALS = {"points": ("all", 9), "agree": ("yes", 4), "clash": ("no", 2)}


@pytest.mark.parametrize("medium", [PAGE, PHONE])
def test_the_picture_draws_every_count_but_zero(medium: Any):
    picture = draw_verdicts(bars(agree=4, clash=0, nothing=3), TOTALS, load_language("nl"))
    assert picture.draw(medium).printed == [("t/agree", "4"), ("t/nothing", "3")]
    assert "botsing" not in picture.alt.partition("Per thema")[2]
    assert {s["fact"] for s in picture.title if s["t"] == "num"} == {"all", "yes", "no"}


def test_no_two_fills_are_equally_light():
    def light(colour: str) -> float:
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    shades = sorted(light(look.colour) for look in FILLS.values())
    assert set(FILLS) == set(VERDICTS)
    assert all(b - a > 25 for a, b in pairwise(shades))


def test_a_verdict_that_is_none_is_refused():
    with pytest.raises(ValueError, match="unknown verdicts draw"):
        draw_verdicts(bars(draw=1), TOTALS, load_language("nl"))


# --- The notebook


def test_the_notebook_shows_the_chapter_one_call_per_cell():
    path = find_project().notebooks / "4_synthesis.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    sources = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    assert [f"chapter.{method}()" for method in METHODS] == sources[2:]
    space: dict[str, Any] = {}
    exec("\n".join(sources[:2]), space)
    assert isinstance(space["chapter"], SynthesisChapter)


def test_a_round_or_cut_off_that_cannot_be_is_refused():
    with pytest.raises(CallError):
        open_synthesis("2016", "nl", agree_from=9.0)
