"""Concurrency that a seed decides: green threads over a virtual clock.

Code under test runs as it is. Whatever it does at a door (database, bucket, sleep) calls `wait`, and there another
thread may go on. Time passes only while everybody waits.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from heapq import heappop, heappush
from typing import Any, TypeVar

from greenlet import getcurrent, greenlet

T = TypeVar("T")


class Deadlock(AssertionError):
    """Threads wait for what nobody will do."""


class Task(Future[T]):
    """A green thread; `result` lets the others run until it is done."""

    def __init__(self, scheduler: Scheduler, work: Callable[[], T]) -> None:
        super().__init__()
        self._scheduler = scheduler
        self._work = work
        self.thread = greenlet(self._run, parent=scheduler.hub)
        self.ticket = 0

    def result(self, timeout: float | None = None) -> T:
        """Return what the thread's work returned, or raise what it raised.

        Raises:
            TimeoutError: `timeout` seconds passed first.
        """
        if not self.done():
            self._scheduler.wait_for(self, timeout)
        return super().result(timeout=0)

    def _run(self) -> None:
        try:
            value = self._work()
        except BaseException as error:  # noqa: BLE001 - a future carries any error to whoever asks for the result
            self.set_exception(error)
        else:
            self.set_result(value)


class Scheduler:
    """Runs green threads in the order of their wake-up times.

    Attributes:
        now_ns: the virtual time, ns.
        hub: what made the scheduler and calls `run`; threads return there.
    """

    def __init__(self, now_ns: int) -> None:
        self.now_ns = now_ns
        self.hub = getcurrent()
        self._current: Task[Any] | None = None
        self._wakes: list[tuple[int, int, Task[Any], int, BaseException | None]] = []
        self._order = 0
        self._unfinished = 0

    def spawn(self, work: Callable[[], T], after_s: float = 0.0) -> Task[T]:
        """Start a green thread `after_s` seconds from now."""
        task = Task(self, work)
        self._unfinished += 1
        task.add_done_callback(self._count_down)
        self._wake(task, after_s)
        return task

    def wait(self, seconds: float) -> None:
        """Let that much time pass, and others run."""
        task = self._current
        if task is None:
            self.now_ns += int(seconds * 1e9)
        else:
            task.ticket += 1
            self._wake(task, seconds)
            self.hub.switch()

    def wait_for(self, other: Task[Any], seconds: float | None) -> None:
        """Let others run until `other` is done, or that much time has passed."""
        task = self._current
        assert task is not None, "only a green thread can wait for another"
        task.ticket += 1
        ticket = task.ticket
        if seconds is not None:
            self._wake(task, seconds)
        other.add_done_callback(lambda _: self._wake(task, 0) if task.ticket == ticket else None)
        self.hub.switch()

    def kill(self, task: Task[Any], error: BaseException) -> None:
        """Raise `error` where the thread is waiting."""
        if not task.done():
            task.ticket += 1
            self._wake(task, 0, error)

    def run(self) -> None:
        """Run until every thread is done.

        Raises:
            Deadlock: some never will be.
        """
        while self._wakes:
            at_ns, _, task, ticket, error = heappop(self._wakes)
            if task.ticket != ticket or task.thread.dead:
                continue
            self.now_ns = max(self.now_ns, at_ns)
            self._current = task
            if error is None:
                task.thread.switch()
            else:
                task.thread.throw(error)
            self._current = None
        if self._unfinished:
            raise Deadlock(f"{self._unfinished} threads wait for what nobody will do")

    def _wake(self, task: Task[Any], after_s: float, error: BaseException | None = None) -> None:
        self._order += 1
        at_ns = self.now_ns + int(after_s * 1e9)
        heappush(self._wakes, (at_ns, self._order, task, task.ticket, error))

    def _count_down(self, _: object) -> None:
        self._unfinished -= 1
