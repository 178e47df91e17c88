"""Mailboxes in memory, behind the door of the queues."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shared.push.mailbox import Event


class MemoryMailbox:
    """Queues that keep their messages until they are taken; a message that is sent again is dropped.

    Attributes:
        waiting: queue records in the order of their arrival.
    """

    def __init__(self) -> None:
        self.waiting: list[dict[str, Any]] = []
        self._seen: set[tuple[str, str, str]] = set()
        self._sequence = 0

    def send(self, events: Iterable[Event]) -> None:
        for event in events:
            if (event.connection, event.kind, event.id) in self._seen:
                continue
            self._seen.add((event.connection, event.kind, event.id))
            self._sequence += 1
            attributes = {"MessageGroupId": event.connection, "SequenceNumber": str(self._sequence)}
            self.waiting.append({"body": event.body(), "attributes": attributes})

    def take(self, most: int = 10) -> list[dict[str, Any]]:
        """Return the next records, which are not returned again."""
        taken, self.waiting = self.waiting[:most], self.waiting[most:]
        return taken
