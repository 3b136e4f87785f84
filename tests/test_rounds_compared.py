"""Rounds compared: what changed among the same municipalities, and what only looks so."""

from __future__ import annotations

import math
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.answers import ANSWER_TYPE
from analysis.build import stale
from analysis.build.request import Request
from analysis.chapters.audit import AuditChapter
from analysis.chapters.rounds import RoundsChapter, open_rounds
from analysis.intake.importing import answers_folder
from analysis.intake.mapping import MappedColumn, write_mapping
from analysis.intake.new_round import new_round
from analysis.intake.receive import receive
from analysis.project import CallError, Project
from analysis.raw.files import compared_rounds
from analysis.raw.municipalities import Register
from analysis.raw.settings import Instrument, Round, read_round, round_instrument
from analysis.raw.survey import read_frame
from analysis.report.spans import plain_text, span_lists
from analysis.report.writer import Blocks
from analysis.simulate.draw import draw_round
from analysis.simulate.plan import Plan
from analysis.simulate.write import file_name, true_mapping, write_export
from analysis.study import open_study
from analysis.survey.compare import compare_answers, compare_rounds
from analysis.survey.compare_guard import Guard, published_facts
from analysis.survey.compare_totals import Comparison, broken, compare_totals
from analysis.survey.differences import other_means, same_means, same_shares
from analysis.survey.linking import as_later, link_frames
from analysis.survey.load import load_round
from analysis.survey.side import Side
from conftest import Outcome, Place, copy_project

PLAN = Plan(municipalities=48, respondents=1800, officials=500, seed=3)
Choose = Callable[[pd.DataFrame], pd.DataFrame]


# --- Rounds in a copy of the project


def add_round(
    project: Project, name: str, plan: Plan, choose: Choose = lambda answers: answers, **set_: str
) -> None:
    """A round of which the answers are those of `plan` that `choose` keeps."""
    new_round(project, name)
    path = project.raw / "survey" / name / "round.yml"
    text = path.read_text(encoding="utf-8")
    for key, value in set_.items():
        line = next(line for line in text.splitlines() if line.startswith(f"{key}:"))
        text = text.replace(line, f"{key}: {value}")
    path.write_text(text, encoding="utf-8")
    round = read_round(project, name)
    instrument, frame = round_instrument(project, round), read_frame(project, round)
    export = answers_folder(project, name) / file_name(name, "csv")
    answers = choose(draw_round(instrument, frame, plan)).reset_index(drop=True)
    answers["respondent"] = answers.groupby("group", observed=True).cumcount() + 1
    answers["municipality"] = answers["municipality"].astype("str").astype("category")
    write_export(answers, instrument, frame, export, "csv", replace(plan, year=int(name)))
    columns = true_mapping("csv", instrument, frame)
    mapping = [
        MappedColumn(export.name, c.name, c.label, c.becomes, c.codes, accepted=True, why="true")
        for c in columns
    ]
    write_mapping(project.raw / "survey" / name / "mapping.csv", mapping)
    receive(project, round, [])


def places(first: int, last: int) -> Choose:
    """Only the municipalities from the `first` up to the `last` in the alphabet."""

    def choose(answers: pd.DataFrame) -> pd.DataFrame:
        names = sorted(answers["municipality"].astype("str").unique())
        return answers[answers["municipality"].isin(names[first:last])]

    return choose


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, kept_data: Path) -> Project:
    """Four rounds: 2027 and 2029 the same answers in shared municipalities; 2028 lies lower."""
    names = ("data/raw", "notebooks", "pyproject.toml", "requirements.lock")
    root = copy_project(tmp_path_factory.mktemp("rounds") / "project", *names)
    shutil.copytree(kept_data, root / "data/processed")
    found = Project(root)
    add_round(found, "2027", PLAN, places(0, 34))
    add_round(found, "2028", replace(PLAN, seed=4, drift=-0.5))
    add_round(found, "2029", PLAN, places(12, 48), reworded="[outreach]")
    return found


@pytest.fixture(scope="module")
def compared(project: Project) -> dict[str, Comparison]:
    data = load_round(project, "2029").data
    found = compare_rounds(project, data, published_facts(data), ["2016", "2027", "2028"])
    return {one.other: one for one in found}


def changes(found: Comparison, measure: str, base: str) -> pd.DataFrame:
    facts = found.facts
    own = facts["statistic"].eq(f"change.{measure}.{found.other}") & facts["base"].eq(base)
    return facts[own].set_index(["subject", "group"])


def verdicts(found: Comparison, measure: str) -> pd.DataFrame:
    """Whether each difference that was tested is called a change: 1, 0 or -1."""
    facts = found.facts
    own = facts[facts["statistic"].eq(f"change.{measure}.{found.other}.changed")]
    return own.set_index(["subject", "group"])


# --- Only the composition changed


