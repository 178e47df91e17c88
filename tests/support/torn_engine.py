"""A DynamoDB in memory that does not do more than DynamoDB promises.

A transaction locks its items and is then seen item by item, in any order; whoever wants one of them meanwhile is in
conflict. An answer is given when all of it can be seen.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from shared.db.engine import Operation, Reason, Throttled, TransactionCanceled, Unanswered
from tests.support.lagging_engine import LaggingEngine
from tests.support.scheduler import Scheduler


class TornEngine(LaggingEngine):
    """Applies transactions while others look on.

    Args:
        scheduler: lets the others run.
        random: chooses the order of items.
        lag_ns: draws how long an index takes to show a change, ns.
        tear_s: the longest time between two items of a transaction; 0: they are seen at once.
    """

    def __init__(self, scheduler: Scheduler, random: random.Random, lag_ns: Callable[[], int], tear_s: float) -> None:
        super().__init__(lambda: scheduler.now_ns, lag_ns)
        self._scheduler = scheduler
        self._random = random
        self._tear_s = tear_s
        self._locked: set[tuple[str, str, str | None]] = set()
        self._in_progress: set[str] = set()

    def write(self, operation: Operation) -> None:
        if _item(operation) in self._locked:
            raise Throttled("a transaction is writing this item")
        super().write(operation)

    def transact(self, operations: Sequence[Operation], token: str) -> None:
        if token in self._in_progress:
            raise Unanswered("in progress")
        if self.is_repeated(operations, token):
            return
        items = {_item(operation) for operation in operations}
        if items & self._locked:
            raise TransactionCanceled(
                [Reason("conflict" if _item(o) in self._locked else "none") for o in operations]
            )
        self.require_conditions(operations)
        self._locked |= items
        self._in_progress.add(token)
        for operation in self._random.sample(operations, len(operations)):
            self.apply(operation)
            if self._tear_s:
                self._scheduler.wait(self._random.uniform(0, self._tear_s))
        self._locked -= items
        self._in_progress.remove(token)
        self.remember(operations, token)


def _item(operation: Operation) -> tuple[str, str, str | None]:
    key = operation.key
    return key.table.name, key.partition, key.sort
