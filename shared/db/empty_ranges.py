"""Forgetting the records of index ranges that have long been empty, such as those of folders that were deleted.

An absent record says what one of 0 entries says, so only space is gained. One that is written to meanwhile stays, and
a mutation that decided on a record which has gone meanwhile runs again.
"""

from __future__ import annotations

from functools import partial

from shared.db.clock import first_commit_id
from shared.db.engine import Condition, ConditionFailed, Delete, Item, Key, Throttled, Unanswered
from shared.db.side_by_side import side_by_side
from shared.db.store import Store
from shared.schema.platform import RANGES


def forget_empty_ranges(store: Store, after: str | None, before_ns: int) -> tuple[int, str | None]:
    """Look at a page of the records, and remove those of ranges that have been empty since some time.

    Args:
        store: the doors.
        after: the record after which to begin, or None: at the first.
        before_ns: when the ranges have to have become empty, in ns since the epoch.

    Returns:
        How many records were removed, and after which to go on, or None at the end.
    """
    page = store.engine.scan(RANGES, None if after is None else {"range": after})
    latest = first_commit_id(before_ns)
    empty = [row for row in page.items if row.get("count") == row.get("fingerprint") == 0 and row["version"] < latest]
    forgotten = side_by_side(store.engine, partial(_forget, store), empty)
    return sum(forgotten), page.next_key["range"] if page.next_key else None


def _forget(store: Store, row: Item) -> bool:
    """Remove a record unless it has changed; what cannot be removed now is the next collection's."""
    try:
        store.engine.write(Delete(Key(RANGES, row["range"]), (Condition("version", "equals", row["version"]),)))
    except (ConditionFailed, Throttled, Unanswered):
        return False
    return True