@pytest.mark.parametrize("measure", ["mean", "agree"])
def test_where_only_who_answered_changed_the_same_municipalities_show_no_change(
    compared: dict[str, Comparison], measure: str
):
    matched = changes(compared["2027"], measure, "matched")

    assert len(matched) > 25
    assert (matched["value"].abs() < 1e-9).all()
    assert (matched["low"] <= 0).all() and (matched["high"] >= 0).all()
    assert (verdicts(compared["2027"], measure)["value"] == 0).all()


@pytest.mark.parametrize("measure", ["mean", "agree"])
@pytest.mark.parametrize("other", ["2027", "2028"])
def test_composition_is_what_all_municipalities_differ_more_than_the_same_ones(
    compared: dict[str, Comparison], measure: str, other: str
):
    whole, same, rest = (
        changes(compared[other], measure, base) for base in ("all", "matched", "composition")
    )

    assert (whole["value"].loc[same.index] - same["value"]).to_numpy() == pytest.approx(
        rest["value"].loc[same.index].to_numpy(), abs=1e-8
    )
    assert rest["low"].isna().all() and rest["high"].isna().all()
    assert (rest["value"].abs() > 0.01).mean() > 0.5


def test_a_drift_of_half_a_point_is_found_among_the_same_municipalities(
    compared: dict[str, Comparison],
):
    matched = changes(compared["2028"], "mean", "matched")
    professionals = matched.xs("professionals", level="group")

    assert (professionals["value"] > 0).mean() > 0.9
    assert (professionals["low"] > 0).sum() >= len(professionals) / 2
    assert professionals["value"].mean() == pytest.approx(0.5, abs=0.2)
    called = verdicts(compared["2028"], "mean").xs("professionals", level="group")["value"]
    assert called.ge(0).all() and called.sum() >= len(professionals) / 2


def test_only_the_same_municipalities_are_tested(compared: dict[str, Comparison]):
    facts = compared["2028"].facts
    assert set(facts[facts["statistic"].str.endswith(".p")]["base"]) == {"matched"}


def test_the_share_of_all_municipalities_is_the_one_that_the_report_prints(
    project: Project, compared: dict[str, Comparison]
):
    facts = open_study("2029", project=project).survey_facts
    printed = facts[facts["statistic"].eq("share.agree") & facts["base"].eq("municipalities")]
    level = compared["2027"].facts
    told = level[level["statistic"].eq("level.agree.2027.now") & level["base"].eq("all")]
    told = told.set_index(["subject", "group"])["value"]
    wanted = printed.set_index(["subject", "group"])["value"]

    assert len(wanted) > 10
    assert told.loc[wanted.index].to_numpy() == pytest.approx(wanted.to_numpy())


def test_no_municipality_is_named_in_any_fact(project: Project, compared: dict[str, Comparison]):
    frame = read_frame(project, read_round(project, "2029"))
    text = " ".join(found.facts.to_csv() for found in compared.values()).casefold()

    named = [n for n in (*frame["municipality"], *frame["code"]) if f"/{n.casefold()}/" in text]
    assert named == []
    assert not any(code.casefold() in text for code in frame["code"])


# --- A small example, worked by hand


def side(name: str, scores: dict[str, Sequence[int]], least: int = 3, **more: Any) -> Side:
    """A round of one statement: per municipality the scores of its professionals."""
    questions = Instrument.model_validate(
        {
            "scale": {"low": 1, "high": 5}, "team_types": ["youth"],
            "themes": [{"id": "t", "nl": "T", "en": "T"}],
            "items": [
                {
                    "id": "x", "theme": "t", "nl": "Zo.", "en": "So.", "short_nl": "zo",
                    "short_en": "so", "publish": {"professionals": "municipalities"},
                }
                | more
            ],
        }
    )  # fmt: skip
    round = Round.model_validate(
        {
            "round": name, "title": {"nl": "R", "en": "R"}, "fieldwork": {"year": int(name)},
            "frame": "f", "instrument": "i", "source": {"kind": "answers"}, "minimum_cell": least,
        }
    )  # fmt: skip
    people = [(place, str(score)) for place, given_ in scores.items() for score in given_]
    answers = pd.DataFrame(people, columns=["municipality", "x"])
    answers["x"] = answers["x"].astype(ANSWER_TYPE)
    answers = answers.assign(
        respondent=range(1, len(people) + 1), group="professionals", team_type="youth"
    )
    frame = pd.DataFrame({"municipality": list(scores), "name": "", "code": list(scores)})
    return Side(round, questions, frame, answers, "measured")


def by_hand(now: Side, then: Side, project: Project, **more: Any) -> Comparison:
    return compare_answers(project, now, then, **more)


A, B, C, D, E = "GM0034", "GM0141", "GM0307", "GM0363", "GM0344"


