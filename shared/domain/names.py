"""What files and folders may be called."""

from __future__ import annotations

import re
from typing import Final

from shared.errors import InvalidArgument

MAX_BYTES: Final = 255
"""The longest name that common file systems take, in UTF-8."""

_REFUSED: Final = {
    "control characters": re.compile(r"[\x00-\x1f\x7f-\x9f]"),
    # So that what is called `exe.txt` is not shown for what ends in `.exe`.
    "characters that turn the direction of text or break a line": re.compile(
        "[\u202a-\u202e\u2066-\u2069\u2028\u2029]"
    ),
}
"""What no name may contain, and how it is found."""


def name_of(text: str) -> str:
    """Return `text` if a file or folder may be called that.

    Raises:
        InvalidArgument: it may not; the message says why.
    """
    fault = fault_of(text)
    if fault is not None:
        raise InvalidArgument(f"A name {fault}")
    return text


def fault_of(text: str) -> str | None:
    """Return what is wrong with `text` as a name, to be read after "A name", or None."""
    if not text:
        return "cannot be empty"
    if text in (".", ".."):
        return f'cannot be "{text}"'
    if "/" in text:
        return 'cannot contain "/"'
    for what, found in _REFUSED.items():
        if found.search(text):
            return f"cannot contain {what}"
    size_bytes = len(text.encode())
    if size_bytes > MAX_BYTES:
        return f"cannot be longer than {MAX_BYTES} bytes in UTF-8 (this one has {size_bytes})"
    return None
