"""What starts and stops state machines, and what looks after those that end by themselves."""

from __future__ import annotations

from typing import Any

from functions.system.jobs import finish_job
from shared.db.access import Access
from shared.jobs.ending import give_up
from shared.jobs.following import follow_jobs
from shared.runtime.door import Event, Response, door
from shared.runtime.environment import environment


@door(access=Access(), sources=("stream:jobs",), uses=("executions",))
def on_change(event: Event, _context: Any) -> Response:
    """Starts the state machines of new jobs, and stops those of cancelled ones."""
    return follow_jobs(event, environment())


@door(access=finish_job.access, sources=("executions:",))
def on_end(event: Event, context: Any) -> Response:
    """Fails jobs whose state machine has ended without ending them."""
    return give_up(event, context, finish_job)
