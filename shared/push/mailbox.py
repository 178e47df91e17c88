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
from collections.abc import Callable, Iterable
from typing import Any, Final, Literal, NamedTuple, Protocol
from zlib import crc32

_BATCH: Final = 10
"""SendMessageBatch's limit of entries."""

Kind = Literal["frame", "changed", "tick", "expire", "audit", "disconnect"]


class Event(NamedTuple):
    """What happened to a connection.

    Attributes:
        connection: its id.
        kind: what happened.
        id: the same when the same event is sent again, so that the queue drops it; letters, digits, `-` and `_`.
        content: what there is to say, as JSON.
    """

    connection: str
    kind: Kind
    id: str
    content: Any = None

    def body(self) -> str:
        """Return the queue's message."""
        return json.dumps({"kind": self.kind, "id": self.id, "content": self.content}, separators=(",", ":"))

    @staticmethod
    def read(connection: str, body: str) -> Event:
        """Return the event that a queue's message carries."""
        told = json.loads(body)
        return Event(connection, told["kind"], told["id"], told["content"])

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
        """Send events; those of one connection arrive in this order."""


class Undelivered(Exception):
    """A queue refused an event."""


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
        for url, chosen in by_url.items():
            for start in range(0, len(chosen), _BATCH):
                self._send(url, chosen[start : start + _BATCH])

    def _send(self, url: str, events: list[Event]) -> None:
        entries = [
            {
                "Id": str(number),
                "MessageBody": event.body(),
                "MessageGroupId": event.connection,
                "MessageDeduplicationId": _deduplication_id(event),
            }
            for number, event in enumerate(events)
        ]
        failed = self._client().send_message_batch(QueueUrl=url, Entries=entries).get("Failed")
        if failed:
            raise Undelivered(f"{len(failed)} of {len(events)} events: {failed[0].get('Code')}")


def _deduplication_id(event: Event) -> str:
    """Return what tells an event from others in its queue, in the characters that SQS takes."""
    return f"{event.kind}:{event.id}:{event.connection}"
