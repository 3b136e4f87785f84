"""From coded interviews to fragments of a case: the verbs, the mapping, the summaries."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]

from analysis.evidence.agreement import ratings_of
from analysis.intake.saved_table import read_saved
from analysis.project import Project
from analysis.qda.codebook import our_guid
from analysis.qda.codes import COLUMNS as CODE_COLUMNS
from analysis.qda.codes import MappedCode, meanings, read_codes_file, write_codes_file
from analysis.qda.codings import codings_of, passages
from analysis.qda.exchange import read_exchange
from analysis.qda.fragments import fragments_of
from analysis.qda.summaries import Summary, in_notes
from analysis.qda.targets import Recognised, read_targets
from analysis.qda.workbook import write_workbook
from analysis.raw.cases import PROFILES, read_cases
from analysis.raw.coders import read_coders
from analysis.raw.coding import read_coding_frame
from analysis.raw.sources import seal
from analysis.raw.tables import read_table
from analysis.stats.coders import krippendorff_alpha, percent_agreement
from conftest import Outcome, Place
from helpers import real_project
from qda_projects import (
    PROGRAMS,
    Document,
    QdaProject,
    Selection,
    folder,
    fragments,
    take_in,
    with_zwolle,
)

INTERVIEW = (
    "Hoe vinden mensen het team?\n"
    "Zij komen pas laat, want ze vertrouwen de gemeente niet en kennen ons nauwelijks.\n"
    "Wij gaan daarom elke maandag naar de moskee en het buurthuis.\n"
    "Dat zou de gemeente moeten betalen."
)
NOTE = "nl: Bewoners melden zich laat. / en: Residents come late."
FRAME = read_coding_frame(real_project())


def interview() -> Document:
    return (
        Document("Gesprek Jansen.docx", INTERVIEW)
        .code("Zij komen pas laat", "Toegang > Wantrouwen", "Knelpunt", note=NOTE)
        .code("Wij gaan daarom", "Toegang > Outreach", "Soort > Activiteit")
    )


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A study with the case Zwolle, still without codings."""
    return with_zwolle(tmp_path / "study")


def mapping(place: Place) -> dict[str, str]:
    rows = read_saved(folder(place) / "codes.csv", CODE_COLUMNS, "codes.csv")
    return {cells["code"]: cells["becomes"] for _, cells in rows}


def decide(place: Place, **becomes: str) -> None:
    """Say what codes become, by the last word of each; `source` is said of every document."""
    path = folder(place) / "codes.csv"
    rows = []
    for row in read_codes_file(path, "codes.csv", FRAME):
        key = "source" if row.is_source else row.code.split(" > ")[-1]
        rows.append(MappedCode(row.code, becomes.get(key, row.becomes), row.accepted, row.why))
    write_codes_file(path, rows)


def summarise(place: Place, nl: str = "Zij komen niet.", en: str = "They stay away.") -> None:
    path = folder(place) / "summaries.csv"
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines(), delimiter=";"))
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        told = [rows[0], *([*row[:4], row[4] or nl, row[5] or en] for row in rows[1:])]
        csv.writer(stream, delimiter=";").writerows(told)


def export(place: Place, project: QdaProject, name: str = "interviews.qdpx") -> str:
    return str(project.write(place.root / name))


def errors(outcome: Outcome) -> list[str]:
    assert outcome.code == 1, outcome.out + outcome.err
    assert "Traceback" not in outcome.err
    return [line.strip().removeprefix("error: ") for line in outcome.err.splitlines()]


# --- From start to fragments


