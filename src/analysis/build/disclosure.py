"""The last look at a report before it is published: can hidden counts be worked out from it?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analysis.build.request import BuildError, Request
from analysis.report.document import Document

if TYPE_CHECKING:
    import pandas as pd

AGAIN = re.compile(r"\.\d+$")  # the second print of a fact
SURVEY = "survey/"
FACT_PARTS = 6
NUMBERS = ("value", "numerator", "denominator", "low", "high")


def require_protected(request: Request, document: Document) -> None:
    """Attack what is printed in a report on answers, as an outsider would.

    Every number of the report has a row in its ledger, and so has every number in its tables,
    figures and notebooks. Raises BuildError naming the counts that rest on too few respondents and
    can be worked out, or that are not rounded where the round rounds; nothing is published then.
    """
    from analysis.build.prepare import open_request  # noqa: PLC0415
    from analysis.survey.protect import exposed  # noqa: PLC0415
    from analysis.survey.results import survey_facts  # noqa: PLC0415

    data = open_request(request).survey.data
    if data.reconstructed:
        return
    try:
        found = exposed(printed_facts(document), survey_facts(data), data)
    except ValueError as error:  # a number that cannot be
        raise BuildError(
            f"the report contradicts itself, so it is not published: {error}"
        ) from None
    if found:
        lines = [f"  {one.cell}" for one in found]
        raise BuildError(
            f"{len(lines)} counts of respondents can be worked out from this report that it should "
            "not tell, so it is not published:\n" + "\n".join(lines)
        )


def printed_facts(document: Document) -> pd.DataFrame:
    """The facts of the survey in the ledger of a report, with their numbers as printed.

    A base that is printed by itself is a row of its fact with a denominator only.
    """
    import pandas as pd  # noqa: PLC0415

    from analysis.report.ledger import number_rows  # noqa: PLC0415

    found = []
    for row in number_rows(document):
        key, part = _split(AGAIN.sub("", row["id"]))
        if not key:
            continue
        numbers = {name: row[name] for name in NUMBERS}
        if part == "base":
            numbers = dict.fromkeys(NUMBERS) | {"denominator": row["value"]}
        found.append({"fact": key, **numbers})
    frame = pd.DataFrame(found, columns=["fact", *NUMBERS])
    return frame.astype(dict.fromkeys(NUMBERS, float))


def _split(name: str) -> tuple[str, str]:
    """The fact that a row of the ledger is about, and which part of it; else empty."""
    parts = name.split("/")
    if not name.startswith(SURVEY) or len(parts) < FACT_PARTS:
        return "", ""
    return "/".join(parts[:FACT_PARTS]), "/".join(parts[FACT_PARTS:])
