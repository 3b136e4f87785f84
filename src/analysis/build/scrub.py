"""Executed notebooks without what differs from one run to the next."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

ADDRESS = re.compile(r"\bat 0x[0-9a-f]{6,}")


def scrubbed(node: Any, root: Path) -> tuple[Any, list[str]]:
    """The executed notebook `node` as it is published, and what its cells wrote on stderr.

    Without times, the project's path, addresses in memory and papermill's own notes; `node` is
    changed.
    """
    said: list[str] = []
    clean = _Cleaner(root)
    for number, cell in enumerate(node["cells"], start=1):
        tags = cell["metadata"].get("tags")
        cell["metadata"] = {"tags": tags} if tags else {}
        if tags and "injected-parameters" in tags:
            cell["id"] = "injected-parameters"
        if cell["cell_type"] != "code":
            continue
        noise = [o for o in cell["outputs"] if o.get("name") == "stderr"]
        said += [f"cell {number}: {''.join(o['text'])}" for o in noise]
        cell["outputs"] = [clean.value(o) for o in cell["outputs"] if o.get("name") != "stderr"]
    node["metadata"] = {
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    return node, said


class _Cleaner:
    def __init__(self, root: Path) -> None:
        roots = sorted({str(root), str(root.resolve())}, key=len, reverse=True)
        self._root = re.compile("(?:" + "|".join(map(re.escape, roots)) + r")(?![\w.-])")

    def value(self, value: Any) -> Any:
        """`value` with every text in it cleaned."""
        if isinstance(value, str):
            return ADDRESS.sub("at 0x…", self._root.sub(".", value))
        if isinstance(value, dict):
            return {key: self.value(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.value(item) for item in value]
        return value
