"""The released npm clients against the running backend."""

from __future__ import annotations

import pytest

from tests.e2e.dev_server import DevServer
from tests.e2e.node_suite import check_suite, start_suite, suites


@pytest.mark.parametrize("suite", suites())
def test_the_released_http_client_works_unmodified(dev_server: DevServer, suite: str) -> None:
    check_suite(start_suite(dev_server, suite))
