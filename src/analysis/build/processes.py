"""Work in processes of its own: one process for one call, never threads.

A process that does one thing can be killed, changes no folder or environment but its own, and
is gone when its work is done, whatever became of its parent.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from analysis.build.request import BuildError
from analysis.project import UserError

# A fork has the imports of its parent. Elsewhere than on Linux forking is not to be relied on.
CONTEXT: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
PATIENCE = 3
SIGNALS = (signal.SIGTERM, signal.SIGINT)


class ChildError(Exception):
    """A child process failed in a way that nobody foresaw. The text is its traceback."""


@dataclass(frozen=True)
class Call:
    """A function to be called in a child, and how many seconds that may take."""

    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    limit: float = 3600.0


class Child:
    """A call that runs in a process of its own; all that it prints goes to `log`."""

    def __init__(self, call: Call, log: Path) -> None:
        self.call = call
        self.started = time.monotonic()
        self.answer, sender = CONTEXT.Pipe(duplex=False)
        self._process = CONTEXT.Process(
            target=_answer, args=(sender, log, call.function, call.arguments), daemon=True
        )
        with _signals_held():
            self._process.start()
        sender.close()

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.monotonic() - self.started

    @property
    def left(self) -> float:
        """How many seconds the call may still take."""
        return max(0.0, self.call.limit - self.seconds)

    def result(self) -> Any:
        """What the call returned, when it has ended.

        Raises the UserError that it raised, BuildError when it died or took too long, and
        ChildError for anything else.
        """
        if not self.answer.poll(self.left):
            self.stop()
            raise BuildError(f"{self.call.name}: took longer than {self.call.limit:.0f} s")
        try:
            good, value = self.answer.recv()
        except EOFError:
            self._process.join()
            code = self._process.exitcode
            raise BuildError(
                f"{self.call.name}: its process was ended from outside ({code})"
            ) from None
        self._process.join()
        if good:
            return value
        raise value if isinstance(value, UserError) else ChildError(value)

    def stop(self) -> None:
        """End the process, gently first, so that it can end its kernel."""
        self._process.terminate()
        self._process.join(PATIENCE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _answer(
    sender: Connection, log: Path, function: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    """Call the function and send what came of it. Runs in the child."""
    leave = _Leave()
    for number in SIGNALS:
        signal.signal(number, leave)
    sys.stdout = sys.stderr = log.open("a", encoding="utf-8", buffering=1)
    os.dup2(sys.stdout.fileno(), 1)
    os.dup2(sys.stdout.fileno(), 2)
    try:
        _let_signals_through()
        answer: tuple[bool, Any] = True, function(*arguments)
    except SystemExit:
        return
    except UserError as error:
        answer = False, error
    except BaseException:
        answer = False, traceback.format_exc()
    sender.send(answer)


@contextmanager
def _signals_held() -> Iterator[None]:
    """A signal that comes now waits: a child just born would take it as its parent does."""
    hold = getattr(signal, "pthread_sigmask", None)  # Windows has none
    before = hold(signal.SIG_BLOCK, SIGNALS) if hold else ()
    try:
        yield
    finally:
        if hold:
            hold(signal.SIG_SETMASK, before)


def _let_signals_through() -> None:
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)


class _Leave:
    """Ends the process on a signal, once: another must not disturb the ending of a kernel."""

    def __init__(self) -> None:
        self._leaving = False

    def __call__(self, *_: Any) -> None:
        if not self._leaving:
            self._leaving = True
            raise SystemExit(143)


def in_parallel(calls: Sequence[Call], jobs: int, log: Path) -> Iterator[tuple[Call, Any, float]]:
    """Make all `calls`, at most `jobs` at a time; gives call, result and seconds as they end.

    The first that fails ends the others.
    """
    waiting = deque(calls)
    running: dict[Any, Child] = {}
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                child = Child(waiting.popleft(), log)
                running[child.answer] = child
            patience = min(child.left for child in running.values())
            ready = wait(list(running), patience)
            late = [answer for answer, child in running.items() if not child.left]
            for answer in ready or late:
                child = running.pop(answer)
                yield child.call, child.result(), child.seconds
    finally:
        for child in running.values():
            child.stop()
