"""A queue whose messages wait for a while before they are handled."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, Protocol

from shared.push.batches import MOST_ENTRIES, send_batch


class Delayed(NamedTuple):
    """A message and how long it waits, up to 900 s."""

    body: str
    delay_s: int


class Delays(Protocol):
    """Keeps messages until they are due."""

    def send(self, messages: Iterable[Delayed]) -> None:
        """Have messages handled when they have waited; one may be handled twice, and late."""


class QueueDelays:
    """Messages in an SQS queue, which is no FIFO queue, as these know no delays.

    Args:
        client: returns a botocore SQS client; asked when first needed.
        url: of the queue.
    """

    def __init__(self, client: Callable[[], Any], url: str) -> None:
        self._client = client
        self._url = url

    def send(self, messages: Iterable[Delayed]) -> None:
        """Put messages off.

        Raises:
            Undelivered: the queue refused one.
        """
        entries = [{"MessageBody": message.body, "DelaySeconds": message.delay_s} for message in messages]
        for start in range(0, len(entries), MOST_ENTRIES):
            send_batch(self._client(), self._url, entries[start : start + MOST_ENTRIES])
