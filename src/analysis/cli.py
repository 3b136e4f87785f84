"""The command `wijkteams`: what it ends with, and what it says when something goes wrong.

0: done. 1: the data have problems. 2: the call or the settings are wrong. 3: the package failed.
Nothing heavy is imported here: a build with nothing to do takes less time than that would.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from analysis.build.request import check_name
from analysis.options import parse
from analysis.project import DataError, Project, UserError, find_project

INTERRUPTED = 130
FAULT = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; gives its exit code and never raises."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    project: Project | None = None
    signal.signal(signal.SIGTERM, _stop)
    try:
        options = parse([word for word in given if word != "--debug"])
        if options is None:
            return 0
        project = find_project()
        if hasattr(options, "round") and not getattr(options, "makes_round", False):
            check_name(project, options.round)
        return int(options.run(project, options) or 0)
    except UserError as error:
        if debug:
            traceback.print_exc()
        _complain(error)
        return error.exit_code
    except KeyboardInterrupt:
        print("stopped; what was there before is unchanged", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if debug:
            traceback.print_exc()
        return _own_fault(error, project)


def _stop(*_: Any) -> NoReturn:
    raise KeyboardInterrupt


# What goes wrong


def _complain(error: UserError) -> None:
    problems = getattr(error, "problems", [])
    if isinstance(error, DataError) and len(problems) > 1:
        print(f"error: {len(problems)} problems in the data", file=sys.stderr)
        print(*(f"  {problem}" for problem in problems), sep="\n", file=sys.stderr)
        return
    print(f"error: {error}", file=sys.stderr)


def _own_fault(error: Exception, project: Project | None) -> int:
    """Write the whole story to a log, one line to the screen."""
    from analysis.build.progress import log_file  # noqa: PLC0415

    log = log_file(project or Project(Path.cwd()), f"fault-{os.getpid()}")
    story = "".join(traceback.format_exception(error))
    log.write_text(story + f"\ncommand: {sys.argv}\n", encoding="utf-8")
    # Of a child process the text is the whole traceback, which ends with what went wrong.
    what = story.strip().splitlines()[-1]
    print(f"fault of the package: {what} (log: {log})", file=sys.stderr)
    return FAULT
