"""The cases chapter: what is counted, what is printed, and that data alone change it."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from analysis.chapters.case_sections import AT_MOST, READABLE
from analysis.chapters.case_words import capital, document_marks, whole_ranks
from analysis.chapters.cases import CasesChapter, open_cases
from analysis.chapters.synthesis import SynthesisChapter
from analysis.evidence.voices import voice_facts
from analysis.language.words import load_language
from analysis.project import LANGUAGES, CallError, DataError, Project, find_project
from analysis.raw.cases import FRAGMENTS, PROFILES, read_cases
from analysis.raw.sources import SUFFIX, seal
from analysis.report.checks import check_block
from analysis.report.spans import Block, plain_text, span_lists, spans_of
from analysis.study import open_study
from helpers import other_rounds

METHODS = ("brief", "opening", "profiles", "glance", "raised", "per_case")
FRAGMENT = dict.fromkeys(FRAGMENTS, "") | {
    "id": "f-1", "case": "joint", "year": "2016", "theme": "access", "kind": "bottleneck",
    "actor": "resident", "form": "statement", "summary_nl": "Bewoners wachten soms lang.",
    "summary_en": "Residents sometimes wait long.", "source": "een.txt", "line": "12",
}  # fmt: skip
PROFILE = dict.fromkeys(PROFILES, "") | {
    "case": "ede", "name": "Ede", "municipality_code": "GM0228", "year": "2027",
    "fact": "inhabitants", "value": "121000", "unit": "count", "qualifier": "over",
    "source": "een.txt", "line": "1",
}  # fmt: skip


# Helpers


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A copy of the raw data whose coding frame needs no particular fragment."""
    shutil.copytree(find_project().raw, tmp_path / "data" / "raw", ignore=other_rounds)
    made = Project(tmp_path)
    path = made.raw / "cases" / "coding_frame.yml"
    frame = yaml.safe_load(path.read_text(encoding="utf-8"))
    for codes in frame.values():
        for code in codes.values():
            code.pop("example", None)
    save_frame(made, frame)
    return made


def save_frame(project: Project, frame: dict[str, Any]) -> None:
    path = project.raw / "cases" / "coding_frame.yml"
    path.write_text(yaml.safe_dump(frame, allow_unicode=True, sort_keys=False), encoding="utf-8")
    seal(project, path)


def write(project: Project, name: str, rows: list[dict[str, str]]) -> None:
    path = project.raw / "cases" / name
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0] if rows else FRAGMENTS))
        writer.writeheader()
        writer.writerows(rows)
    if not path.with_name(path.name + SUFFIX).exists():
        shutil.copy(
            project.raw / "cases" / f"fragments.csv{SUFFIX}", path.with_name(path.name + SUFFIX)
        )
    seal(project, path)


