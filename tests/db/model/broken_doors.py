"""Doors at which one rule of the protocol is lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from shared.db.changes import WINDOW_NS
from shared.db.clock import first_commit_id, timestamp_of
from shared.db.engine import Check, ConditionFailed, Delete, Item, Key, Operation, Page, Put, Query, Update
from shared.db.ranges import fingerprint
from shared.schema.document import DOCUMENTS
from tests.db.model.door import Door

Change = Callable[[Operation, Sequence[Operation]], Operation | None]


def changing(rule: Change) -> type[Door]:
    """Return a door that changes operations by `rule`."""

    class Changing(Door):
        def change(self, operation: Operation, among: Sequence[Operation]) -> Operation | None:
            return rule(operation, among)

    return Changing


def leaving_out(is_lost: Callable[[Operation, Sequence[Operation]], bool]) -> type[Door]:
    """Return a door at which operations are lost."""
    return changing(lambda operation, among: None if is_lost(operation, among) else operation)


def unconditional(kind: type[Any], table: str, attribute: str, test: str) -> type[Door]:
    """Return a door at which one condition of one kind of operation on a table is lost."""

    def rule(operation: Operation, _: Sequence[Operation]) -> Operation | None:
        if not isinstance(operation, kind) or not is_on(operation, table):
            return operation
        kept = tuple(c for c in operation.conditions if (c.attribute, c.test) != (attribute, test))
        return None if isinstance(operation, Check) and not kept else operation._replace(conditions=kept)

    return changing(rule)


def is_on(operation: Operation, table: str) -> bool:
    """Tell whether an operation is on `table`, or on any table of documents for `documents`."""
    name = operation.key.table.name
    return name in DOCUMENTS if table == "documents" else name == table


def status_of(operations: Sequence[Operation]) -> str | None:
    """Return the status in the outcome record of a transaction, or None when it has none."""
    first = operations[0]
    return first.item["status"] if isinstance(first, Put) and is_on(first, "commits") else None


def writes_nothing(operations: Sequence[Operation]) -> bool:
    """Tell whether a transaction only checks and records."""
    return all(isinstance(operation, Check) or is_on(operation, "commits") for operation in operations)


def not_adding(attribute: str) -> type[Door]:
    """Return a door at which the records of ranges are not added to."""

    def rule(operation: Operation, _: Sequence[Operation]) -> Operation:
        if isinstance(operation, Update) and is_on(operation, "ranges"):
            return operation._replace(add={**operation.add, attribute: 0})
        return operation

    return changing(rule)


UNCHECKED_ERROR = leaving_out(lambda operation, all: isinstance(operation, Check) and status_of(all) == "error")
UNCHECKED_VALUE = leaving_out(
    lambda operation, all: isinstance(operation, Check) and writes_nothing(all) and status_of(all) != "error"
)
UNRECORDED_ERROR = leaving_out(lambda operation, all: is_on(operation, "commits") and status_of(all) == "error")
NO_CHANGES_ROW = leaving_out(lambda operation, _: is_on(operation, "changes"))
COUNT_NOT_KEPT = not_adding("count")
FINGERPRINT_NOT_KEPT = not_adding("fingerprint")


class NoAbandonedRecord(Door):
    """A failed call leaves no record."""

    def write(self, operation: Operation) -> None:
        if not is_on(operation, "commits"):
            super().write(operation)


class DeafToItsRecord(Door):
    """A failed call is told so even when its record says that it was applied."""

    def write(self, operation: Operation) -> None:
        try:
            super().write(operation)
        except ConditionFailed:
            if not is_on(operation, "commits"):
                raise


class FirstRunAloneIsRecorded(Door):
    """A run after the first leaves no record."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._commits: dict[str, str] = {}

    def change(self, operation: Operation, among: Sequence[Operation]) -> Operation | None:
        if not isinstance(operation, Put) or not is_on(operation, "commits"):
            return operation
        key, commit_id = operation.item["key"], operation.item["commit"]
        return operation if self._commits.setdefault(key, commit_id) == commit_id else None


class NewToken(Door):
    """Each sending has a token of its own."""

    def transact(self, operations: Sequence[Operation], token: str) -> None:
        super().transact(operations, self.random.randbytes(8).hex())


class NewTokenAndOutcomeOverwritten(NewToken):
    """Nor does anything else tell that a transaction has been applied."""

    def change(self, operation: Operation, among: Sequence[Operation]) -> Operation | None:
        return operation._replace(conditions=()) if is_on(operation, "commits") else operation


class ChangesNotRead(Door):
    """Readers trust the index alone."""

    def query(self, query: Query) -> Page:
        return Page([], None) if query.table.name == "changes" else super().query(query)


class ShortWindow(Door):
    """Readers look back a second."""

    def query(self, query: Query) -> Page:
        if query.table.name == "changes":
            query = replace(query, lower=first_commit_id(timestamp_of(query.lower) + WINDOW_NS - 10**9))
        return super().query(query)


class DocumentsRemembered(Door):
    """Listed documents are those of an earlier time, as in an index that carries them."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._seen: dict[str, Item] = {}

    def batch_get(self, keys: Sequence[Key]) -> list[Item]:
        return [self._seen.setdefault(item["_id"], item) for item in super().batch_get(keys)]


class PartialListing(ChangesNotRead):
    """A listing is believed to be complete: the record is made to match what the index shows."""

    def get(self, key: Key) -> Item | None:
        record = super().get(key)
        if record is None or key.table.name != "ranges" or "count" not in record:
            return record
        label, _, values = key.partition.partition("/")
        table, _, name = label.partition(".")
        index = DOCUMENTS[table].index(name).secondary_index()
        entries = self.database.visible(DOCUMENTS[table].table(), index)
        shown = [entry for place, entry in entries.items() if list(place[0]) == json.loads(values)]
        total = sum(fingerprint(tuple(entry[name] for name in index.sort)) for entry in shown)
        return record | {"count": len(shown), "fingerprint": total}


class ReadyAtOnce(Door):
    """Records are believed before they are built."""

    def get(self, key: Key) -> Item | None:
        return {"version": ""} if key.partition.startswith("ready/") else super().get(key)


class RecordSweptAway(Door):
    """Whoever empties a range sweeps its record away, without a look at whether it is still empty."""

    def transact(self, operations: Sequence[Operation], token: str) -> None:
        super().transact(operations, token)
        for operation in operations:
            if isinstance(operation, Update) and is_on(operation, "ranges"):
                record = self.inner.get(operation.key)
                if record is not None and record["count"] == 0:
                    self.inner.write(Delete(operation.key))


class NoRecordOfNothing(Door):
    """The record of an empty range does not exist."""

    def transact(self, operations: Sequence[Operation], token: str) -> None:
        super().transact(operations, token)
        rows = self.database.tables["ranges"]
        for key in [key for key, record in rows.items() if record.get("count") == 0]:
            del rows[key]


class NoReplay(Door):
    """Whoever begins does not see that an earlier sending has been answered."""

    def get(self, key: Key) -> Item | None:
        return None if key.table.name == "commits" else super().get(key)
