"""Published means: what they tell of hidden counts, and that none tells too much."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.answers import ANSWER_TYPE, POSITION_OF
from analysis.build.disclosure import require_protected
from analysis.build.request import BuildError, Request
from analysis.disclosure.attack import Range, possible_counts
from analysis.disclosure.cells import Relation
from analysis.facts import fact_frame, fact_key, fact_row
from analysis.raw.settings import Instrument
from analysis.simulate.plan import Plan
from analysis.study import open_study
from analysis.survey.compare_guard import means_that_tell
from analysis.survey.evaluate import Answers
from analysis.survey.inference import inference_facts
from analysis.survey.positions import SCORES
from analysis.survey.protect import exposed, protect
from analysis.survey.protect_cells import counts_of
from analysis.survey.protect_means import as_published, mean_relations
from analysis.survey.results import SurveyData, survey_facts
from answered import SCALE, settings_of
from rounds import ROUND, document, simulated_round

STATISTICS = ("mean.score", "median.score", "pooled_mean.score", "paired.level_officials")


def item(name: str, **publish: str) -> dict[str, object]:
    texts = dict.fromkeys(("nl", "en", "short_nl", "short_en"), name)
    return {"id": name, "theme": "t", "publish": publish, **texts}


QUESTIONS = Instrument.model_validate(
    {
        "scale": dict(zip("abcde", range(1, 6), strict=True)),
        "team_types": ["youth"],
        "themes": [{"id": "t", "nl": "T", "en": "T"}],
        "items": [
            item("person", officials="respondents"),
            item("place", officials="municipalities"),
            item("both", professionals="municipalities", officials="respondents"),
        ],
    }
)


def round_of(
    officials: dict[str, list[str]], minimum: int = 5, sizes: list[int] | None = None
) -> SurveyData:
    """A round whose officials gave these answers by item, one per municipality or by `sizes`."""
    people = len(next(iter(officials.values())))
    places = np.repeat(range(len(sizes)), sizes) if sizes else range(people)
    answers = pd.DataFrame(
        {
            "respondent": range(1, people + 1),
            "municipality": [f"m{n:03d}" for n in places],
            "group": "officials",
            "team_type": "youth",
        }
    )
    for name, given in officials.items():
        answers[name] = pd.Categorical(given, dtype=ANSWER_TYPE)
    settings = settings_of(differences=[], minimum_cell=minimum)
    return SurveyData(
        settings=settings,
        instrument=QUESTIONS,
        frame=pd.DataFrame({"municipality": answers["municipality"].unique()}),
        answers=Answers(answers, QUESTIONS, settings.thresholds),
        determined=None,
        source="s",
        provenance="measured",
    )


def every_fact(data: SurveyData) -> pd.DataFrame:
    return pd.concat([survey_facts(data), fact_frame(inference_facts(data))])


def answers(scores: dict[str, int]) -> list[str]:
    return [score for score, times in scores.items() for _ in range(times)]


def key(statistic: str, base: str = "respondents", subject: str = "person") -> str:
    return fact_key("survey", subject, "officials", "all", base, statistic)


# --- By hand


def test_the_mean_of_a_few_persons_tells_who_disagrees():
    # Ten officials; 8 agree, 2 neutral or disagree: not printed. With a mean of 4.6 the scores
    # are 46 together: the eight have 40 at most, so the two have 6 at least: both are neutral.
    data = round_of({"person": answers({"5": 8, "3": 2})})
    facts = as_published(every_fact(data))
    assert facts.loc[key("pooled_mean.score"), "value"] == 4.6
    mean = facts.loc[[key("pooled_mean.score")]]
    counts = counts_of(facts, data)
    told = {name: cell.count for name, cell in counts.cells.items()}
    told |= dict.fromkeys((key("count.neutral"), key("count.disagree")))
    alone = possible_counts(told, counts.relations, {})
    assert alone[key("count.disagree")] == Range(0, 2)
    with_mean = possible_counts(told, [*counts.relations, *mean_relations(mean, data)], {})
    assert with_mean[key("count.disagree")] == Range(0, 0)
    assert with_mean[key("count.neutral")] == Range(2, 2)


def possible(data: SurveyData, published: pd.DataFrame) -> dict[str, Range]:
    """What can be known of every count when only means are published."""
    counts = counts_of(every_fact(data), data)
    relations = [*counts.relations, *mean_relations(published, data)]
    return possible_counts(dict.fromkeys(counts.cells), relations, {})


def test_a_mean_over_municipalities_tells_as_much_where_each_has_one_official():
    # 46 points of ten: at least eight agree, and at most one disagrees (9 times 5, once 1).
    data = round_of({"person": answers({"5": 8, "3": 2})})
    mean = as_published(every_fact(data)).loc[[key("mean.score", "municipalities")]]
    found = possible(data, mean.assign(low=np.nan, high=np.nan))
    assert found[key("count.agree")].low == 8
    assert found[key("count.disagree")].high == 1


def test_a_median_tells_on_which_side_half_of_them_are():
    # 28 points can be eight times 3 and twice 2, but with a median of 4 five or more agree.
    data = round_of({"person": answers({"4": 6, "1": 4})})
    facts = as_published(every_fact(data)).assign(low=np.nan, high=np.nan)
    mean, median = (key(name, "municipalities") for name in ("mean.score", "median.score"))
    assert possible(data, facts.loc[[mean]])[key("count.agree")].low == 0
    assert possible(data, facts.loc[[mean, median]])[key("count.agree")].low == 5


def test_the_interval_of_a_mean_tells_whether_everybody_said_the_same():
    # A mean of 3 may be ten times neutral, or five times 1 and five times 5: the interval knows.
    told = {}
    for scores in ({"1": 5, "5": 5}, {"2": 1, "3": 8, "4": 1}):
        data = round_of({"person": answers(scores)})
        mean = as_published(every_fact(data)).loc[[key("mean.score", "municipalities")]]
        told["1" in scores] = possible(data, mean)[key("count.neutral")]
    assert told[True] == Range(0, 0)
    assert told[False].low >= 6


def test_positions_of_municipalities_lie_between_cut_offs():
    # Ten municipalities with a mean of 1.5: were three of them at 3.5 or more, the others would
    # lie below 1.
    data = round_of({"place": answers({"1": 5, "2": 5})})
    facts = as_published(every_fact(data)).assign(low=np.nan, high=np.nan)
    found = possible(data, facts.loc[[key("mean.score", "municipalities", "place")]])
    agree = found[key("count.agree", "municipalities", "place")]
    assert agree == Range(0, 2)


# --- Every inequality holds for the answers that made the means


def further_counts(data: SurveyData, relations: list[Relation]) -> dict[str, int]:
    """The true counts of the cells that nobody prints: by score, and of municipalities."""
    cube = data.answers.cube
    found = {}
    for name in {cell for relation in relations for cell in relation.terms()[0]}:
        _, subject, group, _, base, statistic = name.split("/")
        own = cube[(cube["item"] == subject) & (cube["group"] == group)]
        scored = own[own["answer"].isin(SCORES)]
        if statistic == "places":
            found[name] = scored["municipality"].nunique()
        elif statistic == "score.dont_know":
            positions = data.answers.by_municipality
            there = positions[(positions["item"] == subject) & (positions["group"] == group)]
            unsure = there["position"].eq("dont_know") & there["mean"].notna()
            found[name] = int(unsure.sum())
        elif statistic.startswith("score."):
            found[name] = int(own.loc[own["answer"] == statistic[-1], "n"].sum())
        else:
            counted = data.answers.count(subject, group, "all", base, statistic)
            found[name] = counted.count
    return found


def broken(data: SurveyData, facts: pd.DataFrame) -> list[str]:
    relations = mean_relations(facts, data)
    assert relations
    counts = further_counts(data, relations)
    wrong = []
    for relation in relations:
        left, total = relation.terms()
        off = sum(times * counts[name] for name, times in left.items()) - total
        if off > 0 or (off < 0 and not relation.at_most):
            wrong.append(str(relation))
    return wrong


@pytest.mark.parametrize("seed", range(12))
def test_what_means_tell_is_true(seed: int):
    random = np.random.default_rng(seed)
    sizes = random.choice([1, 1, 1, 2, 3], 14).tolist()
    people = sum(sizes)
    weights = random.dirichlet(np.ones(7))
    given = {
        name: random.choice(SCALE, people, p=weights).tolist()
        for name in ("person", "place", "both")
    }
    data = round_of(given, sizes=sizes)
    assert broken(data, as_published(every_fact(data))) == []


@pytest.mark.parametrize("plan", [Plan(), Plan(municipalities=20, respondents=60, officials=40)])
def test_what_means_tell_is_true_in_a_whole_round(tmp_path: Path, plan: Plan):
    round = simulated_round(tmp_path / "p", "csv", plan)
    data = open_study(ROUND, project=round.project).survey.data
    facts = as_published(every_fact(data))
    assert {str(s) for s in facts["statistic"]} >= {*STATISTICS}
    assert broken(data, facts) == []
    without = facts[~facts["statistic"].str.contains("level_")]
    assert broken(data, without) == []  # the levels that follow from the other group's


# --- A round


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> SurveyData:
    round = simulated_round(tmp_path_factory.mktemp("means") / "p", "csv")
    return open_study(ROUND, project=round.project).survey.data


@pytest.fixture(scope="module")
def facts(data: SurveyData) -> pd.DataFrame:
    return every_fact(data)


def test_means_and_ratios_are_published_in_the_decimals_that_are_printed(
    data: SurveyData, facts: pd.DataFrame
):
    published = protect(facts, data).facts
    p_values = published["statistic"].str.contains(r"\.(?:p|p_\w+|error_\w+)$")
    ratios = published[(published["unit"] == "ratio") & ~p_values]
    assert set(ratios["statistic"]) >= {"superiority.probability", "ordinal.log_odds", "icc1.score"}
    scores = pd.concat([ratios, published[published["unit"] == "score"]])
    for column in ("value", "low", "high"):
        assert (scores[column].dropna() == scores[column].dropna().round(2)).all()
    exact = facts.loc[scores["fact"], "value"]
    assert (exact != exact.round(2)).any()


def test_means_that_tell_a_hidden_count_are_left_out_and_all_others_stay(
    data: SurveyData, facts: pd.DataFrame
):
    found = protect(facts, data)
    assert found.without_means
    assert exposed(found.facts, facts, data) == []
    gone = set(facts["fact"]) - set(found.facts["fact"])
    pooled = {k for k in gone if k.endswith("/pooled_mean.score")}
    assert {(k.split("/")[1], k.split("/")[2]) for k in pooled} == set(found.without_means)
    # Of no statement without hidden counts a mean is gone.
    hidden = {(k.split("/")[1], k.split("/")[2]) for k in found.hidden}
    assert found.without_means <= hidden
    assert set(found.facts["statistic"]) >= {"mean.score", "median.score", "paired.mean"}


def test_a_report_with_a_mean_that_tells_a_hidden_count_is_not_published(tmp_path: Path):
    round = simulated_round(tmp_path / "p", "csv")
    study = open_study(ROUND, project=round.project)
    every = as_published(every_fact(study.survey.data))
    subject, group = min(study.protected.without_means)
    planted = every[
        (every["subject"] == subject)
        & (every["group"] == group)
        & every["statistic"].isin(["mean.score", "pooled_mean.score"])
    ]
    report = pd.concat([study.survey_facts, planted])
    with pytest.raises(BuildError, match=f"survey/{subject}/{group}"):
        require_protected(
            Request(round.project, ROUND, "nl"), document(report.drop_duplicates("fact"))
        )


def test_no_position_is_missing_from_what_scores_stand_for():
    assert {POSITION_OF[score] for score in SCORES} == {"agree", "neutral", "disagree"}


# --- Beside another round


def level(statistic: str, value: float, denominator: int) -> pd.DataFrame:
    """A mean of the officials on the statement about persons, as a comparison prints it."""
    return fact_frame(
        [
            fact_row(
                domain="survey", subject="person", group="officials", team_type="all", base="all",
                statistic=statistic, value=value, unit="score", denominator=denominator,
                provenance="measured", source="s",
            )
        ]
    )  # fmt: skip


@pytest.mark.parametrize(("when", "other"), [("now", "then"), ("then", "now")])
def test_a_mean_beside_another_round_tells_what_the_round_itself_hides(when: str, other: str):
    data = round_of({"person": answers({"5": 20, "3": 2, "1": 2})})
    facts = every_fact(data)
    found = protect(facts, data)
    assert found.without_means == {("person", "officials")}
    mean = as_published(facts).loc[key("mean.score", "municipalities"), "value"]
    compared = level(f"level.mean.2026.{when}", float(mean), 24)
    assert means_that_tell(data, found.facts, compared, when) == {("officials", "person")}
    assert means_that_tell(data, found.facts, compared, other) == frozenset()


def test_a_mean_beside_another_round_stays_where_nothing_is_hidden():
    data = round_of({"person": answers({"5": 8, "4": 12})})
    facts = protect(every_fact(data), data).facts
    compared = level("level.mean.2026.now", 4.4, 20)
    assert means_that_tell(data, facts, compared, "now") == frozenset()
