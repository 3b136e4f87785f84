"""Raw data: nothing is read that is missing, changed or wrong, and every fault is named."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
import yaml

from analysis.build.check import require_right
from analysis.fingerprint import checksum
from analysis.project import CallError, DataError, Problem, Project
from analysis.raw.cases import read_cases
from analysis.raw.coding import read_coding_frame
from analysis.raw.literature import ORIGINS_FILE, read_origins
from analysis.raw.settings import read_instrument, read_round, rounds
from analysis.raw.sources import Source, read_source, round_files, seal, sidecar_of
from analysis.raw.survey import read_claims, read_frame, read_totals
from analysis.raw.tables import Column, read_table
from analysis.survey.load import load_round
from helpers import CLAIMS, INSTRUMENT, PUBLISHED, ROOT, ROUND, copy_raw, edit, write

REAL = Project(ROOT)
REAL_FILES = [path.relative_to(REAL.raw).as_posix() for path in round_files(REAL, "2016")]


@pytest.fixture
def copy(tmp_path: Path) -> Project:
    """A copy of the real raw data, to be spoilt."""
    return copy_raw(tmp_path)


def totals(project: Project):
    return read_totals(project, "2016", "published.csv", "claims.csv")


def problems_of(read, *arguments) -> list[Problem]:
    with pytest.raises(DataError) as caught:
        read(*arguments)
    assert caught.value.exit_code == 1
    return caught.value.problems


def call_error(read, *arguments) -> str:
    with pytest.raises(CallError) as caught:
        read(*arguments)
    assert caught.value.exit_code == 2
    return str(caught.value)


# --- The data in this repository


@pytest.mark.parametrize("name", REAL_FILES)
def test_every_raw_file_has_a_sidecar_with_its_checksum_and_all_fields_filled(name: str):
    path = REAL.raw / name
    source = read_source(REAL, path)
    assert source.sha256 == checksum(path)
    empty = [field for field in Source.model_fields if not getattr(source, field).strip()]
    assert empty == []


def test_every_sidecar_belongs_to_a_file():
    sidecars = {path.name for path in REAL.raw.rglob("*.source.yml")}
    assert sidecars == {sidecar_of(REAL.raw / name).name for name in REAL_FILES}


def test_the_real_tables_are_read_without_a_fault():
    assert len(totals(REAL)) == 129
    assert len(read_frame(REAL, read_round(REAL, "2016"))) == 49
    assert len(read_origins(REAL)) == 10
    assert len(read_cases(REAL).fragments) == 1241


def test_a_round_has_the_files_of_all_rounds_and_its_own(copy: Project):
    shutil.copytree(copy.raw / "survey/2016", copy.raw / "survey/2027")

    def names(round: str) -> list[str]:
        return [path.relative_to(copy.raw).as_posix() for path in round_files(copy, round)]

    assert names("2016") == REAL_FILES
    assert names("2027") == sorted(name.replace("/2016/", "/2027/") for name in REAL_FILES)


# --- Sidecars and checksums


def test_a_missing_file_is_named_with_the_command_that_brings_it_back(copy: Project):
    (copy.raw / PUBLISHED).unlink()
    (problem,) = problems_of(totals, copy)
    assert problem.file == "data/raw/survey/2016/published.csv"
    assert problem.message == "the file is missing"
    assert problem.mend == "git checkout -- data/raw/survey/2016/published.csv"


def test_a_file_without_a_sidecar_is_refused(copy: Project):
    (copy.raw / f"{PUBLISHED}.source.yml").unlink()
    (problem,) = problems_of(totals, copy)
    assert "has no sidecar (published.csv.source.yml)" in problem.message
    assert problem.mend == "git checkout -- data/raw/survey/2016/published.csv.source.yml"


def test_a_changed_file_is_refused_with_both_ways_to_mend_it(copy: Project):
    path = edit(copy, ORIGINS_FILE, ("15.49", "14.49"), sealed=False)
    (problem,) = problems_of(read_origins, copy)
    assert "SHA-256 differs" in problem.message
    assert problem.found == checksum(path)[:12] + "…"
    # sha256sum of the file as committed, in its sidecar
    assert problem.allowed == "257553d8a5b9…"
    name = f"data/raw/{ORIGINS_FILE}"
    assert problem.mend == (
        f"git checkout -- {name}; or, if the change is meant: make seal FILE={name}"
    )


def test_a_sealed_change_is_read(copy: Project):
    path = edit(copy, ORIGINS_FILE, ("15.49", "14.49"), sealed=False)
    old, new = seal(copy, path)
    assert (old[:12], new) == ("257553d8a5b9", checksum(path))
    assert 14.49 in set(read_origins(copy)["share_percent"])


def test_a_file_without_a_sidecar_cannot_be_sealed(copy: Project):
    (copy.raw / "new.csv").write_text("a\n", encoding="utf-8")
    assert "no such file with a sidecar (new.csv.source.yml)" in call_error(
        seal, copy, copy.raw / "new.csv"
    )


def test_a_sidecar_names_every_field_that_is_missing_or_unknown(copy: Project):
    sidecar = sidecar_of(copy.raw / ORIGINS_FILE)
    content = yaml.safe_load(sidecar.read_text(encoding="utf-8"))
    del content["licence"], content["producer"]
    sidecar.write_text(yaml.safe_dump(content | {"license": "x"}), encoding="utf-8")
    problems = problems_of(read_origins, copy)
    assert {problem.column for problem in problems} == {"licence", "producer", "license"}
    assert {problem.file for problem in problems} == {f"data/raw/{ORIGINS_FILE}.source.yml"}


def test_a_sidecar_that_is_not_yaml_is_named(copy: Project):
    sidecar_of(copy.raw / ORIGINS_FILE).write_text("title: [", encoding="utf-8")
    (problem,) = problems_of(read_origins, copy)
    assert problem.file.endswith(".source.yml")
    assert problem.message.startswith("is not YAML")


# --- Tables

COLUMNS = {
    "id": Column(unique=True),
    "kind": Column(allowed=("a", "b")),
    "n": Column("count", low=1, high=9),
    "share": Column("number", required=False),
}


def read_text(folder: Path, text: str | bytes) -> object:
    path = folder / "table.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_table(path, COLUMNS, name="data/raw/table.csv")


def faults(folder: Path, text: str | bytes) -> list[tuple[int | None, str | None, str]]:
    problems = problems_of(read_text, folder, text)
    assert {problem.file for problem in problems} == {"data/raw/table.csv"}
    return [(p.row, p.column, p.message) for p in problems]


def test_a_table_is_read_with_numbers_as_numbers_and_empty_cells_as_such(tmp_path: Path):
    frame = read_text(tmp_path, "id,kind,n,share\nx,a,3,\ny,b,9,1.5\n")
    assert list(frame["n"]) == [3, 9]
    assert frame["share"].isna().tolist() == [True, False]
    assert list(frame["id"]) == ["x", "y"]


def test_wrong_cells_are_all_reported_with_row_column_found_and_allowed(tmp_path: Path):
    text = "id,kind,n,share\nx,c,3,1\ny,a,0,1\nz,b,2.5,lots\n,a,3,\n"
    problems = problems_of(read_text, tmp_path, text)
    assert [(p.row, p.column, p.found, p.allowed) for p in problems] == [
        (2, "kind", "c", "a, b"),
        (3, "n", "0", "a number from 1 to 9"),
        (4, "n", "2.5", "a whole number"),
        (4, "share", "lots", "a number with a decimal point"),
        (5, "id", "", "a value"),
    ]


def test_a_problem_reads_as_one_sentence(tmp_path: Path):
    (problem,) = problems_of(read_text, tmp_path, "id,kind,n,share\nx,c,3,1\n")
    assert str(problem) == (
        "data/raw/table.csv, row 2, column kind: wrong value; found 'c'; allowed: a, b"
    )


@pytest.mark.parametrize("cell", ["1_0", "nan", "inf", "1e3", "1,5", " 1", "٣", "+1"])
def test_what_only_looks_like_a_number_is_refused(tmp_path: Path, cell: str):
    found = faults(tmp_path, f'id,kind,n,share\nx,a,3,"{cell}"\n')
    assert found == [(2, "share", "wrong value")]


def test_a_number_without_an_upper_bound_is_told_its_lower_one():
    assert Column("count", low=1).fault("0") == "1 or more"
    assert Column("count", low=1).fault("1") is None


def test_a_cut_row_is_reported_and_the_others_are_still_checked(tmp_path: Path):
    found = faults(tmp_path, "id,kind,n,share\nx,a\ny,c,3,\n")
    assert found == [(2, None, "row is cut"), (3, "kind", "wrong value")]


def test_missing_unknown_and_repeated_columns_are_all_named(tmp_path: Path):
    found = faults(tmp_path, "id,sort,n,n\nx,a,3,3\n")
    assert found == [
        (1, "kind", "column is missing"),
        (1, "share", "column is missing"),
        (1, "sort", "column is not known"),
        (1, "n", "column stands twice"),
    ]


@pytest.mark.parametrize(("mark", "named"), [(";", "';'"), ("\t", "tabs")])
def test_columns_separated_by_another_mark_are_one_problem(tmp_path: Path, mark: str, named: str):
    text = "id,kind,n,share\nx,c,3,1\ny,a,0,1\n".replace(",", mark)
    (problem,) = problems_of(read_text, tmp_path, text)
    assert problem.message == f"columns are separated by {named}"
    assert (problem.row, problem.allowed) == (1, "','")
    assert "save it with commas" in str(problem.mend)


def test_a_table_without_decimals_may_be_separated_as_excel_does(tmp_path: Path):
    path = tmp_path / "t.csv"
    path.write_text("a;n\nx;1\ny, z;2\n", encoding="utf-8-sig")
    frame = read_table(path, {"a": Column(), "n": Column("count")}, name="t.csv")
    assert frame.to_numpy().tolist() == [["x", 1], ["y, z", 2]]


def test_a_value_given_twice_names_the_row_where_it_stood_first(tmp_path: Path):
    found = faults(tmp_path, "id,kind,n,share\nx,a,3,\ny,a,3,\nx,b,4,\n")
    assert found == [(4, "id", "value stands in row 2 too")]


def test_text_that_is_not_utf8_is_named_with_the_way_out(tmp_path: Path):
    (problem,) = problems_of(read_text, tmp_path, "id,kind,n,share\né,a,3,\n".encode("latin-1"))
    assert problem.message == "is not UTF-8 text (byte 16)"
    assert problem.mend == "save it as UTF-8"


@pytest.mark.parametrize("content", [b"", b"\n", "\N{BYTE ORDER MARK}".encode()])
def test_an_empty_file_is_told_its_heading(tmp_path: Path, content: bytes):
    (problem,) = problems_of(read_text, tmp_path, content)
    assert (problem.message, problem.allowed) == ("is empty", "id,kind,n,share")


def test_a_byte_order_mark_does_no_harm(tmp_path: Path):
    frame = read_text(tmp_path, "\N{BYTE ORDER MARK}id,kind,n,share\nx,a,3,\n")
    assert list(frame.columns) == ["id", "kind", "n", "share"]


# --- The same through the readers


def test_a_round_in_which_no_municipality_was_asked_is_refused_with_the_way_to_mend_it(
    copy: Project,
):
    shutil.copytree(copy.raw / "survey/2016", copy.raw / "survey/2027")
    edit(copy, "survey/2027/round.yml", ('round: "2016"', 'round: "2027"'))
    found = problems_of(load_round, copy, "2027")
    assert found == problems_of(require_right, copy, "2027")
    assert list(map(str, found)) == [
        "data/raw/survey/municipalities.csv, column rounds: no municipality was asked in round "
        "2027; found '2016'; allowed: 2027 in at least one row; to mend: add 2027 to column rounds "
        "of the municipalities asked, after a space; then make seal "
        "FILE=data/raw/survey/municipalities.csv"
    ]

    edit(copy, "survey/municipalities.csv", (",2016,one,", ",2016 2027,one,"))
    assert require_right(copy, "2027") == require_right(copy, "2016")


def test_faults_in_claims_come_with_file_row_and_column(copy: Project):
    edit(copy, CLAIMS, ("c3-015,wijkteams-en-diversiteit.txt,788", "c3-015,x.txt,none"))
    edit(copy, CLAIMS, ("22,27,respondents,exact", "22,27,people,precise"))
    problems = problems_of(read_claims, copy, CLAIMS)
    assert [(p.row, p.column, p.found) for p in problems] == [
        (26, "line", "none"),
        (74, "wording", "precise"),
    ]


def test_an_exact_count_that_is_not_its_own_numerator_is_refused(copy: Project):
    edit(copy, CLAIMS, (",31,count,31,49,", ",13,count,31,49,"))
    (problem,) = problems_of(read_claims, copy, CLAIMS)
    assert (problem.row, problem.column) == (6, "value")
    assert (problem.found, problem.allowed) == ("13", "31")


def test_a_total_that_disagrees_with_its_claims_is_reported_per_column(copy: Project):
    # Line 803 prints seven, and the claims c3-023 and c3-024 say so.
    edit(
        copy,
        PUBLISHED,
        ("count.agree,7,count,,vague,about_count", "count.agree,9,percent,,vague,half"),
    )
    found = [(p.row, p.column, p.found, p.allowed) for p in problems_of(totals, copy)]
    assert found == [
        (17, "value", "9.0", "7.0"),
        (17, "unit", "percent", "count"),
        (17, "phrase", "half", "about_count"),
    ]


def test_a_total_that_names_no_claim_is_refused(copy: Project):
    edit(copy, PUBLISHED, ("c3-015", "c3-999 c3-015"))
    (problem,) = problems_of(totals, copy)
    assert (problem.message, problem.row, problem.found) == ("no such claim", 10, "c3-999")


@pytest.mark.parametrize(
    ("old", "new", "column", "found", "allowed"),
    [
        ("extra_effort,professionals", "extra_efort,professionals", "subject", "extra_efort",
         "extra_effort"),
        ("policy_aspects.other,officials,youth", "policy_aspects.odd,officials,youth", "subject",
         "odd", "other"),
        ("extra_effort,professionals", "extra_effort,officials", "group", "officials",
         "professionals"),
        ("criteria,officials,all,respondents,count.agree",
         "criteria,officials,all,respondents,count.agreed", "statistic", "agreed", "dont_know"),
        ("count.dont_know & monitoring.disagree", "count.dont_know & monitor.disagree",
         "statistic", "monitor", "monitoring"),
        ("criteria,officials,all,respondents,count.agree",
         "criteria,officials,all,respondents,agree", "statistic", "agree", "count.agree"),
    ],
    ids=["item", "option", "group", "position", "other item", "grammar"],
)  # fmt: skip
def test_a_total_on_what_nobody_was_asked_is_refused(
    copy: Project, old: str, new: str, column: str, found: str, allowed: str
):
    for name in (PUBLISHED, CLAIMS):
        path = copy.raw / name
        text = path.read_text(encoding="utf-8")
        # Claims have no base between group and statistic.
        if old not in text:
            old, new = (part.replace(",respondents,", ",") for part in (old, new))
        edit(copy, name, (old, new))
    (problem,) = problems_of(load_round, copy, "2016")
    assert problem.file == f"data/raw/{PUBLISHED}"
    assert (problem.column, problem.found) == (column, found)
    assert allowed in problem.allowed
    assert problem.row is not None


def test_a_phrase_without_a_rule_is_refused(copy: Project):
    edit(copy, ROUND, ("  third: {low: 0.27, high: 0.40, target: 0.333}\n", ""))
    problems = problems_of(load_round, copy, "2016")
    assert {(p.column, p.found) for p in problems} == {("phrase", "third")}
    assert len(problems) == 6


def test_officials_that_do_not_add_up_are_refused(copy: Project):
    change = (
        "officials,youth,respondents,count.complete,7",
        "officials,youth,respondents,count.complete,8",
    )
    edit(copy, PUBLISHED, change)
    edit(copy, CLAIMS, ("officials,youth,count.complete,7", "officials,youth,count.complete,8"))
    (problem,) = problems_of(load_round, copy, "2016")
    assert "do not fit" in problem.message


def test_a_response_that_is_not_printed_is_named(copy: Project):
    text = (copy.raw / PUBLISHED).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith(("p002,", "p049,"))]
    write(copy, PUBLISHED, "\n".join(lines).encode())
    messages = [problem.message for problem in problems_of(load_round, copy, "2016")]
    assert messages == [
        "has no total of response, professionals, all, respondents",
        "has no total of response, officials, youth, respondents",
    ]


# --- Settings


def test_a_round_has_cut_offs_and_its_own_name():
    settings = read_round(REAL, "2016")
    assert settings.round == "2016"
    assert settings.thresholds.agree_from == 3.5


def test_an_unknown_round_lists_those_that_there_are(copy: Project):
    (copy.raw / "survey" / "2031").mkdir()
    (copy.raw / "survey" / "2031" / "round.yml").write_text("round: '2031'", encoding="utf-8")
    assert rounds(copy) == ["2016", "2031"]
    assert call_error(read_round, copy, "2027") == "unknown round '2027'; known: 2016, 2031"


def test_without_any_round_that_is_said(tmp_path: Path):
    assert call_error(read_round, Project(tmp_path), "2016") == "unknown round '2016'; known: none"


def test_wrong_values_in_round_yml_are_all_named_with_their_place(copy: Project):
    edit(
        copy, ROUND, ("agree_from: 3.5", "agree_from: 2.5"), ("minimum_cell: 1", "minimum_cell: 0")
    )
    lines = call_error(read_round, copy, "2016").splitlines()
    assert lines == [
        "data/raw/survey/2016/round.yml: thresholds.agree_from: "
        "input should be greater than 3; found 2.5",
        "data/raw/survey/2016/round.yml: minimum_cell: "
        "input should be greater than or equal to 1; found 0",
    ]


def test_an_unknown_key_in_round_yml_is_refused(copy: Project):
    edit(copy, ROUND, ("  agree_from: 3.5", "  agrees_from: 3.5"))
    message = call_error(read_round, copy, "2016")
    assert message.startswith("data/raw/survey/2016/round.yml: thresholds.agrees_from: extra")


def test_a_round_in_a_folder_of_another_name_is_refused(copy: Project):
    edit(copy, ROUND, ('round: "2016"', 'round: "2017"'))
    assert call_error(read_round, copy, "2016") == (
        "data/raw/survey/2016/round.yml: round says '2017', but the folder is called '2016'"
    )


def test_a_round_that_is_not_yaml_or_not_utf8_is_refused(copy: Project):
    path = copy.raw / ROUND
    path.write_text("round: [", encoding="utf-8")
    assert "round.yml: is not YAML" in call_error(read_round, copy, "2016")
    path.write_bytes("round: '2016'  # één".encode("latin-1"))
    assert "round.yml: is not UTF-8 text (byte 17)" in call_error(read_round, copy, "2016")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{item: criteria, positions", "{item: criterion, positions",
         "item criteria_aspects: asked_if names criterion, no item"),
        ("  - id: less_known\n    theme: access", "  - id: less_known\n    theme: reach",
         "item less_known: theme reach is not in themes"),
        ("  - id: less_known", "  - id: less_trust", "item less_trust stands there twice"),
        ("    kind: multiple\n    publish: {officials: respondents}\n    nl: Aan welke",
         "    publish: {officials: respondents}\n    nl: Aan welke",
         "item policy_aspects: options go with kind multiple, and only there"),
        ("positions: [agree, neutral]", "positions: [agree, maybe]",
         "asked_if.positions.1: input should be 'agree', 'neutral', 'disagree' or 'dont_know'; "
         "found 'maybe'"),
    ],
    ids=["routing", "theme", "twice", "options", "positions"],
)  # fmt: skip
def test_an_instrument_that_contradicts_itself_is_refused(
    copy: Project, old: str, new: str, message: str
):
    edit(copy, INSTRUMENT, (old, new))
    assert message in call_error(read_instrument, copy)


# --- Literature and cases


def test_an_origin_twice_in_a_year_is_refused(copy: Project):
    edit(copy, ORIGINS_FILE, ("2015,turkish", "2015,moroccan"))
    (problem,) = problems_of(read_origins, copy)
    assert (problem.row, problem.found) == (6, "moroccan")
    assert problem.message == "origin stands twice in this year"


def test_an_origin_within_a_group_that_is_not_there_is_refused(copy: Project):
    edit(copy, ORIGINS_FILE, ("western,2,migration_background", "western,2,migration"))
    (problem,) = problems_of(read_origins, copy)
    assert (problem.row, problem.column, problem.found) == (7, "parent", "migration")
    assert "migration_background" in problem.allowed


def test_a_year_without_a_total_is_refused(copy: Project):
    edit(copy, ORIGINS_FILE, ("2015,total,0,,", "2015,altogether,0,,"))
    messages = [problem.message for problem in problems_of(read_origins, copy)]
    assert "year 2015 has no row with origin total" in messages


def test_a_share_above_a_hundred_percent_is_refused(copy: Project):
    edit(copy, ORIGINS_FILE, ("15.49", "1549"))
    (problem,) = problems_of(read_origins, copy)
    assert (problem.row, problem.allowed) == (3, "a number from 0 to 100")


FRAGMENTS = "cases/fragments.csv"


def test_fragments_outside_the_coding_frame_are_all_named(copy: Project):
    edit(
        copy,
        FRAGMENTS,
        ("c4-002,amersfoort,2016,urgency,", "c4-002,amersfort,2016,urgencies,"),
        ("attention_needed,supports,,fact,team,", "attention_needed,supports,,fact,mayor,"),
    )
    problems = problems_of(read_cases, copy)
    found = [(p.column, p.found) for p in problems]
    assert ("case", "amersfort") in found
    assert ("theme", "urgencies") in found
    assert ("actor", "mayor") in found
    # A point goes with its theme: without the theme it is wrong too.
    assert ("point", "attention_needed") in found
    first = next(p for p in problems if p.column == "case")
    assert first.file == f"data/raw/{FRAGMENTS}"
    assert first.allowed.startswith("amersfoort, veenendaal, roermond")


def fragment(copy: Project, **changes: str) -> list[Problem]:
    """The problems after one fragment of the real table was changed."""
    path = copy.raw / FRAGMENTS
    with path.open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    row = next(row for row in table if row["id"] == "c4-002")
    row |= changes
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(row), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    seal(copy, path)
    return problems_of(read_cases, copy)


@pytest.mark.parametrize(
    ("changes", "column", "message"),
    [
        ({"point": "distrust"}, "point", "not a point of theme urgency"),
        ({"stance": ""}, "stance", "does not go with the point"),
        ({"point": "", "stance": "supports"}, "stance", "does not go with the point"),
        ({"also": "attention_needed"}, "also", "names the point attention_needed again"),
        ({"also": "happiness"}, "also", "not in the coding frame: happiness"),
        ({"kind": "advice"}, "addressee", "does not go with kind advice"),
        ({"addressee": "team"}, "addressee", "does not go with kind fact"),
        ({"case": "joint", "policy": "absent"}, "policy", "the case is no municipality"),
        ({"section": "c9"}, "section", "not in sections.csv"),
        ({"same_as": "c4-002"}, "same_as", "is no other fragment that stands by itself"),
        ({"summary_nl": "In 9 teams."}, "summary_nl", "a digit in a text"),
        ({"id": "c4-001"}, "id", "value stands in row"),
    ],
)
def test_a_code_where_it_does_not_belong_is_named(
    copy: Project, changes: dict[str, str], column: str, message: str
):
    found = [(p.column, p.message) for p in fragment(copy, **changes)]
    assert any(c == column and m.startswith(message) for c, m in found), found


def test_a_number_of_a_profile_that_a_year_gives_twice_is_refused(copy: Project):
    edit(
        copy,
        "cases/cases.csv",
        (
            "amersfoort,Amersfoort,GM0307,2016,teams,",
            "amersfoort,Amersfoort,GM0307,2016,inhabitants,",
        ),
    )
    (problem,) = problems_of(read_cases, copy)
    assert (problem.column, problem.found) == ("fact", "inhabitants")


def test_an_example_that_is_not_coded_so_is_refused(copy: Project):
    frame = read_coding_frame(copy)
    edit(
        copy,
        "cases/coding_frame.yml",
        (f"example: {frame.kinds['tool'].example}", "example: c4-002"),
    )
    problems = problems_of(read_cases, copy)
    assert [p.column for p in problems] == ["kinds.tool.example"] * len(problems)
    assert problems


def test_a_coding_frame_with_an_unknown_key_is_a_wrong_setting(copy: Project):
    edit(copy, "cases/coding_frame.yml", ("label_nl: Urgentie", "naam: Urgentie"))
    message = call_error(read_cases, copy)
    assert "data/raw/cases/coding_frame.yml: themes.urgency.label_nl: field required" in message
    assert "themes.urgency.naam: extra inputs are not permitted" in message
