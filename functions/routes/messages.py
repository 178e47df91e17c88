"""Messages to the assistant."""

from __future__ import annotations

from typing import Any

from pydantic import AliasChoices, Field

from functions.messages import cancel, cancel_message, send
from functions.system.conversations import get_conversation_by_id
from functions.system.messages import get_processing_messages
from shared.errors import Conflict
from shared.runtime.route import Fields, Json, Request, route
from shared.schema.document import Id
from shared.schema.tables import Conversation, Message, Project


class NewMessage(Fields):
    """What a user says; some frontends call it `content`."""

    conversation_id: Id[Conversation]
    message: str = Field(validation_alias=AliasChoices("message", "content"), min_length=1, title="Message")


class OneMessage(Fields):
    """A message."""

    message_id: Id[Message]


class OneProject(Fields):
    """A project."""

    project_id: Id[Project]


def _in_process(request: Request[Any]) -> Json:
    """Return which message is being processed, unless it has just been finished."""
    conversation = request.call(get_conversation_by_id, conversation_id=request.fields.conversation_id)
    found = request.call(get_processing_messages, project_id=conversation["projectId"]) if conversation else []
    return {"messageId": found[0]["_id"]} if found else {}


@route(
    "POST /api/messages",
    fields=NewMessage,
    calls=(send, get_conversation_by_id, get_processing_messages),
    failed="Failed to send message",
    tells={Conflict: _in_process},
)
def start(request: Request[NewMessage]) -> Json:
    """Says something to the assistant, which answers in the background."""
    fields = request.fields
    begun = request.call(send, conversation_id=fields.conversation_id, message=fields.message)
    answer = begun["messageId"]
    return {
        "success": True,
        "eventId": answer,
        "runId": answer,
        "messageId": answer,
        "userMessageId": begun["userMessageId"],
        "cancelledIds": begun["cancelledIds"],
    }


@route("DELETE /api/messages", fields=OneMessage, calls=(cancel_message,), failed="Failed to cancel message")
def stop(request: Request[OneMessage]) -> Json:
    """Stops the assistant from writing a message."""
    request.call(cancel_message, message_id=request.fields.message_id)
    return {"success": True}


@route("POST /api/messages/cancel", fields=OneProject, calls=(cancel,), failed="Failed to cancel messages")
def stop_all(request: Request[OneProject]) -> Json:
    """Stops the assistant in a project."""
    cancelled = request.call(cancel, project_id=request.fields.project_id)
    named = {"messagesIds": cancelled, "messageIds": cancelled} if cancelled else {}
    return {"success": True, "cancelled": bool(cancelled), **named}
