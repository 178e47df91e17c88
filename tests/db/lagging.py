"""A store whose indexes lag."""

from __future__ import annotations

import random
from typing import NamedTuple

from shared.db.clock import Clock
from shared.db.store import Store
from tests.support.lagging_engine import LaggingEngine
from tests.support.memory_objects import MemoryObjects
from tests.support.stores import FakeTime, HashSigner, mark_ready


class Lagging(NamedTuple):
    """The store, its database and its time."""

    store: Store
    engine: LaggingEngine
    time: FakeTime


def lagging(seed: int, longest_lag_s: float, shortest_lag_s: float = 0) -> Lagging:
    """Return a store each of whose index entries becomes visible after its own random time."""
    time, randomness = FakeTime(), random.Random(seed)
    engine = LaggingEngine(lambda: time.ns, lambda: int(randomness.uniform(shortest_lag_s, longest_lag_s) * 1e9))
    mark_ready(engine)
    clock = Clock(time.now_ns, time.sleep, randomness.randbytes)
    return Lagging(Store(engine, MemoryObjects(), clock, HashSigner()), engine, time)
