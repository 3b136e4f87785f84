"""A round that prints numbers of respondents rounded: what is in it, and what would undo it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from analysis.build.disclosure import require_protected
from analysis.build.request import BuildError, Request
from analysis.facts import fact_key
from analysis.project import CallError, Project
from analysis.raw.settings import read_round
from analysis.report.spans import plain_text
from analysis.simulate.plan import Plan
from analysis.study import Study, open_study
from analysis.survey.compare_guard import hidden_shares
from analysis.survey.inference import inference_facts
from analysis.survey.protect import exposed
from analysis.survey.protect_rounding import by_person
from analysis.survey.results import survey_facts
from answered import (
    LANGUAGES,
    WARNINGS,
    blocks_of,
    cells_of,
    draw,
    instrument,
    of_id,
    prose,
    settings_of,
    study_of,
    told,
)
from conftest import ROOT, Place, copy_project
from rounds import ROUND, document, simulated_round

pytestmark = pytest.mark.long

SETTINGS = (5, "youth_care")
PEOPLE = ("respondents", "routed")
NUMBERS = ["value", "numerator", "denominator"]
OFFICIALS = fact_key("survey", "response", "officials", "all", "respondents", "count.complete")


@pytest.fixture(scope="module", params=SETTINGS, ids=str)
def study(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A simulated round of the usual size that rounds."""
    root = tmp_path_factory.mktemp("rounded") / "p"
    round = simulated_round(root, "csv", settings={"rounding": request.param})
    return open_study(ROUND, project=round.project)


@pytest.fixture(scope="module")
def full(study: Study) -> pd.DataFrame:
    """Every fact, before anything is taken out or rounded."""
    return survey_facts(study.survey.data)


def of_people(facts: pd.DataFrame) -> pd.DataFrame:
    """Numbers of respondents and their shares."""
    counted = facts["statistic"].str.startswith(("count.", "share."))
    return facts[counted & facts["base"].isin(PEOPLE)]


