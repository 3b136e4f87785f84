"""A new round as a researcher makes it: scaffold, import, acceptance, check, another export."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
import yaml

from analysis.intake.mapping import MappedColumn, read_mapping, write_mapping
from analysis.intake.settling import settled
from analysis.project import Project
from analysis.raw.settings import read_instrument, read_round, round_instrument, rounds
from analysis.raw.sources import Source, round_files
from analysis.raw.survey import read_frame
from conftest import ROOT, Outcome, Place, copy_project

ROUND = "2027"
REAL = Project(ROOT)
INSTRUMENT = read_instrument(REAL)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A copy of the project's data, with the command to call on it."""
    root = copy_project(tmp_path / "project", "data/raw")
    (root / "notebooks").mkdir()
    return Place(root)


@pytest.fixture
def begun(place: Place) -> Place:
    """The same, with a new round in it and a simulated export of SPSS beside it."""
    assert place.run("new-round", "--round", ROUND).code == 0
    done = simulate(place, "spss", "answers.sav", "--respondents", "60", "--municipalities", "8")
    assert done.code == 0, done.err
    return place


def simulate(place: Place, format: str, name: str, *more: str) -> Outcome:
    to = str(place.root / f"simulated-{name}")
    return place.run("simulate", "--round", ROUND, "--format", format, "--to", to, *more)


def take_in(place: Place, *names: str, accept: bool = False) -> Outcome:
    files = [str(place.root / f"simulated-{name}") for name in names]
    return place.run("import", "--round", ROUND, *(["--accept"] if accept else []), *files)


def folder(place: Place) -> Path:
    return place.root / "data/raw/survey" / ROUND


def mapping(place: Place) -> list[MappedColumn]:
    return read_mapping(folder(place) / "mapping.csv", "mapping.csv", INSTRUMENT)


def tree(place: Place) -> dict[str, bytes]:
    """Every file of the project but locks and logs, with its content."""
    found = (p for p in place.root.rglob("*") if p.is_file())
    kept = (p for p in found if not {".locks", ".logs"} & {*p.parts})
    return {str(p.relative_to(place.root)): p.read_bytes() for p in kept}


# --- The scaffold


def test_a_new_round_has_the_settings_of_the_last_one(begun: Place):
    last, new = read_round(REAL, "2016"), read_round(Project(begun.root), ROUND)
    assert rounds(Project(begun.root)) == ["2016", ROUND]
    assert (new.thresholds, new.phrases, new.confidence) == (
        last.thresholds, last.phrases, last.confidence,
    )  # fmt: skip
    assert new.title == last.title
    assert new.source.kind == "answers"
    assert new.fieldwork.year == 2027
    assert new.minimum_cell == 5


def test_its_folder_says_what_to_do_next(begun: Place):
    names = {path.name for path in folder(begun).iterdir()}
    assert names == {
        "round.yml", "frame.csv", "frame.csv.source.yml", "mapping.csv", "corrections.csv",
        "README.md", "answers",
    }  # fmt: skip
    readme = (folder(begun) / "README.md").read_text(encoding="utf-8")
    assert f"make import ROUND={ROUND}" in readme
    assert "<<" not in readme
    assert mapping(begun) == []


def test_its_frame_follows_the_mergers_since_the_last_round(begun: Place):
    project = Project(begun.root)
    frame = read_frame(project, read_round(project, ROUND)).set_index("municipality")
    assert len(frame) == 48
    assert "weesp" not in frame.index
    assert frame.loc["vijfheerenlanden", "code"] == "GM1961"
    assert frame.loc["amsterdam", "code"] == "GM0363"


def test_a_round_after_a_round_with_answers_takes_its_frame_over(begun: Place):
    frame = folder(begun) / "frame.csv"
    text = frame.read_text(encoding="utf-8").replace("zeist,Zeist,GM0355\n", "")
    frame.write_text(text, encoding="utf-8")
    begun.run("seal", str(frame))
    assert begun.run("new-round", "--round", "2029").code == 0
    project = Project(begun.root)
    assert len(read_frame(project, read_round(project, "2029"))) == 47


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("2016", "data/raw/survey/2016 is there already"),
        ("next", "a round is named by its year, such as 2027 or 2027b; found 'next'"),
        ("../x", "a round is named by its year, such as 2027 or 2027b; found '../x'"),
    ],
)
def test_a_round_that_cannot_be_is_refused(place: Place, name: str, message: str):
    before = tree(place)
    done = place.run("new-round", "--round", name)
    assert (done.code, done.err) == (2, f"error: {message}\n")
    assert tree(place) == before


