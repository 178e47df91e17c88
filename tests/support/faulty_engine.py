"""The way between a process and the database: it takes time, and not everything arrives."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TypeVar

from shared.db.engine import (
    Engine,
    Item,
    Key,
    Operation,
    Page,
    Query,
    Reason,
    Throttled,
    TransactionCanceled,
    Unanswered,
)
from shared.schema.table import Table
from tests.faults.weather import Faults
from tests.support.scheduler import Scheduler

T = TypeVar("T")


class FaultyEngine(Engine):
    """An engine as a process on the other side of a network meets it, in simulated time.

    To the data layer most faults look alike: throttled, conflict, lost, unheard, late and doubled stand for all.
    """

    def __init__(self, engine: Engine, scheduler: Scheduler, random: random.Random, faults: Faults) -> None:
        self._engine = engine
        self._scheduler = scheduler
        self._random = random
        self._faults = faults

    def get(self, key: Key) -> Item | None:
        return self._read(lambda: self._engine.get(key))

    def batch_get(self, keys: Sequence[Key]) -> list[Item]:
        return self._read(lambda: self._engine.batch_get(keys))

    def query(self, query: Query) -> Page:
        return self._read(lambda: self._engine.query(query))

    def scan(self, table: Table, start_key: Item | None, limit: int | None = None) -> Page:
        return self._read(lambda: self._engine.scan(table, start_key, limit))

    def write(self, operation: Operation) -> None:
        self._send(lambda: self._engine.write(operation))

    def transact(self, operations: Sequence[Operation], token: str) -> None:
        if self._strikes(self._faults.conflict):
            self._travel()
            codes = [Reason("conflict"), *(Reason("none") for _ in operations[1:])]
            raise TransactionCanceled(self._random.sample(codes, len(codes)))
        self._send(lambda: self._engine.transact(operations, token))

    def begin(self, read: Callable[[], T]) -> Future[T]:
        return self._scheduler.spawn(read) if self._strikes(0.5) else self._engine.begin(read)

    def _read(self, read: Callable[[], T]) -> T:
        self._travel()
        if self._strikes(self._faults.throttled):
            raise Throttled("injected")
        if self._strikes(self._faults.lost):
            self._scheduler.wait(self._faults.patience_s)
            raise Unanswered("injected")
        answer = read()
        self._travel()
        return answer

    def _send(self, request: Callable[[], None]) -> None:
        if self._strikes(self._faults.throttled):
            self._travel()
            raise Throttled("injected")
        if self._strikes(self._faults.lost):
            self._give_up()
        if self._strikes(self._faults.late):
            self._scheduler.spawn(request, self._random.uniform(0, self._faults.late_s))
            self._give_up()
        answer = self._scheduler.spawn(request, self._way_s())
        if self._strikes(self._faults.unheard):
            self._give_up()
        if self._strikes(self._faults.doubled):
            self._scheduler.spawn(request, self._random.uniform(0, self._faults.late_s))
        try:
            answer.result(self._faults.patience_s)
        except TimeoutError:
            raise Unanswered("injected") from None
        self._travel()

    def _give_up(self) -> None:
        self._scheduler.wait(self._random.uniform(0, self._faults.patience_s))
        raise Unanswered("injected")

    def _travel(self) -> None:
        self._scheduler.wait(self._way_s())

    def _way_s(self) -> float:
        return self._random.uniform(0, self._faults.way_s)

    def _strikes(self, probability: float) -> bool:
        return probability > 0 and self._random.random() < probability
