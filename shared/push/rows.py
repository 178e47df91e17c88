"""Writes that are repeated until they are known to have been applied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shared.db.engine import Operation, Throttled, Unanswered
from shared.db.retry import pause
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


def apply_all(store: Store, operations: Sequence[Operation]) -> None:
    """Apply writes side by side; errors as in `apply`."""
    begun = [
        store.engine.begin(lambda operation=operation: apply(store, operation))  # type: ignore[misc]  # mypy cannot infer a lambda's default
        for operation in operations[1:]
    ]
    for operation in operations[:1]:
        apply(store, operation)
    for future in begun:
        future.result()
