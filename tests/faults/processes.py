"""The functions' processes of one MiniStack: found, frozen, let go on, and killed."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

_WORKER: Final = re.compile(r"/ministack-lambda-(?P<function>[^/]+)-[^/-]+/_worker\.py$")


class Worker(NamedTuple):
    """A process that runs one function.

    Attributes:
        pid: its number.
        function: the name of the function.
    """

    pid: int
    function: str


def workers(ministack: int, function: str = "") -> list[Worker]:
    """Return the processes that the MiniStack with this number has started, of one function or of all."""
    found = [worker for pid in _children(ministack) if (worker := _worker(pid)) is not None]
    return sorted(worker for worker in found if function in ("", worker.function))


@contextmanager
def frozen(worker: Worker) -> Iterator[None]:
    """Stop a process in the middle of whatever it does, and let it go on afterwards."""
    _signal(worker, signal.SIGSTOP)
    try:
        yield
    finally:
        _signal(worker, signal.SIGCONT)


def kill(worker: Worker) -> None:
    """End a process at once."""
    _signal(worker, signal.SIGKILL)


def _signal(worker: Worker, number: int) -> None:
    """Send a signal, unless the process has ended and another has its number."""
    if _worker(worker.pid) == worker:
        with suppress(ProcessLookupError):
            os.kill(worker.pid, number)


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        return [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    return []


def _worker(pid: int) -> Worker | None:
    with suppress(OSError):
        command = Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0").replace("\0", " ")
        if found := _WORKER.search(command):
            return Worker(pid, found["function"])
    return None
