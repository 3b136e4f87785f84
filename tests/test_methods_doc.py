"""docs/methods.md: every worked example is what the package's own functions compute."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.disclosure.attack import attack, possible_counts
from analysis.disclosure.cells import Cell, Published, Relation, adds_up
from analysis.disclosure.rounding import rule_of
from analysis.disclosure.suppress import suppress
from analysis.stats.agreement import icc1, icc2, mean_rwg, rwg
from analysis.stats.coders import bootstrap_alpha, krippendorff_alpha, percent_agreement
from analysis.stats.concordance import icc_a1, lin_concordance
from analysis.stats.interval import Interval
from analysis.stats.means import cluster_mean, mean_of_municipalities, median_of_municipalities
from analysis.stats.multiplicity import benjamini_hochberg, holm
from analysis.stats.ordinal import probability_of_superiority
from analysis.stats.paired import (
    hodges_lehmann,
    matched_rank_biserial,
    paired_difference,
    probability_higher,
    sign_flip,
    signed_rank,
)
from analysis.stats.proportions import clopper_pearson, wilson
from analysis.stats.response import rake, worst_case
from analysis.survey.differences import other_means, same_means
from test_coverage import check

DOCUMENT = Path(__file__).parents[1] / "docs/methods.md"
Results = dict[str, tuple[str, ...]]


@cache
def section(heading: str) -> str:
    """The text under a heading."""
    parts = re.split(r"^## (.+)$", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))[heading]


def tables(heading: str, first: str) -> list[pd.DataFrame]:
    """The tables of a section whose first column is called `first`, cells as text."""
    found = []
    for block in re.findall(r"(?:^\|.*\|\n)+", section(heading), flags=re.MULTILINE):
        rows = [[cell.strip() for cell in line[1:-1].split("|")] for line in block.splitlines()]
        if rows[0][0] == first:
            found.append(pd.DataFrame(rows[2:], columns=rows[0]))
    return found


def results(heading: str) -> Results:
    """What a section says that comes out: by name the value, and the limits if there are any."""
    (table,) = tables(heading, "result")
    rows = table.itertuples(index=False, name=None)
    return {row[0]: tuple(cell for cell in row[1:] if cell) for row in rows}


def told(*values: float) -> tuple[str, ...]:
    """As the document prints numbers."""
    return tuple(f"{value + 0.0:.3f}" for value in values)


def interval(found: Interval) -> tuple[str, ...]:
    return told(found.value, found.low, found.high)


def numbers(column: pd.Series) -> list[float]:
    return [float(cell) for cell in column]


def test_means_and_medians():
    heading = "What is counted: the municipality"
    (table,) = tables(heading, "municipality")
    scores = [[float(score) for score in cell.split()] for cell in table["scores"]]
    means = [float(np.mean(row)) for row in scores]
    assert numbers(table["mean"]) == means
    places = np.repeat(table["municipality"], [len(row) for row in scores])
    everybody = np.concatenate(scores)
    assert "= 3.4; the average respondent 39 / 10 = 3.9" in " ".join(section(heading).split())
    nine = [1, 2, 2.5, 3, 3, 3.5, 4, 4, 5]
    assert "1, 2, 2.5, 3, 3, 3.5, 4, 4 and 5" in " ".join(
        section("The mean over municipalities").split()
    )
    assert results("The mean over municipalities") == {
        "mean over municipalities": interval(mean_of_municipalities(means, confidence=0.95)),
        "the same, 5 of 10 asked": interval(
            mean_of_municipalities(means, confidence=0.95, population=10)
        ),
        "mean over respondents": interval(cluster_mean(everybody, places, confidence=0.95)),
        "median of nine": interval(median_of_municipalities(nine, confidence=0.95)),
    }


def test_shares():
    found: Results = {}
    for name, method in (("Wilson", wilson), ("exact", clopper_pearson)):
        found[name] = interval(method(20, 31, confidence=0.95))
        found[f"{name}, 31 of 49"] = interval(method(20, 31, confidence=0.95, population=49))
        found[f"{name}, 1 of 25"] = interval(method(1, 25, confidence=0.95))
    assert results("The share of municipalities that agree") == found


def test_paired_differences():
    heading = "Two groups in the same municipalities"
    (table,) = tables(heading, "municipality")
    gaps = numbers(table["difference"])
    one, other = numbers(table["officials"]), numbers(table["professionals"])
    assert gaps == [first - second for first, second in zip(one, other, strict=True)]
    mean, middle = paired_difference(gaps, confidence=0.95), hodges_lehmann(gaps, confidence=0.95)
    assert results(heading) == {
        "mean difference, t": interval(mean.estimate),
        "p of paired t": told(mean.p_value),
        "p of sign-flip": told(sign_flip(gaps).p_value),
        "p of Wilcoxon": told(signed_rank(gaps).p_value),
        "Hodges-Lehmann": interval(middle.estimate),
        "rank-biserial": told(matched_rank_biserial(gaps)),
        "officials higher": told(probability_higher(gaps)),
    }
    assert "p = 6 / 64" in section(heading)
    assert sign_flip(gaps).p_value == 6 / 64
    assert f"at {100 * middle.confidence:.1f} %" in section(heading)
    assert f"add up to {signed_rank(gaps).statistic:g} of 21" in section(heading)


def test_probability_of_superiority():
    heading = "Two groups over all respondents"
    text = " ".join(section(heading).split())
    (given,) = re.findall(r"Officials ([\d, ]+) and professionals ([\d, ]+) make 12 pairs", text)
    sides = [[float(score) for score in side.split(",")] for side in given]
    scores, sizes = np.concatenate(sides), [len(side) for side in sides]
    group = np.repeat([True, False], sizes)
    found = probability_of_superiority(scores, group, np.arange(len(scores)), confidence=0.95)
    assert results(heading) == {"probability of superiority": told(found.estimate.value)}


def test_agreement():
    heading = "Agreement"
    (table,) = tables(heading, "team")
    scores = [[float(score) for score in cell.split()] for cell in table["scores"]]
    assert numbers(table["mean"]) == [np.mean(row) for row in scores]
    assert numbers(table["variance"]) == [np.var(row, ddof=1) for row in scores]
    assert numbers(table["rwg"]) == [rwg(row) for row in scores]
    everybody, teams = np.concatenate(scores), np.repeat(table["team"], 3)
    text = " ".join(section(heading).split())
    (given,) = re.findall(r"Professionals ([\d ]+) and officials ([\d ]+): variances", text)
    one, other = ([float(score) for score in side.split()] for side in given)
    assert results(heading) == {
        "ICC(1)": interval(icc1(everybody, teams, confidence=0.95).estimate),
        "ICC(2)": interval(icc2(everybody, teams, confidence=0.95).estimate),
        "mean rwg": told(mean_rwg(everybody, teams).value),
        "Lin's concordance": interval(lin_concordance(one, other, confidence=0.95).estimate),
        "ICC(A,1)": interval(icc_a1(one, other, confidence=0.95).estimate),
    }


def test_agreement_between_coders():
    heading = "Agreement between coders"
    (table,) = tables(heading, "fragment")
    ratings = table.drop(columns="fragment").replace("", None).to_numpy(dtype=object)
    found = bootstrap_alpha(ratings, confidence=0.95)
    assert found.estimate.value == krippendorff_alpha(ratings)
    assert results(heading) == {
        "percent agreement": told(percent_agreement(ratings)),
        "Krippendorff's alpha": interval(found.estimate),
    }
    assert f"of {found.values} × {found.values - 1} = 306" in " ".join(section(heading).split())


def test_response_and_raking():
    heading = "Those who did not answer"
    (table,) = tables(heading, "size")
    times = table["municipalities"].astype(int)
    frame = table[["size", "region"]].loc[table.index.repeat(times)].reset_index(drop=True)
    half = {"size": {"small": 0.5, "large": 0.5}, "region": {"west": 0.5, "east": 0.5}}
    made = rake(np.ones(len(frame)), half, frame)
    first = np.cumsum(times) - times
    assert tuple(table["in the end"]) == told(*made.weights[first])
    # The first round by hand: both margins in turn.
    weights = np.ones(len(frame))
    for margin, column in (("size", "size put right"), ("region", "region put right")):
        weights *= 5 / frame.assign(w=weights).groupby(margin)["w"].transform("sum").to_numpy()
        assert tuple(table[column]) == told(*weights[first])
    agree = table["agree"].astype(int)
    each = (made.weights[first] * agree).sum() / len(frame)
    assert results(heading) == {
        "worst case, 20 of 31 of 49": interval(worst_case(20, 31, 49)),
        "agree, unweighted": told(agree.sum() / len(frame)),
        "agree, raked": told(each),
        "Kish effect": told(made.effect),
    }


def test_many_tests():
    (table,) = tables("Many statements", "p")
    p = numbers(table["p"])
    assert tuple(table["Holm"]) == told(*holm(p))
    assert tuple(table["Benjamini-Hochberg"]) == told(*benjamini_hochberg(p))


def test_rounds_compared():
    heading = "Rounds compared"
    (table,) = tables(heading, "municipality")
    values = table.set_index("municipality").apply(pd.to_numeric)
    now, then = values["now"].dropna(), values["then"].dropna()
    both = now.index.intersection(then.index)
    matched = same_means(now[both], then[both], 0.95)
    whole = other_means(now, then, 0.95)
    assert results(heading) == {
        "matched": interval(matched),
        "all": interval(whole),
        "composition": told(whole.value - matched.value),
    }


# --- Disclosure


def cells_of(table: pd.DataFrame) -> tuple[list[Cell], list[Relation]]:
    """The counts of a printed table with totals, and how they add up."""
    rows, columns = list(table["position"]), list(table.columns[1:])
    counts = table.set_index("position").astype(int)
    cells = [Cell(f"{r}, {c}", n, n) for r in rows for c in columns if (n := int(counts.loc[r, c]))]
    relations = [adds_up([f"{r}, {c}" for c in columns[:-1]], f"{r}, all") for r in rows]
    relations += [adds_up([f"{r}, {c}" for r in rows[:-1]], f"all, {c}") for c in columns]
    return cells, relations


def test_disclosure():
    heading = "Nobody recognised"
    full, shown = tables(heading, "position")
    cells, relations = cells_of(full)
    totals = [cell.name for cell in cells if "all" in cell.name]
    found = suppress(cells, relations, 5, must_show=totals)
    assert found.primary == {"neutral, social"}
    assert not found.exposed
    printed = shown.set_index("position")
    for cell in cells:
        row, column = cell.name.split(", ")
        expected = "hidden" if cell.name in found.hidden else str(cell.count)
        assert printed.loc[row, column] == expected, cell.name

    alone = {cell.name: None if cell.name in found.primary else cell.count for cell in cells}
    assert [exposed.cell for exposed in attack(alone, relations, {}, 5)] == ["neutral, social"]
    published = found.published(cells)
    assert not attack(published, relations, {}, 5, sensitive=found.primary)
    one, all_four = (possible_counts(p, relations, {}) for p in (alone, published))
    ranges = {
        "only the 3 hidden: neutral, social": one["neutral, social"],
        "all four hidden: neutral, social": all_four["neutral, social"],
        "all four hidden: agree, youth": all_four["agree, youth"],
    }
    assert results(heading) == {name: (str(r.low), str(r.high)) for name, r in ranges.items()}


def test_disclosure_of_means():
    heading = "Means tell counts too"
    scores = {f"score {n}": n for n in range(1, 6)}
    positions = {"disagree": ("score 1", "score 2"), "neutral": ("score 3",),
                 "agree": ("score 4", "score 5")}  # fmt: skip
    relations = [adds_up(parts, position) for position, parts in positions.items()]
    relations.append(adds_up(positions, 10))
    told = {"agree": 8, "neutral": None, "disagree": None}
    alone = possible_counts(told, relations, {})
    with_mean = possible_counts(told, [*relations, Relation(scores, 46)], {})
    ranges = {
        "without the mean: disagree": alone["disagree"],
        "with the mean: disagree": with_mean["disagree"],
        "with the mean: neutral": with_mean["neutral"],
    }
    assert results(heading) == {name: (str(r.low), str(r.high)) for name, r in ranges.items()}


def test_disclosure_with_rounding():
    heading = "Rounded counts"
    full, _ = tables("Nobody recognised", "position")
    (printed,) = tables(heading, "rounded")
    cells, relations = cells_of(full)
    rule = rule_of(5, 5)
    shown = printed.set_index("rounded")
    told = {}
    for cell in cells:
        row, column = cell.name.split(", ")
        count = rule.show(cell.count)
        assert shown.loc[row, column] == ("hidden" if count is None else str(count)), cell.name
        told[cell.name] = None if count is None else Published(cell.name, *rule.behind(count))
    sensitive = {cell.name for cell in cells if cell.is_sensitive(5)}
    assert not attack(told, relations, {}, 5, sensitive=sensitive, rounded=told)
    possible = possible_counts(told, relations, {})
    ranges = {name: possible[name] for name in ("neutral, social", "agree, youth")}
    expected = {f"rounded: {name}": (str(r.low), str(r.high)) for name, r in ranges.items()}
    assert results(heading) == expected


# --- The experiment

COVERAGE = "Do the intervals do what they say?"


def test_the_table_by_true_share_is_what_the_experiment_prints():
    assert check.share_table() in section(COVERAGE)


@pytest.mark.parametrize(
    ("first", "verdicts", "low", "high"),
    [
        ("interval of 95 %", check.PRINTED | check.SLOW, 93.5, 97.5),
        ("interval of at least 95 %", check.GUARANTEED, 95, 100),
        ("interval of agreement, 95 %", check.AGREEMENT, 93, 97.5),
        ("interval of a change, 95 %", check.COMPARED, 93.5, 97.5),
        ("test at 5 %", check.TESTS, 0, 5.5),
    ],
)
def test_every_line_of_the_experiment_is_in_the_document_and_within_its_limits(
    first: str, verdicts: dict[str, object], low: float, high: float
):
    (table,) = tables(COVERAGE, first)
    assert list(table[first]) == list(verdicts)
    assert all(low <= figure <= high for figure in numbers(table.iloc[:, 1]))


def test_a_short_run_of_the_experiment_agrees_with_the_document():
    heads = (
        *("interval of 95 %", "interval of at least 95 %", "interval of agreement, 95 %"),
        *("interval of a change, 95 %", "for contrast: 95 %", "test at 5 %"),
    )
    lines = pd.concat([tables(COVERAGE, head)[0].set_axis(range(4), axis=1) for head in heads])
    printed = lines.set_index(0)
    for name, measured in check.measure(check.FAST, 100, seed=99).items():
        # The error of the printed figure, with that of a run of 1 in 20 of its rounds.
        error = float(printed.loc[name, 2]) * np.sqrt(21)
        assert abs(100 * measured.share - float(printed.loc[name, 1])) < 4.5 * error, name
