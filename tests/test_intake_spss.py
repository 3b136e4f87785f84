"""SPSS data files: codes, labels, declared missing values and response sets come over whole.

The files are written by pyreadstat. What it cannot write is put in byte by byte, after PSPP's
description of the format: https://www.gnu.org/software/pspp/pspp-dev/html_node/
(System-File-Format.html, Multiple-Response-Sets-Records.html).
"""

from __future__ import annotations

import struct
from collections.abc import Collection
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from analysis.intake.formats.export import Export
from analysis.intake.formats.spss import read_spss
from analysis.project import DataError, Problem
from analysis.raw.settings import Reading

NAME = "answers/round.sav"
# Begins the record that says how many cases there are (type 7, subtype 16).
NUMBER_OF_CASES = struct.pack("<iiii", 7, 16, 8, 2)
SCRIPTS = ["Ελληνικά", "Türkçe ş ğ ı", "العربية"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "round.sav"


def read(path: Path, wanted: Collection[str] | None = None, encoding: str | None = None) -> Export:
    return read_spss(path, NAME, Reading(encoding=encoding), wanted)


def saved(path: Path, columns: dict[str, list[Any]], **settings: Any) -> Export:
    """The export of a file with these columns."""
    pyreadstat.write_sav(pd.DataFrame(columns), path, **settings)
    return read(path)


def cells(export: Export, column: str) -> list[str]:
    """The cells of a column, '' where they are empty."""
    return ["" if pd.isna(text) else str(text) for text in export.cells[column]]


def problem_of(path: Path, encoding: str | None = None) -> Problem:
    with pytest.raises(DataError) as caught:
        read(path, encoding=encoding)
    assert caught.value.exit_code == 1
    (problem,) = caught.value.problems
    assert problem.file == NAME
    return problem


def with_records(path: Path, *records: tuple[int, bytes]) -> None:
    """Put records of type 7 into a file: of each the subtype and its bytes."""
    data = path.read_bytes()
    at = data.index(NUMBER_OF_CASES)
    new = b"".join(struct.pack("<iiii", 7, kind, 1, len(text)) + text for kind, text in records)
    path.write_bytes(data[:at] + new + data[at:])


# --- Cells


def test_a_whole_number_has_no_decimal_part_and_other_numbers_have_a_point(path: Path):
    export = saved(path, {"q": [3.0, 2.5, -99.0, 0.1, -0.0, 1e-7, 1234567890123456.0]})
    found = cells(export, "q")
    assert found == ["3", "2.5", "-99", "0.1", "0", "0.0000001", "1234567890123456"]


def test_system_missing_values_and_blank_strings_are_empty(path: Path):
    export = saved(path, {"id": [1.0, 2, 3], "q": [1.0, np.nan, 2.0], "s": ["a", "   ", ""]})
    assert export.cells["q"].codes.tolist() == [0, -1, 1]
    assert export.cells["s"].codes.tolist() == [0, -1, -1]


def test_strings_are_stripped_and_equal_ones_are_one_text(path: Path):
    export = saved(path, {"s": ["Utrecht", " Utrecht", "Utrecht  ", "Den Haag"]})
    assert cells(export, "s") == ["Utrecht", "Utrecht", "Utrecht", "Den Haag"]
    assert sorted(export.cells["s"].categories) == ["Den Haag", "Utrecht"]


def test_a_string_of_digits_stays_as_it_is_written(path: Path):
    assert cells(saved(path, {"s": ["007", "1.0", "3"]}), "s") == ["007", "1.0", "3"]


def test_strings_of_more_than_one_segment_come_over_whole(path: Path):
    # SPSS stores a string of over 255 bytes in several variables.
    long = ["x" * 255, "y" * 256, "zé" * 900]
    assert cells(saved(path, {"s": long}), "s") == long


def test_rows_are_case_numbers_from_1(path: Path):
    export = saved(path, {"q": [5.0, 4.0, 3.0]})
    assert export.rows.tolist() == [1, 2, 3]
    assert export.rows.dtype == np.int64
    assert (export.file, export.format, export.left_out) == (NAME, "spss", {})


def test_a_case_without_any_value_is_left_out_and_counted(path: Path):
    export = saved(path, {"q": [1.0, np.nan, np.nan, 2.0], "s": ["a", "", " ", "b"]})
    assert export.rows.tolist() == [1, 4]
    assert cells(export, "q") == ["1", "2"]
    assert export.left_out == {"empty": 2}


def test_a_case_with_a_value_in_a_column_that_is_not_wanted_is_kept(path: Path):
    saved(path, {"q": [1.0, np.nan, np.nan], "open": ["", "said", ""]})
    export = read(path, ["q"])
    assert export.rows.tolist() == [1, 2]
    assert cells(export, "q") == ["1", ""]
    assert export.left_out == {"empty": 1}


def test_a_file_without_cases_has_headings_and_no_rows(path: Path):
    empty = pd.DataFrame({"q": pd.Series(dtype=float), "s": pd.Series(dtype=str)})
    pyreadstat.write_sav(empty, path, column_labels={"q": "Question"})
    export = read(path)
    assert [heading.name for heading in export.headings] == ["q", "s"]
    assert export.heading("q").label == "Question"
    assert export.rows.tolist() == []
    assert {name: len(column) for name, column in export.cells.items()} == {"q": 0, "s": 0}


@pytest.mark.parametrize("how", [{"compress": True}, {"row_compress": True}, {}])
def test_compressed_files_give_the_same(path: Path, how: dict[str, bool]):
    export = saved(path, {"q": [1.0, 2.0], "s": ["é", "b"]}, **how)
    assert path.read_bytes()[:4] == (b"$FL3" if "compress" in how else b"$FL2")
    assert (cells(export, "q"), cells(export, "s")) == (["1", "2"], ["é", "b"])


def test_cases_are_not_counted_by_their_weight(path: Path):
    saved(path, {"q": [1.0, 2.0], "weight": [3.0, 0.0]})
    data = bytearray(path.read_bytes())
    assert struct.unpack_from("<i", data, 76) == (0,)
    struct.pack_into("<i", data, 76, 2)  # the header's number of the weight variable
    path.write_bytes(data)
    export = read(path)
    assert cells(export, "q") == ["1", "2"]
    assert cells(export, "weight") == ["3", "0"]


# --- Wanted columns


def test_only_wanted_columns_have_cells_but_all_have_headings(path: Path):
    saved(
        path, {"q1": [1.0], "name": ["marker"], "q2": [2.0]},
        variable_value_labels={"q2": {2: "two"}},
    )  # fmt: skip
    export = read(path, {"q2", "not there"})
    assert list(export.cells) == ["q2"]
    assert [heading.name for heading in export.headings] == ["q1", "name", "q2"]
    assert export.heading("q2").values == {"2": "two"}
    assert "marker" not in repr(export)


def test_without_a_wanted_column_the_cases_are_still_counted(path: Path):
    saved(path, {"q": [1.0, 2.0]})
    export = read(path, [])
    assert export.cells == {}
    assert export.rows.tolist() == [1, 2]


# --- Headings


def test_names_keep_their_capitals_and_questions_their_text(path: Path):
    export = saved(
        path, {"Q1_Vertrouwen_in_overheid": [1.0], "q2": [1.0], "GEMEENTE": ["x"]},
        column_labels={"Q1_Vertrouwen_in_overheid": " Minder vertrouwen? "},
        variable_measure={"q2": "ordinal"}, note="a note", file_label="Ronde 2027",
    )  # fmt: skip
    names = [heading.name for heading in export.headings]
    assert names == ["Q1_Vertrouwen_in_overheid", "q2", "GEMEENTE"]
    assert export.heading("Q1_Vertrouwen_in_overheid").label == "Minder vertrouwen?"
    assert export.heading("q2").label == ""


def test_value_labels_are_by_code_in_the_order_of_the_codes(path: Path):
    labels = {9: "weet niet", 1: "helemaal oneens", 5: "helemaal eens", 1.5: "ertussen"}
    export = saved(path, {"q": [1.0, 5.0]}, variable_value_labels={"q": labels})
    told = export.heading("q").values
    assert list(told.items()) == [
        ("1", "helemaal oneens"), ("1.5", "ertussen"), ("5", "helemaal eens"), ("9", "weet niet"),
    ]  # fmt: skip


def test_a_code_without_a_label_stays_a_cell(path: Path):
    export = saved(path, {"q": [1.0, 7.0]}, variable_value_labels={"q": {1: "one"}})
    assert cells(export, "q") == ["1", "7"]
    assert export.heading("q").values == {"1": "one"}


def test_strings_can_have_labels(path: Path):
    export = saved(
        path, {"group": ["P", "A"], "town": ["'s-Gravenhage", "Hengelo (O.)"]},
        variable_value_labels={
            "group": {"P": "professional", "A": "ambtenaar"},
            "town": {"'s-Gravenhage": "Den Haag"},  # of more than 8 bytes
        },
    )  # fmt: skip
    assert export.heading("group").values == {"A": "ambtenaar", "P": "professional"}
    assert export.heading("town").values == {"'s-Gravenhage": "Den Haag"}


# --- Declared missing


def test_single_values_that_are_declared_missing_stay_cells_and_are_named(path: Path):
    export = saved(
        path, {"q": [1.0, 98.0, 99.0]}, missing_ranges={"q": [97, 98, 99]},
        variable_value_labels={"q": {99: "geen antwoord"}},
    )  # fmt: skip
    assert cells(export, "q") == ["1", "98", "99"]
    assert export.heading("q").missing == {"98", "99"}


def test_a_label_that_does_not_occur_can_be_declared_missing(path: Path):
    export = saved(
        path, {"q": [1.0]}, missing_ranges={"q": [8]},
        variable_value_labels={"q": {1: "eens", 8: "n.v.t.", 9: "weet niet"}},
    )  # fmt: skip
    assert export.heading("q").missing == {"8"}
    assert export.heading("q").values == {"1": "eens", "8": "n.v.t.", "9": "weet niet"}


def test_a_range_with_a_single_value_declares_all_that_lies_within(path: Path):
    ranges = [{"lo": 90, "hi": 99}, -1]
    export = saved(path, {"q": [1.0, 89.0, 90.0, 95.5, 99.0, 100.0, -1.0]},
                   missing_ranges={"q": ranges})  # fmt: skip
    assert export.heading("q").missing == {"90", "95.5", "99", "-1"}


def test_ranges_reach_down_to_the_lowest_and_up_to_the_highest(path: Path):
    values = [-1e9, -1.0, 0.0, 1.0, 97.0, 1e12]
    ranges = {"low": [{"lo": -np.inf, "hi": 0}], "high": [{"lo": 97, "hi": np.inf}]}
    export = saved(path, {"low": values, "high": values}, missing_ranges=ranges)
    assert export.heading("low").missing == {"-1000000000", "-1", "0"}
    assert export.heading("high").missing == {"97", "1000000000000"}


def test_the_lowest_value_may_be_written_as_spss_21_and_later_do(path: Path):
    saved(path, {"q": [-5.0, 1.0]}, missing_ranges={"q": [{"lo": -np.inf, "hi": 0}]})
    data = path.read_bytes()
    lowest, system_missing = (bytes.fromhex(f"{first}ffffffffffefff") for first in ("fe", "ff"))
    path.write_bytes(data.replace(lowest, system_missing, 1))
    assert read(path).heading("q").missing == {"-5"}


def test_strings_can_be_declared_missing(path: Path):
    export = saved(path, {"s": ["NVT", "a", "NVT ", "NV"]}, missing_ranges={"s": ["NVT", "x"]})
    assert export.heading("s").missing == {"NVT"}
    assert cells(export, "s") == ["NVT", "a", "NVT", "NV"]


def test_a_blank_that_is_declared_missing_is_just_empty(path: Path):
    export = saved(path, {"id": [1, 2, 3], "s": [" X", "a", ""]}, missing_ranges={"s": [" X", " "]})
    assert export.heading("s").missing == {"X"}
    assert cells(export, "s") == ["X", "a", ""]


def test_a_missing_code_of_a_column_that_is_not_wanted_is_named_by_its_label(path: Path):
    saved(path, {"q": [1.0, 8.0], "r": [1.0, 1.0]}, missing_ranges={"q": [8, 9]},
          variable_value_labels={"q": {9: "weet niet"}})  # fmt: skip
    assert read(path, ["r"]).heading("q").missing == {"9"}


# --- Dates


def test_dates_are_iso_and_times_of_day_too(path: Path):
    moment = datetime(2027, 3, 1, 10, 15)
    export = saved(
        path,
        {
            "day": [date(2027, 3, 1), date(1999, 12, 31), None],
            "moment": [moment, datetime(2027, 3, 1, 23, 59, 59, 900000), None],
            "time": [time(9, 5), time(0, 0), None],
            "id": [1.0, 2.0, 3.0],
        },
    )
    assert cells(export, "day") == ["2027-03-01", "1999-12-31", ""]
    assert cells(export, "moment") == ["2027-03-01 10:15:00", "2027-03-01 23:59:59", ""]
    assert cells(export, "time") == ["09:05:00", "00:00:00", ""]


# SPSS counts seconds from 14 October 1582; 1970 began 141 428 days or 12 219 379 200 s later.
@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("EDATE10", "1970-01-01"), ("ADATE10", "1970-01-01"), ("SDATE10", "1970-01-01"),
        ("JDATE7", "1970-01-01"), ("MOYR8", "1970-01-01"), ("QYR6", "1970-01-01"),
        ("DATETIME20", "1970-01-01 10:10:10"), ("YMDHMS20", "1970-01-01 10:10:10"),
        ("F12.0", "12219415810"), ("WKDAY3", "12219415810"),
    ],
)  # fmt: skip
def test_every_format_of_a_date_is_one_and_others_are_not(path: Path, format: str, text: str):
    export = saved(path, {"when": [12_219_415_810.0]}, variable_format={"when": format})
    assert cells(export, "when") == [text]


