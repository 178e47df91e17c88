"""Sending many messages to a queue in one call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

MOST_ENTRIES: Final = 10
"""SendMessageBatch's limit."""


class Undelivered(Exception):
    """A queue refused a message."""


def send_batch(client: Any, url: str, entries: Sequence[dict[str, Any]]) -> None:
    """Send at most `MOST_ENTRIES` messages.

    Args:
        client: botocore's, of SQS.
        url: of the queue.
        entries: what SendMessageBatch takes, but for their ids.

    Raises:
        Undelivered: the queue refused one.
    """
    numbered = [{"Id": str(number), **entry} for number, entry in enumerate(entries)]
    failed = client.send_message_batch(QueueUrl=url, Entries=numbered).get("Failed")
    if failed:
        raise Undelivered(f"{len(failed)} of {len(entries)} messages: {failed[0].get('Code')}")
