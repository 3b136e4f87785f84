"""The options of every verb of the command, and the help that tells about them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from analysis import verbs
from analysis.build.request import PRODUCTS
from analysis.build.suggest import did_you_mean
from analysis.project import LANGUAGES, ROUND_DEFAULT, CallError

FORMATS = ("spss", "limesurvey", "qualtrics", "excel", "csv")
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


IMPORT = """\
The export is copied to data/raw/survey/ROUND/answers, which never enters git. Columns that
mapping.csv does not know get a row there with a proposal; look through it, then import with
--accept (make: ACCEPT=1). Nothing is imported before every row is accepted. What identifies
people and open answers are dropped and named by column only."""

CODINGS = """\
The export is copied to data/raw/cases/interviews/CASE, which never enters git.
Codes that codes.csv does not know get a row there with a proposal; look through it, then take in
with --accept (make: ACCEPT=1). Nothing is imported before every row is accepted. What was said, by
whom and who coded it stay in the export; summaries that are still to be written get a row in
summaries.csv."""


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


def parse(given: list[str]) -> argparse.Namespace | None:
    """The options in `given`; None after printing the help. Raises CallError."""
    parser, known = _parsers()
    words = [word for word in given if not word.startswith("-")]
    if not given or (not words and {"-h", "--help"} & set(given)) or words[:1] == ["help"]:
        parser.print_help()
        return None
    if not words or words[0] not in known:
        word = words[0] if words else given[0]
        near = did_you_mean(word, known)
        raise CallError(f"unknown verb {word}{near or '; there are ' + ', '.join(known)}")
    try:
        options, unknown = parser.parse_known_args(given)
    except SystemExit:
        return None
    if unknown:
        options_of = known[words[0]].options()
        name = unknown[0].partition("=")[0]
        if not name.startswith("-"):
            raise CallError(f"{unknown[0]}: not expected here; an option is written --name value")
        raise CallError(f"unknown option {name}{did_you_mean(name, options_of)}")
    return options


VERBS = {
    "report": "build the report, where it is not up to date",
    "check": "read and check all data of a round; write nothing",
    "audit": "compare every published figure with the recomputed one",
    "reconstruct": "tell which printed totals can hold together, and which cannot",
    "new-round": "make the folder of a new round, with the settings of the last one",
    "import": "take in an export of a survey program, through a mapping that you accept",
    "simulate": "write an export of answers that nobody gave, to try things with",
    "statline": "read youth care by origin from StatLine into a stored snapshot",
    "seal": "accept a changed raw file: write its checksum in its sidecar",
    "rounds": "list the rounds of the survey",
    "new-case": "make a new case: a municipality of which interviews are coded",
    "codings": "take in coded interviews of a case, through a mapping that you accept",
    "export-codings": "write the coding frame and all fragments for other programs",
}

# Verbs that are about no round.
ROUNDLESS = ("seal", "rounds", "statline", "new-case", "codings", "export-codings")


def _parsers() -> tuple[Parser, dict[str, Parser]]:
    """The command's parser, and that of each verb."""
    lines = [f"  {name:16}{help}" for name, help in VERBS.items()]
    parser = Parser(
        prog="wijkteams",
        usage="wijkteams VERB [option ...]",
        description="\n".join([ABOUT, "", "verbs:", *lines]),
        epilog=ENDING,
    )
    under = parser.add_subparsers(prog="wijkteams", help=argparse.SUPPRESS)
    known: dict[str, Parser] = {}
    runs = (
        verbs.report, verbs.check, verbs.audit, verbs.reconstruct, verbs.new_round,
        verbs.take_in, verbs.simulate, verbs.statline, verbs.seal, verbs.rounds,
        verbs.new_case, verbs.codings, verbs.export_codings,
    )  # fmt: skip
    for (name, help), run in zip(VERBS.items(), runs, strict=True):
        known[name] = under.add_parser(name, description=help.capitalize() + ".")
        known[name].set_defaults(run=run)
        known[name].add_argument("--debug", action="store_true", help="show where a fault arose")
        if name not in ROUNDLESS:
            _choose_round(known[name])
        if name in ("report", "audit", "simulate"):
            _choose_language(known[name])
    _report_options(known["report"])
    known["report"].epilog = ONLY
    _round_options(known)
    _case_options(known)
    known["statline"].add_argument(
        "--config", metavar="FILE", help="which table (default data/raw/literature/statline.yml)"
    )
    known["new-round"].set_defaults(makes_round=True)
    known["seal"].add_argument("files", nargs="+", metavar="FILE", help="a file in data/raw")
    return parser, known


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
        "--compare", dest="pairs", action="append", default=[], type=_compare, metavar="ROUNDS",
        help="earlier rounds to compare with, separated by commas: 2027,2016",
    )  # fmt: skip
    parser.add_argument(
        "--jobs", type=_at_least_one, default=0, metavar="N",
        help="how many notebooks to run at the same time (default: one per core, at most four)",
    )  # fmt: skip
    parser.add_argument("--force", action="store_true", help="build even what is up to date")
    parser.add_argument(
        "--verbose", action="store_true", help="say what is done, why, and how long it takes"
    )


