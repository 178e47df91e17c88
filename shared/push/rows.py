"""Writes that are repeated until they are known to have been applied."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Final

from shared.db.engine import Condition, ConditionFailed, Delete, Operation, Put, Throttled, Unanswered
from shared.db.retry import pause
from shared.db.side_by_side import side_by_side
from shared.db.store import Store
from shared.errors import Overloaded

_ATTEMPTS: Final = 6


def apply(store: Store, operation: Operation) -> None:
    """Apply a write that may be applied twice.

    Raises:
        ConditionFailed: its conditions do not hold (perhaps because an unanswered attempt was applied).
        Overloaded: the database did not answer.
    """
    for attempt in range(_ATTEMPTS):
        try:
            return store.engine.write(operation)
        except (Throttled, Unanswered) as error:
            if attempt == _ATTEMPTS - 1:
                raise Overloaded(f"The database did not take a write {_ATTEMPTS} times ({error}).") from error
            pause(store.clock, attempt)
    raise AssertionError("unreachable")


def apply_newest(store: Store, operations: Sequence[Put | Delete], gen: int) -> None:
    """Apply the writes of a claimant side by side; errors as in `apply`.

    A copy of a write that arrives late, after its sender has long given it up for lost and sent another, changes
    nothing that a later claimant has written.

    Args:
        store: the database.
        operations: at most one for each row, whose `gen` says who wrote it.
        gen: of the claimant.
    """
    apply_all(store, [_unless_newer(operation, gen) for operation in operations])


def _unless_newer(operation: Put | Delete, gen: int) -> Put | Delete:
    if isinstance(operation, Put):
        return Put(operation.table, {**operation.item, "gen": gen}, (Condition("gen", "older", gen),))
    return Delete(operation.key, (Condition("gen", "older", gen + 1),))


def _apply_if_it_may_be(store: Store, operation: Operation) -> None:
    with suppress(ConditionFailed):
        apply(store, operation)


def apply_all(store: Store, operations: Sequence[Operation]) -> None:
    """Apply writes side by side, but for those whose conditions do not hold; other errors as in `apply`."""
    side_by_side(store.engine, partial(_apply_if_it_may_be, store), operations)
