"""The connections that one identity has at a time.

Each is subscribed to a topic that stands for its identity, which no commit ever changes: so they are found like those
who watch a document, and forgotten in the same way when they end.
"""

from __future__ import annotations

from typing import Final

from shared.db.engine import Key
from shared.db.store import Store
from shared.push.subscriptions import Subscriptions
from shared.schema.platform import CONNECTIONS
from shared.sync.connection_rows import MAIN
from shared.sync.state import Connection

_ROWS_AT_ONCE: Final = 100
"""BatchGetItem's limit."""


def finds_room(
    connection: Connection, subscribed: set[str], store: Store, subscriptions: Subscriptions, most: int
) -> bool:
    """Count a connection as one of whoever is signed in, and tell whether they have at most so many.

    Args:
        connection: which somebody has signed in on.
        subscribed: its topics; the one that stands for its identity is added.
        store: the database.
        subscriptions: the rows of topics.
        most: how many there may be; 0: any number.
    """
    topic = connection.owner
    if not most or not topic or topic in subscribed:
        return True
    subscriptions.put(connection.id, [topic], connection.expires_at_s, connection.gen)
    subscribed.add(topic)
    found = sorted(subscriptions.watchers([topic])[topic])
    return len(found) <= most or len(found) - _forget_the_gone(found, topic, store, subscriptions) <= most


def _forget_the_gone(connections: list[str], topic: str, store: Store, subscriptions: Subscriptions) -> int:
    """Forget those that a crash has left behind, and return how many they were."""
    gone = {*connections}
    for start in range(0, len(connections), _ROWS_AT_ONCE):
        keys = [Key(CONNECTIONS, id, MAIN) for id in connections[start : start + _ROWS_AT_ONCE]]
        gone -= {row["connectionId"] for row in store.engine.batch_get(keys) if row["state"] != "dead"}
    for id in gone:
        subscriptions.forget(id, [topic])
    return len(gone)
