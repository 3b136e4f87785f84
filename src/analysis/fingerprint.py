"""Content decides what is stale: one digest over files and settings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


def checksum(path: Path) -> str:
    """The SHA-256 of a file's bytes, as hexadecimal text."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def fingerprint(root: Path, paths: Iterable[Path], settings: Mapping[str, Any]) -> str:
    """A digest of the content of `paths` (named from `root`) and of `settings`.

    Times, owners and the place of the folder do not count. A path that is missing counts as
    missing, so its return is a change.
    """
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for path in sorted(set(paths)):
        content = path.read_bytes() if path.is_file() else b"\0missing"
        name = path.relative_to(root).as_posix()
        digest.update(f"\0{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
