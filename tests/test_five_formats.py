"""One simulated round in the export of five programs: the same answers, and a marked report."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup, Tag
from pypdf import PdfReader

from analysis.intake.importing import Imported
from analysis.project import Project
from analysis.raw.settings import read_instrument
from analysis.simulate.plan import Plan
from analysis.simulate.write import FORMATS
from analysis.survey.load import load_round
from analysis.survey.results import survey_facts
from conftest import ROOT, Outcome, Place
from rounds import ROUND, SimulatedRound, simulated_round

PLAN = Plan(respondents=90, municipalities=12, officials=14, seed=3)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, SimulatedRound]:
    """The same round, in a project of its own for each format."""
    root = tmp_path_factory.mktemp("formats")
    return {name: simulated_round(root / name, name, PLAN) for name in FORMATS}


@pytest.fixture(scope="module")
def imported(written: Mapping[str, SimulatedRound]) -> dict[str, Imported]:
    return {name: round.imported() for name, round in written.items()}


def ordered(answers: pd.DataFrame) -> list[tuple[str, ...]]:
    """The answers as text, in an order that does not depend on the file."""
    columns = sorted(set(answers.columns) - {"respondent"})
    texts = answers[columns].astype("object").where(answers[columns].notna(), "")
    return sorted(texts.itertuples(index=False, name=None))


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_gives_the_answers_that_were_drawn(
    format: str, written: Mapping[str, SimulatedRound], imported: Mapping[str, Imported]
):
    found = imported[format]
    assert found.errors == []
    assert found.formats == {written[format].export.name: format}
    assert ordered(found.answers) == ordered(written[format].answers)


def test_five_formats_give_identical_answers(imported: Mapping[str, Imported]):
    first, *others = (ordered(found.answers) for found in imported.values())
    assert len(first) == 104
    assert all(other == first for other in others)


@pytest.mark.parametrize("format", FORMATS)
def test_simulated_answers_are_known_as_such(format: str, imported: Mapping[str, Imported]):
    assert imported[format].simulated


def test_five_formats_give_the_same_results(written: Mapping[str, SimulatedRound]):
    told = []
    for round in written.values():
        data = load_round(round.project, ROUND).data
        assert data.provenance == "simulated"
        facts = survey_facts(data).drop(columns=["source"])
        told.append(facts.to_csv())
    assert len(set(told)) == 1


@pytest.mark.parametrize("format", ["limesurvey", "qualtrics"])
def test_sheets_that_do_not_count_are_counted(format: str, imported: Mapping[str, Imported]):
    left = {"limesurvey": {"incomplete"}, "qualtrics": {"incomplete", "preview"}}
    warnings = imported[format].warnings
    assert {name for name in warnings if name in ("incomplete", "preview")} == left[format]


# --- The report of a simulated round, built for real


@pytest.fixture(scope="module")
def report(written: Mapping[str, SimulatedRound]) -> tuple[Path, Outcome]:
    """The report of the round that came from LimeSurvey, in Dutch."""
    root = written["limesurvey"].project.root
    shutil.rmtree(root / "notebooks")
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, root / name)
    outcome = Place(root).call("report", "--round", ROUND)
    return root / "reports" / ROUND / "nl", outcome


def exhibits(report: Path) -> dict[str, Tag]:
    """The figures and tables of the report by id."""
    page = BeautifulSoup((report / "report.html").read_text(encoding="utf-8"), "html.parser")
    return {str(node["id"]): node for node in page.select(".exhibit") if node.get("id")}


def test_the_report_of_a_simulated_round_is_built(report: tuple[Path, Outcome]):
    folder, outcome = report
    assert outcome.code == 0, outcome.err
    names = {path.name for path in folder.iterdir()}
    assert {"report.html", "report.pdf", "numbers.csv", "audit.csv", "figures"} <= names


def test_every_exhibit_on_simulated_answers_says_so(report: tuple[Path, Outcome]):
    folder, _ = report
    found = exhibits(folder)
    about_answers = [
        name
        for name, node in found.items()
        # Not the list of files, which names the export as one of them.
        if name != "table-sources" and "2027/answers" in node.get_text().replace("\u200b", "")
    ]
    assert len(about_answers) >= 12
    captions = {name: found[name].select_one(".caption") for name in about_answers}
    silent = [n for n, c in captions.items() if c is None or "Gesimuleerd" not in c.get_text()]
    assert silent == []


def test_the_report_warns_on_its_first_page_and_nowhere_calls_answers_reconstructed(
    report: tuple[Path, Outcome],
):
    folder, _ = report
    pages = [page.extract_text() for page in PdfReader(folder / "report.pdf").pages]
    assert "gesimuleerd" in pages[0]
    assert "reconstru" not in " ".join(pages).lower()


def test_every_number_from_simulated_answers_is_called_so_in_the_ledger(
    report: tuple[Path, Outcome],
):
    folder, _ = report
    numbers = pd.read_csv(folder / "numbers.csv", dtype="str", keep_default_na=False)
    survey = numbers[numbers["source"].str.contains("2027/answers")]
    assert len(survey) > 200
    assert set(survey["provenance"]) == {"simulated"}


def test_all_items_of_the_instrument_are_in_the_report(report: tuple[Path, Outcome]):
    folder, _ = report
    numbers = pd.read_csv(folder / "numbers.csv", dtype="str", keep_default_na=False)
    asked = {item.id for item in read_instrument(Project(ROOT)).items}
    told = {subject.partition(".")[0] for subject in numbers["subject"]}
    # So few were asked about the conditions in the commission that nothing of it may be shown.
    assert asked - told <= {"criteria_aspects"}


def test_an_unchanged_round_is_not_built_again(report: tuple[Path, Outcome]):
    folder, _ = report
    before = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    outcome = Place(folder.parents[2]).call("report", "--round", ROUND)
    assert outcome.out.endswith("is up to date\n")
    assert json.loads((folder / "provenance.json").read_text(encoding="utf-8")) == before
