"""Where everything of the local cloud is, and the one lock that keeps two of them apart.

.polaris/
    ministack-venv/         MiniStack's own Python packages, whose pins are not the project's
    local.env               what clients need: POLARIS_URL, POLARIS_CONVEX_INTERNAL_KEY
    identity.pem            key of the development identity provider
    dev.log dev.lock        what went on; who is running
    ministack.pid .port     the process, and the port it keeps
    ministack/ s3/ tmp/     its state, its objects, its scratch files
    cdk.out/                the synthesised template
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.local.failure import LocalCloudFailure

DEFAULT_PORT: Final = 3210
ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Workspace:
    """The places of one local cloud.

    Attributes:
        root: the project.
        state: what is kept between runs.
        port: where clients come in, on loopback.
        functions_endpoint: where functions find AWS's services, if something stands before MiniStack.
        functions_path: a folder from which functions' processes may import, such as a `sitecustomize`.
    """

    root: Path
    state: Path
    port: int
    functions_endpoint: str = ""
    functions_path: str = ""

    @property
    def origin(self) -> str:
        """The URL clients use."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """The file with the output of everything that is started."""
        return self.state / "dev.log"

    @property
    def functions_log(self) -> Path:
        """The file with what the functions log in this run."""
        return self.state / "functions.log"

    @property
    def scratch(self) -> Path:
        """Files that no run needs of another."""
        return self.state / "tmp"

    @property
    def ministack_python(self) -> Path:
        """The interpreter of MiniStack, and so of the functions."""
        return self.root / ".polaris/ministack-venv/bin/python"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the workspace; the lock ends with the process, however it ends.

        Raises:
            LocalCloudFailure: another process holds it.
        """
        self.state.mkdir(parents=True, exist_ok=True)
        with (self.state / "dev.lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                lock.seek(0)
                holder = lock.read().strip() or "another process"
                raise LocalCloudFailure(f"{self.state} is in use by {holder}; stop that one first") from error
            lock.truncate(0)
            lock.write(f"process {os.getpid()}, which serves {self.origin}")
            lock.flush()
            yield


def workspace_from(environment: Mapping[str, str]) -> Workspace:
    """Read `PORT` (default 3210) and `POLARIS_STATE_DIR` (default `.polaris` in the project).

    Tests of faults put a proxy and a clock before the functions, by `POLARIS_FUNCTIONS_ENDPOINT` and
    `POLARIS_FUNCTIONS_PATH`.

    Raises:
        LocalCloudFailure: PORT is not a port.
    """
    port = environment.get("PORT") or str(DEFAULT_PORT)
    if not port.isdecimal() or not 1 <= int(port) <= 65_535:
        raise LocalCloudFailure(f"PORT={port} is not a port; use a number from 1 to 65535")
    state = Path(environment.get("POLARIS_STATE_DIR") or ROOT / ".polaris").resolve()
    between = [environment.get(f"POLARIS_FUNCTIONS_{name}", "") for name in ("ENDPOINT", "PATH")]
    return Workspace(ROOT, state, int(port), *between)
