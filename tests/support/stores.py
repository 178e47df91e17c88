"""Stores for tests: an engine, a clock that only sleeps can move, seeded randomness, a signer."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable

from shared.db.clock import Clock
from shared.db.engine import Engine
from shared.db.readiness import marker
from shared.db.store import Store
from shared.schema.document import DOCUMENTS
from shared.schema.tables import Project
from tests.support.memory_engine import MemoryEngine
from tests.support.memory_objects import MemoryObjects

START_NS = 1_795_000_000 * 10**9


class FakeTime:
    """Time that passes when somebody sleeps, and a little with every look."""

    def __init__(self) -> None:
        self.ns = START_NS

    def now_ns(self) -> int:
        self.ns += 1000
        return self.ns

    def sleep(self, seconds: float) -> None:
        self.ns += int(seconds * 1e9)


class HashSigner:
    """Signs with a fixed key."""

    def sign(self, purpose: str, payload: bytes) -> bytes:
        return hashlib.blake2b(payload, key=purpose.encode(), digest_size=16).digest()

    def verify(self, purpose: str, payload: bytes, signature: bytes) -> bool:
        return signature == self.sign(purpose, payload)

    def key(self, purpose: str) -> bytes:
        return hashlib.blake2b(key=purpose.encode(), digest_size=32).digest()

    def finds_key(self, purpose: str, test: Callable[[bytes], bool]) -> bool:
        return test(self.key(purpose))


def make_clock(seed: int = 0) -> Clock:
    """Return a clock with its own time and seeded randomness."""
    time = FakeTime()
    return Clock(time.now_ns, time.sleep, random.Random(seed).randbytes)


def make_store(engine: Engine | None = None, seed: int = 0) -> Store:
    """Return a store whose guarded and unique indexes are ready."""
    engine = engine or MemoryEngine()
    mark_ready(engine)
    clock = make_clock(seed)
    return Store(engine, MemoryObjects(clock.now_ms), clock, HashSigner())


def mark_ready(engine: Engine) -> None:
    """Declare the records of every guarded and unique index complete (there are no documents yet)."""
    assert Project.table_name() in DOCUMENTS
    for document in DOCUMENTS.values():
        for index in document.indexes:
            if index.guarded or index.unique:
                engine.write(marker(index))
