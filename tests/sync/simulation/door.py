"""A process's way to the database: it takes time, not everything arrives, and the process may die on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

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

if TYPE_CHECKING:
    from tests.sync.simulation.process import Process

T = TypeVar("T")


class Door(Engine):
    """The database as one process meets it (`tests.support.faulty_engine`, with fewer threads, and mortal)."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self._world = process.world
        self._engine = process.world.engine
        self._faults = process.world.weather.database

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
        if self._world.strikes(self._faults.conflict):
            self._travel()
            raise TransactionCanceled([Reason("conflict"), *(Reason("none") for _ in operations[1:])])
        self._send(lambda: self._engine.transact(operations, token))

    def begin(self, read: Callable[[], T]) -> Future[T]:
        if self._world.random.random() < 0.25:
            return self._world.scheduler.spawn(read)
        return self._engine.begin(read)

    def _read(self, read: Callable[[], T]) -> T:
        self._travel()
        if self._world.strikes(self._faults.throttled):
            raise Throttled("injected")
        if self._world.strikes(self._faults.lost):
            self._give_up()
        answer = read()
        self.process.step()
        return answer

    def _send(self, request: Callable[[], None]) -> None:
        self._travel()
        if self._world.strikes(self._faults.throttled):
            raise Throttled("injected")
        if self._world.strikes(self._faults.lost):
            self._give_up()
        if self._world.strikes(self._faults.late):
            self._world.scheduler.spawn(request, self._world.random.uniform(0, self._faults.late_s))
            self._give_up()
        request()
        if self._world.strikes(self._faults.unheard):
            self._give_up()
        self.process.step()

    def _give_up(self) -> None:
        self.process.travel(self._faults.patience_s)
        self.process.step()
        raise Unanswered("injected")

    def _travel(self) -> None:
        self.process.step()
        self.process.travel(self._faults.way_s)
