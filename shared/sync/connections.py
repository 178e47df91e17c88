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

import json
from collections.abc import Iterator
from contextlib import suppress
from enum import Enum
from typing import Any, Final, Literal, NamedTuple

from shared.auth.identity import Identity
from shared.db.engine import Condition, ConditionFailed, Delete, Item, Key, Operation, Put, Query, Update
from shared.db.store import Store
from shared.schema.platform import CONNECTIONS
from shared.sync.ordering import Family, Frame, Progress
from shared.sync.protocol import Version, parse
from shared.sync.rows import apply, apply_all
from shared.sync.state import Connection, LiveQuery

LIFETIME_S: Final = 2 * 3600 + 600
"""The gateway ends a connection after two hours."""
_MAIN: Final = "main"
_SEQUENCE_DIGITS: Final = 40


class Refusal(Enum):
    """Why a connection could not be claimed."""

    SEEN = "its event was handled before"
    GONE = "it has ended"
    CRASHED = "an actor of it crashed; it has ended, and has to be closed"


class Summary(NamedTuple):
    """What the sweep looks at."""

    id: str
    family: Family
    gen: int
    state: Literal["idle", "busy", "dead"]
    busy_until_ms: int
    posted_ms: int
    identity_expires_at_s: float | None


class Connections:
    """The rows of all connections."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def open(self, id: str, family: Family) -> None:
        """Begin a connection."""
        now_ms = int(self._store.clock.now_ms())
        connection = Connection(id, 0, "", now_ms // 1000 + LIFETIME_S, now_ms, Progress(family))
        apply(self._store, Put(CONNECTIONS, {**_key(id, _MAIN), **_main(connection), "state": "idle", "gen": 0}))

    def claim(self, id: str, sequence: str, until_ms: float) -> Connection | Refusal:
        """Become the only one who acts for a connection.

        Args:
            id: the connection.
            sequence: of the newest event to be handled.
            until_ms: when the claimant is certainly dead, in ms since the epoch.
        """
        sequence, owner = padded(sequence), self._store.unique()
        claim = Update(
            Key(CONNECTIONS, id, _MAIN),
            {"state": "busy", "owner": owner, "untilMs": int(until_ms)},
            {"gen": 1},
            (Condition("state", "equals", "idle"), Condition("lastSequence", "less", sequence)),
        )
        try:
            apply(self._store, claim)
        except ConditionFailed as failed:
            if failed.item is None:
                return Refusal.GONE
            if failed.item["state"] == "dead":
                return Refusal.CRASHED
            if failed.item["state"] == "idle":
                return Refusal.SEEN
            if failed.item["owner"] != owner:
                return self.bury(id, failed.item["gen"])
        return self._load(id)

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
        apply_all(self._store, [*_query_writes(connection, before), *_held_writes(connection, before)])
        main = {"state": "idle", "owner": None, "untilMs": None, **_main(connection)}
        try:
            apply(self._store, Update(Key(CONNECTIONS, connection.id, _MAIN), main, conditions=_owned(connection)))
        except ConditionFailed as failed:
            item = failed.item or {}
            if (item.get("state"), item.get("gen")) != ("idle", connection.gen):
                raise

    def remove(self, connection: Connection) -> None:
        """Forget a connection, so that nothing acts for it any more."""
        rows = [
            *(f"query/{number}" for number in connection.queries),
            *(f"held/{frame.name}" for frame in connection.held),
            _MAIN,
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
            apply(self._store, Update(Key(CONNECTIONS, id, _MAIN), {"state": "dead"}, {"gen": 1}, conditions))
        except ConditionFailed as failed:
            if failed.item is None or failed.item["state"] != "dead":
                return Refusal.GONE
        return Refusal.CRASHED

    def discard(self, id: str) -> None:
        """Forget a connection that was buried and closed; its other rows expire."""
        with suppress(ConditionFailed):
            apply(self._store, Delete(Key(CONNECTIONS, id, _MAIN), (Condition("state", "equals", "dead"),)))

    def posted(self, id: str, now_ms: float) -> None:
        """Note that the client was sent something by another than its actor."""
        exists = (Condition("connectionId", "equals", id),)
        apply(self._store, Update(Key(CONNECTIONS, id, _MAIN), {"pingedMs": int(now_ms)}, conditions=exists))

    def summaries(self) -> Iterator[Summary]:
        """Return all connections."""
        start_key = None
        while True:
            page = self._store.engine.scan(CONNECTIONS, start_key)
            yield from (_summary(item) for item in page.items if item["row"] == _MAIN)
            start_key = page.next_key
            if start_key is None:
                return

    def _load(self, id: str) -> Connection:
        items: list[Item] = []
        start_key = None
        while True:
            page = self._store.engine.query(Query(CONNECTIONS, (id,), start_key=start_key))
            items += page.items
            start_key = page.next_key
            if start_key is None:
                break
        connection = _connection(next(item for item in items if item["row"] == _MAIN))
        for item in items:
            kind, _, name = item["row"].partition("/")
            if kind == "query":
                connection.queries[int(name)] = _query(item)
        held = [item for item in items if item["row"].startswith("held/")]
        connection.held = tuple(_frame(item) for item in held)
        return connection


def padded(sequence: str) -> str:
    """Return a queue's sequence number so that texts compare like numbers."""
    return sequence.zfill(_SEQUENCE_DIGITS)