def _round_options(known: dict[str, Parser]) -> None:
    """Options of the verbs that make a round."""
    known["check"].add_argument(
        "--csv", metavar="FILE", help="write what is wrong in the answers to this file too"
    )
    known["import"].add_argument("files", nargs="*", metavar="FILE", help="an export")
    known["import"].add_argument(
        "--accept", action="store_true", help="accept every row of mapping.csv as it stands"
    )
    known["import"].add_argument(
        "--without", metavar="NAME", help="take the export with this name out of the round"
    )
    known["import"].epilog = IMPORT
    simulate = known["simulate"]
    simulate.add_argument(
        "--format", default="limesurvey", type=one_of("format", FORMATS),
        metavar="|".join(FORMATS), help="what program's export to write (default limesurvey)",
    )  # fmt: skip
    simulate.add_argument("--to", metavar="FILE", help="where to write it (default: here)")
    for name, about in verbs.SIMULATED.items():
        simulate.add_argument(f"--{name}", metavar="N", help=about)


def _case_options(known: dict[str, Parser]) -> None:
    """Options of the verbs that are about coded interviews."""
    for name in ("new-case", "codings"):
        known[name].add_argument(
            "--case", required=True, metavar="CASE", help="id of the case, such as zwolle"
        )
    known["new-case"].add_argument(
        "--name", required=True, metavar="NAME", help="name of the municipality, such as Zwolle"
    )
    known["new-case"].add_argument(
        "--year", required=True, metavar="YEAR", help="year of the interviews"
    )
    known["codings"].add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="a REFI-QDA project (.qdpx) or code book (.qdc), or a spreadsheet",
    )  # fmt: skip
    known["codings"].add_argument(
        "--accept", action="store_true", help="accept every row of codes.csv as it stands"
    )
    known["codings"].epilog = CODINGS
    known["export-codings"].add_argument(
        "--out", metavar="FOLDER", help="where to write (default reports/codings)"
    )


def one_of(what: str, known: Sequence[str]) -> Callable[[str], str]:
    """A type for argparse: one of the `known` words, or CallError with a guess."""

    def check(word: str) -> str:
        if word not in known:
            near = did_you_mean(word, known)
            raise CallError(f"unknown {what} {word}; known: {', '.join(known)}{near}")
        return word

    return check


def _compare(rounds: str) -> str:
    """Rounds to compare with, as the parameter of the notebooks that they are."""
    return f"compare={rounds}"


def _at_least_one(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise CallError(f"--jobs: must be a whole number from 1; found {text!r} (make: JOBS=…)")
    return int(text)
