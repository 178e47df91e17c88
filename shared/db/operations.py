"""From a run's reads and writes to the operations of its transaction, one per item."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from shared.db.changes import change_row
from shared.db.claims import claim_operations
from shared.db.codec import encode, stored_form
from shared.db.engine import Check, Condition, Delete, Key, Operation, Put, Update
from shared.db.ranges import Range, entry_changes
from shared.db.side_by_side import side_by_side
from shared.db.store import Store
from shared.db.writer import Writer
from shared.errors import TooManyWrites
from shared.schema.spilled import Spilled

MAX_OPERATIONS: Final = 99
"""DynamoDB's limit of 100 per transaction, less the outcome record."""

ABSENT: Final = (Condition("_id", "absent"),)


@dataclass(eq=False, repr=False)
class Operations:
    """The operations of one commit.

    Attributes:
        items: what the transaction does.
        documents: the ids of the documents it writes.
        ranges: the names of the index ranges whose entries it changes and of the unique keys it takes or frees.
    """

    items: list[Operation] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)


def checks_only(writer: Writer) -> Operations:
    """Return the operations of a run that writes nothing, or whose writes are dropped: its reads have to hold."""
    writer.drop_writes()
    return Operations([*_document_checks(writer), *claim_operations(writer, ""), *_range_checks(writer)])


def writes_and_checks(writer: Writer, store: Store, commit_id: str) -> Operations:
    """Return the operations of a run that writes.

    Raises:
        TooManyWrites: one transaction cannot hold them.
        ValueTooLarge: a document is above its limit.
    """
    deltas = _deltas(writer)
    claims = claim_operations(writer, commit_id)
    operations = [
        *claims,
        *_range_operations(writer, deltas, commit_id),
        *(change_row(delta.range.name, commit_id, sorted(delta.ids)) for delta in deltas.values()),
        *_touch_operations(writer, commit_id),
        *_document_checks(writer),
    ]
    count = len(operations) + len(writer.writes)
    if count > MAX_OPERATIONS:
        raise TooManyWrites(
            f"Too many writes in a single mutation (actual: {count} items, limit: {MAX_OPERATIONS});"
            " write fewer documents at a time."
        )
    # Large fields are uploaded meanwhile.
    operations += side_by_side(store.engine, partial(_document_operation, writer, store, commit_id), writer.writes)
    keys = [operation.key.partition for operation in claims if not isinstance(operation, Check)]
    return Operations(operations, [*writer.writes, *writer.touches], [*dict.fromkeys([*deltas, *keys])])


@dataclass(eq=False, repr=False)
class _Delta:
    """What a commit does to one range."""

    range: Range
    count: int = 0
    fingerprint: int = 0
    ids: set[str] = field(default_factory=set)


def _deltas(writer: Writer) -> dict[str, _Delta]:
    deltas: dict[str, _Delta] = {}
    for write in writer.writes.values():
        for change in entry_changes(write.old, write.new):
            delta = deltas.setdefault(change.range.name, _Delta(change.range))
            delta.count += change.count
            delta.fingerprint += change.fingerprint
            delta.ids.add(change.document_id)
    return deltas


def _document_operation(writer: Writer, store: Store, commit_id: str, id_: str) -> Operation:
    old, new = writer.writes[id_].old, writer.writes[id_].new
    table = type(old or new).table()  # type: ignore[union-attr]  # one of them is a document
    conditions = ABSENT if old is None else (Condition("_version", "equals", old.version),)
    if new is None:
        return Delete(Key(table, id_), conditions)

    def spill(stored_name: str, raw: bytes, is_json: bool) -> Spilled:
        return store.content.spill(table, id_, stored_name, raw, is_json)

    return Put(table, encode(new, spill) | {"_version": commit_id}, conditions)


def _document_checks(writer: Writer) -> list[Operation]:
    operations: list[Operation] = []
    for id_, (document, version) in writer.reads.documents.items():
        if id_ not in writer.writes and id_ not in writer.touches:
            condition = ABSENT if version is None else (Condition("_version", "equals", version),)
            operations.append(Check(Key(document.table(), id_), condition))
    for id_ in writer.reads.predicates.keys() - writer.reads.documents.keys() - writer.touches.keys():
        document = writer.reads.predicates[id_].document
        operations.append(Check(Key(document.table(), id_), _partial_conditions(writer, id_)))
    return operations


def _partial_conditions(writer: Writer, id_: str) -> tuple[Condition, ...]:
    """Return the conditions on a document of which only some attributes were depended on."""
    attributes = writer.reads.predicates[id_].attributes
    stated = [Condition(n, "absent") if v is None else Condition(n, "equals", v) for n, v in attributes.items()]
    return (Condition("_id", "equals", id_), *stated)


def _touch_operations(writer: Writer, commit_id: str) -> list[Operation]:
    """Touches keep the versions increasing even when another process's clock is ahead."""
    operations: list[Operation] = []
    for id_, fields in writer.touches.items():
        if id_ in writer.reads.documents:
            document, version = writer.reads.documents[id_]
            conditions: tuple[Condition, ...] = (Condition("_version", "equals", version),)
        else:
            document = writer.reads.predicates[id_].document
            conditions = (*_partial_conditions(writer, id_), Condition("_version", "less", commit_id))
        stored: dict[str, Any] = {document.stored_name(name): stored_form(value) for name, value in fields.items()}
        operations.append(Update(Key(document.table(), id_), stored | {"_version": commit_id}, conditions=conditions))
    return operations


def _range_operations(writer: Writer, deltas: dict[str, _Delta], commit_id: str) -> list[Operation]:
    operations: list[Operation] = []
    for name, delta in deltas.items():
        if delta.range.index.guarded:
            added = {"count": delta.count, "fingerprint": delta.fingerprint}
            conditions = _range_conditions(writer, name)
            operations.append(Update(delta.range.key, {"version": commit_id}, added, conditions))
    return operations + _range_checks(writer, besides=deltas)


def _range_checks(writer: Writer, besides: dict[str, _Delta] | None = None) -> list[Operation]:
    read_only = writer.reads.ranges.keys() - (besides or {}).keys()
    return [Check(writer.reads.ranges[name][0].key, _range_conditions(writer, name)) for name in read_only]


def _range_conditions(writer: Writer, name: str) -> tuple[Condition, ...]:
    if name not in writer.reads.ranges:
        return ()
    version = writer.reads.ranges[name][1]
    return (Condition("version", "absent") if version is None else Condition("version", "equals", version),)
