"""What happens to connections when nothing happens to them."""

from __future__ import annotations

import pytest

from shared.sync.connections import Connections
from shared.sync.sweep import Sweep
from tests.sync.live import Live, Socket, add, authenticate, connect, modify


@pytest.fixture
def live() -> Live:
    return Live()


def opened(live: Live, family: str = "js", user: str = "ada") -> Socket:
    socket = live.socket(family)
    socket.send(connect(), authenticate(user), modify(0, add(0, "projects:get")))
    socket.told()
    return socket


def sweep(live: Live, *, seconds: float = 60) -> None:
    """Let a minute's sweep run."""
    Sweep(Connections(live.store), live.sockets, live.mailbox, live.store.clock).run(lambda: seconds * 1000)


def pings(live: Live, socket: Socket) -> int:
    return [message["type"] for message in live.sockets.taken(socket.id)].count("Ping")


def test_a_quiet_javascript_client_hears_a_ping_before_its_patience_ends(live: Live) -> None:
    socket = opened(live)
    gaps, last_ms = [], live.store.clock.now_ms()
    for _ in range(5):
        began_ms = live.store.clock.now_ms()
        for _ in range(3):
            Sweep(Connections(live.store), live.sockets, live.mailbox, live.store.clock).run(lambda: 0)
            if pings(live, socket):
                gaps.append(live.store.clock.now_ms() - last_ms)
                last_ms = live.store.clock.now_ms()
            live.store.clock.sleep(20)
        assert live.store.clock.now_ms() - began_ms > 59_000
    assert 4 <= len(gaps) <= 8
    assert max(gaps) < 50_000


def test_other_clients_hear_a_ping_in_every_pass(live: Live) -> None:
    socket = opened(live, "other")
    live.store.clock.sleep(20)
    sweep(live)
    assert pings(live, socket) == 3


def test_who_was_just_sent_something_is_not_pinged(live: Live) -> None:
    socket = opened(live)
    sweep(live, seconds=0)
    assert pings(live, socket) == 0


def test_a_ping_that_finds_no_socket_removes_the_connection(live: Live) -> None:
    socket = opened(live)
    live.sockets.closed.add(socket.id)
    live.store.clock.sleep(60)
    sweep(live, seconds=0)
    live.run()
    assert live.backend.rows("connections") == []
    assert live.backend.rows("subscriptions") == []


def test_a_connection_whose_actor_has_crashed_is_closed_and_forgotten(live: Live) -> None:
    socket = opened(live)
    now_ms = live.store.clock.now_ms()
    Connections(live.store).claim(socket.id, "99", now_ms + 10_000)
    sweep(live, seconds=0)
    assert not socket.closed
    live.store.clock.sleep(11)
    sweep(live, seconds=0)
    assert socket.closed
    sweep(live, seconds=0)
    assert [row["row"] for row in live.backend.rows("connections")] == ["query/0"]


def test_a_user_whose_token_has_expired_is_told_and_has_to_connect_again(live: Live) -> None:
    socket = opened(live)
    live.store.clock.sleep(2e9 + 60 - live.store.clock.now_ms() / 1000)
    sweep(live, seconds=0)
    *_, error = socket.told()
    assert (error["type"], error["baseVersion"], error["authUpdateAttempted"]) == ("AuthError", 1, False)
    assert socket.closed
