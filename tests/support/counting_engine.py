"""What a call costs in DynamoDB: calls, how many of them follow one another, items written, capacity units.

The units follow DynamoDB's rules: a strongly consistent read is 1 per 4 KB of each item, a query half of that for an
index; a transactional write is 2 per KB of the larger of the old and the new item, conditions included, and a
transaction of conditions alone is a read of 2 per 4 KB of each item; an index pays 1 per KB for each of its entries
that is put, changed or taken away.

Time is counted in calls: `begin` lets reads run side by side, so they share their moment.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from pydantic.alias_generators import to_camel

from shared.db.engine import Check, Delete, Engine, Item, Key, Operation, Page, Put, Query, Update
from shared.schema.table import SecondaryIndex, Table
from tests.support.memory_engine import MemoryEngine

T = TypeVar("T")


@dataclass
class Cost:
    """What was spent since the last `reset`.

    Attributes:
        calls: requests to DynamoDB.
        depth: how many of them, at least, had to wait for one another.
        items: operations of the transactions, conditions included.
        read_units: read capacity.
        write_units: write capacity of the tables.
        index_units: write capacity of the indexes.
    """

    calls: int = 0
    depth: int = 0
    items: int = 0
    read_units: float = 0
    write_units: float = 0
    index_units: float = 0

    def plain(self) -> dict[str, float]:
        """Return the numbers by their camelCase names, without those that are 0."""
        numbers = {to_camel(field.name): getattr(self, field.name) for field in fields(self)}
        return {name: number for name, number in numbers.items() if number}


class CountingEngine(Engine):
    """An engine in memory that counts."""

    def __init__(self) -> None:
        self.inner = MemoryEngine()
        self.cost = Cost()
        self.now = 0

    def reset(self) -> None:
        """Begin to count anew."""
        self.cost, self.now = Cost(), 0

    def get(self, key: Key) -> Item | None:
        item = self.inner.get(key)
        self._called(read_units=_read_units([item or {}]))
        return item

    def batch_get(self, keys: Sequence[Key]) -> list[Item]:
        items = self.inner.batch_get(keys)
        missing = len(keys) - len(items)
        self._called(read_units=sum(_read_units([item]) for item in items) + missing)
        return items

    def query(self, query: Query) -> Page:
        page = self.inner.query(query)
        units = _read_units(page.items)
        self._called(read_units=units if query.index is None else units / 2)
        return page

    def scan(self, table: Table, start_key: Item | None, limit: int | None = None) -> Page:
        page = self.inner.scan(table, start_key, limit)
        self._called(read_units=_read_units(page.items))
        return page

    def write(self, operation: Operation) -> None:
        self._count_writes([operation], lambda: self.inner.write(operation), units_per_kb=1)

    def transact(self, operations: Sequence[Operation], token: str) -> None:
        if all(isinstance(operation, Check) for operation in operations):
            self.inner.transact(operations, token)
            items = [self.inner.get(operation.key) or {} for operation in operations]
            return self._called(read_units=2 * sum(_read_units([item]) for item in items))
        return self._count_writes(operations, lambda: self.inner.transact(operations, token), units_per_kb=2)

    def begin(self, read: Callable[[], T]) -> Future[T]:
        began = self.now
        done = self.inner.begin(read)
        future = _Begun(self, done, ended=self.now)
        self.now = began
        return future

    def _count_writes(self, operations: Sequence[Operation], apply: Callable[[], None], units_per_kb: int) -> None:
        before = [self.inner.get(operation.key) for operation in operations]
        apply()
        after = [self.inner.get(operation.key) for operation in operations]
        self._called()
        for operation, old, new in zip(operations, before, after, strict=True):
            self.cost.items += 1
            self.cost.write_units += units_per_kb * _write_units(old, new)
            if isinstance(operation, Put | Update | Delete):
                indexes = operation.key.table.indexes
                self.cost.index_units += sum(_index_units(operation.key.table, index, old, new) for index in indexes)

    def _called(self, read_units: float = 0) -> None:
        self.now += 1
        self.cost.calls += 1
        self.cost.depth = max(self.cost.depth, self.now)
        self.cost.read_units += read_units


class _Begun(Future[T]):
    """The future of reads that have been counted as ending at the moment `ended`."""

    def __init__(self, engine: CountingEngine, done: Future[T], ended: int) -> None:
        super().__init__()
        self._engine, self._done, self._ended = engine, done, ended

    def result(self, timeout: float | None = None) -> T:
        self._engine.now = max(self._engine.now, self._ended)
        return self._done.result(timeout)


def size_bytes(value: Any) -> int:
    """Return what DynamoDB counts for an attribute's value."""
    match value:
        case bool() | None:
            return 1
        case str():
            return len(value.encode())
        case bytes():
            return len(value)
        case int() | float():
            digits = repr(value).partition("e")[0].replace(".", "").lstrip("-0").rstrip("0")
            return math.ceil(len(digits) / 2) + 1 + (value < 0)
        case list() | tuple():
            return 3 + sum(1 + size_bytes(element) for element in value)
        case dict():
            return 3 + sum(1 + len(name) + size_bytes(content) for name, content in value.items())
    raise TypeError(f"no attribute holds a {type(value).__name__}")


def item_bytes(item: Item) -> int:
    """Return the size of an item."""
    return sum(len(name.encode()) + size_bytes(value) for name, value in item.items())


def _read_units(items: Iterable[Item]) -> int:
    return max(1, math.ceil(sum(map(item_bytes, items)) / 4096))


def _write_units(*versions: Item | None) -> int:
    return max(1, math.ceil(max(item_bytes(item or {}) for item in versions) / 1024))


def _index_units(table: Table, index: SecondaryIndex, old: Item | None, new: Item | None) -> int:
    before, after = _entry(table, index, old), _entry(table, index, new)
    keys = (*index.partition, *index.sort)
    if before == after:
        return 0
    if before is not None and after is not None and all(before[name] == after[name] for name in keys):
        return _write_units(before, after)
    return sum(_write_units(entry) for entry in (before, after) if entry is not None)


def _entry(table: Table, index: SecondaryIndex, item: Item | None) -> Item | None:
    keys = {*filter(None, [table.partition_key, table.sort_key]), *index.partition, *index.sort}
    if item is None or not keys <= item.keys():
        return None
    return item if index.projects_all else {name: item[name] for name in keys}
