"""Runs a command to its end; nothing of it outlives this process's interest."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from infra.local.failure import LocalCloudFailure

_PATIENCE_S: Final = 5
_TOLD_LINES: Final = 25


async def run(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str], log: Path) -> str:
    """Run `command` in `folder`, add what it says to `log`, and return what it wrote to standard output.

    Raises:
        LocalCloudFailure: it failed; the message holds its last lines.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        output, errors = await process.communicate()
    except asyncio.CancelledError:
        await _end(process)
        raise
    with log.open("ab") as file:
        file.write(f"$ {' '.join(map(str, command))}\n".encode() + output + errors)
    if process.returncode:
        told = b"\n".join((output + errors).splitlines()[-_TOLD_LINES:]).decode(errors="replace")
        raise LocalCloudFailure(told or f"{command[0]} failed with status {process.returncode}")
    return output.decode(errors="replace")


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), _PATIENCE_S)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
