"""Live queries with the released npm clients, and with a React page in a browser."""

from __future__ import annotations

import subprocess

import pytest

from tests.e2e.dev_server import DevServer
from tests.e2e.node_suite import check_suite, start_suite, suites

BESIDE = {"live/crashes.test.mjs", "live/liveness.test.mjs"}


@pytest.mark.parametrize("suite", [suite for suite in suites("live") if suite not in BESIDE])
@pytest.mark.usefixtures("crashes", "silence")
def test_the_released_live_clients_work_unmodified(dev_server: DevServer, suite: str) -> None:
    check_suite(start_suite(dev_server, suite))


def test_a_client_whose_actor_is_killed_recovers(crashes: subprocess.Popen[str]) -> None:
    check_suite(crashes)


def test_a_silent_client_keeps_its_connection(silence: subprocess.Popen[str]) -> None:
    check_suite(silence)
