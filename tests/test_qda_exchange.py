"""Projects of REFI-QDA: every coding of every kind of source is read, whatever program wrote it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.qda.codebook import read_codebook, write_codebook
from analysis.qda.codings import CaseCodings, codings_of, passages
from analysis.qda.exchange import read_exchange
from analysis.qda.positions import COUNTINGS, Counting, Text, counted, counting_of
from analysis.raw.coding import read_coding_frame
from analysis.raw.tables import rows
from helpers import real_project
from qda_projects import PROGRAMS, Document, QdaProject, Selection

TEXT = (
    "Vraag: hoe gaat het?\n"
    "Wij 😀 kennen de wijk goed, zegt een café-houder.\n"
    "\n"
    "Bewoners vertrouwen het team niet.\n"
    "Het team weet dat wel."
)


def read(project: QdaProject, folder: Path) -> CaseCodings:
    exchange = read_exchange(project.write(folder / "p.qdpx"), "p.qdpx")
    return codings_of("ede", {"p.qdpx": exchange}, {})


def interview() -> Document:
    return (
        Document("Jansen.docx", TEXT)
        .code("Wij 😀 kennen de wijk", "Insight")
        .code("Bewoners vertrouwen het team niet", "Access > Distrust", "Actors > Resident")
        .code("vertrouwen het team niet.\nHet team", "Insight", coder="Coder B")
        .code("weet dat wel", "Access > Distrust", note="nl: Zij weten het. / en: They know.")
    )


# --- Programs


@pytest.mark.parametrize("program", PROGRAMS)
def test_lines_and_words_are_found_as_each_program_counts(program, tmp_path):
    found = read(QdaProject([interview()], program), tmp_path)
    text = found.sources[0].source.texts[0]
    told = [
        (row.line, row.last_line, text[row.start : row.end].replace("\r", ""), row.code, row.coder)
        for row in rows(found.table)
    ]
    assert told == [
        (2, 2, "Wij 😀 kennen de wijk", "Insight", "coder-1"),
        (4, 4, "Bewoners vertrouwen het team niet", "Access > Distrust", "coder-1"),
        (4, 4, "Bewoners vertrouwen het team niet", "Actors > Resident", "coder-1"),
        (4, 5, "vertrouwen het team niet.\nHet team", "Insight", "coder-2"),
        (5, 5, "weet dat wel", "Access > Distrust", "coder-1"),
    ]
    assert "They know." in found.table["note"].iloc[-1]


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_kind_of_source_is_read(program, tmp_path):
    code = [("Insight", "Coder A"), ("Access > Distrust", "Coder B")]
    project = QdaProject(
        [
            Document("a", TEXT, whole=code),
            Document(
                "b", TEXT, "pdf",
                [Selection("text", 21, 30, code), Selection("page", codes=code, page=2)], code[:1],
            ),
            Document("c", "", "picture", [Selection("picture", codes=code)], code),
            Document("d", "", "audio", [Selection("time", 90_000, 95_000, code)]),
            Document(
                "e", TEXT, "video",
                [Selection("time", 1, 2, code), Selection("transcript", 72, 80, code)],
            ),
        ],
        program,
    )  # fmt: skip
    found = read(project, tmp_path)
    assert len(found.table) == project.count
    kinds = Counter(zip(found.table["kind"], found.table["place"], strict=True))
    twice = 2 if program == "atlas" else 0
    assert kinds == {
        ("text", "whole"): 2, ("pdf", "text"): 2, ("pdf", "page"): 2 + twice, ("pdf", "whole"): 1,
        ("picture", "picture"): 2, ("picture", "whole"): 2, ("audio", "time"): 2,
        ("video", "time"): 2, ("video", "text"): 2,
    }  # fmt: skip
    spoken = [p.where for p in passages(found) if p.source == "ede-4"]
    assert spoken == [
        "source ede-4, minute 1:30, coder-1",
        "source ede-4, minute 1:30, coder-2",
    ]
    (transcript,) = {row.line for row in rows(found.table) if row.kind == "video" and row.line}
    assert transcript == 4


def test_a_selection_that_atlas_ti_writes_as_words_and_as_a_part_of_the_page_is_one(tmp_path):
    selection = Selection("text", 21, 30, [("Insight", "Coder A")])
    project = QdaProject([Document("b", TEXT, "pdf", [selection])], "atlas")
    found = read(project, tmp_path)
    assert len(found.table) == 2
    (passage,) = passages(found)
    assert (passage.codes, passage.place.line) == (["Insight"], 2)


@pytest.mark.parametrize("program", PROGRAMS)
def test_codes_on_one_selection_by_one_coder_are_one_passage(program, tmp_path):
    document = interview().code("Bewoners vertrouwen het team niet", "Other", coder="Coder B")
    found = passages(read(QdaProject([document], program), tmp_path))
    assert [(p.place.line, p.coder, p.codes) for p in found] == [
        (2, "coder-1", ["Insight"]),
        (4, "coder-1", ["Access > Distrust", "Actors > Resident"]),
        (4, "coder-2", ["Other"]),
        (4, "coder-2", ["Insight"]),
        (5, "coder-1", ["Access > Distrust"]),
    ]
    assert len({p.id for p in found}) == len(found)


def test_a_passage_coded_at_a_case_is_kept_without_the_name_of_the_case(tmp_path):
    document = Document("a", TEXT).code("het team", "Fatima", "Insight")
    found = read(QdaProject([document], "nvivo", cases=["Fatima"]), tmp_path)
    assert list(found.table["code"]) == ["case of the program > 1", "Insight"]


def test_documents_keep_their_number_when_another_comes_before_them(tmp_path):
    first = read(QdaProject([interview()], "nvivo"), tmp_path)
    known = {s.name: s.source.marks for s in first.sources}
    other = Document("Arends", "Een ander gesprek.").code("ander", "Insight")
    for program in ("nvivo", "qualcoder"):
        project = QdaProject([other, interview()], program)
        exchange = read_exchange(project.write(tmp_path / "p.qdpx"), "p.qdpx")
        again = codings_of("ede", {"p.qdpx": exchange}, known)
        assert [s.name for s in again.sources] == ["ede-2", "ede-1"]
        ids = {p.id for p in passages(again) if p.source == "ede-1"}
        assert ids == {p.id for p in passages(first)}


# --- Nothing is lost

CODES = ("A", "A > B", "A > B > C", "Ä; é", "x < y & z", '"quoted"')
CODERS = ("Coder A", "Coder B")
texts = st.text(st.sampled_from("ab é😀𝔸\n\t&<"), min_size=1, max_size=60)
codes = st.lists(
    st.tuples(st.sampled_from(CODES), st.sampled_from(CODERS)), min_size=1, max_size=3, unique=True
)


@st.composite
def documents(draw) -> Document:
    kind = draw(st.sampled_from(["text", "pdf", "picture", "audio", "video"]))
    text = draw(texts) if kind != "picture" else ""
    made = Document(draw(st.sampled_from(["x", "y", "z"])), text, kind)
    kinds = {"text": "text", "pdf": "text page", "picture": "picture", "audio": "time transcript"}
    for nth in range(draw(st.integers(0, 4))):
        where = draw(st.sampled_from(kinds.get(kind, "time transcript").split()))
        ends = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        made.selections.append(
            Selection(where, *ends, draw(codes), page=nth, region=(nth, 1, 2, 3))
        )
    made.whole = draw(st.one_of(st.just([]), codes))
    return made


@settings(max_examples=60, deadline=None)
@given(st.lists(documents(), max_size=3), st.sampled_from(PROGRAMS))
def test_as_many_codings_come_out_as_went_in(tmp_path_factory, made, program):
    project = QdaProject(made, program)
    found = read(project, tmp_path_factory.getbasetemp())
    assert len(found.table) == project.count
    wanted: Counter[tuple[str, str, str]] = Counter()
    for number, document in enumerate(made, start=1):
        pairs = [(*pair, 1) for pair in document.whole]
        for selection in document.selections:
            times = 1 + project.twice(document, selection)
            pairs += [(*pair, times) for pair in selection.codes]
        for code, coder, times in pairs:
            wanted[f"ede-{number}", code, coder] += times
    names = {name: f"coder-{n}" for n, name in enumerate(
        (c for c in CODERS if any(coder == c for _, _, coder in wanted)), start=1)}  # fmt: skip
    told = Counter((row.source, row.code, row.coder) for row in rows(found.table))
    assert told == Counter({(s, c, names[w]): n for (s, c, w), n in wanted.items()})


@settings(max_examples=60, deadline=None)
@given(texts, st.data())
def test_words_and_line_of_a_selection_are_those_of_the_text(tmp_path_factory, text, data):
    program = data.draw(st.sampled_from(PROGRAMS))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    document = Document("x", text, selections=[Selection("text", start, end, [("A", "Coder A")])])
    found = read(QdaProject([document], program), tmp_path_factory.getbasetemp())
    (row,) = rows(found.table)
    stored = found.sources[0].source.texts[0]
    words = text[start:end]
    assert stored[row.start : row.end].replace("\r", "").strip() == words.strip()
    begin = start + len(words) - len(words.lstrip()) if words.strip() else start
    assert row.line == text[:begin].count("\n") + 1


# --- Positions


def test_positions_are_counted_as_the_program_by_its_name_does():
    assert counting_of("ATLAS.ti 24") == Counting(joined=True)
    assert counting_of("NVivo for Windows 12.6") == Counting(units=True)
    assert counting_of("MAXQDA 2022") == counting_of("") == Counting()


@pytest.mark.parametrize("told", COUNTINGS)
@pytest.mark.parametrize("how", COUNTINGS)
def test_a_program_that_counts_otherwise_is_found_out_by_the_names_of_its_selections(how, told):
    content = "Een 😀.\r\nTwee.\r\nBewoners wachten lang.\r\nEinde."

    def position(words: str) -> int:
        before = content[: content.index(words)]
        before = before.replace("\r\n", "\n") if how.joined else before
        return len(before.encode("utf-16-le")) // 2 if how.units else len(before)

    start, other = position("Bewoners"), position("wachten")
    selections = [(start, start + 8, "Bewoners wac…"), (other, other + 7, "wachten")]
    text = counted(content, told, selections)
    span = text.span(start, start + 8)
    assert span is not None
    assert (content[span.start : span.end], span.line, span.column) == ("Bewoners", 3, 0)


def test_a_selection_that_begins_with_a_line_end_stands_on_the_line_of_its_words():
    span = Text("a\n\n  b c").span(1, 6)
    assert span is not None
    assert (span.start, span.line, span.column) == (5, 3, 2)


def test_a_place_outside_the_text_is_none():
    text = Text("abc")
    assert [text.span(*ends) for ends in ((-1, 2), (2, 1), (4, 5))] == [None, None, None]


# --- Code books


def test_our_code_book_read_back_has_the_codes_of_the_frame_with_the_same_ids(tmp_path):
    frame = read_coding_frame(real_project())
    path = tmp_path / "frame.qdc"
    write_codebook(path, frame)
    first = path.read_bytes()
    write_codebook(path, frame)
    assert path.read_bytes() == first
    found = {code.path: code for code in read_codebook(path, "frame.qdc")}
    for name, point in frame.points.items():
        theme = frame.themes[point.theme]
        code = found["Thema's", theme.label_nl, point.label_nl]
        assert code.description == f"{point.definition_nl}\n{point.definition_en}", name
    for group in (frame.kinds, frame.actors, frame.forms, frame.policy, frame.addressees):
        for item in group.values():
            assert any(path[-1] == item.label_nl and len(path) == 2 for path in found)
    codes = [frame.themes, frame.points, frame.kinds, frame.actors, frame.forms, frame.policy]
    assert len(found) == sum(map(len, [*codes, frame.addressees])) + 3 + 7
    assert len({code.guid for code in found.values()}) == len(found)


@pytest.mark.parametrize("space", ["codebook:1.0", "codebook:1:0", "codebook:0:4"])
def test_code_books_are_read_with_the_namespaces_that_programs_write(space, tmp_path):
    path = tmp_path / "x.qdc"
    codes = '<Codes><Code guid="{AB}" name="x"><Code guid="CD" name="y"/></Code></Codes>'
    path.write_text(f'<CodeBook xmlns="urn:QDA-XML:{space}">{codes}</CodeBook>', encoding="utf-8")
    assert [(c.guid, c.path) for c in read_codebook(path, "x")] == [
        ("ab", ("x",)),
        ("cd", ("x", "y")),
    ]