@pytest.mark.parametrize("program", PROGRAMS)
def test_interviews_become_fragments_in_four_steps(program, place):
    file = export(place, QdaProject([interview()], program))
    first = take_in(place, file)
    assert first.code == 0 and "Nothing is imported yet." in first.out
    assert "interviews.qdpx: 1 document, 4 codings with 4 codes by 1 coder" in first.out
    assert not (place.root / "data/raw/cases/fragments").exists()
    told = mapping(place)
    assert [told[c] for c in ("Knelpunt", "Soort > Activiteit")] == [
        "kind:bottleneck",
        "kind:activity",
    ]

    decide(place, Wantrouwen="point:distrust", Outreach="point:outreach", source="actor:team")
    missing = errors(take_in(place, "--accept"))
    wanted = "data/raw/cases/interviews/zwolle/summaries.csv, row 2, column summary_{}: "
    wanted += "source zwolle-1, line 3, coder-1: has no summary; allowed: a sentence"
    assert missing == ["2 problems in the data", wanted.format("nl"), wanted.format("en")]
    assert not (place.root / "data/raw/cases/fragments").exists()

    summarise(place, "Het team zoekt bewoners op.", "The team goes out to residents.")
    done = take_in(place)
    assert done.code == 0 and "fragments/zwolle.csv: 2 fragments" in done.out
    late, outreach = fragments(place)
    assert late | {
        "case": "zwolle", "year": "2027", "theme": "access", "point": "distrust",
        "stance": "supports", "kind": "bottleneck", "actor": "team", "form": "statement",
        "summary_nl": "Bewoners melden zich laat.", "summary_en": "Residents come late.",
        "source": "zwolle-1", "line": "2", "key_words": "", "same_as": "",
    } == late  # fmt: skip
    assert (outreach["point"], outreach["line"]) == ("outreach", "3")
    data = read_cases(Project(place.root))
    assert list(data.fragments["case"]) == ["ede", "zwolle", "zwolle"]
    assert data.municipalities["zwolle"] == "Zwolle"


def test_what_is_unchanged_gives_the_same_fragments_and_what_was_filled_in_stays(place):
    take_in(place, export(place, QdaProject([interview()], "maxqda")))
    decide(place, Wantrouwen="point:distrust", Outreach="point:outreach", source="actor:team")
    take_in(place, "--accept")
    summarise(place)
    assert take_in(place).code == 0
    before = fragments(place)
    assert take_in(place).code == 0
    assert fragments(place) == before
    again = interview().code("Dat zou", "Toegang > Wantrouwen", "Knelpunt", note=NOTE)
    other = Document("Arends", "Een ander gesprek.").code("ander", "Knelpunt", note=NOTE)
    done = take_in(place, export(place, QdaProject([other, again], "maxqda")))
    assert "Nothing is imported yet." in done.out
    decide(place, source="actor:resident, kind:fact")
    # The new document says nothing of a theme.
    assert errors(take_in(place, "--accept"))[0].startswith(
        "data/raw/cases/interviews/zwolle: source zwolle-2, line 1, coder-1: has no theme; allowed:"
    )
    decide(place, Knelpunt="kind:bottleneck, theme:access")
    assert take_in(place, "--accept").code == 0
    assert [row for row in fragments(place) if row["id"] in {b["id"] for b in before}] == [
        row | {"actor": "resident"} for row in before
    ]


def test_nothing_is_accepted_that_nobody_has_seen(place):
    file = export(place, QdaProject([interview()]))
    assert "Nothing is imported yet." in take_in(place, file, "--accept").out
    done = errors(take_in(place, "--accept"))
    assert "codes.csv, row 6, column becomes: say what the code becomes" in "\n".join(done)
    more = interview().code("Dat zou", "Nieuw", note=NOTE)
    decide(place, Wantrouwen="point:distrust", Outreach="point:outreach", source="actor:team")
    told = take_in(place, export(place, QdaProject([more])), "--accept")
    assert "Nothing is imported yet." in told.out and "? Nieuw" in told.out
    assert "  kind: bottleneck, improvement, activity" in told.out


