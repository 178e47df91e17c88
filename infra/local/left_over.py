"""Ends a process of which only a file with its number is left."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path


def end_left_over(pid_file: Path, marks: Collection[str], patience_s: float) -> None:
    """End the process that `pid_file` names, if its command line has all `marks`, and remove the file.

    It gets `patience_s` to end in order. Numbers are used again, so another process may have this one by now.
    """
    with suppress(FileNotFoundError, ValueError, ProcessLookupError):
        pid = int(pid_file.read_text())
        if _has(pid, marks):
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + patience_s
        while _has(pid, marks) and time.monotonic() < deadline:
            time.sleep(0.1)
        if _has(pid, marks):
            kill_group(pid)
    pid_file.unlink(missing_ok=True)


def kill_group(pid: int) -> None:
    """Kill what is left of the process group that `pid` led."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _has(pid: int, marks: Collection[str]) -> bool:
    command = _command(pid)
    return all(mark in command for mark in marks)


def _command(pid: int) -> str:
    """Return the command line of a process, empty if there is none."""
    if Path("/proc/self/cmdline").exists():
        with suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_text()
        return ""
    ps = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(ps, capture_output=True, text=True, check=False).stdout