@pytest.fixture(scope="module")
def small(project: Project) -> Comparison:
    """Then A 2, B 3, C 2.5, D 5; now A 3, B 4, C 4.5, E 1: A, B and C are the same."""
    then = side("2027", {A: [2, 2], B: [3], C: [2, 3], D: [5, 5, 5]}, least=1)
    now = side("2028", {A: [3], B: [4, 4], C: [4, 5], E: [1, 1, 1]}, least=1)
    return by_hand(now, then, project)


def row(found: Comparison, statistic: str, base: str) -> Any:
    facts = found.facts
    own = facts["statistic"].eq(f"{statistic}.{found.other}") & facts["base"].eq(base)
    (one,) = facts[own & facts["subject"].eq("x")].itertuples()
    return one


def test_matched_is_the_mean_of_the_differences_with_a_paired_t(small: Comparison):
    # Differences 1, 1, 2: mean 4/3, s = .57735, s/sqrt(3) = 1/3, t(2) at .975 = 4.302653.
    found = row(small, "change.mean", "matched")

    assert found.value == pytest.approx(4 / 3)
    assert (found.low, found.high) == pytest.approx(
        ((4 - 4.302653) / 3, (4 + 4.302653) / 3), abs=1e-6
    )


def test_all_is_the_difference_of_both_means_with_welch(small: Comparison):
    # Now 3, 4, 4.5, 1: mean 3.125, s2 = 2.39583. Then 2, 3, 2.5, 5: mean 3.125, s2 = 1.72917.
    # Standard error sqrt(4.125/4) = 1.01550; degrees 4.125**2 * 3 / (2.39583**2 + 1.72917**2) =
    # 5.8473, t at .975 = 2.4618 (R: qt(.975, 5.8473)).
    found = row(small, "change.mean", "all")

    assert found.value == pytest.approx(0)
    assert found.high == pytest.approx(2.4618 * 1.01550, abs=2e-3)
    assert found.low == pytest.approx(-found.high)


def test_composition_is_all_less_matched(small: Comparison):
    assert row(small, "change.mean", "composition").value == pytest.approx(-4 / 3)
    # Matched 0 of 3 then and 2 of 3 now; all 1 of 4 then and 2 of 4 now.
    assert row(small, "change.agree", "matched").value == pytest.approx(100 * 2 / 3)
    assert row(small, "change.agree", "all").value == pytest.approx(25)
    assert row(small, "change.agree", "composition").value == pytest.approx(25 - 200 / 3)


def test_the_difference_of_all_shares_has_newcombes_interval(project: Project):
    # Newcombe (1998, Statistics in Medicine 17: 873-890), table II, method 10: 9/10 less 3/10
    # is .1705 to .8090.
    codes = codes_of(project, 20)
    now = side("2028", {code: [5 if n < 9 else 1] for n, code in enumerate(codes[:10])}, least=1)
    then = side("2027", {code: [5 if n < 3 else 1] for n, code in enumerate(codes[10:])}, least=1)
    found = row(by_hand(now, then, project), "change.agree", "all")

    assert (found.value, found.low, found.high) == pytest.approx((60, 17.05, 80.90), abs=0.01)


def codes_of(project: Project, count: int) -> list[str]:
    frame = read_frame(project, read_round(project, "2028"))
    return [code for code in frame["code"] if " " not in code][:count]


# --- Intervals, against numbers from elsewhere


def table(a: int, b: int, c: int, d: int) -> tuple[pd.Series, pd.Series]:
    """Yes and no twice: `a` both times, `b` only the first time, `c` only the second, `d` never."""
    first, second = [1] * (a + b) + [0] * (c + d), [1] * a + [0] * b + [1] * c + [0] * d
    return pd.Series(first), pd.Series(second)


@pytest.mark.parametrize(
    ("counts", "value", "low", "high"),
    [
        # Complete response before and after consolidation (Cavo et al., 2012), as computed by the
        # R package contingencytables (Fagerland, Lydersen and Laake, 2017, chapter 8).
        ((59, 6, 16, 80), -0.0621, -0.1186, -0.0046),
    ],
)
def test_paired_shares_have_newcombes_interval(
    counts: tuple[int, int, int, int], value: float, low: float, high: float
):
    found = same_shares(*table(*counts), confidence=0.95)

    assert (found.value, found.low, found.high) == pytest.approx((value, low, high), abs=5e-5)


def test_four_municipalities_that_move_one_way_are_no_change_among_thirty_one():
    # The exact test of McNemar gives 2 * .5 ** 4 = .125; a paired t would exclude zero.
    now, then = table(10, 4, 0, 17)
    assert same_shares(now, then, 0.95).low < 0
    assert same_means(now, then, 0.95).low > 0


