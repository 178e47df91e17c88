"""A door that passes everything on; a breakage changes one thing about it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TypeVar

from shared.db.engine import Engine, Item, Key, Operation, Page, Query, Reason, TransactionCanceled
from shared.schema.table import Table
from tests.support.memory_engine import MemoryEngine

T = TypeVar("T")


class Door(Engine):
    """The way to an engine.

    Args:
        inner: where everything goes.
        database: what is behind it all.
        random: the history's dice.
    """

    def __init__(self, inner: Engine, database: MemoryEngine, random: random.Random) -> None:
        self.inner = inner
        self.database = database
        self.random = random

    def get(self, key: Key) -> Item | None:
        return self.inner.get(key)

    def batch_get(self, keys: Sequence[Key]) -> list[Item]:
        return self.inner.batch_get(keys)

    def query(self, query: Query) -> Page:
        return self.inner.query(query)

    def scan(self, table: Table, start_key: Item | None, limit: int | None = None) -> Page:
        return self.inner.scan(table, start_key, limit)

    def write(self, operation: Operation) -> None:
        self.inner.write(operation)

    def transact(self, operations: Sequence[Operation], token: str) -> None:
        """Send those of the operations that are left, and put the reasons of a refusal in their places."""
        changed = [self.change(operation, operations) for operation in operations]
        left = [number for number, operation in enumerate(changed) if operation is not None]
        if not left:
            return
        try:
            self.inner.transact([operation for operation in changed if operation is not None], token)
        except TransactionCanceled as canceled:
            reasons = [Reason("none")] * len(changed)
            for number, reason in zip(left, canceled.reasons, strict=True):
                reasons[number] = reason
            raise TransactionCanceled(reasons) from None

    def begin(self, read: Callable[[], T]) -> Future[T]:
        return self.inner.begin(read)

    def change(self, operation: Operation, among: Sequence[Operation]) -> Operation | None:
        """Return what becomes of one operation of a transaction; None: it is left out."""
        return operation
