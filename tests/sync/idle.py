"""What 1,000 connections cost at which nothing happens: `python -m tests.sync.idle`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.sync.connections import Connections
from shared.sync.ordering import Family
from shared.sync.slots import Part, put_off
from shared.sync.sweep import Sweep
from tests.support.counting_engine import CountingEngine
from tests.support.memory_delays import MemoryDelays
from tests.support.memory_mailbox import MemoryMailbox
from tests.support.memory_sockets import MemorySockets
from tests.support.stores import make_store

CONNECTIONS = 1000
AUDIT_MINUTES = 60


@dataclass(frozen=True)
class IdleCost:
    """What a minute costs on average.

    Attributes:
        pings: messages that clients are sent.
        reads: calls of DynamoDB that read.
        read_units: their read request units.
        writes: items that are written.
        delayed: messages in the queue of sweeps.
        told: messages in mailboxes, which are audits.
        invocations: of Lambdas, those of actors at audits included.
    """

    pings: float
    reads: float
    read_units: float
    writes: float
    delayed: float
    told: float
    invocations: float


def idle_cost(family: Family, connections: int = CONNECTIONS, minutes: int = AUDIT_MINUTES) -> IdleCost:
    """Count what idle connections of a family cost; ten minutes show all but the exact rate of audits."""
    engine, sockets, mailbox, delays = CountingEngine(), MemorySockets(), MemoryMailbox(), MemoryDelays()
    store = make_store(engine)
    for number in range(connections):
        Connections(store).open(f"{number:015}=", family)
    engine.reset()
    sweep = Sweep(store, sockets, mailbox, AUDIT_MINUTES)
    first_s = store.clock.now_ms() // 60_000 * 60
    for minute in range(minutes):
        struck_s = first_s + 60 * minute
        put_off(datetime.fromtimestamp(struck_s, UTC).isoformat(), struck_s, 1, delays)
    for message in delays.waiting:
        part = Part.read(message.body)
        store.clock.sleep(max(0, part.slot * 20 - store.clock.now_ms() / 1000))
        assert sweep.run(part)
    cost, parts, audits = engine.cost, len(delays.waiting), len(mailbox.waiting)
    return IdleCost(
        pings=sum(map(len, sockets.posted.values())) / minutes,
        reads=(cost.calls - cost.items) / minutes,
        read_units=cost.read_units / minutes,
        writes=cost.items / minutes,
        delayed=parts / minutes,
        told=audits / minutes,
        invocations=(minutes + parts + audits) / minutes,
    )


if __name__ == "__main__":
    families: tuple[Family, ...] = ("js", "other")
    for shown in families:
        for count in (0, CONNECTIONS):
            sys.stdout.write(f"{count} {shown}: {idle_cost(shown, count)}\n")
