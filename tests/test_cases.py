"""The case studies: what is counted, what the chapter prints, and that data alone change it."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from analysis.chapters.cases import CasesChapter, open_cases
from analysis.language.words import load_language
from analysis.project import LANGUAGES, CallError, DataError, Project, find_project
from analysis.raw.sources import seal
from analysis.report.checks import WITHOUT_DIGITS, check_block
from analysis.report.spans import Block, plain_text, span_lists, spans_of
from analysis.study import open_study
from helpers import other_rounds

METHODS = ("brief", "profiles", "matrix", "voices_by_actor", "themes")
FRAGMENT = {
    "id": "f-new",
    "case": "joint",
    "theme": "access",
    "kind": "bottleneck",
    "actor": "resident",
    "form": "statement",
    "summary_nl": "Bewoners wachten soms lang.",
    "summary_en": "Residents sometimes wait long.",
    "source": "wijkteams-en-diversiteit.txt",
    "line": "1388",
}
PROFILE = {
    "case": "ede",
    "name": "Ede",
    "municipality_code": "GM0228",
    "year": "2027",
    "fact": "inhabitants",
    "value": "121000",
    "unit": "count",
    "qualifier": "over",
    "value_nl": "",
    "value_en": "",
    "source": "wijkteams-en-diversiteit.txt",
    "line": "1",
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A copy of the raw data that a test may change."""
    shutil.copytree(find_project().raw, tmp_path / "data" / "raw", ignore=other_rounds)
    return Project(tmp_path)


def chapter(project: Project | None = None, language: str = "nl") -> CasesChapter:
    return CasesChapter(open_study("2016", language, project=project))


def rewrite(project: Project, name: str, rows: list[dict[str, str]]) -> None:
    path = project.raw / "cases" / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(PROFILE if "cases" in name else FRAGMENT))
        writer.writeheader()
        writer.writerows(rows)
    seal(project, path)


def read(project: Project, name: str) -> list[dict[str, str]]:
    with (project.raw / "cases" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def add(project: Project, name: str, *rows: dict[str, str]) -> None:
    rewrite(project, name, [*read(project, name), *rows])


def keep(project: Project, *names: str) -> None:
    """Keep only the fragments named."""
    found = read(project, "fragments.csv")
    rewrite(project, "fragments.csv", [row for row in found if row["id"] in names])


def edit_frame(project: Project, **changes: Any) -> None:
    """Add cases (a list) or codes (a mapping) to the coding frame."""
    path = project.raw / "cases" / "coding_frame.yml"
    frame = yaml.safe_load(path.read_text(encoding="utf-8"))
    for key, value in changes.items():
        frame[key] = frame[key] + value if isinstance(value, list) else frame[key] | value
    path.write_text(yaml.safe_dump(frame, allow_unicode=True, sort_keys=False), encoding="utf-8")
    seal(project, path)


def code(name: str) -> dict[str, str]:
    return {
        "label_nl": name,
        "label_en": name,
        "definition_nl": f"Alles over {name}.",
        "definition_en": f"All about {name}.",
    }


def all_blocks(made: CasesChapter) -> list[Block]:
    return [block for method in METHODS for block in getattr(made, method)().blocks]


def words(blocks: list[Block]) -> str:
    """The text of blocks, a line per list of spans; non-breaking spaces as spaces."""
    lines = (plain_text(spans) for block in blocks for spans in span_lists(block))
    return "\n".join(lines).replace("\N{NO-BREAK SPACE}", " ")


def block_of(blocks: list[Block], name: str) -> Block:
    return next(block for block in blocks if block.get("id") == name)


def cells(table: Block) -> list[list[str]]:
    return [[plain_text(cell) for cell in row] for row in table["rows"]]


def row_of(table: Block, head: str) -> list[str]:
    return next(row for row in cells(table) if row[0] == head)


# Counts


@pytest.mark.parametrize(
    ("theme", "kind", "count"),
    [
        ("state_of_play", "activity", 4),
        ("access", "bottleneck", 5),
        ("access", "improvement", 6),
        ("method", "bottleneck", 3),
        ("method", "improvement", 4),
        ("process", "bottleneck", 2),
        ("process", "improvement", 3),
    ],
)
def test_the_lists_of_the_source_have_as_many_items_as_it_prints(theme, kind, count):
    assert chapter().how_many(f"theme.{theme}", f"bullets.{kind}") == count


def test_the_source_quotes_seven_people_and_each_is_marked_as_a_paraphrase():
    made = chapter()
    assert made.how_many("form.quotation", "fragments") == 7
    marks = [b["text"][0] for b in made.themes().blocks if b.get("role") == "note"]
    assert len(marks) == 7
    assert all(m["t"] == "strong" and "(geen citaat)" in m["v"] for m in marks)


def test_the_parts_of_the_matrix_add_up():
    made = chapter()
    for table in (made.matrix().blocks[-1]["table"], made.voices_by_actor().blocks[-1]):
        numbers = [[int(cell) for cell in row[1:]] for row in cells(table)]
        assert all(sum(row[:-1]) == row[-1] for row in numbers)
        assert [sum(column) for column in zip(*numbers[:-1], strict=True)] == numbers[-1]
        assert table["row_marks"][-1] == "total"


# What is printed


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("nl", ["bijna 154.000", "ruim 57.000", "enkele duizenden arbeidsmigranten", "Ruim 11%"]),
        ("en", ["almost 154,000", "just over 57,000", "several thousand labour", "Just over 11%"]),
    ],
)
def test_profiles_say_in_words_how_exact_a_number_is(language, expected):
    said = words(open_cases("2016", language).profiles().blocks)
    assert [phrase for phrase in expected if phrase not in said] == []


