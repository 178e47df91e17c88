"""Several ranges of one index read as one, in the order of their entries: jobs of any status, newest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Self, TypeVar

from shared.db.cursor import query_fingerprint
from shared.db.paged import Paged
from shared.db.query import RangeQuery
from shared.db.range_read import PendingSlice, Slice
from shared.db.ranges import Position
from shared.db.reader import Reader
from shared.schema.document import Document

D = TypeVar("D", bound=Document)


@dataclass(frozen=True)
class MergedQuery(Paged[D]):
    """Queries of ranges of one index, of which no document is in two."""

    reader: Reader
    parts: tuple[RangeQuery[D], ...]

    def order(self, order: Literal["asc", "desc"]) -> Self:
        """Choose the direction, ties included."""
        return type(self)(self.reader, tuple(part.order(order) for part in self.parts))

    @property
    def label(self) -> str:
        """What is read, for messages."""
        return self.parts[0].label

    @property
    def fingerprint(self) -> bytes:
        """A hash that binds cursors to this query."""
        return query_fingerprint(" ".join(part.fingerprint.hex() for part in self.parts))

    def place_of(self, document: D) -> Position:
        """Return where a document stands; in every range of an index places are of the same kind."""
        return self.parts[0].place_of(document)

    def read(self, limit: int | None, after: Position | None = None, until: Position | None = None) -> PendingSlice:
        """Start reading the documents strictly after `after`, up to and including `until`, at most `limit`."""
        begun = tuple(part.read(limit, after, until) for part in self.parts)
        return _Merging(begun, self.place_of, limit, self.parts[0].descending)


class _Merging(NamedTuple):
    """Reads that have begun beside each other."""

    begun: tuple[PendingSlice, ...]
    place_of: Callable[[Any], Position]
    limit: int | None
    descending: bool

    def result(self) -> Slice:
        """Wait for them and return what comes first of all that they found."""
        found = [pending.result() for pending in self.begun]
        documents = sorted(
            (document for slice_ in found for document in slice_.documents),
            key=self.place_of,
            reverse=self.descending,
        )
        kept = documents if self.limit is None else documents[: self.limit]
        return Slice(kept, exhausted=all(slice_.exhausted for slice_ in found) and len(kept) == len(documents))
