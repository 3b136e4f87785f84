"""From the service to a snapshot: `data/raw/literature/statline/<table>.csv` and its sidecar."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import yaml

from analysis.project import CallError, DataError, Problem, Project
from analysis.raw.literature import SNAPSHOT, SNAPSHOTS
from analysis.raw.origins import origin_vocabulary
from analysis.raw.sources import sidecar_of
from analysis.statline.client import Client, Limits
from analysis.statline.settings import (
    CONFIG,
    Measure,
    StatlineSettings,
    TableChoice,
    read_statline_settings,
)
from analysis.statline.table import ABSENT, Cell, Cells, Code, Info, Selection, Service, Topic
from analysis.statline.v3 import Version3
from analysis.statline.v4 import Version4

LICENCE = "CC BY 4.0"
# Decimals of a share that is computed from two counts.
COMPUTED = Decimal("0.000001")
SHOWN = 12


@dataclass(frozen=True)
class Fetched:
    """One table as it will be stored."""

    table: str
    text: str
    sidecar: dict[str, str]
    signs: int
    rows: int


@dataclass(frozen=True)
class Found:
    """What the settings mean in this edition of a table."""

    measure: Topic
    divide_by: Topic | None
    selection: Selection


def fetch_snapshot(project: Project, config: Path | None = None) -> list[str]:
    """Read every table of the settings from StatLine and store it; gives lines for the user.

    `config` is the file with settings (default `data/raw/literature/statline.yml`). Nothing is
    stored, and what was stored stays, unless all tables could be read.

    Raises CallError for a wrong setting (also a measure, dimension, code or period that the
    table does not have) and DataError when the service fails or gives what cannot be read.
    """
    settings = read_statline_settings(project, config)
    name = project.relative(config or project.raw / CONFIG)
    said: list[str] = []
    fetched = [_fetch(choice, settings, name, said) for choice in settings.tables]
    folder = project.raw / SNAPSHOTS
    return said + [_store(project, folder, one) for one in fetched]


def _fetch(choice: TableChoice, settings: StatlineSettings, name: str, said: list[str]) -> Fetched:
    limits = Limits(
        settings.timeout_seconds,
        settings.attempts,
        settings.wait_seconds,
        int(settings.megabytes * 1e6),
    )
    client = Client(f"StatLine {choice.table}", choice.base, limits, said)
    service: Service = Version3(client) if choice.version == "v3" else Version4(client)
    info = service.info()
    found = _find(service, choice, f"{name}: table {choice.table}")
    topics = [topic for topic in (found.measure, found.divide_by) if topic]
    cells = service.cells(list(dict.fromkeys(topics)), found.selection)
    rows = _rows(choice, found, cells)
    text = _csv(rows)
    sidecar = _sidecar(choice, info, found, text)
    signs = sum(bool(row["sign"]) for row in rows)
    return Fetched(choice.table, text, sidecar, signs, len(rows))


def _find(service: Service, choice: TableChoice, place: str) -> Found:
    """Measures, dimensions and codes by the names in the settings; every fault at once."""
    faults: list[str] = []
    topics = service.topics()
    measure = _topic(topics, choice.measure, "measure", faults)
    divide_by = choice.divide_by and _topic(topics, choice.divide_by, "divide_by", faults)
    if measure and (fault := _unit_fault(choice, measure, divide_by or None)):
        faults.append(fault)
    asked = {
        choice.period.dimension: list(choice.period.codes),
        choice.origin.dimension: list(choice.origin.codes.values()),
        **{dimension: [code] for dimension, code in choice.fixed.items()},
    }
    dimensions = service.dimensions()
    for dimension in asked:
        if dimension not in dimensions:
            faults.append(f"no dimension {dimension}; the table has: {', '.join(dimensions)}")
    selection: dict[str, list[Code]] = {}
    for dimension in (d for d in dimensions if d not in asked):
        known = _some(service.codes(dimension).values())
        faults.append(f"dimension {dimension} needs a code under fixed; it has: {known}")
    for dimension in (d for d in asked if d in dimensions):
        codes = service.codes(dimension)
        for code in (code for code in asked[dimension] if code not in codes):
            faults.append(f"{dimension} has no code {code}; it has: {_some(codes.values())}")
        selection[dimension] = [codes[code] for code in asked[dimension] if code in codes]
    if faults or measure is None:
        raise CallError("\n".join(f"{place}: {fault}" for fault in faults))
    return Found(measure, divide_by or None, selection)


def _topic(
    topics: Sequence[Topic], wanted: Measure, setting: str, faults: list[str]
) -> Topic | None:
    """The one measure with this title, in the group that is named if any."""
    title, group = _plain(wanted.title), _plain(wanted.group)
    titled = [topic for topic in topics if _plain(topic.title) == title]
    found = [t for t in titled if not group or group in map(_plain, t.groups)]
    if len(found) == 1:
        return found[0]
    if not titled:
        known = "; ".join(dict.fromkeys(topic.title for topic in topics))
        faults.append(f"{setting}: no measure is called {wanted.title!r}; the table has: {known}")
    else:
        many = "more than one measure is" if found else "in that group no measure is"
        groups = "; ".join(" < ".join(topic.groups) or "no group" for topic in titled)
        faults.append(f"{setting}: {many} called {wanted.title!r}; groups with it: {groups}")
    return None


def _plain(title: str) -> str:
    return " ".join(title.split()).casefold()


def _unit_fault(choice: TableChoice, measure: Topic, divide_by: Topic | None) -> str | None:
    """Why the figures cannot be shares as they are, unless `factor` says how."""
    if choice.factor is not None:
        return None
    if choice.divide_by is None and "%" not in measure.unit:
        return f"measure: its unit is {measure.unit!r}, not a percentage; give divide_by or factor"
    if divide_by is not None and divide_by.unit != measure.unit:
        units = f"{measure.unit!r} over {divide_by.unit!r}"
        return f"divide_by: the units differ ({units}); give factor"
    return None


def _some(codes: Iterable[Code]) -> str:
    """Codes with their titles, the first dozen."""
    told = [f"{code.key} ({code.title})" for code in codes]
    more = f" and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
    return ", ".join(told[:SHOWN]) + more


def _rows(choice: TableChoice, found: Found, cells: Cells) -> list[dict[str, str]]:
    """The rows of the snapshot, by year and then in the order of the settings."""
    vocabulary = origin_vocabulary()
    present = list(choice.origin.codes)
    origins = dict(zip(present, found.selection[choice.origin.dimension], strict=True))
    others = [choice.fixed[dimension] for dimension in choice.fixed]
    rows: list[dict[str, str]] = []
    problems: list[Problem] = []
    periods = sorted(found.selection[choice.period.dimension], key=lambda code: code.key)
    for period in dict.fromkeys(periods):
        for origin, code in origins.items():
            key = (period.key, code.key, *others)
            value = cells.get((found.measure.key, *key), Cell(None, ABSENT))
            below = found.divide_by and cells.get((found.divide_by.key, *key), Cell(None, ABSENT))
            share, sign = _share(value, below or None, choice)
            if share is not None and not 0 <= share <= 100:
                where = f"{period.key}, {origin}: the share is {share}, not a percentage"
                problems.append(Problem(f"StatLine {choice.table}", where))
            above = vocabulary.line_of(origin, present)
            printed = choice.divide_by is None and choice.factor is None
            rows.append(
                {
                    "year": period.key[:4],
                    "period": period.key,
                    "status": period.status,
                    "origin": origin,
                    "code": code.key,
                    "title": code.title or code.key,
                    "level": str(len(above)),
                    "parent": above[0] if above else "",
                    "value": _number(value.value),
                    "divide_by": _number(below.value) if below else "",
                    "share_percent": _number(share),
                    "decimals": str(found.measure.decimals) if printed else "",
                    "sign": sign,
                }
            )
    if problems:
        raise DataError(problems)
    if all(row["sign"] for row in rows):
        message = "no figure at all for what the settings ask"
        raise DataError([Problem(f"StatLine {choice.table}", message)])
    return rows


def _share(value: Cell, below: Cell | None, choice: TableChoice) -> tuple[Decimal | None, str]:
    """A share in percent, or the sign that stands in its place: never a nought for a sign."""
    sign = value.sign or (below.sign if below else "")
    if value.value is None or (below and below.value is None):
        return None, sign
    share = value.value * Decimal(str(choice.factor or 1))
    if below is None or below.value is None:
        return share, ""
    if below.value == 0:
        return None, "nobody"
    return (100 * share / below.value).quantize(COMPUTED, ROUND_HALF_UP), ""


def _number(value: Decimal | None) -> str:
    """A number without exponent or needless noughts."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _csv(rows: Sequence[dict[str, str]]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(SNAPSHOT), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def _sidecar(choice: TableChoice, info: Info, found: Found, text: str) -> dict[str, str]:
    """The source of a snapshot (see `raw.sources.Source`)."""
    measures = [topic.title for topic in (found.measure, found.divide_by) if topic]
    chosen = "; ".join(
        f"{dimension} {', '.join(code.key for code in codes)}"
        for dimension, codes in found.selection.items()
    )
    factor = f"; factor {choice.factor:g}" if choice.factor is not None else ""
    return {
        "title": info.title,
        "producer": "Statistics Netherlands (CBS)",
        "citation": f"CBS ({info.modified[:4]}). {info.title}. StatLine, {choice.table}.",
        "url": choice.base,
        "published": info.modified,
        "accessed": date.today().isoformat(),
        "licence": LICENCE,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "note": f"OData {choice.version}; measure {' over '.join(measures)}{factor}; {chosen}",
    }


def _store(project: Project, folder: Path, fetched: Fetched) -> str:
    """Put a table and its sidecar in place of the old ones; says what was done."""
    path = folder / f"{fetched.table}.csv"
    sidecar = sidecar_of(path)
    name = project.relative(path)
    count = f"{fetched.rows} figures, {fetched.signs} of them missing"
    content = yaml.safe_dump(fetched.sidecar, sort_keys=False, allow_unicode=True)
    if _same(path, fetched.text) and _same(sidecar, content, but="accessed"):
        return f"{name}: unchanged ({count})"
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for target, text in ((path, fetched.text), (sidecar, content)):
        part = target.with_name(f".{target.name}.part")
        part.write_text(text, encoding="utf-8", newline="\n")
        written.append((part, target))
    for part, target in written:
        part.replace(target)
    return f"{name}: stored ({count})"


def _same(path: Path, text: str, but: str = "") -> bool:
    """Whether a file holds `text`, apart from the setting `but`."""
    if not path.is_file():
        return False
    old = path.read_text(encoding="utf-8")
    if not but:
        return old == text
    both = (yaml.safe_load(content) for content in (old, text))
    first, second = ({k: v for k, v in (c or {}).items() if k != but} for c in both)
    return first == second
