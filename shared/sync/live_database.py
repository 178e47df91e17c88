"""The database as a live query sees it: whoever reads is subscribed to what is read, before it is read.

A commit is then either seen by the read, or its committer finds the subscription (design: subscribe).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeVar

from shared.db.access import Access
from shared.db.clock import timestamp_of
from shared.db.database import Database
from shared.db.reader import Reader
from shared.db.store import Store
from shared.push.subscriptions import topic_key
from shared.schema.document import Document

R = TypeVar("R")


class LiveDatabase(Database):
    """The database for one run of one query.

    Args:
        store: its doors.
        subscribe: told topics before they are read.
        documents: what the queries of the same Transition have read, so that all of them see one version of each.
        journal: where the query's page ended before, or None.

    Attributes:
        topics: what the run has read.
        observed_ns: the newest version that it has seen.
        journal: where its page ended, or None: it has read none.
    """

    def __init__(
        self,
        store: Store,
        subscribe: Callable[[set[str]], None],
        documents: dict[str, Document | None],
        journal: str | None = None,
    ) -> None:
        super().__init__(store)
        self.topics: set[str] = set()
        self.observed_ns = 0
        self._subscribe = subscribe
        self._documents = documents
        self._page_end = journal
        self.journal = journal
        self._ran = False

    @property
    def documents(self) -> dict[str, Document | None]:
        """What the run has read by id, and found."""
        return {topic: self._documents[topic] for topic in self.topics if topic in self._documents}

    def query(self, access: Access, body: Callable[[Reader], R]) -> R:
        """Run `body` on the latest state; when it is run again, something that was remembered is out of date."""
        if self._ran:
            self._documents.clear()
        self._ran = True
        reader = Reader(self.store, access, self._observe, self._documents, self._page_end)
        try:
            value = body(reader)
            self.journal = reader.journal
            return value
        finally:
            # What another query of the Transition had read is seen by this one as well.
            versions = [document.version for document in self.documents.values() if document]
            self.observed_ns = max(self.observed_ns, *map(timestamp_of, (reader.observed_version, *versions)))

    def _observe(self, topics: Collection[str]) -> None:
        new = {topic_key(topic) for topic in topics} - self.topics
        if new:
            self._subscribe(new)
            self.topics |= new
