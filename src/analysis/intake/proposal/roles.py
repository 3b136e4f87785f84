"""Which role a column has by the words of its heading, where these say nothing else."""

from __future__ import annotations

from analysis.intake.formats.export import Heading
from analysis.intake.proposal.personal import CAMEL
from analysis.intake.proposal.wording import fold

WORDS = {
    "municipality": "gemeente gemeentenaam gemeentecode gemeentenummer gemeenten municipality "
    "municipalities gemeinde gmcode cbscode",
    "team_type": "team teamtype teamsoort wijkteamtype soortteam typeteam",
    "group": "groep group gruppe doelgroep respondentgroep respondentengroep functie function "
    "rol role funktion rolle position positie",
    "started": "startdatum begindatum starttijd started start startdate begin begonnen begonnenop "
    "geopend startzeit startdatum",
    "finished": "datum date einddatum eindtijd finished enddate ended submitted submitdate "
    "ingevuld ingevuldop invuldatum afgerond voltooid verzonden datumingevuld abgeschlossen",
    "respondent": "respondent respondentnummer respondentid respondentnr id responseid caseid "
    "volgnummer volgnr respnr respondentnumber antwortid record recordid",
    "simulated": "simulated gesimuleerd simuliert",
}
# Words that may stand beside those without making the heading mean something else.
BESIDE = """
de het een uw je jouw wat welke in van voor op is bent u jij werkt werk werken werkzaam waar
waarvoor the your you what which of do does are for at on work working a an der die das ihre ihr
welche welcher sie arbeiten naam name code nummer nr number cbs soort type tijd time datum date
kind zeit wijkteam vraag v q antwoord vult deze vragenlijst om gaat dit fill this questionnaire it
about answer neighbourhood
"""


def role_by_heading(heading: Heading) -> str | None:
    """The role that the heading, or else the question, names; None unless it is just one.

    Every other word of it must be one that says nothing: "In welke gemeente werkt u?" is a
    municipality, "Onze gemeente hecht aan maatwerk" is none.
    """
    for text in (heading.name, heading.label):
        words = fold(CAMEL.sub(" ", text)).split()
        joined = "".join(words)
        found = [r for r, own in WORDS.items() if {*own.split()} & {*words, joined}]
        beside = {word for word in words if not any(word in WORDS[r].split() for r in found)}
        whole = any(joined in own.split() for own in WORDS.values())
        if found and (whole or beside <= {*BESIDE.split()}):
            return _one(found)
    return None


def _one(found: list[str]) -> str | None:
    """One of several: "datum" beside "start" says nothing more, "team" beside "group" does."""
    dates = [role for role in found if role != "finished"] if "started" in found else found
    return dates[0] if len(dates) == 1 else None
