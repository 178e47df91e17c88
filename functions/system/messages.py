"""Messages, for the app's own servers and jobs. What may become of one is in `shared.domain.messages`."""

from __future__ import annotations

from typing import Any, Literal

from shared.domain.messages import (
    BegunTurn,
    MessageContext,
    add_message,
    advance,
    begin_turn,
    cancel,
    existing_message,
    newest_messages,
    save_tool_calls,
    tool_calls_of,
    turns_before,
)
from shared.domain.ownership import project_of, touch
from shared.domain.users import Subject
from shared.errors import Forbidden, NotFound
from shared.job_settings import ConflictPolicy
from shared.runtime.context import MutationContext, QueryContext
from shared.runtime.function import internal_mutation, internal_query
from shared.schema.document import Id
from shared.schema.tables import Conversation, Job, Message, MessageStatus, Project, Role, ToolCall


@internal_query(reads=[Message])
def get_message_by_id(ctx: QueryContext, *, message_id: Id[Message]) -> Message | None:
    """Return a message, or null."""
    return ctx.db.get(Message, message_id)


@internal_query(reads=[Message])
def get_processing_messages(ctx: QueryContext, *, project_id: Id[Project]) -> list[Message]:
    """Return the messages of a project that are being processed: one at most."""
    message = ctx.db.lookup(Message.one_processing, project_id=project_id)
    return [] if message is None else [message]


@internal_query(reads=[Message])
def get_proccessing_messages(ctx: QueryContext, *, project_id: Id[Project]) -> list[Message]:
    """Return what `getProcessingMessages` returns; a misspelling that some frontends use."""
    return get_processing_messages.body(ctx, project_id=project_id)


@internal_query(reads=[Message])
def get_recent_messages(ctx: QueryContext, *, conversation_id: Id[Conversation], limit: int = 10) -> list[Message]:
    """Return the last `limit` (at most 1000) messages of a conversation, oldest first."""
    return newest_messages(ctx, conversation_id, min(max(limit, 0), 1000))


@internal_query(reads=[Conversation, Message])
def get_message_context(ctx: QueryContext, *, message_id: Id[Message]) -> MessageContext:
    """Return what an assistant reads before it writes a message: the turns before it, oldest first.

    Raises:
        NotFound: the message or its conversation does not exist.
    """
    message = existing_message(ctx, message_id)
    if ctx.db.get(Conversation, message.conversation_id) is None:
        raise NotFound("Conversation not found")
    return MessageContext(
        project_id=message.project_id,
        conversation_id=message.conversation_id,
        messages=turns_before(ctx, message),
    )


@internal_mutation(reads=[Project], writes=[Conversation, Message, Job])
def begin_assistant_turn(
    ctx: MutationContext,
    *,
    conversation_id: Id[Conversation],
    owner_id: Subject,
    content: str,
    policy: ConflictPolicy = "replace",
) -> BegunTurn:
    """Add what a user says to a conversation of theirs, and let the assistant write the answer.

    Raises:
        NotFound: there is no such conversation.
        Forbidden: it is not the owner's.
        InvalidArgument: nothing is said.
        Conflict: another message of the project is being processed, and the policy is `reject`.
    """
    conversation = ctx.db.get(Conversation, conversation_id, depends_on=("project_id",))
    if conversation is None:
        raise NotFound("Conversation not found")
    if project_of(ctx, conversation.project_id).owner_id != owner_id:
        raise Forbidden
    return begin_turn(ctx, conversation, content, policy)


@internal_mutation(reads=[Project], writes=[Conversation, Message, Job])
def create_message(
    ctx: MutationContext,
    *,
    conversation_id: Id[Conversation],
    project_id: Id[Project],
    role: Role,
    content: str,
    status: MessageStatus | None = None,
) -> Id[Message]:
    """Add a message to a conversation of a project and return its id.

    Raises:
        NotFound: there is no such conversation in this project.
        Conflict: it is to be processed while another message of the project is.
    """
    conversation = ctx.db.get(Conversation, conversation_id, depends_on=("project_id",))
    if conversation is None or conversation.project_id != project_id:
        raise NotFound("Conversation not found")
    return add_message(ctx, conversation, role, content, status)


@internal_mutation(writes=[Message, Job])
def update_message_content(
    ctx: MutationContext,
    *,
    message_id: Id[Message],
    content: str,
    status: Literal["completed", "failed"] = "completed",
) -> None:
    """Finish a message that is being processed; one that is not stays as it is."""
    advance(ctx, existing_message(ctx, message_id), status, content=content)


@internal_mutation(writes=[Message, Job])
def update_message_status(
    ctx: MutationContext, *, message_id: Id[Message], status: MessageStatus | None = None
) -> None:
    """Set the status of a message that is being processed; one that is not stays as it is."""
    message = existing_message(ctx, message_id)
    if status is not None:
        advance(ctx, message, status)


@internal_mutation(writes=[Message, Job])
def cancel_message(ctx: MutationContext, *, message_id: Id[Message]) -> None:
    """Cancel a message that is being processed, keeping what has been written of it."""
    cancel(ctx, existing_message(ctx, message_id))


@internal_mutation(writes=[Conversation, Message, Job])
def stream_message_content(
    ctx: MutationContext, *, message_id: Id[Message], content: str, is_complete: bool = False
) -> None:
    """Set the text written so far of a message that is being processed; one that is not stays as it is."""
    message = existing_message(ctx, message_id)
    if message.status != "processing":
        return
    advance(ctx, message, "completed" if is_complete else "processing", content=content)
    conversation = ctx.db.get(Conversation, message.conversation_id, depends_on=())
    if conversation is not None:
        touch(ctx, conversation)


@internal_mutation(writes=[Message])
def update_message_trigger_run_id(ctx: MutationContext, *, message_id: Id[Message], trigger_run_id: str) -> None:
    """Note which run of a job works on a message."""
    ctx.db.patch(existing_message(ctx, message_id).id, trigger_run_id=trigger_run_id)


@internal_mutation(writes=[Message])
def append_tool_call(ctx: MutationContext, *, message_id: Id[Message], tool_call: ToolCall) -> None:
    """Note that the assistant calls a tool; a call that is already noted stays as it is."""
    message = existing_message(ctx, message_id)
    calls = tool_calls_of(ctx, message)
    if all(call.id != tool_call.id for call in calls):
        save_tool_calls(ctx, message, [*calls, tool_call])


@internal_mutation(writes=[Message])
def append_tool_result(ctx: MutationContext, *, message_id: Id[Message], tool_call_id: str, result: Any) -> None:
    """Note the result of a tool call; a call that is not noted is ignored."""
    message = existing_message(ctx, message_id)
    calls = tool_calls_of(ctx, message)
    if any(call.id == tool_call_id for call in calls):
        updated = [c.model_copy(update={"result": result}) if c.id == tool_call_id else c for c in calls]
        save_tool_calls(ctx, message, updated)
