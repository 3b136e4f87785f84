"""Running notebooks: the same surroundings everywhere, and failures told by cell."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from analysis.build.notebooks import Run, run_notebook
from analysis.build.processes import Call, Child
from analysis.build.request import BuildError
from analysis.build.scrub import scrubbed
from building import TIME, names, request_for
from conftest import PARAMETERS, ROUND, Place, copy_project


@pytest.fixture
def bare(tmp_path: Path, kept_data: Path) -> Place:
    """A project without notebooks."""
    root = copy_project(tmp_path / "bare", "data/raw")
    shutil.copytree(kept_data, root / "data/processed")
    return Place(root)


def outputs(place: Place, name: str) -> list[Any]:
    """What the cells of an executed notebook show, as text."""
    node = nbformat.read(place.folder / "notebooks" / f"{name}.ipynb", as_version=4)
    return [
        output.get("text") or output["data"]["text/plain"]
        for cell in node.cells
        for output in cell.get("outputs", [])
    ]


SURROUNDINGS = """\
import os, sys
print(sys.executable)
print({name: os.environ.get(name) for name in %r})
print(os.getcwd() == os.path.join(os.environ["WIJKTEAMS_ROOT"], "notebooks"))"""
WANTED = {
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "MPLBACKEND": "Agg",
    "LC_ALL": "C.UTF-8",
    "PYTHONPATH": None,
}


def test_a_notebook_runs_this_python_in_the_same_surroundings_everywhere(
    bare, tmp_path, monkeypatch
):
    other = tmp_path / "jupyter/kernels/python3"
    other.mkdir(parents=True)
    spec = {"argv": ["/bin/false"], "display_name": "Other", "language": "python"}
    (other / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    bare.write_notebook("1_where", SURROUNDINGS % list(WANTED))

    outcome = bare.run("report", "--only", "notebooks")

    assert outcome.code == 0, outcome.err
    python, environment, folder = "".join(outputs(bare, "1_where")).splitlines()
    assert Path(python).name == Path(sys.executable).name
    assert environment == str(WANTED)
    assert folder == "True"
    assert os.environ["TZ"] == "Asia/Tokyo"


def test_startup_files_and_chart_settings_of_the_user_stay_out(bare, tmp_path, monkeypatch):
    startup = tmp_path / "ipython/profile_default/startup"
    startup.mkdir(parents=True)
    (startup / "mine.py").write_text("mine = 1")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    bare.write_notebook("1_where", 'print("mine" in globals())')

    assert bare.run("report", "--only", "notebooks").code == 0
    assert outputs(bare, "1_where") == ["False\n"]


def test_a_long_path_to_temporary_files_does_not_stop_a_kernel(bare, tmp_path):
    long = tmp_path / ("x" * 60) / ("y" * 60)
    long.mkdir(parents=True)
    bare.write_notebook("1_small", "1 + 1")

    outcome = bare.call("report", "--only", "notebooks", TMPDIR=str(long))

    assert outcome.code == 0, outcome.err
    assert outputs(bare, "1_small") == ["2"]


def test_executed_notebooks_hold_no_time_no_path_and_no_warning(bare):
    bare.write_notebook(
        "1_talk",
        "import os, warnings\nwarnings.warn('care' + 'ful')\nprint(os.getcwd())\nobject()",
        parameters=PARAMETERS,
    )

    outcome = bare.run("report", "--only", "notebooks", "--verbose")

    content = (bare.folder / "notebooks/1_talk.ipynb").read_bytes()
    assert outputs(bare, "1_talk") == ["./notebooks\n", "<object at 0x…>"]
    assert str(bare.root).encode() not in content
    assert not TIME.search(content)
    assert b'"papermill"' not in content
    assert b"careful" not in content
    assert "1_talk, cell 4: " in outcome.err
    assert "UserWarning: careful" in bare.log


def test_only_the_project_s_own_path_is_taken_out():
    node = {
        "metadata": {},
        "cells": [
            {
                "cell_type": "code",
                "metadata": {"papermill": {}, "tags": []},
                "outputs": [{"name": "stdout", "text": "/a/b/c.csv /a/bc /a/b. /x/a/b"}],
            }
        ],
    }

    clean, said = scrubbed(node, Path("/a/b"))

    assert clean["cells"][0]["outputs"][0]["text"] == "./c.csv /a/bc /a/b. /x."
    assert clean["cells"][0]["metadata"] == {}
    assert said == []


def failing(place: Place, *cells: str, **more: Any) -> str:
    """The error of a notebook that fails."""
    place.write_notebook("1_bad", *cells, parameters=PARAMETERS)
    with pytest.raises(BuildError) as caught:
        Child(Call("1_bad", run_notebook, (run_of(place, **more),)), place.root / "log").result()
    assert (place.root / "failed/1_bad.ipynb").is_file()
    return str(caught.value).splitlines()[0]


def run_of(place: Place, **more: Any) -> Run:
    return Run(
        place.root / "notebooks/1_bad.ipynb",
        place.root / "made.ipynb",
        place.root / "failed/1_bad.ipynb",
        {"round": ROUND},
        request_for(place),
        **more,
    )


def test_a_failing_cell_is_told_with_its_number_its_first_line_and_its_error(bare):
    told = failing(bare, "1", "\nx = {}\nx['key']", "2")

    assert told == "notebooks/1_bad.ipynb, cell 4 `x = {}`: KeyError: 'key'"
    kept = nbformat.read(bare.root / "failed/1_bad.ipynb", as_version=4)
    assert any(output.output_type == "error" for c in kept.cells for output in c.get("outputs", []))


def test_a_cell_that_takes_too_long_is_stopped_and_told(bare):
    start = time.monotonic()

    told = failing(bare, "1", "import time\ntime.sleep(60)", limit=2)

    assert told == "notebooks/1_bad.ipynb, cell 4 `import time`: stopped: not done after 2 s"
    assert time.monotonic() - start < 20


def test_a_kernel_that_dies_is_told_with_its_cell(bare):
    told = failing(bare, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")

    assert told.startswith("notebooks/1_bad.ipynb, cell 3 `import os, signal`: the kernel died")


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        ('CallError("depth: too deep")', 2, "depth: too deep"),
        ('DataError([Problem("a.csv", "is wrong", row=3)])', 1, "a.csv, row 3: is wrong"),
        ('ValueError("depth")', 3, "ValueError: depth"),
    ],
)
def test_the_error_of_a_cell_decides_the_exit_code(bare, error, code, told):
    bare.write_notebook(
        "1_bad",
        f"from analysis.project import *\nfrom analysis.project import Problem\nraise {error}",
    )

    outcome = bare.run("report", "--only", "notebooks")

    assert outcome.code == code
    assert f"import *`: {told}\n" in outcome.err


def test_stopping_a_build_leaves_the_report_and_no_kernel(small):
    before = small.files()
    pid_file = small.root / "pid"
    small.write_notebook(
        "2_slow",
        f"import os, pathlib, time\npathlib.Path({str(pid_file)!r}).write_text(str(os.getpid()))",
        "time.sleep(60)",
    )
    build = subprocess.Popen(
        [sys.executable, "-m", "analysis", "report"],
        env={**os.environ, "WIJKTEAMS_ROOT": str(small.root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A shell that starts the tests in the background has them ignore Ctrl-C: not this build.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    wait_for(lambda: pid_file.exists() and pid_file.read_text() != "")

    os.killpg(build.pid, signal.SIGINT)  # what Ctrl-C does
    out, err = build.communicate(timeout=20)

    assert build.returncode == 130
    assert out == ""
    assert err.splitlines()[-1] == "stopped; what was there before is unchanged"
    assert "Traceback" not in err
    assert small.files() == before
    assert names(small.folder.parent) == {"nl"}
    wait_for(lambda: not alive(int(pid_file.read_text())))


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "took too long"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
