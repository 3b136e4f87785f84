"""StatLine: the same table through both versions, and what the service can do wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from analysis.chapters.literature import LiteratureChapter
from analysis.project import CallError, DataError, Project
from analysis.raw.literature import ORIGINS_FILE, SNAPSHOTS, read_origins
from analysis.raw.sources import read_source
from analysis.statline import fetch_snapshot
from analysis.study import open_study
from helpers import copy_raw, edit, real_project
from statline_server import MEN_AND_WOMEN, OLD, Server, Table, serving
from test_literature import PRINTED

VERSIONS = ("v3", "v4")
SHARE, USERS, YOUNG = "Jongeren met jeugdzorg/percent", "Jongeren met jeugdzorg", "Alle jongeren"
DATA = {"v3": "UntypedDataSet", "v4": "Observations"}


def served_table(years: tuple[str, ...] = ("2015",), **changes: str) -> Table:
    """Youth care by origin as printed: as a percentage, and as counts of ten thousand each.

    `changes` replace figures of the last year, by origin.
    """
    table = Table(
        codes={code: origin for origin, code in OLD.items()},
        periods={f"{year}JJ00": "Definitief" for year in years},
        topics={
            USERS: ("Jongeren, aantallen", "aantal", 0),
            SHARE: ("Jongeren, relatief", "%", 2),
            YOUNG: ("Bevolking", "aantal", 0),
        },
    )
    for period in table.periods:
        for origin, share in PRINTED.items():
            given = changes.get(origin) if period == max(table.periods) else None
            count = f"{share * 100:.0f}" if given is None else given
            table.figures[USERS, period, OLD[origin]] = count
            table.figures[SHARE, period, OLD[origin]] = f"{share:.2f}" if given is None else given
            table.figures[YOUNG, period, OLD[origin]] = "10000"
    return table


def chosen(server: Server, version: str, /, **changes: Any) -> dict[str, Any]:
    """Settings that read the table of `served_table`."""
    table = {
        "table": "00000TEST",
        "version": version,
        "address": server.address(version),
        "measure": {"title": "Jongeren met jeugdzorg", "group": "Jongeren, relatief"},
        "origin": {"dimension": "Migratieachtergrond", "codes": dict(OLD)},
        "period": {"dimension": "Perioden", "codes": list(server.table.periods)},
        "fixed": {"Geslacht": MEN_AND_WOMEN},
    }
    patience = {"timeout_seconds": 0.3, "attempts": 2, "wait_seconds": 0}
    patience |= {key: changes.pop(key) for key in [*patience, "megabytes"] if key in changes}
    return patience | {"tables": [table | changes]}


def fetch(project: Project, settings: Any) -> list[str]:
    path = project.raw / "literature" / "statline.yml"
    path.write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
    return fetch_snapshot(project)


def snapshot(project: Project) -> Path:
    return project.raw / SNAPSHOTS / "00000TEST.csv"


def refused(project: Project, settings: Any) -> str:
    """What is said when a table cannot be read; one line, and nothing was stored."""
    before = snapshot(project).read_bytes() if snapshot(project).is_file() else None
    with pytest.raises((CallError, DataError)) as raised:
        fetch(project, settings)
    after = snapshot(project).read_bytes() if snapshot(project).is_file() else None
    assert before == after
    assert not list((project.raw / SNAPSHOTS).glob(".*.part"))
    (line,) = str(raised.value).split("\n")
    return line


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The real data, the printed figures taken for those of an earlier year."""
    copy = copy_raw(tmp_path)
    for _ in PRINTED:
        edit(copy, ORIGINS_FILE, ("2015,", "2011,"))
    return copy


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(served_table()) as running:
        yield running


# --- The same table, whichever way


@pytest.mark.parametrize("version", VERSIONS)
def test_a_table_of_statline_gives_the_figure_that_the_csv_gives(
    project: Project, server: Server, version: str
):
    assert fetch(project, chosen(server, version)) == [
        "data/raw/literature/statline/00000TEST.csv: stored (10 figures, 0 of them missing)"
    ]
    served = LiteratureChapter(open_study("2016", "nl", project=project)).reach().blocks
    printed = LiteratureChapter(open_study("2016", "nl", project=real_project())).reach().blocks
    ours, theirs = (
        next(block for block in blocks if block.get("id") == "figure-origin")
        for blocks in (served, printed)
    )
    for part in ("title", "alt", "svg"):
        assert ours[part] == theirs[part]
    assert ours["table"]["rows"] == theirs["table"]["rows"]


