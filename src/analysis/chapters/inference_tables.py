"""Tables of the groups compared, and of agreement."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.chapters.inference_show import Inference
from analysis.report.spans import Block, Text
from analysis.survey.inference_scores import TOO_LARGE


def paired_tables(show: Inference) -> Iterator[Block]:
    """The difference in the same municipalities, and the tests behind it."""
    items = show.told("all", "pairs", "paired.mean")
    first, second = [], []
    for item in items:
        keys = {
            name: show.key(item, "all", "pairs", f"paired.{name}")
            for name in (
                *("mean", "hodges_lehmann", "level_officials", "level_professionals", "p_bh"),
                *("rank_biserial", "p_sign_flip", "p_t", "p_wilcoxon", "p_holm"),
            )
        }
        first.append(
            [
                *(show.chapter.short(item), show.base(keys["mean"])),
                *(show.number(keys[f"level_{g}"], 2) for g in ("officials", "professionals")),
                *(show.signed(keys["mean"], 2), show.interval(keys["mean"], 2)),
            ]
        )
        second.append(
            [
                show.chapter.short(item),
                show.p_value(keys["p_sign_flip"], keys["p_t"]),
                show.p_value(keys["p_holm"], keys["p_bh"]),
                show.p_value(keys["p_wilcoxon"]),
                show.signed(keys["hodges_lehmann"], 2),
                show.interval(keys["hodges_lehmann"], 2),
                show.signed(keys["rank_biserial"], 2),
            ]
        )
    columns = ["item", "pairs", "officials", "professionals", "difference", "interval"]
    note = show.say("inference.differences.note", confidence=show.confidence())
    yield show.table(
        "table-paired", show.label("inference.differences.table"), columns, first, note
    )
    columns = ["item", "p", "p_adjusted", "p_wilcoxon", "hodges_lehmann", "interval", "biserial"]
    note = show.say(f"inference.differences.tests_note.{'large' if _large(show) else 'exact'}")
    title = show.label("inference.differences.tests_table")
    yield show.table("table-paired-tests", title, columns, second, note)


def _large(show: Inference) -> bool:
    """Whether there were too many respondents for tests over permutations."""
    return bool(show.told("all", "pairs", f"absent.permutations.{TOO_LARGE}"))


def ordinal_table(show: Inference) -> Block:
    """The groups compared over all respondents."""
    cells: list[list[Text]] = []
    for item in show.told("all", "respondents", "superiority.probability"):
        log_odds, above, p, holm, bh = (
            show.key(item, "all", "respondents", name)
            for name in (
                *("ordinal.log_odds", "superiority.probability", "ordinal.p"),
                *("ordinal.p_holm", "ordinal.p_bh"),
            )
        )
        effect = show.reason(item, "all", "respondents", "ordinal")
        if show.w.has(log_odds):
            effect = show.signed(log_odds, 2)
        cells.append(
            [
                *(show.chapter.short(item), show.base(above), effect),
                *(show.interval(log_odds, 2), show.p_value(p), show.p_value(holm, bh)),
                *(show.number(above, 2), show.interval(above, 2)),
            ]
        )
    columns = (
        *("item", "respondents", "log_odds", "interval", "p", "p_adjusted"),
        *("superiority", "interval"),
    )
    note = show.say("inference.differences.ordinal_note", confidence=show.confidence())
    title = show.label("inference.differences.ordinal_table")
    return show.table("table-ordinal", title, columns, cells, note)


def teams_table(show: Inference, group: str) -> Block:
    """Agreement within the municipalities of a group."""
    cells: list[list[Text]] = []
    for item in show.told(group, "teams", "rwg.mean"):
        rwg, first, second = (
            show.key(item, group, "teams", name)
            for name in ("rwg.mean", "icc1.score", "icc2.score")
        )
        single = (
            show.number(first, 2)
            if show.w.has(first)
            else show.reason(item, group, "teams", "icc1")
        )
        cells.append(
            [
                *(show.chapter.short(item), show.base(rwg), show.number(rwg, 2), single),
                *(show.interval(first, 2), show.number(second, 2), show.interval(second, 2)),
            ]
        )
    columns = ("item", "places", "rwg", "icc1", "interval", "icc2", "interval")
    noun = show.chapter.label(f"survey.groups.{group}.noun")
    title = show.say("inference.agreement.table", noun=noun)
    note = show.say("inference.agreement.note", confidence=show.confidence())
    return show.table(f"table-teams-{group}", title, columns, cells, note)


def between_table(show: Inference) -> Block | None:
    """Agreement between officials and professionals of the same municipality."""
    cells: list[list[Text]] = []
    for item in show.told("all", "pairs", "paired.mean"):
        key = show.key(item, "all", "pairs", "icc_a1.score")
        value = show.reason(item, "all", "pairs", "icc_a1")
        if show.w.has(key):
            value = show.number(key, 2)
        pairs = show.base(show.key(item, "all", "pairs", "paired.mean"))
        cells.append([show.chapter.short(item), pairs, value, show.interval(key, 2)])
    if not cells:
        return None
    columns = ("item", "pairs", "icc_a1", "interval")
    note = show.say("inference.agreement.between_note", confidence=show.confidence())
    title = show.label("inference.agreement.between_table")
    return show.table("table-agreement-groups", title, columns, cells, note)
