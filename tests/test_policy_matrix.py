"""The policy of municipalities: what the matrix draws, and what prose and tables make of data."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from matplotlib.lines import Line2D

from analysis.chapters.policy_matrix import PolicyMatrix, open_policy
from analysis.evidence.policy import policy_positions
from analysis.project import LANGUAGES, CallError
from analysis.report.charts.policy import draw_policy
from analysis.report.charts.style import PAGE, PHONE
from analysis.report.checks import check_block
from analysis.report.spans import Block, plain_text, spans_of
from analysis.report.writer import Blocks
from analysis.study import open_study
from chart_samples import EN, NL, assert_clear, strings
from evidence_samples import evidence
from helpers import real_project, real_study

METHODS = ("brief", "matrix", "rounds", "municipalities")


def chapter(language: str = "nl") -> PolicyMatrix:
    return PolicyMatrix(real_study(language))


def everything(made: PolicyMatrix) -> list[Block]:
    return [block for method in METHODS for block in getattr(made, method)().blocks]


def of_id(shown: Blocks, name: str) -> Block:
    return next(block for block in shown.blocks if block.get("id") == name)


def prose(shown: Blocks) -> str:
    found = [block for block in shown.blocks if block["kind"] == "paragraph"]
    return " ".join(plain_text(list(spans_of(block))) for block in found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_block_is_as_blocks_must_be(language):
    blocks = everything(chapter(language))
    assert not [problem for block in blocks for problem in check_block(block)]
    names = [block["id"] for block in blocks if "id" in block]
    assert len(names) == len(set(names))


def test_the_table_of_the_figure_says_what_was_coded():
    made = chapter()
    table = of_id(made.matrix(), "figure-policy-matrix")["table"]
    shown = {plain_text(row[0]): [plain_text(cell) for cell in row[2:]] for row in table["rows"]}
    labels = made.labels("policy") | {"not_stated": "–"}
    found = policy_positions(made.data)
    for case, of_case in found[found["year"] == made.year].groupby("case"):
        assert shown[made.case_name(str(case))] == [labels[p] for p in of_case["position"]]
    assert set(shown) == {made.case_name(case) for case in found["case"]}


def test_every_statement_of_the_study_stands_in_the_table_of_its_municipality():
    made = chapter()
    shown = made.municipalities()
    fragments = made.data.counted
    for case, year in made.places.items():
        if year != made.year:
            continue
        table = of_id(shown, f"table-policy-{case}")
        text = " ".join(plain_text(row[-1]) for row in table["rows"])
        told = fragments[(fragments["case"] == case) & (fragments["year"] == year)]
        assert len(told)
        assert all(summary.strip().removesuffix(".") in text for summary in told["summary_nl"])


def test_two_studies_stand_side_by_side_with_their_positions():
    made = chapter()
    shown = made.rounds()
    assert {"amersfoort", "roermond"} <= set(made.in_both)
    found = policy_positions(made.data).set_index(["case", "year", "aspect"])["position"]
    labels = made.labels("policy") | {"not_stated": "–"}
    aspects = {plain: aspect for aspect, plain in made.tables.aspect_labels.items()}
    for case in made.in_both:
        table = of_id(shown, f"table-policy-{case}-rounds")
        years = [int(plain_text(c["label"])) for c in table["columns"][1:-1]]
        assert years == sorted(years)
        for row in table["rows"]:
            name, *positions = (plain_text(cell) for cell in row[:-1])
            if aspect := aspects.get(name):
                assert positions == [labels[found[case, year, aspect]] for year in years]


def by_hand(*told: dict[str, Any]) -> PolicyMatrix:
    """The chapter on statements of municipalities made by hand; of Ede in 2014 if not told."""
    default = {"case": "ede", "year": 2014.0, "actor": "municipality"}
    study = open_study(2016, "nl", None, real_project())
    study.__dict__["cases"] = evidence(*(default | row for row in told))
    return PolicyMatrix(study)


def test_the_prose_names_what_is_most_and_least():
    zwolle, work = {"case": "zwolle"}, {"theme": "method"}
    made = by_hand(
        {"policy": "present"},
        {"policy": "partly", **zwolle},
        {"policy": "absent", **work},
        {"policy": "partly", **work, **zwolle},
    )
    told = prose(made.matrix())
    assert "De meeste gemeenten hebben iets op het gebied van reach (alle twee)." in told
    assert "Het minst is er op het gebied van work (één van de twee)." in told
    assert "Bij reach is het vaakst iets vastgelegd of geregeld (één van de twee)." in told
    assert "Bij work ontbreekt beleid het vaakst uitdrukkelijk (één van de twee)." in told
    assert "Op de meeste aspecten is er iets in Zwolle (alle twee)." in told
    assert "Op de minste aspecten is er iets in Ede (één van de twee)." in told


def test_what_is_the_same_everywhere_is_not_called_most_or_least():
    told = prose(by_hand({"policy": "partly"}, {"policy": "partly", "theme": "method"}).matrix())
    assert "minst" not in told
    assert "Op geen enkel aspect" in told
    assert "uitdrukkelijk" not in told
    assert "minste aspecten" not in told


def test_what_is_alike_differs_or_stands_alone_is_told_apart():
    later = {"year": 2016.0}
    made = by_hand({"policy": "absent"}, {"policy": "present", **later},
                   {"policy": "partly", "theme": "method"})  # fmt: skip
    told = prose(made.rounds())
    assert "Een verschil is er bij reach (in 2014 absent, in 2016 present)." in told
    assert "Alleen in 2014 komt beleid ter sprake over work." in told
    assert "overeen" not in told
    told = prose(by_hand({"policy": "partly"}, {"policy": "partly", **later}).rounds())
    assert "Voor reach (partly) komt het beeld van 2014 en 2016 overeen." in told
    assert "verschil is er" not in told


def test_a_statement_has_its_position_speaker_and_line():
    said = {"summary_nl": "Ede doet dit.", "line": 12.0}
    made = by_hand(
        {**said, "policy": "partly", "actor": "team municipality", "form": "quotation"},
        {"summary_nl": "Ede weet dit.", "line": float("nan")},
    )
    (row,) = of_id(made.municipality("ede"), "table-policy-ede")["rows"]
    assert [plain_text(cell) for cell in row] == [
        "reach", "partly",
        "Ede doet dit (partly; team en municipality; citaat, in onze woorden; 12). Ede weet dit.",
    ]  # fmt: skip


def test_statements_of_two_documents_name_theirs():
    made = by_hand({"policy": "partly"}, {"policy": "absent", "year": 2016.0, "source": "b.txt"})
    table = of_id(made.rounds(), "table-policy-ede-rounds")
    text = plain_text(table["rows"][0][-1])
    assert "(partly; 2014:1)" in text
    assert "(absent; 2016:1)" in text
    assert "2016 is b.txt" in plain_text(table["note"])


def test_the_tables_of_two_studies_hold_only_what_is_about_policy():
    made = by_hand({"policy": "partly"}, {"policy": "absent", "year": 2016.0},
                   {"summary_nl": "Iets anders."}, {"theme": "process"})  # fmt: skip
    told = str(of_id(made.rounds(), "table-policy-ede-rounds")["rows"])
    assert "Iets anders" not in told
    table = of_id(made.municipalities(), "table-policy-ede")
    assert "Iets anders" in str(table["rows"])
    assert plain_text(table["rows"][-1][0]) == "Overig"


def test_a_municipality_of_a_later_study_alone_stands_below_the_others():
    made = by_hand({"policy": "partly"}, {"case": "zwolle", "policy": "absent", "year": 2027.0},
                   {"case": "delft", "policy": "absent"})  # fmt: skip
    assert made.places == {"ede": 2014, "zwolle": 2027}
    assert "Onderaan staan gemeenten" in prose(made.matrix())
    assert not made.rounds().blocks
    assert not [b for b in made.municipalities().blocks if b.get("id") == "table-policy-zwolle"]
    with pytest.raises(CallError, match="known: ede, zwolle"):
        made.municipality("joint")


def test_without_policy_the_section_says_so():
    made = by_hand({})
    assert [block["kind"] for block in everything(made)] == ["heading", "paragraph"]
    assert "niets" in prose(made.matrix())


def test_a_long_cell_is_divided_over_rows_with_each_statement_once():
    made = chapter()
    for block in made.municipalities().blocks:
        if block["kind"] != "table":
            continue
        texts = [plain_text(row[-1]) for row in block["rows"]]
        assert max(map(len, texts)) < 1400
        assert len(texts) == len(set(texts))


def test_a_wrong_language_is_refused():
    with pytest.raises(CallError):
        open_policy("2016", "de")


# The picture


def sample(positions: dict[str, list[str]], band: str = "2014") -> pd.DataFrame:
    """Cells of a matrix: positions by municipality, on aspects a, b, …"""
    made = []
    for name, told in positions.items():
        for index, position in enumerate(told):
            column = "abcdefghi"[index]
            some = [row[index] for row in positions.values()]
            made.append(
                {
                    "band": band, "band_fact": f"cases/policy/-/-/-/year.{band}",
                    "row": name, "row_label": name, "row_fact": f"cases/case.{name}/-/-/-/x.{band}",
                    "row_count": sum(p in ("present", "partly") for p in told),
                    "column": column, "column_label": f"Samenwerking {column}",
                    "column_name": f"samenwerking {column}",
                    "column_fact": f"cases/policy.{column}/-/-/-/x.{band}",
                    "column_count": sum(p in ("present", "partly") for p in some),
                    "position": position,
                }
            )  # fmt: skip
    return pd.DataFrame(made)


LEGEND = {"present": "aanwezig", "partly": "deels", "absent": "afwezig"}
CITIES = {
    "Ede": ["present", "partly", "absent", "not_stated"],
    "Oude IJsselstreek": ["partly", "absent", "absent", "not_stated"],
}


@pytest.mark.parametrize("medium", [PAGE, PHONE], ids=["page", "phone"])
@pytest.mark.parametrize("language", [NL, EN], ids=["nl", "en"])
def test_texts_of_the_matrix_do_not_overlap_or_leave_the_sheet(language, medium):
    frame = sample({name: told * 2 for name, told in CITIES.items()})
    frame = pd.concat([frame, sample({"Zwolle": ["present"] * 8}, "2027")])
    assert_clear(draw_policy(frame, LEGEND, language).draw(medium))


def test_the_signs_differ_without_colour():
    sheet = draw_policy(sample({"Ede": CITIES["Ede"]}), {}, NL).draw(PAGE)
    assert not signs(sheet)  # what the legend does not name is a dash
    sheet = draw_policy(sample({"Ede": CITIES["Ede"]}), LEGEND, NL).draw(PAGE)
    drawn = signs(sheet)
    assert len(drawn) == 2 * len(LEGEND)  # a cell and the legend
    assert {line.get_fillstyle() for line in drawn} == {"full", "left", "none"}


def signs(sheet: Any) -> list[Line2D]:
    lines = sheet.figure.findobj(Line2D)
    return [line for line in lines if line.get_marker() == "o"]


def test_the_matrix_prints_its_counts_and_names_the_largest():
    picture = draw_policy(sample(CITIES), LEGEND, NL)
    printed = dict(picture.printed)
    assert printed["cases/case.Ede/-/-/-/x.2014"] == "2"
    assert printed["cases/policy.a/-/-/-/x.2014"] == "2"
    assert "samenwerking a" in plain_text(picture.title)
    assert "samenwerking b" not in plain_text(picture.title)
    assert "2014" not in strings(picture)  # one study needs no heading
    assert "samenwerking d 0" in picture.alt


def test_a_matrix_with_nothing_says_so():
    picture = draw_policy(sample({"Ede": ["absent", "not_stated"]}), LEGEND, NL)
    assert "geen enkele gemeente" in plain_text(picture.title)


def test_a_cell_given_twice_is_refused():
    frame = sample(CITIES)
    with pytest.raises(ValueError, match="twice"):
        draw_policy(pd.concat([frame, frame]), LEGEND, NL)
