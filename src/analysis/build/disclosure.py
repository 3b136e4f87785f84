"""The last look at a report before it is published: can hidden counts be worked out from it?"""

from __future__ import annotations

import re

from analysis.build.request import BuildError, Request
from analysis.report.document import Document

AGAIN = re.compile(r"\.\d+$")  # the second print of a fact


def require_protected(request: Request, document: Document) -> None:
    """Attack what is printed in a report on answers, as an outsider would.

    Every number of the report has a row in its ledger, and so has every number in its tables,
    figures and notebooks. Raises BuildError naming the counts that rest on too few respondents and
    can be worked out; nothing is published then.
    """
    from analysis.build.prepare import open_request  # noqa: PLC0415
    from analysis.report.ledger import number_rows  # noqa: PLC0415
    from analysis.survey.protect import exposed  # noqa: PLC0415
    from analysis.survey.results import survey_facts  # noqa: PLC0415

    data = open_request(request).survey.data
    if data.reconstructed:
        return
    full = survey_facts(data)
    printed = {AGAIN.sub("", row["id"]) for row in number_rows(document)}
    found = exposed(full[full["fact"].isin(printed)], full, data)
    if found:
        lines = [f"  {one.cell}" for one in found]
        raise BuildError(
            f"{len(lines)} counts that rest on too few respondents can be worked out from this "
            "report, so it is not published:\n" + "\n".join(lines)
        )
