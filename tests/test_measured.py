"""A round with answers, measured or simulated: counted as it should be, told as what it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from analysis.answers import ANSWER_TYPE, ANSWERS
from analysis.audit import VERDICTS
from analysis.build.listing import reconstruction_lines, round_lines
from analysis.build.products import make_document, write_exhibits
from analysis.build.request import Request
from analysis.chapters.audit import AuditChapter, audit_rows
from analysis.chapters.survey import SurveyChapter
from analysis.language.words import load_language
from analysis.project import CallError, Project
from analysis.raw.settings import Instrument
from analysis.report.charts.picture import literal
from analysis.report.checks import check_block
from analysis.report.collect import MIME
from analysis.report.spans import EXHIBITS, plain_text, spans_of
from analysis.survey.results import survey_facts
from answered import (
    GROUPS,
    LANGUAGES,
    TEAMS,
    blocks,
    blocks_of,
    cells,
    cells_of,
    draw,
    instrument,
    new_item,
    of_id,
    prose,
    study_of,
    told,
)
from helpers import copy_raw

WORDS = {
    "nl": {"simulated": "gesimuleerd", "reconstructed": "gereconstrueerd"},
    "en": {"simulated": "simulated", "reconstructed": "reconstructed"},
}
ROUNDS = [(language, kind) for language in LANGUAGES for kind in ("measured", "simulated")]


# --- What is told


@pytest.mark.parametrize(("language", "provenance"), ROUNDS)
def test_every_block_of_a_round_with_answers_can_stand_in_a_report(language: str, provenance: str):
    found = blocks(language, provenance)
    assert [problem for block in found for problem in check_block(block)] == []
    assert not [block for block in found if block["kind"] == "paragraph" and not block["text"]]
    places = {block["id"] for block in found if "id" in block}
    refs = {span["to"] for block in found for span in spans_of(block) if span["t"] == "ref"}
    assert refs <= places | {"audit", "method"}


@pytest.mark.parametrize(("language", "provenance"), ROUNDS)
def test_nothing_in_a_round_with_answers_is_called_reconstructed(language: str, provenance: str):
    found = blocks(language, provenance)
    word = WORDS[language]["reconstructed"]
    assert [block for block in found if word in told(block).lower()] == []
    assert not [block["id"] for block in found if block.get("provenance") == "reconstructed"]
    numbers = [n for block in found for n in block["numbers"].values()]
    assert {n["provenance"] for n in numbers} == {"published", provenance}


SURVEY = ("survey", "response", "method")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("provenance", ["measured", "simulated"])
def test_every_exhibit_on_the_answers_says_where_they_come_from(language: str, provenance: str):
    exhibits = [b for b in blocks(language, provenance, *SURVEY) if b["kind"] in EXHIBITS]
    assert len(exhibits) > 15
    frame = of_id(exhibits, "table-frame")  # real municipalities, whoever answered
    exhibits.remove(frame)
    assert frame["provenance"] == "published"
    assert {block["provenance"] for block in exhibits} == {provenance}
    word = WORDS[language]["simulated"]
    for block in exhibits:
        said = block["kind"] == "figure" and word in told(block).lower()
        assert said == (provenance == "simulated" and block["kind"] == "figure"), block["id"]
        table = block.get("table")
        assert table is None or table["provenance"] == provenance


@pytest.mark.parametrize("language", LANGUAGES)
def test_simulated_answers_are_called_so_in_the_introduction_and_on_the_page(language: str):
    word = WORDS[language]["simulated"]
    assert word in prose(blocks(language, "simulated", "introduction"))
    assert word not in prose(blocks(language, "measured", "introduction"))
    for cell in cells(language, "simulated"):
        marked = [
            b for b in cell.blocks if b["kind"] in EXHIBITS and b["provenance"] == "simulated"
        ]
        page = cell._repr_mimebundle_()["text/html"].lower()
        assert page.count('class="badge" title=') == len(marked)


@pytest.mark.parametrize(("language", "provenance"), ROUNDS)
def test_what_printed_totals_leave_open_is_no_subject_of_a_round_with_answers(
    language: str, provenance: str
):
    labels = load_language(language)
    open_ = labels.label("survey.columns.not_printed").lower()
    assert not [b for b in blocks(language, provenance) if open_ in told(b).lower()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_municipality_is_named_with_an_answer_or_with_its_participation(language: str):
    found = blocks(language, "measured")
    table = of_id(found, "table-frame")
    assert [[plain_text(cell) for cell in row] for row in table["rows"][:2]] == [
        ["Plaats a", "GM0000"],
        ["Plaats b", "GM0001"],
    ]
    assert len(table["rows"]) == 12
    assert not [b for b in found if b is not table and "Plaats" in told(b)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_those_who_gave_no_answer_are_told_in_the_table_and_in_the_text(language: str):
    labels = load_language(language)
    figure = of_id(blocks(language, "measured", "survey"), "figure-officials-access")
    columns = [plain_text(column["label"]) for column in figure["table"]["columns"]]
    assert columns[-1] == labels.label("survey.columns.no_answer")
    for row in figure["table"]["rows"]:
        base, *positions = (int(plain_text(cell)) for cell in row[1:])
        assert sum(positions) == base
    silent = labels.label("survey.statement.rest_no_answer").format(n="")
    assert silent in prose(blocks(language, "measured", "survey"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_boxes_of_a_question_are_counted_by_type_of_team(language: str):
    table = of_id(blocks(language, "measured", "survey"), "table-aspects")
    frame = draw(instrument(), 200)
    ticked = frame[frame["policy_aspects.culture"] == "selected"]
    expected = [int((ticked["team_type"] == team).sum()) for team in TEAMS[:3]] + [len(ticked)]
    assert [int(plain_text(cell)) for cell in table["rows"][1][1:]] == expected
    of_id(blocks(language, "measured", "survey"), "table-officials-criteria_aspects")
    labels = load_language(language)
    agree, neutral = (labels.label(f"appendices.audit.positions.{p}") for p in ("agree", "neutral"))
    either = f"{agree} {labels.label('phrases.or')} {neutral}."
    assert either in prose(blocks(language, "measured", "survey"))


# --- The audit


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_claims_about_the_survey_the_audit_is_about_the_other_chapters(language: str):
    table = of_id(blocks(language, "measured", "audit"), "table-verdicts")
    labels = load_language(language)
    assert [plain_text(column["label"]) for column in table["columns"][1:]] == [
        labels.label(f"appendices.audit.sections.{part}") for part in ("literature", "cases", "all")
    ]
    counts = [[int(plain_text(cell)) for cell in row[1:]] for row in table["rows"]]
    assert all(first + second == every for first, second, every in counts)
    # The one contradiction outside the survey: how many of the eleven cities have a vision.
    findings = of_id(blocks(language, "measured", "audit"), "table-findings")
    assert [plain_text(row[1]) for row in findings["rows"]] == ["121"]


def test_audit_csv_lists_the_claims_of_the_other_documents():
    questions = instrument()
    study = study_of("nl", "measured", draw(questions, 50), questions)
    rows = audit_rows(study)
    assert {row["id"].partition("-")[0] for row in rows} == {"c2", "c4", "dt", "ut"}
    assert {row["verdict"] for row in rows} <= set(VERDICTS)


def test_a_claim_about_the_survey_of_another_round_says_so():
    questions = instrument()
    study = study_of("en", "measured", draw(questions, 50), questions)
    claim = study.claims.iloc[0].to_dict() | {
        "id": "c4-99", "section": "4", "subject": "specific_policy", "group": "officials",
        "team_type": "all", "statistic": "count.agree", "value": 12.0, "unit": "count",
        "base": "respondents",
    }  # fmt: skip
    study.claims = pd.concat([study.claims, pd.DataFrame([claim])], ignore_index=True)
    row = audit_rows(study)[-1]
    assert (row["verdict"], row["recomputed"]) == ("not_recomputable", "")
    assert row["note"].startswith("is about the survey of another round")
    table = of_id(AuditChapter(study).unresolved().blocks, "table-open")
    assert plain_text(table["rows"][-1][-1]) == "is about the survey of another round"


# --- Rounds that differ


def test_a_round_without_the_items_that_the_chapter_looks_for_is_told_without_them():
    language = "nl"
    names = ("support_needed", "policy_aspects", "criteria_aspects", "specific_policy")
    questions = instrument(without=names)
    found = blocks_of(cells_of(study_of(language, "measured", draw(questions, 60), questions)))
    assert not [block for block in found if block.get("id") == "table-aspects"]


def test_an_item_of_this_round_only_is_told_as_any_other():
    language = "en"
    questions = instrument(more=(new_item("new"),))
    found = blocks_of(cells_of(study_of(language, "measured", draw(questions, 60), questions)))
    statement = questions.item("new").statement(language)
    assert statement.rstrip(".") in prose(found)
    assert [problem for block in found for problem in check_block(block)] == []
    assert literal(statement) in list(spans_of(of_id(found, "figure-professionals-method")))


def routed() -> tuple[Instrument, pd.DataFrame]:
    """A statement that is put only to those who agree with another, of twenty professionals."""
    led = {"item": "less_trust", "positions": ["agree"]}
    others = tuple(item.id for item in instrument().items if item.id != led["item"])
    questions = instrument(without=others, more=(new_item("led", asked_if=led),))
    answers = draw(questions, 20, ("professionals",))
    return questions, answers


def test_a_share_of_those_who_were_led_to_a_statement_is_of_them_alone():
    questions, answers = routed()
    study = study_of("nl", "measured", answers, questions)
    fact = study.survey_facts.loc["survey/led/professionals/all/respondents/count.agree"]
    assert 0 < fact["denominator"] == answers["led"].notna().sum() < 20
    figure = of_id(
        SurveyChapter(study).group("professionals").blocks, "figure-professionals-method"
    )
    # Its title tells the number that were asked; it is the only statement in the figure.
    asked = figure["numbers"]["survey/led/professionals/all/routed/count.asked"]
    assert asked["value"] == fact["denominator"]


@pytest.mark.parametrize(("language", "group"), list(zip(LANGUAGES, GROUPS, strict=True)))
def test_a_round_in_which_one_group_took_no_part_says_so(language: str, group: str):
    questions = instrument()
    answers = draw(questions, 40, (group,))
    found = blocks_of(cells_of(study_of(language, "measured", answers, questions)))
    absent = next(other for other in GROUPS if other != group)
    assert load_language(language).label(f"survey.groups.{absent}.nobody") in prose(found)
    assert [problem for block in found for problem in check_block(block)] == []


def test_a_round_in_which_nobody_answered_anything_is_told_without_a_figure():
    language = "nl"
    questions = instrument()
    answers = draw(questions, 20)
    for name in answers.columns[4:]:
        codes = answers[name].notna().map({True: ANSWERS.index("missing"), False: -1})
        answers[name] = pd.Categorical.from_codes(codes, dtype=ANSWER_TYPE)
    found = blocks_of(cells_of(study_of(language, "measured", answers, questions)))
    assert [problem for block in found for problem in check_block(block)] == []
    assert not [block for block in found if block["kind"] == "figure"]


def test_a_round_of_nobody_is_told_too():
    questions = instrument()
    answers = draw(questions, 5).iloc[:0]
    study = study_of("nl", "measured", answers, questions)
    found = blocks_of(cells_of(study))
    assert survey_facts(study.survey.data)["value"].notna().all()
    assert [problem for block in found for problem in check_block(block)] == []


# --- The files of a report


ROUND_YML = """\
round: "2027"
title: {nl: Ronde, en: Round}
fieldwork: {year: 2027}
frame: 2027/frame.csv
instrument: instrument.yml
source: {kind: answers}
"""


@pytest.fixture(scope="module")
def with_round(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that has the settings of a round with answers."""
    project = copy_raw(tmp_path_factory.mktemp("project"))
    (project.raw / "survey" / "2027").mkdir()
    (project.raw / "survey" / "2027" / "round.yml").write_text(ROUND_YML, encoding="utf-8")
    return project


