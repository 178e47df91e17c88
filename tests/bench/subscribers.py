"""Clients that keep one list live, and note when each change of it reached them."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any
from uuid import uuid4

from aiohttp import ClientSession, ClientWebSocketResponse

from shared.sync.protocol import timestamp_ns

PATIENCE_S = 90
"""How long a change is waited for before it counts as lost."""


class Subscriber:
    """A client of one query, which takes messages as the released clients do.

    Attributes:
        arrivals_s: when each change was seen, by its name.
        duplicates: how often a change came again.
        out_of_order: how often a Transition did not begin where the one before ended, or a change came late.
    """

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self._version: dict[str, Any] = {"querySet": 0, "identity": 0, "ts": "AAAAAAAAAAA="}
        self._news = asyncio.Condition()
        self.latest = ""
        self.arrivals_s: dict[str, float] = {}
        self.duplicates = 0
        self.out_of_order = 0
        self.ready = asyncio.Event()
        self.listening = asyncio.create_task(self._listen())

    async def begin(self, token: str, path: str, args: dict[str, Any]) -> None:
        """Sign in and ask for the query."""
        add = {"type": "Add", "queryId": 0, "udfPath": path, "args": [args]}
        first = {"type": "Connect", "sessionId": str(uuid4()), "connectionCount": 0, "clientTs": 0}
        for message in (
            {**first, "lastCloseReason": "InitialConnect"},
            {"type": "Authenticate", "baseVersion": 0, "tokenType": "User", "value": token},
            {"type": "ModifyQuerySet", "baseVersion": 0, "newVersion": 1, "modifications": [add]},
        ):
            await self._socket.send_json(message)

    async def saw(self, change: str) -> None:
        """Wait until it has seen a change, or a later one, for as long as patience lasts."""
        async with self._news:
            await asyncio.wait_for(self._news.wait_for(lambda: self.latest >= change), PATIENCE_S)

    async def close(self) -> None:
        """Hang up."""
        await self._socket.close()
        await self.listening

    async def _listen(self) -> None:
        async for message in self._socket:
            now_s = time.perf_counter()
            told = json.loads(message.data)
            match told["type"]:
                case "Transition":
                    self._follow(told)
                    for modification in told["modifications"]:
                        assert modification["type"] == "QueryUpdated", modification
                        self._note(max(row["name"] for row in modification["value"]), now_s)
                case "Posted":
                    self._note(told["change"], now_s)
            async with self._news:
                self._news.notify_all()

    def _follow(self, transition: dict[str, Any]) -> None:
        start, end = transition["startVersion"], transition["endVersion"]
        later = timestamp_ns(end["ts"]) >= timestamp_ns(self._version["ts"])
        self.out_of_order += start != self._version or not later
        self._version = end

    def _note(self, change: str, now_s: float) -> None:
        self.duplicates += change == self.latest
        self.out_of_order += change < self.latest
        self.latest = change
        self.arrivals_s.setdefault(change, now_s)
        self.ready.set()


async def subscribe(
    session: ClientSession, url: str, count: int, token: str, path: str, args: dict[str, Any]
) -> list[Subscriber]:
    """Open `count` clients, a few at a time, and wait until each has its first result."""
    few = asyncio.Semaphore(10)

    async def one() -> Subscriber:
        async with few:
            subscriber = Subscriber(await session.ws_connect(f"{url}/api/1.48.0/sync", max_msg_size=0))
            await subscriber.begin(token, path, args)
            await asyncio.wait_for(subscriber.ready.wait(), PATIENCE_S)
            return subscriber

    return list(await asyncio.gather(*(one() for _ in range(count))))
