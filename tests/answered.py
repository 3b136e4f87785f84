"""A study of a round with answers that nobody held, and its blocks, for tests of what is told."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from analysis.answers import ANSWER_TYPE, POSITION_OF
from analysis.chapters import appendices
from analysis.chapters.audit import AuditChapter
from analysis.chapters.survey import SurveyChapter
from analysis.raw.settings import Instrument, Round, read_instrument
from analysis.report.spans import plain_text, span_lists, spans_of
from analysis.report.writer import Blocks
from analysis.study import Study
from analysis.survey.evaluate import Answers
from analysis.survey.load import LoadedRound
from analysis.survey.results import SurveyData
from helpers import real_project

LANGUAGES = ("nl", "en")
GROUPS = ("professionals", "officials")
TEAMS = ("youth", "social", "integrated", "unknown")
SCALE = ("1", "2", "3", "4", "5", "dont_know", "missing")
WARNINGS = {"straight_lining": 12, "small_cell": 3, "incomplete": 1, "preview": 0}
DROPPED = {"personal": 2, "open": 1, "not_used": 0}


def instrument(*, without: tuple[str, ...] = (), more: tuple[dict[str, Any], ...] = ()) -> Any:
    """The real questionnaire, with items left out or added."""
    shared = read_instrument(real_project()).model_dump()
    items = [item for item in shared["items"] if item["id"] not in without]
    return Instrument.model_validate(shared | {"items": [*items, *more]})


def new_item(name: str, **more: Any) -> dict[str, Any]:
    """An item that only this round has, so without a line of the report of 2016."""
    texts = {"nl": "Na 2 jaar werkt het.", "en": "It works after 2 years."}
    short = {"short_nl": "na 2 jaar", "short_en": "after 2 years"}
    place = {"theme": "method", "publish": {"professionals": "respondents"}}
    return {"id": name, "line": None, **texts, **short, **place} | more


def draw(questions: Instrument, people: int, groups: tuple[str, ...] = GROUPS) -> pd.DataFrame:
    """Random answers of `people` in ten municipalities, each asked what the routing says."""
    random = np.random.default_rng(7)
    group = random.choice(list(groups), people)
    answers = {
        "respondent": np.arange(1, people + 1),
        "municipality": random.choice([f"m{n:04d}" for n in range(10)], people),
        "group": group,
        "team_type": random.choice(TEAMS, people),
    }
    for item in questions.items:
        asked = np.isin(group, list(item.publish))
        if gate := item.asked_if:
            led = [POSITION_OF.get(str(a)) in gate.positions for a in answers[gate.item]]
            asked &= np.array(led)
        for name in [f"{item.id}.{o.id}" for o in item.options] or [item.id]:
            known = ("selected", "not_selected") if item.options else SCALE
            given_ = np.where(asked, random.choice(known, people), None)
            answers[name] = pd.Categorical(given_, dtype=ANSWER_TYPE)
    return pd.DataFrame(answers)


def settings_of(**more: Any) -> Round:
    """The settings of a round of 2027 with answers."""
    return Round.model_validate(
        {
            "round": "2027", "title": {"nl": "R", "en": "R"}, "fieldwork": {"year": 2027},
            "frame": "2027/frame.csv", "instrument": "instrument.yml", "minimum_cell": 1,
            "source": {"kind": "answers"}, "differences": ["support_needed"],
        }
        | more
    )  # fmt: skip


def study_of(
    language: str, provenance: str, answers: pd.DataFrame, questions: Instrument,
    settings: Round | None = None, **loaded: Any,
) -> Study:  # fmt: skip
    """A study of a round of 2027 with these answers; `loaded` are fields of `LoadedRound`."""
    settings_ = settings or settings_of()
    frame = pd.DataFrame(
        [(f"plaats-{n}", f"Plaats {'abcdefghijkl'[n]}", f"GM{n:04d}") for n in range(12)],
        columns=["municipality", "name", "code"],
    )
    data = SurveyData(
        settings=settings_,
        instrument=questions,
        frame=frame,
        answers=Answers(answers, questions, settings_.thresholds),
        determined=None,
        source="survey/2027/answers",
        provenance=provenance,
    )
    study = Study(real_project(), "2027", language, settings_.thresholds)
    kept = {"warnings": WARNINGS, "dropped": DROPPED} | loaded
    study.survey = LoadedRound(data=data, reconstruction=None, **kept)
    return study


def cells_of(study: Study) -> list[Blocks]:
    """What the notebooks show of the survey and the audit."""
    survey, audit = SurveyChapter(study), AuditChapter(study)
    return [
        *(survey.brief(), survey.introduction(), survey.enquete()),
        *(survey.group("professionals"), survey.group("officials")),
        *(survey.compare(), survey.conclusions()),
        *(appendices.response(survey), appendices.method(survey)),
        *(audit.brief(), audit.sources_list(), audit.verdicts()),
        *(audit.findings(), audit.unresolved()),
    ]


@cache
def cells(language: str, provenance: str) -> list[Blocks]:
    questions = instrument()
    return cells_of(study_of(language, provenance, draw(questions, 200), questions))


def blocks_of(found: list[Blocks], *parts: str) -> list[dict[str, Any]]:
    return [b for cell in found for b in cell.blocks if not parts or cell.part in parts]


def blocks(language: str, provenance: str, *parts: str) -> list[dict[str, Any]]:
    return blocks_of(cells(language, provenance), *parts)


def of_id(found: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(block for block in found if block.get("id") == name)


def told(block: dict[str, Any]) -> str:
    """All text of a block, that of its picture too."""
    lines = [plain_text(spans) for spans in span_lists(block)]
    drawn = re.findall(r">([^<>]+)<", "".join((block.get("svg") or {}).values()))
    return " ".join([*lines, block.get("alt", ""), *drawn])


def prose(found: list[dict[str, Any]]) -> str:
    return "\n".join(told(b) for b in found if b["kind"] in ("paragraph", "list"))


def numbers(block: dict[str, Any]) -> list[str]:
    return [span["v"] for span in spans_of(block) if span["t"] == "num"]
