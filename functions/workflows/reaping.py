"""What looks after work that was begun and not finished."""

from __future__ import annotations

from functions.system.deletions import sweep_deletions
from functions.system.jobs import reap_stale_jobs
from shared.domain.jobs import REAPED_EVERY_S
from shared.jobs.task import Json, Task, task


@task(
    f"schedule:rate({REAPED_EVERY_S // 60} minutes)",
    calls=(reap_stale_jobs, sweep_deletions),
    timeout_s=120,
)
def reap(here: Task) -> Json:
    """Fails jobs whose time is up, and goes on with deletions that were interrupted."""
    try:
        reaped = here.call(reap_stale_jobs)
    finally:
        swept = here.call(sweep_deletions)
    return {**reaped, **swept}
