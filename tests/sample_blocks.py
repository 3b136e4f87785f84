"""A small report with every kind of block, in both languages, as executed notebooks."""

from __future__ import annotations

import copy
from typing import Any

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from analysis.report.document import MIME, Document, build_document, merge_notebooks

NASTY = "# $ * _ @ < > [ ] \\ \" ' ~ // /* -- ... `x` {y} & \N{LEFT DOUBLE QUOTATION MARK} #let"


def text(value: str) -> dict[str, Any]:
    return {"t": "text", "v": value}


def span(kind: str, value: str, **more: str) -> dict[str, Any]:
    return {"t": kind, "v": value} | more


def num(fact: str, printed: str) -> dict[str, Any]:
    return {"t": "num", "id": fact, "v": printed}


def ref(target: str) -> dict[str, Any]:
    return {"t": "ref", "to": target}


def row(value: float, unit: str = "count", **more: Any) -> dict[str, Any]:
    """A ledger row as a block carries it."""
    empty = dict.fromkeys(("subject", "group", "numerator", "denominator", "low", "high"))
    filled = {"statistic": "count.agree", "provenance": "published", "source": "published.csv"}
    return empty | filled | {"value": value, "unit": unit} | more


def heading(level: int, name: str, title: str) -> dict[str, Any]:
    return {"kind": "heading", "level": level, "id": name, "text": [text(title)], "numbers": {}}


def paragraph(*spans: dict[str, Any], role: str = "body", **numbers: Any) -> dict[str, Any]:
    return {"kind": "paragraph", "role": role, "text": list(spans), "numbers": numbers}


AGREE = "survey/access/professionals/all/municipalities/count.agree"
SHARE = "survey/access/professionals/all/municipalities/share.agree"
TOTAL = "survey/access/professionals/all/municipalities/count.all"
ORIGIN = "literature/youth_care/turkish/all/children/share_percent"
ROWS = {
    AGREE: row(26.0, subject="access", group="professionals", source="published.csv, 14"),
    TOTAL: row(31.0, statistic="count.all", subject="access", group="professionals"),
    SHARE: row(
        83.87096774193549,
        "percent",
        statistic="share.agree",
        subject="access",
        group="professionals",
        numerator=26,
        denominator=31,
        low=67.4,
        high=92.9,
        provenance="reconstructed",
    ),
    ORIGIN: row(8.5, "percent", statistic="share_percent", subject="turkish"),
}


def picture(width: int, height: int, labels: list[str], values: list[float]) -> str:
    """A bar chart such as the charts room makes: letters as text, a white ground."""
    step = (height - 30) / len(values)
    bars = []
    for index, (label, value) in enumerate(zip(labels, values, strict=True)):
        y, left, long = 10 + index * step, width * 0.3, value / 100 * width * 0.55
        bars.append(
            f'<text x="{left - 8:.0f}" y="{y + step * 0.5:.0f}" text-anchor="end">{label}</text>'
            f'<rect x="{left:.0f}" y="{y:.0f}" width="{long:.0f}" height="{step * 0.62:.0f}" '
            f'fill="#0072B2"/><text x="{left + long + 8:.0f}" y="{y + step * 0.5:.0f}">'
            f"{value:.0f}%</text>"
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="Source Sans Pro, sans-serif" font-size="14">'
        f'<rect width="{width}" height="{height}" fill="#fff"/>{"".join(bars)}</svg>'
    )


