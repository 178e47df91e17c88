from __future__ import annotations

import random

import pytest

from shared.db.codec import MAX_FIELD_BYTES
from shared.jobs.text_or_binary import content_type_of, text_of


@pytest.mark.parametrize(
    "content", [b"", b"a\r\nb", "größe 日本語 🙂".encode(), b"\xef\xbb\xbfmark", b"\x01\x7f", b"x" * MAX_FIELD_BYTES]
)
def test_what_is_utf_8_is_text(content: bytes) -> None:
    assert text_of(content) == content.decode()


@pytest.mark.parametrize(
    "content",
    [
        b"a\0b",
        "naïve".encode("latin-1"),
        "text".encode("utf-16"),
        b"\xed\xa0\x80",
        b"\xc0\x80",
        b"\xf0\x9f",
        b"x" * (MAX_FIELD_BYTES + 1),
    ],
)
def test_what_is_not_or_is_too_long_is_binary(content: bytes) -> None:
    assert text_of(content) is None


@pytest.mark.parametrize("seed", range(20))
def test_text_is_the_same_bytes_when_it_is_written_out(seed: int) -> None:
    print(f"seed {seed}")
    chance = random.Random(seed)
    for _ in range(200):
        content = chance.randbytes(chance.randrange(6))
        assert text_of(content) in (None, content.decode(errors="replace"))
        assert (text_of(content) or "").encode() in (b"", content)


@pytest.mark.parametrize(
    ("path", "type"),
    [
        ("a/logo.png", "image/png"),
        ("LOGO.JPG", "image/jpeg"),
        ("x.woff2", "font/woff2"),
        ("doc.pdf", "application/pdf"),
        ("page.html", "application/octet-stream"),
        ("picture.svg", "application/octet-stream"),
        ("feed.xml", "application/octet-stream"),
        ("code.js", "application/octet-stream"),
        ("notes.txt", "application/octet-stream"),
        ("a.tar.gz", "application/octet-stream"),
        ("unknown", "application/octet-stream"),
        ("http://x/a.png", "image/png"),
    ],
)
def test_a_type_follows_from_the_name_and_is_none_that_a_browser_runs(path: str, type: str) -> None:
    assert content_type_of(path) == type
