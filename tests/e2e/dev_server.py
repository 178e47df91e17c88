"""The real `make dev`, as a process of its own with its state in a folder of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlencode
from urllib.request import urlopen

from infra.local.workspace import ROOT

START_S = 300
STOP_S = 60
_GIVEN: set[int] = set()


class DevServer:
    """A local cloud that a test starts and stops.

    Attributes:
        url: where clients come in.
        state: the folder of its state.
    """

    def __init__(
        self,
        state: Path,
        root: Path = ROOT,
        port: int | None = None,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.state = state
        self._root = root
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def internal_key(self) -> str:
        """What internal callers pass."""
        return self.settings["POLARIS_CONVEX_INTERNAL_KEY"]

    @property
    def settings(self) -> dict[str, str]:
        """What it wrote for clients."""
        lines = (self.state / "local.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    @property
    def output(self) -> str:
        """What it wrote to standard output in this run."""
        return (self.state / "output.txt").read_text()

    @property
    def errors(self) -> str:
        """What it wrote to standard error in this run."""
        return (self.state / "errors.txt").read_text()

    def token(self, subject: str, email: str = "") -> str:
        """Fetch a token of its identity provider."""
        query = urlencode({"subject": subject, "email": email or f"{subject}@example.com"})
        with urlopen(f"{self.url}/dev/token?{query}") as answer:  # noqa: S310 - the test's own server
            return str(answer.read().decode())

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the process and wait for nothing."""
        self.state.mkdir(parents=True, exist_ok=True)
        places = {"PORT": str(self.port), "POLARIS_STATE_DIR": str(self.state)}
        environment = {**os.environ, **self._settings, **places}
        with (self.state / "output.txt").open("wb") as output, (self.state / "errors.txt").open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "infra.local"], cwd=self._root, env=environment, stdout=output, stderr=errors
            )
        return self._process

    def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        process = self.launch()
        deadline = time.monotonic() + START_S
        while "\n" not in self.output:
            assert process.poll() is None, f"it ended with {process.returncode}:\n{self.errors}"
            assert time.monotonic() < deadline, f"it is not ready after {START_S} s:\n{self.errors}"
            time.sleep(0.05)

    def stop(self) -> int:
        """End it as a supervisor does, and return its status."""
        assert self._process
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(STOP_S)


def free_port() -> int:
    """Return a port of loopback that nobody listens on, each at most once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    if port in _GIVEN:
        return free_port()
    _GIVEN.add(port)
    return port