WORDS: dict[str, dict[str, Any]] = {
    "nl": {
        "title": "Wijkteams en diversiteit",
        "subtitle": "Hoe sociale wijkteams migrantengezinnen bereiken en ondersteunen",
        "brief": "In het kort",
        "lead": "De meeste gemeenten vinden dat hun wijkteams gezinnen met een migratieachtergrond "
        "goed bereiken. Professionals zijn daar minder zeker van dan ambtenaren.",
        "findings": ["Het bereik is goed in ", " van de ", " gemeenten, zie ", "."],
        "survey": "De enquête",
        "access": "Toegang tot de wijkteams",
        "detail": "Verschillen tussen soorten teams",
        "long": "In de gemeenten waar meer gezinnen met een migratieachtergrond wonen, oordelen "
        "professionals vaker positief over de toegankelijkheid van het wijkteam. Dat geldt voor "
        "jeugdteams en voor sociale teams, maar niet voor integrale teams. Een verklaring kan zijn "
        "dat jeugdteams vaker op scholen aanwezig zijn en daar samenwerken met sleutelfiguren uit "
        "migrantenorganisaties. ",
        "figure": "Oordeel van professionals over de toegang",
        "alt": "Staafdiagram: 84 procent van de gemeenten is het eens, 10 procent neutraal.",
        "labels": ["eens", "neutraal", "oneens"],
        "table": "Gemeenten waar professionals het eens zijn",
        "columns": ["Aspect van het werk", "Gemeenten", "Aandeel", "Oordeel van de onderzoekers"],
        "rows": ["Gezinnen weten het wijkteam te vinden", "Het team spreekt de talen van de wijk"],
        "words": ["ruim voldoende", "niet te herleiden"],
        "note": "Per gemeente het gemiddelde van de professionals.",
        "appendix": "Methode",
        "how": "Hoe de antwoorden zijn gereconstrueerd",
    },
    "en": {
        "title": "Neighbourhood teams and diversity",
        "subtitle": "How social teams reach and support families with a migration background",
        "brief": "In brief",
        "lead": "Most municipalities find that their teams reach families with a migration "
        "background well. Professionals are less sure of it than officials.",
        "findings": ["Reach is good in ", " of the ", " municipalities, see ", "."],
        "survey": "The survey",
        "access": "Access to the teams",
        "detail": "Differences between kinds of teams",
        "long": "Where more families with a migration background live, professionals are more "
        "positive about access to the team. This holds for youth teams and social teams, and "
        "not for integrated teams. One reason may be that youth teams are present in schools, "
        "where they work with people from migrant organisations. ",
        "figure": "What professionals think of access",
        "alt": "Bar chart: 84 per cent of the municipalities agree, 10 per cent are neutral.",
        "labels": ["agree", "neutral", "disagree"],
        "table": "Municipalities where professionals agree",
        "columns": [
            "Aspect of the work",
            "Municipalities",
            "Share",
            "Judgement of the researchers",
        ],
        "rows": ["Families find their way to the team", "The team speaks the languages around it"],
        "words": ["more than sufficient", "cannot be traced"],
        "note": "For each municipality the mean of its professionals.",
        "appendix": "Method",
        "how": "How the answers were reconstructed",
    },
}


def figure(words: dict[str, Any]) -> dict[str, Any]:
    values = [84.0, 10.0, 6.0]
    data = {
        "columns": [
            {"label": [text(words["columns"][0])], "align": "left"},
            {"label": [text(words["columns"][2])], "align": "right"},
        ],
        "rows": [[[text(words["labels"][0])], [num(SHARE, "84%")]]],
        "numbers": {SHARE: ROWS[SHARE]},
    }
    return {
        "kind": "figure",
        "id": "figure-access",
        "title": [text(words["figure"])],
        "alt": words["alt"],
        "svg": {
            "page": picture(640, 220, words["labels"], values),
            "phone": picture(340, 240, words["labels"], values),
        },
        "table": data,
        "note": [text(words["note"])],
        "source": [
            span("cite", "Verwey-Jonker Instituut (2016)"),
            text(", "),
            span("code", "x.csv"),
        ],
        "provenance": "reconstructed",
        "numbers": {"drawn/neutral": ROWS[AGREE] | {"value": 9.67741935483871}},
    }


def table(words: dict[str, Any]) -> dict[str, Any]:
    aligns = ["left", "right", "right", "left"]
    judgements = words["words"]
    first, second = words["rows"]
    return {
        "kind": "table",
        "id": "table-access",
        "title": [text(words["table"])],
        "columns": [
            {"label": [text(label)], "align": align}
            for label, align in zip(words["columns"], aligns, strict=True)
        ],
        "rows": [
            [
                [text(first)],
                [num(AGREE, "26")],
                [num(SHARE, "84%")],
                [text(judgements[0])],
            ],
            [[text(second)], [num(TOTAL, "31")], [text("–")], [text(judgements[1])]],
        ],
        "row_marks": ["", "broken"],
        "note": [],
        "source": [span("cite", "Verwey-Jonker Instituut (2016), p. 25")],
        "provenance": "published",
        "numbers": {key: ROWS[key] for key in (AGREE, SHARE, TOTAL)},
    }


