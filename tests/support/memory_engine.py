"""A DynamoDB in memory, behind the data layer's door.

Tables are strongly consistent and transactions atomic, as DynamoDB's are. Each index keeps its own copy of the entries,
which a subclass may let lag.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from copy import deepcopy
from typing import Any, TypeVar

from shared.db.engine import (
    Check,
    Condition,
    ConditionFailed,
    Delete,
    Engine,
    Item,
    Key,
    Operation,
    Page,
    Put,
    Query,
    Reason,
    TransactionCanceled,
    Update,
)
from shared.schema.table import SecondaryIndex, Table

T = TypeVar("T")
Rows = dict[tuple[str, str | None], Item]

MAX_OPERATIONS = 100


class MemoryEngine(Engine):
    """Tables by name, and for each index the items as it shows them."""

    def __init__(self) -> None:
        self.tables: dict[str, Rows] = {}
        self.indexes: dict[tuple[str, str], Rows] = {}
        self._applied_tokens: set[str] = set()

    def get(self, key: Key) -> Item | None:
        return deepcopy(self._rows(key.table).get((key.partition, key.sort)))

    def batch_get(self, keys: Sequence[Key]) -> list[Item]:
        assert 0 < len(keys) <= 100
        assert len({key.partition for key in keys}) == len(keys)
        found = [self._rows(key.table).get((key.partition, key.sort)) for key in keys]
        return [deepcopy(item) for item in found if item is not None]

    def query(self, query: Query) -> Page:
        if query.index is None:
            partition, sort = (query.table.partition_key,), (query.table.sort_key or "",)
            rows = self._rows(query.table)
        else:
            partition, sort = query.index.partition, query.index.sort
            rows = self.visible(query.table, query.index)

        def place(item: Item) -> tuple[Any, ...]:
            return tuple(item[name] for name in sort if name)

        found = [item for item in rows.values() if tuple(item.get(name) for name in partition) == query.partition]
        found = [item for item in found if all(name in item for name in sort if name)]
        found = [item for item in found if query.lower is None or place(item)[0] >= query.lower]
        found = [item for item in found if query.upper is None or place(item)[0] <= query.upper]
        found.sort(key=place, reverse=query.descending)
        if query.start_key is not None:
            start = place(query.start_key)
            found = [item for item in found if (place(item) < start if query.descending else place(item) > start)]
        page = found if query.limit is None else found[: query.limit]
        more = query.limit is not None and len(page) == query.limit
        return Page(deepcopy(page), deepcopy(page[-1]) if more else None)

    def scan(self, table: Table, start_key: Item | None) -> Page:
        assert start_key is None
        return Page(deepcopy([*self._rows(table).values()]), None)

    def write(self, operation: Operation) -> None:
        if not self._holds(operation):
            raise ConditionFailed(self.get(operation.key))
        self._apply(operation)

    def transact(self, operations: Sequence[Operation], token: str) -> None:
        assert 0 < len(operations) <= MAX_OPERATIONS, f"{len(operations)} operations"
        assert len({(o.key.table.name, o.key.partition, o.key.sort) for o in operations}) == len(operations)
        if token in self._applied_tokens:
            return
        failed = [not self._holds(operation) for operation in operations]
        if any(failed):
            raise TransactionCanceled(
                [
                    Reason("condition", self.get(operation.key)) if wrong else Reason("none")
                    for operation, wrong in zip(operations, failed, strict=True)
                ]
            )
        for operation in operations:
            self._apply(operation)
        self._applied_tokens.add(token)

    def begin(self, read: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(read())
        except Exception as error:  # noqa: BLE001 - a future carries any error to whoever asks for the result
            future.set_exception(error)
        return future

    def visible(self, table: Table, index: SecondaryIndex) -> Rows:
        """Return the items that the index shows."""
        return self.indexes.setdefault((table.name, index.name), {})

    def index_changed(self, table: Table, index: SecondaryIndex, key: tuple[str, str | None], item: Item | None) -> None:
        """Bring one item's entry in one index up to date (at once; a lagging engine does it later)."""
        entries = self.visible(table, index)
        if item is None or any(name not in item for name in (*index.partition, *index.sort)):
            entries.pop(key, None)
        else:
            names = item if index.projects_all else {table.partition_key, *index.partition, *index.sort}
            entries[key] = {name: item[name] for name in names}

    def _rows(self, table: Table) -> Rows:
        return self.tables.setdefault(table.name, {})

    def _holds(self, operation: Operation) -> bool:
        item = self._rows(operation.key.table).get((operation.key.partition, operation.key.sort)) or {}
        return all(_holds(item, condition) for condition in operation.conditions)

    def _apply(self, operation: Operation) -> None:
        key = operation.key
        rows, place = self._rows(key.table), (key.partition, key.sort)
        match operation:
            case Check():
                return
            case Put(item=item):
                rows[place] = deepcopy(item)
            case Delete():
                rows.pop(place, None)
            case Update(set=assigned, add=added):
                item = {**rows.get(place, {}), **key.attributes(), **assigned}
                item |= {name: item.get(name, 0) + number for name, number in added.items()}
                rows[place] = {name: value for name, value in item.items() if value is not None}
        for index in key.table.indexes:
            self.index_changed(key.table, index, place, deepcopy(rows.get(place)))


def _holds(item: Item, condition: Condition) -> bool:
    present = condition.attribute in item
    match condition.test:
        case "absent":
            return not present
        case "equals":
            return present and bool(item[condition.attribute] == condition.value)
        case "less":
            return present and bool(item[condition.attribute] < condition.value)
