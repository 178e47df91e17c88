"""Failing jobs that run although their time is up: their machine has ended without them, or never began.

A job is looked for where its time ends first, so those that are overdue are found however many run.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from shared.domain.failures import TOO_LONG
from shared.domain.job_ends import end_job
from shared.domain.jobs import GRACE_S, LIMIT_S
from shared.domain.sweep import RESERVED_MS
from shared.runtime.context import BulkContext, MutationContext, QueryContext
from shared.schema.document import Id
from shared.schema.record import Record
from shared.schema.tables import Job, JobKind

MOST_REAPED: Final = 200
"""How many jobs a call ends at most; what is left is the next call's."""

_MOST_LOOKED_AT: Final = 1000


class Reaped(Record):
    """What `reapStaleJobs` answers: how many jobs of each kind it has failed."""

    messages: int
    imports: int
    exports: int
    generations: int


def reap(ctx: BulkContext, older_than_ms: float | None) -> Reaped:
    """Fail jobs whose time is up, each in a transaction of its own.

    Args:
        ctx: the call's context.
        older_than_ms: fail those as well that run for longer than this.

    Raises:
        Exception: what kept the first job from being ended that could not be; it has not kept the others running.
    """
    ended: Counter[JobKind | None] = Counter()
    failure: Exception | None = None
    for id in ctx.step(lambda _: ctx.read(lambda reader: _stale(reader, older_than_ms))):
        if ctx.time_left_ms < RESERVED_MS:
            break
        try:
            kind = ctx.step(lambda step, id=id: _fail(step, Id(id)))  # type: ignore[misc]  # mypy and lambda defaults
        except Exception as error:  # noqa: BLE001 - one job must not keep all others running
            failure = failure or error
        else:
            ended[kind] += 1
    if failure is not None:
        raise failure
    return Reaped(
        messages=ended["process-message"],
        imports=ended["import-github-repo"],
        exports=ended["export-to-github"],
        generations=ended["generate-project"],
    )


def _stale(ctx: QueryContext, older_than_ms: float | None) -> list[Id[Job]]:
    """Return the ids of jobs whose time is up, those first that have been overdue for longest."""
    latest_ms = ctx.now_ms
    if older_than_ms is not None:
        latest_ms += max(LIMIT_S.values()) * 1000 + GRACE_S * 1000 - older_than_ms
    running = ctx.db.query(Job.by_status, status="running").between(None, max(latest_ms, ctx.now_ms))
    stale = (
        job.id
        for job in running.take(_MOST_LOOKED_AT)
        if job.ends_by <= ctx.now_ms or (older_than_ms is not None and job.started_at <= ctx.now_ms - older_than_ms)
    )
    return [*stale][:MOST_REAPED]


def _fail(ctx: MutationContext, id: Id[Job]) -> JobKind | None:
    """Fail a job, and return its kind, or None: it has ended meanwhile."""
    job = ctx.db.get(Job, id)
    if job is None or job.status != "running":
        return None
    end_job(ctx, job, "failed", told=TOO_LONG)
    return job.kind
