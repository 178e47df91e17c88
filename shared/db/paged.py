"""Reading page by page, whatever is read: what a cursor stands for, and where a page ends."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Generic, TypeVar

from shared.db.cursor import seal, unseal
from shared.db.page import MAX_PAGE, PageLimits, PageStatus, PaginationOptions, PaginationResult
from shared.db.range_read import PendingSlice, Slice
from shared.db.ranges import Position
from shared.errors import MultiplePaginatedDatabaseQueries
from shared.schema.document import Document

if TYPE_CHECKING:
    from shared.db.reader import Reader

D = TypeVar("D", bound=Document)


class Paged(Generic[D]):
    """What can be read in pages: documents in an order in which each has one place."""

    reader: Reader

    @property
    @abstractmethod
    def label(self) -> str:
        """What is read, for messages."""

    @property
    @abstractmethod
    def fingerprint(self) -> bytes:
        """A hash that binds cursors to this query."""

    @abstractmethod
    def place_of(self, document: D) -> Position:
        """Return where a document stands."""

    @abstractmethod
    def read(self, limit: int | None, after: Position | None = None, until: Position | None = None) -> PendingSlice:
        """Start reading the documents strictly after `after`, up to and including `until`, at most `limit`."""

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
                f" collect() or take(), or {self.label} in a query of its own."
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
            found = self.read(min(options.num_items, MAX_PAGE, limits.documents), after).result()
        else:
            found = self.read(limits.documents + 1, after, until).result()
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

    def _position(self, cursor: str | None) -> Position | None:
        return None if cursor is None else unseal(self.reader.store.signer, self.fingerprint, cursor)

    def _cursor(self, document: D | None) -> str:
        position = None if document is None else self.place_of(document)
        return seal(self.reader.store.signer, self.fingerprint, position)