def read(project: Project, name: str) -> list[dict[str, str]]:
    with (project.raw / "cases" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def told(project: Project, *fragments: dict[str, str], language: str = "nl") -> CasesChapter:
    """The chapter when these are all fragments; ids are given where they lack one of their own."""
    rows = [FRAGMENT | {"id": f"f-{number}"} | row for number, row in enumerate(fragments)]
    write(project, "fragments.csv", rows)
    return chapter(project, language)


def chapter(project: Project, language: str = "nl") -> CasesChapter:
    return CasesChapter(open_study("2016", language, project=project))


@cache
def real(language: str = "nl") -> CasesChapter:
    return open_cases("2016", language)


def all_blocks(made: CasesChapter) -> list[Block]:
    return [block for method in METHODS for block in getattr(made, method)().blocks]


@cache
def real_blocks(language: str) -> list[Block]:
    return all_blocks(real(language))


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


def count(cell: str) -> int:
    return 0 if cell == "–" else int(cell.replace(".", ""))


# The real evidence, whatever it is


@pytest.mark.parametrize("language", LANGUAGES)
def test_blocks_keep_the_contract_of_the_document(language):
    assert [p for block in real_blocks(language) for p in check_block(block)] == []


def test_references_point_at_something_in_the_chapter():
    blocks = real_blocks("nl")
    ids = [block["id"] for block in blocks if "id" in block]
    assert len(ids) == len(set(ids))
    refs = {span["to"] for block in blocks for span in spans_of(block) if span["t"] == "ref"}
    assert refs and refs <= set(ids)


def test_every_number_has_a_source():
    for block in real_blocks("nl"):
        tables = [block["table"]] if block.get("table") else []
        for part in [block, *tables]:
            assert all(row["source"] for row in part["numbers"].values())


@pytest.mark.parametrize("name", ["cases", "kinds"])
def test_the_parts_of_a_matrix_add_up(name):
    table = block_of(real_blocks("nl"), f"figure-cases-{name}")["table"]
    numbers = [[count(cell) for cell in row[1:]] for row in cells(table)]
    assert all(sum(row[:-1]) == row[-1] for row in numbers)
    assert [sum(column) for column in zip(*numbers[:-1], strict=True)] == numbers[-1]
    assert numbers[-1][-1] == len(real().data.counted)
    assert table["row_marks"][-1] == "total"


def test_documents_together_have_every_fragment():
    table = block_of(real_blocks("nl"), "table-cases-documents")
    assert sum(count(row[2]) for row in cells(table)) == len(real().data.counted)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_readable_case_shows_each_of_its_fragments_once_with_its_line(language):
    made = real(language)
    readable = [case for case in made.sections if len(made.shown_of(case)) <= READABLE]
    assert readable
    for case in readable:
        said = words(made.case(case).blocks)
        for row in made.shown_of(case).to_dict("records"):
            assert said.count(row[f"summary_{language}"].rstrip(".")) == 1
            assert made.marks[row["source"]] in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_characteristic_of_a_profile_is_shown(language):
    said = words(real(language).profiles().blocks).lower()
    profiles = real(language).data.profiles
    values = profiles.loc[profiles["case"] != "joint", f"value_{language}"]
    assert [value for value in values if value.lower() not in said] == []


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("nl", ["bijna 154.000", "ruim 57.000", "enkele duizenden arbeidsmigranten", "Ruim 11%"]),
        ("en", ["almost 154,000", "just over 57,000", "several thousand labour", "Just over 11%"]),
    ],
)
def test_profiles_say_in_words_how_exact_a_number_is(language, expected):
    said = words(real_blocks(language))
    assert [phrase for phrase in expected if phrase not in said] == []


def test_only_voices_from_practice_have_a_section():
    sections = real().sections
    assert {"amersfoort", "veenendaal", "roermond", "joint", "national"} <= set(sections)
    assert not {"amsterdam", "literature", "survey", "study", "framework", "eleven"} & set(sections)


# Places, speakers, numbers in words


def test_documents_are_marked_by_year_and_letter(project):
    made = told(
        project,
        {"source": "b.txt", "year": "2018"},
        {"source": "c.txt", "year": "2016"},
        {"source": "a.txt", "year": "2016"},
    )
    assert document_marks(made.data) == {"c.txt": "2016a", "a.txt": "2016b", "b.txt": "2018"}


def added(project: Project, *cases: str, year: str = "2027") -> None:
    """A file of its own with one fragment for each of these cases, and its row in cases.csv."""
    for case in cases:
        profile = PROFILE | {"case": case, "name": case.capitalize(), "year": year}
        write(project, "cases.csv", [*read(project, "cases.csv"), profile])
        row = FRAGMENT | {"id": f"{case}-1", "case": case, "year": year, "source": f"{case}-1"}
        write(project, f"fragments/{case}.csv", [row])


def test_a_mark_does_not_change_when_another_case_is_added(project):
    before = document_marks(chapter(project).data)
    added(project, "zwolle", "almelo")
    added(project, "ede", year="2018")
    found = document_marks(chapter(project).data)
    assert {name: found[name] for name in before} == before
    assert {name: mark for name, mark in found.items() if name not in before} == {
        "ede-1": "2018b", "zwolle-1": "2027a", "almelo-1": "2027b",
    }  # fmt: skip


def cite_as(project: Project, name: str, **given: str) -> None:
    path = project.raw / "cases" / "fragments" / f"{name}{SUFFIX}"
    sidecar = yaml.safe_load(path.read_text(encoding="utf-8")) | given
    path.write_text(yaml.safe_dump(sidecar), encoding="utf-8")