# --- The setting


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("rounding: fives", "rounding: allowed: none, youth_care, or a whole number from 2 to 100; "
         "found 'fives'"),
        ("rounding: 1", "rounding: allowed: none, youth_care, or a whole number from 2 to 100; "
         "found 1"),
        ("rounding: youth_care\nminimum_cell: 9", "minimum_cell is 9; allowed with rounding: "
         "youth_care, which keeps counts up to 7 secret: 1 to 7"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_refused_in_one_line(tmp_path: Path, line: str, message: str):
    project = simulated_round(tmp_path / "p", "csv", Plan(respondents=40)).project
    path = project.raw / "survey" / ROUND / "round.yml"
    text = re.sub(r"^(rounding|minimum_cell):.*\n", "", path.read_text("utf-8"), flags=re.M)
    path.write_text(f"{text}\n{line}\n", encoding="utf-8")
    with pytest.raises(CallError) as caught:
        read_round(project, ROUND)
    assert str(caught.value) == f"data/raw/survey/{ROUND}/round.yml: {message}"


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_round_of_printed_totals_cannot_be_rounded(tmp_path: Path, setting: object):
    project = Project(copy_project(tmp_path, "data/raw/survey"))
    path = project.raw / "survey/2016/round.yml"
    path.write_text(f"{path.read_text('utf-8')}\nrounding: {setting}\n", encoding="utf-8")
    with pytest.raises(CallError, match="rounding is only for source"):
        read_round(project, "2016")


def test_without_the_setting_nothing_is_rounded(tmp_path: Path):
    round = simulated_round(tmp_path / "p", "csv")
    facts = open_study(ROUND, project=round.project).survey_facts
    every = survey_facts(open_study(ROUND, project=round.project).survey.data).set_index("fact")
    shown = of_people(facts)
    shown = shown[shown["fact"].isin(every.index)]
    assert (shown["value"] % 5 > 0).any()
    assert (shown["value"].to_numpy() == every.loc[shown["fact"], "value"].to_numpy()).all()


# --- What is published


def test_every_number_of_respondents_is_a_multiple_of_five(study: Study, full: pd.DataFrame):
    published = of_people(study.survey_facts)
    assert (of_people(full)["value"] % 5 > 0).any()
    counts = published[published["unit"] == "count"]
    assert len(counts) > 50
    assert not (counts["value"] % 5).any()
    assert not (published[["numerator", "denominator"]].fillna(0) % 5).any(axis=None)


def test_what_is_shown_lies_within_two_of_what_was_counted(study: Study, full: pd.DataFrame):
    published = of_people(study.survey_facts)
    counts = published[(published["unit"] == "count") & published["fact"].isin(full["fact"])]
    away = counts["value"] - full.set_index("fact").loc[counts["fact"], "value"].to_numpy()
    assert away.abs().between(0, 2).all()
    assert away.any()


def test_secret_are_few_respondents_and_by_the_rule_of_youth_care_none_too(
    study: Study, full: pd.DataFrame
):
    counts = of_people(full)
    counts = counts[counts["unit"] == "count"]
    secret = counts["value"].between(0, 7)
    if study.survey.data.settings.rounding == 5:
        secret = counts["value"].between(1, 4)
        shown = counts.loc[counts["value"] == 0, "fact"]
        assert set(shown) & set(study.survey_facts["fact"])
    assert secret.any()
    assert not set(counts.loc[secret, "fact"]) & set(study.survey_facts["fact"])


def test_shares_of_respondents_come_from_the_rounded_numbers(study: Study):
    shares = of_people(study.survey_facts)
    shares = shares[shares["unit"] == "percent"]
    assert len(shares) > 20
    expected = 100 * shares["numerator"] / shares["denominator"]
    assert (shares["value"] == expected).all()


def test_a_difference_between_groups_is_that_of_the_shares_shown(study: Study):
    facts, items = study.survey_facts, study.survey.data.instrument
    own = facts[facts["statistic"] == "difference.agree"]
    assert len(own) > 2
    for row in own.itertuples():
        published = sorted(items.item(row.subject).publish.items())
        shares = [
            fact_key("survey", row.subject, group, "all", base, "share.agree")
            for group, base in published
        ]
        one, other = (facts.loc[share, "value"] for share in shares)
        assert row.value == one - other


def test_numbers_of_municipalities_are_not_rounded(study: Study, full: pd.DataFrame):
    facts = study.survey_facts
    own = facts[(facts["base"] == "municipalities") & facts["fact"].isin(full["fact"])]
    assert (own["value"] % 5 > 0).any()
    assert own["value"].tolist() == full.set_index("fact").loc[own["fact"], "value"].tolist()


def test_what_would_give_numbers_of_respondents_back_is_left_out(study: Study):
    data = study.survey.data
    left = {fact["fact"] for fact in inference_facts(data)} - {*study.survey_facts["fact"]}
    for part in (
        "/officials/all/respondents/pooled_mean.score",
        "/all/all/respondents/ordinal.log_odds",
        "/all/all/respondents/superiority.probability",
        "access_important/officials/all/conclusions/majority.pooled",
        "agreement/officials/all/municipalities/count.single",
    ):
        assert any(key.endswith(part) for key in left), part
        assert not any(key.endswith(part) for key in study.survey_facts["fact"]), part


def test_how_many_municipalities_agree_is_not_compared_where_persons_are_counted(study: Study):
    data = study.survey.data
    assert {(group, item) for item, group in by_person(data)} <= hidden_shares(
        data, study.survey_facts
    )


# --- What an outsider makes of it


def test_nothing_can_be_worked_out(study: Study, full: pd.DataFrame):
    assert exposed(study.survey_facts, full, study.survey.data) == []


def test_fewer_counts_are_hidden_than_where_all_are_exact(study: Study, tmp_path: Path):
    if study.survey.data.settings.rounding != 5:
        pytest.skip("the rule of youth care keeps more secret")
    exact = open_study(ROUND, project=simulated_round(tmp_path / "p", "csv").project)
    assert study.protected.primary == exact.protected.primary
    assert len(study.protected.secondary) < len(exact.protected.secondary)


@pytest.fixture(scope="module")
def request_(study: Study) -> Request:
    return Request(study.project, ROUND, "nl")


def test_the_facts_of_such_a_round_may_be_printed(study: Study, request_: Request):
    require_protected(request_, document(study.survey_facts))  # raises where they may not


def planted(study: Study, full: pd.DataFrame, statistic: str, *columns: str) -> pd.DataFrame:
    """The published facts with one exact fact in place of the rounded one."""
    facts, every = study.survey_facts.copy(), full.set_index("fact")
    own = of_people(facts)
    own = own[own["statistic"].str.startswith(statistic) & own["fact"].isin(full["fact"])]
    for key in own["fact"]:
        if any(facts.loc[key, name] != every.loc[key, name] for name in columns):
            facts.loc[key, list(columns)] = every.loc[key, list(columns)].to_numpy()
            return facts.loc[[k for k in facts.index if k != key] + [key]]
    raise AssertionError("nothing was rounded")


@pytest.mark.parametrize(
    ("statistic", "columns"),
    [
        ("count.agree", ("value",)),
        ("count.agree", ("denominator",)),
        ("share.agree", ("value",)),
        ("share.agree", ("numerator",)),
        ("count.complete", ("value",)),
        ("count.selected", ("value", "numerator")),
    ],
)
def test_a_report_with_one_exact_number_of_respondents_is_not_published(
    study: Study, full: pd.DataFrame, request_: Request, statistic: str, columns: tuple[str, ...]
):
    facts = planted(study, full, statistic, *columns)
    with pytest.raises(BuildError, match="it is not published") as caught:
        require_protected(request_, document(facts))
    place = str(facts["fact"].iloc[-1]).rpartition("/")[0]
    assert place in str(caught.value)


def test_a_report_with_an_exact_base_printed_by_itself_is_not_published(
    study: Study, full: pd.DataFrame, request_: Request
):
    facts = study.survey_facts
    own = of_people(facts).dropna(subset="denominator")
    key = next(k for k in own["fact"] if k in full["fact"] and k.endswith("count.agree"))
    exact = full.set_index("fact").loc[key, "denominator"]
    assert exact % 5
    report = document(facts)
    name = f"{key}/base"
    report.blocks()[0]["numbers"][name] = {"id": name, "value": exact, "printed": "x"}
    with pytest.raises(BuildError, match=re.escape(key)):
        require_protected(request_, report)


@pytest.mark.parametrize("statistic", ["pooled_mean.score", "ordinal.log_odds", "majority.pooled"])
def test_a_report_with_a_fact_that_was_left_out_is_not_published(
    study: Study, request_: Request, statistic: str
):
    every = pd.DataFrame(inference_facts(study.survey.data))
    own = every[(every["statistic"] == statistic) & (every["group"] != "professionals")].iloc[:1]
    with pytest.raises(BuildError, match=re.escape(own["fact"].iloc[0])):
        require_protected(request_, document(pd.concat([study.survey_facts, own])))


def test_a_report_with_the_difference_of_exact_shares_is_not_published(
    study: Study, full: pd.DataFrame, request_: Request
):
    facts, every = study.survey_facts.copy(), full.set_index("fact")["value"]
    key = next(k for k in facts["fact"] if "difference" in k and every[k] != facts.loc[k, "value"])
    facts.loc[key, "value"] = every[key]
    with pytest.raises(BuildError, match=re.escape(key)):
        require_protected(request_, document(facts))


# --- Groups so small that even their number is secret


@pytest.mark.parametrize(("setting", "most"), [(5, 4), ("youth_care", 7)])
def test_the_number_of_a_group_that_is_secret_is_told_as_the_most_it_can_be(
    tmp_path: Path, setting: object, most: int
):
    plan = Plan(municipalities=30, respondents=120, officials=3)
    round = simulated_round(tmp_path / "p", "csv", plan, {"rounding": setting})
    study = open_study(ROUND, project=round.project)
    fact = dict(study.survey_facts.loc[OFFICIALS])
    assert (fact["known"], fact["low"], fact["high"]) == ("range", 0, most)
    assert f"hoogstens {most}" in prose(blocks_of(cells_of(study), "survey"))


# --- The report itself


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_says_how_numbers_are_rounded_and_what_is_left_out(study: Study, language: str):
    found = cells_of(open_study(ROUND, language, project=study.project))
    said = prose(blocks_of(found, "method"))
    youth_care = study.survey.data.settings.rounding == "youth_care"
    rule = {
        ("nl", False): "afgerond op een veelvoud van 5",
        ("en", False): "rounded by itself to a multiple of 5",
        ("nl", True): "aantallen tot en met 7 zijn geheim",
        ("en", True): "numbers up to 7 are secret",
    }[language, youth_care]
    left = {"nl": "vergelijking over alle respondenten", "en": "comparison over all respondents"}
    assert rule in said
    assert left[language] in said
    note = study.language.label("survey.rounded_note") if language == "nl" else "are rounded"
    tables = [b for b in blocks_of(found, "survey", "response") if b["kind"] in ("table", "figure")]
    assert sum(note in told(block) for block in tables) > 2


def test_warnings_about_sheets_are_rounded_and_those_about_municipalities_are_not():
    assert {"straight_lining": 12, "small_cell": 3, "incomplete": 1}.items() <= WARNINGS.items()
    questions = instrument()
    settings = settings_of(rounding=5, minimum_cell=5)
    study = study_of("en", "measured", draw(questions, 200), questions, settings)
    table = of_id(blocks_of(cells_of(study), "method"), "table-warnings")
    assert [plain_text(row[1]) for row in table["rows"]] == ["10", "3", "–"]


@pytest.fixture(scope="module")
def report(study: Study) -> Path:
    """The report of a round that rounds, built as a user would."""
    root = study.project.root
    shutil.rmtree(root / "notebooks")
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, root / name)
    outcome = Place(root).call("report", "--round", ROUND, "--only", "html", "--compare", "2016")
    assert outcome.code == 0, outcome.err
    return root / "reports" / ROUND / "nl"


def test_the_ledger_of_the_report_holds_no_exact_number_of_respondents(report: Path):
    numbers = pd.read_csv(report / "numbers.csv")
    parts = numbers["id"].str.replace(r"\.\d+$", "", regex=True).str.split("/", expand=True)
    own = numbers[(parts[0] == "survey") & parts[4].isin(PEOPLE)]
    # Differences with the shares of printed totals are computed from the numbers checked here,
    # and of tests the number of statements is told.
    changes = own["statistic"].str.match(r"change\.agree\.2016|level\.agree\.2016\.then")
    people = own[~changes & (own["subject"] != "comparison.tests")]
    assert len(people) > 100
    assert set(people["unit"]) == {"count", "percent"}
    assert not (people.loc[people["unit"] == "count", "value"] % 5).any()
    assert not (people[["numerator", "denominator"]].fillna(0) % 5).any(axis=None)