# --- The first import


def test_the_first_import_proposes_and_imports_nothing(begun: Place):
    done = take_in(begun, "answers.sav")
    assert done.code == 0, done.err
    assert "Nothing is imported yet" in done.out
    assert "question is 100% like" in done.out or "heading is the id" in done.out
    assert {column.accepted for column in mapping(begun)} == {False}
    assert not (begun.root / "data/processed" / ROUND).exists()


def test_the_export_is_kept_with_a_sidecar_that_git_may_have(begun: Place):
    take_in(begun, "answers.sav")
    kept = folder(begun) / "answers" / "simulated-answers.sav"
    assert kept.read_bytes() == (begun.root / "simulated-answers.sav").read_bytes()
    sidecar = yaml.safe_load((kept.parent / f"{kept.name}.source.yml").read_text("utf-8"))
    assert Source.model_validate(sidecar).licence.startswith("Niet om te publiceren")
    assert kept in round_files(Project(begun.root), ROUND)


def test_what_is_accepted_is_imported_and_told(begun: Place):
    take_in(begun, "answers.sav")
    done = take_in(begun, accept=True)
    assert done.code == 0, done.err
    assert "professionals: 60 respondents in 8 municipalities" in done.out
    assert "the answers are marked as simulated" in done.out
    assert f"next: make report ROUND={ROUND}" in done.out
    assert "dropped, as they identify people: " in done.out
    log = begun.root / "reports/.logs" / f"import-{ROUND}.log"
    assert "email" in log.read_text(encoding="utf-8")
    assert (begun.root / "data/processed" / ROUND / "answers.parquet").is_file()


def test_a_row_that_nobody_decided_cannot_be_accepted(begun: Place):
    simulate(begun, "csv", "answers.csv")
    take_in(begun, "answers.csv")
    done = take_in(begun, accept=True)
    assert done.code == 1
    assert "column codes" in done.err
    assert "decide what '8' stands for" in done.err
    assert {column.accepted for column in mapping(begun)} == {False}


def test_a_proposal_that_nobody_has_seen_cannot_be_accepted(begun: Place):
    done = take_in(begun, "answers.sav", accept=True)
    assert (done.code, "Nothing is imported yet" in done.out) == (0, True)
    assert {column.accepted for column in mapping(begun)} == {False}


def test_the_mapping_may_be_saved_by_excel_before_it_is_accepted(begun: Place):
    take_in(begun, "answers.sav")
    path = folder(begun) / "mapping.csv"
    text = path.read_text(encoding="utf-8-sig").replace(";no;no;", ";Nee;Ja;")
    path.write_bytes(text.replace("\n", "\r\n").encode("cp1252", errors="replace"))
    done = take_in(begun)
    assert done.code == 0, done.err
    assert "professionals: 60 respondents" in done.out


def test_what_is_decided_once_is_filled_in_for_rows_of_the_same_kind():
    known = MappedColumn("f", "a", becomes="signals", codes={"A1": "5", "A2": "dont_know"})
    open_row = MappedColumn("f", "b", becomes="outreach", codes={"A1": "?"})
    other_file = MappedColumn("g", "b", becomes="outreach", codes={"A1": "?"})
    partly = MappedColumn("f", "c", becomes="criteria", codes={"A1": "?", "A9": "?"})
    found = settled([known, open_row, other_file, partly], INSTRUMENT)
    assert found[1].codes == {"A1": "5", "A2": "dont_know"}
    assert "another row" in found[1].why
    assert found[2:] == [other_file, partly]


def test_a_text_on_which_decided_rows_differ_is_left_to_be_decided():
    rows = [
        MappedColumn("f", "a", becomes="signals", codes={"1": "1"}),
        MappedColumn("f", "b", becomes="criteria", codes={"1": "5"}),
        MappedColumn("f", "c", becomes="outreach", codes={"1": "?"}),
    ]
    assert settled(rows, INSTRUMENT) == rows


