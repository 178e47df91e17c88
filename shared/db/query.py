"""`ctx.db.query(Project.by_owner, owner_id=…)`: the questions one can ask of an index range."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from shared.db.cursor import query_fingerprint
from shared.db.paged import Paged
from shared.db.range_read import Bounds, Listed, PendingSlice, Slice
from shared.db.ranges import Position, Range
from shared.errors import NotUnique
from shared.schema.document import Document

if TYPE_CHECKING:
    from shared.db.reader import Reader

D = TypeVar("D", bound=Document)


@dataclass(frozen=True, eq=False, repr=False)
class RangeQuery(Paged[D]):
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
        return replace(self, begun=self.read(None))

    def collect(self) -> list[D]:
        """Return all documents of the range."""
        return (self.begun or self.read(None)).result().documents

    def take(self, count: int) -> list[D]:
        """Return the first `count` documents."""
        return self.read(count).result().documents if count > 0 else []

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

    def read(self, limit: int | None, after: Position | None = None, until: Position | None = None) -> PendingSlice:
        """Start reading the documents strictly after `after`, up to and including `until`, at most `limit`."""
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
    def label(self) -> str:
        """What is read, for messages."""
        return self.range.index.label

    @property
    def fingerprint(self) -> bytes:
        """A hash that binds cursors to this query."""
        return query_fingerprint(f"{self.range.name} {self.bounds} {self.descending}")

    def place_of(self, document: D) -> Position:
        """Return where a document stands."""
        return self.range.position(document)