def test_two_coders_of_the_same_words_make_one_fragment_that_counts(place):
    document = interview().code(
        "Zij komen pas laat, want ze", "Toegang > Wantrouwen", "Knelpunt", coder="Coder B"
    )
    take_in(place, export(place, QdaProject([document], "atlas")))
    decide(place, Wantrouwen="point:distrust", Outreach="not_used", Activiteit="not_used",
           source="actor:team")  # fmt: skip
    done = take_in(place, "--accept")
    assert "coded by an earlier coder too, so that they count once: 1" in done.out
    assert "coded passages left out, as codes.csv says (not_used): 1" in done.out
    one, other = fragments(place)
    assert (one["same_as"], other["same_as"]) == ("", one["id"])
    assert other["summary_nl"] == one["summary_nl"]
    data = read_cases(Project(place.root))
    assert list(data.counted["id"]) == ["f-1", one["id"]]


def test_a_document_in_two_exports_is_refused(place):
    take_in(place, export(place, QdaProject([interview()], "nvivo")))
    done = take_in(place, export(place, QdaProject([interview()], "qualcoder"), "later.qdpx"))
    (told,) = errors(done)
    assert (
        "later.qdpx: document 1 stands in data/raw/cases/interviews/zwolle/interviews.qdpx" in told
    )
    assert not (folder(place) / "later.qdpx").exists()


def test_a_case_that_is_not_there_is_refused_with_the_verb_that_makes_it(place):
    done = place.run("codings", "--case", "zwol", "x.qdpx")
    assert done.code == 2
    assert "unknown case 'zwol'; known: ede, zwolle; make new-case CASE=zwol" in done.err
    assert place.run("codings", "--case", "zwolle", "gone.qdpx").code == 2
    assert "is no export; allowed: .qdpx, .csv, .xlsx" in take_in(place, "x.docx").err


# --- A new case


def test_a_new_case_has_a_row_a_folder_and_a_spreadsheet_with_all_codes(place):
    row = read_table(place.root / "data/raw/cases/cases.csv", PROFILES, name="cases.csv").iloc[-1]
    assert (row["case"], row["municipality_code"], row["year"]) == ("zwolle", "GM0193", 2027)
    book = load_workbook(folder(place) / "codings.xlsx")
    heading = [cell.value for cell in book["codings"][1]]
    assert heading == ["source", "line", "codes", "coder", "summary_nl", "summary_en"]
    codes = {row[0]: row[1:] for row in book["codes"].iter_rows(values_only=True)}
    distrust = FRAME.points["distrust"]
    assert codes["point:distrust"] == (
        distrust.label_nl, distrust.label_en, distrust.definition_nl, distrust.definition_en,
    )  # fmt: skip
    done = take_in(place)
    assert done.code == 1 and "holds no codings yet" in done.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--case Zwolle --name Zwolle --year 2027", "--case 'Zwolle' (make: CASE=…): cannot be a"),
        ("--case ../x --name Zwolle --year 2027", "cannot be a name"),
        ("--case joint --name Zwolle --year 2027", "is a collection of the coding frame"),
        ("--case x --name Zwole --year 2027", "--name 'Zwole' (make: NAME=…): is no municipality"),
        ("--case x --name Haaren --year 2027", "is no municipality on 1 January 2027"),
        ("--case x --name Zwolle --year 27", "--year '27' (make: YEAR=…): must be a year"),
        (
            "--case x --name Zwole --year 2027",
            "on 1 January 2027; did you mean Zwolle or Zeewolde?",
        ),
        (
            "--case zwolle2 --name Zwolle --year 2028",
            "Zwolle is case zwolle already: make new-case",
        ),
        ("--case zwolle --name Utrecht --year 2028", "case zwolle is Zwolle, not Utrecht"),
        ("--case zwolle --name Zwolle --year 2027", "case zwolle of 2027 is there already"),
        ("--case x --name Zwolle", "the following arguments are required: --year"),
    ],
)
def test_a_case_that_cannot_be_is_refused(arguments, message, place):
    before = (place.root / "data/raw/cases/cases.csv").read_bytes()
    done = place.run("new-case", *arguments.split())
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert (place.root / "data/raw/cases/cases.csv").read_bytes() == before


