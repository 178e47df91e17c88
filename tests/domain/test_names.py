from __future__ import annotations

import pytest

from shared.domain.names import MAX_BYTES, name_of
from shared.errors import InvalidArgument


@pytest.mark.parametrize(
    "name",
    ["a", "main.py", ".env", "...", " spaced ", "ünï", "日本語.md", "שלום.py", "x" * MAX_BYTES, "a\\b"],
)
def test_an_ordinary_name_is_kept_as_it_is(name: str) -> None:
    assert name_of(name) == name


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "A name cannot be empty"),
        (".", 'A name cannot be "."'),
        ("..", 'A name cannot be ".."'),
        ("a/b", 'A name cannot contain "/"'),
        ("/", 'A name cannot contain "/"'),
        ("a\0b", "A name cannot contain control characters"),
        ("a\nb", "A name cannot contain control characters"),
        ("a\x7f", "A name cannot contain control characters"),
        ("a\x85", "A name cannot contain control characters"),
        ("invoice\u202efdp.exe", "A name cannot contain characters that turn the direction of text or break a line"),
        ("a\u2066b", "A name cannot contain characters that turn the direction of text or break a line"),
        ("a\u2028b", "A name cannot contain characters that turn the direction of text or break a line"),
        ("x" * 256, "A name cannot be longer than 255 bytes in UTF-8 (this one has 256)"),
        ("ü" * 128, "A name cannot be longer than 255 bytes in UTF-8 (this one has 256)"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_the_reason(name: str, reason: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        name_of(name)
    assert refused.value.message == reason
