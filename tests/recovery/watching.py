"""Clients that watch something while the backend behind its address is lost and recovered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from infra.local.workspace import ROOT
from tests.e2e.node_suite import CLIENTS

PATIENCE_S: Final = 90.0


class Watcher:
    """A released client in a process of its own, with a live query.

    Args:
        command: what starts it, but for the query.
        query: the function.
        args: its arguments.
        output: the file for what it is shown.
    """

    def __init__(self, command: list[str], query: str, args: dict[str, Any], output: Path) -> None:
        self.name = f"{Path(command[0]).name} {query}"
        self._output = output
        with output.open("w") as written:
            self._process = subprocess.Popen(
                [*command, query, json.dumps(args)],
                cwd=CLIENTS,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=written,
                stderr=subprocess.DEVNULL,
            )

    @property
    def latest(self) -> Any:
        """What it is shown now, or None: nothing yet."""
        lines = self._output.read_text().splitlines()
        return json.loads(lines[-1]) if lines else None

    def until(self, expected: Any) -> float:
        """Wait until it is shown that, and return for how many seconds.

        Raises:
            AssertionError: it is not, within a minute and a half.
        """
        began = time.monotonic()
        while plain(self.latest) != plain(expected):
            assert self._process.poll() is None, f"{self.name} has ended"
            assert time.monotonic() - began < PATIENCE_S, f"{self.name} shows {self.latest} and not {expected}"
            time.sleep(0.1)
        return time.monotonic() - began

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()


def javascript(url: str, token: str) -> list[str]:
    """Return what starts a watcher with the npm client."""
    return ["node", "recovery/watcher.mjs", url, token]


def pypi(url: str, token: str) -> list[str]:
    """Return what starts a watcher with the PyPI client."""
    return [sys.executable, "-m", "tests.e2e.live.watcher", url, token]


def plain(value: Any) -> Any:
    """Return a result as all clients show it."""
    return json.loads(json.dumps(value))
