"""Writing documents as rows, several at once, so that writing them again changes nothing."""

from __future__ import annotations

import hashlib
from collections import deque
from concurrent.futures import Future
from functools import partial
from typing import Final

from shared.archive.errors import ImportRefused
from shared.db.codec import encode
from shared.db.engine import Condition, ConditionFailed, Item, Put, Throttled, Unanswered
from shared.db.retry import READ_ATTEMPTS, pause
from shared.db.store import Store
from shared.errors import Overloaded
from shared.schema.document import Document
from shared.schema.spilled import Spilled

_AT_ONCE: Final = 16
"""How many documents are being written, of up to 2 MiB each."""


class RowWriter:
    """Writes documents.

    Args:
        store: where to.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._version = store.unique()
        self._begun: deque[Future[None]] = deque()

    def put(self, document: Document) -> None:
        """Begin to write a document, once there are few enough others.

        Raises:
            ImportRefused: another document of this id is there (of this one, or of one that was put before).
            Overloaded: the database did not answer.
        """
        while len(self._begun) >= _AT_ONCE:
            self._begun.popleft().result()
        self._begun.append(self._store.engine.begin(partial(_write, self._store, document, self._version)))

    def flush(self) -> None:
        """Wait until all are written (errors as of `put`)."""
        while self._begun:
            self._begun.popleft().result()


def _write(store: Store, document: Document, version: str) -> None:
    item = _item(store, document)
    put = Put(document.table(), item | {"_version": version}, (Condition("_id", "absent"),))
    for attempt in range(READ_ATTEMPTS):
        try:
            return store.engine.write(put)
        except ConditionFailed:
            there = store.engine.get(put.key)
            if there is None or {**there, "_version": ""} != {**item, "_version": ""}:
                raise ImportRefused(
                    f"Another document {document.id} is in {document.table_name()} already; somebody writes there."
                ) from None
            return None
        except (Throttled, Unanswered):
            pause(store.clock, attempt)
    raise Overloaded(f"The database did not take {document.id}; run the same import again.")


def _item(store: Store, document: Document) -> Item:
    """Return the row of a document, with its large fields written under keys that are the same each time."""

    def spill(field: str, raw: bytes, is_json: bool) -> Spilled:
        sha256 = hashlib.sha256(raw).hexdigest()
        key = f"{document.table_name()}/{document.id}/{field}-{sha256}"
        store.objects.put(key, raw)
        return Spilled(document.id, field, key, sha256, len(raw), is_json)

    return encode(document, spill)