# --- Codes


@pytest.mark.parametrize(
    ("path", "targets"),
    [
        ("distrust", ["point:distrust"]),
        ("KNELPUNT", ["kind:bottleneck"]),
        ("Barrière", ["kind:bottleneck"]),
        ("Clientenparticipatie", ["theme:participation"]),
        ("Gemeente", ["actor:municipality", "addressee:municipality"]),
        ("Sprekers > Gemeente", ["actor:municipality"]),
        ("Gericht aan > Gemeente", ["addressee:municipality"]),
        ("point:distrust contradicts", ["point:distrust contradicts"]),
        ("distrust (contradicts)", ["point:distrust contradicts"]),
        ("distrust - tegen", ["point:distrust contradicts"]),
        ("Voor of tegen > Weerspreekt", ["stance:contradicts"]),
        ("Iets anders", []),
    ],
)
def test_a_code_is_recognised_by_id_label_other_words_and_the_codes_above_it(path, targets):
    assert [str(t) for t in Recognised(FRAME).codes(path.split(" > "))] == targets


def test_a_code_of_our_own_code_book_is_known_by_its_id_whatever_it_is_called(place):
    project = QdaProject([interview()], "nvivo")
    project.id("cToegang > Wantrouwen")
    project._ids["cToegang > Wantrouwen"] = our_guid("point:unknown_teams")
    take_in(place, export(place, project))
    assert mapping(place)["Toegang > Wantrouwen"] == "point:unknown_teams"


def book(place: Place, *codes: str) -> str:
    path = place.root / "book.qdc"
    told = "".join(f'<Code guid="{n}" name="{code}"/>' for n, code in enumerate(codes))
    space = "urn:QDA-XML:codebook:1.0"
    path.write_text(f'<CodeBook xmlns="{space}"><Codes>{told}</Codes></CodeBook>', encoding="utf-8")
    return str(path)


def test_a_code_book_proposes_what_its_codes_become_before_there_are_codings(place):
    done = take_in(place, book(place, "Knelpunt", "Iets anders"))
    assert done.code == 0
    assert "? Iets anders" in done.out
    assert "no codings yet" in done.out
    assert mapping(place) == {"Knelpunt": "kind:bottleneck", "Iets anders": ""}
    assert not (folder(place) / "book.qdc").exists()
    # What it proposed waits for the codings, and is not proposed again.
    take_in(place, book(place, "Knelpunt"))
    take_in(place, export(place, QdaProject([interview()])))
    assert list(mapping(place)).count("Knelpunt") == 1


@pytest.mark.parametrize("content", ["", "<CodeBook/>", "<!DOCTYPE a><a/>"])
def test_a_damaged_code_book_is_refused_and_nothing_is_written(content, place):
    path = place.root / "book.qdc"
    path.write_text(content, encoding="utf-8")
    done = take_in(place, str(path))
    assert done.code == 1
    assert "book.qdc" in done.err
    assert not (folder(place) / "codes.csv").exists()


def test_a_code_book_is_given_by_itself(place):
    done = take_in(place, book(place, "Knelpunt"), export(place, QdaProject([interview()])))
    assert done.code == 2
    assert "give a code book (.qdc) by itself" in done.err


def test_a_faulty_mapping_is_told_whole(place):
    take_in(place, export(place, QdaProject([interview()])))
    decide(place, Wantrouwen="point:distrsut", Outreach="kind:fact both", source="theme:access")
    path = folder(place) / "codes.csv"
    path.write_text(path.read_text("utf-8-sig").replace(";no;", ";perhaps;", 1) + "x;;yes;\n")
    told = "\n".join(errors(take_in(place, "--accept")))
    for message in (
        "row 2, column becomes: cannot hold for a document; found 'theme:access'",
        "column accepted: wrong value; found 'perhaps'; allowed: yes or no",
        "point:distrsut is no code of the coding frame; did you mean point:distrust?",
        "'both' does not go with kind:fact",
        "is accepted but not decided",
    ):
        assert message in told


