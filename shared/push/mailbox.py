"""The queues through which everything that happens to a connection reaches its actor, in one order.

frame       the client sent something: base64, since SQS does not carry every character
changed     somebody committed: {commit, topics}
tick        held frames may have waited long enough
expire      the identity may have expired
audit       it is time to see whether the client was told what is true
disconnect  the socket is closed
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, Final, Literal, NamedTuple, Protocol
from zlib import crc32

from shared.push.batches import MOST_ENTRIES, send_batch

_BATCH_BYTES: Final = 240_000
"""A little less than what a call may send."""
_SIDE_BY_SIDE: Final = 8

Kind = Literal["frame", "changed", "tick", "expire", "audit", "disconnect"]


class Event(NamedTuple):
    """What happened to a connection.

    Attributes:
        connection: its id.
        kind: what happened.
        id: the same when the same event is sent again, so that the queue drops it; letters, digits, `-` and `_`.
        content: what there is to say, as JSON.
        sent_ms: when it was sent, in ms since the epoch, as far as its queue tells.
    """

    connection: str
    kind: Kind
    id: str
    content: Any = None
    sent_ms: float | None = None

    def body(self) -> str:
        """Return the queue's message."""
        return json.dumps({"kind": self.kind, "id": self.id, "content": self.content}, separators=(",", ":"))

    @staticmethod
    def read(connection: str, body: str, sent_ms: float | None = None) -> Event:
        """Return the event that a queue's message carries."""
        told = json.loads(body)
        return Event(connection, told["kind"], told["id"], told["content"], sent_ms)

    @staticmethod
    def of_frame(connection: str, id: str, text: str) -> Event:
        """Return the arrival of a client's frame."""
        return Event(connection, "frame", id, b64encode(text.encode("utf-8", "surrogatepass")).decode())

    @property
    def frame(self) -> str:
        """The text of a client's frame."""
        return b64decode(self.content).decode("utf-8", "replace")


class Mailbox(Protocol):
    """Carries events to actors."""

    def send(self, events: Iterable[Event]) -> None:
        """Send events; those of one call arrive in any order, and before those of the calls that follow it."""


class QueueMailbox:
    """Events in SQS FIFO queues; a connection's queue is chosen by its id.

    Args:
        client: returns a botocore SQS client; asked when first needed.
        urls: of the queues.
    """

    def __init__(self, client: Callable[[], Any], urls: tuple[str, ...]) -> None:
        self._client = client
        self._urls = urls

    def send(self, events: Iterable[Event]) -> None:
        """Send events.

        Raises:
            Undelivered: a queue refused one.
        """
        by_url: dict[str, list[Event]] = defaultdict(list)
        for event in events:
            by_url[self._urls[crc32(event.connection.encode()) % len(self._urls)]].append(event)
        batches = [(url, batch) for url, chosen in by_url.items() for batch in _batches(chosen)]
        begun = [self._pool.submit(send_batch, self._client(), url, batch) for url, batch in batches[1:]]
        for url, batch in batches[:1]:
            send_batch(self._client(), url, batch)
        for future in begun:
            future.result()

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(_SIDE_BY_SIDE, thread_name_prefix="mailbox")


def _batches(events: list[Event]) -> Iterator[list[dict[str, str]]]:
    """Return the entries of calls that the queue takes."""
    batch: list[dict[str, str]] = []
    size_bytes = 0
    for event in events:
        body = event.body()
        if batch and (len(batch) == MOST_ENTRIES or size_bytes + len(body) > _BATCH_BYTES):
            yield batch
            batch, size_bytes = [], 0
        batch.append(
            {
                "MessageBody": body,
                "MessageGroupId": event.connection,
                "MessageDeduplicationId": _deduplication_id(event),
            }
        )
        size_bytes += len(body)
    if batch:
        yield batch


def _deduplication_id(event: Event) -> str:
    """Return what tells an event from others in its queue, in the characters that SQS takes."""
    return f"{event.kind}:{event.id}:{event.connection}"
