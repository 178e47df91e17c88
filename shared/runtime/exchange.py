"""One event on its way through a Lambda: its bounds, its run, and the one line that is logged of it."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from shared.runtime.administrators import actor_of, target_of
from shared.runtime.admission import Caller
from shared.runtime.call import Result, run
from shared.runtime.call_log import Call
from shared.runtime.environment import Environment, environment
from shared.runtime.trace import traced

if TYPE_CHECKING:
    from shared.auth.identity import Identity
    from shared.runtime.function import Function

_DEADLINE_WITHOUT_LAMBDA_MS: Final = 10_000.0
_RESERVED_MS: Final = 1_000.0
"""Kept from a Lambda's time, so that it answers before it is killed."""


@dataclass(eq=False, repr=False)
class Exchange:
    """One event.

    Attributes:
        environment: the deployment.
        request_id: 16 hex digits that the caller is told and the log line carries.
        deadline_ms: when it must have been answered, in ms since the epoch.
        function: what the log line calls it.
        kind: query, mutation or door.
        sent: what the caller sent, to be left out of the log.
        actor: the administrator who calls, or empty.
        target: what an administrator's call is about, or empty.
        pushes: how many messages it has sent to clients that watch something.
    """

    environment: Environment
    request_id: str
    deadline_ms: float
    function: str
    kind: str = "door"
    sent: list[Any] = field(default_factory=list)
    began_s: float = field(default_factory=time.perf_counter)
    actor: str = ""
    target: str = ""
    pushes: int = 0

    @classmethod
    def begin(cls, context: Any, name: str) -> Exchange:
        """Begin with a Lambda context (None: not in a Lambda) and a name for the log line."""
        here = environment()
        aws_id = getattr(context, "aws_request_id", "").replace("-", "")
        remaining = getattr(context, "get_remaining_time_in_millis", None)
        left_ms = remaining() - _RESERVED_MS if remaining else _DEADLINE_WITHOUT_LAMBDA_MS
        return cls(here, aws_id[:16] or secrets.token_hex(8), here.database.store.clock.now_ms() + left_ms, name)

    def names(self, function: Function[Any]) -> None:
        """Let the log line name `function`."""
        self.function, self.kind = function.path, function.kind

    def notes(self, identity: Identity | None, args: Any) -> None:
        """Let the log line name an administrator, and what the call is about."""
        self.actor = actor_of(identity)
        self.target = target_of(args) if self.actor else ""

    def run(self, function: Function[Any], args: Any, caller: Caller) -> Result:
        """Call `function`; errors as `shared.runtime.call.run`."""
        return traced(function.path, function.kind, lambda: run(function, args, caller, self.environment))

    def end(self, error: Exception | None) -> None:
        """Write the log line."""
        duration_ms = (time.perf_counter() - self.began_s) * 1000
        said = (self.function, self.kind, self.request_id, duration_ms, error, tuple(self.sent))
        self.environment.log.write(Call(*said, self.actor, self.target, self.pushes))
