"""`ctx.db.query(Project.by_owner, owner_id=…)`: the questions one can ask of an index range."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, Literal, Self, TypeVar

from shared.db.cursor import query_fingerprint, seal, unseal
from shared.db.page import MAX_PAGE, PageLimits, PageStatus, PaginationOptions, PaginationResult
from shared.db.range_read import Bounds, Listed, PendingSlice, Slice
from shared.db.ranges import Position, Range
from shared.errors import MultiplePaginatedDatabaseQueries, NotUnique
from shared.schema.document import Document

if TYPE_CHECKING:
    from shared.db.reader import Reader

D = TypeVar("D", bound=Document)


@dataclass(frozen=True)
class RangeQuery(Generic[D]):
    """A query of one index range, ascending by (range field, creation time, id) unless ordered otherwise."""

    reader: Reader
    range: Range
    bounds: Bounds = field(default_factory=Bounds)
    descending: bool = False
    begun: PendingSlice | None = None

    def order(self, order: Literal["asc", "desc"]) -> Self:
        """Choose the direction of the whole index key, ties included."""
        return replace(self, descending=order == "desc")

    def between(self, lower: Any = None, upper: Any = None) -> Self:
        """Keep to entries whose range field is within these inclusive bounds; None is open."""
        if self.range.index.range is None:
            raise TypeError(f"{self.range.index.label} has no range field")
        return replace(self, bounds=Bounds(lower, upper))

    def begin(self) -> Self:
        """Start reading the whole range now; `collect` waits for it. For reads that can run side by side."""
        return replace(self, begun=self._read(None))

    def collect(self) -> list[D]:
        """Return all documents of the range."""
        return (self.begun or self._read(None)).result().documents

    def take(self, count: int) -> list[D]:
        """Return the first `count` documents."""
        return self._read(count).result().documents if count > 0 else []

    def first(self) -> D | None:
        """Return the first document, or None."""
        return next(iter(self.take(1)), None)

    def unique(self) -> D | None:
        """Return the only document, or None.

        Raises:
            NotUnique: there are several.
        """
        found = self.take(2)
        if len(found) > 1:
            ids = ", ".join(document.id for document in found)
            table = self.range.index.document.table_name()
            raise NotUnique(f"unique() query returned more than one result from table {table}: [{ids}]")
        return found[0] if found else None

    def paginate(self, options: PaginationOptions) -> PaginationResult[D]:
        """Return one page: the documents after `cursor`, up to `end_cursor` or else `num_items` of them.

        A live query that runs again gets the documents up to where its page ended before, however many they are.

        Raises:
            InvalidCursor: a cursor that was not issued for this query.
            MultiplePaginatedDatabaseQueries: the function has read a page before; only one can be kept live.
        """
        if self.reader.journal is not None:
            raise MultiplePaginatedDatabaseQueries(
                "This query ran multiple paginated queries, and only one can be kept live. Read the others with"
                f" collect() or take(), or {self.range.index.label} in a query of its own."
            )
        found = self._page(options, self.reader.page_end if options.end_cursor is None else options.end_cursor)
        self.reader.journal = found.continue_cursor
        return found

    def _page(self, options: PaginationOptions, end_cursor: str | None) -> PaginationResult[D]:
        after, until = self._position(options.cursor), self._position(end_cursor)
        limits = PageLimits.of(options)
        if options.cursor is not None and after is None:
            found = Slice([], exhausted=True)
        elif end_cursor is None:
            found = self._read(min(options.num_items, MAX_PAGE, limits.documents), after).result()
        else:
            found = self._read(limits.documents + 1, after, until).result()
        # A new page ends early enough to need no split at once.
        room = limits if end_cursor is not None else limits._replace(size_bytes=limits.comfortable.size_bytes)
        documents: list[D] = room.fitting(found.documents)
        is_cut = len(documents) < len(found.documents)
        if end_cursor is None:
            is_done = found.exhausted and not is_cut
            return self._result(limits, documents, self._cursor(None if is_done else documents[-1]), is_done=is_done)
        return self._result(limits, documents, end_cursor, is_done=until is None, is_cut=is_cut)

    def _result(
        self, limits: PageLimits, documents: list[D], end: str, *, is_done: bool, is_cut: bool = False
    ) -> PaginationResult[D]:
        status: PageStatus | None = "SplitRequired" if is_cut else None
        if not is_cut and len(limits.comfortable.fitting(documents)) < len(documents):
            status = "SplitRecommended"
        can_be_split = is_cut or len(documents) > 1
        return PaginationResult(
            page=documents,
            is_done=is_done,
            continue_cursor=end,
            split_cursor=self._cursor(documents[(len(documents) - 1) // 2]) if can_be_split else None,
            page_status=status,
        )

    def _read(self, limit: int | None, after: Position | None = None, until: Position | None = None) -> PendingSlice:
        if self.bounds.are_empty or self._is_past(after, until):  # which DynamoDB refuses to be asked for
            return Listed(Slice([], exhausted=True))
        return self.reader.begin_range(
            self.range, bounds=self.bounds, descending=self.descending, limit=limit, after=after, until=until
        )

    def _is_past(self, after: Position | None, until: Position | None) -> bool:
        if after is None or until is None:
            return False
        return after <= until if self.descending else after >= until

    @property
    def _fingerprint(self) -> bytes:
        return query_fingerprint(f"{self.range.name} {self.bounds} {self.descending}")

    def _position(self, cursor: str | None) -> Position | None:
        return None if cursor is None else unseal(self.reader.store.signer, self._fingerprint, cursor)

    def _cursor(self, document: D | None) -> str:
        position = None if document is None else self.range.position(document)
        return seal(self.reader.store.signer, self._fingerprint, position)
