"""The command: verbs, messages, exit codes, and what stays as it was when something goes wrong."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from analysis import cli, options
from analysis.build import report as report_module
from analysis.project import Project
from conftest import PARAMETERS, ROOT, ROUND, Outcome, Place

HEAVY = ("pandas", "numpy", "papermill", "nbformat", "pydantic", "yaml", "matplotlib", "jinja2")
SEALED = "data/raw/cases/cases.csv"


def told(outcome: Outcome) -> str:
    """The one message of a call that went wrong."""
    lines = outcome.err.splitlines()
    messages = [line for line in lines if line.startswith(("error: ", "fault of the package: "))]
    assert len(messages) == 1, outcome.err
    assert "Traceback" not in outcome.err
    assert outcome.out == ""
    return outcome.err[outcome.err.index(messages[0]) :].rstrip("\n")


def spoil(place: Place, name: str, before: str = "", after: str = "") -> None:
    """Replace text in a file of the project, or add to its end."""
    path = place.root / name
    content = path.read_text(encoding="utf-8")
    assert before in content
    path.write_text(content.replace(before, after, 1) if before else content + after)


# --- Calls that cannot be right


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("reprot", "unknown verb reprot; did you mean report?"),
        ("xyz", "unknown verb xyz; there are report, check, audit, reconstruct, new-round, import"),
        ("--round 2016", "unknown verb 2016"),
        ("report --lnaguage en", "unknown option --lnaguage; did you mean --language?"),
        ("report --colour", "unknown option --colour"),
        ("report ROUND=2016", "ROUND=2016: not expected here; an option is written --name value"),
        ("report --language fr", "unknown language fr; known: nl, en"),
        ("report --language eng", "unknown language eng; known: nl, en; did you mean en?"),
        ("report --only htm", "unknown product htm; known: html, pdf, notebooks; did you mean"),
        ("report --jobs 0", "--jobs: must be a whole number from 1; found '0' (make: JOBS=…)"),
        ("report --jobs", "--jobs: expected one argument"),
        ("report --compare 2016", "2016 is not earlier than 2016; there is no earlier round"),
        ("report --compare 2015", "--compare 2015 (make: COMPARE=…): 2015 is no round"),
        ("report --round 2027", "unknown round '2027'; known: 2016"),
        ("report --round ../2016", "unknown round '../2016'; known: 2016"),
        ("check --round 2027", "unknown round '2027'; known: 2016"),
        (
            "report -p draws",
            "-p draws: write a parameter as name=value (make: PARAMS='name=value')",
        ),
        ("report -p drows=4", "unknown parameter drows; did you mean draws?"),
        ("report -p draws=few", "parameter draws: must be a whole number; found 'few'"),
        ("report -p agree_from=9", "agree_from: input should be less than or equal to 5"),
        ("seal", "the following arguments are required: FILE"),
        ("seal data/raw/none.csv", "none.csv: no such file with a sidecar"),
    ],
)
def test_a_wrong_call_ends_with_2_and_one_message_and_touches_no_report(small, arguments, message):
    before = small.files()

    outcome = small.run(*arguments.split())

    assert outcome.code == 2
    assert message in told(outcome)
    assert small.files() == before


def test_a_misspelt_parameter_is_answered_with_those_that_there_are(small):
    lines = told(small.run("report", "-p", "drows=4")).splitlines()

    assert lines[1] == "the notebooks take:"
    assert lines[2].split()[0] == "agree_from"
    assert lines[3].split() == "draws how many draws (int, default 3)".split()  # noqa: SIM905
    assert len(lines) == 4


def test_outside_a_project_the_command_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WIJKTEAMS_ROOT", raising=False)
    monkeypatch.setattr(cli, "find_project", lambda: Project(tmp_path))

    assert cli.main(["check"]) == 2
    assert "unknown round '2016'; known: none" in capsys.readouterr().err


# --- Data that are wrong


def test_a_missing_raw_file_ends_with_1_and_leaves_the_report(small):
    before = small.files()
    (small.root / "data/raw/literature/youth_care_by_origin.csv").unlink()

    outcome = small.run("report")

    assert outcome.code == 1
    assert told(outcome) == (
        "error: data/raw/literature/youth_care_by_origin.csv: the file is missing; to mend: "
        "git checkout -- data/raw/literature/youth_care_by_origin.csv"
    )
    assert small.files() == before


def test_a_damaged_raw_file_ends_with_1_and_leaves_the_report(small):
    before = small.files()
    spoil(small, SEALED, after="\n")

    outcome = small.run("report")

    assert outcome.code == 1
    assert told(outcome).startswith(f"error: {SEALED}: is not the file that its sidecar describes")
    assert f"make seal FILE={SEALED}" in told(outcome)
    assert small.files() == before


def test_all_problems_of_all_files_are_told_at_once_and_each_once(small):
    spoil(small, SEALED, after="\n")
    spoil(small, "data/raw/literature/claims.csv", after="\n")
    (small.root / "data/raw/survey/municipalities.csv").unlink()

    outcome = small.run("check")

    lines = told(outcome).splitlines()
    assert outcome.code == 1
    assert lines[0] == "error: 3 problems in the data"
    assert sorted(line.split(":")[0].strip() for line in lines[1:]) == [
        SEALED,
        "data/raw/literature/claims.csv",
        "data/raw/survey/municipalities.csv",
    ]


def test_settings_that_are_wrong_end_with_2_and_name_the_place(small):
    before = small.files()
    spoil(small, f"data/raw/survey/{ROUND}/round.yml", "agree_from: 3.5", "agree_from: 9")

    outcome = small.run("report")

    assert outcome.code == 2
    assert f"data/raw/survey/{ROUND}/round.yml: thresholds.agree_from: " in told(outcome)
    assert small.files() == before


# --- Notebooks that fail


def test_a_failing_cell_ends_with_3_and_leaves_the_report_and_the_notebook_as_it_ran(small):
    before = small.files()
    small.write_notebook("2_bad", "total = 1\ntotal / 0")

    outcome = small.run("report")

    kept = f"reports/.failed/{ROUND}-nl/2_bad.ipynb"
    assert outcome.code == 3
    assert told(outcome).splitlines() == [
        "error: notebooks/2_bad.ipynb, cell 2 `total = 1`: ZeroDivisionError: division by zero",
        f"the notebook as it ran: {kept}",
    ]
    assert "ZeroDivisionError" in (small.root / kept).read_text(encoding="utf-8")
    assert small.files() == before

    (small.root / "notebooks/2_bad.ipynb").unlink()
    (small.folder / "report.pdf").unlink()
    assert small.run("report").code == 0
    assert not (small.root / kept).exists()


def test_a_value_that_a_notebook_refuses_ends_with_2_in_the_notebook_s_own_words(small):
    small.write_notebook(
        "1_parts",
        "from analysis.project import CallError\nraise CallError('draws: at most 5; found 9')",
        parameters=PARAMETERS,
    )

    outcome = small.run("report", "-p", "draws=9")

    assert outcome.code == 2
    assert "`: draws: at most 5; found 9\n" in told(outcome)


def test_blocks_that_make_no_report_end_with_3_and_say_what_is_wrong(small):
    before = small.files()
    spoil(small, "notebooks/1_parts.ipynb", "figure-access", "figure-nowhere")

    outcome = small.run("report")

    assert outcome.code == 3
    assert told(outcome).startswith("error: the notebooks do not make a report:\n")
    assert small.files() == before


# --- Faults of the package itself


def test_a_fault_of_the_package_ends_with_3_and_one_line_that_names_the_log(small, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a bad divisor")

    monkeypatch.setattr(report_module, "build_report", broken)

    outcome = small.run("report")

    message = told(outcome)
    log = re.search(r"\(log: (.*)\)$", message)
    assert outcome.code == 3
    assert len(outcome.err.splitlines()) == 1
    assert "ZeroDivisionError: a bad divisor" in message
    assert log is not None
    story = Path(log.group(1)).read_text(encoding="utf-8")
    assert "Traceback" in story
    assert "in broken" in story


def test_debug_shows_the_traceback(small, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(report_module, "build_report", broken)

    assert "Traceback" in small.run("report", "--debug").err
    assert "CallError" in small.run("report", "--round", "1", "--debug").err


def test_a_folder_that_cannot_be_written_is_told_without_a_traceback(small):
    (small.root / "reports" / ROUND / "en").parent.joinpath(".en.new").write_text("in the way")

    outcome = small.run("report", "--language", "en")

    assert outcome.code == 3
    assert ".en.new" in told(outcome)


# --- The verbs


def test_without_a_verb_the_help_is_printed(small):
    for arguments in ([], ["--help"], ["help"]):
        outcome = small.run(*arguments)
        assert outcome.code == 0
        for verb in ("report", "check", "audit", "reconstruct", "seal", "rounds"):
            assert re.search(rf"^  {verb} +\w", outcome.out, re.MULTILINE)


@pytest.mark.parametrize("verb", options.VERBS)
def test_every_verb_has_help_for_each_of_its_options(small, verb):
    outcome = small.run(verb, "--help")

    assert outcome.code == 0
    assert outcome.err == ""
    _, verbs = options._parsers()
    assert all(action.help for action in verbs[verb]._actions)


def test_check_reads_everything_and_writes_nothing(small):
    before = sorted((p, p.stat().st_mtime_ns) for p in small.root.rglob("*"))

    outcome = small.run("check", "--round", ROUND)

    assert outcome == Outcome(0, outcome.out, "", outcome.seconds)
    assert re.fullmatch(rf"round {ROUND}: \d+ raw files read, no problems\n", outcome.out)
    assert sorted((p, p.stat().st_mtime_ns) for p in small.root.rglob("*")) == before


def test_rounds_lists_each_round_with_its_reports(small):
    assert small.run("rounds").out == (
        f"{ROUND}  Neighbourhood teams and diversity (printed totals only; reports: nl)\n"
    )


def test_audit_prints_how_many_claims_got_which_verdict_and_where_they_stand(small):
    outcome = small.run("audit")

    lines = outcome.out.splitlines()
    counts = {line.split()[0]: int(line.split()[-1]) for line in lines[1:-2]}
    rows = (small.folder / "audit.csv").read_text(encoding="utf-8").count("\n") - 1
    assert outcome.code == 0
    assert list(counts)[:2] == ["reproduced", "rounds_to"]
    assert sum(counts.values()) == rows == int(lines[-2].split()[-1])
    assert lines[-1] == f"reports/{ROUND}/nl/audit.csv"


def test_reconstruct_tells_what_became_of_every_printed_total(small):
    outcome = small.run("reconstruct")

    text = outcome.out
    assert outcome.code == 0
    met, clashing, impossible = (
        int(re.search(rf"^{title}.*: (\d+)$", text, re.MULTILINE).group(1))  # type: ignore[union-attr]
        for title in ("Met by", "Cannot be met", "Impossible")
    )
    assert text.startswith(f"Round {ROUND}: {met + clashing + impossible} printed totals")
    assert text.count("    clashes with\n") == clashing > 0
    assert re.search(
        r"^  p118  reach_improved, officials: .* 12% of 27 respondents  \[c3-113;", text, re.M
    )
    assert "[c3-015; wijkteams-en-diversiteit.txt:788]" in text
    assert "Left open, as no total is printed: " in text


def test_seal_accepts_a_changed_raw_file(small):
    spoil(small, SEALED, after="")
    same = small.run("seal", str(small.root / SEALED))
    assert same.out == f"{SEALED}: unchanged\n"

    spoil(small, SEALED, before="\n", after="\n\n")
    assert small.run("check").code == 1
    changed = small.run("seal", str(small.root / SEALED))

    assert re.fullmatch(rf"{SEALED}: sealed, \w{{12}} → \w{{12}}\n", changed.out)
    assert "sidecar" not in small.run("check").err


# --- Nothing to do


def test_a_report_that_is_up_to_date_is_found_so_without_importing_anything_heavy(small):
    outcome = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "analysis", "report"],
        env={**os.environ, "WIJKTEAMS_ROOT": str(small.root)},
        capture_output=True,
        text=True,
        check=True,
    )

    imported = {line.split("|")[-1].strip() for line in outcome.stderr.splitlines()}
    assert outcome.stdout.endswith("is up to date\n")
    assert "argparse" in imported
    assert not imported & set(HEAVY)


def test_a_report_that_is_up_to_date_costs_a_fraction_of_a_second(small):
    assert min(small.call("report").seconds for _ in range(3)) < 0.3


def test_the_command_and_the_module_are_the_same(small):
    command = Path(sys.executable).with_name("wijkteams")
    if not command.exists():
        pytest.skip("the package is not installed in this environment")

    printed = subprocess.run([command, "rounds"], cwd=ROOT, capture_output=True, check=True).stdout

    assert printed.startswith(ROUND.encode())
