"""Looks at the local cloud and the machine again and again while a load runs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.e2e.dev_server import DevServer
from tests.load.cloud import Cloud
from tests.load.processes import PROC, Cores, Process, cores, processes

PAUSE_S = 2
_MEMORY_EVERY = 5
"""Reading how much memory processes have costs them something."""
_PATIENCE_S = 60


@dataclass(frozen=True)
class Sample:
    """One look.

    Attributes:
        at: when, in ms since the epoch.
        cpu_s: of each process, by group and number.
        memory_bytes: of each group, in some samples.
        cores: of the machine.
        depths: events in each mailbox.
        cloud_ms: how long MiniStack took to say that it is well.
        edge_ms: how long the edge took to answer what it answers by itself.
    """

    at: float
    cpu_s: dict[str, dict[int, float]]
    memory_bytes: dict[str, int]
    cores: Cores
    depths: list[int]
    cloud_ms: float
    edge_ms: float


@dataclass
class Sampler:
    """Takes samples until it is cancelled."""

    server: DevServer
    drivers: list[int]
    samples: list[Sample] = field(default_factory=list)

    async def run(self) -> None:
        """Take a sample every two seconds."""
        cloud = await asyncio.to_thread(Cloud, self.server)
        async with ClientSession(timeout=ClientTimeout(total=_PATIENCE_S)) as session:
            while True:
                began = time.monotonic()
                depths = await asyncio.to_thread(cloud.depths)
                cloud_ms = await _timed_ms(session, f"{cloud.endpoint}/_ministack/health")
                edge_ms = await _timed_ms(session, f"{self.server.url}/dev/auth/jwks.json")
                groups = self._groups()
                weighed = groups if len(self.samples) % _MEMORY_EVERY == 0 else {}
                memory = {name: sum(one.memory_bytes for one in group) for name, group in weighed.items()}
                self.samples.append(
                    Sample(
                        time.time() * 1000,
                        {name: {one.pid: one.cpu_s for one in group} for name, group in groups.items()},
                        memory,
                        cores(),
                        depths,
                        cloud_ms,
                        edge_ms,
                    )
                )
                await asyncio.sleep(max(0.0, PAUSE_S - (time.monotonic() - began)))

    def _groups(self) -> dict[str, list[Process]]:
        """Return the processes that take part: the edge is the parent of MiniStack, and that of the Lambdas."""
        there = processes()
        ministack = there[int((self.server.state / "ministack.pid").read_text())]
        groups = {
            "MiniStack": [ministack],
            "edge": [there[ministack.parent]],
            "drivers": [there[pid] for pid in self.drivers if pid in there],
        }
        for process in there.values():
            if process.parent == ministack.pid:
                groups.setdefault(f"Lambda {process.function}", []).append(process)
        return groups


@asynccontextmanager
async def sampling(server: DevServer, drivers: list[int]) -> AsyncIterator[list[Sample]]:
    """Take samples during the block, where there is /proc; they are complete when it has ended."""
    if not (PROC / "stat").exists():
        yield []
        return
    sampler = Sampler(server, drivers)
    running = asyncio.create_task(sampler.run())
    try:
        yield sampler.samples
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def _timed_ms(session: ClientSession, url: str) -> float:
    began = time.perf_counter()
    try:
        async with session.get(url) as answer:
            await answer.read()
    except (ClientError, TimeoutError):
        return float("inf")
    return (time.perf_counter() - began) * 1000
