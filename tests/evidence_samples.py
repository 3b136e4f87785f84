"""Evidence made by hand: a small coding frame, and fragments of which a test names what matters."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from analysis.facts import fact_key
from analysis.raw.cases import FRAGMENTS, FRAGMENTS_FILE, PROFILES, SECTIONS, CaseData
from analysis.raw.coding import CodingFrame

ADDED = "cases/fragments/zwolle.csv"


def code(name: str, **more: Any) -> dict[str, Any]:
    """A code that is labelled with its name."""
    return dict.fromkeys(("label_nl", "label_en"), name) | {
        "definition_nl": f"Wat {name} is.", "definition_en": f"What {name} is.", **more,
    }  # fmt: skip


def named(*names: str) -> dict[str, Any]:
    """Codes by name."""
    return {name: code(name) for name in names}


def coding_frame(**items: dict[str, str]) -> CodingFrame:
    """Two themes with points, one without; `items` of the survey by point."""

    points = {"known": "access", "trust": "access", "skill": "method"}
    aspects = {"reach": ["access"], "work": ["method"]}
    return CodingFrame.model_validate(
        {
            "collections": named("joint", "literature", "study"),
            "aspects": {
                name: {"label_nl": name, "label_en": name, "themes": themes}
                for name, themes in aspects.items()
            },
            "themes": named("access", "method", "process"),
            "points": {
                name: code(name, theme=theme, items=items.get(name, {}))
                for name, theme in points.items()
            },
            "kinds": named("bottleneck", "fact", "recommendation", "advice", "improvement"),
            "actors": named("team", "municipality")
            | {"researcher": code("researcher", party=False)},
            "forms": named("bullet", "quotation", "statement"),
            "policy": named("present", "partly", "absent"),
            "addressees": named("team"),
        }
    )


def evidence(
    *told: dict[str, Any],
    frame: CodingFrame | None = None,
    sections: tuple[dict[str, Any], ...] = (),
    cases: tuple[str, ...] = ("ede", "zwolle"),
) -> CaseData:
    """Case data with a fragment per dictionary; what one leaves out has a value of its own."""
    default = dict.fromkeys(FRAGMENTS, "") | {
        "case": "joint", "year": 2016.0, "theme": "access", "kind": "fact", "actor": "team",
        "form": "statement", "number": math.nan, "summary_nl": "Tekst.", "summary_en": "Text.",
        "source": "a.txt", "line": 1.0, "file": FRAGMENTS_FILE,
    }  # fmt: skip
    made = [default | {"id": f"f-{number}"} | row for number, row in enumerate(told, start=1)]
    for row in made:
        if row["point"] and not row["stance"]:
            row["stance"] = "supports"
    profile = dict.fromkeys(PROFILES, "") | {"year": 2016.0, "value": math.nan, "line": math.nan}
    profiles = [profile | {"case": c, "name": c.capitalize(), "unit": "text"} for c in cases]
    files = tuple(dict.fromkeys([FRAGMENTS_FILE, *(row["file"] for row in made)]))
    counted = {"first_line": 1.0, "last_line": 9.0, "bullets": 0.0, "quotations": 0.0}
    section = dict.fromkeys(SECTIONS, "") | counted | {"year": 2016.0, "source": "a.txt"}
    return CaseData(
        pd.DataFrame(profiles, columns=list(PROFILES)),
        pd.DataFrame(made, columns=[*FRAGMENTS, "file"]),
        pd.DataFrame([section | row for row in sections], columns=list(SECTIONS)),
        frame or coding_frame(),
        files,
    )


def value(facts: pd.DataFrame, subject: str, statistic: str, base: str = "") -> float:
    """The value of a fact of the cases."""
    return float(facts.loc[fact_key("cases", subject, "", "", base, statistic), "value"])
