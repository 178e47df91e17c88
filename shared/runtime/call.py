"""The middle that all doors share: arguments → context → body → encoded result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar, cast

from shared import values
from shared.db.database import Committed, MutationRequest
from shared.errors import NotFound
from shared.runtime.admission import Caller, admit, charge, digest, subject_of, unwrapped
from shared.runtime.context import BulkContext, Context, MutationContext, QueryContext
from shared.runtime.result import encode
from shared.runtime.storage import Storage

if TYPE_CHECKING:
    from shared.db.writer import Writer
    from shared.runtime.environment import Environment
    from shared.runtime.function import Function

R = TypeVar("R")

_QUERY_ATTEMPTS: Final = 3


class Result(NamedTuple):
    """What a call came to.

    Attributes:
        value: encoded JSON text.
        timestamp_ns: of its (last) commit; of a query: when it began.
        replayed: whether an earlier sending of the same call had committed it.
    """

    value: str
    timestamp_ns: int
    replayed: bool = False


def run(function: Function[Any], args: Any, caller: Caller, environment: Environment) -> Result:
    """Call a function with decoded arguments.

    Args:
        function: what to call.
        args: an object of arguments, or an array that holds one.
        caller: who calls.
        environment: the deployment.

    Raises:
        ArgumentValidation: the arguments do not match its signature.
        Forbidden: it is internal and the internal key is wrong.
        RateLimited: the caller has called too often; the call has not begun.
        PolarisError: what the function raised, or why it could not be completed.
    """
    charge(function, caller, environment)
    given = unwrapped(args)
    kwargs = admit(function, given, caller, environment)
    arguments_hash = digest(given) if caller.key else ""
    return _Run(
        function, kwargs, caller, environment, arguments_hash, environment.database.store.clock.now_ns()
    ).run()


@dataclass(eq=False, repr=False)
class _Run:
    """One call; also the steps of a bulk mutation (`shared.runtime.context.Steps`)."""

    function: Function[Any]
    kwargs: dict[str, Any]
    caller: Caller
    environment: Environment
    arguments_hash: str
    began_ns: int
    _steps: list[Committed] = field(default_factory=list)

    def run(self) -> Result:
        """Run the function as its kind demands."""
        if self.function.bulk:
            return self._run_bulk()
        if self.function.kind == "mutation":
            committed = self._commit(lambda ctx: self._encoded(self._body(ctx)), self.caller.key)
            return Result(committed.value, committed.timestamp, committed.replayed)
        return self._run_query()

    def read(self, body: Callable[[QueryContext], R]) -> R:
        """Run `body` as a query."""
        return self.environment.database.query(
            self.function.access, lambda reader: body(QueryContext(**self._common(), db=reader))
        )

    def step(self, body: Callable[[MutationContext], R]) -> R:
        """Run `body` as the next transaction."""
        key = f"{self.caller.key}/{len(self._steps)}" if self.caller.key else None
        committed = self._commit(lambda ctx: values.dumps(body(ctx)), key)
        self._steps.append(committed)
        return cast("R", values.loads(committed.value))

    @property
    def deadline_ms(self) -> float:
        """When the call ends, in ms since the epoch."""
        return self.caller.deadline_ms

    def now_ms(self) -> float:
        """Return the present time in ms since the epoch."""
        return self.environment.database.store.clock.now_ms()

    def _run_query(self) -> Result:
        for attempt in range(1, _QUERY_ATTEMPTS + 1):
            value = self.read(self._body)
            try:
                return Result(self._encoded(value), self.began_ns)
            except NotFound:  # deleted between reading the document and its large fields
                if attempt == _QUERY_ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    def _run_bulk(self) -> Result:
        value = self._encoded(self._body(BulkContext(**self._common(), steps=self)))
        return Result(
            value,
            max((step.timestamp for step in self._steps), default=self.began_ns),
            replayed=bool(self._steps) and all(step.replayed for step in self._steps),
        )

    def _commit(self, body: Callable[[MutationContext], str], key: str | None) -> Committed:
        function, caller = self.function, self.caller
        subject = subject_of(function, caller.identity, trusted=caller.trusted)
        database = self.environment.database
        storage = Storage(self.environment.storage, function.access)

        def fenced(writer: Writer) -> str:
            ctx = MutationContext(**self._common(), db=writer, storage=storage, usage=self.environment.usage)
            if caller.fence:
                caller.fence.require(ctx)
            return body(ctx)

        committed = database.mutate(
            caller.fence.widened(function.access) if caller.fence else function.access,
            fenced,
            MutationRequest(function.path, subject, self.arguments_hash, key, caller.after_ns),
        )
        storage.remove_discarded(database)
        return committed

    def _body(self, ctx: Context) -> Any:
        return self.function.body(ctx, **self.kwargs)

    def _encoded(self, value: Any) -> str:
        content = self.environment.database.content
        return encode(value, self.function.path, content, self.caller.max_result_bytes)

    def _common(self) -> dict[str, Any]:
        """Return what every context has."""
        here, store = self.environment, self.environment.database.store
        return {
            "identity": self.caller.identity,
            "now_ms": float(self.began_ns // 1_000_000),
            "settings": here.settings,
            "job_settings": here.services.settings,
            "origin": here.origin,
            "signer": store.signer,
            "entropy": store.clock.entropy,
            "require_internal_key": here.internal_key.require,
        }
