"""Queues of what could not be handled, and trying it again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from zlib import crc32

from shared.errors import NotFound

_FAILED: Final = "-failed"
_FIFO: Final = ".fifo"
_MOST_MOVED: Final = 500
_BATCH: Final = 10
_HIDDEN_S: Final = 120


@dataclass(frozen=True)
class Queues:
    """The queues of a stage.

    Attributes:
        client: a botocore client of SQS.
        prefix: what their names begin with, such as `polaris-prod-`.
    """

    client: Any
    prefix: str

    def failed(self) -> list[tuple[str, int]]:
        """Return the queues of what could not be handled, with about how many messages each holds."""
        urls = [url for url in self._urls() if _plain(url).endswith(_FAILED)]
        return [(_name(url), self._count(url)) for url in sorted(urls)]

    def ages_s(self, queues: list[str], now_ms: float) -> dict[str, float]:
        """Return how old the oldest of a look at each queue is; messages stay where they are."""
        ages = {}
        for url in self._urls():
            if _name(url) in queues and (messages := self._received(url, hidden_s=0)):
                sent_ms = min(float(message["Attributes"]["SentTimestamp"]) for message in messages)
                ages[_name(url)] = (now_ms - sent_ms) / 1000
        return ages

    def move_back(self, queue: str, tell_again: Callable[[str], None], has_time: Callable[[], bool]) -> int:
        """Send what is in a queue of failed messages where it came from, at most 500, and return how many there were.

        Args:
            queue: its name.
            tell_again: handles a message that came from no queue, but tells which changes of a table were given up.
            has_time: tells whether there is time for more.

        Raises:
            NotFound: there is no such queue.
            Conflict: a change cannot be told again.
        """
        urls = {_name(url): url for url in self._urls()}
        if queue not in urls or not _plain(queue).endswith(_FAILED):
            raise NotFound(f"There is no queue {queue} of failed messages")
        origin = _plain(queue).removesuffix(_FAILED)
        fifo = [url for url in sorted(urls.values(), key=_number) if _is_part(_name(url), origin)]
        plain = [url for name, url in urls.items() if name == origin]
        moved = 0
        while moved < _MOST_MOVED and has_time() and (messages := self._received(urls[queue])):
            for at, message in enumerate(messages):
                try:
                    if fifo or plain:
                        self._send(message, fifo, plain)
                    else:
                        tell_again(message["Body"])
                except Exception:
                    self._show(urls[queue], messages[at:])
                    raise
                self.client.delete_message(QueueUrl=urls[queue], ReceiptHandle=message["ReceiptHandle"])
                moved += 1
        return moved

    def _show(self, url: str, messages: list[dict[str, Any]]) -> None:
        """Let messages be seen at once that stay where they are."""
        for message in messages:
            receipt = message["ReceiptHandle"]
            self.client.change_message_visibility(QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=0)

    def _send(self, message: dict[str, Any], fifo: list[str], plain: list[str]) -> None:
        if not fifo:
            self.client.send_message(QueueUrl=plain[0], MessageBody=message["Body"])
            return
        group = message["Attributes"]["MessageGroupId"]
        self.client.send_message(
            QueueUrl=fifo[crc32(group.encode()) % len(fifo)],
            MessageBody=message["Body"],
            MessageGroupId=group,
            MessageDeduplicationId=f"again-{message['MessageId']}",
        )

    def _received(self, url: str, hidden_s: int = _HIDDEN_S) -> list[dict[str, Any]]:
        answer = self.client.receive_message(
            QueueUrl=url, MaxNumberOfMessages=_BATCH, AttributeNames=["All"], VisibilityTimeout=hidden_s
        )
        found: list[dict[str, Any]] = answer.get("Messages", [])
        return found

    def _urls(self) -> list[str]:
        found: list[str] = []
        start: dict[str, str] = {}
        while True:
            answer = self.client.list_queues(QueueNamePrefix=self.prefix, MaxResults=1000, **start)
            found += answer.get("QueueUrls", [])
            if not answer.get("NextToken"):
                return found
            start = {"NextToken": answer["NextToken"]}

    def _count(self, url: str) -> int:
        name = "ApproximateNumberOfMessages"
        return int(self.client.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name])


def _name(url: str) -> str:
    return url.rpartition("/")[2]


def _plain(name: str) -> str:
    return _name(name).removesuffix(_FIFO)


def _is_part(name: str, origin: str) -> bool:
    """Tell whether a FIFO queue is one of those that together are `origin`: `polaris-prod-mailbox-3.fifo`."""
    start, _, number = _plain(name).rpartition("-")
    return name.endswith(_FIFO) and start == origin and number.isdigit()


def _number(url: str) -> int:
    number = _plain(url).rpartition("-")[2]
    return int(number) if number.isdigit() else -1
