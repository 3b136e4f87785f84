"""Simulated exports: each program's own form, and the same answers in all of them."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from unittest import mock
from zipfile import ZipFile

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from analysis.project import CallError
from analysis.raw.settings import Instrument, read_instrument
from analysis.simulate import rows
from analysis.simulate.draw import draw_round
from analysis.simulate.plan import Plan
from analysis.simulate.sheets import OPEN_ANSWERS
from analysis.simulate.write import FORMATS, file_name, simulate, true_mapping, write_export
from helpers import real_project

INSTRUMENT = read_instrument(real_project())
FRAME = pd.read_csv(
    real_project().raw / "survey" / "municipalities.csv",
    usecols=["municipality", "name", "code_2016"],
    dtype=str,
).rename(columns={"code_2016": "code"})
PLAN = Plan(municipalities=len(FRAME), respondents=300, officials=80)
NAMES = dict(zip(FRAME["name"], FRAME["municipality"], strict=True))
CODES = {
    code: place
    for codes, place in zip(FRAME["code"], FRAME["municipality"], strict=True)
    for code in codes.split()
}
OTHER_NAMES = {"Den Haag": "s_gravenhage", "Hengelo (O.)": "hengelo"}
# A box that was not ticked cannot be told from one that was not shown.
WITHOUT_NOT_SELECTED = ("limesurvey", "qualtrics")


def read_text(path: Path, separator: str, encoding: str, headings: int = 1) -> pd.DataFrame:
    with path.open(encoding=encoding, newline="") as stream:
        records = list(csv.reader(stream, delimiter=separator, strict=True))
    return pd.DataFrame(records[headings:], columns=records[0], dtype=str)


def read_qualtrics(path: Path) -> pd.DataFrame:
    return read_text(path, ",", "utf-8", headings=3)


def read_excel(path: Path) -> pd.DataFrame:
    found = pd.read_excel(path, header=2, dtype=object)
    return found.map(lambda cell: "" if pd.isna(cell) else str(cell))


def read_spss(path: Path) -> pd.DataFrame:
    found = pyreadstat.read_sav(path, user_missing=True)[0].astype(object)
    return found.map(lambda c: "" if pd.isna(c) else f"{c:g}" if isinstance(c, float) else str(c))


READ: dict[str, Callable[[Path], pd.DataFrame]] = {
    "spss": read_spss,
    "limesurvey": lambda path: read_text(path, ",", "utf-8-sig"),
    "qualtrics": read_qualtrics,
    "excel": read_excel,
    "csv": lambda path: read_text(path, ";", "cp1252"),
}


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    return draw_round(INSTRUMENT, FRAME, PLAN)


@pytest.fixture(scope="module")
def files(answers: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One draw in all formats."""
    folder = tmp_path_factory.mktemp("simulated")
    paths = {format: folder / file_name("2027", format) for format in FORMATS}
    for format, path in paths.items():
        write_export(answers, INSTRUMENT, FRAME, path, format, PLAN)
    return paths


@pytest.fixture(scope="module")
def tables(files: dict[str, Path]) -> dict[str, pd.DataFrame]:
    """Each file as another program reads it: a frame of texts."""
    return {format: READ[format](path) for format, path in files.items()}


def column(format: str, becomes: str) -> str:
    """The heading of the first column that becomes this."""
    return next(c.name for c in true_mapping(format, INSTRUMENT, FRAME) if c.becomes == becomes)


def counting(format: str, table: pd.DataFrame) -> pd.DataFrame:
    """The sheets of a file that count."""
    if format == "limesurvey":
        return table[table["submitdate. Date submitted"] != ""]
    if format == "qualtrics":
        return table[(table["Finished"] == "1") & (table["Status"] == "0")]
    return table


def number(text: str) -> str:
    """A number as an import gives it: 3,0 is 3."""
    return re.sub(r"^([0-9]+),0$", r"\1", text)


