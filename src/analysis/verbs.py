"""What each verb of the command does, and what it prints."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from analysis.build.request import PRODUCTS, Request
from analysis.project import CallError, DataError, Project

# What can be chosen for a simulated round, and its help.
SIMULATED = {
    "municipalities": "how many take part with professionals (default 31)",
    "respondents": "how many professionals (default 150)",
    "officials": "how many officials (default 27)",
    "seed": "another seed, other answers (default 1)",
    "drift": "how many scale points every item lies higher (default 0)",
}


def report(project: Project, options: argparse.Namespace) -> None:
    """Build the report and say where it is."""
    from analysis.build.parameters import parse_pairs  # noqa: PLC0415
    from analysis.build.report import build_report  # noqa: PLC0415

    request = Request(
        project=project,
        round=options.round,
        language=options.language,
        given=parse_pairs(options.pairs),
        products=frozenset([options.only] if options.only else PRODUCTS),
        jobs=options.jobs,
        force=options.force,
    )
    built = build_report(request, verbose=options.verbose)
    main_file = {"html": "report.html", "pdf": "report.pdf", "notebooks": "notebooks"}
    place = project.relative(request.folder / main_file[options.only or "html"])
    print(place if built else f"{place} is up to date")


def check(project: Project, options: argparse.Namespace) -> int:
    """Check the data; print all that is wrong, or that they are right."""
    from analysis.build.check import check_round  # noqa: PLC0415
    from analysis.intake.telling import findings_table, write_findings  # noqa: PLC0415

    checked = check_round(project, options.round)
    if options.csv:
        path = Path(options.csv).expanduser()
        _refuse_published(project, path)
        if not path.parent.is_dir():
            raise CallError(f"{path}: there is no folder {path.parent}")
        write_findings(path, checked.findings)
    if checked.findings:
        print("\n".join(findings_table(checked.findings)).lstrip("\n"))
        print()
    if checked.notes:
        print("\n".join(checked.notes), end="\n\n")
    if checked.fault is not None:
        sys.stdout.flush()
        raise checked.fault
    if checked.errors:
        _say_errors(checked.errors)
        return DataError.exit_code
    said = "no problems" if not checked.findings else "nothing that stops a report"
    print(f"round {options.round}: {checked.files} raw files read, {said}")
    return 0


def _say_errors(errors: list[Any]) -> None:
    count = sum(finding.count for finding in errors)
    problems = "1 problem" if count == 1 else f"{count} problems"
    sys.stdout.flush()  # the list comes first, also in a file that holds both
    print(f"error: {problems} in the answers, listed above", file=sys.stderr)


def _refuse_published(project: Project, path: Path) -> None:
    """Raise CallError where `path` lies in a folder in which no answer may stand."""
    for folder in (project.reports, project.processed, project.raw):
        if folder.resolve() in path.resolve().parents:
            raise CallError(
                f"{path}: not in {project.relative(folder)}, where no answer may stand; "
                "give another place, such as problems.csv"
            )


def audit(project: Project, options: argparse.Namespace) -> None:
    """Bring the audit up to date and print how many claims got which verdict."""
    from analysis.build.listing import audit_lines  # noqa: PLC0415
    from analysis.build.products import AUDIT  # noqa: PLC0415
    from analysis.build.report import build_report  # noqa: PLC0415

    request = Request(project, options.round, options.language)
    build_report(request)
    path = request.folder / AUDIT
    print("\n".join([*audit_lines(path), project.relative(path)]))


def reconstruct(project: Project, options: argparse.Namespace) -> None:
    """Print what became of every printed total."""
    from analysis.build.listing import reconstruction_lines  # noqa: PLC0415

    print("\n".join(reconstruction_lines(project, options.round)))


def seal(project: Project, options: argparse.Namespace) -> None:
    """Write the present checksums of raw files into their sidecars."""
    from analysis.raw.sources import seal as seal_file  # noqa: PLC0415

    for file in options.files:
        path = Path(file).resolve()
        old, new = seal_file(project, path)
        name = project.relative(path)
        print(f"{name}: unchanged" if old == new else f"{name}: sealed, {old[:12]} → {new[:12]}")


def rounds(project: Project, options: argparse.Namespace) -> None:
    """List the rounds."""
    from analysis.build.listing import round_lines  # noqa: PLC0415

    print("\n".join(round_lines(project)))


def new_round(project: Project, options: argparse.Namespace) -> None:
    """Make the folder of a new round."""
    from analysis.intake.new_round import new_round as make  # noqa: PLC0415

    print("\n".join(make(project, options.round)))


def take_in(project: Project, options: argparse.Namespace) -> int:
    """Take in exports: propose what their columns become, or import what was accepted."""
    from analysis.build.publish import locked  # noqa: PLC0415
    from analysis.intake.receive import receive, remove  # noqa: PLC0415
    from analysis.raw.settings import read_round  # noqa: PLC0415

    settings = read_round(project, options.round)
    files = [Path(file).expanduser() for file in options.files]
    with locked(project, f"data-{options.round}"):
        if options.without:
            print("\n".join(remove(project, settings, options.without)))
            return 0
        received = receive(project, settings, files, accepting=options.accept)
        print("\n".join(received.lines))
        if received.open_rows:
            print("\n".join(_proposal(project, options.round, received)))
            return 0
        return _import(project, settings)


def _proposal(project: Project, round: str, received: Any) -> list[str]:
    from analysis.intake.proposal.propose import mapping_table  # noqa: PLC0415
    from analysis.intake.proposal.recode import TAKEN_AS  # noqa: PLC0415

    place = project.relative(project.raw / "survey" / round / "mapping.csv")
    lines = ["", *mapping_table(received.open_rows), ""]
    numbers = sum(TAKEN_AS in column.why for column in received.open_rows)
    if numbers:
        lines += [
            f"In {numbers} columns 1 is taken for disagreeing most, for no label tells. Is that",
            "so in your questionnaire? Else turn the codes round, or set reversed to yes.",
        ]
    if any(column.undecided for column in received.open_rows):
        lines += [
            f"Fill in what is marked with ? in {place}:",
            "under becomes what the column is, under codes what a text stands for (A1=5). What you",
            f"decide in one row is filled in for the others by the next make import ROUND={round}",
        ]
    lines += [
        f"Nothing is imported yet. Look through {place}, mend what is wrong, then",
        f"  make import ROUND={round} ACCEPT=1",
    ]
    return lines


def _import(project: Project, settings: Any) -> int:
    """Import a round of which everything is accepted, and tell what came of it."""
    from analysis.build.progress import log_file  # noqa: PLC0415
    from analysis.intake.telling import findings_table, import_lines  # noqa: PLC0415
    from analysis.survey.collected import import_and_keep  # noqa: PLC0415

    found = import_and_keep(project, settings)
    if found.findings:
        print("\n".join(findings_table(found.findings)))
    lines = import_lines(found)
    log = log_file(project, f"import-{settings.round}")
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if found.errors:
        print()
        _say_errors(found.errors)
        return DataError.exit_code
    print("\n".join(["", *lines, "", f"next: make report ROUND={settings.round}"]))
    return 0


def new_case(project: Project, options: argparse.Namespace) -> None:
    """Make a new case."""
    from analysis.build.publish import locked  # noqa: PLC0415
    from analysis.qda.new_case import new_case as make  # noqa: PLC0415

    with locked(project, "data-cases"):
        print("\n".join(make(project, options.case, options.name, options.year)))


def codings(project: Project, options: argparse.Namespace) -> None:
    """Take in codings of a case: propose what codes become, or make fragments of them."""
    from analysis.build.publish import locked  # noqa: PLC0415
    from analysis.qda.receive import receive  # noqa: PLC0415

    files = [Path(file).expanduser() for file in options.files]
    with locked(project, "data-cases"):
        received = receive(project, options.case, files, accepting=options.accept)
    print("\n".join(received.lines))
    if received.open_rows:
        print("\n".join(_codes_proposal(project, options.case, received)))
    elif received.written:
        print("next: make check, then make report")


def _codes_proposal(project: Project, case: str, received: Any) -> list[str]:
    from analysis.qda.codes import mapping_lines  # noqa: PLC0415
    from analysis.qda.folder import CODES, interviews  # noqa: PLC0415
    from analysis.qda.targets import allowed_lines  # noqa: PLC0415
    from analysis.raw.coding import read_coding_frame  # noqa: PLC0415

    place = project.relative(interviews(project, case) / CODES)
    lines = ["", *mapping_lines(received.open_rows), ""]
    if any(row.undecided for row in received.open_rows):
        lines += [f"Fill in what is marked with ? in {place}. Under becomes can stand:"]
        lines += [*allowed_lines(read_coding_frame(project)), ""]
    return [
        *lines,
        f"Nothing is imported yet. Look through {place}; it stays out of git, for a code may be",
        "called after a person. Mend what is wrong, then",
        f"  make codings CASE={case} ACCEPT=1",
    ]


def export_codings(project: Project, options: argparse.Namespace) -> None:
    """Write the coding frame and all fragments for other programs."""
    from analysis.qda.export import export_codings as export  # noqa: PLC0415

    out = Path(options.out).expanduser() if options.out else None
    print("\n".join(export(project, out)))


def simulate(project: Project, options: argparse.Namespace) -> None:
    """Write a simulated export."""
    from analysis.simulate.command import simulate_export  # noqa: PLC0415

    given = {name: getattr(options, name) for name in SIMULATED}
    path = simulate_export(
        project, options.round, options.format, options.language, options.to,
        {name: text for name, text in given.items() if text is not None},
    )  # fmt: skip
    print(f"{project.relative(path)}: simulated answers, marked as such in every row")


def statline(project: Project, options: argparse.Namespace) -> None:
    """Read the tables that the settings name, and store them."""
    from analysis.statline import fetch_snapshot  # noqa: PLC0415

    config = Path(options.config).expanduser() if options.config else None
    print("\n".join(fetch_snapshot(project, config)))
