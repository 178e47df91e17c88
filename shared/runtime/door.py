"""A Lambda that is not one function of the app: it stands at routes, or other sources of events, of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from shared.db.access import Access
from shared.schema.camel import camel_case

ADMIN: Final = " /api/admin/"
"""What the routes for administrators have in them; no description of the API speaks of them."""

Event = dict[str, Any]
Response = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Door:
    """A handler of events from outside.

    Attributes:
        body: from an event and a Lambda context to a response; HTTP routes give events of payload format 2.0.
        routes: HTTP API route keys, such as `POST /api/query`.
        sources: where else its events come from, each as `{kind}:{name}`: `websocket:$connect` is a route of the
            WebSocket API, `queue:mailbox` the FIFO queues of that name, `delay:sweeps` the queue of that name whose
            messages wait, `stream:commits` a table's stream of changes, `schedule:cron(* * * * ? *)` a clock,
            `machine:process-message` a state machine, `executions:` the ends of state machines' executions.
        access: what it may touch; None: whatever any function may, since it runs them in its own process.
        uses: services besides the database that it calls: `model`, `scratch` (objects of jobs), `executions`,
            `tokens` (of GitHub, from the identity provider), `billing`, `collection` (finds and removes what nothing
            refers to, in both buckets), `rows` (looks through whole tables, and at the audit log),
            and what operations ask for: `audit`, `census`, `logs`, `machines`, `metrics`, `queues`, `tables`.
        timeout_s: how long a call may take, or None: as long as API Gateway waits.
        memory_mb: how much memory it has, or None: as much as functions.
    """

    body: Callable[[Event, Any], Response]
    routes: tuple[str, ...]
    access: Access | None
    sources: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    timeout_s: int | None = None
    memory_mb: int | None = None

    @property
    def name(self) -> str:
        """The modules and the function it stands in, such as `gateway-call` and `workflows-agent-think`."""
        _, *modules = self.body.__module__.split(".")
        return "-".join([*modules, camel_case(self.body.__name__)])

    @property
    def handler(self) -> str:
        """The Lambda handler string, such as `functions.gateway.call`."""
        return f"{self.body.__module__}.{self.body.__name__}"

    @property
    def description(self) -> str:
        """The first line of its docstring."""
        return (self.body.__doc__ or "").strip().partition("\n")[0]

    def __call__(self, event: Event, context: Any) -> Response:
        """Handle one event."""
        return self.body(event, context)


def door(
    *routes: str, access: Access | None, sources: tuple[str, ...] = (), uses: tuple[str, ...] = ()
) -> Callable[[Callable[[Event, Any], Response]], Door]:
    """Declare the decorated function as the handler of `routes` and of what `sources` send."""
    return lambda body: Door(body, routes, access, sources, uses)
