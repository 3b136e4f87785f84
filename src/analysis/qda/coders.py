"""What several coders made of the same passages, kept so that their agreement can be measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.project import Project
from analysis.qda.folder import Case, describe, write_table
from analysis.qda.fragments import Fragment, overlap
from analysis.raw.coders import CODERS, CODERS_FILE
from analysis.raw.sources import read_source, seal, sidecar_of
from analysis.raw.tables import read_table

CODED = ("theme", "kind", "actor")


def coder_rows(case: str, fragments: Sequence[Fragment]) -> list[dict[str, str]]:
    """A row per unit and coder with `CODERS` as keys: see `raw.coders`.

    A unit is a passage of one coder of which others coded (part of) the same words; where one of
    these coded several parts of it, the largest counts. A passage that one coder alone coded is no
    unit: so what is measured is whether the same words got the same codes, not whether the same
    words were chosen.
    """
    firsts = {f.cells["id"]: f for f in fragments if not f.cells["same_as"]}
    units: dict[str, dict[str, Fragment]] = {}
    for fragment in fragments:
        first = firsts.get(fragment.cells["same_as"])
        coder = fragment.passage.coder
        if first is None or coder == first.passage.coder:
            continue
        said = units.setdefault(first.cells["id"], {first.passage.coder: first})
        place = first.passage.place
        if coder not in said or overlap(place, fragment.passage.place) > overlap(
            place, said[coder].passage.place
        ):
            said[coder] = fragment
    return [
        {"unit": unit, "coder": f"{case}-{coder}", **{c: fragment.cells[c] for c in CODED}}
        for unit, said in units.items()
        for coder, fragment in said.items()
    ]


def keep_coders(project: Project, case: Case, found: Sequence[Mapping[str, str]]) -> None:
    """Put the rows of one case in `coders.csv`, in place of those that it had there.

    The file goes when nothing is left in it. Raises DataError where the file cannot be read.
    """
    path = project.raw / CODERS_FILE
    others: list[Mapping[str, str]] = []
    if path.is_file():
        read_source(project, path)
        table = read_table(path, CODERS, name=project.relative(path))
        own = table["coder"].str.startswith(f"{case.name}-coder-")
        cells = table.loc[~own, list(CODERS)].to_numpy().tolist()
        others = [dict(zip(CODERS, row, strict=True)) for row in cells]
    if [*others, *found]:
        write_table(path, list(CODERS), [*others, *found])
        if sidecar_of(path).is_file():
            seal(project, path)
        else:
            describe(
                path,
                "Wat meer onderzoekers van dezelfde passages maakten",
                "Codes van meer onderzoekers bij dezelfde gesprekken, niet gepubliceerd.",
                "Per passage die meer onderzoekers hebben gecodeerd; namen staan er niet in.",
            )
    else:
        for file in (path, sidecar_of(path)):
            file.unlink(missing_ok=True)
