"""Writes that arrive long after their sender has given them up for lost, and sent them again."""

from __future__ import annotations

from contextlib import suppress

import pytest

from shared.db.engine import ConditionFailed, Item, Operation, Put
from shared.sync.connections import Connections
from shared.sync.state import Connection
from tests.support.memory_engine import MemoryEngine
from tests.sync.live import Live, Socket, add, authenticate, connect, modify, mutation, remove

FOREVER_MS = 1e15


class Recorder(MemoryEngine):
    """A database that remembers single writes.

    Attributes:
        written: all of them, in order.
    """

    def __init__(self) -> None:
        super().__init__()
        self.written: list[Operation] = []

    def write(self, operation: Operation) -> None:
        super().write(operation)
        self.written.append(operation)

    def arrive_again(self, operation: Operation) -> None:
        """Let a copy of an earlier write arrive now."""
        with suppress(ConditionFailed):
            super().write(operation)


@pytest.fixture
def engine() -> Recorder:
    return Recorder()


def busy_socket(live: Live) -> Socket:
    """Return a client whose queries have come, changed and gone."""
    socket = live.socket()
    socket.send(
        connect(session=socket.id),
        authenticate("ada"),
        modify(0, add(0, "projects:get"), add(1, "users:getSubscription")),
    )
    socket.told()
    for number in range(3):
        socket.send(mutation(number, "projects:create", name=f"Project {number}"))
        socket.told()
    socket.send(modify(1, remove(1), add(2, "projects:getPartial", limit=1)))
    socket.told()
    socket.send(modify(2, remove(2)), mutation(4, "projects:create", name="early"))
    live.step()
    socket.send(mutation(3, "projects:create", name="Project 3"))
    socket.told()
    return socket


def what_counts(live: Live) -> tuple[Item, list[Item], list[Item]]:
    """Return the main row of the only connection, the rows that it names, and what it is subscribed to."""
    rows = {row["row"]: row for row in live.backend.rows("connections")}
    subscriptions = {row["topic"]: row for row in live.backend.rows("subscriptions")}
    named = [rows[name] for name in rows["main"]["rows"]]
    topics = {topic for row in named for topic in row.get("topics", ())}
    return rows["main"], named, [subscriptions[topic] for topic in sorted(topics)]


def test_no_copy_of_an_earlier_write_that_arrives_late_changes_what_counts(engine: Recorder) -> None:
    live = Live(engine)
    busy_socket(live)
    before = what_counts(live)
    for operation in [*engine.written]:
        engine.arrive_again(operation)
        assert what_counts(live) == before, operation


def test_a_removed_query_stays_removed_for_a_process_that_reads_the_rows(engine: Recorder) -> None:
    live = Live(engine)
    socket = busy_socket(live)
    for operation in [*engine.written]:
        if isinstance(operation, Put):
            engine.arrive_again(operation)
    claimed = Connections(live.store).claim(socket.id, "9" * 30, FOREVER_MS)
    assert isinstance(claimed, Connection)
    assert {number: query.path for number, query in claimed.queries.items()} == {0: "projects:get"}


def test_a_subscription_is_not_dropped_by_a_late_copy_of_an_earlier_drop(engine: Recorder) -> None:
    live = Live(engine)
    socket = live.socket()
    opening = [connect(session=socket.id), authenticate("ada"), modify(0, add(0, "projects:get"))]
    for messages in (opening, [modify(1, remove(0))], [modify(2, add(1, "projects:get"))]):
        socket.send(*messages)
        socket.told()
    before = what_counts(live)
    for operation in [*engine.written]:
        engine.arrive_again(operation)
        assert what_counts(live) == before, operation
