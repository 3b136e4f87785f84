"""What identifies people stays in the export: it is looked for in every file that is written.

Every cell that must not leave the export holds a marker. Marked are all columns that are dropped,
the respondents' own numbers and the times at which they answered, also on sheets that do not
count; in some tests also an answer, a municipality and a column that the mapping does not know.
"""

from __future__ import annotations

import io
import json
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pandas as pd
import pyarrow.parquet as pq
import pypdf
import pytest

from analysis.answers import WHO, items_of
from analysis.intake.mapping import DROPPED, MappedColumn, write_mapping
from analysis.project import Project
from analysis.simulate.plan import Plan
from analysis.survey.collected import harmless
from conftest import PARAMETERS, Outcome, Place, copy_project
from planting import FORMATS, Planting
from rounds import ROUND, SimulatedRound, simulated_round

MARK = "ZZMARK"
CLOCK = "03:07:41"  # at which nobody else answers
PLAN = Plan(municipalities=12, respondents=60, officials=12)
# By these a reader tells which sheets count.
JUDGED = ("Status", "Finished")


@dataclass(frozen=True)
class Marked:
    """A round with markers in its export, and the project that holds it."""

    round: SimulatedRound
    place: Place
    planting: Planting

    def calls(self, *verbs: str) -> list[Outcome]:
        """Call the command with each verb for this round, in this process."""
        return [self.place.run(verb, "--round", ROUND) for verb in verbs]

    def leaks(self, *needles: str) -> list[str]:
        """Where anything stands that must not, in every file of the project but the exports."""
        answers = self.round.export.parent
        outside = [p for p in self.place.root.rglob("*") if p.is_file()]
        outside = [p for p in outside if p.parent != answers or p.suffix == ".yml"]
        return found_in(outside, needles or (MARK, CLOCK))