def read_back(format: str, table: pd.DataFrame) -> pd.DataFrame:
    """What a file says of who answered what, by its true mapping; in the order of `answers`."""
    found: dict[str, list[str]] = {}
    for told in true_mapping(format, INSTRUMENT, FRAME):
        cells = [number(text) for text in table[told.name]]
        if told.becomes == "municipality":
            found["municipality"] = [municipality(format, text) for text in cells]
        elif INSTRUMENT.has(told.becomes) and INSTRUMENT.item(told.becomes).options:
            for option in INSTRUMENT.item(told.becomes).options:
                ticked = [{told.codes[c] for c in text.split(",") if c} for text in cells]
                name = f"{told.becomes}.{option.id}"
                found[name] = ["selected" if option.id in chosen else "" for chosen in ticked]
        elif told.codes:
            found[told.becomes] = [told.codes[text] if text else "" for text in cells]
    return pd.DataFrame(found).sort_values("group", kind="stable", ignore_index=True)


def municipality(format: str, text: str) -> str:
    """Through what anybody can look up: names, codes and usual other names."""
    if format == "spss":
        text = f"GM{int(text):04}"
    return {**NAMES, **CODES, **OTHER_NAMES}[text]


# --- The same answers in every file


@pytest.mark.parametrize("format", FORMATS)
def test_every_answer_of_every_respondent_stands_in_the_file(format, tables, answers):
    found = read_back(format, counting(format, tables[format]))
    expected = answers.drop(columns="respondent").astype(object)
    if format != "spss":
        expected = expected.replace("missing", "")
    if format in WITHOUT_NOT_SELECTED:
        expected = expected.replace("not_selected", "")
    expected = expected.astype(object).where(expected.notna(), "")
    assert found.shape == (380, len(expected.columns))
    for name in expected:
        assert found[name].tolist() == expected[name].tolist(), name


@pytest.mark.parametrize("format", FORMATS)
def test_every_column_of_the_file_has_a_true_meaning(format, tables):
    told = true_mapping(format, INSTRUMENT, FRAME)
    assert [c.name for c in told] == list(tables[format].columns)
    become = [c.becomes for c in told]
    for role in ("respondent", "municipality", "group", "team_type", "started", "finished",
                 "simulated", "open"):  # fmt: skip
        assert become.count(role) == 1
    assert become.count("personal") >= 2


@pytest.mark.parametrize("format", FORMATS)
def test_respondents_have_a_number_or_code_of_their_own_that_rises(format, tables):
    found = tables[format][column(format, "respondent")]
    assert found.is_unique
    order = found if format == "qualtrics" else found.astype(int)
    assert order.is_monotonic_increasing


@pytest.mark.parametrize("format", FORMATS)
def test_sheets_are_filled_in_within_the_fieldwork_and_finished_after_they_were_begun(
    format, tables
):
    day_first = format == "csv"
    whole = counting(format, tables[format])
    started, finished = (
        pd.to_datetime(whole[column(format, role)], dayfirst=day_first)
        for role in ("started", "finished")
    )
    taken = (finished - started).dt.total_seconds() / 60
    assert taken.between(2, 60).all()
    assert started.min() >= pd.Timestamp(2027, 5, 10)
    assert finished.max() < pd.Timestamp(2027, 6, 12)
    assert (started.max() - started.min()).days > 20
    assert started.dt.hour.between(8, 21).all()


def test_a_sheet_is_begun_at_the_same_time_in_every_file(tables):
    found = [
        pd.to_datetime(
            counting(format, table)[column(format, "started")], dayfirst=format == "csv"
        ).tolist()
        for format, table in tables.items()
    ]
    assert all(times == found[0] for times in found)


# --- Marked as simulated, and nobody's


@pytest.mark.parametrize("format", FORMATS)
def test_every_row_is_marked_as_simulated(format, tables):
    mark = "1" if format == "spss" else "yes"
    assert set(tables[format][column(format, "simulated")]) == {mark}


