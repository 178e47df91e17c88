"""Unique keys: a claim per key names the document that holds it.

A commit takes a key, releases it, passes it on to another document, or only checks who holds it. A key that stays
with its document needs nothing: the document's own version guards it.
"""

from __future__ import annotations

from shared.db.engine import Check, Condition, Delete, Operation, Put
from shared.db.ranges import Range, unique_ranges
from shared.db.writer import Writer
from shared.schema.document import Document
from shared.schema.platform import CLAIMS


def claim_operations(writer: Writer, commit_id: str) -> list[Operation]:
    """Return what a run's commit does to claims, one operation per key."""
    old = _holders({id_: write.old for id_, write in writer.writes.items()})
    new = _holders({id_: write.new for id_, write in writer.writes.items()})
    operations: list[Operation] = []
    for name, (_, id_) in new.items():
        before = old[name][1] if name in old else None
        if before != id_:
            row = {"key": name, "id": id_, "version": commit_id}
            operations.append(Put(CLAIMS, row, _held_by(before)))
    for name in old.keys() - new.keys():
        range_, id_ = old[name]
        operations.append(Delete(range_.claim_key, _held_by(id_)))
    for name in writer.reads.claims.keys() - old.keys() - new.keys():
        range_, seen = writer.reads.claims[name]
        operations.append(Check(range_.claim_key, _held_by(seen)))
    return operations


def _holders(documents: dict[str, Document | None]) -> dict[str, tuple[Range, str]]:
    held = ((id_, range_) for id_, document in documents.items() for range_ in unique_ranges(document).values())
    return {range_.name: (range_, id_) for id_, range_ in held}


def _held_by(id_: str | None) -> tuple[Condition, ...]:
    return (Condition("key", "absent"),) if id_ is None else (Condition("id", "equals", id_),)
