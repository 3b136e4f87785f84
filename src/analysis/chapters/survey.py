"""Chapter 3: the survey, in the five sections of the original."""

from __future__ import annotations

from analysis.chapters.boxes import boxes_ticked, printed_aspects
from analysis.chapters.statements import Statements
from analysis.chapters.survey_exhibits import (
    compare_figure,
    compared_items,
    largest_is_certain,
    leaders,
    proportions_table,
    ranked,
    shares_told,
)
from analysis.facts import fact_key
from analysis.raw.settings import Item
from analysis.report.charts.picture import literal
from analysis.report.spans import Block, Span, Text, code
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
        self.source = self._source()

    # Pieces

    def _source(self) -> list[Span]:
        """Where the exhibits come from: the documents that were read, or the answers."""
        if self.data.reconstructed:
            return self.sources(self.data.source, f"survey/{self.data.settings.instrument}")
        key = f"survey.answers.{self.data.provenance}"
        return self.writer.say(key, file=code(self.data.source))

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
        return [item for item in self._put_to(group, theme) if item.kind == "scale"]

    def _put_to(self, group: str, theme: str | None = None) -> list[Item]:
        """Everything that was asked of a group."""
        return [
            item
            for item in self.instrument.items
            if group in item.publish and theme in (None, item.theme)
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
        if self.study.protected.hidden:
            return [self.label("survey.among_hidden")]
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
            told = w.say(
                "survey.brief_difference", short=self.short(first), **shares_told(self, shares)
            )
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
        frame = self._response_values()["frame"]
        above = fact_key("survey", "frame.threshold", "", "", "population", "share.above")
        if w.has(above):
            said = say("survey.introduction.round", year=year, frame=frame, above=w.number(above))
        else:
            said = say("survey.introduction.round_plain", year=year, frame=frame)
        blocks += [
            w.paragraph(said),
            w.paragraph(say(f"survey.introduction.rebuilt.{self.kind}")),
            w.paragraph(say(f"survey.introduction.{self.data.provenance}")),
        ]
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
        own_words = []
        if self.data.reconstructed:
            own_words = [w.paragraph(self.label("survey.enquete.own_words"))]
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
        heading = w.heading(2, f"survey-{group}", title)
        if not w.value(self.response(group, "respondents")):
            nobody = self.label(f"survey.groups.{group}.nobody")
            return w.blocks(PART, [heading, w.paragraph(nobody)])
        blocks = [heading, w.paragraph(opening)]
        for theme in self.instrument.themes:
            if self._put_to(group, theme.id):
                explain = not any(block["kind"] == "figure" for block in blocks)
                blocks += self._theme(group, theme.id, explain=explain)
        return w.blocks(PART, blocks)

    def _theme(self, group: str, name: str, *, explain: bool) -> list[Block]:
        w = self.writer
        theme = next(t for t in self.instrument.themes if t.id == name)
        title = theme.nl if self.words.code == "nl" else theme.en
        items = self.items_of(group, name)
        told = [item for item in items if self.is_told(item, group)]
        held_back = [item for item in items if item not in told and self.is_held_back(item, group)]
        silent = [item for item in items if item not in (*told, *held_back)]
        blocks = [w.heading(3, f"survey-{group}-{name}", literal(title))]
        if told:
            tag = f"{group}-{name}"
            figure = self.positions_figure(tag, title, told, group, self.source, explain=explain)
            blocks.append(figure)
        for item in told:
            blocks.append(w.paragraph(*self.sentences(item, group)))
        if held_back:
            quotes: list[Text] = [
                w.say("survey.statement.quote", statement=self.statement(i)) for i in held_back
            ]
            blocks.append(w.paragraph(w.say("survey.statement.all_hidden", list=w.join(quotes))))
        if silent:
            blocks.append(w.paragraph(self.unknown(silent)))
        return blocks + self._boxes(group, name)

    def _boxes(self, group: str, theme: str) -> list[Block]:
        """The multiple-choice items of a theme."""
        if self.data.reconstructed:
            return printed_aspects(self) if (group, theme) == ("officials", "policy") else []
        items = [item for item in self._put_to(group, theme) if item.kind == "multiple"]
        return [b for item in items for b in boxes_ticked(self, item, group, self.source)]

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
            told = shares_told(self, shares)
            sentences.append(w.say("survey.compare.item", short=self.short(item), **told))
        if sentences:
            blocks.append(w.list(sentences))
        if not items and not self.data.reconstructed:
            blocks.append(w.paragraph(self.label("survey.compare.none")))
        caution = w.say(f"survey.compare.caution.{self.kind}", both=w.number(BOTH))
        return w.blocks(PART, [*blocks, w.paragraph(caution)])

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
        blocks = [w.heading(2, "survey-conclusions", self.label("survey.conclusions.heading"))]
        blocks += [w.paragraph(note) for note in self._among()]
        if items:
            blocks.append(w.list(items))
        if ranked(self, "professionals", "municipalities", "agree"):
            opening = w.say(f"survey.conclusions.opening.{self.kind}")
            blocks += [w.paragraph(opening), proportions_table(self, self.source)]
        else:
            blocks.append(w.paragraph(self.label("survey.conclusions.no_table")))
        return w.blocks(PART, blocks)
