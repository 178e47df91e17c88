from __future__ import annotations

from typing import Any

import pytest

from shared.domain.messages import CONTEXT_BYTES, CONTEXT_MESSAGES
from shared.errors import Conflict, InvalidArgument, NotFound
from tests.functions.callers import Client

FINAL = ("completed", "failed", "cancelled")


@pytest.fixture
def project(ada: Client) -> str:
    id_: str = ada.call("projects:create", name="one")
    return id_


@pytest.fixture
def conversation(ada: Client, project: str) -> str:
    id_: str = ada.call("conversations:create", projectId=project)
    return id_


class Chat:
    """A conversation, as the job that answers in it sees it."""

    def __init__(self, server: Client, project: str, conversation: str) -> None:
        self.server, self.project, self.conversation = server, project, conversation

    def say(self, content: str, role: str = "user", **more: Any) -> str:
        id_: str = self.server.call(
            "system:createMessage",
            conversationId=self.conversation,
            projectId=self.project,
            role=role,
            content=content,
            **more,
        )
        return id_

    def answer(self, content: str = "") -> str:
        return self.say(content, "assistant", status="processing")

    def call(self, name: str, message: str, **more: Any) -> Any:
        return self.server.call(f"system:{name}", messageId=message, **more)

    def message(self, id_: str) -> Any:
        return self.server.call("system:getMessageById", messageId=id_)

    def processing(self) -> list[str]:
        found = self.server.call("system:getProcessingMessages", projectId=self.project)
        return [message["_id"] for message in found]


@pytest.fixture
def chat(server: Client, project: str, conversation: str) -> Chat:
    return Chat(server, project, conversation)


def test_a_message_of_a_user_has_no_status(chat: Chat) -> None:
    message = chat.message(chat.say("Hi"))
    assert (message["role"], message["content"]) == ("user", "Hi")
    assert set(message) == {"_id", "_creationTime", "conversationId", "projectId", "role", "content"}


def test_a_message_moves_its_conversation_forward(chat: Chat, ada: Client) -> None:
    before = ada.call("conversations:getById", id=chat.conversation)
    ada.wait(0.5)
    chat.say("Hi")
    assert ada.call("conversations:getById", id=chat.conversation)["updatedAt"] > before["updatedAt"]


def test_a_conversation_takes_messages_of_its_own_project_only(chat: Chat, ada: Client) -> None:
    chat.project = ada.call("projects:create", name="two")
    with pytest.raises(NotFound, match="Conversation not found"):
        chat.say("Hi")


def test_only_one_message_of_a_project_is_processed_at_a_time(chat: Chat, ada: Client) -> None:
    first = chat.answer()
    chat.conversation = ada.call("conversations:create", projectId=chat.project)
    with pytest.raises(Conflict, match="A message is already being processed"):
        chat.answer()
    chat.call("cancelMessage", first)
    assert chat.processing() == [] != [chat.answer()]


def test_the_messages_being_processed_are_found_by_both_spellings(chat: Chat) -> None:
    id_ = chat.answer()
    assert chat.processing() == [id_]
    [found] = chat.server.call("system:getProccessingMessages", projectId=chat.project)
    assert found["_id"] == id_


def test_finishing_completes_a_message_unless_told_that_it_failed(chat: Chat) -> None:
    first = chat.answer()
    assert chat.call("updateMessageContent", first, content="Done.") is None
    second = chat.answer()
    chat.call("updateMessageContent", second, content="Sorry.", status="failed")
    assert [(m["content"], m["status"]) for m in map(chat.message, (first, second))] == [
        ("Done.", "completed"),
        ("Sorry.", "failed"),
    ]


LATE_WRITES: list[tuple[str, dict[str, Any]]] = [
    ("updateMessageContent", {"content": "late"}),
    ("updateMessageContent", {"content": "late", "status": "failed"}),
    *(("updateMessageStatus", {"status": status}) for status in ("processing", *FINAL)),
    ("updateMessageStatus", {}),
    ("cancelMessage", {}),
    ("streamMessageContent", {"content": "late"}),
    ("streamMessageContent", {"content": "late", "isComplete": True}),
    ("appendToolCall", {"toolCall": {"id": "late", "name": "readFile", "args": {}}}),
    ("appendToolResult", {"toolCallId": "early", "result": "late"}),
]


