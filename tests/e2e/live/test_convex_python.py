"""Live queries with the released PyPI client."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from convex import ConvexClient, ConvexError, ConvexInt64

from tests.e2e.dev_server import DevServer

PATIENCE_S = 45


class Watched:
    """A subscription whose values are read with a limit of time, which the client itself has not."""

    def __init__(self, subscription: Any) -> None:
        self._values = iter(subscription)
        self._pool = ThreadPoolExecutor(1)

    def until(self, holds: Callable[[Any], bool]) -> Any:
        """Return the first value for which `holds` is true."""
        while True:
            value = self._next().result(PATIENCE_S)
            if holds(value):
                return value

    def _next(self) -> Future[Any]:
        return self._pool.submit(next, self._values)


@pytest.fixture
def subject() -> str:
    return f"person-{uuid.uuid4()}"


def live(server: DevServer, subject: str) -> Any:
    client = ConvexClient(server.url)
    client.set_auth(server.token(subject))
    return client


def test_a_query_is_answered_once(dev_server: DevServer, subject: str) -> None:
    assert live(dev_server, subject).query("projects:get") == []


def test_the_first_call_of_all_may_be_a_mutation(dev_server: DevServer, subject: str) -> None:
    client = live(dev_server, subject)
    project_id = client.mutation("projects:create", {"name": "First"})
    assert client.query("projects:getById", {"id": project_id})["name"] == "First"


def test_a_subscription_shows_its_own_changes_and_those_of_others(dev_server: DevServer, subject: str) -> None:
    client, other = live(dev_server, subject), live(dev_server, subject)
    projects = Watched(client.subscribe("projects:get"))
    assert projects.until(lambda _: True) == []
    client.mutation("projects:create", {"name": "own"})
    projects.until(lambda found: [project["name"] for project in found] == ["own"])
    other.mutation("projects:create", {"name": "other"})
    projects.until(lambda found: [project["name"] for project in found] == ["other", "own"])


def test_a_refusal_is_a_convex_error_with_its_code(dev_server: DevServer, subject: str) -> None:
    project_id = live(dev_server, subject).mutation("projects:create", {"name": "Private"})
    other = live(dev_server, f"{subject}-other")
    with pytest.raises(ConvexError) as refused:
        other.query("projects:getById", {"id": project_id})
    assert refused.value.data == {"code": "FORBIDDEN", "message": "Unauthorized"}
    with pytest.raises(ConvexError):
        other.mutation("projects:rename", {"id": project_id, "name": "Mine"})


def test_each_kind_of_value_goes_through_and_comes_back_the_same(dev_server: DevServer, subject: str) -> None:
    client = live(dev_server, subject)
    floats = [0.0, -0.0, 0.1, 1e308, 5e-324, float("inf"), float("-inf")]
    value: dict[str, Any] = {
        "null": None,
        "booleans": [True, False],
        "floats": floats,
        "integers": [ConvexInt64(0), ConvexInt64(2**63 - 1), ConvexInt64(-(2**63))],
        "bytes": bytes(range(256)),
        "text": ["", "é漢😀", "\ufffe\uffff\u2028\0"],
        "nested": {"list": [[], {}]},
    }
    key = {"internalKey": dev_server.internal_key}
    project_id = client.mutation("projects:create", {"name": "Values"})
    conversation_id = client.mutation("conversations:create", {"projectId": project_id})
    message = {"projectId": project_id, "conversationId": conversation_id, "content": "", "role": "assistant"}
    message_id = client.mutation("system:createMessage", {**key, **message, "status": "processing"})
    call = {"id": "1", "name": "echo", "args": value}
    client.mutation("system:appendToolCall", {**key, "messageId": message_id, "toolCall": call})
    [found] = client.query("conversations:getMessages", {"conversationId": conversation_id})
    echo = found["toolCalls"][0]["args"]
    assert echo == value
    assert [str(number) for number in echo["floats"]] == [str(number) for number in floats]


def test_twenty_mutations_of_threads_all_happen_once(dev_server: DevServer, subject: str) -> None:
    client = live(dev_server, subject)
    project_id = client.mutation("projects:create", {"name": "Burst"})

    def create(number: int) -> Any:
        return client.mutation("files:createFile", {"projectId": project_id, "name": f"{number}", "content": ""})

    with ThreadPoolExecutor(20) as pool:
        ids = set(pool.map(create, range(20)))
    found = client.query("files:getFiles", {"projectId": project_id})
    assert {file["_id"] for file in found} == ids
    assert len(found) == 20