def test_paired_means_have_the_interval_of_the_paired_t_test():
    # Student's sleep data, R: t.test(extra ~ group, sleep, paired = TRUE): -1.58, -2.4598858 to
    # -0.7001142; and Welch's: -3.3654832 to 0.2054832.
    first = pd.Series([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
    second = pd.Series([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])

    paired, welch = same_means(first, second, 0.95), other_means(first, second, 0.95)
    assert (paired.value, paired.low, paired.high) == pytest.approx(
        (-1.58, -2.4598858, -0.7001142), abs=1e-7
    )
    assert (welch.low, welch.high) == pytest.approx((-3.3654832, 0.2054832), abs=1e-7)


def test_where_all_moved_by_the_same_amount_there_is_no_interval_to_call_it_a_change():
    found = same_means(pd.Series([4.0, 3.0]), pd.Series([3.0, 2.0]), 0.95)
    assert found.value == 1 and math.isnan(found.low)
    still = same_means(pd.Series([4.0, 3.0]), pd.Series([4.0, 3.0]), 0.95)
    assert (still.low, still.high) == (0, 0)


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_the_interval_of_paired_shares_holds_its_value_and_turns_with_the_rounds(
    pairs: list[tuple[bool, bool]],
):
    now, then = (pd.Series(one) for one in zip(*pairs, strict=True))
    found, turned = same_shares(now, then, 0.95), same_shares(then, now, 0.95)

    assert -1 <= found.low <= found.value + 1e-12 and found.value - 1e-12 <= found.high <= 1
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low))


# --- Too few to show


def test_too_few_respondents_behind_the_same_municipalities_are_not_shown(project: Project):
    then = side("2027", {A: [2], B: [3], C: [2, 3, 4]})
    now = side("2028", {A: [3], B: [4], D: [4, 5, 4], E: [1, 1, 1]})
    found = by_hand(now, then, project)

    assert found.unmatched == {("professionals", "x"): "few"}
    assert set(found.facts["base"]) == {"all", "matched", "now", "then"}
    assert set(found.facts.query("base == 'matched'")["subject"]) == {"response"}


def test_matched_is_not_shown_where_the_rest_would_be_told_by_the_difference(project: Project):
    # All less matched would be the answers of the two people in D.
    then = side("2027", {A: [2, 2], B: [3], C: [2, 3]})
    now = side("2028", {A: [3], B: [4, 4], C: [4, 5], D: [1, 2]})
    assert by_hand(now, then, project).unmatched == {("professionals", "x"): "rest"}

    more = replace(now, answers=side("2028", {A: [3], B: [4], C: [4], D: [1, 2, 3]}).answers)
    assert by_hand(more, then, project).unmatched == {}


def test_two_earlier_rounds_whose_matched_sets_differ_by_a_few_are_not_both_shown(
    project: Project,
):
    now = side("2029", {A: [3, 3], B: [4, 4], C: [4, 5], D: [1, 2, 3], E: [2, 2]})
    first = side("2027", {A: [2, 2], B: [3, 2], C: [4, 4]})
    second = side("2028", {A: [2, 2], B: [3, 2]})
    guard = Guard()

    assert by_hand(now, first, project, guard=guard).unmatched == {}
    assert by_hand(now, second, project, guard=guard).unmatched == {("professionals", "x"): "rest"}
    assert by_hand(now, second, project).unmatched == {}


def test_a_round_with_too_few_respondents_is_not_compared_at_all(project: Project):
    found = by_hand(side("2028", {A: [3], B: [4]}), side("2027", {A: [2] * 9}), project)

    assert found.silent == {("professionals", "x"): "few"}
    assert set(found.facts["subject"]) == {"response"}


def test_a_share_is_not_shown_where_too_few_agree_or_do_not(project: Project):
    # In one municipality of one respondent they agree: of all, then.
    then = side("2027", {A: [5], B: [3, 3], C: [2, 3]})
    now = side("2028", {A: [3, 3], B: [2, 3], C: [3, 2]})
    found = by_hand(now, then, project)

    assert found.covered == {("professionals", "x"): "all"}
    assert not found.facts["statistic"].str.contains("agree").any()
    # A from 5 to 3, B from 3 to 2.5, C at 2.5.
    assert row(found, "change.mean", "matched").value == pytest.approx(-2.5 / 3)


def test_the_share_of_the_same_municipalities_is_not_shown_where_it_tells_the_rest(
    project: Project,
):
    # Of all, A and D agree, three respondents; of the matched only A, two.
    then = side("2027", {A: [5, 5, 5], B: [3, 3], C: [2, 3]})
    now = side("2028", {A: [5, 5], B: [2, 3], C: [3, 2], D: [5], E: [1, 2]})
    found = by_hand(now, then, project)

    assert found.covered == {("professionals", "x"): "matched"}
    assert set(found.facts.query("statistic == 'change.agree.2027'")["base"]) == {"all"}


