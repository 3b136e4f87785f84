"""The build engine: what is stale, running notebooks, replacing a report whole."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from PIL import Image

from analysis.build import stale
from analysis.build.notebooks import Run, run_notebook
from analysis.build.parameters import check_given, declared_parameters, parse_pairs
from analysis.build.processes import Call, Child, ChildError, in_parallel
from analysis.build.products import png_pictures, table_csv
from analysis.build.publish import locked, recover, replaced
from analysis.build.request import BuildError, Request
from analysis.build.scrub import scrubbed
from analysis.build.suggest import nearest
from analysis.project import CallError, DataError, Problem, Project
from conftest import PARAMETERS, ROOT, ROUND, Place, copy_project
from sample_blocks import picture, text

TIME = re.compile(rb"20\d\d-\d\d-\d\dT\d\d:\d\d|\d\d:\d\d:\d\d")


def request_for(place: Place, **more: Any) -> Request:
    return Request(Project(place.root), ROUND, place.language, **more)


def reason(place: Place, **more: Any) -> str:
    return stale.examine(request_for(place, **more)).reason


# --- What is stale


def test_a_finished_report_is_up_to_date_and_a_second_build_writes_nothing(small):
    before = {p: p.stat().st_mtime_ns for p in small.root.rglob("*")}

    outcome = small.run("report")

    assert outcome.out == f"reports/{ROUND}/nl/report.html is up to date\n"
    assert outcome.err == ""
    assert {p: p.stat().st_mtime_ns for p in small.root.rglob("*")} == before


def test_touching_a_file_or_moving_the_project_does_not_make_a_report_stale(small):
    for path in [*small.root.glob("notebooks/*"), *small.root.glob("data/raw/*/*")]:
        os.utime(path)
    moved = Place(small.root.rename(small.root.with_name("moved")))

    assert reason(moved) == ""


@pytest.mark.parametrize(
    "name",
    ["data/raw/cases/cases.csv", f"data/raw/survey/{ROUND}/round.yml", "notebooks/1_parts.ipynb"],
)
def test_a_changed_input_makes_the_report_stale_and_is_named(small, name):
    with (small.root / name).open("a", encoding="utf-8") as file:
        file.write("\n")

    assert reason(small) == f"changed since: {name}"


def test_new_and_lost_inputs_make_the_report_stale(small):
    (small.root / "data/raw/cases/more.csv").touch()
    assert reason(small) == "changed since: data/raw/cases/more.csv"

    (small.root / "data/raw/cases/more.csv").unlink()
    assert reason(small) == ""

    (small.root / "pyproject.toml").touch()
    assert reason(small) == "changed since: pyproject.toml"


def test_the_files_of_another_round_are_no_inputs(small):
    shutil.copytree(small.root / f"data/raw/survey/{ROUND}", small.root / "data/raw/survey/2027")

    assert reason(small) == ""
    inputs = stale.ingredients(Request(Project(small.root), "2027", "nl"))["inputs"]
    rounds = {name.split("/")[3] for name in inputs if name.startswith("data/raw/survey/")}
    assert {"2027", "municipalities.csv", "instrument.yml"} <= rounds
    assert ROUND not in rounds


def test_the_code_of_this_package_its_packages_and_python_are_inputs(small):
    ingredients = stale.ingredients(request_for(small))

    assert "src/analysis/build/stale.py" in ingredients["inputs"]
    assert "src/analysis/language/nl/report.yml" in ingredients["inputs"]
    assert {"papermill", "pandas", "typst"} <= ingredients["packages"].keys()
    assert ingredients["python"] == f"{sys.version_info.major}.{sys.version_info.minor}"


def test_another_parameter_makes_the_report_stale(small):
    assert reason(small, given={"draws": "4"}) == "changed since: draws"


def test_another_version_of_a_package_makes_the_report_stale(small, monkeypatch):
    versions = stale.package_versions() | {"pandas": "0.1"}
    monkeypatch.setattr(stale, "package_versions", lambda: versions)

    assert reason(small) == "changed since: pandas"


def test_a_hidden_file_beside_the_data_is_no_input(small):
    (small.root / "data/raw/.DS_Store").touch()

    assert reason(small) == ""


@pytest.mark.parametrize("name", ["report.pdf", "figures/figure-access.png", "provenance.json"])
def test_a_product_that_was_lost_or_spoilt_is_made_again_to_the_byte(small, name):
    before = small.files()
    path = small.folder / name
    if name == "report.pdf":
        path.unlink()
    else:
        path.write_bytes(b"{")

    assert reason(small) != ""
    assert small.run("report").code == 0
    assert small.files() == before


def test_making_a_product_again_does_not_run_the_notebooks_again(small):
    (small.folder / "report.pdf").unlink()

    assert reason(small) == "report.pdf is missing or was changed"
    assert small.run("report").code == 0
    assert "PDF …" in small.log
    assert "1_parts …" not in small.log


def test_a_spoilt_executed_notebook_is_run_again(small):
    before = small.files()
    (small.folder / "notebooks/1_parts.ipynb").write_text("{}")

    small.run("report")

    assert "1_parts …" in small.log
    assert small.files() == before


def test_force_runs_everything_again_and_writes_the_same_bytes(small):
    before = small.files()

    outcome = small.run("report", "--force", "--verbose")

    assert "building 2016-nl: forced" in outcome.err
    assert "1_parts …" in outcome.err
    assert small.files() == before


def test_provenance_names_every_input_and_output_with_its_checksum_and_no_time(small):
    record = stale.read_provenance(small.folder)
    files = small.files()
    content = (small.folder / stale.PROVENANCE).read_bytes()

    del files[stale.PROVENANCE]
    assert record["outputs"] == files
    assert record["parameters"] == {"round": ROUND, "language": "nl"}
    for name, checksum in record["inputs"].items():
        path = small.root / name if not name.startswith("src/") else ROOT / name
        assert stale.digest(path) == checksum
    assert not TIME.search(content)
    assert str(small.root).encode() not in content


# --- Only one product


def test_only_one_product_of_a_stale_report_replaces_the_whole_report(small):
    small.write_notebook("2_more", "1 + 1")

    assert small.run("report", "--only", "pdf").out == f"reports/{ROUND}/nl/report.pdf\n"

    names = set(small.files())
    assert {"report.pdf", "audit.csv", "notebooks/2_more.ipynb", "provenance.json"} <= names
    assert not names & {"report.html", "numbers.csv", "notebooks/1_parts.html"}
    assert small.run("report", "--only", "pdf").out.endswith("up to date\n")


def test_only_adds_to_what_is_up_to_date_without_running_notebooks(small):
    whole = small.files()
    shutil.rmtree(small.folder)
    small.run("report", "--only", "notebooks")
    assert set(small.files()) == {"notebooks/1_parts.ipynb", "audit.csv", "provenance.json"}

    small.run("report", "--only", "html")
    assert "1_parts …" not in small.log
    assert "report.pdf" not in small.files()
    assert 'href="report.pdf"' not in (small.folder / "report.html").read_text(encoding="utf-8")

    small.run("report")
    assert "1_parts …" not in small.log
    assert small.files() == whole


def test_a_whole_report_needs_every_part_and_names_those_that_lack(small):
    before = small.files()
    small.write_notebook("1_parts", "1 + 1", parameters=PARAMETERS)

    outcome = small.run("report")

    assert outcome.code == 3
    assert "no cell shows blocks" in outcome.err or "the report lacks brief" in outcome.err
    assert small.files() == before


# --- Replacing a report whole


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A folder with a finished report."""
    folder = tmp_path / "nl"
    folder.mkdir()
    (folder / "old.html").touch()
    return folder


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_good_end_replaces_the_folder_and_leaves_nothing_beside_it(target):
    with replaced(target) as folder:
        (folder / "new.html").touch()
        assert names(target) == {"old.html"}

    assert names(target) == {"new.html"}
    assert names(target.parent) == {"nl"}


