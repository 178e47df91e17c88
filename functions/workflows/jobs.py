"""What starts and stops state machines, and what looks after those that end by themselves."""

from __future__ import annotations

from typing import Any

from functions.system.jobs import finish_job
from shared.db.access import Access
from shared.jobs.ending import ended_job
from shared.jobs.following import follow_deletions, follow_jobs
from shared.jobs.task import Json, Task, task
from shared.runtime.door import Event, Response, door
from shared.runtime.environment import environment


@door(access=Access(), sources=("stream:jobs",), uses=("executions",))
def on_change(event: Event, _context: Any) -> Response:
    """Starts the state machines of new jobs, and stops those of cancelled ones."""
    return follow_jobs(event, environment())


@door(access=Access(), sources=("stream:deletions",), uses=("executions",))
def on_deletion(event: Event, _context: Any) -> Response:
    """Starts the state machines that remove what was in deleted projects."""
    return follow_deletions(event, environment())


@task("executions:", calls=(finish_job,))
def on_end(task: Task) -> Json:
    """Fails the job of a state machine's execution that has ended without ending it."""
    ended = ended_job(task.event)
    if ended is not None:
        task.call(finish_job, **ended._asdict(), status="failed")
    return {}