def test_a_time_can_last_for_days(path: Path):
    export = saved(path, {"took": [180_003.0, 59.9, -60]}, variable_format={"took": "DTIME10"})
    assert cells(export, "took") == ["50:00:03", "00:00:59", "-60"]


def test_a_date_outside_all_years_stays_a_number(path: Path):
    export = saved(path, {"when": [1e15, -1e15]}, variable_format={"when": "EDATE10"})
    assert cells(export, "when") == ["1000000000000000", "-1000000000000000"]


# --- Multiple-response sets


def test_category_and_dichotomy_sets_name_their_variables(path: Path):
    saved(path, {name: [1.0] for name in "abcgefdhij"})
    # the example of PSPP's manual
    with_records(
        path,
        (7, b"$a=C 10 my mcgroup a b c\n$b=D2 55 0  g e f d\n$c=D3 Yes 10 mdgroup #2 h i j\n"),
    )
    sets = {"a": ["a", "b", "c"], "b": ["g", "e", "f", "d"], "c": ["h", "i", "j"]}
    assert read(path).sets == sets
    assert read(path, ["a"]).sets == sets


def test_sets_of_counted_values_are_read_too(path: Path):
    saved(path, {name: [1.0] for name in "klmnop"})
    # the example of PSPP's manual
    sets = b"$d=E 1 2 34 13 third mdgroup k l m\n$e=E 11 6 choice 0  n o p\n"
    with_records(path, (19, sets))
    assert read(path).sets == {"d": ["k", "l", "m"], "e": ["n", "o", "p"]}


