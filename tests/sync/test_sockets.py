"""How sockets are closed by the gateway's management API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from shared.db.clock import Clock
from shared.push.sockets import GatewaySockets
from tests.support.stores import FakeTime

Answer = Callable[[FakeTime], None]


def refused(code: str, status: int) -> Answer:
    response: Any = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": status}}

    def answer(_: FakeTime) -> None:
        raise ClientError(response, "DeleteConnection")

    return answer


def unheard(time: FakeTime) -> None:
    time.sleep(5)
    raise ReadTimeoutError(endpoint_url="https://gateway")


def done(_: FakeTime) -> None:
    return None


BROKEN = refused("InternalServerErrorException", 500)
GONE = refused("GoneException", 410)


class Management:
    """The management API, with its answers in turn, the last of them for ever."""

    def __init__(self, time: FakeTime, *answers: Answer) -> None:
        self.asked = 0
        self._time = time
        self._answers = [*answers]

    def delete_connection(self, *, ConnectionId: str) -> None:  # noqa: N803 - botocore's name
        self.asked += 1
        (self._answers.pop(0) if len(self._answers) > 1 else self._answers[0])(self._time)


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


def close(time: FakeTime, *answers: Answer) -> Management:
    management = Management(time, *answers)
    GatewaySockets(lambda: management, Clock(time.now_ns, time.sleep, bytes)).close("c1")
    return management


def test_a_socket_is_closed_by_one_call(time: FakeTime) -> None:
    assert close(time, done).asked == 1


def test_a_socket_that_is_gone_is_closed(time: FakeTime) -> None:
    assert close(time, GONE).asked == 1


def test_closing_is_asked_for_again_when_it_fails_since_twice_does_no_harm(time: FakeTime) -> None:
    assert close(time, BROKEN, refused("LimitExceededException", 429), done).asked == 3
    assert close(time, BROKEN, GONE).asked == 2


def test_who_closes_a_socket_waits_for_some_seconds_at_most(time: FakeTime) -> None:
    start_ns = time.ns
    with pytest.raises(ClientError):
        close(time, BROKEN)
    assert time.ns - start_ns < 3e9


def test_a_call_that_was_not_answered_for_long_is_the_last(time: FakeTime) -> None:
    management = Management(time, unheard, done)
    with pytest.raises(ReadTimeoutError):
        GatewaySockets(lambda: management, Clock(time.now_ns, time.sleep, bytes)).close("c1")
    assert management.asked == 1
