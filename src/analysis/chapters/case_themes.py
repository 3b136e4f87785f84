"""Chapter 4, second half: what was said, theme by theme."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

import pandas as pd

from analysis.cases import BULLET, JOINT
from analysis.chapters.case_profiles import FRAGMENTS_FILE, CaseProfiles, lower
from analysis.raw.tables import rows
from analysis.report.spans import Block, Span, Text, cite, text

QUOTATION = "quotation"


class CaseThemes(CaseProfiles):
    """The section of a theme: how much there is, who speaks, and every fragment."""

    # Pieces

    @property
    def themes_told(self) -> list[str]:
        """The themes that have fragments, in the order of the coding frame."""
        return [t for t in self.frame.themes if self.how_many(f"theme.{t}", "fragments")]

    def theme_names(self, themes: Sequence[str]) -> list[Span]:
        """The names of themes, within a sentence."""
        labels = self.labels("themes")
        return self.writer.join([lower(labels[theme]) for theme in themes])

    @property
    def main_file(self) -> str:
        """The document that most fragments come from."""
        return str(self.data.fragments["source"].mode().iloc[0])

    def actor_name(self, actor: str) -> str:
        """Those who speak, in the plural where the language knows it."""
        known = self.words.get("cases.actors")
        return str(known.get(actor, lower(self.labels("actors")[actor])))

    def speakers(self, theme: str = "") -> list[tuple[str, str, str]]:
        """Who speaks, most first: the actor, and the subject and statistic of the count."""
        found = [
            (actor, f"theme.{theme}", f"fragments.actor.{actor}")
            if theme
            else (actor, f"actor.{actor}", "fragments")
            for actor in self.frame.actors
        ]
        told = [one for one in found if self.how_many(*one[1:])]
        return sorted(told, key=lambda one: -self.how_many(*one[1:]))

    def counted(self, name: Text, subject: str, statistic: str, words: bool) -> list[Span]:
        """A name with a count: "wijkteams (elf)"."""
        n = self.count(subject, statistic, words=words)
        return self.writer.say("cases.voices.count", name=name, n=n)

    def variant(self, key: str, theme: str) -> str:
        """One of several phrasings, so that sections do not all read the same."""
        templates = self.words.get(key)
        return str(templates[self.themes_told.index(theme) % len(templates)])

    # A section

    def theme_blocks(self, theme: str) -> list[Block]:
        """The heading of a theme, a paragraph about it, and its fragments by form."""
        w = self.writer
        item = self.frame.themes[theme]
        heading = w.heading(2, f"cases-{theme}", item.label(self.words.code))
        definition = str(getattr(item, f"definition_{self.words.code}"))
        aim: Span = {"t": "em", "v": definition}
        fragments = self.data.fragments[self.data.fragments["theme"] == theme]
        if fragments.empty:
            return [heading, w.paragraph(aim, self.label("cases.theme.none"))]
        ordered = fragments.sort_values(["source", "line"], kind="stable")
        bullets = ordered[ordered["form"] == BULLET]
        voices = ordered[ordered["form"] == QUOTATION]
        others = ordered[~ordered["form"].isin([BULLET, QUOTATION])]
        return [
            heading,
            w.paragraph(aim, self._numbers(theme), self._speakers(theme), self._apart(theme)),
            *self._bullets(theme, bullets),
            *self._others(theme, others, alone=bullets.empty),
            *(self._voice(row) for row in rows(voices)),
        ]

    def _numbers(self, theme: str) -> Text:
        """How many fragments, of which kinds."""
        subject, w = f"theme.{theme}", self.writer
        kinds = [
            label
            for kind, label in self.labels("kinds").items()
            if self.how_many(subject, f"fragments.{kind}")
        ]
        fragments = self.noun("fragments", subject, "fragments")
        if len(kinds) == 1:
            key = "one" if self.how_many(subject, "fragments") == 1 else "same"
            return w.say(f"cases.theme.{key}", fragments=fragments, kind=lower(kinds[0]))
        template = self.variant("cases.theme.many", theme)
        words = self.is_small(subject)
        return w.fill(template, fragments=fragments, kinds=self.kinds_of(subject, words=words))

    def _speakers(self, theme: str) -> Text:
        """Whose view the fragments give."""
        w, subject = self.writer, f"theme.{theme}"
        speakers, words = self.speakers(theme), self.is_small(subject)
        total = self.how_many(subject, "fragments")
        actor, *place = speakers[0]
        if len(speakers) == 1:
            key = "one" if total == 1 else "all"
            return w.say(f"cases.theme.speakers_{key}", actor=self.actor_name(actor))
        told = [self.counted(self.actor_name(a), s, k, words) for a, s, k in speakers]
        if 2 * self.how_many(*place) <= total:
            return w.say("cases.theme.speakers_mixed", others=w.join(told))
        return w.fill(
            self.variant("cases.theme.speakers_most", theme),
            actor=self.actor_name(actor),
            n=self.count(*place, words=words),
            others=w.join(told[1:]),
        )

    def _apart(self, theme: str) -> Text:
        """The municipalities that have fragments of their own."""
        subject = f"theme.{theme}"
        told = [
            self.counted(self.case_name(case), subject, statistic, self.is_small(subject))
            for case in self.frame.cases
            if case != JOINT and self.how_many(subject, statistic := f"fragments.case.{case}")
        ]
        return (
            self.either("cases.theme.cases", len(told), cases=self.writer.join(told))
            if told
            else ""
        )

    # Its fragments

    def _bullets(self, theme: str, bullets: pd.DataFrame) -> Iterator[Block]:
        """What the source lists: kinds side by side, or one kind as a list."""
        if bullets.empty:
            return
        w = self.writer
        kinds = [kind for kind in self.frame.kinds if (bullets["kind"] == kind).any()]
        told = self.kinds_of(f"theme.{theme}", "bullets", words=self.is_small(f"theme.{theme}"))
        actors = list(bullets["actor"].unique())
        if len(actors) == 1:
            actor = self.actor_name(actors[0])
            told = w.say("cases.theme.bullets_of", bullets=told, actor=actor)
        lists = [
            [
                self._item(row, actor=len(actors) > 1)
                for row in rows(bullets[bullets["kind"] == kind])
            ]
            for kind in kinds
        ]
        if len(kinds) == 1:
            yield w.paragraph(w.say("cases.theme.bullets", bullets=told))
            yield w.list(lists[0])
            return
        ref: Span = {"t": "ref", "to": f"table-cases-theme-{theme}"}
        template = self.variant("cases.theme.table", theme)
        yield w.paragraph(w.fill(template, bullets=told, ref=ref))
        yield self._table_beside(theme, kinds, lists)

    def _table_beside(
        self, theme: str, kinds: Sequence[str], lists: Sequence[Sequence[Text]]
    ) -> Block:
        """Lists side by side, in the order of the source."""
        w, labels = self.writer, self.labels("kinds")
        heads = [self.noun_alone(kind) or lower(labels[kind]) for kind in kinds]
        return w.table(
            f"table-cases-theme-{theme}",
            w.say(
                "cases.theme.table_title",
                theme=self.labels("themes")[theme],
                kinds=w.join(heads),
            ),
            [(head[:1].upper() + head[1:], "left") for head in heads],
            list(zip_longest(*lists, fillvalue=self.label("cases.none"))),
            source=self.sources(FRAGMENTS_FILE),
            note=self.label("cases.theme.table_note"),
        )

    def _others(self, theme: str, others: pd.DataFrame, *, alone: bool) -> Iterator[Block]:
        """What stands in running text, by kind; a theme of one kind has said which."""
        if others.empty:
            return
        w, labels = self.writer, self.labels("kinds")
        yield w.paragraph(self.variant(f"cases.theme.{'alone' if alone else 'others'}", theme))
        place = {kind: index for index, kind in enumerate(labels)}
        ordered = others.sort_values("kind", key=lambda kinds: kinds.map(place), kind="stable")
        told = [k for k in labels if self.how_many(f"theme.{theme}", f"fragments.{k}")]
        yield w.list(
            [
                [*(self._kind(labels[row.kind]) if len(told) > 1 else []), *self._item(row)]
                for row in rows(ordered)
            ]
        )

    def _kind(self, label: str) -> list[Span]:
        said = self.label("cases.theme.kind").format(kind=label)
        return [{"t": "strong", "v": said}, *text(" ")]

    def _voice(self, row: Any) -> Block:
        """The words of someone, as a paraphrase that says that it is one."""
        actor = self.labels("actors")[row.actor]
        said = self.label("cases.theme.paraphrase").format(actor=actor)
        mark: Span = {"t": "strong", "v": said}
        return self.writer.paragraph(mark, self._item(row, actor=False), role="note")

    def _item(self, row: Any, *, actor: bool = True) -> list[Span]:
        """A fragment with, between brackets, its municipality, its speaker and its line."""
        w = self.writer
        summary = str(getattr(row, f"summary_{self.words.code}")).strip()
        origin: list[Text] = []
        name = self.case_name(row.case)
        if row.case != JOINT and (not isinstance(name, str) or name not in summary):
            origin.append(name)
        if actor:
            origin.append(lower(self.labels("actors")[row.actor]))
        origin.append(self._line(row))
        joined: list[Span] = []
        for part in origin:
            joined += [*text("; " if joined else ""), *text(part)]
        stop = "." if summary.endswith(".") else ""
        said = w.say("cases.item", text=summary.removesuffix("."), origin=joined)
        return said + text(stop)

    def _line(self, row: Any) -> Span:
        key = "line" if row.source == self.main_file else "line_of"
        template = self.label(f"cases.{key}")
        return cite(template.format(source=row.source, line=f"{row.line:.0f}"))
