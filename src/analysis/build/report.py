"""The recipe of a report: data made ready, notebooks run, products made, the folder replaced."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Any

from analysis.build import stale
from analysis.build.processes import Call, Child, in_parallel
from analysis.build.progress import Progress, logged
from analysis.build.publish import locked, recover, replaced
from analysis.build.request import Request


def build_report(request: Request, *, verbose: bool = False) -> bool:
    """Build what `request` asks for; False when there was nothing to do.

    Raises UserError for what a user can mend and ChildError or any other error for a fault of
    the package. Either way the report that was there stays as it was.
    """
    if not request.force and stale.examine(request).fresh:
        return False
    with locked(request.project, request.name):
        recover(request.folder)
        state = stale.examine(request)
        if state.fresh and not request.force:
            return False
        progress = Progress(request.project, f"report-{request.name}", verbose=verbose)
        progress.detail(f"building {request.name}: {state.reason or 'forced'}")
        with logged(progress.log):
            _build(request, state, progress)
        progress.detail(f"in all … {progress.seconds:.1f} s; log: {progress.log}")
    return True


def _build(request: Request, state: stale.State, progress: Progress) -> None:
    """Make the report anew in a folder of its own, then put it in its place."""
    from analysis.build.notebooks import failed_folder  # noqa: PLC0415

    shutil.rmtree(failed_folder(request), ignore_errors=True)
    products = request.products if request.force else request.products | state.made
    with replaced(request.folder) as folder:
        (folder / "notebooks").mkdir()
        if not _reuse(request, state, folder):
            _run(request, folder, progress)
        _render(request, products, folder, progress)
        stale.write_provenance(folder, state, products | {"notebooks"})


def _reuse(request: Request, state: stale.State, folder: Path) -> bool:
    """Take over what was run before, when that is up to date and whole."""
    from analysis.build.products import AUDIT  # noqa: PLC0415

    wanted = [f"notebooks/{path.name}" for path in stale.notebook_paths(request.project)]
    wanted.append(AUDIT)
    if request.force or not wanted or not state.intact.issuperset(wanted):
        return False
    for name in wanted:
        shutil.copyfile(request.folder / name, folder / name)
    return True


def _run(request: Request, folder: Path, progress: Progress) -> None:
    """Check the parameters, make the data ready, run the notebooks and the audit."""
    # One thread for each of several processes; and a fork of threads is not safe.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from analysis.build.prepare import prepare, write_audit  # noqa: PLC0415
    from analysis.build.products import AUDIT  # noqa: PLC0415

    data = Child(Call("reading the data", prepare, (request,)), progress.log)
    try:
        calls = _plan(request, folder / "notebooks")
        data.result()
    finally:
        data.stop()
    progress.step(data.call.name, data.seconds)
    calls.append(Call("audit", write_audit, (request, folder / AUDIT)))
    for call, said, seconds in in_parallel(calls, request.workers, progress.log):
        progress.step(call.name, seconds)
        for line in said or ():
            progress.detail(f"{call.name}, {line.rstrip()}")


def _plan(request: Request, folder: Path) -> list[Call]:
    """The notebooks to run. Raises CallError for a parameter that none has or can use."""
    from analysis.build.notebooks import plan_runs  # noqa: PLC0415
    from analysis.build.parameters import check_given, declared_parameters  # noqa: PLC0415

    known = declared_parameters(request.project)
    return plan_runs(request, folder, known, check_given(known, request.given))


def _render(request: Request, products: frozenset[str], folder: Path, progress: Progress) -> None:
    """Make the products from the executed notebooks in `folder`."""
    if products == {"notebooks"}:
        return
    from dataclasses import replace  # noqa: PLC0415

    from analysis.build import products as make  # noqa: PLC0415
    from analysis.build.disclosure import require_protected  # noqa: PLC0415

    start = time.monotonic()
    request = replace(request, products=products)
    executed = sorted((folder / "notebooks").glob("*.ipynb"))
    notebooks: list[tuple[str, Any]] = make.read_notebooks(executed)
    document = make.make_document(request, notebooks, folder)
    progress.step("document", time.monotonic() - start)
    start = time.monotonic()
    require_protected(request, document)
    progress.step("disclosure", time.monotonic() - start)
    if "html" in products:
        make.write_html(request, document, notebooks, folder, progress.step)
    if "pdf" in products:
        make.write_pdf(document, folder, progress.step)
