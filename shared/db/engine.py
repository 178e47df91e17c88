"""The one door to DynamoDB, as a port: what the data layer asks of a database, and how that fails.

`shared.db.dynamo` is the real one; tests put an in-memory engine with lag and faults here. Items are flat maps from
attribute names to plain values (str, int, float, bool, list, dict, bytes).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

from shared.schema.table import SecondaryIndex, Table

T = TypeVar("T")
Item = dict[str, Any]


class Key(NamedTuple):
    """The primary key of one item."""

    table: Table
    partition: str
    sort: str | None = None

    def attributes(self) -> dict[str, str]:
        """Return the key as an item's attributes."""
        key = {self.table.partition_key: self.partition}
        if self.table.sort_key is not None and self.sort is not None:
            key[self.table.sort_key] = self.sort
        return key

    @staticmethod
    def of(table: Table, item: Item) -> Key:
        """Return the key of `item`."""
        return Key(table, item[table.partition_key], item[table.sort_key] if table.sort_key else None)


class Condition(NamedTuple):
    """What must hold of an attribute when a write is applied; `absent` takes no value, `older` is less or absent."""

    attribute: str
    test: Literal["equals", "absent", "less", "older"]
    value: Any = None

    def holds(self, item: Item) -> bool:
        """Tell whether it holds of an item; of one that is not there, all attributes are absent."""
        present = self.attribute in item
        match self.test:
            case "absent":
                return not present
            case "equals":
                return present and bool(item[self.attribute] == self.value)
            case "less":
                return present and bool(item[self.attribute] < self.value)
            case "older":
                return not present or bool(item[self.attribute] < self.value)


class Put(NamedTuple):
    """Write a whole item."""

    table: Table
    item: Item
    conditions: tuple[Condition, ...] = ()

    @property
    def key(self) -> Key:
        """The item it writes."""
        return Key.of(self.table, self.item)


class Update(NamedTuple):
    """Set attributes of an item, and add to its numbers, making the item when there is none."""

    key: Key
    set: Mapping[str, Any]
    add: Mapping[str, int] = MappingProxyType({})
    conditions: tuple[Condition, ...] = ()


class Delete(NamedTuple):
    """Remove an item."""

    key: Key
    conditions: tuple[Condition, ...] = ()


class Check(NamedTuple):
    """Write nothing; the transaction fails unless the conditions hold."""

    key: Key
    conditions: tuple[Condition, ...]


Operation = Put | Update | Delete | Check


@dataclass(frozen=True, eq=False, repr=False)
class Query:
    """A query of a table (by partition) or of one of its indexes.

    Attributes:
        table: the table.
        partition: equality values of the partition key attributes, in order.
        index: the index, or None for the table itself.
        lower: inclusive lower bound of the first sort attribute, or None.
        upper: inclusive upper bound of the first sort attribute, or None.
        descending: whether the largest sort key comes first.
        limit: the most items to return, or None.
        start_key: where the previous page ended, or None.
    """

    table: Table
    partition: tuple[str, ...]
    index: SecondaryIndex | None = None
    lower: Any = None
    upper: Any = None
    descending: bool = False
    limit: int | None = None
    start_key: Item | None = None


class Page(NamedTuple):
    """Items of a query or scan, and where to go on, or None at the end."""

    items: list[Item]
    next_key: Item | None


class Engine(Protocol):
    """What the data layer asks of a database. Reads of tables are strongly consistent; reads of indexes lag."""

    def get(self, key: Key) -> Item | None:
        """Return the item, or None."""

    def batch_get(self, keys: Sequence[Key]) -> list[Item]:
        """Return those of the items that exist, in any order; at most 100 keys, all of one table."""

    def query(self, query: Query) -> Page:
        """Return one page (at most 1 MB) of a query."""

    def scan(self, table: Table, start_key: Item | None, limit: int | None = None) -> Page:
        """Return one page of all items of a table, at most `limit` of them; the key to start after need not exist."""

    def write(self, operation: Operation) -> None:
        """Apply one write on its own.

        Raises:
            ConditionFailed: a condition does not hold.
        """

    def transact(self, operations: Sequence[Operation], token: str) -> None:
        """Apply all operations or none; a repeated call with the same token within ten minutes applies once.

        Raises:
            TransactionCanceled: nothing was applied, for the reasons given.
            Unanswered: it is not known whether it was applied.
        """

    def begin(self, read: Callable[[], T]) -> Future[T]:
        """Start `read` beside the caller and return its future."""


class EngineError(Exception):
    """Base of the door's failures."""


class Throttled(EngineError):
    """The database refused the call for load, others or the moment's credentials; nothing was applied."""


class Unanswered(EngineError):
    """No answer came (time-out, broken connection, 5xx, still in progress): the call may or may not have applied."""


class ConditionFailed(EngineError):
    """A single write's condition does not hold; `item` is what is there, or None."""

    def __init__(self, item: Item | None) -> None:
        super().__init__("condition failed")
        self.item = item


class Reason(NamedTuple):
    """Why one operation of a transaction failed; `none` for those that did not."""

    code: Literal["none", "condition", "conflict", "throttled", "too_large"]
    item: Item | None = None


class TransactionCanceled(EngineError):
    """A transaction was refused as a whole; `reasons` are in the order of its operations."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__(", ".join(reason.code for reason in reasons))
        self.reasons = tuple(reasons)
