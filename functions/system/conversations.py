"""Conversations, for the app's own servers and jobs."""

from __future__ import annotations

from shared.domain.titles import title_of
from shared.errors import NotFound
from shared.runtime.context import MutationContext, QueryContext
from shared.runtime.function import internal_mutation, internal_query
from shared.schema.document import Id
from shared.schema.tables import Conversation


@internal_query(reads=[Conversation])
def get_conversation_by_id(ctx: QueryContext, *, conversation_id: Id[Conversation]) -> Conversation | None:
    """Return a conversation, or null."""
    return ctx.db.get(Conversation, conversation_id)


@internal_mutation(writes=[Conversation])
def update_conversation_title(
    ctx: MutationContext, *, conversation_id: Id[Conversation], title: str, expected_title: str | None = None
) -> None:
    """Give a conversation another title; where `expectedTitle` is given, only if it still has that one.

    Raises:
        NotFound: there is no such conversation.
        InvalidArgument: the title is none.
    """
    conversation = ctx.db.get(Conversation, conversation_id)
    if conversation is None:
        raise NotFound("Conversation not found")
    if expected_title not in (None, conversation.title):
        return
    ctx.db.patch(conversation_id, title=title_of(title, "Conversation title"), updated_at=ctx.now_ms)
