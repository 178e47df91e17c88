"""Who may touch what: a row belongs to whoever owns its project. Every public function asks here."""

from __future__ import annotations

from typing import Final

from shared.errors import Forbidden, NotFound, Unauthenticated
from shared.runtime.context import MutationContext, QueryContext
from shared.schema.document import Id
from shared.schema.tables import Conversation, Message, Project

TOUCH_INTERVAL_MS: Final = 1000
"""How often a row's `updatedAt` follows its contents; more often would make the row a bottleneck."""


def project_of(ctx: QueryContext | MutationContext, id: Id[Project]) -> Project:
    """Return a project, whoever owns it, for a function that works on what is in it.

    A mutation depends only on its being there, its owner and its pending deletions, so a change of its name or of
    `updatedAt` does not disturb it. A function that changes the project itself reads it with `ctx.db.get`.

    Raises:
        NotFound: there is no such project.
    """
    if isinstance(ctx, MutationContext):
        project = ctx.db.get(Project, id, depends_on=("owner_id", "pending_deletes"))
    else:
        project = ctx.db.get(Project, id)
    if project is None:
        raise NotFound("Project not found")
    return project


def owned_project(ctx: QueryContext | MutationContext, id: Id[Project]) -> Project:
    """Return the caller's project.

    Raises:
        Unauthenticated: nobody is signed in.
        NotFound: there is no such project.
        Forbidden: it is somebody else's.
    """
    subject = ctx.user.subject
    project = project_of(ctx, id)
    if project.owner_id != subject:
        raise Forbidden
    return project


def project_if_owned(ctx: QueryContext | MutationContext, id: Id[Project]) -> Project | None:
    """Return the caller's project, or None where `owned_project` would refuse; for functions that never refuse."""
    try:
        return owned_project(ctx, id)
    except (Unauthenticated, NotFound, Forbidden):
        return None


def owned_conversation(ctx: QueryContext | MutationContext, id: Id[Conversation]) -> Conversation:
    """Return a conversation of one of the caller's projects (errors as in `owned_project`)."""
    _ = ctx.user
    conversation = ctx.db.get(Conversation, id)
    if conversation is None:
        raise NotFound("Conversation not found")
    owned_project(ctx, conversation.project_id)
    return conversation


def owned_message(ctx: QueryContext | MutationContext, id: Id[Message]) -> Message:
    """Return a message in one of the caller's projects (errors as in `owned_project`)."""
    _ = ctx.user
    message = ctx.db.get(Message, id)
    if message is None:
        raise NotFound("Message not found")
    owned_project(ctx, message.project_id)
    return message


def touch(ctx: MutationContext, document: Project | Conversation) -> None:
    """Note that something in the project or conversation has changed, at most once a second."""
    if ctx.now_ms - document.updated_at >= TOUCH_INTERVAL_MS:
        ctx.db.touch(document, updated_at=ctx.now_ms)