def found_in(paths: list[Path], needles: tuple[str, ...]) -> list[str]:
    """Each file and needle of which the file holds the needle, however it is written there."""
    found = []
    for path in paths:
        content = path.read_bytes()
        forms = [content, *unpacked(path, content)]
        for needle in needles:
            spelt = [needle.lower().encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")]
            if any(word in form.lower() for form in forms for word in spelt):
                found.append(f"{path.name}: {needle}")
    return found


def unpacked(path: Path, content: bytes) -> list[bytes]:
    """What a file holds that does not stand in it letter by letter."""
    if path.suffix == ".parquet":
        told = pq.read_table(path)
        cells = pd.read_parquet(path).astype("str").to_csv()
        return [cells.encode(), str(told.schema.metadata).encode()]
    if path.suffix == ".pdf":
        pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
        return ["\n".join(pages).encode(), *_inflated(re.split(rb"stream\r?\n", content))]
    if path.suffix == ".png":
        return _inflated(re.split(rb"iTXt|zTXt|iCCP|IDAT", content))
    return []


def _inflated(parts: list[bytes]) -> list[bytes]:
    found = []
    for part in parts:
        try:
            found.append(zlib.decompressobj().decompress(part))
        except zlib.error:
            continue
    return found


def marked(root: Path, format: str) -> Marked:
    """A round of which every cell that must stay in the export holds a marker."""
    made = simulated_round(root, format, PLAN, {"minimum_cell": 1})
    planting = Planting(Project(root), made.export, format)
    numbers = iter(range(10_000, 1_000_000))
    for column in planting.mapping:
        if column.becomes not in (*DROPPED, "respondent") or column.column in JUDGED:
            continue
        for row in planting.table.rows:
            planting.table.put(row, column.column, f"{MARK}{next(numbers)}QX")
    for role, clock in (("started", CLOCK), ("finished", "03:17:43")):
        day = "13-05-2027" if format == "csv" else "2027-05-13"
        for row in planting.table.rows:
            if planting.meaning(row, role):  # without one, LimeSurvey's sheets do not count
                planting.put(row, role, f"{day} {clock}")
    planting.save()
    return Marked(made, Place(root), planting)


def spoil(at: Marked) -> None:
    """Plant faults of all kinds, with markers in cells that are read too."""
    p = at.planting
    first, second, *rest = (p.sheet("professionals") for _ in range(9))
    p.put(second, "respondent", p.table.read(first, p.column("respondent")))
    for row, role in zip(rest, ("respondent", "municipality", "group"), strict=False):
        p.put(row, role, "")
    for row, role in zip(rest[3:], ("municipality", "group", "less_trust", "started"), strict=True):
        p.put(row, role, f"{MARK}{row}QX")
    p.table.add("naam_en_telefoon", f"{MARK}99QX")
    p.save()


# The search itself


def test_the_search_finds_a_marker_however_it_is_kept(tmp_path: Path):
    told = pd.DataFrame({"a": pd.Categorical(["x ZZMARK1QX"] * 3000)})
    told.to_parquet(tmp_path / "a.parquet", compression="brotli")
    packed = zlib.compress(b"(ZZMARK1QX) Tj")
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(tmp_path / "b.pdf")
    with (tmp_path / "b.pdf").open("ab") as stream:
        stream.write(b"stream\r\n" + packed + b"\r\nendstream")
    (tmp_path / "c.png").write_bytes(b"\x89PNG....zTXt" + packed)
    (tmp_path / "d.log").write_text("zzmark1qx", encoding="utf-16")
    (tmp_path / "e.json").write_text(json.dumps({"a": "nothing"}))
    paths = sorted(tmp_path.iterdir())
    assert found_in(paths, ("ZZMARK1QX",)) == [
        f"{name}: ZZMARK1QX" for name in ("a.parquet", "b.pdf", "c.png", "d.log")
    ]


# An import that succeeds


@pytest.mark.parametrize("format", FORMATS)
def test_a_proposal_holds_nothing_that_identifies_people(format: str, tmp_path: Path):
    at = marked(tmp_path, format)
    mapping = at.round.folder / "mapping.csv"
    write_mapping(mapping, [])
    (outcome,) = at.calls("import")
    assert outcome.code == 0
    assert "Nothing is imported yet" in outcome.out
    assert len(mapping.read_text(encoding="utf-8-sig").splitlines()) > 30
    assert at.leaks() == []
    assert MARK not in outcome.out + outcome.err


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_that_identifies_people_leaves_the_export(format: str, tmp_path: Path):
    at = marked(tmp_path, format)
    imported, checked = at.calls("import", "check")
    assert (imported.code, checked.code) == (0, 0), imported.err + checked.err
    kept = pd.read_parquet(tmp_path / "data/processed" / ROUND / "answers.parquet")
    assert len(kept) == 72
    assert [*kept.columns] == [*WHO, *items_of(at.round.answers)]
    assert at.leaks() == []
    assert MARK not in imported.out + imported.err + checked.out + checked.err


@pytest.mark.slow
def test_a_report_and_its_notebooks_hold_nothing_that_identifies_people(tmp_path: Path):
    at = marked(tmp_path, "qualtrics")
    (tmp_path / "notebooks").rmdir()
    copy_project(tmp_path, "notebooks", "pyproject.toml", "requirements.lock")
    outcome = at.place.call("report", "--round", ROUND)
    assert outcome.code == 0, outcome.err
    written = {path.suffix for path in (tmp_path / "reports").rglob("*") if path.is_file()}
    assert written >= {".html", ".pdf", ".ipynb", ".csv", ".json", ".svg", ".png", ".log"}
    assert at.leaks() == []


# An import, a report or the package that fails


@pytest.mark.parametrize("format", FORMATS)
def test_what_fails_for_its_data_writes_nothing_that_identifies_people(format: str, tmp_path: Path):
    at = marked(tmp_path, format)
    at.place.write_notebook("1_parts", "1", parameters=PARAMETERS)
    spoil(at)
    outcomes = at.calls("check", "report", "import")
    assert [outcome.code for outcome in outcomes] == [1, 1, 0]  # a row is proposed
    new = MappedColumn(at.round.export.name, "naam_en_telefoon", "", "personal", accepted=True)
    write_mapping(at.round.folder / "mapping.csv", [*at.planting.mapping, new])
    outcomes = at.calls("check", "report", "import")
    assert [outcome.code for outcome in outcomes] == [1, 1, 1]
    assert at.leaks() == []
    assert not (tmp_path / "data/processed" / ROUND).exists()


@pytest.mark.slow
def test_a_notebook_that_fails_leaves_nothing_that_identifies_people(tmp_path: Path):
    at = marked(tmp_path, "excel")
    study = "from analysis.study import open_study\nanswers = open_study(round, language).survey"
    at.place.write_notebook("1_parts", study, "answers.data, 1 / 0", parameters=PARAMETERS)
    (outcome,) = at.calls("report")
    assert outcome.code != 0
    assert list((tmp_path / "reports").rglob("1_parts*.ipynb"))
    assert at.leaks() == []


@pytest.mark.parametrize(
    ("verb", "module"),
    [
        ("import", "importing"),
        ("check", "importing"),
        ("import", "receive"),
    ],
)
def test_a_fault_of_the_package_writes_no_cell_to_a_log(verb: str, module: str, tmp_path: Path):
    at = marked(tmp_path, "csv")

    def broken_reader(*_: object) -> None:
        raise ValueError(f"could not convert {MARK}10000QX")

    with mock.patch(f"analysis.intake.{module}.read_export", broken_reader):
        (outcome,) = at.calls(verb)
    (log,) = (tmp_path / "reports/.logs").glob("fault-*.log")
    assert outcome.code == 3
    assert "in broken_reader" in log.read_text(encoding="utf-8")
    assert "ValueError" in log.read_text(encoding="utf-8")
    assert at.leaks(f"{MARK}10000QX") == []
    assert MARK not in outcome.out + outcome.err


# Municipalities


def imported_csv(root: Path) -> SimulatedRound:
    """A round that was imported, of which every municipality of the frame took part."""
    made = simulated_round(
        root, "csv", Plan(municipalities=40, respondents=80), {"minimum_cell": 1}
    )
    assert Place(root).run("import", "--round", ROUND).code == 0
    return made


def test_what_is_kept_names_no_municipality(tmp_path: Path):
    made = imported_csv(tmp_path)
    frame = pd.read_csv(made.folder / "frame.csv", dtype="str")
    words = {*frame["municipality"], *frame["name"], *" ".join(frame["code"]).split()}
    kept = [path for path in (tmp_path / "data/processed").rglob("*") if path.is_file()]
    assert {path.name for path in kept} == {"answers.parquet", "import.json"}
    # Of bytes that are packed, some spell a short name.
    texts = [pd.read_parquet(kept_in(tmp_path)).to_csv(), str(pq.read_schema(kept_in(tmp_path)))]
    texts += [path.read_text() for path in kept if path.suffix == ".json"]
    assert [word for word in sorted(words) for text in texts if word in text] == []
    assert found_in(kept, tuple(word for word in words if len(word) > 5)) == []


def kept_in(root: Path) -> Path:
    """The answers that are kept."""
    return root / "data/processed" / ROUND / "answers.parquet"


def order_kept(root: Path, made: SimulatedRound) -> list[str]:
    """The municipalities in the order of their numbers, which takes the export to tell."""
    kept = pd.read_parquet(kept_in(root))["municipality"].astype("str")
    named = made.imported().answers["municipality"].astype("str")
    found = dict(zip(kept, named, strict=True))
    return [found[number] for number in sorted(found)]


def test_the_numbers_of_municipalities_say_nothing_of_their_order(tmp_path: Path):
    made = imported_csv(tmp_path)
    order = order_kept(tmp_path, made)
    places = made.imported().answers["municipality"].astype("str")
    known_orders = (sorted(order), list(dict.fromkeys(places)), list(places.value_counts().index))
    for known in known_orders:
        ranks = pd.Series(order).map(known.index)
        assert abs(ranks.corr(pd.Series(range(len(order))))) < 0.5


def test_the_order_in_which_municipalities_are_listed_is_that_of_their_numbers(tmp_path: Path):
    imported_csv(tmp_path)
    told = pq.read_table(kept_in(tmp_path))["municipality"].combine_chunks().dictionary.to_pylist()
    assert told == sorted(told)


def test_the_key_to_the_order_stands_nowhere(tmp_path: Path):
    made = imported_csv(tmp_path)
    order = order_kept(tmp_path, made)
    found = made.imported()
    shared = [p for p in tmp_path.rglob("*") if p.is_file() and p != made.export]
    digests = {d for p in shared for d in re.findall(rb"[0-9a-f]{64}", p.read_bytes())}
    assert len(digests) > 10
    for digest in digests:
        told = harmless(found, digest.decode()).answers["municipality"].astype("str")
        named = found.answers["municipality"].astype("str")
        numbered = dict(zip(told, named, strict=True))
        assert [numbered[number] for number in sorted(numbered)] != order


def test_other_answers_give_the_municipalities_another_order(tmp_path: Path):
    made = imported_csv(tmp_path)
    before = order_kept(tmp_path, made)
    assert Place(tmp_path).run("import", "--round", ROUND).code == 0
    assert order_kept(tmp_path, made) == before
    planting = Planting(Project(tmp_path), made.export, "csv")
    planting.put(planting.table.rows[0], "open", "iets anders")
    planting.save()
    assert Place(tmp_path).run("import", "--round", ROUND).code == 0
    assert order_kept(tmp_path, made) != before
