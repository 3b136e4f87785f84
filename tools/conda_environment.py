"""Writes environment.yml, for users of conda, from pyproject.toml and requirements.lock.

`make lock` runs this. It needs no package, so that it works before there is a .venv.
"""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

PYTHON = "3.12"

PIP_ONLY = {
    "font-source-sans-pro",  # not on conda-forge
    "pypandoc-binary",  # not on conda-forge
    "scipy-stubs",  # leans on an exact optype, which conda-forge may lack
    "typst",  # conda-forge's package of this name is the program, not the Python module
}

HEADER = f"""\
# For users of conda; everyone else runs `make`, which needs no conda.
#
#   conda env create --file environment.yml
#   conda activate wijkteams
#   wijkteams report --round 2016 --language nl      the same verbs as make
#   pytest                                           instead of make test
#
# Written by `make lock` from pyproject.toml and requirements.lock: do not edit.
# Only what the project itself asks for is pinned; requirements.lock pins everything.
name: wijkteams
channels:
  - conda-forge
dependencies:
  - python={PYTHON}
  - pip
"""


def main() -> None:
    """Write the file."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    locked = locked_versions((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    pins = {name: f"{name}=={locked[name]}" for name in direct_dependencies(project)}
    conda = [f"  - {pin}\n" for name, pin in pins.items() if name not in PIP_ONLY]
    pip = [f"      - {pin}\n" for name, pin in pins.items() if name in PIP_ONLY]
    text = HEADER + "".join(conda) + "  - pip:\n" + "".join(pip) + "      - -e .\n"
    (ROOT / "environment.yml").write_text(text, encoding="utf-8")


def direct_dependencies(project: dict) -> list[str]:
    """Return the names that pyproject.toml asks for, to run and to develop, in order."""
    requirements = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    return sorted({canonical_name(requirement) for requirement in requirements})


def locked_versions(lock: str) -> dict[str, str]:
    """Return the version of each package in the text of requirements.lock."""
    pins = re.findall(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)", lock, flags=re.MULTILINE)
    return {canonical_name(name): version for name, version in pins}


def canonical_name(requirement: str) -> str:
    """Return a requirement's name as package indexes spell it: `PyYAML>=6` is `pyyaml`."""
    name = re.match(r"[A-Za-z0-9][\w.-]*", requirement)
    if name is None:
        raise ValueError(f"pyproject.toml: {requirement!r} does not begin with a package's name")
    return re.sub(r"[-_.]+", "-", name.group()).lower()


if __name__ == "__main__":
    main()
