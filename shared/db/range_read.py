"""Reading an index range so that every acknowledged write is seen although the index lags.

    changes of the last 120 s ┐
                              ├ side by side → the changed documents and those the index names → merge → clip
    a page of the index       ┘

A page is the truth about the stretch of the range it covers, except for documents that changed lately; those are
taken by what they are now. So entries beyond the end of the page (the frontier) have to wait for the next page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any, Final, NamedTuple, Protocol

from shared.db.changes import recently_changed
from shared.db.codec import decode
from shared.db.engine import Engine, Page, Query
from shared.db.ranges import Position, Range
from shared.errors import TooManyDocuments
from shared.schema.document import Document

MAX_DOCUMENTS: Final = 8192
"""The most documents one query may collect; keeps a function within its memory."""

FetchAll = Callable[[type[Document], Iterable[str]], dict[str, Document]]


class Bounds(NamedTuple):
    """Inclusive bounds of the index's range field; None is open."""

    lower: Any = None
    upper: Any = None

    @property
    def are_empty(self) -> bool:
        """Whether nothing can be within."""
        return self.lower is not None and self.upper is not None and bool(self.lower > self.upper)

    def hold(self, value: Any) -> bool:
        """Tell whether `value` is within."""
        return (self.lower is None or value >= self.lower) and (self.upper is None or value <= self.upper)


class Slice(NamedTuple):
    """Consecutive documents of a range, and whether the range ends with them."""

    documents: list[Any]
    exhausted: bool


class PendingSlice(Protocol):
    """A read of a range that has begun."""

    def result(self) -> Slice:
        """Wait for it and return what it found."""


class Listed(NamedTuple):
    """A read that is already complete."""

    slice: Slice

    def result(self) -> Slice:
        """Return what was found."""
        return self.slice


class RangeRead:
    """One read of a range, whose first two calls can be begun ahead of time."""

    def __init__(  # noqa: PLR0913 - a read has this many sides
        self,
        engine: Engine,
        fetch_all: FetchAll,
        range_: Range,
        *,
        bounds: Bounds,
        descending: bool,
        now_ns: int,
        limit: int | None,
        after: Position | None = None,
        until: Position | None = None,
    ) -> None:
        self._engine, self._fetch_all, self._range = engine, fetch_all, range_
        self._bounds, self._descending, self._limit = bounds, descending, limit
        self._after, self._until = after, until
        self._changed: Future[set[str]] = engine.begin(lambda: recently_changed(engine, range_.name, now_ns))
        self._first_page: Future[Page] = engine.begin(lambda: engine.query(self._query(self._start())))

    def result(self) -> Slice:
        """Return the documents strictly after `after`, up to and including `until`, at most `limit` of them.

        Raises:
            TooManyDocuments: there is no limit and the range is longer than `MAX_DOCUMENTS`.
        """
        page, changed = self._first_page.result(), self._changed.result()
        found: dict[str, Document] = {}
        while True:
            found |= self._documents_of(page, changed)
            frontier = None if page.next_key is None else self._range.position_of_key(page.next_key)
            here = self._in_window(found.values(), frontier)
            enough = self._limit is not None and len(here) >= self._limit
            passed = self._until is not None and frontier is not None and not self._ahead(frontier, self._until)
            if frontier is None or enough or passed:
                documents = here if self._limit is None else here[: self._limit]
                return Slice(documents, exhausted=(frontier is None or passed) and len(documents) == len(here))
            if self._limit is None and len(found) > MAX_DOCUMENTS:
                raise TooManyDocuments(
                    f"Too many documents read in a single function execution (limit: {MAX_DOCUMENTS})."
                    f" Read {self._range.index.label} in pages."
                )
            page = self._engine.query(self._query(page.next_key))

    def _documents_of(self, page: Page, changed: set[str]) -> dict[str, Document]:
        """Return the documents that the page and the recent changes name, as they are now."""
        document = self._range.index.document
        listed = {item["_id"]: item for item in page.items if item["_id"] not in changed}
        if not self._range.index.projects_all:
            return self._fetch_all(document, [*listed, *changed])
        current = {id_: decode(document, item) for id_, item in listed.items()}
        return current | (self._fetch_all(document, changed) if changed else {})

    def _in_window(self, documents: Iterable[Document], frontier: Position | None) -> list[Document]:
        """Return the documents that stand in the stretch read so far, in order."""
        standing = [
            (self._range.position(document), document) for document in documents if self._range.holds(document)
        ]
        field = self._range.index.range
        ends = [end for end in (frontier, self._until) if end is not None]
        kept = [
            (position, document)
            for position, document in standing
            if (field is None or self._bounds.hold(position[0]))
            and (self._after is None or self._ahead(self._after, position))
            and not any(self._ahead(end, position) for end in ends)
        ]
        kept.sort(key=lambda entry: entry[0], reverse=self._descending)
        return [document for _, document in kept]

    def _ahead(self, one: Position, other: Position) -> bool:
        """Tell whether `other` comes strictly after `one` in the order of this read."""
        return other < one if self._descending else one < other

    def _start(self) -> dict[str, Any] | None:
        return None if self._after is None else self._range.start_key(self._after)

    def _query(self, start_key: dict[str, Any] | None) -> Query:
        index, last = self._range.index, None if self._until is None else self._until[0]
        return Query(
            table=index.document.table(),
            partition=self._range.values,
            index=index.secondary_index(),
            lower=last if last is not None and self._descending else self._bounds.lower,
            upper=last if last is not None and not self._descending else self._bounds.upper,
            descending=self._descending,
            limit=self._limit,
            start_key=start_key,
        )
