"""All rows of a table, in an order that is fixed but means nothing: that of DynamoDB's scan.

A page that is read again has to end where it ended before, though the row there may be gone. The order of two rows
cannot be told from them, so the page ends before the first row that now follows that place.

    (after, until]    rows after `after`, until the one is met that a scan from `until` begins with

Who has read a page is told of changes of the rows on it, and, by a topic of the table, of rows that come and go.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final, TypeVar, cast

from shared.db.cursor import query_fingerprint
from shared.db.engine import Engine
from shared.db.paged import Paged
from shared.db.range_read import FetchAll, PendingSlice, Slice
from shared.db.ranges import Position
from shared.db.reader import Reader
from shared.schema.document import Document
from shared.schema.table import Table

D = TypeVar("D", bound=Document)

_AT_ONCE: Final = 1000
"""How many rows a scan is asked for when there is no limit."""

_PREFIX: Final = "table/"


def table_topic(table: str) -> str:
    """Return the topic of the rows that come to a table and go."""
    return _PREFIX + table


def table_topics(topics: Iterable[str]) -> list[str]:
    """Return the topics of the tables in which a commit that changed `topics` may have added or removed rows.

    Whatever is added or removed changes an index range, which is named by its table first.
    """
    return sorted({table_topic(topic.partition(".")[0]) for topic in topics if "." in topic.partition("/")[0]})


def is_table_topic(topic: str) -> bool:
    """Tell whether a topic is a table's."""
    return topic.startswith(_PREFIX)


@dataclass(frozen=True, eq=False, repr=False)
class TableQuery(Paged[D]):
    """A query of all documents of a table."""

    reader: Reader
    document: type[D]

    @property
    def label(self) -> str:
        """What is read, for messages."""
        return self.document.table_name()

    @property
    def fingerprint(self) -> bytes:
        """A hash that binds cursors to this query."""
        return query_fingerprint(table_topic(self.label))

    def place_of(self, document: D) -> Position:
        """Return where a document stands."""
        return (document.id,)

    def read(self, limit: int | None, after: Position | None = None, until: Position | None = None) -> PendingSlice:
        """Return the read of the documents strictly after `after`, up to and including `until`, at most `limit`."""
        self.reader.watch(self.document, table_topic(self.label))
        return _TableRead(self.reader.store.engine, self.reader.get_all, self.document, limit, after, until)


@dataclass(frozen=True, eq=False, repr=False)
class _TableRead:
    engine: Engine
    fetch_all: FetchAll
    document: type[Document]
    limit: int | None
    after: Position | None
    until: Position | None

    def result(self) -> Slice:
        """Return what there is; of rows that vanish meanwhile nothing."""
        stop = self._id_after(self.until)
        documents: list[Any] = []
        start = self._key(self.after)
        while True:
            wanted = _AT_ONCE if self.limit is None else min(_AT_ONCE, self.limit - len(documents))
            page = self.engine.scan(self._table, start, wanted)
            ids = [cast("str", item["_id"]) for item in page.items]
            passed = stop is not None and stop in ids
            ids = [*takewhile(lambda id_: id_ != stop, ids)]
            found = self.fetch_all(self.document, ids) if ids else {}
            documents += [found[id_] for id_ in ids if id_ in found]
            start = page.next_key
            if passed or start is None:
                return Slice(documents, exhausted=True)
            if self.limit is not None and len(documents) >= self.limit:
                return Slice(documents, exhausted=False)

    def _id_after(self, place: Position | None) -> str | None:
        if place is None:
            return None
        following = self.engine.scan(self._table, self._key(place), 1).items
        return cast("str", following[0]["_id"]) if following else None

    def _key(self, place: Position | None) -> dict[str, Any] | None:
        return None if place is None else {"_id": place[0]}

    @property
    def _table(self) -> Table:
        return self.document.table()
