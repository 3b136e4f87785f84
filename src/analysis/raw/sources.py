"""Raw files and their sidecars: what a file is, where it came from, and that it is unchanged."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from analysis.fingerprint import checksum
from analysis.project import CallError, DataError, Problem, Project
from analysis.raw.files import round_inputs

SUFFIX = ".source.yml"
# Settings that a researcher edits for a round; they are ours, not a source's.
WITHOUT_SIDECAR = ("round.yml", "README.md", "mapping.csv", "corrections.csv")


class Source(BaseModel):
    """Where a raw file came from: one sidecar."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    title: str
    producer: str
    citation: str
    url: str
    published: str
    accessed: str
    licence: str
    sha256: str
    note: str = ""


def sidecar_of(path: Path) -> Path:
    """The sidecar that belongs to a raw file."""
    return path.with_name(path.name + SUFFIX)


def read_source(project: Project, path: Path) -> Source:
    """The sidecar of `path`, after checking that the file is there and unchanged.

    Raises DataError when the file or its sidecar is missing, the sidecar cannot be read, or
    the checksum differs.
    """
    name = project.relative(path)
    if not path.is_file():
        raise DataError([Problem(name, "the file is missing", mend=_mend(path, name))])
    sidecar = sidecar_of(path)
    if not sidecar.is_file():
        message = f"has no sidecar ({sidecar.name}), so its source is not known"
        raise DataError([Problem(name, message, mend=_mend(path, f"{name}{SUFFIX}"))])
    source = _parse_sidecar(sidecar, project.relative(sidecar))
    actual = checksum(path)
    if actual != source.sha256:
        mend = f"{_mend(path, name)}; or, if the change is meant: make seal FILE={name}"
        problem = Problem(
            name,
            "is not the file that its sidecar describes (SHA-256 differs)",
            found=actual[:12] + "…",
            allowed=source.sha256[:12] + "…",
            mend=mend,
        )
        raise DataError([problem])
    return source


def _mend(path: Path, name: str) -> str:
    """How to get a file back: from git, or, for an export of answers, from who has it."""
    if path.parent.name == "answers":
        return f"make import ROUND={path.parent.parent.name}"
    return f"git checkout -- {name}"


def _parse_sidecar(sidecar: Path, name: str) -> Source:
    try:
        content = yaml.safe_load(sidecar.read_text(encoding="utf-8"))
        return Source.model_validate(content)
    except yaml.YAMLError as error:
        raise DataError([Problem(name, f"is not YAML: {_one_line(error)}")]) from None
    except ValidationError as error:
        problems = [
            Problem(name, e["msg"].lower(), column=".".join(str(part) for part in e["loc"]))
            for e in error.errors()
        ]
        raise DataError(problems) from None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def round_files(project: Project, round: str) -> list[Path]:
    """Every raw file of a round that must have a sidecar, in a fixed order."""
    return [
        path
        for path in round_inputs(project, round)
        if not path.name.endswith(SUFFIX) and not _ours(project, path)
    ]


def _ours(project: Project, path: Path) -> bool:
    """Whether a file is a setting: in the folder of a round, or which StatLine table to read."""
    if path == project.raw / "literature" / "statline.yml":
        return True
    return path.name in WITHOUT_SIDECAR and path.parent.parent == project.raw / "survey"


def seal(project: Project, path: Path) -> tuple[str, str]:
    """Write the present checksum of `path` into its sidecar; gives the old and the new one.

    The only way in which a changed raw file is accepted. Raises CallError without a sidecar.
    """
    sidecar = sidecar_of(path)
    if not path.is_file() or not sidecar.is_file():
        raise CallError(f"{project.relative(path)}: no such file with a sidecar ({sidecar.name})")
    old = _parse_sidecar(sidecar, project.relative(sidecar)).sha256
    new = checksum(path)
    text = sidecar.read_text(encoding="utf-8")
    sidecar.write_text(text.replace(old, new), encoding="utf-8", newline="\n")
    return old, new
