"""A database in memory that stops working when it is told to."""

from __future__ import annotations

from collections.abc import Sequence

from shared.db.engine import Item, Key, Operation, Page, Query
from tests.support.memory_engine import MemoryEngine


class BrokenEngine(MemoryEngine):
    """Raises `failure`, if there is one, whatever it is asked."""

    failure: Exception | None = None

    def get(self, key: Key) -> Item | None:
        self._fail()
        return super().get(key)

    def batch_get(self, keys: Sequence[Key]) -> list[Item]:
        self._fail()
        return super().batch_get(keys)

    def query(self, query: Query) -> Page:
        self._fail()
        return super().query(query)

    def transact(self, operations: Sequence[Operation], token: str) -> None:
        self._fail()
        super().transact(operations, token)

    def write(self, operation: Operation) -> None:
        self._fail()
        super().write(operation)

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure
