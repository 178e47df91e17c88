"""The life of a message, and what of a conversation an assistant is given to read.

    processing ──> completed | failed | cancelled

Only the assistant's messages have a status, and its last three values are final: whatever comes late for such a
message changes nothing. At most one message of a project is `processing`, which a unique key holds up, and while it
is, a job of the same id runs (`shared.domain.jobs`).
"""

from __future__ import annotations

from typing import Any, Final, Literal, cast

from shared.domain.jobs import close_job, job_called, start_job
from shared.domain.ownership import project_of
from shared.errors import Conflict, InvalidArgument, NotFound
from shared.job_settings import ConflictPolicy
from shared.runtime.context import MutationContext, QueryContext
from shared.schema.document import Id
from shared.schema.record import Record
from shared.schema.spilled import Spilled, Text
from shared.schema.tables import Conversation, Message, MessageStatus, Project, Role, ToolCall

CONTEXT_MESSAGES: Final = 50
"""The most messages that an assistant is given to read."""

CONTEXT_BYTES: Final = 200_000
"""The most text (UTF-8) that an assistant is given to read, save that the newest message is always given."""

FinalStatus = Literal["completed", "failed", "cancelled"]

_IN_PROCESS: Final = "A message is already being processed"


class Turn(Record):
    """A message as a model reads it."""

    role: Role
    content: Text


class BegunTurn(Record):
    """What `beginAssistantTurn` answers: the question, the answer that is being written, and what it replaces."""

    user_message_id: Id[Message]
    message_id: Id[Message]
    cancelled_ids: list[Id[Message]]


class MessageContext(Record):
    """What an assistant needs to know to answer, oldest message first."""

    project_id: Id[Project]
    conversation_id: Id[Conversation]
    messages: list[Turn]


def existing_message(ctx: QueryContext | MutationContext, id: Id[Message]) -> Message:
    """Return a message.

    Raises:
        NotFound: there is none with this id.
    """
    message = ctx.db.get(Message, id)
    if message is None:
        raise NotFound("Message not found")
    return message


def add_message(
    ctx: MutationContext, conversation: Conversation, role: Role, content: str, status: MessageStatus | None
) -> Id[Message]:
    """Insert a message at the end of a conversation; if it is to be processed, it is by whoever calls.

    Raises:
        NotFound: the conversation's project has been deleted.
        Conflict: it is to be processed while another message of the project is.
    """
    id = _insert(ctx, conversation, role, content, status)
    if status == "processing":
        project = project_of(ctx, conversation.project_id)
        start_job(ctx, "process-message", id, project, input=None, message_id=id)
    return id


def begin_turn(ctx: MutationContext, conversation: Conversation, content: str, policy: ConflictPolicy) -> BegunTurn:
    """Add a user's message and an empty one of the assistant, and start the job that writes it.

    Args:
        ctx: the mutation's context.
        conversation: where the messages go.
        content: what the user says.
        policy: what becomes of a message of the project that is being processed.

    Raises:
        NotFound: the conversation's project has been deleted.
        InvalidArgument: the user says nothing.
        LimitReached: the conversation has too many messages.
        Conflict: a message is being processed, and the policy is to refuse.
    """
    if not content.strip():
        raise InvalidArgument("Message cannot be empty")
    project = project_of(ctx, conversation.project_id)
    running = ctx.db.lookup(Message.one_processing, project_id=project.id)
    if running is not None and policy == "reject":
        raise Conflict(_IN_PROCESS)
    cancelled = [] if running is None else [cancel(ctx, running)]
    question = _insert(ctx, conversation, "user", content, None)
    answer = _insert(ctx, conversation, "assistant", "", "processing")
    ctx.db.patch(answer, trigger_run_id=answer)
    start_job(ctx, "process-message", answer, project, input={}, message_id=answer)
    return BegunTurn(user_message_id=question, message_id=answer, cancelled_ids=cancelled)


def cancel(ctx: MutationContext, message: Message) -> Id[Message]:
    """Cancel a message that is being processed, keeping what has been written of it, and return its id."""
    advance(ctx, message, "cancelled", content=cancelled_text(message))
    return message.id


def cancelled_text(message: Message) -> Text:
    """Return the text of a message once it is cancelled."""
    return message.content or "Message was cancelled."


def _insert(
    ctx: MutationContext, conversation: Conversation, role: Role, content: str, status: MessageStatus | None
) -> Id[Message]:
    project_of(ctx, conversation.project_id)
    most, of = ctx.usage.limits.messages, conversation.id
    ctx.usage.require_room(Message.by_conversation, "messages in a conversation", most, conversation_id=of)
    try:
        id = ctx.db.insert(
            Message,
            conversation_id=conversation.id,
            project_id=conversation.project_id,
            role=role,
            content=content,
            status=status,
        )
    except Conflict:
        raise Conflict(_IN_PROCESS) from None
    ctx.db.touch(conversation, updated_at=ctx.now_ms)
    return id


def advance(ctx: MutationContext, message: Message, status: MessageStatus, **fields: Any) -> None:
    """Set a message's status and other fields, if it is still being processed; a final status ends its job."""
    if message.status != "processing":
        return
    ctx.db.patch(message.id, status=status, **fields)
    if status != "processing":
        close_job(ctx, job_called(ctx, message.id), status)


def tool_calls_of(ctx: MutationContext, message: Message) -> list[ToolCall]:
    """Return the assistant's calls of tools, oldest first."""
    calls = message.tool_calls
    if isinstance(calls, Spilled):
        return [ToolCall.model_read(call) for call in cast("list[Any]", ctx.db.load(calls))]
    return calls or []


def save_tool_calls(ctx: MutationContext, message: Message, calls: list[ToolCall]) -> None:
    """Replace a message's calls of tools, unless the message is final."""
    if message.status in (None, "processing"):
        ctx.db.patch(message.id, tool_calls=calls)


def newest_messages(ctx: QueryContext, conversation_id: Id[Conversation], limit: int) -> list[Message]:
    """Return the last `limit` messages of a conversation, oldest first."""
    newest = ctx.db.query(Message.by_conversation, conversation_id=conversation_id).order("desc").take(limit)
    return newest[::-1]


def turns_before(ctx: QueryContext, message: Message) -> list[Turn]:
    """Return what an assistant reads to write `message`: the last turns but this one, within the budget.

    Blank messages are left out. Large contents are filled in when the answer is sent.
    """
    turns: list[Turn] = []
    left_bytes = CONTEXT_BYTES
    for other in reversed(newest_messages(ctx, message.conversation_id, CONTEXT_MESSAGES + 1)):
        if other.id == message.id or _is_blank(other.content):
            continue
        left_bytes -= _size_bytes(other.content)
        if turns and left_bytes < 0:
            break
        turns.append(Turn(role=other.role, content=other.content))
    return turns[:CONTEXT_MESSAGES][::-1]


def _is_blank(content: Text) -> bool:
    return isinstance(content, str) and not content.strip()


def _size_bytes(content: Text) -> int:
    return content.size_bytes if isinstance(content, Spilled) else len(content.encode())
