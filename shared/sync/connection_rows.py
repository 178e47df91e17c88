"""How connections are written into rows and read from them; `shared.sync.connections` says which there are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from shared.auth.identity import Identity
from shared.db.engine import Delete, Item, Key, Put
from shared.schema.platform import CONNECTIONS
from shared.sync.ordering import Frame, Progress
from shared.sync.protocol import Version, parse
from shared.sync.shards import shard_of
from shared.sync.state import Connection, LiveQuery, Pace

MAIN: Final = "main"


class Claimed(NamedTuple):
    """Until when an actor may be at work on a connection, and which."""

    id: str
    gen: int
    until_ms: int


def row_key(id: str, row: str) -> Item:
    """Return the key of one of a connection's rows."""
    return {"connectionId": id, "row": row}


def main_row(connection: Connection) -> Item:
    """Return the attributes of the main row, but for its keys and its owner."""
    progress, version = connection.progress, connection.version
    return {
        "lastSequence": connection.last_sequence,
        "expiresAt": connection.expires_at_s,
        "shard": shard_of(connection.id, progress.family),
        "identityExpiresAtS": int(connection.identity.expires_at_s) if connection.identity else 0,
        "family": progress.family,
        "progress": {
            "connectedMs": progress.connected_ms,
            "querySet": progress.query_set,
            "identity": progress.identity,
            "nextRequest": progress.next_request,
            "gaps": progress.gaps,
            "nextPart": progress.next_part,
        },
        "version": {"querySet": version.query_set, "identity": version.identity, "ts": version.ts},
        "session": connection.session,
        "observedNs": connection.observed_ns,
        "refused": sorted(connection.refused),
        "pace": [*connection.pace],
        "commits": list(connection.commits),
        "address": connection.address,
        "rows": [*_rows_of(connection)],
        "identity": _identity_item(connection.identity),
    }


def read_connection(item: Item) -> Connection:
    """Return what a main row says; queries and held frames have rows of their own."""
    progress, version = item["progress"], item["version"]
    return Connection(
        id=item["connectionId"],
        gen=item["gen"],
        last_sequence=item["lastSequence"],
        expires_at_s=item["expiresAt"],
        progress=Progress(
            item["family"],
            progress["connectedMs"],
            progress["querySet"],
            progress["identity"],
            progress["nextRequest"],
            progress["gaps"],
            progress.get("nextPart", 0),  # which rows of earlier releases lack
        ),
        version=Version(version["querySet"], version["identity"], version["ts"]),
        session=item["session"],
        observed_ns=item["observedNs"],
        identity=_identity(item["identity"]) if item.get("identity") else None,
        commits=tuple(item["commits"]),
        refused=frozenset(item["refused"]),
        pace=Pace(*item["pace"]),
        address=item.get("address", ""),  # which rows of earlier releases lack
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


def read_query(item: Item) -> LiveQuery:
    """Return the live query that a row says."""
    return LiveQuery(item["path"], item["args"], item["journal"], item["digest"], frozenset(item["topics"]))


def read_frame(item: Item) -> Frame:
    """Return the early frame that a row says."""
    text: str = item["text"]
    return Frame(item["row"].removeprefix("held/"), parse(text), float(item["arrivedMs"]), text)


def _rows_of(connection: Connection) -> Iterator[str]:
    """Return which other rows count; one that was removed may come back by a write that arrives late."""
    yield from (query_row(number) for number in connection.queries)
    yield from (held_row(frame.name) for frame in connection.held)


def query_row(number: int) -> str:
    """Return which row is that of a live query."""
    return f"query/{number}"


def held_row(name: str) -> str:
    """Return which row is that of an early frame."""
    return f"held/{name}"


def query_writes(connection: Connection, before: Connection) -> Iterator[Put | Delete]:
    """Return what stores the queries that have changed since `before`."""
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
            yield Put(CONNECTIONS, {**row_key(connection.id, query_row(number)), **row})
    for number in before.queries.keys() - connection.queries.keys():
        yield Delete(Key(CONNECTIONS, connection.id, query_row(number)))


def held_writes(connection: Connection, before: Connection) -> Iterator[Put | Delete]:
    """Return what stores the frames that are held, and were not `before`."""
    stored, held = {frame.name for frame in before.held}, {frame.name for frame in connection.held}
    for frame in connection.held:
        if frame.name not in stored:
            row = {"text": frame.text, "arrivedMs": frame.arrived_ms, "expiresAt": connection.expires_at_s}
            yield Put(CONNECTIONS, {**row_key(connection.id, held_row(frame.name)), **row})
    for name in sorted(stored - held):
        yield Delete(Key(CONNECTIONS, connection.id, held_row(name)))


def read_claimed(item: Item) -> Claimed | None:
    """Return who claimed a connection, of its main row, or None: nobody is at work on it."""
    return Claimed(item["connectionId"], item["gen"], item["untilMs"]) if item["state"] == "busy" else None