def test_a_set_names_long_variables_by_their_true_names(path: Path):
    saved(path, {"Q5_Cultuur_van_bewoners": [1.0], "Q5_Taal_van_bewoners": [0.0]})
    with_records(path, (7, "$Q5=D1 1 7 België q5_cultu q5_taal_\n".encode()))
    assert read(path).sets == {"Q5": ["Q5_Cultuur_van_bewoners", "Q5_Taal_van_bewoners"]}


def test_a_set_is_found_by_names_in_another_case(path: Path):
    saved(path, {"Één": [1.0], "Twee": [0.0]})
    with_records(path, (7, "$q=D1 1 0  één twee\n".encode()))
    assert read(path).sets == {"q": ["Één", "Twee"]}


def test_a_set_that_lost_all_its_variables_is_none(path: Path):
    saved(path, {"a": [1.0], "b": [1.0]})
    with_records(path, (7, b"$lost=C 0 \n$q=D1 1 0  a b gone\n"))
    assert read(path).sets == {"q": ["a", "b"]}


# --- Encodings


def test_text_in_any_script_comes_over_in_cells_labels_and_names(path: Path):
    texts = SCRIPTS
    export = saved(
        path, {"Gemeente_één": texts, "q": [1.0, 2.0, 3.0]},
        column_labels={"q": "Ερώτηση السؤال"},
        variable_value_labels={"q": {1: "Συμφωνώ", 2: "Katılıyorum", 3: "موافق"}},
    )  # fmt: skip
    assert cells(export, "Gemeente_één") == texts
    assert export.heading("q").label == "Ερώτηση السؤال"
    assert export.heading("q").values == {"1": "Συμφωνώ", "2": "Katılıyorum", "3": "موافق"}


