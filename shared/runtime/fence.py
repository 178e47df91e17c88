"""What must hold in every transaction of a call, so that a run that was overtaken cannot write."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from shared.db.access import Access
    from shared.runtime.context import MutationContext
    from shared.schema.document import Document


class Fence(NamedTuple):
    """A condition on the database.

    Attributes:
        require: reads what the call depends on, and raises unless the call may go on.
        reads: the tables it reads.
    """

    require: Callable[[MutationContext], None]
    reads: frozenset[type[Document]]

    def widened(self, access: Access) -> Access:
        """Return `access` with what the fence reads."""
        return access._replace(reads=access.reads | self.reads)
