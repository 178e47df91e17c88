"""Suites of `node --test` that drive the released npm clients."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.e2e.dev_server import DevServer

CLIENTS = Path(__file__).parent / "clients"


def suites(folder: str = "") -> list[str]:
    """Return the paths, in the folder of clients, of the suites in one folder of it."""
    return sorted(str(path.relative_to(CLIENTS)) for path in (CLIENTS / folder).glob("*.test.mjs"))


def start_suite(server: DevServer, suite: str) -> subprocess.Popen[str]:
    """Start a suite against a running backend; what it prints is in its standard output."""
    environment = {
        **os.environ,
        "POLARIS_URL": server.url,
        "POLARIS_CONVEX_INTERNAL_KEY": server.internal_key,
        "POLARIS_PYTHON": sys.executable,
        "POLARIS_STATE_DIR": str(server.state),
    }
    command = ["node", "--test", "--test-reporter=spec", suite]
    return subprocess.Popen(
        command, cwd=CLIENTS, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def check_suite(running: subprocess.Popen[str]) -> str:
    """Wait for a suite to end and return what it printed; fail with that unless all passed, in CI without skips."""
    printed, _ = running.communicate()
    assert running.returncode == 0, printed
    assert not os.environ.get("CI") or re.search(r"^\S skipped 0$", printed, re.MULTILINE), printed
    return printed
