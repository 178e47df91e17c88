"""The processes of Node in which the live connections are, and what they tell."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from tests.e2e.dev_server import DevServer
from tests.e2e.node_suite import CLIENTS
from tests.load.options import Options
from tests.load.records import Records

_LINE_BYTES = 16 * 1024 * 1024
_END_S = 10


@dataclass
class Drivers:
    """Running drivers.

    Attributes:
        records: what they have told so far.
        pids: their processes.
    """

    processes: list[asyncio.subprocess.Process]
    records: Records = field(default_factory=Records)

    @property
    def pids(self) -> list[int]:
        return [process.pid for process in self.processes]

    async def do(self, verb: str, **options: float) -> None:
        """Let all do something, and wait until it is done."""
        await asyncio.gather(*(self._do(number, {"do": verb, **options}) for number in range(len(self.processes))))

    async def _do(self, number: int, command: dict[str, object]) -> None:
        process = self.processes[number]
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(command).encode() + b"\n")
        async for line in process.stdout:
            told = json.loads(line)
            if told["type"] == "done":
                return
            self.records.take(number, told)
        raise AssertionError(f"driver {number} ended during {command}; what it said is above")


@asynccontextmanager
async def driving(server: DevServer, options: Options) -> AsyncIterator[Drivers]:
    """Start drivers against a running backend, and end them in any case."""
    drivers = Drivers([await _start(server, options, number) for number in range(options.drivers)])
    try:
        yield drivers
    finally:
        await asyncio.gather(*(_end(process) for process in drivers.processes))


async def _start(server: DevServer, options: Options, number: int) -> asyncio.subprocess.Process:
    told = {
        "url": server.url,
        "number": number,
        "subject": f"load-{uuid4()}",
        "seed": options.seed,
        "connections": _share(options.connections, options.drivers, number),
        "tabs": options.tabs,
        "opensPerS": options.opens_per_s / options.drivers,
        "patienceMs": options.patience_s * 1000,
    }
    return await asyncio.create_subprocess_exec(
        "node",
        "load/driver.mjs",
        json.dumps(told),
        cwd=CLIENTS,
        env={**os.environ, "POLARIS_URL": server.url},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_LINE_BYTES,
    )


def _share(total: int, parts: int, number: int) -> int:
    return total // parts + (number < total % parts)


async def _end(process: asyncio.subprocess.Process) -> None:
    assert process.stdin
    process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), _END_S)
    except TimeoutError:
        process.kill()
        await process.wait()
