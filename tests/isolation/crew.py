"""The processes of the clients: kept from run to run, frozen and killed meanwhile where the weather says so."""

from __future__ import annotations

import os
import random
import selectors
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from infra.local.workspace import ROOT
from tests.faults.weather import Weather
from tests.isolation.worker import Orders

CLIENTS: Final = 16
_PROCESSES: Final = 4
_GRACE_S: Final = 40
"""How long a call may take that was begun in time: until its deadline, and until its failure is recorded."""
_BEAT_S: Final = 0.25

Worker = subprocess.Popen[str]


class Crew:
    """Some processes of 16 clients.

    Args:
        endpoint: where they find AWS.
    """

    def __init__(self, endpoint: str) -> None:
        self._environment = {**os.environ, "AWS_ENDPOINT_URL": endpoint}
        self._workers = [self._start() for _ in range(_PROCESSES)]
        for worker in self._workers:
            _line_of(worker)

    def work(self, orders: Orders, folder: Path, seconds: float, weather: Weather) -> Counter[str]:
        """Let all clients work for some seconds, and wait until their last calls are answered.

        Args:
            orders: what they do.
            folder: where they put their notes, a file for each life of each process.
            seconds: how long they begin calls.
            weather: how often they are frozen and killed.

        Returns:
            How often that happened.
        """
        until_s = time.monotonic() + seconds
        orders = replace(orders, until_ns=int(until_s * 1e9))
        dice, struck, lives = random.Random(f"{orders.seed}/crew"), Counter[str](), Counter[int]()

        def order(number: int) -> None:
            clients = [client for client in range(CLIENTS) if client % _PROCESSES == number]
            notes = str(folder / f"{number}.{lives[number]}")
            _tell(self._workers[number], replace(orders, clients=clients, life=lives[number], notes=notes))

        for number in range(_PROCESSES):
            order(number)
        while time.monotonic() < until_s:
            time.sleep(min(_BEAT_S, max(until_s - time.monotonic(), 0)))
            number = dice.randrange(_PROCESSES)
            if dice.random() < weather.frozen * _BEAT_S:
                struck["clients frozen"] += 1
                self._freeze(number, dice.uniform(0, weather.frozen_s))
            elif dice.random() < weather.killed * _BEAT_S:
                struck["clients killed"] += 1
                lives[number] += 1
                self._replace(number)
                order(number)
        self._wait(until_s + _GRACE_S)
        return struck

    def end(self) -> None:
        """End all processes."""
        for worker in self._workers:
            _end(worker)

    def _start(self) -> Worker:
        command = [sys.executable, "-m", "tests.isolation.worker"]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, cwd=ROOT, env=self._environment, **pipes)

    def _freeze(self, number: int, seconds: float) -> None:
        self._workers[number].send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self._workers[number].send_signal(signal.SIGCONT)

    def _replace(self, number: int) -> None:
        _end(self._workers[number])
        self._workers[number] = self._start()

    def _wait(self, end_s: float) -> None:
        """Wait until every process has said that it is done; one that takes far too long is replaced."""
        for number, worker in enumerate(self._workers):
            while (line := _line_of(worker, end_s)) not in ("done", None):
                assert line != "", "a worker has ended"
            if line is None:
                self._replace(number)
                _line_of(self._workers[number])


@contextmanager
def crew(endpoint: str) -> Iterator[Crew]:
    """Start a crew whose AWS is at an endpoint, and end it."""
    started = Crew(endpoint)
    try:
        yield started
    finally:
        started.end()


def _tell(worker: Worker, orders: Orders) -> None:
    assert worker.stdin
    worker.stdin.write(orders.text() + "\n")
    worker.stdin.flush()


def _line_of(worker: Worker, end_s: float | None = None) -> str | None:
    """Return the next line that a worker says, or None if it says nothing in time."""
    assert worker.stdout
    with selectors.DefaultSelector() as selector:
        selector.register(worker.stdout, selectors.EVENT_READ)
        if not selector.select(None if end_s is None else max(end_s - time.monotonic(), 0)):
            return None
    line = worker.stdout.readline()
    return line.strip() if line else ""


def _end(worker: Worker) -> None:
    worker.kill()
    worker.wait()
    for pipe in (worker.stdin, worker.stdout):
        assert pipe
        with suppress(BrokenPipeError):
            pipe.close()