def test_both_versions_give_the_same_snapshot(project: Project, server: Server):
    stored = []
    for version in VERSIONS:
        fetch(project, chosen(server, version))
        stored.append(snapshot(project).read_bytes())
    assert stored[0] == stored[1]


@pytest.mark.parametrize("version", VERSIONS)
def test_shares_are_computed_from_counts_where_asked(
    project: Project, server: Server, version: str
):
    measure = {"title": "jongeren met  jeugdzorg", "group": "Jongeren, aantallen"}
    fetch(project, chosen(server, version, measure=measure, divide_by={"title": YOUNG}))
    origins = read_origins(project).query("year == 2015").set_index("origin")
    assert origins["share_percent"].to_dict() == pytest.approx(PRINTED)
    assert origins["decimals"].isna().all()


@pytest.mark.parametrize("version", VERSIONS)
def test_the_sidecar_says_what_was_asked_of_whom(project: Project, server: Server, version: str):
    fetch(project, chosen(server, version))
    source = read_source(project, snapshot(project))
    assert source.title == "Jongeren met jeugdzorg; herkomst"
    assert source.producer == "Statistics Netherlands (CBS)"
    assert source.citation == ("CBS (2016). Jongeren met jeugdzorg; herkomst. StatLine, 00000TEST.")
    assert (source.published, source.licence) == ("2016-12-01", "CC BY 4.0")
    assert source.url == f"{server.address(version)}/00000TEST"
    assert source.note.startswith(f"OData {version}; measure Jongeren met jeugdzorg; Perioden")


@pytest.mark.parametrize("version", VERSIONS)
def test_every_page_is_read(project: Project, version: str):
    with serving(served_table(("2014", "2015")), page=3) as server:
        fetch(project, chosen(server, version))
        pages = [url for url in server.asked if f"/{DATA[version]}" in url]
    assert len(pages) == 7  # twenty figures, three to a page
    assert len(read_origins(project).query("year > 2011")) == 20


@pytest.mark.parametrize("suffix", [87, 91, 96])
def test_the_number_behind_a_column_does_not_matter(project: Project, suffix: int):
    table = served_table()
    table.suffix = suffix
    with serving(table) as server:
        fetch(project, chosen(server, "v3"))
        assert any(f"percent_{suffix + 1}" in url for url in server.asked)
    assert read_origins(project).query("year == 2015")["share_percent"].tolist() == pytest.approx(
        list(PRINTED.values())
    )


def test_a_second_fetch_of_the_same_leaves_everything_as_it_is(project: Project, server: Server):
    fetch(project, chosen(server, "v4"))
    sidecar = snapshot(project).with_name("00000TEST.csv.source.yml")
    edited = sidecar.read_text().replace("accessed: '", "accessed: '1999-01-01 not ")
    sidecar.write_text(edited)
    (line,) = fetch(project, chosen(server, "v4"))
    assert line.endswith("00000TEST.csv: unchanged (10 figures, 0 of them missing)")
    assert sidecar.read_text() == edited


# --- Signs in the place of figures


@pytest.mark.parametrize(("version", "sign"), [("v3", "."), ("v4", "Confidential")])
def test_a_secret_figure_stays_a_sign_and_is_never_nought(
    project: Project, version: str, sign: str
):
    with serving(served_table(turkish=".")) as server:
        fetch(project, chosen(server, version))
    row = pd.read_csv(snapshot(project), dtype=str).set_index("origin").loc["turkish"]
    assert pd.isna(row["value"])
    assert pd.isna(row["share_percent"])
    assert row["sign"] == sign
    chapter = LiteratureChapter(open_study("2016", "nl", project=project))
    assert "literature/turkish/-/-/youth 2015/share_percent" not in chapter.writer.facts.index
    told = str(chapter.reach().blocks)
    assert ("geheim" in told) and "0,00%" not in told


@pytest.mark.parametrize("version", VERSIONS)
def test_nought_is_a_figure(project: Project, version: str):
    with serving(served_table(turkish="0")) as server:
        fetch(project, chosen(server, version))
    row = pd.read_csv(snapshot(project), dtype=str).set_index("origin").loc["turkish"]
    assert (row["share_percent"], pd.isna(row["sign"])) == ("0", True)


