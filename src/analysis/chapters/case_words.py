"""What every section of the cases chapter says alike: counts, names, speakers and places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import zip_longest
from string import ascii_lowercase
from typing import Any
from unicodedata import normalize

from analysis.chapters.chapter import Chapter
from analysis.evidence.counts import QUOTATION
from analysis.facts import fact_key
from analysis.raw.cases import PROFILES_FILE, CaseData, codes
from analysis.raw.coding import FRAME_FILE
from analysis.report.charts.picture import literal
from analysis.report.spans import Span, Text, cite, text
from analysis.study import Study

__all__ = ["FRAME_FILE", "PROFILES_FILE", "CaseWords", "capital", "document_marks", "lower"]

# What stands as the place of a file that the researchers made themselves.
NOT_PUBLISHED = "niet gepubliceerd"


def document_marks(data: CaseData) -> dict[str, str]:
    """A short mark per document: its year, with a letter where a year has several.

    By file name, in the order of the marks. The documents of the study come first, as their
    fragments do. Those of added cases follow in the order of `cases.csv`, always with a letter: as
    rows are added at its end, no mark changes when another case comes.
    """
    found = data.counted.drop_duplicates("source").set_index("source")
    years = data.counted.groupby("source")["year"].min().astype(int)
    places = {case: place for place, case in enumerate(data.municipalities)}
    added = {str(name): file != data.files[0] for name, file in found["file"].items()}
    order = {
        name: places.get(str(found.at[name, "case"]), -1) if added[name] else -1 for name in added
    }
    marks: dict[str, str] = {}
    for year in sorted(years.unique()):
        names = sorted((n for n in added if years[n] == year), key=lambda n: (added[n], order[n]))
        own = sum(not added[name] for name in names)
        for name, letter in zip_longest(names, ascii_lowercase[: len(names)], fillvalue=""):
            if own == 1 and not added[name]:
                marks[name] = f"{year}"
            else:
                # Without a letter for each, a document goes by its own name.
                lettered = letter and (added[name] or own <= len(ascii_lowercase))
                marks[name] = f"{year}{letter}" if lettered else name
    return marks


class CaseWords(Chapter):
    """Counts, names and places, as every section of the chapter prints them."""

    def __init__(self, study: Study) -> None:
        super().__init__(study, study.case_facts)
        self.data = study.cases
        self.frame = self.data.frame
        self.provenance = "published" if len(self.data.files) == 1 else "measured"

    # Which municipalities

    @cached_property
    def scan_year(self) -> int | None:
        """The year of the study that held many municipalities against one policy matrix.

        None where all evidence of municipalities is of one year: there is nothing to tell apart.
        """
        municipal = self.data.counted[self.data.counted["case"].isin(list(self.cases))]
        coded = municipal[municipal["policy"] != ""].groupby("year")["case"].nunique()
        if coded.empty or municipal["year"].nunique() == 1:
            return None
        return int(str(coded.idxmax()))

    @property
    def cases(self) -> list[str]:
        """The municipalities, in the order of the profiles."""
        return list(self.data.municipalities)

    @cached_property
    def in_depth(self) -> list[str]:
        """The municipalities of which more is told than in the study of many."""
        profiles, fragments = self.data.profiles, self.data.counted
        added = set(fragments.loc[fragments["file"] != self.data.files[0], "case"])
        told = set(profiles.loc[profiles["year"] != self.scan_year, "case"]) | added
        told |= set(fragments.loc[fragments["year"] != self.scan_year, "case"])
        return [case for case in self.cases if case in told]

    def later(self) -> Text:
        """Which added cases are of later years than the round; nothing where none is."""
        fieldwork = self.study.survey.data.settings.fieldwork.year
        found = self.data.counted
        found = found[(found["file"] != self.data.files[0]) & (found["year"] > fieldwork)]
        told: list[Text] = []
        for case in (case for case in self.data.cases if (found["case"] == case).any()):
            part = found[found["case"] == case]
            file = " ".join(dict.fromkeys(part["file"]))
            years = [
                self.writer.plain(f"case.{case}", f"year.{year}", year, file, unit="year")
                for year in sorted(part["year"].astype(int).unique())
            ]
            name, when = literal(self.case_name(case)), self.writer.join(years)
            told.append(self.writer.say("cases.later.case", name=name, years=when))
        if not told:
            return ""
        return self.writer.say("cases.later.sentence", cases=self.writer.join(told))

    # Counts

    def key(self, subject: str, statistic: str, base: str = "") -> str:
        """The key of a fact of the case studies."""
        return fact_key("cases", subject, "", "", base, statistic)

    def how_many(self, subject: str, statistic: str, base: str = "") -> int:
        """A count; 0 where there is no such fact."""
        key = self.key(subject, statistic, base)
        return int(self.writer.value(key)) if self.writer.has(key) else 0

    def count(self, subject: str, statistic: str, base: str = "", *, words: bool = True) -> Span:
        """A count, spelled out when it is small and `words` are wanted."""
        key = self.key(subject, statistic, base)
        span, value = self.writer.number(key), self.how_many(subject, statistic, base)
        known = self.words.get("cases.number_words")
        return span | {"v": str(known[value])} if words and value < len(known) else span

    def cell(self, subject: str, statistic: str, base: str = "") -> Text:
        """A count in a table; a dash for nothing."""
        if not self.how_many(subject, statistic, base):
            return self.label("cases.none")
        return self.writer.number(self.key(subject, statistic, base))

    def noun(
        self, noun: str, subject: str, statistic: str, *, base: str = "", words: bool = True,
        label: str = "",
    ) -> list[Span]:  # fmt: skip
        """A count with its noun: "vijf knelpunten". `label` stands in for an unknown noun."""
        many = self.how_many(subject, statistic, base) != 1
        said = self.noun_alone(noun, many=many) or self.noun_alone("other", many=many)
        n = self.count(subject, statistic, base, words=words)
        return self.writer.say("cases.counted", n=n, noun=self.writer.fill(said, label=label))

    def noun_alone(self, noun: str, *, many: bool = True) -> str:
        """A noun without its count, or nothing when the language does not know it."""
        known = self.words.get("cases.nouns").get(noun, {})
        return str(known.get("many" if many else "one", ""))

    def is_small(self, subject: str) -> bool:
        """Whether all fragments of a subject can be counted in words."""
        return self.how_many(subject, "fragments") < len(self.words.get("cases.number_words"))

    def either(self, key: str, number: int, **values: Text) -> list[Span]:
        """The template for one or for more: `key` followed by `_one` or `_many`."""
        return self.writer.say(f"{key}_{'one' if number == 1 else 'many'}", **values)

    def kinds_of(self, subject: str, *, words: bool = True) -> Text:
        """The kinds that occur, with their counts: "vijf knelpunten en zes verbeterpunten"."""
        return self.writer.join(
            [
                self.noun(kind, subject, f"fragments.{kind}", words=words, label=known)
                for kind, known in self.labels("kinds").items()
                if self.how_many(subject, f"fragments.{kind}")
            ]
        )

    # Names

    def case_name(self, case: str) -> str:
        """The name of a municipality or a collection."""
        return self.data.case_label(case, self.words.code)

    def labels(self, group: str) -> dict[str, str]:
        """The names of the codes of a group of the frame, in their order."""
        return {k: v.label(self.words.code) for k, v in self.frame.group(group).items()}

    def theme_names(self, themes: Sequence[str]) -> list[Span]:
        """The names of themes, within a sentence."""
        labels = self.labels("themes")
        return self.writer.join([self.in_list(labels[theme]) for theme in themes])

    def in_list(self, label: str) -> str:
        """A label as it stands among others in a sentence.

        Between quotation marks where it holds the word that joins the others.
        """
        joins = f" {self.label('phrases.and')} " in label
        return self.label("charts.quote").format(text=lower(label)) if joins else lower(label)

    def actor_name(self, actor: str) -> str:
        """Those who speak, in the plural where the language knows it."""
        known = self.words.get("cases.actors")
        return str(known.get(actor, lower(self.labels("actors")[actor])))

    def actors_named(self, actors: Iterable[str]) -> list[Span]:
        """Several who speak: "wijkteams en gemeenten"."""
        return self.writer.join([self.actor_name(actor) for actor in actors])

    def counted(
        self, name: Text, subject: str, statistic: str, base: str = "", *, words: bool = True
    ) -> list[Span]:
        """A name with a count: "wijkteams (elf)"."""
        n = self.count(subject, statistic, base, words=words)
        return self.writer.say("cases.named", name=name, n=n)

    # Documents and places

    def citation(self, name: str) -> str:
        """The citation of a raw file; that of added interviews, made in Dutch, in this language."""
        source = self.source_of(name)
        made = name in self.data.files[1:] and source.url == NOT_PUBLISHED
        if not made or self.words.code == "nl":
            return source.citation
        found = self.data.fragments[self.data.fragments["file"] == name]
        cases = [self.case_name(case) for case in dict.fromkeys(found["case"])]
        years = [f"{year:.0f}" for year in sorted(found["year"].unique())]
        told = self.label("cases.added_citation")
        return told.format(cases=", ".join(cases), years=", ".join(years))

    @cached_property
    def marks(self) -> dict[str, str]:
        """The mark of each document (see `document_marks`)."""
        return document_marks(self.data)

    def item(self, row: Any) -> list[Span]:
        """A fragment in our words with, between brackets, its speakers, document and line."""
        w = self.writer
        summary = str(getattr(row, f"summary_{self.words.code}")).strip()
        labels = self.labels("actors")
        origin: list[Text] = [w.join([lower(labels[actor]) for actor in codes(row.actor)])]
        if row.form == QUOTATION:
            origin.append(self.label("cases.quoted"))
        origin.append(self.place(row))
        joined: list[Span] = []
        for part in origin:
            joined += [*text("; " if joined else ""), *text(part)]
        stop = "." if summary.endswith(".") else ""
        said = w.say("cases.item", text=summary.removesuffix("."), origin=joined)
        return said + text(stop)

    def place(self, row: Any) -> Span:
        """Where a fragment stands: the mark of the document and the line, where there is one."""
        mark = self.marks.get(row.source, row.source)
        if row.line != row.line:
            return cite(mark)
        return cite(self.label("cases.place").format(mark=mark, line=f"{row.line:.0f}"))


def whole_ranks(counts: Sequence[int], most: int) -> int:
    """How many of `counts`, highest first, can be named as the highest: `most`, or fewer.

    None that is left out is as high as one that is named; 0 where too many share the first place.
    """
    named = min(most, len(counts))
    while 0 < named < len(counts) and counts[named - 1] == counts[named]:
        named -= 1
    return named


def lower(label: str) -> str:
    """`label` as it stands within a sentence; an abbreviation keeps its capitals."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def capital(spans: Sequence[Span]) -> list[Span]:
    """`spans` with a capital where they begin with a word; it loses its accent ("Eén")."""
    if not spans or spans[0]["t"] != "text":
        return list(spans)
    said = str(spans[0]["v"])
    first = normalize("NFD", said[:1].upper())[:1]
    return [spans[0] | {"v": first + said[1:]}, *spans[1:]]
