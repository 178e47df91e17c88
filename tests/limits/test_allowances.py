"""How often one caller may do something, over processes that share a database."""

from __future__ import annotations

import logging

import pytest

from shared.db.engine import Operation, Unanswered
from shared.db.store import Store
from shared.errors import RateLimited
from shared.limit_settings import Limits
from shared.limits.allowances import BATCHES, Allowances, Spending
from tests.support.counting_engine import CountingEngine
from tests.support.memory_engine import MemoryEngine
from tests.support.stores import make_store

LIMIT = 200
FREE = LIMIT // BATCHES
LIMITS = Limits(queries=LIMIT, mutations=LIMIT, starts=3)


def admitted(allowances: Allowances, tries: int, who: str = "ada", spending: Spending = "mutations") -> int:
    count = 0
    for _ in range(tries):
        try:
            allowances.spend(spending, who)
        except RateLimited:
            continue
        count += 1
    return count


def processes(count: int, engine: MemoryEngine | CountingEngine | None = None) -> tuple[Store, list[Allowances]]:
    store = make_store(engine)
    return store, [Allowances(store, LIMITS) for _ in range(count)]


def test_one_process_admits_exactly_the_limit() -> None:
    _, (process,) = processes(1)
    assert admitted(process, 2 * LIMIT) == LIMIT


def test_processes_admit_the_limit_together_and_the_first_few_of_each() -> None:
    _, many = processes(10)
    rounds = [admitted(process, 1) for _ in range(LIMIT) for process in many]
    assert LIMIT - FREE <= sum(rounds) <= LIMIT + 9 * FREE


def test_who_calls_seldom_costs_no_call_of_the_database() -> None:
    engine = CountingEngine()
    _, (process,) = processes(1, engine)
    engine.reset()
    assert admitted(process, FREE) == FREE
    assert engine.cost.calls == 0


def test_who_calls_often_costs_one_write_for_each_batch() -> None:
    engine = CountingEngine()
    _, (process,) = processes(1, engine)
    engine.reset()
    admitted(process, LIMIT // 2)
    assert engine.cost.calls == LIMIT // 2 // FREE - 1
    assert engine.cost.write_units == engine.cost.calls


def test_who_is_refused_costs_one_call_and_then_none_until_the_window_ends() -> None:
    writes = list[Operation]()

    class Noting(MemoryEngine):
        def write(self, operation: Operation) -> None:
            writes.append(operation)
            super().write(operation)

    _, (process,) = processes(1, Noting())
    admitted(process, LIMIT)
    writes.clear()
    assert admitted(process, 500) == 0
    assert len(writes) == 1


def test_one_caller_is_not_refused_for_another() -> None:
    _, (process,) = processes(1)
    admitted(process, 2 * LIMIT)
    assert admitted(process, 10, who="bob") == 10


def test_queries_and_mutations_are_counted_apart() -> None:
    _, (process,) = processes(1)
    admitted(process, 2 * LIMIT)
    assert admitted(process, 10, spending="queries") == 10


def test_after_the_told_time_the_caller_may_go_on() -> None:
    store, (process,) = processes(1)
    admitted(process, LIMIT)
    with pytest.raises(RateLimited) as refused:
        process.spend("mutations", "ada")
    assert 1 <= refused.value.retry_after_s <= 10
    store.clock.sleep(refused.value.retry_after_s)
    assert admitted(process, 2 * LIMIT) == LIMIT


def test_the_refusal_says_which_limit_how_many_and_when_to_try_again() -> None:
    _, (process,) = processes(1)
    admitted(process, LIMIT)
    with pytest.raises(RateLimited) as refused:
        process.spend("mutations", "ada")
    seconds = refused.value.retry_after_s
    text = f"Too many mutations: at most 200 are allowed within 10 s. Try again in {seconds} s."
    assert refused.value.data == {"code": "RATE_LIMITED", "message": text, "retryAfterMs": seconds * 1000.0}


def test_what_is_expensive_is_counted_exactly_by_all_processes_together() -> None:
    _, many = processes(5)
    assert sum(admitted(process, 2, spending="starts") for process in many) == 3


def test_a_limit_of_0_is_none() -> None:
    process = Allowances(make_store(), Limits(mutations=0))
    assert admitted(process, 5000) == 5000


def test_a_process_that_cannot_reach_the_row_admits_the_limit_by_itself(caplog: pytest.LogCaptureFixture) -> None:
    class NoWrites(MemoryEngine):
        def write(self, operation: Operation) -> None:
            raise Unanswered

    store = make_store()
    process = Allowances(Store(NoWrites(), store.objects, store.clock, store.signer), LIMITS)
    with caplog.at_level(logging.WARNING):
        assert admitted(process, 5 * LIMIT) == LIMIT + FREE
    assert "Allowances cannot be leased: Unanswered" in caplog.text


def test_the_rows_expire() -> None:
    store, (process,) = processes(1)
    admitted(process, LIMIT)
    (row,) = store.door.tables["allowances"].values()  # type: ignore[attr-defined]  # the engine in memory has them
    assert store.clock.now_ms() / 1000 < row["expiresAt"] < store.clock.now_ms() / 1000 + 4000


def test_a_process_remembers_only_so_many_callers() -> None:
    _, (process,) = processes(1)
    for number in range(25_000):
        process.spend("mutations", f"user {number}")
    assert len(process._purses) <= 10_000
