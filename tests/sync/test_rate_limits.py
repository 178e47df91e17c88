"""What a client is told that calls too often over its socket, and what is not counted against it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared.db.engine import Delete, Key
from shared.limit_settings import Limits
from shared.limits.allowances import Allowances
from shared.schema.platform import CONNECTIONS
from shared.sync import ingress
from shared.sync.connections import Connections
from shared.sync.state import MAX_CHANGES
from tests.functions.callers import Client
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

FEW = 3


@pytest.fixture
def live() -> Live:
    return limited(queries=FEW, mutations=FEW)


def limited(**chosen: int) -> Live:
    live, limits = Live(), Limits(**chosen)
    settings = live.environment.settings._replace(limits=limits)
    live.environment = replace(live.environment, settings=settings, allowances=Allowances(live.store, limits))
    return live


def opened(live: Live, user: str = "ada", count: int = 0) -> Socket:
    socket = live.socket()
    opening = modify(0, add(0, "projects:get"))
    socket.send(connect(count, session=f"session of {user}"), authenticate(user), opening)
    socket.told()
    return socket


def create(socket: Socket, *numbers: int) -> list[Any]:
    socket.send(*(mutation(number, "projects:create", name=f"Project {number}") for number in numbers))
    return [message for message in socket.told() if message["type"] == "MutationResponse"]


def test_a_mutation_too_many_fails_and_says_when_to_try_again(live: Live) -> None:
    *done, refused = create(opened(live), *range(FEW + 1))
    assert all(response["success"] for response in done)
    assert not refused["success"]
    assert refused["errorData"]["code"] == "RATE_LIMITED"
    assert 0 < refused["errorData"]["retryAfterMs"] <= 10_000


def test_a_mutation_that_was_refused_has_not_happened(live: Live) -> None:
    socket = opened(live)
    create(socket, *range(FEW + 2))
    assert len(socket.results[0]) == FEW


def test_the_connection_goes_on_and_after_the_wait_mutations_do_too(live: Live) -> None:
    socket = opened(live)
    *_, refused = create(socket, *range(FEW + 1))
    live.store.clock.sleep(refused["errorData"]["retryAfterMs"] / 1000)
    assert [response["success"] for response in create(socket, FEW + 1)] == [True]
    assert len(socket.results[0]) == FEW + 1


def test_a_bystander_is_not_refused(live: Live) -> None:
    create(opened(live), *range(FEW + 2))
    assert [response["success"] for response in create(opened(live, "bob"), 0)] == [True]


def test_what_others_change_is_shown_however_often_a_query_runs_again(live: Live) -> None:
    socket = opened(live)
    for number in range(3 * FEW):
        server = told_over_http(live, "ada").environment
        Client(server, internal=True).call("system:createProject", name=f"Project {number}", ownerId="ada")
        socket.told()
    assert len(socket.results[0]) == 3 * FEW


def test_a_mutation_sent_again_is_answered_what_became_of_it_though_it_would_be_one_too_many(live: Live) -> None:
    done = create(opened(live), *range(FEW))
    (answer,) = create(opened(live, count=1), FEW - 1)
    assert (answer["success"], answer["result"]) == (True, done[-1]["result"])


def test_a_mutation_sent_again_that_is_refused_never_applies_later(live: Live) -> None:
    create(opened(live), *range(FEW))
    (refused,) = create(opened(live, count=1), FEW)
    assert refused["errorData"]["code"] == "RATE_LIMITED"
    live.store.clock.sleep(10)
    later = opened(live, count=2)
    assert not create(later, FEW)[0]["success"]
    assert len(later.results[0]) == FEW


def event(address: str, id: str) -> Message:
    return {"requestContext": {"connectionId": id, "identity": {"sourceIp": address}}, "headers": {}}


def open_from(live: Live, address: str, id: str) -> int:
    answer = ingress.open_connection(event(address, id), Connections(live.store), live.environment)
    status: int = answer["statusCode"]
    return status


def test_an_address_opens_only_so_many_sockets_and_others_go_on() -> None:
    live = limited(openings=2)
    assert [open_from(live, "203.0.113.7", f"s{number}") for number in range(3)] == [200, 200, 429]
    assert open_from(live, "203.0.113.8", "s9") == 200
    assert len(live.backend.rows("connections")) == 3


def test_who_is_not_signed_in_is_counted_by_the_address_of_the_socket() -> None:
    live = limited(anonymous=1)
    assert open_from(live, "203.0.113.7", "s1") == 200
    socket = Socket(live, "s1")
    socket.send(connect(session="nobody"), authenticate(None), modify(0))
    socket.told()
    first, second = create(socket, 0, 1)
    assert (first["errorData"]["code"], second["errorData"]["code"]) == ("UNAUTHENTICATED", "RATE_LIMITED")


def test_an_identity_has_only_so_many_connections_and_is_told_so() -> None:
    live = limited(connections=2)
    first, second = opened(live), opened(live)
    third = live.socket()
    third.send(connect(session="third"), authenticate("ada"), modify(0, add(0, "projects:get")))
    assert third.told() == [
        {"type": "FatalError", "error": "You have more than 2 connections; close others and try again."}
    ]
    assert third.closed
    assert not first.closed
    assert not second.closed


def test_others_may_connect_all_the_same() -> None:
    live = limited(connections=1)
    opened(live), opened(live, "bob")
    assert not live.sockets.closed


def test_a_connection_that_has_ended_makes_room() -> None:
    live = limited(connections=1)
    ended = opened(live)
    ingress.close_connection({"requestContext": {"connectionId": ended.id}}, live.mailbox)
    live.run()
    assert not opened(live).closed


def test_a_connection_that_a_crash_has_left_behind_makes_room() -> None:
    live = limited(connections=1)
    Connections(live.store).bury(opened(live).id, 1)
    lost = Key(CONNECTIONS, "socket-1", "main")
    live.store.engine.write(Delete(lost))
    assert not opened(live).closed


def test_a_user_who_signs_out_gives_the_place_up() -> None:
    live = limited(connections=1)
    socket = opened(live)
    socket.send(authenticate(None, 1))
    socket.told()
    assert not opened(live).closed


def test_a_token_that_is_renewed_takes_no_other_place() -> None:
    live = limited(connections=1)
    socket = opened(live)
    socket.send(authenticate("ada", 1))
    socket.told()
    assert not socket.closed


def test_a_client_that_adds_and_removes_queries_without_end_is_ended() -> None:
    live = limited()
    socket, version = opened(live), 1
    for _ in range(MAX_CHANGES // 1000):
        for change in (add, remove):
            frames = [change(number, *(["nowhere:x"] if change is add else [])) for number in range(1, 501)]
            socket.send(modify(version, *frames))
            version += 1
        if socket.told() and socket.closed:
            return
    socket.send(modify(version, add(1, "nowhere:x")))
    socket.told()
    assert socket.closed