def in_encoding(path: Path, text: str, encoding: str, named: str) -> None:
    """Write a file with one cell of 8 bytes in `encoding`, which calls it `named`."""
    pyreadstat.write_sav(pd.DataFrame({"s": ["PLACE", "abcdefgh"]}), path)
    data = path.read_bytes()
    record = struct.pack("<iiii", 7, 20, 1, len(named)) + named.encode()
    at = data.index(NUMBER_OF_CASES)
    data = data[:at] + record + data[at:]
    path.write_bytes(data.replace(b"PLACE   ", text.encode(encoding).ljust(8)))


@pytest.mark.parametrize(
    ("text", "encoding"), [("Curaçao", "windows-1252"), ("Şişli", "windows-1254"),
                           ("Αθήνα", "windows-1253"), ("عربي", "windows-1256")],
)  # fmt: skip
def test_the_encoding_that_the_file_names_is_used(path: Path, text: str, encoding: str):
    in_encoding(path, text, encoding, named=encoding)
    assert cells(read(path), "s") == [text, "abcdefgh"]


def test_a_given_encoding_overrules_that_of_the_file(path: Path):
    in_encoding(path, "Şişli", "windows-1254", named="windows-1252")
    assert cells(read(path), "s")[0] == "Þiþli"
    assert cells(read(path, encoding="windows-1254"), "s")[0] == "Şişli"


