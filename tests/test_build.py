"""What a build makes: one product or all, each exhibit as files, the real report."""

from __future__ import annotations

import csv
import io
import re
import shutil
import sys

import pytest
from PIL import Image

from analysis.build import stale
from analysis.build.products import png_pictures, table_csv
from analysis.project import Project
from conftest import PARAMETERS, ROOT, ROUND, Place, copy_project
from sample_blocks import picture, text

# --- Only one product


def test_only_one_product_of_a_stale_report_replaces_the_whole_report(small):
    small.write_notebook("2_more", "1 + 1")

    assert small.run("report", "--only", "pdf").out == f"reports/{ROUND}/nl/report.pdf\n"

    names = set(small.files())
    assert {"report.pdf", "audit.csv", "notebooks/2_more.ipynb", "provenance.json"} <= names
    assert not names & {"report.html", "numbers.csv", "notebooks/1_parts.html"}
    assert small.run("report", "--only", "pdf").out.endswith("up to date\n")


def test_only_adds_to_what_is_up_to_date_without_running_notebooks(small):
    whole = small.files()
    shutil.rmtree(small.folder)
    small.run("report", "--only", "notebooks")
    assert set(small.files()) == {"notebooks/1_parts.ipynb", "audit.csv", "provenance.json"}

    small.run("report", "--only", "html")
    assert "1_parts …" not in small.log
    assert "report.pdf" not in small.files()
    assert 'href="report.pdf"' not in (small.folder / "report.html").read_text(encoding="utf-8")

    small.run("report")
    assert "1_parts …" not in small.log
    assert small.files() == whole


def test_a_whole_report_needs_every_part_and_names_those_that_lack(small):
    before = small.files()
    small.write_notebook("1_parts", "1 + 1", parameters=PARAMETERS)

    outcome = small.run("report")

    assert outcome.code == 3
    assert "no cell shows blocks" in outcome.err or "the report lacks brief" in outcome.err
    assert small.files() == before


# --- Products


def test_pictures_become_png_of_the_same_proportions_and_bytes():
    svg = picture(640, 320, ["a", "b"], [1.0, 2.0])

    first, second = png_pictures([svg, svg]), png_pictures([svg, svg])

    assert first == second
    for png in first:
        image = Image.open(io.BytesIO(png))
        assert image.width == pytest.approx(160 / 25.4 * 200, abs=2)
        assert image.width / image.height == pytest.approx(2, rel=0.01)
    assert png_pictures([]) == []


def test_a_table_becomes_csv_of_what_is_printed():
    grid = {
        "columns": [{"label": [text("Wat, waar")]}, {"label": [text("Hoe veel")]}],
        "rows": [[[text("een "), text("twee")], [{"t": "num", "id": "x", "v": "1.234"}]]],
    }

    assert table_csv(grid) == '"Wat, waar",Hoe veel\neen twee,1.234\n'


def test_every_exhibit_stands_beside_the_report_as_files(small):
    assert {name for name in small.files() if name.startswith(("figures", "tables"))} == {
        "figures/figure-access.svg",
        "figures/figure-access-phone.svg",
        "figures/figure-access.png",
        "tables/figure-access.csv",
        "tables/table-access.csv",
    }


# --- The real report


@pytest.mark.slow
def test_the_real_report_is_whole(built_report):
    files = set(built_report.files())

    assert {
        "report.html",
        "report.pdf",
        "numbers.csv",
        "numbers.html",
        "audit.csv",
        "provenance.json",
    } <= files
    for path in stale.notebook_paths(Project(built_report.root)):
        assert {f"notebooks/{path.stem}.ipynb", f"notebooks/{path.stem}.html"} <= files
    page = (built_report.folder / "report.html").read_text(encoding="utf-8")
    for figure in re.findall(r'<figure[^>]* id="(figure-[\w-]+)"', page):
        assert {f"figures/{figure}.svg", f"figures/{figure}.png"} <= files


@pytest.mark.slow
def test_every_link_of_the_real_report_leads_to_a_file_of_it(built_report):
    for path in built_report.folder.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        for address in re.findall(r'href="([^"#:]+)(?:#[^"]*)?"', page):
            assert (path.parent / address).is_file(), f"{path.name}: {address}"


@pytest.mark.slow
def test_the_audit_has_a_row_for_every_claim(built_report):
    with (built_report.folder / "audit.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    claims = []
    for path in sorted((ROOT / "data/raw").rglob("claims.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            claims += [row["id"] for row in csv.DictReader(file)]

    assert sorted(row["id"] for row in rows) == sorted(claims)
    assert all(row["verdict"] for row in rows)


@pytest.mark.slow
def test_no_file_of_the_real_report_holds_the_project_s_path(built_report):
    told = [str(built_report.root).encode(), str(ROOT).encode() + b"/", sys.prefix.encode()]
    for path in built_report.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [place for place in told if place in content], path.name


@pytest.mark.slow
def test_two_builds_in_other_surroundings_write_the_same_bytes(built_report, tmp_path):
    root = copy_project(
        tmp_path / "another place", "data/raw", "notebooks", "pyproject.toml", "requirements.lock"
    )
    other = Place(root)

    outcome = other.call(
        "report", "--jobs", "3", TZ="Pacific/Kiritimati", LC_ALL="C", PYTHONHASHSEED="4711"
    )

    assert outcome.code == 0, outcome.err
    assert other.files() == built_report.files()


@pytest.mark.slow
def test_the_languages_differ_in_words_and_not_in_numbers(built_report, built_report_en):
    values = []
    for place in (built_report, built_report_en):
        with (place.folder / "numbers.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        values.append({row["id"].split(".2")[0]: (row["value"], row["unit"]) for row in rows})
    both = values[0].keys() & values[1].keys()

    assert len(both) > 100
    assert [key for key in both if values[0][key] != values[1][key]] == []
    assert built_report.files()["report.html"] != built_report_en.files()["report.html"]
