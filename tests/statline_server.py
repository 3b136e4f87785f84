"""A small StatLine on the loopback address: one table, served as version 3 and as version 4.

The forms (parts, column names, padding, paging keys, signs) are those of the public service as
other programs use it; the figures are given by the test.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

# Codes of the old dimension by migration background, and of the new one by origin.
OLD = {
    "other_non_western": "A008187",
    "antillean": "H007119",
    "surinamese": "H008751",
    "turkish": "H008766",
    "moroccan": "H008673",
    "non_western": "2012657",
    "western": "2012655",
    "migration_background": "2012605",
    "dutch_background": "1012600",
    "total": "T001040",
}
MEN_AND_WOMEN = "T001038"


@dataclass
class Table:
    """What is served. `figures` by topic, period and code: a number, "." or another sign."""

    dimension: str = "Migratieachtergrond"
    codes: dict[str, str] = field(default_factory=dict)
    periods: dict[str, str] = field(default_factory=dict)
    topics: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    figures: dict[tuple[str, str, str], str] = field(default_factory=dict)
    suffix: int = 87
    title: str = "Jongeren met jeugdzorg; herkomst"


@dataclass
class Server:
    """A running server. `faults` holds per part what goes wrong, one entry per request."""

    table: Table
    page: int = 4
    faults: dict[str, list[Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def address(self, version: str) -> str:
        """What stands in the settings."""
        return f"http://127.0.0.1:{self.port}/{version}"

    # Version 3

    def part_v3(self, part: str) -> list[dict[str, Any]] | None:
        table = self.table
        if part == "TableInfos":
            title = {"ID": 0, "Title": f"{table.title}  ", "Modified": "2016-12-01T02:00:00"}
            return [title]
        if part == "DataProperties":
            return [*self._dimensions_v3(), *self._topics_v3()]
        if part == "UntypedDataSet":
            return list(self._wide())
        if part in (table.dimension, "Perioden", "Geslacht"):
            return [
                {"Key": f"{key}    ", "Title": f"{title} ", "Description": None, **more}
                for key, title, more in self._codes(part)
            ]
        return None

    def _dimensions_v3(self) -> list[dict[str, Any]]:
        kinds = {self.table.dimension: "Dimension", "Geslacht": "Dimension",
                 "Perioden": "TimeDimension"}  # fmt: skip
        return [
            {"odata.type": f"Cbs.OData.{kind}", "ID": n, "ParentID": None, "Type": kind,
             "Key": name, "Title": name}
            for n, (name, kind) in enumerate(kinds.items())
        ]  # fmt: skip

    def _topics_v3(self) -> list[dict[str, Any]]:
        groups = list(dict.fromkeys(group for group, _, _ in self.table.topics.values()))
        rows: list[dict[str, Any]] = [
            {"odata.type": "Cbs.OData.TopicGroup", "ID": 100 + n, "ParentID": None,
             "Type": "TopicGroup", "Key": "", "Title": f"{group} "}
            for n, group in enumerate(groups)
        ]  # fmt: skip
        for n, (topic, (group, unit, decimals)) in enumerate(self.table.topics.items()):
            rows.append(
                {"odata.type": "Cbs.OData.Topic", "ID": 200 + n,
                 "ParentID": 100 + groups.index(group), "Type": "Topic", "Key": self.column(topic),
                 "Title": f"{_title(topic)} ", "Unit": f"{unit} ", "Decimals": decimals,
                 "Default": "Missing"}
            )  # fmt: skip
        return rows

    def column(self, topic: str) -> str:
        """The name of a topic's column, with the number that changes from edition to edition."""
        number = self.table.suffix + list(self.table.topics).index(topic)
        return f"{re.sub(r'[^A-Za-z]', '', topic)}_{number}"

    def _wide(self) -> Iterator[dict[str, Any]]:
        for period in self.table.periods:
            for code in self.table.codes:
                row: dict[str, Any] = {
                    self.table.dimension: f"{code}    ", "Geslacht": f"{MEN_AND_WOMEN}   ",
                    "Perioden": period,
                }  # fmt: skip
                for topic in self.table.topics:
                    figure = self.table.figures[topic, period, code]
                    row[self.column(topic)] = f"{'.' if figure == 'Confidential' else figure:>9}"
                yield row

    # Version 4

    def part_v4(self, part: str) -> list[dict[str, Any]] | None:
        table = self.table
        if part == "Dimensions":
            kinds = {table.dimension: "Dimension", "Geslacht": "Dimension",
                     "Perioden": "TimeDimension"}  # fmt: skip
            return [{"Identifier": name, "Title": name, "Kind": kinds[name]} for name in kinds]
        groups = list(dict.fromkeys(group for group, _, _ in table.topics.values()))
        if part == "MeasureGroups":
            return [{"Id": str(n), "Title": g, "ParentId": None} for n, g in enumerate(groups)]
        if part == "MeasureCodes":
            return [
                {"Identifier": _measure(n), "Title": _title(topic), "Unit": unit,
                 "Decimals": decimals, "MeasureGroupId": str(groups.index(group))}
                for n, (topic, (group, unit, decimals)) in enumerate(table.topics.items())
            ]  # fmt: skip
        if part == "Observations":
            return list(self._long())
        if part in (f"{table.dimension}Codes", "PeriodenCodes", "GeslachtCodes"):
            return [
                {"Identifier": key, "Title": title, **more}
                for key, title, more in self._codes(part.removesuffix("Codes"))
            ]
        return None

    def _long(self) -> Iterator[dict[str, Any]]:
        for index, ((topic, period, code), figure) in enumerate(self.table.figures.items()):
            number = re.fullmatch(r"-?[0-9.]*[0-9]", figure)
            attribute = "None" if number else {".": "Confidential"}.get(figure, figure)
            yield {
                "Id": index, "Measure": _measure(list(self.table.topics).index(topic)),
                "ValueAttribute": attribute, "Value": json.loads(figure) if number else None,
                "StringValue": None, self.table.dimension: code, "Geslacht": MEN_AND_WOMEN,
                "Perioden": period,
            }  # fmt: skip

    # Both

    def _codes(self, dimension: str) -> list[tuple[str, str, dict[str, Any]]]:
        if dimension == "Perioden":
            return [(key, key[:4], {"Status": s}) for key, s in self.table.periods.items()]
        if dimension == "Geslacht":
            return [(MEN_AND_WOMEN, "Totaal mannen en vrouwen", {}), ("3000", "Mannen", {})]
        return [(key, title, {}) for key, title in self.table.codes.items()]


