"""Taking the time of writing out of a file, so that the same round gives the same bytes."""

from __future__ import annotations

import re
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

STILL = "2000-01-01T00:00:00Z"
TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
# Where a .sav file says when it was written: SPSS's header, after 92 bytes.
SAV_TIME_AT = 92
SAV_TIME = b"01 Jan 0000:00:00"


def same_bytes(path: Path) -> None:
    """Rewrite the workbook or SPSS file at `path` as if it had been written at a fixed time."""
    if path.read_bytes()[:2] != b"PK":
        with path.open("r+b") as stream:
            stream.seek(SAV_TIME_AT)
            stream.write(SAV_TIME)
        return
    with ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    with ZipFile(path, "w", ZIP_DEFLATED) as package:
        for name, content in parts.items():
            about = ZipInfo(name)
            about.compress_type = ZIP_DEFLATED
            about.create_system = 0
            package.writestr(about, TIMES.sub(rb"\g<1>" + STILL.encode(), content))
