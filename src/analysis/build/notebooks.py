"""The one place that runs notebooks: papermill, each notebook in a process of its own."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.build.kernel import kernel_class, set_surroundings, short_folder
from analysis.build.parameters import Parameter, literal
from analysis.build.processes import Call
from analysis.build.request import BuildError, Request
from analysis.build.scrub import scrubbed
from analysis.build.stale import notebook_paths
from analysis.project import UserError

LIMIT_SECONDS = 600
START_SECONDS = 60
# Beyond its own limit a notebook gets this long to start, to be stopped and to be written.
MARGIN_SECONDS = START_SECONDS + 30
MARKER = "papermill-error-cell-tag"
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True)
class Run:
    """One notebook to be run: where it stands, what it is told, where its result goes."""

    source: Path
    target: Path
    failed: Path
    values: Mapping[str, Any]
    request: Request
    limit: float = LIMIT_SECONDS

    @property
    def name(self) -> str:
        """The notebook's name without ending: `2_survey`."""
        return self.source.stem


def plan_runs(
    request: Request,
    folder: Path,
    known: Mapping[str, Parameter],
    values: Mapping[str, Any],
) -> list[Call]:
    """The calls that run every notebook, with the results in `folder`.

    A notebook is told the values that it declares.
    """
    everything = {"round": request.round, "language": request.language, **values}
    failed = failed_folder(request)
    calls = []
    for source in notebook_paths(request.project):
        own = {
            name: value
            for name, value in everything.items()
            if name in known and source.stem in known[name].notebooks
        }
        run = Run(source, folder / source.name, failed / source.name, own, request)
        calls.append(Call(run.name, run_notebook, (run,), run.limit + MARGIN_SECONDS))
    if not calls:
        name = request.project.relative(request.project.notebooks)
        raise BuildError(f"{name}: there is no notebook named like 1_name.ipynb", 2)
    return calls


def failed_folder(request: Request) -> Path:
    """Where a notebook that failed is kept until the next build of the same report."""
    return request.project.reports / ".failed" / request.name


def run_notebook(run: Run) -> list[str]:
    """Run one notebook and write the scrubbed result; gives what its cells wrote on stderr.

    Raises BuildError, with the executed notebook kept, when a cell fails. For a child process:
    it changes the environment and the working folder.
    """
    import nbformat  # noqa: PLC0415

    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    with short_folder() as folder:
        set_surroundings(run.request.project, folder)
        node = _execute(run, folder)
    clean, said = scrubbed(node, run.request.project.root)
    text = nbformat.writes(nbformat.from_dict(clean))
    run.target.write_text(text + "\n", encoding="utf-8", newline="\n")
    return said


class _Watch:
    """Where a running notebook is; papermill itself does not say so when it stops."""

    def __init__(self) -> None:
        self.node: Any = None
        self.cell: Any = None
        self.index = 0

    def start(self, notebook: Any) -> None:
        """The notebook, with parameters, is about to run."""
        self.node = notebook

    def enter(self, cell: Any, cell_index: int) -> None:
        """A cell is about to run."""
        self.cell, self.index = cell, cell_index


def _execute(run: Run, folder: Path) -> Any:
    """The notebook as papermill ran it. Raises BuildError naming the cell that failed."""
    import papermill  # noqa: PLC0415
    from nbclient.exceptions import CellTimeoutError, DeadKernelError  # noqa: PLC0415

    end = time.monotonic() + run.limit
    watch = _Watch()
    try:
        return papermill.execute_notebook(
            literal(run.source),
            None,
            parameters=dict(run.values),
            cwd=str(run.source.parent),
            progress_bar=False,
            autosave_cell_every=0,
            start_timeout=START_SECONDS,
            kernel_manager_class=kernel_class(folder),
            shutdown_kernel="immediate",
            record_timing=False,
            on_notebook_start=watch.start,
            on_cell_start=watch.enter,
            timeout_func=lambda cell: max(1, round(end - time.monotonic())),
        )
    except papermill.PapermillExecutionError as error:
        code = _exit_code(error.ename)
        text = error.evalue if code != BuildError.exit_code else f"{error.ename}: {error.evalue}"
        raise _failure(run, watch, ANSI.sub("", text).rstrip(": "), code) from None
    except CellTimeoutError:
        raise _failure(run, watch, f"stopped: not done after {run.limit:g} s") from None
    except DeadKernelError:
        raise _failure(run, watch, "the kernel died; was there enough memory?") from None
    except RuntimeError as error:
        raise BuildError(f"{_shown(run)}: the kernel did not start: {error}") from None


def _exit_code(name: str) -> int:
    """The exit code of the error called `name`: its own when a user can mend it."""
    kinds = [UserError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    return {kind.__name__: kind.exit_code for kind in kinds}.get(name, BuildError.exit_code)


def _failure(run: Run, watch: _Watch, text: str, code: int = 3) -> BuildError:
    """The error of the cell that ran last, after keeping the notebook as it then was."""
    import nbformat  # noqa: PLC0415

    run.failed.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(watch.node, run.failed)
    lines = [line for line in str(watch.cell["source"]).splitlines() if line.strip()]
    place = f"{_shown(run)}, cell {_number(watch)} `{lines[0] if lines else ''}`"
    kept = run.request.project.relative(run.failed)
    return BuildError(f"{place}: {text}\nthe notebook as it ran: {kept}", code)


def _number(watch: _Watch) -> int:
    """The number that the cell has in the source, where papermill has added nothing."""
    tags = [cell["metadata"].get("tags", []) for cell in watch.node["cells"]]
    own = [t for t in tags if MARKER not in t][: watch.index + 1]
    return len(own) - sum("injected-parameters" in t for t in own)


def _shown(run: Run) -> str:
    return run.request.project.relative(run.source)
