"""Whether a file is text, decided so that what is taken for text is the same bytes again when it is written out."""

from __future__ import annotations

from functools import cache
from mimetypes import MimeTypes
from typing import Final

from shared.db.codec import MAX_FIELD_BYTES

UNTYPED: Final = "application/octet-stream"
_YOUNG: Final = {
    ".avif": "image/avif",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
"""What not every version of Python knows."""

_ACTIVE: Final = ("text/", "html", "xml", "script")
"""What a browser would run or render if it were served; as binary data it is served as just that."""


def text_of(content: bytes) -> str | None:
    """Return the text that `content` is, or None: it is kept as binary data.

    Text is strict UTF-8 without NUL, and no longer than a text field.
    """
    if len(content) > MAX_FIELD_BYTES or b"\0" in content:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def content_type_of(path: str) -> str:
    """Return the media type of binary data by its name."""
    guessed, encoding = _types().guess_type(path.rpartition("/")[2])
    if guessed is None or encoding is not None or any(part in guessed for part in _ACTIVE):
        return UNTYPED
    return guessed


@cache
def _types() -> MimeTypes:
    types = MimeTypes()  # Python's own table: what a machine has installed does not matter
    for ending, type in _YOUNG.items():
        types.add_type(type, ending)
    return types