def test_a_first_report_needs_no_folder_before_it(tmp_path):
    with replaced(tmp_path / "2016" / "nl") as folder:
        (folder / "new.html").touch()

    assert names(tmp_path / "2016" / "nl") == {"new.html"}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_bad_end_leaves_the_folder_as_it_was_and_nothing_beside_it(target, error):
    def build() -> None:
        with replaced(target) as folder:
            (folder / "new.html").touch()
            raise error

    with pytest.raises(error):
        build()
    assert names(target) == {"old.html"}
    assert names(target.parent) == {"nl"}


def test_a_failing_last_rename_puts_the_old_folder_back(target, monkeypatch):
    rename = Path.rename

    def failing(self: Path, to: Path) -> Path:
        if self.name.endswith(".new"):
            raise OSError("disk is gone")
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="disk is gone"), replaced(target):
        pass
    assert names(target) == {"old.html"}


def test_a_build_that_was_killed_between_the_renames_is_put_right(target):
    target.rename(target.with_name(".nl.old"))
    (target.with_name(".nl.new")).mkdir()

    recover(target)

    assert names(target) == {"old.html"}
    assert names(target.parent) == {"nl"}


def test_a_build_that_was_killed_before_tidying_up_is_put_right(target):
    shutil.copytree(target, target.with_name(".nl.old"))

    recover(target)

    assert names(target.parent) == {"nl"}


