"""`/api/messages`: saying something, and stopping the answer."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.db.clock import system_clock
from shared.db.store import Store
from shared.runtime.environment import use
from tests.functions.callers import Client
from tests.functions.rows import Rows, furnish
from tests.functions.state import stored
from tests.routes.frontend import Frontend, doors
from tests.runtime.backend import LAMBDA, http_event, make_environment, told
from tests.support.backend import Backend
from tests.support.memory_objects import MemoryObjects
from tests.support.stores import HashSigner, mark_ready
from tests.support.unreliable_engine import UnreliableEngine

SEND = "POST /api/messages"
STOP = "DELETE /api/messages"
STOP_ALL = "POST /api/messages/cancel"


def message(ada: Frontend, id_: str) -> dict[str, Any]:
    return next(row for row in ada.backend.rows("messages") if row["_id"] == id_)


def say(rows: Rows, text: str = "Hello") -> dict[str, str]:
    return {"conversationId": rows.conversation, "message": text}


def processing(backend: Backend) -> list[str]:
    return [row["_id"] for row in backend.rows("messages") if row.get("status") == "processing"]


@pytest.mark.parametrize("name", ["message", "content"])
def test_a_message_is_answered_with_the_job_that_writes_the_answer(ada: Frontend, rows: Rows, name: str) -> None:
    status, body = ada.ask(SEND, {"conversationId": rows.conversation, name: "Hello", "projectId": rows.project})
    assert (status, body["success"]) == (200, True)
    assert body["eventId"] == body["runId"] == body["messageId"]
    assert message(ada, body["messageId"])["status"] == "processing"
    assert message(ada, body["userMessageId"])["content"] == "Hello"
    assert [job["jobId"] for job in ada.jobs("process-message") if job["status"] == "running"] == [body["messageId"]]


def test_a_message_replaces_the_one_that_is_being_answered(ada: Frontend, rows: Rows) -> None:
    _, body = ada.ask(SEND, say(rows))
    assert body["cancelledIds"] == [rows.message]
    assert message(ada, rows.message)["status"] == "cancelled"
    assert processing(ada.backend) == [body["messageId"]]


def test_a_deployment_may_refuse_a_message_instead(ada: Frontend, rows: Rows) -> None:
    with ada.with_settings(conflict_policy="reject"):
        before = stored(ada.backend)
        answer = ada.ask(SEND, say(rows))
        assert answer == (409, {"error": "A message is already being processed", "messageId": rows.message})
        assert stored(ada.backend) == before


def test_a_message_that_is_sent_again_with_its_key_is_said_once(ada: Frontend, rows: Rows) -> None:
    first = ada.ask(SEND, say(rows), idempotency_key="one")
    assert ada.ask(SEND, say(rows), idempotency_key="one") == first
    assert len(ada.jobs("process-message")) == 2  # the one that was there before
    assert ada.ask(SEND, say(rows, "Other"), idempotency_key="one").status == 409


def test_keys_of_two_people_have_nothing_to_do_with_each_other(
    ada: Frontend, bob: Frontend, rows: Rows, bobs: Rows
) -> None:
    assert ada.ask(SEND, say(rows), idempotency_key="same").status == 200
    assert bob.ask(SEND, say(bobs), idempotency_key="same").status == 200


def test_a_conversation_that_is_not_there_is_told(ada: Frontend, rows: Rows) -> None:
    ada.client.call("projects:deleteProject", id=rows.project)
    assert ada.ask(SEND, say(rows)) == (404, {"error": "Project not found"})
    gone = rows.conversation[:-4] + ("0000" if rows.conversation[-4:] != "0000" else "1111")
    assert ada.ask(SEND, {"conversationId": gone, "message": "Hello"}).status in (400, 404)


def test_nothing_can_be_said_in_somebody_elses_conversation(ada: Frontend, bob: Frontend, rows: Rows) -> None:
    before = stored(ada.backend)
    assert bob.ask(SEND, say(rows)) == (403, {"error": "Unauthorized"})
    assert stored(ada.backend) == before


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"message": "Hello"}, "`conversationId` is required"),
        ({"conversationId": 5, "message": "Hello"}, "`conversationId`: Input should be an id"),
        ({"conversationId": "no id", "message": "Hello"}, "`conversationId`: Input should be an id of table"),
        ({"conversationId": None, "message": "Hello"}, "`conversationId` is required"),
    ],
)
def test_a_wrong_conversation_is_named(ada: Frontend, fields: Any, error: str) -> None:
    status, body = ada.ask(SEND, fields)
    assert status == 400
    assert body["error"].startswith(error)


@pytest.mark.parametrize("text", ["", "  \n", None])
def test_an_empty_message_is_refused(ada: Frontend, rows: Rows, text: str | None) -> None:
    status, body = ada.ask(SEND, {"conversationId": rows.conversation, "message": text})
    assert status == 400
    assert body["error"] in ("Message is required", "Message cannot be empty")


def test_a_message_above_the_limit_is_refused(ada: Frontend, rows: Rows) -> None:
    status, body = ada.ask(SEND, say(rows, "x" * (1024 * 1024 + 1)))
    assert status == 400
    assert "too large" in body["error"]


def test_an_answer_can_be_stopped(ada: Frontend, rows: Rows) -> None:
    assert ada.ask(STOP, {"messageId": rows.message}) == (200, {"success": True})
    assert message(ada, rows.message)["status"] == "cancelled"
    assert [job["status"] for job in ada.jobs("process-message")] == ["cancelled"]


def test_a_message_may_be_named_in_the_query_string(ada: Frontend, rows: Rows) -> None:
    assert ada.ask(f"{STOP}?messageId={rows.message}") == (200, {"success": True})
    assert processing(ada.backend) == []


def test_a_finished_message_stays_as_it_is(ada: Frontend, rows: Rows) -> None:
    ada.backend.internal().call("system:updateMessageContent", messageId=rows.message, content="Done")
    assert ada.ask(STOP, {"messageId": rows.message}) == (200, {"success": True})
    assert message(ada, rows.message)["status"] == "completed"


def test_somebody_elses_answer_is_not_stopped(ada: Frontend, bob: Frontend, rows: Rows) -> None:
    before = stored(ada.backend)
    assert bob.ask(STOP, {"messageId": rows.message}).status == 403
    assert bob.ask(STOP_ALL, {"projectId": rows.project}).status == 403
    assert stored(ada.backend) == before


def test_all_answers_of_a_project_are_stopped(ada: Frontend, rows: Rows) -> None:
    status, body = ada.ask(STOP_ALL, {"projectId": rows.project})
    cancelled = [rows.message]
    assert (status, body) == (
        200,
        {"success": True, "cancelled": True, "messagesIds": cancelled, "messageIds": cancelled},
    )
    assert ada.ask(STOP_ALL, {"projectId": rows.project}) == (200, {"success": True, "cancelled": False})


@pytest.mark.parametrize("policy", ["replace", "reject"])
def test_of_two_messages_at_once_one_is_answered(policy: str) -> None:
    engine = UnreliableEngine()
    mark_ready(engine)
    environment = make_environment(Store(engine, MemoryObjects(), system_clock(os.urandom), HashSigner()))
    frontend = Frontend(Backend())
    frontend.backend.environment, frontend.backend.store = environment, environment.database.store
    rows = furnish(environment, "ada", "one", files=1)
    Client(environment, internal=True).call("system:cancelMessage", messageId=rows.message)
    with frontend.with_settings(conflict_policy=policy), use(frontend.backend.environment):
        event = http_event(say(rows), SEND, authorization="Bearer token-of-ada")
        with ThreadPoolExecutor(2) as pool:
            answers = [*pool.map(lambda _: doors()[SEND](event, LAMBDA), range(2))]
    running = processing(frontend.backend)
    assert len(running) == 1
    if policy == "replace":
        assert [answer["statusCode"] for answer in answers] == [200, 200]
        [first] = {told(answer)["messageId"] for answer in answers} - {*running}
        assert message(frontend, first)["status"] == "cancelled"
    else:
        assert sorted(answer["statusCode"] for answer in answers) == [200, 409]
        assert {told(answer)["messageId"] for answer in answers} == {*running}
