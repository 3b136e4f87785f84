"""LimeSurvey: a CSV export of responses, with any of its headings, as codes or full texts.

After LimeSurvey's public source (application/helpers/admin/export: Writer, CsvWriter, SurveyObj;
createFieldMap and getTokenFieldsAndNames in common_helper), and for the texts of its own columns
the Dutch and German translations of versions 3.14 and 6.4 (locale/nl, locale/de).
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.intake.formats.export import Export, Heading
from analysis.intake.formats.plain import plain_numbers
from analysis.intake.formats.text import open_text, positions
from analysis.project import DataError, Problem
from analysis.raw.settings import Reading


@dataclass(frozen=True)
class Fixed:
    """A column that LimeSurvey adds of its own.

    `role` is what it becomes, `label` its English text, `others` what else its text can be.
    """

    role: str
    label: str
    others: tuple[str, ...] = ()


# By the code that LimeSurvey gives the column. Left out are texts that a question may have as
# well: the Dutch one of `seed` is "Plaats" (place), that of `completed` "Voltooid".
FIXED = {
    "id": Fixed("respondent", "Response ID", ("Respons-ID", "Antwort ID")),
    "submitdate": Fixed("finished", "Date submitted", ("Datum verzonden", "Datum Abgeschickt")),
    "lastpage": Fixed("not_used", "Last page", ("Laatste pagina", "Letzte Seite")),
    "startlanguage": Fixed("not_used", "Start language", ("Begin taal", "Start-Sprache")),
    "seed": Fixed(
        "not_used", "Seed", ("Zufallsstartwert", "Zufallswert", "Zufallsgeneratorstartwert")
    ),
    "startdate": Fixed("started", "Date started", ("Startdatum", "Datum gestartet")),
    "datestamp": Fixed(
        "not_used", "Date last action", ("Datum laatste actie", "Datum letzte Aktivität")
    ),
    "token": Fixed(
        "personal",
        "Access code",
        ("Token", "Toegangscode", "Zugangscode", "Zugangsschlüssel"),
    ),
    "ipaddr": Fixed("personal", "IP address", ("IP-adres", "IP-Adresse")),
    "refurl": Fixed(
        "personal", "Referrer URL", ("Verwijzer URL", "Verwijzer-URL", "Weiterleitungs-URL")
    ),
    "firstname": Fixed("personal", "First name", ("Voornaam", "Vorname")),
    "lastname": Fixed("personal", "Last name", ("Achternaam", "Nachname")),
    "email": Fixed("personal", "Email address", ("E-mailadres", "E-Mail-Adresse")),
    "participant_id": Fixed(
        "personal", "Participant ID", ("Deelnemer-ID", "Deelnemers ID", "Teilnehmer ID")
    ),
    "emailstatus": Fixed("not_used", "Email status", ("E-mail status", "E-Mailstatus")),
    "sent": Fixed(
        "not_used", "Invitation sent date", ("Verzenddatum uitnodiging", "Versanddatum Einladung")
    ),
    "remindersent": Fixed(
        "not_used",
        "Last reminder sent date",
        ("Datum verzenden laatste herinnering", "Letztes Erinnerungsdatum"),
    ),
    "remindercount": Fixed(
        "not_used",
        "Total numbers of sent reminders",
        ("Aantal verzonden herinneringen", "Gesamtanzahl versendeter Erinnerungen"),
    ),
    "usesleft": Fixed(
        "not_used", "Uses left", ("Aantal overgebleven pogingen", "Übrige Nutzungsanzahl")
    ),
    "validfrom": Fixed("not_used", "Valid from", ("Geldig van", "Gültig von")),
    "validuntil": Fixed("not_used", "Valid until", ("Geldig tot", "Gültig bis")),
    "interviewtime": Fixed("not_used", "Total time", ("Totaaltijd", "Gesamtzeit")),
}
TIMING = Fixed("not_used", "Time spent")
TIMING_NAME = re.compile(
    r"groupTime[0-9]+\b.*|[0-9]+X[0-9]+(X[0-9]+)?time\b.*"
    r"|(Group time|Question time|Groepstijd|Vraagtijd|Gruppenzeit|Fragenzeit): .*",
    re.DOTALL,
)
TEXTS = {text.casefold(): code for code, own in FIXED.items() for text in (own.label, *own.others)}
# Codes that are no word of any language, so that what follows them is the chosen separator.
TELLING = ("submitdate", "lastpage", "startlanguage", "startdate", "datestamp")
DATES = ("submitdate", "startdate", "datestamp")
CODE_AND_TEXT = re.compile(r"([a-z_]+)([^\w\[]+)(\w.*)", re.DOTALL)
QUESTION_CODE = re.compile(r"\w+(\[[^\]]*\])*")
SHORTENED = re.compile(r"(.{8,}?)\s*\.\.\.?")
BREAK = re.compile(r"</?(br|p|div|li)\b[^<>]*>", re.IGNORECASE)
TAG = re.compile(r"</?[A-Za-z][^<>]*>")
# What LimeSurvey writes for a date in an anonymised survey, also as a spreadsheet shows it.
NO_DATE = re.compile(r"(1980-01-01|0?1([-./])0?1\2(19)?80)([ T]0?0:00(:00)?)?", re.ASCII)


def fixed_column(heading: str) -> str | None:
    """What a column of LimeSurvey's own becomes (a role of the mapping); None for any other."""
    own = _own(heading.strip())
    return own.role if own else None


