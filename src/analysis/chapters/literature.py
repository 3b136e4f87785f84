"""Chapter 2: youth care by origin."""

from __future__ import annotations

import math

import pandas as pd

from analysis.chapters.chapter import Chapter
from analysis.chapters.literature_years import over_the_years, places_of, sign_name
from analysis.facts import fact_key
from analysis.raw.literature import last_year
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
    """Youth care by origin in the last year with figures, and over the years if there are more."""

    def __init__(self, study: Study) -> None:
        super().__init__(study, study.literature_facts)
        self.all_years = origins = study.origins
        self.year = last_year(origins) or int(origins["year"].max())
        self.origins = origins[origins["year"] == self.year].reset_index(drop=True)
        self.file = str(self.origins["file"].iloc[0])
        groups = self.origins[self.origins["level"] >= 1].sort_values("share_percent")
        groups = groups[groups["share_percent"].notna()]
        self.lowest, self.highest = str(groups.iloc[0]["origin"]), str(groups.iloc[-1]["origin"])

    def _key(self, origin: str, statistic: str) -> str:
        return fact_key("literature", origin, "", "", f"youth {self.year}", statistic)

    def _share(self, origin: str) -> Text:
        key = self._key(origin, "share_percent")
        if not self.writer.has(key):
            sign = self.origins.loc[self.origins["origin"] == origin, "sign"].iloc[0]
            return self.label(f"literature.signs.{sign_name(sign)}")
        row = self.origins[self.origins["origin"] == origin].iloc[0]
        return self.writer.number(key, places=places_of(row["decimals"]))

    def _ratio(self, origin: str) -> Text:
        key = self._key(origin, "ratio_to_total")
        if not self.writer.has(key):
            return self.label("literature.signs.none")
        return self.writer.number(key, places=1)

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
                w.paragraph(self._opening()),
                self._figure(),
                w.paragraph(extremes),
                *over_the_years(self, self.all_years),
            ],
        )

    def _opening(self) -> list[Span]:
        """The total, and the two groups that it consists of where figures are by background."""
        w = self.writer
        values: dict[str, Text] = {"year": self._year(), "total": self._share("total")}
        parts = {"dutch": "dutch_background", "migration": "migration_background"}
        if not all(w.has(self._key(origin, "share_percent")) for origin in parts.values()):
            return w.say("literature.opening_other", **values)
        values |= {name: self._share(origin) for name, origin in parts.items()}
        return w.say("literature.opening", **values)

    def _figure(self) -> Block:
        w = self.writer
        frame = self.origins.assign(
            fact=[self._key(o, "share_percent") for o in self.origins["origin"]],
            label=[self._name(o) for o in self.origins["origin"]],
            ratio_to_total=[self._ratio_value(o) for o in self.origins["origin"]],
            places=[places_of(decimals) for decimals in self.origins["decimals"]],
            provenance="published",
        )
        return w.figure(
            "figure-origin",
            draw_origin(frame, self.words),
            source=self.sources(self.file),
            provenance="published",
            table=self._table(frame),
            note=self.label("literature.note"),
        )

    def _ratio_value(self, origin: str) -> float:
        key = self._key(origin, "ratio_to_total")
        return self.writer.value(key) if self.writer.has(key) else math.nan

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
            source=self.sources(self.file),
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