def test_what_version_4_leaves_out_is_absent(project: Project):
    table = served_table()
    del table.figures[SHARE, "2015JJ00", OLD["turkish"]]
    with serving(table) as server:
        fetch(project, chosen(server, "v4"))
    row = pd.read_csv(snapshot(project), dtype=str).set_index("origin").loc["turkish"]
    assert row["sign"] == "absent"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_share_of_nobody_is_missing(project: Project, version: str):
    table = served_table()
    table.figures[YOUNG, "2015JJ00", OLD["turkish"]] = "0"
    measure = {"title": USERS, "group": "Jongeren, aantallen"}
    with serving(table) as server:
        fetch(project, chosen(server, version, measure=measure, divide_by={"title": YOUNG}))
    row = pd.read_csv(snapshot(project), dtype=str).set_index("origin").loc["turkish"]
    assert row["sign"] == "nobody"


# --- What the service can do wrong


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (500, "the service failed (HTTP 500)"),
        (503, "the service failed (HTTP 503)"),
        (0.8, "no answer within 0.3 s"),
        ("cut", "the connection broke"),
    ],
)
def test_what_may_pass_is_tried_again_and_said(
    project: Project, server: Server, version: str, fault: Any, told: str
):
    server.faults = {DATA[version]: [fault]}
    said = fetch(project, chosen(server, version))
    assert len(said) == 2
    assert said[0].startswith(f"StatLine 00000TEST: {DATA[version]}: {told}")
    assert said[0].endswith("; tried again after 0 s")
    assert len(read_origins(project)) == 20


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (500, "the service failed (HTTP 500) (tried 2 times)"),
        (0.8, "no answer within 0.3 s (tried 2 times)"),
        (404, "there is no such table or part (HTTP 404)"),
        (403, "refused (HTTP 403)"),
        ("html", "answered with a web page, not with JSON"),
        ("broken", "the page is broken, it is not whole JSON"),
        (lambda _: {"error": "x"}, "the page has no rows (no list called value)"),
        (lambda _: [1], "the page is not a JSON object"),
    ],
)
def test_what_does_not_pass_is_said_in_one_line_and_the_old_snapshot_stays(
    project: Project, server: Server, fault: Any, told: str
):
    fetch(project, chosen(server, "v4"))
    server.table = served_table(turkish="6.10")
    server.faults = {"Observations": [None, fault, fault]}
    line = refused(project, chosen(server, "v4"))
    assert line == f"StatLine 00000TEST: Observations: {told}"


def test_a_page_that_comes_in_drops_is_given_up(project: Project, server: Server):
    server.faults = {"Observations": ["drops"]}
    settings = chosen(server, "v4", timeout_seconds=0.1, attempts=1)
    told = refused(project, settings)
    assert told.endswith("Observations: the page was not there after 0.4 s (tried once)")


def test_without_a_service_that_is_said(project: Project, server: Server):
    settings = chosen(server, "v4", address="http://127.0.0.1:9/v4")
    assert "no connection" in refused(project, settings)


def test_pages_in_a_circle_end(project: Project, server: Server):
    server.page = 100
    server.faults = {
        "Observations": [lambda page: page | {"@odata.nextLink": server.asked[-1]}] * 3
    }
    assert "the pages run in a circle" in refused(project, chosen(server, "v4"))


def test_pages_that_lie_on_another_host_are_not_fetched(project: Project, server: Server):
    link = {"@odata.nextLink": "http://localhost:1/v4"}
    server.faults = {"Observations": [lambda page: page | link]}
    told = refused(project, chosen(server, "v4"))
    assert told.endswith("the next page lies elsewhere, on localhost")


def test_too_much_is_refused(project: Project, server: Server):
    told = refused(project, chosen(server, "v4", megabytes=0.0005))
    assert "more than 0.0005 MB" in told


