"""Suites that wait for most of their time, begun before the first test here and running beside the others."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.e2e.dev_server import DevServer
from tests.e2e.node_suite import start_suite

KILLS_S = 300


@contextmanager
def _running(server: DevServer, suite: str) -> Iterator[subprocess.Popen[str]]:
    with start_suite(server, suite) as running:
        yield running
        running.kill()


@pytest.fixture(scope="session")
def crashes(dev_server: DevServer) -> Iterator[subprocess.Popen[str]]:
    """The suite of clients whose actors die, once it has killed: a kill hits the actors of all clients."""
    with _running(dev_server, "live/crashes.test.mjs") as running:
        deadline_s = time.monotonic() + KILLS_S
        while not (dev_server.state / "kills-are-over").exists() and running.poll() is None:
            assert time.monotonic() < deadline_s, f"no kill within {KILLS_S} s"
            time.sleep(0.1)
        yield running


@pytest.fixture(scope="session")
def silence(dev_server: DevServer, crashes: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    """The suite of silent clients, running beside the other tests."""
    with _running(dev_server, "live/liveness.test.mjs") as running:
        yield running
