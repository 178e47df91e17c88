"""Conversations with the assistant about a project, as their owner sees them."""

from __future__ import annotations

from shared.db.page import PaginationOptions, PaginationResult
from shared.domain.ownership import owned_conversation, owned_project
from shared.domain.titles import DEFAULT_TITLE, title_of
from shared.runtime.context import MutationContext, QueryContext
from shared.runtime.function import mutation, query
from shared.schema.document import Id
from shared.schema.tables import Conversation, Message, Project


@mutation(reads=[Project], writes=[Conversation])
def create(ctx: MutationContext, *, project_id: Id[Project], title: str = DEFAULT_TITLE) -> Id[Conversation]:
    """Begin a conversation about one of the caller's projects and return its id.

    Raises:
        InvalidArgument: the title is none.
        LimitReached: there are too many.
    """
    project = owned_project(ctx, project_id)
    title = title_of(title, "Conversation title")
    most = ctx.usage.limits.conversations
    ctx.usage.require_room(Conversation.by_project, "conversations about a project", most, project_id=project.id)
    return ctx.db.insert(Conversation, project_id=project.id, title=title, updated_at=ctx.now_ms)


@query(reads=[Project, Conversation])
def get_by_id(ctx: QueryContext, *, id: Id[Conversation]) -> Conversation:
    """Return a conversation about one of the caller's projects."""
    return owned_conversation(ctx, id)


@query(reads=[Project, Conversation])
def get_by_project(ctx: QueryContext, *, project_id: Id[Project]) -> list[Conversation]:
    """Return the conversations about one of the caller's projects, last begun first."""
    newest = ctx.db.query(Conversation.by_project, project_id=project_id).order("desc").begin()
    owned_project(ctx, project_id)
    return newest.collect()


@query(reads=[Project, Conversation, Message])
def get_messages(ctx: QueryContext, *, conversation_id: Id[Conversation]) -> list[Message]:
    """Return the messages of a conversation about one of the caller's projects, oldest first."""
    messages = ctx.db.query(Message.by_conversation, conversation_id=conversation_id).begin()
    owned_conversation(ctx, conversation_id)
    return messages.collect()


@query(reads=[Project, Conversation, Message])
def get_messages_paginated(
    ctx: QueryContext, *, conversation_id: Id[Conversation], pagination_opts: PaginationOptions
) -> PaginationResult[Message]:
    """Return a page of what `getMessages` returns, newest first."""
    owned_conversation(ctx, conversation_id)
    newest = ctx.db.query(Message.by_conversation, conversation_id=conversation_id).order("desc")
    return newest.paginate(pagination_opts)
