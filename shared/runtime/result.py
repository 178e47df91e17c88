"""What a function returns, as encoded JSON text.

Documents and records become objects by their wire names; large fields are filled in from where they were moved to.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from shared import values
from shared.errors import ValueTooLarge
from shared.schema.spilled import Spilled
from shared.schema.wire import plain

if TYPE_CHECKING:
    from shared.db.content import Content

MAX_RESULT_BYTES: Final = 5_500_000
"""Lambda answers with at most 6 MB; the rest is for headers and the response around the value."""

_LARGEST_CHARACTER_BYTES: Final = 7
"""No character takes more, however it is escaped."""


def encode(value: Any, function: str, content: Content, limit_bytes: int = MAX_RESULT_BYTES) -> str:
    """Return `value`, the result of the function at path `function`, as encoded JSON text.

    Args:
        value: what the function returned.
        function: its path.
        content: where large fields are.
        limit_bytes: the most that the caller's door can send.

    Raises:
        ValueTooLarge: the door could not send it.
        UnsupportedValue: something in it is no Convex value.
        NotFound: a document in it was deleted while its large fields were being read.
    """
    text = values.dumps(filled(plain(value), content))
    size_bytes = sent_bytes(text, limit_bytes)
    if size_bytes > limit_bytes:
        raise ValueTooLarge(
            f"Function {function} return value is too large "
            f"(actual: {mebibytes(size_bytes)}, limit: {mebibytes(limit_bytes)})"
        )
    return text


def filled(value: Any, content: Content) -> Any:
    """Put the values that pointers stand for in their places (in `value` itself, except at its root)."""
    root = [value]
    places = list(_pointers(root))
    if places:
        loaded = content.load_all([container[key] for container, key in places])
        for (container, key), text in zip(places, loaded, strict=True):
            container[key] = text
    return root[0]


def sent_bytes(text: str, limit_bytes: int = MAX_RESULT_BYTES) -> int:
    """Return how many bytes `text` takes in a Lambda response, which is JSON itself; 0 if well below the limit."""
    if len(text) < limit_bytes // _LARGEST_CHARACTER_BYTES:
        return 0
    return len(text.encode()) + text.count('"') + text.count("\\")


def mebibytes(size_bytes: int) -> str:
    """Write a size for people."""
    return f"{size_bytes / 2**20:.2f} MiB"


def _pointers(container: Any) -> Iterator[tuple[Any, Any]]:
    for key, value in container.items() if isinstance(container, dict) else enumerate(container):
        if isinstance(value, Spilled):
            yield container, key
        elif isinstance(value, dict | list):
            yield from _pointers(value)