def is_limesurvey(records: Sequence[Sequence[str]]) -> bool:
    """Whether the first of these records is the heading of an export of LimeSurvey.

    It is where one column holds the date submitted and another is LimeSurvey's own as well.
    """
    codes = {_code(name.strip()) for name in records[0]} if records else set()
    return "submitdate" in codes and len(codes & {"id", "seed", *TELLING}) > 1


def read_limesurvey(
    path: Path, file: str, reading: Reading, wanted: Collection[str] | None = None
) -> Export:
    """The complete responses of an export; `file` is how messages call it, None for `wanted` all.

    A response without a date submitted is left out as `incomplete`. Labels are the questions
    where the headings hold them, for LimeSurvey's own columns their English text. Raises
    DataError where the file cannot be read, a heading is empty or stands twice, or no column
    holds the date submitted.
    """
    text = open_text(path, file, reading.encoding, reading.separator, reading.header_row)
    names = text.headings(mend="export it again with question codes in the headings")
    codes = [_code(name) for name in names]
    if "submitdate" not in codes:
        message = "the column submitdate is missing, which tells complete responses from others"
        mend = "export it again with that column, or say `format: csv` under `files:` in round.yml"
        raise DataError([Problem(file, message, text.heading, mend=mend)])
    sheets = text.read(
        text.heading + 1,
        len(names),
        positions(names, wanted),
        {codes.index("submitdate"): lambda cell: "" if cell else "incomplete"},
    )
    dates = {name for name, code in zip(names, codes, strict=True) if code in DATES}
    return Export(
        file=file,
        format="limesurvey",
        headings=[Heading(*told) for told in zip(names, _labels(names), strict=True)],
        cells={
            name: _without_no_dates(cells) if name in dates else plain_numbers(cells)
            for name, cells in sheets.cells.items()
        },
        rows=sheets.rows,
        left_out=sheets.left_out,
        findings=sheets.findings,
    )


def _code(heading: str) -> str | None:
    """The code of a column of LimeSurvey's own, whichever kind of heading it has."""
    if heading in FIXED:
        return heading
    if found := CODE_AND_TEXT.fullmatch(heading):
        code, between, text = found.groups()
        if code in FIXED and (between.strip() or TEXTS.get(text.casefold()) == code):
            return code
    text = heading.replace("_", " ").casefold()
    if text in TEXTS:
        return TEXTS[text]
    if found := SHORTENED.fullmatch(text):
        codes = {code for known, code in TEXTS.items() if known.startswith(found.group(1))}
        return codes.pop() if len(codes) == 1 else None
    return None


def _own(heading: str) -> Fixed | None:
    """The column of LimeSurvey's own that `heading` stands for."""
    if code := _code(heading):
        return FIXED[code]
    return TIMING if TIMING_NAME.fullmatch(heading) else None


def _labels(names: Sequence[str]) -> list[str]:
    """The question in each heading; empty where the headings are codes."""
    between = next(
        (found.group(2) for name in names if (found := CODE_AND_TEXT.fullmatch(name))
         and found.group(1) in TELLING), "",
    )  # fmt: skip
    if between:
        return [_label(name, _text_after(between, name)) for name in names]
    if any(name in TELLING for name in names):
        return [_label(name, "") for name in names]
    underscored = not any(" " in name for name in names)
    return [_label(name, name.replace("_", " ") if underscored else name) for name in names]


def _text_after(between: str, heading: str) -> str:
    """The question in a heading of code and question; all of it where no code stands first."""
    code, found, text = heading.partition(between)
    return text if found and QUESTION_CODE.fullmatch(code) else heading


def _label(heading: str, question: str) -> str:
    """The English text of a column of LimeSurvey's own, else the question without HTML."""
    if own := _own(heading):
        return own.label
    plain = html.unescape(TAG.sub("", BREAK.sub(" ", question)))
    return " ".join(plain.split())


def _without_no_dates(cells: pd.Categorical) -> pd.Categorical:
    """The cells, empty where there is a date that stands for none."""
    return cells.remove_categories([c for c in cells.categories if NO_DATE.fullmatch(c)])
