"""Sending a transaction until it is known what became of it.

ok                                  applied
no answer, 5xx, in progress         send the same request with the same token again
the outcome record exists           somebody's sending of this request has been applied (perhaps this one)
any other condition failed          what the run was decided on has changed: stale
only conflicts or throttling        send the same operations with a new token
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from shared.db.clock import Clock
from shared.db.engine import (
    Check,
    Condition,
    Engine,
    Item,
    Key,
    Operation,
    Throttled,
    TransactionCanceled,
    Unanswered,
)
from shared.db.retry import pause
from shared.errors import TooManyWrites

_MOST_OPERATIONS: Final = 100
"""DynamoDB's limit for a transaction."""


class Applied(NamedTuple):
    """The transaction was applied."""


class Recorded(NamedTuple):
    """The first operation's item, an outcome record, was there already."""

    item: Item


class Stale(NamedTuple):
    """A condition does not hold any more."""


class Undecided(Exception):
    """The deadline passed first; the transaction may yet be applied."""


def send(
    engine: Engine, clock: Clock, operations: Sequence[Operation], *, has_record: bool, deadline_ns: int
) -> Applied | Recorded | Stale:
    """Apply `operations`; with `has_record`, the first of them puts an outcome record if absent.

    Raises:
        Undecided: it could not be found out before the deadline.
        TooManyWrites: DynamoDB refuses the transaction for its size.
    """
    token, attempt = clock.entropy(16).hex(), 0
    while True:
        try:
            engine.transact(operations, token)
            return Applied()
        except Unanswered:
            pass
        except Throttled:
            token = clock.entropy(16).hex()
        except TransactionCanceled as canceled:
            verdict = _verdict(canceled, has_record)
            if verdict is not None:
                return verdict
            token = clock.entropy(16).hex()
        if clock.now_ns() > deadline_ns:
            raise Undecided
        pause(clock, attempt)
        attempt += 1


def wait_until_visible(engine: Engine, clock: Clock, keys: Sequence[Key], deadline_ns: int) -> None:
    """Wait until every item of some commits can be seen.

    A transaction is seen item by item. Another one that checks one of the items waits for the rest.

    Args:
        engine: the database.
        clock: time.
        keys: of an item of each commit that has been seen, such as its record.
        deadline_ns: when to give up.

    Raises:
        Undecided: it was not seen before the deadline.
    """
    for start in range(0, len(keys), _MOST_OPERATIONS):
        checks = [
            Check(key, (Condition(key.table.partition_key, "equals", key.partition),))
            for key in keys[start : start + _MOST_OPERATIONS]
        ]
        send(engine, clock, checks, has_record=False, deadline_ns=deadline_ns)


def _verdict(canceled: TransactionCanceled, has_record: bool) -> Recorded | Stale | None:
    """Return what a refusal means, or None when the same operations may be sent again."""
    reasons = canceled.reasons
    if has_record and reasons[0].code == "condition":
        return Recorded(reasons[0].item or {})
    if any(reason.code == "condition" for reason in reasons):
        return Stale()
    if any(reason.code == "too_large" for reason in reasons):
        raise TooManyWrites("A write is above DynamoDB's size limits (400 KB an item, 4 MB a transaction).")
    return None