def test_bare_numbers_are_not_filled_in_from_a_scale_of_another_length():
    seven = {"1": "1", "2": "2", "3": "2", "4": "3", "5": "4", "6": "4", "7": "5"}
    rows = [
        MappedColumn("f", "a", becomes="signals", codes=seven),
        MappedColumn("f", "b", becomes="criteria", codes=dict.fromkeys("12345", "?")),
        MappedColumn("f", "c", becomes="outreach", codes=dict.fromkeys("1267", "?")),
    ]
    found = settled(rows, INSTRUMENT)
    assert found[:2] == rows[:2]
    assert found[2].codes == seven


def test_the_same_file_under_another_name_is_refused(begun: Place):
    take_in(begun, "answers.sav")
    shutil.copyfile(begun.root / "simulated-answers.sav", begun.root / "simulated-copy.sav")
    done = take_in(begun, "copy.sav")
    assert done.code == 1
    assert "is the same file as simulated-answers.sav" in done.err
    assert not (folder(begun) / "answers/simulated-copy.sav").exists()


def test_a_file_can_be_taken_out_of_a_round(begun: Place):
    simulate(begun, "excel", "wrong.xlsx")
    take_in(begun, "answers.sav")
    take_in(begun, "wrong.xlsx")
    done = begun.run("import", "--round", ROUND, "--without", "simulated-wrong.xlsx")
    assert done.code == 0, done.err
    assert "taken out" in done.out
    assert {row.file for row in mapping(begun)} == {"simulated-answers.sav"}
    assert not list((folder(begun) / "answers").glob("simulated-wrong*"))
    done = begun.run("import", "--round", ROUND, "--without", "wrong.xlsx")
    assert (done.code, "there are: simulated-answers.sav" in done.err) == (2, True)


def test_a_mapping_that_was_deleted_is_proposed_anew(begun: Place):
    take_in(begun, "answers.sav")
    (folder(begun) / "mapping.csv").unlink()
    assert "Nothing is imported yet" in take_in(begun).out
    assert len(mapping(begun)) > 40


def test_a_file_with_headings_only_is_not_taken_in(begun: Place):
    empty = begun.root / "leeg.csv"
    empty.write_text("a;b\n", encoding="utf-8")
    done = begun.run("import", "--round", ROUND, str(empty))
    assert (done.code, "holds no answer sheets" in done.err) == (1, True)
    assert not (folder(begun) / "answers/leeg.csv").exists()


def test_items_of_another_round_do_not_stand_in_the_way(begun: Place):
    take_in(begun, "answers.sav")
    take_in(begun, accept=True)
    begun.run("new-round", "--round", "2029")
    path = begun.root / "data/raw/survey/2029/round.yml"
    text = path.read_text(encoding="utf-8").replace("not_asked: []", "not_asked: [signals]")
    path.write_text(text, encoding="utf-8")
    done = begun.run("import", "--round", "2029", str(begun.root / "simulated-answers.sav"))
    assert done.code == 0, done.err
    assert "Nothing is imported yet" in done.out


# --- Later imports


def test_an_export_that_changed_by_itself_is_refused_until_it_is_imported_again(begun: Place):
    take_in(begun, "answers.sav")
    take_in(begun, accept=True)
    simulate(begun, "spss", "more.sav", "--respondents", "61", "--municipalities", "8")
    kept = folder(begun) / "answers" / "simulated-answers.sav"
    shutil.copyfile(begun.root / "simulated-more.sav", kept)
    done = begun.run("check", "--round", ROUND)
    assert done.code == 1
    assert f"make import ROUND={ROUND}" in done.err
    done = take_in(begun)
    assert "another file than at the last import; accepted" in done.out
    assert "professionals: 61 respondents" in done.out


def test_a_column_that_is_new_is_proposed_beside_what_was_accepted(begun: Place):
    simulate(begun, "csv", "answers.csv", "--respondents", "60", "--municipalities", "8")
    shutil.rmtree(folder(begun) / "answers")
    path = begun.root / "simulated-answers.csv"
    take_in(begun, "answers.csv")
    rows = [
        column if not column.undecided else MappedColumn(
            column.file, column.column, column.label, column.becomes,
            {t: "dont_know" if c == "?" else c for t, c in column.codes.items()},
        )
        for column in mapping(begun)
    ]  # fmt: skip
    write_mapping(folder(begun) / "mapping.csv", rows)
    assert take_in(begun, accept=True).code == 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        records = list(csv.reader(file, delimiter=";"))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        more = [[*record, "7" if n else "extra"] for n, record in enumerate(records)]
        csv.writer(file, delimiter=";").writerows(more)
    done = take_in(begun, "answers.csv")
    assert "Nothing is imported yet" in done.out, done.err
    assert [c.column for c in mapping(begun) if not c.accepted] == ["extra"]


