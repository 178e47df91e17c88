from __future__ import annotations

import pytest

from shared.errors import InvalidArgument
from tests.functions.callers import Client


@pytest.fixture
def project(ada: Client) -> str:
    id_: str = ada.call("projects:create", name="one")
    return id_


def test_a_conversation_has_a_title_without_being_given_one(ada: Client, project: str) -> None:
    id_ = ada.call("conversations:create", projectId=project)
    conversation = ada.call("conversations:getById", id=id_)
    assert (conversation["title"], conversation["projectId"]) == ("New Conversation", project)
    assert set(conversation) == {"_id", "_creationTime", "title", "projectId", "updatedAt"}


def test_a_conversation_has_the_title_it_is_given(ada: Client, project: str) -> None:
    id_ = ada.call("conversations:create", projectId=project, title=" Bugs ")
    assert ada.call("conversations:getById", id=id_)["title"] == "Bugs"


def test_an_empty_title_is_refused(ada: Client, project: str) -> None:
    with pytest.raises(InvalidArgument, match="Conversation title cannot be empty"):
        ada.call("conversations:create", projectId=project, title=" ")


def test_beginning_a_conversation_does_not_change_the_project(ada: Client, project: str) -> None:
    before = ada.call("projects:getById", id=project)
    ada.wait(5)
    ada.call("conversations:create", projectId=project)
    assert ada.call("projects:getById", id=project) == before


def test_conversations_are_listed_last_begun_first_whatever_was_said_in_them(
    ada: Client, server: Client, project: str
) -> None:
    first, second = (ada.call("conversations:create", projectId=project) for _ in range(2))
    ada.wait(5)
    server.call("system:createMessage", conversationId=first, projectId=project, role="user", content="Hi")
    assert [c["_id"] for c in ada.call("conversations:getByProject", projectId=project)] == [second, first]


def test_messages_are_listed_oldest_first(ada: Client, server: Client, project: str) -> None:
    id_ = ada.call("conversations:create", projectId=project)
    for text in ("one", "two", "three"):
        server.call("system:createMessage", conversationId=id_, projectId=project, role="user", content=text)
    messages = ada.call("conversations:getMessages", conversationId=id_)
    assert [message["content"] for message in messages] == ["one", "two", "three"]


def test_a_long_message_is_listed_whole(ada: Client, server: Client, project: str) -> None:
    id_ = ada.call("conversations:create", projectId=project)
    text = "ü" * 300_000
    server.call("system:createMessage", conversationId=id_, projectId=project, role="user", content=text)
    [message] = ada.call("conversations:getMessages", conversationId=id_)
    assert message["content"] == text
