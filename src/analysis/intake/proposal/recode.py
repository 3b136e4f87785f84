"""What the texts of a column are proposed to stand for, once it is known what it becomes.

A text that is not known for sure stands for `?`. A scale of another length is brought to five
points so: its ends stay ends, the middle of an odd number of points is 3, what lies below the
middle becomes 2 and above it 4. Seven points become 1, 2, 2, 3, 4, 4, 5; four 1, 2, 4, 5.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from analysis.intake.formats.export import Heading
from analysis.intake.mapping import UNDECIDED
from analysis.intake.proposal.wording import fold, stands_for

Codes = dict[str, str]
POINTS = ("1", "2", "3", "4", "5")
# Numbers of points that a scale without any label is taken to have. With six or eight it may
# as well be five or seven and "don't know".
USUAL = (4, 5, 7, 10)
# What is said of numbers without labels, for somebody to look at.
TAKEN_AS = "1 taken for disagreeing most"
BETWEEN = re.compile(r"\s*[,;|]\s*")


def five_points(points: int) -> Codes:
    """The points 1 to `points` of a scale on the scale of five; none for less than two."""
    if points < 2:
        return {}
    middle = (points + 1) / 2
    codes = {str(n): "2" if n < middle else "3" if n == middle else "4" for n in range(1, points)}
    return {**codes, "1": "1", str(points): "5"}


def told(heading: Heading, texts: Iterable[str], kind: str) -> Codes:
    """What each text or labelled code stands for by its label or wording, `?` where not known.

    `kind` as in `stands_for`. A code that the file declares missing is `missing`, unless its
    label says that the answer is not known.
    """
    codes = {}
    for text in in_order({*heading.values, *texts}):
        label = heading.values.get(text, text)
        meaning = stands_for(text if bare(label) else label, kind)
        if text in heading.missing and meaning != "dont_know":
            meaning = "missing"
        codes[text] = meaning or UNDECIDED
    return codes


def scale(heading: Heading, texts: Sequence[str], length: int) -> tuple[Codes, str]:
    """Codes for an item on the scale, and what to say of them.

    Labels decide; numbers between labelled ends follow the rule above, turned round where the
    labels are. Numbers without any label are points of a scale of `length`, see `lengths`.
    """
    codes = told(heading, texts, "scale")
    if _fall_together(heading, codes):
        points = [text for text, code in codes.items() if code in POINTS]
        return codes | dict.fromkeys(points, UNDECIDED), "two of its answers would be one"
    loose = [t for t in codes if codes[t] == UNDECIDED and _is_point(t) and _unlabelled(heading, t)]
    ends = sorted(int(text) for text in codes if codes[text] in POINTS and _is_point(text))
    if not loose:
        return codes, ""
    if not ends:
        rule, note = five_points(length), f"{length} points, {TAKEN_AS}"
    else:
        rule, note = _between(codes, ends), f"{ends[-1]} points by the labels of the ends"
    if not rule:
        return codes, "how many points its scale has is not known"
    found = {text: code for text, code in rule.items() if text in loose or text not in codes}
    codes |= found
    return {text: codes[text] for text in in_order(codes)}, note


def lengths(columns: Mapping[str, tuple[Heading, Sequence[str]]]) -> dict[str, int]:
    """How many points each scale without labels has, judged by all of them; 0 for not known.

    It is five where 5 occurs and nothing says that there are more; four only for a column in
    which 1 to 4 all occur. Of longer scales a column must reach the end itself.
    """
    found: dict[str, set[int]] = {}
    for name, (heading, texts) in columns.items():
        codes = told(heading, texts, "scale")
        if not any(code in POINTS for code in codes.values()):
            unknown = (text for text, code in codes.items() if code == UNDECIDED)
            found[name] = {int(text) for text in unknown if _is_point(text)}
    whole: set[int] = set().union(*found.values())
    last = next(n for n in range(len(whole) + 1) if n + 1 not in whole)
    if last < 5 and 5 in whole and not whole & {6, *USUAL[2:]}:
        last = 5
    return {name: _length(numbers, last) for name, numbers in found.items()}


def box(heading: Heading, texts: Sequence[str], option: Sequence[str]) -> Codes:
    """Codes for a box to tick; `option` are the texts of its option, which mean that it is."""
    ticked = {fold(text) for text in option}
    codes = told(heading, texts, "box")
    for text, code in codes.items():
        if code == UNDECIDED and fold(heading.values.get(text, text)) in ticked:
            codes[text] = "selected"
    return codes


def parts_of(heading: Heading, texts: Sequence[str], options: Iterable[str]) -> list[str]:
    """The texts that stand together in cells such as `1,3`; a known text may hold a comma."""
    known = sorted({*heading.values, *options}, key=len, reverse=True)
    parts: dict[str, None] = dict.fromkeys(heading.values)
    for text in texts:
        rest = text
        while rest:
            start = next((k for k in known if _begins(rest, k)), BETWEEN.split(rest, 1)[0])
            parts |= {start: None} if start else {}
            rest = BETWEEN.sub("", rest[len(start) :], count=1).strip()
    return in_order(parts)


def in_order(texts: Iterable[str]) -> list[str]:
    """Numbers first, by size, then other texts by the alphabet."""
    return sorted(texts, key=lambda t: (0, int(t), t) if bare(t) else (1, 0, t))


def bare(text: str) -> bool:
    """Whether a text is a whole number and nothing else."""
    return re.fullmatch(r"-?[0-9]+", text) is not None


def code_like(text: str) -> bool:
    """Whether a text is a code that a program gave, such as `3`, `-99` or `A2`."""
    return re.fullmatch(r"[A-Za-z]{0,2}-?[0-9]{1,3}", text) is not None


def _is_point(text: str) -> bool:
    return bare(text) and not text.startswith("-")


def _begins(text: str, known: str) -> bool:
    rest = text[len(known) :].lstrip()
    return text.startswith(known) and (not rest or rest[0] in ",;|")


def _length(numbers: set[int], last: int) -> int:
    if 0 in numbers or not numbers or last not in USUAL:
        return 0
    if last == 5:
        return 5
    return last if last in numbers and (last != 4 or {1, 2, 3, 4} <= numbers) else 0


def _unlabelled(heading: Heading, text: str) -> bool:
    return bare(heading.values.get(text, text))


def _between(codes: Codes, ends: Sequence[int]) -> Codes:
    """The rule for a scale of which the first and the last point are labelled, either way."""
    first, last = str(ends[0]), str(ends[-1])
    if first != "1" or first == last:
        return {}
    rule = five_points(ends[-1])
    if codes[first] in "12" and codes[last] in "45":
        return rule
    if codes[first] in "45" and codes[last] in "12":
        return {text: str(6 - int(code)) for text, code in rule.items()}
    return {}


def _fall_together(heading: Heading, codes: Codes) -> bool:
    """Whether a scale of up to five answers has two, worded differently, that become one."""
    worded = {fold(heading.values.get(t, t)): code for t, code in codes.items() if code in POINTS}
    return len(worded) <= 5 and len(set(worded.values())) < len(worded)
