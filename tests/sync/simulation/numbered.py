"""The JavaScript client with the transport: what it sends in one turn is one text, whose parts have numbers."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from tests.sync.simulation.calls import Call, Row
from tests.sync.simulation.gateway import Socket
from tests.sync.simulation.javascript import JavaScript
from tests.sync.transport import Transport

if TYPE_CHECKING:
    from tests.sync.simulation.world import World


class Numbered(JavaScript):
    """A page in a browser whose frames are short, so that most of what it sends takes several."""

    def __init__(self, world: World, name: str, user: str | None) -> None:
        self._waiting: list[Row] = []
        super().__init__(world, name, user)

    def opened(self, socket: Socket) -> None:
        self._waiting = []
        self._transport = Transport()
        super().opened(socket)

    def call(self, call: Call) -> None:
        super().call(call)
        call.may_overtake = False

    def is_timely(self, socket: Socket) -> bool:
        return True  # the server knows what was sent at once, however late it is

    def _send(self, message: Row) -> None:
        self.world.note(f"{self.name} sends on {self.socket.id} {json.dumps(message)[:300]}")
        self._waiting.append(message)
        if len(self._waiting) == 1:
            self.world.scheduler.spawn(partial(self._flush, self.socket))

    def _flush(self, socket: Socket) -> None:
        if socket is not self.socket:
            return
        messages, self._waiting = self._waiting, []
        for part in self._transport.parts(*messages, size=self.world.random.choice((60, 200, 2000))):
            socket.send(json.dumps(part))
