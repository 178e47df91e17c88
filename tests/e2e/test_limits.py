"""The released npm clients against a backend that allows little."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.dev_server import DevServer
from tests.e2e.node_suite import check_suite, start_suite, suites


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> DevServer:
    state: Path = tmp_path_factory.mktemp("strict")
    return DevServer(state, settings={"POLARIS_LIMITS": '{"mutations": 20, "connections": 3}'})


def test_the_released_clients_understand_what_is_too_much(strict: DevServer) -> None:
    strict.start()
    try:
        for suite in suites("limits"):
            check_suite(start_suite(strict, suite))
    finally:
        strict.stop()
