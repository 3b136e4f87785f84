"""Blocks as they stand in executed notebooks, and several notebooks as one."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.report.spans import Block

MIME = "application/vnd.wijkteams.blocks+json"
KEY = "wijkteams"


@dataclass(frozen=True)
class Bundle:
    """The blocks of one cell output, and where they stand. Each block has an `origin`."""

    part: str
    language: str
    blocks: list[Block]
    notebook: str
    cell: int

    @property
    def place(self) -> str:
        """Where the blocks stand, as a reader of a message would look for them."""
        return f"notebook {self.notebook}, cell {self.cell}"


def metadata_of(thing: Any) -> dict[str, Any]:
    """What the notebook or cell `thing` keeps under our own key; empty when nothing."""
    found = thing.get("metadata", {}).get(KEY) or {}
    return copy.deepcopy(dict(found))


def collect_bundles(node: Any, name: str) -> tuple[list[Bundle], list[str], bool]:
    """The bundles in `node`, the problems in reading them, and whether `node` is merged.

    A cell of a merged notebook tells its own notebook and number; for others these are `name`
    and the cell's place, counted from one.
    """
    bundles: list[Bundle] = []
    problems: list[str] = []
    merged = False
    for index, cell in enumerate(node.get("cells", []), start=1):
        origin = {"notebook": name, "cell": index}
        own = metadata_of(cell)
        if "notebook" in own and "cell" in own:
            merged = True
            origin = {"notebook": str(own["notebook"]), "cell": int(own["cell"])}
        for data in _outputs(cell):
            place = f"notebook {origin['notebook']}, cell {origin['cell']}"
            try:
                bundles.append(_bundle(data, origin))
            except (KeyError, TypeError, ValueError) as error:
                problems.append(f"{place}: these are not blocks ({error!r})")
    return bundles, problems, merged


def _outputs(cell: Any) -> Iterator[Any]:
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if MIME in data:
            yield data[MIME]


def _bundle(data: Any, origin: dict[str, Any]) -> Bundle:
    if isinstance(data, list):
        data = "".join(data)
    if isinstance(data, str):
        data = json.loads(data)
    blocks = [plain(block) for block in data["blocks"]]
    for block in blocks:
        block.setdefault("numbers", {})
        block["origin"] = dict(origin)
    return Bundle(str(data["part"]), str(data["language"]), blocks, **origin)


def plain(value: Any) -> Any:
    """A deep copy of `value` in plain dicts and lists (notebooks use their own)."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def merge_notebooks(notebooks: Sequence[tuple[str, Any]], metadata: dict[str, Any]) -> Any:
    """One notebook with the cells of all `notebooks` (pairs of name and node), in order.

    Every cell keeps where it comes from in its own metadata; `metadata` becomes the
    document's. The given notebooks are not changed.
    """
    from nbformat.v4 import new_notebook  # noqa: PLC0415  a fifth of a second

    merged = new_notebook()
    for name, node in notebooks:
        for index, cell in enumerate(node.get("cells", []), start=1):
            twin = copy.deepcopy(cell)
            twin["id"] = f"cell-{len(merged['cells']) + 1}"
            twin["metadata"][KEY] = {"notebook": name, "cell": index}
            merged["cells"].append(twin)
        for key in ("kernelspec", "language_info"):
            if key in node.get("metadata", {}):
                merged["metadata"].setdefault(key, copy.deepcopy(node["metadata"][key]))
    merged["metadata"][KEY] = copy.deepcopy(metadata)
    return merged
