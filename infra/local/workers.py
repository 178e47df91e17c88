"""Lets calls wait for a process of their function while as many are at work as the cores can use.

MiniStack starts a process for each call that finds none free. When calls come faster than processes start, all cores
are busy with starting, no call is answered, and each that comes makes it worse. This runs with its interpreter.
"""

import os
import threading
import time
from collections import defaultdict
from typing import Any

from ministack.core.lambda_runtime import Worker  # type: ignore[import-not-found]  # it is in another environment
from ministack.services import lambda_svc  # type: ignore[import-not-found]  # as above

MOST = max(4, 2 * (os.cpu_count() or 1))
"""Processes of a function that are started without waiting."""

PATIENCE_S = 2.0
"""A function none of whose calls has ended for so long gets another process: they may be waiting themselves."""


def share() -> None:
    """Have the calls of each function share its processes."""
    if not all(hasattr(lambda_svc, name) for name in ("acquire_worker", "release_worker")):
        raise SystemExit("this release of MiniStack finds workers in another way; see infra/local/workers.py")
    lease = _Lease(lambda_svc.acquire_worker, lambda_svc.release_worker, Worker._spawn)
    lambda_svc.acquire_worker, lambda_svc.release_worker = lease.acquire, lease.release
    Worker._spawn = lambda worker: lease.start(worker)  # noqa: PLW0108 - a bound method would not be given the worker


class _Lease:
    """Stands before MiniStack's own functions, which it is given."""

    def __init__(self, acquire: Any, release: Any, spawn: Any) -> None:
        self._acquire, self._release, self._spawn = acquire, release, spawn
        self._news = threading.Condition()
        self._starting: dict[str, set[int]] = defaultdict(set)
        self._moved_s: dict[str, float] = defaultdict(time.monotonic)

    def acquire(self, name: str, *args: Any, **options: Any) -> Any:
        """Return a process of the function `name`, and how it was had."""
        if "max_concurrency" in options:
            return self._acquire(name, *args, **options)
        with self._news:
            while True:
                most = {} if self._is_stuck(name) else {"max_concurrency": MOST}
                worker, how = self._acquire(name, *args, **options, **most)
                if worker is not None:
                    break
                self._news.wait(PATIENCE_S)
            if how == "spawn":
                self._starting[name].add(id(worker))
                self._moved_s[name] = time.monotonic()
        return worker, how

    def start(self, worker: Any) -> Any:
        """Start a process."""
        try:
            return self._spawn(worker)
        finally:
            self._has_moved(worker)

    def release(self, worker: Any) -> None:
        """Take a process back whose call has ended."""
        self._release(worker)
        if worker is not None:
            self._has_moved(worker)

    def _has_moved(self, worker: Any) -> None:
        with self._news:
            self._starting[worker.func_name].discard(id(worker))
            self._moved_s[worker.func_name] = time.monotonic()
            self._news.notify_all()

    def _is_stuck(self, name: str) -> bool:
        return not self._starting[name] and time.monotonic() - self._moved_s[name] >= PATIENCE_S
