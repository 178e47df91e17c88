"""The released Python client: a new session for each connection, no chunks, and nothing sent before it is needed."""

from __future__ import annotations

from typing import ClassVar

from tests.sync.simulation.calls import Call, Row
from tests.sync.simulation.client import Client


class Python(Client):
    """A program that is signed in for good."""

    family: ClassVar[str] = "other"
    patience_s: ClassVar[float] = 30.0
    watch_s: ClassVar[float] = 5.0
    longest_pause_s: ClassVar[float] = 15.0

    def session(self) -> str:
        return f"session-{self._connections}-of-{self.name}"

    def auth_error(self, message: Row) -> None:
        self.take_token(self.user)
        self.restart()

    def expects_once(self, call: Call) -> bool:
        return call.sendings <= 1

    def _open_query_set(self) -> None:
        if self._connections:
            super()._open_query_set()
            return
        for number, query in self.queries.items():
            add = {"type": "Add", "queryId": number, "udfPath": query.path, "args": [query.args]}
            self._send_query_set([add])