def test_profiles_stand_side_by_side_with_a_dash_for_what_is_not_told():
    table = block_of(chapter().profiles().blocks, "table-cases-profiles")
    heads = [plain_text(column["label"]) for column in table["columns"]]
    assert heads == ["Kenmerk", "Amersfoort", "Veenendaal", "Roermond"]
    assert row_of(table, "Inwoners")[1:] == ["Bijna 154.000", "Bijna 64.000", "Ruim 57.000"]
    assert row_of(table, "Urgentie")[2] == "–"


def test_what_all_municipalities_share_is_said_once_below_the_table():
    blocks = chapter().profiles().blocks
    table = block_of(blocks, "table-cases-profiles")
    assert "Eisen aan de teams" not in [row[0] for row in cells(table)]
    assert words(blocks).count("Eisen aan de teams") == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_characteristic_of_a_profile_is_shown(language):
    made = open_cases("2016", language)
    said = words(made.profiles().blocks).lower()
    told = made.data.profiles[made.data.profiles["case"] != "joint"]
    values = [str(value).lower() for value in told[f"value_{language}"] if value]
    assert [value for value in values if value not in said] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fragment_stands_in_its_theme_with_its_line(language):
    made = open_cases("2016", language)
    line = {"nl": "regel", "en": "line"}[language]
    for theme in made.frame.themes:
        said = words(made.theme(theme).blocks)
        of_theme = made.data.fragments[made.data.fragments["theme"] == theme]
        for fragment in of_theme.to_dict("records"):
            assert str(fragment[f"summary_{language}"]).rstrip(".") in said
            assert f"{line} {fragment['line']:.0f})" in said


def test_lists_stand_side_by_side_in_the_order_of_the_source():
    table = block_of(chapter().theme("access").blocks, "table-cases-theme-access")
    body = cells(table)
    assert [plain_text(column["label"]) for column in table["columns"]] == [
        "Knelpunten",
        "Verbeterpunten",
    ]
    assert len(body) == 6
    assert "1391" in body[0][0] and "1414" in body[0][1]
    assert body[5][0] == "–"


