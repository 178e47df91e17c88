"""`@step`: a decorated function is the Lambda of a state of a state machine.

A state sends {"jobId": …, …} and gets what the function returns. The name of what it raises is what the machine's
retries and catches match on; a job that does not run any more raises `JobEnded` in its next step, whatever it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from pydantic.alias_generators import to_camel

from shared import values
from shared.db.access import Access, union
from shared.domain.jobs import fence_of, require_running
from shared.jobs.scratch import Scratch
from shared.runtime.admission import Caller
from shared.runtime.door import Door, Event
from shared.runtime.environment import Environment
from shared.runtime.exchange import Exchange
from shared.runtime.function import Function
from shared.runtime.lambda_event import tellable
from shared.schema.tables import Job

Json = dict[str, Any]
_OF_JOBS: Final = Access(reads=frozenset({Job}))


@dataclass(eq=False, repr=False)
class Step:
    """A call of a state's Lambda.

    Attributes:
        exchange: the event on its way.
        job: the job, which was running when the step began.
        event: what the state sent.
    """

    exchange: Exchange
    job: Job
    event: Event

    @property
    def environment(self) -> Environment:
        """The deployment."""
        return self.exchange.environment

    @cached_property
    def scratch(self) -> Scratch:
        """What the steps of the job hand to each other."""
        return Scratch(self.environment.database.store.objects, self.job.job_id)

    @property
    def time_left_s(self) -> float:
        """Seconds until the call must have ended."""
        return (self.exchange.deadline_ms - self.environment.database.store.clock.now_ms()) / 1000

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
        given = {to_camel(name): values.encode(value) for name, value in arguments.items() if value is not None}
        caller = Caller(
            None,
            self.exchange.deadline_ms,
            trusted=True,
            key=None if key is None else f"job/{self.job.job_id}/{key}",
            fence=fence_of(self.job.job_id),
        )
        return values.loads(self.exchange.run(function, values.decode(given), caller).value)


def step(
    machine: str,
    *,
    calls: tuple[Function[Any], ...] = (),
    access: Access | None = None,
    uses: tuple[str, ...] = (),
    timeout_s: int = 60,
) -> Callable[[Callable[[Step], Json]], Door]:
    """Declare the decorated function as the Lambda of a state.

    Args:
        machine: the state machine, such as `process-message`; others may use it as well.
        calls: the functions of the app that it calls.
        access: what else it may touch.
        uses: see `shared.runtime.door.Door`.
        timeout_s: how long it may take.
    """
    allowed = union([_OF_JOBS, *(function.access for function in calls), *([access] if access else ())])

    def decorate(body: Callable[[Step], Json]) -> Door:
        def handle(event: Event, context: Any) -> Json:
            return _handle(body, event, context)

        handle.__module__, handle.__name__, handle.__doc__ = body.__module__, body.__name__, body.__doc__
        return Door(handle, (), allowed, (f"machine:{machine}",), ("scratch", *uses), timeout_s)

    return decorate


def _handle(body: Callable[[Step], Json], event: Event, context: Any) -> Json:
    exchange = Exchange.begin(context, f"{body.__module__.rpartition('.')[2]}:{body.__name__}")
    error: Exception | None = None
    try:
        job = _job(exchange.environment, event["jobId"])
        return body(Step(exchange, job, event))
    except Exception as caught:  # noqa: BLE001 - the boundary
        error = caught
        raise tellable(caught, exchange.request_id) from None
    finally:
        exchange.end(error)


def _job(environment: Environment, job_id: str) -> Job:
    return environment.database.query(_OF_JOBS, lambda reader: require_running(reader, job_id))
