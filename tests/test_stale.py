"""What is stale: by content, never by time."""

from __future__ import annotations

import os
import shutil
import sys

import pytest

from analysis.build import stale
from analysis.build.request import Request
from analysis.project import Project
from building import TIME, reason, request_for
from conftest import ROOT, ROUND, Place


def test_a_finished_report_is_up_to_date_and_a_second_build_writes_nothing(small):
    before = {p: p.stat().st_mtime_ns for p in small.root.rglob("*")}

    outcome = small.run("report")

    assert outcome.out == f"reports/{ROUND}/nl/report.html is up to date\n"
    assert outcome.err == ""
    assert {p: p.stat().st_mtime_ns for p in small.root.rglob("*")} == before


def test_touching_a_file_or_moving_the_project_does_not_make_a_report_stale(small):
    for path in [*small.root.glob("notebooks/*"), *small.root.glob("data/raw/*/*")]:
        os.utime(path)
    moved = Place(small.root.rename(small.root.with_name("moved")))

    assert reason(moved) == ""


@pytest.mark.parametrize(
    "name",
    ["data/raw/cases/cases.csv", f"data/raw/survey/{ROUND}/round.yml", "notebooks/1_parts.ipynb"],
)
def test_a_changed_input_makes_the_report_stale_and_is_named(small, name):
    with (small.root / name).open("a", encoding="utf-8") as file:
        file.write("\n")

    assert reason(small) == f"changed since: {name}"


def test_new_and_lost_inputs_make_the_report_stale(small):
    (small.root / "data/raw/cases/more.csv").touch()
    assert reason(small) == "changed since: data/raw/cases/more.csv"

    (small.root / "data/raw/cases/more.csv").unlink()
    assert reason(small) == ""

    (small.root / "pyproject.toml").touch()
    assert reason(small) == "changed since: pyproject.toml"


def test_the_files_of_another_round_are_no_inputs(small):
    shutil.copytree(small.root / f"data/raw/survey/{ROUND}", small.root / "data/raw/survey/2027")

    assert reason(small) == ""
    inputs = stale.ingredients(Request(Project(small.root), "2027", "nl"))["inputs"]
    rounds = {name.split("/")[3] for name in inputs if name.startswith("data/raw/survey/")}
    assert {"2027", "municipalities.csv", "instrument.yml"} <= rounds
    assert ROUND not in rounds


def test_the_code_of_this_package_its_packages_and_python_are_inputs(small):
    ingredients = stale.ingredients(request_for(small))

    assert "src/analysis/build/stale.py" in ingredients["inputs"]
    assert "src/analysis/language/nl/report.yml" in ingredients["inputs"]
    assert {"papermill", "pandas", "typst"} <= ingredients["packages"].keys()
    assert ingredients["python"] == f"{sys.version_info.major}.{sys.version_info.minor}"


def test_another_parameter_makes_the_report_stale(small):
    assert reason(small, given={"draws": "4"}) == "changed since: draws"


def test_another_version_of_a_package_makes_the_report_stale(small, monkeypatch):
    versions = stale.package_versions() | {"pandas": "0.1"}
    monkeypatch.setattr(stale, "package_versions", lambda: versions)

    assert reason(small) == "changed since: pandas"


def test_a_hidden_file_beside_the_data_is_no_input(small):
    (small.root / "data/raw/.DS_Store").touch()

    assert reason(small) == ""


@pytest.mark.parametrize("name", ["report.pdf", "figures/figure-access.png", "provenance.json"])
def test_a_product_that_was_lost_or_spoilt_is_made_again_to_the_byte(small, name):
    before = small.files()
    path = small.folder / name
    if name == "report.pdf":
        path.unlink()
    else:
        path.write_bytes(b"{")

    assert reason(small) != ""
    assert small.run("report").code == 0
    assert small.files() == before


def test_making_a_product_again_does_not_run_the_notebooks_again(small):
    (small.folder / "report.pdf").unlink()

    assert reason(small) == "report.pdf is missing or was changed"
    assert small.run("report").code == 0
    assert "PDF …" in small.log
    assert "1_parts …" not in small.log


def test_a_spoilt_executed_notebook_is_run_again(small):
    before = small.files()
    (small.folder / "notebooks/1_parts.ipynb").write_text("{}")

    small.run("report")

    assert "1_parts …" in small.log
    assert small.files() == before


def test_force_runs_everything_again_and_writes_the_same_bytes(small):
    before = small.files()

    outcome = small.run("report", "--force", "--verbose")

    assert "building 2016-nl: forced" in outcome.err
    assert "1_parts …" in outcome.err
    assert small.files() == before


def test_provenance_names_every_input_and_output_with_its_checksum_and_no_time(small):
    record = stale.read_provenance(small.folder)
    files = small.files()
    content = (small.folder / stale.PROVENANCE).read_bytes()

    del files[stale.PROVENANCE]
    assert record["outputs"] == files
    assert record["parameters"] == {"round": ROUND, "language": "nl"}
    for name, checksum in record["inputs"].items():
        path = small.root / name if not name.startswith("src/") else ROOT / name
        assert stale.checksum(path) == checksum
    assert not TIME.search(content)
    assert str(small.root).encode() not in content
