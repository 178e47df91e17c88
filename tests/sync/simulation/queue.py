"""An SQS FIFO queue, and what invokes the actors for its messages."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ReadTimeoutError

if TYPE_CHECKING:
    from tests.sync.simulation.process import Process
    from tests.sync.simulation.world import World

Record = dict[str, Any]

DEDUPLICATION_S = 300.0
_BATCH = 10
_FETCH_S = 0.03


class Queue:
    """Messages in groups. One batch of a group is handled at a time, and again until that has succeeded.

    Attributes:
        sent: how many messages there have been.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._groups: dict[str, list[Record]] = defaultdict(list)
        self._in_flight: set[str] = set()
        self._seen_ns: dict[tuple[str, str], int] = {}
        self.sent = 0

    def put(self, entry: Record) -> None:
        """Take a message, unless it was sent before."""
        now_ns, group = self._world.scheduler.now_ns, entry["MessageGroupId"]
        name = (group, entry["MessageDeduplicationId"])
        if now_ns - self._seen_ns.get(name, -(10**18)) < DEDUPLICATION_S * 1e9:
            return
        self._seen_ns[name] = now_ns
        self.sent += 1
        attributes = {"MessageGroupId": group, "SequenceNumber": str(self.sent)}
        self._groups[group].append({"body": entry["MessageBody"], "attributes": attributes})
        self._fetch_soon(group)

    def _fetch_soon(self, group: str) -> None:
        if group not in self._in_flight:
            self._world.scheduler.spawn(partial(self._fetch, group), self._world.random.uniform(0, _FETCH_S))

    def _fetch(self, group: str) -> None:
        """Have a batch handled, some of whose messages may be of another group."""
        groups = [group]
        if self._world.random.random() < 0.2:
            groups += [other for other, waiting in self._groups.items() if waiting and other != group][:1]
        groups = [each for each in groups if each not in self._in_flight and self._groups[each]]
        if not groups:
            return
        self._in_flight.update(groups)
        most = self._world.random.choice((1, 2, _BATCH, _BATCH))
        batch = [record for each in groups for record in self._groups[each][: most // len(groups) or 1]]
        if self._world.strikes(self._world.weather.impatience):
            self._world.has_crashed = True  # for the actors
            again = partial(self._world.act, batch)
            self._world.scheduler.spawn(again, self._world.random.uniform(0, 0.3))
        if not self._world.act(batch) or self._world.strikes(self._world.weather.ack_lost):
            self._world.scheduler.wait(self._world.weather.visibility_s)
        else:
            for each in groups:
                self._groups[each] = [record for record in self._groups[each] if record not in batch]
        self._in_flight.difference_update(groups)
        for each in groups:
            if self._groups[each]:
                self._fetch_soon(each)


class QueueClient:
    """The queue as one process's botocore client meets it."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self._world = process.world

    def send_message_batch(self, *, QueueUrl: str, Entries: list[Record]) -> Record:  # noqa: N803 - botocore's names
        self.process.step()
        self.process.travel(self._world.weather.database.way_s)
        failed = []
        for entry in Entries:
            if self._world.strikes(self._world.weather.queue_failed):
                failed.append({"Id": entry["Id"], "Code": "InternalError"})
            else:
                self._world.queue.put(entry)
        self.process.step()
        if self._world.strikes(self._world.weather.queue_failed):
            raise ReadTimeoutError(endpoint_url=QueueUrl)
        return {"Failed": failed} if failed else {}
