"""The command `wijkteams`: verbs, options, exit codes.

0: done. 1: the data have problems. 2: the call or the settings are wrong. 3: the package failed.
Nothing heavy is imported here: a build with nothing to do takes less time than that would.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from analysis.build.request import PRODUCTS, Request, check_name
from analysis.build.suggest import did_you_mean
from analysis.project import (
    LANGUAGES,
    ROUND_DEFAULT,
    CallError,
    DataError,
    Project,
    UserError,
    find_project,
)

INTERRUPTED = 130
FAULT = 3
ABOUT = "Rebuilds the study of neighbourhood teams and diversity from its data."
ENDING = """\
Ends with 0 when done, 1 for problems in the data, 2 for a wrong call, 3 for a fault of its own.
`wijkteams VERB --help` tells the options of a verb."""
ONLY = """\
A report stands in reports/ROUND/LANGUAGE. It is built when anything that goes into it changed,
or anything in it is not as it was built, and is replaced whole: when a build fails or is stopped,
the report that was there stays.

--only makes just this product, and the executed notebooks from which it comes. Where the report
is up to date it is added to what is there; where it is not, the whole report is replaced by
what was asked for, so that products of different data never stand side by side.

The names for -p are those in the first code cell of each notebook; a name or value that no
notebook takes is refused, with a list of what there is."""


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Help with room for the longest verb and option."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=30, width=98)


class Parser(argparse.ArgumentParser):
    """An argument parser that raises CallError, and guesses what was meant."""

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("formatter_class", Formatter)
        super().__init__(allow_abbrev=False, **settings)

    def error(self, message: str) -> NoReturn:
        """Raise CallError instead of printing the usage."""
        raise CallError(message.replace("argument ", "", 1))

    def options(self) -> list[str]:
        """Every option of this parser."""
        return [name for action in self._actions for name in action.option_strings]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; gives its exit code and never raises."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    project: Project | None = None
    signal.signal(signal.SIGTERM, _stop)
    try:
        options = parse([word for word in given if word != "--debug"])
        if options is None:
            return 0
        project = find_project()
        if hasattr(options, "round"):
            check_name(project, options.round)
        return int(options.run(project, options) or 0)
    except UserError as error:
        if debug:
            traceback.print_exc()
        _complain(error)
        return error.exit_code
    except KeyboardInterrupt:
        print("stopped; what was there before is unchanged", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if debug:
            traceback.print_exc()
        return _own_fault(error, project)


def _stop(*_: Any) -> NoReturn:
    raise KeyboardInterrupt


def parse(given: list[str]) -> argparse.Namespace | None:
    """The options in `given`; None after printing the help. Raises CallError."""
    parser, verbs = _parsers()
    words = [word for word in given if not word.startswith("-")]
    if not given or (not words and {"-h", "--help"} & set(given)) or words[:1] == ["help"]:
        parser.print_help()
        return None
    if not words or words[0] not in verbs:
        word = words[0] if words else given[0]
        near = did_you_mean(word, verbs)
        raise CallError(f"unknown verb {word}{near or '; there are ' + ', '.join(verbs)}")
    try:
        options, unknown = parser.parse_known_args(given)
    except SystemExit:
        return None
    if unknown:
        known = verbs[words[0]].options()
        name = unknown[0].partition("=")[0]
        if not name.startswith("-"):
            raise CallError(f"{unknown[0]}: not expected here; an option is written --name value")
        raise CallError(f"unknown option {name}{did_you_mean(name, known)}")
    return options


VERBS = {
    "report": "build the report, where it is not up to date",
    "check": "read and check all data of a round; write nothing",
    "audit": "compare every published figure with the recomputed one",
    "reconstruct": "tell which printed totals can hold together, and which cannot",
    "seal": "accept a changed raw file: write its checksum in its sidecar",
    "rounds": "list the rounds of the survey",
}


def _parsers() -> tuple[Parser, dict[str, Parser]]:
    """The command's parser, and that of each verb."""
    lines = [f"  {name:13}{help}" for name, help in VERBS.items()]
    parser = Parser(
        prog="wijkteams",
        usage="wijkteams VERB [option ...]",
        description="\n".join([ABOUT, "", "verbs:", *lines]),
        epilog=ENDING,
    )
    under = parser.add_subparsers(prog="wijkteams", help=argparse.SUPPRESS)
    verbs: dict[str, Parser] = {}
    runs = (report, check, audit, reconstruct, seal, rounds)
    for (name, help), run in zip(VERBS.items(), runs, strict=True):
        verbs[name] = under.add_parser(name, description=help.capitalize() + ".")
        verbs[name].set_defaults(run=run)
        verbs[name].add_argument("--debug", action="store_true", help="show where a fault arose")
        if name not in ("seal", "rounds"):
            _choose_round(verbs[name])
        if name in ("report", "audit"):
            _choose_language(verbs[name])
    _report_options(verbs["report"])
    verbs["report"].epilog = ONLY
    verbs["seal"].add_argument("files", nargs="+", metavar="FILE", help="a file in data/raw")
    return parser, verbs


