"""What an archive holds, and how far work on one has come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

Progress = Callable[[str, int, int | None], None]
"""Told what is being done ("Writing files"), how much of it is done, and how much there is (None: not known yet)."""


class Counts(NamedTuple):
    """What an archive holds.

    Attributes:
        documents: how many there are, by table.
        objects: how many stored objects.
        object_bytes: their sizes together.
        left_out: how many documents are not in it although they were there, by table.
    """

    documents: Mapping[str, int]
    objects: int
    object_bytes: int
    left_out: Mapping[str, int]


def silent(_doing: str, _done: int, _total: int | None) -> None:
    """Take progress and tell nobody."""
