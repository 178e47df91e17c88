"""The world of one history: the database, processes with clocks of their own, and the first documents."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Sequence
from typing import Any

from shared.db.access import Access
from shared.db.clock import Clock
from shared.db.database import Database, MutationRequest
from shared.db.engine import Check, Item, Operation, Put
from shared.db.rebuild import RebuildFailed, rebuild
from shared.db.store import Store
from shared.db.writer import Writer
from shared.schema.document import DOCUMENTS
from shared.schema.tables import Conversation, File, Project
from tests.db.model.breakage import Breakage
from tests.db.model.steps import Names
from tests.db.model.weather import Weather
from tests.faults.weather import Faults
from tests.support.faulty_engine import FaultyEngine
from tests.support.remote_objects import RemoteObjects
from tests.support.scheduler import Scheduler
from tests.support.stores import START_NS, HashSigner, mark_ready
from tests.support.torn_engine import TornEngine

Transaction = list[tuple[Operation, Item | None]]

EVERYTHING = Access(writes=frozenset(DOCUMENTS.values()))


class Ledger(TornEngine):
    """A database that remembers every transaction, and every document there ever was.

    Attributes:
        transactions: what was applied, in order: each operation, and the row that it met.
        born: table and creation time by id.
        regressions: documents whose version did not increase.
    """

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.transactions: list[Transaction] = []
        self._met: dict[frozenset[str], Transaction] = {}
        self.born: dict[str, tuple[str, float]] = {}
        self.regressions: list[str] = []

    def apply(self, operation: Operation) -> None:
        table, rows = operation.key.table, self.rows(operation.key.table)
        before = rows.get((operation.key.partition, operation.key.sort), {}).get("_version", "")
        super().apply(operation)
        if table.name in DOCUMENTS and not isinstance(operation, Check):
            after = rows.get((operation.key.partition, operation.key.sort))
            if isinstance(operation, Put):
                self.born[operation.key.partition] = (table.name, operation.item["_creationTime"])
            if after is not None and after["_version"] <= before:
                self.regressions.append(f"{operation.key.partition}: {before} then {after['_version']}")

    def require_conditions(self, operations: Sequence[Operation]) -> None:
        super().require_conditions(operations)
        self._met[_partitions(operations)] = [(operation, self.get(operation.key)) for operation in operations]

    def remember(self, operations: Sequence[Operation], token: str) -> None:
        super().remember(operations, token)
        self.transactions.append(self._met.pop(_partitions(operations)))


def _partitions(operations: Sequence[Operation]) -> frozenset[str]:
    return frozenset(operation.key.partition for operation in operations)


class World:
    """One database and several processes that use it, one of whose rules may be broken."""

    def __init__(self, random: random.Random, weather: Weather, breakage: Breakage) -> None:
        self.random = random
        self.weather = weather
        self.scheduler = Scheduler(START_NS)
        lag_ns = int(weather.lag_s * 1e9)
        self.engine = Ledger(self.scheduler, random, lambda: random.randint(0, lag_ns), weather.tear_s)
        self.objects = RemoteObjects(self.scheduler, random, weather.faults.way_s)
        self.names = Names()
        self.is_built = weather.is_built
        self._make_first_documents()
        self.processes = [self._process(breakage) for _ in range(weather.processes)]

    def rebuild(self) -> None:
        """Build the records of all indexes, as an operator does; to be run as a green thread."""
        way = Faults(way_s=self.weather.faults.way_s)
        door = FaultyEngine(self.engine, self.scheduler, self.random, way)
        clock = Clock(self._skewed_time(), self.scheduler.wait, self.random.randbytes)
        with contextlib.suppress(RebuildFailed):
            rebuild(Store(door, self.objects, clock, HashSigner()))
            self.is_built = True

    def _process(self, breakage: Breakage) -> Database:
        door = FaultyEngine(self.engine, self.scheduler, self.random, self.weather.faults)
        clock = breakage.clock(self._skewed_time(), self.scheduler.wait, self.random.randbytes)
        return Database(
            Store(breakage.door(door, self.engine, self.random), breakage.objects(self.objects), clock, HashSigner())
        )

    def _skewed_time(self) -> Any:
        """Return a clock that is off by a slowly changing amount, and counts in ticks."""
        start_ns, tick_ns, skew_s = self.scheduler.now_ns, self.weather.tick_ns, self.weather.skew_s
        offset_s = self.random.choice((0.0, self.random.uniform(-skew_s, skew_s)))
        drift = self.random.uniform(-skew_s, skew_s) / 1000

        def now_ns() -> int:
            elapsed_ns = self.scheduler.now_ns - start_ns
            off_s = min(max(offset_s + drift * elapsed_ns / 1e9, -skew_s), skew_s)
            return (self.scheduler.now_ns + int(off_s * 1e9)) // tick_ns * tick_ns

        return now_ns

    def _make_first_documents(self) -> None:
        mark_ready(self.engine)
        clock = Clock(lambda: self.scheduler.now_ns, self.scheduler.wait, self.random.randbytes)
        database = Database(Store(self.engine, self.objects, clock, HashSigner()))
        database.mutate(EVERYTHING, self._first_documents, MutationRequest("setup", "nobody", ""))
        self.engine.catch_up()
        self.engine.transactions.clear()
        self.scheduler.wait(300)  # so that nobody learns of them by recent changes
        if not self.weather.is_built:
            self.engine.tables["ranges"].clear()
            self.engine.tables["claims"].clear()

    def _first_documents(self, db: Writer) -> str:
        give, choose = self.names.give, self.random.choice
        for tag in ("p1", "p2"):
            owner = choose(("ada", "bob"))
            give(tag, db.insert(Project, name=tag, owner_id=owner, updated_at=0.0, language="0"))
        project = self.names.id("p1")
        give("c1", db.insert(Conversation, project_id=project, title="c1", updated_at=0.0))
        row: dict[str, Any] = {"project_id": project, "updated_at": 0.0, "content": ""}
        folder = db.insert(File, **row, name="d", type="folder")
        give("d1", folder)
        for tag, name in zip(("f1", "f2", "f3"), self.random.sample(("a", "b", "c"), 3), strict=True):
            give(tag, db.insert(File, **row, parent_id=choose((None, folder)), name=name, type="file"))
        return "null"