@pytest.mark.parametrize("version", VERSIONS)
def test_the_same_figure_twice_is_refused(project: Project, server: Server, version: str):
    again = {"value": 2}
    server.page = 100
    server.faults = {DATA[version]: [lambda page: {"value": page["value"] * again["value"]}]}
    assert "two figures at 2015JJ00, A008187" in refused(project, chosen(server, version))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_column_that_is_gone_is_named(project: Project, server: Server, version: str):
    gone = server.column(SHARE) if version == "v3" else "ValueAttribute"

    def without(page: dict[str, Any]) -> dict[str, Any]:
        return {"value": [{k: v for k, v in r.items() if k != gone} for r in page["value"]]}

    server.faults = {DATA[version]: [without]}
    told = refused(project, chosen(server, version))
    assert told == f"StatLine 00000TEST: {DATA[version]}: the column {gone} is missing"


def test_a_text_in_the_place_of_a_figure_is_refused(project: Project):
    with serving(served_table(turkish="5,70")) as server:
        told = refused(project, chosen(server, "v3"))
    assert "'5,70' is neither a number nor a sign" in told


def test_a_count_is_no_percentage(project: Project, server: Server):
    measure = {"title": USERS, "group": "Jongeren, aantallen"}
    told = refused(project, chosen(server, "v4", measure=measure))
    assert "its unit is 'aantal', not a percentage; give divide_by or factor" in told


def test_a_share_over_a_hundred_is_refused(project: Project):
    with serving(served_table(turkish="570")) as server:
        told = refused(project, chosen(server, "v3"))
    assert told == "StatLine 00000TEST: 2015JJ00, turkish: the share is 570, not a percentage"


# --- What the settings can have wrong


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"measure": {"title": "Jeugdhulp"}}, "no measure is called 'Jeugdhulp'; the table has: "),
        ({"measure": {"title": USERS}}, "more than one measure is called"),
        ({"measure": {"title": USERS, "group": "x"}}, "in that group no measure is called"),
        ({"fixed": {}}, "dimension Geslacht needs a code under fixed; it has: T001038 (Totaal"),
        ({"fixed": {"Geslacht": "4000"}}, "Geslacht has no code 4000; it has: T001038"),
        ({"period": {"codes": ["2014JJ00"]}}, "Perioden has no code 2014JJ00; it has: 2015JJ00"),
        (
            {"origin": {"dimension": "Migratieachtergrond", "codes": OLD | {"turkish": "H1"}}},
            "Migratieachtergrond has no code H1; it has: A008187",
        ),
    ],
)
def test_what_the_table_does_not_have_is_named_with_what_it_has(
    project: Project, server: Server, version: str, changes: dict[str, Any], told: str
):
    line = refused(project, chosen(server, version, **changes))
    assert line.startswith("data/raw/literature/statline.yml: table 00000TEST: ")
    assert told in line


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"address": "http://opendata.cbs.nl/ODataApi/odata"}, "is not an https address"),
        ({"address": "file:///etc"}, "is not an https address"),
        ({"version": "v5"}, "tables.0.version: "),
        ({"colour": "red"}, "tables.0.colour: extra inputs are not permitted"),
        ({"table": "../x"}, "tables.0.table: "),
        ({"period": {"codes": ["2015KW01"]}}, "tables.0.period.codes.0: "),
        ({"period": {"codes": ["2022JJ00"]}}, "no origin of the classification of 2022"),
        (
            {"origin": {"dimension": "H", "codes": {"total": "1", "frisian": "2"}}},
            "unknown origin frisian; known: total, dutch_background",
        ),
        ({"origin": {"dimension": "H", "codes": {"turkish": "1", "western": "2"}}}, "no code for"),
    ],
)
def test_settings_are_checked_before_anything_is_asked(
    project: Project, server: Server, changes: dict[str, Any], told: str
):
    line = refused(project, chosen(server, "v4", **changes))
    assert line.startswith("data/raw/literature/statline.yml: tables.0")
    assert told in line
    assert server.asked == []


def test_without_settings_the_page_with_an_example_is_named(project: Project):
    with pytest.raises(CallError, match=r"statline\.yml: no such file; docs/statline\.md"):
        fetch_snapshot(project)


def test_a_year_that_the_csv_has_too_is_named_when_the_figures_are_read(
    tmp_path: Path, server: Server
):
    copy = copy_raw(tmp_path)
    fetch(copy, chosen(server, "v4"))
    with pytest.raises(DataError, match=r"00000TEST\.csv.*: year 2015 stands in .*by_origin\.csv"):
        read_origins(copy)
