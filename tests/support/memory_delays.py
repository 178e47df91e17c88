"""A delay queue in memory."""

from __future__ import annotations

from collections.abc import Iterable

from shared.push.delays import Delayed


class MemoryDelays:
    """Keeps what was put off.

    Attributes:
        waiting: messages in the order in which they were sent.
    """

    def __init__(self) -> None:
        self.waiting: list[Delayed] = []

    def send(self, messages: Iterable[Delayed]) -> None:
        self.waiting += messages
