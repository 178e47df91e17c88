"""From a Transition to posts that a client takes and the gateway carries (128 KB each)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from shared.sync.messages import transition, transition_chunk
from shared.sync.ordering import Family
from shared.sync.protocol import Version

MAX_POST_BYTES: Final = 120 * 1024
_ENVELOPE_BYTES: Final = 512
"""Room for what surrounds a chunk or the modifications of a Transition."""

MAX_VALUE_BYTES: Final = MAX_POST_BYTES - 2 * _ENVELOPE_BYTES
"""The largest result that a message holds which cannot be divided."""


def posts_of(family: Family, start: Version, end: Version, modifications: list[str], id: str) -> list[str]:
    """Return the posts that take a client of `family` from `start` to `end`.

    Clients other than JavaScript's know no chunks; they get several Transitions that end at the same time.

    Args:
        family: of the client.
        start: where the client stands.
        end: where it is taken.
        modifications: texts of `shared.sync.messages`; for other families each at most `MAX_VALUE_BYTES` and a name.
        id: unlike that of any other Transition of the connection.
    """
    whole = transition(start, end, modifications)
    if len(whole) <= MAX_POST_BYTES and len(whole.encode()) <= MAX_POST_BYTES:
        return [whole]
    if family != "js":
        groups = list(_groups(modifications))
        starts = [start, *([end] * (len(groups) - 1))]
        return [transition(begin, end, group) for begin, group in zip(starts, groups, strict=True)]
    parts = list(slices(whole, MAX_POST_BYTES - _ENVELOPE_BYTES))
    return [transition_chunk(id, number, len(parts), part) for number, part in enumerate(parts)]


def slices(text: str, most_bytes: int) -> Iterator[str]:
    """Cut a text, between characters, into pieces that as JSON strings take at most `most_bytes`."""
    start = 0
    while start < len(text):
        length = most_bytes
        while (size := written_bytes(text[start : start + length])) > most_bytes:
            length = max(1, min(length, len(text) - start) * most_bytes // size - 1)
        yield text[start : start + length]
        start += length


def written_bytes(text: str) -> int:
    """Return how many bytes a text takes as a JSON string."""
    return len(json.dumps(text, ensure_ascii=False).encode())


def _groups(modifications: list[str]) -> Iterator[list[str]]:
    group: list[str] = []
    size = _ENVELOPE_BYTES
    for modification in modifications:
        added = len(modification.encode()) + 1
        if group and size + added > MAX_POST_BYTES:
            yield group
            group, size = [], _ENVELOPE_BYTES
        group.append(modification)
        size += added
    yield group
