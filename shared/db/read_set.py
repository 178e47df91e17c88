"""What a mutation's outcome depends on. Its commit checks every entry, so the outcome holds when it commits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from shared.db.ranges import Range
from shared.errors import TooManyReads
from shared.schema.document import Document

MAX_READS: Final = 90
"""A transaction holds 100 operations; some are needed for what every commit writes."""


class Predicate(NamedTuple):
    """A document exists and these stored attributes have these values (None: absent); the others may change."""

    document: type[Document]
    attributes: dict[str, Any]


@dataclass(eq=False, repr=False)
class ReadSet:
    """The reads of one run.

    Attributes:
        documents: by id, the table and the version that was read (None: there was no such document).
        predicates: by id, what must hold of a document that was only partly depended on.
        claims: by claim key, the range of the unique key and who held it (None: nobody).
        ranges: by range name, the range and the version of its record (None: there was no record).
    """

    documents: dict[str, tuple[type[Document], str | None]] = field(default_factory=dict)
    predicates: dict[str, Predicate] = field(default_factory=dict)
    claims: dict[str, tuple[Range, str | None]] = field(default_factory=dict)
    ranges: dict[str, tuple[Range, str | None]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many items it covers."""
        partly = self.predicates.keys() - self.documents.keys()
        return len(self.documents) + len(partly) + len(self.claims) + len(self.ranges)

    def require_room(self) -> None:
        """Raise `TooManyReads` when no transaction could check this many."""
        if len(self) > MAX_READS:
            raise TooManyReads(
                f"Too many reads in a single mutation (actual: {len(self)}, limit: {MAX_READS});"
                " split the work into several mutations."
            )
