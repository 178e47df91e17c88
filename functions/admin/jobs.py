"""Jobs of all projects, for administrators."""

from __future__ import annotations

from typing import get_args

from shared.db.page import PaginationOptions
from shared.domain.admin_actions import note_action
from shared.domain.job_ends import end_job
from shared.domain.jobs import job_called
from shared.domain.rows import Row, merged, shown_page
from shared.runtime.context import MutationContext, QueryContext
from shared.runtime.function import admin_mutation, admin_query
from shared.schema.tables import AdminAction, GenerationEvent, Job, JobKind, JobStatus, Message, Project


@admin_query(reads=[Job, Project])
def list_jobs(
    ctx: QueryContext,
    *,
    status: JobStatus | None = None,
    kind: JobKind | None = None,
    pagination_opts: PaginationOptions,
) -> Row:
    """Return a page of jobs, each with the name of its project, which may be gone; those whose time is last up first.

    That is newest first among jobs of a kind, whose time is the same. Of one `kind` a page may show few, or none.
    """
    # An index in the order of creation would cost every job more than this view is worth.
    ranges = [(Job.by_status, {"status": one}) for one in ([status] if status else get_args(JobStatus))]
    found = merged(ctx, ranges, "desc").paginate(pagination_opts)
    found = found.model_copy(update={"page": [job for job in found.page if kind in (None, job.kind)]})
    projects = ctx.db.get_all(Project, [job.project_id for job in found.page])
    page = shown_page(ctx, found)
    for row in page["page"]:
        row.pop("sealedToken", None)
        project = projects.get(row["projectId"])
        row["projectName"] = None if project is None else project.name
    return page


@admin_mutation(writes=[Job, Project, Message, GenerationEvent, AdminAction])
def cancel_job(ctx: MutationContext, *, job_id: str) -> bool:
    """Cancel a job as its owner could, and tell whether it was running."""
    job = job_called(ctx, job_id)
    if job is None or job.status != "running":
        return False
    end_job(ctx, job, "cancelled")
    note_action(ctx, "cancelJob", job_id, job.kind)
    return True