@pytest.mark.parametrize("told", [True, False], ids=["by the study", "by interviews"])
def test_tables_of_profiles_credit_added_interviews_only_where_they_show_them(project, told):
    added(project, "zwolle")
    cite_as(project, "zwolle.csv", citation="Gesprekken.")
    rows = read(project, "cases.csv")
    source = rows[0]["source"] if told else "zwolle"
    write(project, "cases.csv", [*rows[:-1], rows[-1] | {"source": source}])
    tables = {b["id"]: b for b in chapter(project).profiles().blocks if b["kind"] == "table"}
    credited = [n for n, table in tables.items() if "Gesprekken." in plain_text(table["source"])]
    shown = [n for n, table in tables.items() if "Zwolle" in plain_text(table["title"])]
    assert len(tables) > len(shown) == 1
    assert credited == ([] if told else shown)


def test_interviews_of_an_added_case_are_cited_in_the_language_of_the_report(project):
    added(project, "zwolle")
    dutch = "Gesprekken, niet gepubliceerd."
    cite_as(project, "zwolle.csv", citation=dutch, url="niet gepubliceerd")
    name = "cases/fragments/zwolle.csv"
    assert chapter(project).citation(name) == dutch
    assert chapter(project, "en").citation(name) == (
        "Coded interviews in Zwolle, 2027, not published."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_cases_from_later_than_the_survey_are_named(project, language):
    assert not chapter(project, language).later()
    added(project, "ede", year="2016")
    assert not chapter(project, language).later()
    added(project, "zwolle")
    made = chapter(project, language)
    assert "Zwolle (2027)" in (told := plain_text(made.later()))
    assert told in words(made.opening().blocks)
    synthesis = SynthesisChapter(open_study("2016", language, project=project))
    assert told in words(synthesis.opening().blocks)


def test_a_fragment_tells_its_speakers_its_document_its_line_and_that_it_was_a_quotation(project):
    quoted = {"form": "quotation", "actor": "team municipality", "line": ""}
    said = words(told(project, {}, quoted).case("joint").blocks)
    assert "Bewoners wachten soms lang (bewoner; 2016, regel 12)." in said
    assert "lang (wijkteam en gemeente; citaat in onze woorden; 2016)." in said


def test_a_fragment_of_two_speakers_counts_for_both(project):
    blocks = told(project, {"actor": "team municipality"}, {}).glance().blocks
    table = block_of(blocks, "figure-cases-actors")["table"]
    assert row_of(table, "Totaal")[1:] == ["1", "1", "1", "2"]
    assert "Een fragment van twee sprekers telt voor beide." in words(blocks)


def test_the_title_of_a_matrix_names_its_largest_cell(project):
    blocks = told(project, {}, {}, {"actor": "team", "kind": "fact"}).glance().blocks
    titles = {name: plain_text(block_of(blocks, f"figure-cases-{name}")["title"])
              for name in ("cases", "kinds", "actors")}  # fmt: skip
    assert "‘toegankelijkheid en bereik’ bij ‘De drie gemeenten samen’ (3)" in titles["cases"]
    assert "knelpunten over ‘toegankelijkheid en bereik’ (2)" in titles["kinds"]
    assert "‘toegankelijkheid en bereik’ volgens bewoners (2)" in titles["actors"]


def test_a_capital_loses_its_accent():
    assert capital([{"t": "text", "v": "één loket"}]) == [{"t": "text", "v": "Eén loket"}]
    assert capital([{"t": "num", "id": "n", "v": "één"}])[0]["v"] == "één"


def test_who_is_silent_and_who_is_hardly_heard_are_named(project):
    said = words(told(project, {}, *[{"actor": "team"}] * 60).glance().blocks)
    assert "Zelden aan het woord komen bewoners." in said
    assert "De eigen stem van gemeenten, migrantenorganisaties, managers" in said


# Points


def points_chapter(project: Project) -> CasesChapter:
    distrust, outreach = {"point": "distrust"}, {"point": "outreach", "kind": "fact"}
    return told(
        project,
        distrust | {"stance": "supports", "actor": "team", "year": "2014"},
        distrust | {"stance": "supports", "actor": "resident"},
        distrust | {"stance": "supports", "actor": "resident", "case": "literature"},
        outreach | {"stance": "supports", "actor": "team"},
        outreach | {"stance": "contradicts", "actor": "municipality"},
        {"point": "referrers", "stance": "supports", "actor": "researcher"},
        {"point": "late_reach", "stance": "contradicts", "actor": "team"},
    )


def test_points_stand_by_verdict_with_who_and_how_often(project):
    blocks = points_chapter(project).raised().blocks
    agreed = cells(block_of(blocks, "table-cases-points-agreed"))
    assert [row[1:] for row in agreed] == [["wijkteams en bewoners", "1", "1", "1"]]
    disputed = cells(block_of(blocks, "table-cases-points-disputed"))
    assert [row[1:] for row in disputed] == [["wijkteams (1)", "gemeenten (1)"]]
    denied = cells(block_of(blocks, "table-cases-points-denied"))
    assert [row[1:] for row in denied] == [["wijkteams", "–", "1", "1"]]
    said = words(blocks)
    assert "Hoogstens één partij steunt ‘Verwijzers zijn belangrijk’ (1)." in said
    assert "In documenten van verschillende jaren keert 1 punt terug." in said
    assert "Zowel in 2014 en 2016 genoemd is ‘Angst en wantrouwen’." in said


def test_the_literature_is_nobodys_voice(project):
    facts = voice_facts(points_chapter(project).data)
    assert facts.loc["cases/point.distrust/-/-/voices/fragments", "value"] == 2
    assert facts.loc["cases/point.outreach/-/-/voices/contradicts", "value"] == 1
    verdicts = {v: facts.loc[f"cases/points/-/-/voices/{v}", "value"]
                for v in ("agreed", "disputed", "single", "denied", "told")}  # fmt: skip
    assert verdicts == {"agreed": 1, "disputed": 1, "single": 1, "denied": 1, "told": 4}


def test_a_contradicted_point_is_said_to_be_so(project):
    said = words(points_chapter(project).case("joint").blocks)
    most = "‘Angst en wantrouwen’ (twee) en ‘Erop af gaan’ (twee, waarvan één ertegen)"
    assert f"Het vaakst komen naar voren {most}." in said
    against = {"point": "late_reach", "stance": "contradicts"}
    said = words(told(project, against).case("joint").blocks)
    assert "Als punt komt naar voren ‘Laat of slecht bereikt’ (één, weersproken)." in said


def test_themes_that_go_together_are_paired(project):
    both = {"also": "training", "point": "distrust", "stance": "supports"}
    said = words(told(project, both, both).raised().blocks)
    assert "toegankelijkheid en bereik met deskundigheid (2)" in said


def test_without_points_the_section_says_so(project):
    assert "Bij geen van de fragmenten is een punt vastgelegd." in words(
        told(project, {}).raised().blocks
    )


# Sections


def test_statements_of_policy_of_the_study_of_many_are_left_to_the_policy_matrix(project):
    policy = {"policy": "absent", "kind": "fact", "year": "2014", "summary_nl": "Geen beleid."}
    made = told(
        project,
        *(policy | {"case": case} for case in ("amersfoort", "delft", "zaanstad")),
        {"case": "amersfoort", "policy": "partly", "summary_nl": "Wel iets."},
    )
    assert made.scan_year == 2014
    assert made.sections == ["amersfoort"]
    said = words(made.case("amersfoort").blocks)
    assert "De ene uitspraak over beleid uit 2014 staat in de beleidsmatrix." in said
    assert "Wel iets" in said and "Geen beleid" not in said


def test_with_one_year_every_municipality_has_a_section(project):
    made = told(project, {"case": "delft", "policy": "absent"}, {"case": "zaanstad"})
    assert made.scan_year is None
    assert made.sections == ["delft", "zaanstad"]


def test_bottlenecks_stand_beside_what_is_wanted_by_theme(project):
    wanted = {"kind": "improvement", "addressee": "team", "summary_nl": "Wacht korter."}
    blocks = told(project, {}, {}, {"theme": "method"}, *[wanted] * 3).case("joint").blocks
    table = block_of(blocks, "table-case-joint")
    assert [plain_text(c["label"]) for c in table["columns"]] == [
        "Thema", "Knelpunten", "Verbeterpunten"
    ]  # fmt: skip
    body = cells(table)
    assert [row[0] for row in body] == ["Toegankelijkheid en bereik"] * 3 + ["Werkwijze"]
    assert body[0][2].startswith("Wacht korter") and body[2][1] == body[3][2] == "–"


def test_a_column_that_would_be_mostly_empty_is_left_out(project):
    wanted = {"kind": "advice", "addressee": "team", "summary_nl": "Wacht korter."}
    blocks = told(project, *[{}] * 9, wanted).case("joint").blocks
    assert len(block_of(blocks, "table-case-joint")["columns"]) == len(("theme", "bottlenecks"))
    assert "Advies: Wacht korter (bewoner" in words(blocks)


def test_a_few_bottlenecks_stand_with_their_theme(project):
    blocks = told(project, {}, {"kind": "positive_example"}).case("joint").blocks
    assert not [block for block in blocks if block["kind"] == "table"]
    said = words(blocks)
    assert "Knelpunt: Bewoners wachten soms lang" in said
    assert "Als goed voorbeeld is genoemd:\nBewoners wachten" in said


def test_of_a_long_case_the_points_raised_most_are_shown_first_and_the_rest_is_counted(project):
    many = [
        {"point": "distrust", "stance": "supports", "summary_nl": f"Veel {'x' * n}."}
        for n in range(READABLE)
    ]
    other = {"point": "outreach", "stance": "supports", "summary_nl": "Anders."}
    made = told(project, *many, other)
    shown = made.picked(made.shown_of("joint"))
    assert list(shown["summary_nl"]) == ["Veel .", "Veel x.", "Anders."]
    assert len(shown) == AT_MOST["bottleneck"]
    said = words(made.case("joint").blocks)
    assert "de 48 die niet worden getoond, staan in cases/fragments.csv." in said


def test_an_unknown_case_is_refused_with_the_known_ones(project):
    with pytest.raises(CallError, match="there is no section for 'delft'; there are: joint"):
        told(project, {}).case("delft")


# Data alone change the chapter


def test_a_new_case_appears_everywhere(project):
    write(project, "cases.csv", [*read(project, "cases.csv"), PROFILE])
    row = FRAGMENT | {"id": "ede-1", "case": "ede", "year": "2027", "source": "ede.txt", "line": ""}
    write(project, "fragments/ede.csv", [row | {"point": "distrust", "stance": "supports"}])
    made = chapter(project)
    blocks = all_blocks(made)
    assert [problem for block in blocks for problem in check_block(block)] == []
    said = words(blocks)
    assert "Roermond, Utrecht en Ede" in said
    assert "Bewoners wachten soms lang (bewoner; 2027a)." in said
    assert "Er is één fragment, uit 2027: één knelpunt. Steeds is het de kijk van bewoners." in said
    tables = [b for b in blocks if str(b.get("id", "")).startswith("table-cases-profiles")]
    assert row_of(tables[-1], "Inwoners")[-1] == "Ruim 121.000"
    matrix = block_of(blocks, "figure-cases-cases")
    assert row_of(matrix["table"], "Ede")[-1] == "1"
    assert matrix["provenance"] == "measured"
    assert "2027" in [plain_text(c["label"]) for c in
                      block_of(blocks, "table-cases-points-agreed")["columns"]]  # fmt: skip


def test_more_cases_than_fit_on_a_page_continue_in_a_second_table(project):
    names = [f"c{letter}" for letter in "abcdef"]
    write(
        project,
        "cases.csv",
        [PROFILE | {"case": name, "name": name.upper(), "value": "7"} for name in names],
    )
    tables = [b for b in told(project, {}).profiles().blocks if b["kind"] == "table"]
    assert [len(table["columns"]) for table in tables] == [5, 3]
    assert len({table["id"] for table in tables}) == 2


def test_what_all_municipalities_share_is_said_once_below_the_table(project):
    same = {"fact": "team_kind", "unit": "text", "value": "", "value_nl": "jeugdteams"}
    write(
        project,
        "cases.csv",
        [
            PROFILE | extra | {"case": name, "name": name.upper(), "value_en": "youth teams"}
            for name in ("aa", "bb")
            for extra in ({"value": "7" if name == "aa" else "8"}, same)
        ],
    )
    blocks = told(project, {}).profiles().blocks
    assert [row[0] for row in cells(block_of(blocks, "table-cases-profiles"))] == ["Inwoners"]
    assert words(blocks).count("Soort teams: jeugdteams.") == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_codes_and_characteristics_that_the_language_does_not_know_are_shown(project, language):
    frame = yaml.safe_load((project.raw / "cases/coding_frame.yml").read_text(encoding="utf-8"))
    for group, name in {"themes": "Geld", "kinds": "Wens", "actors": "Huisarts"}.items():
        frame[group]["new"] = {
            "label_nl": name, "label_en": name, "definition_nl": "Alles.", "definition_en": "All."
        }  # fmt: skip
    save_frame(project, frame)
    extra = PROFILE | {"fact": "schools", "value": "7", "qualifier": ""}
    write(project, "cases.csv", [*read(project, "cases.csv"), extra])
    made = told(
        project, {"theme": "new", "kind": "new", "actor": "new", "case": "ede"}, language=language
    )
    blocks = all_blocks(made)
    assert [problem for block in blocks for problem in check_block(block)] == []
    said = words(blocks)
    assert "Geld" in said and "Wens" in said and "huisarts" in said and "schools" in said


# Counts of nothing and one


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_fragments_the_chapter_says_so(project, language):
    made = told(project, language=language)
    blocks = all_blocks(made)
    assert [problem for block in blocks for problem in check_block(block)] == []
    nothing = load_language(language).label("cases.opening.nothing")
    assert nothing in words(made.opening().blocks)
    assert made.glance().blocks == made.raised().blocks == made.per_case().blocks == []


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "nl",
            [
                "vastgelegd in één fragment uit één document",
                "Het knelpunt hoort bij het thema ‘toegankelijkheid en bereik’",
                "laat zien waar één fragment over gaat.",
                "Er is één fragment, uit 2016: één knelpunt.",
                "Toegankelijkheid en bereik: één fragment, van bewoners.",
                "Als punt komt naar voren ‘Angst en wantrouwen’ (één).",
            ],
        ),
        (
            "en",
            [
                "recorded in one fragment from one document",
                "The bottleneck belongs to the theme ‘access and reach’",
                "There is one fragment, from 2016: one bottleneck.",
                "Access and reach: one fragment, from residents.",
            ],
        ),
    ],
)
def test_one_is_said_in_the_singular(project, language, expected):
    made = told(project, {"point": "distrust", "stance": "supports"}, language=language)
    said = words(all_blocks(made))
    assert [phrase for phrase in expected if phrase not in said] == []


