"""The vocabulary of what goes wrong: every fault of every door has its name here, whatever injects it.

In memory, where time is simulated, that is `tests.support.faulty_engine`; between processes `tests.faults.proxy`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Final


class Fault(StrEnum):
    """What may happen to a call. Each is a field of `Faults`, its probability."""

    THROTTLED = "throttled"
    CONFLICT = "conflict"
    IN_PROGRESS = "in_progress"
    FAILED = "failed"
    FAILED_APPLIED = "failed_applied"
    LOST = "lost"
    UNHEARD = "unheard"
    HUNG = "hung"
    LATE = "late"
    DOUBLED = "doubled"
    SLOW = "slow"
    EXPIRED = "expired"
    UNRECOGNISED = "unrecognised"
    GONE = "gone"


@dataclass(frozen=True)
class Faults:
    """What may happen to a call, each with its probability.

    Attributes:
        way_s: the longest time that a request or an answer takes when nothing is wrong; in memory only.
        throttled: refused, nothing applied.
        conflict: a transaction, or a write on condition, refused because of others, nothing applied.
        in_progress: a transaction that is applied, and answered that one with its token is under way.
        failed: answered by 500 or 503, nothing applied.
        failed_applied: applied, and answered by 500.
        lost: the request never arrives.
        unheard: it arrives and is applied; the answer does not come.
        hung: the same, and the caller is left to wait for `hung_s`.
        late: no answer comes, and the request arrives up to `late_s` later.
        doubled: it is answered, and a copy of it arrives up to `late_s` later.
        slow: it arrives up to `slow_s` later, and is answered.
        expired: refused, as the caller's credentials have expired.
        unrecognised: refused, as nobody knows the caller's credentials.
        gone: a post that is refused, as if its socket were closed.
        late_s: see `late`.
        slow_s: see `slow`.
        hung_s: see `hung`; longer than callers wait.
        patience_s: how long the caller waits for an answer; in memory only.
    """

    way_s: float = 0.01
    throttled: float = 0.0
    conflict: float = 0.0
    in_progress: float = 0.0
    failed: float = 0.0
    failed_applied: float = 0.0
    lost: float = 0.0
    unheard: float = 0.0
    hung: float = 0.0
    late: float = 0.0
    doubled: float = 0.0
    slow: float = 0.0
    expired: float = 0.0
    unrecognised: float = 0.0
    gone: float = 0.0
    late_s: float = 20.0
    slow_s: float = 1.0
    hung_s: float = 12.0
    patience_s: float = 1.0

    def probability(self, fault: Fault) -> float:
        """Return how often `fault` happens."""
        return float(getattr(self, fault.value))

    @property
    def injected(self) -> tuple[Fault, ...]:
        """The faults that may happen."""
        return tuple(fault for fault in Fault if self.probability(fault) > 0)


NONE: Final = Faults()


@dataclass(frozen=True)
class Deliveries:
    """What may happen to what streams and queues deliver; all of it is also delivered as it should be.

    Attributes:
        again: the probability that a batch comes again, up to `late_s` later, perhaps while another is handled.
        shuffled: the probability that what a stream delivers again is in another order, with older records in
            between; FIFO queues keep their order.
        poison: the probability that garbage comes with it.
        late_s: see `again`.
    """

    again: float = 0.0
    shuffled: float = 0.0
    poison: float = 0.0
    late_s: float = 2.0


@dataclass(frozen=True)
class Weather:
    """All that may go wrong in a deployment.

    Attributes:
        database: calls of DynamoDB.
        objects: calls of S3.
        queues: calls of SQS.
        executions: calls of Step Functions.
        sockets: calls of the WebSocket API's management API.
        lag_s: the most by which secondary indexes lag.
        streams: what is delivered of streams.
        mailboxes: what is delivered of queues.
        frozen: how many of the functions' processes are frozen each second, each for up to `frozen_s`.
        killed: how many of them are killed each second.
        frozen_s: see `frozen`.
        skew_s: how far each process's clock is off at most, in either direction.
    """

    database: Faults = NONE
    objects: Faults = NONE
    queues: Faults = NONE
    executions: Faults = NONE
    sockets: Faults = NONE
    lag_s: float = 0.0
    streams: Deliveries = field(default_factory=Deliveries)
    mailboxes: Deliveries = field(default_factory=Deliveries)
    frozen: float = 0.0
    killed: float = 0.0
    frozen_s: float = 2.0
    skew_s: float = 0.0


CALM: Final = Weather()


def combined(*weathers: Weather) -> Weather:
    """Return all of it at once: of each probability and time the greatest."""
    parts: dict[str, Any] = {
        part.name: _greatest([getattr(weather, part.name) for weather in weathers]) for part in fields(Weather)
    }
    return Weather(**parts)


def _greatest(values: list[Any]) -> Any:
    first = values[0]
    if isinstance(first, Faults | Deliveries):
        values = [value for value in values if value != type(first)()] or values
        parts = {part.name: max(getattr(value, part.name) for value in values) for part in fields(first)}
        return type(first)(**parts)
    return max(values)
