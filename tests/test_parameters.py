"""Parameters of the notebooks: declared, given, typed, and handed on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from analysis.build.parameters import check_given, declared_parameters, parse_pairs
from analysis.build.suggest import nearest
from analysis.project import CallError, Project
from conftest import ROUND


def test_parameters_are_read_with_their_type_default_and_help(project):
    known = declared_parameters(project)

    assert list(known) == ["round", "language", "agree_from", "draws"]
    assert known["draws"].type == "int"
    assert known["draws"].default == "3"
    assert known["draws"].help == "how many draws"
    assert known["draws"].notebooks == ("1_parts",)


def test_an_untyped_parameter_has_the_type_of_its_default(small):
    small.write_notebook("2_more", "1", parameters='depth = 2  # how deep\nwho = "a"  # who')

    known = declared_parameters(Project(small.root))

    assert (known["depth"].type, known["who"].type) == ("int", "str")


def test_a_project_whose_path_holds_braces_is_read(small):
    moved = small.root.rename(small.root.with_name("a {b} c"))

    assert "draws" in declared_parameters(Project(moved))


def test_a_file_that_is_no_notebook_is_named(small):
    (small.root / "notebooks/2_bad.ipynb").write_text("no JSON")

    with pytest.raises(CallError, match=r"notebooks/2_bad.ipynb: is not a notebook"):
        declared_parameters(Project(small.root))


@pytest.mark.parametrize(
    ("text", "value"),
    [("agree_from=3.25", 3.25), ("agree_from=none", None), ("draws=12", 12), ("agree_from=4", 4.0)],
)
def test_values_get_their_type(project, text, value):
    found = check_given(declared_parameters(project), parse_pairs([text]))

    assert list(found.values()) == [value]
    assert isinstance(found[text.split("=")[0]], type(value))


@pytest.mark.parametrize(
    ("annotation", "given", "value"),
    [
        ("bool", "yes", True),
        ("bool", "False", False),
        ("list[str]", "a, b", ["a", "b"]),
        ("Optional[int]", "3", 3),
        ("str", "3", "3"),
    ],
)
def test_every_annotation_is_understood(small, annotation, given, value):
    small.write_notebook("2_more", "1", parameters=f"it: {annotation} = None  # it")
    known = declared_parameters(Project(small.root))

    assert check_given(known, {"it": given}) == {"it": value}


def test_everything_that_is_wrong_with_parameters_is_named_at_once(project):
    given = {"agre_from": "3", "draws": "many", "colour": "red"}

    with pytest.raises(CallError) as caught:
        check_given(declared_parameters(project), given)

    lines = str(caught.value).splitlines()
    assert lines[0] == "unknown parameter agre_from; did you mean agree_from?"
    assert lines[1] == "unknown parameter colour"
    assert lines[2] == "the notebooks take:"
    help = "agree_from  mean score from which a municipality agrees (float, default None)"
    assert lines[3].strip() == help
    assert lines[-1] == "parameter draws: must be a whole number; found 'many'"


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        (["draws"], "write a parameter as name=value"),
        (["=3"], "write a parameter as name=value"),
        (["draws=1", "draws=2"], "draws is given twice"),
        (["round=2027"], "use --round (make: ROUND=…) for this"),
        (["language=en"], "use --language (make: LANGUAGE=…) for this"),
    ],
)
def test_a_parameter_in_another_form_is_refused(pairs, message):
    with pytest.raises(CallError, match=re.escape(message)):
        parse_pairs(pairs)


def test_a_value_may_hold_the_sign_that_divides_it_from_the_name():
    assert parse_pairs(["rule=a=b"]) == {"rule": "a=b"}


@pytest.mark.parametrize(
    ("word", "meant"),
    [("reprot", "report"), ("LANGUAGE", "language"), ("lang", "language"), ("xyz", "")],
)
def test_a_mistyped_word_is_guessed_when_one_is_near(word, meant):
    assert nearest(word, ["report", "language", "round"]) == meant


def test_a_parameter_goes_to_the_notebooks_that_declare_it_and_no_others(small):
    small.write_notebook("2_other", "round", parameters='round: str = "1"  # round')

    assert small.run("report", "--only", "notebooks", "-p", "draws=7").code == 0

    told = {
        path.stem: cells_with(path, "injected-parameters")[0]["source"]
        for path in (small.folder / "notebooks").glob("*.ipynb")
    }
    assert told["1_parts"] == f'# Parameters\nround = "{ROUND}"\nlanguage = "nl"\ndraws = 7\n'
    assert told["2_other"] == f'# Parameters\nround = "{ROUND}"\n'


def cells_with(path: Path, tag: str) -> list[Any]:
    node = nbformat.read(path, as_version=4)
    return [cell for cell in node.cells if tag in cell.metadata.get("tags", [])]