def test_what_an_earlier_round_accepted_is_proposed_again_but_not_accepted(begun: Place):
    take_in(begun, "answers.sav")
    take_in(begun, accept=True)
    begun.run("new-round", "--round", "2029")
    export = begun.root / "simulated-answers.sav"
    done = begun.run("import", "--round", "2029", str(export))
    assert "Nothing is imported yet" in done.out
    path = begun.root / "data/raw/survey/2029/mapping.csv"
    rows = read_mapping(path, "m", INSTRUMENT)
    assert {row.file for row in rows} == {export.name}
    assert not any(row.accepted for row in rows)
    assert any(f"as in 2027/{export.name}" in row.why for row in rows)


def test_codes_of_a_row_that_is_filled_in_but_not_accepted_are_completed(begun: Place):
    take_in(begun, "answers.sav")
    rows = [
        MappedColumn(r.file, r.column, r.label, r.becomes, {}, why=r.why)
        if r.becomes == "signals" else r
        for r in mapping(begun)
    ]  # fmt: skip
    write_mapping(folder(begun) / "mapping.csv", rows)
    done = take_in(begun)
    assert done.code == 0, done.err
    (row,) = [row for row in mapping(begun) if row.becomes == "signals"]
    assert set(row.codes) >= {"1", "2", "3", "4", "5"}


def test_two_files_of_one_round_are_put_together(begun: Place):
    simulate(begun, "spss", "second.sav", "--respondents", "20", "--municipalities", "5",
             "--officials", "0", "--seed", "9")  # fmt: skip
    take_in(begun, "answers.sav")
    take_in(begun, "second.sav")
    done = take_in(begun, accept=True)
    assert done.code == 0, done.out + done.err
    assert "professionals: 80 respondents" in done.out


def test_a_file_that_cannot_be_read_is_not_taken_in(begun: Place):
    bad = begun.root / "letter.pdf"
    bad.write_bytes(b"%PDF-1.7 nothing")
    before = tree(begun)
    done = begun.run("import", "--round", ROUND, str(bad))
    assert done.code == 1
    assert "letter.pdf" in done.err
    assert tree(begun) == before


def test_a_round_of_printed_totals_takes_nothing_in(begun: Place):
    done = begun.run("import", "--round", "2016", str(begun.root / "simulated-answers.sav"))
    assert done.code == 2
    assert "has printed totals only" in done.err


def test_a_round_without_answers_says_how_to_get_them(begun: Place):
    for verb in ("check", "import"):
        done = begun.run(verb, "--round", ROUND)
        assert done.code == 1, verb
        assert f"make import ROUND={ROUND} FILE=" in done.err


# --- Check


def broken(place: Place) -> Place:
    """A round whose export was imported, and which then lost a part of its frame."""
    take_in(place, "answers.sav")
    take_in(place, accept=True)
    frame = folder(place) / "frame.csv"
    lines = frame.read_text(encoding="utf-8").splitlines(keepends=True)
    frame.write_text("".join([lines[0], *lines[20:]]), encoding="utf-8")
    place.run("seal", str(frame))
    return place


def test_check_tells_errors_and_ends_with_one(begun: Place):
    place = broken(begun)
    before = tree(place)
    done = place.run("check", "--round", ROUND)
    assert done.code == 1
    assert "error: outside frame" in done.out
    assert "problems in the answers" in done.err
    assert tree(place) == before


def test_check_writes_every_finding_to_a_csv_where_it_is_wanted(begun: Place, tmp_path: Path):
    place = broken(begun)
    target = tmp_path / "problems.csv"
    place.run("check", "--round", ROUND, "--csv", str(target))
    with target.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file, delimiter=";"))
    outside = [row for row in found if row["rule"] == "outside_frame"]
    assert outside
    assert all(row["row"] and row["column"] and row["to_do"] for row in outside)


def test_no_list_of_findings_is_written_where_things_are_published(begun: Place):
    for where in ("reports", "data/processed", "data/raw"):
        done = begun.run("check", "--round", ROUND, "--csv", str(begun.root / where / "p.csv"))
        assert done.code in (1, 2)
        assert not (begun.root / where / "p.csv").exists()


