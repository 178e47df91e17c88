"""Projects: the workspaces that people own."""

from __future__ import annotations

from shared.db.page import PaginationOptions, PaginationResult
from shared.domain import project_deletion
from shared.domain.messages import begin_turn
from shared.domain.new_jobs import BegunJob, begin_generation, cancel_job
from shared.domain.ownership import owned_conversation, owned_project, project_if_owned
from shared.domain.projects import MOST_LISTED, add_project, newest_projects
from shared.domain.random_names import random_name
from shared.domain.titles import DEFAULT_TITLE, title_of
from shared.domain.users import ensured_user
from shared.runtime.context import MutationContext, QueryContext
from shared.runtime.function import mutation, query
from shared.schema.document import Id
from shared.schema.tables import (
    Conversation,
    Deletion,
    File,
    GenerationEvent,
    Job,
    Message,
    Project,
    ProjectSettings,
    User,
)


@query(reads=[Project])
def get(ctx: QueryContext, *, id: Id[Project] | None = None) -> list[Project] | Project | None:
    """Return the caller's projects, newest first; with an `id`, that project, or null unless it is the caller's."""
    return newest_projects(ctx, MOST_LISTED) if id is None else project_if_owned(ctx, id)


@query(reads=[Project])
def get_partial(ctx: QueryContext, *, limit: int) -> list[Project]:
    """Return the first `limit` (at most 100) of the caller's projects, newest first."""
    return newest_projects(ctx, min(max(limit, 0), 100))


@query(reads=[Project])
def get_by_id(ctx: QueryContext, *, id: Id[Project]) -> Project:
    """Return one of the caller's projects."""
    return owned_project(ctx, id)


@mutation(writes=[Project, User, File])
def create(
    ctx: MutationContext,
    *,
    name: str,
    description: str | None = None,
    language: str | None = None,
    is_public: bool | None = None,
) -> Id[Project]:
    """Create a project and return its id; with a `language` it begins with a folder `src`.

    Raises:
        InvalidArgument: the name is no title.
        LimitReached: the caller's plan does not allow another project.
    """
    owner = ensured_user(ctx, ctx.user.subject, ctx.user.email or "")
    id = add_project(ctx, owner, name, description=description, language=language, is_public=is_public)
    if language is not None:
        ctx.db.insert(File, project_id=id, name="src", type="folder", updated_at=ctx.now_ms)
    return id


@mutation(writes=[Project, User, Conversation, Message, Job], spends="starts")
def create_with_prompt(ctx: MutationContext, *, prompt: str) -> Id[Project]:
    """Create a project with a name of three words, and let the assistant begin with what the prompt says.

    Raises:
        InvalidArgument: the prompt says nothing.
        LimitReached: the caller's plan does not allow another project.
    """
    owner = ensured_user(ctx, ctx.user.subject, ctx.user.email or "")
    id = add_project(ctx, owner, random_name(ctx.entropy))
    conversation = ctx.db.insert(Conversation, project_id=id, title=DEFAULT_TITLE, updated_at=ctx.now_ms)
    begin_turn(ctx, owned_conversation(ctx, conversation), prompt, ctx.job_settings.conflict_policy)
    return id


@mutation(writes=[Project, User, Job], spends="starts")
def generate(ctx: MutationContext, *, description: str, project_name: str | None = None) -> BegunJob:
    """Create a project and let the assistant write all of it, from a description of 10 characters or more.

    Raises:
        InvalidArgument: the description is too short or too long, or the name is no title.
        LimitReached: the caller's plan does not allow another project.
    """
    owner = ensured_user(ctx, ctx.user.subject, ctx.user.email or "")
    return begin_generation(ctx, owner, description, project_name)


@mutation(reads=[Project], writes=[Job, GenerationEvent])
def cancel_generation(ctx: MutationContext, *, project_id: Id[Project]) -> str | None:
    """Stop the generation of one of the caller's projects, and return its job's id, or null: none is running."""
    return cancel_job(ctx, owned_project(ctx, project_id), "generate-project")


@mutation(writes=[Project])
def rename(ctx: MutationContext, *, id: Id[Project], name: str) -> None:
    """Give one of the caller's projects another name.

    Raises:
        InvalidArgument: the name is no title.
    """
    project = owned_project(ctx, id)
    ctx.db.patch(project.id, name=title_of(name, "Project name"), updated_at=ctx.now_ms)


@mutation(writes=[Project])
def update_settings(ctx: MutationContext, *, id: Id[Project], settings: ProjectSettings) -> None:
    """Replace the settings of one of the caller's projects; a command that is absent is cleared."""
    project = owned_project(ctx, id)
    ctx.db.patch(project.id, settings=settings, updated_at=ctx.now_ms)


@mutation(writes=[Project, Message, Job, Deletion])
def delete_project(ctx: MutationContext, *, id: Id[Project]) -> None:
    """Delete one of the caller's projects: out of reach at once, and everything in it soon after."""
    project_deletion.delete_project(ctx, owned_project(ctx, id))


@query(reads=[Project, GenerationEvent])
def get_generation_events(ctx: QueryContext, *, project_id: Id[Project], limit: int = 200) -> list[GenerationEvent]:
    """Return the newest `limit` (at most 1000) steps of a project's generation, oldest first."""
    owned_project(ctx, project_id)
    newest = ctx.db.query(GenerationEvent.by_project_created_at, project_id=project_id).order("desc")
    return newest.take(min(max(limit, 1), 1000))[::-1]


@query(reads=[Project, GenerationEvent])
def get_generation_events_paginated(
    ctx: QueryContext, *, project_id: Id[Project], pagination_opts: PaginationOptions
) -> PaginationResult[GenerationEvent]:
    """Return a page of the steps of a project's generation, newest first."""
    owned_project(ctx, project_id)
    newest = ctx.db.query(GenerationEvent.by_project_created_at, project_id=project_id).order("desc")
    return newest.paginate(pagination_opts)
