"""What takes a minute of silence, begun before the first test here that waits for anything."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from tests.e2e.dev_server import DevServer
from tests.e2e.node_suite import start_suite


@pytest.fixture(scope="session")
def silence(dev_server: DevServer) -> Iterator[subprocess.Popen[str]]:
    """The suite of silent clients, running beside the other tests."""
    with start_suite(dev_server, "live/liveness.test.mjs") as running:
        yield running
        running.kill()