def test_a_share_that_the_report_of_either_round_hides_is_not_shown_here(project: Project):
    scores = {A: [5, 5, 5], B: [3, 3], C: [2, 3]}
    hidden = frozenset({("professionals", "x")})
    for one, other in ((hidden, frozenset()), (frozenset(), hidden)):
        now = replace(side("2028", scores), hidden=one)
        then = replace(side("2027", scores), hidden=other)
        found = by_hand(now, then, project)
        assert found.covered == {("professionals", "x"): "all"}
        assert not found.facts["statistic"].str.contains("agree").any()


# --- Mergers


def day(year: int) -> Any:
    return pd.Timestamp(year, 7, 1).date()


def register(*mergers: tuple[str, str, str]) -> Register:
    """Municipalities GM0001 to GM0009, of which those that went up in others ended."""
    ended = {code: when for code, _, when in mergers}
    codes = [f"GM000{n}" for n in range(1, 10)]
    born = {into: when for _, into, when in mergers if into == "GM0009"}
    return Register(
        pd.DataFrame(
            {
                "code": codes,
                "name": codes,
                "since": [pd.Timestamp(born[c]) if c in born else pd.NaT for c in codes],
                "until": [pd.Timestamp(ended[c]) if c in ended else pd.NaT for c in codes],
            }
        ),
        pd.DataFrame(
            [(c, c, pd.Timestamp(when), into, into, "s") for c, into, when in mergers],
            columns=["code", "name", "date", "into_code", "into_name", "source"],
        ),
        pd.DataFrame(columns=["code", "name", "variant", "source"]),
    )


def frame(**codes: str) -> pd.DataFrame:
    rows_ = [(name, name, code) for name, code in codes.items()]
    return pd.DataFrame(rows_, columns=["municipality", "name", "code"])


WHEN = "2028-01-01"


@pytest.mark.parametrize(
    ("mergers", "then", "now", "links"),
    [
        ((), {"a": "GM0001"}, {"other": "GM0001"}, {"other": ("a",)}),
        # Two become a new one: linked to both.
        (
            (("GM0001", "GM0009", WHEN), ("GM0002", "GM0009", WHEN)),
            {"a": "GM0001", "b": "GM0002"}, {"ab": "GM0009"}, {"ab": ("a", "b")},
        ),
        # One of the parts was never asked.
        (
            (("GM0001", "GM0009", WHEN), ("GM0002", "GM0009", WHEN)),
            {"a": "GM0001"}, {"ab": "GM0009"}, {},
        ),
        # One that keeps its code but took in another is no longer the same by itself.
        ((("GM0002", "GM0001", WHEN),), {"a": "GM0001"}, {"a": "GM0001"}, {}),
        (
            (("GM0002", "GM0001", WHEN),),
            {"a": "GM0001", "b": "GM0002"}, {"a": "GM0001"}, {"a": ("a", "b")},
        ),
        # One that was divided is linked to neither of those that it went to.
        (
            (("GM0003", "GM0001", WHEN), ("GM0003", "GM0002", WHEN)),
            {"a": "GM0001", "b": "GM0002", "c": "GM0003"}, {"a": "GM0001", "b": "GM0002"}, {},
        ),
        # Two that were asked as one, and again; and one of the two only.
        ((), {"ab": "GM0001 GM0002"}, {"x": "GM0002 GM0001"}, {"x": ("ab",)}),
        ((), {"ab": "GM0001 GM0002"}, {"a": "GM0001"}, {}),
    ],
)  # fmt: skip
def test_a_municipality_is_the_same_only_when_all_that_it_is_made_of_was_asked(
    mergers: Any, then: dict[str, str], now: dict[str, str], links: dict[str, tuple[str, ...]]
):
    found = link_frames(register(*mergers), frame(**then), day(2027), frame(**now), day(2029))
    assert found == links


def test_a_merged_municipality_counts_for_a_group_when_it_took_part_in_every_part():
    answers = pd.DataFrame(
        {
            "respondent": [1, 2, 3, 1],
            "municipality": ["a", "b", "b", "a"],
            "group": ["professionals"] * 3 + ["officials"],
            "team_type": "youth",
        }
    )
    found = as_later(answers, {"ab": ("a", "b")})

    assert list(found["group"]) == ["professionals"] * 3
    assert set(found["municipality"]) == {"ab"}


# --- Breaks in the series


def test_a_reworded_item_has_levels_but_no_difference(compared: dict[str, Comparison]):
    for found in compared.values():
        statistics = set(found.facts.query("subject == 'outreach'")["statistic"])
        assert found.silent["professionals", "outreach"] == "reworded"
        assert f"level.agree.{found.other}.now" in statistics
        assert not any(name.startswith("change.") for name in statistics)


def test_a_statement_worded_otherwise_in_another_round_breaks_the_series_by_itself():
    one, other = side("2028", {A: [3]}), side("2027", {A: [3]}, nl="Anders.")
    found = broken((one.settings, one.instrument), (other.settings, other.instrument))
    assert found == {("professionals", "x"): "reworded"}


