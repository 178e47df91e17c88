"""What a client is told that calls too often over its socket, and what is not counted against it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared.limit_settings import Limits
from shared.limits.allowances import Allowances
from tests.functions.callers import Client
from tests.sync.live import Live, Socket, add, authenticate, connect, modify, mutation, told_over_http

FEW = 3


@pytest.fixture
def live() -> Live:
    return limited(queries=FEW, mutations=FEW)


def limited(**limits: int) -> Live:
    live = Live()
    allowances = Allowances(live.store, Limits(**limits))
    live.environment = replace(live.environment, allowances=allowances)
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
