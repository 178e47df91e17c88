"""New interpreters that load what Lambda loads: the compiled code and the packages of the layer, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from infra.bundle import ROOT, bundle, bundle_code


class Used(NamedTuple):
    """What a process took: processor time, which others who work here disturb least, and memory at its largest."""

    cpu_ms: float
    peak_mb: float


class Interpreters:
    """Starts them.

    Args:
        code: the compiled code.
    """

    def __init__(self, code: Path) -> None:
        self._path = f"{code}:{ROOT / '.build/packages-local'}"

    def run(self, script: str, more: Mapping[str, str] | None = None) -> Used:
        """Run a script and return what it took."""
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": self._path, "AWS_DEFAULT_REGION": "us-east-1"}
        process = subprocess.Popen(
            [sys.executable, "-S", "-c", script], env=environment | dict(more or {}), stdout=subprocess.DEVNULL
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, script
        peak_bytes = used.ru_maxrss * (1024 if sys.platform == "linux" else 1)
        return Used((used.ru_utime + used.ru_stime) * 1000, peak_bytes / 1024**2)

    def modules(self, script: str) -> set[str]:
        """Return the names of all modules that a script loads."""
        done = subprocess.run(
            [sys.executable, "-S", "-c", f"{script}\nimport sys; print(*sys.modules)"],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": self._path, "AWS_DEFAULT_REGION": "us-east-1"},
            check=True,
            capture_output=True,
            text=True,
        )
        return {*done.stdout.split()}


@contextmanager
def interpreters() -> Iterator[Interpreters]:
    """Build what they load."""
    bundle("local")
    with TemporaryDirectory() as folder:
        code = Path(folder) / "code"
        bundle_code(code, sys.executable)
        yield Interpreters(code)
