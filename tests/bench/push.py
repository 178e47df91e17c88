"""Pushes: from a writer's call to those who keep a list live, beside a bare Lambda that posts to the same sockets."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
from aiohttp import ClientSession, TCPConnector

from infra.local.ministack import environment, running_endpoint
from infra.local.workspace import ROOT, Workspace
from tests.bench.figure import Figure
from tests.bench.measure import Measurement
from tests.bench.posting import Posting
from tests.bench.subscribers import Subscriber, subscribe
from tests.e2e.dev_server import DevServer

SUBSCRIBERS = {1: 20, 10: 12, 50: 8, 200: 5}
"""How many changes are measured for how many subscribers."""
UNRELATED = (10, 1_000, 10_000)
WARM_UP = 3


@dataclass
class Figures:
    """What became of the changes of one list.

    Attributes:
        pushed_ms: from the writer's call to each subscriber, for each change.
        posted_ms: from the bare Lambda's call to each subscriber, for each message.
        lost: changes that somebody never saw.
        duplicates: changes that somebody saw again.
        out_of_order: messages that came before their time.
    """

    pushed_ms: list[list[float]]
    posted_ms: list[list[float]]
    lost: int = 0
    duplicates: int = 0
    out_of_order: int = 0

    def measurement(self) -> Measurement:
        """Return the median over all arrivals; ratios are of rounds, in which both met the same machine."""
        pairs = zip(self.pushed_ms, self.posted_ms, strict=True)
        ratios = [statistics.median(pushed) / statistics.median(posted) for pushed, posted in pairs]
        quartiles = statistics.quantiles(ratios, n=4)
        return Measurement(
            value=statistics.median(_flat(self.pushed_ms)),
            unit="ms",
            floor=statistics.median(_flat(self.posted_ms)),
            ratio=statistics.median(ratios),
            spread=quartiles[2] - quartiles[0],
        )

    def told(self) -> str:
        """Return what a measurement does not say."""
        p99_ms = statistics.quantiles(_flat(self.pushed_ms), n=100)[98]
        return (
            f"p99 {p99_ms:.0f} ms, lost {self.lost}, duplicates {self.duplicates}, out of order {self.out_of_order}"
        )


def push_figures() -> Iterator[Figure]:
    """Measure on a local cloud of its own."""
    with TemporaryDirectory() as folder:
        server = DevServer(Path(folder), settings={"POLARIS_LIMITS": '{"connections": 0, "mutations": 0}'})
        server.start()
        try:
            with asyncio.Runner() as runner:
                figures = _Pushes(server).run()
                while (figure := runner.run(anext(figures, None))) is not None:
                    yield figure
        finally:
            server.stop()


class _Pushes:
    def __init__(self, server: DevServer) -> None:
        workspace = Workspace(ROOT, server.state, server.port)
        os.environ.update(environment(workspace))
        endpoint = running_endpoint(workspace)
        self._server = server
        self._posting = Posting(endpoint)
        self._subscriptions: Any = boto3.resource("dynamodb", endpoint_url=endpoint).Table(
            "polaris-local-subscriptions"
        )
        self._names = (f"change {number:06}" for number in count(1))
        self._token = server.token("ada")

    async def run(self) -> AsyncIterator[Figure]:
        async with ClientSession(connector=TCPConnector(limit=0)) as self._session:
            self._project = await self._call("create", name=next(self._names))
            for subscribers, changes in SUBSCRIBERS.items():
                found = await self._measure(subscribers, changes)
                yield _figure(f"to {subscribers} subscribers", found)
            stored = 0
            for unrelated in UNRELATED:
                await asyncio.to_thread(self._add_unrelated, stored, unrelated)
                stored = unrelated
                found = await self._measure(1, SUBSCRIBERS[1])
                yield _figure(f"to 1 subscriber beside {unrelated:,} subscriptions to other lists", found)

    async def _measure(self, subscribers: int, changes: int) -> Figures:
        figures = Figures([], [])
        async with self._listening(subscribers) as listening:
            connections = await self._connections(subscribers)
            for number in range(WARM_UP + changes):
                pushed = await self._round(listening, self._rename, figures)
                posted = await self._round(listening, lambda change: self._post(connections, change), figures)
                if number >= WARM_UP and pushed and posted:
                    figures.pushed_ms.append(pushed)
                    figures.posted_ms.append(posted)
            figures.duplicates = sum(subscriber.duplicates for subscriber in listening)
            figures.out_of_order = sum(subscriber.out_of_order for subscriber in listening)
        return figures

    async def _round(
        self, listening: list[Subscriber], send: Callable[[str], Awaitable[object]], figures: Figures
    ) -> list[float]:
        """Send a change and return after how long each subscriber saw it, in ms."""
        change, began_s = next(self._names), time.perf_counter()
        sending = asyncio.ensure_future(send(change))
        seen = await asyncio.gather(*(one.saw(change) for one in listening), return_exceptions=True)
        await sending
        figures.lost += sum(isinstance(one, TimeoutError) for one in seen)
        return [(one.arrivals_s[change] - began_s) * 1000 for one in listening if change in one.arrivals_s]

    async def _connections(self, count: int) -> list[str]:
        """Return the ids of the open connections, once those that were closed are forgotten."""
        while len(found := await asyncio.to_thread(self._posting.connections)) != count:
            await asyncio.sleep(0.2)
        return found

    @asynccontextmanager
    async def _listening(self, subscribers: int) -> AsyncIterator[list[Subscriber]]:
        url = self._server.url
        listening = await subscribe(self._session, url, subscribers, self._token, "projects:get", {})
        try:
            yield listening
        finally:
            await asyncio.gather(*(subscriber.close() for subscriber in listening))

    async def _rename(self, change: str) -> None:
        await self._call("rename", id=self._project, name=change)

    async def _post(self, connections: list[str], change: str) -> None:
        await asyncio.to_thread(self._posting.post, connections, change)

    async def _call(self, function: str, /, **args: Any) -> Any:
        async with self._session.post(
            f"{self._server.url}/api/run/projects/{function}",
            json={"args": args},
            headers={"Authorization": f"Bearer {self._token}"},
        ) as answer:
            told = await answer.json()
            assert told["status"] == "success", told
            return told["value"]

    def _add_unrelated(self, start: int, end: int) -> None:
        """Subscribe somebody else to other lists."""
        with self._subscriptions.batch_writer() as batch:
            for number in range(start, end):
                topic = f'projects.by_owner/["somebody {number}"]'
                batch.put_item(Item={"topic": topic, "connectionId": f"unrelated-{number}", "expiresAt": 2**33})


def _figure(name: str, found: Figures) -> Figure:
    return Figure("push", "Pushes", name, found.measurement(), found.told())


def _flat(rounds: list[list[float]]) -> list[float]:
    return [value for values in rounds for value in values]
