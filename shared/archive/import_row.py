"""The row that stands for an import, in the deployment that takes it.

    none ──begin──> under way, at (table, documents) ──finish──> finished

While it is under way no guarded or unique index is ready, so what decides on one is refused; so is another archive.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from shared.archive.errors import ImportRefused
from shared.db.commit import Stale, Undecided, send
from shared.db.engine import Condition, Delete, Key, Operation, Put, Update
from shared.db.readiness import IMPORT, marker, marker_name
from shared.db.store import Store
from shared.db.survey import items, kept_indexes
from shared.errors import Overloaded
from shared.schema.document import DOCUMENTS
from shared.schema.platform import RANGES

_PATIENCE_NS: Final = 30 * 10**9
_FINISHED: Final = "finishedAtMs"


class Place(NamedTuple):
    """How far an import is: so many documents of this table are written, and all of the tables before it."""

    table: str
    done: int


def begin(store: Store, digest: str) -> Place | None:
    """Begin the import of an archive, or go on with it where it was interrupted.

    Args:
        store: the tables that take it.
        digest: names the archive.

    Returns:
        How far it is, or None: nothing is known to be written.

    Raises:
        ImportRefused: there are documents, or another import is not finished.
        Overloaded: the database did not answer.
    """
    row = store.engine.get(IMPORT)
    if row is not None and _FINISHED not in row:
        if row["digest"] != digest:
            raise ImportRefused(
                "The import of another archive is not finished. Run that one again, with the same tables and fields"
                " left out, or abandon it."
            )
        return Place(row["table"], row["done"]) if "table" in row else None
    _require_empty(store, is_repeated=row is not None and row["digest"] == digest)
    seen = Condition("range", "absent") if row is None else Condition("version", "equals", row["version"])
    unready = [Delete(Key(RANGES, marker_name(index))) for index in kept_indexes()]
    _send(store, [Put(RANGES, _row(store, digest), (seen,)), *unready])
    return None


def advance(store: Store, digest: str, place: Place) -> None:
    """Note how far the import is (errors as of `begin`)."""
    _send(store, [Update(IMPORT, place._asdict(), conditions=_under_way(digest))])


def finish(store: Store, digest: str) -> None:
    """Note that the import is finished and that all records are built (errors as of `begin`)."""
    row = _row(store, digest) | {_FINISHED: store.clock.now_ms()}
    _send(store, [Put(RANGES, row, _under_way(digest)), *(marker(index) for index in kept_indexes())])


def abandon(store: Store) -> None:
    """Forget an unfinished import: what it has written stays, and no index is ready before `make rebuild`."""
    row = store.engine.get(IMPORT)
    if row is not None and _FINISHED not in row:
        _send(store, [Delete(IMPORT, _under_way(row["digest"]))])


def _row(store: Store, digest: str) -> dict[str, Any]:
    return IMPORT.attributes() | {"version": store.unique(), "digest": digest}


def _under_way(digest: str) -> tuple[Condition, ...]:
    return Condition("digest", "equals", digest), Condition(_FINISHED, "absent")


def _require_empty(store: Store, *, is_repeated: bool) -> None:
    filled = [
        name for name, document in DOCUMENTS.items() if next(items(store.engine, document.table()), None) is not None
    ]
    if filled:
        again = "This archive has been imported already. " if is_repeated else ""
        raise ImportRefused(
            f"{again}Only an empty deployment can take an archive; there are documents in {', '.join(filled)}."
        )


def _send(store: Store, operations: Sequence[Operation]) -> None:
    deadline_ns = store.clock.now_ns() + _PATIENCE_NS
    try:
        sent = send(store.engine, store.clock, operations, has_record=False, deadline_ns=deadline_ns)
    except Undecided:
        raise Overloaded("The database did not answer; run the same import again.") from None
    if isinstance(sent, Stale):
        raise ImportRefused("Somebody else imports at the same time; see what is there before running this again.")
