"""What a client may not do, and that the others do not notice when it does."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from shared.db.engine import Item, Key, Operation, Page, Query
from shared.runtime.environment import use
from shared.sync.session import handle
from shared.sync.state import MAX_FRAMES, MAX_QUERIES, MAX_SUBSCRIPTIONS
from tests.runtime.backend import LAMBDA
from tests.support.memory_engine import MemoryEngine
from tests.support.memory_sockets import MemorySockets
from tests.sync.live import (
    Live,
    Message,
    Socket,
    add,
    authenticate,
    connect,
    modify,
    mutation,
    remove,
    told_over_http,
)

TELEMETRY = {"type": "Event", "eventType": "ClientConnect", "event": []}


@pytest.fixture
def live() -> Live:
    return Live()


def opened(live: Live, *queries: Message, user: str = "ada") -> Socket:
    socket = live.socket()
    socket.send(connect(session=socket.id), authenticate(user), modify(0, *queries))
    socket.told()
    return socket


def distinct(first: int, end: int) -> list[Message]:
    """Return that many different queries, which cost next to nothing."""
    return [add(number, f"nowhere:number{number}") for number in range(first, end)]


def test_queries_beyond_the_limit_fail_by_its_name_and_the_connection_goes_on(live: Live) -> None:
    socket = opened(live, *distinct(0, MAX_QUERIES - 1))
    socket.send(modify(1, add(1000, "projects:get"), add(1001, "projects:get"), add(1002, "projects:get")))
    socket.told()
    assert socket.results[1000] == []
    for number in (1001, 1002):
        assert f"A connection has at most {MAX_QUERIES} live queries" in socket.results[number]
    socket.send(mutation(0, "projects:create", name="Apollo"))
    _, transition = socket.told()
    assert [modification["queryId"] for modification in transition["modifications"]] == [1000]


def test_a_query_that_was_refused_is_removed_like_any_other_and_makes_room_by_itself(live: Live) -> None:
    socket = opened(live, *distinct(0, MAX_QUERIES), add(1000, "projects:get"))
    assert "at most" in socket.results[1000]
    live.environment = replace(live.environment)  # what another process has to know as well
    socket.send(modify(1, remove(1000), remove(0)))
    (transition,) = socket.told()
    assert [(m["type"], m["queryId"]) for m in transition["modifications"]] == [
        ("QueryRemoved", 1000),
        ("QueryRemoved", 0),
    ]
    socket.send(modify(2, add(1001, "projects:get")))
    socket.told()
    assert socket.results[1001] == []
    assert not socket.closed


def test_a_refused_query_is_told_of_once_and_not_after_it_was_removed(live: Live) -> None:
    socket = opened(live, *distinct(0, MAX_QUERIES))
    socket.send(modify(1, add(1000, "projects:get")), modify(2, remove(1000)))
    (transition,) = socket.told()
    assert [m["type"] for m in transition["modifications"]] == ["QueryRemoved"]
    socket.send(modify(3, add(1001, "projects:get")))
    assert len(socket.told()[0]["modifications"]) == 1
    socket.send(modify(4))
    assert socket.told()[0]["modifications"] == []


def test_absurdly_many_queries_end_the_connection(live: Live) -> None:
    socket = opened(live, *distinct(0, MAX_SUBSCRIPTIONS))
    assert not socket.closed
    socket.send(modify(1, add(MAX_SUBSCRIPTIONS, "projects:get")))
    assert socket.told() == []
    assert socket.closed
    assert live.backend.rows("connections") == []
    assert live.backend.rows("subscriptions") == []


def test_more_than_a_thousand_pending_requests_end_the_connection(live: Live) -> None:
    socket = opened(live)
    socket.send(*(mutation(number, "projects:create", name="Apollo") for number in range(1, 1001)))
    for _ in range(100):
        live.step()
    assert not socket.closed
    socket.send(mutation(1001, "projects:create", name="Apollo"))
    socket.told()
    assert socket.closed
    assert live.backend.rows("connections") == []


def test_a_burst_of_hundreds_of_mutations_is_no_flood(live: Live) -> None:
    socket = opened(live)
    socket.send(*(mutation(number, "projects:rename", id="none", name="Apollo") for number in range(600)))
    told = [message for message in socket.told() if message["type"] == "MutationResponse"]
    assert len(told) == 600
    assert not socket.closed


class Calls(MemoryEngine):
    """Counts its calls, refused ones included."""

    made = 0

    def get(self, key: Key) -> Item | None:
        self.made += 1
        return super().get(key)

    def query(self, query: Query) -> Page:
        self.made += 1
        return super().query(query)

    def write(self, operation: Operation) -> None:
        made = self.made + 1
        try:
            super().write(operation)
        finally:
            self.made = made  # it looks up what a refused write met, which is part of the answer


def test_a_flood_ends_the_connection_and_what_is_queued_costs_one_call_for_each_batch() -> None:
    engine = Calls()
    live = Live(engine)
    socket = opened(live, add(0, "projects:get"))
    socket.send(*([TELEMETRY] * (MAX_FRAMES + 500)))
    while not socket.closed:
        live.step()
    assert len(live.mailbox.waiting) > 450
    batches = -(-len(live.mailbox.waiting) // 10)
    engine.made = 0
    live.run()
    assert engine.made == batches


def test_as_many_frames_over_a_longer_time_are_no_flood(live: Live) -> None:
    socket = opened(live)
    for _ in range(3):
        socket.send(*([TELEMETRY] * (MAX_FRAMES - 10)))
        live.run()
        live.store.clock.sleep(11)
    assert not socket.closed


def test_frames_count_by_when_they_were_sent_not_by_when_they_were_handled(live: Live) -> None:
    socket = opened(live)
    socket.send(*([TELEMETRY] * (MAX_FRAMES + 10)))
    for number, record in enumerate(live.mailbox.waiting):
        record["attributes"]["SentTimestamp"] = str(1_795_000_000_000 + number * 10)
    live.run()
    assert not socket.closed


def test_who_sends_little_is_not_kept_waiting_by_who_sends_much_in_the_same_batch(live: Live) -> None:
    greedy, modest = opened(live), opened(live)
    greedy.send(modify(1, *distinct(0, 400)))
    modest.send(mutation(0, "projects:create", name="Apollo"))
    posted: list[str] = []

    class Watched(MemorySockets):
        def post(self, connection: str, text: str) -> None:
            posted.append(connection)
            super().post(connection, text)

    live.replace(live.mailbox, Watched())
    live.step()
    assert posted == [modest.id, modest.id, greedy.id]


class Broken(MemorySockets):
    """Sockets one of which raises what nobody expects, whatever is done with it."""

    def __init__(self, broken: str) -> None:
        super().__init__()
        self._broken = broken

    def post(self, connection: str, text: str) -> None:
        if connection == self._broken:
            raise RuntimeError("no sockets today")
        super().post(connection, text)

    def close(self, connection: str) -> None:
        if connection == self._broken:
            raise RuntimeError("nor tomorrow")
        super().close(connection)


def changed(live: Live) -> list[dict[str, Any]]:
    """Let a change concern everybody and return the queue's records of it."""
    told_over_http(live, "ada").call("projects:create", name="Apollo")
    return live.mailbox.waiting


