"""The notebooks as they stand in git: thin, without outputs, and each runs by itself."""

from __future__ import annotations

import ast
import json
import os
import re
from pathlib import Path
from typing import Any
from unittest import mock

import papermill
import pytest

from analysis.build.stale import notebook_paths
from analysis.project import Project
from conftest import ROOT, ROUND, copy_project
from sample_blocks import MIME

NOTEBOOKS = notebook_paths(Project(ROOT))
MOST_LINES = 10
COMPUTING = re.compile(r"\b(pandas|numpy|scipy|statsmodels|open\(|read_\w+\(|Path\()|data/raw")
DECLARATION = re.compile(r"^(\w+): \w+(\[\w+\])? = [^=#]+  # \S.*$")

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells(path: Path, kind: str = "code") -> list[Any]:
    """The cells of one kind, with their source as one text."""
    node = json.loads(path.read_text(encoding="utf-8"))
    found = [cell for cell in node["cells"] if cell["cell_type"] == kind]
    return [cell | {"source": "".join(cell["source"])} for cell in found]


def parameter_cells(path: Path) -> list[Any]:
    return [cell for cell in cells(path) if "parameters" in cell["metadata"].get("tags", [])]


def test_the_notebooks_are_numbered_in_reading_order():
    assert NOTEBOOKS
    assert [path.name for path in sorted((ROOT / "notebooks").glob("*.ipynb"))] == [
        path.name for path in NOTEBOOKS
    ]


@each
def test_no_output_and_no_trace_of_a_run_is_stored(path):
    node = json.loads(path.read_text(encoding="utf-8"))

    assert all(cell["outputs"] == [] for cell in cells(path))
    assert all(cell["execution_count"] is None for cell in cells(path))
    assert set(node["metadata"]) <= {"kernelspec", "language_info"}
    assert node["metadata"]["kernelspec"]["name"] == "python3"
    assert set(node["metadata"].get("language_info", {})) <= {"name"}
    assert all(set(cell["metadata"]) <= {"tags"} for cell in node["cells"])


@each
def test_the_first_code_cell_declares_the_parameters_and_no_other_does(path):
    assert len(parameter_cells(path)) == 1
    assert parameter_cells(path)[0]["source"] == cells(path)[0]["source"]


@each
def test_every_parameter_has_a_type_a_literal_default_and_a_comment_that_papermill_sees(path):
    lines = parameter_cells(path)[0]["source"].splitlines()
    seen = papermill.inspect_notebook(str(path))

    for line in lines:
        declared = DECLARATION.match(line)
        assert declared, line
        told = seen[declared.group(1)]
        assert told["help"], line
        assert told["inferred_type_name"] != "None", line
        ast.literal_eval(told["default"])
    assert len(seen) == len(lines)
    assert list(seen)[:2] == ["round", "language"]


def test_a_parameter_means_the_same_in_every_notebook():
    told: dict[str, set[tuple[str, ...]]] = {}
    for path in NOTEBOOKS:
        for name, parameter in papermill.inspect_notebook(str(path)).items():
            rest = (parameter["inferred_type_name"], parameter["default"], parameter["help"])
            told.setdefault(name, set()).add(rest)

    assert {name: len(versions) for name, versions in told.items()} == dict.fromkeys(told, 1)


@each
def test_code_cells_are_short_and_define_nothing(path):
    for cell in cells(path):
        tree = ast.parse(cell["source"])
        assert len(cell["source"].splitlines()) <= MOST_LINES
        defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
        assert not any(isinstance(node, defined) for node in ast.walk(tree))


@each
def test_code_cells_read_no_file_and_compute_nothing(path):
    for cell in cells(path):
        code = "\n".join(line.partition("#")[0] for line in cell["source"].splitlines())
        assert not COMPUTING.search(code), code


@each
def test_code_imports_from_the_package_only(path):
    for cell in cells(path):
        for node in ast.walk(ast.parse(cell["source"])):
            if isinstance(node, ast.ImportFrom):
                assert str(node.module).split(".")[0] == "analysis"
            assert not isinstance(node, ast.Import)


@each
def test_a_sentence_stands_before_every_result(path):
    node = json.loads(path.read_text(encoding="utf-8"))
    kinds = [cell["cell_type"] for cell in node["cells"]]

    assert kinds[0] == "markdown"
    first_result = 3  # after title, parameters and opening
    for before, kind in zip(kinds[first_result - 1 :], kinds[first_result:], strict=False):
        assert (before, kind) != ("code", "code")


@pytest.mark.slow
@each
def test_each_notebook_runs_alone_by_plain_papermill(path, tmp_path, kept_data):
    root = copy_project(tmp_path / "project", "data/raw", f"notebooks/{path.name}")
    (root / "data/processed").symlink_to(kept_data)
    target = tmp_path / "executed.ipynb"

    with mock.patch.dict(os.environ, WIJKTEAMS_ROOT=str(root)):
        papermill.execute_notebook(
            root / "notebooks" / path.name,
            target,
            parameters={"language": "en"},
            cwd=root / "notebooks",
            progress_bar=False,
        )

    shown = [
        output["data"][MIME]["language"]
        for cell in cells(target)
        for output in cell["outputs"]
        if MIME in output.get("data", {})
    ]
    assert shown
    assert set(shown) == {"en"}
    assert ROUND in target.read_text(encoding="utf-8")
