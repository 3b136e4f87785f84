"""Parameters of the notebooks: which there are, and what was given for them.

Papermill passes on any name and only warns about one that no notebook has, so everything is
checked here, before anything runs.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.build.stale import notebook_paths
from analysis.build.suggest import did_you_mean
from analysis.project import CallError, Project

# These have options of their own.
OPTIONS = {
    "round": "--round (make: ROUND=…)",
    "language": "--language (make: LANGUAGE=…)",
}
YES, NO = ("true", "yes", "1"), ("false", "no", "0")


@dataclass(frozen=True)
class Parameter:
    """One name in the parameters cells: its type, default and comment, and who declares it."""

    name: str
    type: str
    default: str
    help: str
    notebooks: tuple[str, ...]


def declared_parameters(project: Project) -> dict[str, Parameter]:
    """The parameters that the notebooks declare, in reading order.

    Raises CallError for a file that is not a notebook.
    """
    found: dict[str, Parameter] = {}
    for path in notebook_paths(project):
        for name, told in _inspect(path, project.relative(path)).items():
            others = found[name].notebooks if name in found else ()
            kind = _type_of(told["inferred_type_name"], told["default"])
            parameter = Parameter(name, kind, told["default"], told["help"], (*others, path.stem))
            found[name] = parameter
    return found


def _inspect(path: Path, name: str) -> Mapping[str, Mapping[str, str]]:
    import papermill  # noqa: PLC0415  half a second

    try:
        found: Mapping[str, Mapping[str, str]] = papermill.inspect_notebook(literal(path))
    except Exception as error:
        what = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise CallError(f"{name}: is not a notebook that papermill can read: {what}") from None
    return found


def literal(path: Path) -> str:
    """`path` as papermill must be told it: it takes braces for places to fill."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _type_of(annotation: str, default: str) -> str:
    if annotation != "None":
        return annotation.replace(" ", "")
    try:
        return type(ast.literal_eval(default)).__name__
    except (ValueError, SyntaxError):
        return "str"


def parse_pairs(pairs: list[str]) -> dict[str, str]:
    """`name=value` texts as a mapping. Raises CallError for another form or a name twice."""
    given: dict[str, str] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        name = name.strip()
        if not sign or not name:
            raise CallError(
                f"-p {pair}: write a parameter as name=value (make: PARAMS='name=value')"
            )
        if name in OPTIONS:
            raise CallError(f"-p {pair}: use {OPTIONS[name]} for this")
        if name in given:
            raise CallError(f"-p {pair}: {name} is given twice")
        given[name] = value.strip()
    return given


def check_given(known: Mapping[str, Parameter], given: Mapping[str, str]) -> dict[str, Any]:
    """The values of `given`, typed. Raises CallError naming everything that is wrong."""
    problems: list[str] = []
    values: dict[str, Any] = {}
    unknown = [name for name in given if name not in known]
    for name in unknown:
        near = did_you_mean(name, known)
        problems.append(f"unknown parameter {name}{near}")
    if unknown:
        problems += ["the notebooks take:", *describe(known)]
    for name, text in given.items():
        if name not in known:
            continue
        try:
            values[name] = _typed(known[name], text)
        except ValueError as error:
            problems.append(f"parameter {name}: {error}; found {text!r}")
    if problems:
        raise CallError("\n".join(problems))
    return values


def describe(known: Mapping[str, Parameter]) -> list[str]:
    """A line of help for each parameter that -p can set."""
    own = [p for p in known.values() if p.name not in OPTIONS]
    width = max((len(p.name) for p in own), default=0)
    lines = [f"  {p.name:{width}}  {p.help} ({p.type}, default {p.default})" for p in own]
    return lines or ["  no parameters"]


def _typed(parameter: Parameter, text: str) -> Any:
    """`text` as the type of `parameter`. Raises ValueError saying what it should be."""
    kind = parameter.type.replace("Optional[", "").removesuffix("|None")
    if parameter.default == "None" and text.lower() in ("", "none"):
        return None
    if kind.startswith(("list", "tuple")):
        return [part.strip() for part in text.split(",") if part.strip()]
    convert = CONVERSIONS.get(kind.rstrip("]"), str)
    return convert(text)


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError("must be a whole number") from None


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if value - value != 0:
        raise ValueError("must be a number, with a point before the decimals")
    return value


def _truth(text: str) -> bool:
    if text.lower() in YES + NO:
        return text.lower() in YES
    raise ValueError("must be true or false")


CONVERSIONS: dict[str, Callable[[str], Any]] = {"int": _whole, "float": _number, "bool": _truth}