def _title(topic: str) -> str:
    """Titles are alike where only the group differs: what stands after "/" tells topics apart."""
    return topic.partition("/")[0]


def _measure(index: int) -> str:
    return f"M{index:06d}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    served: Server

    def log_message(self, *_: Any) -> None:
        """Nothing: the tests look at `asked`."""

    def do_GET(self) -> None:
        there = urlsplit(self.path)
        _, version, _, part = there.path.split("/", 3)
        query = {name: values[0] for name, values in parse_qs(there.query).items()}
        self.served.asked.append(self.path)
        waiting = self.served.faults.get(part) or [None]
        fault = waiting.pop(0)
        if version == "v4" and part == "Properties":
            title = self.served.table.title
            self._send(fault, {"Title": title, "Modified": "2016-12-01T02:00:00+01:00"})
            return
        rows = self.served.part_v3(part) if version == "v3" else self.served.part_v4(part)
        if rows is None:
            self._send(404, {"error": {"code": "", "message": "Resource not found."}})
            return
        self._send(fault, self._page(version, rows, query))

    def _page(self, version: str, rows: list[dict[str, Any]], query: dict[str, str]) -> Any:
        allowed: dict[str, set[str]] = {}
        for name, code in re.findall(r"(\w+) eq '([^']*)'", query.get("$filter", "")):
            allowed.setdefault(name, set()).add(code.strip())
        rows = [r for r in rows if all(str(r[n]).strip() in c for n, c in allowed.items())]
        start, size = int(query.get("$skip", 0)), self.served.page
        page: dict[str, Any] = {"value": rows[start : start + size]}
        if start + size < len(rows):
            more = "&".join(f"{n}={quote(v)}" for n, v in query.items() if n != "$skip")
            path = urlsplit(self.path).path
            key = "odata.nextLink" if version == "v3" else "@odata.nextLink"
            link = f"{path}?{more}&$skip={start + size}"
            host = f"http://127.0.0.1:{self.served.port}"
            page[key] = f"{host}{link}" if version == "v3" else link
        return page

    def _send(self, fault: Any, content: Any) -> None:
        body, status, kind = json.dumps(content).encode(), 200, "application/json"
        length = len(body)
        if isinstance(fault, int):
            status = fault
        elif isinstance(fault, float):
            time.sleep(fault)
        elif fault == "html":
            body, kind = b"<!DOCTYPE html><html>Onderhoud</html>", "text/html"
            length = len(body)
        elif fault == "broken":
            body = body[: len(body) // 2]
            length = len(body)
        elif fault == "cut":
            body = body[: len(body) // 2]
        elif callable(fault):
            body = json.dumps(fault(content)).encode()
            length = len(body)
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            for start in range(0, length, 20) if fault == "drops" else ():
                self.wfile.write(body[start : start + 20])
                time.sleep(0.03)
            if fault != "drops":
                self.wfile.write(body)
        except OSError:
            pass
        self.close_connection = fault is not None


@contextmanager
def serving(table: Table, **how: Any) -> Iterator[Server]:
    """A server for the time of a test."""
    served = Server(table, **how)
    handler = type("Handler", (_Handler,), {"served": served})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        http.daemon_threads = True
        served.port = http.server_address[1]
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield served
        finally:
            http.shutdown()
            thread.join()