@pytest.mark.parametrize(
    ("said", "cells"),
    [
        ("point:distrust,kind:fact,actor:team", {"theme": "access", "stance": "supports"}),
        ("point:distrust contradicts,kind:fact,actor:team", {"stance": "contradicts"}),
        ("point:distrust,stance:both,kind:fact,actor:team", {"stance": "both"}),
        ("point:distrust,point:outreach,kind:fact,actor:team",
         {"point": "distrust", "also": "outreach"}),
        ("point:outreach,point:distrust contradicts,kind:fact,actor:team",
         {"point": "distrust", "also": "outreach", "stance": "contradicts"}),
        ("theme:method,kind:advice,actor:team,actor:resident,addressee:team",
         {"theme": "method", "actor": "team resident", "addressee": "team", "point": ""}),
        ("theme:method,kind:advice,actor:team", {"addressee": "anyone"}),
        ("theme:access,policy:present,kind:fact,actor:team,form:quotation",
         {"policy": "present", "form": "quotation"}),
    ],
)  # fmt: skip
def test_the_codes_of_a_passage_fill_the_columns_of_a_fragment(said, cells, tmp_path):
    (fragment,) = made(said, tmp_path)
    assert not fragment.faults
    assert fragment.cells | cells == fragment.cells


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("point:distrust,actor:team", "has no kind"),
        ("point:distrust,kind:fact", "has no actor"),
        ("kind:fact,actor:team", "has no theme"),
        ("theme:method,theme:access,kind:fact,actor:team", "has several codes of group theme"),
        ("theme:method,point:distrust,kind:fact,actor:team", "a point of another theme"),
        ("theme:method,stance:both,kind:fact,actor:team", "is for or against, but of no point"),
        ("kind:fact,kind:advice,theme:access,actor:team", "has several codes of group kind"),
        ("point:distrust contradicts,point:outreach contradicts,kind:fact,actor:team",
         "contradicts several points: distrust, outreach"),
    ],
)  # fmt: skip
def test_what_cannot_be_one_fragment_is_told(said, message, tmp_path):
    (fragment,) = made(said, tmp_path)
    assert [message in fault[1] for fault in fragment.faults] == [True]


def made(said: str, folder: Path, of_source: str = ""):
    names = said.split(",")
    project = QdaProject([Document("x", "Het team helpt.").code("team", *names)])
    exchange = read_exchange(project.write(folder / "p.qdpx"), "p")
    codings = codings_of("ede", {"p": exchange}, {})
    rows = [MappedCode("source:ede-1 a/b", of_source), *(MappedCode(name, name) for name in names)]
    return fragments_of("ede", 2027, passages(codings), meanings(rows, FRAME), FRAME)


def test_a_document_says_who_speaks_where_the_passage_does_not(tmp_path):
    (fragment,) = made("point:distrust,kind:fact", tmp_path, "actor:resident")
    assert fragment.cells["actor"] == "resident"
    (fragment,) = made("point:distrust,kind:fact,actor:team", tmp_path, "actor:resident")
    assert fragment.cells["actor"] == "team"


# --- Summaries


@pytest.mark.parametrize(
    ("note", "summary"),
    [
        (NOTE, Summary("Bewoners melden zich laat.", "Residents come late.")),
        ("NL:  Een.\r\nEN: One.", Summary("Een.", "One.")),
        ("zie ook elders\nnl: Een en/of twee.\nnl: niet deze", Summary("Een en/of twee.", "")),
        ("denk: nl is mooi", Summary()),
    ],
)
def test_a_summary_is_found_in_a_note(note, summary):
    assert in_notes([note]) == summary