@pytest.mark.parametrize(
    ("fragments", "expected"),
    [
        (
            [{}, {"theme": "method"}],
            "de thema’s ‘toegankelijkheid en bereik’ en werkwijze (elk één)",
        ),
        ([{}, {}, {"theme": "method"}], "(twee) horen bij het thema ‘toegankelijkheid en bereik’"),
        ([{}, {}], "Alle knelpunten horen bij het thema ‘toegankelijkheid en bereik’"),
    ],
)
def test_the_brief_names_the_themes_with_most_bottlenecks(project, fragments, expected):
    brief = told(project, *fragments).brief()
    assert brief.part == "brief"
    assert [block["kind"] for block in brief.blocks] == ["paragraph"]
    assert expected in words(brief.blocks)


def test_what_a_document_repeats_counts_once(project):
    made = told(project, {"id": "first"}, {"same_as": "first", "line": "99"})
    assert made.how_many("fragments", "fragments") == 1
    assert "99" not in words(made.case("joint").blocks)


# What is refused


@pytest.mark.parametrize("column", ["case", "theme", "kind", "actor", "form"])
def test_a_fragment_outside_the_coding_frame_is_refused_with_row_and_column(project, column):
    write(project, "fragments.csv", [FRAGMENT, FRAGMENT | {"id": "f-2", column: "nonsense"}])
    with pytest.raises(DataError) as caught:
        read_cases(project)
    (problem,) = caught.value.problems
    assert (problem.row, problem.column, problem.found) == (3, column, "nonsense")
    assert problem.file == "data/raw/cases/fragments.csv"


def test_texts_with_digits_are_refused_all_at_once(project):
    write(project, "fragments.csv", [FRAGMENT | {"summary_en": "In 3 places."}])
    profile = PROFILE | {"unit": "text", "value_nl": "sinds 2015"}
    write(project, "cases.csv", [*read(project, "cases.csv"), profile])
    with pytest.raises(DataError) as caught:
        read_cases(project)
    assert {(p.column, p.found) for p in caught.value.problems} == {
        ("value_nl", "sinds 2015"),
        ("summary_en", "In 3 places."),
    }


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
    calls = [source for source in sources if source.startswith("chapter.")]
    assert [f"chapter.{method}()" for method in METHODS] == calls
    assert not any(cell.get("outputs") for cell in notebook["cells"])


@pytest.mark.parametrize(
    ("counts", "most", "named"),
    [([3, 2, 2, 1], 2, 1), ([3, 2, 2, 1], 3, 3), ([1, 1, 1], 2, 0), ([1, 1], 2, 2), ([], 2, 0)],
)
def test_a_list_of_the_highest_leaves_none_out_that_is_as_high(counts, most, named):
    assert whole_ranks(counts, most) == named
