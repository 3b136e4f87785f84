"""What the tests of the build share."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from analysis.build import stale
from analysis.build.request import Request
from analysis.project import Project
from conftest import ROUND, Place

TIME = re.compile(rb"20\d\d-\d\d-\d\dT\d\d:\d\d|\d\d:\d\d:\d\d")


def request_for(place: Place, **more: Any) -> Request:
    return Request(Project(place.root), ROUND, place.language, **more)


def reason(place: Place, **more: Any) -> str:
    return stale.examine(request_for(place, **more)).reason


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}