@pytest.mark.parametrize("status", FINAL)
@pytest.mark.parametrize(("name", "arguments"), LATE_WRITES)
def test_what_comes_late_for_a_final_message_changes_nothing(
    chat: Chat, status: str, name: str, arguments: dict[str, Any]
) -> None:
    id_ = chat.answer("So far")
    chat.call("appendToolCall", id_, toolCall={"id": "early", "name": "listFiles", "args": {}})
    chat.call("updateMessageStatus", id_, status=status)
    before = chat.message(id_)
    assert before["status"] == status
    assert chat.call(name, id_, **arguments) is None
    assert chat.message(id_) == before


@pytest.mark.parametrize(("name", "arguments"), LATE_WRITES[:-2])
def test_a_users_message_is_never_rewritten(chat: Chat, name: str, arguments: dict[str, Any]) -> None:
    id_ = chat.say("Hi")
    before = chat.message(id_)
    chat.call(name, id_, **arguments)
    assert chat.message(id_) == before


def test_a_status_that_is_absent_changes_nothing(chat: Chat) -> None:
    id_ = chat.answer()
    chat.call("updateMessageStatus", id_)
    assert chat.message(id_)["status"] == "processing"


def test_a_cancelled_message_keeps_what_was_written_of_it(chat: Chat) -> None:
    id_ = chat.answer("So far")
    chat.call("cancelMessage", id_)
    assert (chat.message(id_)["content"], chat.message(id_)["status"]) == ("So far", "cancelled")


def test_a_message_cancelled_before_its_first_word_says_so(chat: Chat) -> None:
    id_ = chat.answer()
    chat.call("cancelMessage", id_)
    assert chat.message(id_)["content"] == "Message was cancelled."


def test_streaming_replaces_the_text_until_it_is_complete(chat: Chat) -> None:
    id_ = chat.answer()
    chat.call("streamMessageContent", id_, content="He")
    assert (chat.message(id_)["content"], chat.message(id_)["status"]) == ("He", "processing")
    chat.call("streamMessageContent", id_, content="Hello", isComplete=True)
    assert (chat.message(id_)["content"], chat.message(id_)["status"]) == ("Hello", "completed")


def test_streaming_moves_the_conversation_forward_once_a_second(chat: Chat, ada: Client) -> None:
    id_ = chat.answer()

    def updated_at() -> float:
        value: float = ada.call("conversations:getById", id=chat.conversation)["updatedAt"]
        return value

    before = updated_at()
    chat.call("streamMessageContent", id_, content="a")
    assert updated_at() == before
    ada.wait(1)
    chat.call("streamMessageContent", id_, content="b")
    assert updated_at() >= before + 1000


def test_the_run_of_a_job_is_noted_even_when_the_message_is_final(chat: Chat) -> None:
    id_ = chat.answer()
    chat.call("cancelMessage", id_)
    chat.call("updateMessageTriggerRunId", id_, triggerRunId="run_1")
    assert chat.message(id_)["triggerRunId"] == "run_1"


def test_tool_calls_and_their_results_are_kept_in_order(chat: Chat) -> None:
    id_ = chat.answer()
    calls: list[dict[str, Any]] = [
        {"id": "1", "name": "readFile", "args": {"path": "a"}},
        {"id": "2", "name": "listFiles", "args": None},
    ]
    for call in calls:
        assert chat.call("appendToolCall", id_, toolCall=call) is None
    chat.call("appendToolResult", id_, toolCallId="1", result={"content": "…"})
    assert chat.message(id_)["toolCalls"] == [calls[0] | {"result": {"content": "…"}}, calls[1]]


def test_a_tool_call_sent_again_keeps_its_result(chat: Chat) -> None:
    id_ = chat.answer()
    call = {"id": "1", "name": "readFile", "args": {}}
    chat.call("appendToolCall", id_, toolCall=call)
    chat.call("appendToolResult", id_, toolCallId="1", result="text")
    chat.call("appendToolCall", id_, toolCall=call)
    assert chat.message(id_)["toolCalls"] == [call | {"result": "text"}]


def test_a_result_of_an_unknown_tool_call_is_ignored(chat: Chat) -> None:
    id_ = chat.answer()
    before = chat.message(id_)
    assert chat.call("appendToolResult", id_, toolCallId="1", result="text") is None
    assert chat.message(id_) == before


