from __future__ import annotations

import threading
from unittest.mock import Mock

import pytest

from shared.db.dynamo import DynamoEngine
from shared.db.side_by_side import side_by_side


@pytest.fixture
def engine() -> DynamoEngine:
    return DynamoEngine(Mock(), str, workers=2)


def test_results_are_in_the_order_of_the_things(engine: DynamoEngine) -> None:
    assert side_by_side(engine, lambda number: number * 2, [3, 1, 2]) == [6, 2, 4]
    assert side_by_side(engine, lambda number: number * 2, []) == []


def test_things_are_worked_on_at_the_same_time(engine: DynamoEngine) -> None:
    together = threading.Barrier(3, timeout=30)
    assert sorted(side_by_side(engine, lambda _: together.wait(), range(3))) == [0, 1, 2]


def test_one_thing_needs_no_other_thread(engine: DynamoEngine) -> None:
    assert side_by_side(engine, lambda _: threading.get_ident(), [1]) == [threading.get_ident()]


def test_an_error_of_any_is_raised(engine: DynamoEngine) -> None:
    for divisors in ([0], [0, 1], [1, 0], [1, 1, 0]):
        with pytest.raises(ZeroDivisionError):
            side_by_side(engine, lambda divisor: 1 / divisor, divisors)
