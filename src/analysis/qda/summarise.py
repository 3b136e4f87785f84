"""Giving every fragment its summary, and asking for those that are still to be written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from analysis.project import DataError, Problem, Project
from analysis.qda.codebook import labels_of
from analysis.qda.codings import CaseCodings
from analysis.qda.folder import SUMMARIES, Case
from analysis.qda.fragments import Fragment
from analysis.qda.names import Names
from analysis.qda.summaries import (
    Summary,
    Words,
    in_notes,
    read_summaries,
    summary_faults,
    write_summaries,
)
from analysis.raw.coding import CodingFrame
from analysis.raw.municipalities import read_register

Known = Mapping[str, tuple[int, Summary]]


def summarise(
    project: Project,
    case: Case,
    made: Sequence[Fragment],
    codings: CaseCodings,
    frame: CodingFrame,
) -> None:
    """Fill in the summaries of `made`: of its row, of `summaries.csv`, or of the coder's note.

    What a second coder coded too takes the first one's words where it has none of its own. Writes
    a row in `summaries.csv` for each that is missing. Raises DataError with every summary that is
    missing, holds a digit or a name, or repeats the interview.
    """
    path = case.folder / SUMMARIES
    place = project.relative(path)
    known = read_summaries(path, place)
    by_id = _by_id(made, known)
    for fragment in made:
        summary = by_id[fragment.passage.id]
        fragment.cells |= {"summary_nl": summary.nl, "summary_en": summary.en}
    ask = [
        f
        for f in made
        if f.passage.row is None and (f.passage.id in known or by_id[f.passage.id].missing)
    ]
    rows = {key: row for key, (row, _) in known.items()}
    if any(f.passage.id not in known for f in ask):
        case.folder.mkdir(parents=True, exist_ok=True)
        write_summaries(path, [_asked(fragment, frame) for fragment in ask], known)
        rows = {fragment.passage.id: number for number, fragment in enumerate(ask, start=2)}
    texts = [text for s in codings.sources if s.codings for text in s.source.texts]
    names = Names(texts, frame, read_register(project), case.label)
    if problems := list(_problems(made, by_id, codings, names, place, rows)):
        raise DataError(problems)


def _by_id(made: Sequence[Fragment], known: Known) -> dict[str, Summary]:
    found: dict[str, Summary] = {}
    for fragment in sorted(made, key=lambda fragment: bool(fragment.cells["same_as"])):
        passage, cells = fragment.passage, fragment.cells
        if passage.row is not None:
            found[passage.id] = Summary(cells["summary_nl"], cells["summary_en"])
            continue
        ways = [
            known.get(passage.id, (0, Summary()))[1],
            in_notes(passage.said),
            found.get(cells["same_as"], Summary()),
        ]
        first = [next(filter(None, (getattr(w, code) for w in ways)), "") for code in ("nl", "en")]
        found[passage.id] = Summary(*first)
    return found


def _asked(fragment: Fragment, frame: CodingFrame) -> tuple[str, str, str, str]:
    """What a row of `summaries.csv` says, so that the researcher finds the place."""
    cells = fragment.cells
    targets = [
        *([] if cells["point"] else [f"theme:{cells['theme']}"]),
        *(f"point:{code}" for code in (cells["point"], *cells["also"].split()) if code),
        f"kind:{cells['kind']}",
        *(f"actor:{code}" for code in cells["actor"].split()),
    ]
    where = fragment.passage.where.split(", ")[1]
    return (cells["id"], cells["source"], where, ", ".join(labels_of(targets, frame)))


def _problems(
    made: Sequence[Fragment],
    by_id: Mapping[str, Summary],
    codings: CaseCodings,
    names: Names,
    place: str,
    rows: Mapping[str, int],
) -> Iterator[Problem]:
    words = {s.name: Words(s.source.texts) for s in codings.sources if s.codings}
    for fragment in made:
        passage, summary = fragment.passage, by_id[fragment.passage.id]
        row = passage.row or rows.get(passage.id)
        file = fragment.file if passage.row or row is None else place
        where = "" if passage.row else f"{passage.where}: "
        for column in summary.missing:
            yield Problem(file, f"{where}has no summary", row, column, allowed="a sentence")
        faults = summary_faults(summary, words.get(passage.source, Words(())), names)
        mend = None
        if file == fragment.file and not passage.row:
            mend = f"write it in the comment again, and export; or in {place}, id {passage.id}"
        for column, message, allowed in faults:
            yield Problem(file, f"{where}{message}", row, column, allowed=allowed, mend=mend)
