"""What is told of inference: plain sentences, nothing called a difference that is none."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.answers import ANSWER_TYPE
from analysis.chapters import inference
from analysis.chapters.inference_show import REASONS
from analysis.chapters.survey import SurveyChapter, open_survey
from analysis.facts import fact_frame
from analysis.language.words import load_language
from analysis.report.checks import check_block
from analysis.report.spans import EXHIBITS, plain_text, spans_of
from analysis.simulate.draw import draw_round
from analysis.simulate.plan import Plan
from analysis.survey import inference_scores
from analysis.survey.evaluate import Answers
from analysis.survey.inference import inference_facts
from analysis.survey.load import LoadedRound
from analysis.survey.results import SurveyData
from answered import LANGUAGES, draw, instrument, numbers, of_id, prose, settings_of, study_of, told

SECTIONS = (
    inference.differences,
    inference.agreement,
    inference.sensitivity,
    inference.response,
    inference.method,
)
MINUS = "\N{MINUS SIGN}"


def chapter_of(
    language: str, answers: pd.DataFrame, frame: pd.DataFrame | None = None, **more: Any
) -> SurveyChapter:
    """The chapter of a round with these answers, with its facts of inference."""
    asked, chosen = instrument(), settings_of(**{"differences": []} | more)
    study = study_of(language, "simulated", answers, asked, chosen)
    if frame is not None:
        told_ = Answers(answers, asked, chosen.thresholds)
        data = SurveyData(chosen, asked, frame, told_, None, "survey/2027/answers", "simulated")
        study.survey = LoadedRound(data=data)
    chapter = SurveyChapter(study)
    facts = chapter.writer.facts
    found = fact_frame(inference_facts(chapter.data))
    new = found[~found.index.isin(facts.index)]
    chapter.writer.facts = pd.concat([facts, new]) if len(new) else facts
    return chapter


def frame_of(**more: Any) -> pd.DataFrame:
    """A frame of 49 municipalities."""
    names = [f"p{n}" for n in range(49)]
    codes = [f"GM{n:04d}" for n in range(49)]
    return pd.DataFrame({"municipality": names, "name": names, "code": codes, **more})


def drawn(**plan: Any) -> pd.DataFrame:
    return draw_round(instrument(), frame_of(), Plan(**plan))


def blocks_of(chapter: SurveyChapter) -> list[dict[str, Any]]:
    return [block for section in SECTIONS for block in section(chapter).blocks]


@cache
def usual(language: str) -> list[dict[str, Any]]:
    """The blocks of a round of the usual size."""
    return blocks_of(chapter_of(language, drawn(), frame_of()))


def apart(gap: int) -> pd.DataFrame:
    """The usual round, in which officials answer one statement `gap` points from the others."""
    answers = drawn(officials=40)
    official = (answers["group"] == "officials").to_numpy()
    near = np.where(np.arange(len(answers)) % 2, "3", "4")
    far = np.where(np.arange(len(answers)) % 2, str(3 + gap), str(4 + gap))
    told_ = np.where(official, far, near)
    return answers.assign(equipped=pd.Categorical(told_, dtype=ANSWER_TYPE))


def rows(block: dict[str, Any]) -> list[list[str]]:
    return [[plain_text(cell) for cell in row] for row in block["rows"]]


def ids(found: list[dict[str, Any]]) -> set[str]:
    return {block["id"] for block in found if "id" in block}


# --- Every round


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_block_can_stand_in_a_report_and_says_where_it_comes_from(language: str):
    found = usual(language)
    assert [problem for block in found for problem in check_block(block)] == []
    assert {b["provenance"] for b in found if b["kind"] in EXHIBITS} == {"simulated"}
    refs = {span["to"] for block in found for span in spans_of(block) if span["t"] == "ref"}
    assert refs <= ids(found)
    assert len(ids(found)) == len([block for block in found if "id" in block])


def test_both_languages_show_the_same_numbers():
    first, second = (
        [[re.sub(r"\D", "", n) for n in numbers(block)] for block in usual(language)]
        for language in LANGUAGES
    )
    assert first == second


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("groups", [("professionals",), ("officials",)])
def test_a_round_in_which_one_group_took_no_part_can_be_told(
    language: str, groups: tuple[str, ...]
):
    found = blocks_of(chapter_of(language, draw(instrument(), 60, groups)))
    assert [problem for block in found for problem in check_block(block)] == []
    nothing = load_language(language).label("inference.differences.nothing")
    assert nothing.partition(":")[0] in prose(found)
    assert not ids(found) & {"table-paired", "table-ordinal", "table-directions"}


@pytest.mark.parametrize("people", [0, 3, 12, 40])
def test_a_small_round_can_be_told(people: int):
    answers = draw(instrument(), max(people, 1)).iloc[:people]
    found = blocks_of(chapter_of("nl", answers))
    assert [problem for block in found for problem in check_block(block)] == []


def test_no_row_of_too_few_respondents_is_shown():
    found = blocks_of(chapter_of("nl", draw(instrument(), 8), minimum_cell=50))
    assert [block for block in found if block["kind"] == "table"] == []
    assert "te weinig respondenten, minder dan 50," in prose(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_words(language: str):
    words = load_language(language)
    assert all(words.label(f"inference.reasons.{reason}") for reason in REASONS)


# --- Differences


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "Op geen van de 7 vergeleken stellingen is er een aantoonbaar verschil."),
        ("en", "On none of the 7 statements compared is there a demonstrable difference."),
    ],
)
def test_what_chance_explains_is_called_no_difference(language: str, said: str):
    text = prose(usual(language))
    assert said in text
    assert not re.search("scoren gemiddeld (hoger|lager)|score (higher|lower) on average", text)


@pytest.mark.parametrize(("gap", "way"), [(1, "hoger"), (-1, "lager")])
def test_a_difference_is_told_with_its_direction_its_interval_and_its_municipalities(
    gap: int, way: str
):
    found = blocks_of(chapter_of("nl", apart(gap), frame_of()))
    text = prose(found)
    short = instrument().item("equipped").short("nl")
    said = re.search(rf"‘{short}’: ambtenaren scoren gemiddeld {way}, (\S+) tegen (\S+);", text)
    assert said is not None
    officials, professionals = (float(n.replace(",", ".")) for n in said.groups())
    assert np.sign(officials - professionals) == gap
    assert "Op de andere 6 stellingen is geen verschil aantoonbaar." in text
    row = next(row for row in rows(of_id(found, "table-paired")) if row[0] == short)
    assert row[4].startswith("+" if gap > 0 else MINUS)
    assert f"({row[1]} gemeenten)" in text
    tests = next(row for row in rows(of_id(found, "table-paired-tests")) if row[0] == short)
    assert tests[1] == "< 0,001"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_very_large_round_says_which_tests_it_went_without(
    language: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(inference_scores, "LARGE", 100)
    found = blocks_of(chapter_of(language, drawn(), frame_of()))
    words = load_language(language)
    assert words.label("inference.method.tests.large") in prose(found)
    assert {row[6] for row in rows(of_id(found, "table-paired-tests"))} != {"–"}
    assert {row[3] for row in rows(of_id(found, "table-paired-tests"))} == {"–"}
    large = words.label("inference.reasons.large")
    assert {row[2] for row in rows(of_id(found, "table-ordinal"))} == {large}


# --- Agreement


def test_for_officials_who_were_alone_agreement_is_left_out_with_the_reason():
    found = usual("nl")
    assert "table-teams-officials" not in ids(found)
    said = next(line for line in prose(found).splitlines() if line.startswith("Of ambtenaren in"))
    assert "In 21 gemeenten deed er maar één mee" in said
    assert len(rows(of_id(found, "table-teams-professionals"))) == 17


# --- What holds


def test_a_conclusion_that_does_not_survive_is_called_fragile():
    found = usual("nl")
    table = of_id(found, "table-conclusions-professionals")
    fragile = [row[0] for row in rows(table) if row[-1] == "nee"]
    assert fragile
    for row in rows(table):
        assert (row[-1] == "ja") == (len(set(row[1:-1])) == 1), row
    said = next(b for b in found if b["kind"] == "paragraph" and "van hun gemeenten" in told(b))
    assert all(f"‘{short}’" in told(said) for short in fragile)
    assert told(said).count("‘") == len(fragile)


def test_a_share_that_is_not_shown_is_no_conclusion_to_check():
    found = blocks_of(chapter_of("nl", drawn(), frame_of(), minimum_cell=5))
    assert [problem for block in found for problem in check_block(block)] == []
    checked = rows(of_id(found, "table-conclusions-professionals"))
    assert 0 < len(checked) < 17
    said = next(b for b in found if b["kind"] == "paragraph" and "van hun gemeenten" in told(b))
    holding = [row for row in checked if row[-1] == "ja"]
    assert numbers(said) == [str(len(holding)), str(len(checked))]
    shown = {row[0] for row in rows(of_id(found, "table-bounds-professionals"))}
    assert shown == {row[0] for row in rows(of_id(found, "table-exact-professionals"))}
    assert shown <= {row[0] for row in checked}


def test_the_statement_that_leads_is_told_with_whether_it_holds():
    first = next(block for block in usual("nl") if block["kind"] == "list")
    words = load_language("nl")
    verdicts = [words.label(f"inference.sensitivity.{name}") for name in ("holds", "fragile")]
    assert all(plain_text(item).endswith(tuple(verdicts)) for item in first["items"])


# --- Those who did not answer


def test_without_columns_in_the_frame_it_says_why_nothing_is_compared():
    text = prose(usual("nl"))
    assert "survey/2027/frame.csv heeft geen kolommen met kenmerken van gemeenten" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_columns_of_the_frame_are_compared_and_weighted_for(language: str):
    numbers_ = np.arange(49)
    columns = {
        "aux_size": numbers_ * 1000.0,
        "aux_region_of_2027": np.where(numbers_ % 3, "a", "b"),
    }
    found = blocks_of(chapter_of(language, drawn(), frame_of(**columns)))
    assert [problem for block in found for problem in check_block(block)] == []
    table = of_id(found, "table-nonresponse-professionals")
    assert [row[0] for row in rows(table)] == ["size", "region of 2027: a", "region of 2027: b"]
    shares = {row[0]: row[1] for row in rows(of_id(found, "table-bounds-professionals"))}
    raked = rows(of_id(found, "table-raked-professionals"))
    assert {row[0]: row[1] for row in raked} == shares


# --- Method


def test_the_method_counts_the_tests_of_each_declared_family():
    chosen = {"families": {"bereik 2027": ["reach_improved", "team_reflects"]}}
    found = blocks_of(chapter_of("nl", drawn(), frame_of(), **chosen))
    text = prose(found)
    assert "familie ‘bereik 2027’: 2 binnen gemeenten en 2 over alle respondenten" in text
    assert "verkennend: 5 binnen gemeenten en 5 over alle respondenten" in text


def test_the_method_tells_the_settings_that_were_used():
    chapter = chapter_of("nl", drawn(), frame_of(), confidence=0.9, minimum_cell=6)
    text = prose(inference.method(chapter).blocks)
    for said in ("interval van 90%", "kleiner is dan 0,10", "minder dan 6 respondenten",
                 "3,25 en 2,75", "3,75 en 2,25"):  # fmt: skip
        assert said in text
    note = plain_text(of_id(inference.method(chapter).blocks, "table-means-officials")["note"])
    assert "90%" in note


# --- A reconstructed round


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_made_respondents_nothing_is_told_but_why(language: str):
    chapter = open_survey("2016", language)
    found = blocks_of(chapter)
    assert [told(block).strip() for block in found] == [
        load_language(language).label("inference.sensitivity.reconstructed")
    ]