# --- Items of the round


ITEM = """\
items:
  - id: new_item
    theme: access
    publish: {professionals: municipalities}
    nl: Een nieuwe vraag.
    en: A new question.
    short_nl: nieuw
    short_en: new
"""


def test_a_round_can_leave_items_out_and_have_its_own(begun: Place):
    path = folder(begun) / "round.yml"
    text = path.read_text(encoding="utf-8").replace("not_asked: []", "not_asked: [outreach]")
    path.write_text(text.replace("items: []\n", ITEM), encoding="utf-8")
    project = Project(begun.root)
    instrument = round_instrument(project, read_round(project, ROUND))
    assert not instrument.has("outreach")
    assert instrument.item("new_item").line is None


def test_an_item_can_be_left_out_for_one_group(begun: Place):
    path = folder(begun) / "round.yml"
    left = 'not_asked: ["officials:team_reflects"]'
    path.write_text(path.read_text("utf-8").replace("not_asked: []", left), encoding="utf-8")
    project = Project(begun.root)
    instrument = round_instrument(project, read_round(project, ROUND))
    assert list(instrument.item("team_reflects").publish) == ["professionals"]
    path.write_text(path.read_text("utf-8").replace("officials:team", "officials:tem"), "utf-8")
    assert "not_asked names officials:tem_reflects" in begun.run("check", "--round", ROUND).err


def test_an_item_that_the_files_of_one_group_lack_is_named(begun: Place):
    simulate(begun, "csv", "one.csv", "--respondents", "60", "--municipalities", "8")
    with (begun.root / "simulated-one.csv").open(encoding="utf-8-sig", newline="") as file:
        records = list(csv.DictReader(file, delimiter=";"))
    words = {row["group"] for row in records}
    assert len(words) == 2
    for number, word in enumerate(sorted(words)):
        own = [row for row in records if row["group"] == word]
        if any(row["access_important"] for row in own):  # the officials
            own = [{k: v for k, v in row.items() if k != "team_reflects"} for row in own]
        with (begun.root / f"simulated-{number}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, own[0], delimiter=";")
            writer.writeheader()
            writer.writerows(own)
        take_in(begun, f"{number}.csv")
    decided = [
        MappedColumn(
            c.file, c.column, c.label, c.becomes or "not_used",
            {t: "dont_know" if k == "?" else k for t, k in c.codes.items()}, accepted=True,
        )
        for c in mapping(begun)
    ]  # fmt: skip
    write_mapping(folder(begun) / "mapping.csv", decided)
    done = begun.run("check", "--round", ROUND)
    assert "no file with officials has a column for this item" in done.out
    assert '"officials:team_reflects" under not_asked' in done.out


def test_numbers_without_labels_are_asked_about(begun: Place):
    simulate(begun, "csv", "answers.csv")
    done = take_in(begun, "answers.csv")
    assert "1 is taken for disagreeing most, for no label tells" in done.out


def test_an_item_left_out_that_does_not_exist_is_named(begun: Place):
    path = folder(begun) / "round.yml"
    text = path.read_text(encoding="utf-8").replace("not_asked: []", "not_asked: [outrech]")
    path.write_text(text, encoding="utf-8")
    done = begun.run("check", "--round", ROUND)
    assert done.code == 2
    assert "not_asked names outrech" in done.err


# --- Simulated exports


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--respondents", "many"], "--respondents: found 'many'; allowed: a whole number"),
        (["--respondents", "0"], "respondents is 0; allowed: 1 or more"),
        (["--format", "sas"], "unknown format sas; known: spss"),
        (["--drift", "9"], "drift is 9.0; allowed: -4 to 4"),
    ],
)
def test_a_simulation_that_cannot_be_is_refused(begun: Place, options: list[str], message: str):
    done = begun.run("simulate", "--round", ROUND, *options)
    assert done.code == 2
    assert message in done.err


def test_a_simulation_never_overwrites_a_file_of_another_name(begun: Place):
    real = begun.root / "answers.csv"
    real.write_text("real", encoding="utf-8")
    done = begun.run("simulate", "--round", ROUND, "--format", "csv", "--to", str(real))
    assert done.code == 2
    assert real.read_text(encoding="utf-8") == "real"
