"""Multiple-choice items of which numbers are hidden."""

from __future__ import annotations

import re

import pytest

from analysis.chapters.boxes import TEAM_TYPES, boxes_ticked
from analysis.chapters.survey import SurveyChapter
from analysis.facts import fact_key
from analysis.report.spans import Block, plain_text
from analysis.survey.protect import Protected
from answered import LANGUAGES, draw, instrument, study_of, told

ITEM, GROUP = "policy_aspects", "officials"


def shown(language: str, *team_types: str) -> list[Block]:
    """What is told of an item when only the numbers of `team_types` are not hidden."""
    questions = instrument()
    study = study_of(language, "measured", draw(questions, 200), questions)
    facts = study.protected.facts
    hidden = frozenset(
        fact_key("survey", f"{ITEM}.{option.id}", GROUP, team_type, "routed", "count.selected")
        for option in questions.item(ITEM).options
        for team_type in TEAM_TYPES
        if team_type not in team_types
    )
    assert hidden <= set(facts.index)
    study.protected = Protected(facts.drop(list(hidden)), hidden, frozenset())
    return boxes_ticked(SurveyChapter(study), questions.item(ITEM), GROUP, "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_every_number_is_hidden_there_is_a_sentence_and_no_table(language: str):
    (block,) = shown(language)

    assert block["kind"] == "paragraph"
    assert {"nl": "wordt niet getoond", "en": "is not shown"}[language] in told(block)
    assert re.search(r"\d+ (ambtenaren|officials)", told(block))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_type_of_team_without_any_number_is_left_out_of_the_table(language: str):
    *_, table = shown(language, "social", "all")

    labels = [plain_text(column["label"]) for column in table["columns"][1:]]
    assert labels == {"nl": ["Sociaal", "Totaal"], "en": ["Social", "Total"]}[language]
    assert not any(plain_text(cell) == "–" for row in table["rows"] for cell in row)
    assert {"nl": "weggelaten", "en": "left out"}[language] in plain_text(table["note"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_of_which_nothing_is_hidden_has_every_type_of_team(language: str):
    *_, table = shown(language, *TEAM_TYPES)

    assert len(table["columns"]) == 1 + len(TEAM_TYPES)
    assert {"nl": "streepje", "en": "dash"}[language] not in plain_text(table["note"])
