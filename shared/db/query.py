"""`ctx.db.query(Project.by_owner, owner_id=…)`: the questions one can ask of an index range."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, Self, TypeVar

from pydantic import Field

from shared.db.cursor import query_fingerprint, seal, unseal
from shared.db.range_read import Bounds, Listed, PendingSlice, Slice
from shared.db.ranges import Position, Range
from shared.errors import NotUnique
from shared.schema.document import Document, Record

if TYPE_CHECKING:
    from shared.db.reader import Reader

D = TypeVar("D", bound=Document)

MAX_PAGE: Final = 1000
"""The most documents of one page; a larger `numItems` is cut down to it."""


class PaginationOptions(Record):
    """Which page a client asks for (protocol section 7.1)."""

    num_items: int = Field(ge=1, le=32_000)
    cursor: str | None = None
    end_cursor: str | None = None
    id: float | None = None
    maximum_rows_read: float | None = None
    maximum_bytes_read: float | None = None


class PaginationResult(Record, Generic[D]):
    """A page (protocol section 7.2)."""

    page: list[D]
    is_done: bool
    continue_cursor: str
    split_cursor: str | None = None
    page_status: str | None = None


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

        Raises:
            InvalidCursor: a cursor that was not issued for this query.
            TypeError: the function has read a page before; only one can be kept live.
        """
        if self.reader.journal is not None:
            raise TypeError("a function can read one page only")
        found = self._page(options, self.reader.page_end if options.end_cursor is None else options.end_cursor)
        self.reader.journal = found.continue_cursor
        return found

    def _page(self, options: PaginationOptions, end_cursor: str | None) -> PaginationResult[D]:
        after = self._position(options.cursor)
        if options.cursor is not None and after is None:
            return PaginationResult(page=[], is_done=True, continue_cursor=options.cursor)
        until = self._position(end_cursor)
        limit = None if end_cursor is not None else min(options.num_items, MAX_PAGE)
        found = self._read(limit, after, until).result()
        documents: list[D] = found.documents
        if end_cursor is not None:
            end, is_done = end_cursor, until is None
        else:
            end, is_done = self._cursor(None if found.exhausted else documents[-1]), found.exhausted
        middle = documents[(len(documents) - 1) // 2] if len(documents) > 1 else None
        return PaginationResult(
            page=documents,
            is_done=is_done,
            continue_cursor=end,
            split_cursor=None if middle is None else self._cursor(middle),
        )

    def _read(self, limit: int | None, after: Position | None = None, until: Position | None = None) -> PendingSlice:
        if self.bounds.are_empty:  # which DynamoDB refuses to be asked for
            return Listed(Slice([], exhausted=True))
        return self.reader.begin_range(
            self.range, bounds=self.bounds, descending=self.descending, limit=limit, after=after, until=until
        )

    @property
    def _fingerprint(self) -> str:
        return query_fingerprint(f"{self.range.name} {self.bounds} {self.descending}")

    def _position(self, cursor: str | None) -> Position | None:
        return None if cursor is None else unseal(self.reader.store.signer, self._fingerprint, cursor)

    def _cursor(self, document: D | None) -> str:
        position = None if document is None else self.range.position(document)
        return seal(self.reader.store.signer, self._fingerprint, position)
