"""The appendix on the coding: frame, crosswalk, units, and how far coders agree."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from analysis.chapters.coding_appendix import CodingAppendix, open_coding
from analysis.evidence.agreement import FEWEST, agreement_facts, ratings_of
from analysis.project import LANGUAGES, CallError, DataError, Project
from analysis.raw.coders import CODERS, CODERS_FILE, read_coders
from analysis.raw.sources import seal
from analysis.report.checks import check_block
from analysis.report.spans import Block, plain_text
from analysis.report.writer import Blocks
from analysis.study import open_study
from evidence_samples import coding_frame, evidence, value
from helpers import copy_raw, real_project, real_study

METHODS = ("opening", "frame_tables", "crosswalk", "agreement")
# Krippendorff (2011), "Computing Krippendorff's alpha-reliability": two observers and two values
# (alpha .095), and four observers, five values and gaps (.743).
TWO = ("0100000010", "1110010000")
FOUR = ("012210301...", "0122113014.2", ".2221231140.", "01221330140.")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return copy_raw(tmp_path)


def of_id(shown: Blocks, name: str) -> Block:
    return next(block for block in shown.blocks if block.get("id") == name)


def prose(shown: Blocks) -> str:
    return " ".join(plain_text(b["text"]) for b in shown.blocks if b["kind"] == "paragraph")


def by_hand(*told: dict[str, Any], **more: Any) -> CodingAppendix:
    """The appendix on evidence made by hand."""
    study = open_study(2016, "nl", None, real_project())
    study.__dict__["cases"] = evidence(*told, **more)
    return CodingAppendix(study)


def coders(*lines: str, column: str = "theme", codes: str = "") -> pd.DataFrame:
    """A line of values per coder, a sign per unit; a dot is a unit that was not coded."""
    names = codes.split() or ["access", "method"]
    made = [
        {"unit": f"u-{unit:02}", "coder": f"coder-{coder}", column: names[int(sign)]}
        for coder, line in enumerate(lines, start=1)
        for unit, sign in enumerate(line)
        if sign != "."
    ]
    return pd.DataFrame(made).reindex(columns=list(CODERS), fill_value="")


def write_coders(project: Project, text: str) -> Path:
    path = project.raw / CODERS_FILE
    path.write_text(text, encoding="utf-8")
    sidecar = yaml.safe_load((project.raw / "cases/cases.csv.source.yml").read_text("utf-8"))
    path.with_name(path.name + ".source.yml").write_text(yaml.safe_dump(sidecar), encoding="utf-8")
    seal(project, path)
    return path


# Agreement


def test_alpha_is_what_the_literature_gives():
    facts = agreement_facts(coders(*TWO), coding_frame(), confidence=0.95, seed=1)
    found = facts.loc["cases/coders.theme/-/-/coders/alpha"]
    assert found["value"] == pytest.approx(0.095, abs=0.0005)
    assert found["low"] < found["value"] < found["high"]
    assert value(facts, "coders.theme", "agree", "coders") == pytest.approx(60)
    assert value(facts, "coders", "units", "coders") == 10
    assert value(facts, "coders", "coders", "coders") == 2
    assert value(facts, "theme.access", "units", "coders") == 9
    assert value(facts, "theme.method", "units", "coders") == 5
    assert value(facts, "theme.process", "units", "coders") == 0
    # One of two themes against the other is the same question.
    facts = agreement_facts(
        coders(*(line * 2 for line in TWO)), coding_frame(), confidence=0.95, seed=1
    )
    whole = value(facts, "coders.theme", "alpha", "coders")
    assert value(facts, "theme.access", "alpha", "coders") == pytest.approx(whole)


def test_on_few_units_there_is_no_alpha_but_the_share_that_agrees():
    facts = agreement_facts(
        coders(*(line[: FEWEST - 1] for line in TWO)), coding_frame(), confidence=0.95, seed=1
    )
    assert value(facts, "coders.theme", "units", "coders") == FEWEST - 1
    assert value(facts, "coders.theme", "absent.alpha.few_units", "coders") == 1
    assert value(facts, "coders.theme", "agree", "coders") == pytest.approx(500 / 9)
    assert "cases/coders.theme/-/-/coders/alpha" not in facts.index


def test_alpha_with_gaps_is_what_the_literature_gives():
    kinds = "bottleneck fact recommendation advice improvement"
    table = coders(*FOUR, column="kind", codes=kinds)
    facts = agreement_facts(table, coding_frame(), confidence=0.95, seed=1)
    assert value(facts, "coders.kind", "alpha", "coders") == pytest.approx(0.743, abs=0.0005)
    assert value(facts, "coders.kind", "units", "coders") == 11
    assert value(facts, "coders.theme", "units", "coders") == 0


def test_units_that_one_coder_has_do_not_count():
    alone = coders("01", "..")
    assert agreement_facts(alone, coding_frame(), confidence=0.95, seed=1).empty


def test_several_speakers_are_one_value_in_any_order():
    table = coders("00", "00", column="actor", codes="team")
    table["actor"] = ["team municipality", "team", "municipality team", "municipality"]
    ratings = ratings_of(table, "actor")
    assert ratings["u-00"].nunique() == 1
    facts = agreement_facts(table, coding_frame(), confidence=0.95, seed=1)
    assert value(facts, "coders.actor", "agree", "coders") == 50


@pytest.mark.parametrize(
    ("lines", "reason", "has_alpha"),
    [
        ((10 * "0", 10 * "0"), "no_variation", False),
        ((5 * "01", 5 * "01"), "all_alike", True),
    ],
)
def test_where_alpha_or_its_interval_is_missing_a_reason_stands(lines, reason, has_alpha):
    facts = agreement_facts(coders(*lines), coding_frame(), confidence=0.95, seed=1)
    assert value(facts, "coders.theme", f"absent.alpha.{reason}", "coders") == 1
    assert ("cases/coders.theme/-/-/coders/alpha" in facts.index) is has_alpha
    assert value(facts, "coders.theme", "agree", "coders") == 100


def test_without_a_file_there_is_nothing_and_the_appendix_says_so(project):
    assert read_coders(project, coding_frame()).empty
    shown = CodingAppendix(real_study()).agreement()
    assert [block["kind"] for block in shown.blocks] == ["heading", "paragraph"]
    assert "geen bestand" in prose(shown)


def test_the_file_of_coders_becomes_a_table(project):
    lines = ["unit,coder,theme,kind,actor"]
    for coder, told in (("a", "access access method"), ("b", "access method method")):
        themes = 4 * told.split()
        lines += [f"u{i},{coder},{theme},fact,team" for i, theme in enumerate(themes)]
    write_coders(project, "\n".join(lines) + "\n")
    made = CodingAppendix(open_study(2016, "nl", None, project))
    shown = made.agreement()
    assert not [problem for block in shown.blocks for problem in check_block(block)]
    table = of_id(shown, "table-coding-agreement")
    rows = {plain_text(row[0]): [plain_text(cell) for cell in row[1:]] for row in table["rows"]}
    # Two of three agree; dealt out at random 288 of 552 pairs would differ: 1 - 23 * 8 / 288.
    assert rows["Thema"][:2] == ["12", "0,36"]
    assert rows["Thema"][-1] == "67%"
    assert rows["Soort"] == ["12", "–", "–", "100%"]
    assert rows[made.labels("themes")["access"]] == ["8", "–", "–", "67%"]
    assert made.labels("themes")["vision"] not in rows
    assert "minder dan tien eenheden" in plain_text(table["note"])
    assert "Waar alfa met genoeg eenheden ontbreekt" in plain_text(table["note"])
    assert "twaalf eenheden door twee codeurs" in prose(shown)


def test_a_file_without_a_unit_of_two_coders_is_said_to_have_none(project):
    write_coders(project, "unit,coder,theme,kind,actor\nu1,a,access,fact,team\n")
    told = prose(CodingAppendix(open_study(2016, "nl", None, project)).agreement())
    assert "geen eenheid" in told


def test_all_that_is_wrong_in_the_file_is_told_at_once(project):
    write_coders(
        project,
        "unit,coder,theme,kind,actor\nu1,a,acces,fact,team\nu1,a,access,fact,team teem\n",
    )
    study = open_study(2016, "nl", None, project)
    with pytest.raises(DataError) as error:
        read_coders(project, study.cases.frame)
    lines = str(error.value).splitlines()
    assert len(lines) == 3
    assert "row 2, column theme" in lines[0]
    assert "row 2 too" in lines[1]
    assert "teem" in lines[2]


# The frame, the units and the sections


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_block_is_as_blocks_must_be(language):
    made = CodingAppendix(real_study(language))
    blocks = [block for method in METHODS for block in getattr(made, method)().blocks]
    assert not [problem for block in blocks for problem in check_block(block)]


def test_every_code_of_the_frame_is_shown_with_the_place_of_its_example():
    made = CodingAppendix(real_study())
    shown = made.frame_tables()
    tables = [of_id(shown, f"table-coding-{name}") for name in ("points", "codes")]
    told = {plain_text(row[1]): plain_text(row[2]) for table in tables for row in table["rows"]}
    lines = made.data.fragments.set_index("id")["line"]
    for group in ("themes", "points", "kinds", "actors", "forms", "policy", "addressees"):
        for item in made.frame.group(group).values():
            place = told[item.definition_nl]
            line = f"\N{NO-BREAK SPACE}{lines[item.example]:.0f}" if item.example else "–"
            assert place.endswith(line)


def test_counts_stand_beside_the_codes():
    made = by_hand({"point": "trust"}, {}, {"actor": "team researcher"})
    shown = made.frame_tables()
    points = {
        plain_text(r[0]): plain_text(r[-1]) for r in of_id(shown, "table-coding-points")["rows"]
    }
    assert (points["Access"], points["Trust"], points["Known"]) == ("3", "1", "–")
    codes = {
        plain_text(r[0]): plain_text(r[-1]) for r in of_id(shown, "table-coding-codes")["rows"]
    }
    assert (codes["Statement"], codes["Researcher"], codes["Municipality"]) == ("3", "1", "–")


SECTIONS = (
    {"section": "s-1", "label_nl": "Begin", "themes": "access method", "bullets": 1.0},
    {"section": "s-2", "label_nl": "Eind", "themes": "", "source": "b.txt", "last_line": 4.0},
)


def test_the_crosswalk_has_each_section_under_each_of_its_themes():
    made = by_hand({}, {"source": "b.txt"}, sections=SECTIONS)
    table = of_id(made.crosswalk(), "table-coding-crosswalk")
    assert [[plain_text(cell) for cell in row] for row in table["rows"]] == [
        ["access", "2016a", "begin (1–9)"],
        ["method", "2016a", "begin (1–9)"],
        ["Geen thema", "2016b", "eind (1–4)"],
    ]
    assert "2016b: b.txt" in plain_text(table["note"])


def test_without_sections_there_is_no_crosswalk():
    kinds = [block["kind"] for block in by_hand({}).crosswalk().blocks]
    assert kinds == ["heading", "paragraph"]


def test_what_was_counted_and_not_coded_is_told():
    made = by_hand({"section": "s-1"}, sections=SECTIONS[:1])
    told = prose(made.opening())
    assert "het verschilt in ‘Begin’ (a.txt)" in told
    made = by_hand({"section": "s-1", "form": "bullet"}, sections=SECTIONS[:1])
    assert "Elk daarvan heeft een fragment." in prose(made.opening())


def test_units_of_a_document_that_nobody_counted_are_a_dash():
    made = by_hand({"section": "s-1"}, {"source": "b.txt"}, sections=SECTIONS[:1])
    table = of_id(made.opening(), "table-coding-units")
    rows = {plain_text(row[0]): [plain_text(cell) for cell in row[1:]] for row in table["rows"]}
    assert rows["2016a: a.txt"] == ["1", "1", "0", "1", "0", "0", "0"]
    assert rows["2016b: b.txt"] == ["–", "1", "0", "–", "0", "–", "0"]
    assert table["row_marks"] == ["", "", "total"]


def test_a_wrong_language_is_refused():
    with pytest.raises(CallError):
        open_coding("2016", "de")
