"""What happens to connections when nothing happens to them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from shared.auth.identity import Identity
from shared.push.sockets import Uncertain
from shared.sync.connections import Connections
from shared.sync.shards import number_of
from shared.sync.slots import LATE_S, SLOT_S, Part
from shared.sync.sweep import LOOK_SLOTS, Sweep
from tests.sync.live import Live, Socket, add, authenticate, connect, modify

JS_SILENCE_S = 55
OTHER_SILENCE_S = 28
"""How long clients may hear nothing; JavaScript's wait for 60 s, others for 30 s and look every 5 s."""

TARDINESS_S = 7
"""How late a slot may be looked after for others; for JavaScript's clients it may be `LATE_S`."""


@pytest.fixture
def live() -> Live:
    return Live()


def opened(live: Live, family: str = "js", user: str = "ada") -> Socket:
    socket = live.socket(family)
    socket.send(connect(), authenticate(user), modify(0, add(0, "projects:get")))
    socket.told()
    return socket


def now_s(live: Live) -> float:
    return live.store.clock.now_ms() / 1000


def sweep(live: Live, *, audit_minutes: int = 0) -> None:
    """Wait for the next slot and look after all connections."""
    slot = int(now_s(live)) // SLOT_S + 1
    live.store.clock.sleep(slot * SLOT_S - now_s(live))
    assert sweeping(live, audit_minutes).run(Part(slot, 0, 1))


def sweeping(live: Live, audit_minutes: int = 0) -> Sweep:
    return Sweep(live.store, live.sockets, live.mailbox, audit_minutes)


def pings(live: Live, socket: Socket) -> int:
    return [message["type"] for message in live.sockets.taken(socket.id)].count("Ping")


def kinds(live: Live) -> list[str]:
    """Take what waits in the mailboxes."""
    return [record["body"].split('"')[3] for record in live.mailbox.take(10_000)]


@dataclass
class Client:
    """A client that counts how long it hears nothing.

    Attributes:
        family: of the client.
        heard_s: when it last heard something.
        longest_s: how long it ever heard nothing.
    """

    socket: Socket
    family: str
    heard_s: float
    longest_s: float = 0.0

    def hear(self, now_s: float) -> None:
        self.longest_s = max(self.longest_s, now_s - self.heard_s)
        self.heard_s = now_s


@pytest.mark.parametrize("seed", range(8))
def test_no_client_hears_nothing_for_longer_than_it_waits_from_its_opening_on(live: Live, seed: int) -> None:
    chance = random.Random(seed)
    clients: list[Client] = []
    slot = int(now_s(live)) // SLOT_S
    for _ in range(60):
        slot += 1
        # Others fail to be looked after in time only when AWS is late by more than this, JavaScript's by more yet.
        begins_s = slot * SLOT_S + chance.choice([0.0, chance.uniform(0, 2), chance.uniform(0, TARDINESS_S)])
        moments = sorted(chance.uniform(now_s(live), begins_s) for _ in range(chance.randint(0, 4)))
        for moment in moments:
            live.store.clock.sleep(max(0.0, moment - now_s(live)))
            if clients and chance.random() < 0.3:
                chance.choice(clients).hear(now_s(live))
            else:
                family = chance.choice(["js", "other"])
                clients.append(Client(live.socket(family), family, now_s(live)))
        live.store.clock.sleep(max(0.0, begins_s - now_s(live)))
        segments = chance.randint(1, 4)
        for segment in range(segments):
            assert sweeping(live).run(Part(slot, segment, segments))
        for client in clients:
            if pings(live, client.socket):
                client.hear(now_s(live))
    for client in clients:
        client.longest_s = max(client.longest_s, now_s(live) - client.heard_s)
        assert client.longest_s <= (JS_SILENCE_S if client.family == "js" else OTHER_SILENCE_S), f"seed {seed}"
    assert len(clients) > 50
    assert max(client.longest_s for client in clients if client.family == "js") > 35


def test_a_quiet_javascript_client_hears_a_ping_in_every_other_slot(live: Live) -> None:
    socket = opened(live)
    heard = []
    for _ in range(6):
        sweep(live)
        heard.append(pings(live, socket))
    assert heard in ([0, 1] * 3, [1, 0] * 3)


def test_half_of_the_javascript_clients_are_pinged_in_each_slot(live: Live) -> None:
    sockets = [live.socket() for _ in range(200)]
    sweep(live)
    assert 70 < sum(pings(live, socket) for socket in sockets) < 130


def test_other_clients_hear_a_ping_in_every_slot(live: Live) -> None:
    socket = opened(live, "other")
    for _ in range(3):
        sweep(live)
        assert pings(live, socket) == 1


def test_the_parts_of_a_slot_are_all_connections_once(live: Live) -> None:
    sockets = [live.socket("other") for _ in range(100)]
    slot = int(now_s(live)) // SLOT_S
    for segment in range(3):
        sweeping(live).run(Part(slot, segment, 3))
    assert [pings(live, socket) for socket in sockets] == [1] * 100


def test_all_pages_of_a_shard_are_looked_after(live: Live) -> None:
    live.backend.store.door.page_items = 2  # type: ignore[attr-defined]  # the engine in memory has it
    sockets = [live.socket("other") for _ in range(50)]
    sweep(live)
    assert all(pings(live, socket) == 1 for socket in sockets)


def test_a_slot_that_is_late_is_left_to_the_next(live: Live) -> None:
    socket = live.socket("other")
    slot = int(now_s(live)) // SLOT_S
    live.store.clock.sleep(slot * SLOT_S + LATE_S + 1 - now_s(live))
    assert not sweeping(live).run(Part(slot, 0, 1))
    assert pings(live, socket) == 0


