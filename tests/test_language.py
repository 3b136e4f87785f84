"""Words: both languages say the same things, without digits, and nothing is unsaid or unused."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analysis
from analysis.language.phrases import share_in_words
from analysis.language.words import load_language
from analysis.project import LANGUAGES
from analysis.raw.literature import read_origins
from helpers import real_project

PACKAGE = Path(analysis.__file__).parent
NL, EN = load_language("nl"), load_language("en")
PLACE = re.compile(r"\{([^{}]*)\}")
# Functions whose first argument is a key, or the part of one.
SPEAKERS = ("label", "say", "get", "either", "_label", "variant")
FILE_NAME = re.compile(r".*\.(csv|html|yml|json|css|js|typ|pdf|ipynb|svg|parquet|md)")


def leaves(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every text, or list of texts, with its dotted key."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves(value, f"{path}.{key}" if path else str(key))
    else:
        yield path, tree


def texts(value: Any) -> list[str]:
    return [str(text) for text in (value if isinstance(value, list) else [value])]


def places(value: Any) -> list[set[str]]:
    return [set(PLACE.findall(text)) for text in texts(value)]


DUTCH, ENGLISH = dict(leaves(NL.tree)), dict(leaves(EN.tree))
# Templates that come in two numbers are asked for by what their keys have in common.
BOTH_NUMBERS = re.compile(r"_(one|many)$")


# --- The two languages


def test_both_languages_have_the_same_keys():
    assert sorted(DUTCH) == sorted(ENGLISH)


def test_every_text_has_the_same_places_in_both_languages():
    different = [key for key, text in DUTCH.items() if places(text) != places(ENGLISH[key])]
    assert different == []


@pytest.mark.parametrize("words", [DUTCH, ENGLISH], ids=LANGUAGES)
def test_no_text_holds_a_digit_for_every_number_comes_from_a_fact(words: dict[str, Any]):
    with_digit = [key for key, value in words.items() if re.search(r"\d", "".join(texts(value)))]
    assert with_digit == []


@pytest.mark.parametrize("words", [DUTCH, ENGLISH], ids=LANGUAGES)
def test_no_text_is_empty_but_for_those_that_may_be(words: dict[str, Any]):
    empty = [key for key, value in words.items() if not all(text.strip() for text in texts(value))]
    assert empty == ["appendices.audit.groups.all", "front.authors"]


def test_a_key_that_is_not_there_is_named():
    with pytest.raises(KeyError, match=r"language 'nl' has no 'survey\.nothing'"):
        NL.label("survey.nothing")
    with pytest.raises(KeyError, match="no language 'fr'"):
        load_language("fr")


@pytest.mark.parametrize("language", [NL, EN], ids=LANGUAGES)
def test_every_origin_in_the_data_has_a_name(language: Any):
    codes = set(read_origins(real_project())["origin"])
    assert codes <= set(language.get("origins"))


# --- What the code says

# Where callers give the rest of a key: f"report.{key}" and the like.
PREFIXES = {
    "report/": "report.",
    "chapters/claims.py": "appendices.audit.",
}


def pattern(node: ast.expr) -> str:
    """A string or f-string as a pattern of keys: a place stands for one part of a key."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.escape(node.value)
    if isinstance(node, ast.IfExp):
        sides = pattern(node.body), pattern(node.orelse)
        return f"(?:{'|'.join(sides)})" if any(sides) else ""
    if isinstance(node, ast.FormattedValue):
        return pattern(node.value) or "[^.]+"
    if isinstance(node, ast.JoinedStr):
        return "".join(pattern(value) for value in node.values)
    return ""


@cache
def package() -> list[tuple[str, ast.Module | str]]:
    """Every module and every template, with its place in the package."""
    found: list[tuple[str, ast.Module | str]] = []
    for path in sorted(PACKAGE.rglob("*")):
        name = path.relative_to(PACKAGE).as_posix()
        if path.suffix == ".py":
            found.append((name, ast.parse(path.read_text(encoding="utf-8"))))
        elif path.parent.name == "templates":
            found.append((name, path.read_text(encoding="utf-8")))
    return found


def keys_of(name: str, told: str) -> set[str]:
    """The ways in which a pattern, standing in the file `name`, can be a key."""
    prefixes = [""] + [prefix for place, prefix in PREFIXES.items() if name.startswith(place)]
    ways = {re.escape(prefix) + told for prefix in prefixes if told}
    # A key starts with the name of a file of words, told in full.
    return {way for way in ways if way.replace("\\", "").partition(".")[0] in NL.tree}


def said_in(name: str, content: ast.Module | str) -> Iterator[str]:
    """Every string in a module or template that can be a key, as a pattern."""
    if isinstance(content, ast.Module):
        strings = [n for n in ast.walk(content) if isinstance(n, (ast.Constant, ast.JoinedStr))]
        told = [pattern(node) for node in strings]
    else:
        told = [re.escape(text) for text in re.findall(r'"([\w.]+)"', content)]
        # label("badges." ~ block.provenance)
        told += [re.escape(text) + "[^.]+" for text in re.findall(r'"([\w.]+\.)" ~', content)]
    for one in told:
        if not FILE_NAME.fullmatch(one.replace("\\", "")):
            yield from keys_of(name, one)