def sample_bundles(language: str = "nl") -> dict[str, list[list[dict[str, Any]]]]:
    """The blocks per part; each inner list is one cell's output."""
    words = WORDS[language]
    first, middle, third, last = words["findings"]
    finding = [text(first), num(AGREE, "26"), text(middle), num(TOTAL, "31"), text(third)]
    finding += [ref("figure-access"), text(last)]
    counts = {AGREE: ROWS[AGREE], TOTAL: ROWS[TOTAL]}
    return {
        "method": [
            [
                heading(1, "method", words["appendix"]),
                heading(2, "method-how", words["how"]),
                paragraph(text(words["long"]), span("code", "reconstruct(seed=2016)"), text(".")),
                paragraph(ref("table-access"), text(" "), text(words["note"]), role="note"),
            ]
        ],
        "brief": [
            [
                heading(1, "brief", words["brief"]),
                paragraph(text(words["lead"]), role="lead"),
                {
                    "kind": "list",
                    "ordered": False,
                    "items": [finding, [span("strong", words["words"][0]), text(" "), text(NASTY)]],
                    "numbers": counts,
                },
            ]
        ],
        "survey": [
            [
                heading(1, "survey", words["survey"]),
                paragraph(*copy.deepcopy(finding), text(" "), text(words["long"]), **counts),
                heading(2, "survey-access", words["access"]),
                paragraph(
                    text(words["long"]), num(ORIGIN, "8,5%"), text(". "), **{ORIGIN: ROWS[ORIGIN]}
                ),
                figure(words),
            ],
            [
                paragraph(
                    ref("survey-access"),
                    text(". "),
                    span("em", words["note"]),
                    text(" "),
                    span("link", "www.verwey-jonker.nl", href="https://www.verwey-jonker.nl/"),
                    text(". " + words["long"]),
                ),
                heading(3, "survey-detail", words["detail"]),
                {
                    "kind": "list",
                    "ordered": True,
                    "items": [[text(words["rows"][0])], [text(words["rows"][1])]],
                    "numbers": {},
                },
                table(words),
                paragraph(text(words["long"]), ref("method-how"), text(".")),
            ],
        ],
    }


def notebook(bundles: dict[str, list[list[dict[str, Any]]]], language: str = "nl") -> Any:
    """One executed notebook that shows `bundles`: a markdown cell, then a code cell for each."""
    node = new_notebook(metadata={"language_info": {"name": "python"}})
    node.cells.append(new_markdown_cell("# Notebook\n\nEen *toelichting* met `code`.", id="intro"))
    for part, cells in bundles.items():
        for index, blocks in enumerate(cells):
            data = {MIME: {"part": part, "language": language, "blocks": copy.deepcopy(blocks)}}
            output = new_output("execute_result", data=data | {"text/plain": "Blocks"})
            source = f'chapter["{part}"].show({index})  # <shows>'
            more = {"outputs": [output], "execution_count": index + 1, "id": f"{part}-{index}"}
            node.cells.append(new_code_cell(source, **more))
    return node


def metadata(language: str = "nl", **more: Any) -> dict[str, Any]:
    """What the build writes into a merged notebook."""
    words = WORDS[language]
    return {
        "title": words["title"],
        "subtitle": words["subtitle"],
        "language": language,
        "round": "2016",
        "provenance": "reconstructed",
        "authors": "Verwey-Jonker Instituut",
        "licence": "CC BY 4.0",
    } | more


def sample_notebooks(language: str = "nl") -> list[tuple[str, Any]]:
    """Two notebooks: the survey with its method, and the synthesis."""
    bundles = sample_bundles(language)
    survey = {key: bundles[key] for key in ("survey", "method")}
    return [
        ("2_survey", notebook(survey, language)),
        ("4_synthesis", notebook({"brief": bundles["brief"]}, language)),
    ]


def sample_merged(language: str = "nl", **more: Any) -> Any:
    """Both notebooks as one, with the document's metadata."""
    return merge_notebooks(sample_notebooks(language), metadata(language, **more))


def sample_document(language: str = "nl", **more: Any) -> Document:
    """The finished document of the sample."""
    return build_document(sample_merged(language, **more))
