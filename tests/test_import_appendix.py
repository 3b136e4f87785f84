"""What the report of a round with answers tells of their import, and of the files it used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from analysis.chapters import appendices
from analysis.chapters.audit import AuditChapter
from analysis.chapters.survey import SurveyChapter
from analysis.fingerprint import checksum
from analysis.intake.findings import RULES
from analysis.language.words import load_language
from analysis.raw.settings import round_instrument
from analysis.raw.sources import sidecar_of
from analysis.report.spans import plain_text
from analysis.study import Study
from answered import (
    LANGUAGES,
    WARNINGS,
    blocks,
    draw,
    instrument,
    new_item,
    numbers,
    of_id,
    prose,
    settings_of,
    study_of,
)
from helpers import copy_raw, real_project

# --- Left out, and warned of


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_warnings_of_the_import_are_counted_in_the_appendix_on_method(language: str):
    table = of_id(blocks(language, "simulated", "method"), "table-warnings")
    labels = load_language(language)
    assert [[plain_text(cell) for cell in row] for row in table["rows"]] == [
        [labels.label(f"appendices.import.warnings.{rule}"), str(count)]
        for rule, count in WARNINGS.items()
        if count
    ]
    assert numbers(table) == ["12", "3", "1", "1"]  # the last is the smallest cell


def test_every_warning_that_an_import_can_give_has_words():
    warnings = {rule for rule, severity in RULES.items() if severity == "warning"}
    assert set(load_language("nl").get("appendices.import.warnings")) == warnings


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("nl", "Weggelaten zijn 2 kolommen die personen herkenbaar maken en 1 kolom met open"),
        ("en", "Left out are 2 columns that identify people and 1 column with open answers;"),
    ],
)
def test_of_the_columns_left_out_only_the_number_is_told(language: str, sentence: str):
    assert sentence in prose(blocks(language, "measured", "method"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_import_without_warnings_says_so(language: str):
    questions = instrument()
    study = study_of(language, "measured", draw(questions, 50), questions, warnings={}, dropped={})
    found = appendices.method(SurveyChapter(study)).blocks
    assert not [block for block in found if block.get("id") == "table-warnings"]
    labels = load_language(language)
    assert labels.label("appendices.import.no_warnings") in prose(found)
    assert labels.label("appendices.import.nothing_dropped") in prose(found)


# --- Questions that differ from the shared questionnaire


def study_with(language: str, loaded: dict[str, Any] | None = None, **settings: Any) -> Study:
    """A study of a round whose questions differ as its settings say."""
    told = settings_of(**settings)
    questions = round_instrument(real_project(), told)
    return study_of(language, "measured", draw(questions, 60), questions, told, **loaded or {})


def method_of(study: Study) -> str:
    return prose(appendices.method(SurveyChapter(study)).blocks)


DIFFERENT = {
    "not_asked": ["outreach", "officials:team_reflects"],
    "items": [new_item("second_year")],
}


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "nl",
            "In deze ronde is niet gevraagd naar ‘opzoeken op vindplaatsen’. "
            "In deze ronde is aan ambtenaren niet gevraagd naar ‘team lijkt op de wijk’. "
            "Nieuw ten opzichte van de gedeelde vragenlijst is de vraag naar ‘na 2 jaar’.",
        ),
        (
            "en",
            "This round did not ask about ‘going where people are’. "
            "This round did not ask officials about ‘team resembles the area’. "
            "New compared with the shared questionnaire is the question about ‘after 2 years’.",
        ),
    ],
)
def test_what_a_round_did_not_ask_and_what_is_new_is_named(language: str, sentences: str):
    assert sentences in method_of(study_with(language, **DIFFERENT))


def test_a_statement_kept_from_every_group_that_it_was_for_was_asked_of_nobody():
    both = ["professionals:team_reflects", "officials:team_reflects"]
    told = method_of(study_with("en", not_asked=both))
    assert "This round did not ask about ‘team resembles the area’." in told
    assert "did not ask officials" not in told


def test_of_a_group_that_was_not_asked_a_statement_nothing_is_told_about_it():
    statement = "The make-up of the neighbourhood team resembles that of its area"
    found = {}
    for name, left in (("asked", []), ("not asked", ["officials:team_reflects"])):
        study = study_with("en", not_asked=left)
        found[name] = prose(SurveyChapter(study).group("officials").blocks)
        assert statement in prose(SurveyChapter(study).group("professionals").blocks)
    assert statement in found["asked"]
    assert statement not in found["not asked"]


@pytest.mark.parametrize(
    ("language", "turned", "recoded"),
    [
        (
            "nl",
            "De antwoorden op ‘opzoeken op vindplaatsen’ en ‘team lijkt op de wijk’ zijn "
            "teruggedraaid:",
            "De antwoorden op ‘opzoeken op vindplaatsen’ stonden op een schaal met een ander",
        ),
        (
            "en",
            "The answers on ‘going where people are’ and ‘team resembles the area’ were turned "
            "round:",
            "The answers on ‘going where people are’ were given on a scale with another number",
        ),
    ],
)
def test_answers_turned_round_and_those_from_another_scale_are_named(
    language: str, turned: str, recoded: str
):
    given = {"reversed": ("outreach", "team_reflects"), "rescaled": ("outreach",)}
    told = method_of(study_with(language, given))
    assert turned in told
    assert recoded in told


def test_where_every_statement_was_turned_round_they_are_not_listed_one_by_one():
    questions = instrument()
    every = tuple(item.id for item in questions.items if item.kind == "scale")
    assert "The answers on all statements were turned round:" in method_of(
        study_with("en", {"reversed": every})
    )
    told = method_of(study_with("en", {"reversed": every[1:]}))
    assert "all statements" not in told
    assert f"‘{questions.item(every[-1]).short_en}’ were turned round:" in told


@pytest.mark.parametrize(
    ("language", "phrases"),
    [
        ("nl", ("niet gevraagd naar", "gedeelde vragenlijst", "teruggedraaid:", "omgezet")),
        ("en", ("did not ask", "shared questionnaire", "turned round:", "recoded")),
    ],
)
def test_a_round_that_asked_the_questionnaire_as_it_is_says_none_of_this(
    language: str, phrases: tuple[str, ...]
):
    plain = method_of(study_with(language))
    every = {"reversed": ("less_known",), "rescaled": ("less_known",)}
    other = method_of(study_with(language, every, **DIFFERENT))
    assert [phrase for phrase in phrases if phrase not in other] == []
    assert [phrase for phrase in phrases if phrase in plain] == []


# --- The files of the round


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sources_of_a_round_with_answers_are_those_that_it_used(language: str):
    table = of_id(AuditChapter(study_with(language)).sources_list().blocks, "table-sources")
    listed = {plain_text(row[0]) for row in table["rows"]}
    assert {"survey/instrument.yml", "survey/mergers.csv", "cases/cases.csv"} <= listed
    # The frame of the first round and the scan of its report.
    assert not {"survey/municipalities.csv", "survey/corrections.csv"} & listed


@pytest.mark.parametrize(
    ("language", "content"),
    [
        ("nl", "Antwoorden, zoals het enquêteprogramma ze leverde"),
        ("en", "Answers, as the survey program gave them"),
    ],
)
def test_an_export_whatever_its_name_is_described_in_the_language_of_the_report(
    language: str, content: str, tmp_path: Path
):
    project = copy_raw(tmp_path)
    export = project.raw / "survey/2027/answers/who knows.csv"
    export.parent.mkdir(parents=True, exist_ok=True)
    export.write_text("q\n1\n")
    told = yaml.safe_load(sidecar_of(project.raw / "survey/mergers.csv").read_text("utf-8"))
    sidecar_of(export).write_text(yaml.safe_dump(told | {"sha256": checksum(export)}))
    study = study_with(language)
    study.project = project
    table = of_id(AuditChapter(study).sources_list().blocks, "table-sources")
    listed = {plain_text(row[0]): plain_text(row[1]) for row in table["rows"]}
    assert listed["survey/2027/answers/who knows.csv"] == content


def test_citations_hold_no_english_but_in_titles():
    found = AuditChapter(study_with("nl")).sources_list().blocks
    told = prose(found)
    assert "Gemeentelijke indeling op 1 januari 2016 tot en met 1 januari 2026" in told
    words = (" to ", " of ", "names", "municipalities", "regions")
    assert [word for word in words if word in told] == []