@pytest.mark.parametrize("broken", [0, 1, 2])
def test_others_do_not_notice_when_one_connection_of_the_batch_breaks(live: Live, broken: int) -> None:
    sockets = [opened(live, add(0, "projects:get")) for _ in range(3)]
    assert len(changed(live)) == 3
    live.replace(live.mailbox, Broken(sockets[broken].id))
    live.run()
    for number, socket in enumerate(sockets):
        assert len(socket.receive()) == (number != broken)
    left = {row["connectionId"] for row in live.backend.rows("connections")}
    assert left == {socket.id for socket in sockets} - {sockets[broken].id}


@pytest.mark.parametrize("body", ["", "{}", '{"kind":"changed","id":"1","content":null}'])
def test_others_do_not_notice_an_event_that_cannot_be_read(live: Live, body: str) -> None:
    sockets = [opened(live, add(0, "projects:get")) for _ in range(3)]
    changed(live)[1]["body"] = body
    live.run()
    assert [len(socket.receive()) for socket in sockets] == [1, 0, 1]
    assert [socket.closed for socket in sockets] == [False, True, False]
    live.mailbox.send([])
    assert {row["connectionId"] for row in live.backend.rows("connections")} == {sockets[0].id, sockets[2].id}


def test_an_event_that_cannot_be_read_of_a_connection_that_is_gone_is_dropped(live: Live) -> None:
    gone, other = opened(live), opened(live, add(0, "projects:get"))
    gone.send_text("no JSON")
    live.run()
    gone.send(TELEMETRY)
    live.mailbox.waiting[0]["body"] = "{}"
    changed(live)
    live.run()
    assert len(other.receive()) == 1


def test_connections_for_which_no_time_is_left_are_closed_before_the_process_ends(live: Live) -> None:
    socket = opened(live, add(0, "projects:get"))
    changed(live)
    hardly = SimpleNamespace(aws_request_id=LAMBDA.aws_request_id, get_remaining_time_in_millis=lambda: 0)
    with use(live.environment):
        handle({"Records": live.mailbox.take()}, hardly, live.registry)
    assert socket.receive() == []
    assert socket.closed
    assert live.backend.rows("connections") == []
