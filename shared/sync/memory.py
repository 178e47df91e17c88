"""What a process remembers from one batch of events to the next; all of it may be forgotten at any time."""

from __future__ import annotations

from typing import Final
from weakref import WeakKeyDictionary

from shared.runtime.environment import Environment
from shared.sync.recent import Recent
from shared.sync.shared_results import SharedResults
from shared.sync.state import Connection

_MOST_ROWS: Final = 100_000
"""Topics, queries and connections together; about 20 MB."""
_ROW_BYTES: Final = 200


class Memory:
    """A process's memory.

    A connection is remembered as it was released. If its next claim here is the next of all, nobody has changed it
    since, and its rows need not be read.

    Attributes:
        results: of live queries.
    """

    def __init__(self) -> None:
        self.results = SharedResults()
        self._released: Recent[str, Connection] = Recent(_MOST_ROWS)

    def released(self, connection: Connection) -> None:
        """Remember a connection, which the caller does not touch any more."""
        connection.released_at = self.results.moment
        held = sum(1 + len(frame.text) // _ROW_BYTES for frame in connection.held)
        rows = 1 + sum(1 + len(query.topics) for query in connection.queries.values()) + held
        self._released.put(connection.id, connection, rows)

    def recall(self, id: str) -> Connection | None:
        """Return a connection as it was released here, and forget it."""
        return self._released.pop(id)


_memories: WeakKeyDictionary[Environment, Memory] = WeakKeyDictionary()


def memory_of(environment: Environment) -> Memory:
    """Return the memory of the process that works in `environment`."""
    return _memories.setdefault(environment, Memory())
