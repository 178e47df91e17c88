"""Imports from GitHub and exports to it, as the owner of a project sees them; the app's servers begin them."""

from __future__ import annotations

from shared.domain.new_jobs import cancel_job, forget_export
from shared.domain.ownership import owned_project
from shared.runtime.context import MutationContext
from shared.runtime.function import mutation
from shared.schema.document import Id
from shared.schema.tables import GenerationEvent, Job, Project


@mutation(writes=[Project, Job, GenerationEvent])
def cancel_import(ctx: MutationContext, *, project_id: Id[Project]) -> str | None:
    """Stop the import into one of the caller's projects, and return its job's id, or null: none is running."""
    return cancel_job(ctx, owned_project(ctx, project_id), "import-github-repo")


@mutation(writes=[Project, Job, GenerationEvent])
def cancel_export(ctx: MutationContext, *, project_id: Id[Project]) -> str | None:
    """Stop the export of one of the caller's projects, and return its job's id, or null: none is running."""
    return cancel_job(ctx, owned_project(ctx, project_id), "export-to-github")


@mutation(writes=[Project])
def reset_export(ctx: MutationContext, *, project_id: Id[Project]) -> None:
    """Forget how the last export of one of the caller's projects ended, and where it went.

    Raises:
        Conflict: the project is being exported.
    """
    forget_export(ctx, owned_project(ctx, project_id))
