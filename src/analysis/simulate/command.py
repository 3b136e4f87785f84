"""The verb `simulate`: what was given on the command line, as a plan and a place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from analysis.project import CallError, Project
from analysis.raw.settings import CollectedAnswers, read_round, round_instrument
from analysis.raw.survey import read_frame
from analysis.simulate.plan import Plan
from analysis.simulate.write import file_name, simulate

WHOLE = ("municipalities", "respondents", "officials", "seed")


def simulate_export(
    project: Project, round: str, format: str, language: str, to: str | None,
    given: Mapping[str, str],
) -> Path:  # fmt: skip
    """Write an export of simulated answers for `round` and give its path.

    `to` is where (default: a file in the working folder that tells round and format); `given`
    holds parameters of `Plan` as text. Raises CallError for a value that cannot be, or when
    another file than a simulated one would be overwritten.
    """
    settings = read_round(project, round)
    frame = read_frame(project, settings)
    if not isinstance(settings.source, CollectedAnswers):
        frame = frame.assign(code=frame["code_2016"])
    path = Path(to).expanduser() if to else Path(file_name(round, format))
    if path.exists() and "simulated" not in path.name:
        message = "is there already, and its name does not say that it is simulated"
        raise CallError(f"{path}: {message}; give another name")
    days = settings.fieldwork
    plan = Plan(**_numbers(given), year=days.year, first_day=days.first_day, last_day=days.last_day)  # type: ignore[arg-type]
    simulate(frame, round_instrument(project, settings), plan, format, path, language)
    return path


def _numbers(given: Mapping[str, str]) -> dict[str, int | float]:
    """The parameters as numbers. Raises CallError naming each that is none."""
    found: dict[str, int | float] = {}
    faults = []
    for name, text in given.items():
        try:
            found[name] = int(text) if name in WHOLE else float(text.replace(",", "."))
        except ValueError:
            kind = "a whole number" if name in WHOLE else "a number"
            faults.append(f"--{name}: found {text!r}; allowed: {kind}")
    if faults:
        raise CallError("\n".join(faults))
    return found
