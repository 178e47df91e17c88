"""From a queue's batch to the actors of the connections in it."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from shared.push.mailbox import Event
from shared.push.sockets import CountedSockets, Gone, Uncertain
from shared.push.subscriptions import Subscriptions
from shared.runtime.exchange import Exchange
from shared.runtime.registry import Registry
from shared.sync.actor import Actor, Ended
from shared.sync.connections import Connections, Refusal, padded
from shared.sync.evaluation import Evaluation
from shared.sync.memory import memory_of
from shared.sync.rooms import Rooms
from shared.sync.state import Connection

Record = dict[str, Any]

_CERTAINLY_DEAD_MS: Final = 6000.0
"""How long after its deadline nobody can be at work on a connection any more."""

_TICK_S: Final = 0.05
"""How long held frames wait until they are looked at again."""

_LOG: Final = logging.getLogger(__name__)


def handle(
    event: dict[str, Any], context: Any, registry: Registry, administration: Registry | None = None
) -> dict[str, Any]:
    """Let each connection's actor handle its events of a batch. No event is ever given back to the queue."""
    exchange = Exchange.begin(context, "session")
    by_connection: dict[str, list[Record]] = defaultdict(list)
    for record in event["Records"]:
        by_connection[record["attributes"]["MessageGroupId"]].append(record)
    here = exchange.environment
    memory = memory_of(here)
    store = here.database.store
    sockets = CountedSockets(here.sockets)
    rooms = Rooms(
        Evaluation(here, registry, exchange.deadline_ms, administration or {}),
        Connections(store, memory),
        Subscriptions(store),
        sockets,
        here.mailbox,
        memory.results,
        memory.results.next_moment(),
    )
    batch = _Batch(rooms, exchange.deadline_ms)
    for connection, records in sorted(by_connection.items(), key=_work):
        batch.handle(connection, records)
    if batch.waits:
        store.clock.sleep(_TICK_S)
    exchange.pushes = sockets.posted
    exchange.end(batch.failed)
    return {"batchItemFailures": []}


def _work(of_connection: tuple[str, list[Record]]) -> int:
    """Return how much has happened to a connection: those with little go first, and are hardly delayed by others."""
    return sum(len(record["body"]) for record in of_connection[1])


@dataclass
class _Batch:
    """Connections whose events came together; none of them notices what becomes of the others.

    Attributes:
        rooms: what their actors work with.
        deadline_ms: when all must have been handled, in ms since the epoch.
        waits: whether one of them has to look at held frames again.
        failed: what went wrong unexpectedly, if anything did.
    """

    rooms: Rooms
    deadline_ms: float
    waits: bool = False
    failed: Exception | None = None

    def handle(self, id: str, records: list[Record]) -> None:
        """Handle a connection's events."""
        sequence = records[-1]["attributes"]["SequenceNumber"]
        try:
            claimed = self.rooms.connections.claim(id, sequence, self.deadline_ms + _CERTAINLY_DEAD_MS)
            if isinstance(claimed, Refusal):
                self._refuse(id, records, claimed)
            else:
                self._act(claimed, records, sequence)
        except Exception as error:  # noqa: BLE001 - the boundary: a message given back would block its connection
            self.failed = error
            self._try(lambda: self.rooms.sockets.close(id))

    def _act(self, claimed: Connection, records: list[Record], sequence: str) -> None:
        actor = Actor(self.rooms, claimed)
        new = [r for r in records if padded(r["attributes"]["SequenceNumber"]) > claimed.last_sequence]
        closes = True
        try:
            actor.handle([_event(claimed.id, record) for record in new], sequence)
        except Gone:
            closes = False
        except (Ended, Uncertain) as error:
            _LOG.info("Closing a connection: %s", error)
        except Exception as error:  # noqa: BLE001 - the boundary: whatever it is, the client connects again
            self.failed = error
        else:
            self.waits = self.waits or actor.waits
            return
        if closes:
            self._try(lambda: self.rooms.sockets.close(claimed.id))  # the sweep tries again
        self._try(actor.forget)  # what is left expires; nobody acts for it, as it stays busy

    def _refuse(self, id: str, records: list[Record], why: Refusal) -> None:
        """Drop the events of a connection that cannot be claimed, and what is left of its subscriptions."""
        if why is Refusal.SEEN:
            return
        events = [_event(id, record) for record in records]
        if why is Refusal.CRASHED or any(event.kind == "frame" for event in events):
            self._try(lambda: self.rooms.sockets.close(id))  # whose client speaks to nobody
        topics = {topic for event in events if event.kind == "changed" for topic in event.content["topics"]}
        self._try(lambda: self.rooms.subscriptions.forget(id, topics))

    def _try(self, step: Callable[[], None]) -> None:
        """Do what others will see to if it fails."""
        try:
            step()
        except Exception as error:  # noqa: BLE001 - as above
            self.failed = error


def _event(id: str, record: Record) -> Event:
    sent_ms = record["attributes"].get("SentTimestamp")
    return Event.read(id, record["body"], None if sent_ms is None else float(sent_ms))
