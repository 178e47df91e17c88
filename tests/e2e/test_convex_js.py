"""The released npm clients against the running backend."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.e2e.conftest import DevServer

CLIENTS = Path(__file__).parent / "clients"


@pytest.mark.parametrize("suite", sorted(path.name for path in CLIENTS.glob("*.test.mjs")))
def test_the_released_http_client_works_unmodified(dev_server: DevServer, suite: str) -> None:
    environment = {
        **os.environ,
        "POLARIS_URL": dev_server.url,
        "POLARIS_CONVEX_INTERNAL_KEY": dev_server.internal_key,
    }
    command = ["node", "--test", "--test-reporter=spec", suite]
    done = subprocess.run(command, cwd=CLIENTS, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
