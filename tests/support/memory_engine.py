"""A DynamoDB in memory, behind the data layer's door.

Tables are strongly consistent and transactions atomic, as DynamoDB's are. Each index keeps its own copy of the
entries, which a subclass may let lag.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from shared.db.engine import (
    Check,
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
RowKey = tuple[str, str | None]
"""Partition and sort key of a row."""
Place = tuple[tuple[str, ...], RowKey]
"""Where an index has an entry: the partition of the index, and the row it stands for."""
Rows = dict[Place, Item]
"""The entries of an index."""

MAX_OPERATIONS = 100


class MemoryEngine(Engine):
    """Tables by name, and for each index the entries as it shows them.

    Attributes:
        tables: rows by table and key.
        indexes: visible entries by (table, index) and place.
        page_items: the most items of a page, as DynamoDB's 1 MB would cut it; None: as many as there are.
    """

    def __init__(self) -> None:
        self.tables: dict[str, dict[RowKey, Item]] = {}
        self.indexes: dict[tuple[str, str], Rows] = {}
        self.page_items: int | None = None
        self._applied: dict[str, tuple[Operation, ...]] = {}
        self._order: dict[str, dict[RowKey, int]] = {}

    def get(self, key: Key) -> Item | None:
        item: Item | None = _copy(self.rows(key.table).get((key.partition, key.sort)))
        return item

    def batch_get(self, keys: Sequence[Key]) -> list[Item]:
        assert 0 < len(keys) <= 100
        assert len({key.partition for key in keys}) == len(keys)
        found = [self.rows(key.table).get((key.partition, key.sort)) for key in keys]
        return [_copy(item) for item in found if item is not None]

    def query(self, query: Query) -> Page:
        if query.index is None:
            sort: tuple[str, ...] = tuple(filter(None, [query.table.sort_key]))
            rows: list[tuple[tuple[str, ...], Item]] = [
                ((key[0],), item) for key, item in self.rows(query.table).items()
            ]
        else:
            sort = (*query.index.sort, query.table.partition_key)  # entries may be alike
            rows = [(place[0], item) for place, item in self.visible(query.table, query.index).items()]

        def standing(item: Item) -> tuple[Any, ...]:
            return tuple(item[name] for name in sort)

        found = [item for partition, item in rows if partition == query.partition]
        found = [item for item in found if query.lower is None or standing(item)[0] >= query.lower]
        found = [item for item in found if query.upper is None or standing(item)[0] <= query.upper]
        found.sort(key=standing, reverse=query.descending)
        if query.start_key is not None:
            start, backwards = standing(query.start_key), query.descending
            found = [item for item in found if (standing(item) < start if backwards else standing(item) > start)]
        return self._page(found, query.limit)

    def scan(self, table: Table, start_key: Item | None, limit: int | None = None) -> Page:
        order = self._order.setdefault(table.name, {})
        for place in self.rows(table):
            order.setdefault(place, len(order))
        start = -1 if start_key is None else order[_place(Key.of(table, start_key))]
        found = sorted((order[place], place) for place in self.rows(table))
        return self._page([self.rows(table)[place] for number, place in found if number > start], limit)

    def write(self, operation: Operation) -> None:
        if not self._holds(operation):
            raise ConditionFailed(self.get(operation.key))
        self.apply(operation)

    def transact(self, operations: Sequence[Operation], token: str) -> None:
        if self.is_repeated(operations, token):
            return
        self.require_conditions(operations)
        for operation in operations:
            self.apply(operation)
        self.remember(operations, token)

    def begin(self, read: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(read())
        except Exception as error:  # noqa: BLE001 - a future carries any error to whoever asks for the result
            future.set_exception(error)
        return future

    def is_repeated(self, operations: Sequence[Operation], token: str) -> bool:
        """Tell whether this transaction has been applied before; refuse what DynamoDB refuses outright."""
        assert 0 < len(operations) <= MAX_OPERATIONS, f"{len(operations)} operations"
        assert len({(o.key.table.name, o.key.partition, o.key.sort) for o in operations}) == len(operations)
        assert self._applied.get(token, tuple(operations)) == tuple(operations), "one token for two transactions"
        return token in self._applied

    def require_conditions(self, operations: Sequence[Operation]) -> None:
        """Raise `TransactionCanceled` unless the conditions of all operations hold."""
        failed = [not self._holds(operation) for operation in operations]
        if any(failed):
            raise TransactionCanceled(
                [
                    Reason("condition", self.get(operation.key)) if wrong else Reason("none")
                    for operation, wrong in zip(operations, failed, strict=True)
                ]
            )

    def remember(self, operations: Sequence[Operation], token: str) -> None:
        """Note that the transaction with this token has been applied."""
        self._applied[token] = tuple(operations)

    def apply(self, operation: Operation) -> None:
        """Do what a write does, whatever its conditions."""
        key = operation.key
        rows, place = self.rows(key.table), (key.partition, key.sort)
        old = rows.get(place)
        match operation:
            case Check():
                return
            case Put(item=item):
                rows[place] = _copy(item)
            case Delete():
                rows.pop(place, None)
            case Update(set=assigned, add=added):
                item = {**(old or {}), **key.attributes(), **assigned}
                item |= {name: item.get(name, 0) + number for name, number in added.items()}
                rows[place] = {name: value for name, value in item.items() if value is not None}
        for index in key.table.indexes:
            self._change_entry(key.table, index, place, old, rows.get(place))

    def visible(self, table: Table, index: SecondaryIndex) -> Rows:
        """Return the entries that the index shows."""
        return self.indexes.setdefault((table.name, index.name), {})

    def index_changed(self, table: Table, index: SecondaryIndex, place: Place, entry: Item | None) -> None:
        """Show an entry, or no longer show it (at once; a lagging engine does it later)."""
        entries = self.visible(table, index)
        if entry is None:
            entries.pop(place, None)
        else:
            entries[place] = entry

    def rows(self, table: Table) -> dict[RowKey, Item]:
        """Return the rows of a table."""
        return self.tables.setdefault(table.name, {})

    def _change_entry(
        self, table: Table, index: SecondaryIndex, key: RowKey, old: Item | None, new: Item | None
    ) -> None:
        before, after = _entry(table, index, key, old), _entry(table, index, key, new)
        if before is not None and (after is None or after[0] != before[0]):
            self.index_changed(table, index, before[0], None)
        if after is not None and after != before:
            self.index_changed(table, index, *after)

    def _holds(self, operation: Operation) -> bool:
        item = self.rows(operation.key.table).get((operation.key.partition, operation.key.sort)) or {}
        return all(condition.holds(item) for condition in operation.conditions)

    def _page(self, found: list[Item], limit: int | None) -> Page:
        size = min((bound for bound in (limit, self.page_items) if bound is not None), default=None)
        page = found if size is None else found[:size]
        more = size is not None and len(page) == size
        return Page(_copy(page), _copy(page[-1]) if more else None)


def _entry(table: Table, index: SecondaryIndex, key: RowKey, item: Item | None) -> tuple[Place, Item] | None:
    if item is None or any(name not in item for name in (*index.partition, *index.sort)):
        return None
    keys = {*Key.of(table, item).attributes(), *index.partition, *index.sort}
    names = item if index.projects_all else keys
    partition = tuple(item[name] for name in index.partition)
    return (partition, key), {name: _copy(item[name]) for name in names}


def _place(key: Key) -> RowKey:
    return key.partition, key.sort


def _copy(value: Any) -> Any:
    """Return a deep copy of plain data (several times faster than `deepcopy`)."""
    if isinstance(value, dict):
        return {name: _copy(content) for name, content in value.items()}
    if isinstance(value, list):
        return [_copy(element) for element in value]
    return value
