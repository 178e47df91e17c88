"""What administrators ask of the deployment besides rows: `POST /api/admin/{operation}`, each a Lambda of its own."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field

from functions.admin.actions import note
from shared.errors import InvalidArgument
from shared.operations.log_lines import Wanted
from shared.runtime.operation import Asked, Json, operation
from shared.runtime.route import Fields
from shared.schema.tables import JobKind
from shared.sync.census import census

MACHINES = (*get_args(JobKind), "delete-project", "collect-garbage", "reconcile-billing")
"""The state machines, by the names that operations take as `kind`."""


class Nothing(Fields):
    """No fields."""


class WantedLogs(Fields):
    """Which lines, from when on, and after which."""

    since: float = 0.0
    function: str = ""
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "DEBUG"
    request_id: str = ""
    internals: bool = True
    limit: int = Field(default=200, ge=1, le=1000)
    cursor: str | None = None


class OneQueue(Fields):
    """A queue of messages that could not be handled."""

    queue: str


class WantedExecutions(Fields):
    """Executions of one machine, or of all."""

    kind: str | None = None
    status: Literal["running", "succeeded", "failed", "timed_out", "aborted"] | None = None
    cursor: str | None = None


class OneExecution(Fields):
    """An execution; one of a job has its name."""

    kind: str
    name: str


class Window(Fields):
    """The last minutes."""

    minutes: int = Field(default=60, ge=1, le=24 * 60)


@operation("logs", fields=WantedLogs, uses=("logs",))
def read_logs(asked: Asked[WantedLogs]) -> Json:
    """Tells what functions have logged, the newest lines or those after a cursor."""
    wanted = asked.fields
    which = Wanted(wanted.since, wanted.function, wanted.level, wanted.request_id, wanted.internals)
    page = asked.environment.services.operations.logs.read(which, wanted.limit, wanted.cursor)
    return {"lines": [line.told() for line in page.lines], "cursor": page.cursor}


@operation("connections", fields=Nothing, uses=("census", "metrics"))
def connections(asked: Asked[Nothing]) -> Json:
    """Tells how many sockets are open, what they watch, and how many messages they are sent."""
    found = census(asked.environment.database.store.engine)
    return {**found, "pushesPerMinute": asked.environment.services.operations.pushes_per_minute()}


@operation("deadLetters", fields=Nothing, uses=("queues", "metrics"))
def dead_letters(asked: Asked[Nothing]) -> Json:
    """Tells how many messages could not be handled, and how old they are."""
    return {"queues": asked.environment.services.operations.dead_letters()}


@operation("redrive", fields=OneQueue, calls=(note,), uses=("redrive",))
def redrive(asked: Asked[OneQueue]) -> Json:
    """Has messages handled again that could not be handled."""
    queue = asked.fields.queue
    asked.call(note, action="redrive", target=queue)
    return {"moved": asked.environment.services.operations.redrive(queue, asked.exchange.deadline_ms)}


@operation("executions", fields=WantedExecutions, uses=("machines",))
def executions(asked: Asked[WantedExecutions]) -> Json:
    """Tells which executions of state machines there are, newest first."""
    machines, wanted = asked.environment.services.operations.machines, asked.fields
    if wanted.kind is not None:
        found, cursor = machines.executions(_machine(wanted.kind), wanted.status, wanted.cursor)
        return {"executions": found, "cursor": cursor}
    if wanted.cursor is not None:
        raise InvalidArgument("`cursor`: only the executions of one `kind` can be read page by page")
    found = [one for kind in MACHINES for one in machines.executions(kind, wanted.status, None)[0]]
    return {"executions": sorted(found, key=lambda one: -one["startedAt"])[:200], "cursor": None}


@operation("execution", fields=OneExecution, uses=("machines",))
def execution(asked: Asked[OneExecution]) -> Json:
    """Tells how an execution went, state by state."""
    kind, name = _machine(asked.fields.kind), asked.fields.name
    return asked.environment.services.operations.machines.execution(kind, name)


@operation("health", fields=Window, uses=("metrics",))
def health(asked: Asked[Window]) -> Json:
    """Tells how functions fared in the last minutes."""
    return asked.environment.services.operations.health(asked.fields.minutes)


@operation("tables", fields=Nothing, uses=("tables",))
def tables(asked: Asked[Nothing]) -> Json:
    """Tells about how large the tables are."""
    return {"tables": asked.environment.services.operations.tables()}


def _machine(kind: str) -> str:
    if kind not in MACHINES:
        raise InvalidArgument(f"`kind`: there is no state machine {kind[:100]}; there are {', '.join(MACHINES)}")
    return kind
