"""Green threads over a virtual clock."""

from __future__ import annotations

import time

import pytest

from tests.support.scheduler import Deadlock, Scheduler, Task


def test_threads_go_on_in_the_order_of_their_times() -> None:
    scheduler, seen = Scheduler(0), list[str]()

    def thread(name: str, seconds: float) -> None:
        seen.append(name)
        scheduler.wait(seconds)
        seen.append(name)

    scheduler.spawn(lambda: thread("slow", 2))
    scheduler.spawn(lambda: thread("fast", 1))
    scheduler.run()
    assert seen == ["slow", "fast", "fast", "slow"]


def test_time_passes_only_while_everybody_waits() -> None:
    scheduler, began = Scheduler(0), time.monotonic()
    scheduler.spawn(lambda: scheduler.wait(3600))
    scheduler.run()
    assert scheduler.now_ns == 3600 * 10**9
    assert time.monotonic() - began < 60


def test_a_thread_waits_for_the_result_of_another() -> None:
    scheduler = Scheduler(0)

    def slow() -> str:
        scheduler.wait(5)
        return "done"

    waiting = scheduler.spawn(lambda: scheduler.spawn(slow).result())
    scheduler.run()
    assert waiting.result() == "done"


def test_the_error_of_a_thread_is_told_to_whoever_asks_for_its_result() -> None:
    scheduler = Scheduler(0)
    failed = scheduler.spawn(lambda: int("one"))
    scheduler.run()
    with pytest.raises(ValueError, match="one"):
        failed.result()


def test_patience_ends_in_virtual_time() -> None:
    scheduler = Scheduler(0)
    slow = scheduler.spawn(lambda: scheduler.wait(5))
    impatient = scheduler.spawn(lambda: slow.result(timeout=1))
    scheduler.run()
    with pytest.raises(TimeoutError):
        impatient.result()


def test_a_thread_is_killed_where_it_waits() -> None:
    scheduler, seen = Scheduler(0), list[str]()

    def thread() -> None:
        try:
            scheduler.wait(5)
        finally:
            seen.append(f"died at {scheduler.now_ns}")

    victim = scheduler.spawn(thread)
    scheduler.spawn(lambda: scheduler.kill(victim, KeyboardInterrupt()), after_s=1)
    scheduler.run()
    assert seen == [f"died at {10**9}"]


def test_threads_that_wait_for_each_other_are_a_deadlock() -> None:
    scheduler, tasks = Scheduler(0), list[Task[None]]()
    tasks += [scheduler.spawn(lambda other=other: tasks[other].result()) for other in (1, 0)]  # type: ignore[misc]  # mypy cannot infer a lambda's default
    with pytest.raises(Deadlock):
        scheduler.run()
