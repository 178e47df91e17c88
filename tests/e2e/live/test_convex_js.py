"""Live queries with the released npm clients, and with a React page in a browser."""

from __future__ import annotations

import subprocess

import pytest

from tests.e2e.dev_server import DevServer
from tests.e2e.node_suite import check_suite, start_suite, suites

SILENT = "live/liveness.test.mjs"


@pytest.mark.parametrize("suite", [suite for suite in suites("live") if suite != SILENT])
@pytest.mark.usefixtures("silence")
def test_the_released_live_clients_work_unmodified(dev_server: DevServer, suite: str) -> None:
    check_suite(start_suite(dev_server, suite))


def test_a_silent_client_keeps_its_connection(silence: subprocess.Popen[str]) -> None:
    check_suite(silence)
