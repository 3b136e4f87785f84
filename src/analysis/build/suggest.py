"""Did you mean: the known word that is nearest to a mistyped one."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str:
    """The one of `known` that `word` was most likely meant to be, or empty."""
    from difflib import get_close_matches  # noqa: PLC0415

    by_lower = {name.lower(): name for name in known}
    begun = [name for name in by_lower if len(word) > 2 and name.startswith(word.lower())]
    found = begun[:1] or get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean …?`, or empty when nothing is near."""
    found = nearest(word, known)
    return f"; did you mean {found}?" if found else ""