@pytest.mark.parametrize("language", LANGUAGES)
def test_blocks_keep_the_contract_of_the_document(language):
    blocks = all_blocks(open_cases("2016", language))
    assert [problem for block in blocks for problem in check_block(block)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_has_a_ledger_row_and_plain_text_has_no_digit(language):
    for block in all_blocks(open_cases("2016", language)):
        tables = [block["table"]] if block.get("table") else []
        for part in [block, *tables]:
            for span in spans_of(part):
                assert not (span["t"] in WITHOUT_DIGITS and any(c.isdigit() for c in span["v"]))
                if span["t"] == "num":
                    assert block["numbers"] | part["numbers"], span
                    row = (block["numbers"] | part["numbers"])[span["id"]]
                    assert row["provenance"] == "published" and row["source"]


def test_references_point_at_something_in_the_chapter():
    blocks = all_blocks(chapter())
    ids = [block["id"] for block in blocks if "id" in block]
    assert len(ids) == len(set(ids))
    refs = {span["to"] for block in blocks for span in spans_of(block) if span["t"] == "ref"}
    assert refs <= set(ids)


def test_the_brief_is_one_paragraph_that_names_the_theme_with_most_bottlenecks():
    brief = chapter().brief()
    assert brief.part == "brief"
    assert [block["kind"] for block in brief.blocks] == ["paragraph"]
    assert "toegankelijkheid" in words(brief.blocks)
    assert printed(brief.blocks) == ["drie", "66", "25", "17", "11"]


def printed(blocks: list[Block]) -> list[str]:
    return [span["v"] for block in blocks for span in spans_of(block) if span["t"] == "num"]


def test_who_does_not_speak_is_named():
    said = words(chapter().voices_by_actor().blocks)
    assert "bewoners en migrantenorganisaties ontbreekt" in said


# Data alone change the chapter


def test_a_new_fragment_appears_in_matrix_and_theme(project):
    add(project, "fragments.csv", FRAGMENT)
    made = chapter(project)
    blocks = all_blocks(made)
    assert row_of(block_of(blocks, "figure-cases-matrix")["table"], "Toegankelijkheid")[1] == "12"
    said = words(made.theme("access").blocks)
    assert "Bewoners wachten soms lang (bewoner; regel 1388)." in said
    assert "achttien fragmenten" in said
    assert "De eigen stem van migrantenorganisaties ontbreekt" in words(blocks)


def test_a_new_case_appears_everywhere(project):
    edit_frame(project, cases=["ede"])
    add(project, "cases.csv", PROFILE)
    add(project, "fragments.csv", FRAGMENT | {"case": "ede"})
    made = chapter(project)
    blocks = all_blocks(made)
    assert [problem for block in blocks for problem in check_block(block)] == []
    table = block_of(blocks, "table-cases-profiles")
    assert plain_text(table["columns"][4]["label"]) == "Ede"
    assert row_of(table, "Inwoners")[4] == "Ruim 121.000"
    said = words(blocks)
    assert "Van 2016 tot en met 2027 zijn vier gemeenten nader onderzocht" in said
    assert "Over deze gemeente alleen gaat één fragment: één knelpunt" in said
    assert "Bewoners wachten soms lang (Ede; bewoner; regel 1388)." in said
    assert "Apart ter sprake komt Ede (één)." in words(made.theme("access").blocks)
    assert row_of(block_of(blocks, "figure-cases-matrix")["table"], "Totaal")[1] == "26"


def test_more_cases_than_fit_on_a_page_continue_in_a_second_table(project):
    names = ["aa", "bb", "cc"]
    edit_frame(project, cases=names)
    add(project, "cases.csv", *(PROFILE | {"case": name, "name": name} for name in names))
    blocks = chapter(project).profiles().blocks
    tables = [block for block in blocks if block["kind"] == "table"]
    assert [len(table["columns"]) for table in tables] == [5, 3]
    assert len({table["id"] for table in tables}) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_codes_and_characteristics_that_the_language_does_not_know_are_shown(project, language):
    edit_frame(project, themes={"money": code("Geld")}, kinds={"wish": code("Wens")})
    edit_frame(project, actors={"doctor": code("Huisarts")}, forms={"table": code("Tabel")})
    new = {"theme": "money", "kind": "wish", "actor": "doctor", "form": "table"}
    add(project, "fragments.csv", FRAGMENT | new, FRAGMENT | new | {"id": "f-more", "line": "2"})
    add(project, "cases.csv", PROFILE | {"fact": "schools", "value": "7", "qualifier": ""})
    blocks = all_blocks(chapter(project, language))
    assert [problem for block in blocks for problem in check_block(block)] == []
    said = words(blocks)
    assert "Geld" in said and "Wens" in said and "huisarts" in said
    assert row_of(block_of(blocks, "table-cases-profiles"), "schools")[-1] == "7"


def test_a_fragment_from_another_document_names_it(project):
    add(project, "fragments.csv", FRAGMENT | {"source": "verslag.txt", "line": "3"})
    made = chapter(project)
    assert "(bewoner; verslag.txt, regel 3)" in words(made.theme("access").blocks)
    assert "tenzij een ander bestand is genoemd" in words(made.profiles().blocks)


# Counts of nothing and one


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_fragments_the_chapter_says_so(project, language):
    keep(project)
    made = chapter(project, language)
    blocks = all_blocks(made)
    assert [problem for block in blocks for problem in check_block(block)] == []
    assert made.themes().blocks == [] and made.voices_by_actor().blocks == []
    nothing = load_language(language).label("cases.theme.none")
    assert nothing in words(made.theme("access").blocks)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "nl",
            [
                "in één fragment, waaronder één knelpunt en geen verbeterpunten",
                "Het knelpunt hoort bij het thema toegankelijkheid",
                "Het is één knelpunt.",
                "telt één fragment, van de soort ‘knelpunt’. Het geeft de kijk van wijkteams weer.",
                "De bron somt één knelpunt van wijkteams op:",
            ],
        ),
        (
            "en",
            [
                "in one fragment, including one bottleneck and no improvements",
                "It is one bottleneck.",
                "This theme has one fragment, of the kind ‘bottleneck’. It gives the view of",
                "The source lists one bottleneck from neighbourhood teams:",
            ],
        ),
    ],
)
def test_one_is_said_in_the_singular(project, language, expected):
    keep(project, "f-access-07")
    said = words(all_blocks(chapter(project, language)))
    assert [phrase for phrase in expected if phrase not in said] == []


