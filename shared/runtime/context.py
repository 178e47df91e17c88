"""What a function may touch: one context per kind of function, each made in one place (`shared.runtime.call`).

A query's context has no writer, so a query that writes does not type-check, and cannot happen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from shared.errors import Unauthenticated

if TYPE_CHECKING:
    from shared.auth.identity import Identity
    from shared.db.cursor import Signer
    from shared.db.reader import Reader
    from shared.db.writer import Writer
    from shared.job_settings import JobSettings
    from shared.limits.usage import Usage
    from shared.runtime.storage import Storage
    from shared.settings import Settings

R = TypeVar("R")


@dataclass(frozen=True, eq=False, repr=False)
class Context:
    """What every function has.

    Attributes:
        identity: who calls; None: nobody is signed in, or an internal caller.
        now_ms: when the call began, in ms since the epoch; the same however often a mutation re-runs.
        settings: the deployment's settings.
        job_settings: its settings of jobs.
        origin: fetches the origin that clients use, once; ask `public_url`.
        signer: signs what clients hold and bring back, such as upload tokens.
        entropy: returns that many random bytes.
        require_internal_key: raises Forbidden unless its argument is a valid internal key.
    """

    identity: Identity | None
    now_ms: float
    settings: Settings
    job_settings: JobSettings
    origin: Callable[[], str]
    signer: Signer
    entropy: Callable[[int], bytes]
    require_internal_key: Callable[[str], None]

    @property
    def user(self) -> Identity:
        """The signed-in caller.

        Raises:
            Unauthenticated: nobody is signed in.
        """
        if self.identity is None:
            raise Unauthenticated
        return self.identity

    @property
    def public_url(self) -> str:
        """The origin that clients use, such as `https://api.example.com`, without a trailing slash."""
        return self.origin()


@dataclass(frozen=True, eq=False, repr=False)
class QueryContext(Context):
    """What a query has: a reader."""

    db: Reader


@dataclass(frozen=True, eq=False, repr=False)
class MutationContext(Context):
    """What a mutation has: a writer, which also reads. The body may run several times; one run is committed.

    Attributes:
        db: the database.
        storage: the binary files.
        usage: what owners have, and may have.
    """

    db: Writer
    storage: Storage
    usage: Usage


class Steps(Protocol):
    """Runs the parts of a bulk mutation, each in a transaction of its own."""

    @property
    def deadline_ms(self) -> float:
        """When the call ends, in ms since the epoch."""

    def now_ms(self) -> float:
        """Return the present time in ms since the epoch."""

    def read(self, body: Callable[[QueryContext], R]) -> R:
        """Run `body` as a query."""

    def step(self, body: Callable[[MutationContext], R]) -> R:
        """Run `body` as one transaction."""


@dataclass(frozen=True, eq=False, repr=False)
class BulkContext(Context):
    """What a bulk mutation has: no database, but steps, each a transaction of its own.

    A call sent again with its idempotency key gets the recorded result of every step that was committed. So the
    sequence of steps must follow from the arguments and the results of earlier steps alone.
    """

    steps: Steps

    def read(self, body: Callable[[QueryContext], R]) -> R:
        """Run `body` as a query and return what it returns."""
        return self.steps.read(body)

    def step(self, body: Callable[[MutationContext], R]) -> R:
        """Run `body` as one transaction and return its result, which must be a plain value: no documents."""
        return self.steps.step(body)

    @property
    def time_left_ms(self) -> float:
        """Milliseconds until the call's deadline, negative when it has passed; stop in time and say what is left."""
        return self.steps.deadline_ms - self.steps.now_ms()

    @property
    def deadline_ms(self) -> float:
        """When the call ends, in ms since the epoch."""
        return self.steps.deadline_ms
