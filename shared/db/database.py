"""The data layer's front: run a query, run a mutation."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from shared.db.access import Access
from shared.db.content import Content
from shared.db.mutation import Body, Changed, Mutation
from shared.db.outcome import Committed, MutationRequest
from shared.db.reader import Reader
from shared.db.store import Store

__all__ = ["Committed", "Database", "MutationRequest"]

R = TypeVar("R")


class Database:
    """The database of a deployment.

    Args:
        store: its doors.
        changed: told of each commit that changed something.
        by: the connection whose actor commits, which nobody else has to tell of it, or empty.
    """

    def __init__(self, store: Store, changed: Changed = lambda _change: None, by: str = "") -> None:
        self.store = store
        self._changed = changed
        self._by = by

    def over(self, store: Store) -> Database:
        """Return the same database by other doors."""
        return Database(store, self._changed, self._by)

    @property
    def content(self) -> Content:
        """The large fields of documents."""
        return self.store.content

    def query(self, access: Access, body: Callable[[Reader], R]) -> R:
        """Run `body` on the latest state.

        A query is not a snapshot: what it reads first and last may be moments apart (as with DynamoDB's own queries).
        """
        return body(Reader(self.store, access))

    def mutate(self, access: Access, body: Body, request: MutationRequest) -> Committed:
        """Run `body` as a serializable transaction, once for each `request.key`; errors as in `Mutation.run`."""
        return Mutation(self.store, access, body, request, self._changed, self._by).run()
