"""The order in which JavaScript's `localeCompare` puts names, as far as names of files need it.

Names are compared by their base letters first (spaces and punctuation, other symbols, digits, letters), then by
accents, then by case, lower before upper: ICU's root collation.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_PUNCTUATION: Final = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
"""The rest of ASCII, in ICU's order."""

_STROKE: Final = "\u0338"
_BASES: Final = str.maketrans(
    {"æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ß": "ss", "ẞ": "SS"}
    | {letter: base + _STROKE for letter, base in zip("øØłŁđĐ", "oOlLdD", strict=True)}
)
"""Letters that ICU takes for variants of others, though Unicode does not decompose them."""

Key = tuple[list[tuple[int, int]], list[str], str, str]


def collation_key(name: str) -> Key:
    """Return what to sort names by."""
    letters: list[str] = []
    accents: list[str] = []
    for character in unicodedata.normalize("NFKD", name.translate(_BASES)):
        if unicodedata.combining(character) and letters:
            accents[-1] += character
        else:
            letters.append(character)
            accents.append("")
    text = "".join(letters)
    return [_weight(character) for character in text.casefold()], accents, text.swapcase(), name


def _weight(character: str) -> tuple[int, int]:
    place = _PUNCTUATION.find(character)
    if place >= 0:
        return 0, place
    if character.isdigit():
        return 2, unicodedata.digit(character)
    return (3 if character.isalpha() else 1), ord(character)
