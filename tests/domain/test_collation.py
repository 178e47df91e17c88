from __future__ import annotations

import random

import pytest

from shared.domain.collation import collation_key

SORTED_BY_LOCALE_COMPARE = [
    ["_a", "-a", ".a", "'a", "(a", "[a", "@a", "#a", "%a", "+a", "~a", "$a", "1a", "a", "A", "b"],
    ["a", "A", "á", "Á", "b", "B", "z", "Z"],
    ["file", "FILE", "file 1", "file_1", "file-1", "file.ts", "File1", "file10", "file2"],
    ["resume", "Resume", "résumé", "Résumé"],
    ["😀", "1", "½", "10", "2", "a b", "a-b", "ab", "angle", "Ångström", "äpfel", "ea", "éa", "eb", "zebra"],
    ["Ωmega", "Привет", "한국", "日本"],
    ["ae", "æ", "af", "oe", "œ", "of", "oz", "øz", "ss", "ß", "st"],
]
"""Made with `Array.sort((a, b) => a.localeCompare(b))` in Node 20 (ICU 78, en-US)."""


@pytest.mark.parametrize("names", SORTED_BY_LOCALE_COMPARE)
def test_names_are_in_the_order_of_javascripts_locale_compare(names: list[str]) -> None:
    shuffled = random.Random(1).sample(names, len(names))
    assert sorted(shuffled, key=collation_key) == names


def test_a_lone_accent_is_a_name_too() -> None:
    assert sorted(["b", "\u0301"], key=collation_key) == ["\u0301", "b"]
