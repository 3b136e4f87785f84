"""Small cells of a round with answers: hidden, not to be worked out, and said to be hidden."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from analysis.build.disclosure import require_protected
from analysis.build.request import BuildError, Request
from analysis.simulate.plan import Plan
from analysis.study import open_study
from analysis.survey.load import load_round
from analysis.survey.protect import exposed, protect
from analysis.survey.results import SurveyData, survey_facts
from answered import cells_of
from rounds import ROUND, document, simulated_round

HIDDEN = "count.not_printed"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> SurveyData:
    """A simulated round of the usual size, with a smallest cell of five."""
    round = simulated_round(tmp_path_factory.mktemp("protect") / "p", "csv")
    return load_round(round.project, ROUND).data


@pytest.fixture(scope="module")
def facts(data: SurveyData) -> pd.DataFrame:
    return survey_facts(data)


def counts(facts: pd.DataFrame) -> pd.DataFrame:
    kept = facts["statistic"].str.startswith("count.") & (facts["base"] == "respondents")
    return facts[kept & (facts["statistic"] != HIDDEN) & (facts["domain"] == "survey")]


def test_no_count_of_persons_below_the_minimum_is_left(data: SurveyData, facts: pd.DataFrame):
    assert counts(facts)["value"].between(1, 4).any()
    left = counts(protect(facts, data).facts)
    assert not left["value"].between(1, 4).any()


def test_with_a_count_go_its_share_and_its_intervals(data: SurveyData, facts: pd.DataFrame):
    found = protect(facts, data)
    keys = set(found.facts["fact"])
    for key in found.hidden:
        place, _, statistic = key.rpartition("/")
        position = statistic.partition(".")[2]
        assert not any(key.startswith(f"{place}/") and key.endswith(f".{position}") for key in keys)


def test_nothing_that_is_hidden_can_be_worked_out(data: SurveyData, facts: pd.DataFrame):
    assert exposed(protect(facts, data).facts, facts, data) == []


def test_hiding_only_the_small_cells_is_not_enough(data: SurveyData, facts: pd.DataFrame):
    found = protect(facts, data)
    assert found.secondary
    small = {key.rpartition("/")[0] + "." + key.rpartition(".")[2] for key in found.primary}
    kept = [
        key.rpartition("/")[0] + "." + key.rpartition(".")[2] not in small for key in facts["fact"]
    ]
    assert exposed(facts[kept], facts, data)


def test_everything_printed_is_exposed(data: SurveyData, facts: pd.DataFrame):
    assert {found.cell for found in exposed(facts, facts, data)} == protect(facts, data).primary


def test_what_is_left_over_is_told(data: SurveyData, facts: pd.DataFrame):
    found = protect(facts, data)
    told = found.facts[found.facts["statistic"] == HIDDEN].set_index("subject")
    every = facts.set_index("fact")["value"]
    for subject, rest in told["value"].items():
        own = [key for key in found.hidden if key.split("/")[1] == subject]
        assert rest in {sum(every[k] for k in own if f"/{g}/" in k)
                        for g in ("professionals", "officials")}  # fmt: skip


def test_a_municipality_counts_with_all_its_respondents(data: SurveyData):
    answers = data.answers
    sizes = answers.sizes_by_municipality("professionals")
    people = [
        answers.people_at("less_trust", "professionals", position)
        for position in ("agree", "neutral", "disagree", "dont_know", "no_answer")
    ]
    assert sum(people) == sizes.sum()


def test_with_a_minimum_of_one_everything_is_shown(tmp_path: Path):
    round = simulated_round(tmp_path / "p", "csv", settings={"minimum_cell": 1})
    data = load_round(round.project, ROUND).data
    facts = survey_facts(data)
    found = protect(facts, data)
    assert (found.hidden, len(found.facts)) == (frozenset(), len(facts))


def test_a_group_of_too_few_is_reported_with_its_size_and_none_of_its_answers(tmp_path: Path):
    plan = Plan(municipalities=30, respondents=120, officials=3)
    round = simulated_round(tmp_path / "p", "csv", plan)
    study = open_study(ROUND, project=round.project)
    assert len(cells_of(study)) > 10
    own = study.survey_facts[study.survey_facts["group"] == "officials"]
    size = own[(own["subject"] == "response") & (own["base"] == "respondents")]
    assert size["value"].tolist() == [3]
    rest = own[(own["base"] == "respondents") & ~own["fact"].isin(size["fact"])]
    counted = rest["statistic"].str.startswith(("count.", "share."))
    assert set(rest.loc[counted, "statistic"]) <= {HIDDEN}


# --- The last look before a report is published


@pytest.fixture(scope="module")
def request_(tmp_path_factory: pytest.TempPathFactory) -> Request:
    round = simulated_round(tmp_path_factory.mktemp("last") / "p", "csv")
    return Request(round.project, ROUND, "nl")


def test_a_report_that_prints_a_count_on_too_few_people_is_not_published(
    request_: Request, data: SurveyData, facts: pd.DataFrame
):
    secret = min(protect(facts, data).primary)
    with pytest.raises(BuildError, match="can be worked out from this report") as caught:
        require_protected(request_, document(facts.loc[[secret]], again=".2"))
    assert secret in str(caught.value)
    assert caught.value.exit_code == 3


def test_a_report_from_which_such_a_count_can_be_subtracted_is_not_published(
    request_: Request, data: SurveyData, facts: pd.DataFrame
):
    secret = next(key for key in sorted(protect(facts, data).primary) if "/respondents/" in key)
    place = secret.rpartition("/")[0]
    others = [
        key for key in facts["fact"] if key.startswith(f"{place}/count.") and key != secret
    ]  # fmt: skip
    with pytest.raises(BuildError, match=re.escape(secret)):
        require_protected(request_, document(facts.loc[others]))


def test_a_report_of_protected_facts_is_published(
    request_: Request, data: SurveyData, facts: pd.DataFrame
):
    whole = document(protect(facts, data).facts)
    assert len(whole.blocks()[0]["numbers"]) > 300
    require_protected(request_, whole)  # raises where it is not
