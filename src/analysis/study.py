"""One study: a round in a language, with everything that its chapters tell."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pandas as pd
from pydantic import ValidationError

from analysis.audit import Evidence, audit_claims
from analysis.evidence.agreement import agreement_facts
from analysis.evidence.counts import evidence_facts
from analysis.evidence.policy import policy_facts
from analysis.evidence.register import recommendation_register, register_facts
from analysis.evidence.synthesis import synthesis_by_point, synthesis_facts
from analysis.evidence.units import unit_facts
from analysis.evidence.voices import voice_facts
from analysis.facts import fact_frame
from analysis.intake.importing import answers_folder
from analysis.language.words import Language, load_language
from analysis.literature import literature_facts
from analysis.project import LANGUAGES, CallError, Project, find_project
from analysis.raw.cases import CaseData, read_cases
from analysis.raw.coders import read_coders
from analysis.raw.literature import read_origins
from analysis.raw.settings import PublishedTotals, Thresholds, read_round
from analysis.raw.survey import AUXILIARY, read_claims
from analysis.survey.evaluate import Answers
from analysis.survey.inference import inference_facts
from analysis.survey.load import LoadedRound, load_round
from analysis.survey.protect import Protected, protect
from analysis.survey.results import survey_facts
from analysis.survey.side import read_side

OTHER_CLAIMS = ("literature/claims.csv", "cases/claims.csv")


class Study:
    """A round and a language; data are read, checked and computed when first asked for."""

    def __init__(
        self, project: Project, round_name: str, language: str, thresholds: Thresholds
    ) -> None:
        self.project = project
        self.round = round_name
        self.language: Language = load_language(language)
        self.thresholds = thresholds

    @cached_property
    def survey(self) -> LoadedRound:
        """The survey's data, and its reconstruction where answers do not exist."""
        return load_round(self.project, self.round, self.thresholds)

    @cached_property
    def protected(self) -> Protected:
        """Facts of the survey without small cells and what would reveal them.

        A round of printed totals has nothing to protect: they are public.
        """
        data = self.survey.data
        facts = survey_facts(data)
        if data.reconstructed:
            return Protected(facts, frozenset(), frozenset())
        inferred = fact_frame(inference_facts(data, self._linked()))
        return protect(pd.concat([facts, inferred]), data)

    def _linked(self) -> Answers | None:
        """The answers by named municipality, in memory only, where the frame tells more of it."""
        data = self.survey.data
        told = any(column.startswith(AUXILIARY) for column in data.frame.columns)
        if not told or not answers_folder(self.project, self.round).is_dir():
            return None
        side = read_side(self.project, data.settings)
        return Answers(side.answers, data.instrument, data.settings.thresholds)

    @property
    def survey_facts(self) -> pd.DataFrame:
        """Facts of the survey that may be published."""
        return self.protected.facts

    @cached_property
    def origins(self) -> pd.DataFrame:
        """Youth care by origin, as printed."""
        return read_origins(self.project)

    @cached_property
    def literature_facts(self) -> pd.DataFrame:
        """Facts of the literature chapter."""
        return literature_facts(self.origins)

    @cached_property
    def cases(self) -> CaseData:
        """The qualitative evidence."""
        return read_cases(self.project)

    @cached_property
    def case_facts(self) -> pd.DataFrame:
        """Facts of the qualitative evidence, who raises what, and the policy matrix."""
        data = self.cases
        found = [evidence_facts(data), voice_facts(data), policy_facts(data), unit_facts(data)]
        return pd.concat([*found, self.agreement_facts])

    @cached_property
    def agreement_facts(self) -> pd.DataFrame:
        """How far coders of the same material agree; nothing where one coded alone."""
        settings = self.survey.data.settings
        frame = self.cases.frame
        return agreement_facts(
            read_coders(self.project, frame), frame,
            confidence=settings.confidence, seed=settings.seed,
        )  # fmt: skip

    @cached_property
    def synthesis(self) -> pd.DataFrame:
        """What literature, survey and cases say on each point (see `analysis.evidence`)."""
        return synthesis_by_point(self.cases, self.survey.data.instrument, self.survey_facts)

    @cached_property
    def synthesis_facts(self) -> pd.DataFrame:
        """How many points the sources agree or clash on."""
        return synthesis_facts(self.synthesis, self.cases)

    @cached_property
    def recommendations(self) -> pd.DataFrame:
        """Every recommendation, with the evidence that bears on it (see `analysis.evidence`)."""
        return recommendation_register(self.cases)

    @cached_property
    def recommendation_facts(self) -> pd.DataFrame:
        """How much bears on each recommendation."""
        return register_facts(self.recommendations, self.cases)

    @cached_property
    def facts(self) -> pd.DataFrame:
        """All facts."""
        return pd.concat(
            [
                *(self.survey_facts, self.literature_facts, self.case_facts),
                *(self.synthesis_facts, self.recommendation_facts),
            ]
        )

    @cached_property
    def claims(self) -> pd.DataFrame:
        """Every printed claim, in the order of the documents.

        A round with answers has none of its own.
        """
        source = self.survey.data.settings.source
        own: list[str] = []
        if isinstance(source, PublishedTotals):
            own = [f"survey/{self.round}/{source.claims}"]
        return pd.concat(
            [read_claims(self.project, name) for name in (*own, *OTHER_CLAIMS)], ignore_index=True
        )

    @cached_property
    def audit(self) -> pd.DataFrame:
        """Every claim with its verdict (see `analysis.audit`)."""
        data = self.survey.data
        reconstruction = self.survey.reconstruction
        evidence = Evidence(self.facts, data.answers, reconstruction, data.settings.phrases)
        return audit_claims(self.claims, evidence)


def open_study(
    round: str | int,
    language: str = "nl",
    cut_offs: Mapping[str, float | None] | None = None,
    project: Project | None = None,
) -> Study:
    """The study of one round in one language.

    `cut_offs` overrule thresholds of `round.yml` by name; None leaves them. Raises CallError
    (exit code 2) for an unknown round, language or cut-off, or a value out of range.
    """
    project = project or find_project()
    name = str(round)
    settings = read_round(project, name)
    if language not in LANGUAGES:
        raise CallError(f"unknown language {language!r}; known: {', '.join(LANGUAGES)}")
    chosen = {key: value for key, value in (cut_offs or {}).items() if value is not None}
    return Study(project, name, language, _thresholds(settings.thresholds, chosen))


def _thresholds(given: Thresholds, chosen: Mapping[str, Any]) -> Thresholds:
    try:
        return Thresholds.model_validate(given.model_dump() | dict(chosen))
    except ValidationError as error:
        lines = [
            f"{'.'.join(str(part) for part in e['loc'])}: {e['msg'].lower()}; found {e['input']!r}"
            for e in error.errors()
        ]
        raise CallError("\n".join(lines)) from None