def test_tool_results_too_large_for_a_row_are_kept(chat: Chat) -> None:
    id_ = chat.answer()
    large = "x" * 300_000
    for number in "123":
        chat.call("appendToolCall", id_, toolCall={"id": number, "name": "readFile", "args": {}})
        chat.call("appendToolResult", id_, toolCallId=number, result=large)
    assert [call["result"] for call in chat.message(id_)["toolCalls"]] == [large] * 3


@pytest.mark.parametrize(
    ("name", "arguments"),
    [*LATE_WRITES, ("getMessageContext", {}), ("updateMessageTriggerRunId", {"triggerRunId": "run"})],
)
def test_a_message_that_is_gone_is_said_to_be_missing(
    chat: Chat, ada: Client, name: str, arguments: dict[str, Any]
) -> None:
    id_ = chat.answer()
    ada.call("projects:deleteProject", id=chat.project)
    chat.server.call("system:deleteProjectBatch", projectId=chat.project)
    assert chat.message(id_) is None
    with pytest.raises(NotFound, match="Message not found"):
        chat.call(name, id_, **arguments)


def test_recent_messages_are_the_last_ones_oldest_first(chat: Chat) -> None:
    for number in range(12):
        chat.say(str(number))

    def recent(**more: Any) -> list[str]:
        found = chat.server.call("system:getRecentMessages", conversationId=chat.conversation, **more)
        return [message["content"] for message in found]

    assert recent() == [str(number) for number in range(2, 12)]
    assert recent(limit=3) == ["9", "10", "11"]
    assert recent(limit=0) == recent(limit=-1) == []
    assert len(recent(limit=1e300)) == 12


def test_the_context_of_an_answer_is_what_was_said_before_it(chat: Chat) -> None:
    chat.say("Hi")
    chat.call("updateMessageContent", chat.answer(), content="Hello")
    chat.say("  ")
    chat.say("How are you?")
    context = chat.call("getMessageContext", chat.answer())
    assert context == {
        "projectId": chat.project,
        "conversationId": chat.conversation,
        "messages": [
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Hello"},
            {"role": "user", "content": "How are you?"},
        ],
    }


def contents(chat: Chat) -> list[str]:
    return [turn["content"] for turn in chat.call("getMessageContext", chat.answer())["messages"]]


def test_a_context_holds_the_newest_messages_up_to_a_number(chat: Chat) -> None:
    for number in range(CONTEXT_MESSAGES + 5):
        chat.say(str(number))
    assert contents(chat) == [str(number) for number in range(5, CONTEXT_MESSAGES + 5)]


def test_a_context_holds_the_newest_messages_up_to_a_size(chat: Chat) -> None:
    half = "ü" * (CONTEXT_BYTES // 4)
    for text in ("too much", half, half):
        chat.say(text)
    assert contents(chat) == [half, half]


def test_a_context_holds_the_newest_message_however_long_it_is(chat: Chat) -> None:
    long = "x" * (CONTEXT_BYTES + 1)
    chat.say("before")
    chat.say(long)
    assert contents(chat) == [long]


def test_a_conversation_is_found_by_id_or_is_null(chat: Chat, ada: Client) -> None:
    find = {"conversationId": chat.conversation}
    assert chat.server.call("system:getConversationById", **find)["_id"] == chat.conversation
    ada.call("projects:deleteProject", id=chat.project)
    chat.server.call("system:deleteProjectBatch", projectId=chat.project)
    assert chat.server.call("system:getConversationById", **find) is None


def test_a_conversation_takes_another_title(chat: Chat, ada: Client) -> None:
    before = ada.call("conversations:getById", id=chat.conversation)
    ada.wait(5)
    chat.server.call("system:updateConversationTitle", conversationId=chat.conversation, title=" A bug ")
    after = ada.call("conversations:getById", id=chat.conversation)
    assert after["title"] == "A bug"
    assert after["updatedAt"] >= before["updatedAt"] + 5000


def test_an_empty_title_is_refused(chat: Chat) -> None:
    with pytest.raises(InvalidArgument):
        chat.server.call("system:updateConversationTitle", conversationId=chat.conversation, title=" ")


def test_the_title_of_a_conversation_that_is_gone_cannot_change(chat: Chat, ada: Client) -> None:
    ada.call("projects:deleteProject", id=chat.project)
    chat.server.call("system:deleteProjectBatch", projectId=chat.project)
    with pytest.raises(NotFound, match="Conversation not found"):
        chat.server.call("system:updateConversationTitle", conversationId=chat.conversation, title="A bug")
