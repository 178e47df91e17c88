"""Calls that fail while a copy of their transaction may still be on its way."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from shared.db.clock import Clock
from shared.db.engine import Operation, Put, Unanswered
from shared.db.mutation import DEADLINE_NS
from shared.db.store import Store
from shared.db.writer import Writer
from shared.errors import OptimisticConcurrencyControlFailure, OutcomeUnknown, Overloaded, PolarisError, TooManyReads
from shared.schema.document import Id
from shared.schema.platform import COMMITS
from shared.schema.tables import File, Project
from tests.db.sample import add_project, call, mutate, new_file, new_project, outcomes, rows
from tests.db.scripted import ScriptedEngine
from tests.support.memory_engine import MemoryEngine
from tests.support.memory_objects import MemoryObjects
from tests.support.stores import FakeTime, HashSigner, make_store, mark_ready


def stale_once(store: Store, project: Id[Project], then: Callable[[Writer], Any]) -> Callable[[Writer], Any]:
    """Return a body whose first run makes a project on a read that does not hold, and whose later runs are `then`."""
    runs = 0

    def body(db: Writer) -> Any:
        nonlocal runs
        runs += 1
        if runs > 1:
            return then(db)
        db.get(Project, project)
        mutate(store, lambda other: other.patch(project, name=f"new {runs}"))
        return str(new_project(db, "late"))

    return body


def test_a_call_whose_first_run_is_stale_at_the_deadline_leaves_a_record() -> None:
    time, engine = FakeTime(), ScriptedEngine()
    mark_ready(engine)
    clock = Clock(time.now_ns, time.sleep, random.Random(0).randbytes)
    store = Store(engine, MemoryObjects(), clock, HashSigner())
    project = add_project(store)

    def slow(db: Writer) -> None:
        db.patch(project, name="mine")
        mutate(store, lambda other: other.patch(project, name="new"))
        time.ns += DEADLINE_NS

    with pytest.raises(OptimisticConcurrencyControlFailure):
        call(store, slow)
    assert outcomes(store)[-1]["status"] == "abandoned"


def test_a_bucket_that_fails_in_a_later_run_cannot_leave_a_late_copy_behind(store: Store) -> None:
    class FullBucket(MemoryObjects):
        def put(self, key: str, body: bytes) -> None:
            raise OSError("no space")

    store = Store(store.door, FullBucket(), store.clock, HashSigner())
    project = add_project(store)
    large = stale_once(store, project, lambda db: str(new_file(db, project, content="x" * 20_000)))
    with pytest.raises(PolarisError, match="Server Error") as caught:
        call(store, large)
    assert isinstance(caught.value.__cause__, OSError)
    assert outcomes(store)[-1]["status"] == "abandoned"


def test_an_unexpected_error_is_not_told_when_an_earlier_run_was_applied() -> None:
    engine = ScriptedEngine()
    store = make_store(engine)
    project = add_project(store)

    def fails(_: Writer) -> Any:
        for operation in engine.sent[-1]:  # a copy of the first run's transaction arrives, which now may apply
            engine.apply(operation)
        raise ZeroDivisionError

    assert call(store, stale_once(store, project, fails)).value != "null"
    assert [item["ownerId"] for item in rows(store, Project.table())] == ["ada", "late"]


def test_an_overload_while_storing_a_large_field_is_no_outcome(store: Store) -> None:
    class BusyBucket(MemoryObjects):
        def put(self, key: str, body: bytes) -> None:
            raise Overloaded("slow down")

    store = Store(store.door, BusyBucket(), store.clock, HashSigner())
    project = add_project(store)
    with pytest.raises(Overloaded):
        call(store, lambda db: str(new_file(db, project, content="x" * 20_000)), key="k")
    assert [item["key"] for item in outcomes(store) if item["key"] == "k"] == []


def test_too_many_reads_are_told_again_to_whoever_sends_the_call_again(store: Store) -> None:
    def greedy(db: Writer) -> None:
        for number in range(91):
            db.get(File, File.mint_id(number.to_bytes(16, "big")))

    for _ in range(2):
        with pytest.raises(TooManyReads):
            call(store, greedy, key="k")
    assert [item["status"] for item in outcomes(store)] == ["abandoned"]
    assert rows(store, File.table()) == []


class Severed(MemoryEngine):
    """Applies a transaction without an answer, and then lets this process do nothing any more."""

    is_severed = False

    def transact(self, operations: Sequence[Operation], token: str) -> None:
        self._require_access()
        super().transact(operations, token)
        if any(isinstance(operation, Put) and operation.table is COMMITS for operation in operations):
            self.is_severed = True
            raise Unanswered("the answer is lost")

    def write(self, operation: Operation) -> None:
        self._require_access()
        super().write(operation)

    def _require_access(self) -> None:
        if self.is_severed:
            raise PermissionError("AccessDeniedException")


def test_whoever_cannot_find_out_whether_it_was_applied_says_so() -> None:
    engine = Severed()
    store = make_store(engine)
    with pytest.raises(OutcomeUnknown):
        call(store, lambda db: str(new_project(db, "applied")))
    assert [row["ownerId"] for row in rows(store, Project.table())] == ["applied"]