def asked_in(name: str, content: ast.Module | str) -> Iterator[tuple[str, set[str]]]:
    """The calls that look up a key: the function, and the ways in which its argument is one."""
    nodes = ast.walk(content) if isinstance(content, ast.Module) else []
    for node in nodes:
        # A second argument says what to do without the key.
        if isinstance(node, ast.Call) and len(node.args) == 1:
            function = getattr(node.func, "attr", getattr(node.func, "id", ""))
            # `get` is a method of dictionaries too, so there a key is told in full.
            ways = keys_of("" if function == "get" else name, pattern(node.args[0]))
            if function in SPEAKERS and ways:
                yield function, ways


def stems(key: str) -> list[str]:
    """A key and everything that it stands in."""
    parts = key.split(".")
    return [".".join(parts[:number]) for number in range(1, len(parts) + 1)]


def test_every_text_that_the_code_asks_for_is_there():
    known = {stem for key in DUTCH for stem in stems(key)}
    known |= {BOTH_NUMBERS.sub("", key) for key in DUTCH}
    asked = [ways for place in package() for _, ways in asked_in(*place)]
    assert len(asked) > 100
    missing = [
        ways for ways in asked if not any(re.fullmatch("|".join(ways), key) for key in known)
    ]
    assert missing == []


def test_every_text_is_asked_for_somewhere():
    said = re.compile("|".join({way for place in package() for way in said_in(*place)}))
    asked = [call for place in package() for call in asked_in(*place)]
    groups = re.compile("|".join({way for name, ways in asked if name == "get" for way in ways}))
    unused = [
        key
        for key in DUTCH
        if not said.fullmatch(key)
        and not said.fullmatch(BOTH_NUMBERS.sub("", key))
        and not any(groups.fullmatch(stem) for stem in stems(key))
    ]
    assert unused == []


# --- Numbers


@pytest.mark.parametrize(
    ("value", "number", "nl", "en"),
    [
        (1234.5, 1, "1.234,5", "1,234.5"),
        (1234567, 0, "1.234.567", "1,234,567"),
        (0.5, 2, "0,50", "0.50"),
        (-3, 0, "\N{MINUS SIGN}3", "\N{MINUS SIGN}3"),
        (-0.04, 1, "0,0", "0.0"),
        (-0.0, 0, "0", "0"),
        (-0.06, 1, "\N{MINUS SIGN}0,1", "\N{MINUS SIGN}0.1"),
        (-1234.5, 1, "\N{MINUS SIGN}1.234,5", "\N{MINUS SIGN}1,234.5"),
    ],
)
def test_numbers_are_written_in_the_way_of_the_language(
    value: float, number: int, nl: str, en: str
):
    assert (NL.decimal(value, number), EN.decimal(value, number)) == (nl, en)


def test_a_percentage_carries_its_sign():
    assert (NL.percent(83.87), EN.percent(83.87)) == ("84%", "84%")
    assert (NL.percent(15.49, 2), EN.percent(15.49, 2)) == ("15,49%", "15.49%")


@settings(deadline=None)
@given(st.floats(-1e9, 1e9, allow_nan=False), st.integers(0, 4))
def test_a_written_number_can_be_read_back(value: float, number: int):
    written = NL.decimal(value, number)
    plain = written.replace(".", "").replace(",", ".").replace("\N{MINUS SIGN}", "-")
    assert float(plain) == pytest.approx(value, abs=0.51 * 10**-number)


# --- Shares in words


@pytest.mark.parametrize(
    ("count", "base", "nl", "en"),
    [
        (0, 31, "niemand", "nobody"),
        (31, 31, "iedereen", "everybody"),
        (1, 31, "bijna niemand", "hardly anybody"),
        (30, 31, "bijna iedereen", "nearly everybody"),
        (1, 2, "de helft", "half"),
        (1, 3, "een derde", "a third"),
        (16, 31, "ruim de helft", "just over half"),  # .516
        (15, 31, "bijna de helft", "just under half"),  # .484
        (11, 31, "ruim een derde", "just over a third"),  # .355
        (10, 31, "ongeveer een derde", "about a third"),  # .323, within .012 of a third
        (26, 31, "ruim vier vijfde", "just over four fifths"),  # .839
        (7, 31, "bijna een kwart", "just under a quarter"),  # .226, nearer to .25 than to .2
        (18, 27, "twee derde", "two thirds"),
    ],
)
def test_a_share_is_the_nearest_fraction_that_readers_know(count: int, base: int, nl: str, en: str):
    assert (share_in_words(count / base, NL), share_in_words(count / base, EN)) == (nl, en)


@pytest.mark.parametrize("share", [-0.01, 1.01, 84])
def test_what_is_no_share_has_no_words(share: float):
    with pytest.raises(ValueError, match="is no share"):
        share_in_words(share, NL)


@settings(deadline=None)
@given(st.floats(0, 1))
def test_over_and_under_never_point_the_wrong_way(share: float):
    words = share_in_words(share, EN)
    fractions = {
        "a tenth": 0.1, "a fifth": 0.2, "a quarter": 0.25, "a third": 1 / 3, "two fifths": 0.4,
        "half": 0.5, "three fifths": 0.6, "two thirds": 2 / 3, "three quarters": 0.75,
        "four fifths": 0.8, "nine tenths": 0.9,
    }  # fmt: skip
    if words.startswith("just over "):
        assert share > fractions[words.removeprefix("just over ")]
    elif words.startswith("just under "):
        assert share < fractions[words.removeprefix("just under ")]
    elif words.startswith("about "):
        assert share == pytest.approx(fractions[words.removeprefix("about ")], abs=0.0121)
    elif words in fractions:
        assert share == pytest.approx(fractions[words], abs=1e-8)
    else:
        assert share < 0.06 or share > 0.94
