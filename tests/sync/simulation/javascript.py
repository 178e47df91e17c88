"""The released JavaScript client: one session for its life, chunks, and tokens that it fetches itself."""

from __future__ import annotations

import json
from typing import ClassVar

from tests.sync.simulation.calls import Call, Row
from tests.sync.simulation.client import Client
from tests.sync.simulation.gateway import Socket


class JavaScript(Client):
    """A page in a browser."""

    family: ClassVar[str] = "js"
    patience_s: ClassVar[float] = 60.0
    watch_s: ClassVar[float] = 10.0
    longest_pause_s: ClassVar[float] = 16.0
    _chunks: list[str]

    def opened(self, socket: Socket) -> None:
        self._chunks = []
        super().opened(socket)

    def take(self, message: Row) -> None:
        if message["type"] == "TransitionChunk":
            if message["partNumber"] != len(self._chunks):
                self.world.blame(f"{self.name} freezes: chunk {message['partNumber']} of {message['totalParts']}")
            self._chunks.append(message["chunk"])
            if len(self._chunks) == message["totalParts"]:
                whole, self._chunks = "".join(self._chunks), []
                super().take(json.loads(whole))
            return
        if self._chunks and message["type"] != "Ping":
            self.world.blame(f"{self.name} freezes: {message['type']} among chunks")
        super().take(message)

    def sign_in(self, user: str | None, lives_s: float = 3600.0) -> None:
        """Sign in with a new token, or sign out."""
        self.take_token(user, lives_s)
        if self._is_open:
            self.authenticate()

    def session(self) -> str:
        return f"session-of-{self.name}"

    def auth_error(self, message: Row) -> None:
        version = len(self.view.users) - 1
        is_confirmed = self.view.version["identity"] >= version
        if message["baseVersion"] + 1 < version or not (message["authUpdateAttempted"] or is_confirmed):
            return
        self.take_token(self.user)
        self.restart()

    def expects_once(self, call: Call) -> bool:
        return True
