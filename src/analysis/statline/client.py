"""Getting JSON from the service: time-outs, second attempts, pages, and how much is too much."""

from __future__ import annotations

import http.client
import ipaddress
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import SplitResult, quote, urlencode, urljoin, urlsplit
from urllib.request import (
    HTTPRedirectHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

from analysis.project import DataError, Problem

AGENT = "wijkteams-en-diversiteit (StatLine snapshot)"
NEXT = ("odata.nextLink", "@odata.nextLink")
CHUNK = 1 << 16
# How many times the time-out a whole page may take, when it keeps coming in drops.
PATIENCE = 4
TOO_MANY_REQUESTS = 429
SERVER_FAULT = 500
NOT_FOUND = 404


@dataclass(frozen=True)
class Limits:
    """How patient to be: seconds per wait, attempts per page, seconds before the second one
    (doubled each time), and bytes over all pages of a table."""

    timeout: float
    attempts: int
    wait: float
    size: int


class PassingTroubleError(Exception):
    """What may go better at a second attempt."""


def address_fault(address: str) -> str | None:
    """Why an address may not be asked, or None: https only, plain http on this machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return f"{address!r} is no address"
    if parts.scheme == "https" and host:
        return None
    if parts.scheme == "http" and _is_loopback(host):
        return None
    return f"{address!r} is not an https address"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _CarefulRedirects(HTTPRedirectHandler):
    """Follows a redirect only to an address that may be asked."""

    def __init__(self, fault: Callable[[str], DataError]) -> None:
        self.fault = fault

    def redirect_request(
        self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        if fault := address_fault(newurl):
            raise self.fault(f"the service sends on to an address that may not be asked: {fault}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


@dataclass
class Client:
    """Asks one table. `name` is how messages call it, `said` collects what a user should know."""

    name: str
    base: str
    limits: Limits
    said: list[str] = field(default_factory=list)
    got: int = 0

    def rows(self, part: str, query: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        """Every row of a part of the table, over all its pages.

        Numbers are ints or Decimals, strings as they came. Raises DataError when the service
        does not answer, or with what cannot be read.
        """
        found: list[dict[str, Any]] = []
        url: str | None = self.url(part, query)
        asked: set[str] = set()
        while url:
            if url in asked:
                raise self.fault(f"{part}: the pages run in a circle")
            asked.add(url)
            page = self.document(url)
            rows = page.get("value")
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise self.fault(f"{part}: the page has no rows (no list called value)")
            found += rows
            url = self._next(url, page)
        return found

    def url(self, part: str, query: Mapping[str, str] | None = None) -> str:
        """The address of a part of the table."""
        asked = urlencode(dict(query or {}), quote_via=quote, safe="$,()'")
        return f"{self.base}/{part}" + (f"?{asked}" if asked else "")

    def document(self, url: str) -> dict[str, Any]:
        """One JSON object. Raises DataError."""
        text = self._get(url)
        place = self._short(url)
        if text.lstrip().startswith(b"<"):
            raise self.fault(f"{place}: answered with a web page, not with JSON")
        try:
            content = json.loads(text, parse_float=Decimal)
        except (UnicodeDecodeError, ValueError):
            raise self.fault(f"{place}: the page is broken, it is not whole JSON") from None
        if not isinstance(content, dict):
            raise self.fault(f"{place}: the page is not a JSON object")
        return content

    def fault(self, message: str) -> DataError:
        """An error about this table."""
        return DataError([Problem(self.name, message)])

    def _next(self, url: str, page: Mapping[str, Any]) -> str | None:
        """The address of the next page, on the host that was asked first."""
        link = next((page[key] for key in NEXT if page.get(key)), None)
        if link is None:
            return None
        there, base = urlsplit(urljoin(url, str(link).strip())), urlsplit(self.base)
        if there.hostname != base.hostname:
            raise self.fault(f"the next page lies elsewhere, on {there.hostname}")
        return SplitResult(base.scheme, base.netloc, there.path, there.query, "").geturl()

    def _get(self, url: str) -> bytes:
        for attempt in range(1, self.limits.attempts + 1):
            try:
                return self._once(url)
            except PassingTroubleError as trouble:
                if attempt == self.limits.attempts:
                    tried = f"tried {attempt} times" if attempt > 1 else "tried once"
                    raise self.fault(f"{self._short(url)}: {trouble} ({tried})") from None
                wait = self.limits.wait * 2 ** (attempt - 1)
                self.said.append(
                    f"{self.name}: {self._short(url)}: {trouble}; tried again after {wait:g} s"
                )
                time.sleep(wait)
        raise AssertionError("at least one attempt is made")

    def _once(self, url: str) -> bytes:
        """One attempt. Raises PassingTroubleError, or DataError for what will not pass."""
        request = Request(url, headers={"Accept": "application/json", "User-Agent": AGENT})
        try:
            with self._opener().open(request, timeout=self.limits.timeout) as response:
                return self._read(response, url)
        except HTTPError as error:
            error.close()
            if error.code >= SERVER_FAULT or error.code == TOO_MANY_REQUESTS:
                raise PassingTroubleError(f"the service failed (HTTP {error.code})") from None
            missing = "there is no such table or part" if error.code == NOT_FOUND else "refused"
            raise self.fault(f"{self._short(url)}: {missing} (HTTP {error.code})") from None
        except TimeoutError:
            raise PassingTroubleError(self._slow()) from None
        except URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise PassingTroubleError(self._slow()) from None
            raise PassingTroubleError(f"no connection: {error.reason}") from None
        except (http.client.HTTPException, OSError) as error:
            raise PassingTroubleError(f"the connection broke ({type(error).__name__})") from None

    def _slow(self) -> str:
        return f"no answer within {self.limits.timeout:g} s"

    def _opener(self) -> OpenerDirector:
        # A proxy of the surroundings does not know this machine's own addresses.
        local = _is_loopback(urlsplit(self.base).hostname or "")
        return build_opener(_CarefulRedirects(self.fault), *([ProxyHandler({})] if local else []))

    def _read(self, response: Any, url: str) -> bytes:
        """The whole body, unless it is too large, too slow or cut off."""
        until = time.monotonic() + PATIENCE * self.limits.timeout
        parts, length = [], 0
        while part := response.read1(CHUNK):
            parts.append(part)
            length += len(part)
            if self.got + length > self.limits.size:
                most = f"more than {self.limits.size / 1e6:g} MB"
                raise self.fault(f"{self._short(url)}: {most}; ask for less, or raise megabytes")
            if time.monotonic() > until:
                raise PassingTroubleError(
                    f"the page was not there after {PATIENCE * self.limits.timeout:g} s"
                )
        promised = response.headers.get("Content-Length")
        if promised and promised.isdigit() and int(promised) != length:
            raise PassingTroubleError("the connection broke in the middle of a page")
        self.got += length
        return b"".join(parts)

    def _short(self, url: str) -> str:
        """The part of the table that an address asks for."""
        return urlsplit(url).path.rstrip("/").rpartition("/")[2]
