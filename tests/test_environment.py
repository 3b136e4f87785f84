"""The lists of packages agree: pyproject.toml asks, the lock answers, conda follows."""

import importlib.util
import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-bootstrap.lock")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def entries(lock: str) -> list[str]:
    """Return a lock's entries, one text per package: its requirement and its hashes."""
    return re.split(r"\n(?=\S)", read(lock).strip())


def requirement(entry: str) -> Requirement:
    return Requirement(entry.partition("\\")[0])


def locked_versions() -> dict[str, str]:
    """Return the locked version of each package, whatever machine it is for."""
    pins = map(requirement, entries("requirements.lock"))
    return {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in pins}


PYPROJECT = tomllib.loads(read("pyproject.toml"))
CONDA = yaml.safe_load(read("environment.yml"))
DIRECT = [
    Requirement(text)
    for text in PYPROJECT["project"]["dependencies"] + PYPROJECT["dependency-groups"]["dev"]
]
DIRECT_NAMES = sorted(canonicalize_name(direct.name) for direct in DIRECT)


def conda_pins() -> dict[str, str]:
    """Return the versions in environment.yml of the packages that pyproject.toml asks for."""
    pip = next(item["pip"] for item in CONDA["dependencies"] if isinstance(item, dict))
    lines = [*CONDA["dependencies"], *pip]
    pins = [line.split("==") for line in lines if isinstance(line, str) and "==" in line]
    return {canonicalize_name(name): pinned for name, pinned in pins}


# --- The locks


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_in_a_lock_is_pinned_and_has_a_hash(lock):
    bad = [
        entry.splitlines()[0]
        for entry in entries(lock)
        if not re.fullmatch(
            r"[a-z0-9.-]+==[\w.+!]+( ; [^\\]+)? \\\n"
            r"( +--hash=sha256:[0-9a-f]{64} \\\n)* +--hash=sha256:[0-9a-f]{64}",
            entry,
        )
    ]

    assert not bad


@pytest.mark.parametrize("name", [*LOCKS, "environment.yml"])
def test_no_list_of_packages_holds_an_address_or_an_index(name):
    text = re.sub(r"--hash=\S+", "", read(name))

    assert not re.search(r"https?:|file:|://|--(extra-)?index|--find-links|@ ", text)


def test_the_lock_holds_one_version_of_each_package_for_all_machines():
    names = [requirement(entry).name for entry in entries("requirements.lock")]

    assert len(names) == len(set(names))


def test_the_lock_satisfies_pyproject_on_every_machine():
    pins = {pin.name: pin for pin in map(requirement, entries("requirements.lock"))}

    for direct in DIRECT:
        pin = pins.get(canonicalize_name(direct.name))
        assert pin is not None, f"{direct.name} is not in requirements.lock: run `make lock`"
        assert pin.marker is None, f"{direct.name} is locked only where {pin.marker}"
        locked = str(pin.specifier).removeprefix("==")
        assert direct.specifier.contains(locked, prereleases=True), f"{direct} is locked as {pin}"


def test_the_bootstrap_lock_holds_uv_and_nothing_else():
    assert [requirement(entry).name for entry in entries("requirements-bootstrap.lock")] == ["uv"]


def test_what_builds_the_project_is_in_the_lock_because_it_is_installed_without_isolation():
    for build in map(Requirement, PYPROJECT["build-system"]["requires"]):
        assert build.specifier.contains(locked_versions()[build.name])
    assert "editables" in locked_versions()


# --- conda


def test_environment_yml_names_what_pyproject_asks_for_no_more_and_no_less():
    assert sorted(conda_pins()) == DIRECT_NAMES


def test_environment_yml_has_the_versions_of_the_lock():
    locked = locked_versions()

    assert conda_pins() == {name: locked[name] for name in DIRECT_NAMES}


def test_environment_yml_installs_the_project_itself_from_conda_forge_alone():
    assert CONDA["name"] == "wijkteams"
    assert CONDA["channels"] == ["conda-forge"]
    assert "-e ." in CONDA["dependencies"][-1]["pip"]


def test_environment_yml_is_what_make_lock_writes(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("writer", ROOT / "tools/conda_environment.py")
    assert spec is not None
    assert spec.loader is not None
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)
    for name in ("pyproject.toml", "requirements.lock"):
        (tmp_path / name).write_text(read(name), encoding="utf-8")
    monkeypatch.setattr(writer, "ROOT", tmp_path)

    writer.main()

    assert (tmp_path / "environment.yml").read_text(encoding="utf-8") == read("environment.yml")


# --- Python


def test_all_places_that_name_the_oldest_python_agree():
    oldest = re.search(r"^oldest=(\S+)$", read("tools/environment.sh"), re.MULTILINE)
    assert oldest is not None

    assert PYPROJECT["project"]["requires-python"] == f">={oldest[1]}"
    assert PYPROJECT["tool"]["mypy"]["python_version"] == oldest[1]
    assert PYPROJECT["tool"]["ruff"]["target-version"] == "py" + oldest[1].replace(".", "")


def test_conda_s_python_is_one_the_project_runs_on():
    python = next(item for item in CONDA["dependencies"] if str(item).startswith("python="))

    assert python.removeprefix("python=") in SpecifierSet(PYPROJECT["project"]["requires-python"])


@pytest.mark.parametrize("name", DIRECT_NAMES)
def test_the_tests_run_on_the_locked_version_of(name):
    assert version(name) == locked_versions()[name], "run `make env`"
