"""Writing documents: a buffer that is committed at once, and the record of what the writes were decided on.

A mutation sees its own writes. It may decide on documents, unique keys and guarded ranges only: these are what a
commit can check. A plain index cannot be read here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple, TypeVar, cast

from shared.db.access import Access
from shared.db.codec import stored_form
from shared.db.range_read import Bounds, Listed, PendingSlice, Slice
from shared.db.ranges import Position, Range, entry_changes, fingerprint_of_all, unique_ranges
from shared.db.read_set import Predicate, ReadSet
from shared.db.reader import Observe, Reader
from shared.db.store import Store
from shared.errors import AccessNotDeclared, Conflict, NotFound
from shared.schema.document import DOCUMENTS, Document, Id
from shared.schema.ids import RANDOM_BYTES, table_number_of

D = TypeVar("D", bound=Document)


class RunAgain(Exception):
    """What a run has read does not fit together; it has to be repeated."""


class IndexBehind(RunAgain):
    """A complete listing does not match its record yet."""


class TornRead(RunAgain):
    """A document holds a unique key that was found free, or held by another, a moment before."""


class Write(NamedTuple):
    """What becomes of one document: from `old` (None: inserted) to `new` (None: deleted)."""

    old: Document | None
    new: Document | None


class Writer(Reader):
    """The database as a mutation sees it. Nothing is written before its commit."""

    _reads_again = False  # its commit finds out whether what it has read still holds

    def __init__(
        self,
        store: Store,
        access: Access,
        observe: Observe = lambda _topics: None,
        *,
        repeated: bool = False,
    ) -> None:
        super().__init__(store, access, observe)
        self.repeated = repeated
        self.reads = ReadSet()
        self.writes: dict[str, Write] = {}
        self.touches: dict[str, dict[str, Any]] = {}
        self._records: dict[str, tuple[str | None, int, int]] = {}
        self._created_ms = 0.0

    def get(self, document: type[D], id: Id[D], *, depends_on: tuple[str, ...] | None = None) -> D | None:
        """Return the document with this id, or None.

        Args:
            document: its class.
            id: its id.
            depends_on: the only fields (besides its existence) that the outcome depends on; by default all of it, so
                that any change of the document makes the mutation run again.
        """
        if id in self.writes:
            return cast("D | None", self.writes[id].new)
        found = super().get(document, id)
        if found is None or depends_on is None:
            self.reads.documents[id] = (document, None if found is None else found.version)
        else:
            attributes = {document.stored_name(name): stored_form(getattr(found, name)) for name in depends_on}
            known = self.reads.predicates.get(id, Predicate(document, {})).attributes
            self.reads.predicates[id] = Predicate(document, known | attributes)
        self.reads.require_room()
        return found

    def get_all(self, document: type[D], ids: Iterable[str]) -> dict[str, D]:
        """Return those of the documents that exist, by id."""
        wanted = list(ids)
        found = super().get_all(document, [id_ for id_ in wanted if id_ not in self.writes])
        for id_ in wanted:
            if id_ not in self.writes:
                self.reads.documents[id_] = (document, found[id_].version if id_ in found else None)
        self.reads.require_room()
        own = {id_: cast("D", self.writes[id_].new) for id_ in wanted if id_ in self.writes and self.writes[id_].new}
        return found | own

    def holder(self, range_: Range) -> str | None:
        """Return the id of the document that holds a unique key, counting this mutation's own writes."""
        if range_.name not in self.reads.claims:
            self.reads.claims[range_.name] = (range_, super().holder(range_))
            self.reads.require_room()
        held = self.reads.claims[range_.name][1]
        return self._own_holder(range_) or (None if held in self.writes else held)

    def range_record(self, range_: Range) -> tuple[str | None, int, int]:
        """Return (version, count, fingerprint) of a guarded range, counting this mutation's own writes."""
        if range_.name not in self._records:
            self._records[range_.name] = super().range_record(range_)
            self.reads.ranges[range_.name] = (range_, self._records[range_.name][0])
            self.reads.require_room()
        record = self._records[range_.name]
        own = [c for w in self.writes.values() for c in entry_changes(w.old, w.new) if c.range == range_]
        return (
            record[0],
            record[1] + sum(change.count for change in own),
            record[2] + sum(change.fingerprint for change in own),
        )

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
        """Read a guarded range completely.

        Raises:
            TypeError: the index is not guarded, or a page was asked for.
            IndexBehind: what the index shows does not match the range's record yet.
        """
        if not range_.index.guarded or after is not None or until is not None or bounds != Bounds():
            raise TypeError(f"a mutation reads only whole ranges of guarded indexes; {range_.index.label} is not")
        _, count, fingerprint = self.range_record(range_)
        reader = Reader(self._store, self._access, self._observe)
        found = reader.begin_range(range_, bounds=bounds, descending=False, limit=None).result().documents
        listed = [document for document in found if document.id not in self.writes]
        documents = {document.id: document for document in listed}
        own = [w.new for w in self.writes.values() if w.new and type(w.new) is range_.index.document]
        documents |= {document.id: document for document in own if range_.holds(document)}
        complete = sorted(documents.values(), key=range_.position, reverse=descending)
        if len(complete) != count or fingerprint_of_all(range_, complete) != fingerprint:
            raise IndexBehind(range_.name)
        for document in listed:
            if document.id not in self._documents:
                self._remember(document.id, document)
            elif self._documents[document.id] != document:
                raise IndexBehind(range_.name)
            self.reads.documents[document.id] = (type(document), document.version)
        self.reads.require_room()
        return Listed(Slice(complete[:limit], exhausted=limit is None or limit >= len(complete)))

    def insert(self, document: type[D], **fields: Any) -> Id[D]:
        """Add a document and return its id.

        Raises:
            Conflict: another document holds one of its unique keys.
        """
        id_ = document.mint_id(self._store.clock.entropy(RANDOM_BYTES))
        new = document.model_validate({"_id": id_, "_creationTime": self._creation_time(), **fields})
        self._write(id_, None, new)
        return id_

    def patch(self, id: Id[Any], **fields: Any) -> None:
        """Change the named fields of a document; None removes one.

        Raises:
            NotFound: there is no such document.
            Conflict: another document holds one of its new unique keys.
        """
        old = self._existing(id)
        kept = {name: getattr(old, name) for name in type(old).model_fields} | self.touches.get(id, {})
        self._write(id, old, type(old).model_validate(kept | fields))

    def replace(self, id: Id[Any], **fields: Any) -> None:
        """Replace all fields of a document but the system's.

        Raises:
            NotFound: there is no such document.
            Conflict: another document holds one of its new unique keys.
        """
        old = self._existing(id)
        system = {"_id": old.id, "_creationTime": old.creation_time}
        self._write(id, old, type(old).model_validate(system | fields))

    def delete(self, id: Id[Any]) -> None:
        """Remove a document.

        Raises:
            NotFound: there is no such document.
        """
        self._write(id, self._existing(id), None)

    def touch(self, document: D, **fields: Any) -> None:
        """Set fields without depending on what else the document holds, so that touches do not conflict.

        Only for fields of no index, of a document that this mutation has read, and that nothing is decided on.
        """
        indexed = {f for index in document.indexes for f in (*index.fields, index.range)}
        if indexed & fields.keys() or any(index.projects_all for index in document.indexes):
            raise TypeError(f"a touch cannot change an index entry of {document.table_name()}")
        self._may_write(type(document))
        if document.id in self.writes:
            return self.patch(document.id, **fields)
        self.touches[document.id] = self.touches.get(document.id, {}) | fields
        return None

    @property
    def is_idle(self) -> bool:
        """Whether nothing would be written."""
        return not self.writes and not self.touches

    def drop_writes(self) -> None:
        """Forget what would be written; what was read stays."""
        self.writes.clear()
        self.touches.clear()

    def _existing(self, id_: Id[Any]) -> Document:
        document = next((d for d in DOCUMENTS.values() if d.number == table_number_of(id_)), None)
        found: Document | None = None if document is None else self.get(document, id_)
        if found is None:
            raise NotFound(f"Document {id_} does not exist.")
        return found

    def _write(self, id_: str, old: Document | None, new: Document | None) -> None:
        document = type(old or new)
        self._may_write(document)  # type: ignore[arg-type]  # one of them is a document
        held = unique_ranges(old)
        if id_ not in self.writes and any(self._is_held_by_other(range_, id_) for range_ in held.values()):
            raise TornRead(id_)
        wanted = unique_ranges(new)
        for name, range_ in held.items():
            if wanted.get(name) != range_:
                self._require_ready(range_)
        for name, range_ in wanted.items():
            if held.get(name) != range_ and self._is_taken(range_, id_):
                raise Conflict(f"A document of {range_.index.label} with these values already exists.")
        self.touches.pop(id_, None)
        before = self.writes[id_].old if id_ in self.writes else old
        if before is None and new is None:
            del self.writes[id_]
        else:
            self.writes[id_] = Write(before, new)

    def _is_held_by_other(self, range_: Range, id_: str) -> bool:
        """Tell whether the unique key of a stored document was read, or believed, to be somebody else's or free."""
        return range_.name in self.reads.claims and self.reads.claims[range_.name][1] != id_

    def _is_taken(self, range_: Range, by_other_than: str) -> bool:
        """Tell whether another document holds a unique key at this point of the mutation.

        The first run believes that a key which it did not look up is free, and its commit confirms that; a repeated
        run looks.
        """
        own = self._own_holder(range_)
        if own is not None:
            return own != by_other_than
        if _holder_among([write.old for write in self.writes.values()], range_) is not None:
            return False  # this mutation has freed it
        if not self.repeated and range_.name not in self.reads.claims:
            self._require_ready(range_)
            self.reads.claims[range_.name] = (range_, None)
            self.reads.require_room()
        return self.holder(range_) not in (None, by_other_than)

    def _own_holder(self, range_: Range) -> str | None:
        return _holder_among([write.new for write in self.writes.values()], range_)

    def _may_write(self, document: type[Document]) -> None:
        if document not in self._access.writes:
            raise AccessNotDeclared(f"This function does not declare that it writes {document.table_name()}.")

    def _creation_time(self) -> float:
        """Return a time in ms that is later than that of every document inserted before in this mutation."""
        now_ms = self._store.clock.timestamp() / 1e6
        self._created_ms = max(now_ms, math.nextafter(self._created_ms, math.inf))
        return self._created_ms


def _holder_among(documents: Iterable[Document | None], range_: Range) -> str | None:
    held_by = (d.id for d in documents if isinstance(d, range_.index.document) and range_.holds(d))
    return next(held_by, None)
