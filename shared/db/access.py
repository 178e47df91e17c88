"""What a function may touch, declared once at its decorator.

The context refuses anything else (so a missing right fails in a test), and the infrastructure derives the function's
IAM statements from the same declaration (so nothing more is granted).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # doors that touch no document start without loading any
    from shared.schema.document import Document


class Access(NamedTuple):
    """The rights of one function.

    Attributes:
        reads: tables it may read.
        writes: tables it may write; a written table may also be read.
        binary: whether it creates or removes objects of the storage bucket.
    """

    reads: frozenset[type[Document]] = frozenset()
    writes: frozenset[type[Document]] = frozenset()
    binary: bool = False

    @property
    def readable(self) -> frozenset[type[Document]]:
        """Every table it may read."""
        return self.reads | self.writes


def union(accesses: Iterable[Access]) -> Access:
    """Return the access that covers all of `accesses`."""
    everything = tuple(accesses)
    return Access(
        reads=frozenset().union(*(access.reads for access in everything)),
        writes=frozenset().union(*(access.writes for access in everything)),
        binary=any(access.binary for access in everything),
    )
