"""The bucket of large text fields.

An object is written before the transaction that refers to it, under a key of its own (`table/id/unique`), and never
changed; one that no document refers to is collected a day later (`shared.jobs.collection`). So a reader that finds no
object has an old pointer and reads the document again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from shared import values
from shared.bucket import Listing
from shared.db.codec import stored_value
from shared.db.engine import Engine, Key
from shared.db.side_by_side import side_by_side
from shared.errors import NotFound
from shared.schema.document import DOCUMENTS
from shared.schema.spilled import Spilled
from shared.schema.table import Table

_LARGEST_CHARACTER_BYTES: Final = 4
"""Of UTF-8."""


class Objects(Protocol):
    """What is asked of a bucket."""

    def put(self, key: str, body: bytes) -> None:
        """Write an object."""

    def keep(self, key: str, body: bytes) -> bytes:
        """Write an object unless there is one, and return the bytes of the one that is there then."""

    def get(self, key: str) -> bytes | None:
        """Return an object's bytes, or None when there is none."""

    def beginning(self, key: str, size_bytes: int) -> bytes | None:
        """Return the first bytes of an object, or None when there is none."""

    def page(self, after: str | None) -> Listing:
        """Return the next objects in the order of their keys, beginning after a key."""

    def remove(self, keys: Sequence[str]) -> None:
        """Remove objects (at most 1000); those that are not there do no harm."""


@dataclass(frozen=True, eq=False, repr=False)
class Content:
    """Writes and reads large fields.

    Attributes:
        objects: the bucket.
        engine: where to read a document again whose pointer has gone stale.
        unique: makes a new unique string.
    """

    objects: Objects
    engine: Engine
    unique: Callable[[], str]

    def spill(self, table: Table, document_id: str, field: str, raw: bytes, is_json: bool) -> Spilled:
        """Store the bytes of a field and return the pointer to them."""
        key = f"{table.name}/{document_id}/{self.unique()}"
        self.objects.put(key, raw)
        return Spilled(document_id, field, key, hashlib.sha256(raw).hexdigest(), len(raw), is_json)

    def load(self, pointer: Spilled) -> Any:
        """Return the value that `pointer` stands for.

        Raises:
            NotFound: the document has been deleted since the pointer was read.
        """
        raw = self.objects.get(pointer.key)
        if raw is None:
            return self._load_again(pointer)
        if hashlib.sha256(raw).hexdigest() != pointer.sha256:
            raise RuntimeError(f"object {pointer.key} is damaged: its digest differs from the document's")
        text = raw.decode()
        return values.loads(text) if pointer.is_json else text

    def beginnings(self, pointers: Iterable[Spilled], characters: int) -> list[str]:
        """Return what the stored text of each field begins with, unchecked; of one that has just changed nothing."""
        size_bytes = characters * _LARGEST_CHARACTER_BYTES

        def begin(pointer: Spilled) -> str:
            raw = self.objects.beginning(pointer.key, size_bytes) or b""
            return raw.decode(errors="ignore")[:characters]

        return side_by_side(self.engine, begin, pointers)

    def load_all(self, pointers: Iterable[Spilled]) -> list[Any]:
        """Return the values of several pointers, read beside each other."""
        return side_by_side(self.engine, self.load, pointers)

    def _load_again(self, pointer: Spilled) -> Any:
        table = next(d.table() for d in DOCUMENTS.values() if d.table_name() == pointer.key.partition("/")[0])
        item = self.engine.get(Key(table, pointer.document_id))
        if item is None:
            raise NotFound(f"Document {pointer.document_id} has been deleted.")
        value = stored_value(item, pointer.field)
        if not isinstance(value, Spilled):
            return value
        if value.key == pointer.key:
            raise RuntimeError(f"object {value.key} is missing although its document refers to it")
        return self.load(value)