def test_a_slot_that_comes_twice_tells_actors_once(live: Live) -> None:
    socket = live.socket("other")
    live.sockets.closed.add(socket.id)
    slot = int(now_s(live)) // SLOT_S
    for _ in range(2):
        sweeping(live).run(Part(slot, 0, 1))
    assert kinds(live) == ["disconnect"]


def test_no_row_is_written_or_read_for_a_ping(live: Live) -> None:
    live.socket("other")
    rows = live.backend.rows("connections")
    sweep(live)
    assert live.backend.rows("connections") == rows


class Unsteady:
    """Sockets that do not answer at times."""

    def __init__(self, live: Live, failures: Iterator[bool]) -> None:
        self._sockets, self._failures = live.sockets, failures

    def post(self, connection: str, text: str) -> None:
        if next(self._failures):
            raise Uncertain("no answer")
        self._sockets.post(connection, text)

    def close(self, connection: str) -> None:
        raise RuntimeError("closing is refused")


def test_a_ping_that_may_be_lost_is_posted_again(live: Live) -> None:
    socket = live.socket("other")
    unsteady = Unsteady(live, iter([True, False]))
    replace(sweeping(live), sockets=unsteady).run(Part(int(now_s(live)) // SLOT_S, 0, 1))
    assert pings(live, socket) == 1


def test_a_connection_that_makes_trouble_does_not_keep_others_from_their_pings(live: Live) -> None:
    troubled, socket = live.socket("other"), live.socket("other")

    class Refusing(Unsteady):
        def post(self, connection: str, text: str) -> None:
            if connection == troubled.id:
                raise RuntimeError("refused")
            self._sockets.post(connection, text)

    with pytest.raises(RuntimeError, match="refused"):
        replace(sweeping(live), sockets=Refusing(live, iter([]))).run(Part(int(now_s(live)) // SLOT_S, 0, 1))
    assert pings(live, socket) == 1


def test_a_ping_that_finds_no_socket_removes_the_connection(live: Live) -> None:
    socket = opened(live, "other")
    live.sockets.closed.add(socket.id)
    sweep(live)
    live.run()
    assert live.backend.rows("connections") == []
    assert live.backend.rows("subscriptions") == []


def test_a_connection_whose_actor_has_crashed_is_closed_within_ten_minutes_and_hears_no_more_pings(
    live: Live,
) -> None:
    socket = opened(live, "other")
    Connections(live.store).claim(socket.id, "99", now_s(live) * 1000 + 10_000)
    slots = 0
    while not socket.closed:
        sweep(live)
        slots += 1
    assert slots <= LOOK_SLOTS
    live.sockets.closed.clear()
    live.sockets.taken(socket.id)
    sweep(live)
    assert pings(live, socket) == 0


def test_a_crashed_connection_that_cannot_be_closed_hears_no_more_pings(live: Live) -> None:
    socket = opened(live, "other")
    Connections(live.store).claim(socket.id, "99", 0)
    slot = (int(now_s(live)) // SLOT_S // LOOK_SLOTS + 1) * LOOK_SLOTS + number_of(socket.id) % LOOK_SLOTS
    live.store.clock.sleep(slot * SLOT_S - now_s(live))
    with pytest.raises(RuntimeError, match="closing is refused"):
        replace(sweeping(live), sockets=Unsteady(live, iter([False]))).run(Part(slot, 0, 1))
    live.sockets.taken(socket.id)
    sweep(live)
    assert pings(live, socket) == 0


def test_an_actor_at_work_is_left_alone(live: Live) -> None:
    socket = opened(live, "other")
    Connections(live.store).claim(socket.id, "99", (now_s(live) + 2 * LOOK_SLOTS * SLOT_S) * 1000)
    for _ in range(LOOK_SLOTS):
        sweep(live)
    assert not socket.closed


def test_a_user_whose_token_has_expired_is_told_and_has_to_connect_again(live: Live) -> None:
    socket = opened(live)
    live.store.clock.sleep(2e9 + 5 - now_s(live))
    sweep(live)
    sweep(live)
    *_, error = [message for message in socket.told() if message["type"] != "Ping"]
    assert (error["type"], error["baseVersion"], error["authUpdateAttempted"]) == ("AuthError", 1, False)
    assert socket.closed


def test_who_signs_in_again_is_not_told_that_the_first_token_has_expired(live: Live) -> None:
    socket = opened(live, "other")
    row = next(row for row in live.backend.rows("connections") if row["row"] == "main")
    assert row["identityExpiresAtS"] == 2_000_000_000
    later = Identity("ada", "https://id.example", "ada", None, None, None, {}, 3e9)
    live.environment = replace(live.environment, verifier=Verifier(later))
    socket.send(authenticate("ada", 1))
    socket.told()
    live.store.clock.sleep(2e9 + 60 - now_s(live))
    sweep(live)
    assert kinds(live) == []


class Verifier:
    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    def verify(self, token: str) -> Identity:
        return self._identity


@pytest.mark.parametrize("family", ["js", "other"])
def test_each_connection_is_audited_as_often_as_the_setting_says(live: Live, family: str) -> None:
    live.socket(family)
    found = []
    for _ in range(3 * 60 * 2):
        sweep(live, audit_minutes=60)
        found += kinds(live)
    assert found == ["audit"] * 2


def test_nobody_is_audited_when_that_is_switched_off(live: Live) -> None:
    live.socket("other")
    for _ in range(200):
        sweep(live)
    assert kinds(live) == []