def test_a_report_of_which_only_the_old_folder_is_left_comes_back_and_is_up_to_date(small):
    before = small.files()
    small.folder.rename(small.folder.with_name(".nl.old"))

    assert small.run("report").out.endswith("up to date\n")
    assert small.files() == before


def test_a_second_build_of_the_same_report_waits_and_says_so(tmp_path):
    script = (
        "import sys; from pathlib import Path; from analysis.project import Project\n"
        "from analysis.build.publish import locked\n"
        f"with locked(Project(Path({str(tmp_path)!r})), 'x'): print('in', flush=True)"
    )
    with locked(Project(tmp_path), "x"):
        second = subprocess.Popen(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert second.stderr is not None
        assert second.stderr.readline() == b"waiting for another build (x)\n"
        assert second.poll() is None
    out, _ = second.communicate(timeout=20)
    assert out == b"in\n"


def test_two_builds_at_once_both_end_well_and_only_one_builds(small):
    (small.folder / "report.pdf").unlink()
    command = [sys.executable, "-m", "analysis", "report"]
    environment = {**os.environ, "WIJKTEAMS_ROOT": str(small.root)}

    both = [
        subprocess.Popen(
            command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    ends = [process.communicate(timeout=60) for process in both]

    assert [process.returncode for process in both] == [0, 0]
    assert all("Traceback" not in err for _, err in ends)
    assert reason(small) == ""


# --- Processes


def give(value: Any) -> Any:
    return value


def fail(error: BaseException) -> None:
    raise error


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def mark(folder: Path, seconds: float) -> None:
    stamp = time.monotonic()
    time.sleep(seconds)
    (folder / f"{os.getpid()}").write_text(f"{stamp} {time.monotonic()}")


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Child]]:
    """Start a call in a child, which is stopped after the test."""
    started: list[Child] = []

    def begin(function: Callable[..., Any], *arguments: Any, limit: float = 60) -> Child:
        started.append(Child(Call("it", function, arguments, limit), tmp_path / "log"))
        return started[-1]

    yield begin
    for child in started:
        child.stop()


def test_a_child_gives_back_what_its_call_returned(start):
    assert start(give, {"a": [1, None]}).result() == {"a": [1, None]}


def test_what_a_child_prints_goes_to_the_log(start, tmp_path, capfd):
    start(print, "hello").result()

    assert (tmp_path / "log").read_text() == "hello\n"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "error",
    [CallError("no such"), DataError([Problem("a.csv", "wrong", 3)]), BuildError("dead", 1)],
)
def test_a_user_s_mistake_comes_through_as_it_is(start, error):
    with pytest.raises(type(error), match=re.escape(str(error))) as caught:
        start(fail, error).result()

    assert caught.value.exit_code == error.exit_code


def test_any_other_error_comes_through_with_its_traceback(start):
    with pytest.raises(ChildError, match=r"(?s)Traceback.*in fail.*ZeroDivisionError: oh"):
        start(fail, ZeroDivisionError("oh")).result()


def test_a_child_that_is_killed_is_reported(start):
    with pytest.raises(BuildError, match="it: its process was ended from outside"):
        start(die).result()


def test_a_child_that_takes_too_long_is_stopped_and_reported(start):
    with pytest.raises(BuildError, match="it: took longer than 0 s"):
        start(time.sleep, 30, limit=0.2).result()


def test_calls_run_side_by_side_but_no_more_than_allowed(tmp_path):
    marks = tmp_path / "marks"
    marks.mkdir()
    calls = [Call(str(n), mark, (marks, 0.3)) for n in range(4)]

    done = [call.name for call, _, _ in in_parallel(calls, 2, tmp_path / "log")]

    spans = [tuple(map(float, path.read_text().split())) for path in marks.iterdir()]
    most = max(sum(a <= start < b for a, b in spans) for start, _ in spans)
    assert sorted(done) == ["0", "1", "2", "3"]
    assert most == 2


