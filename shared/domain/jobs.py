"""Jobs: work in the background that ends once, and whose run can write only until it has.

    running ──> completed | failed | cancelled

A job's row is inserted in the transaction that decides on the job, and the stream of the table starts its state
machine: so a job that was decided on is started, once, whatever happens to whoever decided. Each transaction of a run
finds the row `running` (`fence_of`), so a run that was cancelled, replaced or given up cannot write any more.

What users see of a job, such as the status of a message or of a project's import, changes in the same transactions
(`shared.domain.messages`, `shared.domain.job_ends`).
"""

from __future__ import annotations

from typing import Any, Final

from shared.db.reader import Reader
from shared.errors import Conflict, JobEnded
from shared.runtime.context import MutationContext, QueryContext
from shared.runtime.fence import Fence
from shared.schema.document import Id
from shared.schema.tables import Job, JobKind, JobStatus, Message, Project

LIMIT_S: Final[dict[JobKind, int]] = {
    "process-message": 15 * 60,
    "import-github-repo": 30 * 60,
    "export-to-github": 60 * 60,
    "generate-project": 60 * 60,
}
"""How long a run may take; then its machine fails it."""

GRACE_S: Final = 60
"""After which a job whose machine did not end it is overdue."""

REAPED_EVERY_S: Final = 5 * 60
"""How often overdue jobs are looked for. So no job runs longer than its limit, the grace and this."""


def start_job(
    ctx: MutationContext,
    kind: JobKind,
    job_id: str,
    project: Project,
    *,
    input: dict[str, Any] | None,  # noqa: A002 - Step Functions' word
    message_id: Id[Message] | None = None,
    sealed_token: str | None = None,
) -> None:
    """Insert a running job, which starts its machine if it has an `input`.

    Args:
        ctx: the mutation's context.
        kind: what is to be done.
        job_id: the name of the execution; never used before.
        project: what it works on.
        input: what the steps need to know; None: somebody else runs the job.
        message_id: the message that it writes.
        sealed_token: a GitHub token; see `shared.sealing`.

    Raises:
        Conflict: another job of this kind is running in the project.
    """
    if running_in(ctx, project.id, kind) is not None:
        raise Conflict(f"A job of the kind {kind} is already running in this project")
    ctx.db.insert(
        Job,
        job_id=job_id,
        kind=kind,
        project_id=project.id,
        owner_id=project.owner_id,
        message_id=message_id,
        status="running",
        input=input,
        sealed_token=sealed_token,
        started_at=ctx.now_ms,
        ends_by=ctx.now_ms + (LIMIT_S[kind] + GRACE_S) * 1000,
    )


def job_called(ctx: QueryContext | MutationContext, job_id: str) -> Job | None:
    """Return the job whose execution has this name, or None."""
    return ctx.db.lookup(Job.by_job_id, job_id=job_id)


def running_in(ctx: QueryContext | MutationContext, project_id: str, kind: JobKind) -> Job | None:
    """Return the job of this kind that is running in a project, or None."""
    return ctx.db.lookup(Job.one_running, project_id=project_id, kind=kind)


def require_running(db: Reader, job_id: str) -> Job:
    """Return the running job whose execution has this name.

    Raises:
        JobEnded: it does not run any more, or never did.
    """
    job = db.lookup(Job.by_job_id, job_id=job_id)
    if job is None or job.status != "running":
        raise JobEnded(f"The job {job_id} {'does not exist' if job is None else f'is {job.status}'}; its run stops")
    return job


def fence_of(job_id: str) -> Fence:
    """Return what lets a call write only while the job runs."""

    def require(ctx: MutationContext) -> None:
        require_running(ctx.db, job_id)

    return Fence(require, frozenset({Job}))


def close_job(ctx: MutationContext, job: Job | None, status: JobStatus, error: str | None = None) -> None:
    """Note that a job has ended, unless it has already; its token is forgotten.

    Args:
        ctx: the mutation's context.
        job: the job; None: nothing happens.
        status: how it has ended.
        error: what went wrong, for operators.
    """
    if job is not None and job.status == "running":
        ctx.db.patch(job.id, status=status, ended_at=ctx.now_ms, error=error, sealed_token=None)
