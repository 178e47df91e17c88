"""A database in memory as bad as a real one can be, for tests with real threads.

Index entries become visible `lag_s` late. Some calls are throttled, some transactions conflict, and some are
applied without an answer.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TypeVar

from shared.db.engine import Item, Key, Operation, Page, Query, Reason, Throttled, TransactionCanceled, Unanswered
from tests.faults.weather import Faults
from tests.support.lagging_engine import LaggingEngine

T = TypeVar("T")


class UnreliableEngine(LaggingEngine):
    """A `LaggingEngine` for many threads.

    Args:
        lag_s: how long an index entry takes to become visible.
        seed: of the faults.

    Attributes:
        faults: what may happen to calls: throttled, conflict and unheard.
    """

    def __init__(self, lag_s: float = 0.0, seed: int = 0) -> None:
        super().__init__(time.monotonic_ns, lambda: int(lag_s * 1e9))
        self.faults = Faults()
        self._random = random.Random(seed)
        self._lock = threading.RLock()

    def get(self, key: Key) -> Item | None:
        return self._read(lambda: super(UnreliableEngine, self).get(key))

    def batch_get(self, keys: Sequence[Key]) -> list[Item]:
        return self._read(lambda: super(UnreliableEngine, self).batch_get(keys))

    def query(self, query: Query) -> Page:
        return self._read(lambda: super(UnreliableEngine, self).query(query))

    def transact(self, operations: Sequence[Operation], token: str) -> None:
        with self._lock:
            if self._strikes(self.faults.throttled):
                raise Throttled("injected")
            if self._strikes(self.faults.conflict):
                raise TransactionCanceled([Reason("conflict") for _ in operations])
            super().transact(operations, token)
            if self._strikes(self.faults.unheard):
                raise Unanswered("injected: applied, but the answer is lost")

    def begin(self, read: Callable[[], T]) -> Future[T]:
        time.sleep(0)  # let other threads in between the calls of one read
        return super().begin(read)

    def _read(self, read: Callable[[], T]) -> T:
        with self._lock:
            if self._strikes(self.faults.throttled):
                raise Throttled("injected")
            return read()

    def _strikes(self, probability: float) -> bool:
        return self._random.random() < probability
