"""The rows of connections, and who may write them.

    main          state, gen, what `Connection` says but for the following
    query/{n}     a live query
    held/{name}   a frame that arrived early
    attempts      of a request: how often it was tried after it was sent again (its key stands for a connection's id)

One actor at a time claims a connection: idle → busy with the next gen; what it writes to the main row is on condition
that the gen is still its own. Who finds it busy knows that the owner crashed, for a connection's events come one at a
time: what the client was sent is unknown then, so the connection has to end.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, Final

from shared.db.engine import Condition, ConditionFailed, Delete, Item, Key, Put, Query, Update
from shared.db.store import Store
from shared.push.rows import apply, apply_all, apply_newest
from shared.schema.platform import CONNECTIONS
from shared.sync.connection_rows import (
    MAIN,
    held_row,
    held_writes,
    main_row,
    query_row,
    query_writes,
    read_connection,
    read_frame,
    read_query,
    row_key,
)
from shared.sync.ordering import Family, Progress
from shared.sync.state import Connection

if TYPE_CHECKING:
    from shared.sync.memory import Memory

LIFETIME_S: Final = 2 * 3600 + 600
"""The gateway ends a connection after two hours."""
_SEQUENCE_DIGITS: Final = 40


class Refusal(Enum):
    """Why a connection could not be claimed."""

    SEEN = "its event was handled before"
    GONE = "it has ended"
    CRASHED = "an actor of it crashed; it has ended, and has to be closed"
    CHANGED = "another process has handled it since it was remembered"


class Connections:
    """The rows of all connections.

    Args:
        store: the database.
        memory: of connections that this process has released, so that their rows need not be read again.
    """

    def __init__(self, store: Store, memory: Memory | None = None) -> None:
        self._store = store
        self._memory = memory

    def open(self, id: str, family: Family, address: str = "") -> None:
        """Begin a connection from an address; empty: it is not known."""
        expires_at_s = int(self._store.clock.now_ms()) // 1000 + LIFETIME_S
        connection = Connection(id, 0, "", expires_at_s, Progress(family), address=address)
        main = {**row_key(id, MAIN), **main_row(connection), "state": "idle", "gen": 0}
        with suppress(ConditionFailed):  # an earlier attempt was applied
            apply(self._store, Put(CONNECTIONS, main, (Condition("connectionId", "absent"),)))

    def claim(self, id: str, sequence: str, until_ms: float) -> Connection | Refusal:
        """Become the only one who acts for a connection.

        Args:
            id: the connection.
            sequence: of the newest event to be handled.
            until_ms: when the claimant is certainly dead, in ms since the epoch.
        """
        sequence, owner = padded(sequence), self._store.unique()
        known = self._memory.recall(id) if self._memory else None
        if known is not None:
            refusal = self._claim(id, sequence, owner, until_ms, gen=known.gen)
            if refusal is None:
                return replace(known, gen=known.gen + 1)
            if refusal is not Refusal.CHANGED:
                return refusal
        return self._claim(id, sequence, owner, until_ms) or self._load(id)

    def _claim(
        self, id: str, sequence: str, owner: str, until_ms: float, *, gen: int | None = None
    ) -> Refusal | None:
        """Claim a connection, or only the `gen` of it, and return why that cannot be."""
        claim = Update(
            Key(CONNECTIONS, id, MAIN),
            {"state": "busy", "owner": owner, "untilMs": int(until_ms)},
            {"gen": 1},
            (
                Condition("state", "equals", "idle"),
                Condition("lastSequence", "less", sequence),
                *(() if gen is None else (Condition("gen", "equals", gen),)),
            ),
        )
        try:
            apply(self._store, claim)
        except ConditionFailed as failed:
            if failed.item is None:
                return Refusal.GONE
            if failed.item["state"] == "dead":
                return Refusal.CRASHED
            if failed.item["state"] == "idle":
                return Refusal.SEEN if failed.item["lastSequence"] >= sequence else Refusal.CHANGED
            if failed.item["owner"] != owner:
                return self.bury(id, failed.item["gen"])
        return None

    def release(self, connection: Connection, before: Connection, sequence: str) -> None:
        """Store what has become of a connection and let the next event have it.

        Args:
            connection: as it is now.
            before: as it was claimed.
            sequence: of the newest event that was handled.

        Raises:
            ConditionFailed: it has been claimed or buried since.
        """
        connection.last_sequence = padded(sequence)
        writes = [*query_writes(connection, before), *held_writes(connection, before)]
        apply_newest(self._store, writes, connection.gen)
        main = {"state": "idle", "owner": None, "untilMs": None, **main_row(connection)}
        try:
            apply(self._store, Update(Key(CONNECTIONS, connection.id, MAIN), main, conditions=_owned(connection)))
        except ConditionFailed as failed:
            item = failed.item or {}
            if (item.get("state"), item.get("gen")) != ("idle", connection.gen):
                raise
        if self._memory:
            self._memory.released(connection)

    def remove(self, connection: Connection) -> None:
        """Forget a connection, so that nothing acts for it any more."""
        rows = [
            *map(query_row, connection.queries),
            *(held_row(frame.name) for frame in connection.held),
            MAIN,
        ]
        apply_all(self._store, [Delete(Key(CONNECTIONS, connection.id, row)) for row in rows])

    def attempt(self, key: str) -> int:
        """Count an attempt at a request that was sent before, and return how many there have been."""
        counter = Key(CONNECTIONS, key, "attempts")
        expires_at_s = int(self._store.clock.now_ms()) // 1000 + LIFETIME_S
        apply(self._store, Update(counter, {"expiresAt": expires_at_s}, {"count": 1}))
        item = self._store.engine.get(counter)
        return int(item["count"]) if item else 1

    def bury(self, id: str, gen: int) -> Refusal:
        """Let nobody act for a connection whose actor, the claimant `gen`, has crashed."""
        conditions = (Condition("state", "equals", "busy"), Condition("gen", "equals", gen))
        try:
            # Without a shard it hears no Pings: should it not close, its client gives up.
            dead = {"state": "dead", "shard": None}
            apply(self._store, Update(Key(CONNECTIONS, id, MAIN), dead, {"gen": 1}, conditions))
        except ConditionFailed as failed:
            if failed.item is None or failed.item["state"] != "dead":
                return Refusal.GONE
        return Refusal.CRASHED

    def _load(self, id: str) -> Connection:
        items: list[Item] = []
        start_key = None
        while True:
            page = self._store.engine.query(Query(CONNECTIONS, (id,), start_key=start_key))
            items += page.items
            start_key = page.next_key
            if start_key is None:
                break
        rows = {item["row"]: item for item in items}
        connection = read_connection(rows[MAIN])
        for row in rows[MAIN]["rows"]:
            kind, _, name = row.partition("/")
            if kind == "query":
                connection.queries[int(name)] = read_query(rows[row])
            else:
                connection.held += (read_frame(rows[row]),)
        return connection


def padded(sequence: str) -> str:
    """Return a queue's sequence number so that texts compare like numbers."""
    return sequence.zfill(_SEQUENCE_DIGITS)


def _owned(connection: Connection) -> tuple[Condition, ...]:
    return (Condition("state", "equals", "busy"), Condition("gen", "equals", connection.gen))
