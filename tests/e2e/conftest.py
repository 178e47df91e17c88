"""The running backend that all end-to-end tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.dev_server import DevServer

__all__ = ["DevServer"]


@pytest.fixture(scope="session")
def dev_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevServer]:
    """Serve this project's backend, with state of its own; tests tell their data apart by who they are."""
    server = DevServer(tmp_path_factory.mktemp("dev-server"))
    server.start()
    try:
        yield server
    finally:
        server.stop()
