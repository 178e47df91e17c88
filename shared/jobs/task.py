"""`@task`: a decorated function is a Lambda that a clock or a state machine calls, for work that is no user's job.

It gets a `Task`, by which it calls functions of the app. The name of what it raises is what machines match on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from shared import values
from shared.db.access import Access, union
from shared.runtime.admission import Caller
from shared.runtime.door import Door, Event
from shared.runtime.environment import Environment
from shared.runtime.exchange import Exchange
from shared.runtime.function import Function
from shared.runtime.lambda_event import tellable
from shared.schema.camel import camel_case
from shared.schema.wire import plain

Json = dict[str, Any]


@dataclass(eq=False, repr=False)
class Task:
    """A call of a Lambda in the background.

    Attributes:
        exchange: the event on its way.
        event: what the clock or the state sent.
    """

    exchange: Exchange
    event: Event

    @property
    def environment(self) -> Environment:
        """The deployment."""
        return self.exchange.environment

    @property
    def time_left_s(self) -> float:
        """Seconds until the call must have ended."""
        return (self.exchange.deadline_ms - self.environment.database.store.clock.now_ms()) / 1000

    def call(self, function: Function[Any], /, **arguments: Any) -> Any:
        """Call a function of the app as one of its own servers, and return its result as plain values.

        Args:
            function: what to call.
            arguments: by their Python names; those that are None are left out.

        Raises:
            PolarisError: the function's own refusal, or why it could not be completed.
        """
        return self._call(function, arguments, Caller(None, self.exchange.deadline_ms, trusted=True))

    def _call(self, function: Function[Any], arguments: Json, caller: Caller) -> Any:
        given = {camel_case(name): plain(value) for name, value in arguments.items() if value is not None}
        # By way of text, as whatever comes from outside: ids are text there, and tuples lists.
        return values.loads(self.exchange.run(function, values.loads(values.dumps(given)), caller).value)


T = TypeVar("T", bound=Task)


def task(
    source: str,
    *,
    calls: tuple[Function[Any], ...] = (),
    access: Access | None = None,
    uses: tuple[str, ...] = (),
    timeout_s: int = 60,
) -> Callable[[Callable[[Task], Json]], Door]:
    """Declare the decorated function as the Lambda of a clock or of a state.

    Args:
        source: who calls it, such as `schedule:rate(5 minutes)` or `machine:collect-garbage`.
        calls: the functions of the app that it calls.
        access: what else it may touch.
        uses: see `shared.runtime.door.Door`.
        timeout_s: how long it may take.
    """
    allowed = union([*(function.access for function in calls), *([access] if access else ())])
    return lambda body: door_of(body, Task, source, allowed, uses, timeout_s)


def door_of(
    body: Callable[[T], Json],
    make: Callable[[Exchange, Event], T],
    source: str,
    access: Access,
    uses: tuple[str, ...],
    timeout_s: int,
    memory_mb: int | None = None,
) -> Door:
    """Return the Lambda that calls `body` with what `make` makes of each event; see `task` for the rest."""

    def handle(event: Event, context: Any) -> Json:
        exchange = Exchange.begin(context, f"{body.__module__.rpartition('.')[2]}:{body.__name__}")
        error: Exception | None = None
        try:
            return body(make(exchange, event))
        except Exception as caught:  # noqa: BLE001 - the boundary
            error = caught
            raise tellable(caught, exchange.request_id) from None
        finally:
            exchange.end(error)

    handle.__module__, handle.__name__, handle.__doc__ = body.__module__, body.__name__, body.__doc__
    return Door(handle, (), access, (source,), uses, timeout_s, memory_mb)
