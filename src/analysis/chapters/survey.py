"""Chapter 3: the survey, in the five sections of the original."""

from __future__ import annotations

from analysis.chapters.statements import Statements
from analysis.chapters.survey_exhibits import (
    aspects_table,
    compare_figure,
    compared_items,
    largest_is_certain,
    leaders,
    proportions_table,
    shares_told,
)
from analysis.facts import fact_key
from analysis.raw.settings import Item
from analysis.report.spans import Block, Span, Text
from analysis.report.writer import Blocks
from analysis.study import Study, open_study

PART = "survey"
FRAME = fact_key("survey", "frame", "", "all", "municipalities", "count.asked")
BOTH = fact_key("survey", "response.both", "all", "all", "municipalities", "count.complete")
SUPPORT = {"professionals": "respondents", "officials": "municipalities"}


def open_survey(
    round: str | int = "2016",
    language: str = "nl",
    **cut_offs: float | None,
) -> SurveyChapter:
    """The survey chapter of a round; `cut_offs` as `Thresholds`, None for those of `round.yml`.

    Raises CallError for a wrong parameter.
    """
    return SurveyChapter(open_study(round, language, cut_offs))


class SurveyChapter(Statements):
    """The survey's sections; each method gives the blocks of one cell."""

    def __init__(self, study: Study) -> None:
        super().__init__(study, study.survey_facts)
        self.data = study.survey.data
        self.instrument = self.data.instrument
        files = [self.data.source, f"survey/{self.data.settings.instrument}"]
        self.source = self.sources(*files)

    # Pieces

    def response(self, group: str, base: str, statistic: str = "count.complete") -> str:
        """The key of a fact about the response."""
        return fact_key("survey", "response", group, "all", base, statistic)

    def _response_values(self) -> dict[str, Text]:
        w = self.writer
        return {
            "professionals": w.number(self.response("professionals", "respondents")),
            "teams": w.number(self.response("professionals", "municipalities")),
            "officials": w.number(self.response("officials", "respondents")),
            "offices": w.number(self.response("officials", "municipalities")),
            "frame": w.number(
                fact_key("survey", "frame", "", "all", "municipalities", "count.asked")
            ),
        }

    def items_of(self, group: str, theme: str | None = None) -> list[Item]:
        """The statements put to a group, in the order of the questionnaire."""
        return [
            item
            for item in self.instrument.items
            if group in item.publish and item.kind == "scale" and theme in (None, item.theme)
        ]

    def _leading(self, key: str, group: str, base: str, position: str) -> list[Span]:
        """A sentence about the statements with the highest count, or nothing."""
        found = leaders(self, group, base, position)
        if not found:
            return []
        return self.writer.say(key, leaders=found)

    def _among(self) -> list[Text]:
        """What superlatives must add where some statements are known only within a range."""
        facts = self.writer.facts
        counts = facts["statistic"].str.startswith("count.") & (facts["subject"] != "response")
        ranges = counts & (facts["known"] == "range")
        return [self.label("survey.among")] if ranges.any() else []

    # Cells

    def brief(self) -> Blocks:
        """What the chapter adds to the report in brief."""
        w = self.writer
        response = w.say("survey.brief_response", **self._response_values())
        sentences: list[Text] = [
            self._leading(f"survey.brief_{p}", "professionals", "municipalities", p)
            for p in ("agree", "disagree", "dont_know")
        ]
        blocks = [w.paragraph(response, *sentences, *self._among())]
        items = compared_items(self)
        if items and largest_is_certain(self, items):
            first, shares = items[0]
            short = first.short(self.words.code)
            told = w.say("survey.brief_difference", short=short, **shares_told(self, shares))
            blocks.append(w.paragraph(told))
        return w.blocks("brief", blocks)

    def introduction(self) -> Blocks:
        """The report's introduction."""
        w, say = self.writer, self.writer.say
        settings = self.data.settings
        year = w.plain(
            "fieldwork", "year", settings.fieldwork.year, f"survey/{settings.round}/round.yml",
            unit="year",
        )  # fmt: skip
        blocks = [
            w.heading(1, "introduction", self.label("survey.introduction.heading")),
            w.paragraph(self.label("survey.introduction.purpose")),
        ]
        above = fact_key("survey", "frame.threshold", "", "", "population", "share.above")
        if w.has(above):
            frame = self._response_values()["frame"]
            text = say("survey.introduction.round", year=year, frame=frame, above=w.number(above))
            blocks.append(w.paragraph(text))
        blocks.append(w.paragraph(say("survey.introduction.rebuilt")))
        if self.data.determined is not None:
            blocks.append(w.paragraph(say("survey.introduction.reconstructed")))
        return w.blocks("introduction", blocks)

    def enquete(self) -> Blocks:
        """Section 1: who was asked and who answered."""
        w = self.writer
        values = self._response_values()
        values |= {
            "themes": w.number(
                fact_key("survey", "themes", "", "", "themes", "count.distinguished")
            ),
            "teams_share": w.number(
                self.response("professionals", "municipalities", "share.complete")
            ),
            "offices_share": w.number(
                self.response("officials", "municipalities", "share.complete")
            ),
            "all": w.number(self.response("all", "respondents")),
        }
        reconstructed = self.data.determined is not None
        own_words = [w.paragraph(self.label("survey.enquete.own_words"))] if reconstructed else []
        return w.blocks(
            PART,
            [
                w.heading(1, "survey", self.label("survey.heading")),
                w.heading(2, "survey-enquete", self.label("survey.enquete.heading")),
                w.paragraph(w.say("survey.enquete.opening", **values)),
                w.paragraph(self.label("survey.enquete.unit")),
                *own_words,
                w.paragraph(w.say("survey.enquete.shares")),
            ],
        )

    def group(self, group: str) -> Blocks:
        """Section 2 or 3: all themes as one group answered them."""
        w = self.writer
        opening = w.say(
            f"survey.groups.{group}.opening",
            n=w.number(self.response(group, "respondents")),
            places=w.number(self.response(group, "municipalities")),
        )
        title = self.label(f"survey.groups.{group}.heading")
        blocks = [w.heading(2, f"survey-{group}", title), w.paragraph(opening)]
        for theme in self.instrument.themes:
            if self.items_of(group, theme.id):
                explain = not any(block["kind"] == "figure" for block in blocks)
                blocks += self._theme(group, theme.id, explain=explain)
        return w.blocks(PART, blocks)

    def _theme(self, group: str, name: str, *, explain: bool) -> list[Block]:
        w = self.writer
        theme = next(t for t in self.instrument.themes if t.id == name)
        title = theme.nl if self.words.code == "nl" else theme.en
        items = self.items_of(group, name)
        told = [item for item in items if self.known(item, group)]
        silent = [item for item in items if item not in told]
        blocks = [w.heading(3, f"survey-{group}-{name}", title)]
        if told:
            tag = f"{group}-{name}"
            figure = self.positions_figure(tag, title, told, group, self.source, explain=explain)
            blocks.append(figure)
        for item in told:
            blocks.append(w.paragraph(*self.sentences(item, group)))
        if silent:
            blocks.append(w.paragraph(self.unknown(silent)))
        if name == "policy" and group == "officials":
            blocks += aspects_table(self)
        return blocks

    def compare(self) -> Blocks:
        """Section 4: the two groups side by side."""
        w = self.writer
        blocks = [w.heading(2, "survey-compare", self.label("survey.compare.heading"))]
        items = compared_items(self)
        if items:
            blocks += [
                w.paragraph(w.say("survey.compare.opening")),
                compare_figure(self, items, self.source),
            ]
        sentences: list[Text] = []
        for item, shares in items:
            short = item.short(self.words.code)
            told = shares_told(self, shares)
            sentences.append(w.say("survey.compare.item", short=short, **told))
        if sentences:
            blocks.append(w.list(sentences))
        if self.data.determined is not None:
            both = w.number(BOTH)
            blocks.append(w.paragraph(w.say("survey.compare.caution_reconstructed", both=both)))
        return w.blocks(PART, blocks)

    def conclusions(self) -> Blocks:
        """Section 5: what stands out, from the results."""
        w = self.writer
        found = [
            self._leading(f"survey.brief_{p}", "professionals", "municipalities", p)
            for p in ("agree", "disagree", "dont_know")
        ]
        found.append(
            self._leading("survey.conclusions.officials", "officials", "respondents", "agree")
        )
        items = [spans for spans in found if spans]
        shares = {g: self.key("support_needed", g, b, "share.agree") for g, b in SUPPORT.items()}
        if all(w.has(share) for share in shares.values()):
            statement = self.statement(self.instrument.item("support_needed"))
            told = shares_told(self, shares)
            items.append(w.say("survey.conclusions.support", statement=statement, **told))
        heading = w.heading(2, "survey-conclusions", self.label("survey.conclusions.heading"))
        opening = w.paragraph(w.say("survey.conclusions.opening"))
        among = [w.paragraph(note) for note in self._among()]
        table = proportions_table(self, self.source)
        return w.blocks(PART, [heading, *among, w.list(items), opening, table])
