"""Whether a client was told what is so: a sample of live queries is run again though nothing told them to.

A difference is a change that nobody told the client of. It is counted only if it cannot be one whose notice is still
on its way, nor a result that differs with every run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from shared.db.changes import recently_changed
from shared.db.store import Store
from shared.sync.evaluation import Answer
from shared.sync.state import LiveQuery

ON_ITS_WAY_NS: Final = 60 * 10**9
"""A change younger than this may not have been told of yet."""


class ChangeMissed(Exception):
    """A client was not told of a change; the text says by which queries it is seen."""


class Audit:
    """An audit of one connection's live queries.

    Args:
        store: the database.

    Attributes:
        looked_at: how many queries were compared.
        missed: the functions of those that differ.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.looked_at = 0
        self.missed: list[str] = []

    def compare(self, query: LiveQuery, answer: Answer, again: Callable[[], Answer]) -> None:
        """Compare what a client was told with what it is told now.

        Args:
            query: as the client was told.
            answer: what it is told now.
            again: runs the query once more.
        """
        self.looked_at += 1
        if answer.digest != query.digest and not self._may_be_on_its_way(answer) and again().digest == answer.digest:
            self.missed.append(query.path)

    @property
    def error(self) -> ChangeMissed | None:
        """What was found to be wrong."""
        if not self.missed:
            return None
        paths = ", ".join(sorted({*self.missed}))
        return ChangeMissed(f"{len(self.missed)} of {self.looked_at} live queries were out of date: {paths}")

    def _may_be_on_its_way(self, answer: Answer) -> bool:
        """Tell whether what the query reads may have changed just now."""
        now_ns = self._store.clock.now_ns()
        if answer.observed_ns > now_ns - ON_ITS_WAY_NS:
            return True
        if None in answer.documents.values():  # which may have gone just now
            return True
        ranges = answer.topics - answer.documents.keys()
        return any(recently_changed(self._store.engine, name, now_ns) for name in sorted(ranges))
