"""Reading web pages in tests: their digits, and what a real browser makes of them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, NavigableString, Tag

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
in_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


def bare_digits(page: BeautifulSoup) -> list[str]:
    """Text with a digit that is neither a number, a label, a citation nor code."""
    body = page.body
    assert body is not None
    return [
        str(node)
        for node in body.find_all(string=re.compile(r"\d"))
        if isinstance(node, NavigableString)
        and not any(
            parent.name in ("cite", "code", "script", "style")
            or "label" in (parent.get("class") or [])
            or (parent.name == "a" and "n" in (parent.get("class") or []))
            for parent in node.parents
            if isinstance(parent, Tag)
        )
    ]


def browse(path: Path, folder: Path, *options: str) -> str:
    """What stands in the page at `path` after its scripts have run."""
    assert CHROMIUM is not None
    call = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"]
    call += ["--no-first-run", "--disable-background-networking", "--disable-component-update"]
    call += [
        "--disable-sync",
        "--hide-scrollbars",
        f"--user-data-dir={folder / 'profile'}",
        *options,
    ]
    call += ["--virtual-time-budget=4000", "--dump-dom", path.as_uri()]
    done = subprocess.run(call, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


def widths_on_a_phone(path: Path, folder: Path) -> str:
    """The width that a phone of 390 pixels shows of `path`, and the width that the page takes.

    Everything that opens is open. `path` is changed.
    """
    measure = (
        "<script>addEventListener('load',function(){var d=document.documentElement;"
        "document.querySelectorAll('details').forEach(function(e){e.open=true});"
        "parent.postMessage(d.clientWidth+' '+d.scrollWidth,'*')})</script></body>"
    )
    path.write_text(path.read_text(encoding="utf-8").replace("</body>", measure), encoding="utf-8")
    frame = path.parent / "frame.html"
    frame.write_text(
        "<body><script>addEventListener('message',function(e){document.body.id=e.data})</script>"
        f'<iframe src="{path.name}" style="width:390px;height:800px;border:0"></iframe></body>',
        encoding="utf-8",
    )
    body = BeautifulSoup(browse(frame, folder), "html.parser").body
    assert body is not None
    return str(body["id"])
