"""Chapter 2: youth care by origin."""

from __future__ import annotations

import pandas as pd

from analysis.chapters.chapter import Chapter
from analysis.facts import fact_key
from analysis.raw.literature import ORIGINS_FILE
from analysis.raw.tables import rows
from analysis.report.charts import draw_origin
from analysis.report.spans import Block, Span, Text
from analysis.report.writer import Blocks
from analysis.study import Study, open_study

PART = "literature"


def open_literature(round: str | int = "2016", language: str = "nl") -> LiteratureChapter:
    """The literature chapter of a round. Raises CallError for a wrong parameter."""
    return LiteratureChapter(open_study(round, language))


class LiteratureChapter(Chapter):
    """Youth care by origin in the last year that the data hold."""

    def __init__(self, study: Study) -> None:
        super().__init__(study, study.literature_facts)
        origins = study.origins
        self.year = int(origins["year"].max())
        self.origins = origins[origins["year"] == self.year].reset_index(drop=True)
        groups = self.origins[self.origins["level"] >= 1].sort_values("share_percent")
        self.lowest, self.highest = str(groups.iloc[0]["origin"]), str(groups.iloc[-1]["origin"])

    def _key(self, origin: str, statistic: str) -> str:
        return fact_key("literature", origin, "", "", f"youth {self.year}", statistic)

    def _share(self, origin: str) -> Span:
        return self.writer.number(self._key(origin, "share_percent"), places=2)

    def _ratio(self, origin: str) -> Span:
        return self.writer.number(self._key(origin, "ratio_to_total"), places=1)

    def _name(self, origin: str) -> str:
        return self.label(f"origins.{origin}")

    def _year(self) -> Span:
        return self.writer.number(
            fact_key("literature", "youth_care_by_origin", "", "", "", "year")
        )

    def _extremes(self) -> dict[str, Text]:
        return {
            "highest": self._name(self.highest),
            "lowest": self._name(self.lowest),
            "most": self._share(self.highest),
            "least": self._share(self.lowest),
        }

    def brief(self) -> Blocks:
        """What the chapter adds to the report in brief."""
        w = self.writer
        values: dict[str, Text] = {"year": self._year(), "total": self._share("total")}
        title = w.heading(1, "brief", self.label("report.parts.brief"))
        text = w.say("literature.brief", **values, **self._extremes())
        return w.blocks("brief", [title, w.paragraph(text)])

    def reach(self) -> Blocks:
        """The figure of youth care by origin, with what it shows."""
        w = self.writer
        opening = w.say(
            "literature.opening",
            year=self._year(),
            total=self._share("total"),
            dutch=self._share("dutch_background"),
            migration=self._share("migration_background"),
        )
        extremes = w.say(
            "literature.extremes",
            **self._extremes(),
            most_ratio=self._ratio(self.highest),
            least_ratio=self._ratio(self.lowest),
        )
        return w.blocks(
            PART,
            [
                w.heading(1, "literature", self.label("literature.heading")),
                w.heading(2, "literature-reach", self.label("literature.reach")),
                w.paragraph(opening),
                self._figure(),
                w.paragraph(extremes),
            ],
        )

    def _figure(self) -> Block:
        w = self.writer
        frame = self.origins.assign(
            fact=[self._key(o, "share_percent") for o in self.origins["origin"]],
            label=[self._name(o) for o in self.origins["origin"]],
            ratio_to_total=[
                w.value(self._key(o, "ratio_to_total")) for o in self.origins["origin"]
            ],
            provenance="published",
        )
        return w.figure(
            "figure-origin",
            draw_origin(frame, self.words),
            source=self.sources(ORIGINS_FILE),
            provenance="published",
            table=self._table(frame),
            note=self.label("literature.note"),
        )

    def _table(self, frame: pd.DataFrame) -> Block:
        columns: list[tuple[Text, str]] = [
            (self.label("literature.columns.origin"), "left"),
            (self.label("literature.columns.share"), "right"),
            (self.label("literature.columns.ratio"), "right"),
        ]
        cells: list[list[Text]] = [
            [row.label, self._share(row.origin), self._ratio(row.origin)] for row in rows(frame)
        ]
        return self.writer.table(
            "table-origin",
            self.label("literature.table_title"),
            columns,
            cells,
            source=self.sources(ORIGINS_FILE),
        )

    def implied(self) -> Blocks:
        """The shares of groups that the printed percentages imply; nothing where they do not."""
        w = self.writer
        migration = self._key("migration_background", "implied_share_of.total")
        western = self._key("western", "implied_share_of.migration_background")
        if not (w.has(migration) and w.has(western)):
            return w.blocks(PART, [])
        text = w.say(
            "literature.implied",
            migration=w.point(migration, places=1),
            migration_interval=w.interval(migration, places=1),
            western=w.point(western, places=1),
            western_interval=w.interval(western, places=1),
        )
        heading = w.heading(2, "literature-implied", self.label("literature.implied_heading"))
        return w.blocks(PART, [heading, w.paragraph(text)])
