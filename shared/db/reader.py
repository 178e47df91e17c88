"""Reading documents: by id, by a unique key, by an index range."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, ClassVar, Final, TypeVar, cast

from shared.db.access import Access
from shared.db.codec import decode
from shared.db.engine import Key
from shared.db.query import RangeQuery
from shared.db.range_read import Bounds, PendingSlice, RangeRead
from shared.db.ranges import Position, Range, range_of
from shared.db.retry import pause
from shared.db.side_by_side import side_by_side
from shared.db.store import Store
from shared.errors import AccessNotDeclared
from shared.schema.document import Document, Id
from shared.schema.index import BoundIndex
from shared.schema.spilled import Text

D = TypeVar("D", bound=Document)

_BATCH: Final = 100
"""BatchGetItem's limit of keys."""
Observe = Callable[[Collection[str]], None]
"""Told the names of documents and ranges."""
_LOOKS: Final = 8
"""How often a unique key and its document are read, over half a second, when they disagree: it is being passed on."""


class Reader:
    """The database as a query sees it. Reads are of the latest state; a document is read once and then remembered.

    Args:
        store: the doors.
        access: the tables it may read.
        observe: told the names of documents and ranges before they are read (live queries register there).
        documents: what is remembered already, by id; readers that share it see one version of each document.
        page_end: where the page ended when the same live query ran before; it then ends there again, however many
            documents it has become.

    Attributes:
        observed_version: the newest version that was read.
        journal: where the page ended that was read, if one was.
    """

    _reads_again: ClassVar[bool] = True
    """Whether it may read once more what does not fit together."""

    def __init__(
        self,
        store: Store,
        access: Access,
        observe: Observe = lambda _topics: None,
        documents: dict[str, Document | None] | None = None,
        page_end: str | None = None,
    ) -> None:
        self._store = store
        self._access = access
        self._observe = observe
        self._documents: dict[str, Document | None] = {} if documents is None else documents
        self.observed_version = ""
        self.page_end = page_end
        self.journal: str | None = None

    def get(self, document: type[D], id: Id[D]) -> D | None:
        """Return the document with this id, or None."""
        self._may_read(document)
        self._observe((id,))
        if id not in self._documents:
            item = self._store.engine.get(Key(document.table(), id))
            self._remember(id, decode(document, item) if item else None)
        return cast("D | None", self._documents[id])

    def get_all(self, document: type[D], ids: Iterable[str]) -> dict[str, D]:
        """Return those of the documents that exist, by id."""
        self._may_read(document)
        wanted = list(dict.fromkeys(ids))
        self._observe(wanted)
        missing = [id_ for id_ in wanted if id_ not in self._documents]
        keys = [Key(document.table(), id_) for id_ in missing]
        batches = [keys[start : start + _BATCH] for start in range(0, len(keys), _BATCH)]
        pages = side_by_side(self._store.engine, self._store.engine.batch_get, batches)
        found = {item["_id"]: decode(document, item) for page in pages for item in page}
        for id_ in missing:
            self._remember(id_, found.get(id_))
        return {id_: cast("D", self._documents[id_]) for id_ in wanted if self._documents[id_] is not None}

    def query(self, index: BoundIndex[D], **fields: Any) -> RangeQuery[D]:
        """Begin a query of the range of `index` where its equality fields have these values."""
        self._may_read(index.document)
        return RangeQuery(self, range_of(index, fields))

    def lookup(self, index: BoundIndex[D], **fields: Any) -> D | None:
        """Return the one document that holds this unique key, or None."""
        self._may_read(index.document)
        range_ = range_of(index, fields)
        for attempt in range(_LOOKS):
            if attempt:
                pause(self._store.clock, attempt - 1)
            holder = self.holder(range_)
            found = None if holder is None else self.get(index.document, Id(holder))
            if holder is None or (found is not None and range_.holds(found)):
                return found
            if not self._reads_again:
                break
            del self._documents[holder]
        return None

    def count(self, index: BoundIndex[D], **fields: Any) -> int:
        """Return how many documents the range of a guarded index holds."""
        self._may_read(index.document)
        return self.range_record(range_of(index, fields))[1]

    def load(self, value: Text) -> str:
        """Return the text of a field that may be large."""
        return value if isinstance(value, str) else cast("str", self._store.content.load(value))

    def holder(self, range_: Range) -> str | None:
        """Return the id of the document that holds a unique key, or None."""
        if not range_.index.unique:
            raise TypeError(f"{range_.index.label} is not unique")
        self._observe((range_.name,))
        claim = self._store.engine.get(range_.claim_key)
        if claim is None:
            self._require_ready(range_)
            return None
        self._saw_version(claim["version"])
        return cast("str", claim["id"])

    def range_record(self, range_: Range) -> tuple[str | None, int, int]:
        """Return (version, count, fingerprint) of a guarded range; the version is None when it never had an entry."""
        if not range_.index.guarded:
            raise TypeError(f"{range_.index.label} is not guarded")
        self._observe((range_.name,))
        self._require_ready(range_)
        record = self._store.engine.get(range_.key)
        if record is None:
            return None, 0, 0
        self._saw_version(record["version"])
        return record["version"], record["count"], record["fingerprint"]

    def begin_range(
        self,
        range_: Range,
        *,
        bounds: Bounds,
        descending: bool,
        limit: int | None,
        after: Position | None = None,
        until: Position | None = None,
    ) -> PendingSlice:
        """Start reading a range; the first calls run beside whatever the caller does next."""
        self._observe((range_.name,))
        return RangeRead(
            self._store.engine,
            self.get_all,
            range_,
            bounds=bounds,
            descending=descending,
            now_ns=self._store.clock.now_ns(),
            limit=limit,
            after=after,
            until=until,
        )

    def watch(self, document: type[Document], topic: str) -> None:
        """Depend on a topic of a table besides its documents and ranges."""
        self._may_read(document)
        self._observe((topic,))

    @property
    def store(self) -> Store:
        """The doors."""
        return self._store

    def _require_ready(self, range_: Range) -> None:
        self._store.readiness.require(self._store.engine, range_.index, self._store.clock.now_ns())

    def _may_read(self, document: type[Document]) -> None:
        if document not in self._access.readable:
            raise AccessNotDeclared(f"This function does not declare that it reads {document.table_name()}.")

    def _remember(self, id_: str, document: Document | None) -> None:
        self._documents[id_] = document
        if document is not None:
            self._saw_version(document.version)

    def _saw_version(self, version: str) -> None:
        self.observed_version = max(self.observed_version, version)