def notebook(provenance: str, language: str = "nl") -> Any:
    """An executed notebook that shows the appendix on response."""
    node = new_notebook(cells=[new_code_cell("response")])
    cell = next(cell for cell in cells(language, provenance) if cell.part == "response")
    shown = {MIME: cell._repr_mimebundle_()[MIME]}
    node.cells[0].outputs = [new_output("display_data", data=shown)]
    return node


@pytest.mark.parametrize("provenance", ["measured", "simulated"])
def test_a_report_is_simulated_when_its_answers_are(
    provenance: str, with_round: Project, tmp_path: Path
):
    request = Request(with_round, "2027", "nl", products=frozenset(["html"]))
    document = make_document(request, [("2_survey", notebook(provenance))], tmp_path)
    assert document.meta.provenance == provenance
    banners = [plain_text(b["text"]) for b in document.blocks() if b.get("role") == "banner"]
    assert len(banners) == (2 if provenance == "simulated" else 0)  # in front and in the part
    assert all("gesimuleerd" in banner for banner in banners)
    write_exhibits(document, tmp_path)
    heads = {
        name: (tmp_path / f"tables/table-{name}.csv").read_text("utf-8").splitlines()[:2]
        for name in ("frame", "response")
    }
    assert heads["frame"] == ["Gemeente,Code", "Plaats a,GM0000"]
    heading, first = heads["response"]
    simulated = provenance == "simulated"
    assert heading.endswith(",Herkomst") == simulated
    assert first.endswith(",gesimuleerd") == simulated


@pytest.mark.parametrize(("language", "provenance"), ROUNDS)
def test_the_front_says_what_figures_are_of_this_round_and_what_of_the_publication(
    language: str, provenance: str, with_round: Project, tmp_path: Path
):
    request = Request(with_round, "2027", language, products=frozenset(["html"]))
    shown = [("2_survey", notebook(provenance, language))]
    licence = make_document(request, shown, tmp_path).meta.licence
    phrases = {
        "nl": ("antwoorden van deze ronde", "literatuur en praktijk overgenomen"),
        "en": ("answers of this round", "literature and practice taken over"),
    }
    assert [phrase for phrase in phrases[language] if phrase not in licence] == []
    assert (WORDS[language]["simulated"] in licence) == (provenance == "simulated")


def test_of_a_round_with_answers_there_is_no_reconstruction_to_list(with_round: Project):
    with pytest.raises(CallError, match="round 2027 has answers of its own"):
        reconstruction_lines(with_round, "2027")
    assert any("2027  Round (answers; no report yet)" in line for line in round_lines(with_round))
