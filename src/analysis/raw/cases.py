"""The case studies' raw tables: profile facts, fragments and the coding frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from analysis.project import CallError, DataError, Problem, Project
from analysis.raw.sources import read_source
from analysis.raw.tables import Column, read_table, rows

PROFILES = {
    "case": Column(),
    "name": Column(required=False),
    "municipality_code": Column(required=False),
    "year": Column("count", low=1900, high=2100),
    "fact": Column(),
    "value": Column("number", required=False),
    "unit": Column(allowed=("count", "percent", "year", "age", "text")),
    "qualifier": Column(required=False, allowed=("exact", "almost", "over", "several_thousand")),
    "value_nl": Column(required=False),
    "value_en": Column(required=False),
    "source": Column(),
    "line": Column("count", low=1, high=1_000_000),
}
FRAME_FILE, PROFILES_FILE, FRAGMENTS_FILE = (
    f"cases/{name}" for name in ("coding_frame.yml", "cases.csv", "fragments.csv")
)
FRAGMENTS = {
    "id": Column(unique=True),
    "case": Column(),
    "theme": Column(),
    "kind": Column(),
    "actor": Column(),
    "form": Column(),
    "summary_nl": Column(),
    "summary_en": Column(),
    "source": Column(),
    "line": Column("count", low=1, high=1_000_000),
}


class Code(BaseModel):
    """One code of the coding frame, in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label_nl: str
    label_en: str
    definition_nl: str
    definition_en: str
    example: str = ""
    section: str = ""

    def label(self, language: str) -> str:
        """The code's name in one language."""
        return str(getattr(self, f"label_{language}"))


class CodingFrame(BaseModel):
    """What fragments are coded with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cases: list[str]
    themes: dict[str, Code]
    kinds: dict[str, Code]
    actors: dict[str, Code]
    forms: dict[str, Code]


@dataclass(frozen=True)
class CaseData:
    """The case studies: profile facts, fragments and the frame they are coded with."""

    profiles: pd.DataFrame
    fragments: pd.DataFrame
    frame: CodingFrame


def read_coding_frame(project: Project) -> CodingFrame:
    """The coding frame. Raises DataError when changed, CallError when wrong."""
    path = project.raw / "cases" / "coding_frame.yml"
    read_source(project, path)
    name = project.relative(path)
    try:
        return CodingFrame.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise CallError(f"{name}: is not YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        lines = [
            f"{name}: {'.'.join(map(str, e['loc']))}: {e['msg'].lower()}" for e in error.errors()
        ]
        raise CallError("\n".join(lines)) from None


def read_cases(project: Project) -> CaseData:
    """All data of the case studies. Raises DataError naming every wrong row."""
    folder = project.raw / "cases"
    frame = read_coding_frame(project)
    tables = {}
    for name, columns in (("cases.csv", PROFILES), ("fragments.csv", FRAGMENTS)):
        read_source(project, folder / name)
        tables[name] = read_table(folder / name, columns, name=project.relative(folder / name))
    problems = _uncoded(tables["fragments.csv"], frame, project.relative(folder / "fragments.csv"))
    problems += _digits(tables["cases.csv"], tables["fragments.csv"], frame)
    if problems:
        raise DataError(problems)
    return CaseData(tables["cases.csv"], tables["fragments.csv"], frame)


def _uncoded(fragments: pd.DataFrame, frame: CodingFrame, name: str) -> list[Problem]:
    known = {
        "case": frame.cases,
        "theme": list(frame.themes),
        "kind": list(frame.kinds),
        "actor": list(frame.actors),
        "form": list(frame.forms),
    }
    return [
        Problem(name, "not in the coding frame", line, column, getattr(row, column), ", ".join(ok))
        for line, row in enumerate(rows(fragments), start=2)
        for column, ok in known.items()
        if getattr(row, column) not in ok
    ]


def _digits(
    profiles: pd.DataFrame, fragments: pd.DataFrame, coding: CodingFrame
) -> Iterator[Problem]:
    """Texts that hold a digit: a number in the report must be a fact."""
    checked = {
        PROFILES_FILE: (profiles, ("name", "value_nl", "value_en")),
        FRAGMENTS_FILE: (fragments, ("summary_nl", "summary_en")),
    }
    for name, (frame, columns) in checked.items():
        for line, row in enumerate(rows(frame), start=2):
            for column in columns:
                if any(map(str.isdigit, found := str(getattr(row, column)))):
                    message, mend = "a digit in a text", "write the number in words"
                    yield Problem(
                        f"data/raw/{name}", message, line, column, found, "no digits", mend
                    )
    for group in ("themes", "kinds", "actors"):
        for key, item in getattr(coding, group).items():
            for field in ("label_nl", "label_en", "definition_nl", "definition_en"):
                if any(map(str.isdigit, found := getattr(item, field))):
                    place = f"{group}.{key}.{field}"
                    yield Problem(
                        f"data/raw/{FRAME_FILE}", "a digit in a text", None, place, found,
                        "no digits", "write the number in words",
                    )  # fmt: skip
