"""Reads that are asked again, and how long that may take."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.db.clock import Clock
from shared.db.engine import EngineError, Item, Key, Put, Query, Throttled, Unanswered
from shared.db.retry import READ_ATTEMPTS, RetryingEngine, pause
from shared.errors import Overloaded
from shared.schema.platform import CLAIMS
from tests.support.memory_engine import MemoryEngine

KEY = Key(CLAIMS, "name")
PUT = Put(CLAIMS, {"key": "name", "id": "x"})


class Failing(MemoryEngine):
    """Fails at the first `failures` calls."""

    def __init__(self, failures: int, error: type[EngineError] = Throttled) -> None:
        super().__init__()
        self.failures, self.error, self.calls = failures, error, 0

    def get(self, key: Key) -> Item | None:
        self._fail()
        return super().get(key)

    def write(self, operation) -> None:  # type: ignore[no-untyped-def]  # as in the base class
        self._fail()

    def transact(self, operations, token) -> None:  # type: ignore[no-untyped-def]  # as in the base class
        self._fail()

    def _fail(self) -> None:
        self.calls += 1
        if self.calls <= self.failures:
            raise self.error("injected")


def recording_clock(random_byte: int = 255) -> tuple[Clock, list[float]]:
    """Return a clock whose randomness is one byte again and again, and the list of its sleeps."""
    slept: list[float] = []
    return Clock(lambda: 0, slept.append, lambda size: bytes([random_byte]) * size), slept


@pytest.mark.parametrize("error", [Throttled, Unanswered])
def test_a_read_is_asked_again(error: type[EngineError]) -> None:
    engine = Failing(READ_ATTEMPTS - 1, error)
    assert RetryingEngine(engine, recording_clock()[0]).get(KEY) is None
    assert engine.calls == READ_ATTEMPTS


def test_a_read_is_given_up_by_name_after_six_attempts() -> None:
    engine = Failing(100)
    with pytest.raises(Overloaded, match="did not answer 6 times"):
        RetryingEngine(engine, recording_clock()[0]).get(KEY)
    assert engine.calls == READ_ATTEMPTS


def test_other_failures_of_a_read_are_not_repeated() -> None:
    class Broken(MemoryEngine):
        calls = 0

        def query(self, query: Query):  # type: ignore[no-untyped-def]  # it never returns
            self.calls += 1
            raise ValueError("a bug")

    engine = Broken()
    with pytest.raises(ValueError, match="a bug"):
        RetryingEngine(engine, recording_clock()[0]).query(Query(CLAIMS, ("x",)))
    assert engine.calls == 1


@pytest.mark.parametrize(
    "write",
    [lambda engine: engine.write(PUT), lambda engine: engine.transact([PUT], "token")],
    ids=["write", "transact"],
)
def test_writes_are_not_repeated_here(write: Callable[[RetryingEngine], None]) -> None:
    engine = Failing(1)
    with pytest.raises(Throttled):
        write(RetryingEngine(engine, recording_clock()[0]))
    assert engine.calls == 1


def test_pauses_double_up_to_half_a_second() -> None:
    clock, slept = recording_clock()
    for attempt in range(9):
        pause(clock, attempt)
    assert slept == pytest.approx([0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.5, 0.5, 0.5], rel=1e-6)


def test_a_pause_may_be_any_part_of_its_span() -> None:
    clock, slept = recording_clock(random_byte=0)
    pause(clock, 5)
    assert slept == [0]


def test_between_the_attempts_there_are_pauses_and_none_after_the_last() -> None:
    clock, slept = recording_clock()
    with pytest.raises(Overloaded):
        RetryingEngine(Failing(100), clock).get(KEY)
    assert len(slept) == READ_ATTEMPTS - 1
