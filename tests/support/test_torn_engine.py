"""The database of the model: no better than DynamoDB, and no worse."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from shared.db.engine import Condition, ConditionFailed, Key, Put, Query, Throttled, TransactionCanceled, Unanswered
from shared.schema.platform import CLAIMS, RANGES
from shared.schema.tables import Project
from tests.support.scheduler import Scheduler
from tests.support.torn_engine import TornEngine

TEAR_S = 1.0
BOTH = (Put(CLAIMS, {"key": "a"}), Put(RANGES, {"range": "b"}))


def torn(tear_s: float = TEAR_S, lag_s: float = 0.0) -> tuple[Scheduler, TornEngine]:
    scheduler = Scheduler(0)
    return scheduler, TornEngine(scheduler, random.Random(1), lambda: int(lag_s * 1e9), tear_s)


def meanwhile(scheduler: Scheduler, engine: TornEngine, look: Callable[[], object]) -> object:
    """Apply `BOTH` and return what `look` sees when half of it has been done."""
    scheduler.spawn(lambda: engine.transact(BOTH, "token"))
    seen = scheduler.spawn(look, after_s=1e-9)
    scheduler.run()
    return seen.result()


def test_a_transaction_is_seen_item_by_item() -> None:
    scheduler, engine = torn()

    def look() -> int:
        return sum(engine.get(operation.key) is not None for operation in BOTH)

    assert (meanwhile(scheduler, engine, look), look()) == (1, 2)


def test_another_transaction_on_its_items_is_in_conflict() -> None:
    scheduler, engine = torn()
    with pytest.raises(TransactionCanceled, match="conflict"):
        meanwhile(scheduler, engine, lambda: engine.transact(BOTH, "another"))


def test_a_single_write_on_its_items_is_refused() -> None:
    scheduler, engine = torn()
    with pytest.raises(Throttled):
        meanwhile(scheduler, engine, lambda: engine.write(BOTH[0]))


def test_the_same_transaction_is_said_to_be_in_progress_and_then_applied_once() -> None:
    scheduler, engine = torn()
    only_if_absent = Put(CLAIMS, {"key": "c"}, (Condition("key", "absent"),))
    engine.transact([only_if_absent], "first")
    engine.transact([only_if_absent], "first")
    with pytest.raises(Unanswered):
        meanwhile(scheduler, engine, lambda: engine.transact(BOTH, "token"))


def test_one_token_for_two_transactions_is_refused() -> None:
    _, engine = torn(tear_s=0)
    engine.transact(BOTH, "token")
    with pytest.raises(AssertionError, match="one token"):
        engine.transact(BOTH[:1], "token")


def test_nothing_is_applied_when_one_condition_fails() -> None:
    _, engine = torn(tear_s=0)
    impossible = BOTH[1]._replace(conditions=(Condition("range", "equals", "c"),))
    with pytest.raises(TransactionCanceled, match="none, condition"):
        engine.transact([BOTH[0], impossible], "token")
    assert engine.get(Key(CLAIMS, "a")) is None


def test_a_failed_condition_tells_what_is_there() -> None:
    _, engine = torn(tear_s=0)
    engine.write(BOTH[0])
    with pytest.raises(ConditionFailed) as failed:
        engine.write(BOTH[0]._replace(conditions=(Condition("key", "absent"),)))
    assert failed.value.item == {"key": "a"}


def test_an_index_shows_a_row_after_its_lag_and_a_move_out_of_a_range_after_its_own() -> None:
    scheduler, engine = torn(tear_s=0, lag_s=2.0)
    row = {"_id": "p", "_creationTime": 1.0, "ownerId": "ada"}

    def shown(owner: str) -> int:
        return len(engine.query(Query(Project.table(), (owner,), Project.by_owner.secondary_index())).items)

    engine.write(Put(Project.table(), row))
    assert shown("ada") == 0
    scheduler.wait(2)
    assert shown("ada") == 1
    engine.write(Put(Project.table(), row | {"ownerId": "bob"}))
    assert (shown("ada"), shown("bob")) == (1, 0)
    scheduler.wait(2)
    assert (shown("ada"), shown("bob")) == (0, 1)
