"""What files and folders may be called."""

from __future__ import annotations

import re
from typing import Final

from shared.errors import InvalidArgument

MAX_BYTES: Final = 255
"""The longest name that common file systems take, in UTF-8."""

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


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
    if _CONTROL.search(text):
        return "cannot contain control characters"
    size_bytes = len(text.encode())
    if size_bytes > MAX_BYTES:
        return f"cannot be longer than {MAX_BYTES} bytes in UTF-8 (this one has {size_bytes})"
    return None
