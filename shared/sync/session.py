"""From a queue's batch to the actors of the connections in it."""

from __future__ import annotations

import logging
from collections import defaultdict
from typing import Any, Final

from shared.push.mailbox import Event
from shared.push.sockets import Gone, Uncertain
from shared.push.subscriptions import Subscriptions
from shared.runtime.exchange import Exchange
from shared.runtime.registry import Registry
from shared.sync.actor import Actor, Ended, Rooms
from shared.sync.connections import Connections, Refusal, padded
from shared.sync.evaluation import Evaluation
from shared.sync.memory import memory_of

Record = dict[str, Any]

_CERTAINLY_DEAD_MS: Final = 6000.0
"""How long after its deadline nobody can be at work on a connection any more."""

_LOG: Final = logging.getLogger(__name__)


def handle(event: dict[str, Any], context: Any, registry: Registry) -> dict[str, Any]:
    """Let each connection's actor handle its events of a batch. No event is ever given back to the queue."""
    exchange = Exchange.begin(context, "session")
    by_connection: dict[str, list[Record]] = defaultdict(list)
    for record in event["Records"]:
        by_connection[record["attributes"]["MessageGroupId"]].append(record)
    here = exchange.environment
    memory = memory_of(here)
    rooms = Rooms(
        Evaluation(here, registry, exchange.deadline_ms),
        Connections(here.database.store, memory),
        Subscriptions(here.database.store),
        here.sockets,
        here.mailbox,
        memory.results,
        memory.results.next_moment(),
    )
    failed: Exception | None = None
    for connection, records in by_connection.items():
        failed = _handle(rooms, connection, records, exchange.deadline_ms) or failed
    exchange.end(failed)
    return {"batchItemFailures": []}


def _handle(rooms: Rooms, id: str, records: list[Record], deadline_ms: float) -> Exception | None:
    """Handle a connection's events; return what went wrong unexpectedly."""
    sequence = records[-1]["attributes"]["SequenceNumber"]
    try:
        claimed = rooms.connections.claim(id, sequence, deadline_ms + _CERTAINLY_DEAD_MS)
    except Exception as error:  # noqa: BLE001 - the boundary: a message given back would block its connection
        _close(rooms, id)
        return error
    if isinstance(claimed, Refusal):
        return _refused(rooms, id, records, claimed)
    actor = Actor(rooms, claimed)
    new = [r for r in records if padded(r["attributes"]["SequenceNumber"]) > claimed.last_sequence]
    try:
        actor.handle([Event.read(id, record["body"]) for record in new], sequence)
    except Gone:
        return _end(rooms, actor, close=False)
    except (Ended, Uncertain) as error:
        _LOG.info("Closing a connection: %s", error)
        return _end(rooms, actor, close=True)
    except Exception as error:  # noqa: BLE001 - the boundary: whatever it is, the client connects again
        _end(rooms, actor, close=True)
        return error
    return None


def _refused(rooms: Rooms, id: str, records: list[Record], why: Refusal) -> Exception | None:
    """Drop the events of a connection that cannot be claimed; what is left of its subscriptions goes with them."""
    failed = _close(rooms, id) if why is Refusal.CRASHED else None
    if why is not Refusal.SEEN:
        events = [Event.read(id, record["body"]) for record in records]
        topics = {topic for event in events if event.kind == "changed" for topic in event.content["topics"]}
        try:
            rooms.subscriptions.drop(id, topics)
        except Exception as error:  # noqa: BLE001 - what is left expires
            return error
    return failed


def _end(rooms: Rooms, actor: Actor, *, close: bool) -> Exception | None:
    """Close a connection and forget it; return what went wrong."""
    failed = _close(rooms, actor.connection.id) if close else None
    try:
        actor.forget()
    except Exception as error:  # noqa: BLE001 - what is left expires; nobody acts for it, as it stays busy
        return error
    return failed


def _close(rooms: Rooms, id: str) -> Exception | None:
    try:
        rooms.sockets.close(id)
    except Exception as error:  # noqa: BLE001 - the sweep tries again
        return error
    return None