def test_a_summary_that_repeats_the_interview_or_holds_a_digit_is_refused_without_its_words(place):
    repeated = "want ze vertrouwen de gemeente niet"
    note = f"nl: Volgens haar {repeated.upper()}. / en: Since 2016 they stay away."
    document = Document("J", INTERVIEW).code(
        "Zij komen pas laat", "distrust", "Knelpunt", note=note
    )
    take_in(place, export(place, QdaProject([document])))
    decide(place, source="actor:team")
    told = errors(take_in(place, "--accept"))
    folder = "data/raw/cases/interviews/zwolle"
    where = f"{folder}, column"
    mend = "; to mend: write it in the comment again, and export; or in "
    mend += f"{folder}/summaries.csv, id zwolle-1-2.0.18"
    assert told[1:] == [
        f"{where} summary_nl: source zwolle-1, line 2, coder-1: repeats 6 words or more in a row "
        f"of the interview; allowed: a summary in your own words{mend}",
        f"{where} summary_en: source zwolle-1, line 2, coder-1: a digit in a text; allowed: no "
        f"digits: write the number in words{mend}",
    ]


def test_a_summary_with_a_name_of_the_interview_is_refused(place):
    text = "Samira: ik kom niet.\nZij kent het team wel."
    note = "nl: De straat van Samira kent het team. / en: According to Mrs Jansen they come."
    document = Document("J", text).code("Zij kent", "distrust", "Knelpunt", note=note)
    take_in(place, export(place, QdaProject([document])))
    decide(place, source="actor:team")
    told = errors(take_in(place, "--accept"))
    for column, name in {"summary_nl": "Samira", "summary_en": "Jansen"}.items():
        message = f"holds what may be a name: {name}; names are not carried over; allowed: who"
        (line,) = (line for line in told if column in line)
        assert message in line
    assert not (place.root / "data/raw/cases/fragments").exists()


def test_a_code_named_by_words_of_the_interview_is_refused_before_anything_is_written(place):
    code = "ze vertrouwen de gemeente niet en kennen"
    document = Document("J", INTERVIEW).code(code, code, note=NOTE)
    (told,) = errors(take_in(place, export(place, QdaProject([document]))))
    assert "a code of source zwolle-1, line 2, coder-1 repeats words of the interview" in told
    assert "vertrouwen" not in told
    assert not (folder(place) / "codes.csv").exists()


# --- Agreement


def doubly(place: Place, second: str) -> None:
    """Two coders of the same interview; the second gives the second passage another theme."""
    note = "nl: Ja. / en: Yes."
    document = Document("x", INTERVIEW)
    for words, code in {"Hoe vinden": "access", "Zij komen": "access", "Dat zou": "access"}.items():
        document.code(words, f"theme:{code}", "kind:fact", note=note)
    for words, code in {"vinden mensen": "access", "Zij": second, "Wij": "access"}.items():
        document.code(words, f"theme:{code}", "kind:fact", coder="Coder B", note=note)
    take_in(place, export(place, QdaProject([document], "maxqda")))
    decide(place, source="actor:team")
    done = take_in(place, "--accept")
    assert done.code == 0, done.err


def test_what_two_coders_made_of_the_same_words_is_kept_to_measure_their_agreement(place):
    doubly(place, "vision")
    told = read_coders(Project(place.root), FRAME)
    assert told[["coder", "theme", "kind", "actor"]].to_numpy().tolist() == [
        ["zwolle-coder-1", "access", "fact", "team"],
        ["zwolle-coder-2", "access", "fact", "team"],
        ["zwolle-coder-1", "access", "fact", "team"],
        ["zwolle-coder-2", "vision", "fact", "team"],
    ]
    ids = [row["id"] for row in fragments(place)]
    assert list(told["unit"]) == [ids[0]] * 2 + [ids[3]] * 2
    ratings = ratings_of(told, "theme")
    assert percent_agreement(ratings) == 0.5
    # By hand: of four values one differs; seen 2 / 4, expected 2 * 3 * 1 / (4 * 3).
    assert krippendorff_alpha(ratings) == pytest.approx(0)