def test_the_first_failure_ends_the_other_calls(tmp_path):
    calls = [Call("bad", fail, (CallError("no"),)), Call("slow", mark, (tmp_path, 30))]
    start = time.monotonic()

    with pytest.raises(CallError):
        list(in_parallel(calls, 2, tmp_path / "log"))

    assert time.monotonic() - start < 10
    assert names(tmp_path) == {"log"}


# --- Parameters


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


# --- Running notebooks


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


# --- Products


def test_pictures_become_png_of_the_same_proportions_and_bytes():
    svg = picture(640, 320, ["a", "b"], [1.0, 2.0])

    first, second = png_pictures([svg, svg]), png_pictures([svg, svg])

    assert first == second
    for png in first:
        image = Image.open(io.BytesIO(png))
        assert image.width == pytest.approx(160 / 25.4 * 200, abs=2)
        assert image.width / image.height == pytest.approx(2, rel=0.01)
    assert png_pictures([]) == []


def test_a_table_becomes_csv_of_what_is_printed():
    grid = {
        "columns": [{"label": [text("Wat, waar")]}, {"label": [text("Hoe veel")]}],
        "rows": [[[text("een "), text("twee")], [{"t": "num", "id": "x", "v": "1.234"}]]],
    }

    assert table_csv(grid) == '"Wat, waar",Hoe veel\neen twee,1.234\n'


def test_every_exhibit_stands_beside_the_report_as_files(small):
    assert {name for name in small.files() if name.startswith(("figures", "tables"))} == {
        "figures/figure-access.svg",
        "figures/figure-access-phone.svg",
        "figures/figure-access.png",
        "tables/figure-access.csv",
        "tables/table-access.csv",
    }


# --- The real report


@pytest.mark.slow
def test_the_real_report_is_whole(built_report):
    files = set(built_report.files())

    assert {
        "report.html",
        "report.pdf",
        "numbers.csv",
        "numbers.html",
        "audit.csv",
        "provenance.json",
    } <= files
    for path in stale.notebook_paths(Project(built_report.root)):
        assert {f"notebooks/{path.stem}.ipynb", f"notebooks/{path.stem}.html"} <= files
    page = (built_report.folder / "report.html").read_text(encoding="utf-8")
    for figure in re.findall(r'<figure[^>]* id="(figure-[\w-]+)"', page):
        assert {f"figures/{figure}.svg", f"figures/{figure}.png"} <= files


@pytest.mark.slow
def test_every_link_of_the_real_report_leads_to_a_file_of_it(built_report):
    for path in built_report.folder.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        for address in re.findall(r'href="([^"#:]+)(?:#[^"]*)?"', page):
            assert (path.parent / address).is_file(), f"{path.name}: {address}"


@pytest.mark.slow
def test_the_audit_has_a_row_for_every_claim(built_report):
    with (built_report.folder / "audit.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    claims = []
    for path in sorted((ROOT / "data/raw").rglob("claims.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            claims += [row["id"] for row in csv.DictReader(file)]

    assert sorted(row["id"] for row in rows) == sorted(claims)
    assert all(row["verdict"] for row in rows)


@pytest.mark.slow
def test_no_file_of_the_real_report_holds_the_project_s_path(built_report):
    told = [str(built_report.root).encode(), str(ROOT).encode() + b"/", sys.prefix.encode()]
    for path in built_report.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [place for place in told if place in content], path.name


@pytest.mark.slow
def test_two_builds_in_other_surroundings_write_the_same_bytes(built_report, tmp_path):
    root = copy_project(
        tmp_path / "another place", "data/raw", "notebooks", "pyproject.toml", "requirements.lock"
    )
    other = Place(root)

    outcome = other.call(
        "report", "--jobs", "3", TZ="Pacific/Kiritimati", LC_ALL="C", PYTHONHASHSEED="4711"
    )

    assert outcome.code == 0, outcome.err
    assert other.files() == built_report.files()


@pytest.mark.slow
def test_the_languages_differ_in_words_and_not_in_numbers(built_report, built_report_en):
    values = []
    for place in (built_report, built_report_en):
        with (place.folder / "numbers.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        values.append({row["id"].split(".2")[0]: (row["value"], row["unit"]) for row in rows})
    both = values[0].keys() & values[1].keys()

    assert len(both) > 100
    assert [key for key in both if values[0][key] != values[1][key]] == []
    assert built_report.files()["report.html"] != built_report_en.files()["report.html"]
