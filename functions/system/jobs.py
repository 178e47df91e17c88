"""Jobs, for state machines and for the app's own servers that run some themselves."""

from __future__ import annotations

from shared.domain.failures import told_of
from shared.domain.job_ends import end_job, set_export_status, set_import_status
from shared.domain.jobs import job_called, running_in, start_job
from shared.domain.ownership import project_of
from shared.domain.reaping import Reaped, reap
from shared.runtime.context import BulkContext, MutationContext
from shared.runtime.function import internal_bulk_mutation, internal_mutation
from shared.schema.document import Id
from shared.schema.tables import GenerationEvent, Job, JobKind, JobStatus, Message, Project


@internal_mutation(writes=[Project, Job])
def claim_job(ctx: MutationContext, *, project_id: Id[Project], kind: JobKind, job_id: str) -> bool:
    """Begin a job that the caller runs, and tell whether it is theirs: no other of this kind runs in the project.

    Raises:
        NotFound: there is no such project.
    """
    project = project_of(ctx, project_id)
    running = running_in(ctx, project_id, kind)
    if running is not None or job_called(ctx, job_id) is not None:
        return running is not None and running.job_id == job_id
    start_job(ctx, kind, job_id, project, input=None)
    if kind == "import-github-repo":
        set_import_status(ctx, project, "importing")
    elif kind == "export-to-github":
        set_export_status(ctx, project, "exporting", project.export_repo_url)
    return True


@internal_mutation(writes=[Project, Message, GenerationEvent, Job])
def finish_job(
    ctx: MutationContext,
    *,
    project_id: Id[Project],
    kind: JobKind,
    job_id: str,
    status: JobStatus = "completed",
    repo_url: str | None = None,
    error: str | None = None,
    cause: str | None = None,
) -> bool:
    """End a running job and tell whether it was running; one that has ended stays as it is.

    `error` and `cause` are Step Functions' name and text of what went wrong.
    """
    job = job_called(ctx, job_id)
    if job is None or (job.project_id, job.kind, job.status) != (project_id, kind, "running"):
        return False
    end_job(ctx, job, status, told=told_of(error, cause), repo_url=repo_url)
    return True


@internal_bulk_mutation(writes=[Project, Message, GenerationEvent, Job])
def reap_stale_jobs(ctx: BulkContext, *, older_than_ms: float | None = None) -> Reaped:
    """Fail jobs whose time is up, or that run for longer than `olderThanMs`: 200 at most, the most overdue first."""
    return reap(ctx, older_than_ms)