def test_the_file_says_that_it_is_simulated_where_its_program_shows_it(files):
    meta = pyreadstat.read_sav(files["spss"], metadataonly=True)[1]
    assert meta.file_label.startswith("GESIMULEERDE antwoorden")
    assert "niemand heeft deze vragenlijst ingevuld" in " ".join(meta.notes)
    assert meta.column_names_to_labels["simulated"].startswith("GESIMULEERDE antwoorden")
    book = openpyxl.load_workbook(files["excel"])
    assert book.properties.title.startswith("GESIMULEERDE")
    assert all(sheet["A1"].value.startswith("GESIMULEERDE") for sheet in book)
    assert all(path.name.startswith("simulated-2027-") for path in files.values())


@pytest.mark.parametrize("format", FORMATS)
def test_who_answered_is_invented_and_open_answers_come_back_whole(format, tables):
    table = tables[format]
    told = [c for c in true_mapping(format, INSTRUMENT, FRAME) if c.becomes == "personal"]
    texts = [text for c in told for text in table[c.name]]
    addresses = [text for text in texts if "@" in text]
    assert len(set(addresses)) == len(table)
    assert all(text.endswith("@example.org") for text in addresses)
    numbers = [text for text in texts if re.fullmatch(r"[0-9.]{7,}", text) and text.count(".") > 1]
    assert all(text.startswith("192.0.2.") for text in numbers)
    written = set(table[column(format, "open")]) - {""}
    assert written == set(OPEN_ANSWERS)
    assert all(any(sign in text for text in written) for sign in (",", '"', "\n", ";"))


# --- Sheets that must not count


def test_limesurvey_holds_sheets_that_were_broken_off(tables, answers):
    table = tables["limesurvey"]
    broken_off = table[table["submitdate. Date submitted"] == ""]
    assert len(broken_off) == len(table) - len(answers) == round(0.06 * len(answers))
    last = table.columns[-3]
    assert set(broken_off[last]) == {""}
    assert (broken_off["lastpage. Last page"].astype(int) < 6).all()
    assert set(counting("limesurvey", table)["lastpage. Last page"]) == {"6"}


def test_qualtrics_holds_unfinished_sheets_and_previews(tables, answers):
    table = tables["qualtrics"]
    unfinished, previews = table[table["Finished"] == "0"], table[table["Status"] == "1"]
    assert len(unfinished) == round(0.06 * len(answers))
    assert len(previews) == 2
    assert len(table) == len(answers) + len(unfinished) + len(previews)
    assert (unfinished["Progress"].astype(int) < 100).all()
    assert set(previews["DistributionChannel"]) == {"preview"}
    assert (previews["Q3_1"] + previews["Q3_6"]).ne("").all()


# --- The form of each program


def test_limesurvey_writes_a_mark_and_quotes_every_cell(files):
    content = files["limesurvey"].read_bytes()
    assert content.startswith(b'\xef\xbb\xbf"id. Response ID","submitdate. Date submitted",')
    assert content.endswith(b'"\n')


def test_limesurvey_names_a_column_by_its_code_and_question(tables):
    """A heading of code and text, as LimeSurvey's export helper Writer.php puts it together."""
    about_trust = "Migrantengroepen vertrouwen het wijkteam minder dan andere bewoners."
    (heading,) = (name for name in tables["limesurvey"] if about_trust in name)
    assert re.fullmatch(r"G02Q04\[SQ005\]\. .* \[" + re.escape(about_trust) + r"\]", heading)
    assert not any(item.id in heading for item in INSTRUMENT.items)
    assert set(tables["limesurvey"][heading]) == {"", *(f"A{n}" for n in range(1, 7))}


def test_limesurvey_calls_municipalities_by_their_other_names(tables):
    found = set(tables["limesurvey"][column("limesurvey", "municipality")])
    assert {"Den Haag", "Hengelo (O.)"} <= found
    assert not {"'s-Gravenhage", "Hengelo"} & found