def test_items_of_one_round_only_are_named_as_such():
    one, other = side("2028", {A: [3]}), side("2027", {A: [3]}, id="y")
    found = broken((one.settings, one.instrument), (other.settings, other.instrument))
    assert found == {("professionals", "x"): "absent", ("professionals", "y"): "gone"}


def test_reworded_must_name_items_that_the_round_asked(project: Project):
    settings_ = read_round(project, "2028").model_copy(update={"reworded": ["outraech"]})
    with pytest.raises(CallError, match=r"2028/round\.yml: reworded names outraech, no item"):
        round_instrument(project, settings_)


# --- Printed totals


def test_with_printed_totals_there_are_only_differences_of_shares(
    compared: dict[str, Comparison],
):
    found = compared["2016"]

    assert found.printed
    assert set(found.facts["base"]) <= {"municipalities", "respondents"}
    assert not found.facts["statistic"].str.contains("mean").any()
    assert found.silent["professionals", "referral_problems"] == "open"


def test_a_printed_count_gives_a_difference_with_newcombes_interval(
    compared: dict[str, Comparison],
):
    facts = compared["2016"].facts
    key = "survey/specific_attention/professionals/all/municipalities"
    then, now = (dict(facts.loc[f"{key}/level.agree.2016.{when}"]) for when in ("then", "now"))
    change = dict(facts.loc[f"{key}/change.agree.2016"])

    assert (then["numerator"], then["denominator"], then["provenance"]) == (26, 31, "reconstructed")
    assert change["value"] == pytest.approx(now["value"] - then["value"])
    assert change["known"] == "exact"
    assert change["low"] < change["value"] < change["high"]


def test_a_printed_range_gives_a_range_and_no_interval(compared: dict[str, Comparison]):
    facts = compared["2016"].facts
    key = "survey/less_known/professionals/all/municipalities"
    now = dict(facts.loc[f"{key}/level.agree.2016.now"])
    change = dict(facts.loc[f"{key}/change.agree.2016"])

    # Between 6 and 8 of the 31 municipalities, as printed.
    assert change["known"] == "range"
    assert (change["low"], change["high"]) == pytest.approx(
        (now["value"] - 100 * 8 / 31, now["value"] - 100 * 6 / 31)
    )


def test_what_one_round_counts_by_person_and_the_other_by_municipality_is_not_compared(
    project: Project,
):
    now, then = (load_round(project, name).data for name in ("2029", "2016"))
    items = [
        item.model_copy(update={"publish": dict.fromkeys(item.publish, "respondents")})
        for item in now.instrument.items
    ]
    persons = now.instrument.model_copy(update={"items": items})
    counted = replace(now, instrument=persons)
    found = compare_totals(counted, published_facts(counted), then)
    assert found.silent["professionals", "specific_attention"] == "counted"


# --- What can be named


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ("2029", "2029 is not earlier than 2029; allowed: 2016, 2027, 2028"),
        ("2027,2020", "2020 is no round; allowed: 2016, 2027, 2028"),
        ("2027 2027", "2027 stands there twice"),
    ],
)
def test_a_round_that_cannot_be_compared_with_is_one_clear_line(
    project: Project, told: str, message: str
):
    with pytest.raises(CallError) as error:
        compared_rounds(project, "2029", told)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_rounds_to_compare_with_come_in_the_order_of_their_years(project: Project):
    assert compared_rounds(project, "2029", "2028, 2016") == ["2016", "2028"]
    assert compared_rounds(project, "2029", "") == []


def test_nothing_is_told_where_no_round_is_named(project: Project):
    found = open_rounds(open_study("2029", project=project))
    assert found.section().blocks == [] and found.trend().blocks == []


# --- What the report tells


def words(blocks: Blocks) -> str:
    return "\n".join(plain_text(s) for block in blocks.blocks for s in span_lists(block))


def chapter(
    project: Project, compared: dict[str, Comparison], *others: str, language: str = "nl"
) -> RoundsChapter:
    """What the report of 2029 tells beside `others`."""
    study = open_study("2029", language, project=project)
    return RoundsChapter(study, [compared[other] for other in others])


@pytest.mark.parametrize(
    ("language", "none", "broke", "changed"),
    [
        ("nl", "geen van de 16 stellingen is er bij dezelfde gemeenten een aantoonbaar verschil",
         "de reeks hier breekt", "aantoonbaar veranderd op"),
        ("en", "none of the 16 statements is there a demonstrable difference",
         "the series breaks here", "changed demonstrably on"),
    ],
)  # fmt: skip
def test_the_report_calls_nothing_a_change_where_only_the_composition_changed(
    project: Project, compared: dict[str, Comparison],
    language: str, none: str, broke: str, changed: str,
):  # fmt: skip
    told = words(chapter(project, compared, "2027", language=language).section())

    assert none in told
    assert broke in told
    assert changed not in told
    assert re.search(r"\b22\b", told)  # municipalities in both rounds


