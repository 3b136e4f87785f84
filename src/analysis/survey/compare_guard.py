"""What may not be shown when rounds are compared: sets and shares that rest on too few."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.facts import fact_frame, fact_key
from analysis.survey.inference import inference_facts
from analysis.survey.protect import exposed, protect
from analysis.survey.protect_rounding import by_person
from analysis.survey.results import SurveyData, survey_facts

Place = tuple[str, str]  # group, item


def published_facts(data: SurveyData) -> pd.DataFrame:
    """The facts that the report of a round itself may print."""
    facts = survey_facts(data)
    return facts if data.reconstructed else protect(facts, data).facts


def report_facts(data: SurveyData) -> pd.DataFrame:
    """The same with its means and tests, which somebody who compares rounds may have read too."""
    return protect(pd.concat([survey_facts(data), fact_frame(inference_facts(data))]), data).facts


def levels_of(facts: pd.DataFrame, when: str) -> pd.DataFrame:
    """The mean levels of a comparison that are about the round of `now` or `then`.

    All named as those of the later round, as which `mean_relations` reads them.
    """
    own = facts[facts["statistic"].str.match(rf"level\.mean\.[^.]+\.{when}$")]
    return own.assign(fact=own["fact"].str.replace(rf"\.{when}$", ".now", regex=True))


def means_that_tell(
    data: SurveyData, published: pd.DataFrame, compared: pd.DataFrame, when: str
) -> frozenset[Place]:
    """Statements of which a round hides counts that `compared` means would tell.

    `published` is what the round prints besides, `when` whether it is the later one (`now`).
    """
    found = exposed(pd.concat([published, levels_of(compared, when)]), survey_facts(data), data)
    return frozenset((key[2], key[1]) for key in (one.cell.split("/") for one in found))


def hidden_shares(data: SurveyData, facts: pd.DataFrame) -> frozenset[Place]:
    """Statements of which a round's own report, which prints `facts`, hides how many agree.

    Where counts of respondents are rounded, so are those who agree, and how many municipalities
    agree would give them back.
    """
    rounded = by_person(data) if data.settings.rounding else frozenset()
    return frozenset(
        (group, item.id)
        for item in data.instrument.items
        for group, base in item.publish.items()
        if (item.id, group) in rounded
        or fact_key("survey", item.id, group, "all", base, "count.agree") not in facts.index
    )


class Guard:
    """Rules over the values of one measure: frames with `value` and `people` by municipality.

    `least` is the fewest respondents that anything shown, or that can be worked out from what is
    shown, may rest on. Remembers which sets of the later round were shown, over several earlier
    rounds, so that no two of them differ by only a few respondents.
    """

    def __init__(self, least: int = 1) -> None:
        self.least = least
        self._shown: dict[tuple[str, ...], list[pd.Series]] = {}

    def few(self, *sets: pd.DataFrame) -> bool:
        """Whether one of the sets rests on too few."""
        return any(values["people"].sum() < self.least for values in sets)

    def unmatched(
        self, place: tuple[str, ...], now: pd.DataFrame, then: pd.DataFrame, linked: pd.DataFrame
    ) -> str:
        """Why the matched municipalities cannot be shown; empty when they can.

        `few` respondents or one municipality only; or so few respondents in the `rest` that all
        less matched would tell what these answered.
        """
        both = now.index.intersection(linked.index)
        inside = now["people"].loc[both], linked["people"].loc[both]
        if len(both) < 2 or min(side.sum() for side in inside) < self.least:
            return "few"
        rests = [now["people"].sum() - inside[0].sum(), then["people"].sum() - inside[1].sum()]
        for before in self._shown.get(place, []):
            for larger, smaller in ((before, inside[0]), (inside[0], before)):
                if set(smaller.index) <= set(larger.index):
                    rests.append(larger.sum() - smaller.sum())
        return "rest" if any(0 < rest < self.least for rest in rests) else ""

    def covered(
        self, now: pd.DataFrame, then: pd.DataFrame, linked: pd.DataFrame | None = None
    ) -> bool:
        """Whether shares cannot be shown: too few respondents agree, or do not.

        Without `linked` of all municipalities; with it, of the matched ones and of the rest.
        """
        sets = [now, then]
        if linked is not None:
            both = now.index.intersection(linked.index)
            sets = [now.loc[both], linked.loc[both]]
            wholes = [self._sides(values) for values in (now, then)]
            parts = [self._sides(values) for values in sets]
            rests = [
                abs(all_ - some)
                for whole, part in zip(wholes, parts, strict=True)
                for all_, some in zip(whole, part, strict=True)
            ]
            if any(0 < rest < self.least for rest in rests):
                return True
        return any(0 < n < self.least for values in sets for n in self._sides(values))

    def remember(self, place: tuple[str, ...], now: pd.DataFrame, linked: pd.DataFrame) -> None:
        """Note that the matched municipalities of the later round are shown."""
        both = now.index.intersection(linked.index)
        self._shown.setdefault(place, []).append(now["people"].loc[both])

    @staticmethod
    def _sides(values: pd.DataFrame) -> Iterator[int]:
        """How many respondents stand behind the municipalities that agree, and the others."""
        agrees = values["value"] > 0
        return (int(values["people"][side].sum()) for side in (agrees, ~agrees))
