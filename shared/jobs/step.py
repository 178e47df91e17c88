"""`@step`: a decorated function is the Lambda of a state of a state machine.

A state sends {"jobId": …, …} and gets what the function returns. The name of what it raises is what the machine's
retries and catches match on; a job that does not run any more raises `JobEnded` in its next step, whatever it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from shared.db.access import Access, union
from shared.domain.jobs import fence_of, require_running
from shared.jobs.scratch import Scratch
from shared.jobs.task import Json, Task, door_of
from shared.runtime.admission import Caller
from shared.runtime.door import Door, Event
from shared.runtime.exchange import Exchange
from shared.runtime.function import Function
from shared.schema.tables import Job

_OF_JOBS: Final = Access(reads=frozenset({Job}))


@dataclass(eq=False, repr=False)
class Step(Task):
    """A call of a state's Lambda.

    Attributes:
        exchange: the event on its way.
        event: what the state sent.
        job: the job, which was running when the step began.
    """

    job: Job

    @classmethod
    def of(cls, exchange: Exchange, event: Event) -> Step:
        """Return the step that an event asks for.

        Raises:
            JobEnded: the job does not run any more.
        """
        database, job_id = exchange.environment.database, event["jobId"]
        return cls(exchange, event, database.query(_OF_JOBS, lambda reader: require_running(reader, job_id)))

    @cached_property
    def scratch(self) -> Scratch:
        """What the steps of the job hand to each other."""
        return Scratch(self.environment.database.store.objects, self.job.job_id)

    def call(self, function: Function[Any], key: str | None = None, /, **arguments: Any) -> Any:
        """Call a function of the app as one of its own servers, and return its result as plain values.

        Args:
            function: what to call.
            key: what makes a mutation of this job happen once, however often the step is tried; None: each try does.
            arguments: by their Python names; those that are None are left out.

        Raises:
            JobEnded: the job does not run any more, and nothing has been written.
            PolarisError: the function's own refusal, or why it could not be completed.
        """
        caller = Caller(
            None,
            self.exchange.deadline_ms,
            trusted=True,
            key=None if key is None else f"job/{self.job.job_id}/{key}",
            fence=fence_of(self.job.job_id),
        )
        return self._call(function, arguments, caller)


def step(
    machine: str,
    *,
    calls: tuple[Function[Any], ...] = (),
    access: Access | None = None,
    uses: tuple[str, ...] = (),
    timeout_s: int = 60,
    memory_mb: int | None = None,
) -> Callable[[Callable[[Step], Json]], Door]:
    """Declare the decorated function as the Lambda of a state.

    Args:
        machine: the state machine, such as `process-message`; others may use it as well.
        calls: the functions of the app that it calls.
        access: what else it may touch.
        uses: see `shared.runtime.door.Door`.
        timeout_s: how long it may take.
        memory_mb: see `shared.runtime.door.Door`.
    """
    allowed = union([_OF_JOBS, *(function.access for function in calls), *([access] if access else ())])
    source, services = f"machine:{machine}", ("scratch", *uses)
    return lambda body: door_of(body, Step.of, source, allowed, services, timeout_s, memory_mb)
