"""Shares in words: "ruim vier vijfde", "just over four fifths"."""

from __future__ import annotations

from analysis.language.words import Language

# Fractions that readers know, with the key of their word.
FRACTIONS = {
    0.1: "tenth",
    0.2: "fifth",
    0.25: "quarter",
    1 / 3: "third",
    0.4: "two_fifths",
    0.5: "half",
    0.6: "three_fifths",
    2 / 3: "two_thirds",
    0.75: "three_quarters",
    0.8: "four_fifths",
    0.9: "nine_tenths",
}
NEAR = 0.012  # as close as this, a share is called "about" the fraction


def share_in_words(share: float, language: Language) -> str:
    """`share` (0 to 1) as a phrase in the language.

    The nearest of a few common fractions, with "about" within 1.2 percentage points, else "just
    over" or "just under". Raises ValueError outside 0 to 1.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"{share} is no share")
    if share in (0.0, 1.0):
        return language.label("phrases.none" if share == 0 else "phrases.all")
    if share < 0.06:
        return language.label("phrases.hardly_any")
    if share > 0.94:
        return language.label("phrases.nearly_all")
    nearest = min(FRACTIONS, key=lambda fraction: abs(fraction - share))
    word = language.label(f"phrases.fractions.{FRACTIONS[nearest]}")
    if abs(share - nearest) < 1e-9:
        return word
    if abs(share - nearest) <= NEAR:
        return language.label("phrases.about").format(fraction=word)
    side = "over" if share > nearest else "under"
    return language.label(f"phrases.{side}").format(fraction=word)
