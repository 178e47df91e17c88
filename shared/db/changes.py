"""The `changes` table: which documents recent commits put into, moved within or took out of an index range.

Secondary indexes lag. Every commit that changes a range's entries leaves a row here in its own transaction; whoever
reads the range reads these rows (consistently) and then the named documents (consistently), and so sees every
acknowledged write as long as the index lags less than `WINDOW_NS`.
"""

from __future__ import annotations

from typing import Final

from shared.db.clock import first_commit_id, timestamp_of
from shared.db.engine import Engine, Put, Query
from shared.schema.platform import CHANGES

WINDOW_NS: Final = 120 * 10**9
"""How far back readers look: more than an index's lag and the difference of two clocks together."""

KEPT_S: Final = 3600


def change_row(range_name: str, commit_id: str, document_ids: list[str]) -> Put:
    """Return the write that tells readers of a range about a commit."""
    expires_at_s = timestamp_of(commit_id) // 10**9 + KEPT_S
    row = {"range": range_name, "commit": commit_id, "ids": document_ids, "expiresAt": expires_at_s}
    return Put(CHANGES, row)


def recently_changed(engine: Engine, range_name: str, now_ns: int) -> set[str]:
    """Return the ids of the documents whose entries in the range changed within the window."""
    changed: set[str] = set()
    query = Query(CHANGES, (range_name,), lower=first_commit_id(now_ns - WINDOW_NS))
    while True:
        page = engine.query(query)
        changed.update(*(row["ids"] for row in page.items))
        if page.next_key is None:
            return changed
        query = Query(CHANGES, (range_name,), lower=query.lower, start_key=page.next_key)
