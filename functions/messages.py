"""What a user says to the assistant, and how they stop it. The rules are in `shared.domain.messages`."""

from __future__ import annotations

from shared.domain import messages
from shared.domain.messages import BegunTurn
from shared.domain.ownership import owned_conversation, owned_message, owned_project
from shared.runtime.context import MutationContext
from shared.runtime.function import mutation
from shared.schema.document import Id
from shared.schema.tables import Conversation, Job, Message, Project


@mutation(reads=[Project], writes=[Conversation, Message, Job], spends="starts")
def send(ctx: MutationContext, *, conversation_id: Id[Conversation], message: str) -> BegunTurn:
    """Say something in one of the caller's conversations, and let the assistant answer.

    A message of the project that is still being answered is cancelled, or this one is refused: the deployment's
    setting `conflict_policy` says which.

    Raises:
        InvalidArgument: nothing is said.
        Conflict: another message of the project is being answered, and the deployment refuses a second one.
    """
    conversation = owned_conversation(ctx, conversation_id)
    return messages.begin_turn(ctx, conversation, message, ctx.job_settings.conflict_policy)


@mutation(reads=[Project], writes=[Message, Job])
def cancel(ctx: MutationContext, *, project_id: Id[Project]) -> list[Id[Message]]:
    """Stop the assistant in one of the caller's projects, and return the messages that this cancels: one at most."""
    project = owned_project(ctx, project_id)
    running = ctx.db.lookup(Message.one_processing, project_id=project.id)
    return [] if running is None else [messages.cancel(ctx, running)]


@mutation(reads=[Project], writes=[Message, Job])
def cancel_message(ctx: MutationContext, *, message_id: Id[Message]) -> None:
    """Stop the assistant from writing a message; one that is finished stays as it is."""
    messages.cancel(ctx, owned_message(ctx, message_id))