def test_qualtrics_has_three_rows_of_headings(files):
    with files["qualtrics"].open(encoding="utf-8", newline="") as stream:
        names, texts, identifiers = (next(csv.reader(stream)) for _ in range(3))
    known = dict(zip(names, zip(texts, map(json.loads, identifiers), strict=True), strict=True))
    moment = {"ImportId": "startDate", "timeZone": "Europe/Amsterdam"}
    assert known["StartDate"] == ("Start Date", moment)
    assert known["ResponseId"] == ("Response ID", {"ImportId": "_recordId"})
    text, identifier = known["Q3_5"]
    assert text.endswith("- Migrantengroepen vertrouwen het wijkteam minder dan andere bewoners.")
    assert identifier == {"ImportId": "QID3_5"}
    assert known["Q10"][1] == {"ImportId": "QID10_TEXT"}
    assert known["simulated"] == ("simulated", {"ImportId": "simulated"})


def test_qualtrics_puts_all_boxes_of_a_question_in_one_cell(tables):
    cells = set(tables["qualtrics"][column("qualtrics", "policy_aspects")])
    assert "" in cells
    assert any("," in cell for cell in cells)
    assert {number for cell in cells for number in cell.split(",") if number} == set("12345")


def test_plain_csv_is_as_a_dutch_spreadsheet_saves_it(files, tables):
    content = files["csv"].read_bytes()
    assert content.startswith(b"respondent;started;finished;simulated;group;team_type;")
    assert content.endswith(b"\r\n")
    assert set(tables["csv"]["less_trust"]) == {"", *(f"{n},0" for n in (1, 2, 3, 4, 5, 8))}
    assert set(tables["csv"]["policy_aspects.culture"]) == {"", "0,0", "1,0"}
    assert datetime.strptime(tables["csv"]["started"][0], "%d-%m-%Y %H:%M:%S")
    assert tables["csv"]["municipality"].str.fullmatch("GM[0-9]{4}").all()


@pytest.mark.parametrize(
    ("sign", "start"), [("â", b"respondent;"), ("ł", b"\xef\xbb\xbfrespondent;")]
)
def test_plain_csv_is_utf8_with_a_mark_where_windows_1252_lacks_a_sign(sign, start, tmp_path):
    teams = INSTRUMENT.model_dump() | {"team_types": [sign]}
    path = tmp_path / "sub" / "a.csv"
    simulate(FRAME, Instrument.model_validate(teams), Plan(), "csv", path)
    assert path.read_bytes().startswith(start)


def test_spss_labels_its_codes_and_declares_only_no_answer_missing(files):
    table, meta = pyreadstat.read_sav(files["spss"], user_missing=True)
    assert meta.variable_value_labels["less_trust"] == {
        1: "Helemaal mee oneens",
        2: "Mee oneens",
        3: "Niet eens, niet oneens",
        4: "Mee eens",
        5: "Helemaal mee eens",
        8: "Weet niet",
        9: "Geen antwoord",
    }
    assert meta.missing_ranges["less_trust"] == [{"lo": 9.0, "hi": 9.0}]
    assert set(meta.missing_ranges) == {i.id for i in INSTRUMENT.items if i.kind == "scale"}
    about = "Migrantengroepen vertrouwen het wijkteam minder dan andere bewoners."
    assert meta.column_names_to_labels["less_trust"] == about
    assert meta.variable_measure["less_trust"] == "ordinal"
    assert meta.variable_measure["municipality"] == "nominal"
    assert meta.variable_value_labels["municipality"][518.0] == "'s-Gravenhage"
    assert table["started"].dt.year.eq(2027).all()


def test_spss_cuts_what_is_too_long_and_names_what_it_does_not_allow(tmp_path):
    """255 bytes for a label and 120 for a value's; letters, digits and lines in a name."""
    long = INSTRUMENT.items[0].model_copy(update={"id": "2-a b", "nl": "ë" * 300})
    items = INSTRUMENT.model_copy(update={"items": [long]})
    frame = FRAME.assign(name=["n" * 200 + str(n) for n in range(len(FRAME))])
    simulate(frame, items, Plan(), "spss", tmp_path / "a.sav")
    meta = pyreadstat.read_sav(tmp_path / "a.sav", metadataonly=True)[1]
    assert meta.column_names_to_labels["v2_a_b"] == "ë" * 127
    assert {len(text) for text in meta.variable_value_labels["municipality"].values()} == {120}


