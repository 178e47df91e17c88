"""Reads that are asked again: bounded, with full jitter; and the pauses of the commit protocol."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Final, TypeVar

from shared.db.clock import Clock
from shared.db.engine import Engine, Item, Key, Operation, Page, Query, Throttled, Unanswered
from shared.errors import Overloaded
from shared.schema.table import Table

T = TypeVar("T")

READ_ATTEMPTS: Final = 6
_FIRST_PAUSE_S: Final = 0.01
_LONGEST_PAUSE_S: Final = 0.5


def pause(clock: Clock, attempt: int) -> None:
    """Sleep a random part of a span that doubles with each `attempt` (from 0)."""
    clock.sleep(clock.uniform() * min(_FIRST_PAUSE_S * 2**attempt, _LONGEST_PAUSE_S))


class RetryingEngine(Engine):
    """An engine whose reads are repeated when throttled or unanswered. Writes pass through untouched."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def get(self, key: Key) -> Item | None:
        """Return the item, or None."""
        return self._read(lambda: self._engine.get(key))

    def batch_get(self, keys: Sequence[Key]) -> list[Item]:
        """Return those of the items that exist."""
        return self._read(lambda: self._engine.batch_get(keys))

    def query(self, query: Query) -> Page:
        """Return one page of a query."""
        return self._read(lambda: self._engine.query(query))

    def scan(self, table: Table, start_key: Item | None, limit: int | None = None) -> Page:
        """Return one page of a scan."""
        return self._read(lambda: self._engine.scan(table, start_key, limit))

    def write(self, operation: Operation) -> None:
        """Apply one write."""
        self._engine.write(operation)

    def transact(self, operations: Sequence[Operation], token: str) -> None:
        """Apply all operations or none."""
        self._engine.transact(operations, token)

    def begin(self, read: Callable[[], T]) -> Future[T]:
        """Start `read` beside the caller."""
        return self._engine.begin(read)

    def _read(self, read: Callable[[], T]) -> T:
        for attempt in range(READ_ATTEMPTS - 1):
            try:
                return read()
            except (Throttled, Unanswered):
                pause(self._clock, attempt)
        try:
            return read()
        except (Throttled, Unanswered) as error:
            raise Overloaded(f"The database did not answer {READ_ATTEMPTS} times ({error}); try again.") from error