def test_a_demonstrable_change_is_told_with_its_interval_and_number_of_municipalities(
    project: Project, compared: dict[str, Comparison]
):
    section = chapter(project, compared, "2028").section()
    told = [plain_text(item) for b in section.blocks if b["kind"] == "list" for item in b["items"]]

    assert len(told) > 5
    assert all(re.search(r", in \d+ gemeenten\.$", line) for line in told)
    # Both limits have the same sign, and neither is printed as zero.
    assert all(re.search(r"\(\+[\d,]*[1-9][\d,]* tot \+|\(−[\d,]+ tot −[\d,]*[1-9]", line)
               for line in told)  # fmt: skip


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(
    ("rest", "alone", "said"),
    [
        (0, 0, {"nl": (), "en": ()}),
        (1, 0, {"nl": ("Op de ene andere stelling",), "en": ("On the one other statement",)}),
        (1, 1, {"nl": ("zou dat een verandering heten",), "en": ("it would have been called",)}),
        (2, 1, {"nl": ("andere 2 stellingen", "zou een daarvan"),
                "en": ("other 2 statements", "one of these would")}),
        (4, 2, {"nl": ("andere 4 stellingen", "zouden 2 daarvan"),
                "en": ("other 4 statements", "2 of these would")}),
    ],
)  # fmt: skip
def test_none_one_and_several_statements_without_a_change_are_each_told_in_good_language(
    project: Project, compared: dict[str, Comparison], language: str, rest: int, alone: int,
    said: dict[str, tuple[str, ...]],
):  # fmt: skip
    """`rest` professionals' means are no change, `alone` of them only by the adjustment."""
    facts = compared["2028"].facts.copy()
    keys = [
        f"survey/{item}/professionals/all/matched/change.mean.2028"
        for item, group in changes(compared["2028"], "mean", "matched").index
        if group == "professionals"
    ]
    for place, key in enumerate(keys):
        facts.loc[key, ["value", "low", "high"]] = [0.5, 0.1, 0.9]
        facts.loc[f"{key}.p", "value"] = 0.01 if place >= rest or place < alone else 0.4
        facts.loc[f"{key}.changed", "value"] = float(place >= rest)
    study = open_study("2029", language, project=project)
    chapter_ = RoundsChapter(study, [replace(compared["2028"], facts=facts)])
    own = {key.split("/")[1]: key for key in keys}
    told = " ".join(
        plain_text(s) for b in chapter_._told("mean", "professionals", "2028", own)
        for s in span_lists(b)
    )  # fmt: skip

    assert [phrase for phrase in said[language] if phrase not in told] == []
    after = told[told.rfind("gemeenten." if language == "nl" else "municipalities.") :]
    assert ("Zonder" in told or "Without" in told) == bool(alone)
    assert not re.search(r"\b[01] (statements|stellingen|of these|daarvan)", told)
    assert rest or after in ("gemeenten.", "municipalities.")


def test_the_only_statement_that_can_be_compared_is_told_without_a_plural(
    project: Project, compared: dict[str, Comparison]
):
    key = "survey/less_trust/professionals/all/matched/change.mean.2027"
    for language, phrase in (("nl", "de enige stelling"), ("en", "the only statement")):
        found = chapter(project, compared, "2027", language=language)
        (block,) = found._told("mean", "professionals", "2027", {"less_trust": key})
        (spans,) = span_lists(block)
        assert phrase in plain_text(spans)


def test_what_was_called_a_change_stands_in_the_table_with_both_p_values(
    project: Project, compared: dict[str, Comparison]
):
    section = chapter(project, compared, "2028", language="en").section()
    (found,) = (b for b in section.blocks if b.get("id") == "table-rounds-2028-officials-tests")
    names = [plain_text(column["label"]) for column in found["columns"]]
    assert names == ["Statement", "Mean, difference", "p", "p adjusted",
                     "Share, difference", "p", "p adjusted"]  # fmt: skip
    for row_ in found["rows"]:
        raw, adjusted = (float(plain_text(row_[n]).strip("< ")) for n in (2, 3))
        assert raw <= adjusted <= 1


def test_the_compared_rounds_files_are_in_the_list_of_sources(project: Project):
    study = open_study("2029", project=project)
    lists = {
        rounds: {
            plain_text(row_[0]): plain_text(row_[1])
            for b in AuditChapter(study, rounds).sources_list().blocks
            if b.get("id") == "table-sources"
            for row_ in b["rows"]
        }
        for rounds in ((), ("2016", "2027"))
    }
    more = lists["2016", "2027"]

    assert not [name for name in lists[()] if "/2016/" in name or "/2027/" in name]
    assert "survey/municipalities.csv" not in lists[()]
    assert {"survey/2016/published.csv", "survey/2027/frame.csv"} <= more.keys()
    assert "survey/municipalities.csv" in more
    assert more["survey/2027/frame.csv"] == more["survey/2029/frame.csv"]
    assert more["survey/2016/published.csv"] and not [n for n in more if "/2028/" in n]


