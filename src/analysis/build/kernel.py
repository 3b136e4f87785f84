"""The kernel that runs a notebook: this Python, the same surroundings everywhere."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from analysis.project import Project

# The path of a Unix socket may have 104 bytes on macOS; ours adds a name of nine.
LONGEST = 80
# Settings of the user's shell that would give a notebook other code, other charts or other text.
UNSET = ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONWARNINGS", "LANG", "LANGUAGE")


@contextmanager
def short_folder() -> Iterator[Path]:
    """A new folder for temporary files whose path is short enough for sockets."""
    place = None if len(tempfile.gettempdir()) < LONGEST else "/tmp"
    with tempfile.TemporaryDirectory(prefix="wijkteams-", dir=place) as folder:
        yield Path(folder)


def set_surroundings(project: Project, folder: Path) -> None:
    """Give this process, and the kernel that it will start, the surroundings of a notebook.

    The user's own settings of IPython and matplotlib stay out: `folder` stands in for them.
    """
    (folder / "matplotlibrc").touch()
    os.environ.update(
        WIJKTEAMS_ROOT=str(project.root.resolve()),
        PYTHONHASHSEED="0",
        PYTHONUTF8="1",
        LC_ALL="C.UTF-8",
        TZ="UTC",
        MPLBACKEND="Agg",
        MATPLOTLIBRC=str(folder / "matplotlibrc"),
        IPYTHONDIR=str(folder / "ipython"),
        JUPYTER_CONFIG_DIR=str(folder / "jupyter"),
        OMP_NUM_THREADS="1",
        OPENBLAS_NUM_THREADS="1",
    )
    for name in UNSET:
        os.environ.pop(name, None)


def kernel_class(folder: Path) -> type:
    """A kernel manager that starts this Python, whatever kernels are installed where.

    Kernel and driver talk through sockets in `folder`: over TCP, kernels that start at the same
    time race for ports.
    """
    from jupyter_client import AsyncKernelManager  # noqa: PLC0415
    from jupyter_client.kernelspec import KernelSpec  # noqa: PLC0415
    from traitlets import default  # noqa: PLC0415

    spec = KernelSpec(
        argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        display_name="Python 3 (ipykernel)",
        language="python",
    )

    class ThisPython(AsyncKernelManager):
        """This Python as a kernel."""

        @property
        def kernel_spec(self) -> Any:
            return spec

        @default("connection_file")
        def _connection_file(self) -> str:
            return str(folder / "kernel.json")

        @default("transport")
        def _transport(self) -> str:
            return "ipc" if os.name == "posix" else "tcp"

    return ThisPython