def test_text_that_is_not_in_the_encoding_of_the_file_is_refused(path: Path):
    in_encoding(path, "Curaçao", "windows-1252", named="UTF-8")
    problem = problem_of(path)
    assert problem.message == "its text is not in the encoding that it names itself"
    assert "`encoding:` under `files:` in round.yml" in str(problem.mend)
    assert "Cura" not in str(problem)
    assert cells(read(path, encoding="windows-1252"), "s")[0] == "Curaçao"


def test_a_given_encoding_that_does_not_fit_is_refused(path: Path):
    saved(path, {"s": SCRIPTS})
    assert problem_of(path, "iso-8859-6").message == "its text is not in iso-8859-6"


@pytest.mark.parametrize("encoding", ["nonsense", "utf-16"])
def test_an_encoding_that_spss_cannot_have_is_refused(path: Path, encoding: str):
    saved(path, {"s": ["é"]})
    problem = problem_of(path, encoding)
    assert problem.message == "encoding is not one that SPSS data can be read in"
    assert problem.found == encoding


# --- Files that cannot be read


@pytest.mark.parametrize("content", [b"", b"id;q1\n1;2\n", b"%PDF-1.7", b"$FL"])
def test_a_file_of_another_kind_is_refused(path: Path, content: bytes):
    path.write_bytes(content)
    assert problem_of(path).message == "is not an SPSS data file"


@pytest.mark.parametrize("how", [{}, {"row_compress": True}, {"compress": True}])
def test_a_file_that_was_cut_short_is_refused_wherever_it_was_cut(path: Path, how: dict[str, bool]):
    saved(path, {"q": [1.0, 2.0, 3.0] * 9, "s": ["é", "b", "c"] * 9},
          variable_value_labels={"q": {1: "één"}}, **how)  # fmt: skip
    data = path.read_bytes()
    for length in range(4, len(data), 7):
        path.write_bytes(data[:length])
        message = problem_of(path).message
        assert message == "is an SPSS data file that is damaged or was cut short", length
        with pytest.raises(DataError):
            read(path, [])


def test_a_damaged_file_says_nothing_of_the_encoding_that_was_given(path: Path):
    saved(path, {"q": [1.0, 2.0]})
    path.write_bytes(path.read_bytes()[:-1])
    assert "damaged" in problem_of(path, "windows-1252").message