def _key(id: str, row: str) -> Item:
    return {"connectionId": id, "row": row}


def _owned(connection: Connection) -> tuple[Condition, ...]:
    return (Condition("state", "equals", "busy"), Condition("gen", "equals", connection.gen))


def _main(connection: Connection) -> Item:
    """Return the attributes of the main row, but for its keys and its owner."""
    progress, version = connection.progress, connection.version
    return {
        "lastSequence": connection.last_sequence,
        "expiresAt": connection.expires_at_s,
        "postedMs": connection.posted_ms,
        "family": progress.family,
        "progress": {
            "connectedMs": progress.connected_ms,
            "querySet": progress.query_set,
            "identity": progress.identity,
            "nextRequest": progress.next_request,
        },
        "version": {"querySet": version.query_set, "identity": version.identity, "ts": version.ts},
        "session": connection.session,
        "observedNs": connection.observed_ns,
        "commits": list(connection.commits),
        "identity": _identity_item(connection.identity),
    }


def _connection(item: Item) -> Connection:
    progress, version = item["progress"], item["version"]
    return Connection(
        id=item["connectionId"],
        gen=item["gen"],
        last_sequence=item["lastSequence"],
        expires_at_s=item["expiresAt"],
        posted_ms=item["postedMs"],
        progress=Progress(
            item["family"],
            progress["connectedMs"],
            progress["querySet"],
            progress["identity"],
            progress["nextRequest"],
        ),
        version=Version(version["querySet"], version["identity"], version["ts"]),
        session=item["session"],
        observed_ns=item["observedNs"],
        identity=_identity(item["identity"]) if item.get("identity") else None,
        commits=tuple(item["commits"]),
    )


def _identity_item(identity: Identity | None) -> Item | None:
    if identity is None:
        return None
    return {
        "subject": identity.subject,
        "issuer": identity.issuer,
        "tokenIdentifier": identity.token_identifier,
        "email": identity.email,
        "name": identity.name,
        "pictureUrl": identity.picture_url,
        "claims": json.dumps(dict(identity.claims)),
        "expiresAtS": identity.expires_at_s,
    }


def _identity(item: Item) -> Identity:
    return Identity(
        subject=item["subject"],
        issuer=item["issuer"],
        token_identifier=item["tokenIdentifier"],
        email=item["email"],
        name=item["name"],
        picture_url=item["pictureUrl"],
        claims=json.loads(item["claims"]),
        expires_at_s=float(item["expiresAtS"]),
    )


def _query(item: Item) -> LiveQuery:
    return LiveQuery(item["path"], item["args"], item["journal"], item["digest"], frozenset(item["topics"]))


def _frame(item: Item) -> Frame:
    text: str = item["text"]
    return Frame(item["row"].removeprefix("held/"), parse(text), float(item["arrivedMs"]), text)


def _query_writes(connection: Connection, before: Connection) -> Iterator[Operation]:
    for number, query in connection.queries.items():
        if query != before.queries.get(number):
            row: dict[str, Any] = {
                "path": query.path,
                "args": query.args,
                "journal": query.journal,
                "digest": query.digest,
                "topics": sorted(query.topics),
                "expiresAt": connection.expires_at_s,
            }
            yield Put(CONNECTIONS, {**_key(connection.id, f"query/{number}"), **row})
    for number in before.queries.keys() - connection.queries.keys():
        yield Delete(Key(CONNECTIONS, connection.id, f"query/{number}"))


def _held_writes(connection: Connection, before: Connection) -> Iterator[Operation]:
    stored, held = {frame.name for frame in before.held}, {frame.name for frame in connection.held}
    for frame in connection.held:
        if frame.name not in stored:
            row = {"text": frame.text, "arrivedMs": frame.arrived_ms, "expiresAt": connection.expires_at_s}
            yield Put(CONNECTIONS, {**_key(connection.id, f"held/{frame.name}"), **row})
    for name in stored - held:
        yield Delete(Key(CONNECTIONS, connection.id, f"held/{name}"))


def _summary(item: Item) -> Summary:
    identity = item.get("identity")
    return Summary(
        id=item["connectionId"],
        family=item["family"],
        gen=item["gen"],
        state=item["state"],
        busy_until_ms=item.get("untilMs") or 0,
        posted_ms=max(item["postedMs"], item.get("pingedMs", 0)),
        identity_expires_at_s=float(identity["expiresAtS"]) if identity else None,
    )
