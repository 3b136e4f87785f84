"""A case coded in a spreadsheet, without a program for it: rows of codings, or whole fragments."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]

from analysis.project import Project
from analysis.qda.folder import changed_cases
from analysis.raw.cases import FRAGMENTS, read_cases
from analysis.raw.coding import read_coding_frame
from conftest import Outcome, Place
from helpers import real_project
from qda_projects import Document, QdaProject, folder, fragments, take_in, with_zwolle

PLAIN = ("source", "line", "codes", "coder", "summary_nl", "summary_en")
SAID = ("Bewoners komen laat.", "Residents come late.")
MARK = "ZZMARK"
FRAME = read_coding_frame(real_project())
DISTRUST, OUTREACH = FRAME.points["distrust"].label_nl, FRAME.points["outreach"].label_en
CODES = f"{DISTRUST}; Knelpunt; actor:team"
WHOLE = {
    "theme": "Toegankelijkheid en bereik", "point": "distrust", "stance": "supports",
    "also": f"{OUTREACH}; unknown_teams", "kind": "Knelpunt", "actor": "Bewoner, Wijkteam",
    "summary_nl": SAID[0], "summary_en": SAID[1], "source": "1", "line": "12",
}  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return with_zwolle(tmp_path / "study")


def fill(place: Place, *rows: tuple[str, ...]) -> None:
    """Fill in the workbook that `new-case` made."""
    path = folder(place) / "codings.xlsx"
    book = load_workbook(path)
    for row in rows:
        book["codings"].append([int(c) if c.isdigit() else c for c in row])
    book.save(path)


def text(place: Place, mark: str, *rows: tuple[str, ...], heading=PLAIN) -> None:
    with (folder(place) / "codings.csv").open("w", encoding="cp1252", newline="") as stream:
        csv.writer(stream, delimiter=mark).writerows([heading, *rows])


def whole(*rows: dict[str, str]) -> list[tuple[str, ...]]:
    return [tuple(row.get(column, "") for column in FRAGMENTS) for row in rows]


def errors(outcome: Outcome) -> str:
    assert (outcome.code, outcome.out) == (1, ""), outcome.err
    assert "Traceback" not in outcome.err
    return outcome.err


def test_a_case_coded_in_the_workbook_becomes_fragments_at_once(place):
    fill(
        place,
        ("1", "12", f"{DISTRUST}; Knelpunt; actor:resident", "Jansen", *SAID),
        ("1", "12", OUTREACH, "Jansen", "", ""),
        ("2", "", "theme:method; advice; actor:team; addressee:municipality", "Arends", *SAID),
    )
    done = take_in(place)
    assert done.code == 0 and "fragments/zwolle.csv: 2 fragments" in done.out
    first, second = fragments(place)
    assert (first["point"], first["also"], first["kind"]) == ("distrust", "outreach", "bottleneck")
    assert (first["source"], first["line"], first["actor"]) == ("zwolle-1", "12", "resident")
    assert (second["source"], second["line"], second["addressee"]) == (
        "zwolle-2",
        "",
        "municipality",
    )
    assert [row["summary_en"] for row in (first, second)] == [SAID[1]] * 2
    assert not (folder(place) / "codes.csv").exists()
    assert len(read_cases(Project(place.root)).fragments) == 3


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_csv_may_be_separated_as_any_program_does(mark, place):
    row = (
        "1",
        "3",
        f"{DISTRUST}{';' if mark != ';' else ','} Knelpunt; actor:team",
        "",
        "Één.",
        "E",
    )
    text(place, mark, row)
    assert take_in(place).code == 0
    assert fragments(place)[0]["summary_nl"] == "Één."


def test_whole_fragments_may_have_ids_or_labels_and_leave_out_what_goes_without_saying(place):
    heading = tuple(WHOLE)
    text(place, ";", tuple(WHOLE.values()), heading=heading)
    assert take_in(place).code == 0
    (row,) = fragments(place)
    told = {
        "id": "zwolle-1-12", "case": "zwolle", "year": "2027", "theme": "access",
        "point": "distrust", "also": "outreach unknown_teams", "kind": "bottleneck",
        "actor": "resident team", "form": "statement",
        "source": "zwolle-1", "line": "12", "key_words": "",
    }  # fmt: skip
    assert row | told == row
    assert len(read_cases(Project(place.root)).fragments) == 2


def test_everything_that_is_wrong_in_a_plain_sheet_is_told_at_once_and_nothing_is_written(place):
    text(
        place, ";",
        (f"Interview {MARK}", "3", CODES.replace(";", ","), "", *SAID),
        ("1", "three", "Wantrouwne; Knelpunt; actor:team", "", *SAID),
        ("1", "0", f"Gemeente; {DISTRUST}; Knelpunt", "", *SAID),
        ("1", "4", "", "", "", ""),
        ("1", "5", f"{DISTRUST}; actor:team", "", SAID[0], ""),
        ("1", "6", CODES, "", "In 2016 niet.", SAID[1]),
    )  # fmt: skip
    told = errors(take_in(place))
    for message in (
        "row 2, column source: wrong value; allowed: the number of the interview, from 1: never a",
        "row 3, column line: wrong value; found 'three'; allowed: a whole number",
        "row 3, column codes: is no code of the coding frame; found 'Wantrouwne'; allowed:",
        "row 4, column line: wrong value; found '0'",
        "row 4, column codes: can mean actor:municipality or addressee:municipality: write which",
        "row 5, column codes: wrong value; found ''",
        "row 6, column codes: has no kind; allowed: bottleneck",
    ):
        assert f"data/raw/cases/interviews/zwolle/codings.csv, {message}" in told
    assert MARK not in told
    assert not (place.root / "data/raw/cases/fragments").exists()
    text(place, ";", ("1", "6", CODES, "", "In 2016 niet.", ""))
    told = errors(take_in(place))
    assert "row 2, column summary_nl: a digit in a text; allowed: no digits" in told
    assert "row 2, column summary_en: has no summary; allowed: a sentence" in told
    text(place, ";", ("1", "6", CODES, "", "Volgens mevrouw De Vries niet.", SAID[1]))
    told = errors(take_in(place))
    assert "row 2, column summary_nl: holds what may be a name: De Vries; names are not" in told


def test_everything_that_is_wrong_in_whole_fragments_is_told_at_once(place):
    text(
        place, ";",
        *whole(
            WHOLE | {"theme": "Toegang", "case": "ede", "stance": "perhaps"},
            WHOLE | {"kind": "", "actor": "resident boss", "key_words": MARK},
            WHOLE | {"theme": "vision", "line": "-2", "id": "a"},
            WHOLE | {"kind": "advice", "stance": "", "id": "a"},
        ),
        heading=tuple(FRAGMENTS),
    )  # fmt: skip
    told = errors(take_in(place))
    for message in (
        "row 2, column theme: not in the coding frame; found 'Toegang'; allowed: vision, urgency",
        "row 2, column case: is another case; found 'ede'; allowed: zwolle, or empty",
        "row 2, column stance: wrong value; found 'perhaps'; allowed: supports, contradicts, both",
        "row 3, column kind: wrong value; found ''; allowed: a value",
        "row 3, column actor: not in the coding frame; found 'resident boss'; allowed: team,",
        "row 3, column key_words: words of an interview are not kept; allowed: nothing",
        "row 4, column point: not a point of theme vision",
        "row 4, column line: wrong value; found '-2'",
        "row 5, column addressee: does not go with kind advice",
        "row 5, column stance: does not go with the point",
        "row 5, column id: id stands twice; found 'a'",
    ):
        assert message in told
    assert MARK not in told


@pytest.mark.parametrize(
    ("heading", "message"),
    [
        (("source", "line", MARK), "row 1, column number 3: column is not known; allowed: source,"),
        (("source", "source", *PLAIN[2:]), "row 1, column source: column stands twice"),
        (PLAIN[1:], "row 1, column source: column is missing"),
        (("kind", *PLAIN), "row 1, column theme: column is missing"),
    ],
)
def test_headings_that_cannot_be_read_are_told(heading, message, place):
    text(place, ";", tuple("1" for _ in heading), heading=heading)
    told = errors(take_in(place))
    assert message in told and MARK not in told


def test_two_coders_of_one_line_count_once_and_several_passages_of_one_coder_each(place):
    text(
        place, ";", ("1", "3", CODES, "A", *SAID), ("1", "3", CODES, "A", "Anders.", "Other."),
        ("1", "3", CODES, "B", *SAID),
    )  # fmt: skip
    assert take_in(place).code == 0
    assert [(row["id"], row["same_as"]) for row in fragments(place)] == [
        ("zwolle-1-3", ""),
        ("zwolle-1-3-2", ""),
        ("zwolle-1-3-3", "zwolle-1-3"),
    ]


def test_an_interview_in_a_sheet_and_in_a_project_needs_two_numbers(place):
    project = QdaProject(
        [
            Document("x", "Het team.").code(
                "team", "theme:access", "kind:fact", "actor:team", note="nl: Ja. / en: Yes."
            )
        ]
    )
    assert take_in(place, str(project.write(place.root / "p.qdpx"))).code == 0
    text(place, ";", ("1", "3", CODES, "A", *SAID))
    assert "codings.csv, row 2, column source: zwolle-1 stands in" in take_in(place, "--accept").err
    text(place, ";", ("2", "3", CODES, "A", *SAID))
    assert take_in(place, "--accept").code == 0
    assert [row["source"] for row in fragments(place)] == ["zwolle-1", "zwolle-2"]


def test_a_file_that_is_no_spreadsheet_is_refused(place):
    for content in (b"PK\x03\x04 no", b"\x00\x01", b""):
        (folder(place) / "codings.xlsx").write_bytes(content)
        told = errors(take_in(place))
        assert told.count("\n") == 1 and "interviews/zwolle/codings.xlsx: is " in told
    (folder(place) / "codings.xlsx").unlink()
    (folder(place) / "codings.csv").write_bytes(b"\x00\x00")
    assert "codings.csv" in errors(take_in(place))


def test_a_spreadsheet_that_is_refused_does_not_stay_in_the_folder_and_a_right_one_does(place):
    row = ("1", "3", CODES, "A", *SAID)
    wrong, file = place.root / "own.csv", folder(place) / "own.csv"
    text(place, ";", row)
    template = folder(place) / "codings.csv"
    template.rename(wrong)
    wrong.write_text(wrong.read_text().replace(SAID[0], "Mevrouw Jansen komt."))
    assert "may be a name" in errors(take_in(place, str(wrong)))
    assert not file.exists()
    wrong.write_text(wrong.read_text().replace("Mevrouw Jansen komt.", SAID[0]))
    assert take_in(place, str(wrong)).code == 0
    assert file.read_bytes() == wrong.read_bytes()


def test_locks_and_hidden_files_are_no_exports(place):
    fill(place, ("1", "3", CODES, "A", *SAID))
    for name in ("~$codings.xlsx", ".codings.xlsx"):
        (folder(place) / name).write_bytes(b"no workbook")
    assert take_in(place).code == 0
    refused = take_in(place, str(folder(place) / "~$codings.xlsx"))
    assert refused.code == 2 and "is no export" in refused.err


def test_what_changed_since_it_was_taken_in_is_told_and_a_case_without_fragments(place):
    project = Project(place.root)
    again = "make codings CASE=zwolle"
    assert changed_cases(project) == [
        f"zwolle: stands in cases.csv without fragments; {again} takes them in"
    ]
    fill(place, ("1", "3", CODES, "A", *SAID))
    assert take_in(place).code == 0
    assert changed_cases(project) == []
    fill(place, ("1", "4", CODES, "A", *SAID))
    (folder(place) / "codings.csv").unlink()
    (folder(place) / "more.qdpx").write_bytes(b"x")
    where = "data/raw/cases/interviews/zwolle"
    assert changed_cases(project) == [
        f"{where}/codings.csv is gone since it was taken in; {again}",
        f"{where}/codings.xlsx changed since it was taken in; {again}",
        f"{where}/more.qdpx was not taken in yet; {again}",
    ]


def test_what_a_case_rests_on_is_told_from_its_first_fragments_on(place):
    def told() -> list[str]:
        profiles = read_cases(Project(place.root)).profiles
        return list(profiles.loc[profiles["case"] == "zwolle", "fact"])

    assert told() == []
    fill(place, ("1", "3", CODES, "A", *SAID))
    assert take_in(place).code == 0
    assert told() == ["basis"]


def test_codes_with_the_separator_of_the_file_between_them_are_told_once(place):
    path = folder(place) / "codings.csv"
    row = f"1;3;{DISTRUST};Knelpunt;actor:team;A;Ja;Yes"
    path.write_text("\n".join([";".join(PLAIN), row, row, row]), encoding="utf-8")
    told = errors(take_in(place))
    assert told.count("\n") == 1
    assert "codings.csv, row 2: row is too long, and 2 more; allowed: 6 cells; to mend: in" in told


def test_who_codes_in_a_spreadsheet_is_not_sent_to_codes_csv(place):
    text(place, ",", ("1", "3", f"{DISTRUST}; actor:team", "", *SAID))
    told = errors(take_in(place))
    assert "has no kind" in told and "add one to the codes of the row: kind:bottleneck" in told
    assert "codes.csv" not in told
