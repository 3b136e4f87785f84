"""A proposed mapping: what is sure is proposed, what is not stays open, nothing private is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.intake.formats.export import Export, Heading
from analysis.intake.mapping import MappedColumn, read_mapping, write_mapping
from analysis.intake.proposal import recode
from analysis.intake.proposal.propose import mapping_table, propose
from analysis.project import Project
from analysis.raw.settings import read_instrument
from helpers import ROOT

INSTRUMENT = read_instrument(Project(ROOT))
AGREE = ["Helemaal mee oneens", "Oneens", "Neutraal", "Eens", "Helemaal mee eens"]
TRUST = INSTRUMENT.item("less_trust").nl
POLICY = INSTRUMENT.item("policy_aspects").nl
CONDITIONS = INSTRUMENT.item("criteria_aspects").nl


Columns = Mapping[str, Sequence[str]] | Sequence[tuple[str | Heading, Sequence[str]]]


def column(texts: Sequence[str]) -> pd.Categorical:
    """What stands in a column; an empty text is an empty cell."""
    return pd.Categorical([text or None for text in texts])


def export(columns: Columns, file: str = "f.csv", **more) -> Export:
    """An export with these columns."""
    pairs = columns.items() if isinstance(columns, dict) else columns
    told = [(h if isinstance(h, Heading) else Heading(h), texts) for h, texts in pairs]
    headings = [heading for heading, _ in told]
    cells = {heading.name: column(texts) for heading, texts in told}
    rows = np.arange(2, 2 + len(told[0][1]))
    return Export(file, "csv", headings, cells, rows, **more)


def nothing_fixed(heading: Heading) -> str | None:
    return None


def proposed(columns: Columns, fixed=nothing_fixed, known=(), **more) -> dict[str, MappedColumn]:
    rows = propose(export(columns, **more), INSTRUMENT, fixed, known)
    return {row.column: row for row in rows}


def one(heading: str | Heading, *texts: str) -> MappedColumn:
    (row,) = proposed([(heading, texts)]).values()
    return row


def labelled(name: str, values: Mapping[str, str], label: str = "", missing=()) -> Heading:
    return Heading(name, label, values, frozenset(missing))


# --- What the heading says


@pytest.mark.parametrize(
    ("heading", "becomes"),
    [
        ("less_trust", "less_trust"),
        ("LESS_TRUST", "less_trust"),
        ("lesstrust", "less_trust"),  # LimeSurvey's codes have letters and digits only
        ("q01[lesstrust]", "less_trust"),
        ("policy_aspects_culture", "policy_aspects.culture"),
        ("policy_aspects[culture]", "policy_aspects.culture"),
        ("policyaspects[Culture]", "policy_aspects.culture"),
        ("policy_aspects.culture", "policy_aspects.culture"),
        ("less_trust_2", ""),
        ("trust", ""),
        ("policy_aspects[tailored]", ""),
    ],
)
def test_an_id_in_the_heading_is_the_item_or_the_box(heading: str, becomes: str):
    row = one(heading, "1")
    assert (row.becomes, row.accepted, row.file) == (becomes, False, "f.csv")


def test_ids_with_the_same_letters_are_told_apart():
    twin = INSTRUMENT.item("less_known").model_copy(update={"id": "lesstrust"})
    both = INSTRUMENT.model_copy(update={"items": [*INSTRUMENT.items, twin]})

    def found(heading: str) -> str:
        (row,) = propose(export({heading: ["1"]}), both, nothing_fixed)
        return row.becomes

    assert [found("less_trust"), found("LessTrust"), found("less-trust")] == [
        "less_trust", "lesstrust", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("label", "becomes"),
    [
        (TRUST, "less_trust"),
        ("Migrantengroepen hebben minder vertrouwen in het wijkteam dan andere bewoners",
         "less_trust"),
        ("Bewoners met een migratieachtergrond vertrouwen het wijkteam minder dan andere bewoners.",
         ""),
        ("De samenstelling van ons wijkteam lijkt op die van de wijk", "team_reflects"),
        ("Sinds er wijkteams zijn, komen cliënten met een migratieachtergrond eerder in beeld",
         "reach_improved"),
        ("The composition of the neighbourhood team resembles that of its area", "team_reflects"),
        ("We could use some help or knowledge in dealing with diversity", "support_needed"),
        (f"In hoeverre bent u het eens met deze uitspraken? [{TRUST}]", "less_trust"),
        (f"In hoeverre bent u het eens met deze uitspraken? - {TRUST}", "less_trust"),
        ("De teamleden werken met plezier", ""),
        ("Er is geregeld contact met scholen en huisartsen", ""),
        ("De werkwijze van het team sluit aan op wat ouderen nodig hebben", ""),
        ("The team members have enough time for their clients", ""),
        ("In onze gemeente", ""),
    ],
)  # fmt: skip
def test_a_question_is_matched_by_its_text_only_where_that_is_sure(label: str, becomes: str):
    texts = ["Eens", "Oneens", "Weet niet"]
    assert one(Heading("Q1", label), *texts).becomes == becomes
    assert one(Heading(label), *texts).becomes == becomes


def test_a_question_that_is_not_sure_names_the_two_nearest():
    row = one(Heading("Q1", "Migrantengroepen kennen de huisarts minder goed"), "Eens")
    assert (row.becomes, row.codes) == ("", {})
    assert row.why.startswith("not sure: nearest less_known (")
    assert " and less_trust (" in row.why


@pytest.mark.parametrize(
    "label",
    [
        "De teamleden werken niet voldoende cultuursensitief.",
        "Migrantengroepen vertrouwen het wijkteam meer dan andere bewoners.",
        "There is no regular contact with migrant organisations and key persons.",
    ],
)
def test_a_statement_turned_round_is_not_taken_for_the_item(label: str):
    row = one(Heading("Q1", label), "Eens")
    assert row.becomes == ""
    assert "only one of both says not, less or more" in row.why


def test_a_question_whose_answers_do_not_fit_is_left_open():
    row = one(Heading("Q1", TRUST), "soms", "vaak", "bij vlagen")
    assert (row.becomes, row.codes) == ("", {})
    assert row.why.endswith("but what stands there is no answer to less_trust")


def test_of_two_equally_good_columns_neither_is_proposed():
    rows = proposed({"less_trust": ["1", "5"], "LESS_TRUST": ["1", "5"]})
    assert [row.becomes for row in rows.values()] == ["", ""]
    assert rows["less_trust"].why == "less_trust: heading is the id; but so is column LESS_TRUST"


def test_of_two_columns_the_one_with_the_better_evidence_is_proposed():
    rows = proposed([(Heading("Q1", TRUST), ["1", "5"]), ("less_trust", ["1", "5"])])
    assert [row.becomes for row in rows.values()] == ["", "less_trust"]
    assert "so is column less_trust, surer" in rows["Q1"].why


def test_an_item_in_one_cell_and_its_boxes_are_not_proposed_together():
    rows = proposed({"policy_aspects": ["culture"], "policy_aspects_culture": ["Y"]})
    assert [row.becomes for row in rows.values()] == ["", ""]


@pytest.mark.parametrize(
    ("heading", "texts", "becomes"),
    [
        ("Gemeente", ["Utrecht"], "municipality"),
        ("In welke gemeente werkt u?", ["Utrecht"], "municipality"),
        ("municipality", ["344"], "municipality"),
        ("Onze gemeente hecht aan maatwerk", ["Utrecht"], ""),
        ("Hoeveel inwoners heeft uw gemeente?", ["9000"], ""),
        ("Wat is uw functie?", ["Ambtenaar", "Teamlid"], "group"),
        ("groep", ["1", "2"], "group"),
        ("functie", ["wethouder voor de zorg", "griffier"], ""),
        ("Q1", ["professional", "Ambtenaar"], "group"),
        ("team", ["Jeugdteam", "Sociaal wijkteam"], "team_type"),
        ("team", ["Team Noord", "Team Zuid"], ""),
        ("Q2", ["Integraal wijkteam"], "team_type"),
        ("startdatum", ["2027-05-31"], "started"),
        ("datum ingevuld", ["2027-05-31"], "finished"),
        ("respondentnummer", ["17"], "respondent"),
        ("simulated", ["yes"], "simulated"),
        ("datum gemeente", ["x"], ""),
    ],
)
def test_a_role_is_read_from_the_heading_or_the_texts(heading: str, texts: list[str], becomes: str):
    assert one(heading, *texts).becomes == becomes
    if becomes in ("municipality", "respondent", "started", "finished", "simulated", ""):
        assert one(heading, *texts).codes == {}


def test_groups_and_team_types_get_their_codes():
    row = one(labelled("Q1", {"1": "Ambtenaar", "2": "Teamlid", "3": "Iemand anders"},
                       "Wat is uw functie?"), "1")  # fmt: skip
    assert row.codes == {"1": "officials", "2": "professionals", "3": "?"}


# --- What was decided before


def test_a_column_accepted_in_this_file_keeps_its_row():
    row = MappedColumn("f.csv", "less_trust", "Vraag", "team_reflects", {"1": "5"}, True, True, "z")
    assert proposed({"less_trust": ["1", "2"]}, known=[row]) == {"less_trust": row}


def test_a_file_is_known_by_its_name_wherever_it_lies():
    row = MappedColumn("f.csv", "less_trust", "", "not_used", accepted=True)
    found = proposed({"less_trust": ["1"]}, known=[row], file="data/raw/survey/2027/answers/f.csv")
    assert found == {"less_trust": row}


def test_what_somebody_filled_in_is_kept_and_given_codes():
    row = MappedColumn("f.csv", "Q1", "", "less_trust")
    (found,) = proposed({"Q1": ["1", "5", "9"]}, known=[row]).values()
    assert (found.becomes, found.accepted) == ("less_trust", False)
    assert found.codes == {**{str(n): str(n) for n in range(1, 6)}, "9": "?"}


def test_a_column_accepted_in_another_file_is_proposed_alike():
    row = MappedColumn("g.csv", "Q1", "", "less_trust", {"1": "5", "2": "?"}, True, True, "x")
    (found,) = proposed({"Q1": ["1", "8", "Weet niet"]}, known=[row]).values()
    assert (found.file, found.becomes, found.reversed) == ("f.csv", "less_trust", True)
    assert (found.accepted, found.why) == (False, "as in g.csv")
    assert found.codes == {"1": "5", "2": "?", "8": "?", "Weet niet": "dont_know"}


@pytest.mark.parametrize(
    "rows",
    [
        [MappedColumn("g.csv", "Q1", "", "less_trust", accepted=False)],
        [MappedColumn("g.csv", "Q1", "Another question", "less_trust", accepted=True)],
        [MappedColumn("g.csv", "Q1", "", "no_longer_an_item", accepted=True)],
        [MappedColumn("g.csv", "Q1", "", "less_trust", accepted=True),
         MappedColumn("h.csv", "Q1", "", "team_reflects", accepted=True)],
    ],
)  # fmt: skip
def test_other_files_say_nothing_when_unaccepted_of_another_question_or_divided(rows):
    assert proposed({"Q1": ["1"]}, known=rows)["Q1"].becomes == ""


def test_the_survey_programs_own_columns_come_first():
    row = MappedColumn("g.csv", "id", "", "less_trust", accepted=True)
    found = proposed({"id": ["a@b.nl"]}, fixed=lambda h: "respondent", known=[row])["id"]
    assert (found.becomes, found.codes) == ("respondent", {})
    assert found.why == "the survey program's own column"


def test_of_two_dates_that_a_program_keeps_the_first_is_used():
    rows = proposed({"EndDate": ["x"], "RecordedDate": ["x"]}, fixed=lambda h: "finished")
    assert [row.becomes for row in rows.values()] == ["finished", "not_used"]


# --- Codes of a scale


@pytest.mark.parametrize(
    ("points", "codes"),
    [(5, "12345"), (7, "1223445"), (4, "1245"), (10, "1222244445"), (3, "135"),
     (2, "15"), (1, "")],
)  # fmt: skip
def test_other_lengths_are_brought_to_five_points_by_rule(points: int, codes: str):
    assert "".join(recode.five_points(points).values()) == codes


def test_five_numbers_stand_for_themselves_even_if_one_does_not_occur():
    assert one("less_trust", "1", "5").codes == {str(n): str(n) for n in range(1, 6)}


def test_a_scale_mapped_by_its_labels_needs_no_reversing():
    labels = dict(zip("54321", AGREE, strict=True)) | {"9": "Weet niet"}
    row = one(labelled("less_trust", labels), "1", "5")
    assert row.codes == {"1": "5", "2": "4", "3": "3", "4": "2", "5": "1", "9": "dont_know"}
    assert not row.reversed


def test_answers_in_full_are_known():
    assert one("less_trust", "Eens", "Weet niet", "prima").codes == {
        "Eens": "4", "Weet niet": "dont_know", "prima": "?",
    }  # fmt: skip


def test_numbers_between_labelled_ends_follow_the_rule_in_the_direction_of_the_labels():
    up = one(labelled("less_trust", {"1": "Helemaal oneens", "7": "Helemaal eens"}), "3")
    down = one(labelled("less_trust", {"1": "Strongly agree", "7": "Strongly disagree"}), "3")
    assert "".join(up.codes.values()) == "1223445"
    assert "".join(down.codes.values()) == "5443221"
    assert up.why.endswith("7 points by the labels of the ends")


def test_labels_that_are_not_known_leave_their_codes_open():
    codes = one(labelled("less_trust", {"1": "Slecht", "2": "Matig", "3": "Goed"}), "1").codes
    assert codes == {"1": "?", "2": "?", "3": "?"}


def test_two_answers_that_would_become_one_are_left_open():
    labels = ["Stimme nicht zu", "Stimme eher nicht zu", "Teils/teils", "Stimme eher zu",
              "Stimme zu"]  # fmt: skip
    row = one("less_trust", *labels, "weiß nicht")
    assert [row.codes[label] for label in labels] == ["?"] * 5
    assert row.codes["weiß nicht"] == "dont_know"


def test_a_code_that_the_file_declares_missing_is_missing_unless_it_says_dont_know():
    values = {str(n): text for n, text in enumerate(AGREE, 1)} | {"8": "Weet niet", "9": "Fout"}
    codes = one(labelled("less_trust", values, missing=("8", "9", "-1")), "1", "-1").codes
    assert (codes["8"], codes["9"], codes["-1"]) == ("dont_know", "missing", "missing")


def test_a_number_beyond_the_scale_is_left_open():
    assert one("less_trust", "1", "2", "3", "4", "5", "9").codes["9"] == "?"


@pytest.mark.parametrize(
    ("texts", "codes"),
    [
        (["1", "2", "3", "4", "5", "6"], "??????"),  # six points, or five and don't know
        (["1", "2", "3", "4"], "1245"),
        (["1", "2", "3"], "???"),
        (["0", "1", "2", "3", "4", "5"], "??????"),
        (["1", "2", "3", "4", "5", "6", "7"], "1223445"),
    ],
)
def test_the_length_of_a_scale_without_labels_is_not_guessed(texts: list[str], codes: str):
    assert "".join(one("less_trust", *texts).codes.values()) == codes


def test_the_length_of_a_scale_without_labels_is_judged_by_all_columns():
    rows = proposed({"less_trust": ["1", "4", "4"], "less_known": ["2", "3", "5"]})
    assert "".join(rows["less_trust"].codes.values()) == "12345"
    four = {"less_trust": list("1234"), "less_known": ["1", "4", "4", "4"]}
    assert {*proposed(four)["less_known"].codes.values()} == {"?"}
    seven = {"less_trust": list("1234567"), "less_known": list("1234555")}
    assert {*proposed(seven)["less_known"].codes.values()} == {"?"}


# --- Multiple choice


@pytest.mark.parametrize(
    ("heading", "becomes"),
    [
        (Heading("Q5_2", f"{POLICY} [Aangepaste werkwijze]"), "policy_aspects.method"),
        (Heading("Q6_2", f"{CONDITIONS} - Aangepaste werkwijze"), "criteria_aspects.method"),
        (Heading("Q5_5", f"{POLICY}: Anders, namelijk"), "policy_aspects.other"),
        (Heading("Q5", f"[Toegankelijkheid] {POLICY}"), "policy_aspects.accessibility"),
        (Heading("Q5_2", "Welke talen spreekt u? [Aangepaste werkwijze]"), ""),
        (Heading("Q5_9", f"{POLICY} [Huisvesting]"), ""),
        (Heading("Q5_9", f"{POLICY} [Divers aanbod van hulp]"), ""),
    ],
)
def test_a_box_is_known_by_its_question_and_its_option(heading: Heading, becomes: str):
    row = one(heading, "Ja", "Nee")
    assert row.becomes == becomes
    assert row.codes == ({"Ja": "selected", "Nee": "not_selected"} if becomes else {})


def test_the_text_of_its_option_ticks_a_box():
    codes = one("policy_aspects_method", "Aangepaste werkwijze").codes
    assert codes == {"Aangepaste werkwijze": "selected"}


def boxes(texts: Sequence[str], sets: Mapping[str, Sequence[str]]) -> list[str]:
    columns = [(Heading(f"v{n}", text), ["1", "0"]) for n, text in enumerate(texts)]
    return [row.becomes for row in proposed(columns, sets=sets).values()]


def test_a_set_is_the_item_that_has_all_its_options():
    found = boxes(["Toegankelijkheid", "Maatwerk leveren"], {"$set": ["v0", "v1"]})
    assert found == ["criteria_aspects.accessibility", "criteria_aspects.tailored"]


def test_a_set_is_the_item_that_it_is_named_after():
    found = boxes(["Toegankelijkheid", "Aangepaste werkwijze"], {"$policy_aspects": ["v0", "v1"]})
    assert found == ["policy_aspects.accessibility", "policy_aspects.method"]


def test_a_set_that_fits_two_items_is_left_open():
    assert boxes(["Toegankelijkheid", "Aangepaste werkwijze"], {"s": ["v0", "v1"]}) == ["", ""]


def test_a_set_that_fits_two_items_is_the_one_whose_question_its_labels_tell():
    texts = [f"{CONDITIONS} [{option}]" for option in ("Toegankelijkheid", "Aangepaste werkwijze")]
    found = boxes(texts, {"s": ["v0", "v1"]})
    assert found == ["criteria_aspects.accessibility", "criteria_aspects.method"]


def test_options_in_one_cell_are_told_apart():
    row = one("policy_aspects", "Toegankelijkheid,Anders", "Aangepaste werkwijze", "weet niet")
    assert row.becomes == "policy_aspects"
    assert row.codes == {
        "Toegankelijkheid": "accessibility", "Anders": "other",
        "Aangepaste werkwijze": "method", "weet niet": "dont_know",
    }  # fmt: skip


def test_numbers_in_one_cell_are_known_by_their_labels():
    values = {"1": "Toegankelijkheid", "2": "Maatwerk leveren"}
    row = one(labelled("Q7", values), "1,2", "2")
    assert (row.becomes, row.codes) == ("criteria_aspects", {"1": "accessibility", "2": "tailored"})


def test_options_that_two_items_have_are_left_open():
    row = one("Q7", "Toegankelijkheid", "Aangepaste werkwijze")
    assert (row.becomes, row.codes) == ("", {})
    assert row.why == "its texts are options of policy_aspects and criteria_aspects"


# --- Nothing private is told

SECRET = "Marker17"
LONG = [f"Wij doen dit al {years} jaar met vrijwilligers" for years in ("twee", "drie", "vier")]


@pytest.mark.parametrize(
    "heading",
    [
        Heading("email"),
        Heading("Q9", "Wilt u nog iets toevoegen?"),
        Heading("Q9"),
        Heading("functie"),
        Heading("team"),
        Heading("policy_aspects[other]"),
        Heading("policy_aspects"),
        Heading("Q1", TRUST),
    ],
)
def test_what_a_person_wrote_is_nowhere_in_the_proposal(tmp_path: Path, heading: Heading):
    texts = [f"{SECRET} {n} en nog veel meer over onze wijk, echt" for n in range(9)]
    rows = list(proposed([(heading, [*texts, SECRET, "Ja"])]).values())
    write_mapping(tmp_path / "mapping.csv", rows)
    assert SECRET not in (tmp_path / "mapping.csv").read_text(encoding="utf-8")
    assert SECRET not in "\n".join(mapping_table(rows))
    assert rows[0].codes == {}


def test_a_column_with_thousands_of_texts_is_no_closed_question():
    row = one("less_trust", *(str(n) for n in range(6000)))
    assert (row.becomes, row.codes) == ("", {})
    assert row.why == "heading is the id, but it holds thousands of different texts"


@pytest.mark.parametrize(
    "texts", [["woorden van iemand zelf, " * 3, "Eens"], [*"abcdefghijklm"]], ids=["long", "many"]
)
def test_not_even_an_id_in_the_heading_brings_peoples_own_words_into_codes(texts: list[str]):
    row = one("less_trust", *texts)
    assert (row.becomes, row.codes) == ("", {})


def test_what_identifies_people_is_dropped_whatever_the_heading_says():
    rows = proposed({"Naam": ["Jo"], "less_trust": ["jo@example.org"], "Q9": LONG})
    assert [row.becomes for row in rows.values()] == ["personal", "personal", "open"]
    assert rows["less_trust"].why == "holds e-mail addresses"


# --- The whole proposal


def test_a_proposal_has_a_row_for_every_column_in_order_and_can_be_read_back(tmp_path: Path):
    columns = {
        "z": ["1"],
        "less_trust": ["1; 2=", "5"],
        "Gemeente": ["Ede"],
        "policy_aspects": ["x,y"],
    }
    rows = propose(export(columns), INSTRUMENT, nothing_fixed)
    assert [row.column for row in rows] == [*columns]
    write_mapping(tmp_path / "mapping.csv", rows)
    assert read_mapping(tmp_path / "mapping.csv", "mapping.csv", INSTRUMENT) == rows


def test_a_column_that_was_not_read_gets_a_row_too():
    whole = export({"less_trust": ["1"]})
    (row,) = propose(Export("f", "csv", whole.headings, {}, whole.rows), INSTRUMENT, nothing_fixed)
    assert (row.becomes, row.codes) == ("less_trust", {})


def test_the_table_marks_and_counts_what_is_undecided():
    columns = {"less_trust": ["1", "5", "9"], "x" * 80: ["1"], "Gemeente": ["Ede"]}
    lines = mapping_table(list(proposed(columns).values()))
    assert max(map(len, lines)) <= 110
    assert [line[0] for line in lines] == [" ", "?", "?", " ", "2"]
    assert "9=?; 1=1" in lines[1]
    assert lines[-1] == "2 of 3 columns are not decided (?)"


def test_the_table_names_the_files_where_there_are_several():
    rows = [MappedColumn(file, "a", "", "open") for file in ("f.csv", "g.csv")]
    lines = mapping_table(rows)
    assert [line for line in lines if ".csv" in line] == ["f.csv", "g.csv"]
    assert lines[-1] == "all are decided"