def test_excel_has_a_title_above_its_headings_and_a_second_sheet(files):
    book = openpyxl.load_workbook(files["excel"])
    assert book.sheetnames == ["Antwoorden", "Toelichting"]
    sheet = book["Antwoorden"]
    assert [cell.value for cell in sheet[2]].count(None) == sheet.max_column
    assert [cell.value for cell in sheet[3]][:3] == ["Respondent", "Begonnen", "Afgerond"]
    assert sheet["A4"].value == 1
    assert isinstance(sheet["B4"].value, datetime)
    words = {cell.value for row in sheet.iter_rows(min_row=4) for cell in row}
    assert {"Helemaal mee eens", "Weet niet", "Beleidsambtenaar", "Jeugdteam", "Ja"} <= words


def test_a_file_can_be_in_english(tmp_path):
    simulate(FRAME, INSTRUMENT, Plan(), "excel", tmp_path / "a.xlsx", "en")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["Answers"]
    words = {cell.value for row in sheet.iter_rows() for cell in row}
    assert {"Strongly agree", "Don't know", "Policy official", INSTRUMENT.items[0].en} <= words
    assert sheet["A1"].value.startswith("SIMULATED answers")


# --- The same file again


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_plan_gives_the_same_bytes_and_another_seed_gives_others(format, tmp_path):
    paths = [tmp_path / name for name in ("a", "b", "c")]
    for path, seed in zip(paths, (1, 1, 2), strict=True):
        simulate(FRAME, INSTRUMENT, Plan(respondents=60, seed=seed), format, path)
    first, again, other = (path.read_bytes() for path in paths)
    assert first == again
    assert first != other


def test_sheets_are_the_same_however_many_are_written_at_a_time(files, answers, tmp_path):
    with mock.patch.object(rows, "CHUNK", 7):
        write_export(answers, INSTRUMENT, FRAME, tmp_path / "a.csv", "csv", PLAN)
    assert (tmp_path / "a.csv").read_bytes() == files["csv"].read_bytes()


def test_no_file_says_when_it_was_written(files):
    """The header of a .sav file holds date and time after 92 bytes; a workbook in its parts."""
    assert files["spss"].read_bytes()[92:109] == b"01 Jan 0000:00:00"
    with ZipFile(files["excel"]) as package:
        assert {part.date_time for part in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert str(date.today().year) not in package.read("docProps/core.xml").decode()


# --- What cannot be written


@pytest.mark.parametrize(
    ("format", "language", "told"),
    [("stata", "nl", "format is 'stata'; allowed: spss,"), ("csv", "fr", "language is 'fr'")],
)
def test_an_unknown_format_or_language_is_refused(format, language, told, tmp_path):
    with pytest.raises(CallError, match=told):
        simulate(FRAME, INSTRUMENT, Plan(), format, tmp_path / "a", language)
    assert not list(tmp_path.iterdir())


def test_a_municipality_needs_a_statistical_code(tmp_path):
    frame = FRAME.assign(code=["344", *FRAME["code"][1:]])
    with pytest.raises(CallError, match="code of Almelo is '344'; allowed: such as GM0344"):
        simulate(frame, INSTRUMENT, Plan(), "csv", tmp_path / "a.csv")
    assert not list(tmp_path.iterdir())


def test_an_item_cannot_be_called_as_another_column_is(tmp_path):
    taken = INSTRUMENT.items[0].model_copy(update={"id": "email"})
    items = INSTRUMENT.model_copy(update={"items": [taken]})
    with pytest.raises(CallError, match="same heading: email"):
        simulate(FRAME, items, Plan(), "csv", tmp_path / "a.csv")
    assert not list(tmp_path.iterdir())
