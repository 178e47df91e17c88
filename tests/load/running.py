"""One load from its first connection to its end."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.dev_server import DevServer
from tests.load.cloud import Cloud
from tests.load.driver import driving
from tests.load.effects import faults
from tests.load.options import Options
from tests.load.records import Records
from tests.load.sampler import Sample, sampling

PAUSE_S = 5
"""Between two rates, for what is left of the first."""


@dataclass(frozen=True)
class Period:
    """A part of a load, in ms since the epoch.

    Attributes:
        name: of what went on.
        began: when it did.
        ended: when it did.
        per_s: how many operations arrived a second.
    """

    name: str
    began: float
    ended: float
    per_s: float = 0


@dataclass
class Load:
    """What a load has shown.

    Attributes:
        options: its size.
        records: what the clients saw.
        periods: its parts in order.
        samples: what the machine did.
        faults: what should not be.
    """

    options: Options
    records: Records
    periods: list[Period] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


async def loaded(server: DevServer, options: Options) -> Load:
    """Put a load on a running backend, and check what came of it."""
    async with driving(server, options) as drivers, sampling(server, drivers.pids) as samples:
        load = Load(options, drivers.records, samples=samples)
        await _period(load, "open", drivers.do("open"))
        for rate in options.rates_per_s:
            arriving = drivers.do("load", perS=rate / options.drivers, seconds=options.seconds)
            await _period(load, "load", arriving, rate)
            if rate != options.rates_per_s[-1]:
                await asyncio.sleep(PAUSE_S)
        await _period(load, "settle", drivers.do("settle"))
        commits = await asyncio.to_thread(Cloud(server).commits)
    load.faults = faults(load.records, commits)
    return load


async def _period(load: Load, name: str, doing: Coroutine[Any, Any, None], per_s: float = 0) -> None:
    began = time.time() * 1000
    await doing
    load.periods.append(Period(name, began, time.time() * 1000, per_s))
    print(f"{name}: {(load.periods[-1].ended - began) / 1000:.0f} s", file=sys.stderr, flush=True)
