"""Builds the records of guarded indexes and unique keys for documents that are already there.

Needed once for a new index, and after an import or a restore past the runtime. Writers may go on meanwhile: a range's
record is replaced only if no commit touched the range since before its documents were counted, and a claim is made
only if its document has not changed since; whatever was touched is done again in the next pass.
"""

from __future__ import annotations

import json
from typing import Any, Final

from shared.db.engine import (
    Check,
    Condition,
    ConditionFailed,
    Delete,
    Key,
    Operation,
    Put,
    Throttled,
    TransactionCanceled,
    Unanswered,
    Update,
)
from shared.db.ranges import Range
from shared.db.readiness import is_being_imported, marker, marker_name
from shared.db.store import Store
from shared.db.survey import Census, census, documents, kept_indexes, records
from shared.schema.document import Document
from shared.schema.index import BoundIndex
from shared.schema.platform import CLAIMS, RANGES

PASSES: Final = 10
QUIET_PASSES: Final = 2
"""In one pass alone, a document may vanish from a range without a record just before the range is counted."""
_SETTLING_S: Final = 0.5
"""Longer than DynamoDB takes to show all of a transaction."""


class RebuildFailed(Exception):
    """An index could not be built; the message says why and what to do."""


def rebuild(store: Store) -> list[str]:
    """Build the records of every index that has some and declare them complete; returns a line per index.

    Raises:
        RebuildFailed: documents share a unique key, a range was never quiet for long enough, or an import is not
            finished.
    """
    if is_being_imported(store.engine):
        raise RebuildFailed("An archive is being imported; run the same import again, which builds the records too.")
    return [rebuild_index(store, index) for index in kept_indexes()]


def rebuild_index(store: Store, index: BoundIndex[Any]) -> str:
    """Build the records of one index and declare them complete (errors as in `rebuild`)."""
    line = build_records(store, index)
    store.engine.write(marker(index))
    return line


def build_records(store: Store, index: BoundIndex[Any]) -> str:
    """Build the records of one index, without declaring them complete (errors as in `rebuild`)."""
    is_ready = store.engine.get(Key(RANGES, marker_name(index))) is not None
    changed = quiet_passes = 0
    for _ in range(PASSES):
        done = missed = 0
        for kept, run in ((index.guarded, _ranges_pass), (index.unique, _claims_pass)):
            if kept:
                done_here, missed_here = run(store, index)
                done, missed = done + done_here, missed + missed_here
        changed += done
        quiet_passes = 0 if done or missed else quiet_passes + 1
        if quiet_passes >= (1 if is_ready else QUIET_PASSES):
            return f"{index.label}: {changed} records written"
        store.clock.sleep(_SETTLING_S)
    raise RebuildFailed(f"{index.label} was written to during each of {PASSES} passes; run the rebuild again.")


def _ranges_pass(store: Store, index: BoundIndex[Any]) -> tuple[int, int]:
    """Correct the records of ranges; returns how many were written and how many were touched meanwhile."""
    before = records(store.engine, RANGES, index)
    counted = census(store.engine, index)
    touched = {name: row["version"] for name, row in records(store.engine, RANGES, index).items()}
    done = missed = 0
    for name in before.keys() | counted.keys() | touched.keys():
        truth = counted.get(name) or Census(_range_named(index, name))
        record = before.get(name, {"count": 0, "fingerprint": 0})
        if record.get("version") != touched.get(name):
            missed += 1
            continue
        if (record["count"], record["fingerprint"]) == (truth.count, truth.fingerprint):
            continue
        version = record.get("version")
        condition = Condition("version", "absent") if version is None else Condition("version", "equals", version)
        values = {"version": store.unique(), "count": truth.count, "fingerprint": truth.fingerprint}
        try:
            store.engine.write(Update(Key(RANGES, name), values, conditions=(condition,)))
            done += 1
        except (ConditionFailed, Throttled, Unanswered):
            missed += 1
    return done, missed


def _claims_pass(store: Store, index: BoundIndex[Any]) -> tuple[int, int]:
    """Make missing claims and drop stale ones; returns how many were written and how many were touched meanwhile."""
    existing = records(store.engine, CLAIMS, index)
    holders: dict[str, Document] = {}
    for document in documents(store.engine, index.document):
        values = index.values_of(document)
        if values is not None:
            name = Range(index, values).name
            other = holders.setdefault(name, document)
            if other is not document:
                raise RebuildFailed(
                    f"{other.id} and {document.id} share {name}; change one of them and rebuild again."
                )
    done = missed = 0
    for name in existing.keys() | holders.keys():
        held_by = existing[name]["id"] if name in existing else None
        holder = holders.get(name)
        if held_by == (holder.id if holder else None):
            continue
        if _correct_claim(store, index, name, held_by, holder):
            done += 1
        else:
            missed += 1
    return done, missed


def _correct_claim(
    store: Store, index: BoundIndex[Any], name: str, held_by: str | None, holder: Document | None
) -> bool:
    """Give a claim to its holder, or drop it; False when either document changed meanwhile."""
    seen = (Condition("key", "absent") if held_by is None else Condition("id", "equals", held_by),)
    table, operations = index.document.table(), list[Operation]()
    if held_by is not None:
        item = store.engine.get(Key(table, held_by))
        still = Condition("_id", "absent") if item is None else Condition("_version", "equals", item["_version"])
        operations.append(Check(Key(table, held_by), (still,)))
    if holder is None:
        operations.append(Delete(Key(CLAIMS, name), seen))
    else:
        operations.append(Check(Key(table, holder.id), (Condition("_version", "equals", holder.version),)))
        operations.append(Put(CLAIMS, {"key": name, "id": holder.id, "version": store.unique()}, seen))
    try:
        store.engine.transact(operations, store.unique())
    except (TransactionCanceled, Throttled, Unanswered):
        return False
    return True


def _range_named(index: BoundIndex[Any], name: str) -> Range:
    return Range(index, tuple(json.loads(name.removeprefix(f"{index.label}/"))))
