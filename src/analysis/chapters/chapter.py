"""What every chapter has: a study, a writer, and the sources of what it shows."""

from __future__ import annotations

import pandas as pd

from analysis.language.words import Language
from analysis.raw.sources import Source, read_source
from analysis.report.spans import Span, Text, cite
from analysis.report.writer import Writer
from analysis.study import Study


class Chapter:
    """The blocks of one notebook, written from one study."""

    def __init__(self, study: Study, facts: pd.DataFrame) -> None:
        self.study = study
        self.words: Language = study.language
        self.writer = Writer(study.language, facts)

    def label(self, key: str) -> str:
        """A short text of the language."""
        return self.words.label(key)

    def source_of(self, name: str) -> Source:
        """The sidecar of a raw file."""
        return read_source(self.study.project, self.study.project.raw / name)

    def citation(self, name: str) -> str:
        """How a raw file is cited."""
        return self.source_of(name).citation

    def sources(self, *files: str) -> list[Span]:
        """The citations of raw files, from their sidecars, each once."""
        found = [self.citation(name) for name in files]
        texts: list[Text] = [cite(citation) for citation in dict.fromkeys(found)]
        spans: list[Span] = []
        for index, item in enumerate(texts):
            spans += [{"t": "text", "v": " "}] if index else []
            spans.append(item)  # type: ignore[arg-type]
        return spans