def test_the_limit_of_a_change_is_never_printed_as_zero(
    project: Project, compared: dict[str, Comparison]
):
    facts = compared["2028"].facts.copy()
    key = "survey/less_trust/professionals/all/matched/change.mean.2028"
    facts.loc[key, ["value", "low", "high"]] = [0.4, 0.0004, 0.8]
    found = replace(compared["2028"], facts=facts)
    study = open_study("2029", project=project)

    assert RoundsChapter(study, [found]).interval(key, 2)["v"] == "+0,0004 tot +0,80"
    facts.loc[key, "low"] = -0.0004  # no change, so nothing is claimed of its sign
    assert RoundsChapter(study, [found]).interval(key, 2)["v"] == "0,00 tot +0,80"


def test_printed_totals_are_told_without_a_matched_row_and_why(
    project: Project, compared: dict[str, Comparison]
):
    section = chapter(project, compared, "2016", language="en").section()

    assert "there is no row for them" in words(section)
    found, officials = (b for b in section.blocks if b["kind"] == "table")
    names = [plain_text(column["label"]) for column in found["columns"]]
    assert names[:5] == ["Statement", "Then", "Now", "Difference", "Interval or bounds"]
    assert names[5:] == ["p", "p adjusted"]
    short = load_round(project, "2029").data.instrument.item("less_known").short_en
    ranged = next(row for row in found["rows"] if plain_text(row[0]) == short)
    assert plain_text(ranged[1]) == "19–26%"
    assert [plain_text(ranged[n]) for n in (3, 5, 6)] == ["–"] * 3
    assert re.fullmatch(r"[+−][\d.]+ to [+−][\d.]+", plain_text(ranged[4]))
    assert plain_text(officials["rows"][0][0]).endswith(" (persons)")


def test_every_theme_has_a_figure_with_a_break_where_the_question_changed(
    project: Project, compared: dict[str, Comparison]
):
    blocks = chapter(project, compared, "2016", "2027").trend().blocks
    figures = {b["id"]: b for b in blocks if b["kind"] == "figure"}

    assert {f"figure-trend-professionals-{t}" for t in ("access", "method")} <= figures.keys()
    method = figures["figure-trend-professionals-method"]
    assert "vraag veranderd" in method["alt"]
    assert "vraag veranderd" not in figures["figure-trend-professionals-access"]["alt"]
    assert method["table"] is not None and method["provenance"] == "simulated"


def test_the_compared_rounds_files_are_inputs_of_the_report_and_no_other_rounds(project: Project):
    request = Request(project, "2029", "nl", {"compare": "2027"})
    named = stale.ingredients(request)["inputs"]

    folders = {name.split("/")[3] for name in named if name.startswith("data/raw/survey/")}
    assert {"2027", "2029"} <= folders
    assert not {"2016", "2028"} & folders


# --- The report, built for real


@pytest.fixture(scope="module")
def built(project: Project) -> tuple[Place, Outcome]:
    place = Place(project.root)
    return place, place.call("report", "--round", "2029", "--compare", "2027,2016")


@pytest.mark.slow
def test_the_report_with_two_rounds_is_built_and_shows_the_three_rows(
    built: tuple[Place, Outcome],
):
    place, outcome = built
    assert outcome.code == 0, outcome.err
    report = place.root / "reports/2029/nl/report.html"
    page = BeautifulSoup(report.read_text(encoding="utf-8"), "html.parser")
    table_ = page.find(id="table-rounds-2027-professionals-mean")
    assert table_ is not None
    kinds = [tr.find_all(["th", "td"])[1].get_text() for tr in table_.find_all("tr")[1:4]]
    assert kinds == ["dezelfde", "alle", "samenstelling"]
    assert page.find(id="table-rounds-2016-officials-printed") is not None
    sources = page.find(id="table-sources")
    assert sources is not None
    listed = {tr.find("th").get_text() for tr in sources.find("tbody").find_all("tr")}
    assert {f"survey/{name}/frame.csv" for name in ("2027", "2029")} <= listed
    assert "survey/2016/published.csv" in listed and "survey/2028/frame.csv" not in listed
    numbers = pd.read_csv(report.with_name("numbers.csv"), dtype="str", keep_default_na=False)
    assert {"change.mean.2027", "change.agree.2016"} <= set(numbers["statistic"])


@pytest.mark.slow
def test_a_round_that_cannot_be_compared_with_stops_a_build_before_anything_runs(
    built: tuple[Place, Outcome],
):
    place, _ = built
    before = (place.root / "reports/2029/nl/report.html").stat().st_mtime_ns
    other = place.run("report", "--round", "2029", "--compare", "2029")

    assert (other.code, len(other.err.splitlines())) == (2, 1)
    assert (place.root / "reports/2029/nl/report.html").stat().st_mtime_ns == before