def test_themes_with_equally_many_bottlenecks_are_both_named(project):
    keep(project, "f-access-07", "f-method-04")
    said = words(chapter(project).brief().blocks)
    assert "horen bij de thema’s toegankelijkheid en werkwijze (elk één)" in said


def test_one_theme_may_have_all_bottlenecks(project):
    keep(project, "f-access-07", "f-access-08", "f-policy-03")
    said = words(chapter(project).brief().blocks)
    assert "Alle knelpunten horen bij het thema toegankelijkheid" in said


def test_without_a_bottleneck_no_theme_has_most(project):
    keep(project, "f-policy-03")
    assert words(chapter(project).brief().blocks) == (
        "De praktijk in drie gemeenten is vastgelegd in één fragment, waaronder geen knelpunten en "
        "geen verbeterpunten."
    )


# What is refused


@pytest.mark.parametrize("column", ["case", "theme", "kind", "actor", "form"])
def test_a_fragment_outside_the_coding_frame_is_refused_with_row_and_column(project, column):
    add(project, "fragments.csv", FRAGMENT | {column: "nonsense"})
    with pytest.raises(DataError) as caught:
        chapter(project)
    (problem,) = caught.value.problems
    assert (problem.row, problem.column) == (68, column)
    assert problem.file == "data/raw/cases/fragments.csv"
    assert problem.found == "nonsense"


def test_texts_with_digits_are_refused_all_at_once(project):
    add(project, "fragments.csv", FRAGMENT | {"summary_en": "In 3 places."})
    add(project, "cases.csv", PROFILE | {"unit": "text", "value_nl": "sinds 2015"})
    with pytest.raises(DataError) as caught:
        chapter(project)
    assert [(p.column, p.found) for p in caught.value.problems] == [
        ("value_nl", "sinds 2015"),
        ("summary_en", "In 3 places."),
    ]


def test_an_unknown_theme_is_refused_with_the_known_ones():
    with pytest.raises(CallError, match="unknown theme 'nonsense'; known: vision, policy"):
        chapter().theme("nonsense")


# Words and notebook


def leaves(tree: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves(value, f"{path}.{key}")
    elif isinstance(tree, list):
        for value in tree:
            yield f"{path}[]", str(value)
    else:
        yield path, str(tree)


def test_both_languages_have_the_same_keys_and_no_digits():
    found = {name: list(leaves(load_language(name).get("cases"))) for name in LANGUAGES}
    assert {key for key, _ in found["nl"]} == {key for key, _ in found["en"]}
    assert [
        text for name in LANGUAGES for _, text in found[name] if any(map(str.isdigit, text))
    ] == []


def test_the_notebook_shows_the_chapter_one_call_per_cell():
    path = find_project().notebooks / "3_cases.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    sources = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    assert [f"chapter.{method}()" for method in METHODS] == sources[2:]
    assert not any(cell.get("outputs") for cell in notebook["cells"])
    space: dict[str, Any] = {}
    exec("\n".join(sources), space)
    assert isinstance(space["chapter"], CasesChapter)