def test_the_coders_of_other_cases_stay_and_those_of_nobody_go(place):
    path = place.root / "data/raw/cases/coders.csv"
    doubly(place, "access")
    other = "u,ede-coder-1,access,fact,team\nu,ede-coder-2,access,fact,team\n"
    path.write_text(path.read_text("utf-8") + other, encoding="utf-8")
    seal(Project(place.root), path)
    alone = interview().code("Dat zou", "theme:access", "kind:fact", note=NOTE)
    take_in(place, export(place, QdaProject([alone], "maxqda")))
    decide(place, Wantrouwen="point:distrust", Outreach="not_used", source="actor:team",
           Activiteit="not_used")  # fmt: skip
    assert take_in(place, "--accept").code == 0
    assert list(read_coders(Project(place.root), FRAME)["unit"]) == ["u", "u"]
    path.write_text("unit,coder,theme,kind,actor\n", encoding="utf-8")
    seal(Project(place.root), path)
    assert take_in(place).code == 0
    assert not list(path.parent.glob("coders*"))


# --- Out


def test_codings_go_out_the_same_each_time(place):
    first = place.run("export-codings")
    assert first.code == 0
    out = place.root / "reports/codings"
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert set(before) == {"coding_frame.qdc", "fragments.csv", "fragments.xlsx"}
    assert place.run("export-codings", "--out", str(out)).code == 0
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert "f-1" in before["fragments.csv"].decode("utf-8-sig")
    with ZipFile(out / "fragments.xlsx") as book:  # the time of writing would change the bytes
        assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert date.today().isoformat() not in book.read("docProps/core.xml").decode()
    refused = place.run("export-codings", "--out", str(place.root / "data/raw/x"))
    assert refused.code == 2 and "not in data" in refused.err


def test_what_looks_like_a_formula_stays_a_text(tmp_path):
    path = tmp_path / "x.xlsx"
    write_workbook(path, {"a": [["=1+1", "\x07b"]]})
    first, second = load_workbook(path)["a"][1]
    assert (first.data_type, first.value, second.value) == ("s", "=1+1", " b")


def test_selections_that_are_no_text_have_a_fragment_without_a_line(place):
    codes = [("theme:access", "Coder A"), ("kind:fact", "Coder A"), ("actor:team", "Coder A")]
    picture = Document("p", "", "picture", [Selection("picture", codes=codes)])
    take_in(place, export(place, QdaProject([picture])))
    take_in(place, "--accept")
    summarise(place)
    assert take_in(place).code == 0
    (row,) = fragments(place)
    assert (row["line"], row["source"], row["id"]) == ("", "zwolle-1", "zwolle-1-r1.2.3.4")
    assert len(read_cases(Project(place.root)).fragments) == 2


# --- Codes by their labels


def test_a_code_may_be_written_by_its_label_in_both_languages():
    distrust = FRAME.points["distrust"]
    cell = f"actor:Bewoner, kind:bottleneck, point:{distrust.label_en} both, point: outreach"
    targets, faults = read_targets(cell, FRAME)
    assert [str(target) for target in targets] == [
        "actor:resident", "kind:bottleneck", "point:distrust both", "point:outreach",
    ]  # fmt: skip
    assert faults == []
    for name, point in FRAME.points.items():  # labels with commas too
        told = read_targets(f"kind:fact, point:{point.label_nl}, actor:team", FRAME)[0]
        assert [target.code for target in told] == ["fact", name, "team"]


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("actor:Gemente", "actor:municipality"),
        ("point:Scholing", "point:training"),
        ("actor:residnet", "actor:resident"),
        ("distrust", "point:distrust"),
    ],
)
def test_what_may_have_been_meant_is_asked_by_label_too(cell, meant):
    targets, (fault,) = read_targets(cell, FRAME)
    assert targets == [] and fault.endswith(f"did you mean {meant}?")
