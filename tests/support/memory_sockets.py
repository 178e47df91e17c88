"""Sockets in memory, behind the gateway's door."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from shared.push.sockets import Gone


class MemorySockets:
    """Sockets that keep what is posted to them.

    Attributes:
        posted: texts by connection.
        closed: connections that are closed.
    """

    def __init__(self) -> None:
        self.posted: dict[str, list[str]] = defaultdict(list)
        self.closed: set[str] = set()

    def post(self, connection: str, text: str) -> None:
        if connection in self.closed:
            raise Gone
        self.posted[connection].append(text)

    def close(self, connection: str) -> None:
        self.closed.add(connection)

    def taken(self, connection: str) -> list[dict[str, Any]]:
        """Return the messages that were posted since this was last asked."""
        return [json.loads(text) for text in self.posted.pop(connection, [])]
