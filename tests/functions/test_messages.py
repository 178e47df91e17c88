"""What users say to the assistant, through Convex's clients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.errors import Conflict, InvalidArgument
from shared.job_settings import JobSettings
from tests.functions.callers import Client
from tests.support.memory_services import MemoryServices

Status = Callable[[str], Any]


@pytest.fixture
def project(ada: Client) -> str:
    id_: str = ada.call("projects:create", name="one")
    return id_


@pytest.fixture
def conversation(ada: Client, project: str) -> str:
    id_: str = ada.call("conversations:create", projectId=project)
    return id_


@pytest.fixture
def status(server: Client) -> Status:
    return lambda id_: server.call("system:getMessageById", messageId=id_)["status"]


def say(client: Client, conversation: str, text: str = "Hello") -> Any:
    return client.call("messages:send", conversationId=conversation, message=text)


def test_a_message_is_followed_by_the_one_that_answers_it(ada: Client, conversation: str) -> None:
    begun = say(ada, conversation)
    said = ada.call("conversations:getMessages", conversationId=conversation)
    assert [message["_id"] for message in said] == [begun["userMessageId"], begun["messageId"]]
    assert [message["content"] for message in said] == ["Hello", ""]
    assert begun["cancelledIds"] == []


def test_a_second_message_replaces_the_first(ada: Client, conversation: str, status: Status) -> None:
    first, second = say(ada, conversation), say(ada, conversation)
    assert second["cancelledIds"] == [first["messageId"]]
    assert (status(first["messageId"]), status(second["messageId"])) == ("cancelled", "processing")


def test_a_deployment_may_refuse_the_second_one(ada: Client, conversation: str, status: Status) -> None:
    services = MemoryServices(JobSettings(conflict_policy="reject"))
    strict = Client(replace(ada.environment, services=services), ada.identity)
    first = say(strict, conversation)
    with pytest.raises(Conflict, match="A message is already being processed"):
        say(strict, conversation)
    assert status(first["messageId"]) == "processing"


def test_something_has_to_be_said(ada: Client, conversation: str) -> None:
    with pytest.raises(InvalidArgument, match="Message cannot be empty"):
        say(ada, conversation, " \n")
    assert ada.call("conversations:getMessages", conversationId=conversation) == []


def test_the_assistant_is_stopped_in_a_project(ada: Client, project: str, conversation: str, status: Status) -> None:
    begun = say(ada, conversation)
    assert ada.call("messages:cancel", projectId=project) == [begun["messageId"]]
    assert status(begun["messageId"]) == "cancelled"
    assert ada.call("messages:cancel", projectId=project) == []


def test_what_has_been_written_of_a_cancelled_message_stays(ada: Client, server: Client, conversation: str) -> None:
    answer = say(ada, conversation)["messageId"]
    server.call("system:streamMessageContent", messageId=answer, content="Once upon")
    assert ada.call("messages:cancelMessage", messageId=answer) is None
    [_, message] = ada.call("conversations:getMessages", conversationId=conversation)
    assert (message["status"], message["content"]) == ("cancelled", "Once upon")


def test_a_finished_message_stays_as_it_is(ada: Client, server: Client, conversation: str, status: Status) -> None:
    answer = say(ada, conversation)["messageId"]
    server.call("system:updateMessageContent", messageId=answer, content="Done")
    ada.call("messages:cancelMessage", messageId=answer)
    assert status(answer) == "completed"
