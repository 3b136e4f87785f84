"""Replacing a report whole, or not at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.build.publish import locked, recover, replaced
from analysis.project import Project
from building import names, reason


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A folder with a finished report."""
    folder = tmp_path / "nl"
    folder.mkdir()
    (folder / "old.html").touch()
    return folder


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
