"""The chapters: blocks whose every number has a ledger row, and prose that follows the data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.chapters import appendices
from analysis.chapters.audit import AuditChapter, open_audit
from analysis.chapters.cases import CasesChapter
from analysis.chapters.literature import LiteratureChapter, open_literature
from analysis.chapters.survey import SurveyChapter, open_survey
from analysis.facts import fact_frame, fact_row
from analysis.language.words import load_language
from analysis.project import CallError
from analysis.raw.literature import ORIGINS_FILE
from analysis.report.collect import MIME
from analysis.report.spans import EXHIBITS, plain_text, span_lists, spans_of
from analysis.report.writer import LEDGER, Blocks, Writer, text
from analysis.study import open_study
from helpers import CLAIMS, PUBLISHED, copy_raw, edit, real_project, real_study

Block = dict[str, Any]
LANGUAGES = ("nl", "en")


@cache
def cells(language: str) -> list[Blocks]:
    """What every cell of every notebook shows, in the order of the report."""
    study = real_study(language)
    survey, literature = SurveyChapter(study), LiteratureChapter(study)
    cases, audit = CasesChapter(study), AuditChapter(study)
    return [
        *(literature.brief(), literature.reach(), literature.implied()),
        *(survey.brief(), survey.introduction(), survey.enquete()),
        *(survey.group("professionals"), survey.group("officials")),
        *(survey.compare(), survey.conclusions()),
        *(appendices.response(survey), appendices.method(survey)),
        *(cases.brief(), cases.opening(), cases.profiles(), cases.glance()),
        *(cases.raised(), cases.per_case()),
        *(audit.brief(), audit.sources_list(), audit.verdicts()),
        *(audit.findings(), audit.unresolved()),
    ]


def blocks(language: str, part: str | None = None) -> list[Block]:
    return [b for cell in cells(language) for b in cell.blocks if part in (None, cell.part)]


def of_id(found: list[Block], name: str) -> Block:
    return next(block for block in found if block.get("id") == name)


def said(block: Block) -> str:
    return "\n".join(plain_text(spans) for spans in span_lists(block))


def numbers_of(block: Block) -> dict[str, Any]:
    """The ledger rows of a block, and of the data behind its picture."""
    return block["numbers"] | ((block.get("table") or {}).get("numbers") or {})


def prose(found: list[Block]) -> str:
    return "\n".join(said(block) for block in found if block["kind"] in ("paragraph", "list"))


def row(table: Block, start: str) -> list[str]:
    """The cells of the row of a table whose heading starts so."""
    return next(
        [plain_text(cell) for cell in cells_]
        for cells_ in table["rows"]
        if plain_text(cells_[0]).startswith(start)
    )


def number_spans(block: Block) -> Iterator[Any]:
    return (span for span in spans_of(block) if span["t"] == "num")


# --- Every block


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_printed_number_has_a_ledger_row(language: str):
    printed = 0
    for block in blocks(language):
        for span in number_spans(block):
            printed += 1
            found = numbers_of(block)[span["id"]]
            assert set(LEDGER) <= set(found)
            assert found["value"] is not None, span
            assert found["source"] and found["provenance"], span
    assert printed > 500


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_digit_stands_in_text_that_is_no_number(language: str):
    digits = [
        span
        for block in blocks(language)
        for span in spans_of(block)
        if span["t"] in ("text", "strong", "em") and re.search(r"\d", span["v"])
    ]
    assert digits == []


def read(printed: str, language: str) -> tuple[float, int] | None:
    """A printed number and its decimals; None for words, ranges and intervals."""
    words = load_language(language)
    plain = printed.removesuffix("%").replace(words.label("numbers.thousands"), "")
    plain = plain.replace(words.label("numbers.decimal"), ".").replace("\N{MINUS SIGN}", "-")
    if not re.fullmatch(r"-?\d+(\.\d+)?", plain):
        return None
    return float(plain), len(plain.partition(".")[2])


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_printed_is_what_the_ledger_says(language: str):
    for block in blocks(language):
        for span in number_spans(block):
            found = read(span["v"], language)
            value = numbers_of(block)[span["id"]]["value"]
            if found is not None:
                assert abs(found[0] - value) <= 0.5 * 10 ** -found[1] + 1e-9, span


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_exhibit_on_reconstructed_answers_says_so(language: str):
    for block in blocks(language):
        if block["kind"] in EXHIBITS:
            rebuilt = {n["provenance"] for n in numbers_of(block).values()} >= {"reconstructed"}
            assert (block["provenance"] == "reconstructed") == rebuilt, block["id"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reference_leads_somewhere(language: str):
    found = blocks(language)
    ids = {block["id"] for block in found if "id" in block}
    ids |= {block["table"]["id"] for block in found if block.get("table")}
    assert {span["to"] for b in found for span in spans_of(b) if span["t"] == "ref"} <= ids


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_exhibit_names_its_source(language: str):
    exhibits = [block for block in blocks(language) if block["kind"] in EXHIBITS]
    without = [block["id"] for block in exhibits if not plain_text(block["source"]).strip()]
    # The table of sources is itself the list.
    assert without == ["table-sources"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_ends_and_no_place_is_left_open(language: str):
    for block in blocks(language):
        for spans in span_lists(block):
            # A reference gets its text when the report is put together.
            told = "".join(span.get("v", "figure") for span in spans)
            assert not re.search(r"\{\w*\}|\s\s|\s[,.;](\s|$)|\(\)|\.\.", told), told
            if block["kind"] == "paragraph":
                assert told[-1] in ".:", told


def test_both_languages_show_the_same_blocks_and_the_same_numbers():
    dutch, english = (blocks(language) for language in LANGUAGES)
    assert [(b["kind"], b.get("id")) for b in dutch] == [(b["kind"], b.get("id")) for b in english]
    for one, other in zip(dutch, english, strict=True):
        values = [
            {name: found["value"] for name, found in numbers_of(block).items()}
            for block in (one, other)
        ]
        assert values[0] == values[1], one.get("id")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_cell_shows_its_blocks_as_json_html_and_text(language: str):
    for cell in cells(language):
        bundle = cell._repr_mimebundle_()
        shown = json.loads(json.dumps(bundle[MIME], allow_nan=False))
        assert (shown["part"], shown["language"]) == (cell.part, language)
        assert shown["blocks"] == cell.blocks
        assert set(bundle) == {MIME, "text/html", "text/plain"}


# --- The survey


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_survey_chapter_has_the_five_sections_of_the_source(language: str):
    headings = [b for b in blocks(language, "survey") if b["kind"] == "heading"]
    assert [b["id"] for b in headings if b["level"] == 1] == ["survey"]
    assert [b["id"] for b in headings if b["level"] == 2] == [
        "survey-enquete",
        "survey-professionals",
        "survey-officials",
        "survey-compare",
        "survey-conclusions",
    ]


def test_both_groups_are_told_theme_by_theme():
    headings = [b["id"] for b in blocks("nl", "survey") if b["kind"] == "heading"]
    themes = ["access", "policy", "method", "networks", "support"]
    expected = [f"survey-{g}-{t}" for g in ("professionals", "officials") for t in themes]
    assert [name for name in headings if name in expected] == expected


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("nl", "26 van de 31 gemeenten (ruim vier vijfde) zijn de professionals het eens"),
        ("en", "In 26 of the 31 municipalities (just over four fifths)"),
        ("nl", "Alle 27 ambtenaren zijn het eens"),
        ("nl", "Verder: 6–8 eens en 7 oneens. De overige standpunten liggen niet vast."),
        ("nl", "Verder: 5 oneens en 10 weet niet."),
        ("nl", "147 professionals uit 31"),
        ("nl", "27 ambtenaren uit 25 gemeenten"),
    ],
)
def test_the_prose_says_what_was_printed(language: str, sentence: str):
    assert sentence in prose(blocks(language))


def test_a_statement_without_any_outcome_is_named_as_such():
    told = prose(blocks("nl", "survey"))
    silent = "Een migrant doorsturen naar een andere instantie"
    assert f"Over de stelling ‘{silent}" in told
    figure = of_id(blocks("nl", "survey"), "figure-professionals-access")
    assert silent not in said(figure)


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_table_1_only_the_row_that_does_not_add_up_is_marked(language: str):
    table = of_id(blocks(language, "survey"), "table-aspects")
    assert [[plain_text(cell) for cell in cells_[1:]] for cells_ in table["rows"]] == [
        ["3", "0", "3", "6"],
        ["3", "1", "4", "8"],
        ["4", "1", "1", "6"],
        ["3", "5", "7", "12"],
        ["2", "0", "1", "3"],
    ]
    assert table["row_marks"] == ["", "", "", "broken", ""]
    assert table["provenance"] == "published"


def test_the_row_that_does_not_add_up_is_explained():
    assert re.search(r"samen op tot 15, het gedrukte\s+totaal is 12\.", prose(blocks("nl")))
    english = next(x for x in prose(blocks("en")).split("\n") if x.startswith("The row"))
    assert re.findall(r"\d+", english) == ["15", "12"]


@pytest.mark.parametrize(
    ("table", "start", "column", "nl", "en"),
    [
        # "half" of 31 municipalities; a majority of 27; "a few" of 27; about 40 % of 147
        ("table-professionals-access", "De samenstelling", 2, "14–17", "14–17"),
        ("table-officials-method", "De teamleden werken", 2, "ten minste 14", "at least 14"),
        ("table-officials-method", "Uit de praktijk", 2, "hoogstens 4", "at most 4"),
        ("table-professionals-access", "Sinds er", 2, "54–63", "54–63"),
    ],
)
def test_a_number_known_within_a_range_is_printed_as_one(
    table: str, start: str, column: int, nl: str, en: str
):
    found = {
        language: next(b["table"] for b in blocks(language, "survey")
                       if (b.get("table") or {}).get("id") == table)
        for language in LANGUAGES
    }  # fmt: skip
    position = next(
        number
        for number, cells_ in enumerate(found["nl"]["rows"])
        if plain_text(cells_[0]).startswith(start)
    )
    for language, expected in zip(LANGUAGES, (nl, en), strict=True):
        assert expected in [plain_text(cell) for cell in found[language]["rows"][position]]


def test_a_share_known_within_a_range_carries_one_percent_sign():
    figure = of_id(blocks("nl", "survey"), "figure-groups")
    assert row(figure["table"], "sinds het team")[1:] == ["37–43%", "22–26%"]


def test_a_total_that_contradicts_others_does_not_reach_the_prose():
    # Lines 819 to 821: of the positions on a policy of its own only the seven is certain.
    told = prose(blocks("nl", "survey"))
    sentence = next(line for line in told.split("\n") if "Er is eigen beleid" in line)
    assert "In 7 van de 31 gemeenten" in sentence
    assert "Van 24 gemeenten ligt het standpunt niet vast." in sentence
    assert "met zichzelf in tegenspraak" in sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_municipalities_are_named_only_where_nothing_is_said_of_them(language: str):
    names = set(real_study().survey.data.frame["name"])
    for block in blocks(language, "survey"):
        # Who published the sources, and where, is not said of a municipality.
        own = [span.get("v", "") for span in spans_of(block) if span["t"] != "cite"]
        told = " ".join([*own, block.get("alt", "")])
        assert not [name for name in names if re.search(rf"\b{re.escape(name)}\b", told)]


# --- Appendices


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_frame_is_listed_whole_by_name(language: str):
    table = of_id(blocks(language, "response"), "table-frame")
    frame = real_study().survey.data.frame
    assert [plain_text(cells_[0]) for cells_ in table["rows"]] == list(frame["name"])


def test_the_response_is_told_by_group_and_type_of_team():
    table = of_id(blocks("nl", "response"), "table-response")
    found = [[plain_text(cell) for cell in cells_[1:]] for cells_ in table["rows"]]
    none = "–"
    assert found == [
        ["147", "31", "63%", none, none, none],
        ["27", "25", "51%", "7", "5", "15"],
        ["174", "39", none, none, none, none],
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_conflict_is_listed_with_what_it_cannot_hold_with(language: str):
    table = of_id(blocks(language, "method"), "table-conflicts")
    assert len(table["rows"]) == len(real_study().survey.reconstruction.conflicts)
    # Line 969, table 1: 7, with 12, 3 and 5.
    composition = next(r for r in table["rows"] if "(7)" in plain_text(r[0]))
    assert re.findall(r"\((\d+)", plain_text(composition[1])) == ["12", "3", "5"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_method_tells_the_cut_offs_that_were_used(language: str):
    told = prose(blocks(language, "method")).replace(",", ".")
    assert "3.50" in told
    assert "2.50" in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_raw_file_is_listed_with_its_checksum(language: str):
    table = of_id(blocks(language, "sources"), "table-sources")
    listed = {plain_text(r[0]): plain_text(r[2]) for r in table["rows"]}
    # sha256sum data/raw/literature/youth_care_by_origin.csv
    assert listed["literature/youth_care_by_origin.csv"] == "257553d8a5b9"
    sidecars = (real_project().raw).rglob("*.source.yml")
    described = {path.relative_to(real_project().raw).as_posix() for path in sidecars}
    assert set(listed) == {name.removesuffix(".source.yml") for name in described}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_audit_counts_add_up(language: str):
    table = of_id(blocks(language, "audit"), "table-verdicts")
    counts = [[int(plain_text(cell)) for cell in r[1:]] for r in table["rows"]]
    assert [sum(column) for column in zip(*counts[:-1], strict=True)] == counts[-1]
    assert [sum(r[:3]) for r in counts] == [r[3] for r in counts]
    assert counts[-1][3] == len(real_study().claims)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_of_the_source_is_listed_with_its_line(language: str):
    table = of_id(blocks(language, "audit"), "table-findings")
    audit = real_study().audit
    wrong = audit[audit["verdict"].isin(["contradicts", "impossible", "differs"])]
    assert [int(plain_text(r[1])) for r in table["rows"]] == wrong["line"].astype(int).tolist()


# --- Literature


@pytest.mark.parametrize(
    ("language", "shares"),
    [("nl", ["15,49%", "5,70%", "9,32%"]), ("en", ["15.49%", "5.70%", "9.32%"])],
)
def test_the_literature_names_the_highest_the_lowest_and_the_total(
    language: str, shares: list[str]
):
    told = prose(blocks(language, "literature"))
    assert all(share in told for share in shares)
    table = of_id(blocks(language, "literature"), "figure-origin")["table"]
    assert len(table["rows"]) == 10


def test_without_two_parts_to_tell_apart_nothing_is_implied(tmp_path: Path):
    project = copy_raw(tmp_path)
    edit(project, ORIGINS_FILE, ("9.56", "8.55"))
    chapter = LiteratureChapter(open_study("2016", "nl", project=project))
    assert chapter.implied().blocks == []
    assert "8,55%" in prose(chapter.reach().blocks)


# --- Prose follows the data


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> SurveyChapter:
    """The survey chapter on other data: 24 for the 26 of line 788, and table 1 mended.

    As if its 7 had been printed as 4: 3 + 5 + 4 = 12.
    """
    project = copy_raw(tmp_path_factory.mktemp("changed"))
    edit(project, PUBLISHED, ("count.agree,26,count,31", "count.agree,24,count,31"))
    edit(project, CLAIMS, ("count.agree,26,count,26,31", "count.agree,24,count,24,31"))
    for name in (PUBLISHED, CLAIMS):
        table = (project.raw / name).read_text(encoding="utf-8").split("\n")
        line = next(x for x in table if "composition,officials,integrated" in x)
        edit(project, name, (line, line.replace("count.selected,7,", "count.selected,4,")))
    return SurveyChapter(open_study("2016", "nl", project=project))


def test_a_changed_total_changes_the_sentence_the_brief_and_the_conclusions(changed: SurveyChapter):
    statement = "Wij moeten bewust letten op de aansluiting"
    section = prose(changed.group("professionals").blocks)
    sentence = next(line for line in section.split("\n") if statement in line)
    assert sentence.startswith("In 24 van de 31 gemeenten (ruim drie kwart) zijn de professionals")
    assert re.search(rf"‘{statement}[^’]*’ \(24\s+van de\s+31", prose(changed.brief().blocks))
    conclusions = prose(changed.conclusions().blocks)
    assert re.search(rf"‘{statement}[^’]*’ \(24\s+van de\s+31", conclusions)
    assert "26 van de 31" not in section + conclusions


def test_a_changed_total_changes_the_figure_and_its_table(changed: SurveyChapter):
    figure = of_id(changed.group("professionals").blocks, "figure-professionals-access")
    key = "survey/specific_attention/professionals/all/municipalities/count.agree"
    assert figure["numbers"][key]["value"] == 24
    assert row(figure["table"], "Wij moeten bewust")[1:3] == ["31", "24"]
    original = of_id(blocks("nl", "survey"), "figure-professionals-access")
    assert figure["svg"]["page"] != original["svg"]["page"]


def test_a_mended_table_1_has_no_broken_row(changed: SurveyChapter):
    found = changed.group("officials").blocks
    table = of_id(found, "table-aspects")
    assert row(table, "Divers samengesteld team")[1:] == ["3", "5", "4", "12"]
    assert table["row_marks"] == [""] * 5
    assert "tellen samen op" not in prose(found)


# --- Opening a chapter


def test_a_chapter_opens_on_the_project_that_it_stands_in(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WIJKTEAMS_ROOT", str(real_project().root))
    assert open_literature(2016, "en").words.code == "en"
    assert open_survey("2016", agree_from=4.0).study.thresholds.agree_from == 4.0
    assert open_audit(disagree_to=2.0).study.thresholds.disagree_to == 2.0


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"round": "2015"}, "unknown round '2015'; known: 2016"),
        ({"language": "fr"}, "unknown language 'fr'; known: nl, en"),
        ({"agree_from": 2.0}, "agree_from: input should be greater than 3; found 2.0"),
        ({"dont_know_from": 0}, "dont_know_from: input should be greater than 0; found 0"),
    ],
)
def test_a_wrong_parameter_is_refused_with_what_is_allowed(
    parameters: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("WIJKTEAMS_ROOT", str(real_project().root))
    with pytest.raises(CallError) as caught:
        open_survey(**parameters)
    assert str(caught.value) == message


# --- Writing


def fact(name: str, value: float, **more: Any) -> dict[str, Any]:
    usual = {"domain": "d", "unit": "count", "provenance": "measured", "source": "f.csv"}
    return fact_row(subject=name, statistic="count.agree", value=value, **(usual | more))


def key(name: str) -> str:
    return f"d/{name}/-/-/-/count.agree"


FACTS = fact_frame(
    [
        fact("count", 26, numerator=26, denominator=31),
        fact("percent", 83.87, unit="percent", low=66.2, high=92.9),
        fact("ratio", 1.662, unit="ratio"),
        fact("year", 2016, unit="year"),
        fact("big", 154000),
        fact("range", 16, known="range", low=14, high=17, denominator=31),
        fact("share", 50, known="range", low=45.2, high=54.8, unit="percent"),
        fact("least", 16, known="range", low=14, high=27, denominator=27),
        fact("most", 2, known="range", low=0, high=4, denominator=27),
        fact("point", 7, known="range", low=7, high=7, denominator=27),
    ]
)


@pytest.fixture
def writer() -> Writer:
    return Writer(load_language("nl"), FACTS)


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("count", "26"),
        ("percent", "84%"),
        ("ratio", "1,7"),
        ("year", "2016"),
        ("big", "154.000"),
        ("range", "14–17"),
        ("share", "45–55%"),
        ("least", "ten minste 14"),
        ("most", "hoogstens 4"),
        ("point", "7"),
    ],
)
def test_a_fact_is_printed_in_the_way_of_its_unit(name: str, printed: str, writer: Writer):
    assert writer.number(key(name))["v"] == printed


def test_a_fact_can_be_printed_in_words_as_its_base_or_as_its_interval(writer: Writer):
    assert writer.number(key("percent"), words=True)["v"] == "ruim vier vijfde"
    assert writer.base(key("count"))["v"] == "31"
    assert writer.interval(key("percent"))["v"] == "66 en 93%"
    assert writer.point(key("range"))["v"] == "16"
    assert writer.number(key("ratio"), places=3)["v"] == "1,662"


def test_the_ledger_row_of_a_base_is_about_the_base(writer: Writer):
    span = writer.base(key("count"))
    found = writer.paragraph(span)["numbers"][span["id"]]
    assert (found["statistic"], found["value"], found["unit"]) == ("base", 31, "count")


def test_plain_text_with_a_digit_is_refused():
    with pytest.raises(ValueError, match="a digit in plain text: 'in 26 of 31'"):
        text("in 26 of 31")


def test_a_place_without_a_value_is_an_error(writer: Writer):
    with pytest.raises(KeyError, match="other"):
        writer.fill("{n} and {other}", n="a")


def test_a_template_is_filled_with_numbers_texts_and_references(writer: Writer):
    spans = writer.fill(
        "{n} of {what}, see {ref:table-x}.", n=writer.number(key("count")), what="y"
    )
    assert [(span["t"], span.get("v", span.get("to"))) for span in spans] == [
        ("num", "26"), ("text", " of "), ("text", "y"), ("text", ", see "), ("ref", "table-x"),
        ("text", "."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "joined"),
    [([], ""), (["a"], "a"), (["a", "b"], "a en b"), (["a", "b", "c"], "a, b en c")],
)
def test_a_list_is_joined_as_the_language_does(parts: list[str], joined: str, writer: Writer):
    assert plain_text(writer.join(parts)) == joined


def test_a_number_that_is_no_fact_names_its_source_too(writer: Writer):
    span = writer.plain("frame", "size", 49, "survey/municipalities.csv")
    found = writer.paragraph(span)["numbers"]["frame/size"]
    assert found["source"] == "survey/municipalities.csv"
    assert (found["value"], found["low"]) == (49, None)


def test_missing_values_do_not_reach_the_ledger_as_nan(writer: Writer):
    span = writer.number(key("year"))
    row_ = writer.paragraph(span)["numbers"][span["id"]]
    assert not [value for value in row_.values() if isinstance(value, float) and pd.isna(value)]
