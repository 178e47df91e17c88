"""Projects, for the app's own servers and jobs."""

from __future__ import annotations

from shared.domain.job_ends import add_event, set_export_status, set_import_status
from shared.domain.ownership import project_of
from shared.domain.projects import add_project
from shared.domain.titles import title_of
from shared.domain.users import Subject, ensured_user
from shared.runtime.context import MutationContext, QueryContext
from shared.runtime.function import internal_mutation, internal_query
from shared.schema.document import Id
from shared.schema.record import Record
from shared.schema.tables import (
    Conversation,
    EventType,
    ExportStatus,
    GenerationEvent,
    ImportStatus,
    Job,
    Project,
    User,
)


class ProjectWithConversation(Record):
    """The answer of `createProjectWithConversation`."""

    project_id: Id[Project]
    conversation_id: Id[Conversation]


@internal_query(reads=[Project])
def get_project_by_id(ctx: QueryContext, *, project_id: Id[Project]) -> Project | None:
    """Return a project, or null."""
    return ctx.db.get(Project, project_id)


@internal_mutation(writes=[Project, User, Job])
def create_project(ctx: MutationContext, *, name: str, owner_id: Subject) -> Id[Project]:
    """Create a project that is about to be imported, and return its id.

    Raises:
        InvalidArgument: the name is no title.
        LimitReached: the owner's plan does not allow another project.
    """
    id = add_project(ctx, ensured_user(ctx, owner_id), name)
    set_import_status(ctx, project_of(ctx, id), "importing")
    return id


@internal_mutation(writes=[Project, User, Conversation])
def create_project_with_conversation(
    ctx: MutationContext, *, project_name: str, conversation_title: str, owner_id: Subject
) -> ProjectWithConversation:
    """Create a project together with its first conversation.

    Raises:
        InvalidArgument: the name or the title is none.
        LimitReached: the owner's plan does not allow another project.
    """
    project_id = add_project(ctx, ensured_user(ctx, owner_id), project_name)
    title = title_of(conversation_title, "Conversation title")
    conversation_id = ctx.db.insert(Conversation, project_id=project_id, title=title, updated_at=ctx.now_ms)
    return ProjectWithConversation(project_id=project_id, conversation_id=conversation_id)


@internal_mutation(writes=[Project, Job])
def update_import_status(
    ctx: MutationContext, *, project_id: Id[Project], status: ImportStatus | None = None
) -> None:
    """Set how far a project's import is; without a `status`, there is none."""
    set_import_status(ctx, project_of(ctx, project_id), status)


@internal_mutation(writes=[Project, Job])
def update_project_import_status(ctx: MutationContext, *, project_id: Id[Project], status: ImportStatus) -> None:
    """Set how far a project's import is."""
    update_import_status.body(ctx, project_id=project_id, status=status)


@internal_mutation(writes=[Project, Job])
def update_export_status(
    ctx: MutationContext,
    *,
    project_id: Id[Project],
    status: ExportStatus | None = None,
    repo_url: str | None = None,
) -> None:
    """Set how far a project's export is; without a `status`, there is none, and the repository's URL is cleared.

    With a status but no `repoUrl`, the URL of the last export stays.
    """
    project = project_of(ctx, project_id)
    kept_url = None if status is None else project.export_repo_url
    set_export_status(ctx, project, status, repo_url or kept_url)


@internal_mutation(writes=[Project, Job])
def update_project_export_status(
    ctx: MutationContext, *, project_id: Id[Project], status: ExportStatus, repo_url: str | None = None
) -> None:
    """Set how far a project's export is, and where it went."""
    update_export_status.body(ctx, project_id=project_id, status=status, repo_url=repo_url)


@internal_mutation(reads=[Project], writes=[GenerationEvent])
def append_generation_event(
    ctx: MutationContext,
    *,
    project_id: Id[Project],
    type: EventType,
    message: str,
    file_path: str | None = None,
    preview: str | None = None,
) -> None:
    """Record a step in the generation of a project.

    Raises:
        NotFound: there is no such project.
    """
    add_event(ctx, project_of(ctx, project_id), type, message, file_path=file_path, preview=preview)
