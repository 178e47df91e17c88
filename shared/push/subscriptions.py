"""Who depends on what: a row for each topic (document or index range) that a connection's live queries have read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import sha256
from typing import Final

from shared.db.engine import Delete, Key, Put, Query
from shared.db.side_by_side import side_by_side
from shared.db.store import Store
from shared.push.rows import apply_all, apply_newest
from shared.schema.platform import SUBSCRIPTIONS

_LONGEST_TOPIC: Final = 256


def topic_key(topic: str) -> str:
    """Return the key under which a topic is found; DynamoDB's keys are short."""
    if len(topic.encode()) <= _LONGEST_TOPIC:
        return topic
    return f"{topic[: _LONGEST_TOPIC // 16]}#{sha256(topic.encode()).hexdigest()}"


class Subscriptions:
    """The rows of all topics."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, connection: str, topics: Iterable[str], expires_at_s: int, gen: int) -> None:
        """Have a connection, which the claimant `gen` has, told of changes of `topics` from now on."""
        rows = ({"topic": topic, "connectionId": connection, "expiresAt": expires_at_s} for topic in topics)
        apply_newest(self._store, [Put(SUBSCRIPTIONS, row) for row in rows], gen)

    def drop(self, connection: str, topics: Iterable[str], gen: int) -> None:
        """Have a connection, which the claimant `gen` has, told of changes of `topics` no longer."""
        apply_newest(self._store, [Delete(Key(SUBSCRIPTIONS, topic, connection)) for topic in sorted(topics)], gen)

    def forget(self, connection: str, topics: Iterable[str]) -> None:
        """Have a connection that has ended told of changes of `topics` no longer."""
        apply_all(self._store, [Delete(Key(SUBSCRIPTIONS, topic, connection)) for topic in sorted(topics)])

    def watchers(self, topics: Collection[str]) -> dict[str, set[str]]:
        """Return the connections that depend on each of `topics`."""
        return dict(zip(topics, side_by_side(self._store.engine, self._watchers_of, topics), strict=True))

    def _watchers_of(self, topic: str) -> set[str]:
        found: set[str] = set()
        start_key = None
        while True:
            page = self._store.engine.query(Query(SUBSCRIPTIONS, (topic_key(topic),), start_key=start_key))
            found.update(row["connectionId"] for row in page.items)
            start_key = page.next_key
            if start_key is None:
                return found
