"""MiniStack as a child process: started on loopback, its state kept, nothing of it left behind."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from aiohttp import ClientError, ClientSession

from infra.local.cloud import NOBODY, REGION
from infra.local.failure import LocalCloudFailure
from infra.local.left_over import end_left_over, kill_group
from infra.local.workspace import Workspace
from shared.operations.operations import LOG_VARIABLE

START_S: Final = 60
STOP_S: Final = 30
"""Writing its state takes MiniStack some seconds when there is much of it. After this long it is killed."""

_INHERITED: Final = ("PATH", "HOME", "LANG", "LC_ALL", "AWS_BEARER_TOKEN_BEDROCK")
"""The last is for those who let the assistant ask the real Bedrock: it opens nothing else."""

_APIS: Final = "/_aws/execute-api"

_NO_ACCOUNT: Final = {
    "AWS_ACCESS_KEY_ID": NOBODY,
    "AWS_SECRET_ACCESS_KEY": NOBODY,
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def environment(workspace: Workspace) -> dict[str, str]:
    """Return what processes of the local cloud get for an environment: nothing that leads to a real account.

    Functions inherit MiniStack's, so little of this process's own is passed on.
    """
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {**inherited, **_NO_ACCOUNT, "TMPDIR": str(workspace.scratch)}


def running_endpoint(workspace: Workspace) -> str:
    """Return the URL of the MiniStack that another process runs for `workspace`.

    Raises:
        LocalCloudFailure: none is running.
    """
    if not (workspace.state / "ministack.pid").exists():
        raise LocalCloudFailure("The local cloud is not running; start it with `make dev`")
    return _endpoint(int((workspace.state / "ministack.port").read_text()))


class MiniStack:
    """The embedded AWS of a workspace whose lock this process holds."""

    def __init__(self, workspace: Workspace, patience_s: float = STOP_S) -> None:
        self._workspace = workspace
        self._patience_s = patience_s
        self._pid_file = workspace.state / "ministack.pid"
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    @property
    def endpoint(self) -> str:
        """The URL at which all services answer."""
        return _endpoint(self._port)

    @property
    def apis(self) -> str:
        """The URL below which it serves APIs, by their ids and stages."""
        return f"{self.endpoint}{_APIS}"

    @property
    def functions_apis(self) -> str:
        """The same URL as functions use it."""
        return f"{self._workspace.functions_endpoint or self.endpoint}{_APIS}"

    async def start(self) -> None:
        """Start it with the state it last wrote, and wait until it answers.

        Raises:
            LocalCloudFailure: it ended, or does not answer within a minute.
        """
        ours = ("leashed.py", str(self._workspace.state))
        await asyncio.to_thread(end_left_over, self._pid_file, ours, self._patience_s)
        self._port = _kept_port(self._workspace.state / "ministack.port")
        shutil.rmtree(self._workspace.scratch, ignore_errors=True)
        self._workspace.scratch.mkdir(parents=True)
        with self._workspace.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env={**environment(self._workspace), **self._settings()},
                cwd=self._workspace.scratch,
                start_new_session=True,  # the terminal's Ctrl-C is not for it: stop() ends it, when its turn comes
            )
        self._pid_file.write_text(str(self._process.pid))
        await self._answers(self._process)

    async def ended(self) -> None:
        """Wait until it ends by itself.

        Raises:
            LocalCloudFailure: it did.
        """
        while self._process and self._process.poll() is None:
            await asyncio.sleep(0.5)
        raise LocalCloudFailure(f"MiniStack ended; {self._workspace.log} says why")

    def stop(self) -> None:
        """Let it write its state, then end it and its functions' processes.

        Raises:
            LocalCloudFailure: it had to be killed, so its state is that of the last start.
        """
        if self._process is None:
            return
        process, self._process = self._process, None
        process.terminate()
        try:
            process.wait(self._patience_s)
        except subprocess.TimeoutExpired as error:
            raise LocalCloudFailure(
                f"MiniStack was killed after {self._patience_s} s: what this run wrote is lost"
            ) from error
        finally:
            kill_group(process.pid)
            process.communicate()
            self._pid_file.unlink(missing_ok=True)
            shutil.rmtree(self._workspace.scratch, ignore_errors=True)

    def _command(self) -> list[str | Path]:
        place = self._workspace
        # -P: the folder of the script, this one, is not where its imports are.
        return [
            place.ministack_python,
            "-P",
            Path(__file__).with_name("leashed.py"),
            place.state,
            place.functions_log,
        ]

    def _settings(self) -> dict[str, str]:
        state = self._workspace.state
        return {
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self._port),
            "IOT_MTLS_ENABLED": "0",  # it would listen on every interface
            "SFTP_ENABLED": "0",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(state / "ministack"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(state / "s3"),
            "LOG_LEVEL": "WARNING",
            LOG_VARIABLE: str(self._workspace.functions_log),  # for administrators; functions inherit it
            **self._before_functions(),
        }

    def _before_functions(self) -> dict[str, str]:
        """Return what functions alone have use for, and inherit."""
        place = self._workspace
        settings = {"AWS_ENDPOINT_URL": place.functions_endpoint, "PYTHONPATH": place.functions_path}
        return {name: value for name, value in settings.items() if value}

    async def _answers(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_S
        async with ClientSession() as session:
            while time.monotonic() < deadline:
                if process.poll() is not None:
                    raise LocalCloudFailure(f"MiniStack ended at once; {self._workspace.log} says why")
                with suppress(ClientError):
                    async with session.get(f"{self.endpoint}/_ministack/health"):
                        return
                await asyncio.sleep(0.05)
        raise LocalCloudFailure(f"MiniStack does not answer within {START_S} s; see {self._workspace.log}")


def _endpoint(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _kept_port(file: Path) -> int:
    """Return the port of the last run if it is free, since addresses within the state name it, else a free one."""
    with suppress(OSError, ValueError), socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        port = int(file.read_text())
        probe.bind(("127.0.0.1", port))
        return port
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    file.write_text(str(port))
    return int(port)
