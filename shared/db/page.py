"""Pages of an index range: what a client asks for, what it gets, and how much a page may hold (protocol section 7).

first run      (cursor, …]        as many as asked for, as far as they fit; where it stopped is its end
any later run  (cursor, end]      whatever has become of that stretch; when it has outgrown the limits, its
                                  beginning, and the demand that the client splits it
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final, Generic, Literal, NamedTuple, TypeVar

from shared import values
from shared.db.range_read import MAX_DOCUMENTS
from shared.schema.document import NULLABLE, Document
from shared.schema.record import Record
from shared.schema.rules import Rule, WholeNumber
from shared.schema.spilled import Spilled
from shared.schema.wire import plain

D = TypeVar("D", bound=Document)

MAX_PAGE: Final = 1000
"""The most documents that a page begins with; a larger `numItems` is cut down to it."""

MAX_PAGE_BYTES: Final = 3_000_000
"""The most text in the documents of a page: a result has room for 5.5 MB, where a quote or a line end takes three or
four bytes."""

PageStatus = Literal["SplitRecommended", "SplitRequired"]


Count = Annotated[int, WholeNumber()]


class PaginationOptions(Record):
    """Which page a client asks for (protocol section 7.1)."""

    num_items: Annotated[Count, Rule(ge=1, le=32_000)]
    cursor: str | None
    end_cursor: Annotated[str | None, NULLABLE] = None
    id: float | None = None
    maximum_rows_read: Annotated[Count, Rule(ge=1)] | None = None
    maximum_bytes_read: Annotated[Count, Rule(ge=1)] | None = None


class PaginationResult(Record, Generic[D]):
    """A page (protocol section 7.2)."""

    page: list[D]
    is_done: bool
    continue_cursor: str
    split_cursor: str | None
    page_status: PageStatus | None


class PageLimits(NamedTuple):
    """How much a page may hold.

    Attributes:
        documents: the most documents.
        size_bytes: the most text in them; a single document may be larger.
    """

    documents: int
    size_bytes: int

    @classmethod
    def of(cls, options: PaginationOptions) -> PageLimits:
        """Return the limits of any page, or lower ones that the client asks for."""
        return cls(
            min(MAX_DOCUMENTS, options.maximum_rows_read or MAX_DOCUMENTS),
            min(MAX_PAGE_BYTES, options.maximum_bytes_read or MAX_PAGE_BYTES),
        )

    @property
    def comfortable(self) -> PageLimits:
        """Three quarters of these; a page beyond them had better be split."""
        return PageLimits(self.documents * 3 // 4, self.size_bytes * 3 // 4)

    def fitting(self, documents: Sequence[D]) -> list[D]:
        """Return the longest beginning of `documents` that is within the limits: at least the first."""
        size_bytes = 0
        for count, document in enumerate(documents):
            size_bytes += text_bytes(document)
            if count and (count >= self.documents or size_bytes > self.size_bytes):
                return [*documents[:count]]
        return [*documents]


def text_bytes(document: Document) -> int:
    """Return about how many bytes a document takes in a result, without reading what lives outside its row."""
    return sum(_text_bytes(getattr(document, name)) for name in type(document).model_fields)


def _text_bytes(value: Any) -> int:
    match value:
        case None:
            return 0
        case Spilled():
            return value.size_bytes
        case str():
            return len(value.encode())
    return len(values.dumps(plain(value)))