def _choose_round(parser: Parser) -> None:
    parser.add_argument(
        "--round", default=ROUND_DEFAULT, metavar="ROUND", help="survey round (default 2016)"
    )


def _choose_language(parser: Parser) -> None:
    parser.add_argument(
        "--language", default=LANGUAGES[0], type=one_of("language", LANGUAGES), metavar="nl|en",
        help="language of the report (default nl)",
    )  # fmt: skip


def _report_options(parser: Parser) -> None:
    parser.add_argument(
        "--only", type=one_of("product", PRODUCTS), metavar="|".join(PRODUCTS),
        help="make just this product (see below)",
    )  # fmt: skip
    parser.add_argument(
        "-p", dest="pairs", action="append", default=[], metavar="NAME=VALUE",
        help="a parameter for the notebooks, where they declare it",
    )  # fmt: skip
    parser.add_argument(
        "--jobs", type=_at_least_one, default=0, metavar="N",
        help="how many notebooks to run at the same time (default: one per core, at most four)",
    )  # fmt: skip
    parser.add_argument("--force", action="store_true", help="build even what is up to date")
    parser.add_argument(
        "--verbose", action="store_true", help="say what is done, why, and how long it takes"
    )


def one_of(what: str, known: Sequence[str]) -> Callable[[str], str]:
    """A type for argparse: one of the `known` words, or CallError with a guess."""

    def check(word: str) -> str:
        if word not in known:
            near = did_you_mean(word, known)
            raise CallError(f"unknown {what} {word}; known: {', '.join(known)}{near}")
        return word

    return check


def _at_least_one(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise CallError(f"--jobs: must be a whole number from 1; found {text!r} (make: JOBS=…)")
    return int(text)


# What the verbs do


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


def check(project: Project, options: argparse.Namespace) -> None:
    """Check the data and say that they are right."""
    from analysis.build.check import check_round  # noqa: PLC0415

    files = check_round(project, options.round)
    print(f"round {options.round}: {files} raw files read, no problems")


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


# What goes wrong


def _complain(error: UserError) -> None:
    problems = getattr(error, "problems", [])
    if isinstance(error, DataError) and len(problems) > 1:
        print(f"error: {len(problems)} problems in the data", file=sys.stderr)
        print(*(f"  {problem}" for problem in problems), sep="\n", file=sys.stderr)
        return
    print(f"error: {error}", file=sys.stderr)


def _own_fault(error: Exception, project: Project | None) -> int:
    """Write the whole story to a log, one line to the screen."""
    from analysis.build.progress import log_file  # noqa: PLC0415

    log = log_file(project or Project(Path.cwd()), f"fault-{os.getpid()}")
    story = "".join(traceback.format_exception(error))
    log.write_text(story + f"\ncommand: {sys.argv}\n", encoding="utf-8")
    # Of a child process the text is the whole traceback, which ends with what went wrong.
    what = story.strip().splitlines()[-1]
    print(f"fault of the package: {what} (log: {log})", file=sys.stderr)
    return FAULT
