"""Calls in processes of their own: results, errors, limits, and how many at once."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.build.processes import Call, Child, ChildError, in_parallel
from analysis.build.request import BuildError
from analysis.project import CallError, DataError, Problem
from building import names


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
